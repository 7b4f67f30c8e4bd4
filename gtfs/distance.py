"""Great-circle distances."""

import numpy as np

from routing.layout import Float64Array

EARTH_M = 6_371_008.8  # mean radius


def metres_between(
    lon: Float64Array, lat: Float64Array, to_lon: Float64Array, to_lat: Float64Array
) -> Float64Array:
    """Metres between places, element by element; NaN where one of them is unknown."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    half = np.sin((to_phi - phi) / 2) ** 2
    half += np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1))))


def metres_along(lon: Float64Array, lat: Float64Array) -> Float64Array:
    """Metres from the first point to each point of a line."""
    steps = metres_between(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.concatenate([[0.0], np.cumsum(steps)])
