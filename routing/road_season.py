"""Roads as they are on a day: seasonal closures and winter speeds."""

from datetime import date

import numpy as np

from routing.layout import Int64Array, frozen
from routing.road_layout import CM_MASK, FAR, MS, ProfileRoads
from routing.road_parts import turned_round
from routing.road_search import ProfileSearch


def active_closures(search: ProfileSearch, day: date) -> Int64Array:
    """Rows of the table of closures that hold on a day."""
    number = day.month * 100 + day.day
    _, first, last = search.roads.closures
    is_within = (first <= number) & (number <= last)
    is_around = (first > last) & ((number >= first) | (number <= last))
    return np.flatnonzero(is_within | is_around)


def _slowed(roads: ProfileRoads, factor: float) -> Int64Array:
    """Costs of all arcs when roads are driven at `factor` of their speed."""
    ms, cm = roads.arcs.cost >> 32, roads.arcs.cost & CM_MASK
    is_ferry = roads.segments.is_ferry[roads.arcs.segment] == 1
    slow = np.where(is_ferry, ms, np.round(ms / factor).astype(np.int64))
    cost: Int64Array = slow * MS + cm
    return cost


def changed(search: ProfileSearch, closures: Int64Array, speed_factor: float) -> ProfileSearch:
    """Return the search with some closures in force, at a factor of the speed on roads."""
    roads = search.roads
    closed = np.zeros(roads.segments.first_point.size, np.bool_)
    closed[roads.closures.segment[closures]] = True
    arc_cost = roads.arcs.cost if speed_factor == 1.0 else _slowed(roads, speed_factor)
    turn = roads.links.cost - roads.arcs.cost[roads.arc_of_link]
    is_closed_arc = closed[roads.arcs.segment]
    link_cost = np.where(is_closed_arc[roads.arc_of_link], FAR, arc_cost[roads.arc_of_link] + turn)
    links = roads.links._replace(cost=frozen(link_cost, np.int64))
    now = roads._replace(
        arcs=roads.arcs._replace(cost=frozen(np.where(is_closed_arc, FAR, arc_cost), np.int64)),
        links=links,
        back_links=turned_round(links),
    )
    return search.over(now)
