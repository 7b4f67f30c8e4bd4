"""Check of three-echelon plans: every rule in floating point, sharing nothing with any solver."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from cargo.relay.model import CourierRound, Relay, RelayPlan, Ride

PACE = 0.2  # min a unit of distance, for trucks, lines and couriers
TOLERANCE = 0.01  # min


class RelayVerdict(NamedTuple):
    """What a plan costs, and what is wrong with it."""

    cost: float
    faults: tuple[str, ...]

    @property
    def is_feasible(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


class _Stay(NamedTuple):
    """A parcel at a stop."""

    stop: int
    begin: float
    end: float
    load: int


def check(relay: Relay, plan: RelayPlan) -> RelayVerdict:
    """Follow every truck, parcel and courier, and list what is broken."""
    faults = list(_form_faults(relay, plan))
    if faults:
        return RelayVerdict(math.nan, tuple(faults))
    faults += _truck_faults(relay, plan)
    faults += _run_faults(relay, plan)
    faults += _courier_faults(relay, plan)
    faults += _wait_faults(relay, plan)
    return RelayVerdict(cost(relay, plan), tuple(faults))


def cost(relay: Relay, plan: RelayPlan) -> float:
    """Ways of trucks, and of couriers at their rate."""
    total = 0.0
    for tour in plan.tours:
        places = [relay.depot, *(relay.stops[at].at for at in tour.stops), relay.depot]
        total += _length(relay, places)
    for one in plan.rounds:
        here = relay.stops[one.stop].at
        places = [here, *(relay.customers[at].at for at in one.customers), here]
        total += relay.courier_cost * _length(relay, places)
    return total


def _length(relay: Relay, places: list[tuple[float, float]]) -> float:
    total = 0.0
    for (x, y), (to_x, to_y) in pairwise(places):
        way = math.hypot(to_x - x, to_y - y)
        total += float(int(way)) if relay.is_whole else way
    return total


def _minutes(a: tuple[float, float], b: tuple[float, float]) -> float:
    return PACE * math.hypot(a[0] - b[0], a[1] - b[1])


def _form_faults(relay: Relay, plan: RelayPlan) -> Iterator[str]:
    """What keeps a plan from being followed at all."""
    if len(plan.rides) != len(relay.customers):
        yield f"{len(plan.rides)} rides for {len(relay.customers)} customers"
        return
    visits = Counter(at for one in plan.rounds for at in one.customers)
    for at, (customer, ride) in enumerate(zip(relay.customers, plan.rides, strict=True)):
        if visits[at] != 1:
            yield f"{customer.name} is visited {visits[at]} times"
        for fault in _ride_faults(relay, plan, ride):
            yield f"{customer.name}: {fault}"
        if ride.out_stop not in customer.stops:
            yield f"{customer.name} cannot be served from stop {ride.out_stop}"
    for one in plan.rounds:
        for at in one.customers:
            if plan.rides[at].out_stop != one.stop:
                yield f"{relay.customers[at].name}: parcel and courier are at different stops"
    yield from _tour_faults(plan)


def _tour_faults(plan: RelayPlan) -> Iterator[str]:
    for tour in plan.tours:
        if len(tour.times) != len(tour.stops) or len(set(tour.stops)) != len(tour.stops):
            yield "a tour has a call without a time, or calls twice at a stop"


def _ride_faults(relay: Relay, plan: RelayPlan, ride: Ride) -> Iterator[str]:
    if not 0 <= ride.truck < len(plan.tours):
        yield f"there is no truck {ride.truck}"
    elif ride.in_stop not in plan.tours[ride.truck].stops:
        yield f"truck {ride.truck} does not call at stop {ride.in_stop}"
    if not 0 <= ride.line < len(relay.lines):
        yield f"there is no line {ride.line}"
        return
    line = relay.lines[ride.line]
    if not 0 <= ride.run < line.n_runs:
        yield f"line {line.name} has no run {ride.run}"
    if ride.in_stop not in line.in_stops or ride.out_stop not in line.out_stops:
        yield f"line {line.name} does not go from stop to stop"


def _truck_faults(relay: Relay, plan: RelayPlan) -> Iterator[str]:
    if len(plan.tours) > relay.n_trucks:
        yield f"{len(plan.tours)} trucks of {relay.n_trucks}"
    for truck, tour in enumerate(plan.tours):
        load = sum(
            customer.demand
            for customer, ride in zip(relay.customers, plan.rides, strict=True)
            if ride.truck == truck
        )
        if load > relay.truck_capacity:
            yield f"truck {truck} carries {load} of {relay.truck_capacity}"
        now, here = 0.0, relay.depot
        for stop, time in zip(tour.stops, tour.times, strict=True):
            there = relay.stops[stop].at
            if stop not in relay.in_stops:
                yield f"truck {truck} may not call at stop {stop}"
            if now + _minutes(here, there) > time + TOLERANCE:
                yield f"truck {truck} cannot be at stop {stop} by {time:.2f}"
            now, here = time, there


def _call(relay: Relay, ride: Ride, stop: int) -> float:
    """Minute at which the run of a ride calls at a stop."""
    line = relay.lines[ride.line]
    order = [*line.in_stops, *line.out_stops]
    now = line.first + ride.run * line.headway
    for a, b in pairwise(order):
        if a == stop:
            return now
        now += _minutes(relay.stops[a].at, relay.stops[b].at)
    return now


def _run_faults(relay: Relay, plan: RelayPlan) -> Iterator[str]:
    loads: Counter[tuple[int, int, int]] = Counter()
    for customer, ride in zip(relay.customers, plan.rides, strict=True):
        line = relay.lines[ride.line]
        order = [*line.in_stops, *line.out_stops]
        for hop in range(order.index(ride.in_stop), order.index(ride.out_stop)):
            loads[ride.line, ride.run, hop] += customer.demand
    for (at, run, hop), load in loads.items():
        line = relay.lines[at]
        if load > line.capacity:
            yield f"run {run} of line {line.name} carries {load} of {line.capacity} on hop {hop}"


def _courier_faults(relay: Relay, plan: RelayPlan) -> Iterator[str]:
    for stop, n in Counter(one.stop for one in plan.rounds).items():
        if n > relay.n_couriers:
            yield f"stop {relay.stops[stop].name}: {n} couriers of {relay.n_couriers}"
    for one in plan.rounds:
        load = sum(relay.customers[at].demand for at in one.customers)
        if load > relay.courier_capacity:
            yield f"a courier carries {load} of {relay.courier_capacity}"
        yield from _way_faults(relay, one)


def _way_faults(relay: Relay, one: CourierRound) -> Iterator[str]:
    now, here = one.departure, relay.stops[one.stop].at
    for at in one.customers:
        customer = relay.customers[at]
        now = max(now + _minutes(here, customer.at), customer.earliest)
        here = customer.at
        if now > customer.latest + TOLERANCE:
            yield f"{customer.name} is served at {now:.2f}, after {customer.latest:.2f}"
    now += _minutes(here, relay.stops[one.stop].at)
    if now - one.departure > relay.longest_round + TOLERANCE:
        yield f"a round lasts {now - one.departure:.2f} of {relay.longest_round:.2f} minutes"


def _wait_faults(relay: Relay, plan: RelayPlan) -> Iterator[str]:
    """Parcels that wait too long, leave before they are there, or find no room."""
    leaves = {at: one.departure for one in plan.rounds for at in one.customers}
    stays = []
    for at, ride in enumerate(plan.rides):
        customer = relay.customers[at]
        tour = plan.tours[ride.truck]
        call = tour.times[tour.stops.index(ride.in_stop)]
        spans = (
            (ride.in_stop, call, _call(relay, ride, ride.in_stop)),
            (ride.out_stop, _call(relay, ride, ride.out_stop), leaves[at]),
        )
        for index, begin, end in spans:
            stop = relay.stops[index]
            if end < begin + stop.handling - TOLERANCE:
                yield f"{customer.name}: leaves stop {stop.name} {begin - end:.2f} min too soon"
            if end - begin > stop.longest_wait + TOLERANCE:
                yield f"{customer.name}: waits {end - begin:.2f} min at stop {stop.name}"
            stays.append(_Stay(index, begin, end, customer.demand))
    for one in stays:
        moment = one.begin + TOLERANCE  # what leaves as it comes takes no room
        load = sum(
            other.load
            for other in stays
            if other.stop == one.stop and other.begin <= moment < other.end - TOLERANCE
        )
        if load > relay.stops[one.stop].capacity:
            stop = relay.stops[one.stop]
            yield f"stop {stop.name} holds {load} of {stop.capacity} at {moment:.2f}"
