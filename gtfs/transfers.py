"""transfers.txt → rows of `TransferTable`, with indices within the feed."""

import numpy as np
import polars as pl

from gtfs.columns import Column
from gtfs.read import Feed
from routing.layout import NONE

FILE = "transfers.txt"
_SPECIFIC = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
_BETWEEN_STOPS = 3  # transfer types 0..3; 4 and 5 join trips


def read_transfers(feed: Feed, stop_ids: pl.Series) -> pl.DataFrame:
    """Read the transfers between stops; those of single lines and trips are counted, not kept."""
    columns = ("from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time", *_SPECIFIC)
    table = feed.table(FILE, (), columns)
    kinds = Column(feed, FILE, table, "transfer_type")
    kind = kinds.codes(5, "unknown_transfer_type")
    ends = [Column(feed, FILE, table, name) for name in ("from_stop_id", "to_stop_id")]
    stops = [column.indices(stop_ids) for column in ends]
    specific = table.select(pl.any_horizontal(pl.col(*_SPECIFIC) != "").alias("x"))["x"].to_numpy()
    linked = kind > _BETWEEN_STOPS
    kinds.warn(linked, "in_seat_transfer", "transfers within a vehicle are not used yet")
    kinds.warn(specific & ~linked, "transfer_of_lines", "a rule for lines or trips; not used yet")
    for column, stop in zip(ends, stops, strict=True):
        lost = (stop == NONE) & ~specific & ~linked
        column.warn(lost, "unknown_stop", "no such stop; the row is left out")
    seconds = Column(feed, FILE, table, "min_transfer_time").integers(NONE)
    keep = ~specific & ~linked & (stops[0] != NONE) & (stops[1] != NONE)
    return pl.DataFrame(
        {
            "from_stop": stops[0],
            "to_stop": stops[1],
            "kind": kind.astype(np.uint8),
            "min_time": seconds,
        }
    ).filter(pl.Series(keep))
