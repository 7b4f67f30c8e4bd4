"""The elements of a round: times, loads and segments that make an insertion cheap to judge.

Segments carry (least span, earliest start, latest start for that span) and are concatenated
without looking inside [1]_. What segments do not tell, rides and pauses, `timing` knows.

.. [1] Vidal, Crainic, Gendreau, Prins: A hybrid genetic algorithm with adaptive diversity
   management for a large class of vehicle routing problems with time-windows, COR 40 (2013).
"""

from numba import njit

from cargo.kernels.differences import earliest, latest, shortest
from cargo.kernels.pauses import hold_pauses
from cargo.kernels.timing import assemble
from cargo.pdp.layout import (
    CLOSES,
    DELIVERY_ONLY,
    EARLY_LEFT,
    END,
    FIXED,
    FROM,
    IS_PARCEL,
    IS_PASSENGER,
    LATE,
    LATE_LEFT,
    LONGEST,
    MAX_RIDE,
    METRES,
    OPENS,
    PAIR,
    PARTNER,
    PER_M,
    PER_S,
    PLACE,
    PROFILE,
    RIDE,
    RIDERS,
    SERVICE,
    SHAPE,
    SPAN,
    SPAN_LEFT,
    START,
    TIME,
    UNTIL,
    Line,
    Rounds,
    Tables,
)
from routing.layout import NONE, UNREACHED


@njit(cache=True, nogil=True, inline="always")
def _lay_out(tables: Tables, rounds: Rounds, row: int) -> tuple[bool, bool]:
    """Fill places, windows, partners and riders.

    Returns whether segments do not tell all, and whether parcels and passengers keep apart.
    """
    n, step, vehicle = rounds.size[row], rounds.step[row], tables.vehicle[row]
    is_exact = tables.first_pause[row + 1] > tables.first_pause[row]
    for k in (0, n + 1):
        step[k, PLACE] = vehicle[START] if k == 0 else vehicle[END]
        step[k, OPENS], step[k, CLOSES], step[k, SERVICE] = vehicle[FROM], vehicle[UNTIL], 0
        step[k, RIDERS], step[k, IS_PARCEL] = 0, 0
        step[k, PARTNER], step[k, RIDE] = NONE, UNREACHED
    riders = 0
    for k in range(n):  # those who are on board from the start
        task = rounds.task[row, k]
        request = tables.request[task >> 1]
        if request[SHAPE] == DELIVERY_ONLY:
            riders += request[IS_PASSENGER]
    step[0, RIDERS] = riders
    is_fine = True
    for k in range(1, n + 1):
        task = rounds.task[row, k - 1]
        request = tables.request[task >> 1]
        step[k, PLACE], step[k, SERVICE] = tables.task[task, PLACE], tables.task[task, SERVICE]
        step[k, OPENS], step[k, CLOSES] = tables.task[task, OPENS], tables.task[task, CLOSES]
        step[k, IS_PARCEL] = 1 - request[IS_PASSENGER]
        if tables.is_parted != 0 and step[k, IS_PARCEL] != 0 and riders > 0:
            is_fine = False
        riders += request[IS_PASSENGER] * (1 - 2 * (task & 1))
        step[k, RIDERS] = riders
        step[k, PARTNER], step[k, RIDE] = NONE, UNREACHED
        if request[MAX_RIDE] < UNREACHED and request[SHAPE] == PAIR:
            is_exact = True
            if task & 1 == 1:
                step[k, RIDE] = request[MAX_RIDE] + tables.task[task - 1, SERVICE]
                for before in range(1, k):
                    if rounds.task[row, before - 1] == task - 1:
                        step[k, PARTNER] = before
    return is_exact, is_fine


@njit(cache=True, nogil=True, inline="always")
def _fill_loads(tables: Tables, rounds: Rounds, row: int) -> bool:
    """Fill loads and their peaks; false where a load is over the capacity."""
    n, load, peak = rounds.size[row], rounds.load[row], rounds.peak[row]
    n_resources, has_room = tables.capacity.shape[1], True
    for resource in range(n_resources):
        load[0, resource] = 0
        for k in range(n):
            task = rounds.task[row, k]
            if tables.request[task >> 1, SHAPE] == DELIVERY_ONLY:
                load[0, resource] += tables.amount[task >> 1, resource]
        most = load[0, resource]
        peak[0, resource] = most
        for k in range(1, n + 2):
            amount = 0
            if k <= n:
                task = rounds.task[row, k - 1]
                amount = tables.amount[task >> 1, resource] * (1 - 2 * (task & 1))
            load[k, resource] = load[k - 1, resource] + amount
            most = max(most, load[k, resource])
            peak[k, resource] = most
        has_room = has_room and most <= tables.capacity[row, resource]
        most = load[n + 1, resource]
        for k in range(n + 1, -1, -1):
            most = max(most, load[k, resource])
            peak[k, n_resources + resource] = most
    return bool(has_room)


@njit(cache=True, nogil=True)
def _keeps_apart(tables: Tables, rounds: Rounds, row: int) -> bool:
    """Whether no goods are on board beside others that they must be kept apart from."""
    load, apart = rounds.load[row], tables.apart
    for k in range(rounds.size[row] + 1):
        for one in range(apart.shape[0]):
            if load[k, one] > 0:
                if apart[one, one] != 0 and load[k, one] > 1:
                    return False
                for other in range(one):
                    if apart[one, other] != 0 and load[k, other] > 0:
                        return False
    return True


@njit(cache=True, nogil=True, inline="always")
def _fill_segments(tables: Tables, rounds: Rounds, row: int) -> bool:
    """Fill segments, times and metres; false where windows cannot be kept."""
    n, step, profile = rounds.size[row], rounds.step[row], tables.vehicle[row, PROFILE]
    way, length = tables.duration[profile], tables.distance[profile]
    step[0, SPAN], step[0, LATE], step[0, METRES] = 0, step[0, CLOSES], 0
    step[0, TIME] = step[0, OPENS]
    is_fine, driving = True, 0
    for k in range(n + 1):
        tail, head = step[k, PLACE], step[k + 1, PLACE]
        gap = step[k, SERVICE] + way[tail, head]
        driving += gap
        start = max(step[k, TIME] + gap, step[k + 1, OPENS])
        is_fine = is_fine and start <= step[k + 1, CLOSES]
        span = step[k, SPAN] + gap
        step[k + 1, TIME] = start
        step[k + 1, SPAN] = span + max(step[k + 1, OPENS] - span - step[k, LATE], 0)
        step[k + 1, LATE] = min(step[k + 1, CLOSES] - span, step[k, LATE])
        step[k + 1, METRES] = step[k, METRES] + length[tail, head]
    step[n + 1, SPAN_LEFT] = 0
    step[n + 1, EARLY_LEFT], step[n + 1, LATE_LEFT] = step[n + 1, OPENS], step[n + 1, CLOSES]
    for k in range(n, -1, -1):
        span = step[k, SERVICE] + way[step[k, PLACE], step[k + 1, PLACE]]
        wait = max(step[k + 1, EARLY_LEFT] - span - step[k, CLOSES], 0)
        step[k, SPAN_LEFT] = span + wait + step[k + 1, SPAN_LEFT]
        step[k, EARLY_LEFT] = max(step[k + 1, EARLY_LEFT] - span, step[k, OPENS]) - wait
        step[k, LATE_LEFT] = min(step[k + 1, LATE_LEFT] - span, step[k, CLOSES])
    rounds.span[row] = step[n + 1, SPAN]
    rounds.waiting[row] = driving
    return bool(is_fine and step[n + 1, SPAN] <= tables.vehicle[row, LONGEST])


@njit(cache=True, nogil=True)
def _time_exactly(tables: Tables, rounds: Rounds, line: Line, row: int) -> bool:
    """Replace span, earliest and latest times by exact ones; false where there are none."""
    n = assemble(tables, rounds, line, row, NONE, NONE, NONE, NONE)
    is_paid = tables.rate[row, PER_S] > 0.0
    if tables.first_pause[row + 1] > tables.first_pause[row]:
        span = hold_pauses(tables, line, n, row, is_paid)
        if is_paid:
            rounds.span[row] = span
        return bool(span != NONE)
    if not earliest(line, n):
        return False
    if tables.slack[tables.vehicle[row, PROFILE]] == 0:
        line.late[:n] = line.closes[:n]
        latest(line, n)
        for k in range(n):  # nothing that is put in can make these wider
            rounds.step[row, k, TIME], rounds.step[row, k, LATE_LEFT] = line.time[k], line.late[k]
    if is_paid:
        rounds.span[row] = shortest(line, n)
    return True


@njit(cache=True, nogil=True)
def refresh(tables: Tables, rounds: Rounds, line: Line, row: int) -> bool:
    """Recompute everything about a round from its tasks; false where it cannot be driven."""
    n = rounds.size[row]
    is_exact, is_fine = _lay_out(tables, rounds, row)
    rounds.is_exact[row] = 1 if is_exact else 0
    is_fine = _fill_loads(tables, rounds, row) and is_fine
    if tables.apart.shape[0] > 0:
        is_fine = _keeps_apart(tables, rounds, row) and is_fine
    is_fine = _fill_segments(tables, rounds, row) and is_fine
    driving = rounds.waiting[row]
    rounds.cost[row], rounds.span[row], rounds.waiting[row] = 0.0, rounds.span[row], 0
    if n == 0:
        rounds.span[row] = 0
        return True
    if is_exact and is_fine:
        is_fine = _time_exactly(tables, rounds, line, row)
    rounds.waiting[row] = rounds.span[row] - driving
    rates = tables.rate[row]
    rounds.cost[row] = (
        rates[FIXED]
        + rates[PER_M] * rounds.step[row, n + 1, METRES]
        + rates[PER_S] * rounds.span[row]
    )
    return is_fine
