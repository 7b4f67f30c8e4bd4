"""One to all on a hierarchy: climb from the source, then hand costs down, row by row [1]_.

.. [1] Delling, Goldberg, Nowatzyk, Werneck: PHAST: Hardware-Accelerated Shortest Path Trees,
   IPDPS 2011.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.dijkstra import Scratch
from routing.kernels.many_to_many import climb_on, seed_down, seed_up
from routing.layout import Int32Array, Int64Array
from routing.road_layout import DOWN, UP, Arcs, Ends, Hierarchy, Links


class Descent(NamedTuple):
    """Rows by which vertices are reached from more important ones, from the top vertex (0) on."""

    vertex: Int32Array  # (n_rows,) rising
    other: Int32Array  # (n_rows,) more important vertex
    cost: Int64Array  # (n_rows,) cost


@njit(cache=True, nogil=True)
def list_rows(hierarchy: Hierarchy, side: int, descent: Descent) -> None:
    """Fill `descent` with the rows of one side."""
    n_rows = 0
    for vertex in range(hierarchy.first_of_side.size // 2):
        own = 2 * vertex + side
        for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
            descent.vertex[n_rows] = vertex
            descent.other[n_rows] = hierarchy.row[row, 0]
            descent.cost[n_rows] = hierarchy.row[row, 1]
            n_rows += 1


@njit(cache=True, nogil=True)
def _descend(descent: Descent, label: Int64Array) -> None:
    """Hand the labels down, row by row from the top vertex.

    A loop over the few rows of each vertex takes three times as long: its end cannot be foreseen.
    """
    for row in range(descent.other.size):
        vertex = np.uint64(descent.vertex[row])
        reached = label[np.uint64(descent.other[row])] + descent.cost[row]
        label[vertex] = min(label[vertex], reached)


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
