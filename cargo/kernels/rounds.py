"""Vehicle rounds: exact cost of putting a job anywhere into a round, in constant time a place.

A round is a row of tasks; task `2 * job` is the pickup, `2 * job + 1` the delivery. Segments of
a round carry (duration, earliest start, latest start at least duration) and are concatenated
without looking inside [1]_; service starts may wait at a spot, and the base is left as late as
possible.

.. [1] Vidal, Crainic, Gendreau, Prins: A hybrid genetic algorithm with adaptive diversity
   management for a large class of vehicle routing problems with time-windows, COR 40 (2013).
"""

from numba import njit

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
def task_spot(jobs: Jobs, task: int) -> int:
    """Where a task is done."""
    job = task >> 1
    return int(jobs.pickup[job] if task & 1 == 0 else jobs.delivery[job])


@njit(cache=True, nogil=True)
def _task_window(jobs: Jobs, task: int) -> tuple[int, int]:
    """When service of a task may start."""
    job = task >> 1
    if task & 1 == 0:
        return jobs.pickup_from[job], jobs.pickup_until[job]
    return jobs.delivery_from[job], jobs.delivery_until[job]


@njit(cache=True, nogil=True)
def refresh(
    travel: Travel, vehicles: Vehicles, jobs: Jobs, goods: Goods, rounds: Rounds, row: int
) -> bool:
    """Recompute segments, loads and cost of a round; false where it cannot be driven."""
    n = rounds.size[row]
    way = travel.duration[vehicles.profile[row]]
    metres = travel.distance[vehicles.profile[row]]
    base = vehicles.base[row]
    opens, closes = vehicles.opens[row], vehicles.closes[row]
    rounds.ahead[row, 0, 0], rounds.ahead[row, 0, 1], rounds.ahead[row, 0, 2] = 0, opens, closes
    rounds.metres[row, 0] = 0
    for resource in range(3):
        rounds.load[row, 0, resource] = 0
    spot, is_fine = base, True
    for k in range(n):
        task = rounds.task[row, k]
        here = task_spot(jobs, task)
        first, last = _task_window(jobs, task)
        span, early, late, fits = _join(
            rounds.ahead[row, k, 0], rounds.ahead[row, k, 1], rounds.ahead[row, k, 2],
            way[spot, here], 0, first, last,
        )  # fmt: skip
        is_fine = is_fine and fits
        rounds.ahead[row, k + 1, 0] = span
        rounds.ahead[row, k + 1, 1] = early
        rounds.ahead[row, k + 1, 2] = late
        rounds.metres[row, k + 1] = rounds.metres[row, k] + metres[spot, here]
        sign = 1 if task & 1 == 0 else -1
        shipment = jobs.shipment[task >> 1]
        rounds.load[row, k + 1, 0] = rounds.load[row, k, 0] + sign * goods.kg[shipment]
        rounds.load[row, k + 1, 1] = rounds.load[row, k, 1] + sign * goods.litres[shipment]
        rounds.load[row, k + 1, 2] = rounds.load[row, k, 2] + sign * goods.pieces[shipment]
        is_fine = is_fine and (
            rounds.load[row, k + 1, 0] <= vehicles.kg[row]
            and rounds.load[row, k + 1, 1] <= vehicles.litres[row]
            and rounds.load[row, k + 1, 2] <= vehicles.pieces[row]
        )
        spot = here
    span, early, late, fits = _join(
        rounds.ahead[row, n, 0], rounds.ahead[row, n, 1], rounds.ahead[row, n, 2],
        way[spot, base], 0, opens, closes,
    )  # fmt: skip
    is_fine = is_fine and fits
    rounds.total_metres[row] = rounds.metres[row, n] + metres[spot, base] if n > 0 else 0
    rounds.cost[row] = 0.0
    if n > 0:
        rounds.cost[row] = (
            vehicles.fixed[row]
            + vehicles.per_m[row] * rounds.total_metres[row]
            + vehicles.per_s[row] * span
        )
    rounds.behind[row, n, 0], rounds.behind[row, n, 1], rounds.behind[row, n, 2] = 0, opens, closes
    head = base
    for back in range(n):
        k = n - 1 - back
        task = rounds.task[row, k]
        here = task_spot(jobs, task)
        first, last = _task_window(jobs, task)
        span2, early2, late2, fits = _join(
            0, first, last, way[here, head], rounds.behind[row, k + 1, 0],
            rounds.behind[row, k + 1, 1], rounds.behind[row, k + 1, 2],
        )  # fmt: skip
        is_fine = is_fine and fits
        rounds.behind[row, k, 0], rounds.behind[row, k, 1] = span2, early2
        rounds.behind[row, k, 2] = late2
        head = here
    return is_fine


@njit(cache=True, nogil=True)
def may_serve(vehicles: Vehicles, jobs: Jobs, goods: Goods, row: int, job: int) -> bool:
    """Whether the vehicle of a round may carry a job at all, times aside."""
    shipment, fleet = jobs.shipment[job], vehicles.fleet[row]
    return bool(
        vehicles.serves[fleet, jobs.pickup[job]] != 0
        and vehicles.serves[fleet, jobs.delivery[job]] != 0
        and vehicles.temperatures[row] & goods.temperature[shipment] != 0
        and goods.kg[shipment] <= vehicles.kg[row]
        and goods.litres[shipment] <= vehicles.litres[row]
        and goods.pieces[shipment] <= vehicles.pieces[row]
    )


@njit(cache=True, nogil=True)
def _fits_load(
    vehicles: Vehicles, goods: Goods, rounds: Rounds, row: int, k: int, shipment: int
) -> bool:
    """Whether a shipment fits on board after the first `k` tasks of a round."""
    return bool(
        rounds.load[row, k, 0] + goods.kg[shipment] <= vehicles.kg[row]
        and rounds.load[row, k, 1] + goods.litres[shipment] <= vehicles.litres[row]
        and rounds.load[row, k, 2] + goods.pieces[shipment] <= vehicles.pieces[row]
    )


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

    Only places that cost less than `bound` are found; the cost is `INFINITE` where there is none.
    """
    best, best_i, best_j = INFINITE, NONE, NONE
    n, shipment = rounds.size[row], jobs.shipment[job]
    if n + 2 > rounds.task.shape[1] or not may_serve(vehicles, jobs, goods, row, job):
        return best, best_i, best_j
    limit = bound
    way = travel.duration[vehicles.profile[row]]
    metres = travel.distance[vehicles.profile[row]]
    base, pickup, delivery = vehicles.base[row], jobs.pickup[job], jobs.delivery[job]
    per_m, per_s = vehicles.per_m[row], vehicles.per_s[row]
    fixed = vehicles.fixed[row]
    spot = base
    for i in range(n + 1):
        if i > 0:
            spot = task_spot(jobs, rounds.task[row, i - 1])
        if rounds.ahead[row, i, 1] + rounds.ahead[row, i, 0] > jobs.pickup_until[job]:
            break
        if not _fits_load(vehicles, goods, rounds, row, i, shipment):
            continue
        span, early, late, fits = _join(
            rounds.ahead[row, i, 0], rounds.ahead[row, i, 1], rounds.ahead[row, i, 2],
            way[spot, pickup], 0, jobs.pickup_from[job], jobs.pickup_until[job],
        )  # fmt: skip
        if not fits:
            continue
        driven = rounds.metres[row, i] + metres[spot, pickup]
        last = pickup
        for j in range(i, n + 1):
            following = base if j == n else task_spot(jobs, rounds.task[row, j])
            rest = 0 if j == n else rounds.total_metres[row] - rounds.metres[row, j + 1]
            length = driven + metres[last, delivery] + metres[delivery, following] + rest
            if per_m * (length - rounds.total_metres[row]) < limit:
                span2, early2, late2, fits = _join(
                    span, early, late, way[last, delivery], 0,
                    jobs.delivery_from[job], jobs.delivery_until[job],
                )  # fmt: skip
                if fits:
                    span2, early2, late2, fits = _join(
                        span2, early2, late2, way[delivery, following], rounds.behind[row, j, 0],
                        rounds.behind[row, j, 1], rounds.behind[row, j, 2],
                    )  # fmt: skip
                if fits:
                    extra = fixed + per_m * length + per_s * span2 - rounds.cost[row]
                    if extra < limit:
                        best, best_i, best_j, limit = extra, i, j, extra
            if j == n:
                break
            if not _fits_load(vehicles, goods, rounds, row, j + 1, shipment):
                break
            first, until = _task_window(jobs, rounds.task[row, j])
            span, early, late, fits = _join(
                span, early, late, way[last, following], 0, first, until
            )
            if not fits:
                break
            driven += metres[last, following]
            last = following
    return best, best_i, best_j


@njit(cache=True, nogil=True)
def insert(rounds: Rounds, row: int, job: int, i: int, j: int) -> None:
    """Put the pickup before task `i` and the delivery before task `j`; `refresh` comes after."""
    n = rounds.size[row]
    for k in range(n - 1, j - 1, -1):
        rounds.task[row, k + 2] = rounds.task[row, k]
    rounds.task[row, j + 1] = 2 * job + 1
    for k in range(j - 1, i - 1, -1):
        rounds.task[row, k + 1] = rounds.task[row, k]
    rounds.task[row, i] = 2 * job
    rounds.size[row] = n + 2
    rounds.row_of_job[job] = row


@njit(cache=True, nogil=True)
def drop_unplaced(rounds: Rounds, row: int) -> None:
    """Take out the tasks whose job has no round any more; `refresh` comes after."""
    kept = 0
    for k in range(rounds.size[row]):
        task = rounds.task[row, k]
        if rounds.row_of_job[task >> 1] == row:
            rounds.task[row, kept] = task
            kept += 1
    rounds.size[row] = kept


@njit(cache=True, nogil=True)
def refresh_all(
    travel: Travel, vehicles: Vehicles, jobs: Jobs, goods: Goods, rounds: Rounds,
    is_fine: Int32Array,
) -> None:  # fmt: skip
    """Refresh every round; entry kernel. `is_fine[row]` is 1 where it can be driven."""
    for row in range(rounds.size.size):
        is_fine[row] = 1 if refresh(travel, vehicles, jobs, goods, rounds, row) else 0
