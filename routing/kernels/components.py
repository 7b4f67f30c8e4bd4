"""Strong components [1]_ of a graph, what can be reached from vertices, and links turned round.

.. [1] Tarjan: Depth-first search and linear graph algorithms, SIAM J. Computing 1972.
"""

from numba import njit

from routing.layout import NONE, Int32Array, Int64Array, UInt8Array


@njit(cache=True, nogil=True)
def strong_components(
    first_of_vertex: Int32Array,
    head: Int32Array,
    component: Int32Array,  # (n_vertices,) out
    low: Int32Array,  # (n_vertices,) scratch
    order: Int32Array,  # (n_vertices,) scratch
    next_link: Int32Array,  # (n_vertices,) scratch
    path: Int32Array,  # (n_vertices,) scratch: vertices on the way down
    open_vertices: Int32Array,  # (n_vertices,) scratch
) -> int:
    """Fill `component`; return the number of components."""
    component[:] = NONE
    order[:] = NONE
    n_components, n_seen = 0, 0
    for root in range(component.size):
        if order[root] != NONE:
            continue
        depth, n_open = 1, 1
        path[0] = open_vertices[0] = root
        order[root] = low[root] = n_seen
        next_link[root] = first_of_vertex[root]
        n_seen += 1
        while depth > 0:
            vertex = path[depth - 1]
            if next_link[vertex] < first_of_vertex[vertex + 1]:
                child = head[next_link[vertex]]
                next_link[vertex] += 1
                if order[child] == NONE:
                    order[child] = low[child] = n_seen
                    n_seen += 1
                    next_link[child] = first_of_vertex[child]
                    path[depth] = child
                    depth += 1
                    open_vertices[n_open] = child
                    n_open += 1
                elif component[child] == NONE:
                    low[vertex] = min(low[vertex], order[child])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[vertex])
            if low[vertex] == order[vertex]:
                member = NONE
                while member != vertex:
                    n_open -= 1
                    member = open_vertices[n_open]
                    component[member] = n_components
                n_components += 1
    return n_components


@njit(cache=True, nogil=True)
def flood(
    first_of_vertex: Int32Array, head: Int32Array, is_reached: UInt8Array, queue: Int32Array
) -> None:
    """Mark in place what can be reached from the vertices marked in `is_reached`."""
    n_queued = 0
    for vertex in range(is_reached.size):
        if is_reached[vertex]:
            queue[n_queued] = vertex
            n_queued += 1
    taken = 0
    while taken < n_queued:
        vertex = queue[taken]
        taken += 1
        for link in range(first_of_vertex[vertex], first_of_vertex[vertex + 1]):
            if not is_reached[head[link]]:
                is_reached[head[link]] = 1
                queue[n_queued] = head[link]
                n_queued += 1


@njit(cache=True, nogil=True)
def turn_round(
    first_of_vertex: Int32Array,
    head: Int32Array,
    cost: Int64Array,
    back_first: Int32Array,  # (n_vertices + 1,) out
    back_head: Int32Array,  # (n_links,) out
    back_cost: Int64Array,  # (n_links,) out
) -> None:
    """Fill the last three arrays with the same links from head to tail, in the order of tails."""
    n_vertices = first_of_vertex.size - 1
    back_first[:] = 0
    for link in range(head.size):
        back_first[head[link] + 1] += 1
    for vertex in range(n_vertices):
        back_first[vertex + 1] += back_first[vertex]
    for vertex in range(n_vertices):
        for link in range(first_of_vertex[vertex], first_of_vertex[vertex + 1]):
            place = back_first[head[link]]
            back_head[place] = vertex
            back_cost[place] = cost[link]
            back_first[head[link]] += 1
    for vertex in range(n_vertices, 0, -1):
        back_first[vertex] = back_first[vertex - 1]
    back_first[0] = 0
