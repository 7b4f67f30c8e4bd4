"""Customisable contraction hierarchies [1]_: the shape of a hierarchy first, its costs when asked.

Contracting the vertices of a map in an order that no cost decides on adds every shortcut that any
cost might need. What remains for a given cost is to look at all triangles of the shape, from below.

.. [1] Dibbelt, Strasser, Wagner: Customizable Contraction Hierarchies, ACM JEA 2016.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.dissection import Neighbours
from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import DOWN, FAR, UP, Hierarchy, Shape


class Growth(NamedTuple):
    """Neighbours above each vertex while the shape is made, from the lowest vertex up."""

    first: Int32Array  # (n_vertices,) entry
    n_above: Int32Array  # (n_vertices,) entries
    child: Int32Array  # (n_vertices,) a vertex whose lowest neighbour above is this one, or NONE
    sibling: Int32Array  # (n_vertices,) another such vertex, or NONE
    mark: Int32Array  # (n_vertices,) vertex that last listed this one


@njit(cache=True, nogil=True)
def grow(
    graph: Neighbours, vertex_at: Int32Array, place: Int32Array, growth: Growth, above: Int32Array
) -> int:
    """List the places above each place in the shape; return how many, or NONE if short of room.

    `above` gets them, from the lowest place up, unsorted.
    """
    n_rows = 0
    growth.mark[:] = NONE
    growth.child[:] = NONE
    for low in range(vertex_at.size - 1, -1, -1):
        first, nearest = n_rows, NONE
        vertex = vertex_at[low]
        if n_rows + low > above.size:
            return NONE
        for entry in range(graph.first_of_vertex[vertex], graph.first_of_vertex[vertex + 1]):
            high = place[graph.other[entry]]
            if high < low and growth.mark[high] != low:
                growth.mark[high] = low
                above[n_rows] = high
                n_rows += 1
        child = growth.child[low]
        while child != NONE:
            start = growth.first[child]
            for row in range(start, start + growth.n_above[child]):
                high = above[row]
                if high < low and growth.mark[high] != low:
                    growth.mark[high] = low
                    above[n_rows] = high
                    n_rows += 1
            child = growth.sibling[child]
        for row in range(first, n_rows):
            nearest = max(nearest, above[row])
        growth.first[low], growth.n_above[low] = first, n_rows - first
        if nearest != NONE:
            growth.sibling[low] = growth.child[nearest]
            growth.child[nearest] = low
    return n_rows


@njit(cache=True, nogil=True)
def find(shape: Shape, low: int, high: int) -> int:
    """Row of a place that leads to a place above it."""
    first, end = shape.first_of_vertex[low], shape.first_of_vertex[low + 1]
    while first < end:
        middle = (first + end) // 2
        if shape.above[middle] < high:
            first = middle + 1
        else:
            end = middle
    return int(first)


@njit(cache=True, nogil=True)
def locate_links(
    first_of_vertex: Int32Array, head: Int32Array, place: Int32Array, shape: Shape,
    cell_of_link: Int32Array,
) -> None:  # fmt: skip
    """Write where the cost of each link goes: 2 * row + side, NONE for a loop."""
    for vertex in range(first_of_vertex.size - 1):
        for link in range(first_of_vertex[vertex], first_of_vertex[vertex + 1]):
            tail, end = place[vertex], place[head[link]]
            if tail == end:
                cell_of_link[link] = NONE
            elif end < tail:
                cell_of_link[link] = 2 * find(shape, tail, end) + UP
            else:
                cell_of_link[link] = 2 * find(shape, end, tail) + DOWN


@njit(cache=True, nogil=True)
def _enter_links(
    cell_of_link: Int32Array, link_cost: Int64Array, cost: Int64Array, via: Int32Array
) -> None:
    """Give each row of the shape the cost of its best link."""
    for row in range(cost.shape[0]):
        cost[row, UP] = cost[row, DOWN] = FAR
        via[row, UP] = via[row, DOWN] = NONE
    for link in range(cell_of_link.size):
        cell = cell_of_link[link]
        if cell != NONE and link_cost[link] < cost[cell >> 1, cell & 1]:
            cost[cell >> 1, cell & 1] = link_cost[link]
            via[cell >> 1, cell & 1] = ~link


@njit(cache=True, nogil=True)
def customize(
    shape: Shape, cell_of_link: Int32Array, link_cost: Int64Array, cost: Int64Array,
    via: Int32Array,
) -> None:  # fmt: skip
    """Fill `cost` and `via`, (n_rows, 2), by all triangles, the one with the lowest tip first.

    `cost[row, UP]` leads from the row's vertex to the one above, `cost[row, DOWN]` back.
    """
    _enter_links(cell_of_link, link_cost, cost, via)
    above = shape.above
    for tip in range(shape.first_of_vertex.size - 2, -1, -1):
        first, end = shape.first_of_vertex[tip], shape.first_of_vertex[tip + 1]
        for lower in range(first + 1, end):
            to_lower, from_lower = cost[lower, UP], cost[lower, DOWN]
            if to_lower >= FAR and from_lower >= FAR:
                continue
            row = shape.first_of_vertex[above[lower]]
            for higher in range(first, lower):
                while above[row] < above[higher]:
                    row += 1
                rising, falling = from_lower + cost[higher, UP], cost[higher, DOWN] + to_lower
                if rising < cost[row, UP]:
                    cost[row, UP], via[row, UP] = rising, tip
                if falling < cost[row, DOWN]:
                    cost[row, DOWN], via[row, DOWN] = falling, tip


@njit(cache=True, nogil=True)
def mark_needless(shape: Shape, cost: Int64Array, best: Int64Array) -> None:
    """Fill `best`, a copy of `cost`, with what the ways between the vertices really cost.

    From the top vertex down, over the triangles whose lowest tip is the row's own vertex. A row
    that costs more than that is part of no best way.
    """
    above = shape.above
    for tip in range(shape.first_of_vertex.size - 1):
        first, end = shape.first_of_vertex[tip], shape.first_of_vertex[tip + 1]
        for lower in range(first + 1, end):
            row = shape.first_of_vertex[above[lower]]
            to_lower, from_lower = cost[lower, UP], cost[lower, DOWN]
            for higher in range(first, lower):
                while above[row] < above[higher]:
                    row += 1
                up, down = best[row, UP], best[row, DOWN]
                best[higher, UP] = min(best[higher, UP], to_lower + up)
                best[higher, DOWN] = min(best[higher, DOWN], down + from_lower)
                best[lower, UP] = min(best[lower, UP], cost[higher, UP] + down)
                best[lower, DOWN] = min(best[lower, DOWN], up + cost[higher, DOWN])


@njit(cache=True, nogil=True)
def count_needed(
    shape: Shape, cost: Int64Array, best: Int64Array, first_of_side: Int32Array
) -> int:
    """Fill `first_of_side` for the rows that best ways use; return how many they are."""
    n_needed = 0
    for vertex in range(shape.first_of_vertex.size - 1):
        for side in range(2):
            first_of_side[2 * vertex + side] = n_needed
            for row in range(shape.first_of_vertex[vertex], shape.first_of_vertex[vertex + 1]):
                n_needed += FAR > cost[row, side] == best[row, side]
    first_of_side[first_of_side.size - 1] = n_needed
    return n_needed


@njit(cache=True, nogil=True)
def write_needed(
    shape: Shape, cost: Int64Array, best: Int64Array, via: Int32Array, hierarchy: Hierarchy
) -> None:
    """Fill `row` and `via` of a hierarchy with the rows that best ways use."""
    n_needed = 0
    for vertex in range(shape.first_of_vertex.size - 1):
        for side in range(2):
            for row in range(shape.first_of_vertex[vertex], shape.first_of_vertex[vertex + 1]):
                if FAR > cost[row, side] == best[row, side]:
                    hierarchy.row[n_needed, 0] = shape.above[row]
                    hierarchy.row[n_needed, 1] = cost[row, side]
                    hierarchy.via[n_needed] = via[row, side]
                    n_needed += 1
