"""Separate and mixed operation of a day by the same solver for the same CPU time.

Separate operation is planned first. Then both go on from it for as long again, in turns: each turn
changes something and lets the core plan the road anew from where it is, ever less hot. Both try in
every other turn to do without one vehicle more. Mixed operation also changes ways: lines are
chosen for all parcels by column generation at what their road ends are thought to cost, and what
they did cost is fed back; later, parcels left behind and some that lie near to each other lose
their whole chains, get other ones (a way on lines, or the direct road) and are put in again.
The best plan is kept, so that mixed operation is never worse.
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
    road_vehicles,
    shipment_of,
)
from cargo.joint_prices import affordable
from cargo.line_choice import Lesson, LineChoice, classes_apart
from cargo.line_plan import LineEffort
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import DELIVERY, PICKUP, Plan, make_plan, task_number
from cargo.pdp.search import Limits, Searcher
from cargo.pdp.tables import Ways as RoadWays
from cargo.pdp.tables import make_tables, make_ways
from cargo.roads import PROFILE_OF_KIND
from routing.layout import NONE

TURNS = 12  # in which ways or vehicles change and the road is planned anew
LINE_TURNS = (0, 2, 4)  # in which lines are chosen for all parcels
CHOICE_SHARE = 0.25  # of such a turn, at most, for the choice
WARM = 0.4  # of the way from hottest to coldest is behind a plan that is improved
ROAMING, WORSE = 0.6, 0.03  # share of the time in which a turn may end so much dearer than the best
MORE_LEFT = 15  # road parts that such a turn may leave behind
CHAINS = (5, 60)  # that are taken out at once
OTHER_WAYS = 6  # the likeliest ones of a parcel are tried
NOISE = 0.3  # of what ways are thought to cost

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
    best = separate.plan_from(start)
    mixed = _Mixed(day, effort).plan_from(start)
    return JointPlan(best, min(best, mixed, key=lambda one: one.objective))


def plan_separate(day: JointDay, effort: JointEffort) -> Outcome:
    """Plan separate operation alone, in one stage."""
    return _Operation(day, effort, is_mixed=False).improved({}, None, effort.seconds)


class _Operation:
    """One way of operation."""

    def __init__(self, day: JointDay, effort: JointEffort, *, is_mixed: bool) -> None:
        self._day, self._effort, self._is_mixed = day, effort, is_mixed
        self._turn = 0
        self._ways_between: RoadWays | None = None
        self._draw = random.Random(effort.seed)

    def plan_from(self, start: Outcome) -> Outcome:
        """Go on from a plan, in turns; never worse than that."""
        begun, seconds = time.process_time(), self._effort.seconds
        best = now = start
        for turn in range(TURNS):
            share = (time.process_time() - begun) / seconds
            if share >= 1 or self._effort.is_cancelled():
                break
            ways, spared = self._next_ways(now, turn), self._spared(now, best, turn)
            until = max(share, (turn + 1) / TURNS)
            left = seconds * until - (time.process_time() - begun)
            cooling = (WARM + (1 - WARM) * share, WARM + (1 - WARM) * until)
            tried = self.improved(ways, now, left, cooling, spared)
            self._learn(tried, is_sparing=turn % 2 == 1)
            best = min(best, tried, key=lambda one: one.objective)
            now = tried if share < ROAMING and _is_near(tried, best) else best
        return best

    def _next_ways(self, now: Outcome, turn: int) -> Ways:  # noqa: ARG002  (`_Mixed` asks for it)
        """Ways to plan the road for."""
        return now.ways

    def _learn(self, tried: Outcome, *, is_sparing: bool) -> None:
        """Take from a plan what it tells about ways."""

    def _spared(self, now: Outcome, best: Outcome, turn: int) -> frozenset[str]:
        """Vehicles that a turn does without: idle ones, and in turn one that does little.

        All are there at first, and again after a plan that leaves more behind than the best one.
        """
        if turn == 0 or len(now.plan.unserved) > len(best.plan.unserved):
            return frozenset()
        used = {row.vehicle for row in now.plan.rounds}
        dear = [row for row in now.plan.rounds if self._fixed(row.vehicle) > 0]
        some = self._draw.sample(dear, min(2, len(dear))) if turn % 2 else []
        least = max(some, key=lambda row: row.cost / len(row.visits), default=None)
        idle = {one.id for one in road_vehicles(self._day) if one.fixed > 0} - used
        return frozenset(idle if least is None else idle | {least.vehicle})

    def _fixed(self, vehicle: str) -> float:
        return self._day.fleet_of(vehicle).fixed

    def improved(
        self,
        ways: Ways,
        start: Outcome | None,
        seconds: float,
        cooling: tuple[float, float] = (0.0, 1.0),
        spared: frozenset[str] = frozenset(),
    ) -> Outcome:
        """Plan the road for these ways without some vehicles, from what another plan says of it."""
        begun = time.process_time()
        road = road_problem(self._day, ways, is_mixed=self._is_mixed, spared=spared)
        if not road.requests:
            return outcome_of(self._day, ways, road, Plan((), ()))
        if self._ways_between is None:
            self._ways_between = make_ways(road)
        tables = make_tables(road, self._ways_between)
        self._turn += 1
        searcher = Searcher(tables, seed=self._effort.seed + 1000 * self._turn)
        if start is not None:
            _start(searcher, _carried_over(start, road))
        left = max(0.1, seconds - (time.process_time() - begun))
        limits = Limits(left, is_cancelled=self._effort.is_cancelled, cooling=cooling)
        tasks = affordable(self._day, ways, road, _whole(road, searcher.run(limits)))
        plan = make_plan(road, tables, tasks)
        return outcome_of(self._day, ways, road, plan)


def _is_near(tried: Outcome, best: Outcome) -> bool:
    """Whether a plan leaves about as much behind as the best one, and is hardly dearer."""
    is_as_full = tried.objective[0] <= best.objective[0]
    more = len(tried.plan.unserved) - len(best.plan.unserved)
    return (
        is_as_full and more <= MORE_LEFT and tried.objective[2] <= (1 + WORSE) * best.objective[2]
    )


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
        self._choice = LineChoice(day.problem, effort.is_cancelled, is_far=True)
        self._ways: dict[int, list[HubPath]] = {}

    def _learn(self, tried: Outcome, *, is_sparing: bool) -> None:
        """Take over what road ends did cost; those without a vehicle, where none was missing."""
        self._choice.learn(list(lessons(self._day, tried)))
        for at in () if is_sparing else _left_behind(tried):
            self._choice.discourage(at, tried.ways.get(at))

    def _next_ways(self, now: Outcome, turn: int) -> Ways:
        """Ways to plan the road for: those of the lines at what ends cost, or some changed."""
        if not self._day.problem.network.trips or not self._day.problem.shipments:
            return {}
        if turn not in LINE_TURNS:
            return self._other_ways(now)
        effort = self._effort
        share = CHOICE_SHARE * effort.seconds / TURNS
        plan = self._choice.plan(LineEffort(share, None, effort.seed, effort.is_cancelled))
        self._ways = self._choice.paths(plan)
        return {at: some[0] for at, some in self._ways.items() if plan.paths.n_rides[at]}

    def _other_ways(self, now: Outcome) -> dict[int, HubPath]:
        """Ways in which parcels left behind, and some near to each other, go otherwise."""
        problem = self._day.problem
        left = _left_behind(now)
        here = problem.delivery_spot[self._draw.randrange(len(problem.shipments))]
        near = problem.roads.duration[PROFILE_OF_KIND["van"]][here, list(problem.delivery_spot)]
        some = np.argsort(near, kind="stable")[: self._draw.randint(*CHAINS)].tolist()
        some += [at for at in left if at not in some]
        made = {at: way for at, way in now.ways.items() if at not in some}
        bays = _Bays(self._day, made)
        self._draw.shuffle(some)
        for at in some:
            for way in self._by_cost(at, None if at not in left else now.ways.get(at)):
                if way is None:
                    break
                if bays.take(at, way):
                    made[at] = way
                    break
        return made

    def _by_cost(self, shipment: int, barred: HubPath | None) -> list[HubPath | None]:
        """Ways of a parcel, the one thought cheapest first, about; None is the direct road."""
        ways = [way for way in self._ways.get(shipment, ())[:OTHER_WAYS] if way != barred]

        def rank(way: HubPath | None) -> float:
            return self._choice.estimate(shipment, way) * self._draw.uniform(1 - NOISE, 1 + NOISE)

        return sorted([None, *ways], key=rank)


def _left_behind(outcome: Outcome) -> set[int]:
    """Shipments that a plan does not serve."""
    return {at for name in outcome.plan.unserved if (at := shipment_of(name)) is not None}


class _Bays:
    """Room of each hop that ways leave, and goods on it that others must be kept apart from."""

    def __init__(self, day: JointDay, ways: Ways) -> None:
        carriers = day.problem.network.carriers
        columns = [carriers.kg, carriers.litres, carriers.pieces]
        self._shipments = day.problem.shipments
        self._room = np.stack(columns, axis=1).astype(np.int64)
        self._goods, self._apart = classes_apart(day.problem)
        self._aboard = np.zeros((len(self._room), len(self._apart)), np.int64)
        for at, way in ways.items():
            self._put(at, way)

    def take(self, shipment: int, way: HubPath) -> bool:
        """Let a shipment go a way, if it may."""
        amount, goods = np.array(self._shipments[shipment].room), self._goods[shipment]
        hops = [slice(ride.load_call, ride.unload_call) for ride in way.rides]
        if any((self._room[some] < amount).any() for some in hops):
            return False
        if goods != NONE and any(
            self._aboard[some][:, self._apart[goods] != 0].any() for some in hops
        ):
            return False
        self._put(shipment, way)
        return True

    def _put(self, shipment: int, way: HubPath) -> None:
        for ride in way.rides:
            self._room[ride.load_call : ride.unload_call] -= self._shipments[shipment].room
            if self._goods[shipment] != NONE:
                self._aboard[ride.load_call : ride.unload_call, self._goods[shipment]] += 1


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
