"""Ruin and recreate under simulated annealing, over the rounds of many vehicles [1]_.

Each iteration takes requests out of some rounds and puts them back one by one, each where it costs
least. Insertions into rounds that have not changed are remembered. A request may be left behind
for a while: what that counts is a weight, which grows while vehicles are being saved (as the
absence counters of [1]_) and is steered by the caller afterwards, so that tight fleets do not
freeze.

.. [1] Christiaens, Vanden Berghe: Slack Induction by String Removals for Vehicle Routing Problems,
   Transportation Science 54 (2020).
"""

import math

from numba import njit

from cargo.kernels.copies import copy_changed, copy_rounds
from cargo.kernels.insertion import best_places, drop_unplaced, put_in
from cargo.kernels.pool import note
from cargo.kernels.removal import remove_round, remove_strings, take_out
from cargo.kernels.steps import refresh
from cargo.kernels.stream import below, random
from cargo.pdp.layout import (
    ACCEPTED,
    BEST_VALUE,
    BLINK,
    BLINK_IN,
    DONE,
    GROWTH,
    INFINITE,
    KEPT_ABSENT,
    KEPT_COST,
    KIND,
    ROUND_SHARE,
    SHORT,
    TEMPERATURE,
    VERSION,
    Rounds,
    Search,
    Tables,
)
from routing.layout import NONE

RANDOM_ORDERS = 4  # that stand beside the sorted ones
PATIENCE = 60  # waiting requests that every iteration tries; of more, some
TRIED = 0.2  # chance that one more is tried


@njit(cache=True, nogil=True)
def renew(tables: Tables, rounds: Rounds, search: Search, row: int) -> bool:
    """Refresh a round whose tasks have changed."""
    search.tally[VERSION] += 1
    rounds.version[row] = search.tally[VERSION]
    search.touched[row] = 1
    return bool(refresh(tables, rounds, search.line, row))


@njit(cache=True, nogil=True)
def _blinks(search: Search) -> bool:
    """Whether a round, or a kind of empty ones, is overlooked this time.

    One draw decides for many times to come.
    """
    blink = search.setting[BLINK]
    if blink <= 0.0:
        return False
    search.tally[BLINK_IN] -= 1
    if search.tally[BLINK_IN] >= 0:
        return False
    wait = math.log(random(search.stream)) / math.log(1.0 - blink)
    search.tally[BLINK_IN] = int(wait)
    return True


@njit(cache=True, nogil=True)
def best_round(
    tables: Tables, rounds: Rounds, search: Search, r: int, bound: float
) -> tuple[float, int, int, int]:
    """Cheapest round and places for a request; empty rounds of one kind count once.

    What is known of rounds is looked up first, so that the bound is tight for the others.
    """
    best, best_row, best_i, best_j = bound, NONE, NONE, NONE
    n_rows, memo, empty_kind, n_unknown = rounds.size.size, search.memo, NONE, 0
    n_slots, detour, line = memo.key.shape[1], search.detour, search.line
    is_listed = search.first_able.size > 0
    first, last = 0, n_rows
    if is_listed:
        first, last = search.first_able[r], search.first_able[r + 1]
    for entry in range(first, last):
        row = search.able[entry] if is_listed else entry
        if tables.serves[r, row] == 0 or search.is_closed[row] != 0:
            continue
        if rounds.size[row] == 0:
            if tables.vehicle[row, KIND] == empty_kind:
                continue
            empty_kind = tables.vehicle[row, KIND]
        if _blinks(search):
            continue
        key = r * n_rows + row
        at, layer = key % n_slots, 0
        if memo.key[0, at] != key or memo.version[0, at] != rounds.version[row]:
            layer = 1
        cost = INFINITE
        if memo.key[layer, at] == key and memo.version[layer, at] == rounds.version[row]:
            cost = memo.cost[layer, at]
        if cost >= INFINITE:  # unknown, or none below a bound that may have been tighter
            search.unknown[n_unknown] = row
            n_unknown += 1
        elif cost < best:
            best, best_row, best_i, best_j = cost, row, memo.i[layer, at], memo.j[layer, at]
    for entry in range(n_unknown):
        row = search.unknown[entry]
        key = r * n_rows + row
        at, layer = key % n_slots, search.touched[row]
        is_known = False
        for side in range(2):
            if memo.key[side, at] == key and memo.version[side, at] == rounds.version[row]:
                is_known = is_known or best <= memo.floor[side, at]
        if is_known:
            continue
        cost, i, j = best_places(tables, rounds, detour, line, row, r, best)
        memo.key[layer, at], memo.version[layer, at] = key, rounds.version[row]
        memo.cost[layer, at], memo.floor[layer, at] = cost, best
        memo.i[layer, at], memo.j[layer, at] = i, j
        if cost < best:
            best, best_row, best_i, best_j = cost, row, i, j
    return best, best_row, best_i, best_j


@njit(cache=True, nogil=True)
def sort_waiting(rounds: Rounds, search: Search) -> int:
    """List requests without a round in `search.waiting`, in one of several orders."""
    n, mode = 0, below(search.stream, search.order.shape[0] + RANDOM_ORDERS)
    waiting, keys = search.waiting, search.key
    for r in range(rounds.row.size):
        if rounds.row[r] == NONE:
            waiting[n] = r
            keys[n] = (
                search.order[mode, r] if mode < search.order.shape[0] else random(search.stream)
            )
            n += 1
    for at in range(1, n):  # insertion sort: few are waiting
        r, key, back = waiting[at], keys[at], at - 1
        while back >= 0 and keys[back] > key:
            waiting[back + 1], keys[back + 1] = waiting[back], keys[back]
            back -= 1
        waiting[back + 1], keys[back + 1] = r, key
    return n


@njit(cache=True, nogil=True)
def recreate(
    tables: Tables, rounds: Rounds, search: Search, first: int, last: int, patience: int
) -> int:
    """Put waiting requests `first` to `last` where each costs least; returns how many are left.

    Of those after number `patience` only some are tried.
    """
    left = 0
    for at in range(first, last):
        r = search.waiting[at]
        if at > patience and random(search.stream) > TRIED:
            left += 1
            continue
        _, row, i, j = best_round(tables, rounds, search, r, INFINITE)
        if row == NONE:
            left += 1
            continue
        put_in(tables, rounds, row, r, i, j)
        renew(tables, rounds, search, row)
    return left


@njit(cache=True, nogil=True)
def _keep_best(tables: Tables, rounds: Rounds, best: Rounds, search: Search, cost: float) -> None:
    """Remember the present plan if it is the best so far, penalties included."""
    value = cost
    for r in range(rounds.row.size):
        if rounds.row[r] == NONE:
            value += tables.penalty[r]
    if value < search.value[BEST_VALUE] - 1e-7 * abs(value):
        search.value[BEST_VALUE] = value
        copy_changed(rounds, best)


@njit(cache=True, nogil=True)
def _weight_of_absent(rounds: Rounds, search: Search) -> float:
    """What the requests without a round count at present."""
    weight = 0.0
    for r in range(rounds.row.size):
        if rounds.row[r] == NONE:
            weight += search.weight[r]
    return weight


@njit(cache=True, nogil=True)
def _ruin(tables: Tables, rounds: Rounds, search: Search) -> None:
    """Take something out; rounds that cannot be driven without it are cleared."""
    if random(search.stream) < search.setting[ROUND_SHARE]:
        remove_round(rounds, search)
    else:
        remove_strings(rounds, search)
    for row in range(rounds.size.size):
        if search.touched[row] != 0:
            drop_unplaced(rounds, row)
            if not renew(tables, rounds, search, row):  # a detour was quicker than the direct way
                for k in range(rounds.size[row]):
                    if rounds.row[rounds.task[row, k] >> 1] == row:
                        take_out(rounds, search, rounds.task[row, k] >> 1)
                drop_unplaced(rounds, row)
                renew(tables, rounds, search, row)


@njit(cache=True, nogil=True)
def improve(
    tables: Tables, rounds: Rounds, kept: Rounds, best: Rounds, search: Search, iterations: int,
    is_done_when_complete: bool,
) -> None:  # fmt: skip
    """Improve a plan in place; entry kernel.

    `kept` is the plan to fall back to and must equal `rounds` at the start. Ends early, if asked,
    once the kept plan leaves nobody behind.
    """
    tally, value, growth = search.tally, search.value, search.setting[GROWTH]
    for _ in range(iterations):
        if is_done_when_complete and tally[KEPT_ABSENT] == 0:
            return
        tally[DONE] += 1
        search.touched[:] = 0
        _ruin(tables, rounds, search)
        n_waiting = sort_waiting(rounds, search)
        n_absent = recreate(tables, rounds, search, 0, n_waiting, PATIENCE)
        cost = value[KEPT_COST]
        for row in range(rounds.size.size):
            if search.touched[row] != 0:
                cost += rounds.cost[row] - kept.cost[row]
                if rounds.size[row] > 0:
                    note(tables, rounds, search.pool, row)
        old = value[KEPT_COST]
        if tally[KEPT_ABSENT] > 0:
            old += _weight_of_absent(kept, search)
        new = cost
        if n_absent > 0:
            tally[SHORT] += 1
            new += _weight_of_absent(rounds, search)
            if growth > 0.0:
                for r in range(rounds.row.size):
                    if rounds.row[r] == NONE:
                        search.absences[r] += 1.0
                        search.weight[r] += growth
        heat = -search.setting[TEMPERATURE] * math.log(random(search.stream))
        if new < old + heat:
            tally[ACCEPTED] += 1
            value[KEPT_COST], tally[KEPT_ABSENT] = cost, n_absent
            copy_rounds(rounds, kept, search.touched)
            _keep_best(tables, rounds, best, search, cost)
        else:
            copy_rounds(kept, rounds, search.touched)
