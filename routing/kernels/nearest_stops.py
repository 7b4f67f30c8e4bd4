"""Nearest stops: of many ways from a door, the soonest for each pattern; of places, the nearest."""

import math

import numpy as np
from numba import njit

from routing.geo import EARTH_RADIUS_M
from routing.layout import UNREACHED, Float64Array, Int32Array, UInt8Array


@njit(cache=True, nogil=True)
def mark_soonest(
    first_position: Int32Array,  # (n_patterns + 1,) position
    stop_of_position: Int32Array,  # (n_positions,) stop
    rule: UInt8Array,  # (n_positions,) `can_board` or `can_alight`
    stop: Int32Array,  # (n_ways,) stop
    duration: Int32Array,  # (n_ways,) s
    soonest: Int32Array,  # (n_stops,) scratch
    chosen: UInt8Array,  # (n_stops,) out, all zero before
) -> None:
    """Mark the stops that are the soonest ones of a pattern; all of those that are equal."""
    soonest[:] = UNREACHED
    for row in range(stop.size):
        soonest[stop[row]] = min(soonest[stop[row]], duration[row])
    for pattern in range(first_position.size - 1):
        first, end = first_position[pattern], first_position[pattern + 1]
        least = UNREACHED
        for position in range(first, end):
            if rule[position] != 0:
                least = min(least, soonest[stop_of_position[position]])
        if least == UNREACHED:
            continue
        for position in range(first, end):
            at = stop_of_position[position]
            if rule[position] != 0 and soonest[at] == least:
                chosen[at] = 1


@njit(cache=True, nogil=True)
def nearest_m(
    lat: Float64Array,  # (n,) degrees
    lon: Float64Array,  # (n,) degrees
    other_lat: Float64Array,  # (n_others,) degrees, rising
    other_lon: Float64Array,  # (n_others,) degrees
    metres: Float64Array,  # (n,) out: to the nearest of the others; infinity where there is none
) -> None:
    """Great-circle distance from each place to the nearest of others, by the haversine formula.

    The others are looked at in both directions of latitude, until that alone is too far.
    """
    metres[:] = np.inf
    for i in range(lat.size):
        phi, cos_phi = math.radians(lat[i]), math.cos(math.radians(lat[i]))
        middle = np.searchsorted(other_lat, lat[i])
        for step in (-1, 1):
            j = middle - 1 if step < 0 else middle
            while 0 <= j < other_lat.size:
                other_phi = math.radians(other_lat[j])
                if EARTH_RADIUS_M * abs(other_phi - phi) >= metres[i]:
                    break
                half_lat = math.sin((other_phi - phi) / 2)
                half_lon = math.sin(math.radians(other_lon[j] - lon[i]) / 2)
                h = half_lat * half_lat + cos_phi * math.cos(other_phi) * half_lon * half_lon
                far = 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))
                metres[i] = min(metres[i], far)
                j += step
