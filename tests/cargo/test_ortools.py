import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings

from cargo import ortools_process
from cargo.batch import plan_batch
from cargo.effort import Effort
from cargo.errors import SolverFailedError
from cargo.fleet_rounds import fleet_rounds
from cargo.loading import Limits, Loader, make_world
from cargo.options import direct_only
from cargo.ortools_process import solve_in_process
from cargo.ortools_rounds import Budget, solve_rounds
from cargo.pdp.layout import PAIR, Tables
from cargo.polish import polish
from cargo.worth import worth
from routing.layout import NONE, UNREACHED, frozen
from tests.cargo import oracles
from tests.cargo.random_worlds import RoundsWorld, rounds_worlds
from tests.cargo.test_rounds import cost_of
from tests.cargo.worlds import fleet, random_parcels, two_towns

PENALTY = 10**7
SHORT = Budget(0.2, 100, 1)


def tables_of(world: RoundsWorld) -> Tables:
    jobs, vehicles, goods = world.jobs, world.vehicles, world.goods
    n_jobs, n_rounds = jobs.shipment.size, vehicles.base.size
    ends = np.stack([jobs.pickup, jobs.delivery], axis=1).reshape(-1)
    opens = np.stack([jobs.pickup_from, jobs.delivery_from], axis=1).reshape(-1)
    closes = np.stack([jobs.pickup_until, jobs.delivery_until], axis=1).reshape(-1)
    vehicle = [
        [row, 0, base, base, opens_at, closes_at, UNREACHED, UNREACHED]
        for row, (base, opens_at, closes_at) in enumerate(
            zip(vehicles.base, vehicles.opens, vehicles.closes, strict=True)
        )
    ]
    return Tables(
        duration=world.travel.duration,
        distance=world.travel.distance,
        slack=frozen([UNREACHED]),
        task=frozen(np.stack([ends, opens, closes, np.zeros(2 * n_jobs, int)], axis=1)),
        request=frozen(np.tile([PAIR, 0, UNREACHED], (n_jobs, 1))),
        amount=frozen(np.stack([goods.kg, goods.litres, goods.pieces], axis=1)),
        penalty=frozen(np.full(n_jobs, PENALTY), np.float64),
        vehicle=frozen(vehicle),
        capacity=frozen(np.stack([vehicles.kg, vehicles.litres, vehicles.pieces], axis=1)),
        rate=frozen(np.stack([vehicles.per_m, vehicles.per_s, vehicles.fixed], axis=1), np.float64),
        serves=frozen(np.ones((n_jobs, n_rounds)), np.uint8),
        first_pause=frozen(np.zeros(n_rounds + 1)),
        pause=frozen(np.zeros((0, 3))),
        is_parted=0,
        goods=frozen(np.full(n_jobs, NONE)),
        apart=frozen(np.zeros((0, 0)), np.uint8),
    )


def best_of_all(world: RoundsWorld) -> float:
    """Least cost over every choice of jobs, split and order."""
    best = float("inf")
    for served in itertools.product((False, True), repeat=2):
        kept = [job for job in range(2) if served[job]]
        for split in oracles.splits(kept, 2):
            total: float = PENALTY * (2 - len(kept))
            for row, jobs in enumerate(split):
                costs = [
                    cost_of(world, row, [2 * jobs[task // 2] + task % 2 for task in order])
                    for order in oracles.task_orders(len(jobs))
                ]
                feasible = [cost for cost in costs if cost is not None]
                total += min(feasible) if feasible else float("inf")
            best = min(best, total)
    return best


@settings(max_examples=10)
@given(rounds_worlds(n_jobs=2))
def test_or_tools_agrees_with_trying_everything(world: RoundsWorld) -> None:
    even = world.travel._replace(
        distance=world.travel.distance * 2
    )  # 0.5 a metre gives whole costs
    doubled = RoundsWorld(even, world.vehicles, world.jobs, world.goods)
    tables = tables_of(doubled)
    tasks = solve_rounds(tables, (), SHORT)
    assert tasks is not None
    total = float(PENALTY * (2 - len({task // 2 for row in tasks for task in row})))
    for row, found in enumerate(tasks):
        cost = cost_of(doubled, row, found)
        assert cost is not None
        total += cost
    assert total == pytest.approx(best_of_all(doubled))


def test_a_process_of_its_own_gives_the_same_rounds() -> None:
    tables = tables_of(_world())
    assert solve_in_process([(tables, (), SHORT)] * 2) == [solve_rounds(tables, (), SHORT)] * 2


def _world() -> RoundsWorld:
    from hypothesis import find

    return find(rounds_worlds(n_jobs=2), lambda world: world.goods.kg.sum() < 6)


def test_nothing_to_do_is_no_problem() -> None:
    tables = tables_of(_world())
    assert solve_rounds(tables._replace(request=tables.request[:0]), (), SHORT) == [[], []]


def test_cancelling_kills_the_process_soon() -> None:
    problem = two_towns(random_parcels(12, 3), trips=(), fleets=(fleet("v", "van", 43.0, 143.0),))
    catalogue = direct_only(problem)
    world = make_world(problem, catalogue, fleet_rounds(problem.network.fleets, 6))
    loader = Loader(problem, world, 0)
    loader.start()
    start = loader.best()
    answers = iter([False, False])
    begun = time.monotonic()
    budget = Budget(600.0, 0, 1)
    assert polish(world, catalogue, start, budget, lambda: next(answers, True)) == start
    assert time.monotonic() - begun < 60


def test_a_process_that_dies_is_reported() -> None:
    broken = tables_of(_world())
    broken = broken._replace(task=frozen(broken.task + 99))
    with pytest.raises(SolverFailedError, match="ended with code"):
        solve_in_process([(broken, (), SHORT)])


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ortools_process, "START_UP", -1e9)
    monkeypatch.setattr(ortools_process, "LOOK", 1e-3)  # sooner than any process starts
    with pytest.raises(SolverFailedError, match="no answer within"):
        solve_in_process([(tables_of(_world()), (), Budget(600.0, 10**9, 1))])


def test_polishing_keeps_chains_whole_and_serves_what_was_left() -> None:
    problem = two_towns(random_parcels(6, 3), trips=(), fleets=(fleet("v", "van", 43.0, 143.0),))
    catalogue = direct_only(problem)
    rounds = fleet_rounds(problem.network.fleets, 6)
    world = make_world(problem, catalogue, rounds)
    loader = Loader(problem, world, 0)
    loader.start()
    start = loader.best()
    assert set(start.option) == {NONE}
    plan = polish(world, catalogue, start, Budget(1.0, 0, 1), lambda: False)
    loader.start(plan)  # drives it
    own = Loader(problem, world, 0)
    own.start()
    assert sum(option != NONE for option in plan.option) == sum(
        option != NONE for option in own.run(Limits(60.0, 300)).option
    )


def test_both_engines_together_are_no_worse_than_separate_vans() -> None:
    plan = plan_batch(two_towns(random_parcels(8, 6)), Effort(seconds=1.0, iterations=300, seed=2))
    assert worth(plan.mixed) <= worth(plan.separate)
