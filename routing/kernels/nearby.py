"""Ways between a coordinate and known pins, in one call.

The kernel is called with bundles (`routing.kernels.bundles`).
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.dijkstra import Scratch
from routing.kernels.many_to_many import Buckets, Climb, rows
from routing.kernels.pins import place
from routing.kernels.snapping import first_off_earth, snap
from routing.layout import NONE, Int32Array
from routing.road_layout import Ends, Grid, Hierarchy, Pairs, Pins, Points, ProfileRoads, Table


class Nearby(NamedTuple):
    """Roads of a profile, and pins whose climbs are known."""

    points: Points
    roads: ProfileRoads
    grid: Grid
    hierarchy: Hierarchy
    buckets: Buckets
    there: Pins
    there_ends: Ends
    is_back: bool  # whether ways lead to the coordinate
    snap_limit_m: float
    off_road_kmh: float


class NearbyMemory(NamedTuple):
    """What one search at a time needs."""

    here: Pins  # of one place
    here_ends: Ends
    climb: Climb
    scratch: Scratch


@njit(cache=True, nogil=True)
def row(
    nearby: Nearby, memory: NearbyMemory, lon: float, lat: float, bound: int,
    duration: Int32Array, distance: Int32Array,
) -> bool:  # fmt: skip
    """Fill `duration` and `distance`, (n_there,), of ways that cost less than the bound.

    Returns whether the coordinate is a place on Earth.
    """
    roads, here, ends = nearby.roads, memory.here, memory.here_ends
    kmh = nearby.off_road_kmh
    here.lon[0], here.lat[0] = lon, lat
    if first_off_earth(here.lon, here.lat) != NONE:
        return False
    snap(
        nearby.points, roads.segments, nearby.grid, here.lon, here.lat, nearby.snap_limit_m,
        here.segment, here.along_cm, here.off_road_cm,
    )  # fmt: skip
    place(roads.segments, roads.arcs, here, kmh, ends)
    pairs = Pairs(here, ends, nearby.there, nearby.there_ends, kmh, bound)
    n_there = duration.size
    table = Table(
        duration.reshape(1, n_there), distance.reshape(1, n_there), np.empty(n_there, np.int64)
    )
    rows(
        roads.arcs, roads.links, nearby.hierarchy, nearby.buckets, pairs, nearby.is_back,
        table, memory.climb, memory.scratch,
    )  # fmt: skip
    return True
