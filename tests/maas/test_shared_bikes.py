"""Shared bikes and parked cars, told on the small valley (drawn in `tests.maas.valley`).

    home ──bike── north ≈ A ──bus── C ═══train═══ D ≈ yama ──bike── summit
    42.986        43.0005                        43.301            43.319

A lone bike stands at 42.9845, its battery reaches 4 km. North has four bikes and three docks.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from maas.access import Wishes
from maas.build import build_region
from maas.errors import RegionFileError
from maas.gbfs import Plan, Step, collect, snapshot
from maas.places import Place
from maas.planner import Planner
from maas.region import Region
from maas.rented import BikeWays
from tests.maas.test_planner import ask, codes
from tests.maas.valley import REGION, build_valley

MORNING = 1_791_325_800  # 2026-10-07 07:30 in Japan
HOME = {"lat": 42.985, "lon": 141.0}
SUMMIT = {"lat": 43.32, "lon": 141.0}
LINES = ["walk", "bus", "rail"]
STATIONS = {
    "home": (42.986, 2, 5),
    "north": (43.0005, 4, 3),
    "yama": (43.301, 1, 9),
    "summit": (43.319, 0, 9),
}
MORE = """
bike_shares:
  - id: rin
    name: りんりん
    name_en: Rinrin
    gbfs: gbfs/gbfs.json
    fare: {unlock: 100, per_minute: 10, free_minutes: 5}
car_parks:
  - {id: park-a, name: 北駅駐車場, at: {lat: 43.001, lon: 141.0}, spaces: 40, price: 300}
"""


def write_gbfs(
    folder: Path, stations: dict[str, tuple[float, int, int]], *, lone: bool = True, base: str = ""
) -> None:
    """Write a feed of version 2.3; its URLs begin with `base`."""
    folder.mkdir(exist_ok=True)
    names = ["station_information", "station_status", "free_bike_status"]
    feeds = [{"name": name, "url": f"{base}/{name}.json"} for name in names]
    rows: dict[str, Any] = {
        "station_information": {
            "stations": [
                {"station_id": name, "name": name, "lat": lat, "lon": 141.0}
                for name, (lat, _, _) in stations.items()
            ]
        },
        "station_status": {
            "stations": [
                {"station_id": name, "num_bikes_available": bikes, "num_docks_available": docks}
                for name, (_, bikes, docks) in stations.items()
            ]
        },
        "free_bike_status": {
            "bikes": [
                {"bike_id": "b1", "lat": 42.9845, "lon": 141.0, "current_range_meters": 4_000}
            ]
            * lone
        },
        "gbfs": {"en": {"feeds": feeds}},
    }
    for name, data in rows.items():
        document = {"last_updated": MORNING, "ttl": 0, "version": "2.3", "data": data}
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


def built(folder: Path, more: str = MORE, **feed: Any) -> Region:
    """Build the valley with shared bikes and a car park."""
    write_gbfs(folder / "gbfs", feed.pop("stations", STATIONS), **feed)
    build_valley(folder)
    (folder / "region.yaml").write_text(REGION + more, encoding="utf-8")
    return build_region(folder / "region.yaml", folder / "built")


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    return Planner(built(tmp_path_factory.mktemp("bikes"), lone=False))


def modes_of(answer: dict[str, Any]) -> list[str]:
    return [" ".join(leg["mode"] for leg in it["legs"]) for it in answer["itineraries"]]


def bikes_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    legs = [leg for it in answer["itineraries"] for leg in it["legs"]]
    return [leg for leg in legs if leg["mode"] == "shared_bike"]


def bike_of(answer: dict[str, Any]) -> dict[str, Any]:
    return bikes_of(answer)[0]


def test_a_shared_bike_leads_to_the_bus(planner: Planner) -> None:
    answer = ask(planner, "07:35", origin=HOME, modes=[*LINES, "shared_bike"])
    assert modes_of(answer)[0] == "walk shared_bike walk bus walk rail"
    bike = bike_of(answer)
    # 1,612 m × 1.3 at 14 km/h take 539 s, and a minute to unlock and lock
    assert bike["distance_m"] == 2096
    assert (bike["from"]["name"], bike["to"]["name"]) == ("home", "north")
    assert (bike["bikes_available"], bike["docks_available"]) == (2, 3)
    assert (bike["operator"], bike["operator_id"], bike["rental_id"]) == ("りんりん", "rin", "home")
    assert bike["price"]["amount"] == "150"  # ten minutes, five of them free
    assert answer["itineraries"][0]["price"]["amount"] == "1310"  # bus 260, train 900
    assert answer["itineraries"][0]["transfers"] == 2
    assert bike["co2_g"] == 0


def test_without_shared_bikes_the_bus_is_out_of_reach(planner: Planner) -> None:
    assert codes(ask(planner, "07:35", origin=HOME, modes=LINES)) == [
        "no_stop_near_origin",
        "excluded_by_wish",
    ]
    banned = ask(
        planner, "07:35", origin=HOME, modes=[*LINES, "shared_bike"], operators_banned=["rin"]
    )
    assert banned["itineraries"] == []


def test_a_shared_bike_leads_on_from_the_train_and_all_the_way(planner: Planner) -> None:
    on = ask(planner, "07:50", to=SUMMIT, modes=[*LINES, "shared_bike"])
    assert modes_of(on)[0] == "bus walk rail walk shared_bike walk"
    asked: dict[str, Any] = {"origin": "far:D", "to": SUMMIT, "modes": ["walk", "shared_bike"]}
    assert modes_of(ask(planner, "07:50", **asked)) == ["walk shared_bike walk"]
    back = ask(planner, "08:40", arrive_by=True, **asked)
    assert back["itineraries"][0]["arrival"][11:19] == "08:40:00"


def test_counts_hold_for_about_now_and_only_for_so_many_people(planner: Planner) -> None:
    asked: dict[str, Any] = {"origin": HOME, "modes": [*LINES, "shared_bike"]}
    assert ask(planner, "07:35", party=3, **asked)["itineraries"] == []  # two bikes at home
    tomorrow = ask(planner, "2026-10-08T07:35", party=3, **asked)
    assert "bikes_available" not in bike_of(tomorrow)
    by_plan = ask(planner, "07:35", party=3, realtime=False, **asked)
    assert "bikes_available" not in bike_of(by_plan)


def test_a_full_station_is_passed_over_and_told_anew_when_the_file_changes(tmp_path: Path) -> None:
    full = STATIONS | {"north": (43.0005, 4, 0)}
    region = built(tmp_path, stations=full, lone=False)
    planner = Planner(region)
    asked: dict[str, Any] = {"origin": HOME, "modes": [*LINES, "shared_bike"]}
    assert ask(planner, "07:35", **asked)["itineraries"] == []
    write_gbfs(tmp_path / "gbfs", STATIONS, lone=False)
    region.bike_shares[0].refresh()
    assert bike_of(ask(planner, "07:35", **asked))["docks_available"] == 3


def test_a_query_keeps_to_what_it_saw_first(tmp_path: Path) -> None:
    region = built(tmp_path)
    live, roads = region.bike_shares[0], region.roads_on(date(2026, 10, 7))
    place = Place("home", HOME["lat"], HOME["lon"])

    def ways() -> BikeWays:
        return BikeWays(region, roads, live, MORNING, 1_000, 1, Wishes(), is_live=True)

    begun = ways()
    first = begun.feeder(place, is_origin=True)
    write_gbfs(tmp_path / "gbfs", {"home": (42.986, 0, 5)}, lone=False)
    live.refresh()
    then, anew = begun.feeder(place, is_origin=True), ways().feeder(place, is_origin=True)
    assert first is not None
    assert then is not None
    assert then.chains == first.chains
    assert anew is None


def test_a_broken_feed_keeps_what_was_known(tmp_path: Path) -> None:
    region = built(tmp_path, lone=False)
    (tmp_path / "gbfs" / "station_status.json").write_text("{", encoding="utf-8")
    answer = ask(Planner(region), "07:35", origin=HOME, modes=[*LINES, "shared_bike"])
    assert bike_of(answer)["bikes_available"] == 2


def test_a_lone_bike_goes_as_far_as_its_battery_and_is_left_at_the_stop(tmp_path: Path) -> None:
    only = {"yama": STATIONS["yama"]}
    planner = Planner(built(tmp_path, stations=only))
    asked: dict[str, Any] = {"origin": HOME, "modes": [*LINES, "shared_bike"]}
    answer = ask(planner, "07:35", **asked)
    assert modes_of(answer)[0] == "walk shared_bike bus walk rail"
    bike = bike_of(answer)
    assert (bike["rental_id"], bike["range_m"], bike["to"]["stop_id"]) == ("b1", 4_000, "bus:A")
    direct = ask(planner, "07:35", origin=HOME, to="bus:A", modes=["walk", "shared_bike"])
    assert modes_of(direct) == ["walk shared_bike"]
    far = ask(planner, "07:35", origin=HOME, to="bus:C", modes=["walk", "shared_bike"])
    assert far["itineraries"] == []  # 3.9 km × 1.3 are too far for its battery
    assert ask(planner, "2026-10-08T07:35", **asked)["itineraries"] == []  # who knows where it is


def square(lat: float, half: float = 0.0004) -> list[list[list[list[float]]]]:
    """A MultiPolygon of one square on the street; points are lon, lat."""
    corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
    return [[[[141.0 + x, lat + y] for x, y in corners]]]


def fenced(folder: Path, *zones: tuple[float, dict[str, bool]], version: str = "2.3") -> Planner:
    """The valley with one lone bike and zones on the street."""
    region = built(folder, stations={"yama": STATIONS["yama"]})
    features = [
        {
            "type": "Feature",
            "properties": {"rules": [rule]},
            "geometry": {"type": "MultiPolygon", "coordinates": square(lat)},
        }
        for lat, rule in zones
    ]
    zones_of = {"type": "FeatureCollection", "features": features}
    document = {
        "last_updated": MORNING,
        "ttl": 0,
        "version": version,
        "data": {"geofencing_zones": zones_of},
    }
    path = folder / "gbfs" / "geofencing_zones.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    start = json.loads((folder / "gbfs" / "gbfs.json").read_text(encoding="utf-8"))
    feeds = start["data"]["en"]["feeds"]
    feeds.append({"name": "geofencing_zones", "url": "/geofencing_zones.json"})
    (folder / "gbfs" / "gbfs.json").write_text(json.dumps(start), encoding="utf-8")
    region.bike_shares[0].refresh()
    return Planner(region)


NO_PARKING = {"ride_allowed": False, "ride_through_allowed": True}
NO_RIDING = {"ride_allowed": True, "ride_through_allowed": False}
NO_END = {"ride_start_allowed": True, "ride_end_allowed": False, "ride_through_allowed": True}


@pytest.mark.parametrize(
    ("zones", "leads"),
    [
        ([], True),
        ([(42.9845, NO_PARKING)], False),  # where the bike stands
        ([(43.0, NO_PARKING)], False),  # where it would be left
        ([(43.0, NO_END)], False),
        ([(42.9845, NO_END)], True),
        ([(42.992, NO_PARKING)], True),  # halfway
        ([(42.992, NO_RIDING)], False),
        ([(42.992, {}), (42.992, NO_RIDING)], True),  # the earlier one counts
        ([(42.995, NO_RIDING | {"vehicle_type_id": ["scooter"]})], False),  # of unknown kinds: ours
    ],
)
def test_a_lone_bike_keeps_to_the_zones_of_its_feed(
    tmp_path: Path, zones: list[tuple[float, dict[str, bool]]], leads: bool
) -> None:
    planner = fenced(tmp_path, *zones)
    answer = ask(planner, "07:35", origin=HOME, modes=[*LINES, "shared_bike"])
    left = {bike["to"].get("stop_id") for bike in bikes_of(answer)}
    assert ("bus:A" in left) == leads
    direct = ask(planner, "07:35", origin=HOME, to="bus:A", modes=["walk", "shared_bike"])
    assert bool(direct["itineraries"]) == leads


def test_zones_that_cannot_be_read_name_their_number(tmp_path: Path) -> None:
    write_gbfs(tmp_path, STATIONS)
    documents = collect(str(tmp_path / "gbfs.json"))
    feature = {"properties": {}, "geometry": {"coordinates": [[[["x", 1]]]]}}
    documents["geofencing_zones"] = {"data": {"geofencing_zones": {"features": [feature]}}}
    with pytest.raises(RegionFileError, match="zone 0"):
        snapshot(documents, "JPY")


def test_zones_of_a_real_feed_are_read(outside_data: Path) -> None:
    seen = snapshot(collect(str(outside_data / "gbfs" / "tieroslo" / "gbfs.json")), "NOK")
    assert len(seen.fences.zones) == 2
    assert [rule.may_end for _, rule in seen.fences.zones] == [True, False]


def test_a_car_is_parked_and_left(planner: Planner) -> None:
    far_off = {"lat": 42.95, "lon": 141.0}
    answer = ask(planner, "07:35", origin=far_off, modes=[*LINES, "car"])
    assert modes_of(answer)[-1] == "car walk bus walk rail"
    car = answer["itineraries"][-1]["legs"][0]
    assert (car["to"]["name"], car["spaces"], car["price"]["amount"]) == ("北駅駐車場", 40, "300")
    assert answer["itineraries"][-1]["price"] is None  # nobody knows what driving costs


def test_the_price_of_a_ride_adds_the_intervals_that_have_begun() -> None:
    plan = Plan(100, (Step(0, 50, 30, end=60), Step(60, 200, 30)), (Step(5, 10, 1),))
    assert plan.price(600, 1_000) == 150
    assert plan.price(1_860, 1_000) == 200
    assert plan.price(3_660, 6_200) == 100 + 100 + 200 + 20


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("gbfs", "{}", "data.feeds"),
        ("gbfs", "nothing", "cannot be read as GBFS"),
        (
            "station_information",
            '{"data": {"stations": [{"station_id": "x", "lat": "n", "lon": 1}]}}',
            "row 0: needs",
        ),
        ("station_information", '{"data": {"stations": 3}}', "must be a list"),
        (
            "station_information",
            '{"data": {"stations": [{"station_id": "x", "lat": 99, "lon": 1}]}}',
            "no place on earth",
        ),
    ],
)
def test_a_feed_that_cannot_be_read_is_one_clear_error(
    tmp_path: Path, name: str, text: str, part: str
) -> None:
    write_gbfs(tmp_path, STATIONS)
    (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    with pytest.raises(RegionFileError, match=part):
        snapshot(collect(str(tmp_path / "gbfs.json")), "JPY")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_feed_is_read_from_its_url(tmp_path: Path) -> None:
    with served(tmp_path) as base:
        write_gbfs(tmp_path, STATIONS, base=base)
        seen = snapshot(collect(f"{base}/gbfs.json"), "JPY")
        assert [spot.id for spot in seen.spots] == [*STATIONS, "b1"]
        assert seen.moment == MORNING
        with pytest.raises(RegionFileError, match="cannot be read as GBFS"):
            collect(f"{base}/nothing.json")


@pytest.mark.parametrize(
    ("feed", "n_stations", "bikes"),
    [
        ("helsinki", 7, 31),
        ("lillestrombysykkel", 6, 57),
        ("duplicate-stations-v2", 3, None),
        ("duplicate-stations-v3", 3, None),
        ("ridecheck/almere", 0, 0),  # mopeds only
        ("tieroslo", 0, 0),
    ],
)
def test_real_feeds_are_read(
    outside_data: Path, feed: str, n_stations: int, bikes: int | None
) -> None:
    seen = snapshot(collect(str(outside_data / "gbfs" / feed / "gbfs.json")), "EUR")
    assert len(seen.spots) == n_stations
    if bikes is not None:
        assert sum(spot.bikes for spot in seen.spots) == bikes
