"""RAPTOR rounds [1]_ over one day's patterns, with parents kept in a log of rides.

Each stop has two labels: `arrived`, the earliest arrival by trip, and `ready`, the earliest time a
trip can be boarded there (after an access, after a change at the stop, or after one footpath). As
footpaths start from `arrived` and lead to `ready`, they are never chained. Labels stand in
`n_columns` columns per stop: one column for a single departure; one per round for a range of
departures, where a label of a round holds for all later rounds too.

Where lower bounds to the destination are known (`routing.kernels.bounds`), a label is set only if a
journey could go on from it before one that was found.

.. [1] Delling, Pajor, Werneck: Round-Based Public Transit Routing, Transportation Science 2015.
"""

import numpy as np
from numba import njit

from routing.kernels.bounds import LowerBounds, bound_ways
from routing.kernels.raptor_ends import (
    NO_POSITION,
    NearStops,
    Scratch,
    seed,
    set_egress,
    unset_egress,
)
from routing.kernels.raptor_journeys import (
    LOG_ALIGHT,
    LOG_BOARD,
    LOG_PARENT,
    LOG_TRIP,
    last_stop,
    write_journey,
)
from routing.layout import (
    NONE,
    UNREACHED,
    DayTables,
    Int32Array,
    Int64Array,
    Patterns,
)

# Cells of the work counters.
ROUNDS, PATTERNS_SCANNED, POSITIONS_SCANNED, LABELS_IMPROVED, STOPS_MARKED = range(5)


@njit(cache=True, nogil=True)
def enqueue(
    pattern: int,
    position: int,
    n_queued: int,
    queue: Int32Array,
    first_position: Int32Array,
    last_position: Int32Array,
) -> int:
    """Queue a pattern for a position where it is to be boarded; return the queue's length.

    It takes columns of the scratch memory rather than all of it: a call that hands over many
    arrays in a tuple is not built into the loop of its caller, and takes longer than all else here.
    """
    queued = first_position[pattern]
    if queued == NO_POSITION:
        queue[n_queued] = pattern
        first_position[pattern] = last_position[pattern] = position
        return n_queued + 1
    first_position[pattern] = min(queued, position)
    last_position[pattern] = max(last_position[pattern], position)
    return n_queued


@njit(cache=True, nogil=True)
def collect(
    patterns: Patterns, n_columns: int, column: int, bound: int, n_marked: int, scratch: Scratch
) -> int:
    """Queue the patterns at marked stops, each from first to last of them; unmark the stops."""
    marked, is_marked, ready = scratch.marked, scratch.is_marked, scratch.ready
    to_end = scratch.to_end
    queue = scratch.queue
    first_position, last_position = scratch.first_position, scratch.last_position
    first_visit_of_stop = patterns.first_visit_of_stop
    pattern_of_visit, position_of_visit = patterns.pattern_of_visit, patterns.position_of_visit
    columns, at, one = np.uint64(n_columns), np.uint64(column), np.uint64(1)
    n_queued = 0
    for i in range(n_marked):
        stop = np.uint64(marked[i])
        is_marked[stop] = 0
        if ready[stop * columns + at] + to_end[stop] >= bound:
            continue
        for row in range(first_visit_of_stop[stop], first_visit_of_stop[stop + one]):
            visit = np.uint64(row)
            pattern, position = pattern_of_visit[visit], position_of_visit[visit]
            n_queued = enqueue(pattern, position, n_queued, queue, first_position, last_position)
    return n_queued


@njit(cache=True, nogil=True)
def earliest_trip(departure_by_position: Int32Array, first: int, n_trips: int, ready: int) -> int:
    """First of `n_trips` trips that departs at `ready` or later; `n_trips` if none does."""
    low, high = 0, n_trips
    while low < high:
        middle = (low + high) >> 1
        if departure_by_position[np.uint64(first + middle)] < ready:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def scan(
    patterns: Patterns,
    n_columns: int,
    read: int,
    write: int,
    ends: tuple[int, int, int],
    state: tuple[int, int],
    scratch: Scratch,
    counters: Int64Array,  # (5,) work
) -> tuple[int, int, int, int]:
    """Ride the queued patterns: read `ready` of one column, lower `arrived` of another.

    `ends` are the time before which journeys must end with the rides of this round, the same with
    more rides, and the duration of the quickest egress; `state` is the number of queued patterns
    and of log entries. Returns the number of touched stops and of log entries, the best arrival at
    the destination and the entry that gives it (NONE if there is no better one).
    """
    (n_queued, n_log), (bound, onward, least_egress) = state, ends
    ready, arrived, egress = scratch.ready, scratch.arrived, scratch.egress
    arrival, departure = patterns.arrival, patterns.departure
    queue = scratch.queue
    first_position = scratch.first_position
    first_position_of_pattern = patterns.first_position_of_pattern
    first_trip_of_pattern = patterns.first_trip_of_pattern
    first_event_of_pattern = patterns.first_event_of_pattern
    stop_of_position = patterns.stop_of_position
    can_alight = patterns.can_alight
    is_touched = scratch.is_touched
    touched = scratch.touched
    log = scratch.log
    arrived_entry = scratch.arrived_entry
    can_board = patterns.can_board
    ready_parent = scratch.ready_parent
    departure_by_position = patterns.departure_by_position
    columns, read_at, write_at = np.uint64(n_columns), np.uint64(read), np.uint64(write)
    last_position, to_end = scratch.last_position, scratch.to_end
    n_touched, best, horizon = 0, NONE, bound - least_egress
    for i in range(n_queued):
        pattern = queue[i]
        start, last = first_position[pattern], last_position[pattern]
        first_position[pattern] = NO_POSITION
        base = first_position_of_pattern[pattern]
        length = first_position_of_pattern[pattern + 1] - base
        first_trip = first_trip_of_pattern[pattern]
        n_trips = first_trip_of_pattern[pattern + 1] - first_trip
        first_event = first_event_of_pattern[pattern]
        trip, board, parent = n_trips, 0, NONE
        row = np.uint64(0)  # event of the trip at position 0
        row_before = np.uint64(0)  # the same of the trip before it
        for position in range(start, length):
            here = np.uint64(base + position)
            offset = np.uint64(position)
            stop = np.uint64(stop_of_position[here])
            if trip < n_trips:
                time = arrival[row + offset]
                label = stop * columns + write_at
                if time < arrived[label]:
                    if time >= horizon:
                        if position > last:
                            break  # too late, and so it is at all later positions
                    elif can_alight[here] != 0 and (
                        time + to_end[stop] < onward or time + egress[stop] < bound
                    ):
                        if is_touched[stop] == 0:
                            is_touched[stop] = 1
                            touched[n_touched] = stop
                            n_touched += 1
                        entry = np.uint64(n_log)
                        log[entry, LOG_TRIP] = first_trip + trip
                        log[entry, LOG_BOARD] = board
                        log[entry, LOG_ALIGHT] = position
                        log[entry, LOG_PARENT] = parent
                        arrived_entry[stop] = n_log
                        arrived[label] = time
                        for _ in range(write + 1, n_columns):
                            label += np.uint64(1)
                            if arrived[label] <= time:
                                break
                            arrived[label] = time
                        if time + egress[stop] < bound:
                            bound = time + egress[stop]
                            horizon, onward = bound - least_egress, min(onward, bound)
                            best = n_log
                        n_log += 1
                    elif position > last and time + to_end[stop] >= bound:
                        break
            if position > last:
                if trip < n_trips:
                    continue
                break
            if trip < n_trips:
                if trip > 0:
                    time = ready[stop * columns + read_at]
                    if departure[row_before + offset] >= time and can_board[here] != 0:
                        trip -= 1
                        row = row_before
                        while trip > 0:
                            row_before = np.uint64(first_event + (trip - 1) * length)
                            if departure[row_before + offset] < time:
                                break
                            trip -= 1
                            row = row_before
                        board = position
                        parent = ready_parent[stop]
            else:
                time = ready[stop * columns + read_at]
                if time < horizon and can_board[here] != 0:
                    trip = earliest_trip(
                        departure_by_position,
                        first_event + position * n_trips,
                        n_trips,
                        time,
                    )
                    if trip < n_trips:
                        row = np.uint64(first_event + trip * length)
                        if trip > 0:
                            row_before = row - np.uint64(length)
                        board = position
                        parent = ready_parent[stop]
        counters[POSITIONS_SCANNED] += length - start
    counters[PATTERNS_SCANNED] += n_queued
    return n_touched, n_log, bound, best


@njit(cache=True, nogil=True)
def change(
    tables: DayTables,
    n_columns: int,
    column: int,
    ends: tuple[int, int],
    n_touched: int,
    scratch: Scratch,
) -> int:
    """Make touched stops and those within one footpath of them ready; return the marked stops.

    `ends` are the time before which a journey must end, and the duration of the quickest egress.
    Row `first - 1` stands for staying at the stop, so that one loop body serves both.
    """
    first_of_stop, heads = tables.footpaths.first_of_stop, tables.footpaths.head
    durations, change_time = tables.footpaths.duration, tables.footpaths.change_time
    ready, ready_parent, arrived_entry = scratch.ready, scratch.ready_parent, scratch.arrived_entry
    marked, is_marked, touched = scratch.marked, scratch.is_marked, scratch.touched
    arrived, is_touched, to_end = scratch.arrived, scratch.is_touched, scratch.to_end
    bound, horizon = ends[0], ends[0] - ends[1]
    columns, at, one = np.uint64(n_columns), np.uint64(column), np.uint64(1)
    n_marked = 0
    for i in range(n_touched):
        stop = np.uint64(touched[i])
        is_touched[stop] = 0
        arrival = arrived[stop * columns + at]
        entry = arrived_entry[stop]
        slack = horizon - arrival
        first, end = first_of_stop[stop], first_of_stop[stop + one]
        for row in range(first - 1, end):
            if row < first:
                head, duration = stop, change_time[stop]
                if duration >= slack:
                    continue
            else:
                head, duration = np.uint64(heads[np.uint64(row)]), durations[np.uint64(row)]
                if duration >= slack:
                    break
            time = arrival + duration
            label = head * columns + at
            if time < ready[label] and time + to_end[head] < bound:
                ready[label] = time
                for _ in range(column + 1, n_columns):
                    label += one
                    if ready[label] <= time:
                        break
                    ready[label] = time
                ready_parent[head] = entry
                if is_marked[head] == 0:
                    is_marked[head] = 1
                    marked[n_marked] = head
                    n_marked += 1
    return n_marked


@njit(cache=True, nogil=True)
def run_rounds(
    tables: DayTables,
    shape: tuple[int, int],
    departure: int,
    bounds: Int32Array,
    least_egress: int,
    state: tuple[int, int, int],
    outputs: tuple[Int32Array, Int32Array],
    scratch: Scratch,
    counters: Int64Array,  # (5,) work
) -> int:
    """Ride rounds from the marked stops until nothing improves; return the number of journeys.

    Parameters
    ----------
    shape
        Number of columns of the labels; greatest number of rides.
    departure
        Time of leaving, written into the journeys found.
    bounds
        Shape (n_rounds + 1,): arrival to beat with so many rides; lowered in place.
    state
        Number of marked stops; number of patterns that are queued for the first round, where it
        does not begin with marked stops; number of journeys found so far.
    outputs
        Arrays of journeys and rides as in `write_journey`.
    """
    n_columns, n_rounds = shape
    n_marked, n_queued, n_found = state
    journeys, rides = outputs
    n_log = 0
    for round_ in range(1, n_rounds + 1):
        if n_marked + n_queued == 0:
            break
        bounds[round_] = min(bounds[round_], bounds[round_ - 1])
        read = round_ - 1 if n_columns > 1 else 0
        write = round_ if n_columns > 1 else 0
        onward = min(bounds[round_], bounds[min(round_ + 1, n_rounds)])
        if n_queued == 0:
            n_queued = collect(tables.patterns, n_columns, read, bounds[round_], n_marked, scratch)
        n_before = n_log
        n_touched, n_log, best_arrival, best = scan(
            tables.patterns,
            n_columns,
            read,
            write,
            (bounds[round_], onward, least_egress),
            (n_queued, n_log),
            scratch,
            counters,
        )
        if best != NONE:
            bounds[round_] = best_arrival
            trip, alight = scratch.log[best, LOG_TRIP], scratch.log[best, LOG_ALIGHT]
            egress_row = scratch.egress_row[last_stop(tables.patterns, trip, alight)]
            write_journey(
                best, departure, best_arrival, egress_row, n_found, scratch.log, journeys, rides
            )
            n_found += 1
        ends = (min(bounds[round_], onward), least_egress)
        n_marked = change(tables, n_columns, write, ends, n_touched, scratch)
        n_queued = 0
        counters[ROUNDS] += 1
        counters[LABELS_IMPROVED] += n_log - n_before
        counters[STOPS_MARKED] += n_marked
    for i in range(n_marked):
        scratch.is_marked[scratch.marked[i]] = 0
    return n_found


@njit(cache=True, nogil=True)
def earliest(
    tables: DayTables,
    lower_bounds: LowerBounds,
    access: NearStops,
    egress: NearStops,
    departure: int,
    limit: int,
    outputs: tuple[Int32Array, Int32Array],
    scratch: Scratch,
    counters: Int64Array,  # (5,) work, added to
) -> int:
    """Pareto set over arrival and rides for one departure; entry kernel.

    Parameters
    ----------
    access
        Stops and durations; several rows of one stop are allowed.
    egress
        Stops and durations from the stop to the destination; empty for one-to-all, whose
        arrivals are then in `scratch`.
    limit
        Journeys must arrive before this time.
    outputs
        Journeys, shape (n_rounds, 5), and rides, shape (n_rounds, n_rounds, 3).

    Returns
    -------
    n_found
        Journeys written; more rides and earlier arrival each.
    """
    counters[:] = 0
    n_rounds = outputs[1].shape[1]
    scratch.ready[: scratch.ready_parent.size] = UNREACHED
    scratch.arrived[: scratch.ready_parent.size] = UNREACHED
    least_egress = 0 if egress.stop.size == 0 else set_egress(egress, scratch)
    bound_ways(lower_bounds, egress, scratch.nearest, scratch.to_end)
    bounds = np.full(n_rounds + 1, limit, np.int32)
    n_marked = seed(access, departure, 1, scratch)
    n_found = run_rounds(
        tables,
        (1, n_rounds),
        departure,
        bounds,
        least_egress,
        (n_marked, 0, 0),
        outputs,
        scratch,
        counters,
    )
    unset_egress(egress, scratch)
    return n_found
