"""One service date of a timetable as tables for searches.

Trips of the day before, the day itself and the day after stand in one set of tables. A trip's own
times count from the base instant of its service date in the zone of its feed; here they are shifted
to the base instant of the asked date in the zone of the region, by the real difference of the two.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gtfs.clock import base_instant
from gtfs.pieces import Pieces, pieces_of_day
from gtfs.timetable import Timetable
from routing.kernels import timetable_patterns as kernels
from routing.layout import (
    DayTables,
    Footpaths,
    Int32Array,
    Int64Array,
    Patterns,
    first_of,
    frozen,
)


@dataclass(frozen=True)
class Day:
    """Searchable tables of a date, and which trip each of their day trips is."""

    timetable: Timetable  # that its trips are rows of; realtime makes it longer
    date: dt.date
    base_epoch: int  # Unix time that all times of the tables count from
    tables: DayTables
    trip: Int32Array  # (n_day_trips,) row of the timetable's trips
    service_day: Int32Array  # (n_day_trips,) -1, 0 or 1: its service date relative to `date`
    shift: Int32Array  # (n_day_trips,) s added to the trip's own times
    first_position: Int32Array  # (n_day_trips,) of the trip's stops where the day trip begins

    @cached_property
    def pattern_of_trip(self) -> Int32Array:
        """Pattern of each day trip, (n_day_trips,)."""
        n_trips = np.diff(self.tables.patterns.first_trip_of_pattern)
        return np.repeat(np.arange(n_trips.size, dtype=np.int32), n_trips)

    def pattern_of(self, day_trip: int) -> int:
        """Pattern of a day trip."""
        return self.pattern_of_trip.item(day_trip)

    def service_date(self, day_trip: int) -> dt.date:
        """Service date of a day trip."""
        return self.date + dt.timedelta(days=int(self.service_day[day_trip]))

    def stops(self, day_trip: int) -> Int32Array:
        """Stops of a day trip in order."""
        return self.stops_of_pattern(self.pattern_of(day_trip))

    def stops_of_pattern(self, pattern: int) -> Int32Array:
        """Stops of a pattern in order."""
        patterns = self.tables.patterns
        first = patterns.first_position_of_pattern
        return patterns.stop_of_position[first[pattern] : first[pattern + 1]]

    def times(self, day_trip: int) -> tuple[Int32Array, Int32Array]:
        """Arrival and departure of a day trip at each of its positions."""
        patterns, pattern = self.tables.patterns, self.pattern_of(day_trip)
        first = patterns.first_position_of_pattern
        length = first.item(pattern + 1) - first.item(pattern)
        nth = day_trip - patterns.first_trip_of_pattern.item(pattern)
        begin = patterns.first_event_of_pattern.item(pattern) + nth * length
        events = slice(begin, begin + length)
        return patterns.arrival[events], patterns.departure[events]

    def planned_times(self, day_trip: int) -> tuple[Int32Array, Int32Array]:
        """Arrival and departure of a day trip as its row of the timetable has them."""
        table, trip = self.timetable, int(self.trip[day_trip])
        begin = int(table.trips.first_stop_time[trip]) + int(self.first_position[day_trip])
        rows = slice(begin, begin + self.stops(day_trip).size)
        shift = self.shift[day_trip]
        return table.stop_times.arrival[rows] + shift, table.stop_times.departure[rows] + shift

    def planned_ends(self, day_trip: int, board: int, alight: int) -> tuple[int, int]:
        """Departure at one position and arrival at another, of `planned_times`."""
        times, shift = self.timetable.stop_times, int(self.shift[day_trip])
        first = int(self.timetable.trips.first_stop_time[self.trip[day_trip]])
        first += int(self.first_position[day_trip])
        departure, arrival = times.departure[first + board], times.arrival[first + alight]
        return int(departure) + shift, int(arrival) + shift

    def position_in_trip(self, day_trip: int, position: int) -> int:
        """Index in the trip's own stop sequence of a position of the day trip."""
        return self.first_position.item(day_trip) + position


def _order(times: kernels.Times, pieces: Pieces, key: Int32Array) -> Int64Array:
    """Order pieces by stop sequence, first departure, last arrival."""
    leaves = times.departure[pieces.first] + pieces.shift
    arrives = times.arrival[pieces.first + pieces.length - 1] + pieces.shift
    order: Int64Array = np.lexsort((arrives, leaves, key)).astype(np.int64)
    return order


def _patterns(
    times: kernels.Times, pieces: Pieces, frame: kernels.PatternFrame, n_stops: int
) -> Patterns:
    """Fill the tables; `pieces` are in the order of the day trips."""
    rows = kernels.DayTrips(pieces.first, pieces.length, pieces.shift)
    n_positions, n_events = int(frame.first_position[-1]), int(frame.first_event[-1])
    stop = np.empty(n_positions, np.int32)
    can_board, can_alight = np.empty(n_positions, np.uint8), np.empty(n_positions, np.uint8)
    kernels.fill_positions(times, rows, frame, stop, can_board, can_alight)
    arrival, departure, by_position = (np.empty(n_events, np.int32) for _ in range(3))
    kernels.fill_events(times, rows, frame, arrival, departure, by_position)
    lengths = np.diff(frame.first_position)
    pattern = np.repeat(np.arange(lengths.size), lengths)
    position = np.arange(n_positions) - np.repeat(frame.first_position[:-1], lengths)
    open_ = np.flatnonzero(can_board)
    by_stop = open_[np.argsort(stop[open_], kind="stable")]
    for column in (stop, can_board, can_alight, arrival, departure, by_position):
        column.flags.writeable = False  # `frozen` would copy them
    return Patterns(
        *frame,
        stop,
        can_board,
        can_alight,
        arrival,
        departure,
        by_position,
        first_of(stop[by_stop], n_stops),
        frozen(pattern[by_stop]),
        frozen(position[by_stop]),
    )


def _grouped(times: kernels.Times, pieces: Pieces) -> tuple[Pieces, kernels.PatternFrame]:
    """Sort pieces into patterns; return them as day trips, and where each pattern begins."""
    rows = kernels.DayTrips(pieces.first, pieces.length, pieces.shift)
    n_pieces = pieces.first.size
    key = np.empty(n_pieces, np.int32)
    kernels.hash_pieces(times, rows, key)
    order = _order(times, pieces, key)
    pattern, last = np.empty(n_pieces, np.int32), np.empty(n_pieces, np.int32)
    tree = np.empty(4 * n_pieces, np.int32)
    n_patterns = kernels.split_first_fit(times, rows, key, order, pattern, last, tree)
    by_pattern = order[np.argsort(pattern[order], kind="stable")]
    first_trip = first_of(pattern, n_patterns)
    length = pieces.length[by_pattern[first_trip[:-1]]].astype(np.int64)
    ends = np.concatenate([[0], np.cumsum(length)])
    events = np.concatenate([[0], np.cumsum(length * np.diff(first_trip))])
    frame = kernels.PatternFrame(frozen(ends), first_trip, frozen(events))
    return Pieces(*(frozen(column[by_pattern]) for column in pieces)), frame


def grouped(times: kernels.Times, pieces: Pieces, n_stops: int) -> tuple[Pieces, Patterns]:
    """Return pieces in the order of day trips, and the patterns that they make."""
    pieces, frame = _grouped(times, pieces)
    return pieces, _patterns(times, pieces, frame, n_stops)


def build_day(
    timetable: Timetable,
    service_date: dt.date,
    footpaths: Footpaths,
    blocked: Iterable[tuple[int, int, int]] = (),
) -> Day:
    """Make the tables of one service date.

    Parameters
    ----------
    service_date
        The date; one outside all feeds gives tables with few trips or none.
    footpaths
        Walks between the stops of the timetable.
    blocked
        Segments (trip row, service day -1..1, position) that cannot be ridden; position is the
        index in the trip's stops of the stop that the segment leaves.
    """
    times = kernels.Times(
        timetable.stop_times.stop,
        timetable.stop_times.arrival,
        timetable.stop_times.departure,
        timetable.stop_times.pickup,
        timetable.stop_times.drop_off,
    )
    pieces, patterns = grouped(
        times, pieces_of_day(timetable, service_date, blocked), len(timetable.stops.id)
    )
    return Day(
        timetable=timetable,
        date=service_date,
        base_epoch=base_instant(service_date, timetable.zone),
        tables=DayTables(patterns, footpaths),
        trip=pieces.trip,
        service_day=pieces.service_day,
        shift=pieces.shift,
        first_position=pieces.first_position,
    )
