"""Times of a plan: when each vehicle is where, and what is loaded and unloaded there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cargo.fleet_rounds import FleetRound
from cargo.loading import Assignment
from cargo.options import Catalogue, Option
from cargo.pdp.plan import DELIVERY, Plan, Rest, VehicleRound
from cargo.problem import Problem


@dataclass
class Stay:
    """A vehicle at a spot."""

    spot: int
    arrival: int
    departure: int = 0
    load: list[int] = field(default_factory=list)  # jobs
    unload: list[int] = field(default_factory=list)  # jobs


@dataclass(frozen=True)
class DrivenRound:
    """One round as it is driven."""

    row: FleetRound
    stays: tuple[Stay, ...]  # the first and the last are where the fleet begins and ends
    distance_m: int
    cost: float  # in the currency
    co2_g: float
    kg_m: int  # kg on board times metres
    breaks: tuple[tuple[int, int], ...] = ()  # held in the round, from and until

    @property
    def duration(self) -> int:
        """Seconds between setting out and being back."""
        return self.stays[-1].arrival - self.stays[0].departure


@dataclass(frozen=True)
class RoadTimes:
    """When a job's goods leave the pickup and are handed over at the delivery."""

    round: int
    departure: int
    arrival: int


@dataclass(frozen=True)
class Operation:
    """One way to operate the day: choices, rounds and their times."""

    problem: Problem
    catalogue: Catalogue
    rounds: tuple[FleetRound, ...]
    assignment: Assignment
    driven: tuple[DrivenRound, ...]  # rounds in use
    times: dict[int, RoadTimes]  # by job; `round` is an index of `driven`
    stuck: frozenset[int] = frozenset()  # shipments whose chain ends at a hub, on a changed day

    def chosen(self) -> Iterator[tuple[int, Option]]:
        """(shipment, option) of the shipments served."""
        shipments = self.assignment.option[: len(self.problem.shipments)]
        for shipment, option in enumerate(shipments):
            if option >= 0:
                yield shipment, self.catalogue.options[option]

    def carried(self) -> Iterator[tuple[int, Option]]:
        """(number of the party, option) of the parties served."""
        n = len(self.problem.shipments)
        for party, option in enumerate(self.assignment.option[n:]):
            if option >= 0:
                yield party, self.catalogue.options[option]


def schedule(
    problem: Problem,
    catalogue: Catalogue,
    rounds: Sequence[FleetRound],
    assignment: Assignment,
    plan: Plan,
) -> Operation:
    """Read a plan of the road, whose requests are numbers of jobs, as stays of vehicles."""
    number = {row.id: at for at, row in enumerate(rounds)}
    driven: list[DrivenRound] = []
    times: dict[int, RoadTimes] = {}
    for found in plan.rounds:
        row = rounds[number[found.vehicle]]
        driven.append(_drive(problem, catalogue, row, found))
        for stay in driven[-1].stays:
            for job in stay.load:
                times[job] = RoadTimes(len(driven) - 1, stay.departure, 0)
        for visit in found.visits:
            if visit.kind == DELIVERY:
                job = int(visit.request)
                times[job] = replace(times[job], arrival=visit.start)
    return Operation(problem, catalogue, tuple(rounds), assignment, tuple(driven), times)


def _drive(
    problem: Problem, catalogue: Catalogue, row: FleetRound, found: VehicleRound
) -> DrivenRound:
    """What a vehicle does at each place; tasks at one place in a row are one stay."""
    fleet, begin = problem.network.fleets[row.fleet], problem.start_spot[row.fleet]
    metres = problem.roads.ways(fleet.profile)[1]
    stays, rests = [Stay(begin, found.start, found.start)], list(found.rests)
    breaks: list[tuple[int, int]] = []
    loaded = kg_m = 0
    for visit in found.visits:
        job, is_delivery = int(visit.request), visit.kind == DELIVERY
        held = _held(rests, visit.start)
        if visit.place != stays[-1].spot or len(stays) == 1:
            kg_m += loaded * int(metres[stays[-1].spot, visit.place])
            held = _after(held, stays[-1].departure)
            stays.append(Stay(visit.place, visit.start if held else visit.arrival))
        breaks += held
        here = stays[-1]
        here.departure = visit.start + problem.roads.spots[visit.place].service
        (here.unload if is_delivery else here.load).append(job)
        kg = problem.demands[catalogue.jobs[job].demand].room.kg
        loaded += -kg if is_delivery else kg
    breaks += _after(_held(rests, found.end), stays[-1].departure)
    stays.append(Stay(problem.end_spot[row.fleet], found.end, found.end))
    cost, co2_g = found.cost / 1000, fleet.co2_g_per_km * found.distance / 1000
    return DrivenRound(row, tuple(stays), found.distance, cost, co2_g, kg_m, tuple(breaks))


def _held(rests: list[Rest], until: int) -> list[tuple[int, int]]:
    """Take out of a list what is over by a time."""
    n = sum(rest.end <= until for rest in rests)
    held = [(rest.start, rest.end) for rest in rests[:n]]
    del rests[:n]
    return held


def _after(held: Sequence[tuple[int, int]], free: int) -> list[tuple[int, int]]:
    """Breaks moved behind the service before them, which to the core is a part of the way."""
    moved = []
    for start, end in held:
        begin = max(start, free)
        free = begin + end - start
        moved.append((begin, free))
    return moved


def occupancy(operation: Operation, hub: int) -> list[tuple[int, int, int, int]]:
    """Stays of goods at a hub: (from, until, pieces, shipment)."""
    problem = operation.problem
    found = []
    for shipment, option in operation.chosen():
        pieces = problem.shipments[shipment].room.pieces
        if not option.rides and option.last_job < 0:
            continue
        for at in range(len(option.rides) + 1):
            came, left, where = _stay_at_hub(operation, shipment, option, at)
            if where == hub:
                found.append((came, left, pieces, shipment))
    return found


def _stay_at_hub(
    operation: Operation, shipment: int, option: Option, at: int
) -> tuple[int, int, int]:
    """From, until and hub of the stay before ride `at`, or after the last one."""
    network = operation.problem.network
    handling = 0
    if not option.rides:
        return from_road_to_road(operation, option)
    if at > 0:
        trip, call = network.call(option.rides[at - 1].unload_call)
        came, where, handling = call.arrival, call.hub, trip.handling
    else:
        call = network.call(option.rides[0].load_call)[1]
        where = call.hub
        handed = operation.problem.handed_in(shipment, option.rides[0].load_call)
        came = handed if option.first_job < 0 else operation.times[option.first_job].arrival
    if at < len(option.rides):
        return came, network.call(option.rides[at].load_call)[1].departure, where
    if option.last_job < 0:
        return came, came + handling, where
    return came, operation.times[option.last_job].departure, where


def from_road_to_road(operation: Operation, option: Option) -> tuple[int, int, int]:
    """From, until and hub of the stay of goods that change from a vehicle to another one."""
    jobs, times, spots = operation.catalogue.jobs, operation.times, operation.problem.roads.spots
    job = jobs[option.last_job]
    came = times[option.first_job].arrival if option.first_job >= 0 else job.pickup_from
    return came, times[option.last_job].departure, spots[job.pickup].hub
