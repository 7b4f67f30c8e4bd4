"""Walks between all pairs of places that lie within a limit."""

from typing import NamedTuple

from numba import njit

from routing.kernels.dijkstra import Scratch, clear, seed_from, settle
from routing.kernels.pins import cost_beeline, cost_on_arc
from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import FAR, Arcs, Ends, Links, Pins


class GoalIndex(NamedTuple):
    """Where the goals of a search are found; a row is that of `Ends`."""

    first_of_vertex: Int32Array  # (n_vertices + 1,) entry
    row: Int32Array  # (n_entries,) row of a goal whose arc is entered from the vertex
    first_of_arc: Int32Array  # (n_arcs + 1,) entry
    row_of_arc: Int32Array  # (n_entries,) row of a goal on the arc
    by_lat: Int32Array  # (n_pins,) pins from south to north


class Near(NamedTuple):
    """Goals near the present source; between sources every cost is FAR."""

    cost: Int64Array  # (n_pins,) cost
    pin: Int32Array  # (n_pins,) pins with a cost


@njit(cache=True, nogil=True)
def _offer(near: Near, n_near: int, pin: int, cost: int) -> int:
    if cost < near.cost[pin]:
        if near.cost[pin] == FAR:
            near.pin[n_near] = pin
            n_near += 1
        near.cost[pin] = cost
    return n_near


@njit(cache=True, nogil=True)
def _beside(
    pins: Pins, ends: Ends, index: GoalIndex, source: int, off_road_kmh: float, span: float,
    near: Near, n_near: int,
) -> int:  # fmt: skip
    """Offer the goals on the same arcs and those in a straight line."""
    for row in range(2 * source, 2 * source + 2):
        arc = ends.arc[row]
        if arc == NONE:
            continue
        for entry in range(index.first_of_arc[arc], index.first_of_arc[arc + 1]):
            goal = index.row_of_arc[entry] // 2
            n_near = _offer(near, n_near, goal, cost_on_arc(ends, source, ends, goal))
    low, high = 0, index.by_lat.size
    while low < high:
        middle = (low + high) // 2
        if pins.lat[index.by_lat[middle]] < pins.lat[source] - span:
            low = middle + 1
        else:
            high = middle
    while low < index.by_lat.size and pins.lat[index.by_lat[low]] <= pins.lat[source] + span:
        goal = index.by_lat[low]
        cost = cost_beeline(pins, source, pins, goal, off_road_kmh)
        n_near = _offer(near, n_near, goal, cost)
        low += 1
    return n_near


@njit(cache=True, nogil=True)
def walks(
    arcs: Arcs, links: Links, pins: Pins, ends: Ends, index: GoalIndex, off_road_kmh: float,
    span: float, bound: int, first_source: int, n_of_source: Int32Array, head: Int32Array,
    cost: Int64Array, near: Near, scratch: Scratch,
) -> int:  # fmt: skip
    """Fill `head` and `cost` with the walks of sources from `first_source` on.

    Stops before a source whose walks may not fit and returns it; `n_of_source` counts the walks.
    """
    n_rows = 0
    n_pins = pins.segment.size
    for source in range(first_source, n_pins):
        if n_rows + n_pins > head.size:
            return source
        size, n_touched = seed_from(arcs, links, ends, source, bound, scratch)
        n_touched = settle(links, bound, scratch, size, n_touched)
        n_near = _beside(pins, ends, index, source, off_road_kmh, span, near, 0)
        for place in range(n_touched):
            vertex = scratch.touched[place]
            for entry in range(index.first_of_vertex[vertex], index.first_of_vertex[vertex + 1]):
                row = index.row[entry]
                reached = scratch.label[vertex] + ends.passed[row] + ends.off_road[row // 2]
                n_near = _offer(near, n_near, row // 2, reached)
        for place in range(n_near):
            goal = near.pin[place]
            if goal != source and near.cost[goal] < bound:
                head[n_rows], cost[n_rows] = goal, near.cost[goal]
                n_rows += 1
                n_of_source[source] += 1
            near.cost[goal] = FAR
        clear(scratch, n_touched)
    return n_pins
