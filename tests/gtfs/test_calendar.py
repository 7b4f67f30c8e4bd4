from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from gtfs.errors import BadValueError, EmptyFeedError, FeedFileError, UnknownZoneError
from gtfs.timetable import build_timetable
from tests.gtfs.feeds import STORY, feed_of, timetable_of

WEEK = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"


def running(folder: Path, weeks: str, dates: str = "") -> list[str]:
    files: dict[str, str | bytes | None] = {"calendar.txt": WEEK + weeks}
    if dates:
        files["calendar_dates.txt"] = "service_id,date,exception_type\n" + dates
    timetable = timetable_of(folder, files)
    days = [
        timetable.first_date + timedelta(days=column)
        for column in range(timetable.services.runs.shape[1])
        if timetable.services.runs[0, column]
    ]
    return [f"{day:%a %d}" for day in days]


def test_weekdays_and_exceptions(tmp_path: Path) -> None:
    # 1 January 2026 is a Thursday
    week = "daily,1,1,1,1,1,0,0,20260101,20260107\n"
    assert running(tmp_path, week) == ["Thu 01", "Fri 02", "Mon 05", "Tue 06", "Wed 07"]
    dates = "daily,20260101,2\ndaily,20260103,1\ndaily,20260109,1\n"
    expected = ["Fri 02", "Sat 03", "Mon 05", "Tue 06", "Wed 07", "Fri 09"]
    assert running(tmp_path, week, dates) == expected


def test_an_addition_beats_a_removal_of_the_same_day(tmp_path: Path) -> None:
    week = "daily,0,0,0,0,0,1,0,20260101,20260107\n"
    assert running(tmp_path, week, "daily,20260105,1\ndaily,20260105,2\n") == ["Sat 03", "Mon 05"]


def test_a_service_may_stand_in_several_rows(tmp_path: Path) -> None:
    weeks = "daily,0,0,0,0,0,1,0,20260101,20260107\ndaily,1,0,0,0,0,0,0,20260105,20260112\n"
    assert running(tmp_path, weeks) == ["Sat 03", "Mon 05", "Mon 12"]


def test_the_feed_covers_the_dates_that_its_calendar_names(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    assert (timetable.first_date, timetable.last_date) == (date(2026, 1, 1), date(2026, 12, 31))
    assert timetable.serves(date(2026, 12, 31))
    assert not timetable.serves(date(2027, 1, 1))


def test_two_feeds_of_different_years_have_a_gap_that_none_serves(tmp_path: Path) -> None:
    early = STORY["calendar.txt"].replace("20260101,20261231", "20250101,20250131")
    timetable = build_timetable(
        [feed_of(tmp_path), feed_of(tmp_path, {"calendar.txt": early}, "g")], "Asia/Tokyo"
    )
    assert (timetable.first_date, timetable.last_date) == (date(2025, 1, 1), date(2026, 12, 31))
    assert not timetable.serves(date(2025, 6, 1))
    assert [feed.last_date for feed in timetable.feeds] == [date(2026, 12, 31), date(2025, 1, 31)]


@pytest.mark.parametrize("value", ["2026-01-01", "20260230", "", "99999999"])
def test_what_is_no_date_is_refused_where_no_row_is_better(value: str, tmp_path: Path) -> None:
    with pytest.raises(BadValueError, match=r"calendar\.txt, row 2, start_date"):
        running(tmp_path, f"daily,1,1,1,1,1,1,1,{value},20260101\n")


def test_a_row_without_a_readable_date_is_left_out(tmp_path: Path) -> None:
    calendar = STORY["calendar.txt"] + "other,1,1,1,1,1,1,1,soon,20260101\n"
    dates = "service_id,date,exception_type\ndaily,20260105,2\ndaily,2026-01-06,2\n"
    feed = feed_of(tmp_path, {"calendar.txt": calendar, "calendar_dates.txt": dates})
    services = build_timetable([feed], "Asia/Tokyo").services
    assert services.runs.shape == (1, 365)
    assert np.flatnonzero(services.runs[0] == 0).tolist() == [4]
    assert feed.notices.counts == {"unreadable_date": 2}


def test_a_calendar_of_centuries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadValueError, match="row 2, end_date"):
        running(tmp_path, "daily,1,1,1,1,1,1,1,20260101,29991231\n")
    with pytest.raises(FeedFileError, match="more than a hundred years apart"):
        running(tmp_path, "daily,1,1,1,1,1,1,1,20260101,20260131\n", "daily,19000101,1\n")


def test_a_feed_that_never_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyFeedError, match="no service runs on any date"):
        running(tmp_path, "daily,0,0,0,0,0,0,0,20260101,20260131\n")


@pytest.mark.parametrize("zone", ["Tokyo", "../../etc/passwd", "Asia"])
def test_an_unknown_time_zone_is_refused(zone: str, tmp_path: Path) -> None:
    agency = STORY["agency.txt"].replace("Asia/Tokyo", zone)
    with pytest.raises(UnknownZoneError, match=f"'{zone}' is not an IANA time zone"):
        timetable_of(tmp_path, {"agency.txt": agency})
