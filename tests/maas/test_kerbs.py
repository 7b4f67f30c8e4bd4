"""Walks between doors and cars on a drawn town whose doors and one stop lie off the street.

door ─120 m─ street 0 … 8,000 m ─ far door (25 m off)      W at 0 m (80 m off), E at 6,000 m
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maas.planner import Planner, read_query
from tests.itinerary_check import FeedTruth, ItineraryCheck
from tests.maas.test_analysis import build_bus_town
from tests.routing.drawn_roads import Drawing, at

ROAD = {"highway": "residential"}
TAXIS = """
taxi_limit_m: 9000
taxi_direct_limit_m: 9000
taxis:
  - id: lift
    wheelchair: true
    base: {lat: 43.0, lon: 141.0}
    radius_m: 20000
    pickup_wait: 60
    meter: {base_fare: 600, base_distance_m: 1000, step_fare: 100, step_distance_m: 300}
"""
# The street runs 80 m south of stop W, and past E.
TOWN = Drawing({"V": (-1000, -80), "W": (0, -80), "E": (6000, 0), "F": (7000, 0)}, [("VWEF", ROAD)])


def place(x: float, y: float) -> dict[str, float]:
    lon, lat = at(x, y)
    return {"lat": lat, "lon": lon}


AT = "2026-10-07T07:50+09:00"
DOOR, NEAR = place(-500, -200), place(6500, 25)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planner, ItineraryCheck]:
    from maas.region import Region

    folder = tmp_path_factory.mktemp("kerbs")
    region = Region.open(build_bus_town(folder, TOWN, TAXIS))
    return Planner(region), ItineraryCheck({"f": FeedTruth("f", folder / "f.zip")}, 60)


def ask(town: tuple[Planner, ItineraryCheck], **changes: Any) -> list[dict[str, Any]]:
    """Itineraries, every one of which the checker has looked at."""
    query: dict[str, Any] = {"from": DOOR, "to": NEAR, "at": AT, "modes": ["taxi", "walk"]}
    query |= changes
    answer = town[0].plan(read_query(query))
    moment = datetime.fromisoformat(AT)
    town[1].document(answer, moment, arrive_by=query.get("arrive_by", False))
    found: list[dict[str, Any]] = answer["itineraries"]
    return found


def seconds(leg: dict[str, Any]) -> float:
    begin, end = (datetime.fromisoformat(leg[name]) for name in ("departure", "arrival"))
    return (end - begin).total_seconds()


def test_one_walks_to_where_the_car_can_stop(town: tuple[Planner, ItineraryCheck]) -> None:
    (one,) = ask(town)
    walk, taxi = one["legs"]
    assert (walk["mode"], taxi["mode"]) == ("walk", "taxi")
    assert walk["distance_m"] == one["walk_m"] == pytest.approx(120, abs=2)
    assert seconds(walk) == pytest.approx(96, abs=2)  # at 4.5 km/h
    assert walk["arrival"] == taxi["departure"]
    assert walk["to"]["name"] == "乗車地点"
    assert walk["to"]["lat"] == pytest.approx(at(0, -80)[1], abs=1e-4)
    assert one["departure"] == "2026-10-07T07:50:00+09:00"  # one walks while the taxi comes
    assert taxi["call_by"] == "2026-10-07T07:50:00+09:00"
    assert taxi["distance_m"] == pytest.approx(7000, abs=30)


def test_on_the_way_back_one_walks_at_the_end(town: tuple[Planner, ItineraryCheck]) -> None:
    (one,) = ask(town, **{"from": NEAR, "to": DOOR, "arrive_by": True})
    taxi, walk = one["legs"]
    assert (taxi["mode"], walk["mode"]) == ("taxi", "walk")
    assert walk["from"]["name"] == "降車地点"
    assert one["arrival"] == "2026-10-07T07:50:00+09:00"
    assert seconds(walk) == pytest.approx(96, abs=2)


def test_at_a_stop_off_the_road_one_walks_too(town: tuple[Planner, ItineraryCheck]) -> None:
    ways = ask(town, to="f:E", modes=["taxi", "walk", "bus"], all=True, max_walk_m=500)
    legs = next(
        one["legs"] for one in ways if [leg["mode"] for leg in one["legs"]][1:2] == ["taxi"]
    )
    assert [leg["mode"] for leg in legs] == ["walk", "taxi"]
    (one,) = ask(town, **{"from": NEAR, "to": "f:W"})
    assert [leg["mode"] for leg in one["legs"]] == ["taxi", "walk"]
    assert one["legs"][1]["distance_m"] == pytest.approx(80, abs=2)


def test_nobody_walks_farther_to_a_car_than_asked(town: tuple[Planner, ItineraryCheck]) -> None:
    assert ask(town, max_walk_m=100) == []
    assert [leg["mode"] for leg in ask(town, max_walk_m=130)[0]["legs"]] == ["walk", "taxi"]


def test_walks_to_the_car_take_as_long_as_the_traveller_does(
    town: tuple[Planner, ItineraryCheck],
) -> None:
    usual, slow = (seconds(ask(town, walk_kmh=kmh)[0]["legs"][0]) for kmh in (4.5, 2.25))
    assert slow == pytest.approx(2 * usual, abs=2)


def test_ones_own_car_stands_at_the_road_as_well(town: tuple[Planner, ItineraryCheck]) -> None:
    (one,) = (it for it in ask(town, modes=["car"]) if it["legs"][-1]["mode"] == "car")
    assert [leg["mode"] for leg in one["legs"]] == ["walk", "car"]


def test_one_walks_to_ones_own_car_that_leads_to_a_line(
    town: tuple[Planner, ItineraryCheck],
) -> None:
    query = {"from": place(-900, -200), "to": "f:E", "at": AT, "modes": ["car", "bus"]}
    found = town[0].plan(read_query(query))["itineraries"]
    ways = [[leg["mode"] for leg in one["legs"]] for one in found]
    assert ["walk", "car", "walk", "bus"] in ways


def test_one_walks_while_the_car_comes_that_leads_to_a_line(
    town: tuple[Planner, ItineraryCheck],
) -> None:
    def by_bus(moment: datetime) -> list[dict[str, Any]]:
        query = {"from": place(-900, -200), "to": "f:E", "modes": ["taxi", "bus"]}
        found = town[0].plan(read_query({**query, "at": moment.isoformat()}))["itineraries"]
        ways: list[list[dict[str, Any]]] = [one["legs"] for one in found]
        return next(legs for legs in ways if legs[-1]["mode"] == "bus")

    bus = datetime.fromisoformat("2026-10-07T08:20+09:00")
    legs = by_bus(bus - timedelta(minutes=15))
    assert [leg["mode"] for leg in legs] == ["walk", "taxi", "walk", "bus"]
    in_time = timedelta(seconds=sum(map(seconds, legs[:3])) + 10)
    assert by_bus(bus - in_time)[-1]["departure"] == bus.isoformat()


def test_walks_off_the_roads_are_as_quick_as_all_walks_of_the_region(tmp_path: Path) -> None:
    from maas.region import Region

    build_bus_town(tmp_path, TOWN, TAXIS, walking="{limit_m: 800, speed_kmh: 3}")
    planner = Planner(Region.open(tmp_path / "built"))
    query = {"from": DOOR, "to": NEAR, "at": AT, "modes": ["taxi"]}
    for wish, most in (({}, 144), ({"walk_kmh": 4.5}, 96)):  # 120 m
        (one,) = planner.plan(read_query({**query, **wish}))["itineraries"]
        assert seconds(one["legs"][0]) == pytest.approx(most, abs=2)
