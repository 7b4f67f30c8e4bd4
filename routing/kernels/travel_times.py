"""Arrivals for all departure times of a window at once: range RAPTOR to many places.

Departures are handled latest first and the labels stay: whoever leaves earlier can do all that who
leaves later can, after waiting. So each departure only pays for what it improves [1]_. There is one
label per stop, not one per ride: the number of rides is not a criterion here and not bounded.

.. [1] Delling, Pajor, Werneck: Round-Based Public Transit Routing, Transportation Science 2015,
   section 4.2.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels import raptor
from routing.kernels.raptor_ends import NearStops, Scratch, seed
from routing.layout import UNREACHED, DayTables, Int32Array, Int64Array


class Places(NamedTuple):
    """Where journeys may end, and the stops from which each place is reached."""

    first_way_of_place: Int32Array  # (n_places + 1,) way
    stop: Int32Array  # (n_ways,)
    duration: Int32Array  # (n_ways,) s from the stop to the place


@njit(cache=True, nogil=True)
def improve(
    tables: DayTables,
    bound: int,
    n_marked: int,
    scratch: Scratch,
    counters: Int64Array,  # (5,) work, added to
) -> None:
    """Ride rounds from the marked stops, as long as something arrives earlier, before `bound`."""
    while n_marked > 0:
        n_queued = raptor.collect(tables.patterns, 1, 0, bound, n_marked, scratch)
        n_touched, _, _, _ = raptor.scan(
            tables.patterns, 1, 0, 0, (bound, bound, 0), (n_queued, 0), scratch, counters
        )
        n_marked = raptor.change(tables, 1, 0, (bound, 0), n_touched, scratch)
        counters[raptor.ROUNDS] += 1


@njit(cache=True, nogil=True)
def in_window(
    tables: DayTables,
    access: NearStops,
    departures: Int32Array,  # (n_departures,) s, latest first
    longest: int,
    places: Places,
    direct: Int32Array,  # (n_places,) s without any ride; UNREACHED where there is no such way
    duration: Int32Array,  # (n_departures, n_places) out: s, UNREACHED above `longest`
    scratch: Scratch,
    counters: Int64Array,  # (5,) work
) -> None:
    """Travel times from one origin to all places, for each departure; entry kernel."""
    counters[:] = 0
    n_stops = scratch.ready_parent.size
    scratch.ready[:n_stops] = UNREACHED
    scratch.arrived[:n_stops] = UNREACHED
    arrived = scratch.arrived
    for i in range(departures.size):
        departure = departures[i]
        n_marked = seed(access, departure, 1, scratch)
        improve(tables, departure + longest + 1, n_marked, scratch, counters)
        for place in range(duration.shape[1]):
            best = departure + min(direct[place], UNREACHED)
            for way in range(
                places.first_way_of_place[place], places.first_way_of_place[place + 1]
            ):
                best = min(best, arrived[places.stop[way]] + places.duration[way])
            taken = best - departure
            duration[i, place] = taken if taken <= longest else UNREACHED


@njit(cache=True, nogil=True)
def percentiles(
    duration: Int32Array,  # (n_departures, n_places) in place: each column comes out sorted
    rank: Int32Array,  # (n_percentiles,) row of the sorted durations
    out: Int32Array,  # (n_percentiles, n_places) out
) -> None:
    """Durations of some ranks for each place (insertion sort: columns are short); entry kernel."""
    n = duration.shape[0]
    column = duration[:, 0].copy() if duration.shape[1] else duration[:, :0].ravel()
    for place in range(duration.shape[1]):
        for i in range(n):
            value, j = duration[i, place], i - 1
            while j >= 0 and column[j] > value:
                column[j + 1] = column[j]
                j -= 1
            column[j + 1] = value
        for i in range(rank.size):
            out[i, place] = column[rank[i]]
