"""Passengers and parcels of a Tokachi day: mixed operation beside separate operation.

Timetables are real (2019-07-10); fleets, hubs, bays and the whole demand are assumed and drawn from
a seed. Both ways of operation get the same solver, the same start and the same CPU time, and both
plans go through the check. Two days are planned for each seed: one with two vans, too few for
separate operation to deliver everything, and one with as many as that needs, so that km and cost
are those of the same service.
"""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.harness import Fact, Report, Row
from benchmarks.regions import day_of, opened, tokachi_source
from cargo.check_joint import check_joint
from cargo.joint import Duty, JointDay, Outcome, Party
from cargo.joint_search import JointEffort, JointPlan, plan_joint, plan_separate
from cargo.network import Network
from cargo.problem import make_problem, timed
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
WAIT = 15 * 60  # s that a party waits at most
RIDE = 1.5  # times the direct drive
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
    plan_joint(joint_day(place, on, 20, 10, 0, FEW_VANS), JointEffort(1.0, 0))  # compiles
    savings: dict[str, list[float]] = {}
    for seed in seeds:
        vans = _enough(place, on, seed, seconds)
        for kind, n_vans in (("few vans", FEW_VANS), ("enough vans", vans)):
            day = joint_day(place, on, PARCELS, PARTIES, seed, n_vans)
            begun = time.process_time()
            plan = plan_joint(day, JointEffort(seconds, seed))
            cpu = time.process_time() - begun
            case = f"{place.file.name}, seed {seed}, {n_vans} vans ({kind})"
            for name, outcome in (("separate", plan.separate), ("mixed", plan.mixed)):
                facts = _facts(day, outcome)
                report.rows.append(Row(case, name, (cpu / 2,), facts, "separate"))
            _compare(day, plan, kind, savings)
    report.notes += [_interval(name, values) for name, values in savings.items()]
    report.notes.append(f"{seconds:.0f} CPU s for a common start, then as many for each of the two")
    report.notes.append("CPU is half of what planning both took")
    return report


def _enough(place: "Region", on: date, seed: int, seconds: float) -> int:
    """Vans with which separate operation delivers nearly all parcels, by a shorter search."""
    for vans in MORE_VANS:
        day = joint_day(place, on, PARCELS, PARTIES, seed, vans)
        found = plan_separate(day, JointEffort(seconds / 3, seed))
        if sum(found.objective[1]) <= HARDLY * PARCELS:
            return vans
    return MORE_VANS[-1]


def joint_day(
    region: "Region", on: date, parcels: int, parties: int, seed: int, vans: int
) -> JointDay:
    """Draw a day: most parcels from the largest town, parties around the taxis' bases."""
    from maas.freight_network import FreightDay

    day, draw = FreightDay(region, on), random.Random(seed)
    network = Network(day.hubs, day.trips, day.fleets)
    zone = ZoneInfo(region.file.timezone)
    shipments = [
        timed(_shipment(network, at, draw), day.base_epoch, zone, "joint") for at in range(parcels)
    ]
    duties = []
    first = next((at for at, fleet in enumerate(day.fleets) if fleet.kind == "taxi"), None)
    for at, fleet in enumerate(day.fleets):
        taxis = 5 if at == first else 1
        duties.append(Duty(at, taxis, SEATS) if fleet.kind == "taxi" else Duty(at, vans, 0))
    bases = [duty.fleet for duty in duties for _ in range(duty.vehicles) if duty.seats]
    return JointDay(
        make_problem(network, shipments, day.driver),
        tuple(_party(network, at, bases, draw) for at in range(parties if bases else 0)),
        tuple(duties),
        day.driver,
    )


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


def _party(network: Network, at: int, bases: Sequence[int], draw: random.Random) -> Party:
    base = network.fleets[draw.choice(bases)]

    def place() -> tuple[float, float]:
        return base.lat + draw.gauss(0, 0.012), base.lon + draw.gauss(0, 0.016)

    asked = draw.randrange(8 * 3600, 20 * 3600, 60)
    return Party(f"party{at}", place(), place(), asked, WAIT, RIDE, draw.choice((1, 1, 1, 2, 3)))


def _facts(day: JointDay, outcome: Outcome) -> dict[str, Fact]:
    left = outcome.objective[:2]
    served = [at for at in outcome.ways if f"{at}/last" not in outcome.plan.unserved]
    found = check_joint(day, outcome)
    facts: dict[str, Fact] = {
        "parties_left": left[0],
        "parcels_left": sum(left[1]),
        "vehicles": len(outcome.plan.rounds),
        "vehicle_km": round(outcome.plan.distance / 1000),
        "driver_hours": round(sum(row.duration for row in outcome.plan.rounds) / 3600, 1),
        "cost": outcome.objective[2],
        "co2_kg": round(outcome.objective[3] / 1000, 1),
        "waiting_s": round(_waiting(day, outcome)),
        "on_lines": len(served),
        "by_taxi": sum(
            visit.kind == "pickup" and "/" in visit.request
            for row in outcome.plan.rounds
            if day.fleet_of(row.vehicle).kind == "taxi"
            for visit in row.visits
        ),
    }
    return facts | ({"FAULTS": f"{len(found)}: {found[0].message}"} if found else {})


def _waiting(day: JointDay, outcome: Outcome) -> float:
    """Mean wait of the parties that are carried, s."""
    asked = {party.id: party.asked for party in day.parties}
    waits = [
        visit.start - asked[visit.request]
        for row in outcome.plan.rounds
        for visit in row.visits
        if visit.kind == "pickup" and visit.request in asked
    ]
    return statistics.fmean(waits) if waits else 0.0


def _compare(day: JointDay, plan: JointPlan, kind: str, savings: dict[str, list[float]]) -> None:
    """Add what mixed operation saves, percent; for waiting, the seconds it adds."""
    one, other = _facts(day, plan.separate), _facts(day, plan.mixed)
    assert plan.mixed.objective <= plan.separate.objective

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
