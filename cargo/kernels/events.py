"""Cheapest ways of a consignment over the event graph.

Nodes are numbered upwards along arcs, so one sweep settles them. Tolls on hops are the prices of
scarce room; without tolls a way costs what lines are paid and what its ends cost. The number of
rides is limited in a second sweep, with a column for each number, only where the first one, which
does not count them, uses too many. Goods that must not be on the way for long leave their door for
the bay that they board first: each moment at which they could begin is a search of its own.
"""

from numba import njit

from cargo.event_layout import MOST_RIDES, UNITS, Consignments, EventGraph, Search
from routing.layout import NONE, UNREACHED, Float64Array, Int32Array

INFINITE = 1e18
FROM_START = -2  # of `Search.arc`: less the row of the start
NOTHING = 1e-9


@njit(cache=True, nogil=True)
def _fits(goods: Consignments, one: int, room: Int32Array, used: Int32Array, hop: int) -> bool:
    """Whether a hop has room left for a consignment, and no goods that it must not meet."""
    amount = goods.amount
    for unit in range(UNITS):
        if used[hop, unit] + amount[one, unit] > room[hop, unit]:
            return False
    kind = goods.goods[one]
    if kind != NONE:
        for other in range(goods.apart.shape[0]):
            if goods.apart[kind, other] != 0 and used[hop, UNITS + other] > 0:
                return False
    return True


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
def _forget(graph: EventGraph, first: int, last_time: int, columns: int, search: Search) -> int:
    """Take the costs off all nodes from `first` until a time; returns the node after them."""
    end, high = first, graph.time.size
    while end < high:  # nodes are sorted by time
        middle = (end + high) >> 1
        if graph.time[middle] <= last_time:
            end = middle + 1
        else:
            high = middle
    for node in range(first, end):
        for k in range(columns):
            search.cost[node, k] = INFINITE
    return end


@njit(cache=True, nogil=True)
def _begin(
    graph: EventGraph,
    goods: Consignments,
    one: int,
    columns: int,
    start: int,
    at: int,
    latest: int,
    search: Search,
) -> tuple[int, int]:
    """Put a consignment at its starts, or at node `at` from row `start` of them alone.

    Returns the range of nodes within its time, which ends at `latest` too.
    """
    cost, last_time = search.cost, min(_last_time(goods, one), latest)
    if start != NONE:
        end = _forget(graph, at, last_time, columns, search)
        if at < end:
            cost[at, 0] = goods.start_cost[start]
            search.arc[at, 0] = FROM_START - start
        return at, end
    first = graph.time.size
    for row in range(goods.first_start[one], goods.first_start[one + 1]):
        node = wait_from(graph, goods.start_hub[row], goods.start_time[row])
        if node != NONE:
            first = min(first, node)
    end = _forget(graph, first, last_time, columns, search)
    for row in range(goods.first_start[one], goods.first_start[one + 1]):
        node = wait_from(graph, goods.start_hub[row], goods.start_time[row])
        if node != NONE and node < end and goods.start_cost[row] < cost[node, 0]:
            cost[node, 0] = goods.start_cost[row]
            search.arc[node, 0] = FROM_START - row
    return first, end


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
    cost = search.cost
    first, end = _begin(graph, goods, one, 1, NONE, NONE, UNREACHED, search)
    takes, amount = goods.takes, goods.amount
    for node in range(first, end):
        if cost[node, 0] >= bound:
            continue
        for arc in range(graph.first_arc_of_node[node], graph.first_arc_of_node[node + 1]):
            head, hop = graph.head[arc], graph.hop[arc]
            if head >= end or (graph.kind[arc] != NONE and takes[one, graph.kind[arc]] == 0):
                continue
            there = cost[node, 0] + graph.price[arc] * amount[one, 2]
            if hop != NONE:
                if not _fits(goods, one, room, used, hop):
                    continue
                for unit in range(UNITS):
                    there += amount[one, unit] * toll[hop, unit]
            cost[head, 0] = min(cost[head, 0], there)
    return first, end


@njit(cache=True, nogil=True)
def _sweep(
    graph: EventGraph,
    goods: Consignments,
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

    It begins as in `_begin` and is at its door by `latest`.
    """
    cost, arc_of, goal_of_hub = search.cost, search.arc, search.goal_of_hub
    columns = limit + 1
    first, end = _begin(graph, goods, one, columns, start, at, latest, search)
    kg, litres, pieces = goods.amount[one, 0], goods.amount[one, 1], goods.amount[one, 2]
    takes, has_toll = goods.takes, share > 0.0
    best, best_node, best_column = bound, NONE, NONE
    for node in range(first, end):
        hub = graph.unload_hub[node]
        goal = goal_of_hub[hub] if hub != NONE else NONE
        for k in range(columns):
            here = cost[node, k]
            if here >= best:
                continue
            if goal != NONE and graph.unloaded[node] <= goods.goal_time[goal]:
                is_soon = latest - goods.goal_lead[goal] >= graph.unloaded[node]
                if is_soon and here + goods.goal_cost[goal] < best - NOTHING:
                    best, best_node, best_column = here + goods.goal_cost[goal], node, k
            for arc in range(graph.first_arc_of_node[node], graph.first_arc_of_node[node + 1]):
                head = graph.head[arc]
                kind = graph.kind[arc]
                if head >= end or (kind != NONE and takes[one, kind] == 0):
                    continue
                hop, there, column = graph.hop[arc], here + graph.price[arc] * pieces, k
                if hop != NONE:
                    if not _fits(goods, one, room, used, hop):
                        continue
                    if has_toll:
                        there += share * (
                            kg * toll[hop, 0] + litres * toll[hop, 1] + pieces * toll[hop, 2]
                        )
                elif limit > 0 and kind != NONE:
                    if k == limit:
                        continue
                    column = k + 1
                if there < cost[head, column]:
                    cost[head, column] = there
                    arc_of[head, column] = arc
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
        graph, goods, one, 0, bound, toll, share, room, used, start, at, latest, search
    )
    n, limit = 0, goods.max_rides[one]
    if node != NONE:
        n = _trace(graph, 0, node, column, search)
        if n > limit:
            n, cost, node = 0, bound, NONE
            if limit > 0:
                cost, node, column = _sweep(
                    graph, goods, one, limit, bound, toll, share, room, used, start, at, latest,
                    search,
                )  # fmt: skip
                if node != NONE:
                    n = _trace(graph, limit, node, column, search)
    return cost, n


@njit(cache=True, nogil=True)
def _best_in_time(
    graph: EventGraph,
    goods: Consignments,
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
                graph, goods, one, best, toll, share, room, used, start, graph.wait_node[wait],
                latest, search,
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
        cost, n = _best_in_time(graph, goods, one, bound, toll, share, room, used, search)
    else:
        cost, n = _best_from(
            graph, goods, one, bound, toll, share, room, used, NONE, NONE, UNREACHED, search
        )
    for row in range(goods.first_goal[one], goods.first_goal[one + 1]):
        search.goal_of_hub[goods.goal_hub[row]] = NONE
    return cost, n
