"""Itineraries: legs in order, made of journeys on the day's tables and of ways on the road."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from gtfs.through import Part
from maas.fares import USUAL, Bill, Wish
from routing.layout import NONE
from routing.raptor import Journey
from routing.road import Street

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.day_book import DayBook
    from maas.feeders import Carrier, Feeder, Rental
    from maas.ledger import Ledger
    from maas.live import LiveDay
    from maas.local_clock import LocalClock
    from maas.places import Place
    from maas.planner_view import View
    from maas.region import Region

Ridden = Part  # of a day trip, which a leg rides
PROFILE_OF_MODE = {
    "walk": "foot",
    "taxi": "taxi",
    "drt": "car",
    "bike": "bike",
    "shared_bike": "bike",
    "car": "car",
}


class Spot(NamedTuple):
    """Where a leg begins or ends."""

    name: str
    name_en: str
    lat: float
    lon: float
    stop: int = NONE


@dataclass(slots=True)
class Leg:
    """One mode from one spot to another; times in seconds after the day's base instant.

    Never changed once it is made, as an `Itinerary`.
    """

    mode: str
    origin: Spot
    destination: Spot
    departure: int
    arrival: int
    distance_m: int = 0
    ridden: Ridden | None = None  # scheduled legs
    carrier: "Carrier | None" = None  # taxis and rides on demand
    rental: "Rental | None" = None  # shared bikes and parked cars
    wait: int = 0  # s between the call and the departure
    on_foot: tuple[int, int] = (0, 0)  # s of it to the car and from it, until it is drawn
    price: int | None = None  # minor units for the party; scheduled legs are priced by tickets
    polyline: str | None = None  # None until it is drawn
    streets: tuple[Street, ...] = ()  # of a drawn leg on the road

    def drawn(self, distance_m: int, polyline: str, streets: tuple[Street, ...] = ()) -> "Leg":
        """Return the leg with its distance and its line on the map."""
        return Leg(
            self.mode, self.origin, self.destination, self.departure, self.arrival, distance_m,
            self.ridden, self.carrier, self.rental, self.wait, self.on_foot, self.price,
            polyline, streets,
        )  # fmt: skip

    @property
    def is_seated(self) -> bool:
        """Whether one stays in the vehicle of the leg before."""
        return self.ridden is not None and self.ridden.is_seated

    @property
    def boarding(self) -> int:
        """When the vehicle is boarded, after the walk to it, s."""
        return self.departure + self.on_foot[0]


@dataclass(slots=True)
class Itinerary:
    """Legs from door to door, and what the party pays for them.

    Never changed once it is made; it is not declared frozen because making one would take four
    times as long, and a query makes dozens.
    """

    legs: tuple[Leg, ...]
    bill: Bill
    party: int = 1
    is_flexible: bool = False  # may as well begin at another time
    is_preferred: bool = False  # rides preferred lines only
    tags: tuple[str, ...] = ()
    found: "Found | None" = field(default=None, compare=False)
    offers: tuple[tuple[Wish, Bill], ...] = ()  # what others would pay, or by other means
    # What follows from these, looked at again and again where itineraries are compared.
    departure: int = field(init=False, compare=False)  # s
    arrival: int = field(init=False, compare=False)  # s
    duration: int = field(init=False, compare=False)  # s from door to door
    transfers: int = field(init=False, compare=False)  # changes from one vehicle to another
    walked: int = field(init=False, compare=False)  # s on foot
    uses_carrier: bool = field(init=False, compare=False)  # a vehicle comes for these travellers
    known_cost: int = field(init=False, compare=False)  # known of the price, minor units, all of it
    price: int | None = field(init=False, compare=False)  # None where a part of it is unknown
    on_road: int = field(init=False, compare=False)  # known of what is paid without tickets
    is_road_known: bool = field(init=False, compare=False)  # whether all of that is known

    def __post_init__(self) -> None:
        departure, arrival = (
            (self.legs[0].departure, self.legs[-1].arrival) if self.legs else (0, 0)
        )
        n_boarded = walked = on_road = 0
        uses_carrier, is_known = False, True
        for leg in self.legs:
            if (ridden := leg.ridden) is not None:
                n_boarded += not ridden.is_seated
                continue
            mode = leg.mode
            if mode == "walk":
                walked += leg.arrival - leg.departure
                continue
            n_boarded += 1
            walked += sum(leg.on_foot)
            if leg.carrier is not None:
                uses_carrier = True
            if leg.price is not None:
                on_road += leg.price
            elif leg.carrier is not None or mode == "shared_bike":
                is_known = False
            if mode == "car":
                is_known = False
        bill = self.bill
        cost = on_road + bill.amount * self.party
        self.departure = departure
        self.arrival = arrival
        self.duration = arrival - departure
        self.transfers = n_boarded - 1 if n_boarded else 0
        self.walked = walked
        self.uses_carrier = uses_carrier
        self.known_cost = cost
        self.price = cost if is_known and bill.is_whole else None
        self.on_road = on_road
        self.is_road_known = is_known

    def cost_by(self, bill: Bill) -> int:
        """What is known of the price with the tickets of a bill, in minor units, for the party."""
        return self.known_cost + (bill.amount - self.bill.amount) * self.party

    @property
    def trips(self) -> tuple[int, ...]:
        """Day trips in order."""
        return tuple(leg.ridden.day_trip for leg in self.legs if leg.ridden is not None)


class Way(NamedTuple):
    """A way on the road at a time."""

    departure: int  # s
    duration: int  # s
    distance_m: int
    wait: int = 0  # s between the call and the departure
    on_foot: tuple[int, int] = (0, 0)  # s of it to the car and from it

    @property
    def boarding(self) -> int:
        """When the vehicle is boarded, after the walk to it, s."""
        return self.departure + self.on_foot[0]


@dataclass(frozen=True)
class Asked:
    """What is asked: from where to where, on which day, with how many people."""

    region: "Region"
    date: date  # local date that is asked for
    day: "Day"  # tables, not always of that date
    book: "DayBook"
    origin: "Place"
    destination: "Place"
    party: int
    ledger: "Ledger | None"
    live: "LiveDay"  # what realtime feeds say of the day
    wish: Wish = USUAL  # who pays how

    @property
    def clock(self) -> "LocalClock":
        """Seconds of the day ↔ local time."""
        return self.book.clock


@dataclass(frozen=True, eq=False)
class Lane:
    """Ways at both ends of the journeys of one search."""

    access: "Feeder"
    egress: "Feeder"


class Found(NamedTuple):
    """Where an itinerary comes from."""

    view: "View"
    lane: Lane
    journey: Journey
