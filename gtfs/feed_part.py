"""Everything that a timetable takes from one feed, with indices within the feed."""

from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.agency import Publisher, read_publisher
from gtfs.calendar import Calendar, read_calendar
from gtfs.errors import EmptyFeedError
from gtfs.fare_rules import FarePart, read_fares
from gtfs.fare_v2_feed import FareV2Part, read_fares_v2
from gtfs.frequencies import expand, read_runs
from gtfs.lines import read_lines
from gtfs.read import Feed
from gtfs.shapes import Shapes, read_shapes
from gtfs.standard import fares_v2_tables
from gtfs.stop_times import StopTimes, read_stop_times
from gtfs.stops import read_stops
from gtfs.transfers import read_transfers
from gtfs.translations import read_translations
from gtfs.trips import read_trips, with_headsigns
from routing.layout import NONE


class FeedPart(NamedTuple):
    """Tables of one feed."""

    feed: Feed
    publisher: Publisher
    calendar: Calendar
    stops: pl.DataFrame
    lines: pl.DataFrame
    trips: pl.DataFrame
    stop_times: StopTimes
    shapes: Shapes
    transfers: pl.DataFrame
    fares: FarePart
    fares_v2: FareV2Part


def read_part(feed: Feed) -> FeedPart:
    """Read one feed.

    Raises
    ------
    GtfsError
        If a file, column or value is missing or cannot be read, or no trip is left.
    """
    publisher, calendar = read_publisher(feed), read_calendar(feed)
    translations = read_translations(feed)
    stops, lines = read_stops(feed, translations), read_lines(feed, translations)
    shapes = read_shapes(feed)
    trips = read_trips(feed, lines["id"], calendar.service_ids, shapes.ids, translations)
    trips, stop_times = _rides(feed, trips, stops)
    transfers, fares = read_transfers(feed, stops["id"]), read_fares(feed, stops, lines)
    return FeedPart(
        feed,
        publisher,
        calendar,
        stops,
        lines,
        trips,
        stop_times,
        shapes,
        transfers,
        fares,
        read_fares_v2(feed, fares_v2_tables(feed), stops, lines, calendar.service_ids),
    )


def _rides(feed: Feed, trips: pl.DataFrame, stops: pl.DataFrame) -> tuple[pl.DataFrame, StopTimes]:
    """Return the trips that can be ridden, one row a run, and their stop times."""
    times = read_stop_times(feed, trips["id"], stops["id"])
    can_ride = pl.Series(np.diff(times.first_of_trip) > 0)
    usable = trips.select((pl.col("line") != NONE) & (pl.col("service") != NONE)).to_series()
    runs = read_runs(feed, trips["id"], usable & can_ride, times)
    if runs.trip.size == 0:
        raise EmptyFeedError(
            feed.id,
            "trips.txt, stop_times.txt",
            "no trip is left that could be ridden",
            "see the notices of this feed"
            + "".join(f"; {notice}" for notice in feed.notices.kept[:3]),
        )
    rows = trips[runs.trip].with_columns(start_time=pl.Series(runs.start_time))
    times = expand(times, runs)
    return with_headsigns(rows, stops[times.stop[times.first_of_trip[1:] - 1]]), times
