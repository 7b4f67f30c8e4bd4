from datetime import date
from pathlib import Path

from gtfs.day import build_day
from tests.gtfs.feeds import no_walks, timetable_of


def test_two_trips_of_the_story_make_one_pattern_on_each_of_three_days(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    day = build_day(timetable, date(2026, 7, 1), no_walks(timetable))
    assert day.tables.n_patterns == 1
    assert sorted(day.service_day.tolist()) == [0, 0, 1, 1]
    first = int(day.tables.patterns.first_trip_of_pattern[0])
    assert day.times(first)[1].tolist() == [8 * 3600, 8 * 3600 + 660, 8 * 3600 + 1200]
