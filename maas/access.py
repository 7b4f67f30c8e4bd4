"""Ways between a place and stops: on foot, by taxi, on demand, by one's own bike or car."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.feeders import Carrier, Feeder, Ways
from maas.kerbs import Kerbs, door_walk
from maas.region_file import DemandZone
from maas.region_fleets import TaxiFleet
from maas.taxi import covers, inside, is_open, is_within_hours, runs_on
from routing.geo import distance_m
from routing.kernels.door_ways import Rival, Visits, hold, list_ways, mark_soonest, taxi_ways
from routing.layout import NONE, UNREACHED, BoolArray, Int32Array

if TYPE_CHECKING:
    from maas.itinerary import Asked, Leg
    from maas.local_clock import LocalClock
    from maas.places import Place
    from maas.planner_view import View
    from maas.region import Region
    from maas.road_ways import RoadWays
    from routing.road import RoadNetwork

_ENTRANCE = 2  # kind of stop
_OWN_VEHICLE_LIMIT_M = {"bike": 10_000, "car": 60_000}
# Slowest speeds: they bound searches, no more.
_SLOWEST_KMH = {"foot": 3.0, "wheelchair": 2.0, "bike": 8.0, "car": 20.0, "taxi": 20.0}
# No service is quicker from stop to stop, as the crow flies, than its mode allows.
_TOP_KMH = {"air": 1000.0, "rail": 320.0, "coach": 110.0, "subway": 100.0}
_OTHER_TOP_KMH = 90.0


class Wishes(NamedTuple):
    """What a query says about ways on the road."""

    walk_percent: int = 100  # time relative to that of the roads
    bike_percent: int = 100
    operators_banned: tuple[str, ...] = ()
    takes_bike: bool = False  # to the first stop, and from the last one
    needs_wheelchair: bool = False
    on_foot: str = "foot"  # profile of walks
    off_road: tuple[float, float] = (0.0, 0.0)  # km/h of walks off the roads, and m at most

    def takes(self, carrier: Carrier) -> bool:
        """Whether a carrier may be called; none is known to take bikes along."""
        if self.takes_bike or (self.needs_wheelchair and not carrier.wheelchair):
            return False
        return carrier.id not in self.operators_banned

    def among(self, numbers: Sequence[int], carriers: Sequence[Carrier]) -> list[int]:
        """Those of some carriers, by their numbers, that may be called."""
        return [i for i in numbers if self.takes(carriers[i])]

    def slowed(self, profile: str, duration: int) -> int:
        """Seconds that the traveller takes for a way, given those of the roads."""
        percent = {
            "foot": self.walk_percent,
            "wheelchair": self.walk_percent,
            "bike": self.bike_percent,
        }.get(profile, 100)
        return -(-duration * percent // 100)


_Row = tuple[Int32Array, Int32Array]  # s and m between a place and all stops, (n_stops,) each
_NO_RIVAL = Rival(0.0, 0.0, NONE, 0)


@dataclass(frozen=True)
class Ends:
    """What the ways at one end of a journey depend on."""

    region: "Region"
    ways: "RoadWays"
    view: "View"
    place: "Place"
    is_origin: bool
    max_walk_m: int
    party: int = 1
    wishes: Wishes = field(default_factory=Wishes)
    rival: Rival | None = None
    top_kmh: float = max(_TOP_KMH.values())

    @property
    def roads(self) -> "RoadNetwork":
        """Roads of the date."""
        return self.ways.roads

    @property
    def served(self) -> BoolArray:
        """Stops where a trip can be boarded (at the origin) or left, (n_stops,)."""
        return self.view.boarded if self.is_origin else self.view.left

    @property
    def _visits(self) -> Visits:
        """The same stops, by pattern."""
        return self.view.boarding if self.is_origin else self.view.leaving

    def feeder(self, mode: str, walk: Feeder | None = None) -> Feeder | None:
        """Return the ways of a mode, `None` where there is none; on call, beside those on foot."""
        if mode == "walk":
            found: Feeder | None = self._walks()
        elif mode == "taxi":
            found = self._taxis(walk)
        else:
            found = self._demand(walk) if mode == "drt" else self._own(mode)
        return found if found is not None and found.ways.stop.size else None

    def _reached(self, profile: str, limit_m: float, wanted: BoolArray) -> _Row:
        """Ways within a limit between the place and some stops."""
        duration, distance = self._row(profile, limit_m)
        hold(duration, distance, wanted, limit_m, self.wishes.slowed(profile, 100))
        return duration, distance

    def _row(self, profile: str, limit_m: float) -> _Row:
        """Ways at the speed of the roads; some may be longer than the limit."""
        roads, place = self.roads, self.place
        if profile not in roads.profiles:
            n_stops = self.served.size
            return np.full(n_stops, UNREACHED, np.int32), np.zeros(n_stops, np.int32)
        pins, longest = self.region.stop_pins[profile], self._longest(profile, limit_m)
        return roads.one_to_many(
            place.lon, place.lat, pins, profile, longest, reverse=not self.is_origin
        )

    def _longest(self, profile: str, limit_m: float) -> int:
        """Seconds after which a search may stop."""
        longest = int(limit_m * 3.6 / _SLOWEST_KMH[profile]) + 1
        is_rivalled = profile == "taxi" and self.rival is not None
        return min(longest, self.rival.duration) if is_rivalled and self.rival else longest

    def _walks(self) -> Feeder:
        """Walks by road; where the place is a stop, also those of the timetable from there."""
        duration, distance = self._reached(self.wishes.on_foot, self.max_walk_m, self.served)
        self._lead_through_doors(duration, distance)
        for stop, at_usual_speed in self._station_walks():
            seconds = self.wishes.slowed("foot", at_usual_speed)
            if self.served[stop] and seconds < duration[stop]:
                duration[stop] = seconds
                distance[stop] = min(int(distance[stop]), round(at_usual_speed * 1.25))
        return Feeder("walk", _ways(duration, distance))

    def _lead_through_doors(self, duration: Int32Array, distance: Int32Array) -> None:
        """Let walks to mapped platforms pass an entrance of their station; modifies both."""
        region, kind = self.region, self.region.timetable.stops.kind
        step_free = self.wishes.needs_wheelchair
        ways = region.station_ways_wheelchair if step_free else region.station_ways
        door, platform = (ways.tail, ways.head) if self.is_origin else (ways.head, ways.tail)
        if door.size == 0:
            return
        rows = np.flatnonzero((kind[door] == _ENTRANCE) & (kind[platform] != _ENTRANCE))
        if rows.size == 0:
            return
        everywhere = np.ones(kind.size, np.bool_)
        seconds, metres = self._reached(self.wishes.on_foot, self.max_walk_m, everywhere)
        platforms = platform[rows]
        through = np.minimum(seconds[door[rows]] + ways.duration[rows], UNREACHED)
        order = np.argsort(-through, kind="stable")  # the quickest one is written last
        duration[platforms] = UNREACHED
        duration[platforms[order]] = through[order]
        distance[platforms[order]] = metres[door[rows]][order]
        duration[~self.served] = UNREACHED

    def _station_walks(self) -> Iterator[tuple[int, int]]:
        """Stops that the place stands for, and those one footpath away."""
        if self.place.stop_id is None:
            return
        stops = self.region.timetable.stops
        step_free = self.wishes.needs_wheelchair
        walks = self.region.footpaths_wheelchair if step_free else self.region.footpaths
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
        if mode not in _OWN_VEHICLE_LIMIT_M:
            return None
        if not (self.is_origin or (mode == "bike" and self.wishes.takes_bike)):
            return None
        duration, distance = self._reached(mode, _OWN_VEHICLE_LIMIT_M[mode], self.served)
        if mode != "car":
            return self._thinned(Feeder(mode, _ways(duration, distance)))
        kerbs = self._kerbs("car")
        if kerbs is None:
            return None
        kerbs.lengthen(duration)
        return self._thinned(Feeder("car", _ways(duration, distance), kerbs=kerbs))

    def _kerbs(self, profile: str) -> Kerbs | None:
        """Walks to and from a car; None where the place is too far from the roads."""
        if profile not in self.roads.profiles:
            return None
        metres = self.ways.off_road_m(profile, (self.place.lon, self.place.lat))
        door = door_walk(metres, self.wishes, self.max_walk_m)
        if door is None:
            return None
        on_foot = self.region.far_stops[profile].walks(self.wishes, self.max_walk_m)
        return Kerbs(self.is_origin, door, on_foot)

    def _taxis(self, walk: Feeder | None) -> Feeder | None:
        """Ways by the fleets that pick up at the place (origin) or at the stop (destination)."""
        fleets, limit_m = self.region.file.taxis, self.region.file.taxi_limit_m
        reach = 0 if self.is_origin else limit_m
        near = self.wishes.among(self.region.taxi_bases.near(*self._at, reach), fleets)
        kerbs = self._kerbs("taxi") if near else None
        if kerbs is None:
            return None
        duration, distance = self._row("taxi", limit_m)
        stops = self.region.timetable.stops
        ways = taxi_ways(
            duration, distance, self.served, limit_m, kerbs.at_stop, kerbs.door, self.is_origin,
            np.array(near, np.int32), self.party, self.region.taxi_fleets,
            self.rival or _NO_RIVAL, 3.6 / self.top_kmh, stops.lat, stops.lon, self._visits,
            self.view.tables.n_patterns,
        )  # fmt: skip
        return Feeder("taxi", Ways(*ways), fleets, walk=walk, kerbs=kerbs)

    def _demand(self, walk: Feeder | None) -> Feeder | None:
        """Ways on demand: place and stop lie where a service takes up and sets down."""
        zones, (lat, lon) = self.region.file.demand_zones, self._at
        mine = [
            i
            for i in self.wishes.among(self.region.zone_map.near(lat, lon), zones)
            if covers(zones[i].picks_up if self.is_origin else zones[i].sets_down, lat, lon)
        ]
        kerbs = self._kerbs("car") if mine else None
        if kerbs is None:
            return None
        limit_m = max(_across_m(zones[i]) for i in mine)
        duration, distance = self._reached("car", limit_m, self.served)
        driven = duration.copy()
        kerbs.lengthen(duration)
        stops = self.region.timetable.stops
        reached = np.flatnonzero(duration < UNREACHED)
        parts = []
        for i in mine:
            zone, ride = zones[i], np.full(duration.size, UNREACHED, np.int32)
            beyond = zone.sets_down if self.is_origin else zone.picks_up
            there = inside(beyond, stops.lat[reached], stops.lon[reached])
            served = reached[there]
            on_foot = duration[served] - driven[served]
            ride[served] = np.ceil(driven[served] * zone.detour) + zone.offset + on_foot
            own = _ways(ride, distance, zone.wait, i)
            parts.append(own._replace(wait=kerbs.waits(own.wait, own.stop)))
        return self._thinned(Feeder("drt", _joined(parts), zones, walk=walk, kerbs=kerbs))

    def useful(self, feeder: Feeder | None) -> Feeder | None:
        """Return the ways that lead to a trip of the day, the soonest for each pattern."""
        if feeder is None:
            return None
        some = self._thinned(feeder.rows(self.served[feeder.ways.stop]))
        return some if some.ways.stop.size else None

    @property
    def _at(self) -> tuple[float, float]:
        return self.place.lat, self.place.lon

    def _thinned(self, feeder: Feeder) -> Feeder:
        """Keep only, for each pattern, the stop that is reached soonest.

        A vehicle on call need not race ahead of a bus to meet it further on.
        """
        ways = feeder.ways
        soonest = np.empty(self.served.size, np.int32)
        least = np.empty(self.view.tables.n_patterns, np.int32)
        is_soonest = np.empty(ways.stop.size, np.bool_)
        mark_soonest(self._visits, ways.stop, ways.ride + ways.wait, soonest, least, is_soonest)
        return feeder.rows(is_soonest)


def _ways(duration: Int32Array, distance_m: Int32Array, wait: int = 0, carrier: int = NONE) -> Ways:
    """Ways to the stops that have a duration."""
    return Ways(*list_ways(duration, distance_m, wait, carrier))


def _joined(parts: Sequence[Ways]) -> Ways:
    """Put ways of several carriers together."""
    return Ways._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _across_m(zone: DemandZone) -> float:
    """Longest drive that is looked for within a zone: twice its bounding box's diagonal."""
    areas = (zone.picks_up, zone.sets_down)
    corners = [at for area in areas for ring in (*area.rings, area.points) for at in ring]
    lats, lons = zip(*corners, strict=True)
    return 2 * distance_m(min(lats), min(lons), max(lats), max(lons))


@lru_cache(maxsize=64)
def top_kmh(modes: frozenset[str]) -> float:
    """Speed, as the crow flies, that no service of these modes exceeds."""
    return max((_TOP_KMH.get(mode, _OTHER_TOP_KMH) for mode in modes), default=_OTHER_TOP_KMH)


def is_served(asked: "Asked", leg: "Leg") -> bool:
    """Whether the vehicle of a leg comes when it is called, or may be taken on that day."""
    if leg.rental is not None and leg.rental.season is not None:
        return leg.rental.season.holds(asked.clock.moment(leg.departure).date())
    if leg.carrier is None:
        return True
    return is_on_duty(asked.region, leg.carrier, asked.clock, leg.boarding)


def is_on_duty(region: "Region", carrier: Carrier, clock: "LocalClock", boarding: int) -> bool:
    """Whether a carrier takes passengers at a time, s."""
    now = clock.of_day(boarding)
    if isinstance(carrier, TaxiFleet):
        return is_within_hours(carrier.hours, now)
    if not is_open(carrier, now):
        return False
    return runs_on(carrier, clock.moment(boarding).date(), region.file.holidays)
