"""RAPTOR searches as they are called from Python: all that one owns is one argument.

It is handed over as a bundle (`routing.kernels.bundles`), and the ends of a journey as plain
columns: looking at some forty arrays in tuples would take as long as a short search. For the same
reason one call does all of a search, from the check of its ends to the room for its journeys.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels import range_raptor, raptor
from routing.kernels.bounds import LowerBounds
from routing.kernels.raptor_ends import NearStops, Scratch, row_of_unknown
from routing.kernels.raptor_journeys import calls_of, room_for
from routing.layout import NONE, DayTables, Int32Array, Int64Array, Patterns

# Number of journeys, or `NONE` where an end has a stop that the tables do not have; the journeys,
# shape (n, 5), and the rides of each, shape (n, n_rides, 3).
Written = tuple[int, Int32Array, Int32Array]


class Search(NamedTuple):
    """What a search owns."""

    tables: DayTables
    lower_bounds: LowerBounds
    scratch: Scratch
    counters: Int64Array  # (5,) work


@njit(cache=True, nogil=True)
def earliest(
    search: Search, access_stop: Int32Array, access_duration: Int32Array, egress_stop: Int32Array,
    egress_duration: Int32Array, departure: int, limit: int, n_rides: int,
) -> Written:  # fmt: skip
    """As `raptor.earliest`."""
    journeys, rides = room_for(n_rides, n_rides)
    if _has_unknown(search, access_stop, egress_stop):
        return NONE, journeys, rides
    access = NearStops(access_stop, access_duration)
    egress = NearStops(egress_stop, egress_duration)
    n_found = raptor.earliest(
        search.tables, search.lower_bounds, access, egress, departure, limit, (journeys, rides),
        search.scratch, search.counters,
    )  # fmt: skip
    return n_found, journeys[:n_found], rides[:n_found]


@njit(cache=True, nogil=True)
def soonest(
    search: Search, back: Search, access_stop: Int32Array, access_duration: Int32Array,
    egress_stop: Int32Array, egress_duration: Int32Array, departure: int, limit: int, n_rides: int,
) -> Written:  # fmt: skip
    """As `earliest`, but each journey is the one that begins last of those over as soon.

    `back` searches the mirrored tables, and the journeys written are on these.
    """
    n_found, journeys, rides = earliest(
        search, access_stop, access_duration, egress_stop, egress_duration, departure, limit,
        n_rides,
    )  # fmt: skip
    for nth in range(n_found):
        # As wide as Python's numbers are: `earliest` is compiled once.
        arrival, n_ridden = int(np.int64(journeys[nth, 1])), int(np.int64(journeys[nth, 2]))
        n_last, last, last_rides = earliest(
            back, egress_stop, egress_duration, access_stop, access_duration, -arrival,
            1 - departure, n_ridden,
        )  # fmt: skip
        assert n_last > 0, "the tables of the way back are not those of the way there"
        search.counters[:] += back.counters
        journeys[nth] = last[n_last - 1]
        rides[nth, :n_ridden] = last_rides[n_last - 1]
    return n_found, journeys, rides


@njit(cache=True, nogil=True)
def earliest_in_range(
    search: Search, access_stop: Int32Array, access_duration: Int32Array, egress_stop: Int32Array,
    egress_duration: Int32Array, start: int, end: int, direct: int, n_rides: int,
) -> Written:  # fmt: skip
    """As `range_raptor.earliest_in_range`, for all that leaves in the half-open window."""
    if _has_unknown(search, access_stop, egress_stop):
        return NONE, *room_for(0, n_rides)
    access = NearStops(access_stop, access_duration)
    egress = NearStops(egress_stop, egress_duration)
    times, rows, visits = latest_first(search.tables.patterns, access, start, end)
    if times.size == 0:
        search.counters[:] = 0
        return 0, *room_for(0, n_rides)
    n_departures = 1
    for nth in range(1, times.size):
        n_departures += times[nth] != times[nth - 1]
    journeys, rides = room_for(n_departures * n_rides, n_rides)
    n_found = range_raptor.earliest_in_range(
        search.tables, search.lower_bounds, access, egress, (times, rows, visits), end, direct,
        (journeys, rides), search.scratch, search.counters,
    )  # fmt: skip
    return n_found, journeys[:n_found], rides[:n_found]


@njit(cache=True, nogil=True)
def first_window(
    search: Search, access_stop: Int32Array, access_duration: Int32Array, egress_stop: Int32Array,
    egress_duration: Int32Array, departure: int, limit: int, end: int, direct: int, n_rides: int,
) -> tuple[Written, Written]:  # fmt: skip
    """As `earliest`, and as `earliest_in_range` up to `end` from the first of these journeys on.

    What leaves before the one of them that can leave first is beaten by it.
    """
    front = earliest(
        search, access_stop, access_duration, egress_stop, egress_duration, departure, limit,
        n_rides,
    )  # fmt: skip
    n_front, journeys, rides = front
    patterns, start = search.tables.patterns, end
    for nth in range(n_front):
        _, event, _ = calls_of(patterns, rides[nth, 0, 0])
        leaves = patterns.departure[event + rides[nth, 0, 1]]
        start = min(start, leaves - access_duration[journeys[nth, 3]])
    if start == end:
        return front, (0, *room_for(0, n_rides))
    so_far = search.counters.copy()
    window = earliest_in_range(
        search, access_stop, access_duration, egress_stop, egress_duration, start, end, direct,
        n_rides,
    )  # fmt: skip
    search.counters[:] += so_far
    return front, window


@njit(cache=True, nogil=True)
def latest_first(
    patterns: Patterns, access: NearStops, start: int, end: int
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Columns of `range_raptor.departures`, the latest first."""
    none, window = np.empty(0, np.int32), (start, end)
    n_events = range_raptor.departures(patterns, access, window, none, none, none)
    times, rows, visits = (
        np.empty(n_events, np.int32), np.empty(n_events, np.int32), np.empty(n_events, np.int32),
    )  # fmt: skip
    range_raptor.departures(patterns, access, window, times, rows, visits)
    order = np.argsort(-times, kind="mergesort")
    return times[order], rows[order], visits[order]


@njit(cache=True, nogil=True)
def _has_unknown(search: Search, access_stop: Int32Array, egress_stop: Int32Array) -> bool:
    """Whether a stop near an end is none of the tables."""
    n_stops = search.scratch.is_marked.size
    return (
        row_of_unknown(access_stop, n_stops) != NONE or row_of_unknown(egress_stop, n_stops) != NONE
    )
