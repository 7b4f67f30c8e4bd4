"""Vehicles and alerts that can stand on no leg are counted and named."""

from pathlib import Path
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as bindings

from gtfs.realtime.draft import Report
from gtfs.realtime.encode import encoded
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import Carriage
from gtfs.realtime.read import read_message
from gtfs.realtime.strangers import count_strangers
from tests.gtfs.feeds import timetable_of
from tests.gtfs.realtime.messages import update
from tests.gtfs.realtime.test_detours import feed_message


def report_of(folder: Path, **entities: list[Any]) -> Report:
    report = Report()
    matcher = Matcher(timetable_of(folder), "f")
    count_strangers(read_message(feed_message(**entities)), matcher, report)
    return report


@pytest.mark.parametrize(
    ("trip", "reason"),
    [
        ({"trip_id": "t1"}, ""),
        ({"trip_id": "new"}, ""),
        ({"route_id": "L", "start_time": "08:00:00"}, ""),
        ({"trip_id": "t9"}, "unknown_trip"),
        ({"route_id": "M"}, "unknown_line"),
        ({}, "trip_not_named"),
    ],
)
def test_a_vehicle_is_known_by_its_trip_or_line(
    trip: dict[str, str], reason: str, tmp_path: Path
) -> None:
    new = update({"trip_id": "new", "route_id": "L", "schedule_relationship": 8})
    seen = bindings.VehiclePosition(trip=trip)
    report = report_of(tmp_path, vehicle=[seen], trip_update=[new])
    assert report.unmatched == ({reason: 1} if reason else {})
    assert all("entity 'vehicle0'" in name for name in report.names.get(reason, []))


@pytest.mark.parametrize(
    ("informed", "reason"),
    [
        ([{"stop_id": "A"}], ""),
        ([{"stop_id": "X"}, {"route_id": "L"}], ""),
        ([{"agency_id": "a", "direction_id": 1}], ""),
        ([{"route_type": 2}], ""),
        ([{"trip": {"trip_id": "t1"}}], ""),
        ([{"stop_id": "X"}], "unknown_stop"),
        ([{"route_id": "M", "stop_id": "A"}], "unknown_line"),
        ([{"agency_id": "b"}], "unknown_agency"),
        ([{"trip": {"trip_id": "t9"}}, {"stop_id": "X"}], "unknown_trip"),
        ([{}], "alert_without_selector"),
        ([], "alert_without_selector"),
    ],
)
def test_an_alert_is_known_if_one_of_its_selectors_is(
    informed: list[dict[str, Any]], reason: str, tmp_path: Path
) -> None:
    report = report_of(tmp_path, alert=[bindings.Alert(informed_entity=informed)])
    assert report.unmatched == ({reason: 1} if reason else {})


def test_carriages_are_told_again_from_the_front_of_the_train() -> None:
    seen = bindings.VehiclePosition(
        multi_carriage_details=[
            {"id": "b", "carriage_sequence": 2, "occupancy_status": 5, "occupancy_percentage": 90},
            {"id": "a", "label": "1", "carriage_sequence": 1},
        ]
    )
    read = read_message(feed_message(vehicle=[seen]))
    assert read.vehicles[0].carriages == (
        Carriage("a", "1", "", None),
        Carriage("b", "", "FULL", 90),
    )
    assert read_message(encoded(read)).vehicles == read.vehicles
