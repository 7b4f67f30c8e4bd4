"""Searches over the roads of one profile; the method is a matter of speed only."""

import math
import weakref
from contextlib import AbstractContextManager
from operator import call, is_
from typing import NamedTuple

import numpy as np

from routing.contraction import build_hierarchy
from routing.customizable import build_shape, customize, positions
from routing.kernels import dijkstra, isochrone
from routing.kernels.bundles import bundled
from routing.kernels.many_to_many import Buckets
from routing.kernels.nearby import Nearby
from routing.kernels.pins import place
from routing.kernels.sheets import Sheet
from routing.layout import UNREACHED, Float64Array, Int32Array
from routing.road_hierarchy import HierarchySearch
from routing.road_layout import (
    CM_MASK,
    FAR,
    MS,
    Ends,
    Grid,
    Hierarchy,
    Pairs,
    Pins,
    Points,
    ProfileRoads,
    Shape,
    Table,
)
from routing.road_memory import Pool, new_scratch
from routing.way_search import Coordinate, Course, Way, WaySearch

_ROWS_WORTH_A_SHAPE = 100  # searches of the whole map that take as long as making a hierarchy
_ROWS_WORTH_COSTS = 10  # the same where only the costs are missing
# A search labels about 0.15 vertices a squared second in a city; from a seventh of all on, a sweep
# over the whole map takes less. On thinner roads that is later.
_SWEEP_WORTH_S = 1.2  # a root of the number of vertices
_ENTRIES_OF_A_CLIMB = 256  # about as many, sorted by vertex
_LABELS_OF_A_CLIMB = 500  # labels that take as long as a climb and its bucket entries


class Traits(NamedTuple):
    """What searches need to know of a profile besides its roads."""

    name: str
    is_motor: bool
    off_road_kmh: float
    snap_limit_m: float


class _Known:
    """What is known of pins that searches come back to: their buckets, once these are worth it."""

    def __init__(self, pins: Pins) -> None:
        self._columns = [weakref.ref(column) for column in pins]
        self.n_labelled = 0
        self.is_seen = False  # by a search on the hierarchy
        self.buckets: Buckets | None = None
        self.ends: Ends | None = None  # of the pins, once a search has placed them
        self.nearby: Nearby | None = (
            None  # a bundle of all that, once a coordinate is searched from
        )

    def is_about(self, pins: Pins) -> bool:
        """Whether these are the very same pins."""
        return all(map(is_, map(call, self._columns), pins))


def split(cost: int) -> tuple[int, int]:
    """Duration, s, and distance, m, of a cost."""
    return ((cost >> 32) + 500) // 1000, ((cost & CM_MASK) + 50) // 100


def bound_of(limit: int | None) -> int:
    """Cost that ways of at most `limit` s, after rounding, stay below."""
    if limit is None or limit >= UNREACHED // 1000:
        return FAR
    return (max(limit, -1) * 1000 + 500) * MS


class ProfileSearch:
    """All searches for one profile; may be used by several threads at once."""

    def __init__(
        self,
        points: Points,
        roads: ProfileRoads,
        traits: Traits,
        hierarchy: Hierarchy | None = None,
        shape: Shape | None = None,
    ) -> None:
        """Take a hierarchy, or the shape of those for any costs, if they are there."""
        self.points = points
        self.roads = roads
        self.traits = traits
        self._on_hierarchy = None if hierarchy is None else HierarchySearch(roads, hierarchy)
        self._shape = shape
        self._is_plain = False
        self._n_vertices = roads.links.first_of_vertex.size - 1
        self._n_labelled = 0  # by searches that did without a hierarchy
        n_entries = roads.links.head.size + 256
        self._pool = Pool(lambda: new_scratch(self._n_vertices, n_entries))
        self._known: dict[tuple[int, bool], _Known] = {}
        self._spreading: WaySearch | None = None  # ways without a hierarchy, and on one
        self._climbing: WaySearch | None = None

    def by_dijkstra(self) -> "ProfileSearch":
        """Return a search that never makes a hierarchy: what the others are checked against."""
        plain = ProfileSearch(self.points, self.roads, self.traits)
        plain._is_plain = True
        return plain

    def contract(self) -> Hierarchy:
        """Make the contraction hierarchy unless one is there: it takes longest and serves best.

        Roads that resist contraction, such as wide regular grids, get a customised one.
        """
        if self._on_hierarchy is None:
            hierarchy = build_hierarchy(self.roads.links)
            if hierarchy is None:
                return self.customize()
            self._on_hierarchy = HierarchySearch(self.roads, hierarchy)
        return self._on_hierarchy.hierarchy

    def customize(self) -> Hierarchy:
        """Put the costs of the roads onto the shape unless a hierarchy is there."""
        return self.on_hierarchy().hierarchy

    def on_hierarchy(self) -> HierarchySearch:
        """Return the search on the hierarchy; customise one unless it is there."""
        if self._on_hierarchy is None:
            hierarchy = customize(self.shape(), self.roads.links.cost)
            self._on_hierarchy = HierarchySearch(self.roads, hierarchy)
        return self._on_hierarchy

    def expect(self, pins: Pins) -> None:
        """Prepare for many searches from and to pins: searches of one row then take least."""
        search, ends = self.on_hierarchy(), self.ends(pins)
        for is_back in (False, True):
            known = self._lookup(pins, is_back=is_back)
            if known.buckets is None:
                known.buckets, known.ends = search.buckets(ends, are_sources=is_back), ends

    def shape(self) -> Shape:
        """Return the shape of the hierarchies for any costs; make it unless it is there."""
        if self._shape is None:
            roads = self.roads
            at = positions(self.points, roads.segments, roads.arcs, roads.links, roads.arc_of_link)
            self._shape = build_shape(roads.links, at)
        return self._shape

    def over(self, roads: ProfileRoads) -> "ProfileSearch":
        """Return the search over the same roads at other costs."""
        return ProfileSearch(self.points, roads, self.traits, shape=self.shape())

    def _hierarchy_if_worth_it(self, n_labels: int) -> HierarchySearch | None:
        """Return the search on the hierarchy; make it if searches without have cost as much."""
        rows = _ROWS_WORTH_A_SHAPE if self._shape is None else _ROWS_WORTH_COSTS
        n_labels += self._n_labelled + (self._spreading.n_labelled if self._spreading else 0)
        if not self._is_plain and n_labels > rows * self._n_vertices:
            self.customize()
        return self._on_hierarchy

    def scratch(self) -> AbstractContextManager[dijkstra.Scratch]:
        """Lend memory for a search."""
        return self._pool.lend()

    def ends(self, pins: Pins) -> Ends:
        """Put pins onto arcs."""
        n_pins = pins.segment.size
        arc = np.empty(2 * n_pins, np.int32)
        passed, off_road = np.zeros(2 * n_pins, np.int64), np.empty(n_pins, np.int64)
        ends = Ends(arc, passed, off_road)
        place(self.roads.segments, self.roads.arcs, pins, self.traits.off_road_kmh, ends)
        for array in ends:
            array.flags.writeable = False
        return ends

    def table(
        self, sources: Pins, targets: Pins, limit: int | None = None
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances, (n_sources, n_targets), searching from the fewer pins."""
        is_back = targets.segment.size < sources.segment.size
        here, there = (targets, sources) if is_back else (sources, targets)
        n_here, n_there = here.segment.size, there.segment.size
        table = Table(
            np.empty((n_here, n_there), np.int32), np.empty((n_here, n_there), np.int32),
            np.empty(n_there, np.int64),
        )  # fmt: skip
        kmh, bound = self.traits.off_road_kmh, bound_of(limit)
        known = self._lookup(there, is_back=is_back)
        if known.ends is None:
            known.ends = self.ends(there)
        pairs = Pairs(here, self.ends(here), there, known.ends, kmh, bound)
        self._fill(pairs, table, is_back=is_back)
        if is_back:
            return np.ascontiguousarray(table.duration.T), np.ascontiguousarray(table.distance.T)
        return table.duration, table.distance

    def row(
        self, grid: Grid, place: Coordinate, pins: Pins, limit: int, *, is_back: bool
    ) -> tuple[Int32Array, Int32Array] | None:
        """Return what `table` says of one place; None where the pins have no buckets.

        Ways lead to the place if `is_back`.
        """
        search, known = self._on_hierarchy, self._lookup(pins, is_back=is_back)
        if search is None or known.buckets is None:
            return None
        assert known.ends is not None
        if known.nearby is None:
            there = Pins(  # the pins themselves may go
                pins.lon.copy(), pins.lat.copy(), pins.segment.copy(), pins.along_cm.copy(),
                pins.off_road_cm.copy(),
            )  # fmt: skip
            known.nearby = bundled(
                Nearby(
                    self.points, self.roads, grid, search.hierarchy, known.buckets, there,
                    known.ends, is_back, float(self.traits.snap_limit_m),
                    float(self.traits.off_road_kmh),
                )
            )  # fmt: skip
        return search.row(known.nearby, place, pins.segment.size, bound_of(limit))

    def _fill(self, pairs: Pairs, table: Table, *, is_back: bool) -> None:
        """Fill a table by buckets where they are there or worth making, else by Dijkstra."""
        n_rows = table.duration.shape[0] if pairs.bound >= FAR else 0
        search = self._hierarchy_if_worth_it(n_rows * self._n_vertices)
        known = self._lookup(pairs.there, is_back=is_back)
        if search is not None and known.buckets is None and self._is_worth_it(pairs, known):
            if not known.is_seen and self._are_few(pairs.there):
                known.is_seen = True
                search.fill_once(pairs, table, is_back=is_back)
                return
            known.buckets = search.buckets(pairs.there_ends, are_sources=is_back)
            known.ends = pairs.there_ends
        if search is not None and known.buckets is not None:
            search.fill(pairs, known.buckets, table, is_back=is_back)
        else:
            n_labelled = self._fill_by_dijkstra(pairs, table, is_back=is_back)
            known.n_labelled += n_labelled
            self._n_labelled += n_labelled

    def _are_few(self, pins: Pins) -> bool:
        """Whether buckets of pins take less than a look at all vertices."""
        return pins.segment.size * _ENTRIES_OF_A_CLIMB < self._n_vertices

    def _lookup(self, pins: Pins, *, is_back: bool) -> _Known:
        """Find what is known of pins; it is forgotten when they are."""
        key = (id(pins.segment), is_back)
        known = self._known.get(key)
        if known is None or not known.is_about(pins):
            known = self._known[key] = _Known(pins)
            weakref.finalize(pins.segment, self._known.pop, key, None)
        return known

    def _is_worth_it(self, pairs: Pairs, known: _Known) -> bool:
        """Whether searches to these pins have cost, or will cost, as much as their buckets."""
        n_climbs = pairs.here.segment.size + pairs.there.segment.size
        n_labelled = known.n_labelled
        if pairs.bound >= FAR:
            n_labelled += pairs.here.segment.size * self._n_vertices
        return n_labelled > n_climbs * _LABELS_OF_A_CLIMB

    def _fill_by_dijkstra(self, pairs: Pairs, table: Table, *, is_back: bool) -> int:
        roads = self.roads
        with self._pool.lend() as scratch:
            if is_back:
                return dijkstra.rows_backward(
                    roads.arcs, roads.links, roads.back_links, pairs, table, scratch
                )
            return dijkstra.rows_forward(roads.arcs, roads.links, pairs, table, scratch)

    def reach(self, ends: Ends, limit: int, *, is_back: bool = False) -> isochrone.Reach:
        """Return when all arcs are reached from the nearest of `ends`, or reach it."""
        roads = self.roads
        n_arcs = roads.arcs.cost.size
        reach = isochrone.Reach(np.empty(n_arcs, np.int64), np.empty(n_arcs, np.int64))
        is_wide = limit >= _SWEEP_WORTH_S * math.sqrt(self._n_vertices)
        if self._on_hierarchy is not None and is_wide:
            label = self._on_hierarchy.to_all(ends, is_back=is_back)
            isochrone.reach_of_arcs(roads.arcs, roads.links, label, is_back, reach)
            return reach
        with self._pool.lend() as scratch:
            if is_back:
                n_touched = isochrone.near_to(
                    roads.arcs, roads.back_links, ends, bound_of(limit), scratch
                )
            else:
                n_touched = isochrone.near_from(
                    roads.arcs, roads.links, ends, bound_of(limit), scratch
                )
            isochrone.reach_of_arcs(roads.arcs, roads.links, scratch.label, is_back, reach)
            dijkstra.clear(scratch, n_touched)
        return reach

    def course(self, pins: Pins) -> Course | None:
        """Return the best way from pin 0 to pin 1, or None."""
        course = self._way_search().course(pins)
        return course if course.cost < FAR else None

    def way(
        self, grid: Grid, origin: Coordinate, destination: Coordinate, name_of_way: Int32Array
    ) -> Way:
        """Return the best way between two coordinates with its points."""
        limit_m = self.traits.snap_limit_m
        return self._way_search().way(grid, origin, destination, limit_m, name_of_way)

    def sheet(self, grid: Grid, ends: Float64Array, name_of_way: Int32Array) -> Sheet:
        """Return the best ways between pairs of coordinates, (n_ways, 4) lon and lat, drawn."""
        return self._way_search().sheet(grid, ends, self.traits.snap_limit_m, name_of_way)

    def drawn(self, pins: Pins, course: Course, name_of_way: Int32Array) -> Way:
        """Return a course from pin 0 to pin 1 with its points."""
        return self._way_search().drawn(pins, course, name_of_way)

    def _way_search(self) -> WaySearch:
        if self._climbing is None:
            search = self._hierarchy_if_worth_it(0)
            if search is None:
                return self._plain_ways()
            kmh = self.traits.off_road_kmh
            self._climbing = WaySearch(self.points, self.roads, kmh, search.hierarchy)
        return self._climbing

    def _plain_ways(self) -> WaySearch:
        if self._spreading is None:
            self._spreading = WaySearch(self.points, self.roads, self.traits.off_road_kmh)
        return self._spreading


def measured(course: Course, ends: Ends) -> Course:
    """Add how much of the first and the last arc a course uses."""
    if course.arcs.size == 0:
        return course
    start = 0 if ends.arc[0] == course.arcs[0] else 1
    goal = 2 if ends.arc[2] == course.arcs[-1] else 3
    skipped, ahead = int(ends.passed[start]), int(ends.passed[goal])
    return course._replace(skipped_cm=skipped & CM_MASK, ahead_cm=ahead & CM_MASK)
