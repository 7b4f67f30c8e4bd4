"""Customisable hierarchies of road graphs: one shape, made from the map, for all costs."""

import numpy as np

from routing.kernels import customization as kernels
from routing.kernels import dissection
from routing.layout import NONE, Float64Array, Int32Array, Int64Array, first_of, frozen
from routing.road_layout import Arcs, Hierarchy, Links, Points, Segments, Shape
from routing.road_parts import tails

_N_DIRECTIONS = 4  # in which parts of the map are swept
_ROWS_PER_LINK = 12  # first guess


def positions(
    points: Points, segments: Segments, arcs: Arcs, links: Links, arc_of_link: Int32Array
) -> Float64Array:
    """Return where the vertices lie on a plane, (n_vertices, 2), degrees of latitude.

    A vertex lies at the start of the arcs that are entered from it; one from which none is entered
    lies at the end of an arc that leads to it.
    """
    is_backward = segments.backward_arc[arcs.segment] == np.arange(arcs.segment.size)
    first, last = segments.first_point[arcs.segment], segments.last_point[arcs.segment]
    start, end = np.where(is_backward, last, first), np.where(is_backward, first, last)
    point = np.zeros(links.first_of_vertex.size - 1, np.int64)
    drives = arc_of_link != NONE
    point[links.head[drives]] = end[arc_of_link[drives]]
    point[arcs.last_entry] = start
    point[arcs.entry] = start
    shrink = np.cos(np.radians(points.lat[point].mean())) if point.size else 1.0
    return np.column_stack([points.lon[point] * shrink, points.lat[point]])


def _neighbours(links: Links) -> dissection.Neighbours:
    """Vertices linked in either direction, once each."""
    n_vertices = links.first_of_vertex.size - 1
    tail, head = tails(links), links.head.astype(np.int64)
    key = np.unique(np.concatenate([tail * n_vertices + head, head * n_vertices + tail]))
    one, other = key // max(n_vertices, 1), key % max(n_vertices, 1)
    is_loop = one == other
    return dissection.Neighbours(first_of(one[~is_loop], n_vertices), frozen(other[~is_loop]))


def _dissected(graph: dissection.Neighbours, at: Float64Array) -> Int32Array:
    """Number the vertices by importance, 0 for the most important one."""
    n = at.shape[0]
    angle = np.pi * np.arange(_N_DIRECTIONS) / _N_DIRECTIONS
    along = np.cos(angle)[:, None] * at[:, 0] + np.sin(angle)[:, None] * at[:, 1]
    parts = dissection.Parts(
        np.argsort(along, axis=1, kind="stable").astype(np.int32),
        np.full(n, NONE, np.int32), np.empty(n, np.int32), np.empty(n, np.int32),
        np.empty(n + 1, np.int32), np.empty((n + 1, 2), np.int32),
    )  # fmt: skip
    flow = dissection.Flow(
        np.full(n, NONE, np.int32), np.full(n, NONE, np.int32), np.zeros(2 * n, np.int32),
        np.empty(2 * n, np.int32), np.empty(2 * n, np.int32), np.zeros(n, np.int32),
        np.empty(2 * n, np.int32), np.empty(n, np.int32),
    )  # fmt: skip
    place = np.empty(n, np.int32)
    dissection.dissect(graph, parts, flow, place)
    return place


def _grown(graph: dissection.Neighbours, place: Int32Array) -> tuple[Int32Array, Int32Array]:
    """Return first_of_vertex and above of the shape."""
    n = place.size
    vertex_at = np.empty(n, np.int32)
    vertex_at[place] = np.arange(n)
    growth = kernels.Growth(*(np.empty(n, np.int32) for _ in range(5)))
    room = _ROWS_PER_LINK * graph.other.size + n
    while True:
        above = np.empty(room, np.int32)
        n_rows = kernels.grow(graph, vertex_at, place, growth, above)
        if n_rows != NONE:
            break
        room *= 2
    low = np.repeat(np.arange(n)[::-1], growth.n_above[::-1])
    order = np.argsort(low * np.int64(n) + above[:n_rows])
    return first_of(low, n), frozen(above[order])


def build_shape(links: Links, at: Float64Array) -> Shape:
    """Make the shape of the hierarchies of a graph.

    Parameters
    ----------
    links
        The graph; costs do not matter, and closed links count as well.
    at
        Where the vertices lie on a plane, shape (n_vertices, 2). A bad place costs time, no more.
    """
    graph = _neighbours(links)
    place = _dissected(graph, at)
    first, above = _grown(graph, place)
    cell_of_link = np.empty(links.head.size, np.int32)
    shape = Shape(frozen(place), first, above, frozen(cell_of_link))
    kernels.locate_links(links.first_of_vertex, links.head, shape.place, shape, cell_of_link)
    return shape._replace(cell_of_link=frozen(cell_of_link))


def customize(shape: Shape, link_cost: Int64Array) -> Hierarchy:
    """Return the hierarchy of a graph with these costs, (n_links,); FAR closes a link."""
    n_rows = shape.above.size
    cost, via = np.empty((n_rows, 2), np.int64), np.empty((n_rows, 2), np.int32)
    kernels.customize(shape, shape.cell_of_link, link_cost, cost, via)
    best = cost.copy()
    kernels.mark_needless(shape, cost, best)
    return _needed(shape, cost, via, best)


def _needed(shape: Shape, cost: Int64Array, via: Int32Array, best: Int64Array) -> Hierarchy:
    """Keep the rows that best ways use."""
    first_of_side = np.empty(2 * shape.place.size + 1, np.int32)
    n_rows = kernels.count_needed(shape, cost, best, first_of_side)
    hierarchy = Hierarchy(
        shape.place, first_of_side, np.empty((n_rows, 2), np.int64), np.empty(n_rows, np.int32)
    )
    kernels.write_needed(shape, cost, best, via, hierarchy)
    for array in hierarchy:
        array.flags.writeable = False
    return hierarchy
