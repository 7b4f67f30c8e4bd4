"""Ways between many pairs of coordinates, found and drawn one after the other in one call."""

from typing import NamedTuple

from numba import njit

from routing.kernels import paths, route
from routing.kernels.point_to_point import Stairs
from routing.kernels.polyline import MOST_BYTES
from routing.kernels.route import OFF_EARTH, Tables, WayMemory
from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array
from routing.road_layout import Grid


class Sheet(NamedTuple):
    """Drawn ways in order; way `i` owns bytes `first_byte[i]:first_byte[i + 1]`, streets likewise.

    Streets of no metre are left out. Without a way the cost is FAR and nothing is owned.
    """

    cost: Int64Array  # (n_ways,)
    off_road_m: Int64Array  # (n_ways, 2) between both places and the road
    tip: Float64Array  # (n_ways, 4) lon and lat of the first and the last point
    first_byte: Int64Array  # (n_ways + 1,)
    first_street: Int64Array  # (n_ways + 1,)
    text: UInt8Array  # encoded polylines
    name: Int32Array  # of streets
    metres: Int64Array  # of streets
    lon: Float64Array  # scratch for the points of one way, as is `lat`
    lat: Float64Array


@njit(cache=True, nogil=True)
def _metres(cm: int) -> int:
    return (cm + 50) // 100


@njit(cache=True, nogil=True)
def _add(
    tables: Tables, memory: WayMemory, name_of_way: Int32Array, off_road_kmh: float,
    n_points: int, sheet: Sheet, row: int,
) -> bool:  # fmt: skip
    """Draw the way in `memory`, of at most `n_points`, as a row; False where it has no room."""
    byte, street = sheet.first_byte[row], sheet.first_street[row]
    if n_points > sheet.lon.size or byte + MOST_BYTES * n_points > sheet.text.size:
        return False
    if street + memory.found[paths.N_ARCS] > sheet.name.size:
        return False
    n_bytes, n_streets = 0, 0
    if n_points > 0:
        name, length = sheet.name[street:], sheet.metres[street:]
        n, n_bytes, n_drawn = route.draw(
            tables, memory, name_of_way, off_road_kmh, sheet.lon, sheet.lat, sheet.text[byte:],
            name, length,
        )  # fmt: skip
        for i in range(n_drawn):
            metres = _metres(length[i])
            if metres > 0:
                name[n_streets], length[n_streets] = name[i], metres
                n_streets += 1
        sheet.tip[row, 0], sheet.tip[row, 1] = sheet.lon[0], sheet.lat[0]
        sheet.tip[row, 2], sheet.tip[row, 3] = sheet.lon[n - 1], sheet.lat[n - 1]
    sheet.cost[row] = memory.found[paths.COST]
    for end in range(2):
        sheet.off_road_m[row, end] = _metres(memory.pins.off_road_cm[end])
    sheet.first_byte[row + 1] = byte + n_bytes
    sheet.first_street[row + 1] = street + n_streets
    return True


@njit(cache=True, nogil=True)
def climb_all(
    tables: Tables, stairs: Stairs, memory: WayMemory, grid: Grid, ends: Float64Array,
    limit_m: float, off_road_kmh: float, name_of_way: Int32Array, sheet: Sheet,
) -> int:  # fmt: skip
    """Draw the best ways between pairs of places, (n_ways, 4) lon and lat, on a hierarchy.

    Returns how many had room on the sheet, or OFF_EARTH.
    """
    n_ways: int = ends.shape[0]
    for row in range(n_ways):
        n_points = route.climb_between(
            tables, stairs, memory, grid.first_of_cell, grid.piece, grid.shape, grid.frame,
            ends[row, 0], ends[row, 1], ends[row, 2], ends[row, 3], limit_m, off_road_kmh,
        )  # fmt: skip
        if n_points == OFF_EARTH:
            return OFF_EARTH
        if not _add(tables, memory, name_of_way, off_road_kmh, n_points, sheet, row):
            return row
    return n_ways


@njit(cache=True, nogil=True)
def spread_all(
    tables: Tables, memory: WayMemory, grid: Grid, ends: Float64Array, limit_m: float,
    off_road_kmh: float, name_of_way: Int32Array, sheet: Sheet,
) -> int:  # fmt: skip
    """As `climb_all`, by Dijkstra's algorithm; `found` says how many vertices were labelled."""
    n_ways: int = ends.shape[0]
    n_labelled = 0
    for row in range(n_ways):
        n_points = route.spread_between(
            tables, memory, grid.first_of_cell, grid.piece, grid.shape, grid.frame,
            ends[row, 0], ends[row, 1], ends[row, 2], ends[row, 3], limit_m, off_road_kmh,
        )  # fmt: skip
        if n_points == OFF_EARTH:
            return OFF_EARTH
        n_labelled += memory.found[paths.N_LABELLED]
        if not _add(tables, memory, name_of_way, off_road_kmh, n_points, sheet, row):
            return row
    memory.found[paths.N_LABELLED] = n_labelled
    return n_ways
