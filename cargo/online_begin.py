"""Running vehicles as a load plan leaves them at some time of its day.

Each round of a route sheet is a vehicle of the state, with the round's name, and so is each round
that a vehicle could still drive. What a chain needs of the road is a request: `road/p1` from door
to door, `in/p1` to the first hub, `out/p1` from the last one, `party/ann` for passengers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from cargo.documents import sheet_id
from cargo.errors import BadProblemError, DocumentError
from cargo.online import Dispatcher
from cargo.online_commit import gone_home, not_before
from cargo.online_state import DayState, Place, state_of
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.plan_reading import ASK_CHECK, PlannedDay
from routing.layout import NONE


def begin(day: PlannedDay, now: int, *, horizon: int = 0, seed: int = 0) -> DayState:
    """The state of a planned day at a time: what was done by then is done, the rest is planned.

    Parameters
    ----------
    now, horizon
        Seconds after the base instant of the date; seconds ahead that visits are committed.

    Raises
    ------
    DocumentError
        If a round cannot be driven as planned.
    """
    named, places = _named(day), _places(day)
    problem = _at_places(named, places)
    running = Dispatcher(problem, now=0, horizon=horizon, seed=seed)
    rounds = {
        vehicle.id: [(problem.requests[job].id, kind) for job, kind in tasks]
        for vehicle, tasks in zip(problem.vehicles, day.tasks, strict=True)
    }
    try:
        running.resume(rounds, problem.requests, {}, {})
    except BadProblemError as error:
        msg = f"plan: {error}; {ASK_CHECK}"
        raise DocumentError(msg) from error
    planned = running.plan().rounds
    running.advance(now)
    spots = day.problem.roads.spots
    back = gone_home(planned, running.rounds, now, [spots[at].service for at in places])
    whole = DayState(
        horizon=horizon,
        seed=seed,
        durations=[table.tolist() for table in problem.duration],
        distances=[table.tolist() for table in problem.distance],
        vehicles=[],
        is_parted=problem.is_parted,
        apart=sorted((min(pair), max(pair)) for pair in problem.apart),
        places=[Place(name=spots[at].name, lat=spots[at].lat, lon=spots[at].lon) for at in places],
    )
    state = state_of(running, whole)
    return state.model_copy(update={"vehicles": [_at_home(one, back) for one in state.vehicles]})


def _at_home(vehicle: Vehicle, back: Mapping[str, int]) -> Vehicle:
    """A vehicle that is through with its round waits where that ends."""
    if vehicle.id not in back:
        return vehicle
    return not_before(replace(vehicle, start=vehicle.end), back[vehicle.id])


def _named(day: PlannedDay) -> PdpProblem:
    """The road jobs of a day by the names of their shipments and parties."""
    road = day.road
    names = dict(request_names(day))
    return replace(
        road,
        requests=tuple(replace(one, id=names[at]) for at, one in enumerate(road.requests)),
        vehicles=tuple(
            replace(one, id=sheet_id(day.problem, row))
            for one, row in zip(road.vehicles, day.rounds, strict=True)
        ),
    )


def request_names(day: PlannedDay) -> Iterator[tuple[int, str]]:
    """Name of each job."""
    n = len(day.problem.shipments)
    for option in day.catalogue.options:
        name = day.problem.demands[option.demand].document.id
        kinds = ("in", "out")
        if option.demand >= n:
            kinds = ("party", "")
        elif not option.rides and option.last_job == NONE and option.demand not in day.stuck:
            kinds = ("road", "")
        for job, kind in zip((option.first_job, option.last_job), kinds, strict=True):
            if job != NONE:
                yield job, f"{kind}/{name}"


def _places(day: PlannedDay) -> list[int]:
    """Spots to keep: bases, doors, hubs where somebody stops or goods go back, what was added."""
    problem = day.problem
    idle = set(problem.hub_spot)
    idle -= {spot for job in day.catalogue.jobs for spot in (job.pickup, job.delivery)}
    idle -= set(problem.back_spot)
    return [at for at in range(len(problem.roads.spots)) if at not in idle]


def _at_places(road: PdpProblem, places: list[int]) -> PdpProblem:
    """The same problem on some of its places, which are numbered anew."""
    number = {spot: at for at, spot in enumerate(places)}

    def moved(stop: Stop | None) -> Stop | None:
        return None if stop is None else replace(stop, place=number[stop.place])

    def at(request: Request) -> Request:
        return replace(
            request,
            pickup=moved(request.pickup),
            delivery=moved(request.delivery),
            if_undelivered=moved(request.if_undelivered),
        )

    cut = np.ix_(places, places)
    return replace(
        road,
        requests=tuple(at(request) for request in road.requests),
        vehicles=tuple(
            replace(
                one,
                start=None if one.start is None else number[one.start],
                end=None if one.end is None else number[one.end],
            )
            for one in road.vehicles
        ),
        duration=tuple(np.ascontiguousarray(table[cut]) for table in road.duration),
        distance=tuple(np.ascontiguousarray(table[cut]) for table in road.distance),
    )
