"""Trip updates of one message, sorted by what they do to a day."""

import dataclasses
from typing import NamedTuple

from gtfs.clock import days_after
from gtfs.day import Day
from gtfs.realtime.changes import Change
from gtfs.realtime.match import Match, Matcher, no_match
from gtfs.realtime.messages import TripUpdate
from gtfs.realtime.new_trips import NewTrip, ride_of, shifted_ride
from routing.layout import NONE

CANCELLED = -2  # in place of a change
_KEPT = 20  # names of one reason
_MEASURED = frozenset({"SCHEDULED", "UNSCHEDULED"})  # tell where a vehicle was seen


class Applied(NamedTuple):
    """An update that was taken up, and what became of its trip."""

    update: TripUpdate
    trip: int  # row of the timetable's trip that is meant; `NONE` for an added one
    runs_as: int  # row of the trip that runs; `NONE` for a cancelled one
    service_day: int  # relative to the date of the day
    retime: int = 0  # s that it starts after the run it was taken for


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


class Draft:
    """Updates of one message, sorted by what they do."""

    def __init__(self, day: Day, matcher: Matcher, now: int, max_age: int) -> None:
        self.timetable = day.timetable
        self.day = day
        self.matcher = matcher
        self.now = now
        self.max_age = max_age
        self.report = Report()
        self.changes: list[Change] = []
        self.change_of: dict[tuple[int, int], int] = {}  # by (trip, service day), or CANCELLED
        self.new: list[NewTrip] = []
        self.applied: list[Applied] = []
        self._new_ids: set[tuple[str, int, int]] = set()

    def take(self, update: TripUpdate, told: int) -> None:
        """Sort one update of a message of the time `told` in, or count why it cannot be.

        Where a vehicle was seen grows old by itself; what was decided about a trip holds as long
        as it is told.
        """
        kind = update.trip.relationship
        seen = update.timestamp if kind in _MEASURED else max(told, update.timestamp)
        is_old = self.now - seen > self.max_age
        self.report.add(update, no_match("stale") if is_old else self._sorted(update))

    def _sorted(self, update: TripUpdate) -> Match:
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
        runs_as = match.trip
        if update.trip.relationship in {"CANCELED", "DELETED"}:
            self.change_of[key], runs_as = CANCELLED, NONE
        elif update.trip.relationship == "REPLACEMENT":
            added = self._append(update, match.service_day, match.trip)
            if added.reason:
                return added
            self.change_of[key], runs_as = CANCELLED, added.trip
        else:
            self.change_of[key] = len(self.changes)
            self.changes.append(self._change(match, update))
        self.applied.append(Applied(update, match.trip, runs_as, match.service_day, match.retime))
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
        return self._applied(update, NONE, self._append(update, service_day, NONE, line))

    def _applied(self, update: TripUpdate, template: int, new: Match) -> Match:
        """Note what became of an update that makes a trip."""
        if not new.reason:
            self.applied.append(Applied(update, template, new.trip, new.service_day))
        return new

    def _service_day(self, update: TripUpdate) -> int | None:
        """Service date of a new trip, by its own word or its first time."""
        if update.trip.start_date is not None:
            service_day = (update.trip.start_date - self.day.date).days
            return service_day if -1 <= service_day <= 1 else None
        times = [time for call in update.calls for time in (call.arrival, call.departure) if time]
        if not times:
            return None
        service_day = (self.matcher.date_of(times[0]) - self.day.date).days
        return service_day if -1 <= service_day <= 1 else None

    def _append(
        self, update: TripUpdate, service_day: int, template: int, line: int = NONE
    ) -> Match:
        """Add a trip that is told by its calls alone, in place of `template` or on `line`."""
        base = self.matcher.base(days_after(self.day.date, service_day))
        ride = ride_of(update.calls, self.matcher.stop_of_id, base)
        if isinstance(ride, str):
            return no_match(ride)
        trips = self.timetable.trips
        if template == NONE:
            trip_id = self.matcher.prefix + (update.trip.trip_id or f"realtime-{update.entity}")
        else:
            trip_id, line = trips.id[template], int(trips.line[template])
        new = NewTrip(trip_id, line, template, update.headsign, ride)
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
        return self._applied(update, runs[0], self._new_trip(new, service_day, update))

    def _new_trip(self, new: NewTrip, service_day: int, update: TripUpdate | None) -> Match:
        run = (new.trip_id, service_day, int(new.ride.departure[0]))
        if run in self._new_ids:
            return no_match("told_twice")
        self._new_ids.add(run)
        match = Match(len(self.timetable.trips.id) + len(self.new), service_day)
        self.new.append(new)
        self.changes.append(self._change(match, update))
        return match
