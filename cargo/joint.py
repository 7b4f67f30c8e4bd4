"""Passengers and parcels of a day on one fleet, with lines: as one pickup-and-delivery problem.

The ways that parcels ride fix which road parts are needed and within which windows: a parcel
without a way goes from door to door, one with a way needs a drive to its first hub and one from
its last. What is left is who drives what, which is the core's question.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cargo.chains import HubPath
from cargo.network import Call, Fleet, LineTrip
from cargo.pdp.model import Pause, PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import Plan
from cargo.problem import Problem, TimedShipment, holds
from cargo.roads import NO_WAY_M, PROFILE_OF_KIND, Driver
from cargo.rules import DOOR_SERVICE
from cargo.transit import door_limits
from routing.layout import UNREACHED, Int32Array, frozen

BOARDING = 30  # s that a passenger needs to get in or out
HANDLING = 30  # s a shipment, where a vehicle loads or unloads many at once: at a hub
PASSENGER_PENALTY = 1e7  # of leaving a party behind: above all parcels of a day
PARCEL_PENALTY, PER_PRIORITY = 1e5, 2e5  # above every drive of a day
DIRECT, FIRST, LAST = "direct", "first", "last"

Ways = Mapping[int, HubPath]  # shipment → lines it rides; the others go by road
Objective = tuple[int, tuple[int, ...], int, int]


@dataclass(frozen=True)
class Party:
    """Passengers who travel together by taxi."""

    id: str
    origin: tuple[float, float]  # lat, lon
    destination: tuple[float, float]
    asked: int  # s; not picked up before
    most_wait: int  # s from `asked` to the pickup
    most_ride: float  # times the direct drive
    size: int = 1


@dataclass(frozen=True)
class Duty:
    """Vehicles of one fleet that are on the road."""

    fleet: int
    vehicles: int
    seats: int
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class JointDay:
    """Everything that is asked of the vehicles and lines of a day."""

    problem: Problem
    parties: tuple[Party, ...]
    duties: tuple[Duty, ...]
    driver: Driver
    is_parted: bool = True  # no parcel is handled while a passenger is on board

    @cached_property
    def tables(self) -> tuple[tuple[Int32Array, ...], tuple[Int32Array, ...]]:
        """Seconds and metres between the problem's spots, then the ends of the parties."""
        ends = [place for party in self.parties for place in (party.origin, party.destination)]
        spots = self.problem.roads.spots
        lat = [spot.lat for spot in spots] + [place[0] for place in ends]
        lon = [spot.lon for spot in spots] + [place[1] for place in ends]
        pairs = [self.driver.table(lat, lon, kind) for kind in PROFILE_OF_KIND]
        metres = (frozen(np.minimum(table, NO_WAY_M)) for _, table in pairs)
        return tuple(frozen(table) for table, _ in pairs), tuple(metres)

    def fleet_of(self, vehicle: str) -> Fleet:
        """Fleet that a vehicle of a plan belongs to."""
        return self.problem.network.fleets[fleet_number(vehicle)]


@dataclass(frozen=True)
class Outcome:
    """A plan of a day, with the problem that its road parts are."""

    ways: Ways
    road: PdpProblem
    plan: Plan
    objective: Objective


def fleet_number(vehicle: str) -> int:
    """Number of the fleet that a vehicle of a plan belongs to."""
    return int(vehicle.split("#", maxsplit=1)[0])


def shipment_of(request: str) -> int | None:
    """Number of the shipment that a request of a plan is a road part of; None for a party."""
    name, slash, _ = request.partition("/")
    return int(name) if slash else None


def road_problem(
    day: JointDay, ways: Ways, *, is_mixed: bool, spared: frozenset[str] = frozenset()
) -> PdpProblem:
    """Road parts of all parcels and the trips of all parties, without vehicles that are spared.

    Where operation is not mixed, taxis carry passengers and vans carry parcels.
    """
    vehicles = tuple(vehicle for vehicle in road_vehicles(day) if vehicle.id not in spared)
    return PdpProblem(
        requests=(*_parties(day, vehicles), *_parcels(day, vehicles, ways, is_mixed=is_mixed)),
        vehicles=vehicles,
        duration=day.tables[0],
        distance=day.tables[1],
        is_parted=day.is_parted,
        apart=day.problem.network.apart,
        name="joint day",
    )


def road_vehicles(day: JointDay) -> Iterator[Vehicle]:
    """Vehicles of all duties."""
    problem = day.problem
    for duty in day.duties:
        fleet, base = problem.network.fleets[duty.fleet], problem.base_spot[duty.fleet]
        for at in range(duty.vehicles):
            yield Vehicle(
                id=f"{duty.fleet}#{at}",
                start=base,
                end=base,
                opens=fleet.opens,
                closes=fleet.closes,
                capacity=(*fleet.bay, duty.seats),
                profile=PROFILE_OF_KIND[fleet.kind],
                per_m=fleet.per_km / 1000,
                per_s=fleet.per_hour / 3600,
                fixed=fleet.fixed,
                pauses=duty.pauses,
            )


def _parties(day: JointDay, vehicles: Sequence[Vehicle]) -> Iterator[Request]:
    n, drive = len(day.problem.roads.spots), day.tables[0][PROFILE_OF_KIND["taxi"]]
    for at, party in enumerate(day.parties):
        tail, head = n + 2 * at, n + 2 * at + 1
        taxis = (
            vehicle.id
            for vehicle in vehicles
            if day.fleet_of(vehicle.id).kind == "taxi" and vehicle.capacity[-1] >= party.size
        )
        yield Request(
            id=party.id,
            pickup=Stop(tail, party.asked, party.asked + party.most_wait, BOARDING),
            delivery=Stop(head, service=BOARDING),
            amount=(0, 0, 0, party.size),
            max_ride=round(party.most_ride * int(drive[tail, head])),
            is_passenger=True,
            penalty=PASSENGER_PENALTY,
            vehicles=frozenset(taxis),
        )


def _parcels(
    day: JointDay, vehicles: Sequence[Vehicle], ways: Ways, *, is_mixed: bool
) -> Iterator[Request]:
    problem = day.problem
    for at, shipment in enumerate(problem.shipments):
        able = [
            vehicle.id
            for vehicle in vehicles
            if (is_mixed or day.fleet_of(vehicle.id).kind == "van")
            and holds(day.fleet_of(vehicle.id), shipment)
        ]
        for part, pickup, delivery in _parts(problem, at, ways.get(at)):
            yield Request(
                id=f"{at}/{part}",
                pickup=pickup,
                delivery=delivery,
                amount=(*shipment.room, 0),
                max_ride=shipment.most if part == DIRECT and shipment.most < UNREACHED else None,
                penalty=_penalty(shipment, ways.get(at)),
                goods=shipment.document.goods,
                vehicles=frozenset(
                    name for name in able if _may(day, name, (pickup.place, delivery.place))
                ),
            )


def _penalty(shipment: TimedShipment, way: HubPath | None) -> float:
    """Cost of leaving a road part behind; no more than what it may cost."""
    usual, most = PARCEL_PENALTY, shipment.document.max_price
    usual += PER_PRIORITY * shipment.document.priority
    lines = 0.0 if way is None else way.cost / 1000
    return usual if most is None else min(usual, max(0.0, most - lines))


def _may(day: JointDay, vehicle: str, spots: tuple[int, int]) -> bool:
    """Whether the area of a vehicle holds some places."""
    return all(day.problem.reach[fleet_number(vehicle), spot] for spot in spots)


def _parts(problem: Problem, at: int, way: HubPath | None) -> Iterator[tuple[str, Stop, Stop]]:
    """Road parts of a shipment: name, pickup, delivery."""
    shipment = problem.shipments[at]
    doors = problem.pickup_spot[at], problem.delivery_spot[at]
    if way is None:
        yield (
            DIRECT,
            Stop(doors[0], shipment.ready, service=_service(problem, doors[0])),
            Stop(doors[1], latest=shipment.due, service=_service(problem, doors[1])),
        )
        return
    (trip, load), (last_trip, unload) = _ends(problem, way)
    hub_in, hub_out = problem.network.hubs[load.hub], problem.network.hubs[unload.hub]
    spots = problem.hub_spot[load.hub], problem.hub_spot[unload.hub]
    is_fetched = not problem.is_at_hub(doors[0], load.hub)
    is_brought = not problem.is_at_hub(doors[1], unload.hub)
    by = load.departure - trip.handling - hub_in.handling - (HANDLING if is_fetched else 0)
    free = unload.arrival + last_trip.handling + (hub_out.handling if is_brought else 0)
    leaves = by - (problem.quickest(doors[0], spots[0]) if is_fetched else 0)
    comes = free + (HANDLING + problem.quickest(spots[1], doors[1]) if is_brought else 0)
    earliest, latest = door_limits(
        shipment.most, leaves, comes, is_fetched=is_fetched, is_brought=is_brought
    )
    if is_fetched:
        yield (
            FIRST,
            Stop(doors[0], max(shipment.ready, earliest - DOOR_SERVICE), service=DOOR_SERVICE),
            Stop(spots[0], hub_in.opens, by, HANDLING),
        )
    if is_brought:
        yield (
            LAST,
            Stop(spots[1], free, hub_out.closes - HANDLING, HANDLING),
            Stop(doors[1], latest=min(shipment.due, latest), service=DOOR_SERVICE),
        )


def _service(problem: Problem, door: int) -> int:
    """Seconds at a door; one beside a hub is a place where many shipments wait."""
    hubs = range(len(problem.network.hubs))
    return HANDLING if any(problem.is_at_hub(door, hub) for hub in hubs) else DOOR_SERVICE


def _ends(problem: Problem, way: HubPath) -> tuple[tuple[LineTrip, Call], tuple[LineTrip, Call]]:
    """First and last call of a way."""
    network = problem.network
    return network.call(way.rides[0].load_call), network.call(way.rides[-1].unload_call)


def outcome_of(day: JointDay, ways: Ways, road: PdpProblem, plan: Plan) -> Outcome:
    """Rate a plan in which no parcel is served by half."""
    left = set(plan.unserved)
    waiting = sum(party.id in left for party in day.parties)
    gone = {at for name in left if (at := shipment_of(name)) is not None}
    levels = [0] * 10
    for at in gone:
        levels[9 - day.problem.shipments[at].document.priority] += 1
    lines = [(at, way) for at, way in ways.items() if at not in gone]
    line_cost = sum(way.cost for _, way in lines) / 1000
    road_co2 = sum(
        row.distance * day.fleet_of(row.vehicle).co2_g_per_km / 1000 for row in plan.rounds
    )
    line_co2 = sum(way.co2 for _, way in lines) / 1000
    cost, co2 = round(plan.cost + line_cost), round(road_co2 + line_co2)
    return Outcome(dict(ways), road, plan, (waiting, tuple(levels), cost, co2))
