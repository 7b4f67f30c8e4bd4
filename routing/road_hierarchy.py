"""Searches of one profile on its contraction hierarchy."""

from typing import NamedTuple

import numpy as np

from routing.kernels import many_to_many as kernels
from routing.kernels import sweep
from routing.kernels.dijkstra import Scratch
from routing.layout import NONE, Int32Array, Int64Array, first_of, frozen
from routing.road_layout import DOWN, FAR, UP, Ends, Hierarchy, Pairs, ProfileRoads, Table
from routing.road_memory import Pool, new_scratch

_ROWS_OF_A_CLIMB = 256  # first guess, on average


class Course(NamedTuple):
    """A way in terms of arcs: driven one after another, the first and the last in part."""

    cost: int
    arcs: Int32Array  # (n,) arc; empty for a straight line
    skipped_cm: int = 0  # of the first arc, before the start
    ahead_cm: int = 0  # of the last arc, up to the end


class _Memory(NamedTuple):
    """What one search at a time needs; asking the system for it would take longer than a path."""

    forward: Scratch
    backward: Scratch
    climb: kernels.Climb
    chain: Int32Array  # (n_vertices,) links of a way
    stack: Int64Array  # (3 * n_vertices + 6,) shortcuts that are yet to be unpacked


class HierarchySearch:
    """Matrices and paths; may be used by several threads at once."""

    def __init__(self, roads: ProfileRoads, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self._roads = roads
        self._n_vertices = hierarchy.place.size
        self._descents: dict[int, sweep.Descent] = {}
        self._pool = Pool(self._new_memory)

    def _new_memory(self) -> _Memory:
        n, n_entries = self._n_vertices, self.hierarchy.via.size + 256
        return _Memory(
            new_scratch(n, n_entries), new_scratch(n, n_entries),
            kernels.Climb(np.empty(n, np.int32), np.empty(n, np.int64)),
            np.empty(n, np.int32), np.empty(3 * n + 6, np.int64),
        )  # fmt: skip

    def buckets(self, ends: Ends, *, are_sources: bool) -> kernels.Buckets:
        """Climb from all ends and sort what they reach by vertex."""
        n_of_pin = np.zeros(ends.off_road.size, np.int32)
        room = max(_ROWS_OF_A_CLIMB * n_of_pin.size, self._n_vertices)
        vertex, cost = np.empty(room, np.int32), np.empty(room, np.int64)
        vertices, costs, pin = [], [], 0
        with self._pool.lend() as memory:
            while pin < n_of_pin.size:
                first = pin
                pin = kernels.collect(
                    self._roads.arcs, self._roads.links, self.hierarchy, ends, pin, are_sources,
                    vertex, cost, n_of_pin, memory.climb, memory.forward,
                )  # fmt: skip
                n_rows = int(n_of_pin[first:pin].sum())
                vertices.append(vertex[:n_rows].copy())
                costs.append(cost[:n_rows].copy())
        return self._sorted_buckets(n_of_pin, vertices, costs)

    def _sorted_buckets(
        self, n_of_pin: Int32Array, vertices: list[Int32Array], costs: list[Int64Array]
    ) -> kernels.Buckets:
        vertex = np.concatenate([np.empty(0, np.int32), *vertices])
        cost = np.concatenate([np.empty(0, np.int64), *costs])
        end = np.repeat(np.arange(n_of_pin.size), n_of_pin)
        order = np.argsort(vertex, kind="stable")
        first = first_of(vertex, self._n_vertices)
        return kernels.Buckets(first, frozen(end[order]), frozen(cost[order], np.int64))

    def fill(self, pairs: Pairs, buckets: kernels.Buckets, table: Table, *, is_back: bool) -> None:
        """Fill a table with the ways between pins here and those that filled the buckets."""
        with self._pool.lend() as memory:
            kernels.rows(
                self._roads.arcs, self._roads.links, self.hierarchy, buckets, pairs, is_back,
                table, memory.climb, memory.forward,
            )  # fmt: skip

    def to_all(self, ends: Ends, *, is_back: bool) -> Int64Array:
        """Return the costs of all vertices from, or to, the nearest of `ends`, (n_vertices,)."""
        descent = self._descent(UP if is_back else DOWN)
        with self._pool.lend() as memory:
            scratch = memory.forward
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
                np.empty(self._n_vertices + 1, np.int32),
                np.empty(n_rows, np.int32), np.empty(n_rows, np.int64),
            )  # fmt: skip
            sweep.list_rows(self.hierarchy, side, descent)
            self._descents[side] = descent
        return descent

    def course(self, ends: Ends) -> Course:
        """Return the best way from pin 0 to pin 1 over other roads; its cost is FAR without one."""
        roads = self._roads
        with self._pool.lend() as memory:
            cost, length, start, goal = kernels.find_path(
                roads.arcs, roads.links, self.hierarchy, ends, memory.climb.vertex, memory.stack,
                memory.chain, memory.forward, memory.backward,
            )  # fmt: skip
            driven = roads.arc_of_link[memory.chain[:length]]
        if start < 0:
            return Course(cost, driven[:0])
        first, last = ends.arc[start : start + 1], ends.arc[goal : goal + 1]
        return Course(cost, np.concatenate([first, driven[driven != NONE], last]))
