from pathlib import Path

import pytest

from gtfs.timetable import build_timetable
from routing.layout import NONE
from tests.gtfs.feeds import feed_of

HEADER = "trip_id,start_time,end_time,headway_secs,exact_times\n"


def test_a_trip_that_repeats_has_a_row_for_each_run(tmp_path: Path) -> None:
    # t1 takes 10 + 1 + 9 min; it runs at 6:00 and 6:30, and, by the second row, at 7:00
    rows = "t1,6:00:00,7:00:00,1800,1\nt1,7:00:00,7:10:00,600,0\n"
    feed = feed_of(tmp_path, {"frequencies.txt": HEADER + rows})
    timetable = build_timetable([feed], "Asia/Tokyo")
    trips, times = timetable.trips, timetable.stop_times
    assert trips.id[:] == ["f:t1", "f:t1", "f:t1", "f:t2"]
    assert [start / 3600 for start in trips.start_time] == [6, 6.5, 7, 9]
    assert trips.headway.tolist() == [NONE, NONE, 600, NONE]
    assert trips.first_stop_time.tolist() == [0, 3, 6, 9, 12]
    assert [time / 60 for time in times.arrival[3:6]] == [390, 400, 410]
    assert [time / 60 for time in times.departure[3:6]] == [390, 401, 410]
    assert not feed.notices.counts


def test_of_two_rows_for_one_start_the_exact_one_counts(tmp_path: Path) -> None:
    rows = "t1,6:00:00,7:00:00,1200,0\nt1,6:20:00,6:30:00,900,1\n"
    feed = feed_of(tmp_path, {"frequencies.txt": HEADER + rows})
    trips = build_timetable([feed], "Asia/Tokyo").trips
    assert [start / 60 for start in trips.start_time] == [360, 380, 400, 540]
    assert trips.headway.tolist() == [1200, NONE, 1200, NONE]


def test_a_trip_whose_runs_are_none_does_not_run(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"frequencies.txt": HEADER + "t1,6:00:00,6:00:00,600,\n"})
    assert build_timetable([feed], "Asia/Tokyo").trips.id[:] == ["f:t2"]


def test_rows_for_unknown_trips_are_noticed(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"frequencies.txt": HEADER + "tx,6:00:00,7:00:00,600,\n"})
    assert build_timetable([feed], "Asia/Tokyo").trips.id[:] == ["f:t1", "f:t2"]
    assert feed.notices.counts == {"unknown_trip": 1}


@pytest.mark.parametrize("headway", ["0", "-5", "x"])
def test_a_trip_whose_headway_is_none_does_not_run(headway: str, tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"frequencies.txt": HEADER + f"t1,6:00:00,7:00:00,{headway},\n"})
    assert build_timetable([feed], "Asia/Tokyo").trips.id[:] == ["f:t2"]
    assert feed.notices.counts == {"unreadable_number": 1, "blank_frequency": 1}


def test_a_headway_of_a_second_all_day_is_left_out(tmp_path: Path) -> None:
    rows = "t1,0:00:00,24:00:00,1,\nt2,6:00:00,7:00:00,1800,\n"
    feed = feed_of(tmp_path, {"frequencies.txt": HEADER + rows})
    assert build_timetable([feed], "Asia/Tokyo").trips.id[:] == ["f:t2", "f:t2"]
    (notice,) = feed.notices
    assert notice.code == "too_many_runs"
    assert "fewer than 5000 runs" in notice.message


def test_a_row_that_makes_no_run_is_noticed(tmp_path: Path) -> None:
    rows = (
        "trip_id,start_time,end_time,headway_secs\nt1,10:00:00,10:00:00,600\nt1,9:00:00,8:00:00,600"
    )
    feed = feed_of(tmp_path, {"frequencies.txt": rows})
    timetable = build_timetable([feed], "Asia/Tokyo")
    assert feed.notices.counts == {"frequency_without_runs": 2}
    assert timetable.trips.id[:] == ["f:t2"]
