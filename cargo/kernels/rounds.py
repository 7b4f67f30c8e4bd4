"""Vehicle rounds: exact cost of putting a job anywhere into a round, in constant time a place.

A round is a row of tasks; task `2 * job` is the pickup, `2 * job + 1` the delivery. Segments of
a round carry (duration, earliest start, latest start at least duration) and are concatenated
without looking inside [1]_; service starts may wait at a spot, and the base is left as late as
possible.

.. [1] Vidal, Crainic, Gendreau, Prins: A hybrid genetic algorithm with adaptive diversity
   management for a large class of vehicle routing problems with time-windows, COR 40 (2013).
"""

from numba import njit

from cargo.kernels import tasks
from cargo.kernels.tasks import put_pair
from cargo.layout import Goods, Jobs, Rounds, Travel, Vehicles
from routing.layout import NONE, Int32Array

INFINITE = 1e18


@njit(cache=True, nogil=True)
def _join(
    duration: int, earliest: int, latest: int, way: int, after: int, opens: int, closes: int
) -> tuple[int, int, int, bool]:
    """Append a segment (after, opens, closes) that lies `way` seconds on."""
    shift = duration + way
    if earliest + shift > closes:
        return 0, 0, 0, False
    wait = max(opens - shift - latest, 0)
    return (
        shift + after + wait,
        max(opens - shift, earliest) - wait,
        min(closes - shift, latest),
        True,
    )


@njit(cache=True, nogil=True)
def refresh(
    travel: Travel, vehicles: Vehicles, jobs: Jobs, goods: Goods, rounds: Rounds, row: int
) -> bool:
    """Recompute segments, loads and cost of a round; false where it cannot be driven."""
    n, base = rounds.size[row], vehicles.base[row]
    way = travel.duration[vehicles.profile[row]]
    length = travel.distance[vehicles.profile[row]]
    opens, closes = vehicles.opens[row], vehicles.closes[row]
    tasks, spots, windows = rounds.task[row], rounds.spot[row], rounds.window[row]
    ahead, behind, metres, load = (
        rounds.ahead[row], rounds.behind[row], rounds.metres[row], rounds.load[row],
    )  # fmt: skip
    for k in range(n):
        job = tasks[k] >> 1
        if tasks[k] & 1 == 0:
            spots[k] = jobs.pickup[job]
            windows[k, 0], windows[k, 1] = jobs.pickup_from[job], jobs.pickup_until[job]
        else:
            spots[k] = jobs.delivery[job]
            windows[k, 0], windows[k, 1] = jobs.delivery_from[job], jobs.delivery_until[job]
    ahead[0, 0], ahead[0, 1], ahead[0, 2] = 0, opens, closes
    load[0, 0], load[0, 1], load[0, 2], metres[0] = 0, 0, 0, 0
    spot, is_fine, moving = base, True, 0
    for k in range(n):
        here, shipment = spots[k], jobs.shipment[tasks[k] >> 1]
        span, early, late, fits = _join(
            ahead[k, 0], ahead[k, 1], ahead[k, 2], way[spot, here], 0, windows[k, 0], windows[k, 1]
        )
        ahead[k + 1, 0], ahead[k + 1, 1], ahead[k + 1, 2] = span, early, late
        moving += way[spot, here]
        metres[k + 1] = metres[k] + length[spot, here]
        sign = 1 if tasks[k] & 1 == 0 else -1
        load[k + 1, 0] = load[k, 0] + sign * goods.kg[shipment]
        load[k + 1, 1] = load[k, 1] + sign * goods.litres[shipment]
        load[k + 1, 2] = load[k, 2] + sign * goods.pieces[shipment]
        has_room = _fits(load, k + 1, vehicles.kg[row], vehicles.litres[row], vehicles.pieces[row])
        is_fine = is_fine and fits and has_room
        spot = here
    span, early, late, fits = _join(
        ahead[n, 0], ahead[n, 1], ahead[n, 2], way[spot, base], 0, opens, closes
    )
    is_fine = is_fine and fits
    rounds.cost[row], rounds.waiting[row], rounds.total_metres[row] = 0.0, 0, 0
    if n > 0:
        total = metres[n] + length[spot, base]
        rounds.total_metres[row] = total
        rounds.waiting[row] = span - moving - way[spot, base]
        rounds.cost[row] = vehicles.fixed[row] + vehicles.per_m[row] * total
        rounds.cost[row] += vehicles.per_s[row] * span
    behind[n, 0], behind[n, 1], behind[n, 2] = 0, opens, closes
    head = base
    for back in range(n):
        k = n - 1 - back
        span, early, late, fits = _join(
            0, windows[k, 0], windows[k, 1], way[spots[k], head],
            behind[k + 1, 0], behind[k + 1, 1], behind[k + 1, 2],
        )  # fmt: skip
        is_fine = is_fine and fits
        behind[k, 0], behind[k, 1], behind[k, 2] = span, early, late
        head = spots[k]
    return is_fine


@njit(cache=True, nogil=True)
def _fits(load: Int32Array, k: int, kg: int, litres: int, pieces: int) -> bool:
    """Whether there is so much room on board after the first `k` tasks of a round."""
    return bool(load[k, 0] <= kg and load[k, 1] <= litres and load[k, 2] <= pieces)


@njit(cache=True, nogil=True)
def _bound_detours(
    travel: Travel, vehicles: Vehicles, rounds: Rounds, row: int, delivery: int
) -> None:
    """Fill `rounds.detour` with the least extra cost of a delivery at place j or later.

    Column 0 counts metres and seconds, column 1 metres only.
    """
    n, base = rounds.size[row], vehicles.base[row]
    per_m, per_s = vehicles.per_m[row], vehicles.per_s[row]
    way = travel.duration[vehicles.profile[row]]
    length = travel.distance[vehicles.profile[row]]
    spots, detour = rounds.spot[row], rounds.detour
    following = base
    both, metres = INFINITE, INFINITE
    for back in range(n + 1):
        j = n - back
        before = base if j == 0 else spots[j - 1]
        m = length[before, delivery] + length[delivery, following] - length[before, following]
        s = way[before, delivery] + way[delivery, following] - way[before, following]
        metres = min(metres, per_m * m)
        both = min(both, per_m * m + per_s * s)
        detour[j, 0], detour[j, 1] = both, metres
        following = before


@njit(cache=True, nogil=True)
def best_insertion(
    travel: Travel,
    vehicles: Vehicles,
    jobs: Jobs,
    goods: Goods,
    rounds: Rounds,
    row: int,
    job: int,
    bound: float,
) -> tuple[float, int, int]:
    """Return (extra cost, pickup before task i, delivery before task j) of the cheapest places.

    The vehicle must be one that may carry the job when it is empty.

    Only places that cost less than `bound` are found; the cost is `INFINITE` where there is none.
    Places are skipped by a lower bound: added drive costs what it costs, less the waiting of the
    round that it may use up.
    """
    best, best_i, best_j = INFINITE, NONE, NONE
    n, shipment = rounds.size[row], jobs.shipment[job]
    kg = vehicles.kg[row] - goods.kg[shipment]
    litres = vehicles.litres[row] - goods.litres[shipment]
    pieces = vehicles.pieces[row] - goods.pieces[shipment]
    if n + 2 > rounds.task.shape[1]:
        return best, best_i, best_j
    limit = bound
    way = travel.duration[vehicles.profile[row]]
    metres = travel.distance[vehicles.profile[row]]
    base, pickup, delivery = vehicles.base[row], jobs.pickup[job], jobs.delivery[job]
    opens, closes = jobs.pickup_from[job], jobs.pickup_until[job]
    drop_from, drop_until = jobs.delivery_from[job], jobs.delivery_until[job]
    per_m, per_s, fixed = vehicles.per_m[row], vehicles.per_s[row], vehicles.fixed[row]
    ahead, behind, spots = rounds.ahead[row], rounds.behind[row], rounds.spot[row]
    load, windows, until = rounds.load[row], rounds.window[row], rounds.metres[row]
    total, paid = rounds.total_metres[row], rounds.cost[row]
    spare = per_s * rounds.waiting[row]
    _bound_detours(travel, vehicles, rounds, row, delivery)
    detour = rounds.detour
    spot = base
    for i in range(n + 1):
        if i > 0:
            spot = spots[i - 1]
        if ahead[i, 1] + ahead[i, 0] > closes:
            break
        here = base if i == n else spots[i]
        more_m = metres[spot, pickup] + metres[pickup, here] - metres[spot, here]
        more_s = way[spot, pickup] + way[pickup, here] - way[spot, here]
        by_metres = per_m * more_m
        by_both = by_metres + per_s * more_s - spare
        pair_m = metres[spot, pickup] + metres[pickup, delivery] + metres[delivery, here]
        is_near = per_m * (pair_m - metres[spot, here]) < limit  # delivery next to the pickup
        is_apart = i < n and max(by_both + detour[i + 1, 0], by_metres + detour[i + 1, 1]) < limit
        if n > 0 and not is_near and not is_apart:
            continue
        if not _fits(load, i, kg, litres, pieces):
            continue
        span, early, late, fits = _join(
            ahead[i, 0], ahead[i, 1], ahead[i, 2], way[spot, pickup], 0, opens, closes
        )
        if not fits:
            continue
        driven = until[i] + metres[spot, pickup]
        last = pickup
        for j in range(i, n + 1):
            following = base if j == n else spots[j]
            rest = 0 if j == n else total - until[j + 1]
            length = driven + metres[last, delivery] + metres[delivery, following] + rest
            if per_m * (length - total) < limit:
                span2, early2, late2, fits = _join(
                    span, early, late, way[last, delivery], 0, drop_from, drop_until
                )
                if fits:
                    span2, early2, late2, fits = _join(
                        span2, early2, late2, way[delivery, following],
                        behind[j, 0], behind[j, 1], behind[j, 2],
                    )  # fmt: skip
                if fits:
                    extra = fixed + per_m * length + per_s * span2 - paid
                    if extra < limit:
                        best, best_i, best_j, limit = extra, i, j, extra
            if j == n:
                break
            if max(by_both + detour[j + 1, 0], by_metres + detour[j + 1, 1]) >= limit:
                break
            if not _fits(load, j + 1, kg, litres, pieces):
                break
            span, early, late, fits = _join(
                span, early, late, way[last, following], 0,
                windows[j, 0], windows[j, 1],
            )  # fmt: skip
            if not fits:
                break
            driven += metres[last, following]
            last = following
    return best, best_i, best_j


@njit(cache=True, nogil=True)
def insert(rounds: Rounds, row: int, job: int, i: int, j: int) -> None:
    """Put the pickup before task `i` and the delivery before task `j`; `refresh` comes after."""
    put_pair(rounds.size, rounds.task, row, job, i, j)
    rounds.row_of_job[job] = row


@njit(cache=True, nogil=True)
def drop_unplaced(rounds: Rounds, row: int) -> None:
    """Take out the tasks whose job has no round any more; `refresh` comes after."""
    tasks.drop_unplaced(rounds.size, rounds.task, rounds.row_of_job, row)


@njit(cache=True, nogil=True)
def refresh_all(
    travel: Travel, vehicles: Vehicles, jobs: Jobs, goods: Goods, rounds: Rounds,
    is_fine: Int32Array,
) -> None:  # fmt: skip
    """Refresh every round; entry kernel. `is_fine[row]` is 1 where it can be driven."""
    for row in range(rounds.size.size):
        is_fine[row] = 1 if refresh(travel, vehicles, jobs, goods, rounds, row) else 0
