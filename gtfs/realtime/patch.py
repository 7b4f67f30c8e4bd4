"""A day as a realtime message says it will be: a new `Day` beside the one of the timetable.

Changed trips leave their patterns and make new ones, cancelled trips are left out, added ones get
rows at the end of a longer timetable. Nothing given is modified, so searches under way never see
half of a message. Each message is applied to the day of the timetable, not to an earlier patch of
the same feed; those of several feeds are applied one after the other.

A skipped stop keeps its position, but nobody gets on or off there. So positions, and the segments
of bookings, mean the same before and after; a replaced trip has positions of its own.
"""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from gtfs.clock import days_after
from gtfs.day import Day, grouped
from gtfs.pieces import Pieces
from gtfs.realtime.changes import Change, changed_rows
from gtfs.realtime.match import Match, Matcher, no_match
from gtfs.realtime.messages import Message, TripUpdate
from gtfs.realtime.new_trips import NewTrip, extended, ride_of, shifted_ride
from gtfs.realtime.overlay import overlaid
from gtfs.timetable import Timetable
from routing.layout import NONE, BoolArray, DayTables, Int32Array, Int64Array, frozen

MAX_AGE = 600  # s after which an update no longer counts
_CANCELLED = -2
_KEPT = 20  # names of one reason


@dataclasses.dataclass
class Report:
    """What became of the updates of a message."""

    applied: dict[str, int] = dataclasses.field(default_factory=dict)  # by relationship
    unmatched: dict[str, int] = dataclasses.field(default_factory=dict)  # by reason
    names: dict[str, list[str]] = dataclasses.field(default_factory=dict)  # first ones, by reason
    lost_calls: int = 0  # stop time updates that fit no stop of their trip

    def _count(self, table: dict[str, int], key: str) -> None:
        table[key] = table.get(key, 0) + 1

    def add(self, update: TripUpdate, match: Match) -> None:
        """Count one update."""
        if not match.reason:
            self._count(self.applied, update.trip.relationship)
            return
        self._count(self.unmatched, match.reason)
        names = self.names.setdefault(match.reason, [])
        if len(names) < _KEPT:
            trip = update.trip
            names.append(f"entity '{update.entity}', trip '{trip.trip_id or trip.line_id}'")


class Patch(NamedTuple):
    """The day as it will be, and the timetable that its trips are rows of."""

    timetable: Timetable
    day: Day
    report: Report


def patch(
    timetable: Timetable,
    day: Day,
    message: Message,
    matcher: Matcher,
    *,
    now: int | None = None,
    max_age: int = MAX_AGE,
) -> Patch:
    """Apply the trip updates of a message.

    Parameters
    ----------
    timetable, day
        What the calendar says, or the outcome of a patch by another feed.
    matcher
        Of the feed that the message is about.
    now
        Unix time; `None` is the time of the message.
    max_age
        Seconds; older updates do not count.
    """
    draft = _Draft(timetable, day, matcher, message.timestamp if now is None else now)
    for update in message.updates:
        is_old = draft.now - update.timestamp > max_age
        draft.report.add(update, no_match("stale") if is_old else draft.take(update))
    longer = extended(timetable, draft.new)
    return Patch(longer, _patched(longer, day, draft), draft.report)


class _Draft:
    """Updates of one message, sorted by what they do."""

    def __init__(self, timetable: Timetable, day: Day, matcher: Matcher, now: int) -> None:
        self.timetable = timetable
        self.day = day
        self.matcher = matcher
        self.now = now
        self.report = Report()
        self.changes: list[Change] = []
        self.change_of: dict[tuple[int, int], int] = {}  # by (trip, service day), or _CANCELLED
        self.new: list[NewTrip] = []
        self._new_ids: set[tuple[str, int, int]] = set()

    def take(self, update: TripUpdate) -> Match:
        """Sort one update in."""
        match update.trip.relationship:
            case "ADDED" | "NEW":
                return self._add(update)
            case "DUPLICATED":
                return self._duplicate(update)
            case _:
                return self._alter(update)

    def _alter(self, update: TripUpdate) -> Match:
        """Delay, cancel or replace a trip of the timetable."""
        stop_ids = [call.stop_id for call in update.calls if call.stop_id]
        match = self.matcher.match(update.trip, self.day.date, self.now, stop_ids)
        if match.reason:
            return match
        key = (match.trip, match.service_day)
        if key in self.change_of:
            return no_match("told_twice")
        if update.trip.relationship in {"CANCELED", "DELETED"}:
            self.change_of[key] = _CANCELLED
        elif update.trip.relationship == "REPLACEMENT":
            line = int(self.timetable.trips.line[match.trip])
            added = self._append(update, match.service_day, line, match.trip)
            if added.reason:
                return added
            self.change_of[key] = _CANCELLED
        else:
            self.change_of[key] = len(self.changes)
            self.changes.append(self._change(match, update))
        return match

    def _change(self, match: Match, update: TripUpdate | None) -> Change:
        base = self.matcher.base(days_after(self.day.date, match.service_day))
        return Change(match.trip, match.service_day, match.retime, base, update)

    def _add(self, update: TripUpdate) -> Match:
        """Add a trip that the timetable does not have."""
        trip, date = update.trip, self.day.date
        line = self.matcher.line_of_id.get(trip.line_id)
        if line is None:
            return no_match("unknown_line")
        service_day = self._service_day(update)
        if service_day is None:
            return no_match("other_date")
        on = days_after(date, service_day)
        runs = self.matcher.runs_of_id.get(trip.trip_id, ())
        if any(self.matcher.runs_on(run, on) for run in runs):
            return no_match("trip_exists")
        return self._append(update, service_day, line, NONE)

    def _service_day(self, update: TripUpdate) -> int | None:
        """Service date of a new trip, by its own word or its first time."""
        if update.trip.start_date is not None:
            service_day = (update.trip.start_date - self.day.date).days
            return service_day if -1 <= service_day <= 1 else None
        times = [time for call in update.calls for time in (call.arrival, call.departure) if time]
        begun = [
            step
            for step in (-1, 0, 1)
            if times and self.matcher.base(days_after(self.day.date, step)) <= times[0]
        ]
        return begun[-1] if begun else None

    def _append(self, update: TripUpdate, service_day: int, line: int, template: int) -> Match:
        """Add a trip that is told by its calls alone."""
        base = self.matcher.base(days_after(self.day.date, service_day))
        ride = ride_of(update.calls, self.matcher.stop_of_id, base)
        if isinstance(ride, str):
            return no_match(ride)
        trip_id = update.trip.trip_id or f"realtime-{update.entity}"
        new = NewTrip(self.matcher.prefix + trip_id, line, template, update.headsign, ride)
        return self._new_trip(new, service_day, None)

    def _duplicate(self, update: TripUpdate) -> Match:
        """Let a trip of the timetable run once more, at another time."""
        copy = update.copy
        if copy is None or not copy.trip_id or copy.start_time is None or copy.start_date is None:
            return no_match("copy_not_named")
        runs = self.matcher.runs_of_id.get(update.trip.trip_id)
        if runs is None:
            return no_match("unknown_trip")
        service_day = (copy.start_date - self.day.date).days
        if not -1 <= service_day <= 1:
            return no_match("other_date")
        trips = self.timetable.trips
        shift = copy.start_time - int(trips.start_time[runs[0]])
        new = NewTrip(
            self.matcher.prefix + copy.trip_id,
            int(trips.line[runs[0]]),
            runs[0],
            update.headsign,
            shifted_ride(self.timetable, runs[0], shift),
        )
        return self._new_trip(new, service_day, update)

    def _new_trip(self, new: NewTrip, service_day: int, update: TripUpdate | None) -> Match:
        run = (new.trip_id, service_day, int(new.ride.departure[0]))
        if run in self._new_ids:
            return no_match("told_twice")
        self._new_ids.add(run)
        match = Match(len(self.timetable.trips.id) + len(self.new), service_day)
        self.new.append(new)
        self.changes.append(self._change(match, update))
        return match


def _fates(day: Day, change_of: Mapping[tuple[int, int], int], n_trips: int) -> Int32Array:
    """Change of every day trip; `NONE` where it stays, `_CANCELLED` where it falls away."""
    fate = np.full(3 * n_trips, NONE, np.int32)
    keys = [3 * trip + service_day + 1 for trip, service_day in change_of]
    fate[np.array(keys, np.int64)] = list(change_of.values())
    of_day: Int32Array = fate[3 * day.trip.astype(np.int64) + day.service_day + 1]
    return of_day


def _patched(timetable: Timetable, day: Day, draft: _Draft) -> Day:
    """Make the day; `timetable` has the new trips at its end."""
    n_old = len(draft.timetable.trips.id)
    fate = _fates(day, draft.change_of, n_old)
    keep: BoolArray = fate == NONE
    if keep.all() and not draft.new:
        return day
    rows, first_row, draft.report.lost_calls = changed_rows(
        timetable, draft.changes, draft.matcher.stop_of_id
    )
    pieces = _pieces(day, draft, fate, first_row, n_old)
    pieces, more = grouped(rows, pieces, day.tables.n_stops)
    trip, service_day, shift, first_position = (
        frozen(np.concatenate([old[keep], new]))
        for old, new in zip(
            (day.trip, day.service_day, day.shift, day.first_position), pieces[:4], strict=True
        )
    )
    tables = DayTables(overlaid(day.tables.patterns, keep, more), day.tables.footpaths)
    return Day(day.date, day.base_epoch, tables, trip, service_day, shift, first_position)


def _pieces(day: Day, draft: _Draft, fate: Int32Array, first_row: Int32Array, n_old: int) -> Pieces:
    """Changed day trips, then new ones; their stop times are those of the changed rows."""
    changed: Int64Array = np.flatnonzero(fate >= 0)
    change = fate[changed]
    patterns = day.tables.patterns
    pattern = np.searchsorted(patterns.first_trip_of_pattern, changed, side="right") - 1
    length = np.diff(patterns.first_position_of_pattern)[pattern]
    new = np.array([k for k, c in enumerate(draft.changes) if c.trip >= n_old], np.int64)
    added = [draft.changes[k] for k in new.tolist()]
    first_position = day.first_position[changed]
    none = np.zeros(new.size, np.int64)
    columns = (
        (day.trip[changed], [c.trip for c in added]),
        (day.service_day[changed], [c.service_day for c in added]),
        (day.shift[changed], [c.base - day.base_epoch for c in added]),
        (first_position, none),
        (first_row[change] + first_position, first_row[new]),
        (length, first_row[new + 1] - first_row[new]),
    )
    return Pieces(
        *(frozen(np.concatenate([old, np.array(more, np.int64)])) for old, more in columns)
    )
