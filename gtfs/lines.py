"""routes.txt → rows of `LineTable`."""

import numpy as np
import polars as pl

from gtfs.columns import Column, first_of_each, without_blank
from gtfs.modes import mode_of
from gtfs.read import Feed
from gtfs.translations import Translations
from routing.layout import Int32Array, UInt8Array

NOT_CONTINUOUS = 1
FILE = "routes.txt"
_OPTIONAL = ("route_short_name", "route_long_name", "route_type", "route_color", "agency_id")
_CONTINUOUS = ("continuous_pickup", "continuous_drop_off")


def read_lines(feed: Feed, translations: Translations, agencies: pl.DataFrame) -> pl.DataFrame:
    """Read the lines of a feed, with the agency that runs each as `agency`, its row `operator`."""
    table = feed.table(FILE, ("route_id",), (*_OPTIONAL, *_CONTINUOUS))
    table = first_of_each(feed, FILE, without_blank(feed, FILE, table, "route_id"), "route_id")
    types = Column(feed, FILE, table, "route_type")
    mode, unknown = mode_of(types.integers(-1, high=9999))
    types.warn(unknown == 1, "unknown_route_type", "no known kind of vehicle; taken as a bus")
    ids = table["route_id"]
    short, long = table["route_short_name"], table["route_long_name"]
    in_long, in_short = (
        {
            "name_en": translations.of(field, ids, names, "en"),
            **translations.in_others(field, ids, names),
        }
        for field, names in (("routes.route_long_name", long), ("routes.route_short_name", short))
    )
    colors = Column(feed, FILE, table, "route_color")
    color = colors.texts.str.to_uppercase()
    is_color = color.str.contains("^[0-9A-F]{6}$")
    message = "no colour such as 0080FF; the line has none"
    colors.warn((~is_color & (color != "")).to_numpy(), "unreadable_color", message)
    return pl.DataFrame(
        {
            "id": ids,
            "short_name": short,
            "long_name": long,
            **{
                name: pl.select(
                    pl.when(texts != "").then(texts).otherwise(in_short[name])
                ).to_series()
                for name, texts in in_long.items()
            },
            "color": pl.select(pl.when(is_color).then(color).otherwise(pl.lit(""))).to_series(),
            "mode": mode.astype(np.uint8),
            "agency": table["agency_id"],
            "operator": _operators(feed, table, agencies["id"]),
            **{name: continuous(Column(feed, FILE, table, name)) for name in _CONTINUOUS},
        }
    )


def _operators(feed: Feed, table: pl.DataFrame, agency_ids: pl.Series) -> Int32Array:
    """Row of the agency of each line; a blank is the only agency, if there is one."""
    cells = Column(feed, FILE, table, "agency_id")
    row = cells.indices(agency_ids)
    if len(agency_ids) == 1:
        row = np.where((cells.texts == "").to_numpy(), 0, row)
    return row.astype(np.int32)


def continuous(cells: Column) -> UInt8Array:
    """Codes of continuous_pickup or continuous_drop_off; blank is 1, at stops only."""
    blank = (cells.texts == "").to_numpy()
    codes = cells.codes(3, f"unknown_{cells.name}")
    return np.where(blank, NOT_CONTINUOUS, codes).astype(np.uint8)
