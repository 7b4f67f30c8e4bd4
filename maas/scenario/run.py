"""Run a scenario: demand, passengers first, then parcels under each policy, then figures."""

from collections.abc import Callable
from pathlib import Path

from maas.fetch import cache_folder
from maas.region import Region
from maas.scenario.calls import call_work
from maas.scenario.demand import make_demand
from maas.scenario.errors import ScenarioFileError
from maas.scenario.file import ScenarioFile
from maas.scenario.kpis import kpis
from maas.scenario.loads import plan_parcels
from maas.scenario.passengers import plan_passengers
from maas.scenario.simulation import Simulation

Progress = Callable[[str, float], None]  # what is being done, share done 0..1

PASSENGERS_SHARE = 0.6  # of the time that a run takes, roughly


def open_region(scenario: ScenarioFile, folder: Path, directory: Path | None = None) -> Region:
    """Open the region of a scenario; a region file is built in the user's cache first.

    Raises
    ------
    ScenarioFileError
        If there is neither a region file nor a region directory.
    """
    if directory is not None:
        return Region.open(directory)
    named = folder / scenario.region
    if named.is_dir():
        return Region.open(named)
    if not named.is_file():
        msg = f"region: {named}: no such file or folder; name a region.yaml or a region directory"
        raise ScenarioFileError(msg)
    from maas.build import build_region

    name = named.resolve().parent.name if named.stem == "region" else named.stem
    return build_region(named, cache_folder().parent / "regions" / name)


def simulate(
    scenario: ScenarioFile, folder: Path, region: Region, progress: Progress
) -> Simulation:
    """Simulate the day; paths in the scenario are relative to `folder`.

    Raises
    ------
    MaasError, cargo.errors.CargoError
        If the scenario asks for what is not there.
    """
    progress("drawing the demand", 0.0)
    demand = make_demand(scenario, folder, region)
    n = max(1, len(demand.travellers))
    outcomes, ledger = plan_passengers(
        region,
        demand,
        scenario.choice,
        lambda done: progress(f"passenger {done} of {n}", PASSENGERS_SHARE * done / n),
    )
    progress("loading parcels", PASSENGERS_SHARE)
    rides = [ride for outcome in outcomes for ride in outcome.called_rides()]
    calls = call_work(rides, region.file.taxis, region.roads_on(scenario.date))
    plan = plan_parcels(scenario, region, demand, ledger)
    return Simulation(
        scenario,
        region,
        demand,
        outcomes,
        calls,
        plan,
        ledger,
        kpis(plan, outcomes, calls, scenario.policies, region.file.currency),
    )
