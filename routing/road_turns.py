"""Arcs of a motor profile → links with turn costs, turn restrictions and restricted roads."""

import numpy as np

from routing.kernels import turns as kernels
from routing.layout import BoolArray, Float64Array, Int32Array, Int64Array, first_of, frozen
from routing.osm import RoadFile, TurnRule
from routing.profiles import Profile
from routing.road_draft import Draft, has_signals
from routing.road_layout import Arcs, Links, Points
from routing.road_parts import strong_components


def _bearing(points: Points, start: Int64Array, end: Int64Array) -> Float64Array:
    """Direction of the piece between two points, radians."""
    north = points.lat[end] - points.lat[start]
    east = (points.lon[end] - points.lon[start]) * np.cos(np.radians(points.lat[start]))
    bearing: Float64Array = np.arctan2(east, north)
    return bearing


def _applies(rule: TurnRule, profile: Profile) -> bool:
    if rule.mode and rule.mode not in profile.restriction_keys:
        return False
    return not rule.exempt & profile.restriction_keys


def _rules(
    file: RoadFile, draft: Draft, profile: Profile, way_number: dict[int, int], way: Int64Array
) -> tuple[Int32Array, Int32Array, Int32Array, Int32Array]:
    """Turn restrictions of the profile, sorted by node.

    One that names a way which does not leave the node, for the profile or on this map, is void.
    """
    node_of_ref = {int(ref): node for node, ref in enumerate(draft.osm_node)}
    goes = set(zip(draft.tail.tolist(), way.tolist(), strict=True))
    rows = sorted(
        (node, way_number[rule.from_way], to_way, rule.is_only)
        for rule in file.turn_rules
        if _applies(rule, profile) and rule.from_way in way_number
        for node, to_way in ((node_of_ref.get(rule.via_node), way_number.get(rule.to_way)),)
        if (node, to_way) in goes
    )
    table = np.array(rows, np.int64).reshape(-1, 4)
    first = first_of(table[:, 0], draft.osm_node.size)
    return first, frozen(table[:, 1]), frozen(table[:, 2]), frozen(table[:, 3])


def _turning(
    file: RoadFile, points: Points, is_restricted_way: BoolArray, draft: Draft, profile: Profile
) -> kernels.Turning:
    first, last = draft.first_point[draft.segment], draft.last_point[draft.segment]
    start = np.where(draft.is_backward, last, first)
    end = np.where(draft.is_backward, first, last)
    step = np.where(draft.is_backward, -1, 1)
    ids, number = np.unique(file.way_id, return_inverse=True)
    way_number = {int(way_id): index for index, way_id in enumerate(ids)}
    way = draft.way[draft.segment]
    first_rule, *rule = _rules(file, draft, profile, way_number, number[way])
    one_arc_each = np.unique(draft.segment, return_index=True)[1]
    ends = np.concatenate([draft.tail[one_arc_each], draft.head[one_arc_each]])
    is_restricted = is_restricted_way[way]
    n_arcs = draft.tail.size
    last_entry = np.arange(n_arcs)
    last_entry[is_restricted] = n_arcs + np.arange(is_restricted.sum())
    n_nodes = draft.osm_node.size
    first_arc, head = first_of(draft.tail, n_nodes), frozen(draft.head)
    wait = has_signals(file, draft.osm_node) * int(profile.signal_s * 1000)
    part = strong_components(first_arc, head)
    return kernels.Turning(
        first_arc, frozen(np.bincount(ends, minlength=n_nodes)), frozen(wait), head,
        frozen(draft.segment), frozen(number[way]),
        frozen(draft.cost, np.int64), frozen(_bearing(points, start, start + step), np.float64),
        frozen(_bearing(points, end - step, end), np.float64), frozen(is_restricted, np.uint8),
        frozen(part[draft.tail] != part[draft.head], np.uint8),
        frozen(last_entry), first_rule, rule[0], rule[1], frozen(rule[2], np.uint8),
    )  # fmt: skip


def turn_graph(
    file: RoadFile, points: Points, is_restricted_way: BoolArray, draft: Draft, profile: Profile
) -> tuple[Arcs, Links, Int32Array]:
    """Return arcs, the links between them, and the arc that each link drives."""
    turning = _turning(file, points, is_restricted_way, draft, profile)
    none = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
    turn_s, u_turn_s = profile.turn_s, profile.u_turn_s
    n_links = kernels.turn_links(turning, turn_s, u_turn_s, *none, True)
    tail, head = np.empty(n_links, np.int32), np.empty(n_links, np.int32)
    cost = np.empty(n_links, np.int64)
    kernels.turn_links(turning, turn_s, u_turn_s, tail, head, cost, False)
    n_arcs = draft.tail.size
    n_vertices = n_arcs + int(turning.is_restricted.sum())
    order = np.lexsort((head, tail))
    first = first_of(tail[order], n_vertices)
    arc_of_vertex = np.concatenate([np.arange(n_arcs), np.flatnonzero(turning.is_restricted)])
    arcs = Arcs(
        turning.segment, turning.cost, first[:n_arcs], first[1 : n_arcs + 1],
        frozen(np.arange(n_arcs)), turning.last_entry,
    )  # fmt: skip
    links = Links(first, frozen(head[order]), frozen(cost[order], np.int64))
    return arcs, links, frozen(arc_of_vertex[tail[order]])
