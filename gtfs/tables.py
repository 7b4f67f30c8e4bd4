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

from gtfs.fare_layout import FareTables, FareV2Tables
from routing.arrays import Strings, open_array, save_array
from routing.layout import NONE, BoolArray, Float64Array, Int32Array, Int64Array, UInt8Array

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
    wheelchair: UInt8Array  # (n_stops,) 0 unknown, 1 yes, 2 no; inherited from the station
    level: Int32Array  # (n_stops,) level or NONE


class LineTable(NamedTuple):
    """Lines (GTFS routes) of all feeds."""

    id: Strings  # (n_lines,) feed:route_id
    short_name: Strings
    long_name: Strings
    name_en: Strings
    color: Strings  # RRGGBB or empty
    agency: Strings  # agency_id as the feed writes it; empty where it names none
    operator: Int32Array  # (n_lines,) agency or NONE
    mode: UInt8Array  # (n_lines,) index into MODES
    feed: Int32Array  # (n_lines,) feed
    continuous_pickup: UInt8Array  # (n_lines,) GTFS code; 1 = only at stops
    continuous_drop_off: UInt8Array  # (n_lines,)


class AgencyTable(NamedTuple):
    """Who runs the lines."""

    id: Strings  # (n_agencies,) feed:agency_id
    name: Strings
    name_en: Strings


class TextTable(NamedTuple):
    """Names in languages beside English and kana, as feeds translate them (`gtfs.names`).

    The key of a text is `(language * 8 + kind) << 32 | row`, where the kind is that of the table of
    the row: stops, trips, lines, headsigns, agencies.
    """

    language: Strings  # (n_languages,) tags in small letters
    key: Int64Array  # (n_keys,) ascending
    at: Int32Array  # (n_keys,) text
    text: Strings  # (n_texts,) each once


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
    wheelchair: UInt8Array  # (n_trips,) 0 unknown, 1 yes, 2 no
    bikes: UInt8Array  # (n_trips,) 0 unknown, 1 yes, 2 no
    cars: UInt8Array  # (n_trips,) 0 unknown, 1 yes, 2 no
    direction: UInt8Array  # (n_trips,) direction_id 0 or 1 of the feed, 2 where it says none
    headway: Int32Array  # (n_trips,) s between runs whose times are not kept exactly, or NONE


class StopTimeTable(NamedTuple):
    """Stop times by trip, in order of travel; times in the zone of the feed."""

    stop: Int32Array  # (n_stop_times,) stop
    arrival: Int32Array  # (n_stop_times,) s after the base instant of the service date
    departure: Int32Array  # (n_stop_times,) s; >= arrival
    sequence: Int32Array  # (n_stop_times,) stop_sequence of the feed
    pickup: UInt8Array  # (n_stop_times,) GTFS pickup_type; 1 = not allowed
    drop_off: UInt8Array  # (n_stop_times,) GTFS drop_off_type; 1 = not allowed


class CallTable(NamedTuple):
    """Stop times that say more than place and time; most do not."""

    stop_time: Int32Array  # (n_calls,) stop time, ascending
    headsign: Int32Array  # (n_calls,) row of HeadsignTable, or NONE = that of the trip
    pickup_rule: Int32Array  # (n_calls,) row of BookingTable or NONE
    drop_off_rule: Int32Array  # (n_calls,)
    continuous_pickup: UInt8Array  # (n_calls,) GTFS code; 1 = only at stops
    continuous_drop_off: UInt8Array  # (n_calls,)
    is_approximate: UInt8Array  # (n_calls,) 1 where the times are not kept exactly


class HeadsignTable(NamedTuple):
    """Headsigns of single stop times."""

    name: Strings
    name_en: Strings


class BookingTable(NamedTuple):
    """How and until when rides have to be booked."""

    id: Strings  # (n_rules,) feed:booking_rule_id
    kind: UInt8Array  # (n_rules,) 0 at any time, 1 on the same day, 2 days before
    notice_min: Int32Array  # (n_rules,) s before the ride, at the latest; NONE = not said
    notice_max: Int32Array  # (n_rules,) s before the ride, at the earliest
    last_day: Int32Array  # (n_rules,) days before the ride, at the latest
    last_time: Int32Array  # (n_rules,) s; on that day
    start_day: Int32Array  # (n_rules,) days before the ride, at the earliest
    start_time: Int32Array  # (n_rules,) s; on that day
    service: Int32Array  # (n_rules,) service whose days count, or NONE = all
    message: Strings
    pickup_message: Strings
    drop_off_message: Strings
    phone: Strings
    info_url: Strings
    booking_url: Strings


class LevelTable(NamedTuple):
    """Floors of stations."""

    id: Strings  # (n_levels,) feed:level_id
    name: Strings
    number: Float64Array  # (n_levels,) 0 = the street, NaN where unknown


class PathwayTable(NamedTuple):
    """Ways between platforms, entrances and nodes of stations, one row for each direction."""

    id: Strings  # (n_pathways,) feed:pathway_id
    sign: Strings
    tail: Int32Array  # (n_pathways,) stop
    head: Int32Array  # (n_pathways,) stop
    duration: Int32Array  # (n_pathways,) s
    kind: UInt8Array  # (n_pathways,) GTFS pathway_mode
    wheelchair: UInt8Array  # (n_pathways,) 1 where a wheelchair can pass


class ZoneTable(NamedTuple):
    """Zones of demand-responsive services: areas, or groups of stops."""

    id: Strings  # (n_zones,) feed:location_id or feed:location_group_id
    name: Strings
    first_ring: Int32Array  # (n_zones + 1,) ring; inside an odd number of them is inside
    first_stop: Int32Array  # (n_zones + 1,) row of ZoneStopTable


class RingTable(NamedTuple):
    """Rings of zones."""

    first_point: Int32Array  # (n_rings + 1,) point
    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array


class ZoneStopTable(NamedTuple):
    """Stops of the groups among the zones."""

    stop: Int32Array  # (n_members,) stop


class FlexTable(NamedTuple):
    """Demand-responsive services: where and when they take up and set down."""

    id: Strings  # (n_flex,) feed:trip_id
    line: Int32Array  # (n_flex,) line
    service: Int32Array  # (n_flex,) service
    from_zone: Int32Array  # (n_flex,) zone, or NONE where from_stop says where
    from_stop: Int32Array  # (n_flex,) stop or NONE
    to_zone: Int32Array  # (n_flex,)
    to_stop: Int32Array  # (n_flex,)
    start: Int32Array  # (n_flex,) s, earliest ride
    end: Int32Array  # (n_flex,) s, latest time of taking up
    last_arrival: Int32Array  # (n_flex,) s, latest time of setting down
    pickup_rule: Int32Array  # (n_flex,) row of BookingTable or NONE
    drop_off_rule: Int32Array  # (n_flex,)
    factor: Float64Array  # (n_flex,) time under way over that of the road
    offset: Int32Array  # (n_flex,) s on top of it


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
    """Rules of transfers.txt; those without lines and trips hold for all changes at their stops."""

    from_stop: Int32Array  # (n_transfers,) stop or station; NONE only in kinds 4 and 5
    to_stop: Int32Array  # (n_transfers,)
    from_line: Int32Array  # (n_transfers,) line, or NONE = any
    to_line: Int32Array  # (n_transfers,)
    from_trip: Int32Array  # (n_transfers,) trip, or NONE = any
    to_trip: Int32Array  # (n_transfers,)
    kind: UInt8Array  # (n_transfers,) GTFS transfer_type 0..5
    min_time: Int32Array  # (n_transfers,) s, or NONE

    @property
    def is_specific(self) -> BoolArray:
        """Which rules hold for certain lines or trips only."""
        ends = (self.from_line, self.to_line, self.from_trip, self.to_trip)
        named: BoolArray = np.any([column != NONE for column in ends], axis=0)
        return named | (self.kind > 3)


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
    calls: CallTable
    headsigns: HeadsignTable
    booking: BookingTable
    levels: LevelTable
    pathways: PathwayTable
    zones: ZoneTable
    rings: RingTable
    zone_stops: ZoneStopTable
    flex: FlexTable
    agencies: AgencyTable
    texts: TextTable


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
    language: str  # of its own texts, as a tag in small letters; empty where it says none


def readonly(values: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Make a column as `routing.layout.frozen` does, where NaN is a value like others."""
    array = np.array(values, dtype, order="C")
    array.flags.writeable = False
    return array


def longer(column: npt.NDArray[Any], values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return a read-only column with `values` at its end."""
    return readonly(np.concatenate([column, np.asarray(values, column.dtype)]), column.dtype)


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
