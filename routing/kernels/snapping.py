"""Nearest piece of road by a regular grid; distances on the plane that touches the place."""

import numpy as np
from numba import njit

from routing.layout import NONE, Float64Array, Int32Array, UInt8Array
from routing.road_layout import Grid, Pins, Points, Segments

_CM_PER_DEGREE = np.pi / 180 * 637_100_880.0
_LEAST_RING_CM = 1000.0  # ends the search near the poles


@njit(cache=True, nogil=True)
def _cell(value: float, origin: float, size: float, n_cells: int) -> int:
    """Row or column of a coordinate, clipped to the grid."""
    return min(max(int((value - origin) / size), 0), n_cells - 1)


@njit(cache=True, nogil=True)
def fill_grid(
    points: Points,
    is_used: UInt8Array,
    shape: Int32Array,
    frame: Float64Array,
    position: Int32Array,
    piece: Int32Array,
    is_counting: bool,
) -> None:
    """Count the entries of each cell into `position[cell]`, or write them from there on."""
    west, south, width, height = frame[0], frame[1], frame[2], frame[3]
    for start in range(is_used.size):
        if not is_used[start]:
            continue
        lon_a, lat_a = points.lon[start], points.lat[start]
        lon_b, lat_b = points.lon[start + 1], points.lat[start + 1]
        if lat_a > lat_b:
            lon_a, lat_a, lon_b, lat_b = lon_b, lat_b, lon_a, lat_a
        first_row = _cell(lat_a, south, height, shape[0])
        last_row = _cell(lat_b, south, height, shape[0])
        for row in range(first_row, last_row + 1):
            low = lat_a if row == first_row else south + row * height
            high = lat_b if row == last_row else south + (row + 1) * height
            lon_low, lon_high = lon_a, lon_b
            if lat_b > lat_a:
                lon_low = lon_a + (lon_b - lon_a) * (low - lat_a) / (lat_b - lat_a)
                lon_high = lon_a + (lon_b - lon_a) * (high - lat_a) / (lat_b - lat_a)
            first_column = _cell(min(lon_low, lon_high), west, width, shape[1])
            last_column = _cell(max(lon_low, lon_high), west, width, shape[1])
            for column in range(first_column, last_column + 1):
                cell = row * shape[1] + column
                if not is_counting:
                    piece[position[cell]] = start
                position[cell] += 1


@njit(cache=True, nogil=True)
def _project(
    points: Points, start: int, lon: float, lat: float, shrink: float
) -> tuple[float, float]:
    """Squared distance, cm², of a place from a piece, and where on it the nearest point lies."""
    a_x = (points.lon[start] - lon) * shrink * _CM_PER_DEGREE
    a_y = (points.lat[start] - lat) * _CM_PER_DEGREE
    d_x = (points.lon[start + 1] - points.lon[start]) * shrink * _CM_PER_DEGREE
    d_y = (points.lat[start + 1] - points.lat[start]) * _CM_PER_DEGREE
    squared = d_x * d_x + d_y * d_y
    share = 0.0
    if squared > 0:
        share = min(max(-(a_x * d_x + a_y * d_y) / squared, 0.0), 1.0)
    x, y = a_x + share * d_x, a_y + share * d_y
    return x * x + y * y, share


@njit(cache=True, nogil=True)
def _nearest(
    points: Points, segments: Segments, grid: Grid, lon: float, lat: float, limit_cm: float
) -> tuple[int, float, float]:
    """Nearest piece that may be pinned to, or NONE; its squared distance; the share along it."""
    n_rows, n_columns = grid.shape[0], grid.shape[1]
    west, south, width, height = grid.frame[0], grid.frame[1], grid.frame[2], grid.frame[3]
    shrink = np.cos(np.radians(lat))
    ring_cm = max(min(width * shrink, height) * _CM_PER_DEGREE, _LEAST_RING_CM)
    row, column = int(np.floor((lat - south) / height)), int(np.floor((lon - west) / width))
    best, best_squared, best_share = NONE, limit_cm * limit_cm, 0.0
    ring = 0
    while ring <= 1 or (ring - 1) * ring_cm <= limit_cm:
        if best != NONE and ring > 1 and ((ring - 1) * ring_cm) ** 2 > best_squared:
            break
        for r in range(max(row - ring, 0), min(row + ring, n_rows - 1) + 1):
            step = 1 if abs(r - row) == ring or ring == 0 else 2 * ring
            for c in range(column - ring, column + ring + 1, step):
                if c < 0 or c >= n_columns:
                    continue
                cell = r * n_columns + c
                for entry in range(grid.first_of_cell[cell], grid.first_of_cell[cell + 1]):
                    piece = grid.piece[entry]
                    segment = segments.of_piece[piece]
                    if segment == NONE or not segments.is_pinnable[segment]:
                        continue
                    squared, share = _project(points, piece, lon, lat, shrink)
                    if squared < best_squared or (squared == best_squared and piece < best):
                        best, best_squared, best_share = piece, squared, share
        ring += 1
    return best, best_squared, best_share


@njit(cache=True, nogil=True)
def first_off_earth(lon: Float64Array, lat: Float64Array) -> int:
    """First row whose coordinate is no place on Earth, or NONE."""
    for row in range(lon.size):
        if not (abs(lon[row]) <= 180 and abs(lat[row]) <= 90):
            return row
    return NONE


@njit(cache=True, nogil=True)
def snap(
    points: Points,
    segments: Segments,
    grid: Grid,
    lon: Float64Array,
    lat: Float64Array,
    limit_m: float,
    segment: Int32Array,
    along_cm: Int32Array,
    off_road_cm: Int32Array,
) -> None:
    """Fill the last three arrays with the nearest place on a road for each coordinate."""
    for pin in range(lon.size):
        piece, squared, share = _nearest(points, segments, grid, lon[pin], lat[pin], limit_m * 100)
        segment[pin], along_cm[pin], off_road_cm[pin] = NONE, 0, 0
        if piece == NONE:
            continue
        chainage = points.chainage_cm
        on_piece = int(np.round(share * (chainage[piece + 1] - chainage[piece])))
        segment[pin] = segments.of_piece[piece]
        along_cm[pin] = chainage[piece] + on_piece - chainage[segments.first_point[segment[pin]]]
        off_road_cm[pin] = int(np.sqrt(squared))


@njit(cache=True, nogil=True)
def locate(points: Points, segments: Segments, pins: Pins, pin: int) -> tuple[int, float, float]:
    """Piece of a pin and the coordinates of its place on the road."""
    chainage = points.chainage_cm
    first = segments.first_point[pins.segment[pin]]
    last = segments.last_point[pins.segment[pin]]
    at = chainage[first] + pins.along_cm[pin]
    piece = first
    while piece + 1 < last and chainage[piece + 1] < at:
        piece += 1
    length = chainage[piece + 1] - chainage[piece]
    share = (at - chainage[piece]) / length if length > 0 else 0.0
    lon = points.lon[piece] + share * (points.lon[piece + 1] - points.lon[piece])
    lat = points.lat[piece] + share * (points.lat[piece + 1] - points.lat[piece])
    return piece, lon, lat
