"""Column generation over the timetable: a bound on what any plan costs, and what room is worth.

A master program mixes known ways; its prices become tolls on segments, under which one kernel
call finds the cheapest way of every consignment [1]_. Prices are smoothed towards the tolls of
the best bound so far [2]_, because those of a young master jump. For any tolls, the sum of the
cheapest ways less the value of all room is a bound, so that stopping early still gives one.

.. [1] Desaulniers, Desrosiers, Solomon (eds.): Column Generation, Springer 2005.
.. [2] Pessoa, Sadykov, Uchoa, Vanderbeck: Automation and Combination of Linear-Programming Based
   Stabilization Techniques in Column Generation, INFORMS J. on Computing 30 (2018).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cargo.columns import Column, Pool, columns_of, no_paths
from cargo.event_layout import (
    MOST_RIDES,
    UNITS,
    Consignments,
    Corridors,
    EventGraph,
    Found,
    Paths,
    Search,
)
from cargo.kernels import corridors, near, pricing
from cargo.ortools_master import Master, Mix
from routing.layout import NONE, Float64Array, Int32Array

SMOOTHING = 0.6
MOST_ROUNDS = 60
MOST_NEAR = 400  # ways of one consignment that are listed
CLOSE = 1e-6  # of the bound; nearer is converged
NEGLIGIBLE = 1e-3  # thousandths of the currency


@dataclass(frozen=True)
class LineProblem:
    """Consignments on the event graph of a day."""

    graph: EventGraph
    goods: Consignments
    price: Float64Array  # (n_hops,) a piece, of boarding the bay of a call
    room: Int32Array  # (n_hops, UNITS)
    booked: Int32Array  # (n_hops, n_classes) goods of each class that ride anyway
    n_hubs: int

    def unused(self) -> Int32Array:
        """Load without any way: shape (n_hops, UNITS + n_classes), units and goods of a class."""
        units = np.zeros((self.room.shape[0], UNITS), np.int32)
        return np.concatenate([units, self.booked], axis=1)


@dataclass(frozen=True)
class Relaxation:
    """What the relaxed problem tells of the whole one."""

    bound: float  # no plan costs less
    value: float  # of the best mix; above the bound only where time ran out
    toll: Float64Array  # (n_hops, UNITS) what a unit of room is worth
    least: Float64Array  # (n,) cheapest way of each under the tolls
    rounds: int


class Pricer:
    """Finds cheapest ways; owns its scratch: one per thread."""

    def __init__(self, problem: LineProblem) -> None:
        self.problem = problem
        n_nodes = problem.graph.time.size
        self.search = Search(
            cost=np.empty((n_nodes, MOST_RIDES + 1)),
            arc=np.empty((n_nodes, MOST_RIDES + 1), np.int32),
            goal_of_hub=np.full(problem.n_hubs, NONE, np.int32),
            found=np.empty(2 + 2 * MOST_RIDES, np.int32),
            kept=np.empty(2 + 2 * MOST_RIDES, np.int32),
        )
        self._unused = problem.unused()
        self.corridors = self._corridors()
        self._found = Found(
            n_rides=np.empty(MOST_NEAR, np.int32),
            ride=np.empty((MOST_NEAR, MOST_RIDES, 2), np.int32),
            start=np.empty(MOST_NEAR, np.int32),
            goal=np.empty(MOST_NEAR, np.int32),
            node=np.empty(n_nodes + 1, np.int32),
            cursor=np.empty(n_nodes + 1, np.int32),
            rest=np.empty(n_nodes + 1),
        )

    def _corridors(self) -> Corridors:
        """Arcs that can be of use to each consignment."""
        problem, n = self.problem, self.problem.goods.refusal.size
        n_nodes, n_arcs = problem.graph.time.size, problem.graph.head.size
        no_toll, rest = np.zeros(problem.room.shape), np.empty(n_nodes)
        found = Corridors(np.zeros(n + 1, np.int64), np.empty(2 * n_arcs, np.int32))
        done = 0
        while True:
            done = corridors.list_arcs(
                problem.graph, problem.goods, no_toll, problem.room, self._unused, done,
                self.search, rest, found,
            )  # fmt: skip
            size = int(found.first_arc[done])
            if done == n:
                return found._replace(arc=found.arc[:size].copy())
            arc = np.empty(2 * found.arc.size, np.int32)
            arc[:size] = found.arc[:size]
            found = found._replace(arc=arc)

    def cheapest(self, toll: Float64Array) -> tuple[Float64Array, Paths]:
        """Cost with tolls (the refusal at most) and cheapest way of every consignment."""
        problem = self.problem
        paths = no_paths(problem.goods.refusal)
        value = np.empty(problem.goods.refusal.size)
        pricing.price_all(
            problem.graph, problem.goods, self.corridors, problem.price, toll, problem.room,
            self._unused, value, self.search, paths,
        )  # fmt: skip
        return value, paths

    def near(self, one: int, bound: float, toll: Float64Array) -> list[Column] | None:
        """Every way of a consignment below a bound, tolls included; None if there are too many."""
        problem, found = self.problem, self._found
        n = near.near_paths(
            problem.graph, problem.goods, one, bound, toll, problem.room, self._unused,
            self.search, found,
        )  # fmt: skip
        if n == near.TOO_MANY:
            return None
        return [self._column(one, row) for row in range(n)]

    def _column(self, one: int, row: int) -> Column:
        goods, found = self.problem.goods, self._found
        start, goal = int(found.start[row]), int(found.goal[row])
        rides = tuple((a, b) for a, b in found.ride[row, : found.n_rides[row]].tolist())
        cost = float(goods.start_cost[start] + goods.goal_cost[goal])
        cost += sum(float(self.problem.price[load]) for load, _ in rides) * int(
            goods.amount[one, 2]
        )
        return Column(one, start, goal, rides, cost)

    def in_order(
        self, order: Int32Array, toll: Float64Array, share: float
    ) -> tuple[float, Paths, Int32Array]:
        """Cost, ways and used room when each in turn takes its cheapest way in what is left."""
        problem = self.problem
        paths, used = no_paths(problem.goods.refusal), problem.unused()
        total = pricing.fill_in_order(
            problem.graph, problem.goods, self.corridors, problem.price, toll, share, order,
            problem.room, used, self.search, paths,
        )  # fmt: skip
        return total, paths, used


def relax(
    pricer: Pricer, pool: Pool, seconds: float, is_cancelled: Callable[[], bool]
) -> Relaxation:
    """Generate columns into the pool until no better mix exists, or the CPU time is spent."""
    begun, problem = time.process_time(), pricer.problem
    master = Master(problem.goods, problem.room)
    master.add(pool.columns)
    state = _State(pricer, pool)
    mix = master.solve()
    rounds = 0
    while rounds < MOST_ROUNDS:
        rounds += 1
        fresh = state.price(mix)
        is_late = time.process_time() - begun > seconds or is_cancelled()
        if not fresh or is_late or mix.value - state.bound <= CLOSE * abs(state.bound):
            break
        master.add(fresh)
        mix = master.solve()
    return Relaxation(state.bound, mix.value, state.toll, state.least, rounds)


class _State:
    """Best bound so far and where it was found."""

    def __init__(self, pricer: Pricer, pool: Pool) -> None:
        self._pricer, self._pool = pricer, pool
        self.bound = -np.inf
        self.toll = np.zeros(pricer.problem.room.shape)
        self.least = np.zeros(0)

    def price(self, mix: Mix) -> list[Column]:
        """New columns that would better the mix; none when there are no more."""
        for smoothing in (SMOOTHING, 0.0) if np.isfinite(self.bound) else (0.0,):
            toll = smoothing * self.toll + (1 - smoothing) * mix.toll
            value, paths = self._pricer.cheapest(toll)
            bound = float(value.sum() - (toll * self._pricer.problem.room).sum())
            if bound > self.bound:
                self.bound, self.toll, self.least = bound, toll, value
            fresh = self._pool.add(columns_of(paths, self._gaining(mix, paths)))
            if fresh:
                return fresh
        return []

    def _gaining(self, mix: Mix, paths: Paths) -> Iterator[int]:
        """Consignments whose way costs less than their price in the mix."""
        reduced = with_tolls(self._pricer.problem, paths, mix.toll) - mix.price
        rides = (paths.n_rides > 0) & (reduced < -NEGLIGIBLE)
        yield from np.flatnonzero(rides).tolist()


def with_tolls(problem: LineProblem, paths: Paths, toll: Float64Array) -> Float64Array:
    """Cost of ways with the tolls on their hops, shape (n,)."""
    until = np.concatenate([np.zeros((1, toll.shape[1])), np.cumsum(toll, axis=0)])
    cost = paths.cost.copy()
    for at in range(MOST_RIDES):
        rows = np.flatnonzero(paths.n_rides > at)
        load, unload = paths.ride[rows, at, 0], paths.ride[rows, at, 1]
        spent = until[unload] - until[load]
        cost[rows] += (spent * problem.goods.amount[rows]).sum(axis=1)
    return cost
