"""Encoded polylines [1]_ as bytes.

.. [1] Google: Encoded Polyline Algorithm Format.
"""

import numpy as np
from numba import njit

from routing.layout import Float64Array, Int64Array, UInt8Array

_CHUNK = 5  # bits in a character
_MORE = 0x20
_OFFSET = 63  # of the printable characters
_SCALE = 1e6
MOST_BYTES = 14  # of a point: 35 bits hold ±180 degrees at precision 6


@njit(cache=True, nogil=True)
def _write(step: int, n_bytes: int, text: UInt8Array) -> int:
    """Append a number; return the number of bytes."""
    rest = ~(step << 1) if step < 0 else step << 1
    while rest >= _MORE:
        text[n_bytes] = (_MORE | (rest & (_MORE - 1))) + _OFFSET
        n_bytes += 1
        rest >>= _CHUNK
    text[n_bytes] = rest + _OFFSET
    return n_bytes + 1


@njit(cache=True, nogil=True)
def encode(lon: Float64Array, lat: Float64Array, text: UInt8Array) -> int:
    """Write points, degrees, as differences at precision 6; return the number of bytes."""
    n_bytes, north_before, east_before = 0, 0, 0
    for point in range(lon.size):
        north, east = int(np.rint(lat[point] * _SCALE)), int(np.rint(lon[point] * _SCALE))
        n_bytes = _write(north - north_before, n_bytes, text)
        n_bytes = _write(east - east_before, n_bytes, text)
        north_before, east_before = north, east
    return n_bytes


@njit(cache=True, nogil=True)
def decode(text: UInt8Array, values: Int64Array) -> int:
    """Read numbers; return how many, or -1 if the text is no polyline."""
    n_values, shift = 0, 0
    number = 0
    for at in range(text.size):
        chunk = int(text[at]) - _OFFSET
        if chunk < 0 or chunk >= 2 * _MORE or shift >= MOST_BYTES * _CHUNK:
            return -1
        number |= (chunk & (_MORE - 1)) << shift
        shift += _CHUNK
        if chunk < _MORE:
            before = values[n_values - 2] if n_values >= 2 else 0
            values[n_values] = before + (~(number >> 1) if number & 1 else number >> 1)
            n_values += 1
            number, shift = 0, 0
    return n_values if shift == 0 and n_values % 2 == 0 else -1
