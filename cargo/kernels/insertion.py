"""The cheapest places of one request in one round: exact, most places judged in constant time.

Places are skipped by lower bounds of their cost; windows and loads are judged on segments; only a
place that would be the best so far is timed exactly, where rides or pauses ask for it.
"""

from numba import njit

from cargo.kernels.timing import drive
from cargo.pdp.layout import (
    CLOSES,
    DELIVERY_ONLY,
    EARLY_LEFT,
    FIXED,
    INFINITE,
    IS_PARCEL,
    IS_PASSENGER,
    LATE,
    LATE_LEFT,
    LONGEST,
    MAX_RIDE,
    MOST_TASKS,
    OPENS,
    PAIR,
    PER_M,
    PER_S,
    PLACE,
    PROFILE,
    RIDERS,
    SERVICE,
    SHAPE,
    SPAN,
    SPAN_LEFT,
    TIME,
    Line,
    Rounds,
    Tables,
)
from routing.layout import NONE, UNREACHED, Float64Array, Int32Array, UInt8Array


@njit(cache=True, nogil=True, inline="always")
def _bound_detours(
    tables: Tables, rounds: Rounds, detour: Float64Array, row: int, place: int, service: int
) -> None:
    """Fill `detour[k]` with the least extra cost of a stop after element `k` or later.

    Column 0 counts metres and seconds, column 1 metres only.
    """
    step, profile = rounds.step, tables.vehicle[row, PROFILE]
    per_m, per_s = tables.rate[row, PER_M], tables.rate[row, PER_S]
    both, metres = INFINITE, INFINITE
    n = rounds.size[row]
    detour[n + 1, 0], detour[n + 1, 1] = INFINITE, INFINITE
    for k in range(n, -1, -1):
        here, following = step[row, k, PLACE], step[row, k + 1, PLACE]
        by_metres = per_m * (
            tables.distance[profile, here, place]
            + tables.distance[profile, place, following]
            - tables.distance[profile, here, following]
        )
        metres = min(metres, by_metres)
        if per_s > 0.0:
            by_metres += per_s * (
                tables.duration[profile, here, place]
                + tables.duration[profile, place, following]
                - tables.duration[profile, here, following]
                + service
            )
        both = min(both, by_metres)
        detour[k, 0], detour[k, 1] = both, metres


@njit(cache=True, nogil=True)
def _has_room(
    load: Int32Array, amount: Int32Array, capacity: Int32Array, row: int, k: int, first: int, r: int
) -> bool:
    """Whether the loads in columns from `first` of row `k` leave room for a request."""
    for resource in range(capacity.shape[1]):
        if load[row, k, first + resource] + amount[r, resource] > capacity[row, resource]:
            return False
    return True


@njit(cache=True, nogil=True)
def _meets(load: Int32Array, apart: UInt8Array, row: int, k: int, first: int, goods: int) -> bool:
    """Whether those loads hold goods that a class of goods must be kept apart from."""
    for other in range(apart.shape[0]):
        if apart[goods, other] != 0 and load[row, k, first + other] > 0:
            return True
    return False


@njit(cache=True, nogil=True, inline="always")
def best_pair(
    tables: Tables, rounds: Rounds, detour: Float64Array, line: Line, row: int, r: int, bound: float
) -> tuple[float, int, int]:
    """Return (extra cost, pickup after element i, delivery after element j) of the best places.

    Only places that cost less than `bound` are found; the cost is `INFINITE` where there is none.
    """
    best, best_i, best_j, limit = INFINITE, NONE, NONE, bound
    step, n, vehicle = rounds.step, rounds.size[row], tables.vehicle
    if n + 2 > min(rounds.task.shape[1], vehicle[row, MOST_TASKS]):
        return best, best_i, best_j
    way, length = tables.duration[vehicle[row, PROFILE]], tables.distance[vehicle[row, PROFILE]]
    slack = tables.slack[vehicle[row, PROFILE]]
    pickup, delivery = 2 * r, 2 * r + 1
    p, d = tables.task[pickup, PLACE], tables.task[delivery, PLACE]
    opens_p, closes_p = tables.task[pickup, OPENS], tables.task[pickup, CLOSES]
    opens_d, closes_d = tables.task[delivery, OPENS], tables.task[delivery, CLOSES]
    stay_p, stay_d = tables.task[pickup, SERVICE], tables.task[delivery, SERVICE]
    per_m, per_s = tables.rate[row, PER_M], tables.rate[row, PER_S]
    most_ride, longest = tables.request[r, MAX_RIDE], vehicle[row, LONGEST]
    is_timed = per_s > 0.0 or longest < UNREACHED
    is_ridden = most_ride < UNREACHED
    is_exact = is_ridden or rounds.is_exact[row] != 0
    is_exact = is_exact or tables.first_pause[row + 1] > tables.first_pause[row]
    is_parcel, goods = tables.request[r, IS_PASSENGER] == 0, tables.goods[r]
    spare, old = per_s * rounds.waiting[row], per_s * rounds.span[row]
    fixed = 0.0
    if n == 0:  # an empty round does not drive from its start to its end
        fixed = tables.rate[row, FIXED] + per_m * length[step[row, 0, PLACE], step[row, 1, PLACE]]
    gain = 2.0 * per_s * slack  # that two detours may bring
    _bound_detours(tables, rounds, detour, row, d, stay_d)
    for i in range(n + 1):
        leave = step[row, i, TIME] + step[row, i, SERVICE]
        if leave > closes_p:
            break
        a, b = step[row, i, PLACE], step[row, i + 1, PLACE]
        now = leave + way[a, p]
        if now > closes_p:
            continue
        extra = length[a, p] + length[p, b] - length[a, b]
        by_metres, by_both = fixed + per_m * extra - gain, fixed + per_m * extra
        if per_s > 0.0:
            by_both += per_s * (way[a, p] + way[p, b] - way[a, b] + stay_p) - spare
        near = length[a, p] + length[p, d] + length[d, b] - length[a, b]
        is_near = fixed + per_m * near - gain < limit
        floor = max(by_both + detour[i + 1, 0], by_metres + detour[i + 1, 1])
        if not is_near and floor >= limit:
            continue
        if not _has_room(rounds.load, tables.amount, tables.capacity, row, i, 0, r):
            continue
        if goods != NONE and _meets(rounds.load, tables.apart, row, i, 0, goods):
            continue
        if tables.is_parted != 0 and is_parcel and step[row, i, RIDERS] > 0:
            continue
        now = max(now, opens_p)
        span, late = step[row, i, SPAN] + step[row, i, SERVICE] + way[a, p], step[row, i, LATE]
        span, late = (
            span + max(opens_p - span - late, 0),
            min(closes_p - span, late),
        )
        ridden, ride_late = 0, closes_p
        last, stay = p, stay_p
        for j in range(i, n + 1):
            following = step[row, j + 1, PLACE]
            more = length[last, d] + length[d, following]
            more += length[a, p] - length[a, b] if j == i else extra - length[last, following]
            arrival = now + stay + way[last, d]
            cost = fixed + per_m * more
            can_stop = not (tables.is_parted != 0 and is_parcel and step[row, j, RIDERS] > 0)
            if cost - gain < limit and arrival <= closes_d and can_stop:
                arrival = max(arrival, opens_d)
                after = arrival + stay_d + way[d, following]
                is_fine = after <= step[row, j + 1, LATE_LEFT]
                if is_ridden and is_fine:
                    ride = ridden + stay + way[last, d]
                    ride += max(opens_d - ride - ride_late, 0)
                    is_fine = ride - stay_p <= most_ride
                if is_timed and is_fine:
                    total = span + stay + way[last, d]
                    total_late = min(closes_d - total, late)
                    total += max(opens_d - total - late, 0) + stay_d + way[d, following]
                    total += max(step[row, j + 1, EARLY_LEFT] - total - total_late, 0)
                    total += step[row, j + 1, SPAN_LEFT]
                    is_fine = total <= longest
                    cost += per_s * total - old
                if is_fine and cost < limit and is_exact:
                    total = drive(tables, rounds, line, row, pickup, i, delivery, j, per_s > 0.0)
                    is_fine = total != NONE
                    if per_s > 0.0:
                        cost = fixed + per_m * more + per_s * total - old
                if is_fine and cost < limit:
                    best, best_i, best_j, limit = cost, i, j, cost
            if j == n or now + stay > closes_d:
                break
            if max(by_both + detour[j + 1, 0], by_metres + detour[j + 1, 1]) >= limit:
                break
            if not _has_room(rounds.load, tables.amount, tables.capacity, row, j + 1, 0, r):
                break
            if goods != NONE and _meets(rounds.load, tables.apart, row, j + 1, 0, goods):
                break
            if tables.is_parted != 0 and not is_parcel and step[row, j + 1, IS_PARCEL] != 0:
                break
            gap, opens = stay + way[last, following], step[row, j + 1, OPENS]
            closes = step[row, j + 1, CLOSES]
            now = max(now + gap, opens)
            if now > closes or now > step[row, j + 1, LATE_LEFT] + slack:
                break
            if is_ridden:
                ridden += gap
                ridden, ride_late = (
                    ridden + max(opens - ridden - ride_late, 0),
                    min(closes - ridden, ride_late),
                )
                if ridden + step[row, j + 1, SERVICE] - stay_p > most_ride:
                    break
            if is_timed:
                span += gap
                span, late = span + max(opens - span - late, 0), min(closes - span, late)
            last, stay = following, step[row, j + 1, SERVICE]
    return best, best_i, best_j


@njit(cache=True, nogil=True, inline="always")
def best_single(
    tables: Tables, rounds: Rounds, line: Line, row: int, r: int, bound: float
) -> tuple[float, int, int]:
    """The same for a request with one task; `i` and `j` are the same."""
    best, best_i, limit = INFINITE, NONE, bound
    step, n, vehicle = rounds.step, rounds.size[row], tables.vehicle
    if n + 1 > min(rounds.task.shape[1], vehicle[row, MOST_TASKS]):
        return best, best_i, best_i
    way, length = tables.duration[vehicle[row, PROFILE]], tables.distance[vehicle[row, PROFILE]]
    is_delivery = tables.request[r, SHAPE] == DELIVERY_ONLY
    task = 2 * r + (1 if is_delivery else 0)
    p, stay = tables.task[task, PLACE], tables.task[task, SERVICE]
    opens, closes = tables.task[task, OPENS], tables.task[task, CLOSES]
    per_m, per_s = tables.rate[row, PER_M], tables.rate[row, PER_S]
    longest, old = vehicle[row, LONGEST], per_s * rounds.span[row]
    is_timed = per_s > 0.0 or longest < UNREACHED
    is_exact = rounds.is_exact[row] != 0
    is_exact = is_exact or tables.first_pause[row + 1] > tables.first_pause[row]
    is_parcel, goods = tables.request[r, IS_PASSENGER] == 0, tables.goods[r]
    fixed = 0.0
    if n == 0:  # an empty round does not drive from its start to its end
        fixed = tables.rate[row, FIXED] + per_m * length[step[row, 0, PLACE], step[row, 1, PLACE]]
    gain = per_s * tables.slack[vehicle[row, PROFILE]]  # that a detour may bring
    n_resources = tables.capacity.shape[1]
    first_parcel, last_parcel = n + 1, 0
    if tables.is_parted != 0:
        for k in range(1, n + 1):
            if step[row, k, IS_PARCEL] != 0:
                first_parcel, last_parcel = min(first_parcel, k), k
    for i in range(n + 1):
        leave = step[row, i, TIME] + step[row, i, SERVICE]
        if leave > closes:
            break
        a, b = step[row, i, PLACE], step[row, i + 1, PLACE]
        arrival = leave + way[a, p]
        cost = fixed + per_m * (length[a, p] + length[p, b] - length[a, b])
        if cost - gain >= limit or arrival > closes:
            continue
        side = 0 if is_delivery else n_resources  # on board before it, or after it
        if not _has_room(rounds.peak, tables.amount, tables.capacity, row, i, side, r):
            continue
        if goods != NONE and _meets(rounds.peak, tables.apart, row, i, side, goods):
            continue
        if tables.is_parted != 0:
            if is_parcel and step[row, i, RIDERS] > 0:
                continue
            if not is_parcel and (first_parcel <= i if is_delivery else last_parcel > i):
                continue
        if max(arrival, opens) + stay + way[p, b] > step[row, i + 1, LATE_LEFT]:
            continue
        if is_timed:
            total, late = step[row, i, SPAN] + step[row, i, SERVICE] + way[a, p], step[row, i, LATE]
            total_late = min(closes - total, late)
            total += max(opens - total - late, 0) + stay + way[p, b]
            total += max(step[row, i + 1, EARLY_LEFT] - total - total_late, 0)
            total += step[row, i + 1, SPAN_LEFT]
            cost += per_s * total - old
            if total > longest or cost >= limit:
                continue
        if is_exact:
            total = drive(tables, rounds, line, row, task, i, NONE, NONE, per_s > 0.0)
            if total == NONE:
                continue
            if per_s > 0.0:
                cost = fixed + per_m * (length[a, p] + length[p, b] - length[a, b])
                cost += per_s * total - old
        if cost < limit:
            best, best_i, limit = cost, i, cost
    return best, best_i, best_i


@njit(cache=True, nogil=True, inline="always")
def best_places(
    tables: Tables, rounds: Rounds, detour: Float64Array, line: Line, row: int, r: int, bound: float
) -> tuple[float, int, int]:
    """Cheapest places of a request in a round, whatever its shape."""
    if tables.request[r, SHAPE] == PAIR:
        return best_pair(tables, rounds, detour, line, row, r, bound)
    return best_single(tables, rounds, line, row, r, bound)


@njit(cache=True, nogil=True)
def put_in(tables: Tables, rounds: Rounds, row: int, r: int, i: int, j: int) -> None:
    """Write the tasks of a request after elements `i` and `j`; `refresh` comes after."""
    n, task = rounds.size[row], rounds.task
    rounds.row[r] = row
    shape = tables.request[r, SHAPE]
    if shape != PAIR:
        for k in range(n - 1, i - 1, -1):
            task[row, k + 1] = task[row, k]
        task[row, i] = 2 * r + (1 if shape == DELIVERY_ONLY else 0)
        rounds.size[row] = n + 1
        return
    for k in range(n - 1, j - 1, -1):
        task[row, k + 2] = task[row, k]
    task[row, j + 1] = 2 * r + 1
    for k in range(j - 1, i - 1, -1):
        task[row, k + 1] = task[row, k]
    task[row, i] = 2 * r
    rounds.size[row] = n + 2


@njit(cache=True, nogil=True)
def drop_unplaced(rounds: Rounds, row: int) -> None:
    """Take out the tasks whose request has no round any more; `refresh` comes after."""
    task, kept = rounds.task, 0
    for k in range(rounds.size[row]):
        if rounds.row[task[row, k] >> 1] == row:
            task[row, kept] = task[row, k]
            kept += 1
    rounds.size[row] = kept
