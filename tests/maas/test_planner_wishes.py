"""Wishes hold for every kind of vehicle, called and one's own ones included."""

from itertools import pairwise, product
from typing import Any

import pytest

from maas.planner import Planner, read_query
from maas.region import Region

HOME = {"lat": 42.995, "lon": 141.0}  # 0.6 km from A
# Within the hour the train goes; the coach comes back tomorrow only.
TRAIN_GONE = {"from": "far:C", "at": "2026-10-07T09:10", "window": 3600}
BEYOND_D = {"lat": 43.32, "lon": 141.0}  # a ride on demand from D
MODES = (
    None,
    ["walk", "bus", "rail", "taxi", "drt"],
    ["rail", "taxi", "drt"],
    ["walk", "bus", "rail", "coach", "bike"],
)


@pytest.fixture(scope="module")
def planner(valley: Region) -> Planner:
    return Planner(valley)


def ask(planner: Planner, **changes: Any) -> dict[str, Any]:
    at = "2026-10-07T07:50"
    query = {"from": "bus:A", "to": BEYOND_D, "at": at, "max_itineraries": 50, **changes}
    return planner.plan(read_query(query))


@pytest.mark.parametrize("most", range(4))
def test_no_itinerary_has_more_transfers_than_asked_for(planner: Planner, most: int) -> None:
    passing: tuple[dict[str, Any], ...] = (
        {},
        {"via": [{"place": "bus:C"}]},
        {"arrive_by": True, "at": "2026-10-07T10:30"},
    )
    n_shown = 0
    for modes, origin, changes in product(MODES, ("bus:A", HOME), passing):
        named = {} if modes is None else {"modes": modes}
        answer = ask(planner, max_transfers=most, **named, **{"from": origin}, **changes)
        transfers = [one["transfers"] for one in answer["itineraries"]]
        assert max(transfers, default=0) <= most, (modes, origin, changes)
        n_shown += len(transfers)
    assert n_shown > 0 or most == 0


def test_a_taxi_is_not_called_where_one_stands_or_walks_as_soon(planner: Planner) -> None:
    near_c = {"lat": 43.021, "lon": 141.0}  # some 55 m from the station
    for origin in ("far:C", near_c):
        # on foot one catches the 08:30, by a taxi that comes after 300 s only the 09:30
        found = ask(planner, at="2026-10-07T08:28", **{"from": origin})["itineraries"]
        assert {one["legs"][-2]["departure"][11:16] for one in found} == {"08:30", "09:30"}
        modes = {leg["mode"] for one in found for leg in one["legs"]}
        assert modes - {"walk"} == {"rail", "drt"}, origin


@pytest.mark.parametrize("wish", ["min_transfer_s", "transfer_slack_s"])
def test_a_least_time_for_changes_holds_for_called_vehicles(planner: Planner, wish: str) -> None:
    n_called = 0
    for least in (0, 700, 1200):
        answer = ask(planner, modes=["rail", "taxi", "drt"], **{wish: least})
        for one in answer["itineraries"]:
            ridden = [leg for leg in one["legs"] if leg["mode"] != "walk"]
            for before, after in pairwise(ridden):
                n_called += {"taxi", "drt"} >= {before["mode"]} or after["mode"] == "drt"
                assert seconds(after["departure"]) - seconds(before["arrival"]) >= least
    assert n_called > 0


def test_no_called_vehicle_takes_ones_bike(planner: Planner) -> None:
    near = {"lat": 43.02, "lon": 141.005}
    with_bike = ask(planner, to=near, bike_on_board=True, modes=["bike", "bus", "taxi"])
    without = ask(planner, to=near, modes=["bike", "bus", "taxi"])
    modes = [
        {leg["mode"] for one in answer["itineraries"] for leg in one["legs"]}
        for answer in (with_bike, without)
    ]
    assert "taxi" in modes[1]
    assert "taxi" not in modes[0]
    assert "bike" in modes[0]


def seconds(text: str) -> int:
    """Seconds of the day of a time with an offset."""
    hour, minute, second = map(int, text[11:19].split(":"))
    return 3600 * hour + 60 * minute + second


@pytest.mark.parametrize(
    ("changes", "way_out"),
    [
        ({"max_transfers": 0}, {"max_transfers": 1}),
        ({"modes": ["walk", "bus"]}, {"modes": None}),
        ({"modes": ["walk", "coach"]}, {"modes": None}),
        ({"lines_banned": ["bus:L"], "modes": ["bus", "rail"]}, {"lines_banned": []}),
        ({"bike_on_board": True}, {"bike_on_board": False}),
        (
            {"max_walk_m": 0, "to": {"lat": 43.3005, "lon": 141.001}, "modes": ["bus", "rail"]},
            {"max_walk_m": 1000},
        ),
        ({"operators_banned": ["far"]}, {"operators_banned": []}),
        (
            {"operators_banned": ["far"], "max_transfers": 0},
            {"operators_banned": [], "max_transfers": 1},
        ),
        ({"when": "first", "max_transfers": 0}, {"max_transfers": 1}),
        ({"via": [{"place": "bus:C"}], "max_transfers": 0}, {"max_transfers": 1}),
        ({**TRAIN_GONE, "lines_banned": ["far:T"]}, {"lines_banned": []}),
        ({**TRAIN_GONE, "lines_banned": ["far:T"]}, {"window": None}),
        ({**TRAIN_GONE, "wheelchair": "required"}, {"wheelchair": "preferred"}),
        ({**TRAIN_GONE, "modes": ["coach"]}, {"modes": None}),
    ],
)
def test_what_an_empty_answer_says_to_try_leads_to_a_journey(
    planner: Planner, changes: dict[str, Any], way_out: dict[str, Any]
) -> None:
    query = {"to": "far:D", **changes}
    answer = ask(planner, **query)
    assert answer["itineraries"] == []
    tried = [reason.get("try") for reason in answer["reasons"]]
    assert way_out in tried
    for one in tried:
        assert one
        assert ask(planner, **{**query, **one})["itineraries"], one


def test_where_no_other_wish_helps_nothing_is_said_to_try(planner: Planner) -> None:
    far_off = {"lat": 43.15, "lon": 141.0}
    answer = ask(planner, modes=["rail"], **{"from": far_off, "to": "far:D"})
    assert [reason["code"] for reason in answer["reasons"]] == ["no_stop_near_origin"]
    assert "try" not in answer["reasons"][0]
