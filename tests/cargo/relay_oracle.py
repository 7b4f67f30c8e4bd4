"""The cheapest three-echelon plan of a tiny instance, by trying all of them."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations, product

from cargo.relay.check import check, cost
from cargo.relay.model import MINUTES, CourierRound, Relay, RelayPlan, Ride, Tour

Rounds = tuple[tuple[int, tuple[int, ...]], ...]  # stop and customers of each


def cheapest(relay: Relay) -> float:
    """Least cost of a plan that the check accepts, infinite where there is none."""
    structures = sorted(
        ((_cost(relay, rounds, tours), rounds, tours, ways) for rounds, tours, ways in _all(relay)),
        key=lambda one: one[0],
    )
    for price, rounds, tours, ways in structures:
        if any(
            check(relay, _plan(relay, rounds, tours, rides)).is_feasible
            for rides in _runs(relay, ways)
        ):
            return price
    return math.inf


def _all(
    relay: Relay,
) -> Iterator[tuple[Rounds, list[tuple[int, ...]], list[tuple[int, int, int, int]]]]:
    """Rounds, tours, and of each customer truck, in-stop, line and out-stop."""
    n = len(relay.customers)
    for rounds in _rounds(relay, tuple(range(n))):
        stop_of = {at: stop for stop, people in rounds for at in people}
        options = [
            [
                (truck, stop, line, stop_of[at])
                for truck in range(relay.n_trucks)
                for line, one in enumerate(relay.lines)
                if stop_of[at] in one.out_stops
                for stop in one.in_stops
                if stop in relay.in_stops
            ]
            for at in range(n)
        ]
        for ways in product(*options):
            trucks = sorted({way[0] for way in ways})
            if trucks != list(range(len(trucks))):
                continue
            calls = [sorted({way[1] for way in ways if way[0] == k}) for k in trucks]
            for tours in product(*(permutations(stops) for stops in calls)):
                yield rounds, list(tours), list(ways)


def _rounds(relay: Relay, left: tuple[int, ...]) -> Iterator[Rounds]:
    """All ways to serve customers by ordered rounds."""
    if not left:
        yield ()
        return
    first, others = left[0], left[1:]
    for inside in product((False, True), repeat=len(others)):
        members = [first, *(at for at, is_in in zip(others, inside, strict=True) if is_in)]
        rest = tuple(at for at in others if at not in members)
        for order in permutations(members):
            for stop in range(len(relay.stops)):
                if all(stop in relay.customers[at].stops for at in members):
                    for more in _rounds(relay, rest):
                        yield ((stop, order), *more)


def _cost(relay: Relay, rounds: Rounds, tours: Sequence[tuple[int, ...]]) -> float:
    return cost(
        relay,
        RelayPlan(
            [Tour(stops, ()) for stops in tours],
            [],
            [CourierRound(stop, people, 0.0) for stop, people in rounds],
        ),
    )


def _runs(relay: Relay, ways: Sequence[tuple[int, int, int, int]]) -> Iterator[list[Ride]]:
    for runs in product(*(range(relay.lines[line].n_runs) for _, _, line, _ in ways)):
        yield [
            Ride(truck, stop, line, run, out)
            for (truck, stop, line, out), run in zip(ways, runs, strict=True)
        ]


def _plan(
    relay: Relay, rounds: Rounds, tours: Sequence[tuple[int, ...]], rides: Sequence[Ride]
) -> RelayPlan:
    """Trucks call as late, and couriers leave as soon, as the rides allow."""
    return RelayPlan(
        [_tour(relay, truck, stops, rides) for truck, stops in enumerate(tours)],
        rides,
        [_round(relay, stop, people, rides) for stop, people in rounds],
    )


def _minute(relay: Relay, ride: Ride, stop: int) -> float:
    line = relay.lines[ride.line]
    return relay.calls(line)[stop] + ride.run * line.headway


def _tour(relay: Relay, truck: int, stops: tuple[int, ...], rides: Sequence[Ride]) -> Tour:
    times: list[float] = []
    for at in reversed(range(len(stops))):
        stop = stops[at]
        latest = min(
            _minute(relay, ride, stop)
            for ride in rides
            if (ride.truck, ride.in_stop) == (truck, stop)
        )
        latest -= relay.stops[stop].handling
        if times:
            way = math.dist(relay.stops[stop].at, relay.stops[stops[at + 1]].at)
            latest = min(latest, times[0] - MINUTES * way)
        times.insert(0, latest)
    return Tour(stops, tuple(times))


def _round(relay: Relay, stop: int, people: tuple[int, ...], rides: Sequence[Ride]) -> CourierRound:
    there = max(_minute(relay, rides[at], stop) for at in people) + relay.stops[stop].handling
    places = [relay.stops[stop].at, *(relay.customers[at].at for at in people)]
    end = -math.inf
    for (a, b), at in zip(pairwise(places), people, strict=True):
        end = max(end + MINUTES * math.dist(a, b), relay.customers[at].earliest)
    end += MINUTES * math.dist(places[-1], places[0])
    return CourierRound(stop, people, max(there, end - relay.longest_round))
