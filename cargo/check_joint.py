"""Checks a joint day: the road by the core's own check, lines, hubs and chains by their facts.

It takes the times that the plan states and asks trips and hubs directly. The road problem is taken
as the plan states it: its windows at hubs and who may carry what are not derived again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from cargo.chains import Ride
from cargo.check_facts import Violation, is_too_large
from cargo.joint import JointDay, Outcome
from cargo.network import Call, Hub, LineTrip
from cargo.pdp.check import check as check_road
from cargo.pdp.model import PdpProblem, Vehicle
from cargo.pdp.plan import Visit
from cargo.problem import TimedShipment
from cargo.shipment import Shipment

TOLERANCE = 1e-3  # of prices

Visits = Mapping[tuple[str, str], Visit]  # by request and kind


def check_joint(day: JointDay, outcome: Outcome) -> list[Violation]:
    """Everything that is wrong with one way of operation; an empty list where nothing is."""
    found = [
        Violation(f"road/{fault.rule}", fault.text)
        for fault in check_road(outcome.road, outcome.plan)
    ]
    visits = {
        (visit.request, visit.kind): visit for row in outcome.plan.rounds for visit in row.visits
    }
    left = {name.split("/")[0] for name in outcome.plan.unserved if "/" in name}
    riding = {at: way.rides for at, way in outcome.ways.items() if str(at) not in left}
    for at, shipment in enumerate(day.problem.shipments):
        if str(at) not in left:
            found += _check_doors(at, shipment, visits, is_direct=at not in riding)
            found += _check_hours(day, at, riding.get(at, ()), visits)
    for at, rides in riding.items():
        found += _check_rides(day, at, rides, visits)
    found += _check_room(day, riding)
    found += _check_prices(day, outcome, riding)
    found += _check_carriers(day, outcome)
    found += _check_waits(day, outcome, visits)
    return found


def _check_doors(
    at: int, shipment: TimedShipment, visits: Visits, *, is_direct: bool
) -> Iterator[Violation]:
    """Windows at the doors."""
    name = shipment.document.id
    first, last = ("direct", "direct") if is_direct else ("first", "last")
    begin, end = visits.get((f"{at}/{first}", "pickup")), visits.get((f"{at}/{last}", "delivery"))
    if begin is not None and begin.start < shipment.ready:
        yield Violation("ready", f"{name}: picked up before it is ready")
    if end is not None and end.start > shipment.due:
        yield Violation("due", f"{name}: delivered after it is due")
    if is_direct and (begin is None or end is None):
        yield Violation("chain", f"{name}: neither rides nor is driven")


def _check_hours(
    day: JointDay, at: int, rides: Sequence[Ride], visits: Visits
) -> Iterator[Violation]:
    """Goods are on the way no longer than they may, from one door to the other."""
    shipment, network = day.problem.shipments[at], day.problem.network
    first, last = ("first", "last") if rides else ("direct", "direct")
    begin, end = visits.get((f"{at}/{first}", "pickup")), visits.get((f"{at}/{last}", "delivery"))
    left = came = 0
    if rides:
        trip, load = network.call(rides[0].load_call)
        left = load.departure - trip.handling - network.hubs[load.hub].handling
        trip, unload = network.call(rides[-1].unload_call)
        came = unload.arrival + trip.handling
    left, came = left if begin is None else begin.departure, came if end is None else end.start
    if came - left > shipment.most:
        name = shipment.document.id
        yield Violation("hours", f"{name}: {came - left} s on the way, {shipment.most} allowed")


def _check_rides(
    day: JointDay, at: int, rides: Sequence[Ride], visits: Visits
) -> Iterator[Violation]:
    """Hand-overs at hubs, and trips that may carry the goods."""
    network, shipment = day.problem.network, day.problem.shipments[at]
    name, hub_at = shipment.document.id, None
    brought, fetched = visits.get((f"{at}/first", "delivery")), visits.get((f"{at}/last", "pickup"))
    here = shipment.ready if brought is None else brought.departure
    if len(rides) > shipment.document.max_trips:
        yield Violation("max_trips", f"{name}: more trips than it may ride")
    for ride in rides:
        (trip, load), (_, unload) = network.call(ride.load_call), network.call(ride.unload_call)
        if hub_at is not None and hub_at != load.hub:
            yield Violation("custody", f"{name}: changes between two hubs")
        if here + network.hubs[load.hub].handling + trip.handling > load.departure:
            yield Violation("handling", f"{name}: too late for {trip.trip_id}")
        if not trip.departs[0] <= load.departure <= trip.departs[1]:
            yield Violation("departs", f"{name}: {trip.trip_id} takes no parcels then")
        yield from _check_terms(shipment.document, trip)
        yield from _check_call(name, trip, network.hubs[load.hub], load, is_loading=True)
        yield from _check_call(name, trip, network.hubs[unload.hub], unload, is_loading=False)
        here, hub_at = unload.arrival + trip.handling, unload.hub
    if fetched is not None and fetched.start < here:
        yield Violation("handling", f"{name}: fetched before it is unloaded")
    if fetched is None and here > shipment.due:
        yield Violation("due", f"{name}: at its hub after it is due")


def _check_carriers(day: JointDay, outcome: Outcome) -> Iterator[Violation]:
    """Vehicles take the goods that they carry."""
    for row in outcome.plan.rounds:
        fleet = day.fleet_of(row.vehicle)
        for name in sorted({visit.request for visit in row.visits if "/" in visit.request}):
            goods = day.problem.shipments[int(name.split("/")[0])].document
            if goods.temperature not in fleet.temperatures:
                yield Violation("temperature", f"{goods.id}: not carried by {row.vehicle}")
            if goods.goods in fleet.refuses:
                yield Violation("goods", f"{goods.id}: {row.vehicle} takes no {goods.goods}")
            if is_too_large(goods.box_cm, fleet.largest_box):
                yield Violation("box", f"{goods.id}: its box does not go into {row.vehicle}")
            if missing := set(goods.skills) - fleet.skills:
                yield Violation("skill", f"{goods.id}: {row.vehicle} lacks {sorted(missing)}")


def _check_terms(goods: Shipment, trip: LineTrip) -> Iterator[Violation]:
    """The bay takes goods of this kind."""
    if goods.temperature not in trip.temperatures:
        yield Violation("temperature", f"{goods.id}: not carried by {trip.trip_id}")
    if goods.goods in trip.refuses:
        yield Violation("goods", f"{goods.id}: {trip.trip_id} takes no {goods.goods}")
    if goods.accompanied and not trip.is_attended:
        yield Violation("attended", f"{goods.id}: nobody watches over it on {trip.trip_id}")
    if is_too_large(goods.box_cm, trip.largest_box):
        yield Violation("box", f"{goods.id}: its box does not go into {trip.trip_id}")


def _check_call(
    name: str, trip: LineTrip, hub: Hub, call: Call, *, is_loading: bool
) -> Iterator[Violation]:
    """The hub is open while goods are handed over, and the trip stands long enough."""
    begin = call.departure - trip.handling - hub.handling if is_loading else call.arrival
    end = call.departure if is_loading else call.arrival + trip.handling
    if begin < hub.opens or end > hub.closes:
        yield Violation("hub_hours", f"{name}: {hub.name} is closed when {trip.trip_id} calls")
    first, last = hub.staff or (begin, end)
    if begin < first or end > last:
        yield Violation("staff", f"{name}: nobody is at {hub.name} when {trip.trip_id} calls")
    if not call.is_licensed:
        yield Violation("licence", f"{name}: {trip.trip_id} may carry nothing at {call.stop_id}")
    if not call.is_end and call.departure - call.arrival < trip.handling:
        yield Violation("dwell", f"{name}: {trip.trip_id} stops too briefly at {hub.name}")


def _check_room(day: JointDay, riding: Mapping[int, Sequence[Ride]]) -> Iterator[Violation]:
    """Room on every hop of every trip, and goods that are kept apart there."""
    network = day.problem.network
    load: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    goods: dict[tuple[int, int], list[str]] = defaultdict(list)
    for at, rides in riding.items():
        for bay, load_call, unload_call in rides:
            first, end = network.place_of_call[load_call][1], network.place_of_call[unload_call][1]
            for hop in range(first, end):
                goods[bay, hop].append(day.problem.shipments[at].document.goods)
                for unit, amount in enumerate(day.problem.shipments[at].room):
                    load[bay, hop][unit] += amount
    apart = network.apart
    for (bay, hop), names in goods.items():
        for one, other in combinations(sorted(names), 2):
            if frozenset({one, other}) in apart:
                text = f"{network.trips[bay].trip_id}: {one} and {other} after call {hop}"
                yield Violation("goods", text)
    for (bay, hop), amounts in load.items():
        trip = network.trips[bay]
        if any(one > most for one, most in zip(amounts, trip.room[hop], strict=True)):
            yield Violation("room", f"{trip.trip_id}: too much after call {hop}")


def _check_prices(
    day: JointDay, outcome: Outcome, riding: Mapping[int, Sequence[Ride]]
) -> Iterator[Violation]:
    """What a shipment's lines are paid and its rounds would save without it is within its limit."""
    road, trips = outcome.road, day.problem.network.trips
    vehicles = {vehicle.id: vehicle for vehicle in road.vehicles}
    left = {name.split("/")[0] for name in outcome.plan.unserved if "/" in name}
    for at, shipment in enumerate(day.problem.shipments):
        most = shipment.document.max_price
        if most is None or str(at) in left:
            continue
        cost = sum(trips[ride.bay].price_per_piece for ride in riding.get(at, ()))
        cost *= shipment.room.pieces
        for row in outcome.plan.rounds:
            others = [one for one in row.visits if not one.request.startswith(f"{at}/")]
            if len(others) < len(row.visits):
                vehicle = vehicles[row.vehicle]
                cost += _running(road, vehicle, row.visits) - _running(road, vehicle, others)
                cost += 0.0 if others else vehicle.fixed
        if cost > most + TOLERANCE:
            yield Violation("price", f"{shipment.document.id}: costs {cost:.0f}, {most:g} allowed")


def _running(road: PdpProblem, vehicle: Vehicle, visits: Sequence[Visit]) -> float:
    """Cost of driving to some visits and of serving there."""
    places = [vehicle.start, *(visit.place for visit in visits), vehicle.end]
    seconds, metres = road.duration[vehicle.profile], road.distance[vehicle.profile]
    driven = sum(int(metres[pair]) for pair in pairwise(places))
    spent = sum(int(seconds[pair]) for pair in pairwise(places))
    spent += sum(visit.departure - visit.start for visit in visits)
    return vehicle.per_m * driven + vehicle.per_s * spent


def _check_waits(day: JointDay, outcome: Outcome, visits: Visits) -> Iterator[Violation]:
    """Parties are picked up in time, whatever is carried beside them."""
    for party in day.parties:
        visit = visits.get((party.id, "pickup"))
        if visit is None:
            if party.id not in outcome.plan.unserved:
                yield Violation("party", f"{party.id}: neither carried nor refused")
        elif not party.asked <= visit.start <= party.asked + party.most_wait:
            yield Violation("wait", f"{party.id}: picked up outside its limits")
