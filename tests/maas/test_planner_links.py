"""A taxi between two lines that no walk connects.

    A ──bus── C   (2.2 km)   E ──rail── F      A at 43.00, C 43.02, E 43.04, F 43.30

Buses arrive at C at 08:20 and 09:20; trains leave E at 08:30, 09:00 and 10:00 and take 20 minutes.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from maas import planner_links
from maas.build import build_region
from maas.planner import Planner, read_query
from maas.planner_task import Task
from tests.gtfs.feeds import write_feed

STOPS = """
    stop_id,stop_name,stop_lat,stop_lon
    E,東駅,43.04,141.00
    F,終点,43.30,141.00
"""
LINES = """
    route_id,agency_id,route_short_name,route_long_name,route_type
    T,a,,山線,2
"""
TRIPS = """
    route_id,service_id,trip_id,trip_headsign
    T,daily,r1,終点
    T,daily,r2,終点
    T,daily,r3,終点
"""
TIMES = """
    trip_id,arrival_time,departure_time,stop_id,stop_sequence
    r1,08:30:00,08:30:00,E,1
    r1,08:50:00,08:50:00,F,2
    r2,09:00:00,09:00:00,E,1
    r2,09:20:00,09:20:00,F,2
    r3,10:00:00,10:00:00,E,1
    r3,10:20:00,10:20:00,F,2
"""
REGION = """
name: Gap
timezone: Asia/Tokyo
feeds: [{id: bus, path: bus.zip}, {id: far, path: far.zip}]
walking: {limit_m: 800, transfer_limit_m: 300}
taxi_limit_m: 5000
taxis:
  - id: middle
    base: {lat: 43.03, lon: 141.0}
    radius_m: 2500
    pickup_wait: 300
    meter: {base_fare: 600, base_distance_m: 1000, step_fare: 100, step_distance_m: 300}
"""


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    folder: Path = tmp_path_factory.mktemp("gap")
    write_feed(folder / "bus.zip", {})
    far = {"stops.txt": STOPS, "routes.txt": LINES, "trips.txt": TRIPS, "stop_times.txt": TIMES}
    write_feed(folder / "far.zip", far)
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    return Planner(build_region(folder / "region.yaml", folder / "built"))


def ask(planner: Planner, at: str, **changes: Any) -> list[list[str]]:
    query = {"from": "bus:A", "to": "far:F", "at": f"2026-10-07T{at}", **changes}
    answer = planner.plan(read_query(query))
    return [[leg.get("trip_id", leg["mode"]) for leg in it["legs"]] for it in answer["itineraries"]]


def test_a_taxi_takes_the_traveller_from_the_bus_to_the_train(planner: Planner) -> None:
    # called when the bus is there at 08:20; 2.9 km at 32 km/h take 325 s: the train of 09:00
    assert ask(planner, "07:50")[0] == ["bus:t1", "taxi", "far:r2"]


def test_the_same_when_arriving_by_a_time(planner: Planner) -> None:
    assert ["bus:t1", "taxi", "far:r2"] in ask(planner, "09:30", arrive_by=True)


def test_without_taxis_or_changes_there_is_no_way(planner: Planner) -> None:
    assert ask(planner, "07:50", modes_banned=["taxi"]) == []
    assert ask(planner, "07:50", max_transfers=1) == []
    assert ask(planner, "07:50", operators_banned=["middle"]) == []


@pytest.mark.parametrize(
    ("changes", "is_sought"), [({}, False), ({"modes_banned": ["walk"]}, True)]
)
def test_no_change_is_sought_where_the_walk_is_short(
    planner: Planner, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], is_sought: bool
) -> None:
    sought = []

    def changes_at(task: Task) -> list[int]:
        sought.append(task)
        return []

    monkeypatch.setattr(planner_links, "_changes", changes_at)
    query = {"from": "far:E", "to": "bus:C", "max_walk_m": 1600, **changes}  # 40 min on foot
    ask(planner, "07:50", **query)
    assert bool(sought) is is_sought


ZONE = """
demand_zones:
  - id: gap
    polygon: [[43.015, 140.9], [43.05, 140.9], [43.05, 141.1], [43.015, 141.1]]
    hours: ["08:00", "18:00"]
    wait: 300
    fare: 300
"""


def test_a_ride_on_demand_takes_the_traveller_from_the_bus_to_the_train(tmp_path: Path) -> None:
    write_feed(tmp_path / "bus.zip", {})
    far = {"stops.txt": STOPS, "routes.txt": LINES, "trips.txt": TRIPS, "stop_times.txt": TIMES}
    write_feed(tmp_path / "far.zip", far)
    source = REGION[: REGION.index("taxis:")] + ZONE
    (tmp_path / "region.yaml").write_text(source, encoding="utf-8")
    region = build_region(tmp_path / "region.yaml", tmp_path / "built")
    assert ask(Planner(region), "07:50")[0] == ["bus:t1", "drt", "far:r2"]
    assert ask(Planner(region), "07:50", modes_banned=["drt"]) == []
    query = {"from": "bus:A", "to": "far:F", "at": "2026-10-07T07:50"}
    ride = Planner(region).plan(read_query(query))["itineraries"][0]["legs"][1]
    assert (ride["operator_id"], ride["price"]["amount"]) == ("gap", "300")
    assert ride["call_by"] <= ride["departure"]


def test_parts_that_end_at_a_station_and_begin_at_its_platform_are_joined_on_foot(
    tmp_path: Path,
) -> None:
    stops = """
        stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
        S,東駅,43.04,141.00,1,
        E,東駅,43.0402,141.00,0,S
        F,終点,43.30,141.00,0,
    """
    write_feed(tmp_path / "bus.zip", {})
    far = {"stops.txt": stops, "routes.txt": LINES, "trips.txt": TRIPS, "stop_times.txt": TIMES}
    write_feed(tmp_path / "far.zip", far)
    (tmp_path / "region.yaml").write_text(REGION, encoding="utf-8")
    planner = Planner(build_region(tmp_path / "region.yaml", tmp_path / "built"))
    query = {"from": "bus:C", "to": "far:F", "at": "2026-10-07T08:20", "via": [{"place": "far:S"}]}
    itineraries = planner.plan(read_query(query))["itineraries"]
    assert itineraries
    for itinerary in itineraries:
        for before, after in pairwise(itinerary["legs"]):
            assert before["to"] == after["from"]
