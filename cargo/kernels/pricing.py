"""Ways of all consignments over the event graph: pricing, and first come, first served."""

from numba import njit

from cargo.event_layout import UNITS, Consignments, Corridors, EventGraph, Paths, Search
from cargo.kernels.events import best_path
from routing.layout import NONE, Float64Array, Int32Array


@njit(cache=True, nogil=True)
def write(
    goods: Consignments,
    price: Float64Array,
    one: int,
    n: int,
    search: Search,
    paths: Paths,
) -> None:
    """Put the way in `search.found` into a row of `paths`; zero rides mean refusal."""
    paths.n_rides[one] = n
    if n == 0:
        paths.start[one], paths.goal[one] = NONE, NONE
        paths.cost[one] = goods.refusal[one]
        return
    found = search.found
    paths.start[one], paths.goal[one] = found[0], found[1]
    cost = goods.start_cost[found[0]] + goods.goal_cost[found[1]]
    for at in range(n):
        paths.ride[one, at, 0] = found[2 + 2 * at]
        paths.ride[one, at, 1] = found[3 + 2 * at]
        cost += price[found[2 + 2 * at]] * goods.amount[one, 2]
    paths.cost[one] = cost


@njit(cache=True, nogil=True)
def use(goods: Consignments, paths: Paths, one: int, sign: int, used: Int32Array) -> None:
    """Take (1) or give back (-1) the room of a consignment's way."""
    for at in range(paths.n_rides[one]):
        for hop in range(paths.ride[one, at, 0], paths.ride[one, at, 1]):
            for unit in range(UNITS):
                used[hop, unit] += sign * goods.amount[one, unit]
            if goods.goods[one] != NONE:
                used[hop, UNITS + goods.goods[one]] += sign


@njit(cache=True, nogil=True)
def price_all(
    graph: EventGraph,
    goods: Consignments,
    corridors: Corridors,
    price: Float64Array,
    toll: Float64Array,
    room: Int32Array,
    used: Int32Array,
    value: Float64Array,
    search: Search,
    paths: Paths,
) -> None:
    """Cheapest way of every consignment under tolls; entry kernel.

    Fills `paths`, and `value` with costs that include the tolls, the refusal at most.
    """
    for one in range(goods.refusal.size):
        cost, n = best_path(
            graph, goods, corridors, one, goods.refusal[one], toll, 1.0, room, used, search
        )
        value[one] = cost
        write(goods, price, one, n, search, paths)


@njit(cache=True, nogil=True)
def fill_in_order(
    graph: EventGraph,
    goods: Consignments,
    corridors: Corridors,
    price: Float64Array,
    toll: Float64Array,
    share: float,
    order: Int32Array,
    room: Int32Array,
    used: Int32Array,
    search: Search,
    paths: Paths,
) -> float:
    """Give each consignment in turn its cheapest way in the room that is left; entry kernel.

    Returns the sum of costs without tolls; `used` and `paths` are filled from empty.
    """
    total = 0.0
    for at in range(order.size):
        one = order[at]
        _, n = best_path(
            graph, goods, corridors, one, goods.refusal[one], toll, share, room, used, search
        )
        write(goods, price, one, n, search, paths)
        use(goods, paths, one, 1, used)
        total += paths.cost[one]
    return total
