"""The bridge to gtfs-kit: there and back without loss."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import gtfs
from gtfs.errors import MissingFileError
from gtfs.read import Feed, open_feed
from gtfs.tables import Tables
from gtfs.timetable import Timetable, build_timetable
from routing.arrays import Strings
from tests.gtfs import strategies
from tests.gtfs.feeds import EVERYTHING, STORY, feed_of, lines_of, write_feed

FREQUENCIES = """
    trip_id,start_time,end_time,headway_secs,exact_times
    t2,00:00:00,24:00:00,40000,1
"""


def check_same(one: Timetable, other: Timetable) -> None:
    """All tables of two timetables hold the same."""
    for name in Tables._fields:
        left, right = getattr(one, name), getattr(other, name)
        for field, a, b in zip(left._fields, left, right, strict=True):
            if isinstance(a, Strings):
                assert list(a) == list(b), f"{name}.{field}"
            else:
                np.testing.assert_array_equal(a, b, f"{name}.{field}")


def there_and_back(feed: Feed) -> Feed:
    return gtfs.from_gtfs_kit(gtfs.to_gtfs_kit(feed), feed.id, feed)


def test_a_feed_with_everything_comes_back(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, EVERYTHING)
    back = there_and_back(feed)
    assert back.names == feed.names
    check_same(build_timetable([feed], "Asia/Tokyo"), build_timetable([back], "Asia/Tokyo"))
    back.save(tmp_path / "back.zip")
    again = open_feed(tmp_path / "back.zip", "f")
    check_same(build_timetable([feed], "Asia/Tokyo"), build_timetable([again], "Asia/Tokyo"))


@settings(max_examples=15)
@given(files=strategies.feeds())
def test_random_feeds_come_back(files: Mapping[str, str | bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        feed = open_feed(write_feed(Path(folder) / "f.zip", files), "f")
        zone = "Asia/Tokyo"
        check_same(build_timetable([feed], zone), build_timetable([there_and_back(feed)], zone))


def test_what_gtfs_kit_itself_would_lose_is_kept(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "stops.txt": lines_of(STORY["stops.txt"]).replace("B,", "NA,").encode("cp932"),
        "stop_times.txt": STORY["stop_times.txt"].replace(",B,", ",NA,"),
        "frequencies.txt": FREQUENCIES,
        "levels.txt": EVERYTHING["levels.txt"],
    }
    feed = feed_of(tmp_path, files)
    kit = gtfs.to_gtfs_kit(feed)
    assert kit.stops["stop_id"].tolist() == ["A", "NA", "C"]
    assert kit.stops["stop_name"].tolist() == ["北駅", "中町", "南口"]
    assert kit.frequencies["headway_secs"].tolist() == [40_000]
    assert there_and_back(feed).has("levels.txt")


def test_a_number_that_is_none_is_noticed(tmp_path: Path) -> None:
    times = STORY["stop_times.txt"].replace("C,3", "C,third", 1)
    feed = feed_of(tmp_path, {"stop_times.txt": times})
    kit = gtfs.to_gtfs_kit(feed)
    assert kit.stop_times["stop_sequence"].isna().sum() == 1
    assert feed.notices.counts == {"unreadable_number": 1}


def test_an_edited_feed_is_what_was_asked_for(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, EVERYTHING)
    fewer = gtfs.to_gtfs_kit(feed).restrict_to_trips(["t1"])
    edited = gtfs.from_gtfs_kit(fewer, "f", feed)
    timetable = build_timetable([edited], "Asia/Tokyo")
    assert list(timetable.trips.id) == ["f:t1"]
    assert list(timetable.levels.id) == ["f:ground", "f:up"]
    assert edited.notices.counts["unknown_stop"] == 2  # pathways: gtfs-kit took the entrance away
    fewer.stop_times = None
    with pytest.raises(MissingFileError, match=r"stop_times\.txt"):
        gtfs.from_gtfs_kit(fewer, "f", feed)


def test_statistics_of_gtfs_kit_are_those_of_our_tables(outside_data: Path) -> None:
    feed = open_feed(outside_data / "gtfs/hokkaido/hakodate_tram.zip", "f")
    timetable = build_timetable([feed], "Asia/Tokyo")
    stats = gtfs.to_gtfs_kit(feed).compute_route_stats(["20190710"])
    service_day = (np.datetime64("2019-07-10") - np.datetime64(timetable.first_date)).astype(int)
    runs = timetable.services.runs[timetable.trips.service, service_day] == 1
    count = np.bincount(timetable.trips.line[runs], minlength=len(timetable.lines.id))
    ours = {name[2:]: n for name, n in zip(timetable.lines.id, count.tolist(), strict=True) if n}
    assert dict(zip(stats["route_id"], stats["num_trips"], strict=True)) == ours


def test_gtfs_kit_is_not_loaded_before_it_is_asked_for() -> None:
    code = "import sys, gtfs, gtfs.kit; gtfs.to_gtfs_kit; sys.exit('gtfs_kit' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=root).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gtfs.nothing  # noqa: B018
