"""GTFS-Flex services as zones of a region, and rides on them."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from maas.build import build_region
from maas.journey_query import JourneyQuery, PlaceInput
from maas.planner import Planner
from maas.region import Region
from maas.region_file import Booking
from maas.region_parts import Area
from maas.taxi import book_by, covers, inside, is_open, runs_on

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
