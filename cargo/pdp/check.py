"""Checks a plan of pickups and deliveries against its problem, visit by visit.

It shares nothing with the solvers: it takes the times that the plan states and asks whether they
keep every rule, then adds up distances and costs again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cargo.pdp.model import Pause, PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import DELIVERY, PICKUP, Plan, VehicleRound, Visit
from routing.layout import UNREACHED

TOLERANCE = 1e-6  # of costs


@dataclass(frozen=True)
class Fault:
    """One broken rule."""

    rule: str
    text: str


def check(problem: PdpProblem, plan: Plan) -> list[Fault]:
    """All rules that a plan breaks; none if it is right."""
    return [*_check_cover(problem, plan), *_check_rounds(problem, plan)]


def _check_cover(problem: PdpProblem, plan: Plan) -> Iterator[Fault]:
    """Each request is served whole by one vehicle, or listed as left behind."""
    known = {request.id: request for request in problem.requests}
    seen: Counter[tuple[str, str]] = Counter()
    by_vehicle: dict[str, set[str]] = {}
    for row in plan.rounds:
        for visit in row.visits:
            seen[visit.request, visit.kind] += 1
            by_vehicle.setdefault(visit.request, set()).add(row.vehicle)
    for (name, kind), times in seen.items():
        if times > 1:
            yield Fault("twice", f"{kind} of '{name}' is done {times} times")
    for name, vehicles in by_vehicle.items():
        if len(vehicles) > 1:
            yield Fault("split", f"'{name}' is in the rounds of {len(vehicles)} vehicles")
    for name in {*by_vehicle, *plan.unserved} - known.keys():
        yield Fault("request", f"there is no request '{name}'")
    for name, request in known.items():
        done = {kind for kind in (PICKUP, DELIVERY) if seen[name, kind]}
        yield from _check_served(request, done, plan.unserved.count(name))


def _check_served(request: Request, done: set[str], left: int) -> Iterator[Fault]:
    """What was done for a request is all or nothing, as the list of those left behind says."""
    stops = ((PICKUP, request.pickup), (DELIVERY, request.delivery))
    wanted = {kind for kind, stop in stops if stop is not None}
    if done - wanted:
        yield Fault("kind", f"'{request.id}' has no {', '.join(sorted(done - wanted))}")
    elif done and done != wanted:
        yield Fault("half", f"'{request.id}' is only partly served")
    if left > 1 or bool(done) == bool(left):
        yield Fault("unserved", f"'{request.id}' is neither served nor left behind, or both")


def _check_rounds(problem: PdpProblem, plan: Plan) -> Iterator[Fault]:
    vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
    requests = {request.id: request for request in problem.requests}
    used = Counter(row.vehicle for row in plan.rounds)
    for row in plan.rounds:
        if row.vehicle not in vehicles:
            yield Fault("vehicle", f"there is no vehicle '{row.vehicle}'")
        elif used[row.vehicle] > 1:
            yield Fault("vehicle", f"vehicle '{row.vehicle}' drives {used[row.vehicle]} rounds")
        elif all(visit.request in requests for visit in row.visits):
            yield from _check_round(_Round(problem, vehicles[row.vehicle], row, requests))


@dataclass(frozen=True)
class _Round:
    """One round with what is needed to judge it."""

    problem: PdpProblem
    vehicle: Vehicle
    row: VehicleRound
    requests: dict[str, Request]

    def stop(self, visit: Visit) -> Stop | None:
        """Where the request says that the visit takes place."""
        request = self.requests[visit.request]
        return request.pickup if visit.kind == PICKUP else request.delivery

    def way(self, tail: int | None, head: int | None) -> tuple[int, int]:
        """Seconds and metres between two places; none from or to nowhere."""
        if tail is None or head is None:
            return 0, 0
        profile = self.vehicle.profile
        return (
            int(self.problem.duration[profile][tail, head]),
            int(self.problem.distance[profile][tail, head]),
        )


def _check_round(of: _Round) -> Iterator[Fault]:
    if any(of.stop(visit) is None for visit in of.row.visits):
        return  # said already
    yield from _check_visits(of)
    yield from _check_shift(of)
    yield from _check_ways(of)
    yield from _check_rests(of)
    yield from _check_rides(of)
    yield from _check_loads(of)
    yield from _check_goods(of)
    yield from _check_sums(of)


def _check_visits(of: _Round) -> Iterator[Fault]:
    """Places, windows, service and who may carry."""
    for visit in of.row.visits:
        stop, request = of.stop(visit), of.requests[visit.request]
        assert stop is not None
        what = f"{visit.kind} of '{visit.request}' by '{of.vehicle.id}'"
        if visit.place != stop.place:
            yield Fault("place", f"{what} is at place {visit.place}, not {stop.place}")
        if not stop.earliest <= visit.start <= stop.latest:
            yield Fault(
                "window", f"{what} starts at {visit.start}, not in {stop.earliest}-{stop.latest}"
            )
        if visit.departure != visit.start + stop.service or visit.arrival > visit.start:
            yield Fault("service", f"{what} does not last {stop.service}")
        if not request.skills <= of.vehicle.skills:
            missing = ", ".join(sorted(request.skills - of.vehicle.skills))
            yield Fault("skill", f"{what} lacks {missing}")
        if request.vehicles is not None and of.vehicle.id not in request.vehicles:
            yield Fault("vehicle", f"{what}: another vehicle must do that")


def _check_shift(of: _Round) -> Iterator[Fault]:
    row, vehicle = of.row, of.vehicle
    if row.start < vehicle.opens or row.end > vehicle.closes:
        yield Fault("shift", f"'{vehicle.id}' works {row.start}-{row.end}, outside its shift")
    if vehicle.max_duration is not None and row.end - row.start > vehicle.max_duration:
        yield Fault("duration", f"'{vehicle.id}' works {row.end - row.start} s")
    if vehicle.max_tasks is not None and len(row.visits) > vehicle.max_tasks:
        yield Fault("tasks", f"'{vehicle.id}' has {len(row.visits)} tasks")


def _elements(of: _Round) -> list[tuple[int | None, int, int]]:
    """(place, start of service, departure) from the start to the end."""
    row = of.row
    inner = [(visit.place, visit.start, visit.departure) for visit in row.visits]
    return [
        (of.vehicle.start, row.start, row.start),
        *inner,
        (of.vehicle.end, row.end, row.end),
    ]


def _check_ways(of: _Round) -> Iterator[Fault]:
    """There is time for each way, and for the pauses held on it."""
    for (tail, _, left), (head, came, _) in pairwise(_elements(of)):
        rest = sum(
            min(rest.end, came) - max(rest.start, left)
            for rest in of.row.rests
            if rest.start < came and rest.end > left
        )
        if came - left - rest < of.way(tail, head)[0]:
            text = f"'{of.vehicle.id}' has {came - left - rest} s from {tail} to {head}"
            yield Fault("way", f"{text}, which take {of.way(tail, head)[0]}")


def _check_rests(of: _Round) -> Iterator[Fault]:
    """Each pause is held within its window, not during service."""
    pauses = _on_duty(of)
    if pauses is None:
        n = len(of.vehicle.pauses)
        yield Fault("pause", f"'{of.vehicle.id}' rests {len(of.row.rests)} of {n} times")
        return
    for pause, rest in zip(pauses, of.row.rests, strict=True):
        inside = of.row.start <= rest.start and rest.end <= of.row.end
        if not pause.earliest <= rest.start <= pause.latest or not inside:
            yield Fault("pause", f"'{of.vehicle.id}' rests at {rest.start}, not in its window")
        if rest.end - rest.start != pause.length:
            yield Fault("pause", f"'{of.vehicle.id}' rests {rest.end - rest.start} s")
        for visit in of.row.visits:
            if rest.start < visit.departure and rest.end > visit.start:
                yield Fault("pause", f"'{of.vehicle.id}' rests during {visit.request}")
    for one, other in pairwise(of.row.rests):
        if other.start < one.end:
            yield Fault("pause", f"'{of.vehicle.id}' holds two pauses at once")


def _on_duty(of: _Round) -> list[Pause] | None:
    """Pauses that the rests of a round must be; None where the others fit nowhere beside it."""
    pauses = sorted(of.vehicle.pauses, key=lambda pause: pause.earliest)
    n_off = len(pauses) - len(of.row.rests)
    for before in range(n_off + 1):
        end = len(pauses) - (n_off - before)
        beside = [*pauses[:before], *pauses[end:]]
        if not any(pause.is_on_duty for pause in beside) and (
            _held_by(pauses[:before], 0) <= of.row.start
            and _held_by(pauses[end:], of.row.end) < UNREACHED
        ):
            return pauses[before:end]
    return None


def _held_by(pauses: Sequence[Pause], free: int) -> int:
    """When the last of some pauses is over, for a driver who is free from a time on."""
    for pause in pauses:
        start = max(free, pause.earliest)
        if start > pause.latest:
            return UNREACHED
        free = start + pause.length
    return free


def _check_rides(of: _Round) -> Iterator[Fault]:
    """Pickups come first, and nobody rides too long."""
    picked: dict[str, int] = {}
    for visit in of.row.visits:
        request = of.requests[visit.request]
        if visit.kind == PICKUP:
            picked[visit.request] = visit.departure
        elif request.pickup is not None:
            if visit.request not in picked:
                yield Fault("order", f"'{visit.request}' is delivered before it is picked up")
            elif request.max_ride is not None:
                ride = visit.start - picked[visit.request]
                if ride > request.max_ride:
                    yield Fault("ride", f"'{visit.request}' rides {ride} of {request.max_ride} s")


def _check_loads(of: _Round) -> Iterator[Fault]:
    """Room on board, and no parcel handled beside a passenger."""
    n, visits = of.problem.n_resources, of.row.visits
    load = [0] * n
    riders = 0
    for visit in visits:
        if of.requests[visit.request].pickup is None:
            riders += of.requests[visit.request].is_passenger
            load = _plus(load, of.requests[visit.request], 1)
    yield from _over(of, load)
    for visit in visits:
        request = of.requests[visit.request]
        sign = 1 if visit.kind == PICKUP else -1
        if request.is_passenger:
            riders += sign
        elif of.problem.is_parted and riders:
            yield Fault("parted", f"'{visit.request}' is handled with a passenger on board")
        load = _plus(load, request, sign)
        yield from _over(of, load)


def _plus(load: Sequence[int], request: Request, sign: int) -> list[int]:
    amounts = [*request.amount, *[0] * (len(load) - len(request.amount))]
    return [has + sign * more for has, more in zip(load, amounts, strict=True)]


def _over(of: _Round, load: Sequence[int]) -> Iterator[Fault]:
    room = [*of.vehicle.capacity, *[0] * (len(load) - len(of.vehicle.capacity))]
    if any(has > most for has, most in zip(load, room, strict=True)):
        yield Fault("load", f"'{of.vehicle.id}' carries {list(load)} of {room}")


def _check_goods(of: _Round) -> Iterator[Fault]:
    """Goods that must be kept apart are never on board together."""
    aboard = Counter(
        of.requests[visit.request].goods
        for visit in of.row.visits
        if of.requests[visit.request].pickup is None
    )
    seen = _meeting(of, aboard)
    for visit in of.row.visits:
        aboard[of.requests[visit.request].goods] += 1 if visit.kind == PICKUP else -1
        seen |= _meeting(of, aboard)
    for pair in sorted(seen):
        yield Fault("goods", f"'{of.vehicle.id}' carries {' and '.join(pair)} together")


def _meeting(of: _Round, aboard: Counter[str]) -> set[tuple[str, ...]]:
    """Pairs to be kept apart that are on board."""
    return {
        tuple(sorted(pair))
        for pair in of.problem.apart
        if (len(pair) == 1 and aboard[min(pair)] > 1)
        or (len(pair) == 2 and all(aboard[name] > 0 for name in pair))
    }


def _check_sums(of: _Round) -> Iterator[Fault]:
    row, vehicle = of.row, of.vehicle
    metres = sum(of.way(tail, head)[1] for (tail, _, _), (head, _, _) in pairwise(_elements(of)))
    if metres != row.distance:
        yield Fault("distance", f"'{vehicle.id}' drives {metres}, not {row.distance}")
    cost = vehicle.fixed + vehicle.per_m * metres + vehicle.per_s * (row.end - row.start)
    if abs(cost - row.cost) > TOLERANCE * max(1.0, abs(cost)):
        yield Fault("cost", f"'{vehicle.id}' costs {cost}, not {row.cost}")
