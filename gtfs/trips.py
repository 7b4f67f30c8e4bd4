"""trips.txt → rows of `TripTable`, with indices within the feed."""

import numpy as np
import polars as pl

from gtfs.columns import Column, first_of_each, positions_in, without_blank
from gtfs.read import Feed
from gtfs.translations import TEXT, Translations
from routing.layout import NONE, Int32Array, UInt8Array

FILE = "trips.txt"
_OPTIONAL = ("trip_headsign", "trip_short_name", "block_id", "shape_id", "direction_id")
NO_DIRECTION = 2
_FLAGS = {
    "wheelchair": "wheelchair_accessible",
    "bikes": "bikes_allowed",
    "cars": "cars_allowed",
}


def _blocks(block_id: pl.Series) -> Int32Array:
    """Number the blocks of a feed; `NONE` where a trip has none."""
    ids = block_id.filter(block_id != "").unique(maintain_order=True)
    return positions_in(block_id, ids)


def _directions(cells: Column) -> UInt8Array:
    """Direction of each trip; `NO_DIRECTION` where it is blank or, with a notice, not 0 or 1."""
    code = cells.codes(1, "unknown_direction_id")
    return np.where(cells.texts.is_in(["0", "1"]).to_numpy(), code, NO_DIRECTION).astype(np.uint8)


def read_trips(
    feed: Feed,
    line_ids: pl.Series,
    service_ids: pl.Series,
    shape_ids: pl.Series,
    translations: Translations,
) -> pl.DataFrame:
    """Read the trips of a feed; `line` or `service` is `NONE` where a trip cannot be used."""
    table = feed.table(FILE, ("route_id", "service_id", "trip_id"), (*_OPTIONAL, *_FLAGS.values()))
    table = first_of_each(feed, FILE, without_blank(feed, FILE, table, "trip_id"), "trip_id")
    lines, services, shapes = (
        Column(feed, FILE, table, name) for name in ("route_id", "service_id", "shape_id")
    )
    line, service, shape = (
        column.indices(ids)
        for column, ids in ((lines, line_ids), (services, service_ids), (shapes, shape_ids))
    )
    lines.warn(line == NONE, "unknown_line", "no such route; the trip is left out")
    services.warn(service == NONE, "unknown_service", "no such service; the trip is left out")
    lost = (shape == NONE) & (shapes.texts != "").to_numpy()
    shapes.warn(lost, "unknown_shape", "no such shape; the trip is drawn from stop to stop")
    ids, headsign = table["trip_id"], table["trip_headsign"]
    return pl.DataFrame(
        {
            "id": ids,
            "headsign": headsign,
            "headsign_en": translations.of("trips.trip_headsign", ids, headsign, "en"),
            **translations.in_others("trips.trip_headsign", ids, headsign),
            "short_name": table["trip_short_name"],
            "line": line,
            "service": service,
            "shape": shape,
            "block": _blocks(table["block_id"]),
            "direction": _directions(Column(feed, FILE, table, "direction_id")),
            **{
                name: Column(feed, FILE, table, field).codes(2, f"unknown_{field}").astype(np.uint8)
                for name, field in _FLAGS.items()
            },
        }
    )


def with_headsigns(trips: pl.DataFrame, last_stops: pl.DataFrame) -> pl.DataFrame:
    """Give trips without a headsign the name of their last stop."""
    blank = trips["headsign"] == ""
    texts = [(column, column) for column in trips.columns if column.startswith(TEXT)]
    return trips.with_columns(
        pl.when(blank).then(last_stops[name]).otherwise(pl.col(column)).alias(column)
        for column, name in (("headsign", "name"), ("headsign_en", "name_en"), *texts)
    )


def without_blocks_of_repeats(trips: pl.DataFrame) -> pl.DataFrame:
    """Take trips that repeat by frequencies out of their blocks: no vehicle runs them all."""
    block = pl.when(pl.col("id").is_duplicated()).then(NONE).otherwise(pl.col("block"))
    return trips.with_columns(block=block.cast(pl.Int32))
