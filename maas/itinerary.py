"""Itineraries: legs in order, made of journeys on the day's tables and of ways on the road."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gtfs.fares import Ride as PricedRide
from gtfs.timetable import MODES
from maas.access import Carrier, Feeder
from maas.fares import Bill, LineFares, Ticket
from maas.leg_shapes import LegShapes, TripLine
from maas.local_clock import LocalClock
from maas.region_file import TaxiFleet
from maas.taxi import meter_fare
from routing.beeline import beeline_m
from routing.layout import NONE, Float64Array
from routing.raptor import Journey

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.day_view import DayView
    from maas.ledger import Ledger
    from maas.live import LiveDay
    from maas.places import Place
    from maas.region import Region
    from routing.road import RoadNetwork

PROFILE_OF_MODE = {"walk": "foot", "taxi": "taxi", "drt": "car", "bike": "bike", "car": "car"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a leg begins or ends."""

    name: str
    name_en: str
    lat: float
    lon: float
    stop: int = NONE


@dataclass(frozen=True, slots=True)
class Ridden:
    """The part of a day trip that a leg rides."""

    day_trip: int
    board: int  # position within the day trip
    alight: int
    is_seated: bool = False  # the vehicle of the leg before goes on as this trip


@dataclass(frozen=True, slots=True)
class Leg:
    """One mode from one spot to another; times in seconds after the day's base instant."""

    mode: str
    origin: Spot
    destination: Spot
    departure: int
    arrival: int
    distance_m: int = 0
    ridden: Ridden | None = None  # scheduled legs
    carrier: Carrier | None = None  # taxis and rides on demand
    wait: int = 0  # s between the call and the departure
    price: int | None = None  # minor units for the party; scheduled legs are priced by tickets
    geometry: tuple[Float64Array, Float64Array] | None = None  # longitudes, latitudes

    @property
    def is_seated(self) -> bool:
        """Whether one stays in the vehicle of the leg before."""
        return self.ridden is not None and self.ridden.is_seated


@dataclass(frozen=True)
class Itinerary:
    """Legs from door to door, and what the party pays for them."""

    legs: tuple[Leg, ...]
    bill: Bill
    party: int = 1
    is_flexible: bool = False  # may as well begin at another time
    found: "Found | None" = field(default=None, compare=False)

    @property
    def departure(self) -> int:
        """Time of leaving, s."""
        return self.legs[0].departure

    @property
    def arrival(self) -> int:
        """Time of arrival, s."""
        return self.legs[-1].arrival

    @property
    def duration(self) -> int:
        """Seconds from door to door."""
        return self.arrival - self.departure

    @cached_property
    def transfers(self) -> int:
        """Changes from one vehicle to another."""
        boarded = (leg.mode != "walk" and not leg.is_seated for leg in self.legs)
        return max(0, sum(boarded) - 1)

    @cached_property
    def known_cost(self) -> int:
        """What is known of the price, in minor units, for the party."""
        road = sum(leg.price or 0 for leg in self.legs)
        return road + self.bill.amount * self.party

    @property
    def price(self) -> int | None:
        """Price for the party in minor units; None where a part of it is unknown."""
        unknown = any(
            leg.mode == "car" or (leg.carrier is not None and leg.price is None)
            for leg in self.legs
        )
        return self.known_cost if self.bill.is_whole and not unknown else None

    @cached_property
    def uses_carrier(self) -> bool:
        """Whether a vehicle comes for these travellers."""
        return any(leg.carrier is not None for leg in self.legs)

    @property
    def trips(self) -> tuple[int, ...]:
        """Day trips in order."""
        return tuple(leg.ridden.day_trip for leg in self.legs if leg.ridden is not None)

    @property
    def tickets(self) -> tuple[tuple[tuple[int, ...], Ticket], ...]:
        """Tickets with the numbers of their legs."""
        scheduled = [number for number, leg in enumerate(self.legs) if leg.ridden is not None]
        return tuple(
            (tuple(scheduled[ride] for ride in ticket.rides), ticket)
            for ticket in self.bill.tickets
        )


class Way(NamedTuple):
    """A way on the road at a time."""

    departure: int  # s
    duration: int  # s
    distance_m: int
    wait: int = 0  # s between the call and the departure


@dataclass(frozen=True)
class Asked:
    """What is asked: from where to where, on which day, with how many people."""

    region: "Region"
    day: "Day"
    clock: LocalClock
    origin: "Place"
    destination: "Place"
    party: int
    ledger: "Ledger | None"
    live: "LiveDay | None" = None  # what realtime feeds say of the day


@dataclass(frozen=True)
class Lane:
    """Ways at both ends of the journeys of one search."""

    access: Feeder
    egress: Feeder


class Found(NamedTuple):
    """Where an itinerary comes from."""

    view: "DayView"
    lane: Lane
    journey: Journey


class Assembler:
    """Makes itineraries of what searches found, for one query."""

    def __init__(self, asked: "Asked", fares: LineFares, shapes: LegShapes) -> None:
        self._timetable = asked.day.timetable
        self._day = asked.day
        self._clock = asked.clock
        self._party = asked.party
        self.origin = spot_of_place(asked.region, asked.origin)
        self.destination = spot_of_place(asked.region, asked.destination)
        self._fares = fares
        self._shapes = shapes
        self._spots: dict[int, Spot] = {}

    def itinerary(self, view: "DayView", lane: Lane, journey: Journey) -> Itinerary:
        """Make an itinerary of a journey; walks between stops have no distance yet."""
        legs: list[Leg] = []
        for part in (part for ride in journey.rides for part in view.parts(*ride)):
            leg = self._scheduled(Ridden(*part))
            if legs and legs[-1].destination.stop != leg.origin.stop and not leg.is_seated:
                legs.append(self._change(legs[-1], leg))
            legs.append(leg)
        before = self._first(lane.access, journey.access, legs[0])
        after = self._last(lane.egress, journey.egress, legs[-1])
        legs = [*before, *legs, *after]
        found = Found(view, lane, journey)
        return Itinerary(tuple(legs), self._bill(legs), self._party, found=found)

    def direct(self, mode: str, carrier: Carrier | None, way: "Way") -> Itinerary:
        """Make an itinerary of one leg on the road."""
        leg = Leg(
            mode,
            self.origin,
            self.destination,
            way.departure,
            way.departure + way.duration,
            way.distance_m,
            carrier=carrier,
            wait=way.wait,
            price=self._carrier_price(carrier, way.distance_m, way.departure),
        )
        return Itinerary((leg,), Bill((), is_whole=True), self._party, is_flexible=True)

    def _scheduled(self, ridden: Ridden) -> Leg:
        day, lines = self._day, self._timetable.lines
        stops = day.stops(ridden.day_trip)
        arrival, departure = day.times(ridden.day_trip)
        line = int(self._timetable.trips.line[day.trip[ridden.day_trip]])
        return Leg(
            MODES[int(lines.mode[line])],
            self.spot(int(stops[ridden.board])),
            self.spot(int(stops[ridden.alight])),
            int(departure[ridden.board]),
            int(arrival[ridden.alight]),
            ridden=ridden,
        )

    def spot(self, stop: int) -> Spot:
        """Return the spot of a stop."""
        if stop not in self._spots:
            stops = self._timetable.stops
            lat, lon = float(stops.lat[stop]), float(stops.lon[stop])
            self._spots[stop] = Spot(stops.name[stop], stops.name_en[stop], lat, lon, stop)
        return self._spots[stop]

    def _change(self, before: Leg, after: Leg) -> Leg:
        """Walk between two rides."""
        walks = self._day.tables.footpaths
        stop = before.destination.stop
        rows = slice(int(walks.first_of_stop[stop]), int(walks.first_of_stop[stop + 1]))
        leads = walks.head[rows] == after.origin.stop
        most = after.departure - before.arrival  # a kept connection needs no known walk
        duration = min(most, int(walks.duration[rows][leads].min(initial=most)))
        return Leg(
            "walk", before.destination, after.origin, before.arrival, before.arrival + duration
        )

    def _first(self, feeder: Feeder, row: int, ride: Leg) -> tuple[Leg, ...]:
        """Way from the origin, in time for the first ride."""
        departure = ride.departure - int(feeder.ways.ride[row])
        return self._feeding(feeder, row, (self.origin, ride.origin), departure)

    def _last(self, feeder: Feeder, row: int, ride: Leg) -> tuple[Leg, ...]:
        """Way to the destination, after the last ride."""
        departure = ride.arrival + int(feeder.ways.wait[row])
        return self._feeding(feeder, row, (ride.destination, self.destination), departure)

    def _feeding(
        self, feeder: Feeder, row: int, ends: tuple[Spot, Spot], departure: int
    ) -> tuple[Leg, ...]:
        ways = feeder.ways
        ride, distance_m = int(ways.ride[row]), int(ways.distance_m[row])
        if feeder.mode == "walk" and ride == 0:
            return ()
        number = int(ways.carrier[row])
        carrier = None if number == NONE else feeder.carriers[number]
        leg = Leg(
            feeder.mode,
            *ends,
            departure,
            departure + ride,
            distance_m,
            carrier=carrier,
            wait=int(ways.wait[row]),
            price=self._carrier_price(carrier, distance_m, departure),
        )
        return (leg,)

    def _carrier_price(self, carrier: Carrier | None, distance_m: int, boarding: int) -> int | None:
        """Price for the party of a ride on the road; None where nobody charges."""
        if carrier is None:
            return None
        if isinstance(carrier, TaxiFleet):
            n_cars = -(-self._party // carrier.seats)
            return n_cars * meter_fare(carrier.meter, distance_m, self._clock.of_day(boarding))
        return None if carrier.fare is None else carrier.fare * self._party

    def _bill(self, legs: list[Leg]) -> Bill:
        """Tickets of the scheduled legs."""
        scheduled = [leg for leg in legs if leg.ridden is not None]
        rides = [self._priced(leg) for leg in scheduled]
        return self._fares.bill(rides, lambda ride: self.distance_m(scheduled[ride]))

    def _priced(self, leg: Leg) -> PricedRide:
        assert leg.ridden is not None
        ridden = leg.ridden
        line = int(self._timetable.trips.line[self._day.trip[ridden.day_trip]])
        between = self._day.stops(ridden.day_trip)[ridden.board + 1 : ridden.alight].tolist()
        ends = leg.origin.stop, leg.destination.stop
        return PricedRide(line, *ends, leg.departure, tuple(between))

    def line(self, day_trip: int) -> TripLine:
        """Return the line on the map that a day trip follows."""
        shape = int(self._timetable.trips.shape[self._day.trip[day_trip]])
        return self._shapes.line(shape, self._day.stops(day_trip))

    def distance_m(self, leg: Leg) -> int:
        """Distance of a scheduled leg along its line."""
        assert leg.ridden is not None
        return self.line(leg.ridden.day_trip).distance_m(leg.ridden.board, leg.ridden.alight)


def spot_of_place(region: "Region", place: "Place") -> Spot:
    """Return the spot of an asked place."""
    stop = NONE if place.stop_id is None else region.stop_of_id[place.stop_id]
    return Spot(place.name, place.name_en, place.lat, place.lon, stop)


def drawn(itinerary: Itinerary, assembler: Assembler, roads: "RoadNetwork") -> Itinerary:
    """Give every leg its geometry, and walks between stops and scheduled legs their distance."""
    legs = tuple(_drawn(leg, assembler, roads) for leg in itinerary.legs)
    return replace(itinerary, legs=legs)


def _drawn(leg: Leg, assembler: Assembler, roads: "RoadNetwork") -> Leg:
    if leg.ridden is not None:
        line = assembler.line(leg.ridden.day_trip)
        return replace(
            leg,
            distance_m=assembler.distance_m(leg),
            geometry=line.cut(leg.ridden.board, leg.ridden.alight),
        )
    profile = PROFILE_OF_MODE[leg.mode]
    ends = (leg.origin.lon, leg.origin.lat), (leg.destination.lon, leg.destination.lat)
    way = roads.path(*ends, profile) if profile in roads.profiles else None
    if way is None:
        lons, lats = (np.array(values) for values in zip(*ends, strict=True))
        straight = float(beeline_m(lons[:1], lats[:1], lons[1:], lats[1:])[0])
        return replace(leg, distance_m=leg.distance_m or round(straight), geometry=(lons, lats))
    return replace(leg, distance_m=leg.distance_m or way.distance_m, geometry=(way.lon, way.lat))
