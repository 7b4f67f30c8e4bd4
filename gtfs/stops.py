"""stops.txt → rows of `StopTable`, with indices within the feed."""

import numpy as np
import polars as pl

from gtfs.columns import Column, first_of_each, without_blank
from gtfs.read import Feed
from gtfs.translations import Translations
from routing.layout import NONE, Float64Array, Int32Array, UInt8Array

FILE = "stops.txt"
_OPTIONAL = (
    "stop_name",
    "stop_lat",
    "stop_lon",
    "zone_id",
    "platform_code",
    "location_type",
    "parent_station",
    "wheelchair_boarding",
    "level_id",
)
_MUST_HAVE_PLACE = 2  # location_type 0, 1 and 2 need coordinates


def _from_parent(values: Float64Array, parent: Int32Array) -> Float64Array:
    """Fill missing coordinates with those of the parent, over two levels."""
    for _ in range(2):
        inherited = np.where(parent == NONE, np.nan, values[parent])
        values = np.where(np.isnan(values), inherited, values)
    return values


def _parents(feed: Feed, table: pl.DataFrame) -> Int32Array:
    cells = Column(feed, FILE, table, "parent_station")
    parent = cells.indices(table["stop_id"])
    unknown = (parent == NONE) & (cells.texts != "").to_numpy()
    cells.warn(unknown, "unknown_parent", "no such stop; taken as a stop without a station")
    parent = np.where(parent == np.arange(parent.size), NONE, parent).astype(np.int32)
    circular = _above(parent, 8) != NONE
    cells.warn(circular, "circular_parent", "stations within each other; taken as without one")
    return np.where(circular, NONE, parent).astype(np.int32)


def _above(parent: Int32Array, levels: int) -> Int32Array:
    """What is `levels` (a power of two) above each stop; the deepest legal stop is at two."""
    above = parent
    while levels > 1:
        above = np.where(above == NONE, NONE, above[above]).astype(np.int32)
        levels //= 2
    return above


def _places(
    feed: Feed, table: pl.DataFrame, parent: Int32Array, kind: Int32Array
) -> tuple[Float64Array, Float64Array]:
    lat = Column(feed, FILE, table, "stop_lat").decimals(-90, 90, needed=True)
    lon = Column(feed, FILE, table, "stop_lon").decimals(-180, 180, needed=True)
    half = np.isnan(lat) | np.isnan(lon) | ((lat == 0) & (lon == 0))
    lat, lon = (_from_parent(np.where(half, np.nan, values), parent) for values in (lat, lon))
    Column(feed, FILE, table, "stop_id").warn(
        np.isnan(lat) & (kind <= _MUST_HAVE_PLACE),
        "stop_without_place",
        "the stop has no coordinates; no walk leads to it",
    )
    return lat, lon


def _wheelchair(feed: Feed, table: pl.DataFrame, parent: Int32Array) -> UInt8Array:
    """Flag of each stop; one that says nothing has that of its parent, over two levels."""
    flag = Column(feed, FILE, table, "wheelchair_boarding").codes(2, "unknown_wheelchair_boarding")
    for _ in range(2):
        flag = np.where((flag == 0) & (parent != NONE), flag[parent], flag)
    return flag.astype(np.uint8)


def _levels(feed: Feed, table: pl.DataFrame, level_ids: pl.Series) -> Int32Array:
    cells = Column(feed, FILE, table, "level_id")
    level = cells.indices(level_ids)
    lost = (level == NONE) & (cells.texts != "").to_numpy()
    cells.warn(lost, "unknown_level", "no such level; taken as none")
    return level


def read_stops(feed: Feed, translations: Translations, level_ids: pl.Series) -> pl.DataFrame:
    """Read the stops of a feed."""
    table = feed.table(FILE, ("stop_id",), _OPTIONAL)
    table = first_of_each(feed, FILE, without_blank(feed, FILE, table, "stop_id"), "stop_id")
    kind = Column(feed, FILE, table, "location_type").codes(4, "unknown_location_type")
    parent = _parents(feed, table)
    lat, lon = _places(feed, table, parent, kind)
    ids, name = table["stop_id"], _names(table["stop_name"], parent)
    return pl.DataFrame(
        {
            "id": ids,
            "name": name,
            "name_en": translations.of("stops.stop_name", ids, name, "en"),
            "name_kana": translations.of("stops.stop_name", ids, name, "kana"),
            **translations.in_others("stops.stop_name", ids, name),
            "zone": table["zone_id"],
            "platform": table["platform_code"],
            "lon": lon,
            "lat": lat,
            "parent": parent,
            "kind": kind.astype(np.uint8),
            "wheelchair": _wheelchair(feed, table, parent),
            "level": _levels(feed, table, level_ids),
        }
    )


def _names(name: pl.Series, parent: Int32Array) -> pl.Series:
    """Give a nameless platform or node the name of its station."""
    if len(name) == 0:
        return name
    of_parent = name.gather(np.maximum(parent, 0)).to_frame("parent")
    has_parent = pl.Series(parent != NONE)
    return of_parent.select(
        pl.when((name == "") & has_parent).then("parent").otherwise(name).alias("name")
    )["name"]
