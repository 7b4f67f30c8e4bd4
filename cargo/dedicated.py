"""One shipment, one vehicle: a ride from where it begins to pickup, delivery and where it ends."""

from collections.abc import Iterator
from typing import NamedTuple

from cargo.nearby import Nearby
from cargo.network import Fleet
from cargo.problem import Problem
from routing.layout import UNREACHED


class Window(NamedTuple):
    """When service may start at a spot."""

    earliest: int
    latest: int


class RoadRide(NamedTuple):
    """A dedicated ride; cost and CO2 count the ways before and after it."""

    fleet: int
    tail: int  # spot
    head: int  # spot
    start: int  # s; service at the tail starts
    departure: int  # s
    arrival: int  # s; service at the head starts
    distance_m: int  # with the shipment on board
    cost: int  # thousandths of the currency
    co2: int  # mg


def dedicated_ride(
    problem: Problem, fleet_at: int, tail: int, head: int, pick: Window, drop: Window
) -> RoadRide | None:
    """Drive as early as the windows allow, but wait where it begins rather than at the door."""
    fleet, roads = problem.network.fleets[fleet_at], problem.roads
    duration, distance = roads.ways(fleet.profile)
    legs = (problem.start_spot[fleet_at], tail), (tail, head), (head, problem.end_spot[fleet_at])
    there, between, back = (duration.item(*leg) for leg in legs)
    if max(there, between, back) >= UNREACHED:
        return None
    lead = (0 if tail == head else roads.spots[tail].service) + between
    for opens, closes in fleet.spans:
        start = max(pick.earliest, opens + there)
        start = max(start, min(pick.latest, drop.earliest - lead))
        arrival = max(start + lead, drop.earliest)
        end = arrival + roads.spots[head].service + back
        if start > pick.latest or arrival > drop.latest:
            return None
        if end <= closes:
            there_m, metres, back_m = (distance.item(*leg) for leg in legs)
            seconds, loop_m = end - (start - there), there_m + metres + back_m
            return RoadRide(
                fleet_at, tail, head, start, arrival - between, arrival, metres,
                _cost(fleet, loop_m, seconds), fleet.co2_g_per_km * loop_m,
            )  # fmt: skip
    return None


def rides(
    problem: Problem, near: Nearby, ends: tuple[int, int], pick: Window, drop: Window
) -> Iterator[RoadRide]:
    """Dedicated rides of a shipment between two spots by the nearest fleets."""
    for fleet in near.fleets(*ends):
        if ride := dedicated_ride(problem, fleet, *ends, pick, drop):
            yield ride


def _cost(fleet: Fleet, metres: int, seconds: int) -> int:
    return round(fleet.fixed * 1000 + fleet.per_km * metres + fleet.per_hour * seconds / 3.6)
