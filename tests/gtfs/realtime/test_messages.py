"""Messages as plain tuples, and what is no message."""

import datetime as dt
from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2 as bindings

from gtfs.errors import GtfsError
from gtfs.realtime.messages import Call, RealtimeError, TripRef
from gtfs.realtime.read import read_message
from tests.gtfs.realtime.messages import NOW, message, update

TRIP = {"trip_id": "t1", "start_date": "20260701", "start_time": "25:10:00", "route_id": "L"}


def test_a_trip_update_is_read_with_what_it_tells_and_what_it_does_not() -> None:
    calls = [
        {"stop_sequence": 0, "arrival": {"delay": 0}, "departure": {"time": NOW}},
        {"stop_id": "B", "schedule_relationship": 1},
    ]
    read = read_message(message(update(TRIP, *calls, timestamp=NOW - 5)))
    assert (read.timestamp, read.faults) == (NOW, ())
    (told,) = read.updates
    assert told.trip == TripRef("t1", "L", dt.date(2026, 7, 1), 90_600, "SCHEDULED")
    assert (told.timestamp, told.delay, told.copy) == (NOW - 5, None, None)
    assert told.calls == (
        Call(0, "", None, 0, NOW, None, 0, ""),
        Call(None, "B", None, None, None, None, 1, ""),
    )


def test_an_update_without_a_time_is_as_old_as_its_message() -> None:
    (told,) = read_message(message(update(TRIP, delay=0))).updates
    assert (told.timestamp, told.delay) == (NOW, 0)


@pytest.mark.parametrize(
    "raw", [b"<html>not found</html>", b"", b"\x08\x01", message()[:-2], b'{"header": {}}']
)
def test_other_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(RealtimeError, match=r"trips\.pb: no GTFS-Realtime message"):
        read_message(raw, "trips.pb")
    assert issubclass(RealtimeError, GtfsError)


@pytest.mark.parametrize(
    ("field", "value"),
    [("start_date", "2026-7-1"), ("start_date", "20261301"), ("start_time", "8h")],
)
def test_an_entity_with_a_broken_date_or_time_is_named_and_the_others_are_read(
    field: str, value: str
) -> None:
    read = read_message(message(update({**TRIP, field: value}), update(TRIP)))
    assert [told.entity for told in read.updates] == ["e1"]
    assert len(read.faults) == 1
    assert read.faults[0].startswith("entity 'e0'")


def test_vehicles_are_read_with_their_occupancy() -> None:
    feed = bindings.FeedMessage.FromString(message())
    entity = feed.entity.add(id="v")
    entity.vehicle.trip.trip_id = "t1"
    entity.vehicle.vehicle.id = "bus 7"
    entity.vehicle.position.latitude, entity.vehicle.position.longitude = 43.5, 141.25
    entity.vehicle.current_stop_sequence = 2
    entity.vehicle.current_status = 1
    entity.vehicle.occupancy_status = 5
    feed.entity.add(id="w").vehicle.vehicle.id = "bus 8"
    seen, bare = read_message(feed.SerializeToString()).vehicles
    assert (seen.lon, seen.lat, seen.bearing) == (141.25, 43.5, None)
    assert (seen.vehicle_id, seen.sequence, seen.status) == ("bus 7", 2, "STOPPED_AT")
    assert (seen.occupancy, seen.timestamp) == ("FULL", NOW)
    assert (bare.lon, bare.sequence, bare.occupancy) == (None, None, "")


def test_alerts_are_read_with_all_languages_and_hold_for_their_time() -> None:
    feed = bindings.FeedMessage.FromString(message())
    alert = feed.entity.add(id="a").alert
    alert.active_period.add(start=NOW, end=NOW + 60)
    alert.informed_entity.add(route_id="L", stop_id="B")
    alert.cause, alert.effect = 8, 1  # WEATHER, NO_SERVICE
    for language, text in (("ja", "運休"), ("en", "No service")):
        alert.header_text.translation.add(text=text, language=language)
    (read,) = read_message(feed.SerializeToString()).alerts
    assert (read.cause, read.effect) == ("WEATHER", "NO_SERVICE")
    assert read.header == {"ja": "運休", "en": "No service"}
    assert (read.informed[0].line_id, read.informed[0].stop_id) == ("L", "B")
    assert [read.is_active(NOW + k, NOW + k) for k in (-1, 0, 59, 60)] == [False, True, True, False]
    assert read._replace(active=()).is_active(NOW, NOW)


def test_deleted_entities_are_left_out() -> None:
    feed = bindings.FeedMessage.FromString(message(update(TRIP)))
    feed.entity[0].is_deleted = True
    assert read_message(feed.SerializeToString()).updates == ()


def test_real_captures_are_read(outside_data: Path) -> None:
    for path in sorted((outside_data / "gtfs-rt").glob("*/*.pb")):
        read = read_message(path.read_bytes(), path.name)
        assert len(read.updates) > 200
        assert read.faults == ()
