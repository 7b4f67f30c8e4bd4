"""Which trips run around a service date, cut where a segment is blocked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from gtfs.clock import base_instant
from gtfs.timetable import Timetable
from routing.layout import Int32Array, frozen

LOOK_BACK = 43_200  # s before the base instant by which trips of the day before may have ended


class Pieces(NamedTuple):
    """Trips, or what is left of them between blocked segments, in any order."""

    trip: Int32Array  # (n_pieces,) row of the timetable's trips
    service_day: Int32Array  # (n_pieces,) -1, 0 or 1
    shift: Int32Array  # (n_pieces,) s
    first_position: Int32Array  # (n_pieces,) index in the trip's stops
    first: Int32Array  # (n_pieces,) stop time
    length: Int32Array  # (n_pieces,) number of stops, at least 2


def _shift_of_feed(timetable: Timetable, day: date, service_day: int) -> Int32Array:
    """Seconds to add to the times of each feed's trips of `day` + `service_day`."""
    base = base_instant(day, timetable.zone)
    own = day + timedelta(days=service_day)
    return frozen([base_instant(own, feed.timezone) - base for feed in timetable.feeds])


def _trips_of(timetable: Timetable, day: date, service_day: int) -> Pieces:
    """Whole trips of one service date."""
    column = (day + timedelta(days=service_day) - timetable.first_date).days
    n_days = timetable.services.runs.shape[1]
    trips, runs = timetable.trips, timetable.services.runs
    if 0 <= column < n_days:
        trip = np.flatnonzero(runs[:, column][trips.service]).astype(np.int32)
    else:
        trip = np.zeros(0, np.int32)
    feed = timetable.lines.feed[trips.line[trip]]
    shift = _shift_of_feed(timetable, day, service_day)[feed]
    first, end = trips.first_stop_time[trip], trips.first_stop_time[trip + 1]
    ends_at = timetable.stop_times.arrival[end - 1] + shift
    keep = ends_at >= -LOOK_BACK
    count = int(keep.sum())
    return Pieces(
        trip[keep],
        np.full(count, service_day, np.int32),
        shift[keep],
        np.zeros(count, np.int32),
        first[keep],
        (end - first)[keep].astype(np.int32),
    )


def _cut(pieces: Pieces, blocked: Iterable[tuple[int, int, int]]) -> Pieces:
    """Cut trips at blocked segments; pieces with a single stop fall away."""
    positions: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for trip, service_day, position in blocked:
        positions[trip, service_day].add(position)
    if not positions:
        return pieces
    hit = np.flatnonzero(np.isin(pieces.trip, [trip for trip, _ in positions]))
    whole = np.ones(pieces.trip.size, np.bool_)
    parts: list[tuple[int, ...]] = []
    for row in hit.tolist():
        trip, service_day, shift, _, first, length = (int(column[row]) for column in pieces)
        asked = positions.get((trip, service_day), set())
        if cuts := sorted(asked.intersection(range(length - 1))):
            whole[row] = False
            starts = [0, *(cut + 1 for cut in cuts)]
            ends = [*(cut + 1 for cut in cuts), length]
            parts += [
                (trip, service_day, shift, start, first + start, end - start)
                for start, end in zip(starts, ends, strict=True)
                if end - start >= 2
            ]
    rest = np.array(parts, np.int32).reshape(-1, len(Pieces._fields))
    return Pieces(*(np.concatenate([column[whole], rest[:, k]]) for k, column in enumerate(pieces)))


def pieces_of_day(
    timetable: Timetable, day: date, blocked: Iterable[tuple[int, int, int]]
) -> Pieces:
    """Return what runs on the day before, on and after `day`, but for what ended long before."""
    parts = [_trips_of(timetable, day, service_day) for service_day in (-1, 0, 1)]
    together = Pieces(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return Pieces(*(frozen(column) for column in _cut(together, blocked)))
