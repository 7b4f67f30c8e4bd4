"""Roads as they are on a day: seasonal closures and winter speeds."""

from datetime import date

import numpy as np

from routing.layout import BoolArray, Int64Array, frozen
from routing.osm_conditions import covers
from routing.road_layout import CM_MASK, FAR, MS, ProfileRoads
from routing.road_parts import turned_round
from routing.road_search import ProfileSearch


def _closed_segments(roads: ProfileRoads, day: date) -> BoolArray:
    """Segments that are closed on a day."""
    number = day.month * 100 + day.day
    closed = np.zeros(roads.segments.first_point.size, np.bool_)
    for segment, first, last in zip(*(column.tolist() for column in roads.closures), strict=True):
        closed[segment] |= covers((first, last), number)
    return closed


def _slowed(roads: ProfileRoads, factor: float) -> Int64Array:
    """Costs of all arcs when roads are driven at `factor` of their speed."""
    ms, cm = roads.arcs.cost >> 32, roads.arcs.cost & CM_MASK
    is_ferry = roads.segments.is_ferry[roads.arcs.segment] == 1
    slow = np.where(is_ferry, ms, np.round(ms / factor).astype(np.int64))
    cost: Int64Array = slow * MS + cm
    return cost


def at_day(search: ProfileSearch, day: date, winter_speed_factor: float) -> ProfileSearch:
    """Return the search over the roads of a day; the same one where nothing differs."""
    roads = search.roads
    closed = _closed_segments(roads, day)
    factor = winter_speed_factor if search.traits.is_motor else 1.0
    if not closed.any() and factor == 1.0:
        return search
    arc_cost = roads.arcs.cost if factor == 1.0 else _slowed(roads, factor)
    turn = roads.links.cost - roads.arcs.cost[roads.arc_of_link]
    is_closed_arc = closed[roads.arcs.segment]
    link_cost = np.where(is_closed_arc[roads.arc_of_link], FAR, arc_cost[roads.arc_of_link] + turn)
    links = roads.links._replace(cost=frozen(link_cost, np.int64))
    is_pinnable = roads.segments.is_pinnable & ~closed
    changed = roads._replace(
        segments=roads.segments._replace(is_pinnable=frozen(is_pinnable, np.uint8)),
        arcs=roads.arcs._replace(cost=frozen(np.where(is_closed_arc, FAR, arc_cost), np.int64)),
        links=links,
        back_links=turned_round(links),
    )
    return ProfileSearch(search.points, changed, search.traits, None)
