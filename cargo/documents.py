"""Plans and offers as documents: chains, route sheets, manifests, figures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from cargo.chains import Ride
from cargo.dedicated import RoadRide
from cargo.fleet_rounds import FleetRound
from cargo.layout import Carriers
from cargo.moments import clock_of
from cargo.money import decimals_of
from cargo.network import Call, Hub, LineTrip, Room
from cargo.options import Option
from cargo.problem import Problem
from cargo.quote import HandIn, Offer
from cargo.roads import Spot
from cargo.schedule import DrivenRound, Operation, Stay, from_road_to_road
from routing.layout import NONE

Document = dict[str, Any]


@dataclass(frozen=True)
class Style:
    """How times and money are written."""

    base_epoch: int
    zone: ZoneInfo
    currency: str

    def time(self, seconds: int) -> str:
        """RFC 3339."""
        return clock_of(seconds, self.base_epoch, self.zone)

    def money(self, amount: float) -> Document:
        """An amount of the smallest unit (yen, cents) with its currency."""
        text = str(Decimal(round(amount)).scaleb(-decimals_of(self.currency)))
        return {"amount": text, "currency": self.currency}


def point_of_spot(problem: Problem, spot: Spot) -> Document:
    """A door, a base or a hub."""
    found: Document = {"name": spot.name, "lat": spot.lat, "lon": spot.lon}
    if spot.hub != NONE:
        found["hub"] = problem.network.hubs[spot.hub].id
    return found


def point_of_hub(hub: Hub) -> Document:
    """A hub as a place of a chain."""
    return {"name": hub.name, "lat": hub.lat, "lon": hub.lon, "hub": hub.id}


def point_of_call(hub: Hub, call: Call) -> Document:
    """A stop of a trip at a hub."""
    return {
        **point_of_hub(hub),
        "name": call.stop_name,
        "stop_id": call.stop_id,
        "position": call.position,
    }


def trip_names(trip: LineTrip) -> Document:
    """What a scheduled trip is called."""
    return {
        "trip_id": trip.trip_id,
        "service_date": trip.service_date.isoformat(),
        "start_time": trip.start_time,
        "line": trip.line_id,
        "line_name": trip.line_name,
        "mode": trip.mode,
        "rule": trip.rule_id,
    }


def trip_step(problem: Problem, style: Style, ride: Ride) -> Document:
    """A ride on a scheduled trip."""
    trip, load = problem.network.call(ride.load_call)
    unload = problem.network.call(ride.unload_call)[1]
    hubs = problem.network.hubs
    return {
        "kind": "trip",
        **trip_names(trip),
        "from": point_of_call(hubs[load.hub], load),
        "to": point_of_call(hubs[unload.hub], unload),
        "departure": style.time(load.departure),
        "arrival": style.time(unload.arrival),
    }


def hold_step(style: Style, hub: Hub, came: int, left: int) -> Document:
    """A stay at a hub."""
    return {
        "kind": "hold",
        "hub": hub.id,
        "at": point_of_hub(hub),
        "from": style.time(came),
        "until": style.time(left),
    }


def _line_steps(
    problem: Problem, style: Style, rides: tuple[Ride, ...], came: int
) -> Iterator[Document]:
    """Holds and rides from being handed in at `came` to the arrival of the last trip."""
    network = problem.network
    for ride in rides:
        load = network.call(ride.load_call)[1]
        yield hold_step(style, network.hubs[load.hub], came, load.departure)
        yield trip_step(problem, style, ride)
        came = network.call(ride.unload_call)[1].arrival


# --- offers ---------------------------------------------------------------------------------


def offer_document(problem: Problem, style: Style, offer: Offer) -> Document:
    """One chain of a quote."""
    steps: list[Document] = []
    if isinstance(offer.first, RoadRide):
        steps.append(_ride_step(problem, style, offer.first))
    else:
        if offer.first.ride is not None:
            steps.append(_ride_step(problem, style, offer.first.ride))
        steps += _line_steps(problem, style, offer.rides, offer.first.time)
        steps += _last_steps(problem, style, offer)
    return {
        "departure": style.time(offer.departure),
        "arrival": style.time(offer.arrival),
        "cost": style.money(offer.cost / 1000),
        "co2_g": round(offer.co2 / 1000),
        "chain": steps,
    }


def _last_steps(problem: Problem, style: Style, offer: Offer) -> Iterator[Document]:
    last: HandIn | None = offer.last
    if last is None:
        return
    came = problem.network.call(offer.rides[-1].unload_call)[1].arrival
    hub = problem.network.hubs[last.hub]
    if last.ride is None:
        yield hold_step(style, hub, came, last.time)
    else:
        yield hold_step(style, hub, came, last.ride.departure)
        yield _ride_step(problem, style, last.ride)


def _ride_step(problem: Problem, style: Style, ride: RoadRide) -> Document:
    fleet, spots = problem.network.fleets[ride.fleet], problem.roads.spots
    return {
        "kind": "road",
        "mode": fleet.mode,
        "vehicle": fleet.id,
        "from": point_of_spot(problem, spots[ride.tail]),
        "to": point_of_spot(problem, spots[ride.head]),
        "departure": style.time(ride.departure),
        "arrival": style.time(ride.arrival),
        "distance_m": ride.distance_m,
    }


# --- plans ----------------------------------------------------------------------------------


def chain_document(operation: Operation, style: Style, shipment: int) -> list[Document]:
    """How a planned shipment travels, or how far one came that is stuck."""
    problem, is_stuck = operation.problem, shipment in operation.stuck
    option = operation.catalogue.options[operation.assignment.option[shipment]]
    first = [] if option.first_job == NONE else [_job_step(operation, style, option.first_job)]
    last = [] if option.last_job == NONE else [_job_step(operation, style, option.last_job)]
    if option.rides:
        return [*first, *_line_part(operation, style, shipment, option), *last]
    if is_stuck:
        hub = problem.roads.spots[operation.catalogue.jobs[option.first_job].delivery].hub
        came = operation.times[option.first_job].arrival
        return [*first, hold_step(style, problem.network.hubs[hub], came, came)]
    if not last:
        return first
    came, left, hub = from_road_to_road(operation, option)
    return [*first, hold_step(style, problem.network.hubs[hub], came, left), *last]


def _line_part(
    operation: Operation, style: Style, shipment: int, option: Option
) -> Iterator[Document]:
    """From being in the hands of the first hub until the last one lets go."""
    problem = operation.problem
    came = problem.handed_in(shipment, option.rides[0].load_call)
    if option.first_job != NONE:
        came = operation.times[option.first_job].arrival
    yield from _line_steps(problem, style, option.rides, came)
    trip, call = problem.network.call(option.rides[-1].unload_call)
    left = call.arrival + trip.handling
    if option.last_job != NONE:
        left = operation.times[option.last_job].departure
    yield hold_step(style, problem.network.hubs[call.hub], call.arrival, left)


def _job_step(operation: Operation, style: Style, job_at: int) -> Document:
    problem, job, times = operation.problem, operation.catalogue.jobs[job_at], operation.times
    row = operation.driven[times[job_at].round]
    fleet, spots = problem.network.fleets[row.row.fleet], problem.roads.spots
    return {
        "kind": "road",
        "mode": fleet.mode,
        "vehicle": sheet_id(problem, row.row),
        "from": point_of_spot(problem, spots[job.pickup]),
        "to": point_of_spot(problem, spots[job.delivery]),
        "departure": style.time(times[job_at].departure),
        "arrival": style.time(times[job_at].arrival),
        "distance_m": problem.roads.drive(fleet.profile, job.pickup, job.delivery)[1],
    }


def sheet_id(problem: Problem, row: FleetRound) -> str:
    """Name of one round of one vehicle."""
    return f"{problem.network.fleets[row.fleet].id}/{row.vehicle}/{row.round}"


def route_sheets(operation: Operation, style: Style) -> list[Document]:
    """What every vehicle does."""
    return [_sheet(operation, style, row) for row in operation.driven]


def _sheet(operation: Operation, style: Style, row: DrivenRound) -> Document:
    problem = operation.problem
    fleet = problem.network.fleets[row.row.fleet]
    return {
        "id": sheet_id(problem, row.row),
        "vehicle": f"{fleet.id}/{row.row.vehicle}",
        "round": row.row.round,
        "fleet": fleet.id,
        "kind": fleet.kind,
        "visits": [_visit(operation, style, stay) for stay in row.stays],
        "breaks": [{"from": style.time(a), "until": style.time(b)} for a, b in row.breaks],
        "distance_m": row.distance_m,
        "duration_s": row.duration,
        "cost": style.money(row.cost),
        "co2_g": round(row.co2_g),
    }


def _visit(operation: Operation, style: Style, stay: Stay) -> Document:
    problem, jobs = operation.problem, operation.catalogue.jobs
    n, demands = len(problem.shipments), problem.demands
    visit: Document = {
        "at": point_of_spot(problem, problem.roads.spots[stay.spot]),
        "arrival": style.time(stay.arrival),
        "departure": style.time(stay.departure),
    }
    for words, some in ((("load", "board"), stay.load), (("unload", "alight"), stay.unload)):
        for is_party, word in enumerate(words):
            numbers = [jobs[job].demand for job in some]
            names = [demands[at].document.id for at in numbers if (at >= n) == is_party]
            if names or not is_party:
                visit[word] = names
    return visit


def rides_by_bay(operation: Operation) -> dict[int, list[tuple[int, Ride]]]:
    """(shipment, ride) on each bay in use."""
    found: dict[int, list[tuple[int, Ride]]] = {}
    for shipment, option in operation.chosen():
        for ride in option.rides:
            found.setdefault(ride.bay, []).append((shipment, ride))
    return dict(sorted(found.items()))


def manifests(
    operation: Operation, style: Style, worths: Mapping[int, float] | None
) -> list[Document]:
    """What every trip loads and unloads where, and what more room is worth, where that is known."""
    return [
        _manifest(operation, style, bay, rides, worths)
        for bay, rides in rides_by_bay(operation).items()
    ]


def _manifest(
    operation: Operation,
    style: Style,
    bay: int,
    rides: list[tuple[int, Ride]],
    worths: Mapping[int, float] | None,
) -> Document:
    network, shipments = operation.problem.network, operation.problem.shipments
    trip = network.trips[bay]
    first = int(network.carriers.first_call_of_bay[bay])
    stops = []
    for at, call in enumerate(trip.calls):
        load = [shipments[one].document.id for one, ride in rides if ride.load_call == first + at]
        unload = [
            shipments[one].document.id for one, ride in rides if ride.unload_call == first + at
        ]
        if load or unload:
            stops.append(
                {
                    "at": point_of_call(network.hubs[call.hub], call),
                    "arrival": style.time(call.arrival),
                    "departure": style.time(call.departure),
                    "load": load,
                    "unload": unload,
                }
            )
    return {
        **trip_names(trip),
        "stops": stops,
        "segments": list(_segments(operation, style, first, rides, worths)),
    }


def _segments(
    operation: Operation,
    style: Style,
    first: int,
    rides: list[tuple[int, Ride]],
    worths: Mapping[int, float] | None,
) -> Iterator[Document]:
    """Loads between calls, where there are any."""
    trip, _ = operation.problem.network.call(first)
    for at, room in enumerate(trip.room):
        load = load_on(operation, first + at, rides)
        if load.pieces:
            yield {
                "position": trip.calls[at].position,
                "to_position": trip.calls[at + 1].position,
                **load._asdict(),
                **{f"room_{name}": value for name, value in room._asdict().items()},
                "load_factor": load_factor(load, room),
                "one_more_box": (
                    None if worths is None else style.money(worths.get(first + at, 0.0))
                ),
            }


def load_factor(load: Room, room: Room) -> Document:
    """Shares of the room that a load takes."""
    pairs = zip(Room._fields, load, room, strict=True)
    return {name: round(has / most, 4) if most else None for name, has, most in pairs}


def load_on(operation: Operation, hop: int, rides: list[tuple[int, Ride]]) -> Room:
    """Sum of the goods on a hop."""
    rooms = [
        operation.problem.shipments[one].room
        for one, ride in rides
        if ride.load_call <= hop < ride.unload_call
    ]
    return Room(*(sum(column) for column in zip(*rooms, strict=True))) if rooms else Room(0, 0, 0)


def carriers_left(operation: Operation) -> Carriers:
    """Carriers with the room that a plan leaves."""
    return carriers_beside(operation.problem, operation.chosen())


def carriers_beside(problem: Problem, chosen: Iterable[tuple[int, Option]]) -> Carriers:
    """Carriers with the room that some shipments leave by their options."""
    carriers = problem.network.carriers
    kg, litres, pieces = (carriers.kg.copy(), carriers.litres.copy(), carriers.pieces.copy())
    for shipment, option in chosen:
        room = problem.shipments[shipment].room
        for ride in option.rides:
            hops = slice(ride.load_call, ride.unload_call)
            kg[hops] -= room.kg
            litres[hops] -= room.litres
            pieces[hops] -= room.pieces
    for array in (kg, litres, pieces):
        array.flags.writeable = False
    return carriers._replace(kg=kg, litres=litres, pieces=pieces)
