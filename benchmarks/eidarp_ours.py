"""Our search on dial-a-ride with timetabled lines: every sensible trip is a way to go."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.eidarp import (
    ALIGHT,
    BOARD,
    DELIVERY,
    PICKUP,
    REFUSAL,
    Answer,
    Call,
    Lines,
    Point,
    Rider,
    Trip,
    Visit,
)

SCALE = 10_000  # whole units of a minute
MOST_WAYS = 60  # of a passenger, those that may take least time
SPLITS = (0.0, 0.5, 1.0)  # of the time to spare, what the first of two rides gets
LEAST = 1e-3  # minutes to spare that are worth a split


@dataclass
class _Draft:
    """A problem that grows by places and rides."""

    places: dict[Point, int] = field(default_factory=dict)
    rides: dict[str, Any] = field(default_factory=dict)  # requests by their id

    def place(self, point: Point) -> int:
        """Number of a place."""
        return self.places.setdefault(point, len(self.places))


@dataclass(frozen=True)
class _Candidate:
    """A trip and the windows of its rides, minutes."""

    trip: Trip
    fixed: float  # minutes by train and on foot
    least: float  # minutes of the passenger, at best
    rides: tuple[tuple[str, tuple[float, float], tuple[float, float]], ...]  # kind, both windows


def solve(instance: Lines, seconds: float, seed: int) -> Answer:
    """Choose trips and rounds within `seconds` of CPU time."""
    from cargo.pdp.model import PdpProblem, Vehicle
    from cargo.pdp.search import Limits
    from cargo.pdp.ways import Passenger, solve_ways
    from routing.layout import frozen

    draft = _Draft()
    ways = [list(_ways(instance, draft, who)) for who in range(len(instance.riders))]
    vehicles = tuple(
        Vehicle(
            str(at), draft.place(instance.depots[bus.depot]),
            draft.place(instance.depots[bus.depot]),
            _units(instance.opens), capacity=(bus.capacity,),
        )
        for at, bus in enumerate(instance.buses)
    )  # fmt: skip
    at = np.array(list(draft.places))
    drive = np.hypot(*(at[:, None, axis] - at[None, :, axis] for axis in (0, 1)))
    table = frozen(np.rint(drive / instance.bus_speed * SCALE))
    problem = PdpProblem(
        tuple(draft.rides.values()), vehicles, (table,), (table,), name=instance.name
    )
    passengers = [Passenger(tuple(way for way, _ in some), REFUSAL * SCALE) for some in ways]
    found = solve_ways(problem, passengers, 1.0, Limits(seconds), seed)
    trips = [
        None if number is None else ways[who][number][1] for who, number in enumerate(found.chosen)
    ]
    rounds = [
        (int(row.vehicle), [_visit(visit.request, visit.kind) for visit in row.visits])
        for row in found.plan.rounds
    ]
    return Answer(trips, rounds)


def _visit(ride: str, kind: str) -> Visit:
    """What a bus does at one end of a ride, whose id begins with passenger and kind."""
    who, about = ride.split(" ")[:2]
    ends = {"direct": (PICKUP, DELIVERY), "to": (PICKUP, ALIGHT), "from": (BOARD, DELIVERY)}
    return int(who), ends[about][kind == "delivery"]


def _units(minutes: float) -> int:
    return round(minutes * SCALE)


def _ways(instance: Lines, draft: _Draft, who: int) -> Iterator[tuple[Any, Trip]]:
    """Ways of a passenger, as the search knows them, and the trip that each is."""
    from cargo.pdp.ways import Way

    candidates = sorted(_candidates(instance, instance.riders[who]), key=lambda one: one.least)
    on_foot = [one for one in candidates if not one.rides][:1]
    for one in [*on_foot, *[one for one in candidates if one.rides][:MOST_WAYS]]:
        names = tuple(_ride(instance, draft, who, one.trip, *ride) for ride in one.rides)
        yield Way(names, one.fixed * SCALE), one.trip


def _ride(
    instance: Lines, draft: _Draft, who: int, trip: Trip, kind: str,
    leaves: tuple[float, float], arrives: tuple[float, float],
) -> str:  # fmt: skip
    """Id of a ride, which is made if nobody has asked for it before."""
    from cargo.pdp.model import Request, Stop

    rider = instance.riders[who]
    call = trip.first if kind == "to" else trip.last
    stop = None if call is None else instance.stops[call.stop]
    a = stop if kind == "from" and stop is not None else rider.origin
    b = stop if kind == "to" and stop is not None else rider.goal
    windows = [(_units(early), _units(late)) for early, late in (leaves, arrives)]
    number = "" if call is None else instance.calls.index(call)
    name = f"{who} {kind} {number} {windows}"
    service = _units(instance.service) if kind != "from" else 0
    most = _units(rider.longest) if kind == "direct" else None
    draft.rides.setdefault(
        name,
        Request(
            name, Stop(draft.place(a), *windows[0], service), Stop(draft.place(b), *windows[1]),
            (1,), most, is_passenger=True, penalty=0.0,
        ),
    )  # fmt: skip
    return name


def _candidates(instance: Lines, rider: Rider) -> Iterator[_Candidate]:
    """All trips that a passenger could make in time, if a bus were just there."""
    home_by = rider.latest + instance.service + rider.longest
    window = (rider.earliest, rider.latest)
    yield _Candidate(Trip(), 0.0, rider.direct, (("direct", window, (0.0, home_by)),))
    for first, reached in instance.reachable.items():
        for last in reached:
            for walks_first in (True, False):
                for walks_last in (True, False):
                    trip = Trip(first, last, walks_first, walks_last)
                    yield from _by_train(instance, rider, trip, first, last)


def _by_train(
    instance: Lines, rider: Rider, trip: Trip, first: Call, last: Call
) -> Iterator[_Candidate]:
    """A trip by train, once for each split of the time to spare between its rides."""
    a, b = instance.stops[first.stop], instance.stops[last.stop]
    on_foot = instance.walk(rider.origin, a), instance.walk(b, rider.goal)
    if (trip.walks_first and on_foot[0] is None) or (trip.walks_last and on_foot[1] is None):
        return
    to = (on_foot[0] or 0.0) if trip.walks_first else instance.drive(rider.origin, a)
    back = (on_foot[1] or 0.0) if trip.walks_last else instance.drive(b, rider.goal)
    aboard = last.arrival - first.departure
    spare = rider.longest - aboard - to - back
    stay = 0.0 if trip.walks_first else instance.service
    wait = instance.longest_wait
    home_by = rider.latest + instance.service + rider.longest
    is_late = last.arrival + back > home_by or first.departure - stay - to < rider.earliest
    if spare < 0 or is_late or first.departure - wait - to - stay > rider.latest:
        return
    is_shared = not trip.walks_first and not trip.walks_last and spare > LEAST
    fixed = aboard + (to if trip.walks_first else 0.0) + (back if trip.walks_last else 0.0)
    for split in SPLITS if is_shared else (1.0 if trip.walks_last else 0.0,):
        rides = []
        if not trip.walks_first:
            leaves = max(rider.earliest, first.departure - to - split * spare - stay)
            if leaves > rider.latest:
                continue
            arrives = first.departure - wait, first.departure
            rides.append(("to", (leaves, rider.latest), arrives))
        if not trip.walks_last:
            latest = min(home_by, last.arrival + back + (1 - split) * spare)
            rides.append(("from", (last.arrival, last.arrival + wait), (0.0, latest)))
        yield _Candidate(trip, fixed, aboard + to + back, tuple(rides))
