"""Strong parts of a road graph: what cannot be left or reached is not pinned to.

A part counts as a place of its own, such as a real island, if it has at least `ISLAND_KM` of
roads; without such a part the largest one counts. Fenced yards, car parks cut off by the edge of
the map and wrongly tagged one-ways are smaller.
"""

import numpy as np

from routing.kernels import components as kernels
from routing.layout import NONE, BoolArray, Int32Array, Int64Array, UInt8Array, first_of, frozen
from routing.road_layout import CM_MASK, FAR, Arcs, Bans, Links, Phases, ProfileRoads

ISLAND_KM = 5.0
_CM_PER_KM = 100_000


def tails(links: Links) -> Int64Array:
    """Vertex that each link leaves."""
    return np.repeat(np.arange(links.first_of_vertex.size - 1), np.diff(links.first_of_vertex))


def turned_round(links: Links) -> Links:
    """Return the same links from head to tail."""
    back = Links(
        np.empty(links.first_of_vertex.size, np.int32),
        np.empty(links.head.size, np.int32),
        np.empty(links.head.size, np.int64),
    )
    kernels.turn_round(*links, *back)
    for column in back:
        column.flags.writeable = False
    return back


def strong_components(first_of_vertex: Int32Array, head: Int32Array) -> Int32Array:
    """Number the strong components of a graph; vertices that reach each other share one."""
    n_vertices = first_of_vertex.size - 1
    component, *scratch = (np.empty(n_vertices, np.int32) for _ in range(6))
    kernels.strong_components(first_of_vertex, head, component, *scratch)
    return component


def _main_vertices(links: Links, arc_of_link: Int32Array) -> UInt8Array:
    """Vertices of the parts that are large enough, by the length of the arcs inside."""
    component = strong_components(links.first_of_vertex, links.head)
    tail = tails(links)
    inside = (component[tail] == component[links.head]) & (arc_of_link != NONE)
    inside &= links.cost < FAR
    n_arcs = int(arc_of_link.max(initial=0)) + 1
    key = component[tail[inside]].astype(np.int64) * n_arcs + arc_of_link[inside]
    distinct, at = np.unique(key, return_index=True)
    length = (links.cost[inside] & CM_MASK)[at]
    size = np.bincount(distinct // n_arcs, length, minlength=int(component.max()) + 1)
    is_main = size >= 2 * ISLAND_KM * _CM_PER_KM  # both directions
    if not is_main.any():
        is_main[size.argmax()] = True
    return is_main[component].astype(np.uint8)


def _flooded(links: Links, start: UInt8Array) -> BoolArray:
    reached = start.copy()
    kernels.flood(links.first_of_vertex, links.head, reached, np.empty(reached.size, np.int32))
    return reached.astype(np.bool_)


def _of_segments(arc_of_segment: Int32Array, is_true: BoolArray) -> BoolArray:
    found = np.zeros(arc_of_segment.size, np.bool_)
    has_arc = arc_of_segment != NONE
    found[has_arc] = is_true[arc_of_segment[has_arc]]
    return found


def _renumbered(is_kept: BoolArray) -> Int64Array:
    return np.where(is_kept, np.cumsum(is_kept) - 1, NONE)


def _open(links: Links) -> Links:
    """Leave out links that are closed."""
    is_open = links.cost < FAR
    if is_open.all():
        return links
    tail = tails(links)[is_open]
    first = first_of(tail, links.first_of_vertex.size - 1)
    return Links(first, frozen(links.head[is_open]), frozen(links.cost[is_open], np.int64))


def with_places_to_pin(roads: ProfileRoads) -> ProfileRoads:
    """Mark the segments that trips may start from and end at, as roads are open now."""
    links, arcs, segments = roads.links, roads.arcs, roads.segments
    main = _main_vertices(links, roads.arc_of_link)
    passable = _open(links)
    from_main, to_main = _flooded(passable, main), _flooded(turned_round(passable), main)
    is_open = arcs.cost < FAR
    is_exit_open = to_main[links.head] & (links.cost < FAR)
    total = np.concatenate([[0], np.cumsum(is_exit_open)])
    can_leave = is_open & (total[arcs.end_exit] > total[arcs.first_exit])
    can_arrive = is_open & (from_main[arcs.entry] | from_main[arcs.last_entry])
    is_pinnable = segments.is_ferry == 0
    for is_true in (can_leave, can_arrive):
        is_pinnable &= _of_segments(segments.forward_arc, is_true) | _of_segments(
            segments.backward_arc, is_true
        )
    return roads._replace(segments=segments._replace(is_pinnable=frozen(is_pinnable, np.uint8)))


def drop_islands(roads: ProfileRoads) -> ProfileRoads:
    """Drop what no trip can use, and mark the segments that trips may start from and end at."""
    roads = with_places_to_pin(roads)
    roads = roads._replace(
        segments=roads.segments._replace(may_be_pinnable=roads.segments.is_pinnable)
    )
    has_pins = roads.segments.is_pinnable[roads.arcs.segment] == 1
    n_vertices = roads.links.first_of_vertex.size - 1
    starts, goals = np.zeros(n_vertices, np.uint8), np.zeros(n_vertices, np.uint8)
    starts[roads.arcs.entry[has_pins]] = 1
    goals[roads.arcs.entry[has_pins]] = goals[roads.arcs.last_entry[has_pins]] = 1
    keeps_vertex = _flooded(roads.links, starts) & _flooded(turned_round(roads.links), goals)
    return _kept(roads, keeps_vertex)


def _kept(roads: ProfileRoads, keeps_vertex: BoolArray) -> ProfileRoads:
    """Filter and renumber vertices, arcs and links."""
    links, arcs = roads.links, roads.arcs
    tail = tails(links)
    keeps_link = keeps_vertex[tail] & keeps_vertex[links.head]
    keeps_arc = keeps_vertex[arcs.entry] | keeps_vertex[arcs.last_entry]
    new_vertex, new_arc = _renumbered(keeps_vertex), _renumbered(keeps_arc)
    links_before = np.concatenate([[0], np.cumsum(keeps_link)])
    entry, last_entry = new_vertex[arcs.entry], new_vertex[arcs.last_entry]
    kept_arcs = Arcs(
        frozen(arcs.segment[keeps_arc]),
        frozen(arcs.cost[keeps_arc], np.int64),
        frozen(links_before[arcs.first_exit][keeps_arc]),
        frozen(links_before[arcs.end_exit][keeps_arc]),
        frozen(np.where(entry == NONE, last_entry, entry)[keeps_arc]),
        frozen(np.where(last_entry == NONE, entry, last_entry)[keeps_arc]),
    )
    kept_links = Links(
        first_of(new_vertex[tail[keeps_link]], int(keeps_vertex.sum())),
        frozen(new_vertex[links.head[keeps_link]]),
        frozen(links.cost[keeps_link], np.int64),
    )
    padded = np.append(new_arc, NONE)  # so that NONE stays NONE
    kept_segments = roads.segments._replace(
        forward_arc=frozen(padded[roads.segments.forward_arc]),
        backward_arc=frozen(padded[roads.segments.backward_arc]),
    )
    return roads._replace(
        segments=kept_segments,
        arcs=kept_arcs,
        links=kept_links,
        back_links=turned_round(kept_links),
        arc_of_link=frozen(padded[roads.arc_of_link[keeps_link]]),
        turn=frozen(roads.turn[keeps_link]),
        bans=_kept_bans(roads.bans, keeps_link),
        phases=_kept_phases(roads.phases, keeps_link, padded),
    )


def _kept_bans(bans: Bans, keeps_link: BoolArray) -> Bans:
    kept = keeps_link[bans.link]
    return Bans(frozen(_renumbered(keeps_link)[bans.link[kept]]), frozen(bans.rule[kept]))


def _kept_phases(phases: Phases, keeps_link: BoolArray, new_arc: Int64Array) -> Phases:
    kept = keeps_link[phases.link]
    return Phases(
        frozen(_renumbered(keeps_link)[phases.link[kept]]), frozen(new_arc[phases.came[kept]]),
        frozen(new_arc[phases.goes[kept]]), frozen(phases.kind[kept], np.uint8),
    )  # fmt: skip
