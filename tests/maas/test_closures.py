"""Roads that are closed in winter as the reason of an empty answer.

W ── Pass Road (closed November to April) ── E      W ── Long Way ── N (open)
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maas.planner import Planner, read_query
from maas.region import Region
from tests.maas.test_analysis import build_bus_town
from tests.maas.test_kerbs import TAXIS
from tests.routing.drawn_roads import Drawing, at

ROAD = {"highway": "residential"}
PASS = ROAD | {"name": "Pass Road", "motor_vehicle:conditional": "no @ (Nov 01-Apr 20)"}
TOWN = Drawing(
    {"V": (-1000, 0), "W": (0, 0), "M": (3000, 0), "E": (6000, 0), "N": (0, 5000)},
    [("VW", ROAD), ("WM", ROAD), ("ME", PASS), ("WN", ROAD | {"name": "Long Way"})],
)
WINTER, AUTUMN = "2026-12-02T12:00", "2026-10-07T12:00"


def place(x: float, y: float) -> dict[str, float]:
    lon, lat = at(x, y)
    return {"lat": lat, "lon": lon}


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    folder: Path = tmp_path_factory.mktemp("closures")
    return Planner(Region.open(build_bus_town(folder, TOWN, TAXIS)))


def ask(planner: Planner, time: str, to: dict[str, float], **changes: Any) -> dict[str, Any]:
    query = {"from": place(-800, 0), "to": to, "at": time, "modes": ["taxi"], **changes}
    return planner.plan(read_query(query))


def closed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [reason for reason in answer["reasons"] if reason["code"] == "road_closed"]


@pytest.mark.parametrize("mode", ["taxi", "car"])
def test_a_closed_road_that_keeps_cars_out_is_named(planner: Planner, mode: str) -> None:
    goal = place(5500, 0)
    assert ask(planner, AUTUMN, goal, modes=[mode])["itineraries"]
    answer = ask(planner, WINTER, goal, modes=[mode])
    assert answer["itineraries"] == []
    (reason,) = closed(answer)
    assert "Pass Road" in reason["message"]
    assert "Pass Road" in reason["message_ja"]
    assert str(date(2026, 12, 2)) in reason["message"]


def test_what_is_empty_for_other_reasons_names_no_closure(planner: Planner) -> None:
    beyond = place(-800, 15_000)  # off all roads
    for time in (AUTUMN, WINTER):
        answer = ask(planner, time, beyond)
        assert answer["itineraries"] == []
        assert answer["reasons"]
        assert closed(answer) == []


def test_an_open_way_is_no_matter_of_closures(planner: Planner) -> None:
    assert ask(planner, WINTER, place(0, 4500))["itineraries"]
