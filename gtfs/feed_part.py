"""Everything that a timetable takes from one feed, with indices within the feed."""

from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.agency import Publisher, read_agencies, read_publisher
from gtfs.booking_rules import read_booking_rules
from gtfs.calendar import Calendar, read_calendar
from gtfs.calls import Calls, read_calls
from gtfs.errors import EmptyFeedError
from gtfs.fare_rules import FarePart, read_fares
from gtfs.fare_v2_feed import FareV2Part, read_fares_v2
from gtfs.flex import FlexPart, read_flex
from gtfs.frequencies import expand, read_runs
from gtfs.levels import read_levels, read_pathways
from gtfs.lines import read_lines
from gtfs.read import Feed
from gtfs.shapes import Shapes, read_shapes
from gtfs.standard import fares_v2_tables
from gtfs.stop_times import StopTimes, read_stop_times
from gtfs.stops import read_stops
from gtfs.transfers import of_runs, read_transfers
from gtfs.translations import read_translations
from gtfs.trips import read_trips, with_headsigns, without_blocks_of_repeats
from gtfs.uses import note_unused
from routing.layout import NONE, Int32Array


class FeedPart(NamedTuple):
    """Tables of one feed."""

    feed: Feed
    publisher: Publisher
    calendar: Calendar
    agencies: pl.DataFrame
    language: str  # of its own texts; empty where it says none
    stops: pl.DataFrame
    lines: pl.DataFrame
    trips: pl.DataFrame
    stop_times: StopTimes
    shapes: Shapes
    transfers: pl.DataFrame
    fares: FarePart
    calls: Calls
    booking: pl.DataFrame
    levels: pl.DataFrame
    pathways: pl.DataFrame
    flex: FlexPart
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
    levels = read_levels(feed)
    stops = read_stops(feed, translations, levels["id"])
    agencies = read_agencies(feed, translations)
    lines = read_lines(feed, translations, agencies)
    booking = read_booking_rules(feed, calendar.service_ids)
    shapes = read_shapes(feed)
    trips = read_trips(feed, lines["id"], calendar.service_ids, shapes.ids, translations)
    transfers = read_transfers(feed, stops["id"], lines["id"], trips["id"])
    flex = read_flex(feed, trips, stops["id"], booking["id"])
    rides = _rides(feed, trips, stops, flex)
    part = FeedPart(
        feed,
        publisher,
        calendar,
        agencies,
        translations.feed_language,
        stops,
        lines,
        rides.trips,
        rides.times,
        shapes,
        of_runs(feed, transfers, rides.trip_of_run),
        read_fares(feed, stops, lines),
        read_calls(feed, rides.times, booking["id"], translations),
        booking,
        levels,
        read_pathways(feed, stops, levels),
        flex,
        read_fares_v2(
            feed, fares_v2_tables(feed), stops, lines, calendar.service_ids, translations
        ),
    )
    note_unused(feed)
    return part


class _Rides(NamedTuple):
    """What of a feed can be ridden."""

    trips: pl.DataFrame  # one row a run
    times: StopTimes
    trip_of_run: Int32Array  # row of trips.txt


def _rides(feed: Feed, trips: pl.DataFrame, stops: pl.DataFrame, flex: FlexPart) -> _Rides:
    """Return the trips that can be ridden, one row a run, and their stop times."""
    times = read_stop_times(feed, trips["id"], stops["id"], flex.zones.ids)
    can_ride = pl.Series(np.diff(times.first_of_trip) > 0)
    usable = trips.select((pl.col("line") != NONE) & (pl.col("service") != NONE)).to_series()
    runs = read_runs(feed, trips["id"], usable & can_ride, times)
    if runs.trip.size == 0 and flex.services.height == 0:
        raise EmptyFeedError(
            feed.id,
            "trips.txt, stop_times.txt",
            "no trip is left that could be ridden",
            "see the notices of this feed"
            + "".join(f"; {notice}" for notice in feed.notices.kept[:3]),
        )
    rows = trips[runs.trip].with_columns(
        start_time=pl.Series(runs.start_time), headway=pl.Series(runs.headway)
    )
    times = expand(feed, times, runs)
    rows = with_headsigns(rows, stops[times.stop[times.first_of_trip[1:] - 1]])
    return _Rides(without_blocks_of_repeats(rows), times, runs.trip)
