"""The shipped region: what it promises, and that the generator still writes it."""

import csv
import io
import itertools
import json
import zipfile
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import gtfs_guru
import networkx as nx
import pytest

from cargo.shipment import ShipmentsDocument
from gtfs.read import open_feed
from gtfs.timetable import build_timetable
from maas.region_checks import check_references
from maas.region_file import read_region_file
from maas.synthetic.demand import draw_demand
from maas.synthetic.generate import generate
from maas.synthetic.geometry import Place, distance_m, off_line_m
from maas.synthetic.holidays import national_holidays
from maas.synthetic.roadmap import walkable
from maas.synthetic.roads import Island, make_island
from maas.synthetic.services import FIRST_DATE, LAST_DATE, all_dates

REGION = Path(__file__).parents[2] / "data" / "hokkaido"
FEEDS = ("rail", "subway", "bus", "ferry")
WEEKDAY, SATURDAY, SUNDAY = date(2026, 11, 25), date(2026, 11, 28), date(2026, 11, 29)
WINTER_DAY = date(2027, 1, 13)

Rows = list[dict[str, str]]


@cache
def table(feed: str, name: str) -> Rows:
    with zipfile.ZipFile(REGION / "gtfs" / f"{feed}.zip") as archive:
        text = archive.read(f"{name}.txt").decode()
    return list(csv.DictReader(io.StringIO(text)))


@cache
def services_on(feed: str, day: date) -> frozenset[str]:
    """Services of a date by the calendar files alone."""
    stamp = f"{day:%Y%m%d}"
    weekday = f"{day:%A}".lower()
    on = {row["service_id"] for row in table(feed, "calendar") if row[weekday] == "1"}
    for row in table(feed, "calendar_dates"):
        if row["date"] == stamp:
            (on.add if row["exception_type"] == "1" else on.discard)(row["service_id"])
    return frozenset(on)


def trips_on(feed: str, day: date) -> int:
    on = services_on(feed, day)
    return sum(row["service_id"] in on for row in table(feed, "trips"))


def seconds(clock: str) -> int:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


@pytest.fixture(scope="module")
def island() -> Island:
    return make_island(2026)


@pytest.fixture(scope="module")
def made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hokkaido")
    generate(folder)
    return folder


def test_the_generator_still_writes_the_committed_feeds(made_again: Path) -> None:
    for feed in FEEDS:
        with (
            zipfile.ZipFile(REGION / "gtfs" / f"{feed}.zip") as old,
            zipfile.ZipFile(made_again / "gtfs" / f"{feed}.zip") as new,
        ):
            assert old.namelist() == new.namelist()
            for name in old.namelist():
                assert old.read(name) == new.read(name), f"{feed}.zip/{name}: run `make region`"


@pytest.mark.parametrize(
    "name", ["region.yaml", "population.csv", "shipments.json", "passengers.json"]
)
def test_the_generator_still_writes_the_committed_texts(made_again: Path, name: str) -> None:
    assert (REGION / name).read_bytes() == (made_again / name).read_bytes(), "run `make region`"


def test_the_generator_still_writes_the_committed_bikes(made_again: Path) -> None:
    names = {path.relative_to(REGION) for path in REGION.glob("bikes/*/*")}
    assert names
    assert names == {path.relative_to(made_again) for path in made_again.glob("bikes/*/*")}
    for name in names:
        assert (REGION / name).read_bytes() == (made_again / name).read_bytes(), "run `make region`"


def objects(path: Path) -> Any:
    """Nodes, ways and relations of an OSM file."""
    import osmium

    return osmium.FileProcessor(str(path))


def test_the_generator_still_writes_the_committed_roads(made_again: Path) -> None:
    def content(path: Path) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for thing in objects(path):
            tags = tuple(sorted((tag.k, tag.v) for tag in thing.tags))
            if thing.is_node():
                rows.append((thing.id, round(thing.lat, 5), round(thing.lon, 5), tags))
            elif thing.is_way():
                rows.append((thing.id, tuple(node.ref for node in thing.nodes), tags))
            else:
                members = tuple((part.type, part.ref, part.role) for part in thing.members)
                rows.append((thing.id, members, tags))
        return rows

    assert content(REGION / "roads.osm.pbf") == content(made_again / "roads.osm.pbf")


def test_the_files_are_small() -> None:
    sizes = {path: path.stat().st_size for path in REGION.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < 8_000_000
    assert sum(size for path, size in sizes.items() if path.suffix == ".zip") < 4_000_000
    assert sizes[REGION / "roads.osm.pbf"] < 3_000_000


@pytest.mark.parametrize("feed", FEEDS)
def test_a_canonical_validator_finds_no_error(feed: str) -> None:
    path = REGION / "gtfs" / f"{feed}.zip"
    result = gtfs_guru.validate(str(path), country_code="JP", date=WEEKDAY.isoformat())
    assert [notice.message for notice in result.errors()] == []


def test_our_own_reader_has_nothing_to_warn_of_and_the_region_file_fits() -> None:
    file = read_region_file(REGION / "region.yaml")
    feeds = [open_feed(REGION / str(source.path), source.id) for source in file.feeds]
    timetable = build_timetable(feeds, file.timezone)
    check_references(file, timetable)
    found = {row["code"] for feed in feeds for row in feed.notices.summary()}
    assert not found
    assert any("agency_jp.txt" in text for feed in feeds for text in feed.unused)
    assert (timetable.first_date, timetable.last_date) == (FIRST_DATE, LAST_DATE)


def test_the_region_is_large_enough() -> None:
    boarded = sum(row["location_type"] == "0" for feed in FEEDS for row in table(feed, "stops"))
    assert boarded >= 600
    assert sum(len(table(feed, "routes")) for feed in FEEDS) >= 40
    assert sum(trips_on(feed, WEEKDAY) for feed in FEEDS) >= 4_000


def test_weekends_holidays_and_winter_differ() -> None:
    totals = {
        day: sum(trips_on(feed, day) for feed in FEEDS)
        for day in (WEEKDAY, SATURDAY, SUNDAY, date(2026, 11, 23))
    }
    assert totals[WEEKDAY] > totals[SATURDAY] > totals[SUNDAY]
    assert totals[date(2026, 11, 23)] == totals[SUNDAY]  # 勤労感謝の日, a Monday
    assert services_on("rail", WEEKDAY) != services_on("rail", WINTER_DAY)
    assert trips_on("ferry", WINTER_DAY) < trips_on("ferry", date(2027, 7, 14))


@pytest.mark.parametrize("feed", FEEDS)
def test_every_date_of_ten_years_is_served(feed: str) -> None:
    assert timedelta(days=3652) < LAST_DATE - FIRST_DATE
    trips = Counter(row["service_id"] for row in table(feed, "trips"))
    days = {f"{day:%Y%m%d}": [0, day.weekday()] for day in all_dates()}
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for row in table(feed, "calendar"):
        for tally in days.values():
            tally[0] += trips[row["service_id"]] * int(row[names[tally[1]]])
    for row in table(feed, "calendar_dates"):
        sign = 1 if row["exception_type"] == "1" else -1
        days[row["date"]][0] += sign * trips[row["service_id"]]
    assert min(tally[0] for tally in days.values()) > 0


def test_synthetic_is_said_on_every_surface() -> None:
    file = read_region_file(REGION / "region.yaml")
    assert file.synthetic
    assert "Synthetic" in file.notice
    assert "合成データ" in file.notice_ja
    for feed in FEEDS:
        (info,) = table(feed, "feed_info")
        assert "Synthetic" in info["feed_publisher_name"]
        assert "synthetic" in info["feed_version"]
        for agency in table(feed, "agency"):
            assert "架空" in agency["agency_name"]
            assert "合成データ" in agency["agency_name"]
    assert json.loads((REGION / "shipments.json").read_text(encoding="utf-8"))["synthetic"]
    assert "synthetic data" in (REGION / "README.md").read_text(encoding="utf-8")
    header = objects(REGION / "roads.osm.pbf").header
    assert "synthetic" in header.get("generator")


@pytest.mark.parametrize("feed", FEEDS)
def test_every_name_has_kana_and_english(feed: str) -> None:
    known: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in table(feed, "translations"):
        assert row["translation"], row
        known[row["field_name"], row["field_value"] or row["record_id"]].add(row["language"])
    both = {"ja-Hrkt", "en"}
    columns = (
        ("stops", "stop_name", "stop_id"),
        ("routes", "route_long_name", "route_id"),
        ("trips", "trip_headsign", "trip_id"),
        ("agency", "agency_name", "agency_id"),
    )
    for name, column, key in columns:
        for row in table(feed, name):
            assert both in (known[column, row[column]], known[column, row[key]]), row


@pytest.mark.parametrize(
    ("feed", "line", "slowest", "fastest"),
    [
        ("rail", "hokuto", 75, 105),
        ("rail", "lilac", 80, 110),
        ("rail", "ozora", 70, 105),
        ("rail", "soya-north", 40, 65),
        ("rail", "furano-line", 40, 60),
        ("subway", "namboku", 25, 40),
        ("bus", "local-sapporo-1", 18, 35),
        ("bus", "ashoro", 25, 45),
        ("bus", "coach-asahikawa", 45, 80),
    ],
)
def test_running_times_are_those_of_real_lines(
    feed: str, line: str, slowest: float, fastest: float
) -> None:
    place = {
        row["stop_id"]: Place(float(row["stop_lat"]), float(row["stop_lon"]))
        for row in table(feed, "stops")
    }
    of_line = {row["trip_id"] for row in table(feed, "trips") if row["route_id"] == line}
    assert of_line
    rows = (row for row in table(feed, "stop_times") if row["trip_id"] in of_line)
    for _, group in itertools.groupby(rows, key=lambda row: row["trip_id"]):
        calls = list(group)
        metres = sum(
            distance_m(place[one["stop_id"]], place[other["stop_id"]])
            for one, other in itertools.pairwise(calls)
        )
        ridden = seconds(calls[-1]["arrival_time"]) - seconds(calls[0]["departure_time"])
        assert slowest <= 3.6 * metres / ridden <= fastest


def test_every_stop_lies_near_a_street_that_people_may_walk() -> None:
    places: dict[int, Place] = {}
    cells: defaultdict[tuple[int, int], list[tuple[Place, Place]]] = defaultdict(list)
    for thing in objects(REGION / "roads.osm.pbf"):
        if thing.is_node():
            places[thing.id] = Place(thing.lat, thing.lon)
        elif thing.is_way() and thing.tags.get("highway", "motorway")[:8] != "motorway":
            for one, other in itertools.pairwise(places[node.ref] for node in thing.nodes):
                south, north = sorted((int(one.lat * 100), int(other.lat * 100)))
                west, east = sorted((int(one.lon * 100), int(other.lon * 100)))
                for y in range(south, north + 1):
                    for x in range(west, east + 1):
                        cells[y, x].append((one, other))
    for feed in FEEDS:
        for row in table(feed, "stops"):
            at = Place(float(row["stop_lat"]), float(row["stop_lon"]))
            near = [
                off_line_m(at, *piece)
                for dy in (-1, 0, 1)
                for dx in (-1, 0, 1)
                for piece in cells[int(at.lat * 100) + dy, int(at.lon * 100) + dx]
            ]
            assert min(near) <= 150, row


def test_passengers_walk_from_train_or_bus_to_each_ferry() -> None:
    ashore = [
        Place(float(row["stop_lat"]), float(row["stop_lon"]))
        for feed in ("rail", "bus")
        for row in table(feed, "stops")
    ]
    for row in table("ferry", "stops"):
        at = Place(float(row["stop_lat"]), float(row["stop_lon"]))
        assert min(distance_m(at, other) for other in ashore) < 400, row


def test_roads_hold_everything_that_a_reader_must_understand(island: Island) -> None:
    tags = Counter(item for way in island.road_map.ways for item in way.tags.items())
    assert tags["route", "ferry"] >= 3
    assert tags["junction", "roundabout"] == 1
    assert tags["oneway", "-1"] > 5
    assert tags["highway", "footway"] > 50
    assert tags["highway", "motorway"] >= 6
    assert tags["motor_vehicle:conditional", "no @ (Nov 1-Apr 30)"] > 0
    assert {"no_right_turn", "no_left_turn", "only_straight_on", "no_u_turn"} == {
        rule.kind for rule in island.road_map.restrictions
    }
    assert {"bollard", "gate"} <= {
        tags.get("barrier") for tags in island.road_map.node_tags.values()
    }
    assert sum(not walkable(way) for way in island.road_map.ways) > 20


def test_turn_restrictions_join_ways_that_end_at_their_node(island: Island) -> None:
    ways = {way.id: way for way in island.road_map.ways}
    for rule in island.road_map.restrictions:
        for way in (ways[rule.from_way], ways[rule.to_way]):
            assert rule.via in {way.nodes[0], way.nodes[-1]}


def test_cars_get_from_anywhere_to_anywhere(island: Island) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph()
    no_cars = {"footway", "steps", "pedestrian"}
    for way in island.road_map.ways:
        if way.tags.get("highway") in no_cars:
            continue
        if way.tags.get("oneway") != "-1":
            nx.add_path(graph, way.nodes)
        if way.tags.get("oneway") != "yes":
            nx.add_path(graph, way.nodes[::-1])
    largest = max(nx.strongly_connected_components(graph), key=len)
    assert len(largest) == len(graph)


def test_the_region_file_promises_what_it_should() -> None:
    file = read_region_file(REGION / "region.yaml")
    assert len(file.taxis) >= 20
    assert any(fleet.bay for fleet in file.taxis)
    assert len(file.demand_zones) >= 3
    assert file.vans
    assert all(hub.stops for hub in file.hubs)
    by_id = {rule.id: rule for rule in file.cargo}
    assert by_id["soya-box"].trips
    assert set(by_id["soya-box"].days) == {"mon", "tue", "wed", "thu", "fri"}
    assert by_id["tokachi-seats"].bay.kg == 350
    assert "cool" in by_id["ozora-cool"].bay.temperatures
    assert by_id["airport-off-peak"].departs == ("10:00", "15:30")
    assert {day for day in file.holidays if day.year == 2030} == national_holidays(2030)


def test_prices_rise_with_distance() -> None:
    for fare in read_region_file(REGION / "region.yaml").fares:
        assert fare.kind == "distance"
        assert list(fare.bands) == sorted(fare.bands)
        assert [price for _, price in fare.bands] == sorted(price for _, price in fare.bands)


def test_the_shipments_are_a_day_of_a_real_carrier() -> None:
    document = ShipmentsDocument.model_validate_json(
        (REGION / "shipments.json").read_text(encoding="utf-8")
    )
    assert 120 <= len(document.shipments) <= 200
    heaviest_bay = max(van.bay.kg for van in read_region_file(REGION / "region.yaml").vans)
    assert {row.id for row in document.shipments if row.kg > heaviest_bay} == {"too-heavy"}


def test_people_add_up_to_their_towns() -> None:
    with (REGION / "population.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    people = Counter[str]()
    for row in rows:
        people[row["name"]] += int(row["people"])
    assert people["名寄"] == 24_000
    assert 4_500_000 < people.total() < 5_300_000


def test_demand_depends_on_its_seed_alone() -> None:
    path = REGION / "population.csv"
    one = draw_demand(path, WEEKDAY, 60, 20, seed=7)
    assert one == draw_demand(path, WEEKDAY, 60, 20, seed=7)
    assert one.parcels == draw_demand(path, WEEKDAY, 0, 20, seed=7).parcels
    assert one != draw_demand(path, WEEKDAY, 60, 20, seed=8)
    assert all(wish.ready < wish.due <= 21 * 3600 for wish in one.parcels)
    near = sum(distance_m(wish.origin, wish.destination) < 40_000 for wish in one.trips)
    assert near > len(one.trips) / 2
