"""Where a trip's stops lie along its shape, and the part of the shape that a leg rides.

Stops are matched to the shape in order: of all ways to put them onto its short pieces without going
back, the one with the least sum of squared distances is taken (a dynamic programme over pieces), so
a shape that passes a stop twice is cut at the right passing.
"""

import threading
from collections import OrderedDict
from typing import NamedTuple

import numpy as np

from gtfs.tables import ShapeTable, StopTable
from gtfs.timetable import Timetable
from routing.geo import along_m
from routing.kernels import shape_stops as kernels
from routing.layout import NONE, Float64Array, Int32Array
from routing.polyline import encode

_KEPT = 4096
_PIECE_M = 25.0  # long pieces of a shape are split into ones so short
_MOST_PIECES = 4_000  # of a very long shape; its pieces are longer
_FAR_M = 1_000.0  # a shape that misses its stops by more is no shape of this trip


class TripLine(NamedTuple):
    """The line that a trip follows, and where its stops lie on it."""

    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array  # (n_points,) degrees
    along_m: Float64Array  # (n_points,) distance from the first point
    stop_m: Float64Array  # (n_stops,) distance of each stop, ascending

    def distance_m(self, board: int, alight: int) -> int:
        """Distance between two positions of the trip."""
        return round(float(self.stop_m[alight] - self.stop_m[board]))

    def cut(self, board: int, alight: int) -> tuple[Float64Array, Float64Array]:
        """Longitudes and latitudes between two positions of the trip."""
        start, end = float(self.stop_m[board]), float(self.stop_m[alight])
        lon, lat = np.empty(self.lon.size + 2), np.empty(self.lat.size + 2)
        n_points = kernels.cut(self.along_m, self.lon, self.lat, start, end, lon, lat)
        return lon[:n_points], lat[:n_points]

    def drawn(self, board: int, alight: int) -> str:
        """Encoded polyline between two positions of the trip."""
        return encode(*self.cut(board, alight))


class LegShapes:
    """Lines of the trips that were asked for last; safe to share between threads."""

    def __init__(self, timetable: Timetable) -> None:
        self._stops = timetable.stops
        self._shapes = timetable.shapes
        self._lines: OrderedDict[tuple[int, bytes], TripLine] = OrderedDict()
        self._lock = threading.Lock()

    def line(self, shape: int, stops: Int32Array) -> TripLine:
        """Return the line of a trip with a shape (or `NONE`) that calls at `stops`."""
        key = (shape, stops.tobytes())
        with self._lock:
            if key in self._lines:
                self._lines.move_to_end(key)
                return self._lines[key]
        line = _trip_line(self._stops, self._shapes, shape, stops)
        with self._lock:
            self._lines[key] = line
            while len(self._lines) > _KEPT:
                self._lines.popitem(last=False)
        return line


def _trip_line(stops: StopTable, shapes: ShapeTable, shape: int, at: Int32Array) -> TripLine:
    """Match stops to the shape; without one that fits, go straight from stop to stop."""
    lon, lat = stops.lon[at], stops.lat[at]
    if shape != NONE:
        first, end = shapes.first_point[shape], shapes.first_point[shape + 1]
        along = shapes.distance_m[first:end]
        points = shapes.lon[first:end], shapes.lat[first:end]
        if end - first > 1 and along[-1] > 0:
            stop_m, gap_m = match(points, along, (lon, lat))
            if gap_m <= _FAR_M:
                return TripLine(*points, along, stop_m)
    straight = along_m(lon, lat)
    return TripLine(lon, lat, straight, straight)


def match(
    points: tuple[Float64Array, Float64Array],
    along_m: Float64Array,
    stops: tuple[Float64Array, Float64Array],
) -> tuple[Float64Array, float]:
    """Put stops onto a line in order.

    Parameters
    ----------
    points, stops
        Longitudes and latitudes.
    along_m
        Distance of each point from the first one.

    Returns
    -------
    stop_m
        Distance of each stop along the line, never descending.
    gap_m
        Greatest distance between a stop and its place on the line.
    """
    at_m = _split(along_m)
    fine = np.interp(at_m, along_m, points[0]), np.interp(at_m, along_m, points[1])
    n_stops = stops[0].size
    piece = np.empty(n_stops, np.int32)
    share, gap2 = np.empty(n_stops), np.empty(n_stops)
    last = np.empty((n_stops, at_m.size - 1), np.int32)
    kernels.place_stops(*_flat(fine, stops), last, piece, share, gap2)
    stop_m = at_m[piece] + share * np.diff(at_m)[piece]
    return np.maximum.accumulate(stop_m), float(gap2.max()) ** 0.5


def _split(along_m: Float64Array) -> Float64Array:
    """Distances of the points of a line, with more of them where they lie far apart."""
    length = np.diff(along_m)
    step = max(_PIECE_M, float(along_m[-1]) / _MOST_PIECES)
    n_parts = np.maximum(np.ceil(length / step), 1).astype(np.int64)
    start = np.repeat(along_m[:-1], n_parts)
    nth = np.arange(start.size) - np.repeat(np.cumsum(n_parts) - n_parts, n_parts)
    at_m = start + nth * np.repeat(length / n_parts, n_parts)
    return np.append(at_m, along_m[-1])


def _flat(
    line: tuple[Float64Array, Float64Array], stops: tuple[Float64Array, Float64Array]
) -> tuple[Float64Array, Float64Array, Float64Array, Float64Array]:
    """Metres east and north, of a line and of stops.

    The map is taken as flat, which is right to a per mille over a town.
    """
    metres_lat = 111_195.0
    metres_lon = metres_lat * float(np.cos(np.radians(line[1].mean())))
    (lon, lat), (stop_lon, stop_lat) = line, stops
    return lon * metres_lon, lat * metres_lat, stop_lon * metres_lon, stop_lat * metres_lat
