"""Searches of one profile on its contraction hierarchy."""

from typing import NamedTuple

import numpy as np

from routing.kernels import many_to_many as kernels
from routing.kernels import sweep
from routing.kernels.dijkstra import Scratch
from routing.layout import Int32Array, Int64Array, first_of, frozen
from routing.road_layout import DOWN, FAR, UP, Ends, Hierarchy, Pairs, ProfileRoads, Table
from routing.road_memory import Pool, new_scratch

_ROWS_OF_A_CLIMB = 256  # first guess, on average


class _Memory(NamedTuple):
    """What one search at a time needs; asking the system for it would take longer than a climb."""

    scratch: Scratch
    climb: kernels.Climb


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
        return _Memory(
            new_scratch(n, n_entries), kernels.Climb(np.empty(n, np.int32), np.empty(n, np.int64))
        )

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
                    vertex, cost, n_of_pin, memory.climb, memory.scratch,
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
                table, memory.climb, memory.scratch,
            )  # fmt: skip

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
