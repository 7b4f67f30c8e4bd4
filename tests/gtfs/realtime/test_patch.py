"""The story's day with news: t1 leaves A 8:00, B 8:11, is at C 8:20; t2 is an hour later."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gtfs.day import Day, build_day
from gtfs.read import open_feed
from gtfs.realtime.match import Matcher
from gtfs.realtime.patch import Patch, patch
from gtfs.realtime.read import read_message
from gtfs.timetable import Timetable, build_timetable
from routing.kernels import timetable_delays, timetable_overlay
from routing.layout import NONE
from tests.gtfs.feeds import STORY, feed_of, no_walks, timetable_of
from tests.gtfs.realtime import slow
from tests.gtfs.realtime.messages import message, update
from tests.gtfs.realtime.test_rebuild import check_told_again, check_visits, rides
from tests.gtfs.test_departures import check_never_overtakes

DATE = dt.date(2026, 7, 1)
BASE = 1_782_831_600  # 2026-06-30T15:00:00Z, midnight in Tokyo
NOW = BASE + 8 * 3600
TODAY = "20260701"
EIGHT = 28_800


def patched(
    timetable: Timetable, *updates: Any, now: int = NOW, day: Day | None = None, **options: Any
) -> Patch:
    day = day or build_day(timetable, DATE, no_walks(timetable))
    read = read_message(message(*updates, now=now))
    return patch(day, read, Matcher(timetable, "f"), **options)


def trip(trip_id: str = "t1", **more: Any) -> dict[str, Any]:
    return {"trip_id": trip_id, "start_date": TODAY, **more}


def times_of(result: Patch, trip_id: str) -> list[list[tuple[int, int]]]:
    """Arrival and departure after 8:00 of today's runs of a trip."""
    day, ids = result.day, result.timetable.trips.id
    return [
        [(a - EIGHT, d - EIGHT) for a, d in np.stack(day.times(k), axis=1).tolist()]
        for k in range(day.tables.n_trips)
        if ids[int(day.trip[k])] == f"f:{trip_id}" and day.service_day[k] == 0
    ]


def late(seconds: int, sequence: int) -> dict[str, Any]:
    return {"stop_sequence": sequence, "arrival": {"delay": seconds}}


def test_a_delay_holds_for_the_stops_that_follow(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    assert times_of(patched(timetable, update(trip(), late(120, 2))), "t1") == [
        [(0, 0), (720, 780), (1320, 1320)]
    ]
    assert times_of(patched(timetable, update(trip(), late(120, 2), late(0, 3))), "t1") == [
        [(0, 0), (720, 780), (1200, 1200)]
    ]


@pytest.mark.parametrize(
    ("first", "second", "n_new"),
    [
        (3600, 0, 0),  # together with the other all the way
        (3601, 0, 1),  # overtaken by it
        (0, -3600, 0),
        (0, -3601, 1),
        (5000, 5000, 0),
        (5000, 1400, 0),
        (5000, 1399, 1),
    ],
)
def test_only_trips_that_overtake_leave_their_pattern(
    tmp_path: Path, first: int, second: int, n_new: int
) -> None:
    timetable = timetable_of(tmp_path)
    news = [
        update(trip(name), late(seconds, 1))
        for name, seconds in (("t1", first), ("t2", second))
        if seconds
    ]
    day = build_day(timetable, DATE, no_walks(timetable))
    result = patched(timetable, *news, day=day)
    assert result.day.tables.n_patterns - day.tables.n_patterns == n_new
    for name, seconds, begin in (("t1", first, 0), ("t2", second, 3600)):
        (_, leaves) = times_of(result, name)[0][0]
        assert leaves == begin + seconds
    check_never_overtakes(result.day)
    check_visits(result.day)
    check_told_again(day, result, timetable)


def test_a_stop_that_is_left_out_is_for_a_pattern_of_its_own(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    day = build_day(timetable, DATE, no_walks(timetable))
    skipped = update(trip(), {"stop_id": "B", "schedule_relationship": 1})
    result = patched(timetable, skipped, day=day)
    assert result.day.tables.n_patterns == day.tables.n_patterns + 1
    check_visits(result.day)


def test_stops_before_the_first_known_one_give_way(tmp_path: Path) -> None:
    result = patched(timetable_of(tmp_path), update(trip(), late(-660, 2)))
    assert times_of(result, "t1") == [[(-60, -60), (-60, 0), (540, 540)]]


def test_no_data_ends_a_delay_but_time_does_not_run_backwards(tmp_path: Path) -> None:
    silent = {"stop_sequence": 3, "schedule_relationship": 2}
    result = patched(timetable_of(tmp_path), update(trip(), late(120, 2), silent))
    assert times_of(result, "t1") == [[(0, 0), (720, 780), (1200, 1200)]]
    result = patched(timetable_of(tmp_path), update(trip(), late(1200, 2), silent))
    assert times_of(result, "t1") == [[(0, 0), (1800, 1860), (1860, 1860)]]


def test_nobody_gets_on_or_off_where_a_trip_does_not_stop(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    result = patched(timetable, update(trip(), {"stop_id": "B", "schedule_relationship": 1}))
    (k,) = (
        k for k in range(result.day.tables.n_trips)
        if result.day.trip[k] == 0 and result.day.service_day[k] == 0
    )  # fmt: skip
    assert result.day.stops(k).tolist() == [0, 1, 2]  # positions stay what they were
    patterns, pattern = result.day.tables.patterns, result.day.pattern_of(k)
    at = slice(*patterns.first_position_of_pattern[pattern : pattern + 2].tolist())
    assert patterns.can_board[at].tolist() == [1, 0, 0]
    assert patterns.can_alight[at].tolist() == [0, 0, 1]


def test_calls_at_a_stop_that_comes_twice_are_meant_in_turn(tmp_path: Path) -> None:
    times = STORY["stop_times.txt"].replace("C,3", "A,3")
    calls = [{"stop_id": "A", "arrival": {"delay": delay}} for delay in (60, 300)]
    result = patched(timetable_of(tmp_path, {"stop_times.txt": times}), update(trip(), *calls))
    assert times_of(result, "t1") == [[(60, 60), (660, 720), (1500, 1500)]]


def test_a_late_trip_that_is_overtaken_leaves_its_pattern(tmp_path: Path) -> None:
    result = patched(timetable_of(tmp_path), update(trip(), delay=7200))
    assert times_of(result, "t1") == [[(7200, 7200), (7800, 7860), (8400, 8400)]]
    check_never_overtakes(result.day)


@pytest.mark.parametrize("kind", [slow.CANCELED, slow.DELETED])
def test_a_cancelled_trip_does_not_run_on_that_date_only(kind: int, tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    result = patched(timetable, update(trip(schedule_relationship=kind)))
    assert times_of(result, "t1") == []
    left = list(zip(result.day.trip.tolist(), result.day.service_day.tolist(), strict=True))
    assert sorted(left) == [(0, 1), (1, 0), (1, 1)]
    assert result.timetable is timetable


def added(trip_id: str = "extra", line: str = "L", **more: Any) -> Any:
    stops = [("A", 100), ("C", 1000)]
    calls = [{"stop_id": s, "departure": {"time": BASE + EIGHT + t}} for s, t in stops]
    return update(trip(trip_id, route_id=line, schedule_relationship=slow.NEW, **more), *calls)


def test_an_added_trip_is_a_row_of_a_longer_timetable(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    result = patched(timetable, added())
    assert times_of(result, "extra") == [[(100, 100), (1000, 1000)]]
    trips = result.timetable.trips
    assert (trips.id[2], trips.headsign[2], int(trips.line[2])) == ("f:extra", "南口", 0)
    assert int(trips.start_time[2]) == EIGHT + 100
    assert int(trips.shape[2]) == NONE
    # it is in no calendar: another day of the longer timetable does not have it twice
    assert build_day(result.timetable, DATE, no_walks(timetable)).trip.max() == 1
    result.timetable.save(tmp_path)
    assert Timetable.open(tmp_path).trips.id[2] == "f:extra"


def test_an_added_trip_does_not_have_the_stops_it_skips(tmp_path: Path) -> None:
    news = added()
    news.stop_time_update.add(stop_id="B", schedule_relationship=1, arrival={"time": NOW + 1200})
    result = patched(timetable_of(tmp_path), news)
    assert times_of(result, "extra") == [[(100, 100), (1000, 1000)]]


def test_a_trip_that_runs_anyway_is_not_added(tmp_path: Path) -> None:
    assert patched(timetable_of(tmp_path), added("t1")).report.unmatched == {"trip_exists": 1}


def test_another_platform_is_served(tmp_path: Path) -> None:
    call = {"stop_id": "B", "stop_time_properties": {"assigned_stop_id": "C"}}
    result = patched(timetable_of(tmp_path), update(trip(), call))
    stops = [result.day.stops(k).tolist() for k in range(result.day.tables.n_trips)]
    assert sorted(stops) == [[0, 1, 2]] * 3 + [[0, 2, 2]]


def test_updates_that_fit_nothing_are_counted_and_named(tmp_path: Path) -> None:
    result = patched(
        timetable_of(tmp_path),
        update(trip("t9")),
        update(trip("t1") | {"start_date": "20260704"}),
        update(trip("t2") | {"start_date": "20251231"}),
        update({"route_id": "L"}),
        update(trip("t1"), late(5, 2), late(5, 99)),
        update(trip("t1"), late(9, 2)),
        added(line="X"),
        update(trip("n", route_id="L", schedule_relationship=1), {"stop_id": "A"}),
        update(trip("n", route_id="L", schedule_relationship=1), {"stop_id": "Z"}),
        update(trip("t2", schedule_relationship=slow.DUPLICATED)),
    )
    assert result.report.applied == {"SCHEDULED": 1}
    assert result.report.lost_calls == 1
    assert result.report.unmatched == {
        "unknown_trip": 1,
        "other_date": 2,
        "trip_not_named": 1,
        "told_twice": 1,
        "unknown_line": 1,
        "too_few_stops": 1,
        "unknown_stop": 1,
        "copy_not_named": 1,
    }
    assert result.report.names["unknown_trip"] == ["entity 'e0', trip 't9'"]


def test_a_date_on_which_a_trip_does_not_run_is_told(tmp_path: Path) -> None:
    timetable = timetable_of(
        tmp_path, {"calendar_dates.txt": f"service_id,date,exception_type\ndaily,{TODAY},2"}
    )
    assert patched(timetable, update(trip())).report.unmatched == {"does_not_run": 1}


def test_old_updates_do_not_count(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    news = [update(trip("t1"), delay=60, timestamp=NOW - 301), update(trip("t2"), delay=60)]
    result = patched(timetable, *news, max_age=300)
    assert (result.report.applied, result.report.unmatched) == ({"SCHEDULED": 1}, {"stale": 1})
    result = patched(timetable, *news, max_age=300, now=NOW)
    read = read_message(message(*news, now=NOW))
    day = build_day(timetable, DATE, no_walks(timetable))
    old = patch(day, read, Matcher(timetable, "f"), now=NOW + 301, max_age=300)
    assert old.report.unmatched == {"stale": 2}
    assert old.day is day


def test_without_a_date_the_run_nearest_in_time_is_meant(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    for now, service_day in ((NOW, 0), (NOW + 86_400, 1)):
        result = patched(timetable, update({"trip_id": "t1"}, delay=60), now=now)
        changed = np.flatnonzero(np.isin(result.day.trip, [0]))
        found = {
            int(result.day.service_day[k]): int(result.day.times(int(k))[0][0]) for k in changed
        }
        shift = {0: 0, 1: 86_400}
        assert found == {d: EIGHT + s + 60 * (d == service_day) for d, s in shift.items()}


def test_a_run_past_midnight_is_also_found_by_the_date_on_the_clock(tmp_path: Path) -> None:
    times = "t3,24:30:00,24:30:00,A,1\nt3,24:50:00,24:50:00,C,2\n"
    calendar = STORY["calendar.txt"].replace("1,1,1,1,1,1,1", "0,0,1,0,0,0,0")  # Wednesdays
    files = {
        "stop_times.txt": STORY["stop_times.txt"] + times,
        "trips.txt": STORY["trips.txt"] + "L,daily,t3,北\n",
        "calendar.txt": calendar,
    }
    timetable = timetable_of(tmp_path, {**files})
    for start in (TODAY, "20260702"):
        result = patched(timetable, update({"trip_id": "t3", "start_date": start}, delay=60))
        assert times_of(result, "t3")[0][0] == (86_400 + 1800 + 60 - EIGHT,) * 2
    early = {"trip_id": "t1", "start_date": "20260702"}
    assert patched(timetable, update(early)).report.unmatched == {"does_not_run": 1}


def test_news_without_a_date_do_not_change_days_far_off(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    extra = added()
    extra.trip.ClearField("start_date")
    for days in (3, -3):
        day = build_day(timetable, DATE + dt.timedelta(days=days), no_walks(timetable))
        result = patched(timetable, update({"trip_id": "t1"}, delay=60), extra, day=day)
        assert result.report.unmatched == {"other_date": 2}
        assert result.day is day
    assert patched(timetable, extra).report.applied == {"NEW": 1}


def test_a_trip_is_found_by_line_and_start(tmp_path: Path) -> None:
    ref = {"route_id": "L", "start_time": "09:00:00", "start_date": TODAY}
    result = patched(timetable_of(tmp_path), update(ref, delay=60))
    assert times_of(result, "t2")[0][0] == (3660, 3660)


def test_trips_that_start_together_are_told_apart_by_their_stops(tmp_path: Path) -> None:
    times = STORY["stop_times.txt"] + "t3,09:00:00,09:00:00,C,1\nt3,09:30:00,09:30:00,A,2\n"
    files = {"stop_times.txt": times, "trips.txt": STORY["trips.txt"] + "L,daily,t3,北\n"}
    timetable = timetable_of(tmp_path, {**files})
    ref = {"route_id": "L", "start_time": "09:00:00", "start_date": TODAY}
    both = patched(timetable, update(ref, {"stop_id": "A", "arrival": {"delay": 60}}))
    assert both.report.unmatched == {"ambiguous_trip": 1}
    one = patched(timetable, update(ref, {"stop_id": "B", "arrival": {"delay": 60}}))
    assert times_of(one, "t2") == [[(3600, 3600), (4260, 4320), (4860, 4860)]]


def test_a_run_without_timetable_is_taken_for_the_nearest_one(tmp_path: Path) -> None:
    # t2 runs at 10:00 and 10:30
    files = {
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt2,10:00:00,11:00:00,1800"
    }
    timetable = timetable_of(tmp_path, {**files})
    ref = trip("t2", start_time="10:35:00", schedule_relationship=slow.UNSCHEDULED)
    result = patched(timetable, update(ref))
    starts = sorted(run[0][0] for run in times_of(result, "t2"))
    assert starts == [7200, 9300]
    far = trip("t2", start_time="13:00:00", schedule_relationship=slow.UNSCHEDULED)
    assert patched(timetable, update(far)).report.unmatched == {"unknown_run": 1}


def test_the_only_run_without_timetable_starts_when_it_is_told_to(tmp_path: Path) -> None:
    window = "trip_id,start_time,end_time,headway_secs\nt2,10:00:00,10:20:00,1800"
    timetable = timetable_of(tmp_path, {"frequencies.txt": window})
    ref = trip("t2", start_time="10:05:00", schedule_relationship=slow.UNSCHEDULED)
    assert [run[0][0] for run in times_of(patched(timetable, update(ref)), "t2")] == [7500]


def test_a_trip_that_is_cut_stays_cut(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    day = build_day(timetable, DATE, no_walks(timetable), blocked=[(0, 0, 0)])
    result = patched(timetable, update(trip(), late(120, 2)), day=day)
    assert times_of(result, "t1") == [[(720, 780), (1320, 1320)]]
    (piece,) = np.flatnonzero(result.day.first_position == 1).tolist()
    assert result.day.stops(piece).tolist() == [1, 2]


def test_feeds_are_patched_one_after_the_other(tmp_path: Path) -> None:
    timetable = build_timetable([feed_of(tmp_path), feed_of(tmp_path, {}, "g")], "Asia/Tokyo")
    first = patched(timetable, added(), update(trip(), delay=60))
    read = read_message(message(added(), update(trip(), delay=90), now=NOW))
    both = patch(first.day, read, Matcher(timetable, "g"))
    assert both.report.applied == {"NEW": 1, "SCHEDULED": 1}
    assert [both.timetable.trips.id[k] for k in (4, 5)] == ["f:extra", "g:extra"]
    assert times_of(both, "t1") == times_of(first, "t1")
    assert both.day.tables.n_trips == first.day.tables.n_trips + 1
    check_visits(both.day)


@pytest.mark.skipif(
    not hasattr(timetable_delays.apply_calls, "signatures"), reason="NUMBA_DISABLE_JIT is set"
)
def test_the_kernels_are_compiled_for_one_signature(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    timetable.save(tmp_path)
    for table in (timetable, Timetable.open(tmp_path)):
        patched(patched(table, added()).timetable, update(trip(), late(5, 2)))
    kernels = (
        timetable_delays.apply_calls,
        timetable_overlay.copy_kept,
        timetable_overlay.mark_staying,
        timetable_overlay.retime,
    )
    assert [len(kernel.signatures) for kernel in kernels] == [1, 1, 1, 1]


CAPTURES = {  # entities whose trip the static feed does not have
    "1768494857": 0,
    "1768495676": 0,
    "1768585539": 44,
    "1768592181": 51,
}


@pytest.mark.parametrize("name", ["tu_2345", "tu_2354", "tu_0004", "tu_0009"])
def test_around_midnight_all_known_trips_of_washington_are_found(
    name: str, outside_data: Path
) -> None:
    folder = outside_data / "gtfs-rt/wmata_oba"
    zone = "America/New_York"
    read = read_message((folder / f"{name}.pb").read_bytes())
    timetable = build_timetable([open_feed(folder / "gtfs.zip", "w")], zone)
    date = dt.datetime.fromtimestamp(read.timestamp, ZoneInfo(zone)).date()
    day = build_day(timetable, date, no_walks(timetable))
    matcher = Matcher(timetable, "w")
    report = patch(day, read, matcher).report
    known = sum(one.trip.trip_id in matcher.runs_of_id for one in read.updates)
    assert sum(report.applied.values()) == known >= 9
    assert report.unmatched.keys() <= {"unknown_trip", "stale"}


@pytest.mark.parametrize("name", CAPTURES)
def test_updates_of_all_known_trips_of_kingston_are_applied(name: str, outside_data: Path) -> None:
    folder = outside_data / "gtfs-rt/kingston_2026"
    (path,) = folder.glob(f"tripupdates_capture_{name}_*.pb")
    read = read_message(path.read_bytes())
    zone = "America/Toronto"
    timetable = build_timetable([open_feed(folder / "gtfs.zip", "k")], zone)
    date = dt.datetime.fromtimestamp(read.timestamp, ZoneInfo(zone)).date()
    day = build_day(timetable, date, no_walks(timetable))
    result = patch(day, read, Matcher(timetable, "k"))
    report = result.report
    assert report.unmatched.get("unknown_trip", 0) == CAPTURES[name]
    known = len(read.updates) - CAPTURES[name]
    assert sum(report.applied.values()) >= 0.99 * known
    assert report.applied["ADDED"] == result.day.tables.n_trips - day.tables.n_trips
    assert report.lost_calls == 0
    check_never_overtakes(result.day)
    check_told_again(day, result, timetable, "k")


def test_kingston_equals_a_rebuild_with_the_same_updates(
    outside_data: Path, tmp_path: Path
) -> None:
    folder, zone, date = (
        outside_data / "gtfs-rt/kingston_2026",
        "America/Toronto",
        dt.date(2026, 1, 15),
    )
    (path,) = folder.glob("tripupdates_capture_1768495676_*.pb")
    raw = path.read_bytes()
    trips = slow.trips_of(folder / "gtfs.zip", zone, date, raw)
    with zipfile.ZipFile(folder / "gtfs.zip") as archive:
        files: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    files = slow.rewritten({**files, "shapes.txt": None}, trips, date, line="90A")
    timetable = build_timetable([open_feed(folder / "gtfs.zip", "f")], zone)
    again = timetable_of(tmp_path, files, zone)
    day = build_day(timetable, date, no_walks(timetable))
    result = patch(day, read_message(raw), Matcher(timetable, "f"))
    assert rides(result.timetable, result.day) == rides(
        again, build_day(again, date, no_walks(again))
    )
