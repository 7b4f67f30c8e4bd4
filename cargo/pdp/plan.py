"""A plan in words: what each vehicle does when, and what is left behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cargo.kernels.steps import refresh
from cargo.kernels.timing import drive
from cargo.numbers import Whole
from cargo.pdp.layout import METRES, Line, Rounds, Tables
from cargo.pdp.model import PdpProblem, Stop, Vehicle
from cargo.pdp.state import empty_line, empty_rounds
from routing.layout import NONE

PICKUP, DELIVERY = "pickup", "delivery"


def task_number(request: int, kind: str) -> int:
    """Number that kernels give the pickup or the delivery of a request."""
    return 2 * request + (kind == DELIVERY)


def kind_of(task: int) -> str:
    """Whether a task is a pickup or a delivery."""
    return DELIVERY if task & 1 else PICKUP


@dataclass(frozen=True)
class Visit:
    """One task on the clock; waiting lies between arrival and start."""

    request: str
    kind: str  # PICKUP or DELIVERY
    place: Whole
    arrival: Whole
    start: Whole  # of service
    departure: Whole


@dataclass(frozen=True)
class Rest:
    """A pause as it is held."""

    start: int
    end: int


@dataclass(frozen=True)
class VehicleRound:
    """What one vehicle does, from its start to its end."""

    vehicle: str
    start: int
    end: int
    visits: tuple[Visit, ...]
    rests: tuple[Rest, ...]
    distance: int
    cost: float

    @property
    def duration(self) -> int:
        """Seconds from start to end."""
        return self.end - self.start


@dataclass(frozen=True)
class Plan:
    """Rounds in use and requests without one."""

    rounds: tuple[VehicleRound, ...]
    unserved: tuple[str, ...]

    @property
    def cost(self) -> float:
        """Of all rounds, without penalties."""
        return sum(row.cost for row in self.rounds)

    @property
    def distance(self) -> int:
        """Of all rounds."""
        return sum(row.distance for row in self.rounds)


def make_plan(problem: PdpProblem, tables: Tables, tasks: Sequence[Sequence[int]]) -> Plan:
    """Put the tasks of each vehicle on the clock: the earliest end, and the latest start for it."""
    rounds, line = empty_rounds(tables), empty_line(tables)
    driven = []
    for row, some in enumerate(tasks):
        if len(some):
            rounds.size[row], rounds.task[row, : len(some)] = len(some), some
            driven.append(_drive(problem, tables, rounds, line, row))
    served = {task >> 1 for some in tasks for task in some}
    left = [request.id for r, request in enumerate(problem.requests) if r not in served]
    return Plan(tuple(driven), tuple(left))


def _drive(
    problem: PdpProblem, tables: Tables, rounds: Rounds, line: Line, row: int
) -> VehicleRound:
    vehicle = problem.vehicles[row]
    is_fine = refresh(tables, rounds, line, row)
    span = drive(tables, rounds, line, row, NONE, NONE, NONE, NONE, True)
    if not is_fine or span == NONE:
        raise ValueError(f"the round of vehicle '{vehicle.id}' cannot be driven")
    n = int(rounds.size[row])
    starts = line.time[: n + 2].tolist()
    departures = [starts[0], *_departures(problem, rounds, row, starts)]
    rests = tuple(_rests(vehicle, line, departures))
    visits = tuple(_visits(problem, rounds, row, starts))
    metres = int(rounds.step[row, n + 1, METRES])
    cost = vehicle.fixed + vehicle.per_m * metres + vehicle.per_s * span
    return VehicleRound(vehicle.id, starts[0], starts[-1], visits, rests, metres, cost)


def _stop(problem: PdpProblem, task: int) -> Stop:
    request = problem.requests[task >> 1]
    stop = request.delivery if task & 1 else request.pickup
    assert stop is not None
    return stop


def _departures(
    problem: PdpProblem, rounds: Rounds, row: int, starts: Sequence[int]
) -> Iterator[int]:
    for k, task in enumerate(rounds.task[row, : rounds.size[row]].tolist()):
        yield starts[k + 1] + _stop(problem, task).service


def _rests(vehicle: Vehicle, line: Line, departures: Sequence[int]) -> Iterator[Rest]:
    """Hold each pause of the round as soon as it may be held in its gap."""
    free = 0
    for at, pause in enumerate(sorted(vehicle.pauses, key=lambda pause: pause.earliest)):
        if not 0 < line.rest[at] <= len(departures):
            continue  # before the round, or after it
        start = max(free, pause.earliest, departures[int(line.rest[at]) - 1])
        free = start + pause.length
        yield Rest(start, free)


def _visits(
    problem: PdpProblem, rounds: Rounds, row: int, starts: Sequence[int]
) -> Iterator[Visit]:
    vehicle = problem.vehicles[row]
    way, here, free = problem.duration[vehicle.profile], vehicle.start, starts[0]
    for k, task in enumerate(rounds.task[row, : rounds.size[row]].tolist()):
        stop = _stop(problem, task)
        arrival = free if here is None else free + int(way[here, stop.place])
        start, free = starts[k + 1], starts[k + 1] + stop.service
        yield Visit(
            problem.requests[task >> 1].id,
            kind_of(task),
            stop.place,
            min(arrival, start),
            start,
            free,
        )
        here = stop.place
