"""Great-circle distances of places, and to the nearest of others, by the haversine formula."""

import math

import numpy as np
from numba import njit

from routing.geo import EARTH_RADIUS_M
from routing.layout import Float64Array, Int32Array


@njit(cache=True, nogil=True)
def apart_m(phi: float, lon: float, other_phi: float, other_lon: float) -> float:
    """Great-circle distance by the haversine formula; latitudes in radians, lengths in degrees."""
    half_lat = math.sin((other_phi - phi) / 2)
    half_lon = math.sin(math.radians(other_lon - lon) / 2)
    h = half_lat * half_lat + math.cos(phi) * math.cos(other_phi) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


@njit(cache=True, nogil=True)
def bases_near(
    lat: Float64Array,  # (n,) degrees
    lon: Float64Array,  # (n,) degrees
    radius_m: Float64Array,  # (n,)
    at_lat: float,  # degrees
    at_lon: float,
    beyond_m: float,
    near: Int32Array,  # (n,) out
) -> int:
    """List the bases within whose radius a place lies, or so little beyond; return how many."""
    phi, n_near = math.radians(at_lat), 0
    for i in range(lat.size):
        if apart_m(phi, at_lon, math.radians(lat[i]), lon[i]) <= radius_m[i] + beyond_m:
            near[n_near] = i
            n_near += 1
    return n_near


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
        phi = math.radians(lat[i])
        middle = np.searchsorted(other_lat, lat[i])
        for step in (-1, 1):
            j = middle - 1 if step < 0 else middle
            while 0 <= j < other_lat.size:
                other_phi = math.radians(other_lat[j])
                if EARTH_RADIUS_M * abs(other_phi - phi) >= metres[i]:
                    break
                metres[i] = min(metres[i], apart_m(phi, lon[i], other_phi, other_lon[j]))
                j += step
