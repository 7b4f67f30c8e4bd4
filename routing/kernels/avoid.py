"""Which segments touch a polygon."""

from numba import njit

from routing.layout import NONE, Float64Array, Int32Array, UInt8Array
from routing.road_layout import Points


@njit(cache=True, nogil=True)
def _is_inside(corners: Float64Array, x: float, y: float) -> bool:
    """Whether a place lies in a polygon, by the crossings of a ray."""
    inside = False
    other = corners.shape[0] - 1
    for corner in range(corners.shape[0]):
        a_y, b_y = corners[corner, 1], corners[other, 1]
        if (a_y > y) != (b_y > y):
            a_x, b_x = corners[corner, 0], corners[other, 0]
            if x < (b_x - a_x) * (y - a_y) / (b_y - a_y) + a_x:
                inside = not inside
        other = corner
    return inside


@njit(cache=True, nogil=True)
def _side(a_x: float, a_y: float, b_x: float, b_y: float, x: float, y: float) -> float:
    return (b_x - a_x) * (y - a_y) - (b_y - a_y) * (x - a_x)


@njit(cache=True, nogil=True)
def _crosses(
    a_x: float, a_y: float, b_x: float, b_y: float, c_x: float, c_y: float, d_x: float, d_y: float
) -> bool:
    """Whether two lines that are not parallel have a point in common."""
    c_side, d_side = _side(a_x, a_y, b_x, b_y, c_x, c_y), _side(a_x, a_y, b_x, b_y, d_x, d_y)
    a_side, b_side = _side(c_x, c_y, d_x, d_y, a_x, a_y), _side(c_x, c_y, d_x, d_y, b_x, b_y)
    return c_side * d_side <= 0 and a_side * b_side <= 0 and (c_side != d_side or a_side != b_side)


@njit(cache=True, nogil=True)
def mark_touching(
    points: Points, of_piece: Int32Array, corners: Float64Array, is_hit: UInt8Array
) -> None:
    """Mark in `is_hit`, (n_segments,), the segments of which a piece touches the polygon."""
    west, east = corners[:, 0].min(), corners[:, 0].max()
    south, north = corners[:, 1].min(), corners[:, 1].max()
    for piece in range(of_piece.size):
        segment = of_piece[piece]
        if segment == NONE or is_hit[segment]:
            continue
        a_x, a_y = points.lon[piece], points.lat[piece]
        b_x, b_y = points.lon[piece + 1], points.lat[piece + 1]
        if max(a_x, b_x) < west or min(a_x, b_x) > east:
            continue
        if max(a_y, b_y) < south or min(a_y, b_y) > north:
            continue
        if _is_inside(corners, a_x, a_y):
            is_hit[segment] = 1
            continue
        other = corners.shape[0] - 1
        for corner in range(corners.shape[0]):
            c_x, c_y = corners[other, 0], corners[other, 1]
            if _crosses(a_x, a_y, b_x, b_y, c_x, c_y, corners[corner, 0], corners[corner, 1]):
                is_hit[segment] = 1
                break
            other = corner
