"""The day's parcels under both policies, so that the same seed gives the same plan.

`maas.freight.plan_loads` stops by the clock, so two runs differ a little. Here the search stops
after a number of iterations unless the scenario asks for seconds.
"""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cargo.answers import plan_document
from cargo.documents import Style
from cargo.effort import Effort
from cargo.model import read_shipments
from cargo.problem import make_problem, timed
from maas.freight import plan_loads
from maas.freight_network import freight_day
from maas.ledger import Ledger
from maas.scenario.demand import Demand
from maas.scenario.file import ScenarioFile

if TYPE_CHECKING:
    from maas.region import Region

NO_LIMIT = 1e9  # s


def plan_parcels(
    scenario: ScenarioFile, region: "Region", demand: Demand, ledger: Ledger
) -> dict[str, Any]:
    """Return the load plan of the day on what the passengers leave.

    Raises
    ------
    CargoError
        If the shipments are wrong.
    """
    if scenario.solver_seconds is None:
        return _repeatable(scenario, region, demand, ledger)
    return plan_loads(
        region,
        dict(demand.shipments),
        ledger=ledger,
        date=scenario.date,
        seed=scenario.seed,
        seconds=scenario.solver_seconds,
    )


def _repeatable(
    scenario: ScenarioFile, region: "Region", demand: Demand, ledger: Ledger
) -> dict[str, Any]:
    """Plan for a number of iterations."""
    source = scenario.parcels.file or "parcels"
    batch = read_shipments(dict(demand.shipments), source)
    day = freight_day(region, scenario.date)
    style = Style(day.base_epoch, ZoneInfo(region.file.timezone), region.file.currency)
    hours = region.file.class_hours
    rows = [timed(row, day.base_epoch, style.zone, source, hours) for row in batch.with_returns]
    problem = make_problem(day.network(ledger), rows, day.driver)
    head = {
        "region": region.file.name,
        "region_version": region.version,
        "date": scenario.date.isoformat(),
        "timezone": region.file.timezone,
        "synthetic": region.file.synthetic or batch.synthetic,
        "ledger_version": ledger.version,
    }
    effort = Effort(
        seconds=NO_LIMIT,
        iterations=scenario.solver_iterations,
        seed=scenario.seed,
    )
    notices = [text for text in (region.file.notice, region.file.notice_ja) if text]
    plan = plan_document(problem, style, effort, head, [*notices, *day.notices])
    return {**plan, "engines": {"numba": plan["engines"]["numba"]}}
