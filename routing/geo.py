"""Distances on the sphere."""

from math import asin, cos, radians, sin, sqrt

import numpy as np

from routing.layout import Float64Array

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance, m, by the haversine formula."""
    phi_a, phi_b = radians(lat_a), radians(lat_b)
    half_lat = sin((phi_b - phi_a) / 2)
    half_lon = sin(radians(lon_b - lon_a) / 2)
    h = half_lat * half_lat + cos(phi_a) * cos(phi_b) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h)))


def beeline_m(
    lon_a: Float64Array, lat_a: Float64Array, lon_b: Float64Array, lat_b: Float64Array
) -> Float64Array:
    """As `distance_m`, of arrays broadcast against each other; NaN where one is."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_lat = np.sin((phi_b - phi_a) / 2)
    half_lon = np.sin(np.radians(lon_b - lon_a) / 2)
    h = half_lat * half_lat + np.cos(phi_a) * np.cos(phi_b) * half_lon * half_lon
    metres: Float64Array = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return metres


def along_m(lon: Float64Array, lat: Float64Array) -> Float64Array:
    """Metres from the first point of a line to each of its points."""
    return np.concatenate([[0.0], np.cumsum(beeline_m(lon[:-1], lat[:-1], lon[1:], lat[1:]))])
