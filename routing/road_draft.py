"""What a road file says → segments and arcs of one profile."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from routing.layout import NONE, BoolArray, Float64Array, Int64Array, frozen
from routing.osm import RoadFile
from routing.osm_tags import is_always_blocked, is_blocked, is_gate, reach
from routing.profiles import Profile
from routing.road_layout import LONGEST_MS, MS, Points

EARTH_CM = 637_100_880.0
_POINTS_AT_ONCE = 1 << 16
_LIGHTS = "traffic_signals"
_CM_PER_KMH_MS = 36.0  # cm * 36 / (km/h) = ms


class Ways(NamedTuple):
    """Ways of a file as one profile may ever pass them; speed 0 where it never may."""

    forward_kmh: Float64Array  # (n_ways,)
    backward_kmh: Float64Array  # (n_ways,)
    duration: Float64Array  # (n_ways,) s, 0 where not stated
    is_open: BoolArray  # (n_ways,) to through traffic, at times or always
    is_restricted: BoolArray  # (n_ways,) start or end only, at times or always
    is_ferry: BoolArray  # (n_ways,)


class Draft(NamedTuple):
    """Segments and arcs of a profile before links are made; arcs are sorted by tail."""

    first_point: Int64Array  # (n_segments,) point
    last_point: Int64Array  # (n_segments,) point
    way: Int64Array  # (n_segments,) way
    is_backward: BoolArray  # (n_arcs,)
    segment: Int64Array  # (n_arcs,) segment
    tail: Int64Array  # (n_arcs,) node
    head: Int64Array  # (n_arcs,) node
    cost: Int64Array  # (n_arcs,) cost in the first situation that opens the arc
    osm_node: Int64Array  # (n_nodes,) OSM node, NONE for the two sides of a barrier


def measure(file: RoadFile) -> Points:
    """Return the points of a file with their distance along the way."""
    n_points = file.lon.size
    way = np.repeat(np.arange(file.way_id.size, dtype=np.int32), np.diff(file.first_point_of_way))
    step = np.zeros(n_points, np.int64)
    for start in range(0, n_points - 1, _POINTS_AT_ONCE):
        rows = slice(start, min(start + _POINTS_AT_ONCE, n_points - 1) + 1)
        step[rows.start + 1 : rows.stop] = _steps_cm(file.lon[rows], file.lat[rows])
    step[file.first_point_of_way[:-1]] = 0
    np.cumsum(step, out=step)
    chainage = step - step[file.first_point_of_way[:-1]][way]
    for array in (file.lon, file.lat, way):
        array.flags.writeable = False
    return Points(file.lon, file.lat, frozen(chainage), way)


def _steps_cm(lon_degrees: Float64Array, lat_degrees: Float64Array) -> Int64Array:
    """Lengths between consecutive places by the haversine formula."""
    lon, lat = np.radians(lon_degrees), np.radians(lat_degrees)
    half_lat, half_lon = np.sin(np.diff(lat) / 2), np.sin(np.diff(lon) / 2)
    chord = half_lat**2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * half_lon**2
    length = 2 * EARTH_CM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    rounded: Int64Array = np.round(length).astype(np.int64)
    return rounded


def read_ways(file: RoadFile, profile: Profile) -> Ways:
    """Return how the profile may pass each way."""
    reaches = [reach(tags, profile) for tags in file.tag_sets]
    tags = file.tags_of_way
    return Ways(
        np.array([row.widest.forward_kmh for row in reaches])[tags],
        np.array([row.widest.backward_kmh for row in reaches])[tags],
        np.array([row.widest.duration for row in reaches])[tags],
        np.array([row.may_be_open for row in reaches])[tags],
        np.array([row.may_be_restricted for row in reaches])[tags],
        np.array([row.widest.is_ferry for row in reaches])[tags],
    )


def nodes_where(file: RoadFile, is_wanted: Callable[[Mapping[str, str]], bool]) -> BoolArray:
    """Mark the nodes whose tags are wanted, shape (n_nodes,)."""
    refs = np.array([ref for ref, tags in file.node_tags.items() if is_wanted(tags)], np.int64)
    at = np.searchsorted(file.osm_node, refs)
    at[at == file.osm_node.size] = 0
    found = np.zeros(file.osm_node.size, np.bool_)
    found[at[file.osm_node[at] == refs]] = True
    return found


def has_signals(file: RoadFile) -> BoolArray:
    """Whether there are traffic lights, shape (n_nodes,)."""
    return nodes_where(file, lambda tags: tags.get("highway") == _LIGHTS)


def _breaks(file: RoadFile, used: BoolArray, is_cut: BoolArray) -> BoolArray:
    """Points at which segments end: ends of ways, junctions and nodes where `is_cut`."""
    visits = np.bincount(file.node[used], minlength=file.osm_node.size)
    breaks: BoolArray = ((visits > 1) | is_cut)[file.node]
    breaks[file.first_point_of_way[:-1]] = True
    breaks[file.first_point_of_way[1:] - 1] = True
    breaks &= used
    return breaks


def _segments(points: Points, breaks: BoolArray) -> tuple[Int64Array, Int64Array]:
    """First and last points of all segments."""
    at = np.flatnonzero(breaks)
    is_joined = points.way[at[1:]] == points.way[at[:-1]]
    return at[:-1][is_joined], at[1:][is_joined]


def _nodes(
    file: RoadFile, first: Int64Array, last: Int64Array, is_blocked_node: BoolArray
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Number the nodes; at a barrier each segment ends in a node of its own."""
    keys = np.concatenate([file.node[first], file.node[last]]).astype(np.int64)
    is_cut = is_blocked_node[keys]
    n_nodes = file.osm_node.size
    keys[is_cut] = n_nodes + np.arange(int(is_cut.sum()))
    used = np.zeros(n_nodes + int(is_cut.sum()), np.bool_)
    used[keys] = True
    node = (np.cumsum(used) - 1)[keys]
    whole = np.flatnonzero(used[:n_nodes])
    osm_node = np.concatenate([file.osm_node[whole], np.full(int(is_cut.sum()), NONE)])
    return node[: first.size], node[first.size :], osm_node


def milliseconds(
    length: Int64Array, kmh: Float64Array, duration: Float64Array, share: Float64Array
) -> Int64Array:
    """Time on each segment by speed, or by its share in a ferry's stated duration."""
    by_speed = length * _CM_PER_KMH_MS / np.where(kmh > 0, kmh, 1.0)
    time = np.where(duration > 0, duration * 1000 * share, by_speed)
    return np.clip(np.round(time), 1, LONGEST_MS).astype(np.int64)


def draft_roads(file: RoadFile, points: Points, ways: Ways, profile: Profile) -> Draft:
    """Cut ways into segments and make the arcs that the profile may use."""
    is_passed = (ways.forward_kmh > 0) | (ways.backward_kmh > 0)
    is_blocked_node = nodes_where(file, lambda tags: is_blocked(tags, profile))
    if profile.is_motor:
        is_blocked_node = nodes_where(file, lambda tags: is_always_blocked(tags, profile))
    is_cut = is_blocked_node | nodes_where(file, lambda tags: is_gate(tags, profile))
    if profile.signal_s > 0:
        is_cut |= has_signals(file)
    breaks = _breaks(file, is_passed[points.way], is_cut)
    first, last = _segments(points, breaks)
    start, end, osm_node = _nodes(file, first, last, is_blocked_node)
    way = points.way[first].astype(np.int64)
    length = points.chainage_cm[last].astype(np.int64) - points.chainage_cm[first]
    whole = points.chainage_cm[file.first_point_of_way[1:] - 1][way]
    share = length / np.maximum(whole, 1)
    sides = []
    for is_backward, kmh, tail, head in (
        (False, ways.forward_kmh[way], start, end),
        (True, ways.backward_kmh[way], end, start),
    ):
        ms = milliseconds(length, kmh, ways.duration[way], share)
        open_rows = np.flatnonzero(kmh > 0)
        cost = ms[open_rows] * MS + length[open_rows]
        sides.append((is_backward, open_rows, tail[open_rows], head[open_rows], cost))
    is_backward_arc = np.concatenate([np.full(side[1].size, side[0]) for side in sides])
    segment, tails, heads, costs = (np.concatenate([s[i] for s in sides]) for i in range(1, 5))
    order = np.lexsort((is_backward_arc, segment, tails))
    return Draft(
        first, last, way, is_backward_arc[order], segment[order], tails[order], heads[order],
        costs[order], osm_node,
    )  # fmt: skip
