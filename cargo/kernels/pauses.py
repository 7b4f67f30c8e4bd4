"""Where the driver of a round holds each pause: the choice with the least span.

A pause is held at a stop or on the way, in the order of the table. It is then part of the way and
of the windows on both sides. One that is not on duty may also be held before the round or after
it, which then starts later or ends sooner. All choices are timed exactly, as what ends first may
take longer, or break the limit of a ride; times of the windows alone leave few of them.
"""

from numba import njit

from cargo.kernels.differences import earliest, shortest
from cargo.pdp.layout import (
    ON_DUTY,
    PAUSE_FROM,
    PAUSE_LENGTH,
    PAUSE_UNTIL,
    Line,
    Tables,
)
from routing.layout import NONE, UNREACHED

BASE_OPENS, BASE_CLOSES, BASE_WAY, EARLY, LATE = range(5)  # rows of `Line.base`


@njit(cache=True, nogil=True)
def _time_windows(line: Line, n: int) -> bool:
    """Keep the line as it is, and when each element is by its windows; false if it is never."""
    base, time = line.base, 0
    for k in range(n):
        base[BASE_OPENS, k], base[BASE_CLOSES, k] = line.opens[k], line.closes[k]
        base[BASE_WAY, k] = line.way[k]
        time = max(line.opens[k], time + line.way[k - 1] if k > 0 else 0)
        if time > line.closes[k]:
            return False
        base[EARLY, k] = time
    time = line.closes[n - 1]
    for k in range(n - 1, -1, -1):
        time = min(line.closes[k], time - line.way[k] if k < n - 1 else time)
        base[LATE, k] = time
    return True


@njit(cache=True, nogil=True)
def _may_be(tables: Tables, line: Line, n: int, at: int, gap: int) -> bool:
    """Whether windows let a pause be held before element `gap`: 0 = the start, `n` = the end."""
    pause, base = tables.pause, line.base
    since, until, length = pause[at, PAUSE_FROM], pause[at, PAUSE_UNTIL], pause[at, PAUSE_LENGTH]
    if gap == 0:
        return bool(pause[at, ON_DUTY] == 0 and since + length <= base[BASE_CLOSES, 0])
    if gap == n:
        return bool(pause[at, ON_DUTY] == 0 and base[EARLY, n - 1] <= until)
    before = base[EARLY, gap - 1]
    return bool(
        before + line.stay[gap - 1] <= until
        and since + length <= base[LATE, gap]
        and before + base[BASE_WAY, gap - 1] + length <= base[LATE, gap]
    )


@njit(cache=True, nogil=True)
def _lay_in(tables: Tables, line: Line, n: int, row: int) -> bool:
    """Put the pauses of `line.rest` into the line; false where those beside it do not fit."""
    first, end = tables.first_pause[row], tables.first_pause[row + 1]
    pause, base, rest = tables.pause, line.base, line.rest
    for k in range(n):
        line.opens[k], line.closes[k] = base[BASE_OPENS, k], base[BASE_CLOSES, k]
        line.way[k] = base[BASE_WAY, k]
    free, rested, gap = 0, 0, 0
    for at in range(first, end):
        since, until, length = (
            pause[at, PAUSE_FROM], pause[at, PAUSE_UNTIL], pause[at, PAUSE_LENGTH],
        )  # fmt: skip
        if rest[at - first] != gap:
            gap, free, rested = rest[at - first], 0, 0
        free = max(free, since) + length
        if free - length > until:
            return False
        if gap == 0:
            line.opens[0] = max(line.opens[0], free)
        elif gap < n:
            latest = until - line.stay[gap - 1] - rested
            line.closes[gap - 1] = min(line.closes[gap - 1], latest)
            line.opens[gap] = max(line.opens[gap], free)
            line.way[gap - 1] += length
        rested += length
    late = UNREACHED
    for at in range(end - 1, first - 1, -1):
        if rest[at - first] == n:
            late = min(late - pause[at, PAUSE_LENGTH], pause[at, PAUSE_UNTIL])
    line.closes[n - 1] = min(line.closes[n - 1], late)
    line.time[:n] = line.opens[:n]
    return True


@njit(cache=True, nogil=True)
def hold_pauses(tables: Tables, line: Line, n: int, row: int, is_span_wanted: bool) -> int:
    """Hold each pause where the span is least, 0 if it is not wanted; NONE if that is nowhere.

    Fills `line.rest`, and `line.time` as `shortest` does or, where no span is wanted, `earliest`.
    """
    if not _time_windows(line, n):
        return NONE
    first = tables.first_pause[row]
    last, rest = tables.first_pause[row + 1] - first - 1, line.rest
    least, soonest, at = UNREACHED, UNREACHED, 0
    rest[0] = -1
    while at >= 0:  # all choices in which no pause is held before an earlier one
        rest[at] += 1
        if rest[at] > n:
            at -= 1
        elif _may_be(tables, line, n, first + at, rest[at]):
            if at < last:
                at += 1
                rest[at] = rest[at - 1] - 1
            elif _lay_in(tables, line, n, row) and earliest(line, n):
                end = line.time[n - 1]
                span = shortest(line, n) if is_span_wanted else 0
                if span < least or (span == least and end < soonest):
                    least, soonest = span, end
                    line.held[: last + 1] = rest[: last + 1]
                if not is_span_wanted:
                    break
    if least == UNREACHED:
        return NONE
    rest[: last + 1] = line.held[: last + 1]
    if not (_lay_in(tables, line, n, row) and earliest(line, n)):
        return NONE
    return shortest(line, n) if is_span_wanted else 0
