"""Ruin and recreate for passengers who may go in one of several ways, each of one or two rides.

A ride is a request of the tables; beside its rides a way has a fixed cost, of lines and walks.
Driving and time on board cost: a detour counts once for the vehicle and once for each rider. An
insertion is exact, by trying all places, and remembered until its round changes.
"""

import math

from numba import njit

from cargo.kernels.copies import copy_changed, copy_rounds
from cargo.kernels.insertion import drop_unplaced, put_in
from cargo.kernels.steps import refresh
from cargo.kernels.stream import below, random
from cargo.kernels.timing import drive
from cargo.pdp.layout import INFINITE, KIND, METRES, PLACE, PROFILE, RIDERS, Line, Rounds, Tables
from cargo.pdp.ways_layout import BEST, DONE, KEPT, VERSION, Ways, WaySearch
from routing.layout import NONE

TRIES = 6  # ways of a passenger that are tried, the cheapest first
OVERLOOKED = 0.03  # chance that a way is not looked at
TIED = 0.5  # chance that a round takes the place of an equal one
FEWEST, SHARE, MOST = 1, 0.4, 14  # passengers taken out
ROUND_SHARE = 0.1  # of the ruins clear a round
SKIPPED = 0.3  # chance that a related passenger stays


@njit(cache=True, nogil=True)
def _places(
    tables: Tables, rounds: Rounds, line: Line, row: int, r: int, price: float
) -> tuple[float, int, int]:
    """Cheapest places of a ride in a round."""
    n, step, load = rounds.size[row], rounds.step, rounds.load
    best, best_i, best_j = INFINITE, NONE, NONE
    if n + 2 > rounds.task.shape[1]:
        return best, best_i, best_j
    length = tables.distance[tables.vehicle[row, PROFILE]]
    room = tables.capacity[row, 0] - tables.amount[r, 0]
    p, d = tables.task[2 * r, PLACE], tables.task[2 * r + 1, PLACE]
    for i in range(n + 1):
        if load[row, i, 0] > room:
            continue
        a, b = step[row, i, PLACE], step[row, i + 1, PLACE]
        detour = length[a, p] + length[p, b] - length[a, b]
        first = detour * (1.0 + price * step[row, i, RIDERS])
        for j in range(i, n + 1):
            if load[row, j, 0] > room:
                break
            c, e = step[row, j, PLACE], step[row, j + 1, PLACE]
            if j == i:
                detour = length[a, p] + length[p, d] + length[d, b] - length[a, b]
                ride = length[p, d]
                cost = detour * (1.0 + price * step[row, i, RIDERS]) + price * ride
            else:
                detour = length[c, d] + length[d, e] - length[c, e]
                ride = length[p, b] + step[row, j, METRES] - step[row, i + 1, METRES] + length[c, d]
                cost = first + detour * (1.0 + price * step[row, j, RIDERS]) + price * ride
            if cost < best:
                span = drive(tables, rounds, line, row, 2 * r, i, 2 * r + 1, j, False)
                if span != NONE:
                    best, best_i, best_j = cost, i, j
    return best, best_i, best_j


@njit(cache=True, nogil=True)
def _best_round(
    tables: Tables, rounds: Rounds, line: Line, search: WaySearch, r: int, price: float
) -> tuple[float, int]:
    """Cheapest round for a ride, any one of equals; empty rounds of one kind count once."""
    best, best_row, empty_kind = INFINITE, NONE, NONE
    for row in range(rounds.size.size):
        if rounds.size[row] == 0:
            if tables.vehicle[row, KIND] == empty_kind:
                continue
            empty_kind = tables.vehicle[row, KIND]
        if search.version[r, row] != rounds.version[row]:
            cost, i, j = _places(tables, rounds, line, row, r, price)
            search.version[r, row], search.cost[r, row] = rounds.version[row], cost
            search.i[r, row], search.j[r, row] = i, j
        cost = search.cost[r, row]
        if cost < best or (cost == best < INFINITE and random(search.stream) < TIED):
            best, best_row = cost, row
    return best, best_row


@njit(cache=True, nogil=True)
def _renew(tables: Tables, rounds: Rounds, line: Line, search: WaySearch, row: int) -> None:
    """Refresh a round whose tasks have changed."""
    drop_unplaced(rounds, row)
    search.tally[VERSION] += 1
    rounds.version[row] = search.tally[VERSION]
    search.touched[row] = 1
    refresh(tables, rounds, line, row)


@njit(cache=True, nogil=True)
def _put(
    tables: Tables, rounds: Rounds, line: Line, search: WaySearch, r: int, price: float
) -> bool:
    """Put a ride where it costs least; false where it has no place."""
    _, row = _best_round(tables, rounds, line, search, r, price)
    if row == NONE:
        return False
    put_in(tables, rounds, row, r, search.i[r, row], search.j[r, row])
    _renew(tables, rounds, line, search, row)
    return True


@njit(cache=True, nogil=True)
def _take_out(
    tables: Tables, ways: Ways, rounds: Rounds, line: Line, search: WaySearch, passenger: int
) -> None:
    """Take a passenger out of all rounds."""
    for leg in range(2):
        r = ways.ride[search.way[passenger], leg]
        if r != NONE:
            row = rounds.row[r]
            rounds.row[r] = NONE
            _renew(tables, rounds, line, search, row)
    search.way[passenger] = NONE


@njit(cache=True, nogil=True)
def _go(
    tables: Tables, ways: Ways, rounds: Rounds, line: Line, search: WaySearch, passenger: int
) -> None:
    """Let a passenger go in the cheapest way that is found, or in none."""
    first, last = ways.first_of_passenger[passenger], ways.first_of_passenger[passenger + 1]
    for way in range(first, last):
        cost = ways.cost[way]
        if random(search.stream) < OVERLOOKED:
            cost = INFINITE
        for leg in range(2):
            r = ways.ride[way, leg]
            if r != NONE and cost < INFINITE:
                cost += _best_round(tables, rounds, line, search, r, ways.price)[0]
        search.guess[way - first] = cost
    for _ in range(TRIES):
        best, found = ways.refusal[passenger], NONE
        for way in range(first, last):
            if search.guess[way - first] < best:
                best, found = search.guess[way - first], way
        if found == NONE:
            return
        search.guess[found - first] = INFINITE
        is_done, n_legs = True, 0
        for leg in range(2):
            r = ways.ride[found, leg]
            if r != NONE and is_done:
                is_done = _put(tables, rounds, line, search, r, ways.price)
                n_legs = leg + 1 if is_done else n_legs
        search.way[passenger] = found
        if is_done:
            return
        r = ways.ride[found, 0]  # the second ride had no place beside the first
        search.way[passenger] = NONE
        if r != NONE and n_legs > 0:
            row = rounds.row[r]
            rounds.row[r] = NONE
            _renew(tables, rounds, line, search, row)


@njit(cache=True, nogil=True)
def _ruin(tables: Tables, ways: Ways, rounds: Rounds, line: Line, search: WaySearch) -> None:
    """Take out passengers related to one, or all of a round."""
    n, stream = search.way.size, search.stream
    if random(stream) < ROUND_SHARE:
        row = below(stream, rounds.size.size)
        while rounds.size[row] > 0:
            r = rounds.task[row, 0] >> 1
            for passenger in range(n):
                way = search.way[passenger]
                if way != NONE and (ways.ride[way, 0] == r or ways.ride[way, 1] == r):
                    _take_out(tables, ways, rounds, line, search, passenger)
    left = FEWEST + below(stream, max(1, min(MOST, int(SHARE * n))))
    seed = below(stream, n)
    for at in range(n):
        passenger = ways.related[seed, at]
        if search.way[passenger] == NONE or (at > 0 and random(stream) < SKIPPED):
            continue
        _take_out(tables, ways, rounds, line, search, passenger)
        left -= 1
        if left == 0:
            return


@njit(cache=True, nogil=True)
def value_of(ways: Ways, rounds: Rounds, search: WaySearch) -> float:
    """What the present plan costs: driving, time on board, lines and walks, refusals."""
    value = 0.0
    for passenger in range(search.way.size):
        way = search.way[passenger]
        value += ways.refusal[passenger] if way == NONE else ways.cost[way]
    for row in range(rounds.size.size):
        if rounds.size[row] == 0:
            continue
        value += rounds.cost[row]
        for k in range(1, rounds.size[row] + 1):
            metres = rounds.step[row, k + 1, METRES] - rounds.step[row, k, METRES]
            value += ways.price * metres * rounds.step[row, k, RIDERS]
    return value


@njit(cache=True, nogil=True)
def improve_ways(
    tables: Tables, ways: Ways, rounds: Rounds, kept: Rounds, best: Rounds, line: Line,
    search: WaySearch, iterations: int, temperature: float,
) -> None:  # fmt: skip
    """Improve a plan in place; entry kernel. `kept` must equal `rounds` at the start."""
    for _ in range(iterations):
        search.tally[DONE] += 1
        search.touched[:] = 0
        _ruin(tables, ways, rounds, line, search)
        n_waiting = 0
        for passenger in range(search.way.size):
            if search.way[passenger] == NONE:
                at = below(search.stream, n_waiting + 1)
                search.waiting[n_waiting] = search.waiting[at]
                search.waiting[at] = passenger
                n_waiting += 1
        for at in range(n_waiting):
            _go(tables, ways, rounds, line, search, search.waiting[at])
        value = value_of(ways, rounds, search)
        if value < search.value[KEPT] - temperature * math.log(random(search.stream)):
            search.value[KEPT] = value
            search.kept[:] = search.way
            copy_rounds(rounds, kept, search.touched)
            if value < search.value[BEST] - 1e-6:
                search.value[BEST] = value
                search.best[:] = search.way
                copy_changed(rounds, best)
        else:
            search.way[:] = search.kept
            copy_rounds(kept, rounds, search.touched)
