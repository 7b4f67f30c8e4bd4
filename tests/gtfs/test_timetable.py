"""Several feeds in one timetable, and a timetable in a folder."""

import json
from pathlib import Path

import numpy as np
import pytest

from gtfs.errors import DuplicateFeedError, NotATimetableError
from gtfs.tables import Tables
from gtfs.timetable import Timetable, build_timetable
from routing.arrays import Strings
from routing.layout import NONE
from tests.gtfs.feeds import EVERYTHING, STORY, feed_of, timetable_of


def as_lists(timetable: Timetable) -> dict[str, list[object]]:
    return {
        f"{name}.{field}": list(values) if isinstance(values, Strings) else values.tolist()
        for name in Tables._fields
        for field, values in getattr(timetable, name)._asdict().items()
    }


def test_what_is_saved_is_what_is_opened(tmp_path: Path) -> None:
    timetable = build_timetable(
        [feed_of(tmp_path), feed_of(tmp_path, EVERYTHING, "g")], "Asia/Tokyo"
    )
    timetable.save(tmp_path)
    opened = Timetable.open(tmp_path)
    assert as_lists(opened) == as_lists(timetable)
    assert opened.feeds == timetable.feeds
    assert (opened.zone, opened.first_date, opened.last_date) == (
        timetable.zone,
        timetable.first_date,
        timetable.last_date,
    )


def test_columns_are_read_only_before_and_after(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path, EVERYTHING)
    timetable.save(tmp_path)
    for each in (timetable, Timetable.open(tmp_path)):
        for name in Tables._fields:
            for values in getattr(each, name):
                if isinstance(values, np.ndarray):
                    assert type(values) is np.ndarray
                    assert not values.flags.writeable
                    assert values.flags.c_contiguous


def test_equal_ids_of_two_feeds_stay_apart(tmp_path: Path) -> None:
    feeds = [feed_of(tmp_path, EVERYTHING, "g"), feed_of(tmp_path, EVERYTHING, "h")]
    timetable = build_timetable(feeds, "Asia/Tokyo")
    assert timetable.stops.id[:] == [f"{feed}:{stop}" for feed in "gh" for stop in "ABCSE"]
    assert timetable.lines.id[:] == ["g:L", "h:L"]
    assert timetable.trips.id[:] == ["g:t1", *["g:t2"] * 4, "h:t1", *["h:t2"] * 4]
    assert timetable.trips.line.tolist() == [0] * 5 + [1] * 5
    assert timetable.trips.service.tolist() == [0] * 5 + [2] * 5
    assert timetable.trips.shape.tolist() == [0] * 5 + [1] * 5
    assert timetable.trips.block.tolist() == [0, *[NONE] * 4, 1, *[NONE] * 4]
    assert timetable.trips.first_stop_time.tolist() == list(range(0, 33, 3))
    assert timetable.stop_times.stop.tolist() == [0, 1, 2] * 5 + [5, 6, 7] * 5
    assert timetable.shapes.first_point.tolist() == [0, 3, 6]
    assert timetable.stops.feed.tolist() == [0] * 5 + [1] * 5
    assert timetable.stops.parent.tolist() == [3, NONE, NONE, NONE, 3, 8, NONE, NONE, NONE, 8]
    assert timetable.stops.level.tolist() == [1, NONE, NONE, NONE, 0, 3, NONE, NONE, NONE, 2]
    transfers = timetable.transfers
    in_seat = [NONE] * 4  # t1 to each run of t2
    assert transfers.from_stop.tolist() == [0, 1, *in_seat, 5, 6, *in_seat]
    assert transfers.to_stop.tolist() == [1, 1, *in_seat, 6, 6, *in_seat]
    assert transfers.from_line.tolist() == [NONE, 0, *in_seat, NONE, 1, *in_seat]
    assert transfers.from_trip.tolist() == [NONE, NONE, *[0] * 4, NONE, NONE, *[5] * 4]
    assert transfers.to_trip.tolist() == [NONE, NONE, 1, 2, 3, 4, NONE, NONE, 6, 7, 8, 9]
    calls = timetable.calls
    assert calls.stop_time.tolist() == [1, 16]
    assert calls.headsign.tolist() == [0, 1]
    assert calls.pickup_rule.tolist() == [0, 2]
    assert timetable.pathways.tail.tolist() == [4, 4, 0, 0, 9, 9, 5, 5]
    flex = timetable.flex
    assert flex.from_zone.tolist() == [0, 2]
    assert flex.to_zone.tolist() == [1, 3]
    assert flex.drop_off_rule.tolist() == [NONE, NONE]
    assert timetable.zone_stops.stop.tolist() == [1, 2, 6, 7]
    assert timetable.zones.first_stop.tolist() == [0, 0, 2, 2, 4]
    assert timetable.zones.first_ring.tolist() == [0, 1, 1, 2, 2]
    assert timetable.rings.first_point.tolist() == [0, 4, 8]


def test_two_feeds_must_have_two_ids(tmp_path: Path) -> None:
    with pytest.raises(DuplicateFeedError, match="'f'"):
        build_timetable([feed_of(tmp_path), feed_of(tmp_path)], "Asia/Tokyo")


def test_attribution_is_the_given_one_or_the_publisher(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    assert (timetable.feeds[0].attribution, timetable.feeds[0].licence) == ("Northern Bus", "")
    assert timetable.feeds[0].timezone == "Asia/Tokyo"


def test_a_folder_without_a_timetable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotATimetableError, match="holds no timetable"):
        Timetable.open(tmp_path)
    timetable = timetable_of(tmp_path)
    timetable.save(tmp_path)
    (tmp_path / "stops.lat.npy").write_bytes(b"short")
    with pytest.raises(NotATimetableError, match="build the region again"):
        Timetable.open(tmp_path)
    manifest = tmp_path / "timetable.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 0}))
    with pytest.raises(NotATimetableError, match="its format is 0"):
        Timetable.open(tmp_path)


def test_a_feed_without_optional_files_has_empty_tables(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    assert timetable.shapes.first_point.tolist() == [0]
    assert timetable.transfers.from_stop.size == 0
    assert timetable.fares.key.size == 0
    assert timetable.trips.headsign[:] == ["南口", "南口"]
    assert "translations.txt" not in STORY
