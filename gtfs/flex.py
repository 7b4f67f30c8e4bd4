"""Flexible rows of stop_times.txt → demand-responsive services (GTFS-Flex).

A service is a pair of rows of one trip: where and when it takes passengers up, and where and when
it sets them down, at least one of them in a zone. A single row stands for rides within its zone.
Rows whose window is shorter than ten minutes let a bus on a line deviate from it; they are counted
and not offered. Times of rides are those of the road times `factor`, plus `offset`.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from gtfs.columns import Column, positions_in
from gtfs.read import Feed
from gtfs.zones import Zones, has_zones, read_zones
from routing.layout import NONE, Float64Array, Int32Array

FILE = "stop_times.txt"
_COLUMNS = (
    "trip_id",
    "stop_id",
    "location_id",
    "location_group_id",
    "stop_sequence",
    "pickup_type",
    "drop_off_type",
    "arrival_time",
    "departure_time",
)
_WINDOW = ("start_pickup_drop_off_window", "end_pickup_drop_off_window")
_OLD = {  # columns of earlier drafts
    _WINDOW[0]: "start_pickup_dropoff_window",
    _WINDOW[1]: "end_pickup_dropoff_window",
    "pickup_booking_rule_id": "pickup_booking_rule_id",
    "drop_off_booking_rule_id": "dropoff_booking_rule_id",
}
_TRIPS = "trips.txt"
_FACTORS = ("safe_duration_factor", "mean_duration_factor")
_OFFSETS = ("safe_duration_offset", "mean_duration_offset")  # in trips.txt s, in drafts minutes
_SHORTEST = 600  # s; a shorter window only lets a line deviate
_MOST_PAIRS = 50  # of one trip
_MOST_CALLS = 1_000  # of one trip
_FORBIDDEN = 1  # pickup_type, drop_off_type


class FlexPart(NamedTuple):
    """Demand-responsive services of one feed."""

    zones: Zones
    services: pl.DataFrame  # as FlexTable


class _Row(NamedTuple):
    """A row of a trip that takes up or sets down in a zone or at a stop, in a window."""

    trip: int
    zone: int
    stop: int
    start: int
    end: int
    pickup: int
    drop_off: int
    pickup_rule: int
    drop_off_rule: int
    factor: float
    offset: float

    @property
    def is_flexible(self) -> bool:
        """Whether it is a zone with a window that is long enough to be offered."""
        return self.zone != NONE and self.end - self.start >= _SHORTEST


SCHEMA: dict[str, Any] = {
    "trip": pl.Int32,
    "from_zone": pl.Int32,
    "from_stop": pl.Int32,
    "to_zone": pl.Int32,
    "to_stop": pl.Int32,
    "start": pl.Int32,
    "end": pl.Int32,
    "last_arrival": pl.Int32,
    "pickup_rule": pl.Int32,
    "drop_off_rule": pl.Int32,
    "factor": pl.Float64,
    "offset": pl.Int32,
}


def read_flex(
    feed: Feed, trips: pl.DataFrame, stop_ids: pl.Series, rule_ids: pl.Series
) -> FlexPart:
    """Read the demand-responsive services of a feed; `trips` are the rows of trips.txt."""
    zones = read_zones(feed, stop_ids)
    if not has_zones(feed):
        return FlexPart(zones, _of_trips(pl.DataFrame(schema=SCHEMA), trips))
    rows = _rows(feed, zones, _Ids(trips["id"], stop_ids, rule_ids))
    services: list[tuple[float, ...]] = []
    short = sum(row.zone != NONE and not row.is_flexible for row in rows)
    if short:
        message = "a line that deviates on demand; the deviation is not offered"
        feed.notices.add("route_deviation", FILE, message, count=short)
    for _, of_trip in groupby(rows, key=lambda row: row.trip):
        calls = list(islice(of_trip, _MOST_CALLS + 1))
        pairs = list(islice(_pairs(calls[:_MOST_CALLS]), _MOST_PAIRS + 1))
        if len(calls) > _MOST_CALLS or len(pairs) > _MOST_PAIRS:
            message = f"a trip joins zones in more than {_MOST_PAIRS} ways; the rest is left out"
            feed.notices.add("too_many_flex_pairs", FILE, message)
        services += pairs[:_MOST_PAIRS]
    frame = pl.DataFrame(services, schema=SCHEMA, orient="row").unique(maintain_order=True)
    return FlexPart(zones, _of_trips(frame, trips))


def _of_trips(services: pl.DataFrame, trips: pl.DataFrame) -> pl.DataFrame:
    """Add the id, line and service of the trips; those without a line or service fall away."""
    rows = trips.select("id", "line", "service")[services["trip"]]
    usable = (pl.col("line") != NONE) & (pl.col("service") != NONE)
    return pl.concat([rows, services.drop("trip")], how="horizontal").filter(usable)


def _pairs(rows: list[_Row]) -> Iterator[tuple[float, ...]]:
    """Services of one trip; its rows are in order of travel."""
    single = len(rows) == 1
    for number, up in enumerate(rows):
        for down in rows[number + (0 if single else 1) :]:
            if not (up.is_flexible or down.is_flexible):
                continue
            short = any(row.zone != NONE and not row.is_flexible for row in (up, down))
            if short or _FORBIDDEN in (up.pickup, down.drop_off) or up.start > down.end:
                continue
            yield (
                *(up.trip, up.zone, up.stop, down.zone, down.stop),
                *(up.start, up.end, down.end, up.pickup_rule, down.drop_off_rule),
                *(down.factor, round(down.offset)),
            )


class _Ids(NamedTuple):
    """Ids of one feed that flexible rows speak of."""

    trips: pl.Series
    stops: pl.Series
    rules: pl.Series


def _rows(feed: Feed, zones: Zones, ids: _Ids) -> list[_Row]:
    """Rows of trips that have a flexible one, by trip and sequence."""
    names = (*_COLUMNS, *_OLD, *_OLD.values(), *_FACTORS, *_OFFSETS)
    table = feed.table(FILE, (), tuple(dict.fromkeys(names)))
    for name, old in _OLD.items():
        filled = pl.when(pl.col(name) == "").then(pl.col(old)).otherwise(pl.col(name))
        table = table.with_columns(filled.alias(name))
    is_stop = pl.col("stop_id").is_in(ids.stops.implode())
    in_zone = pl.any_horizontal(
        pl.col("location_id") != "",
        pl.col("location_group_id") != "",
        pl.col("stop_id").is_in(zones.ids.implode()) & ~is_stop,
    )
    flexible = table.filter(in_zone)["trip_id"].unique()
    table = table.filter(pl.col("trip_id").is_in(flexible.implode()))
    cells = {name: Column(feed, FILE, table, name) for name in table.columns}
    trip = cells["trip_id"].indices(ids.trips)
    columns: list[npt.NDArray[Any]] = [
        trip,
        *_where_and_when(cells, zones, ids.stops),
        *(cells[name].codes(3, f"unknown_{name}") for name in ("pickup_type", "drop_off_type")),
        *(_rule(cells[f"{end}_booking_rule_id"], ids.rules) for end in ("pickup", "drop_off")),
        *_durations(feed, cells, table["trip_id"]),
    ]
    order = np.lexsort((cells["stop_sequence"].integers(0), trip))
    rows = (_Row(*(column[k].item() for column in columns)) for k in order[trip[order] != NONE])
    return [row for row in rows if (row.zone, row.stop) != (NONE, NONE) and row.start >= 0]


def _where_and_when(
    cells: dict[str, Column], zones: Zones, stop_ids: pl.Series
) -> tuple[Int32Array, Int32Array, Int32Array, Int32Array]:
    """Zone or stop of each row, and from when to when it is served."""
    stop = cells["stop_id"].indices(stop_ids)
    zone = np.where(stop == NONE, cells["stop_id"].indices(zones.ids), NONE)
    for name in ("location_group_id", "location_id"):
        found = cells[name].indices(zones.ids)
        lost = (found == NONE) & (cells[name].texts != "").to_numpy()
        cells[name].warn(lost, "unknown_zone", "no such location; the row is left out")
        zone = np.where(found == NONE, zone, found)
    fixed = zone == NONE
    outcome = "the row is left out"
    arrival, departure, opens, closes = (
        cells[name].times(outcome) for name in ("arrival_time", "departure_time", *_WINDOW)
    )
    start = np.where(fixed, np.where(departure < 0, arrival, departure), opens)
    end = np.where(fixed, np.where(arrival < 0, departure, arrival), closes)
    return zone, np.where(fixed, stop, NONE).astype(np.int32), start, end


def _rule(cells: Column, rule_ids: pl.Series) -> Int32Array:
    rule = cells.indices(rule_ids)
    lost = (rule == NONE) & (cells.texts != "").to_numpy()
    cells.warn(lost, "unknown_booking_rule", "no such booking rule; taken as none")
    return rule


def _durations(
    feed: Feed, cells: dict[str, Column], trip_id: pl.Series
) -> tuple[Float64Array, Float64Array]:
    """Factor and offset (s) of the time under way: the safe ones, else the mean ones of drafts."""
    table = feed.table(_TRIPS, ("trip_id",), (_FACTORS[0], _OFFSETS[0]))
    table = table.unique("trip_id", keep="first", maintain_order=True)
    row = positions_in(trip_id, table["trip_id"])
    of_trip = [
        np.append(Column(feed, _TRIPS, table, name).decimals(0, 1e5), np.nan)[row]
        for name in (_FACTORS[0], _OFFSETS[0])
    ]
    factor = _first([of_trip[0], *(cells[name].decimals(0, 1e4) for name in _FACTORS)])
    minutes = (cells[name].decimals(0, 1e4) * 60 for name in _OFFSETS)
    offset = _first([of_trip[1], *minutes])
    return np.where(np.isnan(factor), 1.0, factor), np.nan_to_num(offset)


def _first(columns: Sequence[Float64Array]) -> Float64Array:
    """The first of several columns that says something, row by row."""
    found = columns[0]
    for column in columns[1:]:
        found = np.where(np.isnan(found), column, found)
    return found
