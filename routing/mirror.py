"""Arrive-by searches: the tables of a day run backwards, and journeys turned round again.

Time `t` becomes `-t`, the last stop of a pattern its first, boarding becomes alighting. Patterns,
trips, positions and events are all numbered from the other end, so that nearly every array is the
old one reversed, and mirroring twice gives the tables back.
"""

from bisect import bisect_right

import numpy as np

from routing.bounds import LowerBounds
from routing.kernels.raptor_ends import NearStops
from routing.layout import (
    UNREACHED,
    DayTables,
    Footpaths,
    Int32Array,
    Patterns,
    first_of,
    frozen,
)
from routing.raptor import Found, Journey, Raptor, Ride


def mirrored(tables: DayTables) -> DayTables:
    """Return the tables on which an earliest arrival is a latest departure of `tables`."""
    return DayTables(_mirrored_patterns(tables.patterns, tables.n_stops), _turned(tables.footpaths))


def _from_the_end(first_of_owner: Int32Array) -> Int32Array:
    """CSR offsets of owners and members that are both numbered from the other end."""
    return frozen(first_of_owner[-1] - first_of_owner[::-1])


def _mirrored_patterns(patterns: Patterns, n_stops: int) -> Patterns:
    first_position = _from_the_end(patterns.first_position_of_pattern)
    stop_of_position = frozen(patterns.stop_of_position[::-1])
    can_board = frozen(patterns.can_alight[::-1], np.uint8)
    first_event = _from_the_end(patterns.first_event_of_pattern)
    departure = frozen(-patterns.arrival[::-1])
    length = np.diff(first_position)
    position = np.arange(stop_of_position.size) - np.repeat(first_position[:-1], length)
    pattern = np.repeat(np.arange(length.size), length)
    visits = np.flatnonzero((position < length[pattern] - 1) & (can_board != 0))
    visits = visits[np.argsort(stop_of_position[visits], kind="stable")]
    return Patterns(
        first_position_of_pattern=first_position,
        first_trip_of_pattern=_from_the_end(patterns.first_trip_of_pattern),
        first_event_of_pattern=first_event,
        stop_of_position=stop_of_position,
        can_board=can_board,
        can_alight=frozen(patterns.can_board[::-1], np.uint8),
        arrival=frozen(-patterns.departure[::-1]),
        departure=departure,
        departure_by_position=by_position(departure, first_event, length),
        first_visit_of_stop=first_of(stop_of_position[visits], n_stops),
        pattern_of_visit=frozen(pattern[visits]),
        position_of_visit=frozen(position[visits]),
    )


def by_position(times: Int32Array, first_event: Int32Array, length: Int32Array) -> Int32Array:
    """Turn trip-major times into position-major ones, pattern by pattern."""
    columns = np.empty_like(times)
    for start, end, n_positions in zip(first_event, first_event[1:], length, strict=False):
        columns[start:end] = times[start:end].reshape(-1, n_positions).T.ravel()
    return frozen(columns)


def _turned(walks: Footpaths) -> Footpaths:
    """Footpaths walked the other way."""
    n_stops = walks.change_time.size
    tail = np.repeat(np.arange(n_stops), np.diff(walks.first_of_stop))
    order = np.lexsort((walks.duration, walks.head))
    return Footpaths(
        first_of_stop=first_of(walks.head[order], n_stops),
        head=frozen(tail[order]),
        duration=frozen(walks.duration[order]),
        change_time=walks.change_time,
    )


class ArriveBy:
    """A reusable arrive-by search that owns its scratch memory: one per thread.

    Parameters
    ----------
    tables
        Tables of the day.
    backwards
        `mirrored(tables)`, where somebody has it already.
    max_rides
        Greatest number of rides of a journey.
    bounds
        Lower bounds that hold for the mirrored tables.
    """

    def __init__(
        self,
        tables: DayTables,
        backwards: DayTables | None = None,
        max_rides: int = 8,
        bounds: LowerBounds | None = None,
    ) -> None:
        self._last_trip = tables.n_trips - 1
        turned = mirrored(tables) if backwards is None else backwards
        self.raptor = Raptor(turned, max_rides, bounds)
        patterns = tables.patterns
        self._first_trip: list[int] = patterns.first_trip_of_pattern.tolist()
        self._last_position = (np.diff(patterns.first_position_of_pattern) - 1).tolist()

    def latest(
        self,
        access: NearStops,
        egress: NearStops,
        arrival: int,
        *,
        limit: int | None = None,
        max_rides: int | None = None,
    ) -> Found:
        """Return the journeys that arrive by `arrival` and leave later by riding more.

        Parameters are as in `Raptor.earliest`; journeys must leave after `limit`.
        """
        bound = UNREACHED if limit is None else -limit
        found = self.raptor.earliest(egress, access, -arrival, limit=bound, max_rides=max_rides)
        return self.turned(found)

    def in_range(
        self,
        access: NearStops,
        egress: NearStops,
        window: tuple[int, int],
        *,
        direct: int = UNREACHED,
        max_rides: int | None = None,
    ) -> Found:
        """Return the Pareto set of journeys that arrive in the closed window, earliest first."""
        backwards = (-window[1], -window[0] + 1)
        found = self.raptor.in_range(egress, access, backwards, direct=direct, max_rides=max_rides)
        return self.turned(found)

    def all_to_one(self, egress: NearStops, arrival: int) -> Int32Array:
        """Return the latest departure from each stop to arrive by `arrival`, (n_stops,), s.

        It is `-UNREACHED` where there is no journey.
        """
        departure: Int32Array = -self.raptor.one_to_all(egress, -arrival)
        return departure

    def turned(self, found: Found) -> Found:
        """Map journeys on the mirrored tables back."""
        return Found(tuple([self._turn(journey) for journey in found.journeys]), found.work)

    def _turn(self, journey: Journey) -> Journey:
        """Map a journey on the mirrored tables back."""
        departure, arrival, ridden, access, egress = journey
        rides = []
        for mirrored_trip, board, alight in reversed(ridden):
            trip = self._last_trip - mirrored_trip
            last = self._last_position[bisect_right(self._first_trip, trip) - 1]
            rides.append(Ride(trip, last - alight, last - board))
        return Journey(-arrival, -departure, tuple(rides), egress, access)
