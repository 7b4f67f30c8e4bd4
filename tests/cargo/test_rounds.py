import itertools
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cargo.kernels.rounds import INFINITE, best_insertion, drop_unplaced, insert, refresh
from cargo.layout import Rounds
from routing.layout import NONE
from tests.cargo import oracles
from tests.cargo.random_worlds import RoundsWorld, rounds_worlds


def cost_of(world: RoundsWorld, row: int, tasks: Sequence[int]) -> float | None:
    """Cost of a round by trying every start; None where it cannot be driven."""
    if not tasks:
        return 0.0
    jobs, vehicles, goods = world.jobs, world.vehicles, world.goods
    spots, windows, load = [0], [], np.zeros(3, int)
    room = np.array([vehicles.kg[row], vehicles.litres[row], vehicles.pieces[row]])
    for task in tasks:
        job, is_delivery = divmod(task, 2)
        spots.append(int((jobs.delivery if is_delivery else jobs.pickup)[job]))
        sides = (jobs.delivery_from, jobs.delivery_until) if is_delivery else (
            jobs.pickup_from, jobs.pickup_until)  # fmt: skip
        windows.append((int(sides[0][job]), int(sides[1][job])))
        amount = np.array([goods.kg[job], goods.litres[job], goods.pieces[job]])
        load += -amount if is_delivery else amount
        if (load > room).any():
            return None
    spots.append(0)
    pairs = list(itertools.pairwise(spots))
    ways = [int(world.travel.duration[0, one, other]) for one, other in pairs]
    duration = oracles.least_duration(
        windows, ways, int(vehicles.opens[row]), int(vehicles.closes[row])
    )
    if duration is None:
        return None
    metres = sum(int(world.travel.distance[0, one, other]) for one, other in pairs)
    return float(
        vehicles.fixed[row] + vehicles.per_m[row] * metres + vehicles.per_s[row] * duration
    )


def filled(world: RoundsWorld, row: int, tasks: Sequence[int]) -> tuple[Rounds, bool]:
    rounds = world.empty()
    rounds.size[row] = len(tasks)
    rounds.task[row, : len(tasks)] = tasks
    rounds.row_of_job[[task // 2 for task in tasks]] = row
    return rounds, refresh(world.travel, world.vehicles, world.jobs, world.goods, rounds, row)


@given(rounds_worlds(), st.integers(0, 1), st.data())
def test_a_round_costs_what_its_best_start_costs(
    world: RoundsWorld, row: int, data: st.DataObject
) -> None:
    tasks = data.draw(st.sampled_from(list(oracles.task_orders(3))))
    rounds, is_fine = filled(world, row, tasks)
    expected = cost_of(world, row, tasks)
    assert is_fine == (expected is not None)
    if expected is not None:
        assert rounds.cost[row] == expected


@given(rounds_worlds(), st.integers(0, 1), st.data(), st.sampled_from((INFINITE, 60_000.0)))
def test_the_best_insertion_equals_trying_all_places(
    world: RoundsWorld, row: int, data: st.DataObject, bound: float
) -> None:
    orders = [order for order in oracles.task_orders(2) if cost_of(world, row, order) is not None]
    tasks = list(data.draw(st.sampled_from([(), *orders])))
    rounds, _ = filled(world, row, tasks)
    best = INFINITE
    has = cost_of(world, row, tasks)
    assert has is not None
    room = (world.goods.kg[2] <= world.vehicles.kg[row]) and (
        world.goods.pieces[2] <= world.vehicles.pieces[row]
    )
    for i in range(len(tasks) + 1):
        for j in range(i, len(tasks) + 1):
            tried = cost_of(world, row, [*tasks[:i], 4, *tasks[i:j], 5, *tasks[j:]])
            if room and tried is not None and tried - has < min(best, bound):
                best = tried - has
    cost, i, j = best_insertion(
        world.travel, world.vehicles, world.jobs, world.goods, rounds, row, 2, bound
    )
    assert cost == best
    if i != NONE:
        insert(rounds, row, 2, i, j)
        assert refresh(world.travel, world.vehicles, world.jobs, world.goods, rounds, row)
        assert rounds.cost[row] == has + best


@given(rounds_worlds())
def test_taking_a_job_out_leaves_the_others_in_order(world: RoundsWorld) -> None:
    rounds, _ = filled(world, 0, (0, 2, 4, 3, 1, 5))
    rounds.row_of_job[1] = NONE
    drop_unplaced(rounds, 0)
    assert rounds.task[0, : rounds.size[0]].tolist() == [0, 4, 1, 5]
