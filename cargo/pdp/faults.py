"""What makes a pickup-and-delivery problem meaningless: where it stands and what to do."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from cargo.pdp.layout import INFINITE
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from routing.layout import UNREACHED

MOST_PLACES = 12_000  # two dense tables of that many are 1.2 GB
MOST_REQUESTS = MOST_PLACES  # each of which is compared with each
TOO_MANY = f"{{n}} places; at most {MOST_PLACES} fit into one problem: split it by area or time"


def faults(problem: PdpProblem, most_requests: int = MOST_REQUESTS) -> Iterator[str]:
    """All that is wrong with a problem."""
    if not problem.duration or len(problem.duration) != len(problem.distance):
        yield "give one matrix of durations and one of distances for each profile"
        return
    n = problem.n_places
    if n > MOST_PLACES:
        yield TOO_MANY.format(n=n)
    if len(problem.requests) > most_requests:
        yield (
            f"{len(problem.requests)} requests; at most {most_requests} fit into one problem: "
            "split it by area or time"
        )
        return
    for table in (*problem.duration, *problem.distance):
        if table.shape != (n, n):
            yield f"a matrix has shape {table.shape}, not ({n}, {n})"
        elif table.size and table.min() < 0:
            a, b = np.unravel_index(int(table.argmin()), table.shape)
            yield f"the way from place {a} to {b} is {table.min()}: ways must not be negative"
    yield from _twice("request", [row.id for row in problem.requests])
    yield from _twice("vehicle", [row.id for row in problem.vehicles])
    yield from _of_pairs(problem)
    n_resources = problem.n_resources
    for request in problem.requests:
        yield from request_faults(request, problem, n_resources)
    for vehicle in problem.vehicles:
        yield from _said(f"vehicle '{vehicle.id}'", _of_vehicle(vehicle, problem))


def _of_pairs(problem: PdpProblem) -> Iterator[str]:
    for pair in problem.apart:
        if not 1 <= len(pair) <= 2 or "" in pair:
            yield f"goods {sorted(pair)} are no pair; name two classes, or one that excludes itself"


def request_faults(request: Request, problem: PdpProblem, n_resources: int) -> Iterator[str]:
    """All that is wrong with one request, where vehicles have so many capacities."""
    yield from _said(f"request '{request.id}'", _of_request(request, n_resources))
    for name in ("pickup", "delivery", "if_undelivered"):
        stop = getattr(request, name)
        if stop is not None:
            yield from _said(f"request '{request.id}': {name}", _of_stop(stop, problem.n_places))


def _said(where: str, some: Iterable[tuple[bool, str]]) -> Iterator[str]:
    """Texts of what is the case."""
    for is_so, text in some:
        if is_so:
            yield f"{where}: {text}"


def _twice(what: str, names: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} '{name}' stands twice; give each an id of its own"
        seen.add(name)


def _of_request(request: Request, n: int) -> Iterator[tuple[bool, str]]:
    amounts = request.amount
    yield (
        request.pickup is None and request.delivery is None,
        "has neither pickup nor delivery; give at least one",
    )
    least = min(amounts, default=0)
    yield least < 0, f"amount {least} is negative; amounts are 0 or more"
    yield any(amounts[n:]), f"{len(amounts)} amounts, but vehicles have {n} capacities"
    ride = request.max_ride
    yield ride is not None and ride < 0, f"max_ride {ride} is negative"
    penalty = request.penalty
    yield (
        penalty is not None and not 0 <= penalty < INFINITE,
        f"penalty {penalty} is not a number from 0",
    )


def _of_stop(stop: Stop, n: int) -> Iterator[tuple[bool, str]]:
    yield not 0 <= stop.place < n, f"is at place {stop.place}; places are 0 to {n - 1}"
    yield (
        stop.earliest > stop.latest,
        f"window {stop.earliest} to {stop.latest} is empty; put the earliest time first",
    )
    yield (
        stop.service < 0 or not 0 <= stop.earliest < UNREACHED,
        f"earliest {stop.earliest} or service {stop.service} is out of range",
    )


def _of_vehicle(vehicle: Vehicle, problem: PdpProblem) -> Iterator[tuple[bool, str]]:
    least = min(vehicle.capacity, default=0)
    yield least < 0, f"capacity {least} is negative; capacities are 0 or more"
    yield (
        not 0 <= vehicle.opens <= vehicle.closes,
        f"shift {vehicle.opens} to {vehicle.closes} is empty; put its begin first",
    )
    n_profiles = len(problem.duration)
    yield (
        not 0 <= vehicle.profile < n_profiles,
        f"profile {vehicle.profile}; there are matrices for {n_profiles}",
    )
    yield min(vehicle.per_m, vehicle.per_s, vehicle.fixed) < 0, "a cost is negative"
    for name, place in (("start", vehicle.start), ("end", vehicle.end)):
        is_there = place is None or 0 <= place < problem.n_places
        yield not is_there, f"{name} at place {place}; places are 0 to {problem.n_places - 1}"
    for limit in (vehicle.max_duration, vehicle.max_tasks):
        yield limit is not None and limit < 0, f"a limit of {limit} is negative"
    for pause in vehicle.pauses:
        yield (
            pause.earliest > pause.latest or min(pause.earliest, pause.length) < 0,
            f"pause {pause.earliest} to {pause.latest} for {pause.length} s is void",
        )
