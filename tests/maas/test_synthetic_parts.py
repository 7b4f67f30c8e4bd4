"""Calendars, names, clocks and plane geometry of the region generator."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maas.synthetic.clocks import departures, hhmm, runs_of
from maas.synthetic.geometry import Place, east_north, off_line_m, offset, simplified
from maas.synthetic.holidays import is_holiday, national_holidays
from maas.synthetic.names import named, romaji
from maas.synthetic.services import FIRST_DATE, LAST_DATE, all_dates, calendar_of, day_kind, runs


def test_holidays_of_known_years() -> None:
    assert len(national_holidays(2027)) == 17
    assert date(2027, 3, 22) in national_holidays(2027)  # substitute of the equinox on a Sunday
    assert date(2032, 9, 21) in national_holidays(2032)  # between two holidays
    assert date(2026, 5, 6) in national_holidays(2026)  # substitute after three holidays in a row
    assert not is_holiday(date(2027, 11, 24))


@given(st.integers(2022, 2099))
def test_a_holiday_on_a_sunday_is_made_good_on_the_next_workday(year: int) -> None:
    off = national_holidays(year)
    for day in off:
        if day.weekday() == 6:
            following = day + timedelta(days=1)
            while following in off and following + timedelta(days=1) in off:
                following += timedelta(days=1)
            assert following in off


@given(st.dates(FIRST_DATE, LAST_DATE))
def test_each_date_has_one_timetable(day: date) -> None:
    kinds = [kind for kind in ("weekday", "saturday", "holiday") if runs(kind, day)]
    assert kinds == [day_kind(day)]
    for kind in (*kinds, "daily"):
        assert runs(f"{kind}-summer", day) != runs(f"{kind}-winter", day)


def test_special_days() -> None:
    assert day_kind(date(2026, 12, 31)) == "holiday"
    assert day_kind(date(2027, 8, 13)) == "saturday"  # Obon, a Friday
    assert day_kind(date(2027, 1, 4)) == "weekday"
    with pytest.raises(ValueError, match="unknown service 'daily-spring'"):
        runs("daily-spring", FIRST_DATE)


@pytest.mark.parametrize("service", ["weekday", "weekend-winter", "peak", "daily-calm"])
def test_calendar_files_say_what_the_service_does(service: str) -> None:
    flags, exceptions = calendar_of(service)
    changed = dict(exceptions)
    for day in all_dates():
        flagged = bool(flags and flags[day.weekday()])
        assert runs(service, day) == (changed[day] == 1 if day in changed else flagged)


@pytest.mark.parametrize(
    ("kana", "english"),
    [
        ("しん-さっぽろ", "Shin-Sapporo"),
        ("くっちゃん", "Kutchan"),
        ("おしゃまんべ", "Oshamambe"),
        ("ごりょうかく", "Goryokaku"),
        ("トマム", "Tomamu"),
        ("バスセンター-まえ", "Basusenta-Mae"),
    ],
)
def test_kana_are_written_as_stations_write_them(kana: str, english: str) -> None:
    assert romaji(kana) == english


def test_names_keep_no_hyphens_in_kana() -> None:
    assert named("新札幌", "しん-サッポロ").kana == "しんさっぽろ"


@given(st.lists(st.integers(0, 29 * 60), min_size=1))
def test_clock_texts_are_read_back(minutes: list[int]) -> None:
    texts = [hhmm(minute * 60) for minute in minutes]
    assert departures(texts) == tuple(sorted({minute * 60 for minute in minutes}))


def test_runs_both_ways_and_at_intervals() -> None:
    there, back = runs_of("daily a<>b 0600-0700/30 0915")
    assert (there.origin, there.destination, back.origin) == ("a", "b", "b")
    assert there.departures == (21_600, 23_400, 25_200, 33_300)


@given(st.floats(-40_000, 40_000), st.floats(-40_000, 40_000))
def test_metres_to_coordinates_and_back(east: float, north: float) -> None:
    origin = Place(43.06, 141.35)
    assert east_north(origin, offset(origin, east, north)) == pytest.approx((east, north), abs=0.01)


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=2, max_size=20))
def test_simplified_lines_stay_near(points: list[tuple[float, float]]) -> None:
    origin = Place(43.06, 141.35)
    line = [offset(origin, *point) for point in points]
    kept = simplified(line, 20.0)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert set(kept) <= set(line)
    for place in line:
        assert min(off_line_m(place, *piece) for piece in itertools.pairwise(kept)) <= 20.5
