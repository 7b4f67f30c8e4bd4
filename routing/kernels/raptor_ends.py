"""What RAPTOR searches write to, and how the two ends of a journey are entered there."""

from typing import NamedTuple

from numba import njit

from routing.kernels.raptor_journeys import from_access
from routing.layout import NONE, UNREACHED, Int32Array, UInt8Array

NO_POSITION = 2**30  # the pattern is not queued
NO_EGRESS = 2**30 + 2**29  # s; with any time added it exceeds UNREACHED and fits in int32


class NearStops(NamedTuple):
    """Stops near one end of a journey; a stop may stand there several times."""

    stop: Int32Array  # (n,) stop
    duration: Int32Array  # (n,) s between the end of the journey and the stop


class Scratch(NamedTuple):
    """Writable memory of one query object; between queries `egress` is unset, flags are down."""

    ready: Int32Array  # (n_stops * n_columns,) s
    arrived: Int32Array  # (n_stops * n_columns,) s
    ready_parent: Int32Array  # (n_stops,) log entry of the ride before, or `from_access(row)`
    arrived_entry: Int32Array  # (n_stops,) log entry
    egress: Int32Array  # (n_stops,) s from the stop to the destination
    to_end: Int32Array  # (n_stops,) s from the stop to the destination, at least
    nearest: Int32Array  # (n_clusters,) as in `routing.kernels.bounds.bound_ways`
    egress_row: Int32Array  # (n_stops,) row of the egress
    first_position: Int32Array  # (n_patterns,) first position to scan, NO_POSITION if not queued
    last_position: Int32Array  # (n_patterns,) last marked position of a queued pattern
    queue: Int32Array  # (n_patterns,) pattern
    marked: Int32Array  # (n_stops,) stop
    is_marked: UInt8Array  # (n_stops,)
    touched: Int32Array  # (n_stops,) stop
    is_touched: UInt8Array  # (n_stops,)
    log: Int32Array  # (n_log, 4) ride: trip, board position, alight position, parent entry


@njit(cache=True, nogil=True)
def row_of_unknown(stop: Int32Array, n_stops: int) -> int:
    """First row whose stop is none of so many; `NONE` where there is no such row."""
    for row in range(stop.size):
        if not 0 <= stop[row] < n_stops:
            return row
    return NONE


@njit(cache=True, nogil=True)
def set_egress(near: NearStops, scratch: Scratch) -> int:
    """Enter the quickest egress of each stop; return the quickest of all."""
    stops, durations, egress, egress_row = (
        near.stop,
        near.duration,
        scratch.egress,
        scratch.egress_row,
    )
    least = UNREACHED
    for row in range(stops.size):
        stop, duration = stops[row], durations[row]
        if duration < egress[stop]:
            egress[stop] = duration
            egress_row[stop] = row
            least = min(least, duration)
    return least


@njit(cache=True, nogil=True)
def unset_egress(near: NearStops, scratch: Scratch) -> None:
    """Take the egress of a query out again."""
    stops, egress = near.stop, scratch.egress
    for row in range(stops.size):
        egress[stops[row]] = NO_EGRESS


@njit(cache=True, nogil=True)
def seed(access: NearStops, departure: int, n_columns: int, scratch: Scratch) -> int:
    """Make the stops of the access ready; return the number of marked stops."""
    stops, durations = access.stop, access.duration
    ready, parents = scratch.ready, scratch.ready_parent
    marked, is_marked = scratch.marked, scratch.is_marked
    n_marked = 0
    for row in range(stops.size):
        time = departure + durations[row]
        n_marked = seed_column(
            stops[row], time, from_access(row), 0, n_columns, n_marked, ready, parents, marked,
            is_marked,
        )  # fmt: skip
    return n_marked


@njit(cache=True, nogil=True)
def seed_column(
    stop: int,
    time: int,
    parent: int,
    column: int,
    n_columns: int,
    n_marked: int,
    ready: Int32Array,
    ready_parent: Int32Array,
    marked: Int32Array,
    is_marked: UInt8Array,
) -> int:
    """Make a stop ready in a column and all later ones; return the number of marked stops."""
    label = stop * n_columns
    if time >= ready[label + column]:
        return n_marked
    for later in range(label + column, label + n_columns):
        if ready[later] <= time:
            break
        ready[later] = time
    ready_parent[stop] = parent
    if is_marked[stop] == 0:
        is_marked[stop] = 1
        marked[n_marked] = stop
        n_marked += 1
    return n_marked
