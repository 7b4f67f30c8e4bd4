"""Shared bikes and car parks, made up, on the real lines and roads of Northern Kentucky.

Every answer goes through the independent checker, and its bikes and docks through the GBFS files
themselves, read as JSON. Some answers are asked for by the command line and over HTTP.
"""

import json
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from maas.__main__ import main
from maas.build import build_region
from maas.planner import Planner, read_query
from maas.region import Region
from tests.itinerary_check import BikeTruth, FeedTruth, ItineraryCheck

ZONE = ZoneInfo("America/New_York")
AT = "2019-11-13T09:00"
SOUTH, NORTH, WEST, EAST = 39.03, 39.10, -84.56, -84.46  # Covington and Newport
REGION = """
name: Covington (made-up bikes)
timezone: America/New_York
currency: USD
feeds: [{id: tank, path: %(data)s/gtfs/city/nky_tank.zip}]
roads: {path: %(data)s/osm/nky_streets.osm.pbf}
bike_shares:
  - {id: rin, name: Rinrin, gbfs: %(gbfs)s/gbfs.json, fare: {unlock: 100, per_minute: 10}}
car_parks:
  - {id: p1, name: Park and ride, at: {lat: 39.0357, lon: -84.5302}, spaces: 40, price: 200}
"""


def write_share(folder: Path, stops: dict[str, dict[str, float]]) -> None:
    """Stations beside stops of the middle, some without bikes or docks, bikes in between."""
    folder.mkdir()
    draw = random.Random(5)
    inner = [
        at
        for _, at in sorted(stops.items())
        if SOUTH < at["lat"] < NORTH and WEST < at["lon"] < EAST
    ]
    places = draw.sample(inner, 40)
    stations, status, bikes = [], [], []
    for number, at in enumerate(places):
        name = f"s{number}"
        stations.append(
            {"station_id": name, "name": name, "lat": at["lat"] + 0.0008, "lon": at["lon"]}
        )
        status.append(
            {
                "station_id": name,
                "num_bikes_available": number % 4,
                "num_docks_available": number % 3,
            }
        )
    for number, at in enumerate(draw.sample(inner, 30)):
        bikes.append(
            {
                "bike_id": f"b{number}",
                "lat": at["lat"],
                "lon": at["lon"] + 0.001,
                "current_range_meters": 1_500 * (1 + number % 4),
            }
        )
    middle = [
        [[-84.515, 39.08], [-84.505, 39.08], [-84.505, 39.09], [-84.515, 39.09], [-84.515, 39.08]]
    ]
    zone = {
        "type": "Feature",
        "properties": {"rules": [{"ride_allowed": False, "ride_through_allowed": True}]},
        "geometry": {"type": "MultiPolygon", "coordinates": [middle]},
    }
    rows: dict[str, Any] = {
        "station_information": {"stations": stations},
        "station_status": {"stations": status},
        "free_bike_status": {"bikes": bikes},
        "geofencing_zones": {"geofencing_zones": {"type": "FeatureCollection", "features": [zone]}},
    }
    feeds = [{"name": name, "url": f"/{name}.json"} for name in rows]
    rows["gbfs"] = {"en": {"feeds": feeds}}
    updated = int(datetime.fromisoformat(AT).replace(tzinfo=ZONE).timestamp())
    for name, data in rows.items():
        document = {"last_updated": updated, "ttl": 0, "version": "2.3", "data": data}
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture(scope="module")
def truth(outside_data: Path) -> FeedTruth:
    return FeedTruth("tank", outside_data / "gtfs/city/nky_tank.zip")


@pytest.fixture(scope="module")
def region(
    outside_data: Path, truth: FeedTruth, tmp_path_factory: pytest.TempPathFactory
) -> Region:
    folder = tmp_path_factory.mktemp("bikes")
    write_share(folder / "gbfs", truth.places)
    text = REGION % {"data": outside_data, "gbfs": folder / "gbfs"}
    (folder / "region.yaml").write_text(text, encoding="utf-8")
    return build_region(folder / "region.yaml", folder / "built")


def queries(n: int, **changes: Any) -> Iterator[dict[str, Any]]:
    draw = random.Random(7)
    for _ in range(n):
        ends = [
            {"lat": draw.uniform(SOUTH, NORTH - 0.01), "lon": draw.uniform(WEST, EAST)}
            for _ in range(2)
        ]
        yield {"from": ends[0], "to": ends[1], "at": AT, **changes}


def test_bikes_are_where_the_feed_has_them(region: Region, truth: FeedTruth) -> None:
    share = BikeTruth(Path(region.file.bike_shares[0].gbfs).parent)
    check = ItineraryCheck({"tank": truth}, region.file.walking.change_time, {"rin": share})
    planner, seen = Planner(region), 0
    for query in queries(60):
        answer = planner.plan(read_query(query))
        check.document(answer, datetime.fromisoformat(AT).replace(tzinfo=ZONE))
        seen += sum(
            leg["mode"] == "shared_bike" for it in answer["itineraries"] for leg in it["legs"]
        )
    assert seen > 30
    assert share.kinds == {"station", "lone"}


def test_cars_are_left_in_the_car_park(region: Region, truth: FeedTruth) -> None:
    check = ItineraryCheck({"tank": truth}, region.file.walking.change_time)
    planner, parked = Planner(region), 0
    for query in queries(20, modes=["walk", "bus", "car"]):
        answer = planner.plan(read_query(query))
        check.document(answer, datetime.fromisoformat(AT).replace(tzinfo=ZONE))
        for itinerary in answer["itineraries"]:
            legs = itinerary["legs"]
            cars = [leg for leg in legs if leg["mode"] == "car"]
            if cars and any("trip_id" in leg for leg in legs):
                (car,) = cars
                assert car["to"]["name"] == "Park and ride"
                parked += 1
    assert parked > 3


def test_the_command_line_and_http_answer_alike(
    region: Region, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    planner = Planner(region)
    query = next(
        query
        for query in queries(60)
        if "shared_bike" in str(planner.plan(read_query(query))["itineraries"])
    )
    plain = planner.plan(read_query(query))
    ends = [f"{query[end]['lat']},{query[end]['lon']}" for end in ("from", "to")]
    folder = str(region.folder.parent.parent)
    assert main(["plan", "-r", folder, *ends, "--at", AT, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert bikes_of(told) == bikes_of(plain)
    settings = Settings(region=Path(folder), data_dir=tmp_path)
    with TestClient(create_app(settings)) as client:
        over_http = client.post("/v1/journeys", json=query).json()
    assert bikes_of(over_http) == bikes_of(plain)


def bikes_of(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Bikes and times of an answer."""
    legs = [leg for it in answer["itineraries"] for leg in it["legs"]]
    return [
        (leg["rental_id"], leg["departure"], leg["arrival"])
        for leg in legs
        if leg["mode"] == "shared_bike"
    ]
