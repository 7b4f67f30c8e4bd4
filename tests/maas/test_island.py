"""The shipped island answers what the demo and the README ask."""

import re
from pathlib import Path
from typing import Any

import pytest

import maas.planner as planner_module
from maas.build import build_region
from maas.planner import Planner, read_query
from maas.planner_directions import Direction
from maas.planner_view import View
from maas.region import Region
from routing.bounds import LowerBounds

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def island() -> Region:
    """Built once into the checkout; the next run finds it there."""
    return build_region(ROOT / "data" / "hokkaido" / "region.yaml", ROOT / "build" / "test-island")


def demo_default(name: str) -> str:
    """Default of a variable of the demo."""
    script = (ROOT / "tools" / "demo.sh").read_text(encoding="utf-8")
    found = re.search(rf"\$\{{{name}:-([^}}]*)\}}", script)
    assert found is not None
    return found[1]


def test_the_demo_trip_uses_three_modes(island: Region) -> None:
    query = {
        "from": demo_default("DEMO_FROM"),
        "to": demo_default("DEMO_TO"),
        "at": demo_default("DEMO_AT"),
    }
    first = Planner(island).plan(read_query(query))["itineraries"][0]
    assert len({leg["mode"] for leg in first["legs"]}) >= 3


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("札幌", "Wakkanai"), ("おたる", "びえい"), ("Obihiro", "根室"), ("函館", "Abashiri Station")],
)
def test_any_two_towns_are_joined_in_winter(island: Region, origin: str, destination: str) -> None:
    answer = Planner(island).plan(
        read_query({"from": origin, "to": destination, "at": "2027-01-20T07:00"})
    )
    assert answer["itineraries"], answer["reasons"]
    assert {notice["code"] for notice in answer["notices"]} >= {"synthetic"}


def test_an_island_is_reached_by_ferry(island: Region) -> None:
    query = {"from": "稚内", "to": "鴛泊フェリーターミナル", "at": "2026-11-25T06:00"}
    answer = Planner(island).plan(read_query(query))
    assert "ferry" in {leg["mode"] for leg in answer["itineraries"][0]["legs"]}


PORTS = {"from": "43.0555,141.3405", "to": "43.0707,141.3560", "modes": ["walk", "shared_bike"]}


def test_shared_bikes_are_there_until_winter(island: Region) -> None:
    def bikes(at: str) -> list[dict[str, Any]]:
        answer = Planner(island).plan(read_query({**PORTS, "at": at}))
        legs = [leg for one in answer["itineraries"] for leg in one["legs"]]
        return [leg for leg in legs if leg["mode"] == "shared_bike"]

    november = bikes("2026-11-04T08:00")
    assert november
    for leg in november:
        assert int(leg["price"]["amount"]) > 0
        assert leg["bikes_available"] > 0
        assert leg["docks_available"] > 0
        assert leg["operator"]
    assert bikes("2027-01-20T08:00") == []


def test_a_car_is_left_at_a_country_station(island: Region) -> None:
    query = {"from": "43.5700,142.4400", "to": "旭川", "at": "2026-11-04T08:00"}
    answer = Planner(island).plan(read_query({**query, "modes": ["walk", "rail", "car"]}))
    parked = [leg for one in answer["itineraries"] for leg in one["legs"] if leg.get("rental_id")]
    assert parked
    assert all(leg["mode"] == "car" and leg["price"] and leg["spaces"] for leg in parked)


@pytest.mark.parametrize("arrive_by", [False, True])
def test_searches_that_are_asked_often_get_bounds_and_find_the_same(
    island: Region, arrive_by: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = read_query(
        {"from": "Obihiro", "to": "根室", "at": "2027-01-20T13:00", "arrive_by": arrive_by}
    )

    def found(planner: Planner) -> list[tuple[str, str, int]]:
        answer = planner.plan(query)["itineraries"]
        return [(one["departure"], one["arrival"], one["transfers"]) for one in answer]

    without = found(Planner(island))
    bounded: list[bool] = []
    made = planner_module._direction

    def direction(view: View, bounds: LowerBounds | None = None, **way: bool) -> Direction:
        own = view.mirrored_bounds if way["arrive_by"] else view.bounds
        if bounds is not None:
            bounded.append(bounds is own)
        return made(view, bounds, **way)

    monkeypatch.setattr(planner_module, "_direction", direction)
    monkeypatch.setattr(planner_module, "_MANY_SEARCHES", 1)
    assert found(Planner(island)) == without != []
    assert bounded
    assert all(bounded)
