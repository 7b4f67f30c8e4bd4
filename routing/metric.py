"""How long each arc takes at a moment, for a vehicle, with areas to avoid: a *metric* of a profile.

The graph of a profile holds every arc that may ever be used; a metric says how long each one takes
now and which are closed. Searches on a customisable hierarchy take the metric as it is; `applied`
puts it into tables for all others.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from routing.layout import UNREACHED, Float64Array, Int32Array, UInt8Array, frozen
from routing.road_files import GraphParts
from routing.road_layout import CM_MASK, FAR, MS, ProfileRoads
from routing.road_parts import turned_round

Polygon = Float64Array  # (n_corners, 2) lon, lat, degrees


class Vehicle(NamedTuple):
    """What decides whether a vehicle may pass a limited way; None is the profile's own value."""

    height_m: float | None = None
    width_m: float | None = None
    length_m: float | None = None
    weight_t: float | None = None
    axle_load_t: float | None = None
    hazmat: bool | None = None


class Metric(NamedTuple):
    """State of the arcs and links of a profile."""

    arc: Int32Array  # (n_arcs,) ms without turns; UNREACHED where closed
    is_open_link: UInt8Array  # (n_links,) 0 where a turn is not allowed now


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
    moment
        A date, or a datetime in the region's own time; conditions on hours hold at a datetime
        only. None is a moment without conditions and seasons.
    vehicle
        Sizes that differ from the profile's own.
    avoid
        Polygons; what touches one is closed.
    season
        Factor on the speed of motor vehicles, or the name of a season of the profile.
    """
    raise NotImplementedError


def applied(roads: ProfileRoads, state: Metric) -> ProfileRoads:
    """Return the tables of a profile as they are under a metric."""
    is_closed = state.arc == UNREACHED
    length = roads.arcs.cost & CM_MASK
    arc_cost = np.where(is_closed, FAR, state.arc * np.int64(MS) + length)
    turn = roads.links.cost - roads.arcs.cost[roads.arc_of_link]
    is_shut = is_closed[roads.arc_of_link] | (state.is_open_link == 0)
    link_cost = np.where(is_shut, FAR, arc_cost[roads.arc_of_link] + turn)
    links = roads.links._replace(cost=frozen(link_cost, np.int64))
    return roads._replace(
        arcs=roads.arcs._replace(cost=frozen(arc_cost, np.int64)),
        links=links,
        back_links=turned_round(links),
    )
