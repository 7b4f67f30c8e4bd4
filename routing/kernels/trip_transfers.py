"""Transfers from trip to trip, reduced to those that can matter [1]_.

A transfer leaves trip `t` at position `i` and boards trip `u` at position `j`. It is left out

* if a transfer at `i` or later boards a trip of the same pattern no later and no farther on [2]_;
* if every stop that `u` reaches is reached as early by staying on `t` or by a transfer kept before.

As positions of `t` are handled from the last to the first, whoever is on `t` at `i` can still use
what was kept. Only arrivals by trip count, not what is in reach of them on foot: an egress may
begin at any stop, so that reaching one by trip is worth more than reaching it by a walk. Going one
stop and back is kept for the same reason, where [1]_ drops such U-turns.

.. [1] Witt: Trip-Based Public Transit Routing, ESA 2015, section 3.
.. [2] Lehoux, Loiodice: Faster Preprocessing for the Trip-Based Public Transit Routing Algorithm,
   ATMOS 2020, section 3.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.raptor import earliest_trip
from routing.layout import DayTables, Int32Array, Int64Array, UInt32Array

# Columns of a candidate: a way from a position of one pattern to a position of another.
ALIGHT, DURATION, PATTERN, BOARD, NEXT_TRIP = range(5)

# Cells of the work counters.
CANDIDATES, FIRST_TRIPS, EXITS_CHECKED = range(3)


class ReduceScratch(NamedTuple):
    """Writable memory; labels are shifted by trip, so that no trip sees those of another."""

    arrived: Int32Array  # (n_stops,) s, earliest arrival by the trip at hand and a transfer
    boarded: Int32Array  # (n_positions,) earliest trip of a pattern boarded up to a position
    candidate: Int32Array  # (n_candidates, 5)
    kept: UInt32Array  # (n_kept,) transfers of one trip
    end_of_kept: Int32Array  # (longest + 1,) where those of each position end
    stamp: Int64Array  # (3,) stamp of the trip at hand; width of a stamp in each kind of label


@njit(cache=True, nogil=True)
def count_candidates(tables: DayTables, counts: Int32Array) -> None:
    """Count the candidates of each pattern, `counts` of shape (n_patterns,); entry kernel."""
    patterns, walks = tables.patterns, tables.footpaths
    visits = patterns.first_visit_of_stop
    for pattern in range(counts.size):
        first = patterns.first_position_of_pattern[pattern]
        n_candidates = 0
        for position in range(first + 1, patterns.first_position_of_pattern[pattern + 1]):
            stop = patterns.stop_of_position[position]
            if patterns.can_alight[position] != 0:
                n_candidates += visits[stop + 1] - visits[stop]
                for row in range(walks.first_of_stop[stop], walks.first_of_stop[stop + 1]):
                    head = walks.head[row]
                    n_candidates += visits[head + 1] - visits[head]
        counts[pattern] = n_candidates


@njit(cache=True, nogil=True)
def list_candidates(tables: DayTables, pattern: int, candidate: Int32Array) -> int:
    """List the ways to other patterns, from the last position on, shortest first; return how many.

    Row `first - 1` of the walks stands for staying at the stop.
    """
    patterns, walks = tables.patterns, tables.footpaths
    first = patterns.first_position_of_pattern[pattern]
    length = patterns.first_position_of_pattern[pattern + 1] - first
    n_listed = 0
    for position in range(length - 1, 0, -1):
        stop = patterns.stop_of_position[first + position]
        if patterns.can_alight[first + position] == 0:
            continue
        begin = walks.first_of_stop[stop]
        for row in range(begin - 1, walks.first_of_stop[stop + 1]):
            head = stop if row < begin else walks.head[row]
            duration = walks.change_time[stop] if row < begin else walks.duration[row]
            for visit in range(
                patterns.first_visit_of_stop[head], patterns.first_visit_of_stop[head + 1]
            ):
                candidate[n_listed, ALIGHT] = position
                candidate[n_listed, DURATION] = duration
                candidate[n_listed, PATTERN] = patterns.pattern_of_visit[visit]
                candidate[n_listed, BOARD] = patterns.position_of_visit[visit]
                candidate[n_listed, NEXT_TRIP] = 0
                n_listed += 1
    return n_listed


@njit(cache=True, nogil=True)
def reaches_earlier(
    tables: DayTables,
    pattern: int,
    board: int,
    event: int,  # of the trip at position 0
    shift: int,
    arrived: Int32Array,  # (n_stops,) in place
    counters: Int64Array,
) -> bool:
    """Whether a trip boarded at a position reaches a stop earlier than before; lower the labels."""
    patterns = tables.patterns
    first = patterns.first_position_of_pattern[pattern]
    length = patterns.first_position_of_pattern[pattern + 1] - first
    is_better = False
    for position in range(board + 1, length):
        stop = np.uint64(patterns.stop_of_position[np.uint64(first + position)])
        time = patterns.arrival[np.uint64(event + position)] + shift
        if time < arrived[stop] and patterns.can_alight[first + position] != 0:
            arrived[stop] = time
            is_better = True
    counters[EXITS_CHECKED] += length - board - 1
    return is_better


@njit(cache=True, nogil=True)
def reduce_trip(
    tables: DayTables,
    pattern: int,
    nth: int,
    n_candidates: int,
    bits: int,
    scratch: ReduceScratch,
    counters: Int64Array,
) -> int:
    """Keep the transfers of the `nth` trip of a pattern; return how many, last position first."""
    patterns, candidate = tables.patterns, scratch.candidate
    arrived, boarded = scratch.arrived, scratch.boarded
    base = patterns.first_position_of_pattern[pattern]
    length = patterns.first_position_of_pattern[pattern + 1] - base
    event = patterns.first_event_of_pattern[pattern] + nth * length
    time_shift = -scratch.stamp[0] * scratch.stamp[1]
    trip_shift = -scratch.stamp[0] * scratch.stamp[2]
    n_kept, row = 0, 0
    for position in range(length - 1, 0, -1):
        arrival = patterns.arrival[event + position]
        stop = patterns.stop_of_position[base + position]
        if patterns.can_alight[base + position] != 0:
            arrived[stop] = min(arrived[stop], arrival + time_shift)
        while row < n_candidates and candidate[row, ALIGHT] == position:
            other, board = candidate[row, PATTERN], candidate[row, BOARD]
            first_trip = patterns.first_trip_of_pattern[other]
            n_trips = patterns.first_trip_of_pattern[other + 1] - first_trip
            column = patterns.first_event_of_pattern[other] + board * n_trips
            ready = arrival + candidate[row, DURATION]
            trip = candidate[row, NEXT_TRIP]
            if nth == 0:
                trip = earliest_trip(patterns.departure_by_position, column, n_trips, ready)
            while trip < n_trips and patterns.departure_by_position[column + trip] < ready:
                trip += 1
            candidate[row, NEXT_TRIP] = trip
            row += 1
            if trip == n_trips or (other == pattern and trip >= nth and board >= position):
                continue
            first = patterns.first_position_of_pattern[other]
            if boarded[first + board] <= trip + trip_shift:
                continue
            end = patterns.first_position_of_pattern[other + 1]
            for label in range(first + board, end):
                if boarded[label] <= trip + trip_shift:
                    break
                boarded[label] = trip + trip_shift
            counters[FIRST_TRIPS] += 1
            start = patterns.first_event_of_pattern[other] + trip * (end - first)
            if reaches_earlier(tables, other, board, start, time_shift, arrived, counters):
                scratch.kept[n_kept] = (first_trip + trip) << bits | board
                n_kept += 1
        scratch.end_of_kept[position] = n_kept
    return n_kept


@njit(cache=True, nogil=True)
def reduce_patterns(
    tables: DayTables,
    begin: int,
    end: int,
    bits: int,
    n_before: int,
    transfer: UInt32Array,  # (n,) out
    first_transfer: Int32Array,  # (n_events + 1,) out
    scratch: ReduceScratch,
    counters: Int64Array,  # (3,) work, added to
) -> tuple[int, int]:
    """Write the transfers of the patterns `begin:end`, after the first `n_before`; entry kernel.

    Returns the first pattern that did not fit any more, and the number of transfers written.
    """
    patterns, stamp = tables.patterns, scratch.stamp
    most_stamps = (2**31 - 2**24) // max(stamp[1], stamp[2])
    n_written = n_before
    for pattern in range(begin, end):
        n_before = n_written
        n_candidates = list_candidates(tables, pattern, scratch.candidate)
        counters[CANDIDATES] += n_candidates
        first_trip = patterns.first_trip_of_pattern[pattern]
        event = patterns.first_event_of_pattern[pattern]
        length = (
            patterns.first_position_of_pattern[pattern + 1]
            - patterns.first_position_of_pattern[pattern]
        )
        for nth in range(patterns.first_trip_of_pattern[pattern + 1] - first_trip):
            stamp[0] += 1
            if stamp[0] == most_stamps:
                scratch.arrived[:] = 2**31 - 1
                scratch.boarded[:] = 2**31 - 1
                stamp[0] = 1
            n_kept = reduce_trip(tables, pattern, nth, n_candidates, bits, scratch, counters)
            if n_written + n_kept > transfer.size:
                return pattern, n_before
            scratch.end_of_kept[length] = 0
            first_transfer[event] = n_written
            for position in range(1, length):
                first_transfer[event + position] = n_written
                start = 0 if position == length - 1 else scratch.end_of_kept[position + 1]
                for row in range(start, scratch.end_of_kept[position]):
                    transfer[n_written] = scratch.kept[row]
                    n_written += 1
            event += length
    return end, n_written
