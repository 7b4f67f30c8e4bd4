"""The shipped island answers what the demo and the README ask."""

import re
from pathlib import Path

import pytest

from maas.build import build_region
from maas.planner import Planner, read_query
from maas.region import Region

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
