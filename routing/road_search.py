"""Searches over the roads of one profile."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from routing.kernels import dijkstra, footpaths, paths
from routing.kernels.pins import cost_beeline, cost_on_arc, place
from routing.layout import NONE, UNREACHED, Float64Array, Int32Array, Int64Array, first_of, frozen
from routing.road_layout import CM_MASK, FAR, MS, Arcs, Ends, Links, Pins, Points, ProfileRoads

_CM_PER_DEGREE = float(np.pi / 180 * 637_100_880.0)
_MOST_ROWS = 1 << 22  # walks that one call of the kernel may hand back


class Traits(NamedTuple):
    """What searches need to know of a profile besides its roads."""

    name: str
    is_motor: bool
    off_road_kmh: float
    snap_limit_m: float


class Course(NamedTuple):
    """A way in terms of arcs: driven one after another, the first and the last in part."""

    cost: int
    arcs: Int32Array  # (n,) arc; empty for a straight line


def seconds_and_metres(costs: Int64Array) -> tuple[Int32Array, Int32Array]:
    """Split costs into durations and distances, rounded."""
    is_far = costs >= FAR
    duration = np.where(is_far, UNREACHED, ((costs >> 32) + 500) // 1000)
    distance = np.where(is_far, UNREACHED, ((costs & CM_MASK) + 50) // 100)
    return duration.astype(np.int32), distance.astype(np.int32)


def _bound(limit: int | None) -> int:
    """Cost that ways of at most `limit` s stay below."""
    if limit is None or limit >= UNREACHED // 1000:
        return FAR
    return (max(limit, -1) * 1000 + 1) * MS


class ProfileSearch:
    """All searches for one profile; may be used by several threads at once."""

    def __init__(self, points: Points, roads: ProfileRoads, traits: Traits) -> None:
        self.points = points
        self.roads = roads
        self.traits = traits
        self._idle: deque[dijkstra.Scratch] = deque()

    @contextmanager
    def _scratch(self) -> Iterator[dijkstra.Scratch]:
        """Lend memory; a search that fails half-way does not give it back."""
        try:
            scratch = self._idle.pop()
        except IndexError:
            scratch = self._new_scratch()
        yield scratch
        self._idle.append(scratch)

    def _new_scratch(self) -> dijkstra.Scratch:
        n_vertices = self.roads.links.first_of_vertex.size - 1
        n_entries = self.roads.links.head.size + 256
        return dijkstra.Scratch(
            np.full(n_vertices, FAR, np.int64),
            np.empty(n_vertices, np.int32),
            np.empty(n_vertices, np.int32),
            np.empty(n_entries, np.int64),
        )

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

    def costs(self, sources: Pins, targets: Pins, limit: int | None = None) -> Int64Array:
        """Return costs (n_sources, n_targets), searching from whichever side is smaller."""
        costs = np.empty((sources.segment.size, targets.segment.size), np.int64)
        roads, off_road_kmh = self.roads, self.traits.off_road_kmh
        given = sources, targets, self.ends(sources), self.ends(targets), off_road_kmh
        with self._scratch() as scratch:
            after = (_bound(limit), costs, scratch)
            if targets.segment.size < sources.segment.size:
                dijkstra.many_to_one(roads.arcs, roads.links, roads.back_links, *given, *after)
            else:
                dijkstra.one_to_many(roads.arcs, roads.links, *given, *after)
        return costs

    def course(self, pins: Pins) -> Course | None:
        """Return the best way from pin 0 to pin 1, or None."""
        start, goal = _row(pins, 0), _row(pins, 1)
        starts, goals = self.ends(start), self.ends(goal)
        roads = self.roads
        chain = np.empty(roads.links.first_of_vertex.size + 2, np.int32)
        with self._scratch() as scratch:
            cost, length = paths.find(
                roads.arcs, roads.links, roads.arc_of_link, starts, goals, chain, scratch
            )
        best = Course(cost, chain[chain.size - length :])
        on_arc = cost_on_arc(starts, 0, goals, 0)
        if on_arc <= best.cost:
            best = Course(on_arc, self._shared_arc(starts, goals))
        line = cost_beeline(start, 0, goal, 0, self.traits.off_road_kmh)
        if line < best.cost:
            best = Course(line, chain[:0])
        return best if best.cost < FAR else None

    def _shared_arc(self, starts: Ends, goals: Ends) -> Int32Array:
        """Arc along which one pin lies ahead of the other."""
        gain = [
            goals.passed[row] - starts.passed[row]
            if starts.arc[row] == goals.arc[row] != NONE and goals.passed[row] >= starts.passed[row]
            else FAR
            for row in (0, 1)
        ]
        return starts.arc[int(np.argmin(gain)) :][:1].copy()

    def draw(self, pins: Pins, course: Course) -> tuple[Float64Array, Float64Array]:
        """Return the points of a way from pin 0 to pin 1, with its off-road parts."""
        if course.arcs.size == 0:
            return pins.lon.copy(), pins.lat.copy()
        segments, arcs = self.roads.segments, self.roads.arcs
        segment = arcs.segment[course.arcs]
        is_backward = (segments.backward_arc[segment] == course.arcs).astype(np.uint8)
        n_most = int((segments.last_point[segment] - segments.first_point[segment] + 1).sum()) + 2
        lon, lat = np.empty(n_most), np.empty(n_most)
        chain = np.ascontiguousarray(course.arcs)
        n = paths.draw(self.points, segments, arcs, pins, chain, is_backward, lon, lat)
        lon, lat = lon[:n], lat[:n]
        if self.traits.off_road_kmh <= 0:
            return lon, lat
        is_off = pins.off_road_cm[[0, 1]] > 0
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
        room = max(min(n_pins * n_pins, _MOST_ROWS), n_pins)
        head, cost = np.empty(room, np.int32), np.empty(room, np.int64)
        heads, costs, source = [], [], 0
        with self._scratch() as scratch:
            while source < n_pins:
                before = int(n_of_source.sum())
                source = footpaths.walks(
                    self.roads.arcs, self.roads.links, pins, ends, index,
                    self.traits.off_road_kmh, span, _bound(limit), source, n_of_source, head,
                    cost, near, scratch,
                )  # fmt: skip
                n_rows = int(n_of_source.sum()) - before
                heads.append(head[:n_rows].copy())
                costs.append(cost[:n_rows].copy())
        return _sorted_walks(n_of_source, heads, costs)

    def _goal_index(self, pins: Pins, ends: Ends) -> footpaths.GoalIndex:
        arcs: Arcs = self.roads.arcs
        links: Links = self.roads.links
        row = np.flatnonzero(ends.arc != NONE)
        arc = ends.arc[row]
        entry = np.concatenate([arcs.entry[arc], arcs.last_entry[arc]])
        rows = np.concatenate([row, row])
        by_entry, by_arc = np.argsort(entry, kind="stable"), np.argsort(arc, kind="stable")
        pinned = np.flatnonzero(pins.segment != NONE)
        return footpaths.GoalIndex(
            first_of(entry[by_entry], links.first_of_vertex.size - 1), frozen(rows[by_entry]),
            first_of(arc[by_arc], arcs.cost.size), frozen(row[by_arc]),
            frozen(pinned[np.argsort(pins.lat[pinned], kind="stable")]),
        )  # fmt: skip


def _row(pins: Pins, pin: int) -> Pins:
    return Pins._make(column[pin : pin + 1] for column in pins)


def _sorted_walks(
    n_of_source: Int32Array, heads: list[Int32Array], costs: list[Int64Array]
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Sort the walks of each source by duration, then by head."""
    if not heads:
        empty = frozen(np.empty(0, np.int32))
        return frozen(np.zeros(1, np.int32)), empty, empty
    source = np.repeat(np.arange(n_of_source.size), n_of_source)
    head = np.concatenate(heads)
    duration, _ = seconds_and_metres(np.concatenate(costs))
    order = np.lexsort((head, duration, source))
    return first_of(source, n_of_source.size), frozen(head[order]), frozen(duration[order])
