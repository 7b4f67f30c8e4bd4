"""Arrival by rides on a real day: every trip is looked at in every round, by numpy.

Trips, calendar and walks come straight from the rows of a feed whose walks are all in
transfers.txt. There are no patterns, no queues and no pruning; nothing is shared with `routing`.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

FAR = 2**30
Ints = npt.NDArray[np.int64]


class Calls(NamedTuple):
    """Stops of all trips that run around a date, trip after trip."""

    stop: Ints
    arrival: Ints  # s after midnight of the date
    departure: Ints
    begin: Ints  # row of the first call of the same trip
    may_board: npt.NDArray[np.bool_]
    may_alight: npt.NDArray[np.bool_]


class SlowRounds:
    """The timetable of a feed around a date; change takes no time, walks are never chained."""

    def __init__(self, feed: Path, on: date) -> None:
        with zipfile.ZipFile(feed) as archive:
            rows = list(_rows(archive, "stops"))
            self.stop_of_id = {row["stop_id"]: i for i, row in enumerate(rows)}
            walks = [
                (self.stop_of_id[row["from_stop_id"]], self.stop_of_id[row["to_stop_id"]], seconds)
                for row in _rows(archive, "transfers")
                if (seconds := int(row["min_transfer_time"])) >= 0
                and row["from_stop_id"] != row["to_stop_id"]
            ]
            self._calls = self._read_calls(archive, on)
        self._later: tuple[int, Calls] | None = None
        self._tail, self._head, self._walk = (
            np.array(column) for column in zip(*walks, strict=True)
        )

    def _read_calls(self, archive: zipfile.ZipFile, on: date) -> Calls:
        days: dict[str, list[int]] = {}
        for row in _rows(archive, "calendar_dates"):
            day = date.fromisoformat(row["date"])
            if row["exception_type"] == "1" and abs(day - on) <= timedelta(days=1):
                days.setdefault(row["service_id"], []).append((day - on).days)
        service = {row["trip_id"]: row["service_id"] for row in _rows(archive, "trips")}
        trips: dict[str, list[tuple[int, ...]]] = {}
        for row in _rows(archive, "stop_times"):
            trips.setdefault(row["trip_id"], []).append(self._call(row))
        columns: list[tuple[int, ...]] = []
        for trip, calls in trips.items():
            calls.sort()
            for offset in days.get(service[trip], ()):
                begin, shift = len(columns), 86400 * offset
                columns.extend(
                    (stop, arrival + shift, departure + shift, begin, board, alight)
                    for _, stop, arrival, departure, board, alight in calls
                )
        stop, arrival, departure, begin, board, alight = np.array(columns, np.int64).T
        return Calls(stop, arrival, departure, begin, board == 1, alight == 1)

    def _call(self, row: Mapping[str, str]) -> tuple[int, ...]:
        arrival, departure = _seconds(row["arrival_time"]), _seconds(row["departure_time"])
        stop = self.stop_of_id[row["stop_id"]]
        may = int(row["pickup_type"] != "1"), int(row["drop_off_type"] != "1")
        return int(row["stop_sequence"]), stop, arrival, max(arrival, departure), *may

    def front(
        self, origin: str, destination: str, departure: int, max_rides: int
    ) -> list[tuple[int, int]]:
        """Return (arrival, rides) of each journey that no journey with fewer rides beats."""
        start, goal = self.stop_of_id[origin], self.stop_of_id[destination]
        ready = np.full(len(self.stop_of_id), FAR)
        out = self._tail == start
        ready[self._head[out]] = departure + self._walk[out]
        ready[start] = departure
        egress = np.full(ready.size, FAR)
        into = self._head == goal
        egress[self._tail[into]] = self._walk[into]
        egress[goal] = 0
        best, found = FAR, []
        calls = self._leaving(departure)
        for rides in range(1, max_rides + 1):
            arrived = self._ride(calls, ready)
            arrival = int((arrived + egress).min())
            if arrival < best:
                best = arrival
                found.append((arrival, rides))
                calls = _those(calls, calls.arrival < best)
            ready = np.minimum(ready, arrived)
            np.minimum.at(ready, self._head, arrived[self._tail] + self._walk)
        return found

    def _leaving(self, departure: int) -> Calls:
        """Calls from a time on; kept for the next query at that time."""
        if self._later is None or self._later[0] != departure:
            self._later = (departure, _those(self._calls, self._calls.departure >= departure))
        return self._later[1]

    @staticmethod
    def _ride(calls: Calls, ready: Ints) -> Ints:
        """Earliest arrival at each stop by one trip from where passengers are ready."""
        row = np.arange(calls.stop.size)
        boards = calls.may_board & (ready[calls.stop] <= calls.departure)
        boarded = np.maximum.accumulate(np.where(boards, row, -1))
        boarded = np.concatenate([[-1], boarded[:-1]])  # before the call
        rides = calls.may_alight & (boarded >= calls.begin)
        arrived = np.full(ready.size, FAR)
        np.minimum.at(arrived, calls.stop[rides], calls.arrival[rides])
        return arrived


def _those(calls: Calls, keep: npt.NDArray[np.bool_]) -> Calls:
    """Some of the calls; rows of first calls are numbered anew."""
    number: Ints = np.cumsum(keep) - keep
    kept = Calls._make(column[keep] for column in calls)
    return kept._replace(begin=number[kept.begin])


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, Any]]:
    with archive.open(f"{name}.txt") as stream:
        yield from csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig"))


def _seconds(text: str) -> int:
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
