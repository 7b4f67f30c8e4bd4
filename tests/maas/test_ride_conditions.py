"""What legs say of getting on and off: whom to call, until when, how rough the times are."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gtfs.timetable import build_timetable
from maas.build import build_region
from maas.cli.plan import _row
from maas.journey_query import JourneyQuery
from maas.place_input import PlaceInput
from maas.planner import Planner
from maas.ride_conditions import may_be_special
from tests.gtfs.feeds import EVERYTHING, feed_of, write_feed

REGION = "name: Small\ntimezone: Asia/Tokyo\nfeeds: [{id: f, path: f.zip}]\n"
REPEATS = "trip_id,start_time,end_time,headway_secs,exact_times\nt2,10:00:00,12:00:00,900,"


def ride(folder: Path, ends: tuple[str, str], at: str) -> dict[str, Any]:
    """The first scheduled leg between two stops."""
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    region = build_region(folder / "region.yaml", folder / "built")
    start, goal = (PlaceInput(stop_id=f"f:{stop}") for stop in ends)
    moment = datetime.fromisoformat(f"2026-11-24T{at}+09:00")
    answer = Planner(region).plan(JourneyQuery(from_=start, to=goal, at=moment))
    legs = [leg for one in answer["itineraries"] for leg in one["legs"] if "trip_id" in leg]
    return min(legs, key=lambda leg: str(leg["departure"]))


@pytest.mark.parametrize(
    ("files", "is_special"),
    [
        ({}, False),
        ({"frequencies.txt": REPEATS + "1"}, False),
        ({"frequencies.txt": REPEATS + "0"}, True),
        (EVERYTHING, True),
    ],
)
def test_of_most_feeds_no_ride_is_special(
    files: dict[str, str], is_special: bool, tmp_path: Path
) -> None:
    timetable = build_timetable([feed_of(tmp_path, files)], "Asia/Tokyo")
    assert may_be_special(timetable) == is_special


@pytest.mark.parametrize("column", ["pickup", "drop_off"])
@pytest.mark.parametrize(("rule", "is_special"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_ride_is_special_where_somebody_is_asked(
    column: str, rule: int, is_special: bool, tmp_path: Path
) -> None:
    timetable = build_timetable([feed_of(tmp_path)], "Asia/Tokyo")
    rules = getattr(timetable.stop_times, column).copy()
    rules[-1] = rule
    times = timetable.stop_times._replace(**{column: rules})
    assert may_be_special(replace(timetable, stop_times=times)) == is_special


def test_a_stop_that_wants_a_call_says_whom_how_and_until_when(tmp_path: Path) -> None:
    write_feed(tmp_path / "f.zip", EVERYTHING)
    leg = ride(tmp_path, ("B", "C"), "08:05")
    assert (leg["trip_id"], leg["departure"][11:16]) == ("f:t1", "08:11")
    assert leg["headsign"] == "中町経由"  # at this stop; elsewhere it is 南口
    assert leg["boarding"] == "phone"
    assert leg["call_by"] == "2026-11-24T07:11:00+09:00"
    assert leg["booking"] == {"message": "Call us", "phone": "0120", "url": ""}
    assert leg["is_approximate"]
    assert "alighting" not in leg
    assert "headway_s" not in leg
    assert "call first" in _row(leg)[-1]


def test_a_stop_where_the_driver_is_told(tmp_path: Path) -> None:
    write_feed(tmp_path / "f.zip", EVERYTHING)
    leg = ride(tmp_path, ("A", "B"), "10:15")
    assert (leg["trip_id"], leg["departure"][11:16]) == ("f:t2", "10:30")
    assert (leg["headsign"], leg["alighting"]) == ("南口", "driver")
    assert "is_approximate" not in leg  # its runs are exact
    assert "tell the driver" in _row(leg)[-1]


@pytest.mark.parametrize("exact", ["0", ""])
def test_runs_that_keep_no_times_say_how_often_they_come(exact: str, tmp_path: Path) -> None:
    write_feed(tmp_path / "f.zip", {"frequencies.txt": REPEATS + exact})
    leg = ride(tmp_path, ("A", "C"), "10:20")
    assert (leg["departure"][11:16], leg["headway_s"]) == ("10:30", 900)
    assert leg["is_approximate"]
    assert "every 15 min" in _row(leg)[-1]
