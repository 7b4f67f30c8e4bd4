"""Journeys on the timetable of one day: earliest arrival, all departures of a window, one-to-all.

Access and egress are lists of stops with durations. A journey boards at an access stop, changes
at the same stop (which takes the stop's change time) or by one footpath, and alights at an egress
stop. Footpaths are never chained with each other, nor with an access or egress.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from routing.bounds import LowerBounds, no_bounds
from routing.journey import (
    Journey,
    Ride,
    check_ends,
    near_stops,
    read_journeys,
)
from routing.kernels import raptor_entry as kernels
from routing.kernels.bundles import bundled
from routing.kernels.raptor_ends import NO_EGRESS, NO_POSITION, NearStops, Scratch
from routing.kernels.raptor_entry import Search
from routing.layout import NONE, UNREACHED, DayTables, Int32Array

__all__ = [
    "Found",
    "Journey",
    "NearStops",
    "Raptor",
    "Ride",
    "Work",
    "near_stops",
]


class Work(NamedTuple):
    """What a search did; the same on every machine."""

    rounds: int
    patterns_scanned: int
    positions_scanned: int
    labels_improved: int
    stops_marked: int


_NO_WORK = Work(0, 0, 0, 0, 0)


class Found(NamedTuple):
    """Answer of a search: no journey dominates another."""

    journeys: tuple[Journey, ...]
    work: Work


def scratch_of(tables: DayTables, max_rides: int, n_clusters: int = 0) -> Scratch:
    """Make the writable memory of one search with one column of labels per ride.

    Without clusters of lower bounds, nothing is known of the way to the destination.
    """
    n_stops, n_patterns = tables.n_stops, tables.n_patterns
    n_labels = n_stops * (max_rides + 1)
    n_log = max_rides * int(tables.patterns.first_position_of_pattern[-1])
    return Scratch(
        ready=np.empty(n_labels, np.int32),
        arrived=np.empty(n_labels, np.int32),
        ready_parent=np.zeros(n_stops, np.int32),
        arrived_entry=np.zeros(n_stops, np.int32),
        egress=np.full(n_stops, NO_EGRESS, np.int32),
        to_end=np.zeros(n_stops, np.int32),
        nearest=np.full(n_clusters, UNREACHED, np.int32),
        egress_row=np.zeros(n_stops, np.int32),
        first_position=np.full(n_patterns, NO_POSITION, np.int32),
        last_position=np.empty(n_patterns, np.int32),
        queue=np.empty(n_patterns, np.int32),
        marked=np.empty(n_stops, np.int32),
        is_marked=np.zeros(n_stops, np.uint8),
        touched=np.empty(n_stops, np.int32),
        is_touched=np.zeros(n_stops, np.uint8),
        log=np.empty((max(n_log, 1), 4), np.int32),
    )


class Raptor:
    """A reusable search that owns its scratch memory: one per thread.

    Parameters
    ----------
    tables
        Tables of the day.
    max_rides
        Greatest number of rides of a journey.
    bounds
        Lower bounds that hold for these tables (`routing.bounds`). They halve the work between two
        places; answers are the same without.
    """

    def __init__(
        self, tables: DayTables, max_rides: int = 8, bounds: LowerBounds | None = None
    ) -> None:
        self.tables = tables
        self.max_rides = max_rides
        self._bounds = no_bounds(tables) if bounds is None else bounds
        self._scratch = scratch_of(tables, max_rides, self._bounds.least.shape[0])
        self._counters = np.zeros(len(Work._fields), np.int64)
        self._search = bundled(Search(tables, self._bounds, self._scratch, self._counters))

    def earliest(
        self,
        access: NearStops,
        egress: NearStops,
        departure: int,
        *,
        limit: int = UNREACHED,
        max_rides: int | None = None,
    ) -> Found:
        """Return the journeys that leave at `departure` and arrive earlier by riding more.

        Parameters
        ----------
        access, egress
            Stops near origin and destination.
        departure
            Time of leaving the origin; journeys are not leaving later to wait less.
        limit
            Journeys must arrive before this time.
        max_rides
            Greatest number of rides, at most that of the constructor.

        Raises
        ------
        UnknownStopError
            If an access or egress stop is not in the tables.
        """
        times = int(departure), int(limit)
        return self._between(kernels.earliest, (self._search,), access, egress, times, max_rides)

    def soonest(
        self,
        back: "Raptor",
        access: NearStops,
        egress: NearStops,
        departure: int,
        *,
        limit: int = UNREACHED,
        max_rides: int | None = None,
    ) -> Found:
        """Return the journeys of `earliest`, each as the one that begins last of those like it.

        They are over as soon, after no more rides, and lie on the mirrored tables.

        Parameters
        ----------
        back
            Search on the mirrored tables (`routing.mirror`).
        access, egress, departure, limit, max_rides
            As of `earliest`.
        """
        times, searches = (int(departure), int(limit)), (self._search, back._search)  # noqa: SLF001
        return self._between(kernels.soonest, searches, access, egress, times, max_rides)

    def in_range(
        self,
        access: NearStops,
        egress: NearStops,
        window: tuple[int, int],
        *,
        direct: int = UNREACHED,
        max_rides: int | None = None,
    ) -> Found:
        """Return the Pareto set over departure, arrival and number of rides, latest first.

        Parameters
        ----------
        access, egress
            Stops near origin and destination.
        window
            Half-open range of times of leaving; each journey leaves just in time for its trip. A
            journey that one leaving after the window beats is not given.
        direct
            Duration of the way without any ride: journeys must be quicker than that.
        max_rides
            Greatest number of rides, at most that of the constructor.

        Raises
        ------
        UnknownStopError
            If an access or egress stop is not in the tables.
        """
        times, kernel = (int(window[0]), int(window[1]), int(direct)), kernels.earliest_in_range
        return self._between(kernel, (self._search,), access, egress, times, max_rides)

    def first_window(
        self,
        access: NearStops,
        egress: NearStops,
        departure: int,
        end: int,
        *,
        limit: int = UNREACHED,
        direct: int = UNREACHED,
        max_rides: int | None = None,
    ) -> tuple[Found, Found]:
        """Return the journeys of `earliest`, and those of `in_range` that leave before `end`.

        The range begins where the first of the earliest can leave: what leaves before is beaten.

        Parameters
        ----------
        access, egress, departure, limit, max_rides
            As of `earliest`.
        end
            End of the window, at least `departure`.
        direct
            As of `in_range`.
        """
        if not egress.stop.size:
            return self._nothing(access), self._nothing(access)
        n_rides = self._rides(max_rides)
        times = int(departure), int(limit), int(end), int(direct)
        front, window = kernels.first_window(self._search, *access, *egress, *times, n_rides)
        return self._found(front, access, egress), self._found(window, access, egress)

    def one_to_all(
        self, access: NearStops, departure: int, *, max_rides: int | None = None
    ) -> Int32Array:
        """Return the earliest arrival at each stop, by access, trip or a footpath after a trip.

        Returns
        -------
        arrival
            Shape (n_stops,), s; `UNREACHED` where there is no journey.
        """
        nowhere, n_rides = near_stops([], []), self._rides(max_rides)
        times = int(departure), UNREACHED
        self._found(kernels.earliest(self._search, *access, *nowhere, *times, n_rides), access)
        n_stops = self.tables.n_stops
        return np.minimum(self._scratch.arrived[:n_stops], self._scratch.ready[:n_stops])

    def _rides(self, max_rides: int | None) -> int:
        return self.max_rides if max_rides is None else max(0, min(max_rides, self.max_rides))

    def _between(
        self,
        kernel: Callable[..., kernels.Written],
        searches: tuple[Search, ...],
        access: NearStops,
        egress: NearStops,
        times: tuple[int, ...],
        max_rides: int | None,
    ) -> Found:
        """Search between two ends."""
        if not egress.stop.size:
            return self._nothing(access)
        written = kernel(*searches, *access, *egress, *times, self._rides(max_rides))
        return self._found(written, access, egress)

    def _nothing(self, access: NearStops) -> Found:
        """Where no stop is near the destination."""
        check_ends(self.tables.n_stops, access)
        return Found((), _NO_WORK)

    def _found(self, written: kernels.Written, *ends: NearStops) -> Found:
        """Read what a search between two ends wrote."""
        n_found, journeys, rides = written
        if n_found == NONE:
            check_ends(self.tables.n_stops, *ends)
        return Found(read_journeys(journeys, rides), Work._make(self._counters.tolist()))
