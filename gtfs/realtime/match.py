"""Which trip of the timetable an entity of a realtime feed is about."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gtfs.clock import base_instant, days_after
from gtfs.realtime.messages import TripRef
from gtfs.timetable import Timetable
from gtfs.trips import NO_DIRECTION
from routing.layout import NONE

_DAY = 86_400  # s
NEAR = 1_800  # s; an unscheduled run is taken for a run of the timetable that is so near


class Match(NamedTuple):
    """A trip and its service date, or why there is none."""

    trip: int  # row of the timetable's trips, or NONE
    service_day: int  # relative to the date of the day: -1, 0 or 1
    reason: str = ""  # why nothing matches; empty for a match
    retime: int = 0  # s that the trip starts after the run it was taken for


def no_match(reason: str) -> Match:
    """Say why nothing matches."""
    return Match(NONE, 0, reason)


class Matcher:
    """Ids of one feed of a timetable; made once for all messages of its realtime feed."""

    def __init__(self, timetable: Timetable, feed_id: str) -> None:
        self.timetable = timetable
        self.feed_id = feed_id
        self.prefix = f"{feed_id}:"
        self.zone = next(feed.timezone for feed in timetable.feeds if feed.id == feed_id)

    def _of_feed(self, ids: Iterable[str]) -> Iterable[tuple[int, str]]:
        """Row and id, without the name of the feed, of what belongs to the feed."""
        start = len(self.prefix)
        return (
            (row, own_id[start:])
            for row, own_id in enumerate(ids)
            if own_id.startswith(self.prefix)
        )

    @cached_property
    def stop_of_id(self) -> dict[str, int]:
        """Stop by stop_id."""
        return {stop_id: row for row, stop_id in self._of_feed(self.timetable.stops.id)}

    @cached_property
    def line_of_id(self) -> dict[str, int]:
        """Line by route_id."""
        return {line_id: row for row, line_id in self._of_feed(self.timetable.lines.id)}

    @cached_property
    def agencies(self) -> frozenset[str]:
        """Operators of the lines by agency_id; "" where a line names none."""
        lines = self.timetable.lines
        return frozenset(lines.agency[row] for row in self.line_of_id.values())

    @cached_property
    def runs_of_id(self) -> dict[str, tuple[int, ...]]:
        """Rows of the trips by trip_id; several for one that repeats.

        Tuples, because the collector of cycles would visit so many lists again and again.
        """
        found: dict[str, list[int]] = {}
        for row, trip_id in self._of_feed(self.timetable.trips.id):
            found.setdefault(trip_id, []).append(row)
        return {trip_id: tuple(rows) for trip_id, rows in found.items()}

    @cached_property
    def runs_of_start(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """Rows of the trips by line and start time."""
        trips = self.timetable.trips
        found: dict[tuple[int, int], list[int]] = {}
        for row, key in enumerate(zip(trips.line.tolist(), trips.start_time.tolist(), strict=True)):
            found.setdefault(key, []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    def base(self, day: dt.date) -> int:
        """Unix time that the times of trips of a service date count from."""
        return base_instant(day, self.zone)

    def runs_on(self, trip: int, day: dt.date) -> bool:
        """Whether a trip runs on a service date by the calendar."""
        runs = self.timetable.services.runs
        column = (day - self.timetable.first_date).days
        return 0 <= column < runs.shape[1] and bool(
            runs[self.timetable.trips.service[trip], column]
        )

    def match(self, ref: TripRef, date: dt.date, now: int, stop_ids: Sequence[str] = ()) -> Match:
        """Find the trip that `ref` means.

        Parameters
        ----------
        date
            The date of the day that is looked at.
        now
            Unix time; of several service dates the one on which the trip is nearest to it counts.
        stop_ids
            Stops that the trip calls at; they tell trips of a line apart that start together.
        """
        if not ref.trip_id:
            return self._by_line(ref, date, now, stop_ids)
        rows = self.runs_of_id.get(ref.trip_id)
        if rows is None:
            return no_match("unknown_trip")
        is_free = ref.relationship == "UNSCHEDULED" and ref.start_time is not None
        if len(rows) == 1 and not is_free:
            return self._dated(rows, ref, date, now)
        return self._run(rows, ref, date, now)

    def _run(self, rows: Sequence[int], ref: TripRef, date: dt.date, now: int) -> Match:
        """Choose among the runs of a trip that repeats."""
        if ref.start_time is None:
            return no_match("ambiguous_trip")
        starts, wanted = self.timetable.trips.start_time, ref.start_time
        nearest = min(rows, key=lambda row: abs(int(starts[row]) - wanted))
        retime = wanted - int(starts[nearest])
        if abs(retime) > NEAR:
            return no_match("unknown_run")
        return self._dated([nearest], ref, date, now)._replace(retime=retime)

    def _by_line(self, ref: TripRef, date: dt.date, now: int, stop_ids: Sequence[str]) -> Match:
        """Find a trip by line, start and, if need be, stops."""
        line = self.line_of_id.get(ref.line_id)
        if line is None or ref.start_time is None:
            return no_match("trip_not_named")
        rows = self.runs_of_start.get((line, ref.start_time), ())
        if len(rows) > 1 and ref.direction is not None:
            direction = self.timetable.trips.direction
            rows = tuple(row for row in rows if direction[row] in (ref.direction, NO_DIRECTION))
        if len(rows) > 1:
            wanted = {self.stop_of_id[name] for name in stop_ids if name in self.stop_of_id}
            rows = tuple(row for row in rows if wanted <= self._stops(row))
        return self._dated(rows, ref, date, now) if rows else no_match("unknown_trip")

    def _stops(self, trip: int) -> set[int]:
        first = self.timetable.trips.first_stop_time
        return set(self.timetable.stop_times.stop[first[trip] : first[trip + 1]].tolist())

    def _dated(self, rows: Sequence[int], ref: TripRef, date: dt.date, now: int) -> Match:
        """Choose the service date, and the trip that runs on it.

        Where the feed names no date, dates around `now` are looked at, whatever day is asked for.
        """
        dates = [days_after(self.date_of(now), step) for step in (-1, 0, 1)]
        if ref.start_date is not None:
            dates = [ref.start_date]
        found = [(row, on) for row in rows for on in dates if self.runs_on(row, on)]
        if not found and ref.start_date is not None:
            found = self._begun_past_midnight(rows, ref.start_date)
        if not found:
            far = ref.start_date is not None and abs((ref.start_date - date).days) > 1
            return no_match("other_date" if far else "does_not_run")
        if len({row for row, _ in found}) > 1:
            return no_match("ambiguous_trip")
        trip, on = min(found, key=lambda pair: self._distance(pair[0], pair[1], now))
        service_day = (on - date).days
        return Match(trip, service_day) if -1 <= service_day <= 1 else no_match("other_date")

    def _begun_past_midnight(self, rows: Sequence[int], date: dt.date) -> list[tuple[int, dt.date]]:
        """Trips of the date before that start on `date` itself, past 24:00.

        Some producers write that date in place of the service date.
        """
        before = days_after(date, -1)
        starts = self.timetable.trips.start_time
        return [(row, before) for row in rows if starts[row] >= _DAY and self.runs_on(row, before)]

    def date_of(self, moment: int) -> dt.date:
        """Date of a Unix time in the zone of the feed."""
        return dt.datetime.fromtimestamp(moment, ZoneInfo(self.zone)).date()

    def _distance(self, trip: int, on: dt.date, now: int) -> int:
        """Seconds between `now` and the trip's time of travel on a service date."""
        table, base = self.timetable, self.base(on)
        start = base + int(table.trips.start_time[trip])
        end = base + int(table.stop_times.arrival[table.trips.first_stop_time[trip + 1] - 1])
        return max(start - now, now - end, 0)
