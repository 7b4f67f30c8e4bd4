"""Connection Scan [1]_: all hops of all trips of a day in one sweep by departure.

A stop has two labels, as in `routing.kernels.raptor`: `arrived`, the earliest arrival by trip, and
`ready`, the earliest time a trip can be boarded there; footpaths lead from the one to the other, so
that they are never chained. Hops that leave in the same second form a group. A hop that takes no
time may make an earlier one of its group possible, where the change takes no time either; then the
group is scanned again until nothing in it changes, so the answer does not hang on the order.

.. [1] Dibbelt, Pajor, Strasser, Wagner: Connection Scan Algorithm, Journal of Experimental
   Algorithmics 23, 2018, sections 3.1 and 4.1.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.raptor_ends import NO_EGRESS, NearStops
from routing.kernels.raptor_journeys import from_access
from routing.layout import (
    NONE,
    UNREACHED,
    Footpaths,
    Int32Array,
    Int64Array,
    Patterns,
    UInt8Array,
    UInt16Array,
)

# Columns of a hop; `HOP_FROM` or `HOP_TO` is n_stops where boarding or alighting is forbidden.
HOP_FROM, HOP_TO, HOP_TRIP, HOP_ARRIVAL = range(4)

# Cells of the work counters.
HOPS_SCANNED, ARRIVALS_IMPROVED, GROUPS_REPEATED = range(3)


class Hops(NamedTuple):
    """Hops of all trips from a position to the next, by departure; those of a trip in order."""

    departure_of_group: Int32Array  # (n_groups,) s, ascending
    first_hop_of_group: Int32Array  # (n_groups + 1,) hop
    hop: Int32Array  # (n_hops, 4) stop, stop, place of the trip, arrival: a record is 16 bytes
    position: UInt16Array  # (n_hops,) position in the trip that the hop leaves
    trip_at: Int32Array  # (n_trips,) trip at each place; those on the way together lie together
    walk: Int32Array  # (n_footpaths, 2) head and duration side by side: 30 % less per stop reached


class ScanScratch(NamedTuple):
    """Writable memory of one query object; between queries `egress` is unset."""

    ready: Int32Array  # (n_stops + 1,) s
    arrived: Int32Array  # (n_stops + 1,) s
    ready_from: Int32Array  # (n_stops + 1,) stop of the trip before, or `from_access(row)`
    boarded: Int32Array  # (n_stops + 1,) hop by which the trip of `arrived` was boarded
    left: Int32Array  # (n_stops + 1,) hop by which it was left
    is_riding: UInt8Array  # (n_trips,) by place
    entered: Int32Array  # (n_trips,) by place: hop by which the trip is boarded, where `is_riding`
    egress: Int32Array  # (n_stops + 1,) s from the stop to the destination
    egress_row: Int32Array  # (n_stops + 1,)


@njit(cache=True, nogil=True)
def fill_hops(
    patterns: Patterns,
    n_stops: int,
    first: int,
    place_of_trip: Int32Array,  # (n_trips,)
    next_hop: Int64Array,  # (n_seconds,) in place: next free hop of each second after `first`
    hop: Int32Array,  # (n_hops, 4) out
    position: UInt16Array,  # (n_hops,) out
) -> None:
    """Sort the hops of a day by departure (counting sort); entry kernel."""
    for pattern in range(patterns.first_trip_of_pattern.size - 1):
        base = patterns.first_position_of_pattern[pattern]
        length = patterns.first_position_of_pattern[pattern + 1] - base
        event = patterns.first_event_of_pattern[pattern]
        first_trip = patterns.first_trip_of_pattern[pattern]
        for trip in range(first_trip, patterns.first_trip_of_pattern[pattern + 1]):
            for i in range(length - 1):
                second = patterns.departure[event + i] - first
                row = next_hop[second]
                next_hop[second] += 1
                leaves = patterns.can_board[base + i] != 0
                reaches = patterns.can_alight[base + i + 1] != 0
                hop[row, HOP_FROM] = patterns.stop_of_position[base + i] if leaves else n_stops
                hop[row, HOP_TO] = patterns.stop_of_position[base + i + 1] if reaches else n_stops
                hop[row, HOP_TRIP] = place_of_trip[trip]
                hop[row, HOP_ARRIVAL] = patterns.arrival[event + i + 1]
                position[row] = i
            event += length


@njit(cache=True, nogil=True)
def scan(
    hops: Hops,
    footpaths: Footpaths,
    departure: int,
    bound: int,
    least_egress: int,
    scratch: ScanScratch,
    counters: Int64Array,  # (3,) work, added to
) -> tuple[int, int]:
    """Sweep over the hops from `departure` on; return the best arrival and its last stop."""
    hop, walk, departure_of_group = hops.hop, hops.walk, hops.departure_of_group
    first_hop_of_group, boarded, left = hops.first_hop_of_group, scratch.boarded, scratch.left
    ready, arrived, ready_from = scratch.ready, scratch.arrived, scratch.ready_from
    is_riding, entered, egress = scratch.is_riding, scratch.entered, scratch.egress
    first_of_stop, change_time = footpaths.first_of_stop, footpaths.change_time
    zero, one, two, three = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
    last, n_improved = NONE, 0
    group, is_again = np.searchsorted(departure_of_group, departure), False
    while group < departure_of_group.size:
        now = departure_of_group[group]
        if now >= bound - least_egress:
            break
        first, end = first_hop_of_group[group], first_hop_of_group[group + 1]
        if is_again:
            counters[GROUPS_REPEATED] += 1
            get_off(hop, first, end, is_riding, entered)
        counters[HOPS_SCANNED] += end - first
        is_again = False
        for i in range(first, end):
            row = np.uint64(i)
            trip = np.uint64(hop[row, two])
            rides = is_riding[trip] != 0
            # `|`, not `or`: one branch that is hard to foresee instead of two
            if not (rides | (ready[np.uint64(hop[row, zero])] <= now)):
                continue
            if not rides:
                is_riding[trip] = 1
                entered[trip] = i
            stop, time = hop[row, one], hop[row, three]
            to = np.uint64(stop)
            if time >= arrived[to]:
                continue
            n_improved += 1
            is_again |= time <= now
            arrived[to] = time
            boarded[to] = entered[trip]
            left[to] = i
            if time + egress[to] < bound:
                bound = time + egress[to]
                last = stop
            if time + change_time[to] < ready[to]:
                ready[to] = time + change_time[to]
                ready_from[to] = to
            slack = bound - least_egress - time
            for at in range(first_of_stop[to], first_of_stop[to + one]):
                duration = walk[np.uint64(at), one]
                if duration >= slack:
                    break
                head = np.uint64(walk[np.uint64(at), zero])
                if time + duration < ready[head]:
                    ready[head] = time + duration
                    ready_from[head] = to
        if not is_again:
            group += 1
    counters[ARRIVALS_IMPROVED] += n_improved
    return bound, last


@njit(cache=True, nogil=True)
def get_off(
    hop: Int32Array,  # (n_hops, 4)
    first: int,
    end: int,
    is_riding: UInt8Array,  # (n_trips,) in place
    entered: Int32Array,  # (n_trips,)
) -> None:
    """Leave the trips that were boarded in a group, which may now be boarded at earlier stops."""
    for i in range(first, end):
        trip = hop[i, HOP_TRIP]
        if is_riding[trip] != 0 and entered[trip] >= first:
            is_riding[trip] = 0


@njit(cache=True, nogil=True)
def write_rides(
    hops: Hops,
    last: int,
    rides: Int32Array,  # (n, 3) out: trip, board position, alight position; last ride first
    scratch: ScanScratch,
) -> tuple[int, int]:
    """Follow the labels from the stop where the last trip is left; entry kernel.

    Returns the number of rides, of which no more than fit are written, and the row of the access.
    """
    n_rides, stop = 0, last
    while stop >= 0:
        board, left = scratch.boarded[stop], scratch.left[stop]
        if n_rides < rides.shape[0]:
            rides[n_rides, 0] = hops.trip_at[hops.hop[board, HOP_TRIP]]
            rides[n_rides, 1] = hops.position[board]
            rides[n_rides, 2] = hops.position[left] + 1
        n_rides += 1
        stop = scratch.ready_from[hops.hop[board, HOP_FROM]]
    return n_rides, from_access(stop)


@njit(cache=True, nogil=True)
def earliest(
    hops: Hops,
    footpaths: Footpaths,
    access: NearStops,
    egress: NearStops,
    departure: int,
    limit: int,
    rides: Int32Array,  # (n, 3) out: as in `write_rides`
    scratch: ScanScratch,
    counters: Int64Array,  # (3,) work
) -> tuple[int, int, int, int]:
    """Earliest arrival; entry kernel.

    Returns the arrival (`limit` where there is none before it), the number of rides, and the rows
    of the access and the egress. Without an egress the labels of all stops are the result.
    """
    n_stops = scratch.ready.size - 1
    scratch.ready[:] = UNREACHED
    scratch.arrived[:] = UNREACHED
    scratch.arrived[n_stops] = -UNREACHED
    scratch.is_riding[:] = 0
    least_egress = 0 if egress.stop.size == 0 else UNREACHED
    for row in range(egress.stop.size):
        stop, duration = egress.stop[row], egress.duration[row]
        if duration < scratch.egress[stop]:
            scratch.egress[stop] = duration
            scratch.egress_row[stop] = row
            least_egress = min(least_egress, duration)
    for row in range(access.stop.size):
        stop, time = access.stop[row], departure + access.duration[row]
        if time < scratch.ready[stop]:
            scratch.ready[stop] = time
            scratch.ready_from[stop] = from_access(row)
    counters[:] = 0
    bound, last = scan(hops, footpaths, departure, limit, least_egress, scratch, counters)
    n_rides, access_row, egress_row = 0, NONE, NONE
    if last != NONE:
        egress_row = scratch.egress_row[last]
        n_rides, access_row = write_rides(hops, last, rides, scratch)
    for row in range(egress.stop.size):
        scratch.egress[egress.stop[row]] = NO_EGRESS
    return bound, n_rides, access_row, egress_row
