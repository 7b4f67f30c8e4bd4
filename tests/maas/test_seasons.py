"""Shared bikes that are rented out for a part of the year."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maas.errors import RegionFileError
from maas.planner import Planner
from maas.region_file import read_region_file
from maas.region_parts import PartOfYear
from tests.maas.test_planner import ask
from tests.maas.test_shared_bikes import HOME, LINES, MORE, bikes_of, built, write_gbfs
from tests.maas.valley import REGION, build_valley

MODES = [*LINES, "shared_bike"]
LEAP_YEAR = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]


def with_season(first: str, last: str) -> str:
    """The region's bike share, rented out for a part of the year."""
    return MORE.replace("    gbfs:", f"    season: {{from: '{first}', to: '{last}'}}\n    gbfs:")


@given(st.integers(0, 365), st.integers(0, 365), st.integers(0, 365))
def test_a_part_of_the_year_holds_the_days_from_its_first_to_its_last(
    first: int, last: int, day: int
) -> None:
    ends = {"from": f"{LEAP_YEAR[first]:%m-%d}", "to": f"{LEAP_YEAR[last]:%m-%d}"}
    held = {(first + n) % 366 for n in range((last - first) % 366 + 1)}
    assert PartOfYear.model_validate(ends).holds(LEAP_YEAR[day]) == (day in held)


@pytest.mark.parametrize("bad", ["02-30", "13-01", "4-20", "00-10"])
def test_a_day_that_no_year_has_is_refused(tmp_path: Path, bad: str) -> None:
    write_gbfs(tmp_path / "gbfs", {})
    build_valley(tmp_path)
    path = tmp_path / "region.yaml"
    path.write_text(REGION + with_season("04-20", bad), encoding="utf-8")
    with pytest.raises(RegionFileError, match=r"bike_shares\.0\.season\.to") as caught:
        read_region_file(path)
    assert bad in str(caught.value)


@pytest.mark.parametrize(
    ("first", "last", "is_open"),
    [
        ("10-07", "10-07", True),
        ("04-20", "10-07", True),
        ("10-08", "10-06", False),  # all the year but for the day itself
        ("10-08", "11-10", False),  # looked at, as it opens on the next day
        ("04-20", "09-30", False),
        ("12-01", "03-31", False),
    ],
)
def test_bikes_are_taken_on_days_of_the_season_only(
    tmp_path: Path, first: str, last: str, *, is_open: bool
) -> None:
    planner = Planner(built(tmp_path, with_season(first, last)))
    answer = ask(planner, "07:30", None, HOME, modes=MODES)
    assert bool(bikes_of(answer)) == is_open
    all_the_way = ask(planner, "07:30", None, HOME, to="bus:A", modes=["walk", "shared_bike"])
    assert bool(bikes_of(all_the_way)) == is_open
    told = [notice for notice in answer["notices"] if notice["code"] == "bikes_out_of_season"]
    assert len(told) == (not is_open)
    for notice in told:
        assert (
            notice["message"] == f"Rinrin rents bikes out from {first} to {last} (month-day) only"
        )
        assert "りんりんの貸出期間は" in notice["message_ja"]
    unasked = ask(planner, "07:30", None, HOME)
    assert "bikes_out_of_season" not in {notice["code"] for notice in unasked["notices"]}


@pytest.mark.parametrize(
    ("at", "arrive_by", "season"),
    [
        ("2026-10-07T23:59", False, ("10-08", "11-10")),  # the bike is taken after midnight
        ("2026-10-08T00:02", True, ("04-20", "10-07")),  # and here before it
    ],
)
def test_bikes_are_looked_at_on_both_days_of_a_way_over_midnight(
    tmp_path: Path, at: str, season: tuple[str, str], *, arrive_by: bool
) -> None:
    planner = Planner(built(tmp_path, with_season(*season)))
    modes = ["walk", "shared_bike"]
    answer = ask(planner, at, None, HOME, to="bus:A", modes=modes, arrive_by=arrive_by)
    assert bikes_of(answer)
