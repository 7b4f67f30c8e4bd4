"""Checks that itineraries can be ridden: reads feeds with the csv module and the document as text.

Shares no code with the planner, the reader of feeds or the searches.
"""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Document = Mapping[str, Any]
_FASTEST_WALK = 2.5  # m/s in a straight line
_FASTEST_CAR = 45.0
_NEAR_M = 1_000  # between the ends of a ride and the road it takes
_KERB_M = 32  # between where a car stops and the road it takes; what is farther is a walk
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def metres(a: Document, b: Document) -> float:
    """Great-circle distance of two things that have `lat` and `lon`."""
    lat_a, lat_b = radians(a["lat"]), radians(b["lat"])
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b["lon"] - a["lon"]) / 2) ** 2
    return 2 * 6_371_000 * asin(min(1.0, sqrt(half)))


def decoded(polyline: str) -> list[dict[str, float]]:
    """Points of an encoded polyline of precision 6."""
    values, shift, current = [], 0, 0
    for character in polyline:
        chunk = ord(character) - 63
        current |= (chunk & 31) << shift
        shift += 5
        if chunk < 32:
            values.append(~(current >> 1) if current & 1 else current >> 1)
            shift, current = 0, 0
    lat = lon = 0
    points = []
    for step_lat, step_lon in zip(values[::2], values[1::2], strict=True):
        lat, lon = lat + step_lat, lon + step_lon
        points.append({"lat": lat / 1e6, "lon": lon / 1e6})
    return points


def _seconds(clock: str) -> int | None:
    if not clock.strip():
        return None
    hours, minutes, seconds = clock.strip().split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


@dataclass
class FeedTruth:
    """What one feed says, row by row."""

    id: str
    path: Path
    zone: str = ""
    trips: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    places: dict[str, dict[str, float]] = field(default_factory=dict)
    weeks: dict[str, dict[str, str]] = field(default_factory=dict)
    exceptions: dict[tuple[str, str], str] = field(default_factory=dict)
    has_frequencies: bool = False

    def __post_init__(self) -> None:
        with zipfile.ZipFile(self.path) as archive:
            self.zone = next(iter(self._rows(archive, "agency.txt")))["agency_timezone"]
            for row in self._rows(archive, "trips.txt"):
                self.trips[row["trip_id"]] = row
            for row in self._rows(archive, "stop_times.txt"):
                self.calls.setdefault(row["trip_id"], []).append(row)
            for row in self._rows(archive, "stops.txt"):
                self.places[row["stop_id"]] = {
                    "lat": float(row["stop_lat"]),
                    "lon": float(row["stop_lon"]),
                }
            for row in self._rows(archive, "calendar.txt"):
                self.weeks[row["service_id"]] = row
            for row in self._rows(archive, "calendar_dates.txt"):
                self.exceptions[row["service_id"], row["date"]] = row["exception_type"]
            self.has_frequencies = bool(self._rows(archive, "frequencies.txt"))
        for rows in self.calls.values():
            rows.sort(key=lambda row: int(row["stop_sequence"]))

    @staticmethod
    def _rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
        if name not in archive.namelist():
            return []
        text = archive.read(name).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True)
        return [
            {(key or "").strip(): (value or "").strip() for key, value in row.items() if key}
            for row in reader
        ]

    def runs(self, trip_id: str, on: date) -> bool:
        """Whether a trip runs on a service date."""
        service = self.trips[trip_id]["service_id"]
        day = on.strftime("%Y%m%d")
        exception = self.exceptions.get((service, day))
        if exception is not None:
            return exception == "1"
        week = self.weeks.get(service)
        if week is None or not week["start_date"] <= day <= week["end_date"]:
            return False
        return week[_WEEKDAYS[on.weekday()]] == "1"

    def instant(self, on: date, seconds: int) -> datetime:
        """Moment of a time of a service date: counted from noon minus twelve hours."""
        noon = datetime.combine(on, time(12), ZoneInfo(self.zone)).timestamp()
        return datetime.fromtimestamp(noon - 43_200 + seconds, ZoneInfo(self.zone))


@dataclass
class BikeTruth:
    """What the files of a bike share say, for one party of one; about now."""

    folder: Path
    stations: dict[str, dict[str, Any]] = field(default_factory=dict)
    lone: dict[str, dict[str, Any]] = field(default_factory=dict)
    no_parking: list[list[list[float]]] = field(default_factory=list)  # outlines of lon, lat
    kinds: set[str] = field(default_factory=set)  # of bikes that were checked

    def __post_init__(self) -> None:
        for name, key in (("station_information", "stations"), ("station_status", "stations")):
            for row in self._data(name)[key]:
                self.stations.setdefault(row["station_id"], {}).update(row)
        self.lone = {row["bike_id"]: row for row in self._data("free_bike_status")["bikes"]}
        for zone in self._data("geofencing_zones")["geofencing_zones"]["features"]:
            if not zone["properties"]["rules"][0]["ride_allowed"]:
                self.no_parking += [polygon[0] for polygon in zone["geometry"]["coordinates"]]

    def _data(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text())["data"]
        return document

    def check(self, leg: Document) -> None:
        """A bike is taken where one stands and left where it may be."""
        station = self.stations.get(leg["rental_id"])
        taken = station or self.lone[leg["rental_id"]]
        assert metres(taken, leg["from"]) < 1
        self.kinds.add("station" if station else "lone")
        if station:
            assert station["num_bikes_available"] >= 1
            (left,) = [row for row in self.stations.values() if metres(row, leg["to"]) < 1]
            assert left["num_docks_available"] >= 1
            told = leg["bikes_available"], leg["docks_available"]
            assert told == (station["num_bikes_available"], left["num_docks_available"])
        else:
            assert leg["distance_m"] <= taken["current_range_meters"]
            assert not any(self._holds(ring, taken) for ring in self.no_parking)
            assert not any(self._holds(ring, leg["to"]) for ring in self.no_parking)

    @staticmethod
    def _holds(ring: Sequence[Sequence[float]], at: Document) -> bool:
        """Whether a rectangle, which the tests draw, holds a place."""
        lons, lats = zip(*ring, strict=True)
        return bool(min(lats) < at["lat"] < max(lats) and min(lons) < at["lon"] < max(lons))


@dataclass
class ItineraryCheck:
    """Checks documents against feeds; every fault is an assertion error."""

    feeds: Mapping[str, FeedTruth]
    change_time: int  # s between two trips at one stop
    shares: Mapping[str, BikeTruth] = field(default_factory=dict)

    def document(self, answer: Document, at: datetime, *, arrive_by: bool = False) -> None:
        """Check a whole answer."""
        assert answer["itineraries"] or answer["reasons"], "an empty answer must say why"
        for itinerary in answer["itineraries"]:
            self.itinerary(itinerary)
            if arrive_by:
                assert _moment(itinerary["arrival"]) <= at
            else:
                assert _moment(itinerary["departure"]) >= at
        starts = [_moment(itinerary["departure"]) for itinerary in answer["itineraries"]]
        assert starts == sorted(starts)

    def itinerary(self, itinerary: Document) -> None:
        """Check one itinerary."""
        legs = itinerary["legs"]
        assert itinerary["departure"] == legs[0]["departure"]
        assert itinerary["arrival"] == legs[-1]["arrival"]
        span = _moment(itinerary["arrival"]) - _moment(itinerary["departure"])
        assert timedelta(seconds=itinerary["duration_s"]) == span
        vehicles = [
            leg for leg in legs if leg["mode"] != "walk" and not leg.get("stay_seated", False)
        ]
        assert itinerary["transfers"] == max(0, len(vehicles) - 1)
        walked = sum(leg["distance_m"] for leg in legs if leg["mode"] == "walk")
        assert itinerary["walk_m"] == walked
        assert itinerary["co2_g"] == sum(leg["co2_g"] for leg in legs)
        if itinerary["price"] is not None:
            assert float(itinerary["price"]["amount"]) >= 0
            assert len(itinerary["price"]["currency"]) == 3
        self._prices(itinerary)
        for leg in legs:
            self._leg(leg)
            if leg["mode"] == "shared_bike":
                self.shares[leg["operator_id"]].check(leg)
        for before, after in pairwise(legs):
            if after.get("stay_seated"):
                self._stay(before, after)
            else:
                self._change(before, after)
        rides = [leg for leg in legs if "trip_id" in leg]
        for before, after in pairwise([None, *rides, None]):
            seated = after is not None and after.get("stay_seated", False)
            assert before is None or seated or self._permission(before, -1, "drop_off_type") != "1"
            assert after is None or seated or self._permission(after, 0, "pickup_type") != "1"

    @staticmethod
    def _prices(itinerary: Document) -> None:
        """What is paid adds up, by leg and for each rider and medium."""
        paid = [leg["price"] for leg in itinerary["legs"] if leg.get("price")]
        if itinerary["price"] is not None and itinerary["price_basis"] == "by_leg":
            assert _sum(paid) == Decimal(itinerary["price"]["amount"])
        for offer in itinerary["prices"]:
            assert _sum([*offer["products"], offer["vehicles"]]) == Decimal(offer["amount"])

    def _leg(self, leg: Document) -> None:
        departure, arrival = _moment(leg["departure"]), _moment(leg["arrival"])
        assert departure <= arrival
        assert leg["distance_m"] >= 0
        points = decoded(leg["geometry"])
        assert len(points) >= 2
        if "trip_id" in leg:
            self._ride(leg)
            near = _NEAR_M
        else:
            fastest = _FASTEST_WALK if leg["mode"] == "walk" else _FASTEST_CAR
            straight = metres(leg["from"], leg["to"])
            near = 100 if leg["mode"] == "walk" else _KERB_M
            if leg["mode"] == "car" and "rental_id" in leg:
                near = _NEAR_M  # a car park has lanes of its own
            assert straight <= fastest * (arrival - departure).total_seconds() + near
            assert leg["distance_m"] >= straight - near
        assert metres(points[0], leg["from"]) <= near
        assert metres(points[-1], leg["to"]) <= near

    def _ride(self, leg: Document) -> None:
        """A scheduled leg is a part of a trip that runs that day, at its times and stops."""
        feed = self.feeds[leg["feed"]]
        trip_id = leg["trip_id"].removeprefix(feed.id + ":")
        on = date.fromisoformat(leg["service_date"])
        assert feed.runs(trip_id, on), f"{trip_id} does not run on {on}"
        assert leg["line_id"] == f"{feed.id}:{feed.trips[trip_id]['route_id']}"
        calls, stops = feed.calls[trip_id], leg["stops"]
        assert any(
            self._matches(feed, on, calls[first : first + len(stops)], stops)
            for first in range(len(calls) - len(stops) + 1)
        ), f"{trip_id} does not call so: {[(s['stop_id'], s['arrival']) for s in stops]}"
        assert (stops[0]["stop_id"], stops[-1]["stop_id"]) == (
            leg["from"]["stop_id"],
            leg["to"]["stop_id"],
        )
        assert stops[0]["departure"] == leg["departure"]
        assert stops[-1]["arrival"] == leg["arrival"]

    def _permission(self, leg: Document, end: int, name: str) -> str:
        """What the feed says of getting on or off at an end of a ride, where it says one thing."""
        feed = self.feeds[leg["feed"]]
        calls = feed.calls[leg["trip_id"].removeprefix(feed.id + ":")]
        stop_id = leg["stops"][end]["stop_id"].removeprefix(feed.id + ":")
        said = {call.get(name, "") for call in calls if call["stop_id"] == stop_id}
        return said.pop() if len(said) == 1 else ""

    def _stay(self, before: Document, after: Document) -> None:
        """One vehicle runs both trips: they are neighbours of a block."""
        feed = self.feeds[after["feed"]]
        assert before["feed"] == after["feed"]
        assert before["service_date"] == after["service_date"]
        blocks = {
            feed.trips[leg["trip_id"].removeprefix(feed.id + ":")].get("block_id")
            for leg in (before, after)
        }
        assert len(blocks) == 1
        assert blocks.pop()
        assert _moment(after["departure"]) >= _moment(before["arrival"])
        assert metres(before["to"], after["from"]) <= 250

    @staticmethod
    def _matches(
        feed: FeedTruth, on: date, calls: Sequence[Mapping[str, str]], stops: Sequence[Document]
    ) -> bool:
        """Whether these rows of stop_times are the stops of a leg."""
        last = len(stops) - 1
        for i, (call, stop) in enumerate(zip(calls, stops, strict=True)):
            if f"{feed.id}:{call['stop_id']}" != stop["stop_id"]:
                return False
            if feed.has_frequencies:
                continue
            for name, counts in (("arrival", i > 0), ("departure", i < last)):
                seconds = _seconds(call[f"{name}_time"])
                if not counts or seconds is None:
                    continue
                if feed.instant(on, seconds) != _moment(stop[name]):
                    return False
        return True

    def _change(self, before: Document, after: Document) -> None:
        """Legs follow each other in place and time; changing at one stop takes its time."""
        wait = _moment(after["departure"]) - _moment(before["arrival"])
        assert wait >= timedelta(0)
        assert before["to"] == after["from"]
        if "trip_id" in before and "trip_id" in after:
            assert wait >= timedelta(seconds=self.change_time)


def _sum(amounts: Sequence[Document]) -> Decimal:
    return sum((Decimal(one["amount"]) for one in amounts), Decimal())


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, f"{text} has no offset"
    return moment
