"""How far stops lie from the shapes of their trips."""

import numpy as np
from numba import njit

from routing.layout import Float64Array, Int32Array

_METRES_PER_DEGREE = 111_195.08  # of a great circle


@njit(cache=True, nogil=True)
def distance_to_shapes(
    shape: Int32Array,  # (n_pairs,)
    lon: Float64Array,  # (n_pairs,) degrees, of the stop
    lat: Float64Array,  # (n_pairs,)
    first_point: Int32Array,  # (n_shapes + 1,)
    point_lon: Float64Array,
    point_lat: Float64Array,
    metres: Float64Array,  # (n_pairs,) out; inf where the shape has no points
) -> None:
    """Metres from each stop to the nearest place of its shape, in a plane that touches there."""
    for pair in range(shape.size):
        first, end = first_point[shape[pair]], first_point[shape[pair] + 1]
        per_lon = _METRES_PER_DEGREE * np.cos(np.radians(lat[pair]))
        best = np.inf
        ax = ay = 0.0
        for point in range(first, end):
            bx = (point_lon[point] - lon[pair]) * per_lon
            by = (point_lat[point] - lat[pair]) * _METRES_PER_DEGREE
            if point == first:
                ax, ay = bx, by
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            part = 0.0
            if length > 0.0:
                part = min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
            x, y = ax + part * dx, ay + part * dy
            best = min(best, x * x + y * y)
            ax, ay = bx, by
        metres[pair] = np.sqrt(best)
