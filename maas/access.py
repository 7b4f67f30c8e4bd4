"""Ways between a place and stops: on foot, by taxi, on demand, by one's own bike or car."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.region_file import Area, DemandZone, TaxiFleet
from maas.taxi import covers, from_base_m, inside, is_open, is_within_hours, runs_on
from routing.beeline import beeline_m
from routing.geo import distance_m
from routing.kernels.raptor_ends import NearStops
from routing.layout import NONE, UNREACHED, BoolArray, DayTables, Int32Array
from routing.raptor import near_stops

if TYPE_CHECKING:
    from maas.places import Place
    from maas.region import Region
    from routing.road import RoadNetwork

Carrier = TaxiFleet | DemandZone
_ENTRANCE = 2  # kind of stop
_OWN_VEHICLE_LIMIT_M = {"bike": 10_000, "car": 60_000}
_SLOWEST_KMH = {"foot": 3.0, "bike": 8.0, "car": 20.0, "taxi": 20.0}  # bounds searches, no more


class Ways(NamedTuple):
    """Ways between a place and stops, one row each."""

    stop: Int32Array  # (n,) stop
    ride: Int32Array  # (n,) s under way
    distance_m: Int32Array  # (n,)
    wait: Int32Array  # (n,) s before the vehicle comes
    carrier: Int32Array  # (n,) index into `Feeder.carriers`, or NONE


@dataclass(frozen=True)
class Feeder:
    """All ways of one mode between a place and stops."""

    mode: str
    ways: Ways
    carriers: Sequence[Carrier] = ()

    @cached_property
    def near(self) -> NearStops:
        """Stops and durations, waiting included, as searches want them."""
        return near_stops(self.ways.stop, self.ways.ride + self.ways.wait)

    def rows(self, keep: BoolArray) -> "Feeder":
        """Return some of the ways."""
        return Feeder(self.mode, Ways._make(column[keep] for column in self.ways), self.carriers)

    def without(self, carriers: Collection[int]) -> "Feeder":
        """Return the ways of other carriers."""
        return self.rows(~np.isin(self.ways.carrier, list(carriers)))


@dataclass(frozen=True)
class Ends:
    """What the ways at one end of a journey depend on."""

    region: "Region"
    roads: "RoadNetwork"
    tables: DayTables
    place: "Place"
    is_origin: bool
    max_walk_m: int

    def feeder(self, mode: str) -> Feeder | None:
        """Return the ways of a mode; `None` where there is none."""
        if mode == "walk":
            found: Feeder | None = self._walks()
        elif mode == "taxi":
            found = self._taxis()
        else:
            found = self._demand() if mode == "drt" else self._own(mode)
        return found if found is not None and found.ways.stop.size else None

    @cached_property
    def _served(self) -> BoolArray:
        """Stops where a trip of the day can be boarded (at the origin) or left."""
        patterns = self.tables.patterns
        rule = patterns.can_board if self.is_origin else patterns.can_alight
        served = np.zeros(self.tables.n_stops, np.bool_)
        served[patterns.stop_of_position[rule != 0]] = True
        return served

    def _reached(self, profile: str, limit_m: float) -> tuple[Int32Array, Int32Array]:
        """Durations and distances between the place and all stops; the way is within the limit."""
        n_stops = self.tables.n_stops
        if profile not in self.roads.profiles:
            return np.full(n_stops, UNREACHED, np.int32), np.zeros(n_stops, np.int32)
        duration, distance = self._ways_to(profile, limit_m)
        duration[~self._served] = UNREACHED
        return duration, distance

    def _ways_to(self, profile: str, limit_m: float) -> tuple[Int32Array, Int32Array]:
        """Durations and distances between the place and all stops, entrances included."""
        duration, distance = self.roads.one_to_many(
            self.place.lon,
            self.place.lat,
            self.region.stop_pins[profile],
            profile,
            int(limit_m * 3.6 / _SLOWEST_KMH[profile]) + 1,
            reverse=not self.is_origin,
        )
        duration[distance > limit_m] = UNREACHED
        return duration, distance

    def _walks(self) -> Feeder:
        """Walks by road; where the place is a stop, also those of the timetable from there."""
        duration, distance = self._reached("foot", self.max_walk_m)
        self._lead_through_doors(duration, distance)
        for stop, seconds in self._station_walks():
            if self._served[stop] and seconds < duration[stop]:
                duration[stop] = seconds
                distance[stop] = min(int(distance[stop]), round(seconds * 1.25))
        return Feeder("walk", _ways(duration, distance))

    def _lead_through_doors(self, duration: Int32Array, distance: Int32Array) -> None:
        """Let walks to mapped platforms pass an entrance of their station; modifies both."""
        ways, kind = self.region.station_ways, self.region.timetable.stops.kind
        door, platform = (ways.tail, ways.head) if self.is_origin else (ways.head, ways.tail)
        rows = np.flatnonzero((kind[door] == _ENTRANCE) & (kind[platform] != _ENTRANCE))
        if rows.size == 0:
            return
        seconds, metres = self._ways_to("foot", self.max_walk_m)
        platforms = platform[rows]
        through = np.minimum(seconds[door[rows]] + ways.duration[rows], UNREACHED)
        order = np.argsort(-through, kind="stable")  # the quickest one is written last
        duration[platforms] = UNREACHED
        duration[platforms[order]] = through[order]
        distance[platforms[order]] = metres[door[rows]][order]
        duration[~self._served] = UNREACHED

    def _station_walks(self) -> Iterator[tuple[int, int]]:
        """Stops that the place stands for, and those one footpath away."""
        if self.place.stop_id is None:
            return
        stops = self.region.timetable.stops
        walks = self.region.footpaths
        here = self.region.stop_of_id[self.place.stop_id]
        for stop in (here, *np.flatnonzero(stops.parent == here).tolist()):
            yield stop, 0
            if self.is_origin:
                rows = np.arange(*walks.first_of_stop[stop : stop + 2])
                others = walks.head[rows].tolist()
            else:
                rows = np.flatnonzero(walks.head == stop)
                others = (np.searchsorted(walks.first_of_stop, rows, "right") - 1).tolist()
            yield from zip(others, walks.duration[rows].tolist(), strict=True)

    def _own(self, mode: str) -> Feeder | None:
        """Ways by one's own vehicle, which waits at the first stop and is not there at the last."""
        if mode not in _OWN_VEHICLE_LIMIT_M or not self.is_origin:
            return None
        ways = _ways(*self._reached(mode, _OWN_VEHICLE_LIMIT_M[mode]))
        return self._thinned(Feeder(mode, ways))

    def _taxis(self) -> Feeder | None:
        """Ways by the fleets that pick up at the place (origin) or at the stop (destination)."""
        fleets, limit_m = self.region.file.taxis, self.region.file.taxi_limit_m
        reach = 0 if self.is_origin else limit_m
        near = [
            i
            for i, fleet in enumerate(fleets)
            if from_base_m(fleet, *self._at) <= fleet.radius_m + reach
        ]
        if not near:
            return None
        duration, distance = self._reached("taxi", limit_m)
        parts = []
        for i in near:
            picked_up = duration.copy()
            if not self.is_origin:
                picked_up[~self._around(fleets[i])] = UNREACHED
            parts.append(_ways(picked_up, distance, fleets[i].pickup_wait, i))
        return self._thinned(Feeder("taxi", _joined(parts), fleets))

    def _around(self, fleet: TaxiFleet) -> BoolArray:
        """Stops at which a fleet picks up."""
        stops, base = self.region.timetable.stops, fleet.base
        at_base = np.array([base.lon]), np.array([base.lat])
        return beeline_m(stops.lon, stops.lat, *at_base) <= fleet.radius_m

    def _demand(self) -> Feeder | None:
        """Ways on demand: place and stop lie where a service takes up and sets down."""
        zones = self.region.file.demand_zones
        mine = [i for i, zone in enumerate(zones) if covers(self._ends_of(zone)[0], *self._at)]
        if not mine:
            return None
        duration, distance = self._reached("car", max(_across_m(zones[i]) for i in mine))
        stops = self.region.timetable.stops
        reached = np.flatnonzero(duration < UNREACHED)
        parts = []
        for i in mine:
            zone, ride = zones[i], np.full(duration.size, UNREACHED, np.int32)
            there = inside(self._ends_of(zone)[1], stops.lat[reached], stops.lon[reached])
            served = reached[there]
            ride[served] = np.ceil(duration[served] * zone.detour) + zone.offset
            parts.append(_ways(ride, distance, zone.wait, i))
        return self._thinned(Feeder("drt", _joined(parts), zones))

    def _ends_of(self, zone: DemandZone) -> tuple[Area, Area]:
        """Areas in which the place and the stop have to lie."""
        if self.is_origin:
            return zone.picks_up, zone.sets_down
        return zone.sets_down, zone.picks_up

    @property
    def _at(self) -> tuple[float, float]:
        return self.place.lat, self.place.lon

    def _thinned(self, feeder: Feeder) -> Feeder:
        """Keep only, for each pattern, the stop that is reached soonest.

        A vehicle on call need not race ahead of a bus to meet it further on.
        """
        ways = feeder.ways
        patterns = self.tables.patterns
        soonest = np.full(self.tables.n_stops, UNREACHED, np.int32)
        np.minimum.at(soonest, ways.stop, ways.ride + ways.wait)
        rule = patterns.can_board if self.is_origin else patterns.can_alight
        reach = np.where(rule != 0, soonest[patterns.stop_of_position], UNREACHED)
        first = patterns.first_position_of_pattern
        least = np.minimum.reduceat(reach, first[:-1]) if first.size > 1 else reach[:0]
        best = np.repeat(least, np.diff(first))
        chosen = np.zeros(self.tables.n_stops, np.bool_)
        chosen[patterns.stop_of_position[(reach == best) & (reach < UNREACHED)]] = True
        return feeder.rows(chosen[ways.stop])


def _ways(duration: Int32Array, distance_m: Int32Array, wait: int = 0, carrier: int = NONE) -> Ways:
    """Ways to the stops that have a duration."""
    stop = np.flatnonzero(duration < UNREACHED).astype(np.int32)
    waits, carriers = (np.full(stop.size, value, np.int32) for value in (wait, carrier))
    return Ways(stop, duration[stop], distance_m[stop], waits, carriers)


def _joined(parts: Sequence[Ways]) -> Ways:
    """Put ways of several carriers together."""
    return Ways._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _across_m(zone: DemandZone) -> float:
    """Longest drive that is looked for within a zone: twice its bounding box's diagonal."""
    areas = (zone.picks_up, zone.sets_down)
    corners = [at for area in areas for ring in (*area.rings, area.points) for at in ring]
    lats, lons = zip(*corners, strict=True)
    return 2 * distance_m(min(lats), min(lons), max(lats), max(lons))


def is_on_duty(region: "Region", carrier: Carrier, boarding: datetime) -> bool:
    """Whether a carrier takes passengers at a local time."""
    clock = boarding.hour * 3600 + boarding.minute * 60 + boarding.second
    if isinstance(carrier, TaxiFleet):
        return is_within_hours(carrier.hours, clock)
    return is_open(carrier, clock) and runs_on(carrier, boarding.date(), region.file.holidays)
