from pathlib import Path

from gtfs.timetable import build_timetable
from tests.gtfs.feeds import STORY, feed_of, timetable_of


def test_a_trip_without_a_headsign_goes_to_its_last_stop(tmp_path: Path) -> None:
    translations = """
        trans_id,lang,translation
        南口,en,South Gate
        市役所,en,City Hall
    """
    trips = STORY["trips.txt"].replace("t1,南口", "t1,").replace("t2,南口", "t2,市役所")
    table = timetable_of(tmp_path, {"trips.txt": trips, "translations.txt": translations}).trips
    assert table.headsign[:] == ["南口", "市役所"]
    assert table.headsign_en[:] == ["South Gate", "City Hall"]


def test_blocks_are_numbered_where_there_are_any(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id,block_id\nL,daily,t1,b\nL,daily,t2,b\n"
    assert timetable_of(tmp_path, {"trips.txt": trips}).trips.block.tolist() == [0, 0]


def test_blocks_of_two_feeds_stay_apart(tmp_path: Path) -> None:
    trips = {"trips.txt": "route_id,service_id,trip_id,block_id\nL,daily,t1,b\nL,daily,t2,c\n"}
    feeds = [feed_of(tmp_path, trips, feed_id) for feed_id in ("g", "h")]
    assert build_timetable(feeds, "Asia/Tokyo").trips.block.tolist() == [0, 1, 2, 3]
