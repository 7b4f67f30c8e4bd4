"""Events of the trips of a day that stay, some at other times.

A changed trip may stay in its pattern where it serves the same stops and overtakes nobody there, so
that trips of a pattern stay in the same order at all its stops (`timetable_patterns`).
"""

from numba import njit

from routing.kernels.timetable_patterns import DayTrips, Times, is_behind, permissions
from routing.layout import NONE, Int32Array, Int64Array, Patterns, UInt8Array


@njit(cache=True, nogil=True)
def copy_kept(
    keep: UInt8Array,  # (n_trips,)
    first_trip: Int32Array,  # (n_patterns + 1,)
    first_event: Int32Array,  # (n_patterns + 1,)
    arrival: Int32Array,
    departure: Int32Array,
    by_position: Int32Array,
    new_first_event: Int32Array,  # (n_patterns + 1,)
    out: tuple[Int32Array, Int32Array, Int32Array],  # same three columns, without trips
) -> None:
    """Copy the events of the kept trips; patterns that keep all are copied at once."""
    new_arrival, new_departure, new_by_position = out
    for pattern in range(first_trip.size - 1):
        begin, end = first_event[pattern], first_event[pattern + 1]
        to, to_end = new_first_event[pattern], new_first_event[pattern + 1]
        if to_end - to == end - begin:
            new_arrival[to:to_end] = arrival[begin:end]
            new_departure[to:to_end] = departure[begin:end]
            new_by_position[to:to_end] = by_position[begin:end]
            continue
        n_trips = first_trip[pattern + 1] - first_trip[pattern]
        length = (end - begin) // n_trips
        n_kept = (to_end - to) // length
        kept = 0
        for trip in range(n_trips):
            if not keep[first_trip[pattern] + trip]:
                continue
            for k in range(length):
                event, target = begin + trip * length + k, to + kept * length + k
                new_arrival[target] = arrival[event]
                new_departure[target] = departure[event]
                new_by_position[to + k * n_kept + kept] = departure[event]
            kept += 1


@njit(cache=True, nogil=True)
def _stands_as(patterns: Patterns, pattern: int, times: Times, first: int, length: int) -> bool:
    """Whether a trip serves the stops of a pattern as the pattern does."""
    base = patterns.first_position_of_pattern[pattern]
    if patterns.first_position_of_pattern[pattern + 1] - base != length:
        return False
    last = length - 1
    for k in range(length):
        row, position = first + k, base + k
        if times.stop[row] != patterns.stop_of_position[position]:
            return False
        bits = permissions(times.pickup[row], times.drop_off[row], k, last - k)
        if bits != patterns.can_board[position] + 2 * patterns.can_alight[position]:
            return False
    return True


@njit(cache=True, nogil=True)
def mark_staying(
    patterns: Patterns,
    is_kept: UInt8Array,  # (n_trips,) whether a trip stays as it is
    changed: Int64Array,  # (n_changed,) trips, ascending
    pattern_of: Int32Array,  # (n_changed,)
    times: Times,
    pieces: DayTrips,  # of the changed trips: what they will be
    stays: UInt8Array,  # (n_changed,) out
) -> None:
    """Mark the changed trips that overtake none of those beside them in their pattern."""
    arrival, departure = patterns.arrival, patterns.departure
    last_pattern = last_in = NONE
    before = after = 0
    for i in range(changed.size):
        trip, pattern = changed[i], pattern_of[i]
        begin, end = patterns.first_trip_of_pattern[pattern : pattern + 2]
        seen = changed[i - 1]
        if pattern != last_pattern:
            last_pattern, last_in = pattern, NONE
            before = after = seen = begin - 1
        for other in range(seen + 1, trip):  # the nearest that stays as it is on either side
            if is_kept[other]:
                before = other
        if after < trip:
            after = trip + 1
            while after < end and not is_kept[after]:
                after += 1
        first, length, shift = pieces.first[i], pieces.length[i], pieces.shift[i]
        stays[i] = 0
        if not _stands_as(patterns, pattern, times, first, length):
            continue
        event = patterns.first_event_of_pattern[pattern]
        if last_in != NONE and changed[last_in] > before:
            if not is_behind(
                times.arrival, times.departure, first, shift - pieces.shift[last_in],
                times.arrival, times.departure, pieces.first[last_in], length,
            ):  # fmt: skip
                continue
        elif before >= begin and not is_behind(
            times.arrival, times.departure, first, shift,
            arrival, departure, event + (before - begin) * length, length,
        ):  # fmt: skip
            continue
        if after < end and not is_behind(
            arrival, departure, event + (after - begin) * length, -shift,
            times.arrival, times.departure, first, length,
        ):  # fmt: skip
            continue
        stays[i] = 1
        last_in = i


@njit(cache=True, nogil=True)
def retime(
    first_trip: Int32Array,  # (n_patterns + 1,)
    first_event: Int32Array,  # (n_patterns + 1,)
    trips: Int64Array,  # (n_trips,)
    pattern_of: Int32Array,  # (n_trips,)
    times: Times,
    pieces: DayTrips,  # of the trips: what they will be
    out: tuple[Int32Array, Int32Array, Int32Array],  # arrival, departure, departure by position
) -> None:
    """Write new times of trips in their places."""
    arrival, departure, by_position = out
    for i in range(trips.size):
        pattern = pattern_of[i]
        event, nth = first_event[pattern], trips[i] - first_trip[pattern]
        n_trips, length = first_trip[pattern + 1] - first_trip[pattern], pieces.length[i]
        for k in range(length):
            row, target = pieces.first[i] + k, event + nth * length + k
            arrival[target] = times.arrival[row] + pieces.shift[i]
            departure[target] = times.departure[row] + pieces.shift[i]
            by_position[event + k * n_trips + nth] = departure[target]
