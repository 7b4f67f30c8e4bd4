"""Segments and arcs of a profile → its search graph."""

import numpy as np

from routing.layout import NONE, Int32Array, first_of, frozen
from routing.osm import RoadFile
from routing.profiles import Profile
from routing.road_draft import Draft, Ways, draft_roads, read_ways
from routing.road_layout import Arcs, Closures, Links, Points, ProfileRoads, Segments
from routing.road_parts import drop_islands
from routing.road_turns import turn_graph


def _node_links(draft: Draft) -> tuple[Arcs, Links, Int32Array]:
    """Links where a vertex is a node: each arc is one link."""
    n_arcs = draft.tail.size
    arcs = Arcs(
        frozen(draft.segment), frozen(draft.cost, np.int64), frozen(np.arange(n_arcs)),
        frozen(np.arange(1, n_arcs + 1)), frozen(draft.tail), frozen(draft.tail),
    )  # fmt: skip
    links = Links(
        first_of(draft.tail, draft.osm_node.size), frozen(draft.head), frozen(draft.cost, np.int64)
    )
    return arcs, links, frozen(np.arange(n_arcs))


def _arc_of_segment(draft: Draft, *, is_backward: bool) -> Int32Array:
    arcs = np.flatnonzero(draft.is_backward == is_backward)
    found = np.full(draft.first_point.size, NONE)
    found[draft.segment[arcs]] = arcs
    return frozen(found)


def _closures(file: RoadFile, draft: Draft, ways: Ways) -> Closures:
    """Days on which segments are closed."""
    tags = file.tags_of_way[draft.way]
    rows = [
        (segment, *span)
        for index, found in enumerate(ways.passages)
        if found is not None and found.closed
        for segment in np.flatnonzero(tags == index)
        for span in found.closed
    ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return Closures(frozen(table[:, 0]), frozen(table[:, 1]), frozen(table[:, 2]))


def _segment_table(points: Points, draft: Draft, ways: Ways) -> Segments:
    of_piece = np.full(points.way.size, NONE)
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
        frozen(~is_ferry, np.uint8), frozen(is_ferry, np.uint8), frozen(of_piece),
    )  # fmt: skip


def build_profile(file: RoadFile, points: Points, profile: Profile) -> ProfileRoads | None:
    """Make the search graph of a profile; None if the file has no road for it."""
    ways = read_ways(file, profile)
    draft = draft_roads(file, points, ways, profile)
    if not draft.segment.size:
        return None
    segments = _segment_table(points, draft, ways)
    if profile.is_motor:
        arcs, links, arc_of_link = turn_graph(file, points, ways.is_restricted, draft, profile)
    else:
        arcs, links, arc_of_link = _node_links(draft)
    return drop_islands(segments, arcs, links, arc_of_link, _closures(file, draft, ways))
