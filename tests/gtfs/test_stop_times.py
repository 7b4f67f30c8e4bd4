"""Repairs of stop times and what is left out; `ABC` are the stops of the story."""

from pathlib import Path

import pytest

from gtfs.errors import BadValueError, EmptyFeedError
from gtfs.read import Feed
from gtfs.timetable import Timetable, build_timetable
from tests.gtfs.feeds import feed_of

HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"


def built(folder: Path, rows: str, header: str = HEADER) -> tuple[Timetable, Feed]:
    feed = feed_of(folder, {"stop_times.txt": header + "\n" + rows})
    return build_timetable([feed], "Asia/Tokyo"), feed


def minutes(timetable: Timetable) -> list[float]:
    return [seconds / 60 for seconds in timetable.stop_times.arrival.tolist()]


def test_rows_in_any_order_are_sorted_by_trip_and_sequence(tmp_path: Path) -> None:
    rows = (
        "t2,9:20:00,9:20:00,C,9\nt1,8:00:00,8:00:00,A,1\n"
        "t2,9:00:00,9:00:00,A,7\nt1,8:10:00,8:10:00,B,2"
    )
    timetable, _ = built(tmp_path, rows)
    assert minutes(timetable) == [480, 490, 540, 560]
    assert timetable.trips.first_stop_time.tolist() == [0, 2, 4]
    assert timetable.stop_times.sequence.tolist() == [1, 2, 7, 9]
    assert timetable.trips.start_time.tolist() == [28_800, 32_400]


def test_a_blank_half_of_a_time_is_the_other_half(tmp_path: Path) -> None:
    timetable, feed = built(tmp_path, "t1,,8:00:00,A,1\nt1,8:10:00,,B,2\nt1,8:20:00,,C,3\n")
    assert minutes(timetable) == [480, 490, 500]
    assert timetable.stop_times.departure.tolist() == timetable.stop_times.arrival.tolist()
    assert "interpolated_time" not in feed.notices.counts


def test_blank_times_are_spread_evenly_where_no_distance_is_known(tmp_path: Path) -> None:
    # 8:01 to 8:10 over three hops of 3 min
    rows = "t1,8:00:00,8:01:00,A,1\nt1,,,B,2\nt1,,,C,3\nt1,8:10:00,8:10:00,A,4\n"
    timetable, feed = built(tmp_path, rows)
    assert minutes(timetable) == [480, 484, 487, 490]
    assert feed.notices.counts["interpolated_time"] == 2


def test_blank_times_are_spread_by_distance_where_it_is_known(tmp_path: Path) -> None:
    # 10 min over 10 km: 1 km = 1 min
    header = HEADER + ",shape_dist_traveled"
    rows = "t1,8:00:00,8:00:00,A,1,0\nt1,,,B,2,1\nt1,,,C,3,7.5\nt1,8:10:00,8:10:00,A,4,10\n"
    assert minutes(built(tmp_path, rows, header)[0]) == [480, 481, 487.5, 490]


def test_interpolated_times_are_whole_seconds_rounded_down(tmp_path: Path) -> None:
    # 100 s: two thirds of the way, then half of the rows
    rows = "t1,8:00:00,8:00:00,A,1,0\nt1,,,B,2,2\nt1,8:01:40,8:01:40,C,3,3\n"
    rows += "t2,8:00:00,8:00:00,A,1,\nt2,,,B,2,\nt2,8:00:05,8:00:05,C,3,\n"
    timetable, _ = built(tmp_path, rows, HEADER + ",shape_dist_traveled")
    assert [time - 28_800 for time in timetable.stop_times.arrival.tolist()] == [
        0,
        66,
        100,
        0,
        2,
        5,
    ]


@pytest.mark.parametrize("distances", ["0 5 5 10", "0 7 3 10", "0 1 . 10", ". 1 2 3"])
def test_distances_that_do_not_grow_are_not_used(distances: str, tmp_path: Path) -> None:
    d = distances.replace(".", "").split(" ")
    header = HEADER + ",shape_dist_traveled"
    rows = (
        f"t1,8:00:00,8:00:00,A,1,{d[0]}\nt1,,,B,2,{d[1]}\n"
        f"t1,,,C,3,{d[2]}\nt1,8:09:00,8:09:00,A,4,{d[3]}\n"
    )
    assert minutes(built(tmp_path, rows, header)[0]) == [480, 483, 486, 489]


def test_times_may_pass_midnight_and_have_one_digit_of_hours(tmp_path: Path) -> None:
    timetable, _ = built(tmp_path, "t1,7:05:09,7:05:09,A,1\nt1,125:00:00,125:00:00,B,2\n")
    assert timetable.stop_times.arrival.tolist() == [25_509, 450_000]


GOOD = "t2,9:00:00,9:00:00,A,1\nt2,9:10:00,9:10:00,B,2\n"


@pytest.mark.parametrize("value", ["25:61:00", "8:00", "-1:00:00", "noon", "8:00:0", "1e3:00:00"])
def test_what_is_no_time_costs_its_trip(value: str, tmp_path: Path) -> None:
    rows = f"t1,8:00:00,8:00:00,A,1\nt1,{value},9:00:00,B,2\n"
    timetable, feed = built(tmp_path, rows + GOOD)
    assert timetable.trips.id[:] == ["f:t2"]
    assert feed.notices.counts == {"unreadable_time": 1, "trip_with_unreadable_cell": 1}
    first, second = feed.notices
    assert "row 3, arrival_time" in str(first)
    assert second.value == "t1"


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "", "99999999999"])
def test_what_is_no_sequence_costs_its_trip(value: str, tmp_path: Path) -> None:
    rows = f"t1,8:00:00,8:00:00,A,{value}\nt1,9:00:00,9:00:00,B,2\n"
    timetable, feed = built(tmp_path, rows + GOOD)
    assert timetable.trips.id[:] == ["f:t2"]
    assert feed.notices.counts == {"unreadable_number": 1, "trip_with_unreadable_cell": 1}


def test_a_file_whose_times_are_mostly_unreadable_is_refused(tmp_path: Path) -> None:
    rows = "t1,8h,8:00:00,A,1\nt1,9h,9:00:00,B,2\nt2,9:00:00,9:00:00,A,1\n"
    with pytest.raises(BadValueError, match="row 2, arrival_time"):
        built(tmp_path, rows)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("t1,8:10:00,8:10:00,A,1\nt1,8:00:00,8:00:00,B,2\n", "trip_runs_backwards"),
        ("t1,8:10:00,8:00:00,A,1\nt1,8:20:00,8:20:00,B,2\n", "trip_runs_backwards"),
        ("t1,,,A,1\nt1,8:20:00,8:20:00,B,2\n", "trip_without_end_times"),
        ("t1,8:20:00,8:20:00,A,1\nt1,,,B,2\n", "trip_without_end_times"),
        ("t1,8:20:00,8:20:00,A,1\n", "trip_with_one_stop"),
        ("", "trip_without_stops"),
    ],
)
def test_a_trip_that_cannot_be_ridden_is_left_out_with_a_notice(
    rows: str, code: str, tmp_path: Path
) -> None:
    timetable, feed = built(tmp_path, rows + GOOD)
    assert timetable.trips.id[:] == ["f:t2"]
    assert minutes(timetable) == [540, 550]
    assert feed.notices.counts == {code: 1}
    assert [notice.value for notice in feed.notices] == ["t1"]


def test_rows_of_unknown_trips_and_stops_are_left_out_with_a_notice(tmp_path: Path) -> None:
    rows = (
        "tx,9:00:00,9:00:00,A,1\nt1,8:00:00,8:00:00,A,1\n"
        "t1,8:05:00,8:05:00,X,2\nt1,8:10:00,8:10:00,B,3\n"
    )
    timetable, feed = built(tmp_path, rows + GOOD)
    assert minutes(timetable) == [480, 490, 540, 550]
    assert feed.notices.counts == {"unknown_trip": 1, "unknown_stop": 1}
    assert [(notice.row, notice.value) for notice in feed.notices] == [(2, "tx"), (4, "X")]


def test_trips_of_unknown_lines_and_services_are_left_out_with_a_notice(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id\nX,daily,t1\nL,never,t3\nL,daily,t2\n"
    feed = feed_of(tmp_path, {"trips.txt": trips})
    timetable = build_timetable([feed], "Asia/Tokyo")
    assert timetable.trips.id[:] == ["f:t2"]
    counts = feed.notices.counts
    assert (counts["unknown_line"], counts["unknown_service"]) == (1, 1)


def test_rows_served_by_zone_are_counted_apart_from_unknown_stops(tmp_path: Path) -> None:
    rows = "t1,,,,1,zone\nt1,8:00:00,8:00:00,A,2,\nt1,8:10:00,8:10:00,B,3,\n"
    timetable, feed = built(tmp_path, rows, HEADER + ",location_id")
    assert minutes(timetable) == [480, 490]
    assert feed.notices.counts["flexible_stop_time"] == 1
    assert "unknown_stop" not in feed.notices.counts


def test_a_feed_without_any_trip_to_ride_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyFeedError, match=r"no trip is left .* 't1'"):
        built(tmp_path, "t1,8:00:00,8:00:00,A,1\n")


def test_only_the_first_notices_of_a_kind_are_kept(tmp_path: Path) -> None:
    rows = "".join(f"x{k},9:00:00,9:00:00,A,1\n" for k in range(100))
    _, feed = built(tmp_path, rows + GOOD)
    (trips, stops) = feed.notices.summary()
    assert (trips["code"], trips["count"]) == ("trip_without_stops", 1)
    assert (stops["code"], stops["count"]) == ("unknown_trip", 100)
    assert len(feed.notices.kept) == 1 + 5
