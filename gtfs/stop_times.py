"""stop_times.txt → stop times by trip, in order of travel, without blanks.

What is repaired: rows in any order are sorted; of a blank arrival or departure the other one is
taken; rows with neither are interpolated. What is left out, with a notice: rows of unknown trips or
stops, and trips with fewer than two stops, without a time at their ends, with times that run
backwards, or with a time or sequence that cannot be read. A file of which most times or sequences
cannot be read is an error.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.columns import UNREADABLE, UNSET, Column
from gtfs.read import ROW, Feed
from gtfs.tables import readonly
from gtfs.translations import FILE as TRANSLATIONS
from routing.kernels import timetable_times as kernels
from routing.layout import (
    NONE,
    BoolArray,
    Float64Array,
    Int32Array,
    Int64Array,
    UInt8Array,
    first_of,
    frozen,
)

FILE = "stop_times.txt"
_REQUIRED = ("trip_id", "stop_id", "arrival_time", "departure_time", "stop_sequence")
_OPTIONAL = ("pickup_type", "drop_off_type", "shape_dist_traveled")
_ZONES = ("location_group_id", "location_id")
_EXTRAS = (
    "stop_headsign",
    "continuous_pickup",
    "continuous_drop_off",
    "timepoint",
    "pickup_booking_rule_id",
    "drop_off_booking_rule_id",
)
_TRIP_LOST = "the trip is left out"


class StopTimes(NamedTuple):
    """Stop times of one feed; trips that cannot be ridden have no rows."""

    first_of_trip: Int32Array  # (n_trips + 1,)
    stop: Int32Array
    arrival: Int32Array
    departure: Int32Array
    sequence: Int32Array
    pickup: UInt8Array
    drop_off: UInt8Array
    row: Int32Array  # row of `extras` that each comes from
    extras: pl.DataFrame  # columns of the file that say more; those it has, ids if translated


class _Rows(NamedTuple):
    """Rows of the file as numbers."""

    trip: Int32Array
    stop: Int32Array
    arrival: Int32Array
    departure: Int32Array
    sequence: Int32Array
    pickup: UInt8Array
    drop_off: UInt8Array
    distance: Float64Array
    row: Int32Array  # of the file, from 0
    is_broken: BoolArray  # a cell that the trip needs cannot be read

    def take(self, which: BoolArray | Int64Array) -> "_Rows":
        """Choose rows by mask or index."""
        return _Rows._make(column[which] for column in self)


def _known_rows(
    feed: Feed, table: pl.DataFrame, trip: Int32Array, stop: Int32Array, is_zone: BoolArray
) -> BoolArray:
    """Mark the rows whose trip and stop exist; count the others, but for those of zones."""
    trips, stops = (Column(feed, FILE, table, name) for name in ("trip_id", "stop_id"))
    trips.warn(trip == NONE, "unknown_trip", "no such trip; the row is left out")
    lost = (stop == NONE) & ~is_zone
    stops.warn(lost, "unknown_stop", "no such stop; the row is left out")
    return np.asarray((trip != NONE) & (stop != NONE))


def _in_zone(feed: Feed, table: pl.DataFrame, zone_ids: pl.Series) -> BoolArray:
    """Mark the rows that name a zone of demand-responsive service in place of a stop."""
    zones = feed.table(FILE, (), _ZONES)
    named = zones.filter(pl.any_horizontal(pl.col(*_ZONES) != ""))[ROW]
    by_column = table[ROW].is_in(named.implode()) & (table["stop_id"] == "")
    return (by_column | table["stop_id"].is_in(zone_ids.implode())).to_numpy()


def _order(trip: Int32Array, sequence: Int32Array) -> Int64Array | None:
    """Return the order by trip and sequence, `None` if the rows stand in it already."""
    key = trip.astype(np.int64) << 32 | sequence
    if np.all(key[1:] >= key[:-1]):
        return None
    return np.argsort(key, kind="stable")


def _distances(feed: Feed, table: pl.DataFrame, blank: bool) -> Float64Array:
    """Distances along the shape, read only where they help to fill a blank time."""
    if not blank:
        return np.full(table.height, np.nan)
    return Column(feed, FILE, table, "shape_dist_traveled").decimals(-1e12, 1e12)


def _permission(feed: Feed, table: pl.DataFrame, name: str) -> UInt8Array:
    return Column(feed, FILE, table, name).codes(3, f"unknown_{name}").astype(np.uint8)


def _read_rows(
    feed: Feed, trip_ids: pl.Series, stop_ids: pl.Series, zone_ids: pl.Series
) -> tuple[_Rows, pl.DataFrame, Int32Array]:
    """Read the rows of known trips and stops in order of travel, all extras, flexible trips."""
    table = feed.table(FILE, _REQUIRED, _OPTIONAL, _EXTRAS)
    ids = ("trip_id", "stop_sequence") if feed.has(TRANSLATIONS) else ()
    extras = table.select(ROW, *ids, *(name for name in _EXTRAS if name in table.columns))
    trip_id, stop_id, arrives, leaves, sequence = (
        Column(feed, FILE, table, name) for name in _REQUIRED
    )
    trip, stop = trip_id.indices(trip_ids), stop_id.indices(stop_ids)
    arrival, departure = (column.times(_TRIP_LOST) for column in (arrives, leaves))
    order = sequence.needed_integers(_TRIP_LOST)
    rows = _Rows(
        trip,
        stop,
        arrival,
        departure,
        order,
        _permission(feed, table, "pickup_type"),
        _permission(feed, table, "drop_off_type"),
        _distances(feed, table, bool(((arrival == UNSET) & (departure == UNSET)).any())),
        np.arange(table.height, dtype=np.int32),
        (arrival == UNREADABLE) | (departure == UNREADABLE) | (order == UNREADABLE),
    )
    is_zone = np.zeros(table.height, np.bool_)
    if (stop == NONE).any():
        is_zone = (stop == NONE) & _in_zone(feed, table, zone_ids)
        if len(zone_ids) == 0:
            message = "served by zone, but the feed has no zones; not in the timetable"
            stop_id.warn(is_zone, "flexible_stop_time", message)
    known = _known_rows(feed, table, trip, stop, is_zone)
    if not known.all():
        rows = rows.take(known)
    by_trip = _order(rows.trip, rows.sequence)
    flexible = np.unique(trip[is_zone & (trip != NONE)])
    return (rows if by_trip is None else rows.take(by_trip)), extras, flexible


def read_stop_times(
    feed: Feed, trip_ids: pl.Series, stop_ids: pl.Series, zone_ids: pl.Series
) -> StopTimes:
    """Read the stop times of the trips of a feed; rows in zones are those of `gtfs.flex`.

    Raises
    ------
    BadValueError
        If most of a needed column cannot be read.
    """
    rows, extras, flexible = _read_rows(feed, trip_ids, stop_ids, zone_ids)
    first = first_of(rows.trip, len(trip_ids))
    arrival, departure = np.array(rows.arrival), np.array(rows.departure)
    verdict = np.zeros(len(trip_ids), np.uint8)
    distance = readonly(rows.distance, np.float64)
    filled = kernels.fill_times(first, distance, arrival, departure, verdict)
    if filled:
        feed.notices.add("interpolated_time", FILE, "a blank time is interpolated", count=filled)
    verdict[rows.trip[rows.is_broken]] = _BROKEN
    is_short = np.isin(np.arange(verdict.size), flexible) & (verdict == kernels.SHORT)
    verdict[is_short] = _FLEXIBLE
    _report(feed, verdict, first, trip_ids)
    keep = verdict == kernels.GOOD
    counts = np.where(keep, np.diff(first), 0)
    kept = np.repeat(keep, np.diff(first))
    return StopTimes(
        frozen(np.concatenate([[0], np.cumsum(counts)])),
        rows.stop[kept],
        arrival[kept],
        departure[kept],
        rows.sequence[kept],
        rows.pickup[kept],
        rows.drop_off[kept],
        rows.row[kept],
        extras,
    )


_BROKEN, _FLEXIBLE = 9, 10  # verdicts beside those of the kernel
_FAULTS = (
    (_BROKEN, "trip_with_unreadable_cell", "a time or sequence cannot be read"),
    (kernels.OPEN_END, "trip_without_end_times", "its first or last time is blank"),
    (kernels.BACKWARDS, "trip_runs_backwards", "its times run backwards"),
)


def _report(feed: Feed, verdict: UInt8Array, first: Int32Array, trip_ids: pl.Series) -> None:
    """Count the trips that are left out."""
    empty = (np.diff(first) == 0) & (verdict != _FLEXIBLE)
    faults = [(verdict == code, name, f"{why}; {_TRIP_LOST}") for code, name, why in _FAULTS]
    single = (verdict == kernels.SHORT) & ~empty
    faults += [
        (single, "trip_with_one_stop", "it has one stop only; the trip is left out"),
        (empty, "trip_without_stops", "it has no stop times; the trip is left out"),
    ]
    for bad, code, message in faults:
        found = np.flatnonzero(bad)
        samples = [(0, str(trip_ids[int(i)])) for i in found[: feed.notices.wants(code)]]
        if samples:
            feed.notices.add_rows(code, FILE, "trip_id", message, samples, int(found.size))
