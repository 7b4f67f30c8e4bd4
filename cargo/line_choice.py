"""Which lines the shipments of a batch should ride, as far as their road ends are known.

Every hub near a door is an end with a drive and a cost: at first an estimate, later what vehicles
saved or spent on such ends in the rounds that were planned. Column generation over the timetable
then gives ways, a bound under these ends, and what one more box on each segment is worth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cargo.chains import HubPath, Ride
from cargo.columns import Column, Pool, columns_of
from cargo.event_graph import event_graph
from cargo.event_layout import MOST_RIDES, Consignments
from cargo.line_plan import LineEffort, LinePlan, plan_lines
from cargo.nearby import Nearby, nearest
from cargo.options import HUBS_NEAR_A_DOOR, GoOn, road_estimate
from cargo.problem import Problem, booked_classes, classes_apart
from cargo.relaxation import LineProblem
from routing.layout import NONE, UNREACHED, first_of, frozen

MOST_COLUMNS = 12  # of a shipment that become options
REFUSED = 3.0  # drives that leaving a shipment behind counts for, where no vehicle may drive it
LEARNING = 0.5  # share of what an end cost in the rounds that goes into what it is thought to cost


@dataclass(frozen=True)
class End:
    """A hub near a door."""

    shipment: int
    is_pickup: bool
    hub: int
    time: int  # s; there from, or to be unloaded by
    cost: float  # that the drive is thought to take, thousandths
    lead: int  # s on the way between door and hub


@dataclass(frozen=True)
class Lesson:
    """What one road part of a chain cost in the rounds."""

    shipment: int
    hub: int  # NONE for the direct road
    is_pickup: bool
    cost: float


class LineChoice:
    """The timetable as the shipments of one problem see it; remembers ways and what ends cost."""

    def __init__(self, problem: Problem, go_on: GoOn) -> None:
        self._problem = problem
        network = problem.network
        self._carriers = network.carriers
        self._graph = event_graph(self._carriers, network.handling)
        self._ends = [
            end
            for at, goods in enumerate(problem.shipments)
            if not goods.is_held
            for end in _ends_of(problem, at, go_on)
        ]
        self._cost = {(end.shipment, end.hub, end.is_pickup): end.cost for end in self._ends}
        self._refusal = [_refusal(problem, at, go_on) for at in range(len(problem.shipments))]

    def plan(self, effort: LineEffort) -> LinePlan:
        """Choose ways at what ends are now thought to cost."""
        carriers = self._carriers
        room = np.stack([carriers.kg, carriers.litres, carriers.pieces], axis=1)
        price = carriers.price_per_piece[carriers.bay_of_call]
        problem = LineProblem(
            self._graph,
            self._consignments(),
            frozen(price, np.float64),
            frozen(room),
            booked_classes(self._problem),
            len(self._problem.network.hubs),
        )
        return plan_lines(problem, effort, Pool())

    def paths(self, plan: LinePlan) -> dict[int, list[HubPath]]:
        """The likeliest ways of each shipment, the chosen one first."""
        chosen = {column.key for column in columns_of(plan.paths)}
        toll = np.concatenate([np.zeros((1, 3)), np.cumsum(plan.relaxation.toll, axis=0)])
        rated: dict[int, dict[tuple[Ride, ...], tuple[float, HubPath]]] = {}
        for column in plan.columns:
            amount = np.array(self._problem.shipments[column.consignment].room, np.float64)
            value = column.cost + sum(float((toll[b] - toll[a]) @ amount) for a, b in column.rides)
            path = self._path(column)
            rank = -1.0 if column.key in chosen else value
            rated.setdefault(column.consignment, {})[path.rides] = rank, path
        return {
            shipment: [path for _, path in sorted(ways.values(), key=_rank)[:MOST_COLUMNS]]
            for shipment, ways in rated.items()
        }

    def learn(self, lessons: list[Lesson]) -> None:
        """Move what ends are thought to cost towards what they did cost.

        Ends that nobody used become dearer or cheaper by the mean of those that were used.
        """
        stated = spent = 1.0
        for lesson in lessons:
            key = lesson.shipment, lesson.hub, lesson.is_pickup
            if lesson.hub == NONE:
                old = self._refusal[lesson.shipment]
                self._refusal[lesson.shipment] = _between(old, lesson.cost)
            elif key in self._cost:
                stated, spent = stated + self._cost[key], spent + lesson.cost
        factor = _between(1.0, min(3.0, max(0.3, spent / stated)))
        used = {(one.shipment, one.hub, one.is_pickup): one.cost for one in lessons}
        for key, cost in self._cost.items():
            self._cost[key] = _between(cost, used[key]) if key in used else cost * factor

    def _consignments(self) -> Consignments:
        shipments = self._problem.shipments
        n = len(shipments)
        ends = [
            [end for end in self._ends if end.is_pickup == is_pickup] for is_pickup in (True, False)
        ]
        columns = [
            [
                first_of([end.shipment for end in side], n),
                frozen([end.hub for end in side]),
                frozen([end.time for end in side]),
                frozen(
                    [self._cost[end.shipment, end.hub, end.is_pickup] for end in side], np.float64
                ),
                frozen([end.lead for end in side]),
            ]
            for side in ends
        ]
        return Consignments(
            frozen(np.array([shipment.room for shipment in shipments]).reshape(n, 3)),
            frozen(
                np.reshape(
                    [self._problem.takes(at) for at in range(n)],
                    (n, len(self._problem.network.kinds)),
                ),
                np.uint8,
            ),
            frozen([min(MOST_RIDES, shipment.document.max_trips) for shipment in shipments]),
            frozen(self._refusal, np.float64),
            *classes_apart(self._problem),
            frozen([shipment.most for shipment in shipments]),
            *columns[0],
            *columns[1],
        )

    def _path(self, column: Column) -> HubPath:
        """A column as the chain search would give it."""
        carriers, room = self._carriers, self._problem.shipments[column.consignment].room
        bays = [int(carriers.bay_of_call[load]) for load, _ in column.rides]
        last = column.rides[-1][1]
        return HubPath(
            hub=int(carriers.hub[last]),
            time=int(carriers.unloaded[last]),
            cost=int(carriers.price_per_piece[bays].sum()) * room.pieces,
            co2=int(carriers.co2_per_kg[list(column.hops)].sum()) * room.kg,
            access=NONE,
            rides=tuple(Ride(bay, *ride) for bay, ride in zip(bays, column.rides, strict=True)),
        )


def _ends_of(problem: Problem, shipment: int, go_on: GoOn) -> Iterator[End]:
    """Hubs near both doors and when goods can be there, or must."""
    go_on()
    near, goods, hubs = Nearby(problem, shipment), problem.shipments[shipment], problem.network.hubs
    for hub, seconds in nearest(near.hubs(is_pickup=True), HUBS_NEAR_A_DOOR):
        time = max(goods.ready + seconds, hubs[hub].opens)
        cost = road_estimate(problem, seconds)
        yield End(shipment, True, hub, time, cost, problem.lead(shipment, seconds))
    for hub, seconds in nearest(near.hubs(is_pickup=False), HUBS_NEAR_A_DOOR):
        latest = hubs[hub].closes - (hubs[hub].handling if seconds else 0)
        cost = road_estimate(problem, seconds)
        yield End(shipment, False, hub, min(goods.due - seconds, latest), cost, seconds)


def _refusal(problem: Problem, shipment: int, go_on: GoOn) -> float:
    """Cost of not riding: the direct drive, or several where no vehicle may drive it."""
    go_on()
    ends = problem.pickup_spot[shipment], problem.delivery_spot[shipment]
    seconds = Nearby(problem, shipment).quickest(*ends)
    if seconds < UNREACHED:
        return road_estimate(problem, seconds)
    drives = problem.roads.duration[:, ends[0], ends[1]]
    known = drives[drives < UNREACHED]
    return REFUSED * road_estimate(problem, int(known.min()) if known.size else 3600)


def _between(old: float, new: float) -> float:
    return (1 - LEARNING) * old + LEARNING * new


def _rank(pair: tuple[float, HubPath]) -> tuple[float, tuple[Ride, ...]]:
    return pair[0], pair[1].rides
