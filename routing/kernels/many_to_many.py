"""Climbs on a hierarchy, and matrices made of them [1]_.

The climbs from all targets leave their labels in buckets at the vertices; a climb from a source
then reads off its whole row.

.. [1] Knopp, Sanders, Schultes, Schulz, Wagner: Computing Many-to-Many Shortest Paths Using
   Highway Hierarchies, ALENEX 2007.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.core import COST, OTHER
from routing.kernels.dijkstra import NEW, SAME, SEED, Scratch, clear, enqueue, lower, relax
from routing.kernels.heap import pop
from routing.kernels.pins import write_row
from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import (
    CM_MASK,
    DOWN,
    FAR,
    UP,
    Arcs,
    Ends,
    Hierarchy,
    Links,
    Pairs,
    Table,
)


class Climb(NamedTuple):
    """Vertices that a climb settled, and their costs."""

    vertex: Int32Array  # (n_vertices,)
    cost: Int64Array  # (n_vertices,) cost


class Buckets(NamedTuple):
    """Labels of the climbs of many ends, by vertex; those of a vertex cheapest first."""

    first_of_vertex: Int32Array  # (n_vertices,) entry
    end_of_vertex: Int32Array  # (n_vertices,) entry after the last one
    end: Int32Array  # (n_entries,) end that left the label
    cost: Int64Array  # (n_entries,) cost


@njit(cache=True, nogil=True)
def seed_up(
    arcs: Arcs, links: Links, hierarchy: Hierarchy, ends: Ends, pin: int, size: int,
    n_touched: int, scratch: Scratch,
) -> tuple[int, int]:  # fmt: skip
    """Label the vertices that follow a pin at which a trip starts."""
    for row in range(2 * pin, 2 * pin + 2):
        arc = ends.arc[row]
        if arc == NONE:
            continue
        parent = SEED - (row - 2 * pin)
        for link in range(arcs.first_exit[arc], arcs.end_exit[arc]):
            if links.cost[link] < FAR:
                cost = links.cost[link] - ends.passed[row] + ends.off_road[pin]
                vertex = hierarchy.place[links.head[link]]
                size, n_touched = relax(scratch, size, n_touched, vertex, cost, parent)
    return size, n_touched


@njit(cache=True, nogil=True)
def seed_down(
    arcs: Arcs, hierarchy: Hierarchy, ends: Ends, pin: int, size: int, n_touched: int,
    scratch: Scratch,
) -> tuple[int, int]:  # fmt: skip
    """Label the vertices before a pin at which a trip ends."""
    for row in range(2 * pin, 2 * pin + 2):
        arc = ends.arc[row]
        if arc == NONE:
            continue
        parent = SEED - (row - 2 * pin)
        cost = ends.passed[row] + ends.off_road[pin]
        for entry in (arcs.entry[arc], arcs.last_entry[arc]):
            vertex = hierarchy.place[entry]
            size, n_touched = relax(scratch, size, n_touched, vertex, cost, parent)
    return size, n_touched


@njit(cache=True, nogil=True)
def is_stalled(hierarchy: Hierarchy, vertex: int, side: int, cost: int, label: Int64Array) -> bool:
    """Whether the vertex is reached at less cost over a more important one."""
    opposite = 2 * vertex + 1 - side
    first, end = hierarchy.first_of_side[opposite], hierarchy.first_of_side[opposite + 1]
    for row in range(first, end):
        if label[hierarchy.row[row, OTHER]] + hierarchy.row[row, COST] < cost:
            return True
    return False


@njit(cache=True, nogil=True)
def _climb(
    hierarchy: Hierarchy, side: int, size: int, n_touched: int, bound: int, climb: Climb,
    scratch: Scratch,
) -> int:  # fmt: skip
    """Settle the vertices above those labelled that cost less than the bound, cheapest first.

    Fills `climb`, clears the labels; counts the vertices.
    """
    n_settled = 0
    while size > 0:
        entry = scratch.heap[0]
        size = pop(scratch.heap, size)
        vertex = entry & CM_MASK
        cost = scratch.label[vertex]
        if cost >= bound:
            break  # as do all that follow
        if cost >> 32 != entry >> 32 or is_stalled(hierarchy, vertex, side, cost, scratch.label):
            continue
        climb.vertex[n_settled], climb.cost[n_settled] = vertex, cost
        n_settled += 1
        own = 2 * vertex + side
        for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
            reached = cost + hierarchy.row[row, COST]
            other = hierarchy.row[row, OTHER]
            change = lower(scratch, n_touched, other, reached, row)
            if change != SAME:
                size = enqueue(scratch, size, other, reached)
                n_touched += change == NEW
    clear(scratch, n_touched)
    return n_settled


@njit(cache=True, nogil=True)
def climb_on(hierarchy: Hierarchy, side: int, size: int, n_touched: int, scratch: Scratch) -> None:
    """Settle all vertices above those labelled and keep the labels."""
    while size > 0:
        entry = scratch.heap[0]
        size = pop(scratch.heap, size)
        vertex = entry & CM_MASK
        cost = scratch.label[vertex]
        if cost >> 32 != entry >> 32 or is_stalled(hierarchy, vertex, side, cost, scratch.label):
            continue
        own = 2 * vertex + side
        for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
            reached = cost + hierarchy.row[row, COST]
            other = hierarchy.row[row, OTHER]
            size, n_touched = relax(scratch, size, n_touched, other, reached, NONE)


@njit(cache=True, nogil=True)
def climb_from(
    arcs: Arcs, links: Links, hierarchy: Hierarchy, ends: Ends, pin: int, bound: int,
    climb: Climb, scratch: Scratch,
) -> int:  # fmt: skip
    """Climb from a pin at which a trip starts; return the number of vertices in `climb`."""
    size, n_touched = seed_up(arcs, links, hierarchy, ends, pin, 0, 0, scratch)
    return _climb(hierarchy, UP, size, n_touched, bound, climb, scratch)


@njit(cache=True, nogil=True)
def climb_to(
    arcs: Arcs, hierarchy: Hierarchy, ends: Ends, pin: int, bound: int, climb: Climb,
    scratch: Scratch,
) -> int:  # fmt: skip
    """Climb backward from a pin at which a trip ends; return the number of vertices in `climb`."""
    size, n_touched = seed_down(arcs, hierarchy, ends, pin, 0, 0, scratch)
    return _climb(hierarchy, DOWN, size, n_touched, bound, climb, scratch)


@njit(cache=True, nogil=True)
def collect(
    arcs: Arcs, links: Links, hierarchy: Hierarchy, ends: Ends, first_pin: int, is_source: bool,
    vertex: Int32Array, cost: Int64Array, n_of_pin: Int32Array, climb: Climb, scratch: Scratch,
) -> int:  # fmt: skip
    """Append the climbs of the pins from `first_pin` on to `vertex` and `cost`.

    Stops before a pin whose climb does not fit and returns it. Trips start at the pins if
    `is_source`, else they end there.
    """
    n_rows = 0
    for pin in range(first_pin, n_of_pin.size):
        if is_source:
            n = climb_from(arcs, links, hierarchy, ends, pin, FAR, climb, scratch)
        else:
            n = climb_to(arcs, hierarchy, ends, pin, FAR, climb, scratch)
        if n_rows + n > vertex.size:
            return pin
        for row in range(n):
            vertex[n_rows + row], cost[n_rows + row] = climb.vertex[row], climb.cost[row]
        n_rows += n
        n_of_pin[pin] = n
    return n_of_pin.size


@njit(cache=True, nogil=True)
def rows(
    arcs: Arcs, links: Links, hierarchy: Hierarchy, buckets: Buckets, pairs: Pairs, is_back: bool,
    table: Table, climb: Climb, scratch: Scratch,
) -> None:  # fmt: skip
    """Fill `table` with the ways between `here` and `there`, whose climbs are in `buckets`."""
    for pin in range(table.duration.shape[0]):
        if is_back:
            n = climb_to(arcs, hierarchy, pairs.here_ends, pin, pairs.bound, climb, scratch)
        else:
            n = climb_from(
                arcs, links, hierarchy, pairs.here_ends, pin, pairs.bound, climb, scratch
            )
        table.cost[:] = FAR
        for step in range(n):
            vertex, cost = climb.vertex[step], climb.cost[step]
            first, end = buckets.first_of_vertex[vertex], buckets.end_of_vertex[vertex]
            for entry in range(first, end):
                total = cost + buckets.cost[entry]
                if total >= pairs.bound:
                    break  # as do all that follow
                if total < table.cost[buckets.end[entry]]:
                    table.cost[buckets.end[entry]] = total
        write_row(pairs, pin, is_back, table)
