"""Trip updates of one message, sorted by what they do to a day."""

import dataclasses
from typing import NamedTuple

import numpy as np

from gtfs.clock import days_after
from gtfs.day import Day
from gtfs.realtime.changes import Change
from gtfs.realtime.match import Match, Matcher, no_match
from gtfs.realtime.messages import Call, Message, Modification, TripRef, TripUpdate
from gtfs.realtime.modifications import detoured
from gtfs.realtime.new_trips import NewTrip, Points, ride_of, shape_of, shifted_ride
from routing.errors import InvalidTableError
from routing.layout import NONE
from routing.polyline import decode

CANCELLED = -2  # in place of a change
_KEPT = 20  # names of one reason
_MEASURED = frozenset({"SCHEDULED", "UNSCHEDULED"})  # tell where a vehicle was seen
_MODIFIED = "MODIFIED"  # stands for a relationship where trips on detours are counted
_PRECISION = 5  # decimals of polylines


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
        trip = update.trip
        self.told(update.entity, trip.relationship, f"trip '{trip.trip_id or trip.line_id}'", match)

    def told(self, entity: str, kind: str, what: str, match: Match) -> None:
        """Count something of a kind that an entity told, by its kind or why it fits nothing."""
        if match.reason:
            self.miss(match.reason, f"entity '{entity}', {what}")
        else:
            self._count(self.applied, kind)

    def miss(self, reason: str, name: str) -> None:
        """Count and name something that fits nothing."""
        self._count(self.unmatched, reason)
        names = self.names.setdefault(reason, [])
        if len(names) < _KEPT:
            names.append(name)


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
        self.shapes: list[Points] = []  # of detours
        self._number_of_shape: dict[str, int] = {}
        self._new_ids: set[tuple[str, int, int]] = set()
        self._detours: dict[tuple[int, int], int] = {}  # change of each modified trip

    def take_all(self, message: Message) -> None:
        """Sort in all that a message tells of trips.

        Where trips take detours, what takes trips out or replaces them goes first, then detours,
        then what is measured: of updates for a trip on a detour the one that means it first.
        """
        waits = _MEASURED if message.modifications else frozenset()
        late = [update for update in message.updates if update.trip.relationship in waits]
        for update in message.updates:
            if update.trip.relationship not in waits:
                self.take(update, message.timestamp)
        shapes = dict(message.shapes)
        for modification in message.modifications:
            self._modify(modification, message, shapes)
        for update in sorted(late, key=lambda update: not update.trip.is_modified):
            self.take(update, message.timestamp)

    def _modify(self, modification: Modification, message: Message, shapes: dict[str, str]) -> None:
        """Let trips take their detours on the dates that the day sees."""
        entity = modification.entity
        days = [(date - self.day.date).days for date in modification.dates]
        if self.now - message.timestamp > self.max_age:
            self.report.miss("stale", f"entity '{entity}'")
            return
        for trip_id, shape_id in modification.trips:
            runs = self.matcher.runs_of_id.get(trip_id, ())
            if modification.start_times:
                starts = self.timetable.trips.start_time
                runs = tuple(run for run in runs if starts[run] in modification.start_times)
            if not runs:
                self.report.miss("unknown_trip", f"entity '{entity}', trip '{trip_id}'")
                continue
            shape = self._shape(entity, shape_id, shapes)
            for service_day in (day for day in days if -1 <= day <= 1):
                on = days_after(self.day.date, service_day)
                for run in (run for run in runs if self.matcher.runs_on(run, on)):
                    match = self._detour(modification, message, run, service_day, shape)
                    self.report.told(entity, _MODIFIED, f"trip '{trip_id}'", match)

    def _shape(self, entity: str, shape_id: str, shapes: dict[str, str]) -> int:
        """Number of the line of a detour; `NONE`, counted, if it is not told as one can read it."""
        if not shape_id:
            return NONE
        if shape_id in self._number_of_shape:
            return self._number_of_shape[shape_id]
        try:
            lon, lat = decode(shapes.get(shape_id, ""), _PRECISION)
        except InvalidTableError:
            lon = lat = np.zeros(0)
        if lon.size < 2:
            self.report.miss("unknown_shape", f"entity '{entity}', shape '{shape_id}'")
            return NONE
        self.shapes.append((lon, lat))
        number = self.timetable.shapes.first_point.size - 2 + len(self.shapes)
        self._number_of_shape[shape_id] = number
        return number

    def _detour(
        self, modification: Modification, message: Message, run: int, service_day: int, shape: int
    ) -> Match:
        """Replace one run of a trip by one with its detours."""
        key, trips = (run, service_day), self.timetable.trips
        if key in self.change_of:
            return no_match("told_twice")

        def lose(stop_id: str) -> None:
            self.report.miss("temporary_stop", f"entity '{modification.entity}', stop '{stop_id}'")

        stop_of_id = self.matcher.stop_of_id
        ride = detoured(
            shifted_ride(self.timetable, run, 0), modification.detours, stop_of_id, lose
        )
        if isinstance(ride, str):
            return no_match(ride)
        new = NewTrip(trips.id[run], int(trips.line[run]), run, shape, "", ride)
        match = self._new_trip(new, service_day, None)
        if match.reason:
            return match
        self.change_of[key], self._detours[key] = CANCELLED, len(self.changes) - 1
        on, start = days_after(self.day.date, service_day), int(trips.start_time[run])
        ref = TripRef(trips.id[run].removeprefix(self.matcher.prefix), "", on, start, "REPLACEMENT")
        update = TripUpdate(modification.entity, ref, message.timestamp, None, (), None, "")
        self.applied.append(Applied(update, run, match.trip, service_day))
        return match

    def _measure(self, match: Match, update: TripUpdate) -> Match:
        """Delay a trip on its detour; what is told of the trip of the timetable means its stops."""
        change = self._detours[match.trip, match.service_day]
        if self.changes[change].update is None:
            if not update.trip.is_modified:
                update = update._replace(calls=self._by_stop(match.trip, update.calls))
            self.changes[change] = self.changes[change]._replace(update=update)
        return match

    def _by_stop(self, trip: int, calls: tuple[Call, ...]) -> tuple[Call, ...]:
        """Calls by their stops alone, as a detour numbers them anew."""
        first, end = self.timetable.trips.first_stop_time[trip : trip + 2]
        times, names = self.timetable.stop_times, self.timetable.stops.id
        numbers, stops = times.sequence[first:end].tolist(), times.stop[first:end].tolist()
        named = {
            number: names[stop].removeprefix(self.matcher.prefix)
            for number, stop in zip(numbers, stops, strict=True)
        }
        return tuple(
            call._replace(
                sequence=None,
                stop_id=call.stop_id
                or ("" if call.sequence is None else named.get(call.sequence, "")),
            )
            for call in calls
        )

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
        if key in self._detours:
            return self._measure(match, update)
        if update.trip.is_modified:
            return no_match("unknown_modification")
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
        shape = shape_of(self.timetable, template)
        new = NewTrip(trip_id, line, template, shape, update.headsign, ride)
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
            shape_of(self.timetable, runs[0]),
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
