"""Passengers and parcels of a Tokachi day: mixed operation beside separate operation.

Timetables are real (2019-07-10); fleets, hubs, bays and the whole demand are assumed and drawn from
a seed. Both ways of operation get the same solver and the same CPU time, mixed operation begins
from the separate plan, and the plan goes through the check. Two days are planned for each seed: one
with two vans, too few for separate operation to deliver everything, and one with as many as that
needs, so that km and cost are those of the same service.
"""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from benchmarks.harness import Fact, Report, Row
from benchmarks.regions import day_of, opened, tokachi_source
from cargo.answers import plan_document
from cargo.batch import plan_separate
from cargo.check import check
from cargo.documents import Style
from cargo.effort import Effort
from cargo.kpi_documents import Kpis
from cargo.model import LoadPlan, read_plan
from cargo.network import Fleet, Network
from cargo.party import PassengerParty
from cargo.passengers import timed_party
from cargo.problem import DAY_END, Problem, make_problem, timed
from cargo.shipment import Shipment

if TYPE_CHECKING:
    from maas.region import Region

NAME = "joint"
SUMMARY = "a day's passengers and parcels: mixed operation beside separate operation"

DATE = date(2019, 7, 10)
PARCELS, PARTIES = 300, 150
FEW_VANS = 2
MORE_VANS = (4, 6, 8, 10, 12)  # are tried until separate operation leaves hardly a parcel behind
HARDLY = 0.01  # share of the parcels; some cannot be delivered in their windows at all
SEEDS = (1, 2, 3, 4, 5)
SEATS = 4
TAXIS_OF_LARGEST = 5  # town; one in each of the others
WAIT = 15 * 60  # s that a party waits at most
FROM_DEPOT = 0.8  # share of parcels that start in the largest town
TO_LARGEST = 0.4  # share of parcels that go to it
T_95 = {2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776}  # Student, two-sided, by number of seeds


def run(quick: bool, region: Path) -> Report:
    """Plan the day for each seed; on the given region where the feeds of Tokachi are not there."""
    report = Report(packages={"numba", "ortools"})
    source = tokachi_source()
    place = opened(region if source is None else source)
    on = DATE if source is not None else day_of(place)
    if source is None:
        report.notes.append("the Obihiro feeds are not there (set MAAS_TEST_DATA): another region")
    seeds, seconds = (SEEDS[:2], 1.0) if quick else (SEEDS, 12.0)
    _planned(place, on, joint_day(place, on, 20, 10, 0, FEW_VANS), Effort(1.0))  # compiles
    savings: dict[str, list[float]] = {}
    for seed in seeds:
        vans = _enough(place, on, seed, seconds)
        for kind, n_vans in (("few vans", FEW_VANS), ("enough vans", vans)):
            problem = joint_day(place, on, PARCELS, PARTIES, seed, n_vans)
            begun = time.process_time()
            plan, faults = _planned(place, on, problem, Effort(seconds, seed=seed))
            cpu = time.process_time() - begun
            case = f"{place.file.name}, seed {seed}, {n_vans} vans ({kind})"
            for name, kpis in (("separate", plan.kpis.separate), ("mixed", plan.kpis.mixed)):
                report.rows.append(Row(case, name, (cpu / 2,), _facts(kpis) | faults, "separate"))
            _compare(plan, kind, savings)
    report.notes += [_interval(name, values) for name, values in savings.items()]
    report.notes.append(f"{seconds:.0f} CPU s for each of the two ways of operation")
    report.notes.append("CPU is half of what planning both took")
    return report


def _planned(
    region: "Region", on: date, problem: Problem, effort: Effort
) -> tuple[LoadPlan, dict[str, Fact]]:
    """Plan a day, and what the check finds."""
    from maas.freight import EMPTY
    from maas.freight_facts import facts_of

    head: dict[str, Any] = {
        "region": region.file.name, "region_version": region.version, "date": on.isoformat(),
        "timezone": region.file.timezone, "synthetic": True, "ledger_version": 0,
    }  # fmt: skip
    facts = facts_of(region, on, EMPTY)
    zone = ZoneInfo(region.file.timezone)
    style = Style(facts.base_epoch, zone, region.file.currency)
    plan = read_plan(plan_document(problem, style, effort, head, []), "plan")
    fleets = {
        fleet.id: replace(facts.fleets[fleet.id], vehicles=fleet.vehicles, seats=fleet.seats)
        for fleet in problem.network.fleets
    }
    found = check(plan, replace(facts, fleets=fleets))
    return plan, {"FAULTS": f"{len(found)}: {found[0].message}"} if found else {}


def _enough(place: "Region", on: date, seed: int, seconds: float) -> int:
    """Vans with which separate operation delivers nearly all parcels, by a shorter search."""
    for vans in MORE_VANS:
        problem = joint_day(place, on, PARCELS, PARTIES, seed, vans)
        found = plan_separate(problem, Effort(seconds / 3, seed=seed))
        if PARCELS - sum(1 for _ in found.chosen()) <= HARDLY * PARCELS:
            return vans
    return MORE_VANS[-1]


def joint_day(
    region: "Region", on: date, parcels: int, parties: int, seed: int, vans: int
) -> Problem:
    """Draw a day: most parcels from the largest town, parties around the taxis' bases."""
    from maas.freight_network import FreightDay

    day, draw = FreightDay(region, on), random.Random(seed)
    first = next((at for at, fleet in enumerate(day.fleets) if fleet.kind == "taxi"), None)
    fleets = tuple(
        replace(fleet, vehicles=vans)
        if fleet.kind == "van"
        else replace(fleet, vehicles=TAXIS_OF_LARGEST if at == first else 1, seats=SEATS)
        for at, fleet in enumerate(day.fleets)
    )
    network = Network(day.hubs, day.trips, fleets)
    zone = ZoneInfo(region.file.timezone)
    shipments = [
        timed(_shipment(network, at, draw), day.base_epoch, zone, "joint") for at in range(parcels)
    ]
    bases = [fleet for fleet in fleets if fleet.kind == "taxi" for _ in range(fleet.vehicles)]
    riders = [_party(at, bases, draw) for at in range(parties if bases else 0)]
    timed_riders = [timed_party(one, day.base_epoch, zone, DAY_END, "joint") for one in riders]
    return make_problem(network, shipments, day.driver, timed_riders)


def _shipment(network: Network, at: int, draw: random.Random) -> Shipment:
    one, other = draw.sample(network.hubs, 2)
    if draw.random() < FROM_DEPOT:
        one = network.hubs[0]
    if draw.random() < TO_LARGEST:
        other = network.hubs[0]
    ready = draw.randrange(7 * 60, 10 * 60, 15)
    due = draw.randrange(17 * 60, 20 * 60, 15)
    kg = draw.randint(1, 15)
    ends = {
        name: {"lat": hub.lat + draw.gauss(0, 0.01), "lon": hub.lon + draw.gauss(0, 0.012)}
        for name, hub in (("pickup", one), ("delivery", other))
    }
    if one is network.hubs[0] and draw.random() < 0.8:  # handed in at the depot beside the station
        ends["pickup"] = {"lat": one.lat, "lon": one.lon}
    return Shipment.model_validate(
        {"id": f"p{at}", **ends, "kg": kg, "litres": 4 * kg, "pieces": 1,
         "ready": f"{ready // 60:02d}:{ready % 60:02d}", "due": f"{due // 60:02d}:{due % 60:02d}",
         "priority": draw.choice((0, 0, 0, 5))}
    )  # fmt: skip


def _party(at: int, bases: Sequence[Fleet], draw: random.Random) -> PassengerParty:
    base = draw.choice(bases)

    def place() -> dict[str, float]:
        return {"lat": base.lat + draw.gauss(0, 0.012), "lon": base.lon + draw.gauss(0, 0.016)}

    minute = draw.randrange(8 * 60, 20 * 60)
    return PassengerParty.model_validate(
        {"id": f"party{at}", "from": place(), "to": place(), "max_wait": WAIT,
         "earliest": f"{minute // 60:02d}:{minute % 60:02d}",
         "people": draw.choice((1, 1, 1, 2, 3))}
    )  # fmt: skip


def _facts(kpis: Kpis) -> dict[str, Fact]:
    riders = kpis.passengers
    assert riders is not None
    return {
        "parties_left": riders.parties - riders.carried,
        "parcels_left": kpis.rejected,
        "vehicles": kpis.vehicles,
        "vehicle_km": round(kpis.vehicle_km),
        "driver_hours": round(kpis.driver_hours, 1),
        "cost": round(kpis.cost.smallest),
        "co2_kg": round(kpis.co2_g / 1000, 1),
        "waiting_s": round(riders.mean_wait_s or 0.0),
        "on_lines": sum(n for mode, n in kpis.shipments_by_mode.items() if mode != "van")
        - kpis.shipments_by_mode.get("taxi", 0),
        "by_taxi": kpis.shipments_by_mode.get("taxi", 0),
    }


def _compare(plan: LoadPlan, kind: str, savings: dict[str, list[float]]) -> None:
    """Add what mixed operation saves, percent; for waiting, the seconds it adds."""
    one, other = _facts(plan.kpis.separate), _facts(plan.kpis.mixed)

    def add(name: str, value: float) -> None:
        savings.setdefault(f"{kind}: {name}", []).append(value)

    for name in ("vehicle_km", "driver_hours", "cost", "co2_kg"):
        add(f"{name} saved, %", 100 * (1 - float(other[name]) / max(1.0, float(one[name]))))
    add("waiting added, s", float(other["waiting_s"]) - float(one["waiting_s"]))
    add("parcels more", float(int(one["parcels_left"]) - int(other["parcels_left"])))
    each = [float(facts["cost"]) / (PARCELS - int(facts["parcels_left"])) for facts in (one, other)]
    add("cost a parcel delivered saved, %", 100 * (1 - each[1] / each[0]))


def _interval(name: str, values: Sequence[float]) -> str:
    """Mean and its 95 % interval over the seeds, by Student."""
    mean = statistics.fmean(values)
    half = T_95[len(values)] * statistics.stdev(values) / len(values) ** 0.5
    low, high = mean - half, mean + half
    return f"{name}: mean {mean:.1f}, 95 % interval {low:.1f} to {high:.1f} ({len(values)} seeds)"
