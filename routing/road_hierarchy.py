"""Searches of one profile on its contraction hierarchy."""

from typing import NamedTuple

import numpy as np

from routing.kernels import many_to_many as kernels
from routing.kernels import sweep
from routing.kernels.bundles import bundled
from routing.kernels.dijkstra import Scratch
from routing.kernels.nearby import Nearby, NearbyMemory, row
from routing.layout import Int32Array, Int64Array, first_of, frozen
from routing.road_layout import DOWN, FAR, UP, Ends, Hierarchy, Pairs, Pins, ProfileRoads, Table
from routing.road_memory import Pool, new_scratch
from routing.snapping import places
from routing.way_search import Coordinate

_ROWS_OF_A_CLIMB = 256  # first guess, on average


class _Memory(NamedTuple):
    """What one search at a time needs; asking the system for it would take longer than a climb."""

    scratch: Scratch
    climb: kernels.Climb
    range: Int32Array  # (2, n_vertices) entries of passing buckets; zero between searches
    nearby: NearbyMemory  # a bundle of the first two, and of a place


class HierarchySearch:
    """Matrices and sweeps; may be used by several threads at once."""

    def __init__(self, roads: ProfileRoads, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self._roads = roads
        self._n_vertices = hierarchy.place.size
        self._descents: dict[int, sweep.Descent] = {}
        self._pool = Pool(self._new_memory)

    def _new_memory(self) -> _Memory:
        n, n_entries = self._n_vertices, self.hierarchy.via.size + 256
        climb = kernels.Climb(np.empty(n, np.int32), np.empty(n, np.int64))
        scratch = new_scratch(n, n_entries)
        here = Pins(np.empty(1), np.empty(1), *(np.empty(1, np.int32) for _ in range(3)))
        ends = Ends(np.empty(2, np.int32), np.empty(2, np.int64), np.empty(1, np.int64))
        nearby = bundled(NearbyMemory(here, ends, climb, scratch))
        return _Memory(scratch, climb, np.zeros((2, n), np.int32), nearby)

    def buckets(self, ends: Ends, *, are_sources: bool) -> kernels.Buckets:
        """Climb from all ends and sort what they reach by vertex."""
        with self._pool.lend() as memory:
            vertex, end, cost = self._entries(ends, memory, are_sources=are_sources)
        first = first_of(vertex, self._n_vertices)
        return kernels.Buckets(first[:-1], first[1:], end, cost)

    def _entries(
        self, ends: Ends, memory: _Memory, *, are_sources: bool
    ) -> tuple[Int32Array, Int32Array, Int64Array]:
        """Vertex, end and cost of all that climbs from some ends reach, by vertex, then cost."""
        n_of_pin = np.zeros(ends.off_road.size, np.int32)
        room = max(_ROWS_OF_A_CLIMB * n_of_pin.size, self._n_vertices)
        vertex, cost = np.empty(room, np.int32), np.empty(room, np.int64)
        vertices, costs, pin = [vertex[:0]], [cost[:0]], 0
        while pin < n_of_pin.size:
            first = pin
            pin = kernels.collect(
                self._roads.arcs, self._roads.links, self.hierarchy, ends, pin, are_sources,
                vertex, cost, n_of_pin, memory.climb, memory.scratch,
            )  # fmt: skip
            n_rows = int(n_of_pin[first:pin].sum())
            vertices.append(vertex[:n_rows].copy())
            costs.append(cost[:n_rows].copy())
        reached, label = np.concatenate(vertices), np.concatenate(costs)
        order = np.lexsort((label, reached))
        end = np.repeat(np.arange(n_of_pin.size), n_of_pin)[order]
        return reached[order], frozen(end), frozen(label[order], np.int64)

    def fill(self, pairs: Pairs, buckets: kernels.Buckets, table: Table, *, is_back: bool) -> None:
        """Fill a table with the ways between pins here and those that filled the buckets."""
        with self._pool.lend() as memory:
            self._rows(pairs, buckets, table, memory, is_back=is_back)

    def fill_once(self, pairs: Pairs, table: Table, *, is_back: bool) -> None:
        """Fill a table by buckets that nobody keeps: no step takes time for all vertices."""
        with self._pool.lend() as memory:
            vertex, end, cost = self._entries(pairs.there_ends, memory, are_sources=is_back)
            is_first = np.append(True, vertex[1:] != vertex[:-1])[: vertex.size]
            first = np.flatnonzero(is_first)
            reached = vertex[first]
            memory.range[0, reached] = first
            memory.range[1, reached] = np.append(first[1:], vertex.size)[: first.size]
            entries = memory.range.view()
            entries.flags.writeable = False  # as kept buckets are: the kernel is compiled once
            self._rows(
                pairs,
                kernels.Buckets(entries[0], entries[1], end, cost),
                table,
                memory,
                is_back=is_back,
            )
            memory.range[:, reached] = 0

    def _rows(
        self,
        pairs: Pairs,
        buckets: kernels.Buckets,
        table: Table,
        memory: _Memory,
        *,
        is_back: bool,
    ) -> None:
        kernels.rows(
            self._roads.arcs, self._roads.links, self.hierarchy, buckets, pairs, is_back,
            table, memory.climb, memory.scratch,
        )  # fmt: skip

    def row(
        self, nearby: Nearby, place: Coordinate, n_there: int, bound: int
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances between a place and the pins of a bundle, (n_there,).

        Raises
        ------
        InvalidTableError
            If the coordinate is no place on Earth.
        """
        lon, lat = float(place[0]), float(place[1])
        duration, distance = np.empty(n_there, np.int32), np.empty(n_there, np.int32)
        with self._pool.lend() as memory:
            is_place = row(nearby, memory.nearby, lon, lat, bound, duration, distance)
        if not is_place:
            places(lon, lat)
        return duration, distance

    def to_all(self, ends: Ends, *, is_back: bool) -> Int64Array:
        """Return the costs of all vertices from, or to, the nearest of `ends`, (n_vertices,)."""
        descent = self._descent(UP if is_back else DOWN)
        with self._pool.lend() as memory:
            scratch = memory.scratch
            sweep.to_all(
                self._roads.arcs, self._roads.links, self.hierarchy, descent, ends, is_back, scratch
            )
            label: Int64Array = scratch.label[self.hierarchy.place]
            scratch.label[:] = FAR
        return label

    def _descent(self, side: int) -> sweep.Descent:
        """Return the rows of one side; they are listed once."""
        descent = self._descents.get(side)
        if descent is None:
            n_rows = int(np.diff(self.hierarchy.first_of_side)[side::2].sum())
            descent = sweep.Descent(
                np.empty(n_rows, np.int32),
                np.empty(n_rows, np.int32), np.empty(n_rows, np.int64),
            )  # fmt: skip
            sweep.list_rows(self.hierarchy, side, descent)
            self._descents[side] = descent
        return descent
