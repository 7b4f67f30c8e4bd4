"""RAPTOR searches as they are called from Python: all that one owns is one argument.

It is handed over as a bundle (`routing.kernels.bundles`), and the ends of a journey as plain
columns: looking at some forty arrays in tuples would take as long as a short search.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels import range_raptor, raptor
from routing.kernels.bounds import LowerBounds
from routing.kernels.raptor_ends import NearStops, Scratch
from routing.layout import DayTables, Int32Array, Int64Array


class Search(NamedTuple):
    """What a search owns."""

    tables: DayTables
    lower_bounds: LowerBounds
    scratch: Scratch
    counters: Int64Array  # (5,) work


@njit(cache=True, nogil=True)
def earliest(
    search: Search, access_stop: Int32Array, access_duration: Int32Array, egress_stop: Int32Array,
    egress_duration: Int32Array, departure: int, limit: int, journeys: Int32Array,
    rides: Int32Array,
) -> int:  # fmt: skip
    """As `raptor.earliest`."""
    access = NearStops(access_stop, access_duration)
    egress = NearStops(egress_stop, egress_duration)
    return raptor.earliest(
        search.tables, search.lower_bounds, access, egress, departure, limit, (journeys, rides),
        search.scratch, search.counters,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def earliest_in_range(
    search: Search, access_stop: Int32Array, access_duration: Int32Array, egress_stop: Int32Array,
    egress_duration: Int32Array, times: Int32Array, rows: Int32Array, visits: Int32Array, end: int,
    direct: int, journeys: Int32Array, rides: Int32Array,
) -> int:  # fmt: skip
    """As `range_raptor.earliest_in_range`, with the columns of its events."""
    access = NearStops(access_stop, access_duration)
    egress = NearStops(egress_stop, egress_duration)
    return range_raptor.earliest_in_range(
        search.tables, search.lower_bounds, access, egress, (times, rows, visits), end, direct,
        (journeys, rides), search.scratch, search.counters,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def departures(
    search: Search, stop: Int32Array, duration: Int32Array, start: int, end: int,
    times: Int32Array, rows: Int32Array, visits: Int32Array,
) -> int:  # fmt: skip
    """As `range_raptor.departures`."""
    access, patterns = NearStops(stop, duration), search.tables.patterns
    return range_raptor.departures(patterns, access, (start, end), times, rows, visits)
