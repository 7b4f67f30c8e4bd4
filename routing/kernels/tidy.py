"""The same trips with less walking: better stops to board, to change and to alight.

A search takes the stop that lets one leave a little later or arrive a little sooner, however far
one must walk to it. Here a second of walking counts as much as a second at the near end of the
journey; the far end (the arrival, or the departure of an arrive-by journey) never gets worse.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.raptor_journeys import calls_of
from routing.layout import NONE, DayTables, Footpaths, Int32Array, Patterns

# Cells of the two ends of a journey, and of a ride.
DEPARTURE, ARRIVAL, ACCESS, EGRESS = range(4)
TRIP, BOARD, ALIGHT = range(3)


class Ways(NamedTuple):
    """Ways between stops and one end of a journey; of those to one stop the quickest counts."""

    stop: Int32Array  # (n,)
    duration: Int32Array  # (n,) s, waiting included
    ride: Int32Array  # (n,) s under way


@njit(cache=True, nogil=True)
def _quickest(stops: Int32Array, durations: Int32Array, stop: int) -> int:
    """Row of the quickest way to a stop, the last of equals; NONE where there is none."""
    best = NONE
    for row in range(stops.size):
        if stops[row] == stop and (best == NONE or durations[row] <= durations[best]):
            best = row
    return best


@njit(cache=True, nogil=True)
def _move(
    patterns: Patterns, ways: Ways, side: int, bound: int, ends: Int32Array, ride: Int32Array
) -> bool:
    """Take the stop at an end of a trip where time and walking count least.

    Time counts back from the departure (side BOARD) or on to the arrival (ALIGHT), which keeps to
    the bound. Returns whether it is another stop.
    """
    is_first = side == BOARD
    sign, cell, row_cell = (-1, DEPARTURE, ACCESS) if is_first else (1, ARRIVAL, EGRESS)
    first, event, length = calls_of(patterns, ride[TRIP])
    start, end = (0, ride[ALIGHT]) if is_first else (ride[BOARD] + 1, length)
    rule = patterns.can_board if is_first else patterns.can_alight
    times = patterns.departure if is_first else patterns.arrival
    stops, durations, on_foot = ways.stop, ways.duration, ways.ride
    least = on_foot[ends[row_cell]] + sign * ends[cell]
    is_better = False
    for position in range(start, end):
        if rule[first + position] == 0:
            continue
        row = _quickest(stops, durations, patterns.stop_of_position[first + position])
        if row == NONE:
            continue
        time = times[event + position] + sign * durations[row]
        cost = on_foot[row] + sign * time
        if sign * time <= sign * bound and cost < least:
            least = cost
            ride[side], ends[cell], ends[row_cell] = position, time, row
            is_better = True
    return is_better


@njit(cache=True, nogil=True)
def _walk(walks: Footpaths, stop: int, there: int) -> int:
    """Seconds on foot of a change, 0 at the same stop; the shortest footpath stands first."""
    if stop != there:
        for row in range(walks.first_of_stop[stop], walks.first_of_stop[stop + 1]):
            if walks.head[row] == there:
                return int(walks.duration[row])
    return 0


@njit(cache=True, nogil=True)
def _change(tables: DayTables, before: Int32Array, after: Int32Array) -> bool:
    """Change between two rides with the shortest walk that is possible, as soon as possible.

    Returns whether it is elsewhere. The row before the footpaths of a stop stands for staying.
    """
    patterns, walks = tables.patterns, tables.footpaths
    stop_of_position, can_board = patterns.stop_of_position, patterns.can_board
    departure, arrival = patterns.departure, patterns.arrival
    first, event, length = calls_of(patterns, before[TRIP])
    other_first, other_event, _ = calls_of(patterns, after[TRIP])
    least = _walk(
        walks,
        stop_of_position[first + before[ALIGHT]],
        stop_of_position[other_first + after[BOARD]],
    )
    if least == 0:
        return False
    is_better = False
    last = departure[other_event + after[ALIGHT] - 1]
    for alight in range(before[BOARD] + 1, length):
        comes = arrival[event + alight]
        if comes > last:
            break  # too late, and so it is at all later stops
        if patterns.can_alight[first + alight] == 0:
            continue
        stop = stop_of_position[first + alight]
        begin = walks.first_of_stop[stop]
        for row in range(begin - 1, walks.first_of_stop[stop + 1]):
            if row < begin:
                there, walk, change = stop, 0, walks.change_time[stop]
            else:
                there, walk = walks.head[row], walks.duration[row]
                change = walk
                if there == stop:
                    continue
            if walk > least:
                break
            for board in range(after[ALIGHT]):
                at = other_first + board
                if stop_of_position[at] != there or can_board[at] == 0:
                    continue
                is_first = is_better and alight == before[ALIGHT] and board < after[BOARD]
                if (walk < least or is_first) and departure[other_event + board] >= comes + change:
                    least, before[ALIGHT], after[BOARD] = walk, alight, board
                    is_better = True
    return is_better


@njit(cache=True, nogil=True)
def tidy(
    tables: DayTables, access_stop: Int32Array, access_duration: Int32Array,
    access_ride: Int32Array, egress_stop: Int32Array, egress_duration: Int32Array,
    egress_ride: Int32Array, soonest: int, latest: int, ends: Int32Array, rides: Int32Array,
) -> bool:  # fmt: skip
    """Change a journey for the better in place; return whether it was.

    Parameters
    ----------
    soonest, latest
        Bounds on departure and arrival, s.
    ends
        Departure, arrival, row of the access and of the egress, (4,).
    rides
        Trip, position of boarding and of alighting, (n_rides, 3).
    """
    access = Ways(access_stop, access_duration, access_ride)
    egress = Ways(egress_stop, egress_duration, egress_ride)
    is_better = _move(tables.patterns, egress, ALIGHT, latest, ends, rides[-1])
    is_better |= _move(tables.patterns, access, BOARD, soonest, ends, rides[0])
    for place in range(rides.shape[0] - 1):
        is_better |= _change(tables, rides[place], rides[place + 1])
    return is_better
