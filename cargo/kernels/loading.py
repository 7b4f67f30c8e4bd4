"""Ruin and recreate over whole chains: line choice and road rounds are decided together.

Slack induction by string removals [1]_ takes out shipments whose tasks lie next to each other in
rounds, or that share a scheduled bay; each is put back with the chain and the places in rounds
that cost least, which is the move of [2]_ with every combination of both road ends evaluated.

.. [1] Christiaens, Vanden Berghe: Slack Induction by String Removals for Vehicle Routing Problems,
   Transportation Science 54 (2020).
.. [2] Ghilas, Demir, Van Woensel: An adaptive large neighborhood search heuristic for the pickup
   and delivery problem with time windows and scheduled lines, COR 72 (2016).
"""

import math

from numba import njit

from cargo.kernels.rounds import INFINITE, best_insertion, drop_unplaced, insert, refresh
from cargo.kernels.ruin import remove_rounds, remove_sharers, remove_strings, use
from cargo.kernels.stream import below, random
from cargo.layout import Choice, Rounds, Ruin, World
from routing.layout import NONE, Float64Array

ROUND_SHARE = 0.06  # of the iterations take out whole rounds
UNLIKELY, SKIPPED = 1.2, 0.9  # an option dearer than so much of the best is mostly not looked at
STRING_SHARE = 0.8  # of the iterations less those take out strings, the rest sharers of a bay


@njit(cache=True, nogil=True)
def _has_room(world: World, choice: Choice, shipment: int, option: int) -> bool:
    """Whether every hop of an option has room for a shipment."""
    options, goods = world.options, world.goods
    for at in range(options.first_hop_of_option[option], options.first_hop_of_option[option + 1]):
        hop = options.hop[at]
        if (
            choice.used[hop, 0] + goods.kg[shipment] > world.room[hop, 0]
            or choice.used[hop, 1] + goods.litres[shipment] > world.room[hop, 1]
            or choice.used[hop, 2] + goods.pieces[shipment] > world.room[hop, 2]
        ):
            return False
    return True


@njit(cache=True, nogil=True)
def _renew(world: World, rounds: Rounds, ruin: Ruin, row: int) -> None:
    """Refresh a round whose tasks have changed."""
    refresh(world.travel, world.vehicles, world.jobs, world.goods, rounds, row)
    ruin.version[0] += 1
    rounds.version[row] = ruin.version[0]
    ruin.is_touched[row] = 1


@njit(cache=True, nogil=True)
def _best_round(
    world: World, rounds: Rounds, ruin: Ruin, job: int, bound: float
) -> tuple[float, int, int, int]:
    """Cheapest round and places for a job; empty rounds of one kind count once.

    What is known of rounds that have not changed is looked up. (Calls with tables cost more than
    the look-up, so it is written out here.)
    """
    best, best_row, best_i, best_j = INFINITE, NONE, NONE, NONE
    empty_kind = NONE
    kind, size, version = world.vehicles.kind, rounds.size, rounds.version
    keys, versions, costs = ruin.memo.key, ruin.memo.version, ruin.memo.cost
    floors, rows_i, rows_j = ruin.memo.floor, ruin.memo.i, ruin.memo.j
    able, n_rounds = world.round_of_job, size.size
    blink, closed = ruin.blink[0], ruin.closed[0]
    unknown, n_unknown = ruin.unknown, 0
    for entry in range(world.first_round_of_job[job], world.first_round_of_job[job + 1]):
        row = able[entry]
        if row == closed:
            continue
        if size[row] == 0:
            if kind[row] == empty_kind:
                continue
            empty_kind = kind[row]
        elif blink > 0.0 and random(ruin.stream) < blink:
            continue
        key = job * n_rounds + row
        at = key % keys.size
        if keys[at] == key and versions[at] == version[row]:
            if costs[at] < min(best, bound):
                best, best_row, best_i, best_j = costs[at], row, rows_i[at], rows_j[at]
            if costs[at] < INFINITE or bound <= floors[at]:
                continue
        unknown[n_unknown] = row
        n_unknown += 1
    for entry in range(n_unknown):  # the bound is tight by now
        row = unknown[entry]
        limit = min(best, bound)
        key = job * n_rounds + row
        at = key % keys.size
        if keys[at] == key and versions[at] == version[row] and limit <= floors[at]:
            continue
        cost, i, j = best_insertion(
            world.travel, world.vehicles, world.jobs, world.goods, rounds, row, job, limit
        )
        keys[at], versions[at], costs[at], floors[at] = key, version[row], cost, limit
        rows_i[at], rows_j[at] = i, j
        if cost < best:
            best, best_row, best_i, best_j = cost, row, i, j
    return best, best_row, best_i, best_j


@njit(cache=True, nogil=True)
def _place(world: World, rounds: Rounds, ruin: Ruin, job: int, row: int, i: int, j: int) -> None:
    """Put a job into a round and refresh it."""
    insert(rounds, row, job, i, j)
    _renew(world, rounds, ruin, row)


@njit(cache=True, nogil=True)
def _put_in(world: World, choice: Choice, rounds: Rounds, ruin: Ruin, shipment: int) -> float:
    """Give a shipment its cheapest chain; returns what that costs, or `INFINITE`."""
    options = world.options
    best, chosen = world.goods.penalty[shipment], NONE
    row_a, i_a, j_a, row_b, i_b, j_b = NONE, NONE, NONE, NONE, NONE, NONE
    first, learned = options.first_option_of_shipment[shipment], ruin.learned
    for option in range(first, options.first_option_of_shipment[shipment + 1]):
        line = options.line_cost[option]
        if choice.banned[option] != 0 or line >= best:
            continue
        if learned[option] > UNLIKELY * best and random(ruin.stream) < SKIPPED:
            continue
        learned[option] = 2 * UNLIKELY * best
        if not _has_room(world, choice, shipment, option):
            continue
        cost, row_1, i_1, j_1 = 0.0, NONE, NONE, NONE
        if options.first_job[option] != NONE:
            cost, row_1, i_1, j_1 = _best_round(
                world, rounds, ruin, options.first_job[option], best - line
            )
            if row_1 == NONE:
                continue
        row_2, i_2, j_2 = NONE, NONE, NONE
        if options.last_job[option] != NONE:
            more, row_2, i_2, j_2 = _best_round(
                world, rounds, ruin, options.last_job[option], best - line - cost
            )
            if row_2 == NONE:
                continue
            cost += more
        learned[option] = line + cost
        if line + cost < best:
            best, chosen = line + cost, option
            row_a, i_a, j_a, row_b, i_b, j_b = row_1, i_1, j_1, row_2, i_2, j_2
    if chosen == NONE:
        return INFINITE
    spent = options.line_cost[chosen]
    if row_a != NONE:
        spent -= rounds.cost[row_a]
        _place(world, rounds, ruin, options.first_job[chosen], row_a, i_a, j_a)
        spent += rounds.cost[row_a]
    if row_b != NONE:
        if row_b == row_a:  # the place was found before the first job went in
            _, row_b, i_b, j_b = _best_round(
                world, rounds, ruin, options.last_job[chosen], INFINITE
            )
        if row_b == NONE:
            rounds.row_of_job[options.first_job[chosen]] = NONE
            drop_unplaced(rounds, row_a)
            _renew(world, rounds, ruin, row_a)
            return INFINITE
        spent -= rounds.cost[row_b]
        _place(world, rounds, ruin, options.last_job[chosen], row_b, i_b, j_b)
        spent += rounds.cost[row_b]
    choice.option[shipment] = chosen
    use(world, choice, shipment, chosen, 1)
    return float(spent)


@njit(cache=True, nogil=True)
def _sort_waiting(world: World, choice: Choice, ruin: Ruin) -> int:
    """List shipments without a chain in `ruin.waiting`, in one of several orders."""
    n, mode = 0, below(ruin.stream, 5)
    goods = world.goods
    for shipment in range(choice.option.size):
        if choice.option[shipment] == NONE:
            if mode == 0:
                key = -float(goods.kg[shipment])
            elif mode == 1:
                key = -goods.penalty[shipment]
            elif mode == 2:
                key = ruin.slack[shipment]
            elif mode == 3:
                key = -ruin.reach[shipment]
            else:
                key = 0.0
            ruin.key[n] = key + (1e-9 + abs(key)) * 0.1 * random(ruin.stream)
            ruin.waiting[n] = shipment
            n += 1
    for at in range(1, n):  # insertion sort: few are waiting
        shipment, key = ruin.waiting[at], ruin.key[at]
        back = at - 1
        while back >= 0 and ruin.key[back] > key:
            ruin.waiting[back + 1], ruin.key[back + 1] = ruin.waiting[back], ruin.key[back]
            back -= 1
        ruin.waiting[back + 1], ruin.key[back + 1] = shipment, key
    return n


@njit(cache=True, nogil=True)
def _copy_round(source: Rounds, target: Rounds, row: int) -> None:
    """Copy the tasks of a round and their version."""
    target.size[row] = source.size[row]
    target.version[row] = source.version[row]
    for k in range(source.size[row]):
        target.task[row, k] = source.task[row, k]


@njit(cache=True, nogil=True)
def _copy_all(choice: Choice, rounds: Rounds, to_choice: Choice, to_rounds: Rounds) -> None:
    """Copy a whole plan."""
    to_choice.option[:] = choice.option
    to_choice.used[:] = choice.used
    to_rounds.row_of_job[:] = rounds.row_of_job
    for row in range(rounds.size.size):
        _copy_round(rounds, to_rounds, row)


@njit(cache=True, nogil=True)
def savings(world: World, rounds: Rounds, spare: Rounds, saving: Float64Array) -> None:
    """What each job in a round costs there: the round's cost less that without it; entry kernel.

    `saving` has shape (n_jobs,), zero for jobs in no round; `spare` is scratch.
    """
    saving[:] = 0.0
    for job in range(saving.size):
        row = rounds.row_of_job[job]
        if row == NONE:
            continue
        before = rounds.cost[row]
        _copy_round(rounds, spare, row)
        rounds.row_of_job[job] = NONE
        drop_unplaced(rounds, row)
        refresh(world.travel, world.vehicles, world.jobs, world.goods, rounds, row)
        saving[job] = before - rounds.cost[row]
        rounds.row_of_job[job] = row
        _copy_round(spare, rounds, row)
        refresh(world.travel, world.vehicles, world.jobs, world.goods, rounds, row)


@njit(cache=True, nogil=True)
def improve(
    world: World,
    iterations: int,
    temperature: float,
    patience: int,
    choice: Choice,
    rounds: Rounds,
    kept_choice: Choice,
    kept_rounds: Rounds,
    best_choice: Choice,
    best_rounds: Rounds,
    ruin: Ruin,
) -> int:
    """Improve a plan in place; entry kernel. Returns how many plans were accepted.

    `ruin.value` holds the cost of the plan and of the best one, penalties included; `kept_*` is
    the plan to fall back to and must equal the plan at the start. Beyond `patience` shipments
    without a chain, only some are tried in each iteration.
    """
    accepted = 0
    for _ in range(iterations):
        ruin.is_touched[:] = 0
        value = ruin.value[0]
        most = 4 + below(ruin.stream, 14)
        left_behind = 0.0
        ruin.closed[0] = NONE
        draw = random(ruin.stream)
        if draw < ROUND_SHARE:
            value -= remove_rounds(world, choice, rounds, ruin)
        elif draw < STRING_SHARE:
            value -= remove_strings(world, choice, rounds, ruin, most)
        else:
            value -= remove_sharers(world, choice, rounds, ruin, most)
        for row in range(rounds.size.size):
            if ruin.is_touched[row] != 0:
                value -= rounds.cost[row]
                drop_unplaced(rounds, row)
                _renew(world, rounds, ruin, row)
                value += rounds.cost[row]
        n = _sort_waiting(world, choice, ruin)
        for at in range(n):
            shipment = ruin.waiting[at]
            if kept_choice.option[shipment] == NONE:
                value -= world.goods.penalty[shipment]
                if at > patience and random(ruin.stream) < 0.8:  # do not try all every time
                    left_behind += world.goods.penalty[shipment]
                    continue
            spent = _put_in(world, choice, rounds, ruin, shipment)
            if spent >= INFINITE:
                left_behind += world.goods.penalty[shipment]
            else:
                value += spent
        value += left_behind
        if value < ruin.value[0] - temperature * math.log(1.0 - random(ruin.stream)):
            accepted += 1
            ruin.value[0] = value
            kept_choice.option[:] = choice.option
            kept_choice.used[:] = choice.used
            kept_rounds.row_of_job[:] = rounds.row_of_job
            for row in range(rounds.size.size):
                if ruin.is_touched[row] != 0:
                    _copy_round(rounds, kept_rounds, row)
            if value < ruin.value[1] - 1e-6:
                ruin.value[1] = value
                _copy_all(choice, rounds, best_choice, best_rounds)
        else:
            choice.option[:] = kept_choice.option
            choice.used[:] = kept_choice.used
            rounds.row_of_job[:] = kept_rounds.row_of_job
            for row in range(rounds.size.size):
                if ruin.is_touched[row] != 0:
                    _copy_round(kept_rounds, rounds, row)
                    refresh(world.travel, world.vehicles, world.jobs, world.goods, rounds, row)
    return accepted
