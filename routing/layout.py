"""Tables of the routing package: structs of arrays, one NamedTuple per table.

Every array of a table is read-only and contiguous, made by `frozen()` or mapped from a file by
`routing.arrays`; both have the same numba signature. `first_y_of_x[x]:first_y_of_x[x + 1]` is the
range of `y`s that belong to `x`. Times are int32 seconds after the base instant of the service
date (noon minus twelve hours in the region's zone).
"""

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Int32Array: TypeAlias = npt.NDArray[np.int32]
Int64Array: TypeAlias = npt.NDArray[np.int64]
UInt32Array: TypeAlias = npt.NDArray[np.uint32]
UInt8Array: TypeAlias = npt.NDArray[np.uint8]
UInt16Array: TypeAlias = npt.NDArray[np.uint16]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Float64Array: TypeAlias = npt.NDArray[np.float64]

UNREACHED = 2**30  # s; UNREACHED + UNREACHED still fits in int32
NONE = -1  # no such index


class Patterns(NamedTuple):
    """Trips of one day, grouped into patterns that share stops and never overtake.

    Trips are numbered so that those of pattern `p` are
    `first_trip_of_pattern[p]:first_trip_of_pattern[p + 1]`, earliest first. The event of the
    `k`-th trip of `p` at position `i` is `first_event_of_pattern[p] + k * length + i`, where
    `length` is the number of positions of `p`.
    """

    first_position_of_pattern: Int32Array  # (n_patterns + 1,) position
    first_trip_of_pattern: Int32Array  # (n_patterns + 1,) trip
    first_event_of_pattern: Int32Array  # (n_patterns + 1,) event
    stop_of_position: Int32Array  # (n_positions,) stop
    can_board: UInt8Array  # (n_positions,) 1 where passengers may get on
    can_alight: UInt8Array  # (n_positions,) 1 where passengers may get off
    arrival: Int32Array  # (n_events,) s, trip-major
    departure: Int32Array  # (n_events,) s, trip-major; >= arrival
    departure_by_position: Int32Array  # (n_events,) s, position-major within the pattern
    first_visit_of_stop: Int32Array  # (n_stops + 1,) visit
    pattern_of_visit: Int32Array  # (n_visits,) pattern; boarding is allowed and not the last stop
    position_of_visit: Int32Array  # (n_visits,) position within the pattern, from 0


class Footpaths(NamedTuple):
    """Walks between stops; those out of stop `s` are sorted by duration. They are never chained."""

    first_of_stop: Int32Array  # (n_stops + 1,) row
    head: Int32Array  # (n_footpaths,) stop
    duration: Int32Array  # (n_footpaths,) s
    change_time: Int32Array  # (n_stops,) s between two trips at the same stop


class DayTables(NamedTuple):
    """Everything a timetable search reads about one service date."""

    patterns: Patterns
    footpaths: Footpaths

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return self.footpaths.change_time.size

    @property
    def n_patterns(self) -> int:
        """Number of patterns."""
        return self.patterns.first_trip_of_pattern.size - 1

    @property
    def n_trips(self) -> int:
        """Number of trips that run in the window of the day."""
        return int(self.patterns.first_trip_of_pattern[-1])


def frozen(values: npt.ArrayLike, dtype: npt.DTypeLike = np.int32) -> npt.NDArray[Any]:
    """Copy `values` into the one form that kernels accept: contiguous, typed, read-only.

    Raises
    ------
    OverflowError
        If a value does not fit into `dtype`.
    """
    wide = np.asarray(values)
    array = np.array(wide, dtype, order="C")
    if wide.dtype != array.dtype and not np.array_equal(array, wide):
        msg = f"a value does not fit in {np.dtype(dtype).name}"
        raise OverflowError(msg)
    array.flags.writeable = False
    return array


def place_in(rising: npt.NDArray[Any], value: int, side: Literal["left", "right"] = "left") -> int:
    """Return how many values of a rising array are less (`right`: not greater) than one.

    A number of another type than the array's would have numpy copy the whole array first.
    """
    return int(rising.searchsorted(rising.dtype.type(value), side))


def first_of(owner: npt.ArrayLike, n_owners: int) -> Int32Array:
    """Return CSR offsets, shape (n_owners + 1,), for rows that are sorted by `owner`."""
    counts = np.bincount(np.asarray(owner, np.int64), minlength=n_owners)
    offsets = np.zeros(n_owners + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return frozen(offsets)
