"""transfers.txt → rows of `TransferTable`, with indices within the feed.

A rule may hold for all changes between two stops or stations, or for those between lines or single
trips. In-seat transfers (types 4 and 5) name two trips; their stops may be blank.
"""

import numpy as np
import polars as pl

from gtfs.columns import Column
from gtfs.read import Feed
from routing.layout import NONE, BoolArray, Int32Array

FILE = "transfers.txt"
IN_SEAT, NOT_IN_SEAT = 4, 5  # transfer types
_ENDS = ("from", "to")
_MOST_ROWS = 100_000  # of a rule for trips that repeat by frequencies.txt


def _indices(
    feed: Feed, table: pl.DataFrame, kind: str, ids: pl.Series
) -> tuple[dict[str, Int32Array], BoolArray]:
    """Indices of both ends, `NONE` where blank, and the rows that name something unknown."""
    found = {}
    lost = np.zeros(table.height, np.bool_)
    for end in _ENDS:
        column = Column(feed, FILE, table, f"{end}_{kind}_id")
        found[end] = column.indices(ids)
        unknown = (found[end] == NONE) & (column.texts != "").to_numpy()
        column.warn(unknown, f"unknown_{kind}", f"no such {kind}; the row is left out")
        lost |= unknown
    return found, lost


def read_transfers(
    feed: Feed, stop_ids: pl.Series, line_ids: pl.Series, trip_ids: pl.Series
) -> pl.DataFrame:
    """Read the transfer rules of a feed; trips are rows of trips.txt."""
    names = [f"{end}_{kind}_id" for kind in ("stop", "route", "trip") for end in _ENDS]
    table = feed.table(FILE, (), (*names, "transfer_type", "min_transfer_time"))
    kinds = Column(feed, FILE, table, "transfer_type")
    kind = kinds.codes(NOT_IN_SEAT, "unknown_transfer_type")
    stops, no_stop = _indices(feed, table, "stop", stop_ids)
    lines, no_line = _indices(feed, table, "route", line_ids)
    trips, no_trip = _indices(feed, table, "trip", trip_ids)
    lost = no_stop | no_line | no_trip
    in_seat = kind >= IN_SEAT
    bare = in_seat & ((trips["from"] == NONE) | (trips["to"] == NONE)) & ~lost
    kinds.warn(bare, "in_seat_without_trips", "types 4 and 5 need two trips; the row is left out")
    placeless = ~in_seat & ((stops["from"] == NONE) | (stops["to"] == NONE)) & ~lost
    kinds.warn(placeless, "transfer_without_stop", "types 0 to 3 need two stops; left out")
    seconds = Column(feed, FILE, table, "min_transfer_time").integers(NONE)
    return pl.DataFrame(
        {
            **{f"{end}_stop": stops[end] for end in _ENDS},
            **{f"{end}_line": lines[end] for end in _ENDS},
            **{f"{end}_trip": trips[end] for end in _ENDS},
            "kind": kind.astype(np.uint8),
            "min_time": seconds,
        }
    ).filter(pl.Series(~(lost | bare | placeless)))


def of_runs(feed: Feed, transfers: pl.DataFrame, trip_of_run: Int32Array) -> pl.DataFrame:
    """Replace trips by their runs; rules of trips that do not run fall away.

    Parameters
    ----------
    trip_of_run
        Row of trips.txt of every run.
    """
    runs = pl.DataFrame({"trip": trip_of_run, "run": np.arange(trip_of_run.size, dtype=np.int32)})
    columns = transfers.columns
    for end in _ENDS:
        name = f"{end}_trip"
        general = transfers.filter(pl.col(name) == NONE)
        named = transfers.filter(pl.col(name) != NONE).join(
            runs, left_on=name, right_on="trip", maintain_order="left_right"
        )
        if named.height > _MOST_ROWS:
            feed.notices.add(
                "too_many_transfers", FILE, "rules for trips that repeat by frequencies; left out"
            )
            named = named.clear()
        named = named.drop(name).rename({"run": name})
        transfers = pl.concat([general.select(columns), named.select(columns)])
    return transfers
