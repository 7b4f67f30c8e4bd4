"""Legs beside the rows of their feeds: names, platforms, headsigns, shapes, fares, item by item."""

import csv
import io
import itertools
import random
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from maas.build import build_region
from maas.planner import Planner, read_query
from tests.itinerary_check import decoded, metres

N_QUERIES = 40
ENOUGH = 30  # itineraries with lines
OFF_SHAPE_M = 30.0
ROOT = Path(__file__).parents[2]
Row = dict[str, str]
CASES = {
    "tank": ("America/New_York", "USD", "2019-11-13", {"tank": "gtfs/city/nky_tank.zip"}),
    "tokachi": (
        "Asia/Tokyo",
        "JPY",
        "2019-07-10",
        {
            "takushoku": "gtfs/hokkaido/takushoku_bus_2019.zip",
            "tokachi": "gtfs/hokkaido/tokachi_bus_2019.zip",
        },
    ),
    "island": (
        "Asia/Tokyo",
        "JPY",
        "2026-11-25",
        {
            name: f"{ROOT}/data/hokkaido/gtfs/{name}.zip"
            for name in ("rail", "subway", "bus", "ferry")
        },
    ),
}


@dataclass(frozen=True)
class Rows:
    """Tables of one feed as they are."""

    path: Path

    def table(self, name: str) -> list[Row]:
        """Return the rows of a file; none where it is not there."""
        with zipfile.ZipFile(self.path) as archive:
            if name not in archive.namelist():
                return []
            text = archive.read(name).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True)
        return [{(k or "").strip(): (v or "").strip() for k, v in row.items()} for row in reader]

    @cached_property
    def trips(self) -> dict[str, Row]:
        return {row["trip_id"]: row for row in self.table("trips.txt")}

    @cached_property
    def stops(self) -> dict[str, Row]:
        return {row["stop_id"]: row for row in self.table("stops.txt")}

    @cached_property
    def routes(self) -> dict[str, Row]:
        return {row["route_id"]: row for row in self.table("routes.txt")}

    @cached_property
    def calls(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.table("stop_times.txt"):
            found.setdefault(row["trip_id"], []).append(row)
        for rows in found.values():
            rows.sort(key=lambda row: int(row["stop_sequence"]))
        return found

    @cached_property
    def shapes(self) -> dict[str, list[dict[str, float]]]:
        rows = self.table("shapes.txt")
        rows.sort(key=lambda row: int(row["shape_pt_sequence"]))
        found: dict[str, list[dict[str, float]]] = {}
        for row in rows:
            point = {"lat": float(row["shape_pt_lat"]), "lon": float(row["shape_pt_lon"])}
            found.setdefault(row["shape_id"], []).append(point)
        return found

    @cached_property
    def fares(self) -> dict[str, Row]:
        return {row["fare_id"]: row for row in self.table("fare_attributes.txt")}

    @cached_property
    def rules(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.table("fare_rules.txt"):
            found.setdefault(row["fare_id"], []).append(row)
        return found

    def audit(self, leg: dict[str, Any], feed: str) -> None:
        """Compare a scheduled leg with its rows."""
        trip = self.trips[leg["trip_id"].removeprefix(f"{feed}:")]
        route = self.routes[trip["route_id"]]
        assert leg["line"] == (route.get("route_short_name") or route.get("route_long_name"))
        assert leg["color"].lstrip("#").lower() == route.get("route_color", "").lower()
        ids = [stop["stop_id"].removeprefix(f"{feed}:") for stop in leg["stops"]]
        calls = self.calls[trip["trip_id"]]
        stops_of_trip = [call["stop_id"] for call in calls]
        places = [i for i in range(len(calls)) if stops_of_trip[i : i + len(ids)] == ids]
        assert places, "the stops between are those of the trip, none left out"
        signs = {calls[i].get("stop_headsign") or trip.get("trip_headsign", "") for i in places}
        assert leg["headsign"] in signs
        for stop, stop_id in zip(leg["stops"], ids, strict=True):
            assert stop["name"] == self.stops[stop_id]["stop_name"]
            assert metres(stop, self._at(stop_id)) < 1
        for end, stop_id in ((leg["from"], ids[0]), (leg["to"], ids[-1])):
            assert end.get("platform", "") == self.stops[stop_id].get("platform_code", "")
        self._audit_line(leg, trip, ids)

    def _at(self, stop_id: str) -> dict[str, float]:
        row = self.stops[stop_id]
        return {"lat": float(row["stop_lat"]), "lon": float(row["stop_lon"])}

    def _audit_line(self, leg: dict[str, Any], trip: Row, ids: list[str]) -> None:
        """The line on the map is a part of the shape, or leads from stop to stop."""
        drawn = decoded(leg["geometry"])
        shape = self.shapes.get(trip.get("shape_id", "")) or [self._at(i) for i in ids]
        for point in drawn[:: max(1, len(drawn) // 20)]:
            assert min(_off(a, b, point) for a, b in itertools.pairwise(shape)) < OFF_SHAPE_M
        length = sum(metres(a, b) for a, b in itertools.pairwise(drawn))
        assert abs(length - leg["distance_m"]) <= 5 + 0.02 * length

    def audit_fare(self, paid: dict[str, Any], leg: dict[str, Any], feed: str) -> None:
        """A ticket for one ride has the price of its fare, and a rule that fits the ride."""
        fare_id = paid["fare_id"].removeprefix(f"{feed}:")
        if fare_id not in self.fares:
            self._audit_product(paid, fare_id, leg["line_id"].removeprefix(f"{feed}:"))
            return
        assert Decimal(paid["amount"]) == Decimal(self.fares[fare_id]["price"])
        route = leg["line_id"].removeprefix(f"{feed}:")
        zones = [
            self.stops[leg[end]["stop_id"].removeprefix(f"{feed}:")].get("zone_id", "")
            for end in ("from", "to")
        ]
        wanted = (("route_id", route), ("origin_id", zones[0]), ("destination_id", zones[1]))
        rules = self.rules.get(fare_id, [{}])
        assert any(all(rule.get(k, "") in {"", v} for k, v in wanted) for rule in rules)

    def _audit_product(self, paid: dict[str, Any], product: str, route: str) -> None:
        """The usual rider pays the least that a product costs, on a network with its line."""
        riders = self.table("rider_categories.txt")
        usual = {
            one["rider_category_id"] for one in riders if one["is_default_fare_category"] == "1"
        }
        prices = [
            Decimal(row["amount"])
            for row in self.table("fare_products.txt")
            if row["fare_product_id"] == product and row["rider_category_id"] in usual
        ]
        assert Decimal(paid["amount"]) == min(prices)
        networks = {
            row["network_id"]
            for row in self.table("route_networks.txt")
            if row["route_id"] == route
        }
        rules = self.table("fare_leg_rules.txt")
        assert networks & {
            rule["network_id"] for rule in rules if rule["fare_product_id"] == product
        }


def _off(a: dict[str, float], b: dict[str, float], p: dict[str, float]) -> float:
    """Metres from a point to a straight piece, nearly."""
    dx, dy = b["lon"] - a["lon"], b["lat"] - a["lat"]
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else ((p["lon"] - a["lon"]) * dx + (p["lat"] - a["lat"]) * dy) / length2
    t = min(1.0, max(0.0, t))
    return metres({"lat": a["lat"] + t * dy, "lon": a["lon"] + t * dx}, p)


@pytest.mark.parametrize("case", CASES)
def test_legs_are_what_their_feeds_say(case: str, outside_data: Path, tmp_path: Path) -> None:
    zone, currency, on, files = CASES[case]
    feeds = {feed: Rows(outside_data / path) for feed, path in files.items()}
    listed = ", ".join(f"{{id: {feed}, path: {rows.path}}}" for feed, rows in feeds.items())
    text = f"name: {case}\ntimezone: {zone}\ncurrency: {currency}\nfeeds: [{listed}]\n"
    (tmp_path / "region.yaml").write_text(text, encoding="utf-8")
    planner = Planner(build_region(tmp_path / "region.yaml", tmp_path / "built"))
    draw, n_seen, n_fares = random.Random(11), 0, 0
    ids = sorted(f"{feed}:{stop}" for feed, rows in feeds.items() for stop in rows.stops)
    for _ in range(N_QUERIES):
        origin, destination = draw.sample(ids, 2)
        at = f"{on}T{draw.randrange(6, 18):02}:00"
        query = {"from": {"stop_id": origin}, "to": {"stop_id": destination}, "at": at}
        for itinerary in planner.plan(read_query(query))["itineraries"]:
            legs = itinerary["legs"]
            rides = [leg for leg in legs if "trip_id" in leg]
            n_seen += bool(rides)
            for leg in rides:
                feeds[leg["feed"]].audit(leg, leg["feed"])
            for paid in itinerary["fares"]:
                if paid["fare_id"] and len(paid["legs"]) == 1:
                    leg = legs[paid["legs"][0]]
                    feeds[leg["feed"]].audit_fare(paid, leg, leg["feed"])
                    n_fares += 1
    assert n_seen >= ENOUGH
    if any(rows.fares for rows in feeds.values()):
        assert n_fares > 10
