"""Region and date → what parcels can use: hubs, bays of the day's trips, vehicles."""

import itertools
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from cargo.network import Call, Hub, LineTrip, Network, Room, depots
from cargo.rules import KG_WITHOUT_PERMIT
from gtfs.modes import MODES
from maas.freight_fleets import fleets_of, room_of, span_of
from maas.ledger import Amount, Ledger, SegmentKey
from maas.region_cargo import CargoRule
from maas.seat_forecast import Leg, Run, room_of_seats
from maas.taxi import covers
from routing.geo import distance_m
from routing.layout import UNREACHED, Int32Array

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.region import Region
    from routing.road import Pins, RoadNetwork

KEPT_DATES = 4
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class FreightDay:
    """What parcels can use on a date, before any booking; immutable, made once."""

    def __init__(self, region: "Region", on: date) -> None:
        day = region.day(on)
        self.base_epoch = day.base_epoch
        self.hubs = tuple(_hubs(region))
        self.fleets = tuple(fleets_of(region.file, on))
        self.notices: list[str] = []
        self.apart = region.file.goods_apart
        self.trips = tuple(_TripBuilder(region, day, self.notices).trips())
        fixed = [(hub.lat, hub.lon) for hub in self.hubs]
        fixed += depots(self.fleets)
        self.driver = FixedPlaces(region.roads_on(on), fixed)

        self._last: tuple[Ledger, Network] | None = None

    def network(self, ledger: Ledger) -> Network:
        """Network with the room that the ledger leaves; that of the last ledger is kept."""
        last = self._last
        if last is None or last[0] is not ledger:
            trips = tuple(with_use(self.trips, ledger, self.apart))
            self._last = last = (ledger, Network(self.hubs, trips, self.fleets, self.apart))
        return last[1]


_days: "WeakKeyDictionary[Region, OrderedDict[date, FreightDay]]" = WeakKeyDictionary()
_lock = threading.Lock()


def freight_day(region: "Region", on: date) -> FreightDay:
    """Return what parcels can use on a date; the last dates asked for are kept.

    Raises
    ------
    DateOutsideError
        If no feed covers the date.
    """
    with _lock:
        days = _days.setdefault(region, OrderedDict())
        if on in days:
            days.move_to_end(on)
            return days[on]
    made = FreightDay(region, on)
    with _lock:
        days[on] = made
        while len(days) > KEPT_DATES:
            days.popitem(last=False)
    return made


def with_use(
    trips: Sequence[LineTrip], ledger: Ledger, apart: frozenset[frozenset[str]] = frozenset()
) -> Iterator[LineTrip]:
    """Trips with the room that a ledger leaves between calls, and the classes booked there.

    Only classes are told that must be kept `apart` from some.
    """
    kept = frozenset[str]().union(*apart)
    used = {key: amount for key, amount in ledger if amount.kg or amount.litres or amount.pieces}
    touched = {(key.trip_id, key.service_date, key.start_time) for key in used}
    for trip in trips:
        run = trip.trip_id, trip.service_date, trip.start_time
        if run not in touched:
            yield trip
            continue
        legs = [range(a.position, b.position) for a, b in itertools.pairwise(trip.calls)]
        keys = [[SegmentKey(*run, position) for position in leg] for leg in legs]
        most = (most_used(used, segments) for segments in keys)
        booked = tuple(
            kept & {name for key in segments for name in ledger.goods.get(key, ())}
            for segments in keys
        )
        yield replace(
            trip,
            room=tuple(room.minus(taken) for room, taken in zip(trip.room, most, strict=True)),
            booked=booked if any(booked) else (),
        )


def most_used(used: dict[SegmentKey, Amount], segments: Iterable[SegmentKey]) -> Room:
    """Most that is used on any of some segments."""
    taken = [used.get(key, Amount()) for key in segments]
    return Room(*(max(getattr(amount, name) for amount in taken) for name in Room._fields))


def _hubs(region: "Region") -> Iterator[Hub]:
    for hub in region.file.hubs:
        opens, closes = span_of(hub.hours)
        yield Hub(
            hub.id, hub.name or hub.name_en or hub.id, hub.at.lat, hub.at.lon, opens, closes,
            hub.handling, hub.storage_pieces,
            None if hub.staff is None else span_of(hub.staff),
        )  # fmt: skip


def _room_of_a_seat(rule: CargoRule) -> Room | None:
    """What a free seat gives; None where a rule counts no seats."""
    seat = rule.free_seats
    return None if seat is None else Room(seat.kg, seat.litres, seat.pieces)


class _TripBuilder:
    """Makes the bays of a day, one cargo rule after the other."""

    def __init__(self, region: "Region", day: "Day", notices: list[str]) -> None:
        self._region, self._day, self._notices = region, day, notices
        self._table = region.timetable
        self._hub_of_stop = {
            stop: at
            for at, hub in reversed(list(enumerate(region.file.hubs)))
            for stop in self._with_platforms(hub.stops)
        }
        self._kg_taken: dict[int, int] = {}  # day trip → kg offered without a permit

    def trips(self) -> Iterator[LineTrip]:
        """Bays of all rules."""
        for rule in self._region.file.cargo:
            found = [trip for row in self._day_trips(rule) for trip in self._trip(rule, row)]
            if not found:
                self._notices.append(f"cargo rule '{rule.id}' takes no parcels on this date")
            yield from found

    def _with_platforms(self, stop_ids: Sequence[str]) -> set[int]:
        """Stops of some ids, with the platforms of stations."""
        named = {self._region.stop_index(stop_id) for stop_id in stop_ids}
        children = np.flatnonzero(np.isin(self._table.stops.parent, sorted(named)))
        return named | set(children.tolist())

    def _day_trips(self, rule: CargoRule) -> Iterator[int]:
        """Day trips that a rule allows, by line, trip and day."""
        trips, day = self._table.trips, self._day
        lines = [self._region.line_index(line_id) for line_id in rule.lines]
        wanted = set(rule.trips)
        for row in np.flatnonzero(np.isin(trips.line[day.trip], lines)).tolist():
            if wanted and trips.id[int(day.trip[row])] not in wanted:
                continue
            if day_kind(day.service_date(row), self._region.file.holidays) in rule.days:
                yield row

    def _trip(self, rule: CargoRule, row: int) -> Iterator[LineTrip]:
        """The bay of a day trip, if it calls at two hubs or more."""
        day, table = self._day, self._table
        trip = int(day.trip[row])
        stops = day.stops(row)
        allowed = self._with_platforms(rule.stops) if rule.stops else self._hub_of_stop.keys()
        places = [
            at
            for at, stop in enumerate(stops.tolist())
            if stop in self._hub_of_stop and stop in allowed
        ]
        if len(places) < 2:
            return
        bay = self._lawful(rule, row)
        if not bay.kg:
            return
        line = int(table.trips.line[trip])
        lines = table.lines
        offered = tuple(
            bay if seats is None else bay.at_most(seats)
            for seats in self._seat_rooms(rule, row, places)
        )
        yield LineTrip(
            trip_id=table.trips.id[trip],
            service_date=day.service_date(row),
            start_time=int(table.trips.start_time[trip]),
            line_id=lines.id[line],
            line_name=lines.short_name[line] or lines.long_name[line] or lines.id[line],
            mode=MODES[int(lines.mode[line])],
            rule_id=rule.id,
            temperatures=rule.bay.temperatures,
            bay=bay,
            handling=rule.handling,
            departs=span_of(rule.departs),
            price_per_piece=rule.price_per_piece,
            calls=tuple(self._calls(row, places, rule)),
            room=offered,
            hop_m=tuple(
                self._length(stops[one : other + 1]) for one, other in itertools.pairwise(places)
            ),
            refuses=rule.bay.refuses,
            largest_box=rule.bay.largest_box_cm,
            max_value=rule.bay.max_value,
            is_attended=rule.attended,
            offered=offered,
            per_seat=_room_of_a_seat(rule),
        )

    def _seat_rooms(
        self, rule: CargoRule, row: int, places: Sequence[int]
    ) -> Iterator[Room | None]:
        """Room of free seats between calls; None where the rule counts none."""
        if rule.free_seats is None:
            yield from [None] * (len(places) - 1)
            return
        day, trips = self._day, self._table.trips
        trip, file = int(day.trip[row]), self._region.file
        line = int(trips.line[trip])
        run = Run(
            self._table.lines.id[line], trips.id[trip],
            day_kind(day.service_date(row), file.holidays), int(self._region.seats_of_line[line]),
        )  # fmt: skip
        stops, departure = day.stops(row).tolist(), day.times(row)[1].tolist()
        legs = [Leg(self._names(stop), time) for stop, time in zip(stops, departure, strict=True)]
        for one, other in itertools.pairwise(places):
            yield room_of_seats(rule, file.forecasts, run, legs[one:other])

    def _names(self, stop: int) -> frozenset[str]:
        """Ids of a stop and of its station."""
        stops = self._table.stops
        parent = int(stops.parent[stop])
        return frozenset({stops.id[stop]} | ({stops.id[parent]} if parent >= 0 else set()))

    def _lawful(self, rule: CargoRule, row: int) -> Room:
        """Room of a rule; rules without a permit share the 350 kg of a vehicle."""
        room = room_of(rule.bay)
        if rule.permit:
            return room
        taken = self._kg_taken.get(row, 0)
        kg = min(room.kg, KG_WITHOUT_PERMIT - taken)
        if kg < room.kg:
            text = f"cargo rule '{rule.id}': less room where another rule uses the 350 kg of a trip"
            if text not in self._notices:
                self._notices.append(text)
        self._kg_taken[row] = taken + kg
        return room._replace(kg=kg)

    def _calls(self, row: int, places: Sequence[int], rule: CargoRule) -> Iterator[Call]:
        day, stops, where = self._day, self._day.stops(row), self._table.stops
        arrival, departure = day.times(row)
        for at in places:
            stop = int(stops[at])
            place = float(where.lat[stop]), float(where.lon[stop])
            yield Call(
                hub=self._hub_of_stop[stop],
                stop_id=self._table.stops.id[stop],
                stop_name=self._table.stops.name[stop],
                position=day.position_in_trip(row, at),
                arrival=int(arrival[at]),
                departure=int(departure[at]),
                is_end=at in {0, stops.size - 1},
                is_licensed=rule.area is None or covers(rule.area, *place),
            )

    def _length(self, stops: Int32Array) -> int:
        """Metres along straight lines from stop to stop."""
        lat, lon = self._table.stops.lat[stops], self._table.stops.lon[stops]
        places = list(zip(lat.tolist(), lon.tolist(), strict=True))
        pairs = itertools.pairwise(places)
        return round(sum(distance_m(*one, *other) for one, other in pairs))


def day_kind(on: date, holidays: Sequence[date]) -> str:
    """Weekday of a date, or `holiday`."""
    return "holiday" if on in holidays else _WEEKDAYS[on.weekday()]


class FixedPlaces:
    """Driving tables over a road network; those between hubs and bases are asked for once."""

    def __init__(self, roads: "RoadNetwork", places: Sequence[tuple[float, float]]) -> None:
        self._roads, self._places = roads, list(places)
        self._fixed: dict[str, tuple[Pins, Int32Array, Int32Array]] = {}

    def profile(self, name: str) -> str:
        """Profile that stands in for one that the roads do not have."""
        return name if name in self._roads.profiles else "car"

    def table(
        self, lat: Sequence[float], lon: Sequence[float], profile: str
    ) -> tuple[Int32Array, Int32Array]:
        """Seconds and metres between all pairs; the fixed places must come first."""
        n = len(self._places)
        if list(zip(lat, lon, strict=True))[:n] != self._places:
            msg = "the fixed places must come first"
            raise ValueError(msg)
        name = self.profile(profile)
        fixed, seconds, metres = self._block(name)
        tables = np.empty((2, len(lat), len(lat)), np.int32)
        tables[0, :n, :n], tables[1, :n, :n] = seconds, metres
        if len(lat) > n:
            for at, door in enumerate(zip(lon[n:], lat[n:], strict=True), start=n):
                tables[:, at, :n] = self._roads.one_to_many(*door, fixed, name, UNREACHED)
                tables[:, :n, at] = self._roads.one_to_many(
                    *door, fixed, name, UNREACHED, reverse=True
                )
            doors = self._roads.pin(np.array(lon[n:]), np.array(lat[n:]), name)
            tables[:, n:, n:] = self._roads.many_to_many(doors, doors, name)
        return tables[0], tables[1]

    def _block(self, profile: str) -> "tuple[Pins, Int32Array, Int32Array]":
        """Pins of the fixed places and the tables between them."""
        if profile not in self._fixed:
            lat, lon = ([place[axis] for place in self._places] for axis in (0, 1))
            pins = self._roads.pin(np.array(lon), np.array(lat), profile)
            self._fixed[profile] = (pins, *self._roads.many_to_many(pins, pins, profile))
        return self._fixed[profile]
