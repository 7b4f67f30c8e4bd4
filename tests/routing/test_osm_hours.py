"""Opening hours and conditions as roads use them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.osm_conditions import Situation, clauses, is_met, resolved, variants
from routing.osm_hours import holds, is_hours
from routing.profiles import Vehicle

MOMENT = datetime.fromisoformat("2026-11-25T08:30")  # a Wednesday


@pytest.mark.parametrize(
    ("text", "at_moment", "on_day"),
    [
        ("Mo-Fr 07:00-09:00", True, None),
        ("Mo-Fr 07:00-09:00; PH off", True, None),
        ("Mo-Fr 07:00-08:00,16:00-18:00", False, None),
        ("Mo-Fr 07:00-08:00, We 08:00-09:00", True, None),
        ("Mo-Fr 07:00-09:00; We off", False, False),
        ("Sa,Su", False, False),
        ("Su-We", True, True),
        ("Fr-Mo", False, False),
        ("22:00-06:00", False, None),
        ("22:00-09:00", True, None),
        ("Tu 22:00-09:00", True, None),
        ("We 22:00-09:00", False, None),
        ("08:30-09:00", True, None),
        ("08:00-08:30", False, None),
        ("00:00-24:00", True, None),
        ("24/7", True, True),
        ("sunrise-sunset", True, None),
        ("Dec 1-Mar 31", False, False),
        ("Nov-Apr", True, True),
        ("Nov - Apr 15", True, True),
        ("December 10 - February 20", False, False),
        ("Nov 9-30", True, True),
        ("Jan, Mar 3, Nov 25", True, True),
        ("Nov 25: 08:00-09:00", True, None),
        ("Dec 1-Mar 31 18:00-06:00", False, False),
        ("Nov 18:00-09:00", True, None),
        ("2026 Nov 9-2026 Dec 20", True, True),
        ("2026 Nov 9-20", False, False),
        ("2025-2026", True, True),
        ("2027", False, False),
        ("autumn", True, True),
        ("PH", False, False),
        ("snow", None, None),
        ("Mo[1]", None, None),
        ("Feb 30", None, None),
        ("Nov-15", None, None),
        ("25:00-26:00", None, None),
        ("2026 Feb 30-Mar 2", None, None),
        ("", None, None),
    ],
)
def test_hours_cover_a_moment(text: str, at_moment: bool | None, on_day: bool | None) -> None:
    assert holds(text, MOMENT) is at_moment
    assert holds(text, MOMENT.date()) is on_day
    assert is_hours(text) == (at_moment is not None)


@given(
    st.integers(0, 6), st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1439),
    st.integers(0, 7 * 1440 - 1),
)  # fmt: skip
def test_weekly_hours_equal_a_walk_through_the_minutes(
    first: int, last: int, start: int, end: int, minute: int
) -> None:
    """A span of hours begins on each of its days and runs on until its end."""
    names = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    hours = "-".join(f"{clock // 60:02}:{clock % 60:02}" for clock in (start, end))
    text = f"{names[first]}-{names[last]} {hours}"
    length = (end - start) % 1440 or 1440
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    covered = {(day * 1440 + start + step) % (7 * 1440) for day in days for step in range(length)}
    monday = datetime.fromisoformat("2026-11-23")
    assert holds(text, monday + timedelta(minutes=minute)) == (minute in covered)


def test_clauses_and_their_conditions() -> None:
    assert clauses("no @ (Dec 1-Mar 31; snow); yes @ winter; 30 @ (Mo-Fr (sunrise)-(sunset))") == (
        ("no", "Dec 1-Mar 31; snow"), ("yes", "winter"), ("30", "Mo-Fr (sunrise)-(sunset)"),
    )  # fmt: skip
    assert clauses("no") == ()


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("We", True),
        ("We AND weight>7.5", True),
        ("Th AND weight>7.5", False),
        ("weight>7500kg", True),
        ("weight<=7.5", False),
        ("height >= 3.8 m", True),
        ("length>12", False),
        ("axles>2", False),
        ("hazmat", False),
        ("snow", False),
        ("wet", False),
    ],
)
def test_conditions_ask_for_moment_and_sizes(condition: str, met: bool) -> None:
    truck = Vehicle(height_m=3.8, length_m=12.0, weight_t=20.0)
    assert is_met(condition, Situation(MOMENT, truck)) == met
    assert not is_met(condition, Situation())


def test_the_last_clause_that_holds_wins() -> None:
    tags = {"access": "yes", "access:conditional": "no @ (Nov); destination @ (We); no @ (Th)"}
    assert resolved(tags, Situation(MOMENT)) == {"access": "destination"}
    assert resolved(tags, Situation()) == {"access": "yes"}
    assert [plain["access"] for plain in variants(tags)] == ["yes", "no", "destination"]
