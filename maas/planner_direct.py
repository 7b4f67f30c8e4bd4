"""Itineraries without scheduled legs: on foot, by taxi, on demand, by one's own vehicle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from maas.access import Wishes, is_on_duty, is_served
from maas.assembly import Assembler
from maas.feeders import Carrier
from maas.itinerary import PROFILE_OF_MODE, Itinerary, Way
from maas.kerbs import door_walk
from maas.region_fleets import TaxiFleet
from maas.taxi import covers, until_open
from routing.geo import distance_m
from routing.layout import UNREACHED

if TYPE_CHECKING:
    from maas.itinerary import Asked
    from maas.journey_query import JourneyQuery
    from maas.rented import BikeWays
    from maas.road_ways import RoadWays

_BY_CAR = ("car", "taxi", "drt")
_OWN_LIMIT_M = {"bike": 50_000, "car": 1_000_000}


class _Path(NamedTuple):
    """A way all the way."""

    duration: int  # s
    distance_m: int
    on_foot: tuple[int, int] = (0, 0)  # s to the car and from it, beside the duration


@dataclass(frozen=True)
class DirectWays:
    """Ways from the origin to the destination that need no line."""

    asked: "Asked"
    query: "JourneyQuery"
    ways: "RoadWays"
    max_walk_m: int
    at: int  # s
    wishes: Wishes = field(default_factory=Wishes)
    bikes: "Sequence[BikeWays]" = ()  # shares that may be used

    @cached_property
    def beeline_m(self) -> float:
        """Distance as the crow flies."""
        origin, destination = self.asked.origin, self.asked.destination
        return distance_m(origin.lat, origin.lon, destination.lat, destination.lon)

    @cached_property
    def walk(self) -> _Path | None:
        """The walk all the way, if it is at most twice as long as one to a stop may be."""
        return self._path("walk", 2 * self.max_walk_m)

    @property
    def walk_duration(self) -> int:
        """Seconds of the walk all the way."""
        return UNREACHED if self.walk is None else self.walk.duration

    def _path(self, mode: str, limit_m: int) -> _Path | None:
        if self.beeline_m > limit_m:
            return None
        origin, destination = self.asked.origin, self.asked.destination
        ends = (origin.lon, origin.lat), (destination.lon, destination.lat)
        profile = self.wishes.on_foot if mode == "walk" else PROFILE_OF_MODE[mode]
        way = self.ways.way(profile, *ends)
        if way.duration is None or way.distance_m > limit_m:
            return None
        duration = self.wishes.slowed(profile, way.duration)
        if mode not in _BY_CAR:
            return _Path(duration, way.distance_m)
        begin_m, end_m = way.off_road_m
        before = door_walk(begin_m, self.wishes, self.max_walk_m)
        after = door_walk(end_m, self.wishes, self.max_walk_m)
        if before is None or after is None:
            return None
        return _Path(duration, way.distance_m, (before, after))

    def itineraries(self, assembler: Assembler) -> Iterator[Itinerary]:
        """All direct ways that the query allows."""
        if self.query.allows("walk") and self.walk is not None:
            yield assembler.direct("walk", None, self._way(self.walk))
        if self.query.allows("taxi"):
            yield from self._taxis(assembler)
        if self.query.allows("drt"):
            yield from self._demand(assembler)
        yield from self._by_shared_bike(assembler)
        for mode, limit_m in _OWN_LIMIT_M.items():
            if self.query.allows(mode) and (path := self._path(mode, limit_m)) is not None:
                yield assembler.direct(mode, None, self._way(path))

    def _by_shared_bike(self, assembler: Assembler) -> Iterator[Itinerary]:
        """Ways by shared bike all the way."""
        for share in self.bikes:
            chain = share.direct(self.asked.origin, self.asked.destination)
            if chain is not None:
                duration = sum(hop.ride for hop in chain)
                departure = self.at - duration if self.query.arrive_by else self.at
                one = assembler.chained(chain, departure)
                if all(is_served(self.asked, leg) for leg in one.legs):
                    yield one

    def _way(self, path: _Path, wait: int = 0, detour: float = 1.0, offset: int = 0) -> Way:
        """A way that begins, or ends, at the asked time."""
        duration = ceil(path.duration * detour) + offset + sum(path.on_foot)
        wait = max(0, wait - path.on_foot[0])  # one walks to the road while it comes
        departure = self.at - duration if self.query.arrive_by else self.at + wait
        return Way(departure, duration, path.distance_m, wait, path.on_foot)

    def _taxis(self, assembler: Assembler) -> Iterator[Itinerary]:
        origin, file = self.asked.origin, self.asked.region.file
        near = self.asked.region.taxi_bases.near(origin.lat, origin.lon)
        fleets = [file.taxis[i] for i in self.wishes.among(near, file.taxis)]
        path = self._path("taxi", file.taxi_direct_limit_m) if fleets else None
        if path is None:
            return
        for way, (_, fleet) in self._cheapest(fleets, path, assembler).items():
            yield assembler.direct("taxi", fleet, way)

    def _cheapest(
        self, fleets: Sequence[TaxiFleet], path: _Path, assembler: Assembler
    ) -> dict[Way, tuple[int, TaxiFleet]]:
        """Of the fleets on duty that come as soon, the first of those that charge least."""
        best: dict[Way, tuple[int, TaxiFleet]] = {}
        ways = {wait: self._way(path, wait) for wait in {fleet.pickup_wait for fleet in fleets}}
        for fleet in fleets:
            way = ways[fleet.pickup_wait]
            if self._on_duty(fleet, way):
                price = assembler.taxi_price(fleet, way.distance_m, way.boarding)
                if way not in best or price < best[way][0]:
                    best.pop(way, None)  # so that they stay in the order of the fleets
                    best[way] = price, fleet
        return best

    def _demand(self, assembler: Assembler) -> Iterator[Itinerary]:
        region, start, goal = self.asked.region, self.asked.origin, self.asked.destination
        some, near = region.file.demand_zones, region.zone_map.near(start.lat, start.lon)
        zones = [
            some[i]
            for i in self.wishes.among(near, some)
            if covers(some[i].picks_up, start.lat, start.lon)
            and covers(some[i].sets_down, goal.lat, goal.lon)
        ]
        path = self._path("drt", UNREACHED) if zones else None
        if path is None:
            return
        for zone in zones:
            way = self._way(path, zone.wait, zone.detour, zone.offset)
            if not self._on_duty(zone, way) and not self.query.arrive_by:
                moment = self.asked.clock.moment(way.boarding)
                way = way._replace(departure=way.departure + until_open(zone, moment))
            if self._on_duty(zone, way):
                yield assembler.direct("drt", zone, way)

    def _on_duty(self, carrier: Carrier, way: Way) -> bool:
        return is_on_duty(self.asked.region, carrier, self.asked.clock, way.boarding)
