"""Random door-to-door queries on real feeds: each answer goes through the independent checker."""

import random
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from maas.build import build_region
from maas.planner import Planner, read_query
from maas.region import Region
from tests.itinerary_check import FeedTruth, ItineraryCheck

N_FULL = 2_000
FEEDS = {
    "takushoku": ("gtfs/hokkaido/takushoku_bus_2019.zip", "Asia/Tokyo", "2019-07-10"),
    "muroran": ("gtfs/hokkaido/donan_bus_muroran_2020.zip", "Asia/Tokyo", "2020-07-08"),
    "tank": ("gtfs/city/nky_tank.zip", "America/New_York", "2019-11-13"),
    "kuopio": ("gtfs/city/kuopio.zip", "Europe/Helsinki", ""),
    "cairns": ("gtfs/city/cairns_gtfs.zip", "Australia/Brisbane", ""),
    "caltrain": ("gtfs/city/otp_caltrain.zip", "America/Los_Angeles", ""),
}
TAXI = """
taxis:
  - id: taxi
    base: {lat: %f, lon: %f}
    radius_m: 8000
    meter: {base_fare: 600, base_distance_m: 1000, step_fare: 100, step_distance_m: 300}
"""


def region_of(name: str, data: Path, folder: Path) -> Region:
    """Build a region of one feed on straight-line roads, with taxis in its middle."""
    path, zone, _ = FEEDS[name]
    truth = FeedTruth(name, data / path)
    lat, lon = (float(np.median([at[end] for at in truth.places.values()])) for end in LAT_LON)
    source = folder / "region.yaml"
    feeds = f"name: {name}\ntimezone: {zone}\nfeeds: [{{id: {name}, path: {data / path}}}]\n"
    source.write_text(feeds + TAXI % (lat, lon), encoding="utf-8")
    return build_region(source, folder / "built")


LAT_LON = ("lat", "lon")


def busiest_day(region: Region, name: str) -> str:
    """Return the date of the feed's row, or the one with the most services of the first weeks."""
    if given := FEEDS[name][2]:
        return given
    timetable = region.timetable
    n_services = timetable.services.runs[:, :28].sum(axis=0)
    day = np.datetime64(timetable.first_date, "D") + int(n_services.argmax())
    return str(day)


def drawn_query(draw: random.Random, region: Region, served: list[int], on: str) -> dict[str, Any]:
    """Draw a query between doors near stops with service, with one wish or none."""
    stops = region.timetable.stops
    ends = [
        {
            "lat": float(stops.lat[stop]) + draw.uniform(-0.004, 0.004),
            "lon": float(stops.lon[stop]) + draw.uniform(-0.004, 0.004),
        }
        for stop in draw.sample(served, 2)
    ]
    seconds = draw.randrange(4 * 3600, 86_400)
    at = f"{on}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    wishes: list[dict[str, Any]] = [
        {},
        {"arrive_by": True},
        {"max_transfers": 1},
        {"max_walk_m": 600},
        {"min_transfer_s": 300},
        {"modes_banned": ["taxi"]},
        {"window": 3600},
        {"all": True, "window": 1800},
    ]
    return {"from": ends[0], "to": ends[1], "at": at, **draw.choice(wishes)}


def checked(name: str, n_queries: int, data: Path, folder: Path) -> Counter[str]:
    """Ask and check; return what was found."""
    region = region_of(name, data, folder)
    truth = {name: FeedTruth(name, data / FEEDS[name][0])}
    check = ItineraryCheck(truth, region.file.walking.change_time)
    on, planner, draw = busiest_day(region, name), Planner(region), random.Random(5)
    day = region.day(datetime.fromisoformat(on).date())
    served = np.unique(day.tables.patterns.stop_of_position).tolist()
    found: Counter[str] = Counter()
    for _ in range(n_queries):
        asked = drawn_query(draw, region, served, on)
        answer = planner.plan(read_query(asked))
        local = datetime.fromisoformat(asked["at"]).replace(tzinfo=ZoneInfo(region.file.timezone))
        try:
            check.document(answer, local, arrive_by=asked.get("arrive_by", False))
        except AssertionError as error:
            error.add_note(f"{name}: {asked}")
            raise
        found["answers"] += bool(answer["itineraries"])
        found["itineraries"] += len(answer["itineraries"])
        found["rides"] += sum(
            "trip_id" in leg for it in answer["itineraries"] for leg in it["legs"]
        )
    return found


def test_some_queries_on_one_feed(outside_data: Path, tmp_path: Path) -> None:
    found = checked("muroran", 100, outside_data, tmp_path)
    assert found["rides"] > 100


@pytest.mark.full
@pytest.mark.parametrize("name", FEEDS)
def test_thousands_of_queries_on_each_feed(name: str, outside_data: Path, tmp_path: Path) -> None:
    found = checked(name, N_FULL, outside_data, tmp_path)
    print(name, dict(found))  # noqa: T201  (shown with -s: the counts that docs/journeys.md states)
    assert found["rides"] > N_FULL / 4
