"""GTFS-Flex services as zones of a region, and rides on them."""

import random
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from maas.build import build_region
from maas.freight import check_plan, plan_loads
from maas.journey_query import JourneyQuery
from maas.place_input import PlaceInput
from maas.planner import Planner
from maas.region import Region
from maas.region_checks import check_zones
from maas.region_file import Booking
from maas.region_parts import Area
from maas.taxi import book_by, covers, inside, is_open, runs_on
from routing.geo import distance_m
from tests.maas.test_freight_fields import changed

FEEDS = {  # feed → zone of its times, a moment at which it is served
    "otp_aspen_flex": ("America/Denver", datetime(2021, 1, 12, 9)),  # noqa: DTZ001
    "bbnavi_flex": ("Europe/Berlin", datetime(2023, 3, 18, 9)),  # noqa: DTZ001
    "otp_cobblinc_flex": ("America/New_York", datetime(2021, 11, 9, 9)),  # noqa: DTZ001
    "oba_auburn-transit-flex": ("America/Los_Angeles", datetime(2024, 3, 12, 9)),  # noqa: DTZ001
}


def region_of(folder: Path, path: Path, zone: str) -> Region:
    document = {"name": "Flex", "timezone": zone, "feeds": [{"id": "x", "path": str(path)}]}
    source = folder / "region.yaml"
    source.write_text(yaml.safe_dump(document), encoding="utf-8")
    return build_region(source, folder / "built")


def some_place(area: Area, draw: random.Random) -> tuple[float, float]:
    if not area.rings:
        return draw.choice(area.points)
    ring = np.array(area.rings[0])
    while True:
        lat, lon = (draw.uniform(*span) for span in zip(ring.min(0), ring.max(0), strict=True))
        if covers(area, lat, lon):
            return lat, lon


def rides(region: Region, at: datetime, ends: list[tuple[float, float]]) -> list[dict[str, Any]]:
    start, goal = (PlaceInput(lat=lat, lon=lon) for lat, lon in ends)
    query = JourneyQuery(from_=start, to=goal, at=at, modes=("drt",))
    answer = Planner(region).plan(query)
    return [leg for one in answer["itineraries"] for leg in one["legs"] if leg["mode"] == "drt"]


@pytest.mark.parametrize("name", FEEDS)
def test_services_of_feeds_become_bookable_rides(
    name: str, tmp_path: Path, outside_data: Path
) -> None:
    zone, at = FEEDS[name]
    region = region_of(tmp_path, outside_data / f"gtfs/special/{name}.zip", zone)
    draw, found = random.Random(name), 0
    assert region.file.demand_zones
    for service in region.file.demand_zones:
        if not runs_on(service, at.date(), ()):
            continue
        ends = [some_place(area, draw) for area in (service.picks_up, service.sets_down)]
        for leg in rides(region, at, ends):
            boarding = datetime.fromisoformat(leg["departure"])
            assert boarding.replace(tzinfo=None) >= at
            taken = next(z for z in region.file.demand_zones if z.id == leg["operator_id"])
            clock = boarding.hour * 3600 + boarding.minute * 60 + boarding.second
            assert is_open(taken, clock)
            assert runs_on(taken, boarding.date(), ())
            assert covers(taken.picks_up, *ends[0])
            assert covers(taken.sets_down, *ends[1])
            assert leg["line_id"] == taken.line
            assert leg["price"] is None
            if taken.booking is not None:
                assert datetime.fromisoformat(leg["call_by"]) <= book_by(taken.booking, boarding)
                assert leg["booking"]["phone"] == taken.booking.phone
            found += 1
    assert found > 0


@pytest.mark.parametrize("name", FEEDS)
def test_buses_of_services_carry_parcels_where_and_when_these_are_served(
    name: str, tmp_path: Path, outside_data: Path
) -> None:
    zone, at = FEEDS[name]
    region = region_of(tmp_path, outside_data / f"gtfs/special/{name}.zip", zone)
    draw, served, parcels = random.Random(name), [], []
    for number, service in enumerate(region.file.demand_zones):
        if not runs_on(service, at.date(), ()):
            continue
        ends = [some_place(area, draw) for area in (service.picks_up, service.sets_down)]
        served.append(
            {
                "id": f"bus{number}", "kind": "bus", "zone": service.id,
                "hours": ["00:00", "30:00"],
                "base": {"lat": ends[0][0], "lon": ends[0][1]},
                "bay": {"kg": 50, "litres": 200, "pieces": 4},
            }
        )  # fmt: skip
        doors = [{"lat": lat, "lon": lon} for lat, lon in ends]
        if doors[0] != doors[1]:
            parcels.append({"id": f"p{number}", "pickup": doors[0], "delivery": doors[1], "kg": 3})
    bussed = changed(region, fleets=served)
    check_zones(bussed.file)
    batch = {"date": at.date().isoformat(), "shipments": parcels[:12]}
    plan = plan_loads(bussed, batch, iterations=100)
    assert check_plan(bussed, plan) == []
    assert any(row["status"] == "planned" for row in plan["shipments"])
    assert {sheet["kind"] for sheet in plan["vehicles"]} == {"bus"}


def test_rings_are_even_odd_and_points_have_surroundings() -> None:
    outer = ((43.0, 141.0), (43.0, 141.1), (43.1, 141.1), (43.1, 141.0))
    hole = ((43.04, 141.04), (43.04, 141.06), (43.06, 141.06), (43.06, 141.04))
    area = Area(rings=(outer, hole), points=((44.0, 142.0), (44.0, 142.001)), radius_m=150)
    lat = np.array([43.01, 43.05, 43.2, 44.0, 44.0, 44.0])
    lon = np.array([141.01, 141.05, 141.01, 142.0, 142.0005, 142.01])
    assert inside(area, lat, lon).tolist() == [True, False, False, True, True, False]


@pytest.mark.parametrize(
    ("booking", "expected"),
    [
        (Booking(kind="any_time"), "2026-05-05T10:30"),
        (Booking(kind="same_day", notice=5400), "2026-05-05T09:00"),
        (Booking(kind="days_before", last_day=1, last_time="17:00"), "2026-05-04T17:00"),
        (Booking(kind="days_before", last_day=2), "2026-05-04T00:00"),
    ],
)
def test_rides_are_booked_in_time(booking: Booking, expected: str) -> None:
    boarding = datetime(2026, 5, 5, 10, 30)  # noqa: DTZ001
    assert book_by(booking, boarding) == datetime.fromisoformat(expected)


corners = st.tuples(st.integers(0, 5), st.integers(0, 5))
rings = st.lists(corners, min_size=3, max_size=6)


@given(st.lists(rings, max_size=2), st.lists(corners, max_size=2), corners)
def test_a_place_is_inside_where_a_ray_crosses_an_odd_number_of_edges(
    drawn: list[list[tuple[int, int]]], points: list[tuple[int, int]], at: tuple[int, int]
) -> None:
    east, north = at[0] + Fraction(1, 2), at[1] + Fraction(1, 3)  # on no edge between two corners
    crossed = 0  # edges above the place
    for ring in drawn:
        for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if x != to_x and min(x, to_x) < east < max(x, to_x):
                crossed += y + (east - x) / (to_x - x) * (to_y - y) > north
    assume(all(edge_gap(ring, (east, north)) for ring in drawn))
    cell = 0.001  # degrees
    area = Area(
        rings=tuple(tuple((43 + cell * y, 141 + cell * x) for x, y in ring) for ring in drawn),
        points=tuple((43 + cell * y, 141 + cell * x) for x, y in points),
        radius_m=150,
    )
    lat, lon = 43 + cell * float(north), 141 + cell * float(east)
    is_near = any(distance_m(lat, lon, 43 + cell * y, 141 + cell * x) <= 150 for x, y in points)
    expected = crossed % 2 == 1 or is_near
    assert inside(area, np.array([lat]), np.array([lon])).tolist() == [expected]
    assert covers(area, lat, lon) == expected


def edge_gap(ring: list[tuple[int, int]], at: tuple[Fraction, Fraction]) -> bool:
    """Whether a place lies on none of the edges."""
    return all(
        (to_x - x) * (at[1] - y) != (to_y - y) * (at[0] - x)
        for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
