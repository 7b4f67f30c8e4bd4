"""Segments and arcs of a profile → its search graph."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from routing.layout import NONE, UNREACHED, Int32Array, first_of, frozen
from routing.metric import applied, metric_of
from routing.osm import RoadFile
from routing.profiles import Profile
from routing.road_draft import Draft, Ways, draft_roads, read_ways
from routing.road_layout import Arcs, Bans, Links, Phases, Points, ProfileRoads, Segments
from routing.road_parts import drop_islands, with_places_to_pin
from routing.road_rules import ProfileRules, Rulebook
from routing.road_turns import TurnGraph, turn_graph

_NO_ROWS: Int32Array = frozen([])


class BuiltProfile(NamedTuple):
    """Roads of a profile with everything open that may ever be, and what may shut them."""

    roads: ProfileRoads
    rules: ProfileRules


def _node_graph(draft: Draft) -> TurnGraph:
    """Links where a vertex is a node: each arc is one link."""
    n_arcs = draft.tail.size
    arcs = Arcs(
        frozen(draft.segment), frozen(draft.cost, np.int64), frozen(np.arange(n_arcs)),
        frozen(np.arange(1, n_arcs + 1)), frozen(draft.tail), frozen(draft.tail),
    )  # fmt: skip
    links = Links(
        first_of(draft.tail, draft.osm_node.size), frozen(draft.head), frozen(draft.cost, np.int64)
    )
    phases = Phases(_NO_ROWS, _NO_ROWS, _NO_ROWS, frozen([], np.uint8))
    turn = frozen(np.zeros(n_arcs))
    bans = Bans(_NO_ROWS, _NO_ROWS)
    return TurnGraph(arcs, links, frozen(np.arange(n_arcs)), turn, bans, phases, [])


def _arc_of_segment(draft: Draft, *, is_backward: bool) -> Int32Array:
    arcs = np.flatnonzero(draft.is_backward == is_backward)
    found = np.full(draft.first_point.size, NONE)
    found[draft.segment[arcs]] = arcs
    return frozen(found)


def _segment_table(points: Points, draft: Draft, ways: Ways) -> Segments:
    of_piece = np.full(points.way.size, NONE, np.int32)
    lengths = draft.last_point - draft.first_point
    n_pieces = int(lengths.sum())
    offset = np.arange(n_pieces) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    of_piece[np.repeat(draft.first_point, lengths) + offset] = np.repeat(
        np.arange(lengths.size), lengths
    )
    is_ferry = ways.is_ferry[draft.way]
    return Segments(
        frozen(draft.first_point), frozen(draft.last_point),
        _arc_of_segment(draft, is_backward=False), _arc_of_segment(draft, is_backward=True),
        frozen(~is_ferry, np.uint8), frozen(~is_ferry, np.uint8), frozen(is_ferry, np.uint8),
        frozen(of_piece),
    )  # fmt: skip


def build_graph(
    file: RoadFile, points: Points, profiles: Sequence[Profile]
) -> tuple[dict[str, ProfileRoads], Rulebook]:
    """Make the search graphs of all profiles that the file has roads for, in the usual state."""
    roads: dict[str, ProfileRoads] = {}
    rules: dict[str, ProfileRules] = {}
    tags_of_way = frozen(file.tags_of_way)
    for profile in profiles:
        built = build_profile(file, points, profile)
        if built is not None:
            name = profile.name
            rules[name] = built.rules
            book = Rulebook(tags_of_way, file.tag_sets, rules)
            roads[name] = _as_usual(points, built.roads, book, name)
    return roads, Rulebook(tags_of_way, file.tag_sets, rules)


def _as_usual(points: Points, roads: ProfileRoads, book: Rulebook, name: str) -> ProfileRoads:
    """Close what is closed without conditions and to the profile's own vehicle."""
    state = metric_of(points, roads, book, name)
    if (state.arc < UNREACHED).all() and state.is_open_link.all():
        return roads
    return with_places_to_pin(applied(points, roads, state))


def build_profile(file: RoadFile, points: Points, profile: Profile) -> BuiltProfile | None:
    """Make the search graph of a profile; None if the file has no road for it."""
    built = _with_islands(file, points, profile)  # its drafts are gone by now, to keep memory low
    return None if built is None else built._replace(roads=drop_islands(built.roads))


def _with_islands(file: RoadFile, points: Points, profile: Profile) -> BuiltProfile | None:
    ways = read_ways(file, profile)
    draft = draft_roads(file, points, ways, profile)
    if not draft.segment.size:
        return None
    graph = (
        turn_graph(file, points, ways, draft, profile) if profile.is_motor else _node_graph(draft)
    )
    roads = ProfileRoads(
        _segment_table(points, draft, ways), graph.arcs, graph.links, graph.links,
        graph.arc_of_link, graph.turn, graph.bans, graph.phases,
    )  # fmt: skip
    return BuiltProfile(roads, ProfileRules(profile, graph.rules))
