"""A check of answers to dial-a-ride with timetabled lines, in floating point.

It shares nothing with any solver: it raises the times of all rounds at once until every rule holds
or a window breaks.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.eidarp import (
    ALIGHT,
    BOARD,
    DELIVERY,
    PICKUP,
    REFUSAL,
    Answer,
    Lines,
    Point,
    Trip,
    Visit,
)
from benchmarks.lilim import Verdict

TOLERANCE = 0.01  # minutes; solvers round to integers
RESERVE = 0.1  # share of the battery that stays


def check(instance: Lines, answer: Answer) -> Verdict:
    """Drive all rounds and list what is broken; the distance is the objective in minutes."""
    faults = [*_cover_faults(instance, answer), *_bus_faults(instance, answer)]
    if not faults and not _has_times(instance, answer):
        faults.append("the rounds have no schedule")
    refused = sum(trip is None for trip in answer.trips)
    return Verdict(len(answer.rounds), objective(instance, answer), refused, tuple(faults))


def objective(instance: Lines, answer: Answer) -> float:
    """Minutes of buses and of passengers, and the price of refusals."""
    total = 0.0
    for at, trip in enumerate(answer.trips):
        rider = instance.riders[at]
        if trip is None:
            total += REFUSAL
        elif trip.first is not None and trip.last is not None:
            total += trip.last.arrival - trip.first.departure
            if trip.walks_first:
                total += instance.walk(rider.origin, instance.stops[trip.first.stop]) or 0.0
            if trip.walks_last:
                total += instance.walk(instance.stops[trip.last.stop], rider.goal) or 0.0
    for bus, visits in answer.rounds:
        depot = instance.depots[instance.buses[bus].depot]
        points = [depot, *(_point(instance, answer, visit) for visit in visits), depot]
        on_board = 0
        for (a, b), (_, kind) in zip(pairwise(points), [(-1, ""), *visits], strict=True):
            on_board += {PICKUP: 1, BOARD: 1, ALIGHT: -1, DELIVERY: -1}.get(kind, 0)
            total += instance.drive(a, b) * (1 + on_board)
    return total


def _point(instance: Lines, answer: Answer, visit: Visit) -> Point:
    rider, trip = instance.riders[visit[0]], answer.trips[visit[0]]
    if visit[1] == PICKUP:
        return rider.origin
    if visit[1] == DELIVERY:
        return rider.goal
    call = None if trip is None else trip.first if visit[1] == ALIGHT else trip.last
    return rider.goal if call is None else instance.stops[call.stop]


def _wanted(trip: Trip | None) -> list[tuple[str, str]]:
    """Rides that buses must give: what they begin and end with."""
    if trip is None:
        return []
    if trip.first is None:
        return [(PICKUP, DELIVERY)]
    rides = [] if trip.walks_first else [(PICKUP, ALIGHT)]
    return rides if trip.walks_last else [*rides, (BOARD, DELIVERY)]


def _cover_faults(instance: Lines, answer: Answer) -> Iterator[str]:
    """Every ride of a trip is given once, by one bus, in its order; trains and walks exist."""
    where: dict[Visit, list[tuple[int, int]]] = {}
    for at, (_, visits) in enumerate(answer.rounds):
        for k, visit in enumerate(visits):
            where.setdefault(visit, []).append((at, k))
    wanted = {
        (who, kind): ride
        for who, trip in enumerate(answer.trips)
        for ride in _wanted(trip)
        for kind in ride
    }
    for visit in where.keys() | wanted.keys():
        times = len(where.get(visit, []))
        if times != (visit in wanted):
            yield f"{visit[1]} of passenger {visit[0]} is done {times} times"
    for who, trip in enumerate(answer.trips):
        for begin, end in _wanted(trip):
            a, b = where.get((who, begin), [(-1, 0)])[0], where.get((who, end), [(-2, 0)])[0]
            if a[0] != b[0] or a[1] > b[1]:
                yield f"passenger {who} is not carried from {begin} to {end}"
        yield from _line_faults(instance, who, trip)


def _line_faults(instance: Lines, who: int, trip: Trip | None) -> Iterator[str]:
    if trip is None or trip.first is None or trip.last is None:
        return
    rider = instance.riders[who]
    if trip.last not in instance.reachable[trip.first]:
        yield f"passenger {who} cannot go by train from {trip.first} to {trip.last}"
    left, arrived = walked(instance, who, trip)
    early, late = rider.earliest - TOLERANCE, rider.latest + instance.longest_wait + TOLERANCE
    if left is not None and not early <= left <= late:
        yield f"passenger {who} would leave on foot at {left:.2f}, or walks too far"
    home_by = rider.latest + instance.service + rider.longest
    if arrived is not None and left is not None:
        home_by = min(home_by, left + rider.longest)
    if arrived is not None and arrived > home_by + TOLERANCE:
        yield f"passenger {who} would arrive on foot at {arrived:.2f}, or walks too far"


def _bus_faults(instance: Lines, answer: Answer) -> Iterator[str]:
    """Each bus drives once, with room for all and enough in its battery."""
    used = [bus for bus, _ in answer.rounds]
    if len(set(used)) < len(used):
        yield "a bus drives two rounds"
    for number, visits in answer.rounds:
        bus, on_board = instance.buses[number], 0
        for _, kind in visits:
            on_board += 1 if kind in {PICKUP, BOARD} else -1
            if on_board > bus.capacity:
                yield f"bus {number} carries {on_board} of {bus.capacity}"
        depot = instance.depots[bus.depot]
        points = [depot, *(_point(instance, answer, visit) for visit in visits), depot]
        km = sum(math.dist(a, b) for a, b in pairwise(points))
        if km * bus.kwh_per_km > (1 - RESERVE) * bus.battery_kwh:
            yield f"bus {number} drives {km:.1f} km, more than its battery lasts"


def _has_times(instance: Lines, answer: Answer) -> bool:
    """Whether all rounds can be driven: least times that keep every rule, raised step by step."""
    bounds = _bounds(instance, answer)
    times, latest = dict(bounds.earliest), bounds.latest
    most = 10 * len(times) + 10
    for _ in range(most):
        before = dict(times)
        for at, (bus, visits) in enumerate(answer.rounds):
            depot = instance.depots[instance.buses[bus].depot]
            row = [(-1 - 2 * at, "out"), *visits, (-2 - 2 * at, "in")]
            points = [depot, *(_point(instance, answer, visit) for visit in visits), depot]
            for k, (a, b) in enumerate(pairwise(points)):
                stay = instance.service if row[k][1] == PICKUP else 0.0
                times[row[k + 1]] = max(
                    times[row[k + 1]], times[row[k]] + stay + instance.drive(a, b)
                )
        for end, begin, most_between in bounds.back:
            times[begin] = max(times[begin], times[end] - most_between - TOLERANCE)
        if any(time > latest[visit] + TOLERANCE for visit, time in times.items()):
            return False
        if times == before:
            return True
    return False


@dataclass(frozen=True)
class _Bounds:
    """Earliest and latest time of each visit, and which may lie how far after which."""

    earliest: dict[Visit, float]
    latest: dict[Visit, float]
    back: list[tuple[Visit, Visit, float]]


def _bounds(instance: Lines, answer: Answer) -> _Bounds:
    bounds = _Bounds({}, {}, [])
    for at in range(len(answer.rounds)):
        for depot in ((-1 - 2 * at, "out"), (-2 - 2 * at, "in")):
            bounds.earliest[depot], bounds.latest[depot] = instance.opens, math.inf
    for who, trip in enumerate(answer.trips):
        if trip is not None:
            _bound_trip(instance, who, trip, bounds)
    return bounds


def _bound_trip(instance: Lines, who: int, trip: Trip, bounds: _Bounds) -> None:
    """Windows of a passenger's visits, and that the whole trip is not too long."""
    rider, wait = instance.riders[who], instance.longest_wait
    home_by = rider.latest + instance.service + rider.longest
    windows = {PICKUP: (rider.earliest, rider.latest), DELIVERY: (0.0, home_by)}
    if trip.first is not None and trip.last is not None:
        windows[ALIGHT] = trip.first.departure - wait, trip.first.departure
        windows[BOARD] = trip.last.arrival, trip.last.arrival + wait
    for kind in (kind for ride in _wanted(trip) for kind in ride):
        bounds.earliest[who, kind], bounds.latest[who, kind] = windows[kind]
    left, arrived = walked(instance, who, trip)
    longest = rider.longest
    if left is not None and arrived is None:
        bounds.latest[who, DELIVERY] = min(home_by, left + longest)
    elif arrived is not None and left is None:
        earliest = arrived - longest - instance.service
        bounds.earliest[who, PICKUP] = max(rider.earliest, earliest)
    elif left is None:
        bounds.back.append(((who, DELIVERY), (who, PICKUP), longest + instance.service))


def walked(instance: Lines, who: int, trip: Trip) -> tuple[float | None, float | None]:
    """When who walks to the first stop leaves, and who walks from the last stop arrives."""
    rider, left, arrived = instance.riders[who], None, None
    if trip.first is not None and trip.walks_first:
        on_foot = instance.walk(rider.origin, instance.stops[trip.first.stop])
        left = -math.inf if on_foot is None else trip.first.departure - on_foot
    if trip.last is not None and trip.walks_last:
        on_foot = instance.walk(instance.stops[trip.last.stop], rider.goal)
        arrived = math.inf if on_foot is None else trip.last.arrival + on_foot
    return left, arrived
