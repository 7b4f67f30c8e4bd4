"""Departures of stops, as our tables say and as a slow reading of the CSV says."""

import os
import random
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs.day import Day, build_day
from gtfs.read import open_feed
from gtfs.timetable import Timetable, build_timetable
from tests.gtfs import oracle, strategies
from tests.gtfs.feeds import no_walks, write_feed

FULL = os.environ.get("MAAS_TEST_TIER") == "full"
FEEDS = {
    "hokkaido/takushoku_bus_2019": "Asia/Tokyo",
    "hokkaido/tokachi_bus_2019": "Asia/Tokyo",
    "hokkaido/donan_bus_muroran_2020": "Asia/Tokyo",
    "hokkaido/furano_bus_2026": "Asia/Tokyo",
    "hokkaido/hakodate_tram": "Asia/Tokyo",
    "city/nky_tank": "America/New_York",
    "city/kuopio": "Europe/Helsinki",
    "city/otp_caltrain": "America/Denver",  # not the zone of the feed
    "city/poa_eptc": "America/Sao_Paulo",  # most times are blank
    "city/cairns_gtfs": "Australia/Brisbane",
    "special/oba_bart": "America/Los_Angeles",
    "special/bullrunner": "America/New_York",
    "special/sample_gtfs_feed_npm": "America/Los_Angeles",
    "jp/haga_utsunomiya_lrt": "Asia/Tokyo",
}


def departures(timetable: Timetable, day: Day, stop: int) -> list[oracle.Departure]:
    """Departures at a stop, out of the visits of the day's patterns."""
    patterns = day.tables.patterns
    found = []
    first, end = patterns.first_visit_of_stop[stop : stop + 2].tolist()
    for visit in range(first, end):
        pattern = int(patterns.pattern_of_visit[visit])
        position = int(patterns.position_of_visit[visit])
        trips = range(*patterns.first_trip_of_pattern[pattern : pattern + 2].tolist())
        base = int(patterns.first_event_of_pattern[pattern])
        for k, day_trip in enumerate(trips):
            leaves = int(day.times(day_trip)[1][position])
            assert leaves == patterns.departure_by_position[base + position * len(trips) + k]
            trip_id = timetable.trips.id[int(day.trip[day_trip])].split(":", 1)[1]
            found.append(
                oracle.Departure(trip_id, leaves, day.position_in_trip(day_trip, position))
            )
    return sorted(found)


@given(
    feed=strategies.feeds(),
    zone=st.sampled_from(strategies.ZONES),
    offset=st.integers(-1, strategies.N_DAYS + 1),
)
def test_random_feeds_come_back_as_a_slow_reading_says(
    feed: Mapping[str, str | bytes], zone: str, offset: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "f.zip", feed)
        timetable = build_timetable([open_feed(path, "f")], zone)
        timetable.save(Path(folder))
        timetable = Timetable.open(Path(folder))
        expected = oracle.Feed(path, zone)
        date_ = strategies.FIRST + timedelta(days=offset)
        day = build_day(timetable, date_, no_walks(timetable))
        check_never_overtakes(day)
        for stop in range(strategies.N_STOPS):
            assert departures(timetable, day, stop) == expected.departures(f"s{stop}", date_)


def check_never_overtakes(day: Day) -> None:
    """Trips of a pattern are ordered at every position, and none arrives after it leaves."""
    patterns = day.tables.patterns
    for pattern in range(day.tables.n_patterns):
        trips = range(*patterns.first_trip_of_pattern[pattern : pattern + 2].tolist())
        times = [np.stack(day.times(trip)) for trip in trips]
        events = slice(*patterns.first_event_of_pattern[pattern : pattern + 2].tolist())
        by_position = np.transpose([departure for _, departure in times]).ravel().tolist()
        assert patterns.departure_by_position[events].tolist() == by_position
        for earlier, later in pairwise(times):
            assert (earlier <= later).all()
        for arrival, departure in times:
            assert (arrival <= departure).all()
            assert (departure[:-1] <= arrival[1:]).all()


@pytest.mark.parametrize("name", FEEDS)
def test_departures_equal_a_slow_reading(name: str, outside_data: Path) -> None:
    path, zone = outside_data / "gtfs" / f"{name}.zip", FEEDS[name]
    timetable = build_timetable([open_feed(path, "f")], zone)
    expected = oracle.Feed(path, zone)
    draw = random.Random(name)
    span = (timetable.last_date - timetable.first_date).days
    stops = np.unique(timetable.stop_times.stop).tolist()
    n_dates, n_stops = (5, 20) if FULL else (2, 12)
    for _ in range(n_dates):
        date_ = timetable.first_date + timedelta(days=draw.randint(0, span))
        day = build_day(timetable, date_, no_walks(timetable))
        check_never_overtakes(day)
        for stop in draw.sample(stops, min(n_stops, len(stops))):
            stop_id = timetable.stops.id[stop].removeprefix("f:")
            assert departures(timetable, day, stop) == expected.departures(stop_id, date_)


def test_the_night_that_has_twenty_five_hours(outside_data: Path) -> None:
    path = outside_data / "gtfs/city/kuopio.zip"
    timetable = build_timetable([open_feed(path, "f")], "Europe/Helsinki")
    expected = oracle.Feed(path, "Europe/Helsinki")
    for date_ in (date(2016, 10, 29), date(2016, 10, 30), date(2016, 10, 31), date(2017, 3, 26)):
        day = build_day(timetable, date_, no_walks(timetable))
        for stop in range(0, len(timetable.stops.id), 100):
            stop_id = timetable.stops.id[stop].removeprefix("f:")
            assert departures(timetable, day, stop) == expected.departures(stop_id, date_)
