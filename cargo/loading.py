"""Ruin and recreate over chains and rounds, within a limit of CPU time and of iterations."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cargo.fleet_rounds import FleetRound, vehicle_table
from cargo.kernels import loading as kernels
from cargo.kernels.rounds import refresh_all
from cargo.kernels.stream import new_stream
from cargo.layout import Choice, Goods, Jobs, Memo, Rounds, Ruin, Travel, Vehicles, World
from cargo.network import Fleet
from cargo.options import Catalogue
from cargo.problem import Problem, admits
from routing.layout import (
    NONE,
    BoolArray,
    Float64Array,
    Int32Array,
    Int64Array,
    first_of,
    frozen,
)

MOST_TASKS = 160  # in a round
NEIGHBOURS = 60
CHUNK = 20  # iterations between two looks at the clock
MOST_REMEMBERED = 2**20  # insertions; about 40 MB
TRIED = 40  # shipments without a chain that every iteration tries
HOTTEST, COLDEST = 0.7, 0.001  # temperature as a share of the mean cost of a direct ride


@dataclass(frozen=True)
class Limits:
    """When a search ends; both hold."""

    seconds: float  # CPU s
    iterations: int = 10**9
    is_cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Assignment:
    """A plan inside: which option each shipment takes, which tasks each round does in order."""

    option: tuple[int, ...]  # (n_shipments,) NONE where it is left behind
    tasks: tuple[tuple[int, ...], ...]  # (n_rounds,) 2 * job = pickup, 2 * job + 1 = delivery


def make_world(problem: Problem, catalogue: Catalogue, rounds: Sequence[FleetRound]) -> World:
    """Put all tables together."""
    network, roads = problem.network, problem.roads
    carriers = network.carriers
    vehicles = vehicle_table(network.fleets, rounds, problem.base_spot, problem.reach)
    jobs, goods = catalogue.job_table(), goods_table(problem)
    able = may_serve(vehicles, jobs, goods, range(jobs.shipment.size), range(len(rounds)))
    travel = Travel(roads.with_service(), roads.distance)
    job_of_pair, round_of_pair = _nearest_first(travel, vehicles, jobs, *np.nonzero(able))
    return World(
        travel=travel,
        vehicles=vehicles,
        jobs=jobs,
        goods=goods,
        options=catalogue.option_table(),
        first_round_of_job=first_of(job_of_pair, jobs.shipment.size),
        round_of_job=frozen(round_of_pair),
        bay_of_call=carriers.bay_of_call,
        room=frozen(np.stack([carriers.kg, carriers.litres, carriers.pieces], axis=1)),
    )


def _nearest_first(
    travel: Travel, vehicles: Vehicles, jobs: Jobs, job: Int64Array, row: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Sort pairs of job and round by what a round for the job alone costs; kinds stay together."""
    base, profile = vehicles.base[row], vehicles.profile[row]
    pickup, delivery = jobs.pickup[job], jobs.delivery[job]
    seconds = travel.duration[profile, base, pickup].astype(np.int64)
    metres = travel.distance[profile, base, pickup].astype(np.int64)
    seconds += travel.duration[profile, delivery, base]
    metres += travel.distance[profile, delivery, base]
    alone = vehicles.per_m[row] * metres + vehicles.per_s[row] * seconds + vehicles.fixed[row]
    order = np.lexsort((row, vehicles.kind[row], alone, job))
    return job[order], row[order]


def goods_table(problem: Problem) -> Goods:
    """What shipments take, and what it costs to leave them behind."""
    rooms = [shipment.room for shipment in problem.shipments]
    return Goods(
        kg=frozen([room.kg for room in rooms]),
        litres=frozen([room.litres for room in rooms]),
        pieces=frozen([room.pieces for room in rooms]),
        fleets=frozen(
            np.reshape(
                [[admits(f, s) for f in problem.network.fleets] for s in problem.shipments],
                (len(rooms), len(problem.network.fleets)),
            ),
            np.uint8,
        ),
        penalty=frozen(penalties(problem), np.float64),
    )


def penalties(problem: Problem) -> list[float]:
    """Cost of leaving each shipment behind: more than serving it ever costs.

    A higher priority outweighs all shipments of the lower ones together, up to a factor that
    keeps sums exact; plans are compared exactly afterwards.
    """
    dearest = max((_dearest_ride(fleet) for fleet in problem.network.fleets), default=1.0)
    price = max((trip.price_per_piece for trip in problem.network.trips), default=0.0)
    pieces = max((shipment.room.pieces for shipment in problem.shipments), default=1)
    base = 2 * dearest + 4000 * price * pieces + 1e6
    levels = sorted({shipment.document.priority for shipment in problem.shipments})
    factor = min(float(len(problem.shipments) + 1), 1e6 ** (1 / max(1, len(levels) - 1)))
    return [
        min(
            base * factor ** levels.index(shipment.document.priority),
            np.inf if shipment.document.max_price is None else 1000 * shipment.document.max_price,
        )
        for shipment in problem.shipments
    ]


def _dearest_ride(fleet: Fleet) -> float:
    """Cost of a whole shift at 100 km/h, thousandths of the currency."""
    hours = (fleet.closes - fleet.opens) / 3600
    return 1000 * (fleet.fixed + hours * (fleet.per_hour + 100 * fleet.per_km))


def may_serve(
    vehicles: Vehicles, jobs: Jobs, goods: Goods, some: Sequence[int], rounds: Sequence[int]
) -> BoolArray:
    """Whether the vehicle of a round may carry a job, shape (n_jobs, n_rounds)."""
    job, row = np.array(some, np.int64)[:, None], np.array(rounds, np.int64)[None, :]
    shipment, fleet = jobs.shipment[job], vehicles.fleet[row]
    able: BoolArray = (
        (vehicles.serves[fleet, jobs.pickup[job]] != 0)
        & (vehicles.serves[fleet, jobs.delivery[job]] != 0)
        & (goods.fleets[shipment, fleet] != 0)
        & (goods.kg[shipment] <= vehicles.kg[row])
        & (goods.litres[shipment] <= vehicles.litres[row])
        & (goods.pieces[shipment] <= vehicles.pieces[row])
    )
    return able


class Loader:
    """A search over plans that owns its state: one per thread."""

    def __init__(self, problem: Problem, world: World, seed: int) -> None:
        self.world = world
        self._n_shipments = len(problem.shipments)
        n_rounds = world.vehicles.fleet.size
        most = min(MOST_TASKS, max(2, 2 * self._n_shipments))
        self._now, self._kept, self._best = (
            (_empty_choice(world), empty_rounds(world.jobs.shipment.size, n_rounds, most))
            for _ in range(3)
        )
        self._ruin = _ruin(problem, world, seed)
        self._heat = _mean_direct_cost(problem)

    def start(self, assignment: Assignment | None = None) -> None:
        """Begin from a plan, or from nothing."""
        empty = Assignment((NONE,) * self._n_shipments, ())
        for choice, rounds in (self._now, self._kept, self._best):
            self._load(choice, rounds, assignment or empty)
        self._ruin.value[:] = self._value()
        for _, rounds in (self._now, self._kept, self._best):
            rounds.version[:] = self._ruin.version[0] + 1 + np.arange(rounds.version.size)
        self._ruin.version[0] += self._now[1].version.size

    def run(self, limits: Limits) -> Assignment:
        """Improve until a limit is met; returns the best plan found."""
        begun, done = time.process_time(), 0
        patience = self._n_shipments
        while not limits.is_cancelled():
            spent = (time.process_time() - begun) / max(limits.seconds, 1e-9)
            share = max(spent, done / limits.iterations)
            if share >= 1 and done > 0:
                break
            heat = self._heat * HOTTEST * (COLDEST / HOTTEST) ** min(1.0, share)
            chunk = 1 if done == 0 else min(CHUNK, max(1, limits.iterations - done))
            kernels.improve(
                self.world, chunk, heat, patience, *self._now, *self._kept, *self._best, self._ruin
            )
            done, patience = done + chunk, TRIED
            self._ruin.value[0] = self._value()
        self.done = done
        return self.best()

    def ban(self, options: Sequence[int]) -> None:
        """Never take these options again."""
        for choice, _ in (self._now, self._kept, self._best):
            choice.banned[list(options)] = 1

    def run_only(self, options: Sequence[int]) -> Assignment:
        """Put shipments in, in one pass from nothing, taking no other options than these."""
        before = self._now[0].banned.copy()
        self.ban(range(before.size))
        for choice, _ in (self._now, self._kept, self._best):
            choice.banned[list(options)] = before[list(options)]
        self.start()
        found = self.run(Limits(0.0, 1))
        for choice, _ in (self._now, self._kept, self._best):
            choice.banned[:] = before
        return found

    def savings(self, plan: Assignment) -> Float64Array:
        """What each job costs where a plan puts it, shape (n_jobs,) thousandths."""
        saving: Float64Array = np.zeros(self.world.jobs.shipment.size)
        self.start(plan)
        kernels.savings(self.world, self._now[1], self._kept[1], saving)
        self.start(plan)
        return saving

    def best(self) -> Assignment:
        """Best plan so far."""
        choice, rounds = self._best
        tasks = tuple(
            tuple(rounds.task[row, : rounds.size[row]].tolist()) for row in range(rounds.size.size)
        )
        return Assignment(tuple(choice.option.tolist()), tasks)

    def _value(self) -> float:
        """Cost of the present plan, penalties included."""
        choice, rounds = self._now
        options = self.world.options
        taken = choice.option[choice.option != NONE]
        left = self.world.goods.penalty[choice.option == NONE]
        return float(rounds.cost.sum() + options.line_cost[taken].sum() + left.sum())

    def _load(self, choice: Choice, rounds: Rounds, plan: Assignment) -> None:
        """Put a plan into arrays."""
        options, goods = self.world.options, self.world.goods
        choice.option[:] = plan.option
        choice.used[:] = 0
        rounds.size[:] = 0
        rounds.row_of_job[:] = NONE
        for shipment, option in enumerate(plan.option):
            if option != NONE:
                first, last = options.first_hop_of_option[option : option + 2]
                hops = options.hop[first:last]
                amount = (goods.kg[shipment], goods.litres[shipment], goods.pieces[shipment])
                choice.used[hops] += np.array(amount, np.int32)
        for row, tasks in enumerate(plan.tasks):
            rounds.size[row] = len(tasks)
            rounds.task[row, : len(tasks)] = tasks
            rounds.row_of_job[[task // 2 for task in tasks]] = row
        is_fine = np.empty(rounds.size.size, np.int32)
        world = self.world
        refresh_all(world.travel, world.vehicles, world.jobs, goods, rounds, is_fine)
        if not is_fine.all():
            msg = f"round {int(np.flatnonzero(is_fine == 0)[0])} of the start cannot be driven"
            raise ValueError(msg)


def _empty_choice(world: World) -> Choice:
    n_shipments, n_options = world.goods.kg.size, world.options.first_job.size
    return Choice(
        option=np.full(n_shipments, NONE, np.int32),
        used=np.zeros((world.bay_of_call.size, 3), np.int32),
        banned=np.zeros(n_options, np.uint8),
    )


def empty_rounds(n_jobs: int, n_rounds: int, most: int) -> Rounds:
    """Rounds without a task; at most `most` in each."""
    return Rounds(
        size=np.zeros(n_rounds, np.int32),
        task=np.zeros((n_rounds, most), np.int32),
        row_of_job=np.full(n_jobs, NONE, np.int32),
        ahead=np.zeros((n_rounds, most + 1, 3), np.int32),
        behind=np.zeros((n_rounds, most + 1, 3), np.int32),
        metres=np.zeros((n_rounds, most + 1), np.int32),
        load=np.zeros((n_rounds, most + 1, 3), np.int32),
        spot=np.zeros((n_rounds, most), np.int32),
        window=np.zeros((n_rounds, most, 2), np.int32),
        total_metres=np.zeros(n_rounds, np.int32),
        waiting=np.zeros(n_rounds, np.int32),
        cost=np.zeros(n_rounds),
        detour=np.zeros((most + 1, 2)),
        version=np.zeros(n_rounds, np.int32),
    )


def _ruin(problem: Problem, world: World, seed: int) -> Ruin:
    n_shipments, n_rounds = world.goods.kg.size, world.vehicles.fleet.size
    drives = [
        problem.roads.duration[1, tail, head]
        for tail, head in zip(problem.pickup_spot, problem.delivery_spot, strict=True)
    ]
    slack = [shipment.due - shipment.ready for shipment in problem.shipments]
    return Ruin(
        neighbour=_neighbours(problem),
        slack=frozen(slack, np.float64),
        reach=frozen(drives, np.float64),
        is_touched=np.zeros(n_rounds, np.uint8),
        is_ruined=np.zeros(n_rounds, np.uint8),
        waiting=np.zeros(n_shipments, np.int32),
        key=np.zeros(n_shipments),
        value=np.zeros(2),
        blink=np.array([0.01]),
        learned=np.zeros(world.options.first_job.size),
        closed=np.full(1, NONE, np.int32),
        stream=new_stream(seed),
        version=np.zeros(1, np.int32),
        unknown=np.zeros(n_rounds, np.int32),
        memo=_memo(world.jobs.shipment.size * n_rounds),
    )


def _memo(pairs: int) -> Memo:
    """Empty memory for so many pairs of job and round, or as many as are kept."""
    size = max(1, min(pairs, MOST_REMEMBERED))
    return Memo(
        key=np.full(size, NONE, np.int64),
        version=np.zeros(size, np.int32),
        cost=np.zeros(size),
        floor=np.zeros(size),
        i=np.zeros(size, np.int32),
        j=np.zeros(size, np.int32),
    )


def _neighbours(problem: Problem) -> Int32Array:
    """Shipments by how near their doors lie to those of each, itself first."""
    n = len(problem.shipments)
    if n == 0:
        return frozen(np.zeros((0, 0)))
    tails, heads = np.array(problem.pickup_spot), np.array(problem.delivery_spot)
    drive = problem.roads.duration[1].astype(np.int64)
    near = np.minimum(drive[np.ix_(tails, tails)], drive[np.ix_(heads, heads)])
    near = np.minimum(near, np.minimum(drive[np.ix_(tails, heads)], drive[np.ix_(heads, tails)]))
    np.fill_diagonal(near, -1)
    return frozen(np.argsort(near, axis=1, kind="stable")[:, : NEIGHBOURS + 1])


def _mean_direct_cost(problem: Problem) -> float:
    """Mean cost of a direct van ride one way, thousandths of the currency."""
    ends = zip(problem.pickup_spot, problem.delivery_spot, strict=True)
    metres = [int(problem.roads.distance[1, tail, head]) for tail, head in ends]
    usable: Float64Array = np.array([length for length in metres if length < 10**7], np.float64)
    return 100 * float(usable.mean() if usable.size else 1000.0) + 1000.0
