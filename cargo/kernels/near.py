"""Every way of a consignment that costs less than a bound, tolls included.

A sweep gives the cheapest cost from the starts to every node, which is the exact estimate that a
depth-first walk back from each goal needs: it never enters a way that would end above the bound.
Ways on which goods would be for too long are walked and left out.
"""

from numba import njit

from cargo.event_layout import Consignments, EventGraph, Found, Search
from cargo.kernels.events import sweep, wait_from
from routing.layout import NONE, UNREACHED, Float64Array, Int32Array

TOO_MANY = -1


@njit(cache=True, nogil=True)
def _arc_cost(
    graph: EventGraph, goods: Consignments, one: int, toll: Float64Array, arc: int
) -> float:
    """What an arc costs a consignment, tolls included."""
    amount, hop = goods.amount, graph.hop[arc]
    cost = float(graph.price[arc]) * amount[one, 2]
    if hop != NONE:
        for unit in range(amount.shape[1]):
            cost += amount[one, unit] * toll[hop, unit]
    return float(cost)


@njit(cache=True, nogil=True)
def _is_in_time(
    graph: EventGraph, goods: Consignments, one: int, start: int, goal: int, depth: int,
    found: Found,
) -> bool:  # fmt: skip
    """Whether the way from the node at `depth` down to the goal at 0 keeps within its hours."""
    if goods.most[one] >= UNREACHED:
        return True
    at = depth
    while graph.call[found.node[at - 1]] == NONE:  # waits on until it boards
        at -= 1
    leaves = graph.time[found.node[at]] - goods.start_lead[start]
    comes = graph.unloaded[found.node[0]] + goods.goal_lead[goal]
    return bool(comes - leaves <= goods.most[one])


@njit(cache=True, nogil=True)
def _emit(graph: EventGraph, found: Found, depth: int, row: int, start: int, goal: int) -> None:
    """Write the way from the node at `depth` down to the goal at 0 as rides."""
    n, loads = 0, NONE
    for at in range(depth, 0, -1):
        here, there = graph.call[found.node[at]], graph.call[found.node[at - 1]]
        if here == NONE and there != NONE:
            loads = there
        elif here != NONE and there == NONE:
            found.ride[row, n, 0], found.ride[row, n, 1] = loads, here
            n += 1
    found.ride[row, n, 0], found.ride[row, n, 1] = loads, graph.call[found.node[0]]
    found.n_rides[row], found.start[row], found.goal[row] = n + 1, start, goal


@njit(cache=True, nogil=True)
def _walk(
    graph: EventGraph,
    goods: Consignments,
    one: int,
    goal: int,
    bound: float,
    toll: Float64Array,
    first: int,
    search: Search,
    found: Found,
    n: int,
) -> int:
    """Add the ways to the goal node in `found.node[0]`; returns the new number, or `TOO_MANY`."""
    cost, depth, rides, most = search.cost, 0, 0, found.n_rides.size
    takes, limit = goods.takes, goods.max_rides[one]
    found.cursor[0] = graph.first_arc_into_node[found.node[0]]
    while depth >= 0:
        node, rest = found.node[depth], found.rest[depth]
        if found.cursor[depth] == graph.first_arc_into_node[node] and graph.call[node] == NONE:
            for row in range(goods.first_start[one], goods.first_start[one + 1]):
                is_here = wait_from(graph, goods.start_hub[row], goods.start_time[row]) == node
                is_meant = is_here and rest + goods.start_cost[row] < bound
                if is_meant and _is_in_time(graph, goods, one, row, goal, depth, found):
                    if n >= most:
                        return TOO_MANY
                    _emit(graph, found, depth, n, row, goal)
                    n += 1
        goes_on = False
        while found.cursor[depth] < graph.first_arc_into_node[node + 1]:
            arc = graph.arc_into[found.cursor[depth]]
            found.cursor[depth] += 1
            tail = graph.tail[arc]
            if tail < first or cost[tail, 0] >= bound:
                continue
            kind = graph.kind[arc]
            boards = kind != NONE
            if boards and takes[one, kind] == 0:
                continue
            there = rest + _arc_cost(graph, goods, one, toll, arc)
            if there + cost[tail, 0] >= bound or (boards and rides == limit):
                continue
            depth += 1
            rides += boards
            found.node[depth], found.rest[depth] = tail, there
            found.cursor[depth] = graph.first_arc_into_node[tail]
            goes_on = True
            break
        if not goes_on:
            if depth > 0 and graph.call[node] == NONE and graph.call[found.node[depth - 1]] != NONE:
                rides -= 1
            depth -= 1
    return n


@njit(cache=True, nogil=True)
def near_paths(
    graph: EventGraph,
    goods: Consignments,
    one: int,
    bound: float,
    toll: Float64Array,
    room: Int32Array,
    used: Int32Array,
    search: Search,
    found: Found,
) -> int:
    """List the ways of a consignment below `bound`; entry kernel.

    Returns how many there are, or `TOO_MANY` where they do not fit into `found`.
    """
    first, end = sweep(graph, goods, one, bound, toll, room, used, search)
    n = 0
    for node in range(first, end):
        hub = graph.unload_hub[node]
        if hub == NONE or search.cost[node, 0] >= bound:
            continue
        for goal in range(goods.first_goal[one], goods.first_goal[one + 1]):
            if goods.goal_hub[goal] != hub or graph.unloaded[node] > goods.goal_time[goal]:
                continue
            if search.cost[node, 0] + goods.goal_cost[goal] >= bound:
                continue
            found.node[0], found.rest[0] = node, goods.goal_cost[goal]
            n = _walk(graph, goods, one, goal, bound, toll, first, search, found, n)
            if n == TOO_MANY:
                return n
    return n
