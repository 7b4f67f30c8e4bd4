"""Wheelchairs, hard and soft, on a valley whose feed says what is accessible.

    A (yes) ──bus w (yes) 08:00, bus x (no) 07:30── C (yes)     A ──bus w── B (unknown)

Roads: a street leads from the door to A; steps are the short way, a ramp the long one.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from maas.build import build_region
from maas.planner import Planner, read_query
from maas.region import Region
from tests.gtfs.feeds import write_feed

STOPS = """
    stop_id,stop_name,stop_lat,stop_lon,zone_id,wheelchair_boarding
    A,北駅,43.00,141.00,z1,1
    B,中町,43.01,141.00,z2,
    C,南口,43.02,141.00,z3,1
"""
TRIPS = """
    route_id,service_id,trip_id,trip_headsign,wheelchair_accessible
    L,daily,x,南口,2
    L,daily,w,南口,1
"""
TIMES = """
    trip_id,arrival_time,departure_time,stop_id,stop_sequence
    x,07:30:00,07:30:00,A,1
    x,07:40:00,07:40:00,B,2
    x,07:50:00,07:50:00,C,3
    w,08:00:00,08:00:00,A,1
    w,08:10:00,08:10:00,B,2
    w,08:20:00,08:20:00,C,3
"""
# The door lies 111 m south of A: by steps there, by a ramp round the block (333 m).
OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="42.9990" lon="141.0000"/><node id="2" lat="43.0000" lon="141.0000"/>
 <node id="3" lat="42.9990" lon="141.0013"/><node id="4" lat="43.0000" lon="141.0013"/>
 <node id="5" lat="43.0200" lon="141.0000"/><node id="6" lat="43.0210" lon="141.0000"/>
 <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="steps"/></way>
 <way id="2"><nd ref="1"/><nd ref="3"/><nd ref="4"/><nd ref="2"/>
  <tag k="highway" v="footway"/><tag k="surface" v="asphalt"/><tag k="wheelchair" v="yes"/></way>
 <way id="3"><nd ref="2"/><nd ref="5"/><nd ref="6"/><tag k="highway" v="residential"/></way>
</osm>
"""
REGION = """
name: Steps
timezone: Asia/Tokyo
feeds: [{id: bus, path: bus.zip}]
roads: {path: roads.osm}
walking: {limit_m: 800}
taxis:
  - id: plain
    base: {lat: 43.0, lon: 141.0}
    meter: {base_fare: 600, base_distance_m: 1000, step_fare: 100, step_distance_m: 300}
  - id: lift
    wheelchair: true
    base: {lat: 43.0, lon: 141.0}
    meter: {base_fare: 900, base_distance_m: 1000, step_fare: 100, step_distance_m: 300}
"""
DOOR = {"lat": 42.999, "lon": 141.0}


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    return Planner(built(tmp_path_factory.mktemp("steps")))


def built(folder: Path) -> Region:
    files = {"stops.txt": STOPS, "trips.txt": TRIPS, "stop_times.txt": TIMES}
    write_feed(folder / "bus.zip", files)
    (folder / "roads.osm").write_text(OSM, encoding="utf-8")
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    return build_region(folder / "region.yaml", folder / "built")


def ask(planner: Planner, **changes: Any) -> dict[str, Any]:
    query = {"from": DOOR, "to": "bus:C", "at": "2026-10-07T07:00", "modes": ["walk", "bus"]}
    return planner.plan(read_query(query | changes))


def trips(answer: dict[str, Any]) -> list[str]:
    return [leg["trip_id"] for it in answer["itineraries"] for leg in it["legs"] if "line" in leg]


def test_on_foot_the_steps_lead_to_the_first_bus(planner: Planner) -> None:
    answer = ask(planner)
    assert trips(answer)[0] == "bus:x"
    assert answer["itineraries"][0]["walk_m"] == pytest.approx(111, abs=3)
    assert "barriers" not in answer["itineraries"][0]["legs"][0]


def test_a_wheelchair_takes_the_ramp_and_the_bus_with_a_lift(planner: Planner) -> None:
    answer = ask(planner, wheelchair="required")
    assert trips(answer) == ["bus:w"]
    walk, ride = answer["itineraries"][0]["legs"]
    assert walk["distance_m"] == pytest.approx(323, abs=8)  # 106 + 111 + 106 m
    assert walk["barriers"] == ride["barriers"] == []
    assert walk["arrival"] <= ride["departure"]


def test_a_stop_of_which_nothing_is_known_is_not_used_and_the_answer_says_so(
    planner: Planner,
) -> None:
    answer = ask(planner, to="bus:B", max_walk_m=400, wheelchair="required")
    assert answer["itineraries"] == []
    (reason,) = answer["reasons"]
    assert reason["code"] == "no_accessible_connection"
    assert reason["try"] == {"wheelchair": "preferred"}
    assert "車いす" in reason["message_ja"]


def test_where_it_is_preferred_all_is_shown_with_its_barriers(planner: Planner) -> None:
    answer = ask(planner, wheelchair="preferred")
    assert set(trips(answer)) == {"bus:x", "bus:w"}
    walk, ride = answer["itineraries"][0]["legs"]
    assert [one["code"] for one in ride["barriers"]] == ["vehicle"]
    assert [one["code"] for one in walk["barriers"]] == ["longer_step_free_way"]
    unknown = ask(planner, to="bus:B", max_walk_m=400, wheelchair="preferred")
    codes = {one["code"] for it in unknown["itineraries"] for one in it["legs"][-1]["barriers"]}
    assert codes == {"vehicle", "boarding_unknown"}
    assert "中町" in json.dumps(unknown, ensure_ascii=False)
    liked = ask(planner, wheelchair="preferred", max_itineraries=1)
    assert trips(liked) == ["bus:w"]
    assert "preferred" in liked["itineraries"][0]["tags"]


def test_only_taxis_with_a_lift_are_called(planner: Planner) -> None:
    answer = ask(planner, modes=["walk", "taxi"], wheelchair="required")
    walk, taxi = answer["itineraries"][0]["legs"]
    assert taxi["operator_id"] == "lift"
    # The road begins 111 m from the door: steps lead there, the ramp is told as a longer way.
    assert walk["distance_m"] == pytest.approx(111, abs=3)
    assert [one["code"] for one in walk["barriers"]] == ["longer_step_free_way"]
    shown = ask(planner, modes=["walk", "taxi"], wheelchair="preferred")
    (legs,) = (it["legs"] for it in shown["itineraries"])
    assert [one["code"] for one in legs[1]["barriers"]] == ["vehicle_unknown"]


def test_where_no_stop_is_accessible_the_reason_says_so_and_names_one_that_is(
    planner: Planner,
) -> None:
    # At that hour nothing runs within the window, with or without a wheelchair.
    answer = ask(
        planner, at="2026-10-07T12:00", window=600, to="bus:B", max_walk_m=400,
        wheelchair="required",
    )  # fmt: skip
    reason = next(one for one in answer["reasons"] if one["code"] == "no_stop_near_destination")
    assert "accessible by wheelchair" in reason["message"]
    assert "車いす" in reason["message_ja"]
    assert "南口" in reason["message"]  # B, at no distance, is not known to be accessible
