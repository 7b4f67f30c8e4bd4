"""Other departures of each ride, and what to do when a change is missed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.feeders import Feeder, Ways
from maas.itinerary import Itinerary, Lane, Leg, Ridden
from maas.planner_search import FARTHEST, vehicles_at_ends
from routing.layout import NONE, Int32Array

if TYPE_CHECKING:
    from maas.planner_task import Task
    from maas.planner_view import View
    from routing.raptor import Journey

_EARLIER, _LATER = 2, 3  # other departures that are shown
TIGHT = 120  # s: a change with less to spare is easily missed


class Change(NamedTuple):
    """From one ride to the next one."""

    leg: int  # number of the leg that is changed to
    available: int  # s between arrival and departure
    needed: int  # s on foot, or to change at the stop

    @property
    def spare(self) -> int:
        """Seconds that the first ride may be late."""
        return self.available - self.needed


@dataclass(frozen=True)
class Outlook:
    """What else there is, for one itinerary."""

    others: dict[int, tuple[list[Ridden], list[Ridden]]]  # by leg: earlier and later rides
    missed: dict[int, Itinerary | None]  # by leg that is missed: how to go on from there


def changes(itinerary: Itinerary, change_time: Int32Array) -> Iterator[Change]:
    """All changes between scheduled rides at a stop or on foot."""
    before: Leg | None = None
    walked: int | None = None
    for number, leg in enumerate(itinerary.legs):
        if leg.mode == "walk":
            walked = (walked or 0) + leg.arrival - leg.departure
            continue
        if leg.ridden is None:
            before = None
            continue
        if before is not None and not leg.is_seated:
            needed = change_time.item(leg.origin.stop) if walked is None else walked
            yield Change(number, leg.departure - before.arrival, needed)
        before, walked = leg, None


def outlook(task: "Task", itinerary: Itinerary) -> Outlook:
    """Look for other departures and for ways on after a missed change."""
    rides = {
        number: leg.ridden for number, leg in enumerate(itinerary.legs) if leg.ridden is not None
    }
    others = {number: _others(task.view, ridden) for number, ridden in rides.items()}
    change_time = task.view.tables.footpaths.change_time
    missed = {
        change.leg: _after_missing(task, itinerary, change.leg)
        for change in changes(itinerary, change_time)
        if itinerary.found is not None
    }
    return Outlook(others, missed)


def _others(view: "View", ridden: Ridden) -> tuple[list[Ridden], list[Ridden]]:
    """Rides between the same two stops that leave before and after."""
    day = view.day
    stops = day.stops(ridden.day_trip)
    board, alight = int(stops[ridden.board]), int(stops[ridden.alight])
    departure = int(day.times(ridden.day_trip)[1][ridden.board])
    found = sorted(_rides_between(view, board, alight))
    same = [(time, one) for time, one in found if one.day_trip != ridden.day_trip]
    earlier = [one for time, one in same if time < departure][-_EARLIER:]
    later = [one for time, one in same if time >= departure][:_LATER]
    return earlier, later


def _rides_between(view: "View", board: int, alight: int) -> Iterator[tuple[int, Ridden]]:
    """Departures and rides from one stop to another, without a change."""
    patterns = view.tables.patterns
    visits = slice(*patterns.first_visit_of_stop[board : board + 2].tolist())
    for pattern, position in zip(
        patterns.pattern_of_visit[visits].tolist(),
        patterns.position_of_visit[visits].tolist(),
        strict=True,
    ):
        first, end = patterns.first_position_of_pattern[pattern : pattern + 2].tolist()
        stops = patterns.stop_of_position[first + position + 1 : end]
        open_ = patterns.can_alight[first + position + 1 : end] != 0
        there = np.flatnonzero((stops == alight) & open_)
        if not (there.size and patterns.can_board[first + position]):
            continue
        first_trip, end_trip = patterns.first_trip_of_pattern[pattern : pattern + 2].tolist()
        column = int(patterns.first_event_of_pattern[pattern]) + position * (end_trip - first_trip)
        times = patterns.departure_by_position[column : column + end_trip - first_trip].tolist()
        for nth, time in enumerate(times):
            parts = view.parts([(first_trip + nth, position, position + 1 + int(there[0]))])
            if len(parts) == 1:
                yield time, parts[0]


def _after_missing(task: "Task", itinerary: Itinerary, leg: int) -> Itinerary | None:
    """Return the soonest way on from where a ride was to be boarded, once it has gone."""
    assert itinerary.found is not None
    view, lane, _ = itinerary.found
    missed = itinerary.legs[leg]
    stop = missed.origin.stop
    walks = view.tables.footpaths
    rows = slice(*walks.first_of_stop[stop : stop + 2].tolist())
    stops = np.concatenate([[stop], walks.head[rows]]).astype(np.int32)
    ride = np.concatenate([[0], walks.duration[rows]]).astype(np.int32)
    none = np.full(stops.size, NONE, np.int32)
    here = Lane(Feeder("walk", Ways(stops, ride, none * 0, none * 0, none)), lane.egress)
    search = task.planner.direction(view, arrive_by=False)
    rides = task.query.max_transfers + 1 - vehicles_at_ends(here)
    found = search.front(here, missed.departure + 1, FARTHEST, rides) if rides > 0 else ()
    if not found:
        return None
    best: Journey = min(found, key=lambda one: (one.arrival, len(one.rides)))
    onward = task.assembler.itinerary(view, here, best)
    if not all(task.is_served(one) for one in onward.legs):
        return None
    first, *rest = onward.legs
    if first.ridden is None:  # a walk from the stop, not from where the whole journey begins
        first = replace(first, origin=missed.origin)
    return replace(onward, legs=(first, *rest))
