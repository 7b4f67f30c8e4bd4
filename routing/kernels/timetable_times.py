"""Fill in and check the times of trips."""

import numpy as np
from numba import njit

from routing.layout import Float64Array, Int32Array, UInt8Array

GOOD, SHORT, OPEN_END, BACKWARDS = 0, 1, 2, 3  # verdicts on a trip
_UNSET = -1  # a blank time


@njit(cache=True, nogil=True)
def _interpolate(
    left: int,
    right: int,
    distance: Float64Array,
    arrival: Int32Array,
    departure: Int32Array,
) -> None:
    """Spread the blank times between two rows with times; modifies `arrival`, `departure`.

    By distance where it grows from row to row over the gap, else evenly by row.
    """
    grows = True
    for row in range(left, right):
        if not distance[row + 1] > distance[row]:  # false for NaN, too
            grows = False
    start, span = departure[left], arrival[right] - departure[left]
    for row in range(left + 1, right):
        if grows:
            part = span * (distance[row] - distance[left])
            time = start + int(np.floor(part / (distance[right] - distance[left])))
        else:
            time = start + span * (row - left) // (right - left)
        arrival[row] = time
        departure[row] = time


@njit(cache=True, nogil=True)
def _verdict(first: int, last: int, arrival: Int32Array, departure: Int32Array) -> int:
    """Judge the trip of rows first..last after its blanks have been filled."""
    for row in range(first, last + 1):
        if departure[row] < arrival[row]:
            return BACKWARDS
        if row > first and arrival[row] < departure[row - 1]:
            return BACKWARDS
    return GOOD


@njit(cache=True, nogil=True)
def fill_times(
    first_of_trip: Int32Array,  # (n_trips + 1,)
    distance: Float64Array,  # (n_rows,) any unit; NaN where blank
    arrival: Int32Array,  # (n_rows,) in and out
    departure: Int32Array,  # (n_rows,) in and out
    verdict: UInt8Array,  # (n_trips,) out
) -> int:
    """Fill blank times and judge every trip; return the number of rows that were interpolated."""
    filled = 0
    for trip in range(verdict.size):
        first, last = first_of_trip[trip], first_of_trip[trip + 1] - 1
        if last - first < 1:
            verdict[trip] = SHORT
            continue
        for row in range(first, last + 1):
            if arrival[row] == _UNSET:
                arrival[row] = departure[row]
            if departure[row] == _UNSET:
                departure[row] = arrival[row]
        if arrival[first] == _UNSET or arrival[last] == _UNSET:
            verdict[trip] = OPEN_END
            continue
        left = first
        for row in range(first + 1, last + 1):
            if arrival[row] == _UNSET:
                filled += 1
                continue
            if row - left > 1:
                _interpolate(left, row, distance, arrival, departure)
            left = row
        verdict[trip] = _verdict(first, last, arrival, departure)
    return filled
