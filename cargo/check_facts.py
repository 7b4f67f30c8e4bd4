"""What the checker knows of a region, and how it reports."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from cargo.model import Point, Visit
from cargo.rules import BOARDING, DOOR_SERVICE
from cargo.shipment import Returns, Shipment

DAY_END = 30 * 3600  # s; a plan of a date is over by then

TripKey = tuple[str, str, int]  # trip id, service date (ISO), start time
Place = tuple[float, float]  # lat, lon
Amounts = tuple[int, int, int]  # kg, litres, pieces


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong, with the rule's name and where."""

    rule: str
    message: str


@dataclass(frozen=True)
class TripFacts:
    """One run of a trip: stops, times and the rules that cover it."""

    line_id: str
    line_name: str
    mode: str
    stop_ids: tuple[str, ...]
    arrival: tuple[int, ...]  # s after the base instant of the plan's date
    departure: tuple[int, ...]
    lat: tuple[float, ...]
    lon: tuple[float, ...]
    rules: frozenset[str]  # that take parcels on this run


@dataclass(frozen=True)
class RuleFacts:
    """A cargo rule."""

    stops: frozenset[str] | None  # None = every hub
    room: Amounts
    temperatures: tuple[str, ...]
    departs: tuple[int, int]
    handling: int
    price_per_piece: float
    permit: bool
    refuses: tuple[str, ...] = ()
    largest_box: tuple[int, ...] | None = None
    attended: bool = False
    licensed: frozenset[str] | None = None  # stops within its licence; None = all
    max_value: float | None = None  # that one shipment may be worth


@dataclass(frozen=True)
class HubFacts:
    """A hub and the stops that it serves."""

    place: Place
    stops: frozenset[str]
    opens: int
    closes: int
    handling: int
    storage_pieces: int
    staff: tuple[int, int] | None = None  # when lines are served; None: while it is open


@dataclass(frozen=True)
class FleetFacts:
    """A fleet."""

    kind: str
    profile: str  # of roads
    base: Place  # centre of its radius
    start: Place  # of its rounds
    end: Place
    vehicles: int  # that may carry parcels
    opens: int
    closes: int
    room: Amounts
    temperatures: tuple[str, ...]
    radius_m: float | None
    per_km: float
    per_hour: float
    fixed: float
    co2_g_per_km: float
    refuses: tuple[str, ...] = ()
    largest_box: tuple[int, ...] | None = None
    skills: frozenset[str] = frozenset()
    seats: int = 0
    wheelchairs: int = 0  # places
    breaks: tuple[tuple[int, int, int], ...] = ()  # of each driver: window and length, s
    spans: tuple[tuple[int, int], ...] | None = None  # s within the shift; None: all of it
    max_value: float | None = None
    picks_up: Callable[[Place], bool] = lambda _: True  # where it may take on
    sets_down: Callable[[Place], bool] = lambda _: True


@dataclass(frozen=True)
class Facts:
    """Everything that a plan is checked against."""

    base_epoch: int
    timezone: str
    currency: str
    is_synthetic: bool
    ledger_version: int  # of `used`
    hubs: dict[str, HubFacts]
    rules: dict[str, RuleFacts]
    fleets: dict[str, FleetFacts]
    trip: Callable[[TripKey], TripFacts | None]
    used: Callable[[TripKey, int], Amounts]  # on the segment that leaves a position
    drive: Callable[[str, Sequence[Place]], tuple[list[list[int]], list[list[int]]]]  # by profile
    apart: frozenset[frozenset[str]] = frozenset()  # pairs of goods never together
    seat_room: Callable[[TripKey, str, int], Amounts | None] = lambda *_: None  # of free seats
    class_hours: dict[str, float] = field(default_factory=dict)  # that a temperature class lasts
    booked: Callable[[TripKey, int], frozenset[str]] = lambda *_: frozenset()  # classes of goods

    def seconds(self, text: str) -> int:
        """Seconds after the base instant; a time without a zone is in the region's."""
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(self.timezone))
        return int(moment.timestamp()) - self.base_epoch

    def clock(self, text: str | None, default: int) -> int:
        """Seconds of a time of a request: HH:MM, or RFC 3339."""
        if text is None:
            return default
        if ":" not in text[:3]:
            return self.seconds(text)
        parts = [int(part) for part in text.split(":")]
        return parts[0] * 3600 + parts[1] * 60 + sum(parts[2:])


def is_too_large(box: tuple[float, ...] | None, largest: tuple[int, ...] | None) -> bool:
    """Whether some edge is longer than the bay's, the longest beside the longest."""
    if box is None or largest is None:
        return False
    pairs = zip(sorted(box, reverse=True), sorted(largest, reverse=True), strict=True)
    return any(edge > most for edge, most in pairs)


def amounts(shipment: Shipment | Returns) -> Amounts:
    """Whole units that a shipment takes."""
    return math.ceil(shipment.kg), math.ceil(shipment.litres), shipment.pieces


def standing(visit: Visit, facts: Facts) -> int:
    """Seconds that a vehicle stands at a place to do what it does there."""
    if visit.board or visit.alight:
        return BOARDING
    return DOOR_SERVICE if visit.at.hub is None else facts.hubs[visit.at.hub].handling


def place_of(point: Point) -> Place:
    """Coordinates of a point."""
    return point.lat, point.lon


def away_m(one: Place, other: Place) -> float:
    """Great-circle distance by the spherical law of cosines in its haversine form, m."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*one, *other))
    inner = math.sin((lat_a - lat_b) / 2) ** 2
    inner += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_a - lon_b) / 2) ** 2
    return 12_742_017.6 * math.asin(math.sqrt(min(1.0, inner)))


def length_of(trip: TripFacts, one: int, other: int) -> float:
    """Metres along straight lines from stop to stop, between two positions."""
    places = list(zip(trip.lat, trip.lon, strict=True))[one : other + 1]
    return sum(away_m(*pair) for pair in pairwise(places))
