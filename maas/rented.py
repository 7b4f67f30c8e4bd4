"""Ways with a vehicle that is taken or left on the way: shared bikes, cars that are parked.

On foot to a bike, by bike to a dock (a lone bike is left anywhere), on foot to the stop; at the end
of a journey the same from the stop on. A car is driven to a car park, the rest is on foot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.access import Wishes
from maas.bike_shares import COUNTS_FOR
from maas.feeders import Feeder, Hop, Rental, Ways
from maas.gbfs import Spot as BikeSpot
from maas.itinerary import Spot
from maas.kerbs import door_walk
from routing.geo import beeline_m
from routing.layout import NONE, UNREACHED, BoolArray, Float64Array, Int32Array

if TYPE_CHECKING:
    from maas.bike_shares import LiveShare
    from maas.gbfs import Snapshot
    from maas.places import Place
    from maas.region import Region
    from maas.road_ways import RoadWays
    from maas.spots import SpotGround
    from routing.road import RoadNetwork

_NEAREST = 3  # stations at a door that are tried
_SLOWEST = {"foot": 3.0 / 3.6, "bike": 8.0 / 3.6, "car": 20.0 / 3.6}  # m/s; bounds searches
_DRIVE_M = 60_000

Chain = tuple[Hop, ...]


class _Near(NamedTuple):
    """A place near the door where a bike is taken or left; NONE is the door itself."""

    spot: int
    walk: int  # s
    walk_m: int


@dataclass(frozen=True)
class BikeWays:
    """Ways by the bikes of one share, at one time."""

    region: "Region"
    roads: "RoadNetwork"
    live: "LiveShare"
    moment: float  # Unix time of the ride
    max_walk_m: int
    party: int
    wishes: Wishes
    is_live: bool  # whether counts of bikes and docks may be used

    @cached_property
    def _ground(self) -> "SpotGround":
        return self.region.spots.ground(self._snapshot.at, self.roads)

    @cached_property
    def _snapshot(self) -> "Snapshot":
        """What one query sees from its beginning to its end, whatever the feed says meanwhile."""
        return self.live.current()

    def _is_far(self, place: "Place", *, is_origin: bool) -> bool:
        """Whether no bike can have to do with the ways at a place, as the crow flies."""
        if not self._snapshot.spots:
            return True
        to_the_door = not is_origin and not self._snapshot.is_station.all()
        limit = max(self.max_walk_m, to_the_door * self.live.share.limit_m)
        lat, lon = _point(place)
        return bool(beeline_m(self._ground.lon, self._ground.lat, lon, lat).min() > limit)

    def feeder(self, place: "Place", *, is_origin: bool) -> Feeder | None:
        """Return the ways between a place and stops; the soonest to each stop."""
        if self._is_far(place, is_origin=is_origin):
            return None
        snapshot, ground = self._snapshot, self._ground
        take, leave = self._usable
        near_ones, far_ones = (take, leave) if is_origin else (leave, take)
        best: dict[int, tuple[int, int, Chain]] = {}
        for near in self._near(ground, place, near_ones, reverse=not is_origin):
            door = self._at(ground, place, near)
            limit = self._limit("bike", self.live.share.limit_m)
            seconds, metres = ground.ways(*door, "bike", limit, reverse=not is_origin)
            good = far_ones & (seconds < UNREACHED) & (metres <= self.live.share.limit_m)
            good &= self._pairs(snapshot, near, metres, is_origin=is_origin)
            for far in np.flatnonzero(good).tolist():
                there = float(ground.lat[far]), float(ground.lon[far])
                is_lone = not snapshot.spots[far].is_station
                if far == near.spot or (is_lone and not self._is_open(snapshot, there, door)):
                    continue
                way = int(seconds[far]), int(metres[far])
                self._via(best, snapshot, ground, near, far, way, is_origin=is_origin)
            if is_origin and not snapshot.spots[near.spot].is_station:
                self._to_any_stop(best, snapshot, near, door)
        return _feeder("shared_bike", best)

    def direct(self, origin: "Place", destination: "Place") -> Chain | None:
        """Return the quickest way from one place to another."""
        if self._is_far(origin, is_origin=True) or self._is_far(destination, is_origin=False):
            return None
        snapshot, ground = self._snapshot, self._ground
        take, leave = self._usable
        ends = list(self._near(ground, destination, leave, reverse=True))
        best: tuple[int, Chain] | None = None
        for first in self._near(ground, origin, take, reverse=False):
            for last in ends:
                chain = self._between(snapshot, ground, (origin, destination), first, last)
                duration = UNREACHED if chain is None else sum(hop.ride for hop in chain)
                if chain is not None and (best is None or duration < best[0]):
                    best = duration, chain
        return None if best is None else best[1]

    def _between(
        self,
        snapshot: "Snapshot",
        ground: "SpotGround",
        doors: "tuple[Place, Place]",
        first: _Near,
        last: _Near,
    ) -> Chain | None:
        """A way from one bike or station to another, or to the door with a lone bike."""
        taken = snapshot.spots[first.spot]
        if taken.is_station == (last.spot == NONE) or first.spot == last.spot:
            return None
        begin, end = self._at(ground, doors[0], first), self._at(ground, doors[1], last)
        path = self.roads.path(begin[::-1], end[::-1], "bike")
        longest = min(self.live.share.limit_m, taken.range_m or UNREACHED)
        if path is None or path.distance_m > longest:
            return None
        if not (taken.is_station or snapshot.fences.may_pass(path.lat, path.lon)):
            return None
        return self._hops(snapshot, first, last, (path.duration, path.distance_m))

    @cached_property
    def _usable(self) -> tuple[BoolArray, BoolArray]:
        """Where bikes for the party can be taken, and where they can be left.

        Counts are those of now; for other times every station is taken to have bikes and docks.
        """
        snapshot, party = self._snapshot, self.party
        spots = snapshot.spots
        counts = self.is_live and abs(self.moment - snapshot.moment) <= COUNTS_FOR
        begins = snapshot.fences.may_start(self._ground.lat, self._ground.lon).tolist()
        take = [
            (spot.is_renting and (not counts or spot.bikes >= party))
            if spot.is_station
            else (counts and party == 1 and may_start)
            for spot, may_start in zip(spots, begins, strict=True)
        ]
        leave = [
            spot.is_station and spot.is_returning and (not counts or spot.docks >= party)
            for spot in spots
        ]
        return np.array(take, np.bool_), np.array(leave, np.bool_)

    def _near(
        self, ground: "SpotGround", place: "Place", usable: BoolArray, *, reverse: bool
    ) -> Iterator[_Near]:
        """The nearest usable places on foot; at the end of a ride also the door itself."""
        if reverse and self._snapshot.fences.may_end(*_point(place)).all():
            yield _Near(NONE, 0, 0)
        limit = self._limit("foot", self.max_walk_m)
        seconds, metres = ground.ways(place.lat, place.lon, "foot", limit, reverse=reverse)
        good = np.flatnonzero(usable & (seconds < UNREACHED) & (metres <= self.max_walk_m))
        for spot in good[np.argsort(seconds[good], kind="stable")][:_NEAREST].tolist():
            yield _Near(spot, self._slowed("foot", int(seconds[spot])), int(metres[spot]))

    @staticmethod
    def _pairs(
        snapshot: "Snapshot", near: _Near, metres: Int32Array, *, is_origin: bool
    ) -> BoolArray:
        """Which far places fit a near one: docks take bikes of stations, doors take lone bikes."""
        stations = snapshot.is_station
        if is_origin:
            return stations & snapshot.spots[near.spot].is_station
        reach = np.array([spot.range_m or UNREACHED for spot in snapshot.spots])
        return (stations if near.spot != NONE else ~stations) & (metres <= reach)

    def _via(
        self,
        best: dict[int, tuple[int, int, Chain]],
        snapshot: "Snapshot",
        ground: "SpotGround",
        near: _Near,
        far: int,
        way: tuple[int, int],
        *,
        is_origin: bool,
    ) -> None:
        """Take in the ways by one pair of places that are the soonest to their stops."""
        walks = ground.walks(far, reverse=not is_origin)
        rows = zip(*(column.tolist() for column in walks), strict=True)
        for stop, seconds, metres in rows:
            there = _Near(far, self._slowed("foot", seconds), metres)
            ends = (near, there) if is_origin else (there, near)
            total = near.walk + there.walk + self._ridden(way[0])
            if stop not in best or total < best[stop][0]:
                best[stop] = total, way[1], self._hops(snapshot, *ends, way)

    def _to_any_stop(
        self,
        best: dict[int, tuple[int, int, Chain]],
        snapshot: "Snapshot",
        near: _Near,
        door: tuple[float, float],
    ) -> None:
        """Take in the rides on a lone bike, which is left at the stop."""
        pins, share = self.region.stop_pins["bike"], self.live.share
        longest = min(share.limit_m, snapshot.spots[near.spot].range_m or UNREACHED)
        limit = self._limit("bike", longest)
        seconds, metres = self.roads.one_to_many(door[1], door[0], pins, "bike", limit)
        stops, fences = self.region.timetable.stops, snapshot.fences
        good = (seconds < UNREACHED) & (metres <= longest) & fences.may_end(stops.lat, stops.lon)
        for stop in np.flatnonzero(good).tolist():
            there = float(stops.lat[stop]), float(stops.lon[stop])
            if not self._is_open(snapshot, door, there):
                continue
            way = int(seconds[stop]), int(metres[stop])
            total = near.walk + self._ridden(way[0])
            if stop not in best or total < best[stop][0]:
                hops = self._hops(snapshot, near, _Near(NONE, 0, 0), way)
                best[stop] = total, way[1], hops

    def _is_open(
        self, snapshot: "Snapshot", begin: tuple[float, float], end: tuple[float, float]
    ) -> bool:
        """Whether the way by bike between two (lat, lon) leads through no area without riding."""
        if not snapshot.fences.has_no_ride_areas:
            return True
        path = self.roads.path(begin[::-1], end[::-1], "bike")
        return path is not None and snapshot.fences.may_pass(path.lat, path.lon)

    def _hops(self, snapshot: "Snapshot", first: _Near, last: _Near, way: tuple[int, int]) -> Chain:
        """On foot to the bike, by bike, on foot from it."""
        begin = snapshot.spots[first.spot]
        end = None if last.spot == NONE else snapshot.spots[last.spot]
        where = _spot_of(begin), None if end is None else _spot_of(end)
        ride = self._ridden(way[0])
        plan = self.live.plan_of(snapshot)
        price = None if plan is None else plan.price(ride, way[1]) * self.party
        counts = self.is_live and abs(self.moment - snapshot.moment) <= COUNTS_FOR
        rental = Rental(
            self.live.share.id,
            self.live.share.name,
            self.live.share.name_en,
            begin.id,
            begin.bikes if counts else None,
            end.docks if counts and end is not None else None,
            begin.range_m,
            season=self.live.share.season,
        )
        hops = [
            Hop("walk", first.walk, first.walk_m, None, where[0]),
            Hop("shared_bike", ride, way[1], *where, price=price, rental=rental),
        ]
        if end is not None:
            hops.append(Hop("walk", last.walk, last.walk_m, where[1], None))
        return tuple(hops)

    def _at(self, ground: "SpotGround", place: "Place", near: _Near) -> tuple[float, float]:
        if near.spot == NONE:
            return place.lat, place.lon
        return float(ground.lat[near.spot]), float(ground.lon[near.spot])

    def _ridden(self, seconds: int) -> int:
        """Seconds of a ride with unlocking and locking."""
        return self._slowed("bike", seconds) + self.live.share.handling

    def _slowed(self, profile: str, seconds: int) -> int:
        return self.wishes.slowed(profile, seconds)

    @staticmethod
    def _limit(profile: str, metres: int) -> int:
        return int(metres / _SLOWEST[profile]) + 1


def _point(place: "Place") -> tuple[Float64Array, Float64Array]:
    """Latitude and longitude as arrays of one."""
    return np.array([place.lat]), np.array([place.lon])


def parked(
    region: "Region", ways: "RoadWays", place: "Place", wishes: Wishes, max_walk_m: int
) -> Feeder | None:
    """Return the ways by car to a car park and on foot to stops."""
    parks = region.file.car_parks
    to_car = door_walk(ways.off_road_m("car", (place.lon, place.lat)), wishes, max_walk_m)
    if to_car is None:
        return None
    ground = region.spots.ground(tuple((park.at.lat, park.at.lon) for park in parks), ways.roads)
    limit = int(_DRIVE_M / _SLOWEST["car"])
    seconds, metres = ground.ways(place.lat, place.lon, "car", limit, reverse=False)
    best: dict[int, tuple[int, int, Chain]] = {}
    for number in np.flatnonzero((seconds < UNREACHED) & (metres <= _DRIVE_M)).tolist():
        park, driven = parks[number], int(metres[number])
        drive = to_car + int(seconds[number]) + park.handling
        where = Spot(park.name or park.id, park.name_en, park.at.lat, park.at.lon)
        rental = Rental(park.id, park.name, park.name_en, park.id, spaces=park.spaces)
        rows = zip(*(c.tolist() for c in ground.walks(number, reverse=False)), strict=True)
        for stop, usual, walk_m in rows:
            walk = wishes.slowed("foot", usual)
            if stop not in best or drive + walk < best[stop][0]:
                hops = (
                    Hop(
                        "car", drive, driven, None, where,
                        price=park.price, rental=rental, on_foot=(to_car, 0),
                    ),
                    Hop("walk", walk, walk_m, where, None),
                )  # fmt: skip
                best[stop] = drive + walk, driven, hops
    return _feeder("car", best)


def _feeder(mode: str, best: Mapping[int, tuple[int, int, Chain]]) -> Feeder | None:
    if not best:
        return None
    stops = sorted(best)
    columns = (
        np.array(stops, np.int32),
        np.array([best[stop][0] for stop in stops], np.int32),
        np.array([best[stop][1] for stop in stops], np.int32),
        np.zeros(len(stops), np.int32),
        np.full(len(stops), NONE, np.int32),
    )
    return Feeder(mode, Ways(*columns), chains={stop: best[stop][2] for stop in stops})


def _spot_of(spot: BikeSpot) -> Spot:
    """Where a station or a lone bike is; a lone bike is told by its id."""
    name = spot.name or f"自転車 {spot.id}"
    name_en = spot.name_en or spot.name or f"bike {spot.id}"
    return Spot(name, name_en, spot.lat, spot.lon)
