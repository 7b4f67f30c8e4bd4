"""Slow readings of feeds by the csv module; they share no code with the package."""

import csv
import io
import zipfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

Row = dict[str, str]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Departure(NamedTuple):
    trip_id: str
    time: int  # s after noon minus twelve hours of the asked date in the region's zone
    position: int


def rows_of(path: Path, name: str) -> list[Row]:
    """Rows of a file of a zip, in the order of the file; none if it is not there."""
    with zipfile.ZipFile(path) as archive:
        found = [member for member in archive.namelist() if member.split("/")[-1] == name]
        if not found:
            return []
        text = archive.read(found[0]).decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip() for cell in next(reader)]
    rows = [dict(zip(header, (cell.strip() for cell in cells), strict=False)) for cells in reader]
    return [row for row in rows if any(row.values())]


def seconds(clock: str) -> int | None:
    if not clock:
        return None
    hours, minutes, secs = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(secs)


def instant(day: date, zone: str) -> int:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return int(noon.astimezone(UTC).timestamp()) - 12 * 3600


def day_of(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def runs_on(path: Path) -> defaultdict[str, set[date]]:
    """Dates of every service."""
    dates: defaultdict[str, set[date]] = defaultdict(set)
    for row in rows_of(path, "calendar.txt"):
        day, last = day_of(row["start_date"]), day_of(row["end_date"])
        while day <= last:
            if row[WEEKDAYS[day.weekday()]] == "1":
                dates[row["service_id"]].add(day)
            day += timedelta(days=1)
    exceptions = rows_of(path, "calendar_dates.txt")
    for row in exceptions:
        if row["exception_type"] == "2":
            dates[row["service_id"]].discard(day_of(row["date"]))
    for row in exceptions:
        if row["exception_type"] == "1":
            dates[row["service_id"]].add(day_of(row["date"]))
    return dates


def fill(rows: list[Row]) -> list[tuple[int, int]] | None:
    """Arrival and departure at every row, blanks interpolated; None if they make no trip."""
    known = [
        (seconds(row.get("arrival_time", "")), seconds(row.get("departure_time", "")))
        for row in rows
    ]
    pairs = [
        None
        if arrives is None and leaves is None
        else (
            arrives if arrives is not None else leaves,
            leaves if leaves is not None else arrives,
        )
        for arrives, leaves in known
    ]
    if len(pairs) < 2 or pairs[0] is None or pairs[-1] is None:
        return None
    timed = [k for k, pair in enumerate(pairs) if pair is not None]
    distances = [
        Fraction(text) if (text := row.get("shape_dist_traveled", "")) else None for row in rows
    ]
    for left, right in pairwise(timed):
        start, end = pairs[left][1], pairs[right][0]  # type: ignore[index]
        gap = distances[left : right + 1]
        grows = all(a is not None and b is not None and a < b for a, b in pairwise(gap))
        for k in range(left + 1, right):
            if grows:
                part = (gap[k - left] - gap[0]) / (gap[-1] - gap[0])  # type: ignore[operator]
            else:
                part = Fraction(k - left, right - left)
            time = start + (end - start) * part.numerator // part.denominator  # type: ignore[operator]
            pairs[k] = (time, time)
    flat = [time for pair in pairs for time in pair]  # type: ignore[union-attr]
    if any(a > b for a, b in pairwise(flat)):  # type: ignore[operator]
        return None
    return pairs  # type: ignore[return-value]


def trip_rows(path: Path) -> dict[str, list[Row]]:
    """Usable stop times of every trip, by sequence."""
    stops = {row["stop_id"] for row in rows_of(path, "stops.txt")}
    by_trip: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows_of(path, "stop_times.txt"):
        if row["stop_id"] in stops:
            by_trip[row["trip_id"]].append(row)
    for rows in by_trip.values():
        rows.sort(key=lambda row: int(row["stop_sequence"]))
    return by_trip


class Feed:
    """A feed as a slow reader sees it."""

    def __init__(self, path: Path, zone: str) -> None:
        self.zone = zone
        self.feed_zone = rows_of(path, "agency.txt")[0]["agency_timezone"]
        self.dates = runs_on(path)
        self.rows = trip_rows(path)
        lines = {row["route_id"] for row in rows_of(path, "routes.txt")}
        self.service = {
            row["trip_id"]: row["service_id"]
            for row in reversed(rows_of(path, "trips.txt"))
            if row["route_id"] in lines
        }
        self.starts: defaultdict[str, set[int]] = defaultdict(set)
        for row in rows_of(path, "frequencies.txt"):
            first, last = seconds(row["start_time"]), seconds(row["end_time"])
            assert first is not None
            assert last is not None
            self.starts[row["trip_id"]].update(range(first, last, int(row["headway_secs"])))
        self.repeats = {row["trip_id"] for row in rows_of(path, "frequencies.txt")}
        self.filled = {trip_id: fill(rows) for trip_id, rows in self.rows.items()}

    def departures(self, stop_id: str, day: date) -> list[Departure]:
        """Departures that one may board, of the day before, on and after `day`."""
        found = []
        for offset in (-1, 0, 1):
            service_day = day + timedelta(days=offset)
            shift = instant(service_day, self.feed_zone) - instant(day, self.zone)
            for trip_id, service_id in self.service.items():
                times = self.filled.get(trip_id)
                if times is None or service_day not in self.dates[service_id]:
                    continue
                for run in self._runs(trip_id, times):
                    if times[-1][0] + run + shift < -12 * 3600:
                        continue
                    found += [
                        Departure(trip_id, times[k][1] + run + shift, k)
                        for k, row in enumerate(self.rows[trip_id][:-1])
                        if row["stop_id"] == stop_id and row.get("pickup_type") != "1"
                    ]
        return sorted(found)

    def _runs(self, trip_id: str, times: list[tuple[int, int]]) -> list[int]:
        if trip_id not in self.repeats:
            return [0]
        return [start - times[0][1] for start in sorted(self.starts[trip_id])]
