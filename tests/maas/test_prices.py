"""Prices of itineraries: sampled fare rules of real feeds, and Fares v2 by rider and medium."""

import logging
import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from gtfs.day import Day
from maas.build import build_region
from maas.cli.plan_remarks import remarks
from maas.errors import QueryError
from maas.fares import USUAL
from maas.itinerary import Ridden
from maas.live import LiveDay
from maas.planner import Planner, read_query
from maas.region import Region
from tests.gtfs import oracle
from tests.gtfs.feeds import write_feed
from tests.gtfs.test_fares_v2 import ENGLISH, FOR_WHOM, MEDIA, RIDERS, files

logger = logging.getLogger(__name__)

SAMPLE = (200, 15)  # rules that are priced, and those of them that are planned for
ALL = (10**9, 200)
HOKKAIDO = {
    "takushoku": ("takushoku_bus_2019", date(2019, 7, 10)),
    "tokachi": ("tokachi_bus_2019", date(2019, 7, 10)),
    "furano": ("furano_bus_2026", None),
}


class Rules:
    """fare_rules.txt of a feed, read again: the cheapest fare of a line between two zones."""

    def __init__(self, path: Path) -> None:
        self.price = {r["fare_id"]: r["price"] for r in oracle.rows_of(path, "fare_attributes.txt")}
        self.rows = oracle.rows_of(path, "fare_rules.txt")
        self.zone = {
            row["stop_id"]: row.get("zone_id") or row["stop_id"]
            for row in oracle.rows_of(path, "stops.txt")
        }
        self._by_ends: defaultdict[tuple[str, str], list[oracle.Row]] = defaultdict(list)
        for row in self.rows:
            self._by_ends[row["origin_id"], row["destination_id"]].append(row)

    def cheapest(self, route_id: str, origin: str, destination: str) -> int:
        return min(
            int(self.price[row["fare_id"]])
            for ends in product(("", origin), ("", destination))
            for row in self._by_ends[ends]
            if row.get("route_id", "") in {"", route_id}
        )


@pytest.fixture(scope="module")
def furano(outside_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Furano Bus with its own fares and nothing else."""
    folder = tmp_path_factory.mktemp("furano")
    source = folder / "region.yaml"
    path = outside_data / "gtfs/hokkaido/furano_bus_2026.zip"
    source.write_text(
        f"name: Furano\ntimezone: Asia/Tokyo\nfeeds:\n  - {{id: furano, path: {path}}}\n",
        encoding="utf-8",
    )
    return build_region(source, folder / "built")


def busiest(region: Region) -> date:
    runs = region.timetable.services.runs.sum(axis=0)
    return date.fromordinal(region.timetable.first_date.toordinal() + int(runs.argmax()))


def rides_by_zones(
    region: Region, day: Day, feed_id: str, zone: Mapping[str, str]
) -> dict[tuple[str, str, str], Ridden]:
    """One ride of the day for each line and pair of zones that it connects."""
    table = day.timetable
    found: dict[tuple[str, str, str], Ridden] = {}
    for day_trip in range(day.tables.n_trips):
        row = int(day.trip[day_trip])
        line_id = table.lines.id[int(table.trips.line[row])]
        if not line_id.startswith(f"{feed_id}:") or day.service_day[day_trip] != 0:
            continue
        stops = [table.stops.id[stop].partition(":")[2] for stop in day.stops(day_trip).tolist()]
        for board in range(len(stops)):
            for alight in range(board + 1, len(stops)):
                key = (line_id.partition(":")[2], zone[stops[board]], zone[stops[alight]])
                found.setdefault(key, Ridden(day_trip, board, alight))
    return found


def planned_price(planner: Planner, day: Day, ridden: Ridden) -> set[str]:
    """Prices of the itineraries of one ride that leave and arrive with a trip."""
    stops, ids = day.stops(ridden.day_trip), day.timetable.stops.id
    leg = planner._shared.book(LiveDay(day)).legs[ridden]
    clock = planner._shared.book(LiveDay(day)).clock
    query = {
        "from": {"stop_id": ids[int(stops[ridden.board])]},
        "to": {"stop_id": ids[int(stops[ridden.alight])]},
        "at": clock.text(leg.departure),
        "window": 60,
        "modes": ["bus"],
        "max_transfers": 0,
        "max_itineraries": 20,
    }
    answer = planner.plan(read_query(query))
    trip_id = day.timetable.trips.id[int(day.trip[ridden.day_trip])]
    return {
        itinerary["price"]["amount"]
        for itinerary in answer["itineraries"]
        for ride in itinerary["legs"]
        if ride.get("trip_id") == trip_id and len(itinerary["legs"]) == 1
    }


@pytest.mark.parametrize("wanted", [SAMPLE, pytest.param(ALL, marks=pytest.mark.full)])
@pytest.mark.parametrize("feed_id", HOKKAIDO)
def test_rules_come_back_as_prices_of_itineraries(
    feed_id: str, wanted: tuple[int, int], outside_data: Path, request: pytest.FixtureRequest
) -> None:
    """All rules that can be ridden on a date, or some: the bill, and answers of the planner."""
    name, on = HOKKAIDO[feed_id]
    region = request.getfixturevalue("furano" if feed_id == "furano" else "tokachi")
    rules = Rules(outside_data / "gtfs/hokkaido" / f"{name}.zip")
    day = region.day(on or busiest(region))
    rides = rides_by_zones(region, day, feed_id, rules.zone)
    by_ends: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for line, origin, destination in rides:
        by_ends[origin, destination].append(line)
    planner, draw = Planner(region), random.Random(feed_id)
    book, n_tested, n_planned = planner._shared.book(LiveDay(day)), 0, 0
    for rule in draw.sample(rules.rows, len(rules.rows)):
        ends = rule["origin_id"], rule["destination_id"]
        lines = [one for one in by_ends[ends] if rule.get("route_id", "") in {"", one}]
        if not lines:
            continue  # nobody can ride it on this date
        line = draw.choice(lines)
        expected = rules.cheapest(line, *ends)
        bill = book.bills[(rides[line, *ends],), USUAL]
        assert (bill.amount, bill.is_whole) == (expected, True)
        n_tested += 1
        if n_planned < wanted[1] and (found := planned_price(planner, day, rides[line, *ends])):
            assert found == {str(expected)}
            n_planned += 1
        if n_tested == wanted[0]:
            break
    counts = n_tested, len(rules.rows), n_planned
    logger.info("%s: %d of %d rules priced, %d planned", feed_id, *counts)
    assert n_tested >= SAMPLE[0]
    assert n_planned == wanted[1]


# Fares v2 ---------------------------------------------------------------------------------------

TRIPS = """
    route_id,service_id,trip_id
    L,daily,t1
    M,daily,m1
"""
TIMES = """
    trip_id,arrival_time,departure_time,stop_id,stop_sequence
    t1,08:00:00,08:00:00,A,1
    t1,08:10:00,08:10:00,B,2
    m1,08:20:00,08:20:00,B,1
    m1,08:30:00,08:30:00,C,2
"""


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """One bus from A to B, another from B to C; the second is free for an hour."""
    folder = tmp_path_factory.mktemp("v2")
    told = files(
        "bus,bus,-1,3600,1,0,\n", rider_categories=RIDERS, fare_media=MEDIA, fare_products=FOR_WHOM
    )
    told |= {"trips.txt": TRIPS, "stop_times.txt": TIMES, "translations.txt": ENGLISH}
    write_feed(folder / "f.zip", told)
    source = folder / "region.yaml"
    source.write_text(
        "name: v2\ntimezone: Asia/Tokyo\nfeeds: [{id: f, path: f.zip}]\n"
        "walking: {limit_m: 100, transfer_limit_m: 100}\n",
        encoding="utf-8",
    )
    return Planner(build_region(source, folder / "built"))


def ask(planner: Planner, **changes: Any) -> dict[str, Any]:
    query = {"from": "f:A", "to": "f:C", "at": "2026-07-01T07:55", "modes": ["bus"], **changes}
    (itinerary,) = planner.plan(read_query(query))["itineraries"]
    return dict(itinerary)


def test_a_transfer_is_priced_once_for_every_rider_and_medium(planner: Planner) -> None:
    itinerary = ask(planner)
    assert itinerary["price"] == {"amount": "190", "currency": "JPY"}  # adult, the cheaper medium
    assert itinerary["price_basis"] == "by_leg"  # a product a ride, the second one free
    assert [(f["legs"], f["fare_id"], f["amount"]) for f in itinerary["fares"]] == [
        ([0], "f:bus", "190"),
        ([1], None, "0"),
    ]
    assert [leg["price"]["amount"] for leg in itinerary["legs"]] == ["190", "0"]
    found = {(p["rider"], p["medium"]): p["amount"] for p in itinerary["prices"]}
    assert found == {
        ("adult", "cash"): "200",
        ("adult", "card"): "190",
        ("child", "cash"): "100",
        ("child", "card"): "100",
    }
    assert itinerary["prices"][0]["products"][0] == {
        "legs": [0],
        "product_id": "f:bus",
        "name": None,
        "amount": "200",
        "currency": "JPY",
    }


def test_the_price_is_that_of_the_asked_rider_and_medium(planner: Planner) -> None:
    for wish, amount in (
        ({"rider": "child"}, "100"),
        ({"rider": "小児"}, "100"),  # by name
        ({"rider": "grown-up", "medium": "cash"}, "200"),
        ({"medium": "cash"}, "200"),
        ({"rider": "adult", "medium": "Card"}, "190"),
    ):
        assert ask(planner, **wish)["price"]["amount"] == amount
    assert ask(planner, rider="child", party=3)["price"]["amount"] == "300"


def test_riders_media_and_products_are_named_in_the_language_asked_for(planner: Planner) -> None:
    for lang, rider, bought in (("ja", "大人", None), ("en", "Grown-up", "Bus ticket")):
        first = ask(planner, lang=lang)["prices"][0]
        assert (first["rider"], first["rider_name"]) == ("adult", rider)
        assert (first["medium"], first["medium_name"]) == ("cash", "Cash")
        assert first["products"][0]["name"] == bought
    shown = list(remarks(ask(planner, lang="en"), "en"))
    assert shown[0] == "Grown-up / Cash: 200 JPY (Bus ticket)"


@pytest.mark.parametrize(
    ("wish", "told"),
    [({"rider": "pensioner"}, "one of: adult, child"), ({"medium": "IC"}, "one of: card, cash")],
)
def test_riders_and_media_that_are_not_known_are_refused(
    wish: dict[str, str], told: str, planner: Planner
) -> None:
    with pytest.raises(QueryError, match=told):
        ask(planner, **wish)
