"""frequencies.txt: a trip that repeats becomes one trip for each run.

Runs start at `start_time` and every headway after it, before `end_time`. Where times are not exact
(`exact_times` 0 or blank) runs are the same, at the times they are meant to keep, and carry their
headway, so that a plan can say how often they come. A trip of which no row can be used does not
run, for its own times are only an example.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.columns import Column
from gtfs.errors import FeedFileError
from gtfs.read import Feed
from gtfs.stop_times import StopTimes
from routing.layout import NONE, Int32Array, frozen

FILE = "frequencies.txt"
_MAX_RUNS = 5_000  # of one row; a slip of the pen shall not fill the memory
_MAX_STOP_TIMES = 30_000_000  # that all runs have together


class Runs(NamedTuple):
    """Trips to be written, by trip and start."""

    trip: Int32Array  # (n_runs,) trip of the feed
    start_time: Int32Array  # (n_runs,) s, first departure
    headway: Int32Array  # (n_runs,) s where times are not exact, else NONE


def _rows(feed: Feed, trip_ids: pl.Series) -> tuple[pl.DataFrame, Int32Array]:
    """Usable rows (trip, start, end, step, headway), and all trips that the file names."""
    needed = ("trip_id", "start_time", "end_time", "headway_secs")
    table = feed.table(FILE, needed, ("exact_times",))
    trips, headways = (Column(feed, FILE, table, name) for name in ("trip_id", "headway_secs"))
    trip, headway = trips.indices(trip_ids), headways.integers(0, low=1)
    outcome = "the row is left out"
    start, end = (
        Column(feed, FILE, table, name).times(outcome) for name in ("start_time", "end_time")
    )
    trips.warn(trip == NONE, "unknown_trip", "no such trip; the row is left out")
    usable = (trip != NONE) & (headway > 0) & (start >= 0) & (end >= 0)
    trips.warn(~usable & (trip != NONE), "blank_frequency", "it lacks a cell; the row is left out")
    trips.warn(usable & (end <= start), "frequency_without_runs", "it ends as it begins, or before")
    many = usable & (end - start > headway.astype(np.int64) * _MAX_RUNS)
    remedy = f"write a headway that makes fewer than {_MAX_RUNS} runs"
    headways.excuse(many, "too_many_runs", remedy, outcome)
    exact = Column(feed, FILE, table, "exact_times").codes(1, "unknown_exact_times") == 1
    said = np.where(exact, NONE, headway).astype(np.int32)
    frame = pl.DataFrame(
        {"trip": trip, "start": start, "end": end, "step": headway, "headway": said}
    )
    return frame.filter(pl.Series(usable & ~many)), trip


def _repeated(rows: pl.DataFrame) -> pl.DataFrame:
    """Return trip, start and headway of every run; of equal starts that with exact times."""
    return (
        rows.with_columns(start_time=pl.int_ranges("start", "end", "step", dtype=pl.Int32))
        .explode("start_time")
        .drop_nulls("start_time")
        .group_by("trip", "start_time")
        .agg(pl.col("headway").min())
    )


def read_runs(feed: Feed, trip_ids: pl.Series, usable: pl.Series, times: StopTimes) -> Runs:
    """Return the runs of all `usable` trips, those without frequencies running once."""
    first_row = np.minimum(times.first_of_trip[:-1], max(times.departure.size - 1, 0))
    own = times.departure[first_row] if times.departure.size else np.zeros(len(trip_ids), np.int32)
    rows, named = _rows(feed, trip_ids)
    once = pl.DataFrame(
        {"trip": np.arange(own.size, dtype=np.int32), "start_time": own.astype(np.int32)}
    ).with_columns(headway=pl.lit(NONE, pl.Int32))
    repeats = pl.DataFrame({"trip": named}, schema={"trip": pl.Int32})
    once = once.filter(usable).join(repeats, on="trip", how="anti", maintain_order="left")
    if rows.height:
        many = _repeated(rows).join(
            pl.DataFrame({"trip": np.flatnonzero(usable.to_numpy()).astype(np.int32)}), on="trip"
        )
        once = pl.concat([once, many]).sort("trip", "start_time")
    return Runs(*(frozen(once[name].to_numpy()) for name in Runs._fields))


def expand(feed: Feed, times: StopTimes, runs: Runs) -> StopTimes:
    """Write the stop times of every run.

    Raises
    ------
    FeedFileError
        If they are many more than the feed has.
    """
    length = np.diff(times.first_of_trip)[runs.trip]
    count = int(length.sum(dtype=np.int64))
    if count - times.stop.size > _MAX_STOP_TIMES:
        raise FeedFileError(
            feed.id,
            FILE,
            f"its runs make {count:,} stop times, more than {_MAX_STOP_TIMES:,}",
            "write longer headways, or shorter times in which they hold",
        )
    first = np.concatenate([[0], np.cumsum(length)])
    shift_of_row = np.repeat(first[:-1] - times.first_of_trip[runs.trip], length)
    rows = np.arange(first[-1]) - shift_of_row
    own = times.departure[times.first_of_trip[runs.trip]]
    shift = np.repeat(runs.start_time - own, length).astype(np.int32)
    return StopTimes(
        frozen(first),
        times.stop[rows],
        times.arrival[rows] + shift,
        times.departure[rows] + shift,
        times.sequence[rows],
        times.pickup[rows],
        times.drop_off[rows],
        times.row[rows],
        times.extras,
    )
