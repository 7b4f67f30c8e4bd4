"""Earliest arrival by Connection Scan: the quickest single answer, and RAPTOR's cross-check."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.errors import InvalidTableError
from routing.journey import Journey, Ride, check_ends, near_stops
from routing.kernels import csa as kernels
from routing.kernels.csa import Hops, ScanScratch
from routing.kernels.raptor_ends import NO_EGRESS, NearStops
from routing.layout import NONE, UNREACHED, DayTables, Int32Array, Patterns, frozen

_USUAL_RIDES = 64  # room for the rides of a journey; one with more is read a second time
_LONGEST_PATTERN = np.iinfo(np.uint16).max


class ScanWork(NamedTuple):
    """What a scan did; the same on every machine."""

    hops_scanned: int
    arrivals_improved: int
    groups_repeated: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """The journey that arrives first, if there is one; of equal ones the first that was found."""

    journey: Journey | None
    work: ScanWork


def hops_of(tables: DayTables) -> Hops:
    """Sort the hops of all trips by departure.

    Raises
    ------
    InvalidTableError
        If a trip has more stops than a hop can count.
    """
    patterns = tables.patterns
    length = np.diff(patterns.first_position_of_pattern)
    if length.size and length.max() > _LONGEST_PATTERN:
        msg = f"a trip has {length.max()} stops; Connection Scan takes at most {_LONGEST_PATTERN}"
        raise InvalidTableError(msg)
    is_last = np.zeros(patterns.departure.size, np.bool_)
    pattern_of_trip = np.repeat(np.arange(length.size), np.diff(patterns.first_trip_of_pattern))
    is_last[np.cumsum(length[pattern_of_trip]) - 1] = True
    leaves = patterns.departure[~is_last]
    first = int(leaves.min(initial=UNREACHED))
    count = np.bincount(leaves - first)
    ends = np.cumsum(count)
    hop, position = np.empty((leaves.size, 4), np.int32), np.empty(leaves.size, np.uint16)
    trip_at, place_of_trip = _placed(patterns)
    kernels.fill_hops(
        patterns, tables.n_stops, first, place_of_trip, ends - count, hop, position
    )  # fmt: skip
    seconds = np.flatnonzero(count)
    for column in (hop, position):
        column.flags.writeable = False  # `frozen` would copy them
    walk = frozen(np.stack([tables.footpaths.head, tables.footpaths.duration], axis=1))
    group = frozen(seconds + first), frozen(np.append(0, ends[seconds]))
    return Hops(*group, hop, position, trip_at, walk)


def _placed(patterns: Patterns) -> tuple[Int32Array, Int32Array]:
    """Trips in the order of their first departures, and the place of each in it, (n_trips,).

    A scan looks at the trips that are on the way; so placed, they share cache lines.
    """
    n_trips = np.diff(patterns.first_trip_of_pattern)
    length = np.diff(patterns.first_position_of_pattern)
    first_event = np.cumsum(np.repeat(length, n_trips)) - np.repeat(length, n_trips)
    trip_at = np.argsort(patterns.departure[first_event], kind="stable")
    place_of_trip = np.empty(trip_at.size, np.int32)
    place_of_trip[trip_at] = np.arange(trip_at.size)
    return frozen(trip_at), frozen(place_of_trip)


class ConnectionScan:
    """A reusable search that owns its scratch memory: one per thread.

    Parameters
    ----------
    tables
        Tables of the day.
    hops
        `hops_of(tables)`, where somebody has it already.
    """

    def __init__(self, tables: DayTables, hops: Hops | None = None) -> None:
        self.hops = hops_of(tables) if hops is None else hops
        self._footpaths = tables.footpaths
        self._n_stops, n_labels = tables.n_stops, tables.n_stops + 1
        self._scratch = ScanScratch(
            ready=np.empty(n_labels, np.int32),
            arrived=np.empty(n_labels, np.int32),
            ready_from=np.zeros(n_labels, np.int32),
            boarded=np.zeros(n_labels, np.int32),
            left=np.zeros(n_labels, np.int32),
            is_riding=np.zeros(tables.n_trips, np.uint8),
            entered=np.zeros(tables.n_trips, np.int32),
            egress=np.full(n_labels, NO_EGRESS, np.int32),
            egress_row=np.zeros(n_labels, np.int32),
        )
        self._counters = np.zeros(len(ScanWork._fields), np.int64)
        self._rides = np.empty((_USUAL_RIDES, 3), np.int32)
        self._departure = 0

    def earliest(
        self, access: NearStops, egress: NearStops, departure: int, *, limit: int = UNREACHED
    ) -> Scanned:
        """Return the journey that leaves at `departure` and arrives first, before `limit`.

        It may ride more often than another that arrives at the same time.

        Raises
        ------
        UnknownStopError
            If an access or egress stop is not in the tables.
        """
        check_ends(self._n_stops, access, egress)
        if not egress.stop.size:
            return Scanned(None, ScanWork(0, 0, 0))
        arrival, n_rides, *rows = self._scan(access, egress, departure, limit)
        journey = None
        if n_rides:
            rides = self._ridden(n_rides, int(egress.stop[rows[1]]))
            journey = Journey(departure, arrival, rides, *rows)
        return Scanned(journey, ScanWork(*self._counters.tolist()))

    def one_to_all(
        self, access: NearStops, departure: int, *, limit: int = UNREACHED
    ) -> Int32Array:
        """Return the earliest arrival at each stop, by access, trip or a footpath after a trip.

        Returns
        -------
        arrival
            Shape (n_stops,), s; `UNREACHED` where there is no journey by trips that leave before
            `limit`.
        """
        check_ends(self._n_stops, access)
        self._scan(access, near_stops([], []), departure, limit)
        return np.minimum(self._scratch.arrived, self._scratch.ready)[: self._n_stops]

    def journey_to(self, stop: int) -> Journey | None:
        """Return the journey by which the last `one_to_all` reached a stop; its egress is `NONE`.

        It ends with a footpath where that arrives before any trip.
        """
        check_ends(self._n_stops, near_stops([stop], [0]))
        scratch = self._scratch
        arrival = int(min(scratch.arrived[stop], scratch.ready[stop]))
        if arrival == UNREACHED:
            return None
        last = stop if arrival == scratch.arrived[stop] else int(scratch.ready_from[stop])
        n_rides, access = kernels.write_rides(self.hops, last, self._rides, scratch)
        return Journey(self._departure, arrival, self._ridden(n_rides, last), access, NONE)

    def _scan(
        self, access: NearStops, egress: NearStops, departure: int, limit: int
    ) -> tuple[int, int, int, int]:
        self._departure = departure
        return kernels.earliest(
            self.hops,
            self._footpaths,
            access,
            egress,
            int(departure),
            int(limit),
            self._rides,
            self._scratch,
            self._counters,
        )

    def _ridden(self, n_rides: int, last: int) -> tuple[Ride, ...]:
        """Rides that the kernel wrote, in their order."""
        if n_rides > len(self._rides):
            self._rides = np.empty((n_rides, 3), np.int32)
            kernels.write_rides(self.hops, last, self._rides, self._scratch)
        return tuple(Ride(*ride) for ride in self._rides[:n_rides][::-1].tolist())
