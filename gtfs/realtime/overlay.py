"""Patterns of a day without some of its trips, with others and with some at other times."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from routing.kernels import timetable_overlay as kernels
from routing.kernels.timetable_patterns import DayTrips, Times
from routing.layout import BoolArray, Int32Array, Int64Array, Patterns, first_of, frozen


class Retimed(NamedTuple):
    """Trips at other times, each the stop times of a piece."""

    trip: Int64Array  # (n,) ascending
    pattern: Int32Array  # (n,) of the trip
    times: Times
    pieces: DayTrips  # n of them

    def of(self, chosen: BoolArray) -> "Retimed":
        """Return some of them."""
        pieces = DayTrips(*(frozen(column[chosen]) for column in self.pieces))
        return Retimed(self.trip[chosen], self.pattern[chosen], self.times, pieces)


def staying(old: Patterns, keep: BoolArray, retimed: Retimed) -> BoolArray:
    """Tell which retimed trips may stay in their patterns, (n,): those that overtake none there.

    `keep`, (n_trips,), are the trips that stay as they are.
    """
    stays = np.empty(retimed.trip.size, np.uint8)
    kernels.mark_staying(old, keep.astype(np.uint8), *retimed, stays)
    return stays.astype(np.bool_)


def overlaid(
    old: Patterns, keep: BoolArray, more: Patterns, retimed: Retimed | None = None
) -> Patterns:
    """Return `old` with the kept trips only, and the patterns of `more` after them.

    Old patterns, positions and stops keep their numbers; a pattern may be left without trips.

    Parameters
    ----------
    keep
        Shape (n_trips,), of the trips of `old`.
    more
        Patterns over the same stops.
    retimed
        Kept trips that take other times and overtake none (`staying`).
    """
    n_patterns = old.first_trip_of_pattern.size - 1
    pattern = np.repeat(np.arange(n_patterns), np.diff(old.first_trip_of_pattern))
    first_trip = first_of(pattern[keep], n_patterns)
    length = np.diff(old.first_position_of_pattern)
    n_events = length.astype(np.int64) * np.diff(first_trip)
    first_event = frozen(np.concatenate([[0], np.cumsum(n_events)]))
    columns = _events(old, keep, first_event, more)
    if retimed is not None:
        nth_kept = np.cumsum(keep) - 1
        trips = nth_kept[retimed.trip]
        kernels.retime(first_trip, first_event, trips, *retimed[1:], columns)
    for column in columns:
        column.flags.writeable = False  # `frozen` would copy them
    visits = _visits(old, np.diff(first_trip) > 0, more)
    return Patterns(
        _joined(old.first_position_of_pattern, more.first_position_of_pattern),
        _joined(first_trip, more.first_trip_of_pattern),
        _joined(first_event, more.first_event_of_pattern),
        _after(old.stop_of_position, more.stop_of_position),
        _after(old.can_board, more.can_board),
        _after(old.can_alight, more.can_alight),
        *columns,
        *visits,
    )


def _after(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return frozen(np.concatenate([first, second]), first.dtype)


def _joined(first: Int32Array, second: Int32Array) -> Int32Array:
    """Put CSR offsets behind one another."""
    return frozen(np.concatenate([first, second[1:].astype(np.int64) + first[-1]]))


def _events(
    old: Patterns, keep: BoolArray, first_event: Int32Array, more: Patterns
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Arrival and departure, trip-major, and departure, position-major."""
    n_old = int(first_event[-1])
    columns = [np.empty(n_old + more.arrival.size, np.int32) for _ in range(3)]
    kernels.copy_kept(
        keep.astype(np.uint8),
        old.first_trip_of_pattern,
        old.first_event_of_pattern,
        old.arrival,
        old.departure,
        old.departure_by_position,
        first_event,
        (columns[0], columns[1], columns[2]),
    )
    added = (more.arrival, more.departure, more.departure_by_position)
    for column, values in zip(columns, added, strict=True):
        column[n_old:] = values
    return columns[0], columns[1], columns[2]


def _visits(
    old: Patterns, is_served: BoolArray, more: Patterns
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Visits of patterns that still have trips, and those of `more`, by stop."""
    n_stops = old.first_visit_of_stop.size - 1
    stops = np.arange(n_stops, dtype=np.int32)
    served = is_served[old.pattern_of_visit]
    stop = np.concatenate(
        [
            np.repeat(stops, np.diff(old.first_visit_of_stop))[served],
            np.repeat(stops, np.diff(more.first_visit_of_stop)),
        ]
    )
    n_patterns = is_served.size
    pattern = np.concatenate([old.pattern_of_visit[served], more.pattern_of_visit + n_patterns])
    position = np.concatenate([old.position_of_visit[served], more.position_of_visit])
    order = np.argsort(stop, kind="stable")
    return first_of(stop, n_stops), frozen(pattern[order]), frozen(position[order])
