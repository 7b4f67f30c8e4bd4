"""Parts of trips in the queue of a Trip-Based search: boarded, ridden, left (`trip_based`)."""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.raptor_ends import NearStops
from routing.layout import NONE, Int32Array, Int64Array, Patterns, UInt8Array, UInt32Array

# Columns of a trip, an entry of the queue, and a way from a pattern to the destination.
FIRST_EVENT, PATTERN, LAST_POSITION, END_TRIP = range(4)
TRIP, BOARD_EVENT, LAST_EVENT, PARENT, FIRST_TRANSFER, END_EVENT = range(6)
EXIT_POSITION, EXIT_DURATION, EXIT_ROW, NEXT_EXIT = range(4)

# Cells of the work counters.
ROUNDS, PARTS, TRANSFERS = range(3)


class Transfers(NamedTuple):
    """Reduced transfers between trips, and what a search reads of each trip."""

    event: Int32Array  # (n_events + 1, 2) arrival, first transfer
    transfer: UInt32Array  # (n_transfers,) trip << position_bits | position; onward ones
    first_last_transfer: Int32Array  # (n_events + 1,) last transfer
    last_transfer: UInt32Array  # (n_last_transfers,) those of use for the last ride only
    first_feeder_of_pattern: Int32Array  # (n_patterns + 1,) feeder
    feeder: Int32Array  # (n_feeders,) pattern from which a last transfer leads there
    trip: Int32Array  # (n_trips, 4) first event, pattern, last position, end trip of its pattern
    position_bits: Int32Array  # (1,)
    first_exit_of_stop: Int32Array  # (n_stops + 1,) exit
    pattern_of_exit: Int32Array  # (n_exits,) pattern; alighting is allowed, not the first stop
    position_of_exit: Int32Array  # (n_exits,)


class Seeds(NamedTuple):
    """Trips that may be boarded first, latest departure first."""

    departure: Int32Array  # (n,) s, leaving the origin
    row: Int32Array  # (n,) row of the access
    trip: Int32Array  # (n,)
    position: Int32Array  # (n,)


class TripScratch(NamedTuple):
    """Writable memory of one query object; between queries `first_exit` is unset."""

    reached: UInt8Array  # (n_columns * n_trips,) position, the greatest number before a search;
    # of a wider type where trips have more stops
    queue: Int32Array  # (n_parts, 6)
    first_exit: Int32Array  # (n_patterns,) row of `exits`
    exits: Int32Array  # (n_positions, 4)
    is_feeder: UInt8Array  # (n_patterns,) a last transfer leads to a pattern with an exit
    egress: Int32Array  # (n_stops,) row of the quickest egress; NONE between queries
    to_end: Int32Array  # (n_stops,) s from the stop to the destination, at least
    nearest: Int32Array  # (n_clusters,) as in `routing.kernels.bounds.bound_ways`


@njit(cache=True, nogil=True)
def set_exits(transfers: Transfers, egress: NearStops, scratch: TripScratch) -> None:
    """Hang each pattern's ways to the destination on it."""
    best_row, exits, first_exit = scratch.egress, scratch.exits, scratch.first_exit
    n_exits = 0
    for row in range(egress.stop.size):
        stop = egress.stop[row]
        if best_row[stop] == NONE or egress.duration[row] < egress.duration[best_row[stop]]:
            best_row[stop] = row
    for row in range(egress.stop.size):
        stop = egress.stop[row]
        if best_row[stop] != row:
            continue
        begin, end = transfers.first_exit_of_stop[stop], transfers.first_exit_of_stop[stop + 1]
        for at in range(begin, end):
            pattern = transfers.pattern_of_exit[at]
            exits[n_exits, EXIT_POSITION] = transfers.position_of_exit[at]
            exits[n_exits, EXIT_DURATION] = egress.duration[row]
            exits[n_exits, EXIT_ROW] = row
            exits[n_exits, NEXT_EXIT] = first_exit[pattern]
            if first_exit[pattern] == NONE:
                mark_feeders(transfers, pattern, 1, scratch)
            first_exit[pattern] = n_exits
            n_exits += 1


@njit(cache=True, nogil=True)
def mark_feeders(transfers: Transfers, pattern: int, mark: int, scratch: TripScratch) -> None:
    """Mark the patterns from which a last transfer leads to a pattern."""
    begin = transfers.first_feeder_of_pattern[pattern]
    for row in range(begin, transfers.first_feeder_of_pattern[pattern + 1]):
        scratch.is_feeder[transfers.feeder[row]] = mark


@njit(cache=True, nogil=True)
def unset_exits(transfers: Transfers, egress: NearStops, scratch: TripScratch) -> None:
    """Take the exits of a query out again."""
    for row in range(egress.stop.size):
        stop = egress.stop[row]
        scratch.egress[stop] = NONE
        begin, end = transfers.first_exit_of_stop[stop], transfers.first_exit_of_stop[stop + 1]
        for at in range(begin, end):
            pattern = transfers.pattern_of_exit[at]
            if scratch.first_exit[pattern] != NONE:
                mark_feeders(transfers, pattern, 0, scratch)
            scratch.first_exit[pattern] = NONE


@njit(cache=True, nogil=True)
def board(
    trip: int,
    position: int,
    parent: int,
    column: int,
    n_queued: int,
    trips: Int32Array,
    reached: UInt8Array,
    queue: Int32Array,
) -> int:
    """Queue a trip, if it was not reached so near to its start; return the queue's length.

    Labels of later columns and later trips are lowered too; where one is as low, all after it are.
    """
    n_trips = trips.shape[0]
    label = column * n_trips + trip
    if reached[label] <= position:
        return n_queued
    event = trips[trip, FIRST_EVENT]
    last = min(np.int64(reached[label]), np.int64(trips[trip, LAST_POSITION]))
    queue[n_queued, TRIP] = trip
    queue[n_queued, BOARD_EVENT] = event + position
    queue[n_queued, LAST_EVENT] = event + last
    queue[n_queued, PARENT] = parent
    n_after = trips[trip, END_TRIP] - trip
    while label < reached.size and reached[label] > position:
        for later in range(label, label + n_after):
            if reached[np.uint64(later)] <= position:
                break
            reached[np.uint64(later)] = position
        label += n_trips
    return n_queued + 1


@njit(cache=True, nogil=True)
def leave(
    begin: int,
    end: int,
    bound: int,
    transfers: Transfers,
    scratch: TripScratch,
) -> tuple[int, int, int]:
    """Best arrival of the queue's entries `begin:end`, the entry, and the row of `exits`."""
    queue, exits, first_exit = scratch.queue, scratch.exits, scratch.first_exit
    trips, events = transfers.trip, transfers.event
    best, way = NONE, NONE
    for entry in range(begin, end):
        trip = np.uint64(queue[entry, TRIP])
        exit_ = first_exit[np.uint64(trips[trip, PATTERN])]
        while exit_ != NONE:
            event = trips[trip, FIRST_EVENT] + exits[exit_, EXIT_POSITION]
            if event > queue[entry, BOARD_EVENT]:
                arrival = events[event, 0] + exits[exit_, EXIT_DURATION]
                if arrival < bound:
                    bound, best, way = arrival, entry, exit_
            exit_ = exits[exit_, NEXT_EXIT]
    return bound, best, way


@njit(cache=True, nogil=True)
def ride(
    begin: int,
    end: int,
    bound: int,
    column: int,
    patterns: Patterns,
    transfers: Transfers,
    scratch: TripScratch,
    counters: Int64Array,  # (3,) work, added to
) -> int:
    """Queue what the entries `begin:end` transfer to; return the new length.

    Transfers from where it is too late to arrive before `bound` are left out. A first pass notes
    where the transfers of all entries stand: as no entry waits for another, the machine fetches
    many at a time (15 % less than one pass).
    """
    reached, queue, is_feeder = scratch.reached, scratch.queue, scratch.is_feeder
    events, trips, transfer = transfers.event, transfers.trip, transfers.transfer
    bits = np.uint32(transfers.position_bits[0])
    mask = np.uint32((1 << transfers.position_bits[0]) - 1)
    labels = np.uint64(column * trips.shape[0])
    stop_of_position, to_end = patterns.stop_of_position, scratch.to_end
    first_position = patterns.first_position_of_pattern
    n_queued, n_transfers = end, 0
    for entry in range(begin, end):
        event, last_event = queue[entry, BOARD_EVENT] + 1, queue[entry, LAST_EVENT]
        queue[entry, FIRST_TRANSFER] = events[np.uint64(event), 1]
        trip = np.uint64(queue[entry, TRIP])
        at = first_position[np.uint64(trips[trip, PATTERN])] - trips[trip, FIRST_EVENT]
        while event <= last_event:
            stop = np.uint64(stop_of_position[np.uint64(at + event)])
            if events[np.uint64(event), 0] + to_end[stop] >= bound:
                break  # and so it is at all later positions
            event += 1
        queue[entry, END_EVENT] = event
    for entry in range(begin, end):
        first_event, event = queue[entry, BOARD_EVENT] + 1, queue[entry, END_EVENT]
        first, last = queue[entry, FIRST_TRANSFER], events[event, 1]
        n_transfers += last - first
        for row in range(first, last):
            code = transfer[np.uint64(row)]
            trip, position = code >> bits, code & mask
            if reached[labels + np.uint64(trip)] > position:
                n_queued = board(
                    trip,
                    position,
                    entry,
                    column,
                    n_queued,
                    trips,
                    reached,
                    queue,
                )
        if is_feeder[trips[queue[entry, TRIP], PATTERN]] != 0:
            first = transfers.first_last_transfer[first_event]
            last = transfers.first_last_transfer[event]
            n_transfers += last - first
            for row in range(first, last):
                code = transfers.last_transfer[np.uint64(row)]
                trip, position = code >> bits, code & mask
                if (
                    reached[labels + np.uint64(trip)] > position
                    and scratch.first_exit[trips[trip, PATTERN]] != NONE
                ):
                    n_queued = board(
                        trip,
                        position,
                        entry,
                        column,
                        n_queued,
                        trips,
                        reached,
                        queue,
                    )
    counters[TRANSFERS] += n_transfers
    return n_queued
