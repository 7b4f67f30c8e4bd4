"""Separate and mixed operation of a day by the same solver for the same CPU time.

Separate operation is planned first. Then both go on from it for as long again: separate operation
as it is, mixed operation in rounds. Each round chooses lines by column generation at what their
road ends are thought to cost, lets the core plan the road, and feeds back what the ends did cost.
After that some parcels that lie near to each other lose their whole chains, get other ones (a way
on lines, or the direct road) and are put in again. Whatever is not better is undone, so that
mixed operation is never worse.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cargo.chains import HubPath
from cargo.joint import (
    DIRECT,
    FIRST,
    JointDay,
    Outcome,
    Ways,
    outcome_of,
    road_problem,
    shipment_of,
)
from cargo.line_choice import Lesson, LineChoice
from cargo.line_plan import LineEffort
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import DELIVERY, PICKUP, Plan, make_plan, task_number
from cargo.pdp.search import Limits, Searcher
from cargo.pdp.tables import make_tables
from cargo.roads import PROFILE_OF_KIND
from routing.layout import NONE

LINE_ROUNDS = 3
LINE_SHARE = 0.6  # of the time for rounds with lines, the rest for chains
CHOICE_SHARE = 0.25  # of a round for the choice of lines
CHAIN_SECONDS = 1.5  # CPU s of one removal and reinsertion of chains
CHAINS = (5, 40)  # that are taken out at once
OTHER_WAYS = 3  # the likeliest ones of a parcel are tried

Tasks = list[list[int]]


@dataclass(frozen=True)
class JointEffort:
    """CPU s of each of the two stages, and the seed."""

    seconds: float = 20.0
    seed: int = 0
    is_cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class JointPlan:
    """Both ways of operation."""

    separate: Outcome
    mixed: Outcome


def plan_joint(day: JointDay, effort: JointEffort) -> JointPlan:
    """Plan both ways of operation."""
    separate = _Operation(day, effort, is_mixed=False)
    start = separate.improved({}, None, effort.seconds)
    going_on = separate.improved({}, start, effort.seconds)
    best = min(start, going_on, key=lambda one: one.objective)
    mixed = _Mixed(day, effort).plan_from(start)
    return JointPlan(best, min(best, mixed, key=lambda one: one.objective))


class _Operation:
    """One way of operation."""

    def __init__(self, day: JointDay, effort: JointEffort, *, is_mixed: bool) -> None:
        self._day, self._effort, self._is_mixed = day, effort, is_mixed
        self._turn = 0

    def improved(self, ways: Ways, start: Outcome | None, seconds: float) -> Outcome:
        """Plan the road for these ways, from what another plan says of it."""
        begun = time.process_time()
        road = road_problem(self._day, ways, is_mixed=self._is_mixed)
        if not road.requests:
            return outcome_of(self._day, ways, road, Plan((), ()))
        tables = make_tables(road)
        self._turn += 1
        searcher = Searcher(tables, seed=self._effort.seed + 1000 * self._turn)
        if start is not None:
            _start(searcher, _carried_over(start, road))
        left = max(0.1, seconds - (time.process_time() - begun))
        tasks = searcher.run(Limits(left, is_cancelled=self._effort.is_cancelled))
        plan = make_plan(road, tables, _whole(road, tasks))
        return outcome_of(self._day, ways, road, plan)


def _start(searcher: Searcher, tasks: Tasks) -> None:
    """Begin from a plan; a round that cannot be driven any more is left empty."""
    try:
        searcher.start(tasks)
    except ValueError:
        sound: Tasks = [[] for _ in tasks]
        for row, some in enumerate(tasks):
            sound[row] = some
            try:
                searcher.start(sound)
            except ValueError:
                sound[row] = []
        searcher.start(sound)


def _carried_over(start: Outcome, road: PdpProblem) -> Tasks:
    """Rounds of a plan in the numbers of another problem, as far as that asks for it."""
    number = {
        (request.id, kind): task_number(r, kind)
        for r, request in enumerate(road.requests)
        for kind in (PICKUP, DELIVERY)
    }
    driven = {row.vehicle: row.visits for row in start.plan.rounds}
    return [
        [
            number[visit.request, visit.kind]
            for visit in driven.get(vehicle.id, ())
            if (visit.request, visit.kind) in number
        ]
        for vehicle in road.vehicles
    ]


def _whole(road: PdpProblem, tasks: Tasks) -> Tasks:
    """Take out road parts of parcels whose other part is not served."""
    served = {task >> 1 for row in tasks for task in row}
    of = [shipment_of(request.id) for request in road.requests]
    halved = {at for r, at in enumerate(of) if r not in served} - {None}
    return [[task for task in row if of[task >> 1] not in halved] for row in tasks]


class _Mixed(_Operation):
    """Lines and roads together."""

    def __init__(self, day: JointDay, effort: JointEffort) -> None:
        super().__init__(day, effort, is_mixed=True)
        self._choice = LineChoice(day.problem, effort.is_cancelled)
        self._ways: dict[int, list[HubPath]] = {}
        self._draw = random.Random(effort.seed)

    def plan_from(self, start: Outcome) -> Outcome:
        """Plan from separate operation; never worse than that."""
        begun, seconds = time.process_time(), self._effort.seconds
        best = start
        share = LINE_SHARE * seconds / LINE_ROUNDS
        if self._day.problem.network.trips and self._day.problem.shipments:
            for turn in range(LINE_ROUNDS):
                best = self._round(best, share, begun + (turn + 1) * share)
        while not self._effort.is_cancelled():
            left = seconds - (time.process_time() - begun)
            if left < CHAIN_SECONDS:
                break
            tried = self.improved(self._other_ways(best.ways), best, CHAIN_SECONDS)
            best = min(best, tried, key=lambda one: one.objective)
        return best

    def _round(self, best: Outcome, share: float, until: float) -> Outcome:
        """Choose lines, plan the road, learn what the ends cost."""
        effort = self._effort
        limits = LineEffort(CHOICE_SHARE * share, None, effort.seed, effort.is_cancelled)
        plan = self._choice.plan(limits)
        self._ways = self._choice.paths(plan)
        ways = {at: some[0] for at, some in self._ways.items() if plan.paths.n_rides[at]}
        left = max(0.2, until - time.process_time())
        tried = self.improved(ways, best, left)
        self._choice.learn(list(lessons(self._day, tried)))
        return min(best, tried, key=lambda one: one.objective)

    def _other_ways(self, ways: Ways) -> dict[int, HubPath]:
        """Ways in which some parcels near to one another go otherwise, as room allows."""
        problem = self._day.problem
        n = len(problem.shipments)
        if not n:
            return dict(ways)
        seed = self._draw.randrange(n)
        here = problem.delivery_spot[seed]
        near = problem.roads.duration[PROFILE_OF_KIND["van"]][here, list(problem.delivery_spot)]
        some = np.argsort(near, kind="stable")[: self._draw.randint(*CHAINS)].tolist()
        made = {at: way for at, way in ways.items() if at not in some}
        room = _room_left(self._day, made)
        self._draw.shuffle(some)
        for at in some:
            other: list[HubPath | None] = [None, *self._ways.get(at, ())[:OTHER_WAYS]]
            way = self._draw.choice(other)
            if way is not None and _take(self._day, room, at, way):
                made[at] = way
        return made


def _room_left(day: JointDay, ways: Ways) -> np.ndarray:
    """Room of each hop that ways leave."""
    carriers = day.problem.network.carriers
    room = np.stack([carriers.kg, carriers.litres, carriers.pieces], axis=1).astype(np.int64)
    for at, way in ways.items():
        for ride in way.rides:
            room[ride.load_call : ride.unload_call] -= day.problem.shipments[at].room
    return room


def _take(day: JointDay, room: np.ndarray, shipment: int, way: HubPath) -> bool:
    """Take the room of a way, if there is enough."""
    amount = np.array(day.problem.shipments[shipment].room)
    if any((room[ride.load_call : ride.unload_call] < amount).any() for ride in way.rides):
        return False
    for ride in way.rides:
        room[ride.load_call : ride.unload_call] -= amount
    return True


def lessons(day: JointDay, outcome: Outcome) -> Iterator[Lesson]:
    """What the road parts of parcels cost: what their rounds would save without them."""
    for request, saving in _savings(outcome).items():
        shipment = shipment_of(request)
        if shipment is None:
            continue
        part, hub = request.partition("/")[2], NONE
        if part != DIRECT:
            rides = outcome.ways[shipment].rides
            call = rides[0].load_call if part == FIRST else rides[-1].unload_call
            hub = day.problem.network.call(call)[1].hub
        yield Lesson(shipment, hub, part in {DIRECT, FIRST}, 1000 * saving)


def _savings(outcome: Outcome) -> dict[str, float]:
    """Cost of each request's visits at the margin, by drive and service."""
    road = outcome.road
    vehicles = {vehicle.id: vehicle for vehicle in road.vehicles}
    saving: dict[str, float] = {}
    for row in outcome.plan.rounds:
        vehicle = vehicles[row.vehicle]
        ways = road.duration[vehicle.profile], road.distance[vehicle.profile]
        assert vehicle.start is not None
        assert vehicle.end is not None
        for request in {visit.request for visit in row.visits}:
            places = [vehicle.start, *(visit.place for visit in row.visits), vehicle.end]
            others = [visit.place for visit in row.visits if visit.request != request]
            without = [vehicle.start, *others, vehicle.end]
            service = sum(v.departure - v.start for v in row.visits if v.request == request)
            seconds = service + _along(ways[0], places) - _along(ways[0], without)
            metres = _along(ways[1], places) - _along(ways[1], without)
            saving[request] = vehicle.per_m * metres + vehicle.per_s * seconds
    return saving


def _along(table: np.ndarray, places: Sequence[int]) -> int:
    return int(table[places[:-1], places[1:]].sum())
