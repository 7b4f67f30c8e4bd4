"""A day as it runs, told as trip updates: reading them again gives the same day."""

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np

from gtfs.clock import days_after
from gtfs.day import Day
from gtfs.realtime.draft import Applied
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import SCHEDULED, SKIPPED, Call, TripRef, TripUpdate
from gtfs.timetable import Timetable
from routing.layout import NONE

_NOT_ALLOWED = 1  # of pickup and drop-off types
_TOLD_WHOLE = frozenset({"ADDED", "NEW", "REPLACEMENT"})  # by their stops alone


def trip_updates(day: Day, applied: Sequence[Applied], matcher: Matcher) -> list[TripUpdate]:
    """Tell what became of the applied updates of one feed.

    Parameters
    ----------
    day
        The patched day, with no trip cut.
    applied
        What `patch` took up for that day.
    matcher
        Of the feed.
    """
    at = _day_trips(day, applied)
    return [_told(day, one, at.get(number), matcher) for number, one in enumerate(applied)]


def _day_trips(day: Day, applied: Iterable[Applied]) -> dict[int, int]:
    """Day trip of each update; those that do not run are left out."""
    key = 3 * day.trip.astype(np.int64) + day.service_day + 1
    order = np.argsort(key, kind="stable")
    wanted = np.array([3 * one.runs_as + one.service_day + 1 for one in applied], np.int64)
    place = np.minimum(np.searchsorted(key[order], wanted), max(key.size - 1, 0))
    return {
        number: int(order[row])
        for number, row in enumerate(place.tolist())
        if key.size and key[order[row]] == wanted[number]
    }


def _told(day: Day, one: Applied, day_trip: int | None, matcher: Matcher) -> TripUpdate:
    """One update; one whose trip is over long ago stays as it came."""
    update = one.update
    calls: Iterable[Call] = update.calls if one.runs_as != NONE else ()
    if day_trip is not None:
        calls = _calls(day, day_trip, matcher)
    on = days_after(day.date, one.service_day)
    copy = update.copy if update.trip.relationship == "DUPLICATED" else None
    return update._replace(
        trip=_ref(day.timetable, one, on, matcher), delay=None, calls=tuple(calls), copy=copy
    )


def _ref(timetable: Timetable, one: Applied, on: dt.date, matcher: Matcher) -> TripRef:
    """Name the trip of the timetable, or the added one, without any doubt."""
    trips, ref = timetable.trips, one.update.trip
    row = one.runs_as if one.trip == NONE else one.trip
    start = int(trips.start_time[row]) + one.retime
    return TripRef(
        trips.id[row].removeprefix(matcher.prefix),
        timetable.lines.id[int(trips.line[row])].removeprefix(matcher.prefix),
        on,
        start,
        ref.relationship,
    )


def _calls(day: Day, day_trip: int, matcher: Matcher) -> Iterable[Call]:
    """Every stop of a day trip with its times."""
    table, first = day.timetable.stop_times, day.timetable.trips.first_stop_time
    row = int(first[int(day.trip[day_trip])])
    stops, (arrival, departure) = day.stops(day_trip), day.times(day_trip)
    names = day.timetable.stops.id
    skipped = _skipped(day, day_trip, row)
    for position, stop in enumerate(stops.tolist()):
        planned = int(table.stop[row + position])
        served = "" if stop == planned else names[stop].removeprefix(matcher.prefix)
        yield Call(
            int(table.sequence[row + position]),
            names[planned].removeprefix(matcher.prefix),
            int(arrival[position]) + day.base_epoch,
            None,
            int(departure[position]) + day.base_epoch,
            None,
            SKIPPED if skipped[position] else SCHEDULED,
            served,
        )


def _skipped(day: Day, day_trip: int, row: int) -> Sequence[bool]:
    """Positions where the timetable lets people on or off and the day does not."""
    patterns, pattern = day.tables.patterns, day.pattern_of(day_trip)
    first = patterns.first_position_of_pattern
    here = slice(int(first[pattern]), int(first[pattern + 1]))
    closed = ~(patterns.can_board[here].astype(bool) | patterns.can_alight[here].astype(bool))
    length = closed.size
    table = day.timetable.stop_times
    boards = table.pickup[row : row + length] != _NOT_ALLOWED
    alights = table.drop_off[row : row + length] != _NOT_ALLOWED
    boards[-1] = alights[0] = False
    skipped: list[bool] = (closed & (boards | alights)).tolist()
    return skipped
