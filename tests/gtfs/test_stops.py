import math
from pathlib import Path

import pytest

from gtfs.errors import BadValueError
from gtfs.timetable import build_timetable
from routing.layout import NONE
from tests.gtfs.feeds import feed_of, timetable_of

STATION = """
    stop_id,stop_name,stop_lat,stop_lon,zone_id,platform_code,location_type,parent_station
    A,北駅,43.00,141.00,,,1,
    A1,,43.001,141.001,z1,1,0,A
    A2,北駅２番,,,z1,2,0,A
    N,,,,,,3,A
    B,中町,43.01,141.00,z2,,,
    C,南口,43.02,141.00,z3,,,nowhere
"""


def test_platforms_take_name_and_place_of_their_station(tmp_path: Path) -> None:
    stops = timetable_of(tmp_path, {"stops.txt": STATION}).stops
    assert stops.id[:4] == ["f:A", "f:A1", "f:A2", "f:N"]
    assert stops.name[:4] == ["北駅", "北駅", "北駅２番", "北駅"]
    assert stops.platform[:4] == ["", "1", "2", ""]
    assert stops.kind.tolist() == [1, 0, 0, 3, 0, 0]
    assert stops.parent.tolist() == [NONE, 0, 0, 0, NONE, NONE]
    assert stops.lat.tolist() == [43.0, 43.001, 43.0, 43.0, 43.01, 43.02]


def test_an_unknown_station_is_noticed(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"stops.txt": STATION})
    build_timetable([feed], "Asia/Tokyo")
    (notice,) = feed.notices
    assert str(notice) == (
        "feed 'f': stops.txt, row 7, parent_station 'nowhere': "
        "no such stop; taken as a stop without a station [unknown_parent]"
    )


def test_a_stop_without_a_place_is_noticed_and_lies_nowhere(tmp_path: Path) -> None:
    feed = feed_of(
        tmp_path,
        {"stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,a,,\nB,b,0,0\nC,c,43,141\n"},
    )
    stops = build_timetable([feed], "Asia/Tokyo").stops
    assert [math.isnan(lat) for lat in stops.lat] == [True, True, False]
    assert feed.notices.counts == {"stop_without_place": 2}


def test_places_that_are_mostly_off_the_globe_are_refused(tmp_path: Path) -> None:
    stops = "stop_id,stop_name,stop_lat,stop_lon\nA,a,141.0,43.0\nB,b,141,43\nC,c,43,141\n"
    with pytest.raises(BadValueError, match=r"row 2, stop_lat: '141.0' .* -90 to 90"):
        timetable_of(tmp_path, {"stops.txt": stops})


def test_a_stop_id_that_stands_twice_counts_once(tmp_path: Path) -> None:
    text = "stop_id,stop_name,stop_lat,stop_lon\nA,a,43,141\nA,a2,43,141\nB,b,43,141\nC,c,43,141\n"
    feed = feed_of(tmp_path, {"stops.txt": text})
    stops = build_timetable([feed], "Asia/Tokyo").stops
    assert stops.name[:] == ["a", "b", "c"]
    assert feed.notices.counts == {"duplicate_id": 1}
