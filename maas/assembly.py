"""Makes itineraries of what searches found, and draws those that are shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from maas.day_book import walk_between
from maas.fares import NO_TICKETS
from maas.feeders import Carrier, Feeder, Hop
from maas.itinerary import PROFILE_OF_MODE, Asked, Found, Itinerary, Lane, Leg, Ridden, Spot, Way
from maas.region_fleets import TaxiFleet
from maas.taxi import meter_fare
from routing.geo import distance_m
from routing.layout import NONE
from routing.polyline import encode

if TYPE_CHECKING:
    from maas.day_book import DayBook
    from maas.places import Place
    from maas.planner_view import View
    from maas.region import Region
    from maas.road_ways import Asked as AskedWay
    from maas.road_ways import RoadWay
    from routing.raptor import Journey


# Where a car takes somebody up and sets somebody down who walks there.
_KERBS = (("乗車地点", "pick-up point"), ("降車地点", "set-down point"))


class Assembler:
    """Makes itineraries for one query."""

    def __init__(
        self, asked: Asked, walk_percent: int = 100, *, needs_wheelchair: bool = False
    ) -> None:
        self._party = asked.party
        self._wish = asked.wish
        self._walk_percent = walk_percent
        self._needs_wheelchair = needs_wheelchair
        self.book = asked.book
        self._made: set[tuple[Lane, tuple[Ridden, ...], int, int]] = set()
        self.origin = spot_of_place(asked.region, asked.origin)
        self.destination = spot_of_place(asked.region, asked.destination)

    def itinerary(self, view: "View", lane: Lane, journey: "Journey") -> Itinerary:
        """Make an itinerary of a journey; walks between stops have no distance yet."""
        rides = self.rides(view, journey)
        first = last = self.book.legs[rides[0]]
        legs = [first]
        for ridden in rides[1:]:
            leg = self.book.legs[ridden]
            if last.destination.stop != leg.origin.stop and not ridden.is_seated:
                legs.append(self._change(last, leg, view))
            legs.append(leg)
            last = leg
        before = self._first(lane.access, journey.access, first)
        after = self._last(lane.egress, journey.egress, last)
        found = Found(view, lane, journey)
        self._made.add((lane, rides, journey.access, journey.egress))
        bill = self.book.bills[rides, self._wish]
        return Itinerary((*before, *legs, *after), bill, self._party, found=found)

    def rides(self, view: "View", journey: "Journey") -> tuple[Ridden, ...]:
        """Return what a journey rides of the day's own trips."""
        return tuple(view.parts(journey.rides))

    def has_made(self, rides: tuple[Ridden, ...], lane: Lane, journey: "Journey") -> bool:
        """Whether an itinerary of just these rides was made before, maybe on another view."""
        return (lane, rides, journey.access, journey.egress) in self._made

    def fare(self, rides: tuple[Ridden, ...]) -> int:
        """Return what is known of the price of the tickets for rides, for the party."""
        return self.book.bills[rides, self._wish].amount * self._party

    def staying(self, ridden: Ridden, egress: Feeder, row: int) -> Itinerary:
        """Make an itinerary of one ride and the way from where it is left."""
        leg = self.book.legs[ridden]
        legs = (leg, *self._last(egress, row, leg))
        return Itinerary(legs, self.book.bills[(ridden,), self._wish], self._party)

    def direct(self, mode: str, carrier: Carrier | None, way: Way) -> Itinerary:
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
            on_foot=way.on_foot,
            price=self.carrier_price(carrier, way.distance_m, way.boarding),
        )
        return Itinerary((leg,), NO_TICKETS, self._party, is_flexible=True)

    def chained(self, chain: Sequence[Hop], departure: int) -> Itinerary:
        """Make an itinerary of a way in several parts, without any line."""
        legs = tuple(self._hops(chain, (self.origin, self.destination), departure))
        return Itinerary(legs, NO_TICKETS, self._party, is_flexible=True)

    def _change(self, before: Leg, after: Leg, view: "View") -> Leg:
        """Walk between two rides."""
        most = after.departure - before.arrival  # a kept connection needs no known walk
        stops = before.destination.stop, after.origin.stop
        if self._needs_wheelchair:
            duration = walk_between(view.tables.footpaths, *stops)  # slowed already
        else:
            duration = self.book.walks[stops]
            duration = duration if duration == NONE else self._slowed(duration)
        duration = most if duration == NONE else min(most, duration)
        end = before.arrival + duration
        return Leg("walk", before.destination, after.origin, before.arrival, end)

    def _slowed(self, seconds: int) -> int:
        """Seconds of a walk at the traveller's pace."""
        return -(-seconds * self._walk_percent // 100)

    def _first(self, feeder: Feeder, row: int, ride: Leg) -> tuple[Leg, ...]:
        """Way from the origin, in time for the first ride."""
        departure = ride.departure - feeder.change - feeder.ways.ride.item(row)
        return self._feeding(feeder, row, (self.origin, ride.origin), departure)

    def _last(self, feeder: Feeder, row: int, ride: Leg) -> tuple[Leg, ...]:
        """Way to the destination, after the last ride."""
        departure = ride.arrival + feeder.ways.wait.item(row)
        return self._feeding(feeder, row, (ride.destination, self.destination), departure)

    def _feeding(
        self, feeder: Feeder, row: int, ends: tuple[Spot, Spot], departure: int
    ) -> tuple[Leg, ...]:
        ways = feeder.ways
        ride = ways.ride.item(row)
        if ride == 0 and feeder.mode == "walk":
            return ()
        if feeder.chains and (chain := feeder.chains.get(ways.stop.item(row))):
            return tuple(self._hops(chain, ends, departure))
        origin, destination = ends
        arrival, distance_m, wait = departure + ride, ways.distance_m.item(row), ways.wait.item(row)
        if not feeder.carriers and feeder.kerbs is None:
            return (
                Leg(feeder.mode, origin, destination, departure, arrival, distance_m, wait=wait),
            )
        carrier, on_foot = feeder.carrier(row), feeder.on_foot(row)
        leg = Leg(
            feeder.mode,
            origin,
            destination,
            departure,
            arrival,
            distance_m,
            carrier=carrier,
            wait=wait,
            on_foot=on_foot,
            price=self.carrier_price(carrier, distance_m, departure + on_foot[0]),
        )
        return (leg,)

    def _hops(self, chain: Iterable[Hop], ends: tuple[Spot, Spot], departure: int) -> Iterator[Leg]:
        """Legs of a way that has several parts."""
        for hop in chain:
            if hop.ridden is not None:
                yield self.book.legs[hop.ridden]
                continue
            if hop.ride == 0 and hop.mode == "walk":
                continue
            origin, destination = hop.origin or ends[0], hop.destination or ends[1]
            arrival = departure + hop.ride
            yield Leg(
                hop.mode,
                origin,
                destination,
                departure,
                arrival,
                hop.distance_m,
                price=hop.price,
                rental=hop.rental,
                on_foot=hop.on_foot,
            )
            departure = arrival

    def carrier_price(self, carrier: Carrier | None, distance_m: int, boarding: int) -> int | None:
        """Price for the party of a ride on the road; None where nobody charges."""
        if carrier is None:
            return None
        if isinstance(carrier, TaxiFleet):
            return self.taxi_price(carrier, distance_m, boarding)
        return None if carrier.fare is None else carrier.fare * self._party

    def taxi_price(self, fleet: TaxiFleet, distance_m: int, boarding: int) -> int:
        """Price for the party of a ride by taxi."""
        n_cars = -(-self._party // fleet.seats)
        return n_cars * meter_fare(fleet.meter, distance_m, self.book.clock.of_day(boarding))


def spot_of_place(region: "Region", place: "Place") -> Spot:
    """Return the spot of an asked place."""
    stop = NONE if place.stop_id is None else region.stop_of_id[place.stop_id]
    return Spot(place.name, place.name_en, place.lat, place.lon, stop)


def drawn(
    itinerary: Itinerary,
    tags: tuple[str, ...],
    book: "DayBook",
    ways: "Iterator[RoadWay]",
) -> Itinerary:
    """Give an itinerary its tags and all offers, every leg its line on the map and its distance.

    `ways` are those of the legs on the road, as `road_ways` asks for them.
    """
    legs: list[Leg] = []
    rides: list[Ridden] = []
    for leg in itinerary.legs:
        if leg.ridden is None:
            legs += _drawn(leg, next(ways))
        else:
            legs.append(book.drawn[leg.ridden])
            rides.append(leg.ridden)
    return Itinerary(
        tuple(legs),
        itinerary.bill,
        itinerary.party,
        itinerary.is_flexible,
        itinerary.is_preferred,
        tags,
        itinerary.found,
        book.offers[tuple(rides)],
    )


def road_ways(itineraries: Iterable[Itinerary], on_foot: str) -> "Iterator[AskedWay]":
    """Ways on the road that drawing itineraries takes; `on_foot` is the profile of walks."""
    for itinerary in itineraries:
        for leg in itinerary.legs:
            if leg.ridden is None:
                yield _asked(leg, on_foot)


def _asked(leg: Leg, on_foot: str) -> "AskedWay":
    """Profile and both ends of a leg on the road."""
    profile = on_foot if leg.mode == "walk" else PROFILE_OF_MODE[leg.mode]
    origin, destination = leg.origin, leg.destination
    return profile, (origin.lon, origin.lat), (destination.lon, destination.lat)


def _drawn(leg: Leg, way: "RoadWay") -> tuple[Leg, ...]:
    """Return a leg with its way on the map, and the walks to and from the car where it has some."""
    whole = leg.drawn(leg.distance_m or way.distance_m, way.polyline, way.streets)
    return parted(whole, way.ends)


def parted(leg: Leg, kerbs: "Sequence[tuple[float, float]] | None" = None) -> tuple[Leg, ...]:
    """Part a leg into the walk to the car, the drive and the walk from the car.

    Parameters
    ----------
    kerbs
        Where the drive begins and ends, (lon, lat); None where only times are of interest.
    """
    before, after = leg.on_foot
    if not (before or after):
        return (leg,)
    places = leg.origin, leg.destination
    at = kerbs or [(place.lon, place.lat) for place in places]
    ends = [
        Spot(*names, lat, lon) if walk else place
        for place, names, walk, (lon, lat) in zip(places, _KERBS, leg.on_foot, at, strict=True)
    ]
    begin, finish = leg.departure + before, leg.arrival - after
    drive = replace(
        leg, origin=ends[0], destination=ends[1], departure=begin, arrival=finish,
        wait=leg.wait + before, on_foot=(0, 0),
    )  # fmt: skip
    parts = [drive]
    if before:
        parts.insert(0, _walk(leg.origin, ends[0], leg.departure, begin))
    if after:
        parts.append(_walk(ends[1], leg.destination, finish, leg.arrival))
    return tuple(parts)


def _walk(origin: Spot, destination: Spot, departure: int, arrival: int) -> Leg:
    """A walk straight on between a place and a road."""
    lon, lat = (
        np.array(one) for one in zip(*((s.lon, s.lat) for s in (origin, destination)), strict=True)
    )
    metres = distance_m(origin.lat, origin.lon, destination.lat, destination.lon)
    line = encode(lon, lat)
    return Leg("walk", origin, destination, departure, arrival, round(metres), polyline=line)
