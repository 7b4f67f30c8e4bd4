"""Many tables as one argument.

A kernel looks at each array that it is handed, for a quarter of a microsecond apiece and more where
they stand in tuples; with all the tables of a road, or of a day, that would take as long as a short
search. A bundle is looked at once. To kernels
it has the fields of the `NamedTuple` of which it is made; where nothing is compiled it is that
tuple.
"""

from typing import Any, TypeVar

from numba import njit, types
from numba.experimental import structref

from routing.kernels import raptor_ends
from routing.kernels.bounds import LowerBounds
from routing.kernels.dijkstra import Scratch
from routing.kernels.many_to_many import Buckets, Climb
from routing.kernels.nearby import Nearby, NearbyMemory
from routing.kernels.point_to_point import Stairs
from routing.kernels.raptor_entry import Search
from routing.kernels.route import Tables, WayMemory
from routing.layout import DayTables, Footpaths, Int32Array, Int64Array, Patterns
from routing.road_layout import Ends, Grid, Hierarchy, Pins, Points, ProfileRoads

_Kind = TypeVar("_Kind", Tables, Stairs, WayMemory, DayTables, Search, Nearby, NearbyMemory)


@structref.register
class _TablesType(types.StructRef):
    """Type of a bundle of `Tables`."""


@structref.register
class _StairsType(types.StructRef):
    """Type of a bundle of `Stairs`."""


@structref.register
class _MemoryType(types.StructRef):
    """Type of a bundle of `WayMemory`."""


@structref.register
class _DayType(types.StructRef):
    """Type of a bundle of `DayTables`."""


@structref.register
class _SearchType(types.StructRef):
    """Type of a bundle of `Search`."""


@structref.register
class _NearbyType(types.StructRef):
    """Type of a bundle of `Nearby`."""


@structref.register
class _NearbyMemoryType(types.StructRef):
    """Type of a bundle of `NearbyMemory`."""


class _TablesBundle(structref.StructRefProxy):
    """Bundle of `Tables`."""


class _StairsBundle(structref.StructRefProxy):
    """Bundle of `Stairs`."""


class _MemoryBundle(structref.StructRefProxy):
    """Bundle of `WayMemory`."""


class _DayBundle(structref.StructRefProxy):
    """Bundle of `DayTables`."""


class _SearchBundle(structref.StructRefProxy):
    """Bundle of `Search`."""


class _NearbyBundle(structref.StructRefProxy):
    """Bundle of `Nearby`."""


class _NearbyMemoryBundle(structref.StructRefProxy):
    """Bundle of `NearbyMemory`."""


for _bundle, _type, _kind in (
    (_TablesBundle, _TablesType, Tables),
    (_StairsBundle, _StairsType, Stairs),
    (_MemoryBundle, _MemoryType, WayMemory),
    (_DayBundle, _DayType, DayTables),
    (_SearchBundle, _SearchType, Search),
    (_NearbyBundle, _NearbyType, Nearby),
    (_NearbyMemoryBundle, _NearbyMemoryType, NearbyMemory),
):
    structref.define_proxy(_bundle, _type, list(_kind._fields))  # type: ignore[no-untyped-call]


@njit(cache=True)
def _bundle_tables(points: Points, roads: ProfileRoads) -> _TablesBundle:
    return _TablesBundle(points, roads)  # type: ignore[no-untyped-call]


@njit(cache=True)
def _bundle_stairs(hierarchy: Hierarchy, parts: Int32Array, core: Int64Array) -> _StairsBundle:
    return _StairsBundle(hierarchy, parts, core)  # type: ignore[no-untyped-call]


@njit(cache=True)
def _bundle_memory(
    forward: Scratch, backward: Scratch, rows: Int32Array, stack: Int32Array, chain: Int32Array,
    pins: Pins, ends: Ends, found: Int64Array,
) -> _MemoryBundle:  # fmt: skip
    return _MemoryBundle(  # type: ignore[no-untyped-call]
        forward, backward, rows, stack, chain, pins, ends, found
    )


@njit(cache=True)
def _bundle_day(patterns: Patterns, footpaths: Footpaths) -> _DayBundle:
    return _DayBundle(patterns, footpaths)  # type: ignore[no-untyped-call]


@njit(cache=True)
def _bundle_search(
    tables: DayTables, lower_bounds: LowerBounds, scratch: raptor_ends.Scratch,
    counters: Int64Array,
) -> _SearchBundle:  # fmt: skip
    return _SearchBundle(tables, lower_bounds, scratch, counters)  # type: ignore[no-untyped-call]


@njit(cache=True)
def _bundle_nearby(
    points: Points, roads: ProfileRoads, grid: Grid, hierarchy: Hierarchy, buckets: Buckets,
    there: Pins, there_ends: Ends, is_back: bool, snap_limit_m: float, off_road_kmh: float,
) -> _NearbyBundle:  # fmt: skip
    return _NearbyBundle(  # type: ignore[no-untyped-call]
        points, roads, grid, hierarchy, buckets, there, there_ends, is_back, snap_limit_m,
        off_road_kmh,
    )  # fmt: skip


@njit(cache=True)
def _bundle_nearby_memory(
    here: Pins, here_ends: Ends, climb: Climb, scratch: Scratch
) -> _NearbyMemoryBundle:
    return _NearbyMemoryBundle(here, here_ends, climb, scratch)  # type: ignore[no-untyped-call]


_BUNDLERS: dict[type[Any], Any] = {
    Tables: _bundle_tables,
    Stairs: _bundle_stairs,
    WayMemory: _bundle_memory,
    DayTables: _bundle_day,
    Search: _bundle_search,
    Nearby: _bundle_nearby,
    NearbyMemory: _bundle_nearby_memory,
}


def bundled(tables: _Kind) -> _Kind:
    """Return tables as the one argument that kernels which are called from Python take."""
    if not hasattr(_bundle_tables, "signatures"):
        return tables  # NUMBA_DISABLE_JIT is set
    bundle: _Kind = _BUNDLERS[type(tables)](*tables)
    return bundle
