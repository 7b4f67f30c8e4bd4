"""Ruin and recreate over ways on the event graph, as a search that owns its state."""

import time
from collections.abc import Callable

import numpy as np

from cargo.columns import Pool, columns_of, no_paths
from cargo.event_layout import MOST_RIDES, UNITS, Paths, Shake
from cargo.kernels import paths as kernels
from cargo.kernels.stream import new_stream
from cargo.relaxation import LineProblem, Pricer
from routing.layout import NONE, Float64Array, Int32Array

CHUNK = 100  # iterations between two looks at the clock
HOTTEST, COLDEST = 0.08, 0.001  # temperature as a share of the mean refusal
LEAST_ROOM = 32  # of the scratch for those taken out


def load_of(problem: LineProblem, paths: Paths) -> Int32Array:
    """Load with ways: shape (n_hops, UNITS + n_classes), units and goods of each class."""
    goods, unused = problem.goods, problem.unused()
    n = unused.shape[1]
    change = np.zeros((problem.room.shape[0] + 1, n), np.int64)
    takes = np.zeros((goods.goods.size, n), np.int64)
    takes[:, :UNITS] = goods.amount
    kept_apart = np.flatnonzero(goods.goods != NONE)
    takes[kept_apart, UNITS + goods.goods[kept_apart]] = 1
    for at in range(MOST_RIDES):
        rows = np.flatnonzero(paths.n_rides > at)
        np.add.at(change, paths.ride[rows, at, 0], takes[rows])
        np.add.at(change, paths.ride[rows, at, 1], -takes[rows])
    return unused + np.cumsum(change, axis=0)[:-1].astype(np.int32)


def copy_paths(source: Paths, target: Paths) -> None:
    """Copy all ways."""
    target.n_rides[:], target.ride[:], target.cost[:] = source.n_rides, source.ride, source.cost
    target.start[:], target.goal[:] = source.start, source.goal


class PathSearch:
    """Ruin and recreate over ways, with its state."""

    def __init__(
        self, problem: LineProblem, pricer: Pricer, ideal: Paths, toll: Float64Array, seed: int
    ) -> None:
        n = problem.goods.refusal.size
        self._problem, self._pricer, self._toll = problem, pricer, toll
        self._paths = no_paths(problem.goods.refusal)
        self._used = problem.unused()
        self._heat = float(problem.goods.refusal.mean()) if n else 0.0
        self._shake = Shake(
            ideal=ideal,
            kept=no_paths(problem.goods.refusal),
            best=no_paths(problem.goods.refusal),
            removed=np.zeros(max(n, LEAST_ROOM), np.int32),
            key=np.zeros(max(n, LEAST_ROOM)),
            value=np.zeros(2),
            stream=new_stream(seed),
        )

    @property
    def best_value(self) -> float:
        """Cost of the best ways."""
        return float(self._shake.value[1])

    def start(self, paths: Paths, used: Int32Array) -> None:
        """Go on from other ways."""
        for table in (self._paths, self._shake.kept, self._shake.best):
            copy_paths(paths, table)
        self._used[:] = used
        self._shake.value[:] = paths.cost.sum()

    def best(self) -> Paths:
        """Copy of the best ways."""
        found = no_paths(self._problem.goods.refusal)
        copy_paths(self._shake.best, found)
        return found

    def run(
        self, seconds: float, iterations: int | None, is_over: Callable[[], bool], pool: Pool
    ) -> None:
        """Improve until CPU time or iterations are spent; new ways of the best go to the pool."""
        problem, begun, done = self._problem, time.process_time(), 0
        if not problem.goods.refusal.size:
            return
        while not is_over():
            spent = (time.process_time() - begun) / max(seconds, 1e-9)
            share = spent if iterations is None else done / iterations
            if share >= 1:
                break
            chunk = CHUNK if iterations is None else min(CHUNK, iterations - done)
            heat = self._heat * HOTTEST * (COLDEST / HOTTEST) ** min(1.0, share)
            before = self.best_value
            kernels.improve_paths(
                problem.graph, problem.goods, self._pricer.corridors, problem.price, self._toll,
                problem.room, self._used, chunk, heat, self._paths, self._pricer.search,
                self._shake,
            )  # fmt: skip
            done += chunk
            if self.best_value < before or done % (10 * CHUNK) == 0:
                pool.add(columns_of(self._paths))
        pool.add(columns_of(self._shake.best))
