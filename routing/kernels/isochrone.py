"""Travel times painted onto a grid: along the roads first, then on foot from the roads."""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.dijkstra import Scratch, relax, settle
from routing.layout import NONE, Float64Array, Int64Array
from routing.road_layout import FAR, Arcs, Ends, Links, Pins, Points, Segments

NEVER = 1e18  # ms
Times = tuple[float, float]  # ms


class Reach(NamedTuple):
    """When the ends of each arc are reached, or from when they reach the goal; ms or FAR."""

    at_start: Int64Array  # (n_arcs,) ms
    at_end: Int64Array  # (n_arcs,) ms


class Canvas(NamedTuple):
    """Times at the points of a regular grid, and how far off the road each one is."""

    frame: Float64Array  # (4,) west, south, width and height of a cell, degrees
    ms: Float64Array  # (n_rows, n_columns) ms, or a large number
    off_road_m: Float64Array  # (n_rows, n_columns)
    metres: Float64Array  # (2,) width and height of a cell
    ms_per_m: float  # on foot


@njit(cache=True, nogil=True)
def near_from(arcs: Arcs, links: Links, ends: Ends, bound: int, scratch: Scratch) -> int:
    """Label what is reached from the nearest of all pins in time; count the vertices."""
    size, n_touched = 0, 0
    for row in range(ends.arc.size):
        arc, pin = ends.arc[row], row // 2
        if arc == NONE:
            continue
        for link in range(arcs.first_exit[arc], arcs.end_exit[arc]):
            cost = links.cost[link] - ends.passed[row] + ends.off_road[pin]
            if links.cost[link] < FAR and cost < bound:
                size, n_touched = relax(scratch, size, n_touched, links.head[link], cost, NONE)
    return settle(links, bound, scratch, size, n_touched)


@njit(cache=True, nogil=True)
def near_to(arcs: Arcs, back_links: Links, ends: Ends, bound: int, scratch: Scratch) -> int:
    """Label what reaches the nearest of all pins in time; count the vertices."""
    size, n_touched = 0, 0
    for row in range(ends.arc.size):
        arc = ends.arc[row]
        cost = ends.passed[row] + ends.off_road[row // 2]
        if arc != NONE and cost < bound:
            size, n_touched = relax(scratch, size, n_touched, arcs.entry[arc], cost, NONE)
            size, n_touched = relax(scratch, size, n_touched, arcs.last_entry[arc], cost, NONE)
    return settle(back_links, bound, scratch, size, n_touched)


@njit(cache=True, nogil=True)
def reach_of_arcs(arcs: Arcs, links: Links, label: Int64Array, is_back: bool, reach: Reach) -> None:
    """Turn the labels of vertices into times at the ends of arcs."""
    for arc in range(arcs.cost.size):
        cost = arcs.cost[arc]
        reach.at_start[arc] = reach.at_end[arc] = FAR
        if cost >= FAR:
            continue
        best = FAR
        if is_back:
            for link in range(arcs.first_exit[arc], arcs.end_exit[arc]):
                if links.cost[link] < FAR:
                    best = min(best, label[links.head[link]] + links.cost[link])
        else:
            best = min(label[arcs.entry[arc]], label[arcs.last_entry[arc]])
        if best < FAR:
            ahead = -(cost >> 32) if is_back else cost >> 32
            reach.at_start[arc] = best >> 32
            reach.at_end[arc] = (best >> 32) + ahead


@njit(cache=True, nogil=True)
def _widen(points: Points, segments: Segments, segment: int, box: Float64Array) -> None:
    for point in range(segments.first_point[segment], segments.last_point[segment] + 1):
        box[0], box[2] = min(box[0], points.lon[point]), max(box[2], points.lon[point])
        box[1], box[3] = min(box[1], points.lat[point]), max(box[3], points.lat[point])


@njit(cache=True, nogil=True)
def frame_of(
    points: Points, segments: Segments, arcs: Arcs, pins: Pins, reach: Reach, limit_ms: int,
    box: Float64Array,
) -> None:  # fmt: skip
    """Widen `box`, (4,) west, south, east, north, to the roads of pins and those reached."""
    for segment in pins.segment:
        if segment != NONE:
            _widen(points, segments, segment, box)
    for arc in range(arcs.cost.size):
        if min(reach.at_start[arc], reach.at_end[arc]) < limit_ms:
            _widen(points, segments, arcs.segment[arc], box)


@njit(cache=True, nogil=True)
def dab(canvas: Canvas, lon: float, lat: float, ms: float) -> None:
    """Paint the grid points around a place that is reached at a time."""
    x = (lon - canvas.frame[0]) / canvas.frame[2]
    y = (lat - canvas.frame[1]) / canvas.frame[3]
    column, row = int(np.floor(x)), int(np.floor(y))
    for r in range(max(row, 0), min(row + 2, canvas.ms.shape[0])):
        for c in range(max(column, 0), min(column + 2, canvas.ms.shape[1])):
            later = canvas.ms[r, c] - ms
            east, north = (x - c) * canvas.metres[0], (y - r) * canvas.metres[1]
            off_squared = east * east + north * north
            if later > 0 and off_squared * canvas.ms_per_m**2 < later * later:
                off = np.sqrt(off_squared)
                canvas.ms[r, c], canvas.off_road_m[r, c] = ms + off * canvas.ms_per_m, off


@njit(cache=True, nogil=True)
def _paint_stretch(
    points: Points, piece: tuple[int, int, float, float], ways: tuple[Times, Times],
    limit_ms: float, paints: tuple[bool, bool], canvas: Canvas,
) -> None:  # fmt: skip
    """Paint a stretch of a segment by steps of a cell, with the earlier time of two ways along it.

    `piece` are the first and last point of the segment and the chainages where the stretch starts
    and ends, `ways` the times of both ways there; `paints` says whether start and end are painted.
    """
    (first, last, start, end), (one, other) = piece, ways
    if end < start:
        return
    length = max(end - start, 1.0)  # a stretch without any is one place
    step_cm = 100.0 * min(canvas.metres[0], canvas.metres[1])
    one_rate, other_rate = (one[1] - one[0]) / length, (other[1] - other[0]) / length
    at = start if paints[0] else min(start + step_cm, end)
    for point in range(first, last):
        origin, following = points.chainage_cm[point], points.chainage_cm[point + 1]
        while origin <= at <= following and at <= end:
            if at == end and not paints[1]:
                return
            ms = min(one[0] + (at - start) * one_rate, other[0] + (at - start) * other_rate)
            if ms < limit_ms:
                share = (at - origin) / max(following - origin, 1)
                lon = points.lon[point] + share * (points.lon[point + 1] - points.lon[point])
                lat = points.lat[point] + share * (points.lat[point + 1] - points.lat[point])
                dab(canvas, lon, lat, ms)
            if at == end:
                return
            at = min(at + step_cm, end)


@njit(cache=True, nogil=True)
def _times(arc: int, is_backward: bool, reach: Reach, limit_ms: float) -> Times:
    """Times where a segment starts and ends along one of its arcs; `NEVER` if not within limits."""
    if arc == NONE or min(reach.at_start[arc], reach.at_end[arc]) >= limit_ms:
        return NEVER, NEVER
    at_start, at_end = float(reach.at_start[arc]), float(reach.at_end[arc])
    return (at_end, at_start) if is_backward else (at_start, at_end)


@njit(cache=True, nogil=True)
def paint_roads(
    points: Points, segments: Segments, reach: Reach, limit_ms: int, canvas: Canvas
) -> None:
    """Paint all segments of which an end is reached in time; of ferries the landings only.

    Where an arc is entered another one ended that was reached no later, so that one paints it.
    """
    for segment in range(segments.first_point.size):
        onward = _times(segments.forward_arc[segment], False, reach, limit_ms)
        back = _times(segments.backward_arc[segment], True, reach, limit_ms)
        earliest = min(onward[0], onward[1], back[0], back[1])
        if earliest >= limit_ms:
            continue
        first, last = segments.first_point[segment], segments.last_point[segment]
        start, end = float(points.chainage_cm[first]), float(points.chainage_cm[last])
        ends_at_start = NEVER > onward[0] >= onward[1] or NEVER > back[0] >= back[1]
        ends_at_end = NEVER > onward[1] >= onward[0] or NEVER > back[1] >= back[0]
        if segments.is_ferry[segment]:
            for at, lands, ms in (
                (first, ends_at_start, min(onward[0], back[0])),
                (last, ends_at_end, min(onward[1], back[1])),
            ):
                if lands and ms < limit_ms:
                    dab(canvas, points.lon[at], points.lat[at], ms)
            continue
        piece, paints = (first, last, start, end), (ends_at_start, ends_at_end)
        _paint_stretch(points, piece, (onward, back), limit_ms, paints, canvas)


@njit(cache=True, nogil=True)
def paint_ends(
    points: Points, segments: Segments, arcs: Arcs, pins: Pins, ends: Ends, is_back: bool,
    limit_ms: int, canvas: Canvas,
) -> None:  # fmt: skip
    """Paint the pins themselves and the parts of their arcs that lead away from, or to, them."""
    for row in range(ends.arc.size):
        arc, pin = ends.arc[row], row // 2
        if arc == NONE:
            continue
        segment = pins.segment[pin]
        first, last = segments.first_point[segment], segments.last_point[segment]
        here = float(points.chainage_cm[first] + pins.along_cm[pin])
        at_pin, passed = float(ends.off_road[pin] >> 32), ends.passed[row] >> 32
        far = at_pin + (passed if is_back else (arcs.cost[arc] >> 32) - passed)
        is_ahead = (row % 2 == 0) != is_back  # the part with higher chainages
        if is_ahead:
            piece, way = (first, last, here, float(points.chainage_cm[last])), (at_pin, far)
        else:
            piece, way = (first, last, float(points.chainage_cm[first]), here), (far, at_pin)
        _paint_stretch(points, piece, (way, way), limit_ms, (True, True), canvas)


@njit(cache=True, nogil=True)
def _walk_from(canvas: Canvas, at: tuple[int, int], rows: int, most_m: float) -> None:
    """Offer the time at a grid point to four neighbours: one beside it, three `rows` further."""
    row, column = at
    here, off_here = canvas.ms[row, column], canvas.off_road_m[row, column]
    width, height = canvas.metres
    aslant = np.sqrt(width * width + height * height)
    steps = (
        (0, rows, width), (rows, -1, aslant), (rows, 0, height), (rows, 1, aslant),
    )  # fmt: skip
    for down, right, length in steps:
        r, c = row + down, column + right
        if not (0 <= r < canvas.ms.shape[0] and 0 <= c < canvas.ms.shape[1]):
            continue
        total = here + length * canvas.ms_per_m
        if total < canvas.ms[r, c] and off_here + length <= most_m:
            canvas.ms[r, c], canvas.off_road_m[r, c] = total, off_here + length


@njit(cache=True, nogil=True)
def spread(canvas: Canvas, limit_ms: float, most_m: float) -> None:
    """Walk from painted grid points to those around, at most `most_m` off the road.

    Two passes over the grid, each handing times on to four of the eight neighbours [1]_; lengths
    are at most 8 % longer than straight.

    .. [1] Borgefors: Distance Transformations in Digital Images, CVGIP 1986.
    """
    n_rows, n_columns = canvas.ms.shape
    for row in range(n_rows):
        for column in range(n_columns):
            if canvas.ms[row, column] < limit_ms:
                _walk_from(canvas, (row, column), 1, most_m)
    for row in range(n_rows - 1, -1, -1):
        for column in range(n_columns - 1, -1, -1):
            if canvas.ms[row, column] < limit_ms:
                _walk_from(canvas, (row, column), -1, most_m)
