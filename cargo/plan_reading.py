"""A load plan read back: its chains as options, its route sheets as rounds of the core."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from cargo.chains import Ride
from cargo.documents import sheet_id
from cargo.errors import DocumentError
from cargo.fleet_rounds import PATTERNS, FleetRound
from cargo.loading import Assignment
from cargo.model import (
    HoldStep,
    LoadPlan,
    PlannedParty,
    PlannedShipment,
    RoadStep,
    RouteSheet,
    TripStep,
    Visit,
)
from cargo.moments import seconds_of
from cargo.network import Network
from cargo.options import (
    Catalogue,
    Job,
    Option,
    add_direct,
    add_ride,
    job_from_hub,
    road_ends,
    way_along,
)
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import DELIVERY, PICKUP, Plan, make_plan, task_number
from cargo.pdp.tables import make_tables, make_ways
from cargo.problem import Problem
from cargo.road_jobs import road_problem
from cargo.schedule import Operation, schedule
from cargo.trip_changes import run_of
from routing.layout import NONE

Task = tuple[int, str]  # job, PICKUP or DELIVERY
CallKey = tuple[str, str, int, str, int]  # run of a trip, rule, position
SPARE = PATTERNS  # idle vehicles of each fleet, one of each way to cut its shift
ASK_CHECK = "see what `maas cargo check` says of the plan"


@dataclass(frozen=True)
class PlannedDay:
    """What a plan has decided: chains, and the tasks of each round in order."""

    problem: Problem
    catalogue: Catalogue
    option: tuple[int, ...]  # (n_demands,) NONE where it is left behind
    stuck: frozenset[int]  # shipments whose chain ends at a hub
    rounds: tuple[FleetRound, ...]
    tasks: tuple[tuple[Task, ...], ...]  # (n_rounds,)

    @cached_property
    def road(self) -> PdpProblem:
        """The road jobs of the chains, named by their numbers."""
        return road_problem(self.problem, self.catalogue, self.rounds, is_mixed=True)

    def driven(self) -> Plan:
        """The rounds on the clock.

        Raises
        ------
        DocumentError
            If one cannot be driven.
        """
        road = self.road
        tasks = [[task_number(*task) for task in row] for row in self.tasks]
        try:
            return make_plan(road, make_tables(road, make_ways(road)), tasks)
        except ValueError as error:
            msg = f"plan: {error}; {ASK_CHECK}"
            raise DocumentError(msg) from error

    def operation(self, driven: Plan) -> Operation:
        """The day with these rounds."""
        plan = Assignment(self.option, ())
        made = schedule(self.problem, self.catalogue, self.rounds, plan, driven)
        return replace(made, stuck=self.stuck)


def read_day(
    plan: LoadPlan, problem: Problem, rounds: Sequence[FleetRound], base_epoch: int, now: int = 0
) -> PlannedDay:
    """Read a plan back; `problem` holds its shipments and parties in their order.

    Drives of a plan that was changed on its day keep their times where they were before `now`.

    Raises
    ------
    DocumentError
        If it speaks of trips, vehicles or ways that are not there.
    """
    problem = _in_order(plan, problem, base_epoch)
    rounds = list(_worth_keeping(plan, problem, rounds))
    catalogue, option = Catalogue(), list[int]()
    reader = _Reader(plan, problem, base_epoch)
    for at, row in enumerate(plan.shipments):
        option.append(reader.add(catalogue, at, row))
        catalogue.first_option.append(len(catalogue.options))
    option += _add_parties(plan, problem, catalogue)
    if plan.changes:
        _fix(plan, problem, catalogue, option, reader, now)
    rejected = {at for at, row in enumerate(plan.shipments) if row.status == "rejected"}
    stuck = frozenset(at for at in rejected if option[at] != NONE)
    return PlannedDay(
        problem, catalogue, tuple(option), stuck, tuple(rounds),
        _tasks(plan, problem, catalogue, option, rounds),
    )  # fmt: skip


def _worth_keeping(
    plan: LoadPlan, problem: Problem, rounds: Sequence[FleetRound]
) -> Iterator[FleetRound]:
    """Rounds of the vehicles that a plan uses, and of some others of each fleet: all are alike."""
    used = {sheet.vehicle for sheet in plan.vehicles}
    idle: dict[int, set[int]] = defaultdict(set)
    for row in rounds:
        if sheet_id(problem, row).rpartition("/")[0] in used:
            yield row
            continue
        if len(idle[row.fleet]) < SPARE:
            idle[row.fleet].add(row.vehicle)
        if row.vehicle in idle[row.fleet]:
            yield row


def calls_of(network: Network) -> dict[CallKey, int]:
    """Row of the tables of each call of a bay."""
    return {key_of(network, call): call for call in range(len(network.place_of_call))}


def key_of(network: Network, call: int) -> CallKey:
    """What names a call on any timetable of the day."""
    trip, at = network.call(call)
    return (*run_of(trip), trip.rule_id, at.position)


def ride_of(network: Network, step: TripStep, calls: Mapping[CallKey, int]) -> Ride | None:
    """A step as a ride on the network; None where the trip does not run there any more."""
    ends = [
        calls.get((*run_of(step), step.rule, -1 if at is None else at))
        for at in (step.from_.position, step.to.position)
    ]
    load, unload = ends
    if load is None or unload is None:
        return None
    return Ride(int(network.carriers.bay_of_call[load]), load, unload)


def _in_order(plan: LoadPlan, problem: Problem, base_epoch: int) -> Problem:
    """Windows by which what follows a delivery comes after it, as it is planned."""
    zone, shipments = ZoneInfo(plan.timezone), list(problem.shipments)
    number = {row.id: at for at, row in enumerate(plan.shipments)}
    for at, row in enumerate(plan.shipments):
        first = number.get(row.request.follows or "")
        if first is None or row.status != "planned" or not plan.shipments[first].chain:
            continue
        end = plan.shipments[first].chain[-1]
        came = seconds_of(end.until if end.kind == "hold" else end.arrival, base_epoch, zone)
        shipments[first] = replace(shipments[first], due=came)
        shipments[at] = replace(shipments[at], ready=max(shipments[at].ready, came))
    return replace(problem, shipments=tuple(shipments))


class _Reader:
    """Reads chains as options of a catalogue."""

    def __init__(self, plan: LoadPlan, problem: Problem, base_epoch: int) -> None:
        self._problem, self._base_epoch = problem, base_epoch
        self._zone = ZoneInfo(plan.timezone)
        self._calls = calls_of(problem.network)
        self._hubs = {hub.id: at for at, hub in enumerate(problem.network.hubs)}

    def add(self, catalogue: Catalogue, at: int, row: PlannedShipment) -> int:
        """Add the chain of a shipment; the number of its option, `NONE` where it has none.

        Raises
        ------
        DocumentError
            If the region has no such chain.
        """
        if not row.chain:
            return NONE
        n = len(catalogue.options)
        if row.status == "planned" and len(row.chain) == 1:
            add_direct(self._problem, catalogue, at)
        else:
            self._add_by_hubs(catalogue, at, row)
        if len(catalogue.options) == n:
            msg = f"plan: shipment '{row.id}': its chain is none in this region; {ASK_CHECK}"
            raise DocumentError(msg)
        return n

    def _add_by_hubs(self, catalogue: Catalogue, at: int, row: PlannedShipment) -> None:
        steps = [step for step in row.chain if isinstance(step, TripStep)]
        found = [ride_of(self._problem.network, step, self._calls) for step in steps]
        rides = tuple(ride for ride in found if ride is not None)
        if len(rides) < len(steps):
            return
        first = last = None
        cost = co2 = 0
        if rides:
            way = way_along(self._problem, at, rides)
            first, last = road_ends(self._problem, at, way)
            cost, co2 = way.cost, way.co2
        elif holds := [step for step in row.chain if isinstance(step, HoldStep)]:
            first, last = self._around(at, holds[0])
        ends = [
            job if isinstance(step, RoadStep) else None
            for job, step in ((first, row.chain[0]), (last, row.chain[-1]))
        ]
        if row.status != "planned":
            ends[1] = None  # it is stuck: the only drive is the first one
        before, after = (NONE if job is None else catalogue.job(job) for job in ends)
        catalogue.options.append(Option(at, rides, before, after, cost, co2, 0.0))

    def _around(self, at: int, hold: HoldStep) -> tuple[Job, Job] | tuple[None, None]:
        """Drives to and from a hub where goods ride no line."""
        problem, hub = self._problem, self._hubs.get(hold.hub)
        if hub is None:
            return None, None
        goods, place = problem.shipments[at], problem.network.hubs[hub]
        ends, until = (problem.pickup_spot[at], problem.hub_spot[hub]), place.closes
        return (
            Job(at, *ends, goods.ready, until, place.opens, until - place.handling),
            job_from_hub(problem, at, hub, self._seconds(hold.from_), goods.due),
        )

    def times(self, row: PlannedShipment | PlannedParty) -> list[tuple[int, int]]:
        """Departure and arrival of each drive of a row."""
        steps: list[Any] = [row]
        if isinstance(row, PlannedShipment):
            steps = [step for step in row.chain if isinstance(step, RoadStep)]
        return [(self._seconds(step.departure), self._seconds(step.arrival)) for step in steps]

    def _seconds(self, text: str) -> int:
        return seconds_of(text, self._base_epoch, self._zone)


def _add_parties(plan: LoadPlan, problem: Problem, catalogue: Catalogue) -> Iterator[int]:
    for at, row in enumerate(plan.passengers, start=len(plan.shipments)):
        if row.status == "carried":
            add_ride(problem, catalogue, at)
            yield len(catalogue.options) - 1
        else:
            yield NONE
        catalogue.first_option.append(len(catalogue.options))


def _ends(catalogue: Catalogue, option: int) -> list[int]:
    """Jobs of an option, in order of time."""
    chosen = catalogue.options[option]
    return [job for job in (chosen.first_job, chosen.last_job) if job != NONE]


def _fix(
    plan: LoadPlan, problem: Problem, catalogue: Catalogue, option: Sequence[int],
    reader: _Reader, now: int,
) -> None:  # fmt: skip
    """Give drives windows that have what was done when others held: before `now` no other times."""
    rows: list[PlannedShipment | PlannedParty] = [*plan.shipments, *plan.passengers]
    for at, row in enumerate(rows):
        if option[at] == NONE:
            continue
        jobs = _ends(catalogue, option[at])
        for number, (departure, came) in zip(jobs, reader.times(row), strict=True):
            job = catalogue.jobs[number]
            left = departure - int(problem.service_spot[job.pickup])
            windows = [
                (time, time) if time < now else (min(opens, time), max(closes, time))
                for time, opens, closes in (
                    (left, job.pickup_from, job.pickup_until),
                    (came, job.delivery_from, job.delivery_until),
                )
            ]
            catalogue.jobs[number] = Job(*job[:3], *windows[0], *windows[1])


def _tasks(
    plan: LoadPlan, problem: Problem, catalogue: Catalogue, option: Sequence[int],
    rounds: Sequence[FleetRound],
) -> tuple[tuple[Task, ...], ...]:  # fmt: skip
    """What each round does, by the sheets."""
    row_of = {sheet_id(problem, row): at for at, row in enumerate(rounds)}
    jobs = _jobs_on(plan, catalogue, option)
    tasks: list[tuple[Task, ...]] = [()] * len(rounds)
    for sheet in plan.vehicles:
        at = row_of.get(sheet.id)
        if at is None:
            msg = f"plan: route sheet '{sheet.id}': this region has no such round; {ASK_CHECK}"
            raise DocumentError(msg)
        tasks[at] = tuple(_sheet_tasks(sheet, jobs.get(sheet.id, {})))
    return tuple(tasks)


Jobs = dict[tuple[bool, str], list[int]]  # (is a party, id) → jobs in order of time


def _jobs_on(plan: LoadPlan, catalogue: Catalogue, option: Sequence[int]) -> dict[str, Jobs]:
    """Jobs of each route sheet."""
    found: dict[str, Jobs] = defaultdict(lambda: defaultdict(list))
    for at, row in enumerate(plan.shipments):
        if option[at] != NONE:
            steps = [step for step in row.chain if isinstance(step, RoadStep)]
            for job, step in zip(_ends(catalogue, option[at]), steps, strict=True):
                found[step.vehicle][False, row.id].append(job)
    for at, party in enumerate(plan.passengers, start=len(plan.shipments)):
        if option[at] != NONE:
            job = catalogue.options[option[at]].first_job
            found[party.vehicle or ""][True, party.id].append(job)
    return found


def _sheet_tasks(sheet: RouteSheet, jobs: Jobs) -> Iterator[Task]:
    """Tasks of a sheet in order; at one place who gets out comes first, who gets in last."""
    done: dict[tuple[bool, str, str], int] = defaultdict(int)
    for visit in sheet.visits:
        for is_party, kind, name in _handled(visit):
            nth = done[is_party, kind, name]
            mine = jobs.get((is_party, name), [])
            if nth >= len(mine):
                who = "party" if is_party else "shipment"
                msg = f"plan: route sheet '{sheet.id}': {who} '{name}' has no ride on it"
                raise DocumentError(f"{msg}; {ASK_CHECK}")
            done[is_party, kind, name] += 1
            yield mine[nth], kind


def _handled(visit: Visit) -> Iterator[tuple[bool, str, str]]:
    for is_party, kind, names in (
        (True, DELIVERY, visit.alight),
        (False, DELIVERY, visit.unload),
        (False, PICKUP, visit.load),
        (True, PICKUP, visit.board),
    ):
        for name in names:
            yield is_party, kind, name
