"""How long each arc takes at a moment, for a vehicle, with areas to avoid: a *metric* of a profile.

The graph of a profile holds every arc that may ever be used; a metric says how long each one takes
now and which are closed. Searches on a customisable hierarchy take the metric as it is; `applied`
puts it into tables for all others.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from routing.errors import ProfileError, UnknownProfileError
from routing.kernels import avoid as kernels
from routing.layout import (
    NONE,
    UNREACHED,
    BoolArray,
    Float64Array,
    Int32Array,
    Int64Array,
    UInt8Array,
    frozen,
)
from routing.osm_conditions import Situation
from routing.osm_hours import holds
from routing.osm_tags import Passage, passage
from routing.profiles import Profile, Vehicle
from routing.road_draft import milliseconds
from routing.road_files import GraphParts
from routing.road_layout import (
    FAR,
    LAST_STRETCH,
    LONGEST_MS,
    MS,
    OPEN_ROADS,
    Points,
    ProfileRoads,
)
from routing.road_parts import turned_round
from routing.road_rules import ProfileRules, Rulebook
from routing.road_search import ProfileSearch

Polygon = Float64Array  # (n_corners, 2) lon, lat, degrees

NO_VEHICLE = Vehicle()  # nothing differs from the profile's own


class Metric(NamedTuple):
    """State of the arcs and links of a profile."""

    arc: Int32Array  # (n_arcs,) ms without turns; UNREACHED where closed
    is_open_link: UInt8Array  # (n_links,) 0 where a turn is not allowed now


class Now(NamedTuple):
    """What a metric depends on; the parameters of `metric`."""

    moment: date | None = None
    vehicle: Vehicle = NO_VEHICLE
    avoid: Sequence[Polygon] = ()
    season: float | str | None = None


USUALLY = Now()


def metric(
    graph: GraphParts,
    profile: str,
    moment: date | None = None,
    vehicle: Vehicle | None = None,
    avoid: Sequence[Polygon] = (),
    season: float | str | None = None,
) -> Metric:
    """Return how long the arcs of a profile take.

    Parameters
    ----------
    graph
        Parts of a graph in its usual state.
    moment
        A date, or a datetime in the region's own time: conditions on hours hold at a datetime
        only. Without a moment there are neither conditions nor seasons.
    vehicle
        Sizes that differ from the profile's own.
    avoid
        Polygons, (n_corners, 2) lon, lat; a segment that touches one is closed.
    season
        Factor on the speed of motor vehicles on roads, or the name of a season of the profile.

    Raises
    ------
    UnknownProfileError
        If the graph has no such profile.
    ProfileError
        If the profile has no such season, or the factor is not above 0.
    """
    search = next((row for row in graph.searches if row.traits.name == profile), None)
    if search is None:
        raise UnknownProfileError(profile, [row.traits.name for row in graph.searches])
    now = Now(moment, vehicle or NO_VEHICLE, avoid, season)
    return metric_of(graph.points, search.roads, graph.rules, profile, now)


def metric_of(
    points: Points, roads: ProfileRoads, book: Rulebook, profile: str, now: Now = USUALLY
) -> Metric:
    """Return the metric of roads that are no part of a graph yet; see `metric`."""
    own = book.profiles[profile]
    situation = Situation(now.moment, now.vehicle)
    arcs = _Arcs(points, roads, book)
    passages = _passages(book, own.profile, situation)
    ms = _durations(arcs, passages)
    factor = _factors(arcs, book, own.profile, now)
    if factor is not None:
        slowed = np.minimum(np.round(ms / factor), LONGEST_MS).astype(np.int64)
        ms = np.where((ms == UNREACHED) | arcs.is_ferry, ms, slowed)
    for polygon in now.avoid:
        ms[_touches(arcs, polygon)] = UNREACHED
    is_open = _open_links(arcs, book, own, situation)
    return Metric(frozen(ms), frozen(is_open, np.uint8))


def lengths(points: Points, roads: ProfileRoads) -> Int64Array:
    """Lengths of all arcs, cm, closed ones as well."""
    segments, segment = roads.segments, roads.arcs.segment
    length: Int64Array = (
        points.chainage_cm[segments.last_point[segment]].astype(np.int64)
        - points.chainage_cm[segments.first_point[segment]]
    )
    return length


class _Arcs:
    """Arcs of a profile with their tags."""

    def __init__(self, points: Points, roads: ProfileRoads, book: Rulebook) -> None:
        self.points, self.roads = points, roads
        segments, segment = roads.segments, roads.arcs.segment
        self.way = points.way[segments.first_point[segment]]
        self.tags = book.tags_of_way[self.way]
        self.is_backward = segments.backward_arc[segment] == np.arange(segment.size)
        self.is_ferry = segments.is_ferry[segment] == 1

    def share_of_way(self, arcs: Int64Array) -> Float64Array:
        """Length of arcs over that of the piece of way they are part of."""
        last = np.searchsorted(self.points.way, self.way[arcs], side="right") - 1
        whole = np.maximum(self.points.chainage_cm[last], 1)
        share: Float64Array = lengths(self.points, self.roads)[arcs] / whole
        return share


def _passages(book: Rulebook, profile: Profile, situation: Situation) -> dict[int, Passage]:
    """Passages by tag set, of the sets that depend on the situation."""
    return {
        row: passage(book.tag_sets[row], profile, situation)
        for row in book.variable_sets(profile.name)
    }


def _durations(arcs: _Arcs, passages: dict[int, Passage]) -> Int64Array:
    """Durations of all arcs, ms; those of the usual situation where nothing else is said."""
    ms: Int64Array = np.where(arcs.roads.arcs.cost < FAR, arcs.roads.arcs.cost >> 32, UNREACHED)
    if not passages:
        return ms
    rows = np.array(sorted(passages), np.int64)
    slot = np.full(int(max(arcs.tags.max(initial=0), rows.max())) + 1, NONE)
    slot[rows] = np.arange(rows.size)
    found = [passages[row] for row in rows.tolist()]
    changed = np.flatnonzero(slot[arcs.tags] != NONE)
    at = slot[arcs.tags[changed]]
    kmh = np.where(
        arcs.is_backward[changed],
        np.array([row.backward_kmh for row in found])[at],
        np.array([row.forward_kmh for row in found])[at],
    )
    duration = np.array([row.duration for row in found])[at]
    length = lengths(arcs.points, arcs.roads)[changed]
    time = milliseconds(length, kmh, duration, arcs.share_of_way(changed))
    ms[changed] = np.where(kmh > 0, time, UNREACHED)
    return ms


def _season_factor(profile: Profile, season: float | str | None) -> float:
    if season is None:
        return 1.0
    if isinstance(season, str):
        if season not in profile.season_factor:
            known = ", ".join(sorted(profile.season_factor)) or "none"
            msg = f"profile '{profile.name}' has no season '{season}'; it has: {known}"
            raise ProfileError(msg)
        return profile.season_factor[season]
    if season <= 0:
        msg = f"season {season}: a factor on the speed must be above 0; close roads by `avoid`"
        raise ProfileError(msg)
    return season if profile.is_motor else 1.0


def _factors(
    arcs: _Arcs, book: Rulebook, profile: Profile, now: Now
) -> Float64Array | float | None:
    """Factors on the speed by season and hour; None if there are none."""
    season = _season_factor(profile, now.season)
    rules = [
        rule
        for rule in profile.traffic
        if now.moment is not None and holds(rule.when, now.moment) is True
    ]
    if not rules:
        return season if season != 1.0 else None
    of_tags = np.full(len(book.tag_sets), season)
    for row, tags in enumerate(book.tag_sets):
        for rule in rules:
            if not rule.roads or tags.get("highway") in rule.roads:
                of_tags[row] *= rule.factor
    factors: Float64Array = of_tags[arcs.tags]
    return factors


def _touches(arcs: _Arcs, polygon: Polygon) -> BoolArray:
    """Whether arcs touch a polygon."""
    corners = frozen(polygon, np.float64)
    of_piece = arcs.roads.segments.of_piece
    is_hit = np.zeros(arcs.roads.segments.first_point.size, np.uint8)
    kernels.mark_touching(arcs.points, of_piece, corners, is_hit)
    hit: BoolArray = is_hit[arcs.roads.arcs.segment] == 1
    return hit


def _open_links(arcs: _Arcs, book: Rulebook, own: ProfileRules, situation: Situation) -> BoolArray:
    """Whether turn restrictions, gates and roads without through traffic leave links open."""
    roads = arcs.roads
    is_open = np.ones(roads.links.head.size, np.bool_)
    shut = np.array([rule.shuts(own.profile, situation) for rule in own.rules], np.bool_)
    if roads.bans.link.size:
        is_open[roads.bans.link[shut[roads.bans.rule]]] = False
    phases = roads.phases
    if phases.link.size:
        came = _is_restricted(arcs.tags[phases.came], book, own.profile, situation)
        goes = _is_restricted(arcs.tags[phases.goes], book, own.profile, situation)
        on_open, to_last = phases.kind == OPEN_ROADS, phases.kind == LAST_STRETCH
        is_right = np.where(on_open, ~goes | came, np.where(to_last, goes & ~came, goes))
        is_open[phases.link[~is_right]] = False
    return is_open


def _is_restricted(
    tags: Int32Array, book: Rulebook, profile: Profile, situation: Situation
) -> BoolArray:
    """Whether ways with these tag sets are for the ends of trips only."""
    sets, at = np.unique(tags, return_inverse=True)
    found = [passage(book.tag_sets[row], profile, situation).is_restricted for row in sets]
    restricted: BoolArray = np.array(found, np.bool_)[at]
    return restricted


def applied(points: Points, roads: ProfileRoads, state: Metric) -> ProfileRoads:
    """Return the tables of a profile as they are under a metric."""
    is_closed = state.arc == UNREACHED
    arc_cost = np.where(is_closed, FAR, state.arc * np.int64(MS) + lengths(points, roads))
    drives = roads.arc_of_link != NONE
    is_shut = drives & (is_closed[roads.arc_of_link] | (state.is_open_link == 0))
    driven = arc_cost[roads.arc_of_link] + roads.turn * np.int64(MS)
    link_cost = np.where(is_shut, FAR, np.where(drives, driven, 0))
    links = roads.links._replace(cost=frozen(link_cost, np.int64))
    is_passable = np.zeros(roads.segments.first_point.size, np.bool_)
    is_passable[roads.arcs.segment[~is_closed]] = True
    return roads._replace(
        segments=roads.segments._replace(
            is_pinnable=frozen(roads.segments.may_be_pinnable & is_passable, np.uint8)
        ),
        arcs=roads.arcs._replace(cost=frozen(arc_cost, np.int64)),
        links=links,
        back_links=turned_round(links),
    )


def search_under(search: ProfileSearch, state: Metric) -> ProfileSearch:
    """Return the searches of a profile under a metric; the same ones where nothing differs."""
    roads = applied(search.points, search.roads, state)
    is_same = np.array_equal(roads.links.cost, search.roads.links.cost) and np.array_equal(
        roads.arcs.cost, search.roads.arcs.cost
    )
    if is_same:
        return search
    return search.over(roads)
