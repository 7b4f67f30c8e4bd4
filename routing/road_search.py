"""Searches over the roads of one profile; the method is a matter of speed only."""

import weakref
from typing import NamedTuple

import numpy as np

from routing.contraction import build_hierarchy
from routing.kernels import dijkstra, footpaths, paths
from routing.kernels.many_to_many import Buckets
from routing.kernels.pins import cost_beeline, cost_on_arc, place
from routing.layout import NONE, UNREACHED, Float64Array, Int32Array, Int64Array, first_of, frozen
from routing.road_hierarchy import Course, HierarchySearch
from routing.road_layout import (
    CM_MASK,
    FAR,
    MS,
    Ends,
    Hierarchy,
    Pairs,
    Pins,
    Points,
    ProfileRoads,
    Table,
)
from routing.road_memory import ScratchPool

_CM_PER_DEGREE = float(np.pi / 180 * 637_100_880.0)
_MOST_WALKS = 1 << 22  # that one call of the kernel may hand back
_MOST_LINKS_TO_CONTRACT = 400_000
_ROWS_WORTH_A_HIERARCHY = 400  # searches that take as long as making one
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
        self.buckets: Buckets | None = None

    def is_about(self, pins: Pins) -> bool:
        """Whether these are the very same pins."""
        return all(ref() is column for ref, column in zip(self._columns, pins, strict=True))


def split(cost: int) -> tuple[int, int]:
    """Duration, s, and distance, m, of a cost."""
    return ((cost >> 32) + 500) // 1000, ((cost & CM_MASK) + 50) // 100


def _bound(limit: int | None) -> int:
    """Cost that ways of at most `limit` s, after rounding, stay below."""
    if limit is None or limit >= UNREACHED // 1000:
        return FAR
    return (max(limit, -1) * 1000 + 500) * MS


class ProfileSearch:
    """All searches for one profile; may be used by several threads at once."""

    def __init__(
        self, points: Points, roads: ProfileRoads, traits: Traits, hierarchy: Hierarchy | None
    ) -> None:
        self.points = points
        self.roads = roads
        self.traits = traits
        self._on_hierarchy = None if hierarchy is None else HierarchySearch(roads, hierarchy)
        self._n_vertices = roads.links.first_of_vertex.size - 1
        self._pool = ScratchPool(self._n_vertices, roads.links.head.size + 256)
        self._known: dict[tuple[int, bool], _Known] = {}

    @property
    def is_contractible(self) -> bool:
        """Whether a hierarchy is worth its making; wide regular grids take too long."""
        return self.roads.links.head.size <= _MOST_LINKS_TO_CONTRACT

    @property
    def hierarchy(self) -> Hierarchy:
        """The contraction hierarchy; the first use makes it."""
        return self._prepared().hierarchy

    def _prepared(self) -> HierarchySearch:
        if self._on_hierarchy is None:
            self._on_hierarchy = HierarchySearch(self.roads, build_hierarchy(self.roads.links))
        return self._on_hierarchy

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
        kmh, bound = self.traits.off_road_kmh, _bound(limit)
        pairs = Pairs(here, self.ends(here), there, self.ends(there), kmh, bound)
        self._fill(pairs, table, is_back=is_back)
        if is_back:
            return np.ascontiguousarray(table.duration.T), np.ascontiguousarray(table.distance.T)
        return table.duration, table.distance

    def _fill(self, pairs: Pairs, table: Table, *, is_back: bool) -> None:
        """Fill a table by buckets where they are there or worth making, else by Dijkstra."""
        is_large = pairs.bound >= FAR and table.duration.shape[0] >= _ROWS_WORTH_A_HIERARCHY
        if is_large and self.is_contractible:
            self._prepared()
        search = self._on_hierarchy
        known = self._lookup(pairs.there, is_back=is_back)
        if search is not None and known.buckets is None and self._is_worth_it(pairs, known):
            known.buckets = search.buckets(pairs.there_ends, are_sources=is_back)
        if search is not None and known.buckets is not None:
            search.fill(pairs, known.buckets, table, is_back=is_back)
        else:
            known.n_labelled += self._fill_by_dijkstra(pairs, table, is_back=is_back)

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

    def course(self, pins: Pins) -> Course | None:
        """Return the best way from pin 0 to pin 1, or None."""
        start, goal = _row(pins, 0), _row(pins, 1)
        starts, goals = self.ends(start), self.ends(goal)
        if self._on_hierarchy is None:
            best = self._course_by_dijkstra(starts, goals)
        else:
            best = self._on_hierarchy.course(starts, goals)
        on_arc = cost_on_arc(starts, 0, goals, 0)
        if on_arc <= best.cost:
            best = Course(on_arc, _shared_arc(starts, goals))
        line = cost_beeline(start, 0, goal, 0, self.traits.off_road_kmh)
        if line < best.cost:
            best = Course(line, starts.arc[:0])
        return best if best.cost < FAR else None

    def _course_by_dijkstra(self, starts: Ends, goals: Ends) -> Course:
        roads = self.roads
        chain = np.empty(self._n_vertices + 2, np.int32)
        with self._pool.lend() as scratch:
            cost, length = paths.find(
                roads.arcs, roads.links, roads.arc_of_link, starts, goals, chain, scratch
            )
        return Course(cost, chain[chain.size - length :])

    def draw(self, pins: Pins, course: Course) -> tuple[Float64Array, Float64Array]:
        """Return the points of a way from pin 0 to pin 1, with its off-road parts."""
        if course.arcs.size == 0:
            return pins.lon.copy(), pins.lat.copy()
        segments, arcs = self.roads.segments, self.roads.arcs
        segment = arcs.segment[course.arcs]
        is_backward = (segments.backward_arc[segment] == course.arcs).astype(np.uint8)
        n_most = int((segments.last_point[segment] - segments.first_point[segment] + 1).sum()) + 2
        lon, lat = np.empty(n_most), np.empty(n_most)
        chain = np.array(course.arcs)
        n = paths.draw(self.points, segments, arcs, pins, chain, is_backward, lon, lat)
        lon, lat = lon[:n], lat[:n]
        if self.traits.off_road_kmh <= 0:
            return lon, lat
        is_off = pins.off_road_cm > 0
        return (
            np.concatenate([pins.lon[:1][is_off[:1]], lon, pins.lon[1:][is_off[1:]]]),
            np.concatenate([pins.lat[:1][is_off[:1]], lat, pins.lat[1:][is_off[1:]]]),
        )

    def walks(self, pins: Pins, limit: int) -> tuple[Int32Array, Int32Array, Int32Array]:
        """Return (first_of_pin, head, duration) of all ways of at most `limit` s between pins."""
        n_pins = pins.segment.size
        ends = self.ends(pins)
        index = self._goal_index(pins, ends)
        span = float(pins.off_road_cm.max(initial=0)) / _CM_PER_DEGREE
        near = footpaths.Near(np.full(n_pins, FAR, np.int64), np.empty(n_pins, np.int32))
        n_of_source = np.zeros(n_pins, np.int32)
        room = max(min(n_pins * n_pins, _MOST_WALKS), n_pins)
        head, cost = np.empty(room, np.int32), np.empty(room, np.int64)
        heads, costs, source = [], [], 0
        with self._pool.lend() as scratch:
            while source < n_pins:
                first = source
                source = footpaths.walks(
                    self.roads.arcs, self.roads.links, pins, ends, index,
                    self.traits.off_road_kmh, span, _bound(limit), source, n_of_source, head,
                    cost, near, scratch,
                )  # fmt: skip
                n_rows = int(n_of_source[first:source].sum())
                heads.append(head[:n_rows].copy())
                costs.append(cost[:n_rows].copy())
        return _sorted_walks(n_of_source, heads, costs)

    def _goal_index(self, pins: Pins, ends: Ends) -> footpaths.GoalIndex:
        arcs = self.roads.arcs
        row = np.flatnonzero(ends.arc != NONE)
        arc = ends.arc[row]
        entry = np.concatenate([arcs.entry[arc], arcs.last_entry[arc]])
        rows = np.concatenate([row, row])
        by_entry, by_arc = np.argsort(entry, kind="stable"), np.argsort(arc, kind="stable")
        pinned = np.flatnonzero(pins.segment != NONE)
        return footpaths.GoalIndex(
            first_of(entry[by_entry], self._n_vertices), frozen(rows[by_entry]),
            first_of(arc[by_arc], arcs.cost.size), frozen(row[by_arc]),
            frozen(pinned[np.argsort(pins.lat[pinned], kind="stable")]),
        )  # fmt: skip


def _row(pins: Pins, pin: int) -> Pins:
    return Pins._make(column[pin : pin + 1] for column in pins)


def _shared_arc(starts: Ends, goals: Ends) -> Int32Array:
    """Arc along which one pin lies ahead of the other at the least cost."""
    gain = [
        goals.passed[row] - starts.passed[row]
        if starts.arc[row] == goals.arc[row] != NONE and goals.passed[row] >= starts.passed[row]
        else FAR
        for row in (0, 1)
    ]
    row = int(np.argmin(gain))
    return starts.arc[row : row + 1]


def _sorted_walks(
    n_of_source: Int32Array, heads: list[Int32Array], costs: list[Int64Array]
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Sort the walks of each source by duration, then by head."""
    source = np.repeat(np.arange(n_of_source.size), n_of_source)
    head = np.concatenate([np.empty(0, np.int32), *heads])
    cost = np.concatenate([np.empty(0, np.int64), *costs])
    duration = ((cost >> 32) + 500) // 1000
    order = np.lexsort((head, duration, source))
    return first_of(source, n_of_source.size), frozen(head[order]), frozen(duration[order])
