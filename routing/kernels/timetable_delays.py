"""Stop times of trips as realtime updates say they will be.

The rules of propagation are those of the GTFS-Realtime reference ("Stop time updates"): a delay
holds for the stops that follow until the next update; a skipped stop passes it on; no data ends it.
What contradicts itself is repaired: no vehicle leaves before it has come, nor comes before it has
left the stop before; stops before the first known one give way to it, later ones wait for it.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.timetable_patterns import Times
from routing.layout import NONE, Int32Array, Int64Array, UInt8Array

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
