"""From two coordinates to the way between them, in one call.

The kernels that are called from Python take their tables as bundles (`routing.kernels.bundles`).
"""

from typing import NamedTuple

from numba import njit

from routing.kernels import paths
from routing.kernels.dijkstra import Scratch
from routing.kernels.pins import place
from routing.kernels.point_to_point import Stairs, find
from routing.kernels.polyline import encode
from routing.kernels.snapping import first_off_earth, snap
from routing.layout import NONE, Float64Array, Int32Array, Int64Array, UInt8Array
from routing.road_layout import FAR, Ends, Grid, Pins, Points, ProfileRoads

OFF_EARTH = -1  # a coordinate is no place


class Tables(NamedTuple):
    """The roads of a profile."""

    points: Points
    roads: ProfileRoads


class WayMemory(NamedTuple):
    """What one search at a time needs, and what it has found."""

    forward: Scratch
    backward: Scratch  # empty for searches without a hierarchy, as are `rows` and `stack`
    rows: Int32Array  # (n_vertices,) rows of the hierarchy along the way
    stack: Int32Array  # (n_vertices + 2,) shortcuts that are yet to be unpacked
    chain: Int32Array  # (n_vertices + 2,) arcs of the way
    pins: Pins  # start and goal
    ends: Ends
    found: Int64Array  # (5,) see `paths.COST` and the following


@njit(cache=True, nogil=True)
def _pin(
    tables: Tables, grid: Grid, pins: Pins, lon_a: float, lat_a: float, lon_b: float, lat_b: float,
    limit_m: float,
) -> bool:  # fmt: skip
    """Put start and goal onto the nearest roads; False where one of them is no place on Earth."""
    pins.lon[0], pins.lat[0] = lon_a, lat_a
    pins.lon[1], pins.lat[1] = lon_b, lat_b
    if first_off_earth(pins.lon, pins.lat) != NONE:
        return False
    snap(
        tables.points, tables.roads.segments, grid, pins.lon, pins.lat, limit_m,
        pins.segment, pins.along_cm, pins.off_road_cm,
    )  # fmt: skip
    return True


@njit(cache=True, nogil=True)
def room(tables: Tables, memory: WayMemory) -> int:
    """Most points that the way in `memory` may have."""
    roads, chain = tables.roads, memory.chain[: memory.found[paths.N_ARCS]]
    return paths.n_points_of(roads.segments, roads.arcs, chain)


@njit(cache=True, nogil=True)
def _complete(tables: Tables, memory: WayMemory, cost: int, n: int, off_road_kmh: float) -> int:
    """Compare with ways that need no other road; return the room that drawing needs."""
    found = memory.found
    paths.complete(memory.pins, memory.ends, off_road_kmh, cost, n, memory.chain, found)
    return room(tables, memory) if found[paths.COST] < FAR else 0


@njit(cache=True, nogil=True)
def climb(tables: Tables, stairs: Stairs, memory: WayMemory, off_road_kmh: float) -> int:
    """Find the best way between the pins of `memory` on a hierarchy.

    Fills `chain` and `found`; returns the room that drawing needs, 0 if there is no way.
    """
    roads = tables.roads
    place(roads.segments, roads.arcs, memory.pins, off_road_kmh, memory.ends)
    cost, n = find(
        roads.arcs, roads.links, roads.arc_of_link, stairs, memory.ends, memory.rows,
        memory.stack, memory.chain, memory.forward, memory.backward,
    )  # fmt: skip
    return _complete(tables, memory, cost, n, off_road_kmh)


@njit(cache=True, nogil=True)
def spread(tables: Tables, memory: WayMemory, off_road_kmh: float) -> int:
    """As `climb`, by Dijkstra's algorithm."""
    roads = tables.roads
    place(roads.segments, roads.arcs, memory.pins, off_road_kmh, memory.ends)
    cost, n, n_labelled = paths.find(
        roads.arcs, roads.links, roads.arc_of_link, memory.ends, memory.chain, memory.forward
    )
    memory.found[paths.N_LABELLED] = n_labelled
    return _complete(tables, memory, cost, n, off_road_kmh)


@njit(cache=True, nogil=True)
def climb_between(
    tables: Tables, stairs: Stairs, memory: WayMemory, first_of_cell: Int32Array,
    piece: Int32Array, shape: Int32Array, frame: Float64Array, lon_a: float, lat_a: float,
    lon_b: float, lat_b: float, limit_m: float, off_road_kmh: float,
) -> int:  # fmt: skip
    """As `climb`, between coordinates, with the columns of `Grid`; OFF_EARTH where one is none."""
    grid = Grid(first_of_cell, piece, shape, frame)
    if not _pin(tables, grid, memory.pins, lon_a, lat_a, lon_b, lat_b, limit_m):
        return OFF_EARTH
    return climb(tables, stairs, memory, off_road_kmh)


@njit(cache=True, nogil=True)
def spread_between(
    tables: Tables, memory: WayMemory, first_of_cell: Int32Array, piece: Int32Array,
    shape: Int32Array, frame: Float64Array, lon_a: float, lat_a: float, lon_b: float,
    lat_b: float, limit_m: float, off_road_kmh: float,
) -> int:  # fmt: skip
    """As `spread`, between coordinates, with the columns of `Grid`; OFF_EARTH where one is none."""
    grid = Grid(first_of_cell, piece, shape, frame)
    if not _pin(tables, grid, memory.pins, lon_a, lat_a, lon_b, lat_b, limit_m):
        return OFF_EARTH
    return spread(tables, memory, off_road_kmh)


@njit(cache=True, nogil=True)
def draw(
    tables: Tables, memory: WayMemory, name_of_way: Int32Array, off_road_kmh: float,
    lon: Float64Array, lat: Float64Array, text: UInt8Array, name: Int32Array, cm: Int64Array,
) -> tuple[int, int, int]:  # fmt: skip
    """Write the way that was found: its points, with the off-road parts, their polyline, streets.

    Returns the number of points, of bytes of the polyline and of streets (`paths.streets`).
    """
    points, roads, found = tables.points, tables.roads, memory.found
    chain = memory.chain[: found[paths.N_ARCS]]
    is_on_foot = off_road_kmh > 0
    n = paths.draw(
        points, roads.segments, roads.arcs, memory.pins, chain, is_on_foot, lon, lat
    )  # fmt: skip
    n_streets = paths.streets(
        points.way, roads.segments.first_point, roads.arcs.segment, roads.arcs.cost, name_of_way,
        chain, found[paths.SKIPPED_CM], found[paths.AHEAD_CM], name, cm,
    )  # fmt: skip
    return n, encode(lon[:n], lat[:n], text), n_streets
