"""One to all on a hierarchy: climb from the source, then hand costs down, vertex by vertex [1]_.

.. [1] Delling, Goldberg, Nowatzyk, Werneck: PHAST: Hardware-Accelerated Shortest Path Trees,
   IPDPS 2011.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.dijkstra import Scratch
from routing.kernels.many_to_many import climb_on, seed_down, seed_up
from routing.layout import Int32Array, Int64Array
from routing.road_layout import DOWN, UP, Arcs, Ends, Hierarchy, Links


class Descent(NamedTuple):
    """Rows by which the vertices are reached from more important ones; the top vertex is 0."""

    first_of_vertex: Int32Array  # (n_vertices + 1,) row
    other: Int32Array  # (n_rows,) more important vertex
    cost: Int64Array  # (n_rows,) cost


@njit(cache=True, nogil=True)
def list_rows(hierarchy: Hierarchy, side: int, descent: Descent) -> None:
    """Fill `descent` with the rows of one side."""
    n_rows = 0
    for vertex in range(descent.first_of_vertex.size - 1):
        descent.first_of_vertex[vertex] = n_rows
        own = 2 * vertex + side
        for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
            descent.other[n_rows] = hierarchy.row[row, 0]
            descent.cost[n_rows] = hierarchy.row[row, 1]
            n_rows += 1
    descent.first_of_vertex[descent.first_of_vertex.size - 1] = n_rows


@njit(cache=True, nogil=True)
def _descend(descent: Descent, label: Int64Array) -> None:
    """Hand the labels down, from the top vertex."""
    for vertex in range(descent.first_of_vertex.size - 1):
        best = label[vertex]
        for row in range(descent.first_of_vertex[vertex], descent.first_of_vertex[vertex + 1]):
            best = min(best, label[descent.other[row]] + descent.cost[row])
        label[vertex] = best


@njit(cache=True, nogil=True)
def to_all(
    arcs: Arcs, links: Links, hierarchy: Hierarchy, descent: Descent, ends: Ends, is_back: bool,
    scratch: Scratch,
) -> None:  # fmt: skip
    """Label all vertices, by importance, with the cost from the nearest pin.

    Every pin of `ends` is a start. `is_back` turns the ways round: costs to the nearest pin, and
    `descent` holds the UP side instead of the DOWN side.
    """
    size, n_touched = 0, 0
    for pin in range(ends.off_road.size):
        if is_back:
            size, n_touched = seed_down(arcs, hierarchy, ends, pin, size, n_touched, scratch)
        else:
            size, n_touched = seed_up(arcs, links, hierarchy, ends, pin, size, n_touched, scratch)
    climb_on(hierarchy, DOWN if is_back else UP, size, n_touched, scratch)
    _descend(descent, scratch.label)
