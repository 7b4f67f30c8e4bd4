"""Ways between all pairs of pins that lie within a limit, such as walks between stops."""

import numpy as np

from routing.kernels import footpaths as kernels
from routing.layout import NONE, Int32Array, Int64Array, first_of, frozen
from routing.road_layout import FAR, Ends, Pins, ProfileRoads
from routing.road_search import ProfileSearch, bound_of

_CM_PER_DEGREE = float(np.pi / 180 * 637_100_880.0)
_MOST_WALKS = 1 << 22  # that one call of the kernel may hand back


def walks_between(
    search: ProfileSearch, pins: Pins, limit: int
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Return (first_of_pin, head, duration) of all ways of at most `limit` s between pins."""
    n_pins, ends, roads = pins.segment.size, search.ends(pins), search.roads
    index = _goal_index(roads, pins, ends)
    span = float(pins.off_road_cm.max(initial=0)) / _CM_PER_DEGREE
    near = kernels.Near(np.full(n_pins, FAR, np.int64), np.empty(n_pins, np.int32))
    n_of_source = np.zeros(n_pins, np.int32)
    room = max(min(n_pins * n_pins, _MOST_WALKS), n_pins)
    head, cost = np.empty(room, np.int32), np.empty(room, np.int64)
    heads, costs, source = [], [], 0
    with search.scratch() as scratch:
        while source < n_pins:
            first = source
            source = kernels.walks(
                roads.arcs, roads.links, pins, ends, index, search.traits.off_road_kmh, span,
                bound_of(limit), source, n_of_source, head, cost, near, scratch,
            )  # fmt: skip
            n_rows = int(n_of_source[first:source].sum())
            heads.append(head[:n_rows].copy())
            costs.append(cost[:n_rows].copy())
    return _sorted_walks(n_of_source, heads, costs)


def _goal_index(roads: ProfileRoads, pins: Pins, ends: Ends) -> kernels.GoalIndex:
    arcs, n_vertices = roads.arcs, roads.links.first_of_vertex.size - 1
    row = np.flatnonzero(ends.arc != NONE)
    arc = ends.arc[row]
    entry = np.concatenate([arcs.entry[arc], arcs.last_entry[arc]])
    rows = np.concatenate([row, row])
    by_entry, by_arc = np.argsort(entry, kind="stable"), np.argsort(arc, kind="stable")
    pinned = np.flatnonzero(pins.segment != NONE)
    return kernels.GoalIndex(
        first_of(entry[by_entry], n_vertices), frozen(rows[by_entry]),
        first_of(arc[by_arc], arcs.cost.size), frozen(row[by_arc]),
        frozen(pinned[np.argsort(pins.lat[pinned], kind="stable")]),
    )  # fmt: skip


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
