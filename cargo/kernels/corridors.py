"""Arcs that ways of consignments can use, for searches that never look at others.

An arc is of use only where the cheapest way through it, without tolls and in all the room there
is, costs less than the refusal: a sweep forwards and one backwards tell that for every arc.
"""

from numba import njit

from cargo.event_layout import Consignments, Corridors, EventGraph, Search
from cargo.kernels.events import INFINITE, has_room, meets, sweep
from routing.layout import NONE, Float64Array, Int32Array


@njit(cache=True, nogil=True)
def _is_open(
    graph: EventGraph, goods: Consignments, one: int, room: Int32Array, unused: Int32Array, arc: int
) -> bool:
    """Whether a consignment can take an arc beside what is booked."""
    kind, hop = graph.kind[arc], graph.hop[arc]
    if kind != NONE and goods.takes[one, kind] == 0:
        return False
    if hop == NONE:
        return True
    amount = goods.amount
    is_apart = goods.goods[one] == NONE or not meets(goods, one, unused, hop)
    return is_apart and has_room(room, unused, hop, amount[one, 0], amount[one, 1], amount[one, 2])


@njit(cache=True, nogil=True)
def list_arcs(
    graph: EventGraph,
    goods: Consignments,
    no_toll: Float64Array,
    room: Int32Array,
    unused: Int32Array,
    begin: int,
    search: Search,
    rest: Float64Array,
    corridors: Corridors,
) -> int:
    """Write the corridors of consignments from `begin` on; entry kernel.

    Returns the first one for which there may be no place in `corridors.arc`, or their number.
    `rest` is scratch of shape (n_nodes,): the cheapest cost from each node to a goal.
    """
    n_arcs = graph.head.size
    for one in range(begin, goods.refusal.size):
        row = corridors.first_arc[one]
        if row + n_arcs > corridors.arc.size:
            return one
        bound = goods.refusal[one]
        first, end = sweep(graph, goods, one, bound, no_toll, room, unused, search)
        rest[first:end] = INFINITE
        for goal in range(goods.first_goal[one], goods.first_goal[one + 1]):
            search.goal_of_hub[goods.goal_hub[goal]] = goal
        for node in range(end - 1, first - 1, -1):
            here = search.cost[node, 0]
            if here >= bound:
                continue
            hub = graph.unload_hub[node]
            goal = search.goal_of_hub[hub] if hub != NONE else NONE
            if goal != NONE and graph.unloaded[node] <= goods.goal_time[goal]:
                rest[node] = goods.goal_cost[goal]
            for arc in range(
                graph.first_arc_of_node[node + 1] - 1, graph.first_arc_of_node[node] - 1, -1
            ):
                head = graph.head[arc]
                there = (
                    rest[head] + graph.price[arc] * goods.amount[one, 2] if head < end else bound
                )
                if here + there < bound and _is_open(graph, goods, one, room, unused, arc):
                    corridors.arc[row] = arc
                    row += 1
                    rest[node] = min(rest[node], there)
        for goal in range(goods.first_goal[one], goods.first_goal[one + 1]):
            search.goal_of_hub[goods.goal_hub[goal]] = NONE
        corridors.arc[corridors.first_arc[one] : row] = corridors.arc[
            corridors.first_arc[one] : row
        ][::-1].copy()
        corridors.first_arc[one + 1] = row
    return goods.refusal.size
