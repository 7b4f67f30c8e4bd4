"""The planner on real feeds: every itinerary can be ridden, and nothing arrives earlier."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from maas.access import Ends
from maas.feeders import Feeder
from maas.journey_query import LINE_MODES, JourneyQuery
from maas.place_input import PlaceInput
from maas.places import Place
from maas.planner import Planner
from maas.region import Region
from maas.road_ways import RoadWays
from routing.layout import UNREACHED
from tests.itinerary_check import FeedTruth, ItineraryCheck
from tests.time_expanded import Near, TimeExpandedDay

N_PAIRS = 300
FEEDS = {
    "takushoku": "gtfs/hokkaido/takushoku_bus_2019.zip",
    "tokachi": "gtfs/hokkaido/tokachi_bus_2019.zip",
    "tank": "gtfs/city/nky_tank.zip",
}
DAYS = {"Tokachi": datetime(2019, 7, 10), "Northern Kentucky": datetime(2019, 11, 6)}  # noqa: DTZ001


class Scene:
    """A region, a date, what its feeds say, and random journeys on it."""

    def __init__(self, region: Region, data: Path) -> None:
        self.region = region
        self.planner = Planner(region)
        self.day = DAYS[region.file.name]
        self.zone = ZoneInfo(region.file.timezone)
        self.truth = {
            feed.id: FeedTruth(feed.id, data / FEEDS[feed.id]) for feed in region.file.feeds
        }
        self.check = ItineraryCheck(self.truth, region.file.walking.change_time)

    def pairs(self, seed: int, n_pairs: int) -> Iterator[tuple[PlaceInput, PlaceInput, datetime]]:
        """Places up to some hundred metres from random stops with service, and times of the day."""
        draw = random.Random(seed)
        served = np.unique(self.region.day(self.day.date()).tables.patterns.stop_of_position)
        stops = self.region.timetable.stops
        for _ in range(n_pairs):
            ends = []
            for stop in draw.sample(served.tolist(), 2):
                lat = float(stops.lat[stop]) + draw.uniform(-0.006, 0.006)
                lon = float(stops.lon[stop]) + draw.uniform(-0.006, 0.006)
                ends.append(PlaceInput(lat=lat, lon=lon))
            yield ends[0], ends[1], self.day + timedelta(seconds=draw.randrange(5 * 3600, 72_000))

    def walks(self, place: PlaceInput, *, is_origin: bool) -> Feeder | None:
        """Walks between a place and stops, as the planner is given them."""
        assert place.lat is not None
        assert place.lon is not None
        here = Place("", place.lat, place.lon)
        day = self.region.day(self.day.date())
        limit = self.region.file.walking.limit_m
        view = self.region.views.view(day, frozenset(LINE_MODES))
        ends = Ends(self.region, RoadWays(self.region.roads), view, here, is_origin, limit)
        return ends.feeder("walk")

    def near(self, feeder: Feeder | None) -> Near:
        """Durations by stop id."""
        if feeder is None:
            return {}
        ids = self.region.timetable.stops.id
        ways = zip(feeder.ways.stop.tolist(), feeder.ways.ride.tolist(), strict=True)
        return {ids[stop]: duration for stop, duration in ways}

    def time_expanded(self) -> TimeExpandedDay:
        """Return the oracle of the date."""
        ids = list(self.region.timetable.stops.id)
        walks = self.region.footpaths
        table: dict[str, list[tuple[str, int]]] = {}
        for stop, stop_id in enumerate(ids):
            rows = slice(*walks.first_of_stop[stop : stop + 2].tolist())
            ways = zip(walks.head[rows].tolist(), walks.duration[rows].tolist(), strict=True)
            table[stop_id] = [(ids[head], duration) for head, duration in ways]
        changes = dict(zip(ids, walks.change_time.tolist(), strict=True))
        return TimeExpandedDay(self.truth.values(), self.day.date(), table, changes)


def soonest(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Itineraries that arrive first."""
    first = min((_unix(it["arrival"]) for it in answer["itineraries"]), default=inf)
    return [it for it in answer["itineraries"] if _unix(it["arrival"]) == first]


def _unix(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.fixture(scope="module", params=["tokachi", "northern_kentucky"])
def scene(request: pytest.FixtureRequest, outside_data: Path) -> Scene:
    return Scene(request.getfixturevalue(request.param), outside_data)


def test_earliest_arrivals_are_those_of_dijkstra_on_the_time_expanded_graph(scene: Scene) -> None:
    oracle = scene.time_expanded()
    modes = ("walk", *LINE_MODES)
    found = 0
    for origin, destination, at in scene.pairs(seed=1, n_pairs=N_PAIRS):
        query = JourneyQuery(
            from_=origin, to=destination, at=at, modes=modes, max_transfers=7, max_itineraries=50
        )
        answer = scene.planner.plan(query)
        local = at.replace(tzinfo=scene.zone)
        scene.check.document(answer, local)
        start = int(local.timestamp())
        ours = {
            tuple(leg["mode"] for leg in it["legs"]): _unix(it["arrival"]) for it in soonest(answer)
        }
        until = start + 86_400 if not ours else min(ours.values())
        access = scene.near(scene.walks(origin, is_origin=True))
        egress = scene.near(scene.walks(destination, is_origin=False))
        expected = oracle.earliest(access, egress, start, until)
        if ("walk",) in ours:
            assert until <= expected
        else:
            assert min(ours.values(), default=inf) == expected
            found += expected < inf
    assert found > N_PAIRS / 4


def test_every_itinerary_with_taxis_and_arrival_times_can_be_ridden(scene: Scene) -> None:
    modes_seen: set[str] = set()
    for number, (origin, destination, at) in enumerate(scene.pairs(seed=2, n_pairs=N_PAIRS)):
        query = JourneyQuery(from_=origin, to=destination, at=at, arrive_by=number % 2 == 1)
        answer = scene.planner.plan(query)
        scene.check.document(answer, at.replace(tzinfo=scene.zone), arrive_by=query.arrive_by)
        modes_seen |= {leg["mode"] for it in answer["itineraries"] for leg in it["legs"]}
    assert {"walk", "taxi", "bus"} <= modes_seen


def test_walks_given_to_the_oracle_are_within_the_limit(scene: Scene) -> None:
    origin, _, _ = next(scene.pairs(seed=3, n_pairs=1))
    feeder = scene.walks(origin, is_origin=True)
    assert feeder is not None
    assert feeder.ways.ride.max() < UNREACHED
    assert feeder.ways.distance_m.max() <= scene.region.file.walking.limit_m
