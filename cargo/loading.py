"""Ruin and recreate over chains and rounds, within a limit of CPU time and of iterations."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cargo.kernels import loading as kernels
from cargo.kernels.copies import copy_rounds
from cargo.kernels.steps import refresh
from cargo.loading_layout import KEPT, Choice, Ruin, World
from cargo.options import Catalogue
from cargo.pdp.layout import BLINK, VERSION
from cargo.pdp.model import PdpProblem
from cargo.pdp.state import empty_rounds, empty_search
from cargo.pdp.tables import Ways, make_tables
from cargo.problem import Problem, booked_classes, classes_apart
from routing.layout import NONE, Float64Array, Int32Array, frozen

NEIGHBOURS = 60
CHUNK_S = 0.05  # wall time between two looks at the clock
FIRST_CHUNK, LARGEST_CHUNK = 5, 500  # iterations
MOST_SECONDS = 10**6  # CPU s that anybody waits for
TRIED = 40  # demands without a chain that every iteration tries
SLICE = 20  # demands that are put in between two looks at whether to cancel
OVERLOOKED = 0.01  # chance that a round is not looked at
HOTTEST, COLDEST = 0.7, 0.001  # temperature as a share of the mean cost of a direct ride


@dataclass(frozen=True)
class Limits:
    """When a search ends; both hold."""

    seconds: float  # CPU s
    iterations: int = 10**9
    is_cancelled: Callable[[], bool] = lambda: False

    @property
    def is_by_clock(self) -> bool:
        """Whether time may end it; if not, nothing must depend on time."""
        return self.seconds < MOST_SECONDS


@dataclass(frozen=True)
class Assignment:
    """A plan inside: which option each demand takes, which tasks each round does in order."""

    option: tuple[int, ...]  # (n_demands,) NONE where it is left behind
    tasks: tuple[tuple[int, ...], ...]  # (n_rounds,) 2 * job = pickup, 2 * job + 1 = delivery


def make_world(problem: Problem, catalogue: Catalogue, road: PdpProblem, ways: Ways) -> World:
    """Put all tables together; `road` asks for the jobs of the catalogue."""
    carriers = problem.network.carriers
    goods, apart = classes_apart(problem)
    return World(
        road=make_tables(road, ways, most_requests=len(road.requests)),
        options=catalogue.option_table(),
        demand=frozen([job.demand for job in catalogue.jobs]),
        amount=frozen(np.reshape([demand.room for demand in problem.demands], (-1, 3))),
        penalty=frozen(penalties(problem), np.float64),
        bay_of_call=carriers.bay_of_call,
        room=frozen(np.stack([carriers.kg, carriers.litres, carriers.pieces], axis=1)),
        goods=frozen([*goods, *[NONE] * len(problem.parties)]),
        apart=apart,
        booked=booked_classes(problem),
    )


def penalties(problem: Problem) -> list[float]:
    """Cost of leaving each demand behind: more than serving it ever costs.

    A higher rank outweighs all demands of the lower ones together, up to a factor that keeps sums
    exact; plans are compared exactly afterwards.
    """
    fleets = problem.network.fleets
    shifts = [(fleet, (fleet.closes - fleet.opens) / 3600) for fleet in fleets]
    dearest = max(
        (
            1000 * (fleet.fixed + hours * (fleet.per_hour + 100 * fleet.per_km))
            for fleet, hours in shifts
        ),
        default=1.0,
    )  # a whole shift at 100 km/h
    price = max((trip.price_per_piece for trip in problem.network.trips), default=0.0)
    pieces = max((demand.room.pieces for demand in problem.demands), default=1)
    base = 2 * dearest + 4000 * price * pieces + 1e6
    levels = sorted({demand.rank for demand in problem.demands})
    factor = min(float(len(problem.demands) + 1), 1e6 ** (1 / max(1, len(levels) - 1)))
    return [
        min(base * factor ** levels.index(demand.rank), 1000 * demand.most_cost)
        for demand in problem.demands
    ]


class Loader:
    """A search over plans that owns its state: one per thread."""

    def __init__(self, problem: Problem, world: World, seed: int) -> None:
        self.world = world
        self._n_demands = len(problem.demands)
        self._now, self._kept, self._best = (_empty_choice(world) for _ in range(3))
        self._ruin = _ruin(problem, world, seed)
        self._heat = _mean_direct_cost(problem)
        self.done = 0  # iterations of the last run

    def start(self, assignment: Assignment | None = None) -> None:
        """Begin from a plan, or from nothing.

        Raises
        ------
        ValueError
            If a round cannot be driven.
        """
        now = self._now
        plan = assignment or Assignment((NONE,) * self._n_demands, ())
        options, amount = self.world.options, self.world.amount
        now.option[:], now.used[:], now.aboard[:] = plan.option, 0, self.world.booked
        for demand, option in enumerate(plan.option):
            if option != NONE:
                hops = options.hop[slice(*options.first_hop[option : option + 2])]
                np.add.at(now.used, hops, amount[demand])
                if self.world.goods[demand] != NONE:
                    now.aboard[hops, self.world.goods[demand]] += 1
        rounds = now.rounds
        rounds.size[:], rounds.row[:] = 0, NONE
        for row, tasks in enumerate(plan.tasks):
            rounds.size[row] = len(tasks)
            rounds.task[row, : len(tasks)] = tasks
            rounds.row[[task >> 1 for task in tasks]] = row
        for row in range(rounds.size.size):
            if not refresh(self.world.road, rounds, self._ruin.road.line, row):
                raise ValueError(f"round {row} of the start cannot be driven")
            self._ruin.road.tally[VERSION] += 1
            rounds.version[row] = self._ruin.road.tally[VERSION]
        self._keep()

    def fill(self, is_cancelled: Callable[[], bool] = lambda: False) -> Assignment:
        """Put in all demands that wait, the more urgent and larger ones first, in one pass."""
        order = np.lexsort((-self.world.amount[:, 0], -self.world.penalty))
        self._ruin.waiting[:], self._ruin.key[:] = order, 0.0
        while not is_cancelled() and kernels.put_in_all(self.world, self._now, self._ruin, SLICE):
            pass
        self._keep()
        return self.best()

    def run(self, limits: Limits) -> Assignment:
        """Improve until a limit is met; returns the best plan found."""
        self._advance(0, 1.0)  # compiles kernels, or reads them, before time counts
        begun, self.done, chunk = time.process_time(), 0, FIRST_CHUNK
        while not limits.is_cancelled():
            spent = (time.process_time() - begun) / max(limits.seconds, 1e-9)
            share = max(spent, self.done / limits.iterations)
            if share >= 1:
                break
            heat = self._heat * HOTTEST * (COLDEST / HOTTEST) ** min(1.0, share)
            now = min(chunk, max(1, limits.iterations - self.done))
            looked = time.perf_counter()
            self._advance(now, heat)
            self.done += now
            if limits.is_by_clock:
                speed = CHUNK_S / max(1e-6, time.perf_counter() - looked)
                chunk = min(LARGEST_CHUNK, 2 * chunk, max(1, int(now * speed)))
            self._ruin.value[KEPT] = self._value()
        return self.best()

    def _advance(self, iterations: int, heat: float) -> None:
        kernels.improve(
            self.world, self._now, self._kept, self._best, self._ruin, iterations, heat, TRIED
        )

    def ban(self, options: Sequence[int]) -> None:
        """Never take these options again."""
        self._ruin.banned[list(options)] = 1

    def fill_only(
        self,
        options: Sequence[int],
        is_cancelled: Callable[[], bool] = lambda: False,
        start: Assignment | None = None,
    ) -> Assignment:
        """Put demands in, in one pass, taking no other options than these, banned or not."""
        banned = self._ruin.banned
        before = banned.copy()
        banned[:] = 1
        banned[list(options)] = 0
        self.start(start)
        found = self.fill(is_cancelled)
        banned[:] = before
        return found

    def savings(self, plan: Assignment) -> Float64Array:
        """What each job costs where a plan puts it, shape (n_jobs,) thousandths."""
        saving: Float64Array = np.zeros(len(self.world.demand))
        self.start(plan)
        kernels.savings(self.world, self._now, self._kept, self._ruin, saving)
        return saving

    def best(self) -> Assignment:
        """Best plan so far."""
        rounds = self._best.rounds
        tasks = tuple(
            tuple(rounds.task[row, : rounds.size[row]].tolist()) for row in range(rounds.size.size)
        )
        return Assignment(tuple(self._best.option.tolist()), tasks)

    def _keep(self) -> None:
        """Make the present plan the one to fall back to, and the best one."""
        everything = np.ones(self._now.rounds.size.size, np.uint8)
        for choice in (self._kept, self._best):
            choice.option[:], choice.used[:] = self._now.option, self._now.used
            choice.aboard[:] = self._now.aboard
            copy_rounds(self._now.rounds, choice.rounds, everything)
        self._ruin.value[:] = self._value()

    def _value(self) -> float:
        """Cost of the present plan, penalties included."""
        option, options = self._now.option, self.world.options
        lines = options.line_cost[option[option != NONE]].sum()
        return float(self._now.rounds.cost.sum() + lines + self.world.penalty[option == NONE].sum())


def _empty_choice(world: World) -> Choice:
    return Choice(
        option=np.full(len(world.penalty), NONE, np.int32),
        used=np.zeros((world.bay_of_call.size, 3), np.int32),
        aboard=np.zeros((world.bay_of_call.size, world.apart.shape[0]), np.int32),
        rounds=empty_rounds(world.road),
    )


def _ruin(problem: Problem, world: World, seed: int) -> Ruin:
    n_demands, n_options = len(world.penalty), world.options.first_job.size
    reach = np.array(
        [
            problem.quickest(tail, head)
            for tail, head in zip(problem.pickup_spot, problem.delivery_spot, strict=True)
        ],
        np.float64,
    ).reshape(n_demands)
    windows = np.array([demand.due - demand.ready for demand in problem.demands], np.float64)
    road = empty_search(world.road, seed, is_bare=True)
    road.setting[BLINK] = OVERLOOKED
    return Ruin(
        neighbour=_neighbours(problem),
        slack=frozen(windows.reshape(n_demands), np.float64),
        reach=frozen(reach, np.float64),
        waiting=np.zeros(n_demands, np.int32),
        key=np.zeros(n_demands),
        value=np.zeros(2),
        learned=np.zeros(n_options),
        banned=np.zeros(n_options, np.uint8),
        road=road,
    )


def _neighbours(problem: Problem) -> Int32Array:
    """Demands by how near their ends lie to those of each, itself first."""
    n = len(problem.demands)
    if n == 0:
        return frozen(np.zeros((0, 0)))
    tails, heads = np.array(problem.pickup_spot), np.array(problem.delivery_spot)
    drive = problem.roads.duration.min(axis=0).astype(np.int64)
    near = np.minimum(drive[np.ix_(tails, tails)], drive[np.ix_(heads, heads)])
    near = np.minimum(near, np.minimum(drive[np.ix_(tails, heads)], drive[np.ix_(heads, tails)]))
    np.fill_diagonal(near, -1)
    return frozen(np.argsort(near, axis=1, kind="stable")[:, : NEIGHBOURS + 1])


def _mean_direct_cost(problem: Problem) -> float:
    """Mean cost of a direct job one way, thousandths of the currency."""
    ends = zip(problem.pickup_spot, problem.delivery_spot, strict=True)
    metres = [int(problem.roads.distance[:, tail, head].min()) for tail, head in ends]
    usable: Float64Array = np.array([length for length in metres if length < 10**7], np.float64)
    return 100 * float(usable.mean() if usable.size else 1000.0) + 1000.0
