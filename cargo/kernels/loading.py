"""Ruin and recreate over whole chains: line choice and road rounds are decided together.

Slack induction by string removals [1]_ takes out demands whose tasks lie next to each other in
rounds, or that share a scheduled bay; each is put back with the chain and the places in rounds
that cost least, which is the move of [2]_ with every combination of both road ends evaluated.
Rounds, insertions and times are those of the core (`cargo.kernels.anneal`, `insertion`, `steps`).

.. [1] Christiaens, Vanden Berghe: Slack Induction by String Removals for Vehicle Routing Problems,
   Transportation Science 54 (2020).
.. [2] Ghilas, Demir, Van Woensel: An adaptive large neighborhood search heuristic for the pickup
   and delivery problem with time windows and scheduled lines, COR 72 (2016).
"""

import math

from numba import njit

from cargo.kernels.anneal import best_round, renew
from cargo.kernels.copies import copy_changed, copy_rounds
from cargo.kernels.insertion import drop_unplaced, put_in
from cargo.kernels.ruin import clear_round, remove_rounds, remove_sharers, remove_strings, use
from cargo.kernels.steps import refresh
from cargo.kernels.stream import below, random
from cargo.loading_layout import BEST, KEPT, Choice, Ruin, World
from cargo.pdp.layout import DONE, INFINITE
from routing.layout import NONE, Float64Array

ROUND_SHARE = 0.06  # of the iterations take out whole rounds
UNLIKELY, SKIPPED = 1.2, 0.9  # an option dearer than so much of the best is mostly not looked at
STRING_SHARE = 0.8  # of the iterations less those take out strings, the rest sharers of a bay
FEWEST, MORE = 4, 14  # demands taken out
TRIED = 0.2  # chance that one more waiting demand is tried, where there are many


@njit(cache=True, nogil=True)
def _has_room(world: World, choice: Choice, demand: int, option: int) -> bool:
    """Whether every hop of an option has room for a demand, and no goods that it must not meet."""
    options, amount, used = world.options, world.amount, choice.used
    goods, aboard = world.goods[demand], choice.aboard
    for at in range(options.first_hop[option], options.first_hop[option + 1]):
        hop = options.hop[at]
        for unit in range(3):
            if used[hop, unit] + amount[demand, unit] > world.room[hop, unit]:
                return False
        if goods != NONE:
            for other in range(aboard.shape[1]):
                if world.apart[goods, other] != 0 and aboard[hop, other] > 0:
                    return False
    return True


@njit(cache=True, nogil=True)
def _place(world: World, choice: Choice, ruin: Ruin, job: int, row: int, i: int, j: int) -> float:
    """Put a job into a round; returns what the round costs more."""
    before = choice.rounds.cost[row]
    put_in(world.road, choice.rounds, row, job, i, j)
    renew(world.road, choice.rounds, ruin.road, row)
    return float(choice.rounds.cost[row] - before)


@njit(cache=True, nogil=True)
def _put_in(world: World, choice: Choice, ruin: Ruin, demand: int) -> float:
    """Give a demand its cheapest chain; returns what that costs, or `INFINITE`."""
    options, road, rounds, search = world.options, world.road, choice.rounds, ruin.road
    best, chosen, learned = world.penalty[demand], NONE, ruin.learned
    row_a, i_a, j_a, row_b, i_b, j_b = NONE, NONE, NONE, NONE, NONE, NONE
    for option in range(options.first_of_demand[demand], options.first_of_demand[demand + 1]):
        line = options.line_cost[option]
        if ruin.banned[option] != 0 or line >= best:
            continue
        if learned[option] > UNLIKELY * best and random(search.stream) < SKIPPED:
            continue
        learned[option] = 2 * UNLIKELY * best
        if not _has_room(world, choice, demand, option):
            continue
        cost, row_1, i_1, j_1 = line, NONE, NONE, NONE
        job = options.first_job[option]
        if job != NONE:
            more, row_1, i_1, j_1 = best_round(road, rounds, search, job, best - cost)
            if row_1 == NONE:
                continue
            cost += more
        row_2, i_2, j_2 = NONE, NONE, NONE
        job = options.last_job[option]
        if job != NONE:
            more, row_2, i_2, j_2 = best_round(road, rounds, search, job, best - cost)
            if row_2 == NONE:
                continue
            cost += more
        learned[option] = cost
        if cost < best:
            best, chosen = cost, option
            row_a, i_a, j_a, row_b, i_b, j_b = row_1, i_1, j_1, row_2, i_2, j_2
    if chosen == NONE:
        return INFINITE
    spent, first, last = options.line_cost[chosen], NONE, options.last_job[chosen]
    if row_a != NONE:
        first = options.first_job[chosen]
        spent += _place(world, choice, ruin, first, row_a, i_a, j_a)
    if row_b != NONE:
        if row_b == row_a:  # the place was found before the first job went in
            _, row_b, i_b, j_b = best_round(road, rounds, search, last, INFINITE)
        if row_b == NONE:
            rounds.row[first] = NONE
            drop_unplaced(rounds, row_a)
            renew(road, rounds, search, row_a)
            return INFINITE
        spent += _place(world, choice, ruin, last, row_b, i_b, j_b)
    choice.option[demand] = chosen
    use(world, choice, demand, chosen, 1)
    return float(spent)


@njit(cache=True, nogil=True)
def _sort_waiting(world: World, choice: Choice, ruin: Ruin) -> int:
    """List demands without a chain that have options in `ruin.waiting`, in one of some orders."""
    stream, first = ruin.road.stream, world.options.first_of_demand
    n, mode = 0, below(stream, 5)
    for demand in range(choice.option.size):
        if choice.option[demand] == NONE and first[demand] < first[demand + 1]:
            if mode == 0:
                key = -float(world.amount[demand, 0])
            elif mode == 1:
                key = -world.penalty[demand]
            elif mode == 2:
                key = ruin.slack[demand]
            elif mode == 3:
                key = -ruin.reach[demand]
            else:
                key = 0.0
            ruin.key[n] = key + (1e-9 + abs(key)) * 0.1 * random(stream)
            ruin.waiting[n] = demand
            n += 1
    for at in range(1, n):  # insertion sort: few are waiting
        demand, key = ruin.waiting[at], ruin.key[at]
        back = at - 1
        while back >= 0 and ruin.key[back] > key:
            ruin.waiting[back + 1], ruin.key[back + 1] = ruin.waiting[back], ruin.key[back]
            back -= 1
        ruin.waiting[back + 1], ruin.key[back + 1] = demand, key
    return n


@njit(cache=True, nogil=True)
def _take_over(world: World, source: Choice, target: Choice) -> None:
    """Let `target` take the options of `source`, room included; rounds are copied elsewhere."""
    for demand in range(source.option.size):
        new, old = source.option[demand], target.option[demand]
        if new != old:
            if old != NONE:
                use(world, target, demand, old, -1)
            if new != NONE:
                use(world, target, demand, new, 1)
            target.option[demand] = new


@njit(cache=True, nogil=True)
def savings(world: World, choice: Choice, spare: Choice, ruin: Ruin, saving: Float64Array) -> None:
    """What each job in a round costs there: the round's cost less that without it; entry kernel.

    `saving` has shape (n_requests,), zero for rides in no round; `spare` must equal `choice`.
    """
    rounds, search = choice.rounds, ruin.road
    saving[:] = 0.0
    for job in range(saving.size):
        row = rounds.row[job]
        if row == NONE:
            continue
        before = rounds.cost[row]
        rounds.row[job] = NONE
        drop_unplaced(rounds, row)
        refresh(world.road, rounds, search.line, row)
        saving[job] = before - rounds.cost[row]
        search.touched[:] = 0
        search.touched[row] = 1
        copy_rounds(spare.rounds, rounds, search.touched)


@njit(cache=True, nogil=True)
def _ruin(world: World, choice: Choice, ruin: Ruin) -> tuple[float, int]:
    """Take demands out of a plan; returns what that saves, and a round that is closed, or NONE."""
    rounds, search = choice.rounds, ruin.road
    most, saved, closed = FEWEST + below(search.stream, MORE), 0.0, NONE
    draw = random(search.stream)
    if draw < ROUND_SHARE:
        saved, closed = remove_rounds(world, choice, ruin)
    elif draw < STRING_SHARE:
        saved = remove_strings(world, choice, ruin, most)
    else:
        saved = remove_sharers(world, choice, ruin, most)
    is_sound = False
    while not is_sound:
        is_sound = True
        for row in range(rounds.size.size):
            if search.touched[row] == 0:
                continue
            before = rounds.cost[row]
            drop_unplaced(rounds, row)
            if not renew(world.road, rounds, search, row):
                more, _ = clear_round(world, choice, ruin, row)  # a detour was the quicker way
                saved, is_sound = saved + more, False
                drop_unplaced(rounds, row)
                renew(world.road, rounds, search, row)
            saved += before - rounds.cost[row]
    return saved, closed


@njit(cache=True, nogil=True)
def improve(
    world: World, now: Choice, kept: Choice, best: Choice, ruin: Ruin, iterations: int,
    temperature: float, patience: int,
) -> None:  # fmt: skip
    """Improve a plan in place; entry kernel.

    `kept` is the plan to fall back to and must equal `now` at the start. Beyond `patience` demands
    without a chain, only some are tried in each iteration.
    """
    search, value = ruin.road, ruin.value
    for _ in range(iterations):
        search.tally[DONE] += 1
        search.touched[:] = 0
        saved, closed = _ruin(world, now, ruin)
        new, left_behind = value[KEPT] - saved, 0.0
        for at in range(_sort_waiting(world, now, ruin)):
            demand = ruin.waiting[at]
            penalty, spent = world.penalty[demand], INFINITE
            if kept.option[demand] == NONE:
                new -= penalty
            if at <= patience or kept.option[demand] != NONE or random(search.stream) < TRIED:
                spent = _put_in(world, now, ruin, demand)
            if spent >= INFINITE:
                left_behind += penalty
            else:
                new += spent
        new += left_behind
        if closed != NONE:
            search.is_closed[closed] = 0
        if new < value[KEPT] - temperature * math.log(1.0 - random(search.stream)):
            value[KEPT] = new
            _take_over(world, now, kept)
            copy_rounds(now.rounds, kept.rounds, search.touched)
            if new < value[BEST] - 1e-6:
                value[BEST] = new
                _take_over(world, now, best)
                copy_changed(now.rounds, best.rounds)
        else:
            _take_over(world, kept, now)
            copy_rounds(kept.rounds, now.rounds, search.touched)


@njit(cache=True, nogil=True)
def put_in_all(world: World, now: Choice, ruin: Ruin, most: int) -> int:
    """Put in up to `most` of the demands that wait, once each; returns how many were tried.

    Entry kernel; those that found no place are marked by an infinite key and not tried again.
    """
    tried = 0
    for at in range(ruin.waiting.size):
        demand = ruin.waiting[at]
        if now.option[demand] != NONE or ruin.key[at] >= INFINITE:
            continue
        if tried == most:
            break
        tried += 1
        _put_in(world, now, ruin, demand)
        ruin.key[at] = INFINITE
    return tried
