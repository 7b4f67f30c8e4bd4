"""Cheapest ways of a consignment over the event graph.

Nodes are numbered upwards along arcs, so one sweep settles them. Tolls on hops are the prices of
scarce room; without tolls a way costs what lines are paid and what its ends cost. As tolls only
add to that, ways are searched for in the corridor of each consignment alone. The number of rides
is limited in a second sweep, with a column for each number, only where the first one, which does
not count them, uses too many. Goods that must not be on the way for long leave their door for the
bay that they board first: each moment at which they could begin is a search of its own.
"""

from numba import njit

from cargo.event_layout import MOST_RIDES, UNITS, Consignments, Corridors, EventGraph, Search
from routing.layout import NONE, UNREACHED, Float64Array, Int32Array

INFINITE = 1e18
FROM_START = -2  # of `Search.arc`: less the row of the start
NOTHING = 1e-9


@njit(cache=True, nogil=True)
def meets(goods: Consignments, one: int, used: Int32Array, hop: int) -> bool:
    """Whether a consignment would meet goods on a hop that it must be kept apart from."""
    kind = goods.goods[one]
    for other in range(goods.apart.shape[0]):
        if goods.apart[kind, other] != 0 and used[hop, UNITS + other] > 0:
            return True
    return False


@njit(cache=True, nogil=True)
def has_room(
    room: Int32Array, used: Int32Array, hop: int, kg: int, litres: int, pieces: int
) -> bool:
    """Whether a hop has so much room left; takes no wide tables, which costs within loops."""
    return bool(
        kg <= room[hop, 0] - used[hop, 0]
        and litres <= room[hop, 1] - used[hop, 1]
        and pieces <= room[hop, 2] - used[hop, 2]
    )


@njit(cache=True, nogil=True)
def first_wait(graph: EventGraph, hub: int, time: int) -> int:
    """First row of `wait_time` at a hub that is `time` or later; the end where there is none."""
    low, high = graph.first_wait_of_hub[hub], graph.first_wait_of_hub[hub + 1]
    while low < high:
        middle = (low + high) >> 1
        if graph.wait_time[middle] < time:
            low = middle + 1
        else:
            high = middle
    return int(low)


@njit(cache=True, nogil=True)
def wait_from(graph: EventGraph, hub: int, time: int) -> int:
    """First node at a hub that waits at `time` or later; `NONE` if there is none."""
    row = first_wait(graph, hub, time)
    return graph.wait_node[row] if row < graph.first_wait_of_hub[hub + 1] else NONE


@njit(cache=True, nogil=True)
def _last_time(goods: Consignments, one: int) -> int:
    """Time by which a consignment must be at the last of its goals."""
    latest = 0
    for row in range(goods.first_goal[one], goods.first_goal[one + 1]):
        latest = max(latest, goods.goal_time[row])
    return latest


@njit(cache=True, nogil=True)
def _node_after(graph: EventGraph, first: int, last_time: int) -> int:
    """First node from `first` on that is later than a time."""
    low, high = first, graph.time.size
    while low < high:  # nodes are sorted by time
        middle = (low + high) >> 1
        if graph.time[middle] <= last_time:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _put_at_starts(graph: EventGraph, goods: Consignments, one: int, search: Search) -> None:
    """Put a consignment at all its starts."""
    for row in range(goods.first_start[one], goods.first_start[one + 1]):
        node = wait_from(graph, goods.start_hub[row], goods.start_time[row])
        if node != NONE and goods.start_cost[row] < search.cost[node, 0]:
            search.cost[node, 0] = goods.start_cost[row]
            search.arc[node, 0] = FROM_START - row


@njit(cache=True, nogil=True)
def sweep(
    graph: EventGraph,
    goods: Consignments,
    one: int,
    bound: float,
    toll: Float64Array,
    room: Int32Array,
    used: Int32Array,
    search: Search,
) -> tuple[int, int]:
    """Cheapest cost of every node below `bound`, tolls included; returns the range of nodes."""
    cost, takes = search.cost, goods.takes
    kg, litres, pieces = goods.amount[one, 0], goods.amount[one, 1], goods.amount[one, 2]
    first = graph.time.size
    for row in range(goods.first_start[one], goods.first_start[one + 1]):
        node = wait_from(graph, goods.start_hub[row], goods.start_time[row])
        first = first if node == NONE else min(first, node)
    end = _node_after(graph, first, _last_time(goods, one))
    cost[first:end, 0] = INFINITE
    _put_at_starts(graph, goods, one, search)
    for node in range(first, end):
        if cost[node, 0] >= bound:
            continue
        for arc in range(graph.first_arc_of_node[node], graph.first_arc_of_node[node + 1]):
            head, hop, kind = graph.head[arc], graph.hop[arc], graph.kind[arc]
            if head >= end or (kind != NONE and takes[one, kind] == 0):
                continue
            there = cost[node, 0] + graph.price[arc] * pieces
            if hop != NONE:
                if not has_room(room, used, hop, kg, litres, pieces) or (
                    goods.goods[one] != NONE and meets(goods, one, used, hop)
                ):
                    continue
                there += kg * toll[hop, 0] + litres * toll[hop, 1] + pieces * toll[hop, 2]
            cost[head, 0] = min(cost[head, 0], there)
    return first, end


@njit(cache=True, nogil=True)
def _row_from(graph: EventGraph, corridors: Corridors, one: int, node: int) -> int:
    """First row of a consignment's corridor whose arc leaves from `node` or later."""
    low, high = corridors.first_arc[one], corridors.first_arc[one + 1]
    while low < high:
        middle = (low + high) >> 1
        if graph.tail[corridors.arc[middle]] < node:
            low = middle + 1
        else:
            high = middle
    return int(low)


@njit(cache=True, nogil=True)
def _sweep(
    graph: EventGraph,
    goods: Consignments,
    corridors: Corridors,
    one: int,
    limit: int,
    bound: float,
    toll: Float64Array,
    share: float,
    room: Int32Array,
    used: Int32Array,
    start: int,
    at: int,
    latest: int,
    search: Search,
) -> tuple[float, int, int]:
    """Cost, node and column of the cheapest way below `bound`; `limit` 0 does not count rides.

    It begins at all starts, or at node `at` from row `start` of them alone, and is at its door by
    `latest`.
    """
    cost, arc_of, goal_of_hub = search.cost, search.arc, search.goal_of_hub
    columns = limit + 1
    kg, litres, pieces = goods.amount[one, 0], goods.amount[one, 1], goods.amount[one, 2]
    first, end = corridors.first_arc[one], corridors.first_arc[one + 1]
    if start != NONE:
        first = _row_from(graph, corridors, one, at)
    for row in range(first, end):
        arc = corridors.arc[row]
        for k in range(columns):
            cost[graph.tail[arc], k] = cost[graph.head[arc], k] = INFINITE
    if start == NONE:
        _put_at_starts(graph, goods, one, search)
    else:
        cost[at, 0], search.arc[at, 0] = goods.start_cost[start], FROM_START - start
    best, best_node, best_column = bound, NONE, NONE
    for row in range(first, end):
        arc = corridors.arc[row]
        tail, head, hop = graph.tail[arc], graph.head[arc], graph.hop[arc]
        hub = graph.unload_hub[head]
        goal = goal_of_hub[hub] if hub != NONE else NONE
        if goal != NONE:
            comes = graph.unloaded[head]
            if comes > goods.goal_time[goal] or comes > latest - goods.goal_lead[goal]:
                goal = NONE
        for k in range(columns):
            here = cost[tail, k]
            if here >= best:
                continue
            there, column = here + graph.price[arc] * pieces, k
            if hop != NONE:
                if not has_room(room, used, hop, kg, litres, pieces) or (
                    goods.goods[one] != NONE and meets(goods, one, used, hop)
                ):
                    break
                if share > 0.0:
                    there += share * (
                        kg * toll[hop, 0] + litres * toll[hop, 1] + pieces * toll[hop, 2]
                    )
            elif limit > 0 and graph.kind[arc] != NONE:
                if k == limit:
                    continue
                column = k + 1
            if there >= cost[head, column]:
                continue
            cost[head, column], arc_of[head, column] = there, arc
            if goal != NONE and there + goods.goal_cost[goal] < best - NOTHING:
                best, best_node, best_column = there + goods.goal_cost[goal], head, column
    return best, best_node, best_column


@njit(cache=True, nogil=True)
def _trace(graph: EventGraph, limit: int, node: int, column: int, search: Search) -> int:
    """Write the way that led to a node into `search.found`; returns its number of rides."""
    found, n, loads = search.found, 0, 0
    found[1] = search.goal_of_hub[graph.unload_hub[node]]
    unload = graph.call[node]
    while True:
        arc = search.arc[node, column]
        if arc <= FROM_START:
            found[0] = FROM_START - arc
            break
        tail = graph.tail[arc]
        if graph.call[tail] == NONE and graph.call[node] != NONE:  # boards
            loads = graph.call[node]
            if n < MOST_RIDES:
                found[2 + 2 * n], found[3 + 2 * n] = loads, unload
            n += 1
            if limit > 0:
                column -= 1
        elif graph.call[node] == NONE and graph.call[tail] != NONE:  # unloads
            unload = graph.call[tail]
        node = tail
    for at in range(min(n, MOST_RIDES) // 2):  # first ride first
        other = min(n, MOST_RIDES) - 1 - at
        for side in range(2):
            swap = found[2 + 2 * at + side]
            found[2 + 2 * at + side] = found[2 + 2 * other + side]
            found[2 + 2 * other + side] = swap
    return n


@njit(cache=True, nogil=True)
def _best_from(
    graph: EventGraph,
    goods: Consignments,
    corridors: Corridors,
    one: int,
    bound: float,
    toll: Float64Array,
    share: float,
    room: Int32Array,
    used: Int32Array,
    start: int,
    at: int,
    latest: int,
    search: Search,
) -> tuple[float, int]:
    """The same as `best_path`, beginning and ending as in `_sweep`."""
    cost, node, column = _sweep(
        graph, goods, corridors, one, 0, bound, toll, share, room, used, start, at, latest, search
    )
    n, limit = 0, goods.max_rides[one]
    if node != NONE:
        n = _trace(graph, 0, node, column, search)
        if n > limit:
            n, cost, node = 0, bound, NONE
            if limit > 0:
                cost, node, column = _sweep(
                    graph, goods, corridors, one, limit, bound, toll, share, room, used, start, at,
                    latest, search,
                )  # fmt: skip
                if node != NONE:
                    n = _trace(graph, limit, node, column, search)
    return cost, n


@njit(cache=True, nogil=True)
def _best_in_time(
    graph: EventGraph,
    goods: Consignments,
    corridors: Corridors,
    one: int,
    bound: float,
    toll: Float64Array,
    share: float,
    room: Int32Array,
    used: Int32Array,
    search: Search,
) -> tuple[float, int]:
    """The same for goods that last some hours, over all moments to begin at."""
    best, n_best, last_time = bound, 0, _last_time(goods, one)
    for start in range(goods.first_start[one], goods.first_start[one + 1]):
        hub = goods.start_hub[start]
        wait = first_wait(graph, hub, goods.start_time[start])
        while wait < graph.first_wait_of_hub[hub + 1] and graph.wait_time[wait] < last_time:
            latest = graph.wait_time[wait] - goods.start_lead[start] + goods.most[one]
            cost, n = _best_from(
                graph, goods, corridors, one, best, toll, share, room, used, start,
                graph.wait_node[wait], latest, search,
            )  # fmt: skip
            if n > 0:
                best, n_best = cost, n
                search.kept[:] = search.found
            wait += 1
    if n_best > 0:
        search.found[:] = search.kept
    return best, n_best


@njit(cache=True, nogil=True)
def best_path(
    graph: EventGraph,
    goods: Consignments,
    corridors: Corridors,
    one: int,
    bound: float,
    toll: Float64Array,
    share: float,
    room: Int32Array,
    used: Int32Array,
    search: Search,
) -> tuple[float, int]:
    """Cost with tolls and number of rides of the cheapest way below `bound`, in `search.found`.

    Zero rides and the bound where there is none.
    """
    for row in range(goods.first_goal[one], goods.first_goal[one + 1]):
        search.goal_of_hub[goods.goal_hub[row]] = row
    if goods.most[one] < UNREACHED:
        cost, n = _best_in_time(
            graph, goods, corridors, one, bound, toll, share, room, used, search
        )
    else:
        cost, n = _best_from(
            graph,
            goods,
            corridors,
            one,
            bound,
            toll,
            share,
            room,
            used,
            NONE,
            NONE,
            UNREACHED,
            search,
        )
    for row in range(goods.first_goal[one], goods.first_goal[one + 1]):
        search.goal_of_hub[goods.goal_hub[row]] = NONE
    return cost, n
