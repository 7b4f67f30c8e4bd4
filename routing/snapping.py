"""Places → pins on the nearest segment of a profile."""

import numpy as np
import numpy.typing as npt

from routing.errors import InvalidTableError
from routing.kernels import snapping as kernels
from routing.layout import NONE, Float64Array, first_of, frozen
from routing.road_layout import Grid, Pins, Points, ProfileRoads, Segments

_CELLS_PER_PIECE = 4
_LEAST_CELL = 0.001  # degrees, some 100 m


def build_grid(points: Points, roads: list[ProfileRoads]) -> Grid:
    """Index the pieces that some profile may use; one grid serves all profiles."""
    is_used = np.zeros(points.lon.size, np.uint8)
    for profile in roads:
        is_used |= profile.segments.of_piece != NONE
    frame, shape = _frame(points, int(is_used.sum()))
    n_cells = int(shape[0]) * int(shape[1])
    count = np.zeros(n_cells, np.int32)
    nothing = np.empty(0, np.int32)
    kernels.fill_grid(points, is_used, shape, frame, count, nothing, True)
    first_of_cell = first_of(np.repeat(np.arange(n_cells), count), n_cells)
    piece = np.empty(int(first_of_cell[-1]), np.int32)
    kernels.fill_grid(points, is_used, shape, frame, first_of_cell[:-1].copy(), piece, False)
    return Grid(first_of_cell, frozen(piece), shape, frame)


def _frame(points: Points, n_pieces: int) -> tuple[Float64Array, npt.NDArray[np.int32]]:
    """Corner and cell size of the grid, and its numbers of rows and columns."""
    west, south = points.lon.min(), points.lat.min()
    width = max(points.lon.max() - west, _LEAST_CELL)
    height = max(points.lat.max() - south, _LEAST_CELL)
    shrink = np.cos(np.radians(south + height / 2))
    side = np.sqrt(width * shrink * height / max(_CELLS_PER_PIECE * n_pieces, 1))
    side = max(side, _LEAST_CELL)
    cell = (side / shrink, side)
    shape = frozen([int(height / cell[1]) + 1, int(width / cell[0]) + 1])
    return frozen([west, south, *cell], np.float64), shape


def places(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Float64Array, Float64Array]:
    """Check coordinates and bring them into the form that kernels accept.

    Raises
    ------
    InvalidTableError
        If a coordinate is no place on Earth, or the arrays differ in length.
    """
    lons = np.array(lon, np.float64, ndmin=1)
    lats = np.array(lat, np.float64, ndmin=1)
    if lons.shape != lats.shape or lons.ndim != 1:
        msg = f"lon {lons.shape} and lat {lats.shape} must be lists of the same length"
        raise InvalidTableError(msg)
    lons.flags.writeable = lats.flags.writeable = False
    row = kernels.first_off_earth(lons, lats)
    if row != NONE:
        msg = (
            f"row {row}: lat {lats[row]}, lon {lons[row]} is no place on Earth; give degrees, "
            "latitude within ±90 and longitude within ±180"
        )
        raise InvalidTableError(msg)
    return lons, lats


def pin_places(
    points: Points,
    segments: Segments,
    grid: Grid,
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    limit_m: float,
) -> Pins:
    """Put places onto the nearest segments within `limit_m`."""
    lons, lats = places(lon, lat)
    segment, along_cm, off_road_cm = (np.empty(lons.size, np.int32) for _ in range(3))
    kernels.snap(points, segments, grid, lons, lats, float(limit_m), segment, along_cm, off_road_cm)
    for array in (segment, along_cm, off_road_cm):
        array.flags.writeable = False
    return Pins(lons, lats, segment, along_cm, off_road_cm)
