"""From the labels of a search to the arcs of a path and the points along it."""

import numpy as np
from numba import njit

from routing.kernels.dijkstra import SEED, Scratch, clear, seed_from, settle_until
from routing.kernels.snapping import locate
from routing.layout import NONE, Float64Array, Int32Array, Int64Array
from routing.road_layout import CM_MASK, FAR, Arcs, Ends, Links, Pins, Points, Segments


@njit(cache=True, nogil=True)
def find(
    arcs: Arcs, links: Links, arc_of_link: Int32Array, ends: Ends, chain: Int32Array,
    scratch: Scratch,
) -> tuple[int, int, int]:  # fmt: skip
    """Write the arcs of the best way from pin 0 to pin 1, over other roads, to the end of `chain`.

    Returns its cost with the off-road parts, FAR if there is none; the number of arcs; and how
    many vertices were labelled.
    """
    size, n_touched = seed_from(arcs, links, ends, 0, FAR, scratch)
    n_touched = settle_until(arcs, links, ends, 1, FAR, scratch, size, n_touched)
    best, vertex, last = FAR, NONE, NONE
    for row in range(2, 4):
        arc = ends.arc[row]
        if arc == NONE:
            continue
        for entry in (arcs.entry[arc], arcs.last_entry[arc]):
            cost = scratch.label[entry] + ends.passed[row]
            if cost < best:
                best, vertex, last = cost, entry, arc
    length = 0
    if vertex != NONE:
        chain[chain.size - 1] = last
        length = 1
        link = scratch.parent[vertex]
        while link > NONE:
            length += 1
            chain[chain.size - length] = arc_of_link[link]
            vertex = np.searchsorted(links.first_of_vertex, link, "right") - 1
            link = scratch.parent[vertex]
        length += 1
        chain[chain.size - length] = ends.arc[SEED - link]
        best += ends.off_road[1]
    clear(scratch, n_touched)
    return best, length, n_touched


@njit(cache=True, nogil=True)
def _emit(
    points: Points, first: int, last: int, lon: Float64Array, lat: Float64Array, n: int
) -> int:
    """Append the points from `first` to `last`, in either direction; return their new number."""
    step = 1 if last >= first else -1
    for point in range(first, last + step, step):
        if n == 0 or points.lon[point] != lon[n - 1] or points.lat[point] != lat[n - 1]:
            lon[n], lat[n] = points.lon[point], points.lat[point]
            n += 1
    return n


@njit(cache=True, nogil=True)
def draw(
    points: Points,
    segments: Segments,
    arcs: Arcs,
    pins: Pins,
    chain: Int32Array,
    lon: Float64Array,
    lat: Float64Array,
) -> int:
    """Write the points of a path from pin 0 to pin 1 over the arcs of `chain`; count them.

    The way between two places of one arc is a chain of that arc alone.
    """
    start_piece, start_lon, start_lat = locate(points, segments, pins, 0)
    end_piece, end_lon, end_lat = locate(points, segments, pins, 1)
    lon[0], lat[0] = start_lon, start_lat
    n = 1
    for row in range(chain.size):
        segment = arcs.segment[chain[row]]
        first, last = segments.first_point[segment], segments.last_point[segment]
        if segments.backward_arc[segment] == chain[row]:
            first, last = last, first
            if row == 0:
                first = start_piece
            if row == chain.size - 1:
                last = end_piece + 1
            if first >= last:
                n = _emit(points, first, last, lon, lat, n)
        else:
            if row == 0:
                first = start_piece + 1
            if row == chain.size - 1:
                last = end_piece
            if first <= last:
                n = _emit(points, first, last, lon, lat, n)
    if n == 1 or end_lon != lon[n - 1] or end_lat != lat[n - 1]:
        lon[n], lat[n] = end_lon, end_lat
        n += 1
    return n


@njit(cache=True, nogil=True)
def n_points_of(segments: Segments, arcs: Arcs, chain: Int32Array) -> int:
    """Count the points that `draw` needs room for."""
    n = 2
    for row in range(chain.size):
        segment = arcs.segment[chain[row]]
        n += segments.last_point[segment] - segments.first_point[segment] + 1
    return n


@njit(cache=True, nogil=True)
def streets(
    points: Points, segments: Segments, arcs: Arcs, name_of_way: Int32Array, chain: Int32Array,
    skipped_cm: int, ahead_cm: int, name: Int32Array, cm: Int64Array,
) -> int:  # fmt: skip
    """Write the name and the length of each stretch of `chain` along one street; count them.

    The first arc is left out up to `skipped_cm`, the last one beyond `ahead_cm`.
    """
    n = 0
    for row in range(chain.size):
        arc = chain[row]
        length = arcs.cost[arc] & CM_MASK
        if row == chain.size - 1:
            length = ahead_cm
        if row == 0:
            length -= skipped_cm
        own = name_of_way[points.way[segments.first_point[arcs.segment[arc]]]]
        if n > 0 and name[n - 1] == own:
            cm[n - 1] += length
        else:
            name[n], cm[n] = own, length
            n += 1
    return n
