"""Ruin and recreate over ways on the event graph (Christiaens, Vanden Berghe, TS 54, 2020).

Those that ride the bays a consignment would best ride are taken out together and put back one by
one, each by its cheapest way in the room that is left; tolls of the relaxation, at a share drawn
anew each time, keep them off the segments that others need more.
"""

import math

from numba import njit

from cargo.event_layout import Consignments, Corridors, EventGraph, Paths, Search, Shake
from cargo.kernels.events import best_path
from cargo.kernels.pricing import use, write
from cargo.kernels.stream import below, random
from routing.layout import Float64Array, Int32Array


@njit(cache=True, nogil=True)
def copy_row(source: Paths, target: Paths, one: int) -> None:
    """Copy the way of a consignment."""
    target.n_rides[one], target.cost[one] = source.n_rides[one], source.cost[one]
    target.start[one], target.goal[one] = source.start[one], source.goal[one]
    for at in range(source.n_rides[one]):
        target.ride[one, at, 0] = source.ride[one, at, 0]
        target.ride[one, at, 1] = source.ride[one, at, 1]


@njit(cache=True, nogil=True)
def _overlaps(paths: Paths, one: int, others: Paths, other: int) -> bool:
    """Whether two ways share a hop."""
    for a in range(paths.n_rides[one]):
        for b in range(others.n_rides[other]):
            if (
                paths.ride[one, a, 0] < others.ride[other, b, 1]
                and others.ride[other, b, 0] < paths.ride[one, a, 1]
            ):
                return True
    return False


@njit(cache=True, nogil=True)
def _is_contemporary(goods: Consignments, one: int, other: int) -> bool:
    """Whether two consignments can be on the way at the same time."""
    a, b = goods.first_start[one], goods.first_start[other]
    c, d = goods.first_goal[one], goods.first_goal[other]
    return bool(
        a < goods.first_start[one + 1]
        and b < goods.first_start[other + 1]
        and c < goods.first_goal[one + 1]
        and d < goods.first_goal[other + 1]
        and goods.start_time[a] < goods.goal_time[d]
        and goods.start_time[b] < goods.goal_time[c]
    )


@njit(cache=True, nogil=True)
def _pick(paths: Paths, shake: Shake) -> int:
    """A consignment that pays more than it would on an empty timetable, if one is found."""
    n = paths.n_rides.size
    for _ in range(12):
        one = below(shake.stream, n)
        if paths.cost[one] > shake.ideal.cost[one] + 1e-6:
            return one
    return below(shake.stream, n)


@njit(cache=True, nogil=True)
def _ruin(goods: Consignments, paths: Paths, shake: Shake, most: int) -> int:
    """List a consignment and sharers of its ways in `shake.removed`; returns how many."""
    n, stream = paths.n_rides.size, shake.stream
    seed = _pick(paths, shake)
    shake.removed[0] = seed
    count, begin = 1, below(stream, n)
    keep, by_time = 0.2 + 0.8 * random(stream), random(stream) < 0.3
    for step in range(n):
        other = (begin + step) % n
        if other == seed or count >= most:
            continue
        if by_time:
            is_near = _is_contemporary(goods, seed, other)
        else:
            is_near = _overlaps(shake.ideal, seed, paths, other)
            is_near = is_near or _overlaps(paths, seed, paths, other)
        if is_near and random(stream) < keep:
            shake.removed[count] = other
            count += 1
    chained = shake.removed[below(stream, count)]  # and sharers of one of those
    for step in range(n):
        if count >= most:
            break
        other = (begin + step) % n
        if _overlaps(shake.ideal, chained, paths, other):
            is_new = True
            for at in range(count):
                is_new = is_new and shake.removed[at] != other
            if is_new:
                shake.removed[count] = other
                count += 1
    return count


@njit(cache=True, nogil=True)
def _order(goods: Consignments, shake: Shake, count: int) -> None:
    """Sort those taken out in one of several orders."""
    mode, stream = below(shake.stream, 4), shake.stream
    for at in range(count):
        one = shake.removed[at]
        key = 0.0
        if mode == 0:
            key = -float(goods.amount[one, 2])
        elif mode == 1:
            key = shake.ideal.cost[one] - goods.refusal[one]
        elif mode == 2:
            key = (shake.ideal.cost[one] - goods.refusal[one]) / goods.amount[one, 2]
        shake.key[at] = key + (1e-9 + abs(key)) * 0.3 * random(stream)
    for at in range(1, count):
        one, key = shake.removed[at], shake.key[at]
        back = at - 1
        while back >= 0 and shake.key[back] > key:
            shake.removed[back + 1], shake.key[back + 1] = shake.removed[back], shake.key[back]
            back -= 1
        shake.removed[back + 1], shake.key[back + 1] = one, key


@njit(cache=True, nogil=True)
def improve_paths(
    graph: EventGraph,
    goods: Consignments,
    corridors: Corridors,
    price: Float64Array,
    toll: Float64Array,
    room: Int32Array,
    used: Int32Array,
    iterations: int,
    temperature: float,
    paths: Paths,
    search: Search,
    shake: Shake,
) -> int:
    """Improve ways in place; entry kernel. Returns how many changes were accepted.

    `shake.value` holds the cost of the present ways and of the best; `shake.kept` must equal
    `paths` at the start, and does at the end.
    """
    accepted, stream, kept = 0, shake.stream, shake.kept
    for _ in range(iterations):
        count = _ruin(goods, paths, shake, 2 + below(stream, 14))
        old = 0.0
        for at in range(count):
            old += paths.cost[shake.removed[at]]
            use(goods, paths, shake.removed[at], -1, used)
        _order(goods, shake, count)
        share = max(0.0, 1.2 * random(stream) - 0.2)
        new = 0.0
        for at in range(count):
            one = shake.removed[at]
            bound = goods.refusal[one] * (1.0 + 0.5 * share * random(stream))
            _, n = best_path(graph, goods, corridors, one, bound, toll, share, room, used, search)
            write(goods, price, one, n, search, paths)
            use(goods, paths, one, 1, used)
            new += paths.cost[one]
        change = new - old
        if change < -temperature * math.log(1.0 - random(stream)):
            accepted += 1
            shake.value[0] += change
            for at in range(count):
                copy_row(paths, kept, shake.removed[at])
            if shake.value[0] < shake.value[1] - 1e-6:
                shake.value[1] = shake.value[0]
                for one in range(goods.refusal.size):
                    copy_row(paths, shake.best, one)
        else:
            for at in range(count):
                use(goods, paths, shake.removed[at], -1, used)
                copy_row(kept, paths, shake.removed[at])
            for at in range(count):
                use(goods, paths, shake.removed[at], 1, used)
    return accepted
