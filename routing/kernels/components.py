"""Strong components [1]_ of a graph, and what can be reached from a set of vertices.

.. [1] Tarjan: Depth-first search and linear graph algorithms, SIAM J. Computing 1972.
"""

from numba import njit

from routing.layout import NONE, Int32Array, UInt8Array


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
