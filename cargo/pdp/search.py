"""Ruin and recreate on one problem, within limits of CPU time and of iterations.

Three stages: put everything somewhere; find a place for what was left behind, and save vehicles
where that comes first; then anneal. In the last stage a request may stay behind for a while at a
price that is steered so that a set share of the plans is short of one, where the fleet is tight.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cargo.kernels import anneal as kernels
from cargo.kernels.copies import copy_rounds
from cargo.kernels.steps import refresh
from cargo.ortools_watch import WatchLimits
from cargo.pdp.layout import (
    BEST_VALUE,
    BLINK,
    DONE,
    FIXED,
    GROWTH,
    KEPT_ABSENT,
    KEPT_COST,
    LONGEST_STRING,
    MEAN_REMOVED,
    PER_M,
    PER_S,
    PLACE,
    ROUND_SHARE,
    SHORT,
    TEMPERATURE,
    VERSION,
    Tables,
)
from cargo.pdp.recombine import recombined
from cargo.pdp.state import empty_rounds, empty_search
from routing.layout import NONE, UInt8Array

ENDLESS = 10**12  # iterations
REMOVED, STRING = 15.0, 10.0  # tasks taken out on average; longest string
OVERLOOKED = 0.01  # chance that a round is not looked at
CLEARED = 0.02  # share of iterations that clear a round, where vehicles cost something
HOTTEST, COLDEST = 0.3, 0.003  # temperature as a share of the mean way between two places
LONG_ROUND = 2  # strings; a round longer than that is long
TRIES, TRY_SHARE = 4, 0.04  # short annealings of long rounds, and the share of the limits of each
FILL_SHARE = 0.3  # of the limits, at most, goes into the second stage
SLICE = 100  # requests between two looks at the clock while filling
CHUNK_S = 0.05  # time between two looks at the clock
CHUNKS, LARGEST = 400, 1000  # of a search that ends by iterations: not by the clock
TIGHT = 0.5  # share of iterations that leave somebody behind from which a fleet counts as tight
SHORT_SHARE = 0.3  # of plans may be short of a request, on a tight fleet
STEERING = 1.15
RECOMBINED = (0.5, 0.8, 0.97)  # shares of annealing before a recombination
RECOMBINING = 0.1  # of the limits, at most, goes into each
SHORTEST, FEWEST = 4.0, 1000  # CPU s and iterations of a search that is not too short for it


@dataclass(frozen=True)
class Progress:
    """What a search has got to."""

    seconds: float  # CPU s since the start
    iterations: int
    cost: float  # of the best plan, without penalties
    vehicles: int
    unserved: int


@dataclass(frozen=True)
class Limits:
    """When a search ends: whichever comes first. Without end in time, its seed decides alone."""

    seconds: float  # CPU s
    iterations: int = ENDLESS
    is_cancelled: Callable[[], bool] = lambda: False
    on_progress: Callable[[Progress], None] = lambda _: None
    cooling: tuple[float, float] = (0.0, 1.0)  # part of the way from hottest to coldest


class Searcher:
    """A search over plans that owns its state: one per thread."""

    def __init__(self, tables: Tables, *, fewest_vehicles: bool = False, seed: int = 0) -> None:
        self.tables, self._fewest = tables, fewest_vehicles
        self._now, self._kept, self._best = (empty_rounds(tables) for _ in range(3))
        self._search = empty_search(tables, seed)
        self._scale = _mean_way(tables)
        self._setting = self._search.setting
        self._setting[MEAN_REMOVED], self._setting[LONGEST_STRING] = REMOVED, STRING
        self._setting[BLINK] = OVERLOOKED
        self._setting[ROUND_SHARE] = CLEARED if tables.rate[:, FIXED].max(initial=0) > 0 else 0.0
        self._chunk = 1.0
        self._limits = Limits(0.0)
        self.start(())

    def start(self, tasks: Sequence[Sequence[int]]) -> None:
        """Begin from a plan: the tasks of each round, or none.

        Raises
        ------
        ValueError
            If a round cannot be driven.
        """
        rounds = self._now
        rounds.size[:], rounds.row[:] = 0, NONE
        for row, some in enumerate(tasks):
            rounds.size[row] = len(some)
            rounds.task[row, : len(some)] = some
            rounds.row[[task >> 1 for task in some]] = row
        for row in range(rounds.size.size):
            if not refresh(self.tables, rounds, self._search.line, row):
                raise ValueError(f"round {row} of the start cannot be driven")
            self._search.tally[VERSION] += 1
            rounds.version[row] = self._search.tally[VERSION]
        self._keep()
        self._remember()

    def run(self, limits: Limits) -> list[list[int]]:
        """Improve until a limit is met; returns the tasks of each round of the best plan."""
        self._load_kernels()
        self._limits, self._begun = limits, time.process_time()
        self._done_before = int(self._search.tally[DONE])
        if not self.tables.vehicle.size or not self.tables.request.size:
            return self.best()
        self._put_in_all()
        if limits.cooling[0] == 0:
            self._fill()
        self._anneal()
        return self.best()

    def _load_kernels(self) -> None:
        """Compile the kernels, or read them, before time counts: calls that change nothing."""
        rounds, search = self._now, self._search
        kernels.recreate(self.tables, rounds, search, 0, 0, kernels.sort_waiting(rounds, search))
        kernels.improve(self.tables, rounds, self._kept, self._best, search, 0, False)

    def best(self) -> list[list[int]]:
        """Tasks of each round of the best plan so far."""
        best = self._best
        return [best.task[row, : best.size[row]].tolist() for row in range(best.size.size)]

    @property
    def iterations(self) -> int:
        """Iterations done since the start of the last run."""
        return int(self._search.tally[DONE]) - self._done_before

    def _spent(self) -> float:
        """Share of the limits that is used up."""
        seconds = (time.process_time() - self._begun) / max(self._limits.seconds, 1e-9)
        return max(seconds, self.iterations / max(1, self._limits.iterations))

    def _is_over(self) -> bool:
        return self._limits.is_cancelled() or self._spent() >= 1

    def _put_in_all(self) -> None:
        """First stage: greedy insertion, in slices."""
        search = self._search
        n = kernels.sort_waiting(self._now, search)
        for first in range(0, n, SLICE):
            last = min(n, first + SLICE)
            kernels.recreate(self.tables, self._now, search, first, last, n)
            if self._is_over():
                break
        self._keep()
        self._remember()

    def _fill(self) -> None:
        """Second stage: serve everybody, then with fewer vehicles as long as that succeeds."""
        search, weight = self._search, 1e3 * self._scale
        self._setting[TEMPERATURE], self._setting[GROWTH] = 0.03 * self._scale, weight
        search.weight[:], search.absences[:] = weight, 1.0
        complete: list[list[int]] | None = None
        while not self._is_over() and self._spent() < FILL_SHARE:
            if search.tally[KEPT_ABSENT] == 0:
                self._remember()
                complete = self.best()
                if not self._fewest or not self._close_one():
                    break
            self._advance(is_done_when_complete=True)
        self._setting[GROWTH] = 0.0
        if complete is not None and search.tally[KEPT_ABSENT] > 0:
            self.start(complete)
        if self._fewest:
            search.is_closed[:] = self._kept.size == 0

    def _close_one(self) -> bool:
        """Clear the round whose requests are easiest to place, and close its vehicle."""
        rounds, search = self._now, self._search
        search.is_closed[:] = rounds.size == 0
        used = np.flatnonzero(rounds.size)
        if used.size <= 1:
            return False
        effort = np.bincount(
            rounds.row[rounds.row != NONE], search.absences[rounds.row != NONE], rounds.size.size
        )
        row = int(used[np.argmin(effort[used])])
        search.is_closed[row] = 1
        rounds.row[rounds.row == row] = NONE
        rounds.size[row] = 0
        refresh(self.tables, rounds, search.line, row)
        search.tally[VERSION] += 1
        rounds.version[row] = search.tally[VERSION]
        self._keep()
        return True

    def _anneal(self) -> None:
        """Third stage."""
        if self._is_long and self._limits.cooling[0] == 0 and self._has_long_rounds():
            self._choose_start()
        self._cool(1.0, RECOMBINED if self._is_long else ())

    @property
    def _is_long(self) -> bool:
        """Whether the limits leave time for more than one annealing."""
        return self._limits.seconds >= SHORTEST and self._limits.iterations >= FEWEST

    def _has_long_rounds(self) -> bool:
        """Whether strings are too short to turn a round into another one."""
        used = self._kept.size[self._kept.size > 0]
        return bool(used.size and used.mean() > LONG_ROUND * STRING)

    def _choose_start(self) -> None:
        """Anneal in brief, anew each time, and go on from the best plan of them.

        Few long rounds fall into one of several valleys at once, and never leave it.
        """
        plans = []
        for number in range(TRIES):
            if number:
                self.start([])
                self._put_in_all()
            self._cool(self._spent() + TRY_SHARE, ())
            plans.append((float(self._search.value[BEST_VALUE]), self.best()))
        self.start(min(plans, key=lambda one: one[0])[1])

    def _cool(self, until: float, due: Sequence[float]) -> None:
        """Anneal until a share of the limits is spent; rounds are recombined at shares of that."""
        search, setting = self._search, self._setting
        self._settle_weights(np.inf)
        begun = self._spent()
        hot, cold = self._limits.cooling
        price, next_due = np.inf, list(due)
        while not self._is_over() and self._spent() < until:
            share = min(1.0, (self._spent() - begun) / max(1e-9, until - begun))
            if next_due and share >= next_due[0]:
                next_due.pop(0)
                self._recombine()
            heat = HOTTEST * (COLDEST / HOTTEST) ** (hot + share * (cold - hot))
            setting[TEMPERATURE] = heat * self._scale
            before = search.tally[[DONE, SHORT]]
            self._advance(is_done_when_complete=False)
            done, short = search.tally[[DONE, SHORT]] - before
            if short > TIGHT * done:
                price = self._steered(price)
                self._settle_weights(price)

    def _recombine(self) -> None:
        """Go on from the best plan that rounds of the past make, if it is better than the best."""
        seconds = RECOMBINING * self._limits.seconds
        limits = WatchLimits(seconds, self._limits.is_cancelled)
        tasks = recombined(self.tables, self._search, limits)
        if tasks is not None:
            self.start(tasks)

    def _steered(self, price: float) -> float:
        """Dearer while the plan is short of a request, cheaper while it is not."""
        if self._search.tally[KEPT_ABSENT] > 0:
            return float(price * STEERING ** (1 / SHORT_SHARE - 1))
        return min(price, self._scale * 10) / STEERING

    def _settle_weights(self, price: float) -> None:
        """Let leaving behind count what it costs, or less if that is steered."""
        np.minimum(self.tables.penalty, price, out=self._search.weight)

    def _advance(self, *, is_done_when_complete: bool) -> None:
        """One chunk of iterations, about as long as `CHUNK_S`.

        That is time on the wall, so that a search on a busy machine can be cancelled soon too.
        """
        begun, before = time.perf_counter(), int(self._search.tally[DONE])
        most = self._limits.iterations
        chunk = self._chunk if most >= ENDLESS else min(LARGEST, most / CHUNKS)
        kernels.improve(
            self.tables, self._now, self._kept, self._best, self._search,
            min(max(1, most - self.iterations), max(1, int(chunk))), is_done_when_complete,
        )  # fmt: skip
        self._search.value[KEPT_COST] = self._kept.cost.sum()
        seconds = max(1e-6, time.perf_counter() - begun)
        done = int(self._search.tally[DONE]) - before
        if done:
            self._chunk = min(2 * self._chunk, max(1.0, done * CHUNK_S / seconds))
        self._limits.on_progress(self.progress())

    def progress(self) -> Progress:
        """How far the search has got."""
        best = self._best
        return Progress(
            seconds=time.process_time() - self._begun,
            iterations=self.iterations,
            cost=float(best.cost.sum()),
            vehicles=int((best.size > 0).sum()),
            unserved=int((best.row == NONE).sum()),
        )

    def _keep(self) -> None:
        """Make the present plan the one to fall back to."""
        everything: UInt8Array = np.ones(self._now.size.size, np.uint8)
        copy_rounds(self._now, self._kept, everything)
        self._search.value[KEPT_COST] = self._kept.cost.sum()
        self._search.tally[KEPT_ABSENT] = (self._kept.row == NONE).sum()

    def _remember(self) -> None:
        """Make the plan kept the best one, whatever it costs."""
        copy_rounds(self._kept, self._best, np.ones(self._now.size.size, np.uint8))
        penalty = self.tables.penalty[self._kept.row == NONE].sum()
        self._search.value[BEST_VALUE] = self._kept.cost.sum() + penalty


def _mean_way(tables: Tables) -> float:
    """Mean cost of a way between two tasks, by a vehicle of the middle."""
    if not tables.vehicle.size or not tables.task.size:
        return 1.0
    places = np.unique(tables.task[:, PLACE])
    some = places[:: max(1, places.size // 400)]
    rows, columns = some[:, None], some[None, :]
    metres = float(np.minimum(tables.distance[0, rows, columns], 10**7).mean())
    seconds = float(np.minimum(tables.duration[0, rows, columns], 10**7).mean())
    return max(
        1e-9,
        float(np.median(tables.rate[:, PER_M])) * metres
        + float(np.median(tables.rate[:, PER_S])) * seconds,
    )
