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
from cargo.ortools_rounds import Budget, RoundsProblem, solve_rounds
from cargo.polish import polish
from cargo.worth import worth
from routing.layout import NONE
from tests.cargo import oracles
from tests.cargo.random_worlds import RoundsWorld, rounds_worlds
from tests.cargo.test_rounds import cost_of
from tests.cargo.worlds import fleet, random_parcels, two_towns

PENALTY = 10**7
SHORT = Budget(0.2, 100, 1)


def problem_of(world: RoundsWorld) -> RoundsProblem:
    jobs, vehicles, goods = world.jobs, world.vehicles, world.goods
    n_jobs, wide = jobs.shipment.size, np.int64
    return RoundsProblem(
        duration=world.travel.duration.astype(wide),
        distance=world.travel.distance.astype(wide),
        ends=np.stack([jobs.pickup, jobs.delivery], axis=1).astype(wide),
        windows=np.stack(jobs[3:], axis=1).astype(wide),
        amounts=np.stack([goods.kg, goods.litres, goods.pieces], axis=1).astype(wide),
        penalty=np.full(n_jobs, PENALTY),
        may_serve=np.ones((n_jobs, 2), wide),
        base=vehicles.base.astype(wide),
        shift=np.stack([vehicles.opens, vehicles.closes], axis=1).astype(wide),
        profile=vehicles.profile.astype(wide),
        room=np.stack([vehicles.kg, vehicles.litres, vehicles.pieces], axis=1).astype(wide),
        rates=np.stack([vehicles.per_m, vehicles.per_s, vehicles.fixed], axis=1),
        first_task=np.zeros(3, wide),
        task=np.zeros(0, wide),
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
    problem = problem_of(doubled)
    tasks = solve_rounds(problem, SHORT)
    assert tasks is not None
    total = float(PENALTY * (2 - len({task // 2 for row in tasks for task in row})))
    for row, found in enumerate(tasks):
        cost = cost_of(doubled, row, found)
        assert cost is not None
        total += cost
    assert total == pytest.approx(best_of_all(doubled))


def test_a_process_of_its_own_gives_the_same_rounds() -> None:
    problem = problem_of(_world())
    assert solve_in_process([(problem, SHORT)] * 2) == [solve_rounds(problem, SHORT)] * 2


def _world() -> RoundsWorld:
    from hypothesis import find

    return find(rounds_worlds(n_jobs=2), lambda world: world.goods.kg.sum() < 6)


def test_nothing_to_do_is_no_problem() -> None:
    problem = problem_of(_world())
    none = np.zeros((0, 2), np.int64)
    assert solve_rounds(problem._replace(ends=none), SHORT) == [[], []]


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
    broken = problem_of(_world())._replace(base=np.array([99, 99]))
    with pytest.raises(SolverFailedError, match="ended with code"):
        solve_in_process([(broken, SHORT)])


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ortools_process, "START_UP", -1e9)
    monkeypatch.setattr(ortools_process, "LOOK", 1e-3)  # sooner than any process starts
    with pytest.raises(SolverFailedError, match="no answer within"):
        solve_in_process([(problem_of(_world()), Budget(600.0, 10**9, 1))])


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
