"""Places of stops on a line, in order, by a dynamic programme over its pieces; parts of a line."""

import numpy as np
from numba import njit

from routing.layout import Float64Array, Int32Array


@njit(cache=True, nogil=True)
def _at(
    place: float, along_m: Float64Array, lon: Float64Array, lat: Float64Array
) -> tuple[float, float]:
    """Longitude and latitude of a place on a line, between the points around it."""
    point = max(int(np.searchsorted(along_m, place, "right")) - 1, 0)
    if point == along_m.size - 1 or along_m[point] >= place:
        return lon[point], lat[point]
    length, beyond = along_m[point + 1] - along_m[point], place - along_m[point]
    east, north = lon[point + 1] - lon[point], lat[point + 1] - lat[point]
    return east / length * beyond + lon[point], north / length * beyond + lat[point]


@njit(cache=True, nogil=True)
def cut(
    along_m: Float64Array,  # (n_points,) m from the first point
    lon: Float64Array,  # (n_points,) degrees
    lat: Float64Array,
    start: float,  # m
    end: float,  # m
    part_lon: Float64Array,  # (n_points + 2,) out
    part_lat: Float64Array,
) -> int:
    """Write the part of a line between two places on it; return the number of its points."""
    part_lon[0], part_lat[0] = _at(start, along_m, lon, lat)
    n_points = 1
    for point in range(int(np.searchsorted(along_m, start, "right")), along_m.size):
        if along_m[point] >= end:
            break
        part_lon[n_points], part_lat[n_points] = lon[point], lat[point]
        n_points += 1
    part_lon[n_points], part_lat[n_points] = _at(end, along_m, lon, lat)
    return n_points + 1


@njit(cache=True, nogil=True)
def place_stops(
    x: Float64Array,  # (n_points,) m, of the line
    y: Float64Array,
    stop_x: Float64Array,  # (n_stops,) m
    stop_y: Float64Array,
    last: Int32Array,  # (n_stops, n_points - 1) scratch
    piece: Int32Array,  # (n_stops,) out
    share: Float64Array,  # (n_stops,) out
    gap2: Float64Array,  # (n_stops,) out
) -> None:
    """Put each stop onto a piece, never going back, with the least sum of squared gaps.

    `share` of the piece lies before the place, and the stop lies `gap2` m² off it. Of equally good
    pieces the last one is taken. `last[stop, piece]` is the best piece of a stop up to a piece.
    """
    n_pieces = x.size - 1
    total, gap = np.zeros(n_pieces), np.empty(n_pieces)
    for stop in range(stop_x.size):
        for at in range(n_pieces):  # by itself, so that it runs on several pieces at a time
            gap[at] = project(x, y, at, stop_x[stop], stop_y[stop])[1]
        least, best = np.inf, 0
        for at in range(n_pieces):
            cost = total[at] + gap[at]
            if cost <= least:
                least, best = cost, at
            total[at] = least
            last[stop, at] = best
    limit = n_pieces - 1
    for stop in range(stop_x.size - 1, -1, -1):
        limit = last[stop, limit]
        piece[stop] = limit
        share[stop], gap2[stop] = project(x, y, limit, stop_x[stop], stop_y[stop])


@njit(cache=True, nogil=True)
def project(
    x: Float64Array, y: Float64Array, piece: int, to_x: float, to_y: float
) -> tuple[float, float]:
    """Share of a piece before its place nearest to a point, and the gap squared, m²."""
    dx, dy = x[piece + 1] - x[piece], y[piece + 1] - y[piece]
    length2 = max(1e-9, dx * dx + dy * dy)
    share = ((to_x - x[piece]) * dx + (to_y - y[piece]) * dy) / length2
    share = min(1.0, max(0.0, share))
    off_x, off_y = to_x - (x[piece] + share * dx), to_y - (y[piece] + share * dy)
    return share, off_x * off_x + off_y * off_y
