"""Tables of a timetable, one NamedTuple each, and how they lie in a folder.

Columns are read-only arrays, or `Strings` for texts. Missing indices are `NONE`.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt
import polars as pl

from routing.arrays import Strings, open_array, save_array
from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array

_T = TypeVar("_T", bound=tuple[Any, ...])
_DTYPES: dict[Any, type[np.generic]] = {
    Int32Array: np.int32,
    Int64Array: np.int64,
    UInt8Array: np.uint8,
    Float64Array: np.float64,
}


class StopTable(NamedTuple):
    """Stops, stations, entrances, generic nodes and boarding areas of all feeds."""

    id: Strings  # (n_stops,) feed:stop_id
    name: Strings
    name_en: Strings
    name_kana: Strings
    zone: Strings  # zone_id as the feed writes it
    platform: Strings
    lon: Float64Array  # (n_stops,) degrees; NaN where unknown
    lat: Float64Array
    parent: Int32Array  # (n_stops,) stop
    feed: Int32Array  # (n_stops,) feed
    kind: UInt8Array  # (n_stops,) GTFS location_type


class LineTable(NamedTuple):
    """Lines (GTFS routes) of all feeds."""

    id: Strings  # (n_lines,) feed:route_id
    short_name: Strings
    long_name: Strings
    name_en: Strings
    color: Strings  # RRGGBB or empty
    agency: Strings  # agency_id as the feed writes it; empty where it names none
    mode: UInt8Array  # (n_lines,) index into MODES
    feed: Int32Array  # (n_lines,) feed


class TripTable(NamedTuple):
    """Trips; a frequency-based one has a row for each run."""

    id: Strings  # (n_trips,) feed:trip_id
    headsign: Strings
    headsign_en: Strings
    short_name: Strings
    line: Int32Array  # (n_trips,) line
    service: Int32Array  # (n_trips,) service
    shape: Int32Array  # (n_trips,) shape or NONE
    block: Int32Array  # (n_trips,) block or NONE
    start_time: Int32Array  # (n_trips,) s, first departure
    first_stop_time: Int32Array  # (n_trips + 1,) stop time


class StopTimeTable(NamedTuple):
    """Stop times by trip, in order of travel; times in the zone of the feed."""

    stop: Int32Array  # (n_stop_times,) stop
    arrival: Int32Array  # (n_stop_times,) s after the base instant of the service date
    departure: Int32Array  # (n_stop_times,) s; >= arrival
    sequence: Int32Array  # (n_stop_times,) stop_sequence of the feed
    pickup: UInt8Array  # (n_stop_times,) GTFS pickup_type; 1 = not allowed
    drop_off: UInt8Array  # (n_stop_times,) GTFS drop_off_type; 1 = not allowed


class ServiceTable(NamedTuple):
    """On which dates services run."""

    runs: UInt8Array  # (n_services, n_days) 1 where it runs; column 0 is `first_date`


class ShapeTable(NamedTuple):
    """Polylines of trips."""

    first_point: Int32Array  # (n_shapes + 1,) point
    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array
    distance_m: Float64Array  # (n_points,) m along the shape


class TransferTable(NamedTuple):
    """Rows of transfers.txt between stops or stations, without those for lines and trips."""

    from_stop: Int32Array  # (n_transfers,) stop
    to_stop: Int32Array  # (n_transfers,) stop
    kind: UInt8Array  # (n_transfers,) GTFS transfer_type 0..3
    min_time: Int32Array  # (n_transfers,) s, or NONE


class FareTables(NamedTuple):
    """Fares and the trips they are good for.

    A rule holds for a line, an agency or a feed (its slot: lines first, then agencies, then
    feeds), for one origin zone or any, and one destination zone or any. The three make a key:
    `(slot * (n_zones + 1) + origin + 1) * (n_zones + 1) + destination + 1`, any zone being `NONE`.
    """

    id: Strings  # (n_fares,) feed:fare_id
    currency: Strings  # (n_fares,) ISO 4217
    price: Int64Array  # (n_fares,) minor units
    ic_price: Int64Array  # (n_fares,) minor units with an IC card (GTFS-JP); that of cash if blank
    transfers: Int32Array  # (n_fares,) changes that are included; NONE = any number
    duration: Int32Array  # (n_fares,) s after boarding in which one may change; NONE = no limit
    zone_of_stop: Int32Array  # (n_stops,) zone
    agency_slot_of_line: Int32Array  # (n_lines,) slot
    feed_slot_of_line: Int32Array  # (n_lines,) slot
    n_zones: Int32Array  # (1,)
    key: Int64Array  # (n_keys,) ascending
    first_rule_of_key: Int32Array  # (n_keys + 1,) rule
    fare_of_rule: Int32Array  # (n_rules,) fare, cheapest first within a key
    set_of_rule: Int32Array  # (n_rules,) zone set that the ride must pass, or NONE
    first_zone_of_set: Int32Array  # (n_sets + 1,)
    zone_of_set: Int32Array  # zones of the sets, ascending within each


class FareV2Tables(NamedTuple):
    """GTFS Fares v2: products, rules for legs and for transfers; `NONE` in a rule = empty."""

    rider_id: Strings  # (n_riders,) feed:rider_category_id
    rider_name: Strings
    rider_is_default: UInt8Array
    rider_feed: Int32Array
    medium_id: Strings  # (n_media,) feed:fare_media_id
    medium_name: Strings
    medium_feed: Int32Array
    product_id: Strings  # (n_products,) feed:fare_product_id
    product_name: Strings
    price_product: Int32Array  # (n_prices,) product
    price_rider: Int32Array  # (n_prices,) rider, or NONE = everybody
    price_medium: Int32Array  # (n_prices,) medium, or NONE = any
    price_amount: Int64Array  # (n_prices,) minor units; a discount is below zero
    price_currency: Strings
    timeframe_group: Int32Array  # (n_timeframes,) group
    timeframe_start: Int32Array  # (n_timeframes,) s of the local clock
    timeframe_end: Int32Array  # (n_timeframes,) s, exclusive
    timeframe_service: Int32Array  # (n_timeframes,) service on whose dates it holds
    rule_feed: Int32Array  # (n_rules,) feed
    rule_group: Int32Array  # (n_rules,) leg group
    rule_network: Int32Array
    rule_from_area: Int32Array
    rule_to_area: Int32Array
    rule_from_time: Int32Array  # (n_rules,) timeframe group
    rule_to_time: Int32Array
    rule_product: Int32Array
    rule_priority: Int32Array
    join_from_network: Int32Array  # (n_joins,)
    join_to_network: Int32Array
    join_from_stop: Int32Array
    join_to_stop: Int32Array
    transfer_feed: Int32Array  # (n_transfer_rules,)
    transfer_from_group: Int32Array
    transfer_to_group: Int32Array
    transfer_count: Int32Array  # transfers in a row; NONE = any number
    transfer_limit: Int32Array  # s, or NONE
    transfer_limit_kind: Int32Array  # GTFS duration_limit_type
    transfer_kind: Int32Array  # GTFS fare_transfer_type
    transfer_product: Int32Array  # product, or NONE = free
    has_priority_of_feed: UInt8Array  # (n_feeds,) whether an empty field matches everything
    network_of_line: Int32Array  # (n_lines,) network or NONE
    first_area_of_stop: Int32Array  # (n_stops + 1,)
    area_of_stop: Int32Array


class Tables(NamedTuple):
    """All tables of a timetable."""

    stops: StopTable
    lines: LineTable
    trips: TripTable
    stop_times: StopTimeTable
    services: ServiceTable
    shapes: ShapeTable
    transfers: TransferTable
    fares: FareTables
    fares_v2: FareV2Tables


@dataclass(frozen=True)
class FeedInfo:
    """Where a feed comes from, when it is valid, and in which zone its times are."""

    id: str
    first_date: date
    last_date: date
    timezone: str
    licence: str
    attribution: str
    publisher: str


def readonly(values: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Make a column as `routing.layout.frozen` does, where NaN is a value like others."""
    array = np.array(values, dtype, order="C")
    array.flags.writeable = False
    return array


def table_of(kind: type[_T], frame: pl.DataFrame) -> _T:
    """Turn the equally named columns of `frame` into a table."""
    return kind(
        *(
            strings_of(frame[field]) if hint is Strings else readonly(frame[field], _DTYPES[hint])
            for field, hint in get_type_hints(kind).items()
        )
    )


def strings_of(texts: pl.Series) -> Strings:
    """Make a column of texts without a step for each of them."""
    data = "".join(texts.to_list()).encode()
    offset = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(texts.str.len_bytes().to_numpy(), out=offset[1:])
    return Strings(np.frombuffer(data, np.uint8), offset)


def save_columns(folder: Path, name: str, table: tuple[Any, ...]) -> None:
    """Write a table as `name.column` files."""
    for field, values in zip(table._fields, table, strict=True):  # type: ignore[attr-defined]
        if isinstance(values, Strings):
            values.save(folder, f"{name}.{field}")
        else:
            save_array(folder, f"{name}.{field}", values)


def open_columns(folder: Path, name: str, kind: type[_T]) -> _T:
    """Map a table that `save_columns` wrote."""
    columns = (
        Strings.open(folder, f"{name}.{field}")
        if hint is Strings
        else open_array(folder, f"{name}.{field}")
        for field, hint in get_type_hints(kind).items()
    )
    return kind(*columns)
