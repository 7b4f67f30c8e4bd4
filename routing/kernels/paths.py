"""From the labels of a search to the arcs of a path and the points along it."""

import numpy as np
from numba import njit

from routing.kernels.dijkstra import SEED, Scratch, clear, seed_from, settle_until
from routing.kernels.pins import cost_beeline, cost_on_arc, shared_arc
from routing.kernels.snapping import locate
from routing.layout import NONE, Float64Array, Int32Array, Int64Array
from routing.road_layout import CM_MASK, FAR, Arcs, Ends, Links, Pins, Points, Segments

COST, N_ARCS, SKIPPED_CM, AHEAD_CM, N_LABELLED = range(5)  # what `complete` and `find` find


@njit(cache=True, nogil=True)
def find(
    arcs: Arcs, links: Links, arc_of_link: Int32Array, ends: Ends, chain: Int32Array,
    scratch: Scratch,
) -> tuple[int, int, int]:  # fmt: skip
    """Write the arcs of the best way from pin 0 to pin 1, over other roads, to `chain`.

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
        length = _trace(links, arc_of_link, ends, vertex, last, scratch.parent, chain)
        best += ends.off_road[1]
    clear(scratch, n_touched)
    return best, length, n_touched


@njit(cache=True, nogil=True)
def _trace(
    links: Links, arc_of_link: Int32Array, ends: Ends, vertex: int, last: int, parent: Int32Array,
    chain: Int32Array,
) -> int:  # fmt: skip
    """Write the arcs from pin 0 to a vertex, and the last one, to `chain`; count them."""
    chain[0], length = last, 1
    link = parent[vertex]
    while link > NONE:
        if arc_of_link[link] != NONE:
            chain[length] = arc_of_link[link]
            length += 1
        link = parent[np.searchsorted(links.first_of_vertex, link, "right") - 1]
    chain[length] = ends.arc[SEED - link]
    length += 1
    turn_round(chain, 0, length)
    return length


@njit(cache=True, nogil=True)
def turn_round(row: Int32Array, first: int, end: int) -> None:
    """Reverse a stretch of an array."""
    while first < end - 1:
        end -= 1
        row[first], row[end] = row[end], row[first]
        first += 1


@njit(cache=True, nogil=True)
def complete(
    pins: Pins, ends: Ends, off_road_kmh: float, cost: int, length: int,
    chain: Int32Array, found: Int64Array,
) -> None:  # fmt: skip
    """Compare a way over other roads with those along one arc and off the road; fill `found`.

    Neither the first arc up to SKIPPED_CM nor the last one beyond AHEAD_CM belongs to the way. A
    straight line has no arcs.
    """
    if pins.segment[0] == pins.segment[1] != NONE:
        on_arc = cost_on_arc(ends, 0, ends, 1)
        if on_arc < FAR and on_arc <= cost:
            cost, length = on_arc, 1
            chain[0] = shared_arc(ends)
    line = cost_beeline(pins, 0, pins, 1, off_road_kmh)
    if line < cost:
        cost, length = line, 0
    found[COST], found[N_ARCS] = cost, length
    found[SKIPPED_CM] = found[AHEAD_CM] = 0
    if length > 0:
        start = 0 if ends.arc[0] == chain[0] else 1
        goal = 2 if ends.arc[2] == chain[length - 1] else 3
        found[SKIPPED_CM] = ends.passed[start] & CM_MASK
        found[AHEAD_CM] = ends.passed[goal] & CM_MASK


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
    is_on_foot: bool,
    lon: Float64Array,
    lat: Float64Array,
) -> int:
    """Write the points of a path from pin 0 to pin 1 over the arcs of `chain`; count them.

    The way between two places of one arc is a chain of that arc alone, a straight line an empty
    one. Vehicles stay on the road; who `is_on_foot` also comes from the place and goes to it.
    """
    n = 0
    if chain.size == 0 or (is_on_foot and pins.off_road_cm[0] > 0):
        lon[0], lat[0], n = pins.lon[0], pins.lat[0], 1
    if chain.size > 0:
        n = _draw_roads(points, segments, arcs, pins, chain, lon, lat, n)
    if chain.size == 0 or (is_on_foot and pins.off_road_cm[1] > 0):
        lon[n], lat[n] = pins.lon[1], pins.lat[1]
        n += 1
    return n


@njit(cache=True, nogil=True)
def _draw_roads(
    points: Points, segments: Segments, arcs: Arcs, pins: Pins, chain: Int32Array,
    lon: Float64Array, lat: Float64Array, n: int,
) -> int:  # fmt: skip
    """Append the points of a path that are on roads; return their new number."""
    start_piece, start_lon, start_lat = locate(points, segments, pins, 0)
    end_piece, end_lon, end_lat = locate(points, segments, pins, 1)
    lon[n], lat[n] = start_lon, start_lat
    n += 1
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
    if end_lon != lon[n - 1] or end_lat != lat[n - 1] or n == 1:
        lon[n], lat[n] = end_lon, end_lat
        n += 1
    return n


@njit(cache=True, nogil=True)
def n_points_of(segments: Segments, arcs: Arcs, chain: Int32Array) -> int:
    """Count the points that `draw` needs room for."""
    n = 4  # both ends, on the road and off it
    for row in range(chain.size):
        segment = arcs.segment[chain[row]]
        n += segments.last_point[segment] - segments.first_point[segment] + 1
    return n


@njit(cache=True, nogil=True)
def streets(
    way_of_point: Int32Array, first_point: Int32Array, segment_of_arc: Int32Array,
    cost: Int64Array, name_of_way: Int32Array, chain: Int32Array, skipped_cm: int, ahead_cm: int,
    name: Int32Array, cm: Int64Array,
) -> int:  # fmt: skip
    """Write the name and the length of each stretch of `chain` along one street; count them.

    The first arc is left out up to `skipped_cm`, the last one beyond `ahead_cm`.
    """
    n = 0
    for row in range(chain.size):
        arc = chain[row]
        length = cost[arc] & CM_MASK
        if row == chain.size - 1:
            length = ahead_cm
        if row == 0:
            length -= skipped_cm
        own = name_of_way[way_of_point[first_point[segment_of_arc[arc]]]]
        if n > 0 and name[n - 1] == own:
            cm[n - 1] += length
        else:
            name[n], cm[n] = own, length
            n += 1
    return n
