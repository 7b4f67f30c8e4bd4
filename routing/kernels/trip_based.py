"""Trip-Based search [1]_: breadth first over parts of trips, from transfer to transfer.

`reached[trip]` is the first position from which a trip was ridden so far; what a trip does from
there on, and all later trips of its pattern, need no second look. A queue entry is the part of a
trip from where it is boarded to where it was boarded before. Labels stand in `n_columns` columns:
one for a single departure; one per ride for a range of departures, latest first, where a label
holds for more rides and for all earlier departures too.

.. [1] Witt: Trip-Based Public Transit Routing, ESA 2015, sections 3.2 and 3.3.
"""

import numpy as np
from numba import njit

from routing.kernels.bounds import LowerBounds, bound_ways
from routing.kernels.raptor import earliest_trip
from routing.kernels.raptor_ends import NearStops
from routing.kernels.raptor_journeys import ACCESS, ARRIVAL, DEPARTURE, EGRESS, N_RIDES, from_access
from routing.kernels.trip_parts import (
    BOARD_EVENT,
    EXIT_POSITION,
    EXIT_ROW,
    FIRST_EVENT,
    PARENT,
    PARTS,
    ROUNDS,
    TRIP,
    Seeds,
    Transfers,
    TripScratch,
    board,
    leave,
    ride,
    set_exits,
    unset_exits,
)
from routing.layout import NONE, UNREACHED, DayTables, Int32Array, Int64Array, Patterns, UInt32Array


@njit(cache=True, nogil=True)
def write_rides(
    entry: int,
    last_position: int,
    rides: Int32Array,  # (n_rounds, 3) out
    transfers: Transfers,
    scratch: TripScratch,
) -> tuple[int, int]:
    """Follow the queue from the last ride to the access; return the number of rides and its row.

    Where an entry was left for the next one is looked up among its transfers.
    """
    queue, trips = scratch.queue, transfers.trip
    n_rides, at = 0, entry
    while at >= 0:
        n_rides += 1
        at = queue[at, PARENT]
    alight, at = last_position, entry
    for i in range(n_rides - 1, -1, -1):
        trip = queue[at, TRIP]
        board_ = queue[at, BOARD_EVENT] - trips[trip, FIRST_EVENT]
        rides[i, 0], rides[i, 1], rides[i, 2] = trip, board_, alight
        before = queue[at, PARENT]
        if before >= 0:
            alight = left_at(before, trip, board_, transfers, scratch)
        at = before
    return n_rides, from_access(at)


@njit(cache=True, nogil=True)
def left_at(
    entry: int, trip: int, position: int, transfers: Transfers, scratch: TripScratch
) -> int:
    """First position of a queue entry from which a transfer leads to a position of a trip."""
    wanted = trip << transfers.position_bits[0] | position
    first, first_last = transfers.event[:, 1], transfers.first_last_transfer
    event = scratch.queue[entry, BOARD_EVENT] + 1
    while not (
        holds(transfers.transfer, first[event], first[event + 1], wanted)
        or holds(transfers.last_transfer, first_last[event], first_last[event + 1], wanted)
    ):
        event += 1
    return int(event - transfers.trip[scratch.queue[entry, TRIP], FIRST_EVENT])


@njit(cache=True, nogil=True)
def holds(transfer: UInt32Array, begin: int, end: int, wanted: int) -> bool:
    """Whether a transfer is among the rows `begin:end`."""
    for row in range(begin, end):
        if transfer[row] == wanted:
            return True
    return False


@njit(cache=True, nogil=True)
def run_rounds(
    patterns: Patterns,
    shape: tuple[int, int],
    departure: int,
    bounds: Int32Array,
    state: tuple[int, int],
    outputs: tuple[Int32Array, Int32Array],
    transfers: Transfers,
    scratch: TripScratch,
    counters: Int64Array,  # (3,) work, added to
) -> int:
    """Ride from the queued trips until nothing improves; return the number of journeys.

    Parameters
    ----------
    shape
        Number of columns of the labels; greatest number of rides.
    bounds
        Shape (n_rounds + 1,): arrival to beat with so many rides; lowered in place.
    state
        Number of queued trips; number of journeys found so far.
    outputs
        Journeys, shape (n, 5), and rides, shape (n, n_rounds, 3), as RAPTOR writes them.
    """
    n_columns, n_rounds = shape
    n_queued, n_found = state
    journeys, rides = outputs
    begin, round_ = 0, 0
    while begin < n_queued and round_ < n_rounds:
        round_ += 1
        end = n_queued
        counters[ROUNDS] += 1
        bounds[round_] = min(bounds[round_], bounds[round_ - 1])
        arrival, entry, way = leave(begin, end, bounds[round_], transfers, scratch)
        if entry != NONE:
            bounds[round_] = arrival
            last = scratch.exits[way, EXIT_POSITION]
            n_rides, row = write_rides(entry, last, rides[n_found], transfers, scratch)
            journeys[n_found, DEPARTURE] = departure
            journeys[n_found, ARRIVAL] = arrival
            journeys[n_found, N_RIDES] = n_rides
            journeys[n_found, ACCESS] = row
            journeys[n_found, EGRESS] = scratch.exits[way, EXIT_ROW]
            n_found += 1
        if round_ < n_rounds:
            bound = min(bounds[round_], bounds[round_ + 1])
            column = round_ if n_columns > 1 else 0
            n_queued = ride(begin, end, bound, column, patterns, transfers, scratch, counters)
        begin = end
    counters[PARTS] += n_queued
    return n_found


@njit(cache=True, nogil=True)
def earliest(
    tables: DayTables,
    lower_bounds: LowerBounds,
    transfers: Transfers,
    access: NearStops,
    egress: NearStops,
    departure: int,
    limit: int,
    outputs: tuple[Int32Array, Int32Array],
    scratch: TripScratch,
    counters: Int64Array,  # (3,) work
) -> int:
    """Pareto set over arrival and rides for one departure; entry kernel.

    Parameters and result are those of `routing.kernels.raptor.earliest`.
    """
    counters[:] = 0
    n_rounds = outputs[1].shape[1]
    set_exits(transfers, egress, scratch)
    bound_ways(lower_bounds, egress, scratch.nearest, scratch.to_end)
    bounds = np.full(n_rounds + 1, limit, np.int32)
    n_queued = board_all(tables, transfers, access, departure, limit, scratch)
    n_found = run_rounds(
        tables.patterns,
        (1, n_rounds),
        departure,
        bounds,
        (n_queued, 0),
        outputs,
        transfers,
        scratch,
        counters,
    )
    unset_exits(transfers, egress, scratch)
    return n_found


@njit(cache=True, nogil=True)
def board_all(
    tables: DayTables,
    transfers: Transfers,
    access: NearStops,
    departure: int,
    horizon: int,
    scratch: TripScratch,
) -> int:
    """Queue the first trip that can be boarded at each position near the origin."""
    patterns = tables.patterns
    trips, reached, queue = transfers.trip, scratch.reached, scratch.queue
    n_queued = 0
    for row in range(access.stop.size):
        stop, time = access.stop[row], departure + access.duration[row]
        if time >= horizon:
            continue
        first, end = patterns.first_visit_of_stop[stop], patterns.first_visit_of_stop[stop + 1]
        for visit in range(first, end):
            pattern = patterns.pattern_of_visit[visit]
            position = patterns.position_of_visit[visit]
            first_trip = patterns.first_trip_of_pattern[pattern]
            n_trips = patterns.first_trip_of_pattern[pattern + 1] - first_trip
            column = patterns.first_event_of_pattern[pattern] + position * n_trips
            trip = earliest_trip(patterns.departure_by_position, column, n_trips, time)
            if trip < n_trips:
                parent = from_access(row)
                n_queued = board(
                    first_trip + trip, position, parent, 0, n_queued, trips, reached, queue
                )
    return n_queued


@njit(cache=True, nogil=True)
def seeds(patterns: Patterns, access: NearStops, window: tuple[int, int], found: Seeds) -> int:
    """Trips that leave for in the half-open window; return how many.

    Nothing is written where `found` is empty, so that a first call can count. Entry kernel.
    """
    n_found = 0
    for row in range(access.stop.size):
        stop, duration = access.stop[row], access.duration[row]
        first, end = patterns.first_visit_of_stop[stop], patterns.first_visit_of_stop[stop + 1]
        for visit in range(first, end):
            pattern = patterns.pattern_of_visit[visit]
            position = patterns.position_of_visit[visit]
            first_trip = patterns.first_trip_of_pattern[pattern]
            n_trips = patterns.first_trip_of_pattern[pattern + 1] - first_trip
            column = patterns.first_event_of_pattern[pattern] + position * n_trips
            times = patterns.departure_by_position
            trip = earliest_trip(times, column, n_trips, window[0] + duration)
            while trip < n_trips and times[column + trip] - duration < window[1]:
                if found.departure.size > 0:
                    found.departure[n_found] = times[column + trip] - duration
                    found.row[n_found] = row
                    found.trip[n_found] = first_trip + trip
                    found.position[n_found] = position
                n_found += 1
                trip += 1
    return n_found


@njit(cache=True, nogil=True)
def earliest_in_range(
    tables: DayTables,
    lower_bounds: LowerBounds,
    transfers: Transfers,
    access: NearStops,
    egress: NearStops,
    found: Seeds,
    end: int,
    direct: int,
    outputs: tuple[Int32Array, Int32Array],
    scratch: TripScratch,
    counters: Int64Array,  # (3,) work
) -> int:
    """Pareto set over departure, arrival and rides; entry kernel.

    Parameters and result are those of `routing.kernels.range_raptor.earliest_in_range`, but for
    `found`, the trips that may be boarded first, latest departure first.
    """
    counters[:] = 0
    n_rounds = outputs[1].shape[1]
    set_exits(transfers, egress, scratch)
    bound_ways(lower_bounds, egress, scratch.nearest, scratch.to_end)
    bounds = np.full(n_rounds + 1, UNREACHED, np.int32)
    trips, reached, queue = transfers.trip, scratch.reached, scratch.queue
    n_found, i = 0, -1  # the end of the window, then the seeds
    while i < found.departure.size:
        departure = end if i < 0 else found.departure[i]
        bounds[0] = departure + direct
        n_queued = 0
        if i < 0:
            n_queued = board_all(tables, transfers, access, end, UNREACHED, scratch)
            i = 0
        else:
            while i < found.departure.size and found.departure[i] == departure:
                parent = from_access(found.row[i])
                n_queued = board(
                    found.trip[i], found.position[i], parent, 0, n_queued, trips, reached, queue
                )
                i += 1
        n_found = run_rounds(
            tables.patterns,
            (n_rounds, n_rounds),
            departure,
            bounds,
            (n_queued, n_found),
            outputs,
            transfers,
            scratch,
            counters,
        )
        if departure == end:
            n_found = 0
    unset_exits(transfers, egress, scratch)
    return n_found
