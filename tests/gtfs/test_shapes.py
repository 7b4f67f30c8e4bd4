from pathlib import Path

import pytest

from gtfs.timetable import build_timetable
from routing.layout import NONE
from tests.gtfs.feeds import STORY, feed_of

TRIPS = STORY["trips.txt"].replace("trip_headsign", "trip_headsign,shape_id")


def test_points_are_sorted_and_measured(tmp_path: Path) -> None:
    # a thousandth of a degree of latitude is 111.195 m
    shapes = """
        shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
        q,43.002,141,30
        p,10,10,1
        q,43.000,141,1
        q,43.001,141,7
        p,10,10,2
    """
    trips = TRIPS.replace("t1,南口", "t1,南口,q").replace("t2,南口", "t2,南口,lost")
    feed = feed_of(tmp_path, {"shapes.txt": shapes, "trips.txt": trips})
    timetable = build_timetable([feed], "Asia/Tokyo")
    assert timetable.trips.shape.tolist() == [0, NONE]
    table = timetable.shapes
    assert table.first_point.tolist() == [0, 3, 5]
    assert table.lat.tolist() == [43.0, 43.001, 43.002, 10, 10]
    assert table.distance_m.tolist() == pytest.approx([0, 111.195, 222.39, 0, 0], abs=0.01)
    assert feed.notices.counts == {"unknown_shape": 1}


def test_a_point_without_a_place_is_left_out(tmp_path: Path) -> None:
    shapes = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\np,1,1,1\np,,,2\np,2,2,3\n"
    feed = feed_of(tmp_path, {"shapes.txt": shapes})
    table = build_timetable([feed], "Asia/Tokyo").shapes
    assert table.lat.tolist() == [1, 2]
    assert feed.notices.counts == {"shape_point_without_place": 1}
