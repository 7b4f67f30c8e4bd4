"""Journeys on two lines that no walk connects: a vehicle on call takes the traveller across.

Stops that the origin reaches by line and stops from which lines lead to the destination are told by
one search each. For every carrier the pair of them that is nearest gives a place to change at, and
the journey is planned by way of the first of these places where that leads to one. This is looked
for only where no journey on foot and by line was found, nor a short walk all the way; the pair is
chosen by distance, so a better one may be missed.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from maas.planner_search import FARTHEST
from maas.planner_via import Through
from maas.region_parts import Area
from maas.taxi import inside
from routing.kernels.nearest_stops import nearest_m
from routing.layout import BoolArray, Float64Array, Int64Array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maas.itinerary import Itinerary
    from maas.planner_task import Task

_MOST_PLACES = 2  # to change at that are tried
_SHORT_WALK = 3_600  # s; two lines and a called vehicle between them take longer


def linked(task: "Task") -> "list[Itinerary]":
    """Return journeys with a called vehicle between two lines; each part is priced for itself."""
    access, egress = task.access.get("walk"), task.egress.get("walk")
    if access is None or egress is None:
        return []
    if task.query.allows("walk") and task.direct.walk_duration <= _SHORT_WALK:
        return []
    most = task.query.max_transfers
    for stop in _changes(task)[:_MOST_PLACES]:
        place = task.asked.region.places.of_stop(stop)
        journey = Through(task.planner, task.query, task.asked, task.at, [(place, 0)])
        ways = journey.joined_ways()
        if found := [one for one in ways if one.transfers <= most and _is_link(one)]:
            return found
    return []


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
    best: dict[int, float] = {}
    for here, far in _rides(task, reached, leading):
        if here.size:
            row = int(far.argmin())
            stop = int(here[row])
            best[stop] = min(float(far[row]), best.get(stop, np.inf))
    limit_m = task.asked.region.file.taxi_limit_m
    return sorted((stop for stop in best if best[stop] <= limit_m), key=best.__getitem__)


def _rides(
    task: "Task", reached: BoolArray, leading: BoolArray
) -> "Iterator[tuple[Int64Array, Float64Array]]":
    """For each carrier the stops where it takes up, and the metres of the shortest ride on."""
    region, query, takes = task.asked.region, task.query, task.wishes.takes
    here, there = np.flatnonzero(reached), np.flatnonzero(leading)
    if query.allows("taxi"):
        far = _nearest_m(task, here, there)
        for fleet, covered in zip(region.file.taxis, region.stops_of_fleets, strict=True):
            if takes(fleet):
                mine = covered[here]
                yield here[mine], far[mine]
    if query.allows("drt"):
        for zone in filter(takes, region.file.demand_zones):
            start, end = _within(task, zone.picks_up, here), _within(task, zone.sets_down, there)
            yield start, _nearest_m(task, start, end)


def _nearest_m(task: "Task", here: Int64Array, there: Int64Array) -> Float64Array:
    """Metres, as the crow flies, from stops to the nearest of others."""
    stops = task.asked.region.timetable.stops
    metres = np.empty(here.size)
    northward = there[np.argsort(stops.lat[there])]
    others = stops.lat[northward], stops.lon[northward]
    nearest_m(stops.lat[here], stops.lon[here], *others, metres)
    return metres


def _within(task: "Task", area: Area, some: Int64Array) -> Int64Array:
    stops = task.asked.region.timetable.stops
    return some[inside(area, stops.lat[some], stops.lon[some])]


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
