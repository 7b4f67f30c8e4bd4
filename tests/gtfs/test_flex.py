"""Zones of demand-responsive service, their windows and booking rules."""

import json
from pathlib import Path

import pytest

from gtfs.errors import EmptyFeedError
from gtfs.read import Feed
from gtfs.timetable import Timetable, build_timetable
from routing.layout import NONE
from tests.gtfs.feeds import feed_of

SQUARE = [[141.0, 43.0], [141.1, 43.0], [141.1, 43.1], [141.0, 43.1], [141.0, 43.0]]
HOLE = [[141.04, 43.04], [141.06, 43.04], [141.06, 43.06], [141.04, 43.04]]


def places(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def zone(zone_id: str, *rings: object, kind: str = "Polygon") -> dict[str, object]:
    shape = [*rings] if kind == "Polygon" else [[ring] for ring in rings]
    return {
        "id": zone_id,
        "type": "Feature",
        "properties": {"stop_name": f"zone {zone_id}"},
        "geometry": {"type": kind, "coordinates": shape},
    }


HEADER = (
    "trip_id,stop_id,location_id,location_group_id,stop_sequence,arrival_time,departure_time,"
    "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type,"
    "pickup_booking_rule_id,drop_off_booking_rule_id,mean_duration_offset\n"
)
RULES = """
    booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,message,phone_number
    soon,1,90,,,call,123
    eve,2,,1,17:00:00,,
"""
TRIPS = "route_id,service_id,trip_id,safe_duration_factor,safe_duration_offset\nL,daily,t1,,\n"


def flexible(folder: Path, rows: str, **files: str | bytes) -> tuple[Timetable, Feed]:
    given: dict[str, str | bytes] = {
        "trips.txt": TRIPS,
        "stop_times.txt": HEADER + rows,
        "booking_rules.txt": RULES,
        "locations.geojson": places(zone("z", SQUARE, HOLE), zone("y", SQUARE)),
        **{
            name.replace("_txt", ".txt").replace("_geojson", ".geojson"): text
            for name, text in files.items()
        },
    }
    feed = feed_of(folder, given)
    return build_timetable([feed], "Asia/Tokyo"), feed


WITHIN = "t1,,z,,1,,,8:00:00,18:00:00,2,1,soon,soon,3\nt1,,z,,2,,,8:00:00,18:00:00,1,2,eve,eve,5\n"


def test_two_rows_make_a_service_within_a_zone(tmp_path: Path) -> None:
    timetable, feed = flexible(tmp_path, WITHIN)
    assert not feed.notices.counts
    flex, zones, rings = timetable.flex, timetable.zones, timetable.rings
    assert flex.id[:] == ["f:t1"]
    assert [flex.from_zone[0], flex.from_stop[0], flex.to_zone[0], flex.to_stop[0]] == [
        0,
        NONE,
        0,
        NONE,
    ]
    assert [flex.start[0], flex.end[0], flex.last_arrival[0]] == [28_800, 64_800, 64_800]
    assert [flex.pickup_rule[0], flex.drop_off_rule[0]] == [0, 1]
    assert [flex.factor[0], flex.offset[0]] == [1.0, 300]
    assert zones.id[:] == ["f:z", "f:y"]
    assert zones.name[:] == ["zone z", "zone y"]
    assert zones.first_ring.tolist() == [0, 2, 3]
    assert rings.first_point.tolist() == [0, 5, 9, 14]
    assert [rings.lon[5], rings.lat[5]] == [141.04, 43.04]
    assert len(timetable.trips.id) == 0


def test_booking_rules_are_kept(tmp_path: Path) -> None:
    booking = flexible(tmp_path, WITHIN)[0].booking
    assert booking.id[:] == ["f:soon", "f:eve"]
    assert booking.kind.tolist() == [1, 2]
    assert booking.notice_min.tolist() == [5400, NONE]
    assert booking.last_day.tolist() == [NONE, 1]
    assert booking.last_time.tolist() == [-1, 61_200]
    assert (booking.message[0], booking.phone[0]) == ("call", "123")


def test_a_stop_and_a_zone_make_services_both_ways(tmp_path: Path) -> None:
    rows = (
        "t1,A,,,1,8:00:00,8:00:00,,,0,0,,,\n"
        "t1,,z,,2,,,8:00:00,9:00:00,2,2,,,\n"
        "t1,B,,,3,9:00:00,9:05:00,,,0,0,,,\n"
    )
    flex = flexible(tmp_path, rows)[0].flex
    ends = zip(
        flex.from_stop.tolist(),
        flex.from_zone.tolist(),
        flex.to_stop.tolist(),
        flex.to_zone.tolist(),
        strict=True,
    )
    assert list(ends) == [(0, NONE, NONE, 0), (NONE, 0, 1, NONE)]
    assert flex.last_arrival.tolist() == [32_400, 32_400]


def test_the_bus_runs_beside_its_zones(tmp_path: Path) -> None:
    rows = (
        "t1,A,,,1,8:00:00,8:00:00,,,0,0,,,\n"
        "t1,,z,,2,,,8:00:00,8:05:00,1,3,,,\n"
        "t1,B,,,3,8:10:00,8:10:00,,,0,0,,,\n"
    )
    timetable, feed = flexible(tmp_path, rows)
    assert timetable.stop_times.stop.tolist() == [0, 1]
    assert timetable.flex.line.size == 0
    assert feed.notices.counts == {"route_deviation": 1}


def test_groups_of_stops_are_zones_in_old_and_new_files(tmp_path: Path) -> None:
    new = {
        "location_groups_txt": "location_group_id,location_group_name\ng,group\n",
        "location_group_stops_txt": "location_group_id,stop_id\ng,C\ng,A\n",
    }
    header = "location_group_id,location_id,location_group_name\n"
    old = {"location_groups_txt": header + "g,C,group\ng,A,\n"}
    rows = "t1,,,g,1,,,8:00:00,18:00:00,2,2,,,\n", "t1,g,,,1,,,8:00:00,18:00:00,2,2,,,\n"
    for folder, files, row in (("new", new, rows[0]), ("old", old, rows[1])):
        (tmp_path / folder).mkdir()
        timetable, _ = flexible(tmp_path / folder, row, locations_geojson=places(), **files)
        assert timetable.zones.id[:] == ["f:g"]
        assert timetable.zones.name[:] == ["group"]
        assert sorted(timetable.zone_stops.stop.tolist()) == [0, 2]
        assert timetable.flex.from_zone.tolist() == timetable.flex.to_zone.tolist() == [0]


def test_the_trip_says_how_long_rides_take(tmp_path: Path) -> None:
    trips = TRIPS.replace("t1,,", "t1,1.5,240")
    flex = flexible(tmp_path, WITHIN, trips_txt=trips)[0].flex
    assert [flex.factor[0], flex.offset[0]] == [1.5, 240]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"{", {"no_geojson": 1}),
        (b'{"features": 3}', {"no_geojson": 1}),
        (b"[" * 100_000, {"no_geojson": 1}),
        (places({"id": "q"}, zone("z", SQUARE), zone("z", SQUARE)), {"bad_zone": 2}),
        (places(zone("q", [[200, 3], [4, 5], [6, 7]]), zone("z", SQUARE)), {"bad_zone": 1}),
        (places(zone("z", SQUARE, kind="Point")), {"bad_zone": 1}),
        (places(zone("z", SQUARE, SQUARE, kind="MultiPolygon")), {}),
    ],
)
def test_what_is_no_zone_is_counted(content: bytes, codes: dict[str, int], tmp_path: Path) -> None:
    rows = "t1,,z,,1,,,8:00:00,18:00:00,2,2,,,\nt1,A,,,2,9:00:00,9:00:00,,,0,0,,,\n"
    rows += "t1,B,,,3,9:10:00,9:10:00,,,0,0,,,\n"
    timetable, feed = flexible(tmp_path, rows, locations_geojson=content)
    counts = {code: count for code, count in feed.notices.counts.items() if code != "unknown_zone"}
    assert counts == codes
    assert (timetable.flex.line.size > 0) == (timetable.zones.first_ring.size > 1)


def test_a_feed_without_trips_and_zones_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyFeedError, match="no trip is left"):
        flexible(tmp_path, "t1,,q,,1,,,8:00:00,18:00:00,2,2,,,\n")
