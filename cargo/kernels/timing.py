"""Exact times of one round: difference constraints between its elements.

Service starts within windows, a way takes its time, a ride and the whole round last no longer than
they may. The least solution of such constraints is found by passes over the round, each as many as
there are constraints that point back at most [1]_; unlike the eight steps of [2]_ it misses none.

.. [1] Bellman: On a routing problem, Quarterly of Applied Mathematics 16 (1958).
.. [2] Cordeau, Laporte: A tabu search heuristic for the static multi-vehicle dial-a-ride problem,
   Transportation Research B 37 (2003).
"""

from numba import njit

from cargo.pdp.layout import (
    CLOSES,
    LONGEST,
    MAX_RIDE,
    ON_DUTY,
    OPENS,
    PARTNER,
    PAUSE_FROM,
    PAUSE_LENGTH,
    PAUSE_UNTIL,
    PLACE,
    PROFILE,
    RIDE,
    SERVICE,
    Line,
    Rounds,
    Tables,
)
from routing.layout import NONE, UNREACHED, Int32Array


@njit(cache=True, nogil=True)
def earliest(line: Line, n: int) -> bool:
    """Raise `line.time` to the least solution; false where there is none."""
    time = line.time
    for _ in range(n + 2):
        for k in range(n):
            start = max(time[k], line.opens[k])
            if k > 0:
                start = max(start, time[k - 1] + line.way[k - 1])
            if start > line.closes[k]:
                return False
            time[k] = start
        is_stable = True
        for k in range(n - 1, 0, -1):
            partner = line.partner[k]
            if partner != NONE and time[k] - line.limit[k] > time[partner]:
                time[partner] = time[k] - line.limit[k]
                is_stable = False
        if is_stable:
            return True
    return False


@njit(cache=True, nogil=True)
def latest(line: Line, n: int) -> None:
    """Lower `line.late` to the greatest solution; there must be one."""
    late = line.late
    for _ in range(n + 2):
        for k in range(n - 1, -1, -1):
            start = min(late[k], line.closes[k])
            if k < n - 1:
                start = min(start, late[k + 1] - line.way[k])
            late[k] = start
        is_stable = True
        for k in range(1, n):
            partner = line.partner[k]
            if partner != NONE and late[partner] + line.limit[k] < late[k]:
                late[k] = late[partner] + line.limit[k]
                is_stable = False
        if is_stable:
            return


@njit(cache=True, nogil=True)
def shortest(line: Line, n: int) -> int:
    """Times with the earliest end and the latest start for it; its span is the least one.

    `line.time` must hold the earliest times.
    """
    end = line.time[n - 1]
    line.late[:n] = line.closes[:n]
    line.late[n - 1] = end
    latest(line, n)
    line.time[0] = line.late[0]
    earliest(line, n)
    return int(end - line.time[0])


@njit(cache=True, nogil=True)
def _element(
    line: Line, z: int, task: Int32Array, row: int, partner: int, limit: int
) -> None:  # `task` has the columns of `Tables.task`
    """Write element `z` from a row of a table."""
    line.opens[z], line.closes[z] = task[row, OPENS], task[row, CLOSES]
    line.stay[z] = task[row, SERVICE]
    line.partner[z], line.limit[z] = partner, limit
    line.time[z] = task[row, OPENS]


@njit(cache=True, nogil=True)
def assemble(
    tables: Tables, rounds: Rounds, line: Line, row: int, first: int, i: int, second: int, j: int
) -> int:
    """Lay out a round with task `first` after element `i` and `second` after `j`; either is NONE.

    Returns the number of elements.
    """
    step, size = rounds.step[row], rounds.size[row]
    way = tables.duration[tables.vehicle[row, PROFILE]]
    z, before, pickup = 0, NONE, 0
    for k in range(size + 2):
        partner = step[k, PARTNER]
        if partner != NONE:
            partner += (1 if first != NONE and partner > i else 0) + (
                1 if second != NONE and partner > j else 0
            )
        for part in range(3):
            if part == 0:
                place = step[k, PLACE]
                _element(line, z, step, k, partner, step[k, RIDE])
            elif part == 1:
                if first == NONE or k != i:
                    continue
                place, pickup = tables.task[first, PLACE], z
                _element(line, z, tables.task, first, NONE, UNREACHED)
            else:
                if second == NONE or k != j:
                    continue
                place = tables.task[second, PLACE]
                most = tables.request[second >> 1, MAX_RIDE]
                limit = most + tables.task[first, SERVICE]
                _element(line, z, tables.task, second, pickup if most < UNREACHED else NONE, limit)
            if z > 0:
                line.way[z - 1] = line.stay[z - 1] + way[before, place]
            before = place
            z += 1
    if tables.vehicle[row, LONGEST] < UNREACHED:
        line.partner[z - 1], line.limit[z - 1] = 0, tables.vehicle[row, LONGEST]
    return z


@njit(cache=True, nogil=True)
def _rest_before(tables: Tables, line: Line, row: int) -> None:
    """Earliest starts of a round that some of its pauses, not on duty, come before."""
    begin, end = tables.first_pause[row], tables.first_pause[row + 1]
    pause, gap, free = tables.pause, line.gap, 0
    gap[0, : end - begin + 1] = UNREACHED
    gap[0, 0] = line.opens[0]
    for at in range(begin, end):
        start = max(free, pause[at, PAUSE_FROM])
        free = start + pause[at, PAUSE_LENGTH]
        if pause[at, ON_DUTY] or start > pause[at, PAUSE_UNTIL] or free > line.closes[0]:
            break
        gap[0, at - begin + 1] = max(line.opens[0], free)


@njit(cache=True, nogil=True)
def _latest_end(tables: Tables, row: int, first: int, end: int) -> int:
    """Latest end of a round that ends at `end`, and whose pauses from `first` on come after it.

    `NONE` where they cannot all be held then.
    """
    pause, late, free = tables.pause, UNREACHED, end
    for at in range(first, tables.first_pause[row + 1]):
        free = max(free, pause[at, PAUSE_FROM])
        if pause[at, ON_DUTY] or free > pause[at, PAUSE_UNTIL]:
            return NONE
        free += pause[at, PAUSE_LENGTH]
    for at in range(tables.first_pause[row + 1] - 1, first - 1, -1):
        late = min(late - pause[at, PAUSE_LENGTH], pause[at, PAUSE_UNTIL])
    return int(late)


@njit(cache=True, nogil=True)
def choose_pauses(tables: Tables, line: Line, n: int, row: int) -> bool:
    """Give each pause of a vehicle the gap that lets the round end first.

    A pause is held at a stop or on the way, in the order of the table. It is then part of the way
    and of the windows on both sides. One that is not on duty may also be held before the round or
    after it, which then starts later or ends sooner. False where a pause has no place.
    """
    begin = tables.first_pause[row]
    n_pauses = tables.first_pause[row + 1] - begin
    pause, gap = tables.pause, line.gap
    _rest_before(tables, line, row)
    for k in range(1, n):
        arrival, free = UNREACHED, UNREACHED
        for taken in range(n_pauses + 1):
            paused, rested = UNREACHED, UNREACHED
            if taken > 0 and free <= pause[begin + taken - 1, PAUSE_UNTIL]:
                since, length = (
                    pause[begin + taken - 1, PAUSE_FROM], pause[begin + taken - 1, PAUSE_LENGTH],
                )  # fmt: skip
                paused, rested = max(arrival, since) + length, max(free, since) + length
            arrival, free = UNREACHED, UNREACHED
            line.taken[k, taken] = 0
            if gap[k - 1, taken] < UNREACHED:
                arrival = gap[k - 1, taken] + line.way[k - 1]
                free = gap[k - 1, taken] + line.stay[k - 1]
            if paused < arrival:
                arrival, free = paused, rested
                line.taken[k, taken] = 1
            start = max(arrival, line.opens[k])
            gap[k, taken] = start if start <= line.closes[k] else UNREACHED
    best, taken, by = UNREACHED, NONE, UNREACHED
    for held in range(n_pauses + 1):
        end = gap[n - 1, held]
        late = NONE if end >= best else _latest_end(tables, row, begin + held, end)
        if late != NONE:
            best, taken, by = end, held, late
    if taken == NONE:
        return False
    line.closes[n - 1] = min(line.closes[n - 1], by)
    line.rest[taken:n_pauses] = n
    k = n - 1
    while k > 0 and taken > 0:
        last = taken
        while taken > 0 and line.taken[k, taken] == 1:
            taken -= 1
        rested, ended = 0, 0
        for at in range(begin + taken, begin + last):
            line.rest[at - begin] = k
            until = pause[at, PAUSE_UNTIL] - line.stay[k - 1] - rested
            line.closes[k - 1] = min(line.closes[k - 1], until)
            ended = max(ended, pause[at, PAUSE_FROM]) + pause[at, PAUSE_LENGTH]
            rested += pause[at, PAUSE_LENGTH]
        line.opens[k] = max(line.opens[k], ended)
        line.way[k - 1] += rested
        k -= 1
    line.rest[:taken] = 0
    if taken > 0:
        line.opens[0] = gap[0, taken]
    return True


@njit(cache=True, nogil=True)
def drive(
    tables: Tables, rounds: Rounds, line: Line, row: int, first: int, i: int, second: int, j: int,
    is_span_wanted: bool,
) -> int:  # fmt: skip
    """Least span of a round with a request put in, 0 if it is not wanted; NONE if impossible."""
    n = assemble(tables, rounds, line, row, first, i, second, j)
    if tables.first_pause[row + 1] > tables.first_pause[row]:
        if not choose_pauses(tables, line, n, row):
            return NONE
        line.time[:n] = line.opens[:n]
    if not earliest(line, n):
        return NONE
    return shortest(line, n) if is_span_wanted else 0
