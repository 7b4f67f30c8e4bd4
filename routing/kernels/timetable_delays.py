"""Stop times of trips as realtime updates say they will be.

The rules of propagation are those of the GTFS-Realtime reference ("Stop time updates"): a delay
holds for the stops that follow until the next update; a skipped stop passes it on; no data ends it.
What contradicts itself is repaired: no vehicle leaves before it has come, nor comes before it has
left the stop before; stops before the first known one give way to it, later ones wait for it.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.timetable_patterns import DayTrips, Times, permissions
from routing.layout import NONE, Int32Array, Int64Array, Patterns, UInt8Array

UNTOLD = -(2**30)  # s; a time or delay that the update does not give
FARTHEST = 86_400  # s; a greater difference from the timetable is taken as a slip
SCHEDULED, SKIPPED, NO_DATA, UNSCHEDULED = range(4)
_NO_CALL = 255


class Changes(NamedTuple):
    """Trips that are changed; change `k` writes rows first_row[k]:first_row[k + 1]."""

    first_row: Int32Array  # (n_changes + 1,) row of the output
    source: Int32Array  # (n_changes,) first stop time of the trip
    retime: Int32Array  # (n_changes,) s to add to the timetable before the update
    delay: Int32Array  # (n_changes,) s, of the whole trip, or UNTOLD
    first_call: Int32Array  # (n_changes + 1,)


class Calls(NamedTuple):
    """Stop time updates in order of travel; times count as those of the trip do."""

    sequence: Int64Array  # (n_calls,) stop_sequence or NONE
    stop: Int32Array  # (n_calls,) stop or NONE
    platform: Int32Array  # (n_calls,) stop that is served in its place, or NONE
    arrival: Int64Array  # (n_calls,) s or UNTOLD
    arrival_delay: Int64Array
    departure: Int64Array
    departure_delay: Int64Array
    kind: UInt8Array  # (n_calls,) SCHEDULED ... UNSCHEDULED
    pickup: Int32Array  # (n_calls,) GTFS type that holds in place of the timetable's, or NONE
    drop_off: Int32Array  # (n_calls,)


@njit(cache=True, nogil=True)
def _position(
    stops: Int32Array,  # (length,) of the trip
    sequences: Int32Array,  # (length,)
    start: int,
    sequence: int,
    stop: int,
) -> int:
    """Index in the trip, from `start` on, of the stop that is meant; `NONE` if there is none."""
    by_sequence = NONE
    if sequence != NONE:
        for k in range(start, stops.size):
            if sequences[k] == sequence:
                by_sequence = k
                break
        if by_sequence != NONE and (stop == NONE or stops[by_sequence] == stop):
            return by_sequence
    if stop != NONE:
        for k in range(start, stops.size):
            if stops[k] == stop:
                return k
    return by_sequence


@njit(cache=True, nogil=True)
def _new_time(told: int, delay: int, timetable: int) -> int:
    """Time that an update gives; `UNTOLD` where it gives none, or one far off."""
    new = told
    if new == UNTOLD and delay != UNTOLD:
        new = timetable + delay
    if new != UNTOLD and abs(new - timetable) > FARTHEST:
        return UNTOLD
    return new


@njit(cache=True, nogil=True)
def _propagate(
    calls: Calls,
    call_of: Int32Array,  # (length,) call or NONE
    delay: int,  # of the whole trip, or UNTOLD
    rows: Times,  # modified: the rows of the trip, as in the timetable
) -> int:
    """Write the times of one trip; return the first position that the update knows."""
    first_known = rows.stop.size if delay == UNTOLD else 0
    for k in range(rows.stop.size):
        call = call_of[k]
        kind = calls.kind[call] if call != NONE else _NO_CALL
        planned, leaves = int(rows.arrival[k]), int(rows.departure[k])
        new_arrival = new_departure = UNTOLD
        if kind == NO_DATA:
            delay = UNTOLD
            first_known = min(first_known, k)
        elif kind != _NO_CALL:  # a vehicle may tell when it passes a stop that it skips
            new_arrival = _new_time(calls.arrival[call], calls.arrival_delay[call], planned)
            new_departure = _new_time(calls.departure[call], calls.departure_delay[call], leaves)
        if kind == SKIPPED:
            rows.pickup[k] = rows.drop_off[k] = 1
        if new_arrival == UNTOLD and new_departure != UNTOLD and delay == UNTOLD:
            new_arrival = min(planned, new_departure)
        if new_arrival == UNTOLD:
            new_arrival = planned if delay == UNTOLD else planned + delay
        else:
            delay = new_arrival - planned
            first_known = min(first_known, k)
        if new_departure == UNTOLD:
            new_departure = leaves if delay == UNTOLD else leaves + delay
        else:
            delay = new_departure - leaves
            first_known = min(first_known, k)
        rows.arrival[k], rows.departure[k] = new_arrival, new_departure
    return first_known


@njit(cache=True, nogil=True)
def _repair(first_known: int, arrival: Int32Array, departure: Int32Array) -> None:
    """Let times never run backwards; modifies both in place."""
    for k in range(min(first_known, arrival.size - 1) - 1, -1, -1):
        departure[k] = min(departure[k], arrival[k + 1])
        arrival[k] = min(arrival[k], departure[k])
    for k in range(arrival.size):
        if k > 0:
            arrival[k] = max(arrival[k], departure[k - 1])
        departure[k] = max(departure[k], arrival[k])


@njit(cache=True, nogil=True)
def apply_calls(
    times: Times,
    sequence: Int32Array,  # (n_stop_times,) of the whole timetable, as `times`
    changes: Changes,
    calls: Calls,
    rows: Times,  # (n_rows,) out
    call_of: Int32Array,  # (n_rows,) scratch
) -> int:
    """Write the stop times of all changed trips; return how many calls fit no stop."""
    lost = 0
    for change in range(changes.source.size):
        first, end = changes.first_row[change], changes.first_row[change + 1]
        source, length = changes.source[change], end - first
        for k in range(length):
            row, out = source + k, first + k
            rows.stop[out] = times.stop[row]
            rows.arrival[out] = times.arrival[row] + changes.retime[change]
            rows.departure[out] = times.departure[row] + changes.retime[change]
            rows.pickup[out] = times.pickup[row]
            rows.drop_off[out] = times.drop_off[row]
            call_of[out] = NONE
        at = 0
        for call in range(changes.first_call[change], changes.first_call[change + 1]):
            k = _position(
                times.stop[source : source + length],
                sequence[source : source + length],
                at,
                calls.sequence[call],
                calls.stop[call],
            )
            if k == NONE:
                lost += 1
                continue
            at = k + 1
            call_of[first + k] = call
            if calls.platform[call] != NONE:
                rows.stop[first + k] = calls.platform[call]
            if calls.pickup[call] != NONE:
                rows.pickup[first + k] = calls.pickup[call]
            if calls.drop_off[call] != NONE:
                rows.drop_off[first + k] = calls.drop_off[call]
        own = Times(
            rows.stop[first:end],
            rows.arrival[first:end],
            rows.departure[first:end],
            rows.pickup[first:end],
            rows.drop_off[first:end],
        )
        known = _propagate(calls, call_of[first:end], changes.delay[change], own)
        _repair(known, own.arrival, own.departure)
    return lost


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
def _is_behind(
    arrival: Int32Array, departure: Int32Array, first: int, later: int,
    arrival_before: Int32Array, departure_before: Int32Array, first_before: int, later_before: int,
    length: int,
) -> bool:  # fmt: skip
    """Whether a trip is nowhere earlier than another; `later` is added to the times of each."""
    for k in range(length):
        own, before = first + k, first_before + k
        if arrival[own] + later < arrival_before[before] + later_before:
            return False
        if departure[own] + later < departure_before[before] + later_before:
            return False
    return True


@njit(cache=True, nogil=True)
def mark_staying(
    patterns: Patterns,
    is_kept: UInt8Array,  # (n_trips,) whether a trip stays as it is
    changed: Int64Array,  # (n_changed,) trips, ascending
    pattern_of: Int64Array,  # (n_changed,)
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
            if not _is_behind(
                times.arrival, times.departure, first, shift,
                times.arrival, times.departure, pieces.first[last_in], pieces.shift[last_in],
                length,
            ):  # fmt: skip
                continue
        elif before >= begin and not _is_behind(
            times.arrival, times.departure, first, shift,
            arrival, departure, event + (before - begin) * length, 0, length,
        ):  # fmt: skip
            continue
        if after < end and not _is_behind(
            arrival, departure, event + (after - begin) * length, 0,
            times.arrival, times.departure, first, shift, length,
        ):  # fmt: skip
            continue
        stays[i] = 1
        last_in = i


@njit(cache=True, nogil=True)
def retime(
    first_trip: Int32Array,  # (n_patterns + 1,)
    first_event: Int32Array,  # (n_patterns + 1,)
    trips: Int64Array,  # (n_trips,)
    pattern_of: Int64Array,  # (n_trips,)
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
