"""Transfers from trip to trip, reduced to those that can matter [1]_.

A transfer leaves trip `t` at position `i` and boards trip `u` at position `j`. It is left out

* if a transfer at `i` or later boards a trip of the same pattern no later and no farther on [2]_;
* if every stop that `u` reaches is reached as early by staying on `t` or by a transfer kept before.

As positions of `t` are handled from the last to the first, whoever is on `t` at `i` can still use
what was kept. What is kept falls in two:

* *onward*: by alighting from `u`, some stop becomes ready for boarding earlier, at once or by a
  walk. Only these are followed in between.
* *last*: `u` merely arrives earlier by trip at a stop that a walk makes ready as early. As a
  journey may end on foot from any stop, but not with two walks, these matter for the last ride.

Going one stop and back is kept, where [1]_ drops such U-turns: it is an arrival by trip too.

.. [1] Witt: Trip-Based Public Transit Routing, ESA 2015, section 3.
.. [2] Lehoux, Loiodice: Faster Preprocessing for the Trip-Based Public Transit Routing Algorithm,
   ATMOS 2020, section 3.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.raptor import earliest_trip
from routing.layout import NONE, UNREACHED, DayTables, Int32Array, Int64Array, Patterns, UInt32Array

# Columns of a candidate: a way from a position of one pattern to a position of another.
ALIGHT, DURATION, PATTERN, BOARD, NEXT_TRIP = range(5)

# Columns of the kinds of transfers, and what a boarded trip is good for.
ONWARD, LAST, NOTHING = range(3)

# Cells of the work counters.
CANDIDATES, FIRST_TRIPS, EXITS_CHECKED, WALKS = range(4)


class ReduceScratch(NamedTuple):
    """Writable memory; labels are shifted by trip, so that no trip sees those of another."""

    arrived: Int32Array  # (n_stops,) s, earliest arrival by the trip at hand and a transfer
    ready: Int32Array  # (n_stops,) s, earliest boarding after that
    boarded: Int32Array  # (n_positions,) earliest trip of a pattern boarded up to a position
    candidate: Int32Array  # (n_candidates, 5)
    kept: UInt32Array  # (2, n_candidates) transfers of one trip, by kind
    end_of_kept: Int32Array  # (2, longest + 1) where those of each position end
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
def alight(
    tables: DayTables, stop: int, time: int, scratch: ReduceScratch, counters: Int64Array
) -> bool:
    """Arrive at a stop by trip; return whether it, or one on foot from it, is ready earlier."""
    walks, ready = tables.footpaths, scratch.ready
    scratch.arrived[stop] = time
    is_better = False
    change_time = walks.change_time[stop]
    if change_time < UNREACHED and time + change_time < ready[stop]:
        ready[stop] = time + change_time
        is_better = True
    first, end = walks.first_of_stop[stop], walks.first_of_stop[stop + 1]
    for row in range(first, end):
        head, walked = np.uint64(walks.head[row]), time + walks.duration[row]
        if walked < ready[head]:
            ready[head] = walked
            is_better = True
    counters[WALKS] += end - first
    return is_better


@njit(cache=True, nogil=True)
def worth(
    tables: DayTables,
    pattern: int,
    board: int,
    event: int,  # of the trip at position 0
    shift: int,
    scratch: ReduceScratch,
    counters: Int64Array,
) -> int:
    """What a trip boarded at a position is good for; lower the labels of what it reaches."""
    patterns, arrived = tables.patterns, scratch.arrived
    first = patterns.first_position_of_pattern[pattern]
    length = patterns.first_position_of_pattern[pattern + 1] - first
    kind = NOTHING
    for position in range(board + 1, length):
        stop = patterns.stop_of_position[np.uint64(first + position)]
        time = patterns.arrival[np.uint64(event + position)] + shift
        if time < arrived[np.uint64(stop)] and patterns.can_alight[first + position] != 0:
            is_onward = alight(tables, stop, time, scratch, counters)
            kind = ONWARD if is_onward else min(kind, LAST)
    counters[EXITS_CHECKED] += length - board - 1
    return kind


@njit(cache=True, nogil=True)
def next_trip(patterns: Patterns, row: int, ready: int, nth: int, candidate: Int32Array) -> int:
    """Earliest trip that a candidate catches; that of the trip before is where to begin."""
    other = candidate[row, PATTERN]
    first_trip = patterns.first_trip_of_pattern[other]
    n_trips = patterns.first_trip_of_pattern[other + 1] - first_trip
    column = patterns.first_event_of_pattern[other] + candidate[row, BOARD] * n_trips
    trip = candidate[row, NEXT_TRIP]
    if nth == 0:
        trip = earliest_trip(patterns.departure_by_position, column, n_trips, ready)
    while trip < n_trips and patterns.departure_by_position[column + trip] < ready:
        trip += 1
    candidate[row, NEXT_TRIP] = trip
    return NONE if trip == n_trips else int(trip)


@njit(cache=True, nogil=True)
def is_first(patterns: Patterns, pattern: int, board: int, trip: int, boarded: Int32Array) -> bool:
    """Whether no trip as early was boarded as near to its start before; `boarded` is lowered."""
    first = patterns.first_position_of_pattern[pattern]
    if boarded[first + board] <= trip:
        return False
    for label in range(first + board, patterns.first_position_of_pattern[pattern + 1]):
        if boarded[label] <= trip:
            break
        boarded[label] = trip
    return True


@njit(cache=True, nogil=True)
def reduce_trip(
    tables: DayTables,
    pattern: int,
    nth: int,
    n_candidates: int,
    bits: int,
    scratch: ReduceScratch,
    counters: Int64Array,
) -> None:
    """Keep the transfers of the `nth` trip of a pattern, those of the last position first."""
    patterns, candidate = tables.patterns, scratch.candidate
    kept, end_of_kept = scratch.kept, scratch.end_of_kept
    base = patterns.first_position_of_pattern[pattern]
    length = patterns.first_position_of_pattern[pattern + 1] - base
    event = patterns.first_event_of_pattern[pattern] + nth * length
    time_shift = -scratch.stamp[0] * scratch.stamp[1]
    trip_shift = -scratch.stamp[0] * scratch.stamp[2]
    row = n_onward = n_last = 0
    for position in range(length - 1, 0, -1):
        arrival = patterns.arrival[event + position]
        stop = patterns.stop_of_position[base + position]
        if patterns.can_alight[base + position] and arrival + time_shift < scratch.arrived[stop]:
            alight(tables, stop, arrival + time_shift, scratch, counters)
        while row < n_candidates and candidate[row, ALIGHT] == position:
            other, board = candidate[row, PATTERN], candidate[row, BOARD]
            trip = next_trip(patterns, row, arrival + candidate[row, DURATION], nth, candidate)
            row += 1
            if trip == NONE or (other == pattern and trip >= nth and board >= position):
                continue
            if not is_first(patterns, other, board, trip + trip_shift, scratch.boarded):
                continue
            counters[FIRST_TRIPS] += 1
            start = patterns.first_position_of_pattern[other]
            start = patterns.first_position_of_pattern[other + 1] - start
            start = patterns.first_event_of_pattern[other] + trip * start
            kind = worth(tables, other, board, start, time_shift, scratch, counters)
            code = (patterns.first_trip_of_pattern[other] + trip) << bits | board
            if kind == ONWARD:
                kept[ONWARD, n_onward] = code
                n_onward += 1
            elif kind == LAST:
                kept[LAST, n_last] = code
                n_last += 1
        end_of_kept[ONWARD, position] = n_onward
        end_of_kept[LAST, position] = n_last


@njit(cache=True, nogil=True)
def write_kept(
    kind: int,
    event: int,  # of the trip at position 0
    length: int,
    n_written: int,
    transfer: UInt32Array,  # (n,) out
    first_transfer: Int32Array,  # (n_events + 1,) out
    scratch: ReduceScratch,
) -> int:
    """Write one trip's transfers of a kind in the order of its positions; return the new length."""
    end_of_kept = scratch.end_of_kept[kind]
    first_transfer[event] = n_written
    for position in range(1, length):
        first_transfer[event + position] = n_written
        start = 0 if position == length - 1 else end_of_kept[position + 1]
        for row in range(start, end_of_kept[position]):
            transfer[n_written] = scratch.kept[kind, row]
            n_written += 1
    return n_written


@njit(cache=True, nogil=True)
def reduce_patterns(
    tables: DayTables,
    begin: int,
    bits: int,
    written: Int64Array,  # (2,) in place: transfers of each kind written so far
    transfers: tuple[UInt32Array, UInt32Array],  # out, by kind
    first_transfers: tuple[Int32Array, Int32Array],  # (n_events + 1,) each, out, by kind
    scratch: ReduceScratch,
    counters: Int64Array,  # (4,) work, added to
) -> int:
    """Write the transfers of the patterns from `begin` on; entry kernel.

    Returns the first pattern whose transfers might not fit any more; begin there with more room.
    """
    patterns, stamp = tables.patterns, scratch.stamp
    most_stamps = (2**31 - 2**24) // max(stamp[1], stamp[2])
    for pattern in range(begin, patterns.first_trip_of_pattern.size - 1):
        n_candidates = list_candidates(tables, pattern, scratch.candidate)
        n_trips = (
            patterns.first_trip_of_pattern[pattern + 1] - patterns.first_trip_of_pattern[pattern]
        )
        most = n_trips * n_candidates
        if written[0] + most > transfers[0].size or written[1] + most > transfers[1].size:
            return pattern
        counters[CANDIDATES] += n_candidates
        event = patterns.first_event_of_pattern[pattern]
        length = (patterns.first_event_of_pattern[pattern + 1] - event) // max(n_trips, 1)
        for nth in range(n_trips):
            stamp[0] += 1
            if stamp[0] == most_stamps:
                scratch.arrived[:] = 2**31 - 1
                scratch.ready[:] = 2**31 - 1
                scratch.boarded[:] = 2**31 - 1
                stamp[0] = 1
            reduce_trip(tables, pattern, nth, n_candidates, bits, scratch, counters)
            for kind in range(2):
                written[kind] = write_kept(
                    kind,
                    event,
                    length,
                    written[kind],
                    transfers[kind],
                    first_transfers[kind],
                    scratch,
                )
            event += length
    return patterns.first_trip_of_pattern.size - 1


@njit(cache=True, nogil=True)
def feeders(
    patterns: Patterns,
    transfer: UInt32Array,
    first_transfer: Int32Array,
    pattern_of_trip: Int32Array,
    bits: int,
    seen: Int32Array,  # (n_patterns,) all NONE
    n_feeders: Int64Array,  # (n_patterns,) in place: how many patterns lead to each
    feeder: Int32Array,  # (n,) out; nothing is written where it is empty
) -> None:
    """Patterns from which a transfer of a kind leads to each pattern; entry kernel.

    A first call counts; for a second one `n_feeders` holds where those of each pattern begin.
    """
    for pattern in range(seen.size):
        begin = patterns.first_event_of_pattern[pattern]
        end = patterns.first_event_of_pattern[pattern + 1]
        for row in range(first_transfer[begin], first_transfer[end]):
            other = pattern_of_trip[transfer[row] >> bits]
            if seen[other] != pattern:
                seen[other] = pattern
                if feeder.size:
                    feeder[n_feeders[other]] = pattern
                n_feeders[other] += 1
