"""Why a request was left behind: the first rule that no vehicle gets past.

Each vehicle is asked as if it were empty; the vehicle that gets furthest tells the reason. Where
an empty one could serve the request, the other requests are the reason, or the penalty is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from cargo.kernels.anneal import best_round
from cargo.kernels.steps import refresh
from cargo.pdp.layout import INFINITE
from cargo.pdp.model import PdpProblem, Request, Vehicle
from cargo.pdp.plan import Plan
from cargo.pdp.state import empty_rounds, empty_search
from cargo.pdp.tables import make_tables
from routing.layout import NONE, UNREACHED

STAGES = ("fleet", "vehicle", "skill", "capacity", "window", "shift", "ride", "duration", "pause")
TEXTS = {
    "fleet": "there is no vehicle",
    "vehicle": "no vehicle that is there may carry it",
    "skill": "no vehicle has all of {skills}",
    "capacity": "no vehicle is large enough for {amount}; split it",
    "window": "the delivery cannot be reached in its window after the pickup; widen a window",
    "shift": "no vehicle can do it within its shift; lengthen a shift or move the window",
    "ride": "the direct way is longer than it may ride ({ride} s)",
    "duration": "no vehicle can do it in its longest round",
    "pause": "no vehicle can do it and hold its pauses",
    "room": "vehicles that could serve it are taken up by others; add one, or widen its windows",
}


@dataclass(frozen=True)
class Reason:
    """The rule that binds, and what to say about it."""

    code: str
    text: str


def why_unserved(problem: PdpProblem, plan: Plan) -> dict[str, Reason]:
    """Reason of each request that a plan leaves behind."""
    requests = {request.id: request for request in problem.requests}
    return {name: _reason(problem, requests[name]) for name in plan.unserved}


def _reason(problem: PdpProblem, request: Request) -> Reason:
    kinds = {replace(vehicle, id="") if request.vehicles is None else vehicle: vehicle
             for vehicle in problem.vehicles}  # fmt: skip
    reached = [_binding(problem, request, vehicle) for vehicle in kinds.values()]
    code = max(reached, key=[*STAGES, "room"].index, default="fleet")
    text = TEXTS[code].format(
        skills=", ".join(sorted(request.skills)), amount=list(request.amount), ride=request.max_ride
    )
    return Reason(code, text)


def _binding(problem: PdpProblem, request: Request, vehicle: Vehicle) -> str:
    """First rule that keeps an empty vehicle from a request; rules are added one by one."""
    if request.vehicles is not None and vehicle.id not in request.vehicles:
        return "vehicle"
    if not request.skills <= vehicle.skills:
        return "skill"
    for code, one, other in _stricter(request, vehicle):
        alone = replace(problem, requests=(one,), vehicles=(other,))
        if not _fits(alone):
            return code
    return "room"


def _stricter(request: Request, vehicle: Vehicle) -> Iterator[tuple[str, Request, Vehicle]]:
    """(rule, request, vehicle) with more and more of the rules in force."""
    loose_request = replace(request, max_ride=None)
    loose = replace(
        vehicle, opens=0, closes=UNREACHED, max_duration=None, pauses=(), start=None, end=None
    )
    yield (
        "capacity",
        replace(
            loose_request,
            pickup=None if request.pickup is None else replace(request.pickup, latest=UNREACHED),
            delivery=None
            if request.delivery is None
            else replace(request.delivery, latest=UNREACHED),
        ),
        loose,
    )
    yield "window", loose_request, loose
    shift = replace(vehicle, max_duration=None, pauses=())
    yield "shift", loose_request, shift
    yield "ride", request, shift
    yield "duration", request, replace(vehicle, pauses=())
    yield "pause", request, vehicle


def _fits(problem: PdpProblem) -> bool:
    """Whether the only request fits into the only vehicle."""
    tables = make_tables(_cut_out(problem))
    rounds, search = empty_rounds(tables), empty_search(tables, 0, is_bare=True)
    refresh(tables, rounds, search.line, 0)
    return bool(best_round(tables, rounds, search, 0, INFINITE)[1] != NONE)


def _cut_out(problem: PdpProblem) -> PdpProblem:
    """The same with the places that matter only."""
    request, vehicle = problem.requests[0], problem.vehicles[0]
    ends = (request.pickup, request.delivery)
    used = [stop.place for stop in ends if stop is not None]
    used += [place for place in (vehicle.start, vehicle.end) if place is not None]
    places = sorted(set(used))
    number = {place: at for at, place in enumerate(places)}
    rows, columns = np.array(places)[:, None], np.array(places)[None, :]
    stops = [None if one is None else replace(one, place=number[one.place]) for one in ends]
    start, end = (
        None if place is None else number[place] for place in (vehicle.start, vehicle.end)
    )
    return replace(
        problem,
        requests=(replace(request, pickup=stops[0], delivery=stops[1]),),
        vehicles=(replace(vehicle, start=start, end=end, profile=0),),
        duration=(problem.duration[vehicle.profile][rows, columns],),
        distance=(problem.distance[vehicle.profile][rows, columns],),
    )
