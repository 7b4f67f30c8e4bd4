"""Feeds of different time zones in one region of yet another zone, over changes of the clock."""

import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gtfs.clock import base_instant
from gtfs.day import build_day
from gtfs.read import open_feed
from gtfs.timetable import build_timetable
from tests.gtfs import oracle, strategies
from tests.gtfs.feeds import no_walks, write_feed
from tests.gtfs.strategies import table
from tests.gtfs.test_departures import check_never_overtakes, departures

# on 2026-03-29 Europe goes to summer time, on 2026-04-05 Sydney leaves it
ZONES = ("Asia/Tokyo", "Europe/Helsinki", "America/New_York", "Australia/Sydney", "Asia/Kathmandu")


@st.composite
def feeds(draw: st.DrawFn) -> Mapping[str, str | bytes]:
    """A random feed in one of the zones; its stops name zones, too, which say nothing of times."""
    files = dict(draw(strategies.feeds()))
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=5, max_size=5))
    rows = [(f"s{k}", f"stop {k}", 43 + k / 100, 141, zone) for k, zone in enumerate(zones)]
    return {
        **files,
        "agency.txt": table("agency_name,agency_timezone", [("a", draw(st.sampled_from(ZONES)))]),
        "stops.txt": table("stop_id,stop_name,stop_lat,stop_lon,stop_timezone", rows),
    }


@given(
    drawn=st.lists(feeds(), min_size=2, max_size=3),
    zone=st.sampled_from(ZONES),
    offset=st.integers(-1, 12),
)
def test_every_feed_keeps_its_own_clock(
    drawn: list[Mapping[str, str | bytes]], zone: str, offset: int
) -> None:
    on = strategies.FIRST + timedelta(days=offset)
    with tempfile.TemporaryDirectory() as folder:
        paths = {
            name: write_feed(Path(folder) / f"{name}.zip", files)
            for name, files in zip("fgh", drawn, strict=False)
        }
        timetable = build_timetable([open_feed(path, name) for name, path in paths.items()], zone)
        slow = {name: oracle.Feed(path, zone) for name, path in paths.items()}
    assert [feed.timezone for feed in timetable.feeds] == [one.feed_zone for one in slow.values()]
    day = build_day(timetable, on, no_walks(timetable))
    assert day.base_epoch == base_instant(on, zone) == oracle.instant(on, zone)
    check_never_overtakes(day)
    for stop, stop_id in enumerate(timetable.stops.id):
        name, own = stop_id.split(":")
        assert departures(timetable, day, stop) == slow[name].departures(own, on)
