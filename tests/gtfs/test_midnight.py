"""Journeys after midnight are the same whether the day before or the day itself is searched."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gtfs.clock import base_instant
from gtfs.day import build_day
from gtfs.read import open_feed
from gtfs.timetable import build_timetable
from tests.gtfs.feeds import write_feed
from tests.gtfs.realtime.test_rebuild import journeys, with_walks
from tests.gtfs.strategies import clock, table

DATE = date(2026, 3, 29)  # summer time begins in Europe, two to three hours after midnight


@st.composite
def nights(draw: st.DrawFn) -> dict[str, bytes]:
    """Trips of three lines between 21:00 and 32:00, each on some of three dates."""
    runs, calls = [], []
    for trip in range(draw(st.integers(4, 12))):
        runs.append((draw(st.sampled_from("KLM")), draw(st.sampled_from("abc")), f"t{trip}"))
        now = draw(st.integers(21 * 4, 30 * 4)) * 900
        now -= draw(st.sampled_from((0, 86_400))) if now >= 86_400 else 0  # of either date
        stops = draw(st.lists(st.integers(0, 2), min_size=2, max_size=4))
        for k, stop in enumerate(stops):
            calls.append((f"t{trip}", clock(now), clock(now), f"s{stop}", k))
            now += draw(st.integers(1, 8)) * 300
    dates = [
        (service, f"{DATE + timedelta(days=k):%Y%m%d}", 1)
        for service in "abc"
        for k in draw(st.sets(st.integers(-1, 1), min_size=1))
    ]
    return {
        "stops.txt": table(
            "stop_id,stop_name,stop_lat,stop_lon", [(f"s{k}", k, 43 + k / 9, 141) for k in range(3)]
        ),
        "routes.txt": table("route_id,route_short_name,route_type", [(k, k, 3) for k in "KLM"]),
        "trips.txt": table("route_id,service_id,trip_id", runs),
        "stop_times.txt": table("trip_id,arrival_time,departure_time,stop_id,stop_sequence", calls),
        "calendar.txt": table(
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
            "start_date,end_date",
            [],
        ),
        "calendar_dates.txt": table("service_id,date,exception_type", dates),
    }


@settings(max_examples=20)
@given(feed=nights(), zone=st.sampled_from(("Asia/Tokyo", "Europe/Helsinki")))
def test_the_night_belongs_to_both_days(feed: dict[str, bytes], zone: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "f.zip", feed)
        timetable = build_timetable([open_feed(path, "f")], zone)
    midnight, end = base_instant(DATE, zone), base_instant(DATE + timedelta(days=1), zone)
    found = []
    for on in (DATE - timedelta(days=1), DATE):
        day = build_day(timetable, on, with_walks(timetable))
        start, latest = midnight - day.base_epoch, end - day.base_epoch
        found.append(
            [
                (departure - start, arrival - start, rides)
                for target in (1, 2)
                for departure, arrival, rides in journeys(day.tables, 0, target, start)
                if arrival < latest
            ]
        )
    assume(found[1])
    assert found[0] == found[1]
