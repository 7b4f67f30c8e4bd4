"""A freight problem: shipments of one date with everything they can use, checked once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from cargo.errors import DocumentError, TooManyShipmentsError
from cargo.moments import seconds_of
from cargo.network import Box, Fleet, LineTrip, Network, Room, depots
from cargo.passengers import TimedParty
from cargo.roads import Driver, RoadTables, Spot, profiles_of, road_tables
from cargo.rules import DOOR_SERVICE, HAND_IN_M
from cargo.shipment import MAX_SHIPMENTS, Place, Shipment
from cargo.transit import seconds_allowed
from routing.geo import distance_m
from routing.layout import NONE, UNREACHED, BoolArray, Int32Array, UInt8Array, frozen

DAY_END = 30 * 3600  # s; the latest time that a plan of a date deals with


@dataclass(frozen=True)
class TimedShipment:
    """A shipment with its window in seconds and the room it takes in whole units."""

    document: Shipment
    ready: int
    due: int
    room: Room
    most: int = UNREACHED  # s on the way, from leaving its door until it is handed over
    class_most: int = UNREACHED  # s on the way that its temperature class lasts
    back_by: int = UNREACHED  # s, at the latest there if nobody takes it
    is_held: bool = False  # stays, as what it follows is not delivered

    @property
    def most_cost(self) -> float:
        """What its chain may cost, in the currency."""
        price = self.document.max_price
        return math.inf if price is None else price

    def changed(self, **fields: Any) -> "TimedShipment":
        """The same shipment with other fields in its document."""
        return replace(self, document=self.document.model_copy(update=fields))

    @property
    def rank(self) -> float:
        """What comes first where not all can be served: the higher one, before what follows it."""
        return self.document.priority - (0.5 if self.document.follows is not None else 0.0)


@dataclass(frozen=True)
class Problem:
    """Shipments, parties, network and roads; spots are the places of the road tables."""

    network: Network
    shipments: tuple[TimedShipment, ...]
    parties: tuple[TimedParty, ...]
    roads: RoadTables
    hub_spot: tuple[int, ...]
    start_spot: tuple[int, ...]  # of each fleet: where its rounds begin
    end_spot: tuple[int, ...]  # where they end
    pickup_spot: tuple[int, ...]  # of each demand
    delivery_spot: tuple[int, ...]
    back_spot: tuple[int, ...]  # of each shipment that nobody takes; NONE where nothing is agreed
    reach: UInt8Array  # (2, n_fleets, n_spots) 1 where the fleet may pick up, may deliver

    @cached_property
    def demands(self) -> tuple[TimedShipment | TimedParty, ...]:
        """Shipments, then parties."""
        return (*self.shipments, *self.parties)

    @cached_property
    def service_spot(self) -> Int32Array:
        """Time that a vehicle stands at each spot, shape (n_spots,) s."""
        return frozen([spot.service for spot in self.roads.spots])

    def lead(self, shipment: int, drive: int) -> int:
        """Seconds on the way of a drive from a shipment's pickup, its service taken off."""
        return max(0, drive - int(self.service_spot[self.pickup_spot[shipment]]))

    def may(self, fleet: int, tail: int, head: int) -> bool:
        """Whether a fleet may pick up at one spot and deliver at another."""
        return bool(self.reach[0, fleet, tail] and self.reach[1, fleet, head])

    def quickest(self, tail: int, head: int) -> int:
        """Seconds of the quickest drive between two spots by any kind of vehicle."""
        return int(self.roads.duration[:, tail, head].min())

    def handed_in(self, shipment: int, load_call: int) -> int:
        """When people bring goods to the hub of a call: at once, or late if they last not long."""
        goods, carriers = self.shipments[shipment], self.network.carriers
        hub = self.network.hubs[int(carriers.hub[load_call])]
        if goods.most < UNREACHED:
            return int(carriers.load_by[load_call]) - hub.handling
        return max(goods.ready, hub.opens)

    def takes(self, shipment: int) -> UInt8Array:
        """1 where bays of a kind take a shipment, room apart; shape (n_kinds,)."""
        goods = self.shipments[shipment]
        table: UInt8Array = frozen([admits(bay, goods) for bay in self.network.kinds], np.uint8)
        return table

    def is_at_hub(self, spot: int, hub: int) -> bool:
        """Whether a door lies so near to a hub that no vehicle is needed."""
        door, place = self.roads.spots[spot], self.network.hubs[hub]
        return distance_m(door.lat, door.lon, place.lat, place.lon) <= HAND_IN_M


def timed(
    shipment: Shipment,
    base_epoch: int,
    zone: ZoneInfo,
    source: str,
    class_hours: Mapping[str, float] | None = None,
) -> TimedShipment:
    """Put a shipment on the clock of its date; temperature classes may last some hours only.

    Raises
    ------
    DocumentError
        If the window is empty or lies outside the date.
    """
    ready = 0 if shipment.ready is None else seconds_of(shipment.ready, base_epoch, zone)
    due = DAY_END if shipment.due is None else seconds_of(shipment.due, base_epoch, zone)
    if ready >= due:
        msg = (
            f"{source}: shipment '{shipment.id}': due {shipment.due} is not after ready "
            f"{shipment.ready}; widen the window"
        )
        raise DocumentError(msg)
    if due <= 0 or ready >= DAY_END:
        msg = (
            f"{source}: shipment '{shipment.id}': window {shipment.ready} to {shipment.due} lies "
            "outside the date; name the date the shipment travels on"
        )
        raise DocumentError(msg)
    room = Room(math.ceil(shipment.kg), math.ceil(shipment.litres), shipment.pieces)
    by_class = seconds_allowed((class_hours or {}).get(shipment.temperature))
    most = min(seconds_allowed(shipment.max_hours), by_class)
    back = shipment.if_undelivered
    by = None if back is None else back.by
    return TimedShipment(
        shipment, max(0, ready), min(due, DAY_END), room, most, by_class,
        UNREACHED if by is None else seconds_of(by, base_epoch, zone),
    )  # fmt: skip


def make_problem(
    network: Network,
    shipments: Sequence[TimedShipment],
    driver: Driver,
    parties: Sequence[TimedParty] = (),
) -> Problem:
    """Lay out spots and ask for their driving times.

    Raises
    ------
    TooManyShipmentsError
        If the batch is larger than one plan can hold.
    """
    if len(shipments) > MAX_SHIPMENTS:
        raise TooManyShipmentsError(len(shipments), MAX_SHIPMENTS)
    spots = [
        Spot(hub.lat, hub.lon, hub.name, hub.handling, at) for at, hub in enumerate(network.hubs)
    ]
    fleets, places = network.fleets, depots(network.fleets)
    names = {fleet.ends_at: fleet.name for fleet in reversed(fleets)}
    bases = [Spot(*fleet.begins_at, fleet.name, 0, NONE) for fleet in fleets]
    bases += [Spot(*place, names[place], 0, NONE) for place in places[len(fleets) :]]
    doors: dict[Spot, int] = {}
    first_door = len(spots) + len(bases)
    starts = range(len(spots), len(spots) + len(fleets))
    last = {place: len(spots) + at for at, place in enumerate(places) if at >= len(fleets)}
    ends: list[Sequence[int]] = [
        [
            doors.setdefault(_door(door), len(doors)) + first_door
            for door in (shipment.document.pickup, shipment.document.delivery)
        ]
        for shipment in shipments
    ]
    number = {hub.id: at for at, hub in enumerate(network.hubs)}
    backs = [
        NONE if asked is None
        else number[asked.hub] if asked.hub is not None
        else pickup if asked.to is None
        else doors.setdefault(_door(asked.to), len(doors)) + first_door
        for (pickup, _), shipment in zip(ends, shipments, strict=True)
        for asked in (shipment.document.if_undelivered,)
    ]  # fmt: skip
    first_kerb = first_door + len(doors)
    kerbs = [spot for party in parties for spot in party.spots]
    ends += [(first_kerb + 2 * at, first_kerb + 2 * at + 1) for at in range(len(parties))]
    roads = road_tables([*spots, *bases, *doors, *kerbs], driver, profiles_of(fleets))
    return Problem(
        network=network,
        shipments=tuple(shipments),
        parties=tuple(parties),
        roads=roads,
        hub_spot=tuple(range(len(spots))),
        start_spot=tuple(starts),
        end_spot=tuple(
            start if fleet.ends_at == fleet.begins_at else last[fleet.ends_at]
            for start, fleet in zip(starts, fleets, strict=True)
        ),
        pickup_spot=tuple(pickup for pickup, _ in ends),
        delivery_spot=tuple(delivery for _, delivery in ends),
        back_spot=tuple(backs),
        reach=network.fleet_tables.reach([(spot.lat, spot.lon) for spot in roads.spots]),
    )


def _door(place: Place) -> Spot:
    return Spot(place.lat, place.lon, place.name, DOOR_SERVICE, NONE)


def classes_apart(problem: Problem) -> tuple[Int32Array, UInt8Array]:
    """Number of each shipment's class of goods, NONE where it may ride beside all, and who not."""
    apart = problem.network.apart
    number = {name: at for at, name in enumerate(sorted(frozenset[str]().union(*apart)))}
    table = np.zeros((len(number), len(number)), np.uint8)
    for pair in apart:
        rows = [number[name] for name in sorted(pair)]
        table[rows[0], rows[-1]] = table[rows[-1], rows[0]] = 1
    kinds = [number.get(shipment.document.goods, NONE) for shipment in problem.shipments]
    return frozen(kinds), frozen(table, np.uint8)


def booked_classes(problem: Problem) -> Int32Array:
    """1 where goods of a class are booked on the hop after a call, shape (n_calls, n_classes)."""
    network = problem.network
    names = sorted(frozenset[str]().union(*network.apart))
    table = np.zeros((network.carriers.hub.size, len(names)), np.int32)
    for call, booked in network.booked:
        table[call, [names.index(name) for name in booked]] = 1
    return frozen(table)


def holds(carrier: Fleet | LineTrip, shipment: TimedShipment) -> bool:
    """Whether an empty bay could hold a shipment."""
    asked, bay = shipment.room, carrier.bay
    fits = asked.kg <= bay.kg and asked.litres <= bay.litres and asked.pieces <= bay.pieces
    return fits and admits(carrier, shipment)


def holding(network: Network, shipment: TimedShipment) -> BoolArray:
    """Fleets whose empty bay could hold a shipment, shape (n_fleets,)."""
    tables = network.fleet_tables
    return np.array([holds(fleet, shipment) for fleet in tables.kinds], np.bool_)[tables.kind]


def admits(carrier: Fleet | LineTrip, shipment: TimedShipment) -> bool:
    """Whether a bay takes goods of this kind, whatever room there is; lines need no skills."""
    goods = shipment.document
    return (
        (not isinstance(carrier, Fleet) or carrier.skills.issuperset(goods.skills))
        and goods.temperature in carrier.temperatures
        and goods.goods not in carrier.refuses
        and (carrier.is_attended or not goods.accompanied)
        and fits_through(goods.box_cm, carrier.largest_box)
        and (carrier.max_value is None or goods.value <= carrier.max_value)
    )


def fits_through(box: tuple[float, ...] | None, largest: Box | None) -> bool:
    """Whether a box is in no direction larger than the largest, turned as it fits best."""
    if box is None or largest is None:
        return True
    return all(one <= most for one, most in zip(sorted(box), sorted(largest), strict=True))


def bays_of(network: Network) -> tuple[Fleet | LineTrip, ...]:
    """All that has room for goods."""
    return (*network.fleets, *network.trips)
