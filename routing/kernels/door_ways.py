"""Ways between a door and stops, made of the row of a road search: on foot, by taxi, by others.

`ways` has the columns of `maas.feeders.Ways`: stop, s under way, m, s of waiting, carrier.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.nearest_stops import apart_m
from routing.layout import NONE, UNREACHED, BoolArray, Float64Array, Int32Array, Int64Array

WORTHWHILE = 0.75  # a taxi to a line must cost less than so much of a taxi all the way


class Fleets(NamedTuple):
    """Taxi fleets: how soon they come, where they take up, what they charge by day."""

    wait: Int32Array  # (n_fleets,) s
    seats: Int32Array  # (n_fleets,)
    first_fare: Int64Array  # (n_fleets,) minor units, for rides up to `first_m`
    first_m: Int32Array  # (n_fleets,)
    step_fare: Int64Array  # (n_fleets,) minor units for each begun step beyond
    step_m: Int32Array  # (n_fleets,)
    covers: BoolArray  # (n_fleets, n_stops) where they take up


class Rival(NamedTuple):
    """A taxi all the way: what a taxi to a line has to be better than."""

    lat: float  # of the other end of the journey
    lon: float
    duration: int  # s
    price: int  # minor units, for the party


class Visits(NamedTuple):
    """Stops of patterns where a trip can be boarded or, at the end of a journey, left."""

    first_of_stop: Int32Array  # (n_stops + 1,) visit
    pattern: Int32Array  # (n_visits,)


@njit(cache=True, nogil=True)
def _is_held(duration: int, distance: int, is_served: bool, limit_m: float) -> bool:
    """Whether a stop is reached, served and not too far."""
    return duration < UNREACHED and distance <= limit_m and is_served


@njit(cache=True, nogil=True)
def hold(
    duration: Int32Array,  # (n_stops,) s, changed
    distance: Int32Array,  # (n_stops,) m
    served: BoolArray,  # (n_stops,)
    limit_m: float,
    percent: int,  # of the time that roads tell
) -> None:
    """Let what is too far or not served be out of reach, and slow the rest."""
    for stop in range(duration.size):
        if _is_held(duration[stop], distance[stop], served[stop], limit_m):
            duration[stop] = -(-int(duration[stop]) * percent // 100)
        else:
            duration[stop] = UNREACHED


@njit(cache=True, nogil=True)
def list_ways(
    duration: Int32Array,  # (n_stops,) s
    distance: Int32Array,  # (n_stops,) m
    wait: int,  # s
    carrier: int,
) -> Int32Array:
    """List the ways to the stops that are reached, (5, n_ways)."""
    ways = np.empty((5, (duration < UNREACHED).sum()), np.int32)
    n_ways = 0
    for stop in range(duration.size):
        if duration[stop] < UNREACHED:
            ways[0, n_ways], ways[1, n_ways], ways[2, n_ways] = stop, duration[stop], distance[stop]
            ways[3, n_ways], ways[4, n_ways] = wait, carrier
            n_ways += 1
    return ways


@njit(cache=True, nogil=True)
def _lower(visits: Visits, stop: int, duration: int, least: Int32Array) -> None:
    """Tell the patterns of a stop when it is reached."""
    for visit in range(visits.first_of_stop[stop], visits.first_of_stop[stop + 1]):
        pattern = visits.pattern[visit]
        least[pattern] = min(least[pattern], duration)


@njit(cache=True, nogil=True)
def _is_soonest(visits: Visits, stop: int, duration: int, least: Int32Array) -> bool:
    """Whether no stop of some pattern of a stop is reached sooner."""
    for visit in range(visits.first_of_stop[stop], visits.first_of_stop[stop + 1]):
        if least[visits.pattern[visit]] == duration:
            return True
    return False


@njit(cache=True, nogil=True)
def mark_soonest(
    visits: Visits,
    stop: Int32Array,  # (n_ways,) stop
    duration: Int32Array,  # (n_ways,) s
    soonest: Int32Array,  # (n_stops,) scratch
    least: Int32Array,  # (n_patterns,) scratch
    is_soonest: BoolArray,  # (n_ways,) out
) -> None:
    """Mark all ways to the stops that are the soonest ones of a pattern; of equal stops each."""
    least[:] = UNREACHED
    for way in range(stop.size):
        soonest[stop[way]] = UNREACHED
    for way in range(stop.size):
        soonest[stop[way]] = min(soonest[stop[way]], duration[way])
        _lower(visits, stop[way], duration[way], least)
    for way in range(stop.size):
        is_soonest[way] = _is_soonest(visits, stop[way], soonest[stop[way]], least)


@njit(cache=True, nogil=True)
def farthest_m(fleets: Fleets, fleet: int, party: int, rival: Rival) -> int:
    """Length of the longest ride by day that is worth its price; NONE where no ride is."""
    if rival.duration == NONE:
        return UNREACHED
    most = math.ceil(WORTHWHILE * rival.price) - 1
    beyond = most // -(-party // fleets.seats[fleet]) - fleets.first_fare[fleet]
    if beyond < 0:
        return NONE
    if fleets.step_fare[fleet] == 0:
        return UNREACHED
    n_steps = beyond // fleets.step_fare[fleet]
    return min(UNREACHED, int(fleets.first_m[fleet] + n_steps * fleets.step_m[fleet]))


@njit(cache=True, nogil=True)
def taxi_ways(
    duration: Int32Array,  # (n_stops,) s
    distance: Int32Array,  # (n_stops,) m
    served: BoolArray,  # (n_stops,)
    limit_m: float,
    on_foot: Int32Array,  # (n_stops,) s between stop and car; UNREACHED where that is too far
    door: int,  # s between door and car
    is_origin: bool,  # whether the ways begin at the door
    near: Int32Array,  # (n_near,) fleets that may come
    party: int,
    fleets: Fleets,
    rival: Rival,  # of NONE s where there is none
    s_per_m: float,  # that lines take at least, as the crow flies
    lat: Float64Array,  # (n_stops,) degrees
    lon: Float64Array,  # (n_stops,) degrees
    visits: Visits,
    n_patterns: int,
) -> Int32Array:
    """List the rides, (5, n_ways) fleet by fleet, that nothing beats.

    A taxi all the way beats a ride if the whole journey cannot be quicker, unless the ride costs
    much less. A stop beats another if it is reached sooner and has the same patterns.
    """
    reached = np.empty((4, (duration < UNREACHED).sum()), np.int32)
    stops, rides, quick, soonest = reached[0], reached[1], reached[2], reached[3]
    most_m = np.empty(near.size, np.int64)
    for i in range(near.size):
        most_m[i] = farthest_m(fleets, near[i], party, rival)
    worth_m = most_m.min()  # all fleets are worth their price up to there
    least = np.full(n_patterns, UNREACHED, np.int32)
    n_reached, phi = 0, math.radians(rival.lat)
    for stop in range(duration.size):
        if not _is_held(duration[stop], distance[stop], served[stop], limit_m):
            continue
        ride = int(duration[stop]) + int(on_foot[stop]) + door
        if ride >= UNREACHED:
            continue
        is_quick = False
        if distance[stop] > worth_m and ride < rival.duration:
            metres = apart_m(phi, rival.lon, math.radians(lat[stop]), lon[stop])
            is_quick = ride + metres * s_per_m < rival.duration
        wait = UNREACHED
        for i in range(near.size):
            is_useful = is_quick or distance[stop] <= most_m[i]
            if is_useful and (is_origin or fleets.covers[near[i], stop]):
                wait = min(wait, fleets.wait[near[i]])
        if wait == UNREACHED:
            continue
        stops[n_reached], rides[n_reached], quick[n_reached] = stop, ride, is_quick
        soonest[n_reached] = ride + max(0, wait - (door if is_origin else on_foot[stop]))
        _lower(visits, stop, soonest[n_reached], least)
        n_reached += 1
    n_kept = 0
    for row in range(n_reached):
        if _is_soonest(visits, stops[row], soonest[row], least):
            stops[n_kept], rides[n_kept], quick[n_kept] = stops[row], rides[row], quick[row]
            n_kept += 1
    ways, n_ways = np.empty((5, near.size * n_kept), np.int32), 0
    for i in range(near.size):
        fleet = near[i]
        for row in range(n_kept):
            stop = stops[row]
            is_useful = quick[row] != 0 or distance[stop] <= most_m[i]
            if is_useful and (is_origin or fleets.covers[fleet, stop]):
                wait = max(0, fleets.wait[fleet] - (door if is_origin else on_foot[stop]))
                ways[0, n_ways], ways[1, n_ways], ways[2, n_ways] = stop, rides[row], distance[stop]
                ways[3, n_ways], ways[4, n_ways] = wait, fleet
                n_ways += 1
    return ways[:, :n_ways]
