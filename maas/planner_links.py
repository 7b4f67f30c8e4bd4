"""Journeys on two lines that no walk connects: a vehicle on call takes the traveller across.

Stops that the origin reaches by line and stops from which lines lead to the destination are told by
one search each. For every carrier the pair of them that is nearest gives a place to change at, and
the journey is planned by way of there. This is looked for only where no journey on foot and by line
was found; the pair is chosen by distance, so a better one may be missed.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from maas.planner_search import FARTHEST
from maas.planner_via import Through
from maas.region_file import TaxiFleet
from maas.taxi import inside
from routing.geo import beeline_m
from routing.layout import BoolArray, Float64Array, Int64Array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maas.feeders import Carrier
    from maas.itinerary import Itinerary
    from maas.planner_task import Task

_MOST_PLACES = 2  # to change at that are tried
_MOST_STOPS = 600  # of a carrier's area at either side that are compared


def linked(task: "Task") -> "list[Itinerary]":
    """Return journeys with a called vehicle between two lines; each part is priced for itself."""
    access, egress = task.access.get("walk"), task.egress.get("walk")
    if access is None or egress is None:
        return []
    found: list[Itinerary] = []
    for stop in _changes(task)[:_MOST_PLACES]:
        place = task.asked.region.places.of_stop(stop)
        journey = Through(task.planner, task.query, task.asked, task.at, [(place, 0)])
        found += journey.joined_ways()
    most = task.query.max_transfers
    return [one for one in found if one.transfers <= most and _is_link(one)]


def _is_link(itinerary: "Itinerary") -> bool:
    """Whether a vehicle on call runs between two lines, and none just to meet another."""
    if any(a.carrier and b.carrier for a, b in pairwise(itinerary.legs)):
        return False
    rides = [i for i, leg in enumerate(itinerary.legs) if leg.ridden is not None]
    calls = [i for i, leg in enumerate(itinerary.legs) if leg.carrier is not None]
    return bool(rides) and any(rides[0] < call < rides[-1] for call in calls)


def _changes(task: "Task") -> list[int]:
    """Stops where a vehicle can be called, the one with the shortest ride ahead first."""
    reached, leading = _sides(task)
    stops = task.asked.region.timetable.stops
    best: dict[int, float] = {}
    known: dict[bytes, Float64Array] = {}  # by the stops beyond, which taxi fleets share
    for carrier in _carriers(task):
        here, there = _area(task, carrier, reached, leading)
        if not (here.size and there.size):
            continue
        least = known.setdefault(there.tobytes(), np.full(reached.size, np.nan))
        fresh = here[np.isnan(least[here])]
        ends = stops.lon[fresh, None], stops.lat[fresh, None]
        metres = beeline_m(*ends, stops.lon[None, there], stops.lat[None, there])
        least[fresh] = metres.min(axis=1)
        row = int(least[here].argmin())
        stop, far = int(here[row]), float(least[here[row]])
        if far <= task.asked.region.file.taxi_limit_m:
            best[stop] = min(far, best.get(stop, far))
    return sorted(best, key=best.__getitem__)


def _sides(task: "Task") -> tuple[BoolArray, BoolArray]:
    """Stops to which a line leads from the origin, and from which one leads to the destination."""
    access, egress = task.access["walk"], task.egress["walk"]
    view, planner = task.view, task.planner
    begin = task.at - FARTHEST // 2 if task.query.arrive_by else task.at
    leaving = planner.direction(view, arrive_by=False)
    arriving = planner.direction(view, arrive_by=True)
    end = task.at if task.query.arrive_by else task.at + FARTHEST
    reached = leaving.reach(access, begin)
    leading = arriving.reach(egress, end)
    reached[access.ways.stop] = False
    leading[egress.ways.stop] = False
    return reached, leading


def _carriers(task: "Task") -> "Iterator[Carrier]":
    """Carriers that the traveller would take."""
    file, query = task.asked.region.file, task.query
    if query.allows("taxi"):
        yield from (fleet for fleet in file.taxis if task.wishes.takes(fleet))
    if query.allows("drt"):
        yield from (zone for zone in file.demand_zones if task.wishes.takes(zone))


def _area(
    task: "Task", carrier: "Carrier", reached: BoolArray, leading: BoolArray
) -> tuple[Int64Array, Int64Array]:
    """Stops of both sides that a carrier serves."""
    stops = task.asked.region.timetable.stops
    here, there = np.flatnonzero(reached), np.flatnonzero(leading)
    if isinstance(carrier, TaxiFleet):
        base = np.array([carrier.base.lon]), np.array([carrier.base.lat])
        here = here[beeline_m(stops.lon[here], stops.lat[here], *base) <= carrier.radius_m]
    else:
        here = here[inside(carrier.picks_up, stops.lat[here], stops.lon[here])]
        there = there[inside(carrier.sets_down, stops.lat[there], stops.lon[there])]
    return _some(here), _some(there)


def _some(stops: Int64Array) -> Int64Array:
    """Return so many stops, evenly taken, that comparing all pairs is quick."""
    return stops[:: -(-stops.size // _MOST_STOPS) or 1]
