"""Arcs of a motor profile → links with turn costs, turn restrictions and restricted roads."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from routing.kernels import turns as kernels
from routing.layout import (
    NONE,
    Float64Array,
    Int32Array,
    Int64Array,
    UInt8Array,
    first_of,
    frozen,
)
from routing.osm import RoadFile, TurnRule
from routing.osm_tags import is_gate
from routing.profiles import Profile
from routing.road_draft import Draft, Ways, has_signals
from routing.road_layout import MS, Arcs, Bans, Links, Phases, Points
from routing.road_parts import strong_components
from routing.road_rules import Rule
from routing.road_sequences import Followed, follow_sequences, sequences_of


class TurnGraph(NamedTuple):
    """Search graph of a profile and what may shut its links."""

    arcs: Arcs
    links: Links
    arc_of_link: Int32Array  # (n_links,) arc that the link drives, or NONE
    turn: Int32Array  # (n_links,) ms
    bans: Bans
    phases: Phases
    rules: list[Rule]


class LinkDraft(NamedTuple):
    """Links in the making."""

    tail: Int32Array  # (n_links,) vertex
    head: Int32Array  # (n_links,) vertex
    came: Int32Array  # (n_links,) arc driven, or NONE
    goes: Int32Array  # (n_links,) arc that comes next
    turn: Int32Array  # (n_links,) ms
    kind: UInt8Array  # (n_links,) of `Phases.kind`


def bearing(points: Points, start: Int64Array, end: Int64Array) -> Float64Array:
    """Direction of the piece between two points, radians."""
    north = points.lat[end] - points.lat[start]
    east = (points.lon[end] - points.lon[start]) * np.cos(np.radians(points.lat[start]))
    found: Float64Array = np.arctan2(east, north)
    return found


def rules_of(file: RoadFile, profile: Profile) -> list[TurnRule]:
    """Turn restrictions that bind the profile."""
    return [
        rule
        for rule in file.turn_rules
        if (not rule.mode or rule.mode in profile.turn_rules)
        and not rule.exempt & profile.turn_rules
    ]


class WayNumbers:
    """Numbers of OSM ways, the same one for all pieces of a way."""

    def __init__(self, file: RoadFile, draft: Draft) -> None:
        self._ids, number = np.unique(file.way_id, return_inverse=True)
        self.of_arc = frozen(number[draft.way[draft.segment]])

    def __call__(self, way_id: int) -> int | None:
        """Return the number of a way, or None if it is not on the map."""
        at = int(np.searchsorted(self._ids, way_id))
        return at if at < self._ids.size and self._ids[at] == way_id else None


def _at_nodes(
    rules: list[TurnRule], draft: Draft, ways: WayNumbers
) -> tuple[Int32Array, Int32Array, Int32Array, UInt8Array]:
    """Unconditional turn restrictions over nodes, sorted by node.

    One that names a way which does not leave the node, for the profile or on this map, is void.
    """
    wanted = {rule.via_node for rule in rules}
    at = np.flatnonzero(np.isin(draft.osm_node, np.array(sorted(wanted), np.int64)))
    node_of_ref = {int(draft.osm_node[node]): int(node) for node in at}
    arcs = np.flatnonzero(np.isin(draft.tail, at))
    goes = set(zip(draft.tail[arcs].tolist(), ways.of_arc[arcs].tolist(), strict=True))
    rows = []
    for rule in rules:
        node, came, to_way = node_of_ref.get(rule.via_node), ways(rule.from_way), ways(rule.to_way)
        if came is not None and (node, to_way) in goes:
            rows.append((node, came, to_way, rule.is_only))
    table = np.array(sorted(rows), np.int64).reshape(-1, 4)
    first = first_of(table[:, 0], draft.osm_node.size)
    return first, frozen(table[:, 1]), frozen(table[:, 2]), frozen(table[:, 3], np.uint8)


def _turning(
    file: RoadFile, points: Points, ways: Ways, draft: Draft, profile: Profile, number: WayNumbers
) -> kernels.Turning:
    first, last = draft.first_point[draft.segment], draft.last_point[draft.segment]
    start = np.where(draft.is_backward, last, first)
    end = np.where(draft.is_backward, first, last)
    step = np.where(draft.is_backward, -1, 1)
    simple = [r for r in rules_of(file, profile) if r.via_node != NONE and not r.condition]
    way = draft.way[draft.segment]
    one_arc_each = np.unique(draft.segment, return_index=True)[1]
    ends = np.concatenate([draft.tail[one_arc_each], draft.head[one_arc_each]])
    is_restricted = ways.is_restricted[way]
    n_arcs, n_nodes = draft.tail.size, draft.osm_node.size
    last_entry = np.arange(n_arcs)
    last_entry[is_restricted] = n_arcs + np.arange(is_restricted.sum())
    first_arc, head = first_of(draft.tail, n_nodes), frozen(draft.head)
    part = strong_components(first_arc, head)
    return kernels.Turning(
        first_arc, frozen(np.bincount(ends, minlength=n_nodes)),
        frozen(_waits(file, draft, profile)), head, frozen(draft.segment), number.of_arc,
        frozen(bearing(points, start, start + step), np.float64),
        frozen(bearing(points, end - step, end), np.float64),
        frozen(ways.is_open[way], np.uint8), frozen(is_restricted, np.uint8),
        frozen(part[draft.tail] != part[draft.head], np.uint8), frozen(last_entry),
        *_at_nodes(simple, draft, number),
    )  # fmt: skip


def _waits(file: RoadFile, draft: Draft, profile: Profile) -> Int64Array:
    """Wait at traffic lights, ms, by node."""
    at = np.searchsorted(file.osm_node, np.maximum(draft.osm_node, file.osm_node[0]))
    wait: Int64Array = (
        has_signals(file)[at] * (draft.osm_node != NONE) * int(profile.signal_s * 1000)
    )
    return wait


def _link_arrays(n: int) -> tuple[Int32Array, Int32Array, Int32Array, Int32Array, UInt8Array]:
    return (
        np.empty(n, np.int32), np.empty(n, np.int32), np.empty((n, 2), np.int32),
        np.empty(n, np.int32), np.empty(n, np.uint8),
    )  # fmt: skip


def _draft_links(turning: kernels.Turning, profile: Profile) -> LinkDraft:
    costs = profile.turn_s, profile.u_turn_s
    tail, head, arc, turn, kind = _link_arrays(0)
    n_links = kernels.turn_links(turning, *costs, tail, head, arc, turn, kind, True)
    tail, head, arc, turn, kind = _link_arrays(n_links)
    kernels.turn_links(turning, *costs, tail, head, arc, turn, kind, False)
    return LinkDraft(tail, head, arc[:, 0], arc[:, 1], turn, kind)


def _gates(file: RoadFile, draft: Draft, profile: Profile) -> Iterator[tuple[int, Rule]]:
    """Nodes that stop the profile in some situations."""
    for ref, tags in file.node_tags.items():
        if is_gate(tags, profile):
            at = int(np.searchsorted(file.osm_node, ref))
            if at < file.osm_node.size and file.osm_node[at] == ref:
                for node in np.flatnonzero(draft.osm_node == ref):
                    yield int(node), Rule(gate=tags)


def _ban_gates(
    file: RoadFile, draft: Draft, profile: Profile, links: LinkDraft, rules: list[Rule]
) -> list[tuple[int, int]]:
    """Pairs (link, rule) of the links over gates; one may always turn back there."""
    rows: list[tuple[int, int]] = []
    for node, rule in _gates(file, draft, profile):
        over = np.flatnonzero(
            (draft.head[links.came] == node)
            & (draft.segment[links.came] != draft.segment[links.goes])
        )
        rows.extend((int(link), len(rules)) for link in over)
        rules.append(rule)
    return rows


def _mixed(links: LinkDraft, turning: kernels.Turning) -> Int64Array:
    """Links from or to arcs that are open to through traffic in some situations only."""
    is_mixed = (turning.is_open == 1) & (turning.is_restricted == 1)
    if not is_mixed.any():
        return np.empty(0, np.int64)
    found: Int64Array = np.flatnonzero(
        (links.came != NONE) & (is_mixed[links.came] | is_mixed[links.goes])
    )
    return found


def turn_graph(
    file: RoadFile, points: Points, ways: Ways, draft: Draft, profile: Profile
) -> TurnGraph:
    """Return arcs, the links between them, and what may shut links."""
    number = WayNumbers(file, draft)
    turning = _turning(file, points, ways, draft, profile, number)
    drafted = _draft_links(turning, profile)
    rules: list[Rule] = []
    bans = _ban_gates(file, draft, profile, drafted, rules)
    n_arcs = draft.tail.size
    n_vertices = n_arcs + int(turning.is_restricted.sum())
    sequences = sequences_of(rules_of(file, profile), draft, number, rules)
    followed = follow_sequences(drafted, bans, sequences, turning.last_entry, n_vertices)
    del drafted  # before the sorted copy is made
    return _sorted(draft, followed, turning, rules)


def _sorted(
    draft: Draft, followed: Followed, turning: kernels.Turning, rules: list[Rule]
) -> TurnGraph:
    links = followed.links
    order = np.lexsort((links.head, links.tail))
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    first = first_of(links.tail[order], followed.n_vertices)
    n_arcs = draft.tail.size
    arcs = Arcs(
        turning.segment, frozen(draft.cost, np.int64), first[:n_arcs], first[1 : n_arcs + 1],
        frozen(np.arange(n_arcs)), frozen(followed.last_entry),
    )  # fmt: skip
    came, turn = links.came[order], links.turn[order]
    cost = np.where(came == NONE, 0, draft.cost[came] + turn * np.int64(MS))
    table = np.array(followed.bans, np.int64).reshape(-1, 2)
    mixed = _mixed(links, turning)
    return TurnGraph(
        arcs,
        Links(first, frozen(links.head[order]), frozen(cost, np.int64)),
        frozen(came),
        frozen(turn),
        Bans(frozen(place[table[:, 0]]), frozen(table[:, 1])),
        Phases(
            frozen(place[mixed]), frozen(links.came[mixed]), frozen(links.goes[mixed]),
            frozen(links.kind[mixed], np.uint8),
        ),
        rules,
    )  # fmt: skip
