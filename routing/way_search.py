"""Ways between two places on the roads of one profile, with their points on the map."""

from typing import NamedTuple

import numpy as np

from routing.kernels import route, sheets
from routing.kernels.bundles import bundled
from routing.kernels.core import fill
from routing.kernels.paths import AHEAD_CM, N_ARCS, N_LABELLED, SKIPPED_CM
from routing.kernels.point_to_point import Stairs, list_parts
from routing.kernels.polyline import MOST_BYTES
from routing.kernels.sheets import Sheet
from routing.layout import Float64Array, Int32Array, frozen
from routing.road_checks import pair
from routing.road_layout import Ends, Grid, Hierarchy, Pins, Points, ProfileRoads
from routing.road_memory import Pool, new_scratch
from routing.snapping import places

Coordinate = tuple[float, float]  # lon, lat

_N_CORE = 1024  # vertices of the core; its table takes 8 MB
_ROOM = 4_096  # points of a way and streets of all ways that a sheet has room for at first


class Course(NamedTuple):
    """A way in terms of arcs: driven one after another, the first and the last in part."""

    cost: int  # FAR without a way
    arcs: Int32Array  # (n,) arc; empty for a straight line
    skipped_cm: int = 0  # of the first arc, before the start
    ahead_cm: int = 0  # of the last arc, up to the end


class Way(NamedTuple):
    """A course between two places and its points, off-road parts included."""

    ends: tuple[Float64Array, Int32Array]  # `Pins` of both places by columns, (2, 2) and (3, 2)
    course: Course
    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array  # (n_points,) degrees
    polyline: str  # of the points, encoded
    streets: tuple[list[int], list[int]]  # name and cm of each stretch along one street

    @property
    def pins(self) -> Pins:
        """Start and goal."""
        place, spot = self.ends
        lon, lat = (frozen(column, np.float64) for column in place)
        segment, along_cm, off_road_cm = (frozen(column) for column in spot)
        return Pins(lon, lat, segment, along_cm, off_road_cm)


class _Memory(NamedTuple):
    """Memory of one search at a time, as Python reads it and as kernels take it."""

    place: Float64Array  # (2, 2) lon and lat of both places
    spot: Int32Array  # (3, 2) the other columns of their `Pins`
    plain: route.WayMemory
    bundle: route.WayMemory

    def pin(self, pins: Pins) -> None:
        """Set start and goal."""
        self.place[:] = pins.lon, pins.lat
        self.spot[:] = pins.segment, pins.along_cm, pins.off_road_cm

    def ends(self) -> tuple[Float64Array, Int32Array]:
        """Return start and goal, which the next search overwrites, for a `Way`."""
        return self.place.copy(), self.spot.copy()


class WaySearch:
    """Searches on a hierarchy, or without one by Dijkstra's algorithm.

    May be used by several threads at once.
    """

    def __init__(
        self,
        points: Points,
        roads: ProfileRoads,
        off_road_kmh: float,
        hierarchy: Hierarchy | None = None,
        n_core: int | None = None,
    ) -> None:
        """Take the roads, the speed off them, 0 for vehicles, and how many vertices the core gets.

        It gets 1,024 unless told, or an eighth of those of a small graph.
        """
        self._tables = bundled(route.Tables(points, roads))
        self._stairs = None if hierarchy is None else bundled(stairs_of(hierarchy, n_core))
        self._off_road_kmh = float(off_road_kmh)
        n_vertices = roads.links.first_of_vertex.size - 1
        n_heap = (roads.links.head if hierarchy is None else hierarchy.via).size + 256
        self._pool = Pool(lambda: _new_memory(n_vertices, n_heap, climbs=hierarchy is not None))
        self._room = _ROOM
        self.n_labelled = 0  # vertices, by searches without a hierarchy

    def course(self, pins: Pins) -> Course:
        """Return the best course from pin 0 to pin 1."""
        with self._pool.lend() as memory:
            memory.pin(pins)
            if self._stairs is None:
                route.spread(self._tables, memory.bundle, self._off_road_kmh)
            else:
                route.climb(self._tables, self._stairs, memory.bundle, self._off_road_kmh)
            return self._found(memory.plain)

    def way(
        self,
        grid: Grid,
        origin: Coordinate,
        destination: Coordinate,
        limit_m: float,
        name_of_way: Int32Array,
    ) -> Way:
        """Return the best way between two coordinates, pinned to roads within `limit_m`.

        Parameters
        ----------
        name_of_way
            Number of the name of each way of the map.

        Raises
        ------
        RoadQuestionError
            If one is no pair of numbers.
        InvalidTableError
            If one is no place on Earth.
        """
        start, goal = pair("origin", origin), pair("destination", destination)
        numbers = (*start, *goal, limit_m, self._off_road_kmh)
        tables, stairs = self._tables, self._stairs
        with self._pool.lend() as memory:
            if stairs is None:
                room = route.spread_between(tables, memory.bundle, *grid, *numbers)
            else:
                room = route.climb_between(tables, stairs, memory.bundle, *grid, *numbers)
            if room == route.OFF_EARTH:
                places(*zip(start, goal, strict=True))
            return self._drawn(memory, self._found(memory.plain), room, name_of_way)

    def sheet(
        self, grid: Grid, ends: Float64Array, limit_m: float, name_of_way: Int32Array
    ) -> Sheet:
        """Return the best ways between pairs of coordinates, (n_ways, 4) lon and lat, drawn."""
        tables, stairs, n_ways = self._tables, self._stairs, ends.shape[0]
        rest = ends, float(limit_m), self._off_road_kmh, name_of_way
        with self._pool.lend() as memory:
            while True:
                sheet = _new_sheet(n_ways, self._room)
                if stairs is None:
                    n_drawn = sheets.spread_all(tables, memory.bundle, grid, *rest, sheet)
                else:
                    n_drawn = sheets.climb_all(tables, stairs, memory.bundle, grid, *rest, sheet)
                if n_drawn == route.OFF_EARTH:
                    places(ends[:, ::2].ravel(), ends[:, 1::2].ravel())
                if n_drawn == n_ways:
                    self.n_labelled += int(memory.plain.found[N_LABELLED])
                    return sheet
                self._room *= 2

    def drawn(self, pins: Pins, course: Course, name_of_way: Int32Array) -> Way:
        """Return a course from pin 0 to pin 1 with its points."""
        with self._pool.lend() as memory:
            memory.pin(pins)
            memory.plain.chain[: course.arcs.size] = course.arcs
            found = memory.plain.found
            found[N_ARCS], found[SKIPPED_CM] = course.arcs.size, course.skipped_cm
            found[AHEAD_CM] = course.ahead_cm
            return self._drawn(memory, course, route.room(self._tables, memory.bundle), name_of_way)

    def _drawn(self, memory: _Memory, course: Course, room: int, name_of_way: Int32Array) -> Way:
        """Draw what the memory holds."""
        if not room:
            none = np.empty(0)
            return Way(memory.ends(), course, none, none, "", ([], []))
        lon, lat = np.empty(room), np.empty(room)
        text = np.empty(MOST_BYTES * room, np.uint8)
        name, cm = np.empty(course.arcs.size, np.int32), np.empty(course.arcs.size, np.int64)
        n, n_bytes, n_streets = route.draw(
            self._tables, memory.bundle, name_of_way, self._off_road_kmh, lon, lat, text, name, cm
        )
        streets = name[:n_streets].tolist(), cm[:n_streets].tolist()
        polyline = text[:n_bytes].tobytes().decode("ascii")
        return Way(memory.ends(), course, lon[:n], lat[:n], polyline, streets)

    def _found(self, memory: route.WayMemory) -> Course:
        cost, n_arcs, skipped, ahead, n_labelled = memory.found.tolist()
        self.n_labelled += n_labelled
        return Course(cost, memory.chain[:n_arcs].copy(), skipped, ahead)


def stairs_of(hierarchy: Hierarchy, n_core: int | None = None) -> Stairs:
    """Make a hierarchy ready for paths."""
    if n_core is None:
        n_core = min(_N_CORE, hierarchy.place.size // 8)
    parts = np.empty((hierarchy.via.size, 2), np.int32)
    list_parts(hierarchy, parts)
    core = np.empty((n_core, n_core), np.int64)
    fill(hierarchy, core, np.empty_like(core))
    return Stairs(hierarchy, frozen(parts), frozen(core, np.int64))


def _new_sheet(n_ways: int, room: int) -> Sheet:
    first_byte, first_street = np.zeros(n_ways + 1, np.int64), np.zeros(n_ways + 1, np.int64)
    return Sheet(
        np.empty(n_ways, np.int64), np.empty((n_ways, 2), np.int64), np.empty((n_ways, 4)),
        first_byte, first_street, np.empty(MOST_BYTES * room, np.uint8),
        np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room), np.empty(room),
    )  # fmt: skip


def _new_memory(n_vertices: int, n_heap: int, *, climbs: bool) -> _Memory:
    n_climbed, n_back_heap = (n_vertices, n_heap) if climbs else (0, 0)
    place, spot = np.empty((2, 2)), np.empty((3, 2), np.int32)
    plain = route.WayMemory(
        new_scratch(n_vertices, n_heap), new_scratch(n_climbed, n_back_heap),
        np.empty(n_climbed, np.int32), np.empty(n_climbed + 2, np.int32),
        np.empty(n_vertices + 2, np.int32), Pins(place[0], place[1], spot[0], spot[1], spot[2]),
        Ends(np.empty(4, np.int32), np.empty(4, np.int64), np.empty(2, np.int64)),
        np.zeros(5, np.int64),
    )  # fmt: skip
    return _Memory(place, spot, plain, bundled(plain))
