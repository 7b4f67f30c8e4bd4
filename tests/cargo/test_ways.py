"""Passengers with several ways to go against trying every way and every order."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.errors import BadProblemError
from cargo.pdp.check import check
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.pdp.search import Limits
from cargo.pdp.ways import Passenger, Way, solve_ways
from routing.layout import frozen
from tests.cargo import pdp_oracles as oracles

REFUSAL, PRICE, N_PLACES = 60.0, 0.5, 5
SEEDS = 10


@st.composite
def worlds(draw: st.DrawFn) -> tuple[PdpProblem, list[Passenger]]:
    spots = np.array([draw(st.integers(0, 12)) for _ in range(N_PLACES)])
    way = np.abs(np.subtract.outer(spots, spots))
    requests, passengers = [], []
    for who in range(2):
        ways = []
        for number in range(draw(st.integers(1, 2))):
            rides = []
            for leg in range(draw(st.integers(0, 2))):
                requests.append(draw(rides_of(f"{who} {number} {leg}")))
                rides.append(requests[-1].id)
            ways.append(Way(tuple(rides), float(draw(st.integers(0, 30)))))
        passengers.append(Passenger(tuple(ways), REFUSAL))
    vehicles = tuple(Vehicle(f"v{k}", 0, 0, 0, 50, (draw(st.integers(1, 2)),)) for k in range(2))
    table = frozen(way)
    return PdpProblem(tuple(requests), vehicles, (table,), (table,)), passengers


@st.composite
def rides_of(draw: st.DrawFn, name: str) -> Request:
    place, first = st.integers(0, N_PLACES - 1), st.integers(0, 25)
    a, b = draw(first), draw(first)
    return Request(
        name,
        Stop(draw(place), a, a + draw(st.integers(0, 15)), draw(st.integers(0, 2))),
        Stop(draw(place), b, b + draw(st.integers(5, 25))),
        (1,),
        draw(st.sampled_from((None, 10))),
        is_passenger=True,
        penalty=0.0,
    )


def is_drivable(problem: PdpProblem, tasks: Sequence[int]) -> bool:
    """Whether some times keep windows and rides."""
    stops = [oracles.stop_of(problem.requests[task // 2], task % 2) for task in tasks]
    some = [stop for stop in stops if stop is not None]
    places, stay = [0, *(stop.place for stop in some), 0], [0, *(stop.service for stop in some), 0]
    low = [0, *(stop.earliest for stop in some), 0]
    high = [50, *(stop.latest for stop in some), 50]
    way = [
        stay[k] + int(problem.duration[0][places[k], places[k + 1]]) for k in range(len(places) - 1)
    ]
    for _ in range(100):
        before = list(low)
        for k, step in enumerate(way):
            low[k + 1] = max(low[k + 1], low[k] + step)
        for k, task in enumerate(tasks, start=1):
            ride = problem.requests[task // 2].max_ride
            if task % 2 and ride is not None:
                p = tasks.index(task - 1) + 1
                low[p] = max(low[p], low[k] - ride - stay[p])
        if any(time > most for time, most in zip(low, high, strict=True)):
            return False
        if low == before:
            return True
    return False


def cheapest_round(problem: PdpProblem, vehicle: Vehicle, rides: Sequence[int]) -> float | None:
    """Least driving plus time on board over every order of some rides; None where none works."""
    costs = []
    for tasks in oracles.rounds_of(problem, rides):
        if not oracles.has_room(problem, vehicle, tasks) or not is_drivable(problem, tasks):
            continue
        stops = [oracles.stop_of(problem.requests[task // 2], task % 2) for task in tasks]
        places = [0, *(stop.place for stop in stops if stop is not None), 0]
        cost, on_board = 0.0, 0
        for k, (a, b) in enumerate(itertools.pairwise(places)):
            if k:
                on_board += -1 if tasks[k - 1] % 2 else 1
            cost += float(problem.distance[0][a, b]) * (1 + PRICE * on_board)
        costs.append(cost)
    return min(costs, default=None)


def splits(rides: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    for owners in itertools.product((0, 1), repeat=len(rides)):
        yield tuple(  # type: ignore[misc]
            [r for r, owner in zip(rides, owners, strict=True) if owner == row] for row in (0, 1)
        )


def least_cost(problem: PdpProblem, passengers: Sequence[Passenger]) -> float:
    number = {request.id: r for r, request in enumerate(problem.requests)}
    best = float("inf")
    for ways in itertools.product(*([*one.ways, None] for one in passengers)):
        fixed = sum(REFUSAL if way is None else way.cost for way in ways)
        rides = [number[name] for way in ways if way is not None for name in way.rides]
        for split in splits(rides):
            costs = [
                cheapest_round(problem, vehicle, some) if some else 0.0
                for vehicle, some in zip(problem.vehicles, split, strict=True)
            ]
            known = [cost for cost in costs if cost is not None]
            if len(known) == len(costs):
                best = min(best, fixed + sum(known))
    return best


@settings(max_examples=15)
@given(worlds())
def test_the_best_choice_of_ways_is_found(world: tuple[PdpProblem, list[Passenger]]) -> None:
    problem, passengers = world
    least = least_cost(problem, passengers)
    for seed in range(SEEDS):  # a single search may end beside the best
        found = solve_ways(problem, passengers, PRICE, Limits(60.0, iterations=1500), seed=seed)
        if found.cost == pytest.approx(least):
            break
    assert found.cost == pytest.approx(least)
    driven = {visit.request for row in found.plan.rounds for visit in row.visits}
    taken = [
        one.ways[way] for one, way in zip(passengers, found.chosen, strict=True) if way is not None
    ]
    assert driven == {name for way in taken for name in way.rides}
    kept = tuple(request for request in problem.requests if request.id in driven)
    alone = PdpProblem(kept, problem.vehicles, problem.duration, problem.distance)
    assert check(alone, found.plan) == []


def test_a_way_with_an_unknown_ride_is_refused() -> None:
    problem = PdpProblem((), (Vehicle("v", 0, 0),), (frozen([[0]]),), (frozen([[0]]),))
    with pytest.raises(BadProblemError, match="rides a, b, c"):
        solve_ways(problem, [Passenger((Way(("a", "b", "c")),), 1.0)], 1.0, Limits(0.1), 0)
