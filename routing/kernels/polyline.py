"""Encoded polylines [1]_ as bytes.

.. [1] Google: Encoded Polyline Algorithm Format.
"""

from numba import njit

from routing.layout import Int64Array, UInt8Array

_CHUNK = 5  # bits in a character
_MORE = 0x20
_OFFSET = 63  # of the printable characters
MOST_BYTES = 7  # of one number: 35 bits hold ±180 degrees at precision 6


@njit(cache=True, nogil=True)
def encode(values: Int64Array, text: UInt8Array) -> int:
    """Write numbers, lat and lon in turn, as differences; return the number of bytes."""
    n_bytes = 0
    for at in range(values.size):
        before = values[at - 2] if at >= 2 else 0
        step = values[at] - before
        rest = ~(step << 1) if step < 0 else step << 1
        while rest >= _MORE:
            text[n_bytes] = (_MORE | (rest & (_MORE - 1))) + _OFFSET
            n_bytes += 1
            rest >>= _CHUNK
        text[n_bytes] = rest + _OFFSET
        n_bytes += 1
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
