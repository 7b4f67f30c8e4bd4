"""A day as it runs, told as trip updates: reading them again gives the same day."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from gtfs.clock import days_after
from gtfs.day import Day
from gtfs.realtime.draft import Applied
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import SCHEDULED, SKIPPED, Call, TripRef, TripUpdate
from gtfs.realtime.occupancy import expected
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
        is_whole = update.trip.relationship in _TOLD_WHOLE
        calls = _with_occupancy(_calls(day, day_trip, matcher, is_whole=is_whole), update.calls)
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


def _calls(day: Day, day_trip: int, matcher: Matcher, *, is_whole: bool) -> Iterable[Call]:
    """Every stop of a day trip with its times; of a whole trip, a skipped one lets nobody on."""
    table, first = day.timetable.stop_times, day.timetable.trips.first_stop_time
    row = int(first[int(day.trip[day_trip])])
    stops, (arrival, departure) = day.stops(day_trip), day.times(day_trip)
    names = day.timetable.stops.id
    allowed = _Allowed.of(day, day_trip, row)
    for position, stop in enumerate(stops.tolist()):
        planned = int(table.stop[row + position])
        served = "" if stop == planned else names[stop].removeprefix(matcher.prefix)
        is_skipped = not is_whole and allowed.is_skipped(position)
        yield Call(
            int(table.sequence[row + position]),
            names[planned].removeprefix(matcher.prefix),
            int(arrival[position]) + day.base_epoch,
            None,
            int(departure[position]) + day.base_epoch,
            None,
            SKIPPED if is_skipped else SCHEDULED,
            served,
            *((None, None) if is_skipped else allowed.told(position, is_whole=is_whole)),
        )


def _with_occupancy(calls: Iterable[Call], told: Iterable[Call]) -> Iterable[Call]:
    """Calls with how full the trip will be, as far as an update told it."""
    some = list(calls)
    stops = [(-1 if call.sequence is None else call.sequence, call.stop_id) for call in some]
    for call, occupancy in zip(some, expected(told, stops), strict=True):
        yield call._replace(occupancy=occupancy)


class _Allowed(NamedTuple):
    """Where one may get on and off, as the timetable says and as the day has it.

    The last stop is none to get on, nor the first one to get off, whatever is told.
    """

    planned: tuple[list[bool], list[bool]]  # on, off
    real: tuple[list[bool], list[bool]]

    @classmethod
    def of(cls, day: Day, day_trip: int, row: int) -> "_Allowed":
        """Read both; `row` is the first stop time of the trip."""
        patterns, pattern = day.tables.patterns, day.pattern_of(day_trip)
        here = slice(*patterns.first_position_of_pattern[pattern : pattern + 2].tolist())
        on, off = (
            column[here].astype(bool) for column in (patterns.can_board, patterns.can_alight)
        )
        table = day.timetable.stop_times
        boards, alights = (
            column[row : row + on.size] != _NOT_ALLOWED for column in (table.pickup, table.drop_off)
        )
        boards[-1], alights[0] = on[-1], off[0]
        return cls((boards.tolist(), alights.tolist()), (on.tolist(), off.tolist()))

    def is_skipped(self, position: int) -> bool:
        """Whether the timetable lets people on or off and the day does not."""
        planned, real = (any(flags[position] for flags in both) for both in self)
        return planned and not real

    def told(self, position: int, *, is_whole: bool) -> tuple[int | None, int | None]:
        """Pickup and drop-off type of a stop, where they differ from what is known without."""
        ends = (len(self.real[0]) - 1, 0)
        known = ([is_whole or flag for flag in flags] for flags in self.planned)
        on, off = (
            None
            if position == end or real[position] == usual[position]
            else int(not real[position])
            for usual, real, end in zip(known, self.real, ends, strict=True)
        )
        return on, off
