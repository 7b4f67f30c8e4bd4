"""Times of a plan: when each vehicle is where, and what is loaded and unloaded there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cargo.fleet_rounds import FleetRound
from cargo.layout import World
from cargo.loading import Assignment
from cargo.options import Catalogue, Option
from cargo.problem import Problem
from routing.layout import Int32Array


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
    """One round as it is driven; it starts and ends at the base."""

    row: FleetRound
    stays: tuple[Stay, ...]  # the first and the last are at the base
    distance_m: int
    cost: float  # in the currency
    co2_g: float
    kg_m: int  # kg on board times metres

    @property
    def duration(self) -> int:
        """Seconds between leaving the base and being back."""
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

    def chosen(self) -> Iterator[tuple[int, Option]]:
        """(shipment, option) of the shipments served."""
        for shipment, option in enumerate(self.assignment.option):
            if option >= 0:
                yield shipment, self.catalogue.options[option]


def schedule(
    problem: Problem,
    catalogue: Catalogue,
    rounds: Sequence[FleetRound],
    world: World,
    assignment: Assignment,
) -> Operation:
    """Put a plan on the clock."""
    driven: list[DrivenRound] = []
    times: dict[int, RoadTimes] = {}
    for row, tasks in enumerate(assignment.tasks):
        if tasks:
            ends: dict[int, list[int]] = {}
            driven.append(_drive(problem, catalogue, rounds[row], world, tasks, ends))
            for job, (departure, arrival) in ends.items():
                times[job] = RoadTimes(len(driven) - 1, departure, arrival)
    return Operation(problem, catalogue, tuple(rounds), assignment, tuple(driven), times)


def _drive(
    problem: Problem,
    catalogue: Catalogue,
    row: FleetRound,
    world: World,
    tasks: Sequence[int],
    ends: dict[int, list[int]],
) -> DrivenRound:
    """Drive a round: leave the base as early as costs no waiting. Fills `ends` by job."""
    fleet = problem.network.fleets[row.fleet]
    base, profile = problem.base_spot[row.fleet], 0 if fleet.kind == "taxi" else 1
    way, metres = world.travel.duration[profile], world.travel.distance[profile]
    time = _start(catalogue, row, tasks, base, way)
    stays = [Stay(base, time, time)]
    driven = loaded = kg_m = 0
    for task in tasks:
        job = catalogue.jobs[task // 2]
        spot = job.delivery if task & 1 else job.pickup
        first = job.delivery_from if task & 1 else job.pickup_from
        if spot != stays[-1].spot or len(stays) == 1:
            here = stays[-1].spot
            arrival = time + int(way[here, spot])
            driven += int(metres[here, spot])
            kg_m += loaded * int(metres[here, spot])
            stays.append(Stay(spot, arrival))
            time = arrival
        time = max(time, first)
        stays[-1].departure = time + problem.roads.spots[spot].service
        kg = problem.shipments[job.shipment].room.kg
        loaded += -kg if task & 1 else kg
        _note(stays[-1], ends, task, time)
    _close(ends, stays)
    back = time + int(way[stays[-1].spot, base])
    driven += int(metres[stays[-1].spot, base])
    cost = fleet.fixed + fleet.per_km * driven / 1000
    cost += fleet.per_hour * (back - stays[0].departure) / 3600
    stays.append(Stay(base, back, back))
    return DrivenRound(row, tuple(stays), driven, cost, fleet.co2_g_per_km * driven / 1000, kg_m)


def _note(stay: Stay, ends: dict[int, list[int]], task: int, time: int) -> None:
    """Write down a task that is done from `time` on."""
    if task & 1:
        stay.unload.append(task // 2)
        ends[task // 2][1] = time
    else:
        stay.load.append(task // 2)
        ends[task // 2] = [0, 0]


def _close(ends: dict[int, list[int]], stays: Sequence[Stay]) -> None:
    """Goods leave when the vehicle leaves."""
    for stay in stays:
        for job in stay.load:
            ends[job][0] = stay.departure


def _start(
    catalogue: Catalogue, row: FleetRound, tasks: Sequence[int], base: int, way: Int32Array
) -> int:
    """Earliest time to leave the base with the least waiting."""
    earliest, latest, duration, spot = row.opens, row.closes, 0, base
    for task in tasks:
        job = catalogue.jobs[task // 2]
        here = job.delivery if task & 1 else job.pickup
        opens = job.delivery_from if task & 1 else job.pickup_from
        closes = job.delivery_until if task & 1 else job.pickup_until
        shift = duration + int(way[spot, here])
        wait = max(opens - shift - latest, 0)
        earliest = max(opens - shift, earliest) - wait
        latest, duration, spot = min(closes - shift, latest), shift + wait, here
    return earliest


def occupancy(operation: Operation, hub: int) -> list[tuple[int, int, int, int]]:
    """Stays of goods at a hub: (from, until, pieces, shipment)."""
    problem = operation.problem
    found = []
    for shipment, option in operation.chosen():
        pieces = problem.shipments[shipment].room.pieces
        for at in range(len(option.rides) + 1 if option.rides else 0):
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
