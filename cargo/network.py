"""What parcels can use on a day: hubs, bays of scheduled trips, fleets; and their tables."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from cargo.fleet_tables import FleetTables
from cargo.layout import DEPARTURE_HOURS, DWELL, HUB_HOURS, LICENCE, STAFF_HOURS, Carriers
from cargo.outlook import Outlook
from cargo.rules import CO2_G_PER_TONNE_KM, CO2_G_PER_TONNE_KM_ELSE, GOODS_ONLY, mode_of
from routing.layout import NONE, BoolArray, Float64Array, Int32Array, first_of, frozen

Box = tuple[int, int, int]  # edges in cm
Place = tuple[float, float]  # lat, lon
Where = Callable[[Float64Array, Float64Array], BoolArray]  # (lat, lon) → which places are in


class Room(NamedTuple):
    """An amount of space, in whole units."""

    kg: int
    litres: int
    pieces: int

    def minus(self, used: "Room") -> "Room":
        """What is left, never below zero."""
        return Room(*(max(0, a - b) for a, b in zip(self, used, strict=True)))

    def at_most(self, other: "Room") -> "Room":
        """The smaller of each field."""
        return Room(*(min(a, b) for a, b in zip(self, other, strict=True)))


ENDLESS = Room(2**30, 2**30, 2**30)


@dataclass(frozen=True)
class Hub:
    """A place where parcels change between road and line."""

    id: str
    name: str
    lat: float
    lon: float
    opens: int  # s
    closes: int  # s
    handling: int  # s
    storage_pieces: int
    staff: tuple[int, int] | None = None  # s, when lines are served; None: while it is open


@dataclass(frozen=True)
class Call:
    """A stop of a scheduled trip at a hub."""

    hub: int
    stop_id: str
    stop_name: str
    position: int
    arrival: int  # s
    departure: int  # s
    is_end: bool  # first or last stop of the trip: loading needs no dwell
    is_licensed: bool = True  # within the area where the line may carry goods


@dataclass(frozen=True)
class LineTrip:
    """The bay of one trip under one cargo rule."""

    trip_id: str
    service_date: date
    start_time: int
    line_id: str
    line_name: str
    mode: str
    rule_id: str
    temperatures: tuple[str, ...]
    bay: Room
    handling: int  # s of loading at a stop
    departs: tuple[int, int]  # s, at the loading stop
    price_per_piece: float
    calls: tuple[Call, ...]
    room: tuple[Room, ...]  # (n_calls - 1,) left on the way to the next call
    hop_m: tuple[int, ...]  # (n_calls - 1,)
    refuses: tuple[str, ...] = ()  # classes of goods
    largest_box: Box | None = None
    max_value: float | None = None  # that one shipment may be worth
    is_attended: bool = False  # somebody watches over the goods
    offered: tuple[Room, ...] | None = None  # before bookings; None: the bay on every hop
    booked: tuple[frozenset[str], ...] = ()  # (n_calls - 1,) classes of goods; empty: none
    per_seat: Room | None = None  # that a free seat gives; None: room does not depend on seats

    @property
    def whole(self) -> tuple[Room, ...]:
        """The bay on every hop."""
        return (self.bay,) * len(self.room)


class TimeOff(NamedTuple):
    """A break of a driver, wholly within a window."""

    opens: int  # s
    closes: int  # s
    length: int  # s


@dataclass(frozen=True)
class Fleet:
    """Vehicles of one base."""

    id: str
    name: str
    kind: str  # taxi, van, truck, bus
    profile: str  # of roads
    lat: float  # of the base
    lon: float
    vehicles: int  # that may carry parcels at the same time
    opens: int  # s
    closes: int  # s
    bay: Room
    temperatures: tuple[str, ...]
    radius_m: int | None
    per_km: float
    per_hour: float
    fixed: float
    co2_g_per_km: int
    seats: int = 0
    wheelchairs: int = 0  # places
    refuses: tuple[str, ...] = ()  # classes of goods
    largest_box: Box | None = None
    max_value: float | None = None  # that one shipment may be worth
    is_attended: bool = True
    skills: frozenset[str] = frozenset()  # what its vehicles and drivers can do
    breaks: tuple[TimeOff, ...] = ()  # of each driver
    start: Place | None = None  # where rounds begin; None: at the base
    end: Place | None = None  # where rounds end; None: where they began
    picks_up: Where | None = None  # where it may load and let in, within its radius
    sets_down: Where | None = None  # where it may unload and let out

    # What follows from these, looked at again and again.
    begins_at: Place = field(init=False, compare=False)  # where rounds begin
    ends_at: Place = field(init=False, compare=False)  # where they end
    spans: tuple[tuple[int, int], ...] = field(init=False, compare=False)  # s, of work

    def __post_init__(self) -> None:
        begins_at = (self.lat, self.lon) if self.start is None else self.start
        put = partial(object.__setattr__, self)  # a look at `vars` would slow all later looks
        put("begins_at", begins_at)
        put("ends_at", begins_at if self.end is None else self.end)
        put("spans", tuple(self._spans()))

    @property
    def is_for_goods(self) -> bool:
        """Whether it carries goods alone, as all do in separate operation that carry any."""
        return self.kind in GOODS_ONLY

    @property
    def mode(self) -> str:
        """Mode that goods ride; a bus without a timetable runs on demand."""
        return mode_of(self.kind)

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Its shift without the breaks that can be at one time only."""
        begin = self.opens
        for off in self.breaks:
            if off.closes - off.opens == off.length:
                if begin < min(off.opens, self.closes):
                    yield begin, min(off.opens, self.closes)
                begin = max(begin, off.closes)
        if begin < self.closes:
            yield begin, self.closes


def depots(fleets: Sequence[Fleet]) -> list[Place]:
    """Where rounds begin, by fleet, and then other places where some end, each once."""
    begins = [fleet.begins_at for fleet in fleets]
    ends = (fleet.ends_at for fleet in fleets if fleet.ends_at != fleet.begins_at)
    return [*begins, *dict.fromkeys(ends)]


@dataclass(frozen=True)
class Network:
    """Everything parcels can use on one date."""

    hubs: tuple[Hub, ...]
    trips: tuple[LineTrip, ...]
    fleets: tuple[Fleet, ...]
    apart: frozenset[frozenset[str]] = frozenset()  # pairs of goods never in one bay or vehicle

    @cached_property
    def kinds(self) -> tuple[LineTrip, ...]:
        """A bay of each kind: bays of one kind take the same goods, room apart."""
        found = {_terms(trip): trip for trip in reversed(self.trips)}
        return tuple(found[key] for key in dict.fromkeys(map(_terms, self.trips)))

    @cached_property
    def fleet_tables(self) -> FleetTables:
        """Fleets as tables."""
        return FleetTables(self.fleets)

    @cached_property
    def hub_radians(self) -> tuple[Float64Array, Float64Array]:
        """Latitudes and longitudes of the hubs."""
        return np.radians([hub.lat for hub in self.hubs]), np.radians(
            [hub.lon for hub in self.hubs]
        )

    @cached_property
    def trips_of_rule(self) -> dict[str, list[LineTrip]]:
        """Bays of each cargo rule."""
        found: dict[str, list[LineTrip]] = {}
        for trip in self.trips:
            found.setdefault(trip.rule_id, []).append(trip)
        return found

    @cached_property
    def booked(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """(call, classes of goods that are booked on the hop after it), where there are any."""
        return tuple(
            (int(first) + at, names)
            for first, trip in zip(self.carriers.first_call_of_bay, self.trips, strict=False)
            for at, names in enumerate(trip.booked)
            if names
        )

    @cached_property
    def carriers(self) -> Carriers:
        """Tables for chain searches."""
        return carriers_of(self.hubs, self.trips)

    @cached_property
    def emptied(self) -> Carriers:
        """Carriers with empty bays."""
        return self._with_room(
            [trip.offered or (trip.bay,) * len(trip.room) for trip in self.trips]
        )

    @cached_property
    def without_passengers(self) -> Carriers:
        """Carriers with empty bays, as large as if nobody was expected to need a seat."""
        if all(trip.offered in {None, trip.whole} for trip in self.trips):
            return self.emptied
        return self._with_room([trip.whole for trip in self.trips])

    @cached_property
    def endless(self) -> Carriers:
        """Carriers with endless room for what they take."""
        room = frozen(np.full(self.carriers.kg.size, ENDLESS.kg))
        return self.carriers._replace(kg=room, litres=room, pieces=room)

    @cached_property
    def boundless(self) -> Carriers:
        """Carriers with room for everything."""
        return self.endless._replace(kind=frozen(np.full(self.carriers.kind.size, NONE)))

    def _with_room(self, rooms: Sequence[tuple[Room, ...]]) -> Carriers:
        pairs = zip(self.trips, rooms, strict=True)
        if all(trip.room == room for trip, room in pairs):
            return self.carriers
        pairs = zip(self.trips, rooms, strict=True)
        return carriers_of(self.hubs, [replace(trip, room=room) for trip, room in pairs])

    @cached_property
    def handling(self) -> Int32Array:
        """Handling time of each hub, shape (n_hubs,)."""
        return frozen([hub.handling for hub in self.hubs])

    @cached_property
    def outlook(self) -> Outlook:
        """Which hops lead to which hubs."""
        return Outlook(self.carriers, self.handling)

    @cached_property
    def place_of_call(self) -> tuple[tuple[int, int], ...]:
        """(bay, index of the call within it) of each call of the tables."""
        return tuple(
            (bay, at) for bay, trip in enumerate(self.trips) for at in range(len(trip.calls))
        )

    def call(self, call: int) -> tuple[LineTrip, Call]:
        """Trip and call of a row of the tables."""
        bay, at = self.place_of_call[call]
        return self.trips[bay], self.trips[bay].calls[at]


def _terms(trip: LineTrip) -> tuple[object, ...]:
    """What decides which goods a bay takes, room apart."""
    return (
        trip.temperatures, trip.refuses, trip.largest_box, trip.max_value, trip.is_attended,
    )  # fmt: skip


def carriers_of(hubs: Sequence[Hub], trips: Sequence[LineTrip]) -> Carriers:
    """Flatten trips into tables."""
    calls = [(bay, trip, call) for bay, trip in enumerate(trips) for call in trip.calls]
    rooms = [room for trip in trips for room in (*trip.room, Room(0, 0, 0))]
    departure = np.array([call.departure for _, _, call in calls], np.int64)
    bay_of_call = np.array([bay for bay, _, _ in calls], np.int64)
    has_hop = np.append(bay_of_call[1:] == bay_of_call[:-1], False)[: len(calls)]
    order = np.lexsort((np.arange(len(calls)), departure))
    return Carriers(
        first_call_of_bay=first_of(bay_of_call, len(trips)),
        bay_of_call=frozen(bay_of_call),
        hub=frozen([call.hub for _, _, call in calls]),
        arrival=frozen([call.arrival for _, _, call in calls]),
        departure=frozen(departure),
        load_by=frozen([call.departure - trip.handling for _, trip, call in calls]),
        unloaded=frozen(_unloaded(trips)),
        load_block=frozen([_load_block(hubs, trip, call) for _, trip, call in calls], np.uint8),
        unload_block=frozen([_unload_block(hubs, trip, call) for _, trip, call in calls], np.uint8),
        kg=frozen([room.kg for room in rooms]),
        litres=frozen([room.litres for room in rooms]),
        pieces=frozen([room.pieces for room in rooms]),
        co2_per_kg=frozen([mg for trip in trips for mg in _co2_per_kg(trip)], np.int64),
        kind=frozen(_kinds(trips)),
        price_per_piece=frozen([round(trip.price_per_piece * 1000) for trip in trips], np.int64),
        order=frozen(order[has_hop[order]]),
    )


def _kinds(trips: Sequence[LineTrip]) -> list[int]:
    """Number of each bay's kind, in the order of `Network.kinds`."""
    number: dict[tuple[object, ...], int] = {}
    return [number.setdefault(_terms(trip), len(number)) for trip in trips]


def unloaded_at(trip: LineTrip, at: int) -> int:
    """When goods lie in the hub's hands after a call: a hop takes a second at least."""
    ready = trip.calls[at].arrival + trip.handling
    return ready if at == 0 else max(ready, trip.calls[at - 1].departure + 1)


def co2_g_per_tonne_km(mode: str) -> int:
    """What goods on board of a scheduled trip add."""
    return CO2_G_PER_TONNE_KM.get(mode, CO2_G_PER_TONNE_KM_ELSE)


def _unloaded(trips: Sequence[LineTrip]) -> list[int]:
    return [unloaded_at(trip, at) for trip in trips for at in range(len(trip.calls))]


def _co2_per_kg(trip: LineTrip) -> list[int]:
    """Milligrams a kg on each hop, and zero at the last call: 1 g/t km is 1 mg/kg km."""
    factor = co2_g_per_tonne_km(trip.mode)
    return [*(round(factor * metres / 1000) for metres in trip.hop_m), 0]


def _load_block(hubs: Sequence[Hub], trip: LineTrip, call: Call) -> int:
    hub = hubs[call.hub]
    is_open = (
        hub.opens + hub.handling <= call.departure - trip.handling <= call.departure <= hub.closes
    )
    first, last = trip.departs
    return (
        (0 if is_open else HUB_HOURS)
        | _staff_block(hub, call.departure - trip.handling - hub.handling, call.departure)
        | (0 if call.is_licensed else LICENCE)
        | (0 if call.is_end or call.departure - call.arrival >= trip.handling else DWELL)
        | (0 if first <= call.departure <= last else DEPARTURE_HOURS)
    )


def _unload_block(hubs: Sequence[Hub], trip: LineTrip, call: Call) -> int:
    hub = hubs[call.hub]
    is_open = hub.opens <= call.arrival <= call.arrival + trip.handling <= hub.closes
    has_time = call.is_end or call.departure - call.arrival >= trip.handling
    return (
        (0 if is_open else HUB_HOURS)
        | _staff_block(hub, call.arrival, call.arrival + trip.handling)
        | (0 if call.is_licensed else LICENCE)
        | (0 if has_time else DWELL)
    )


def _staff_block(hub: Hub, begin: int, end: int) -> int:
    """Whether nobody is there to serve a line between two times."""
    is_there = hub.staff is None or hub.staff[0] <= begin <= end <= hub.staff[1]
    return 0 if is_there else STAFF_HOURS
