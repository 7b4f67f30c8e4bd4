"""Which parcels ride which trips, given what their ends cost: a plan with bound and gap.

First come, first served is the baseline. Column generation gives the bound and the tolls; ruin
and recreate over ways starts from the better of two greedy fillings; SCIP chooses among the ways
that a better plan can hold, which are the fewer the better the plan is, so the two take turns. The
cheapest of all is kept.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cargo.columns import Column, Pool, columns_of, no_paths, put
from cargo.event_layout import UNITS, Paths
from cargo.ortools_selection import Left, SelectionLimits, select
from cargo.path_search import PathSearch, load_of
from cargo.relaxation import LineProblem, Pricer, Relaxation, relax
from routing.layout import Int32Array, frozen

MOST_COLUMNS = 8_000  # of a choice
RELAXING, SHAKING, CHOOSING = 0.5, 0.1, 0.7  # of the CPU time that is left at each stage
NODES_PER_ITERATION = 0.05  # of SCIP
NEARER = (0.03, 0.1, 0.3, 1.0)  # shares of the slack within which ways are listed
SETTLED = 1e-6  # of the bound; a plan so near to it is the best


@dataclass(frozen=True)
class LineEffort:
    """How much work goes into a choice of lines."""

    seconds: float = 30.0  # CPU s
    iterations: int | None = None  # of ruin and recreate; fixes all other work too
    seed: int = 0
    is_cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class LinePlan:
    """Ways of all consignments, and how good they are."""

    paths: Paths
    cost: float
    bound: float  # no plan costs less: that of the relaxation, or better
    first_come: float  # cost of first come, first served
    relaxation: Relaxation
    columns: tuple[Column, ...]  # every way found

    @property
    def gap(self) -> float:
        """How far above the bound the cost is at most, as a share of it."""
        return (self.cost - self.bound) / self.bound if self.bound > 0 else 0.0


def plan_lines(problem: LineProblem, effort: LineEffort, pool: Pool | None = None) -> LinePlan:
    """Plan, within the limits of the effort."""
    return _Planner(problem, effort, pool or Pool()).plan()


class _Planner:
    """Makes one plan; owns all scratch."""

    def __init__(self, problem: LineProblem, effort: LineEffort, pool: Pool) -> None:
        self._problem, self._effort, self._pool = problem, effort, pool
        self._begun = time.process_time()
        self._pricer = Pricer(problem)
        self._no_toll = np.zeros(problem.room.shape)

    def plan(self) -> LinePlan:
        _, ideal = self._pricer.cheapest(self._no_toll)
        self._pool.add(columns_of(ideal))
        first_come, paths, used = self._pricer.in_order(self._by_ready(), self._no_toll, 0.0)
        self._pool.add(columns_of(paths))
        relaxation = relax(self._pricer, self._pool, RELAXING * self._left(), self._is_over)
        guided = self._pricer.in_order(self._by_regret(relaxation), relaxation.toll, 1.0)
        if guided[0] < first_come:
            paths, used = guided[1:]
        self._pool.add(columns_of(paths))
        search = PathSearch(self._problem, self._pricer, ideal, relaxation.toll, self._effort.seed)
        search.start(paths, used)
        self._shake(search, SHAKING)
        bound = relaxation.bound
        while self._is_open(search, bound):
            before, relaxed = search.best_value, bound
            bound = max(bound, self._choose(search, relaxation))
            if self._is_open(search, bound):
                self._shake(search, SHAKING)
            if search.best_value >= before and bound <= relaxed:
                break
        if self._is_open(search, bound):
            self._shake(search, 1.0)
        columns = tuple(self._pool.columns)
        return LinePlan(search.best(), search.best_value, bound, first_come, relaxation, columns)

    def _is_open(self, search: "PathSearch", bound: float) -> bool:
        """Whether there is something to gain, and time to gain it in."""
        is_better_possible = search.best_value - bound > SETTLED * max(1.0, abs(bound))
        return is_better_possible and self._left() > 0 and not self._is_over()

    def _left(self) -> float:
        """CPU s that are left."""
        if self._effort.iterations is not None:
            return 1e9
        return max(0.0, self._effort.seconds - (time.process_time() - self._begun))

    def _is_over(self) -> bool:
        return self._effort.is_cancelled()

    def _by_ready(self) -> Int32Array:
        """Consignments in the order in which they are there."""
        goods = self._problem.goods
        n = goods.refusal.size
        ready = np.full(n, 2**30)
        owner = np.repeat(np.arange(n), np.diff(goods.first_start))
        np.minimum.at(ready, owner, goods.start_time)
        return frozen(np.argsort(ready, kind="stable"))

    def _by_regret(self, relaxation: Relaxation) -> Int32Array:
        """Those that lose most by not riding, for the room they take, come first."""
        goods = self._problem.goods
        loss = (goods.refusal - relaxation.least) / np.maximum(1, goods.amount[:, 2])
        return frozen(np.argsort(-loss, kind="stable"))

    def _shake(self, search: "PathSearch", share: float) -> None:
        """Ruin and recreate for a share of what is left."""
        most = self._effort.iterations
        limit = None if most is None else max(1, round(most * (share if share < 1 else 0.7)))
        search.run(share * self._left(), limit, self._is_over, self._pool)

    def _choose(self, search: "PathSearch", relaxation: Relaxation) -> float:
        """Let SCIP choose; returns what it proved no plan undercuts."""
        slack, best = search.best_value - relaxation.bound, search.best()
        is_whole = self._list_near(slack, relaxation)
        columns = self._promising(best, relaxation, slack)
        is_whole = is_whole and len(columns) < MOST_COLUMNS
        most, goods = self._effort.iterations, self._problem.goods
        limits = SelectionLimits(
            seconds=CHOOSING * self._left(),
            nodes=-1 if most is None else max(1, round(NODES_PER_ITERATION * most)),
            seed=self._effort.seed,
            is_cancelled=self._effort.is_cancelled,
        )
        left = Left(self._problem.room, self._problem.booked)
        hint = {column.key for column in columns_of(best)}
        found = select(goods, columns, left, hint, limits)
        if found is None:
            return relaxation.bound
        self._adopt(search, found.columns)
        proven = min(found.bound, search.best_value) if is_whole else relaxation.bound
        return max(relaxation.bound, proven)

    def _adopt(self, search: "PathSearch", chosen: list[Column]) -> None:
        """Go on from what SCIP chose, if it is better."""
        best = no_paths(self._problem.goods.refusal)
        for column in chosen:
            put(best, column)
        if best.cost.sum() < search.best_value - 1e-6:
            search.start(best, load_of(self._problem, best))

    def _list_near(self, slack: float, relaxation: Relaxation) -> bool:
        """Add the ways that a better plan can hold to the pool; false where that is too many.

        A way whose cost with tolls is further above the least than the plan is above the bound
        can be in no better plan. Listing begins with the nearest ones.
        """
        n_before, is_whole = len(self._pool.columns), True
        for share in NEARER:
            for one in range(relaxation.least.size):
                bound = float(relaxation.least[one]) + share * slack
                ways = self._pricer.near(one, bound, relaxation.toll)
                self._pool.add(ways or ())
                is_whole = is_whole and ways is not None
                if len(self._pool.columns) - n_before > MOST_COLUMNS or self._is_over():
                    return False
        return is_whole

    def _promising(self, best: Paths, relaxation: Relaxation, slack: float) -> list[Column]:
        """Columns that a better plan can hold, the likeliest ones."""
        held = {column.key for column in columns_of(best)}
        rated: dict[object, tuple[float, Column]] = {}
        tolls = np.concatenate([np.zeros((1, UNITS)), np.cumsum(relaxation.toll, axis=0)])
        for column in self._pool.columns:
            amount = self._problem.goods.amount[column.consignment]
            toll = sum(float((tolls[b] - tolls[a]) @ amount) for a, b in column.rides)
            extra = column.cost + toll - relaxation.least[column.consignment]
            if column.key in held:
                extra = 0.0
            if extra < slack:  # later entries of the pool are cheaper
                rated[column.key] = extra, column
        ranked = sorted(rated.values(), key=lambda pair: pair[0])
        return [column for _, column in ranked[:MOST_COLUMNS]]
