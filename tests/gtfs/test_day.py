"""Days of the story: t1 leaves A at 8:00, B at 8:11, is at C at 8:20; t2 is an hour later."""

import datetime as dt
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs.day import Day, build_day
from gtfs.timetable import Timetable, build_timetable
from routing.kernels import timetable_patterns as kernels
from routing.layout import NONE
from tests.gtfs.feeds import STORY, feed_of, no_walks, timetable_of

DATE = dt.date(2026, 7, 1)
HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"


def day_of(timetable: Timetable, date: dt.date = DATE, **options: object) -> Day:
    return build_day(timetable, date, no_walks(timetable), **options)  # type: ignore[arg-type]


def patterns_of(timetable: Timetable, day: Day) -> list[list[str]]:
    """Trip ids of today's trips by pattern."""
    first = day.tables.patterns.first_trip_of_pattern.tolist()
    return [
        [timetable.trips.id[int(day.trip[k])] for k in range(start, end) if day.service_day[k] == 0]
        for start, end in pairwise(first)
    ]


def with_times(folder: Path, rows: str) -> Timetable:
    return timetable_of(folder, {"stop_times.txt": HEADER + rows})


def test_trips_of_the_day_before_end_up_twelve_hours_before_the_day(tmp_path: Path) -> None:
    rows = STORY["stop_times.txt"].split("t2")[0] + (
        "t2,23:00:00,23:00:00,A,1\nt2,23:10:00,23:11:00,B,2\nt2,24:20:00,24:20:00,C,3\n"
    )
    timetable = timetable_of(tmp_path, {"stop_times.txt": rows})
    day = day_of(timetable)
    found = [
        (timetable.trips.id[int(t)], int(s)) for t, s in zip(day.trip, day.service_day, strict=True)
    ]
    assert sorted(found) == [("f:t1", 0), ("f:t1", 1), ("f:t2", -1), ("f:t2", 0), ("f:t2", 1)]
    (eve,) = np.flatnonzero(day.service_day == -1).tolist()
    assert day.times(eve)[1].tolist() == [-3600, -3600 + 660, 1200]
    assert day.service_date(eve) == dt.date(2026, 6, 30)


def test_a_date_outside_of_all_feeds_has_no_trips(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    for date in (dt.date(1990, 1, 1), dt.date(2050, 1, 1)):
        day = day_of(timetable, date)
        assert (day.tables.n_trips, day.tables.n_patterns) == (0, 0)
        assert day.tables.n_stops == 3


def test_the_last_day_has_no_trips_of_the_day_after(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    assert day_of(timetable, dt.date(2026, 12, 31)).service_day.tolist() == [0, 0]
    assert day_of(timetable, dt.date(2027, 1, 1)).tables.n_trips == 0


def test_a_trip_that_overtakes_has_a_pattern_of_its_own(tmp_path: Path) -> None:
    # t2 leaves A after t1 and is at B before it
    rows = (
        "t1,8:00:00,8:00:00,A,1,,\nt1,8:30:00,8:30:00,B,2,,\n"
        "t2,8:10:00,8:10:00,A,1,,\nt2,8:20:00,8:20:00,B,2,,\n"
    )
    timetable = with_times(tmp_path, rows)
    day = day_of(timetable, dt.date(2026, 12, 31))
    assert sorted(patterns_of(timetable, day)) == [["f:t1"], ["f:t2"]]


@given(
    st.lists(
        st.tuples(st.integers(0, 9), *[st.integers(0, 3)] * 3, st.sampled_from((0, 0, 1))),
        min_size=1,
        max_size=8,
    )
)
def test_trips_of_a_pattern_never_overtake_and_none_is_lost(
    trips: list[tuple[int, int, int, int, int]],
) -> None:
    rows, expected = [], []
    for k, (start, ride, dwell, ride_on, pickup) in enumerate(trips):
        at_b = start + ride
        at_c = at_b + dwell + ride_on
        times = [(start, start), (at_b, at_b + dwell), (at_c, at_c)]
        expected.append([*times[0], *times[1], *times[2]])
        rows += [
            f"t{k},0:00:{arrival:02},0:00:{departure:02},{stop},{n},{pickup},"
            for n, (stop, (arrival, departure)) in enumerate(zip("ABC", times, strict=True))
        ]
    ids = "".join(f"L,daily,t{k}\n" for k in range(len(trips)))
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "trips.txt": "route_id,service_id,trip_id\n" + ids,
            "stop_times.txt": HEADER + "\n".join(rows),
        }
        timetable = timetable_of(Path(folder), files)
    day = day_of(timetable, dt.date(2026, 12, 31))
    found = {int(day.trip[k]): np.stack(day.times(k)).T.ravel() for k in range(day.trip.size)}
    assert [found[k].tolist() for k in range(len(trips))] == expected
    for first, end in pairwise(day.tables.patterns.first_trip_of_pattern.tolist()):
        assert len({trips[int(day.trip[k])][4] for k in range(first, end)}) == 1
        for earlier, later in pairwise(range(first, end)):
            assert (found[int(day.trip[earlier])] <= found[int(day.trip[later])]).all()


def test_trips_at_the_same_times_share_a_pattern(tmp_path: Path) -> None:
    rows = "".join(f"t{k},8:00:00,8:00:00,A,1,,\nt{k},8:30:00,8:30:00,B,2,,\n" for k in (1, 2))
    timetable = with_times(tmp_path, rows)
    assert len(patterns_of(timetable, day_of(timetable))) == 1


def test_permissions_separate_patterns_but_not_where_they_mean_nothing(tmp_path: Path) -> None:
    # nobody gets off at A or on at C, so only the pickup at B tells the trips apart
    rows = (
        "t1,8:00:00,8:00:00,A,1,0,0\nt1,8:10:00,8:10:00,B,2,1,0\nt1,8:20:00,8:20:00,C,3,0,0\n"
        "t2,9:00:00,9:00:00,A,1,0,1\nt2,9:10:00,9:10:00,B,2,2,3\nt2,9:20:00,9:20:00,C,3,1,0\n"
    )
    timetable = with_times(tmp_path, rows)
    patterns = day_of(timetable, dt.date(2026, 12, 31)).tables.patterns
    assert sorted(
        [patterns.can_board[k : k + 3].tolist(), patterns.can_alight[k : k + 3].tolist()]
        for k in (0, 3)
    ) == [[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 1, 1]]]
    assert patterns.first_visit_of_stop.tolist() == [0, 2, 3, 3]


def test_a_line_that_comes_twice_to_a_stop_is_visited_twice(tmp_path: Path) -> None:
    rows = "".join(f"t1,8:{k}0:00,8:{k}0:00,{stop},{k},,\n" for k, stop in enumerate("ABAC"))
    timetable = with_times(tmp_path, rows)
    patterns = day_of(timetable).tables.patterns
    first, end = patterns.first_visit_of_stop[0:2].tolist()
    assert patterns.position_of_visit[first:end].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("blocked", "pieces"),
    [
        ([], [(0, [0, 1, 2])]),
        ([0], [(1, [1, 2])]),
        ([1], [(0, [0, 1])]),
        ([0, 1], []),
        ([7], [(0, [0, 1, 2])]),
    ],
)
def test_a_trip_is_cut_where_a_segment_is_blocked(
    blocked: list[int], pieces: list[tuple[int, list[int]]], tmp_path: Path
) -> None:
    timetable = timetable_of(tmp_path)
    day = day_of(timetable, blocked=[(0, 0, position) for position in blocked])
    found = [
        (int(day.first_position[k]), day.stops(k).tolist())
        for k in np.flatnonzero((day.trip == 0) & (day.service_day == 0)).tolist()
    ]
    assert found == pieces
    assert int((day.trip == 0).sum()) == len(pieces) + 1  # tomorrow's is whole
    for k in range(day.tables.n_trips):
        assert day.position_in_trip(k, 0) == day.first_position[k]


def test_times_of_a_piece_are_those_of_its_stops(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    day = day_of(timetable, blocked={(1, 0, 0)})
    (piece,) = np.flatnonzero(day.first_position == 1).tolist()
    arrival, departure = day.times(piece)
    assert arrival.tolist() == [33_000, 33_600]
    assert departure.tolist() == [33_060, 33_600]


def test_planned_ends_of_a_ride_are_two_of_the_planned_times_of_its_piece(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    (trip,) = (k for k, name in enumerate(timetable.trips.id) if name == "f:t1")
    for day in (day_of(timetable), day_of(timetable, blocked=[(trip, 0, 0)])):
        for row in range(day.tables.n_trips):
            arrival, departure = day.planned_times(row)
            n_stops = day.stops(row).size
            for board, alight in pairwise(range(n_stops)):
                expected = int(departure[board]), int(arrival[alight])
                assert day.planned_ends(row, board, alight) == expected


def test_the_day_before_a_clock_change_is_shifted_by_its_true_length(tmp_path: Path) -> None:
    # on 2026-03-29 Helsinki skips an hour: its noon is 23 h after the noon before
    helsinki = STORY["agency.txt"].replace("Asia/Tokyo", "Europe/Helsinki")
    timetable = timetable_of(tmp_path, {"agency.txt": helsinki}, "Europe/Helsinki")
    for date, shifts in (
        (dt.date(2026, 3, 29), {0: 0, 1: 24}),  # base instants: 28th 0:00+2, 29th 23:00+2
        (dt.date(2026, 3, 28), {0: 0, 1: 23}),
        (dt.date(2026, 10, 24), {0: 0, 1: 25}),
    ):
        day = day_of(timetable, date)
        found = dict(zip(day.service_day.tolist(), (day.shift // 3600).tolist(), strict=True))
        assert found == shifts


def test_a_feed_of_another_zone_is_shifted_into_the_region(tmp_path: Path) -> None:
    # 8:00 in Helsinki (UTC+3 in July) is 14:00 in Tokyo
    helsinki = STORY["agency.txt"].replace("Asia/Tokyo", "Europe/Helsinki")
    feeds = [feed_of(tmp_path), feed_of(tmp_path, {"agency.txt": helsinki}, "g")]
    timetable = build_timetable(feeds, "Asia/Tokyo")
    day = day_of(timetable)
    today = {
        timetable.trips.id[int(day.trip[k])]: int(day.times(k)[0][0]) / 3600
        for k in np.flatnonzero(day.service_day == 0).tolist()
    }
    assert today == {"f:t1": 8, "f:t2": 9, "g:t1": 14, "g:t2": 15}
    assert day.base_epoch == 1_782_831_600  # 2026-06-30T15:00:00Z


def test_hops_of_no_time_are_kept(tmp_path: Path) -> None:
    rows = "".join(f"t1,8:00:00,8:00:00,{stop},{k},,\n" for k, stop in enumerate("ABC"))
    timetable = with_times(tmp_path, rows)
    day = day_of(timetable)
    assert day.times(0)[0].tolist() == day.times(0)[1].tolist() == [28_800] * 3


def test_the_tables_are_consistent(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    patterns = day_of(timetable).tables.patterns
    for array in patterns:
        assert not array.flags.writeable
        assert array.flags.c_contiguous
    assert patterns.first_event_of_pattern[-1] == patterns.arrival.size
    assert patterns.first_position_of_pattern[-1] == patterns.stop_of_position.size
    assert patterns.first_visit_of_stop[-1] == patterns.pattern_of_visit.size
    assert (patterns.pattern_of_visit > NONE).all()


@pytest.mark.skipif(
    not hasattr(kernels.split_first_fit, "signatures"), reason="NUMBA_DISABLE_JIT is set"
)
def test_the_kernels_are_compiled_for_one_signature(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    timetable.save(tmp_path)
    day_of(timetable)
    day_of(Timetable.open(tmp_path), blocked={(0, 0, 0)})
    for kernel in (
        kernels.hash_pieces,
        kernels.split_first_fit,
        kernels.fill_positions,
        kernels.fill_events,
    ):
        assert len(kernel.signatures) == 1
