"""Which fleets and hubs are near to a shipment's doors, over all of them at once."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from cargo.problem import Problem, holds
from cargo.roads import PROFILE_OF_KIND
from cargo.rules import HAND_IN_M
from routing.geo import EARTH_RADIUS_M
from routing.layout import UNREACHED, BoolArray, Float64Array, Int32Array, Int64Array

HUBS_OF_A_DOOR = 6  # the nearest ones are used by a quote
NEAREST_FLEETS = 2  # of each kind are asked for a dedicated ride


class Nearby:
    """Fleets and hubs as one shipment sees them."""

    def __init__(self, problem: Problem, shipment: int) -> None:
        self._problem = problem
        self._shipment = shipment
        self._fleets_between: dict[tuple[int, int], list[int]] = {}

    @cached_property
    def _base(self) -> Int64Array:
        """Spot of each fleet."""
        return np.array(self._problem.base_spot, np.int64)

    @cached_property
    def _able(self) -> BoolArray:
        """Fleets whose empty bay holds the shipment."""
        goods = self._problem.shipments[self._shipment]
        return np.array([holds(fleet, goods) for fleet in self._problem.network.fleets], np.bool_)

    @cached_property
    def hubs_of_pickup(self) -> list[int]:
        """Hubs near the pickup."""
        return [hub for hub, _ in nearest(self.hubs(is_pickup=True), HUBS_OF_A_DOOR)]

    @cached_property
    def hubs_of_delivery(self) -> list[int]:
        """Hubs near the delivery."""
        return [hub for hub, _ in nearest(self.hubs(is_pickup=False), HUBS_OF_A_DOOR)]

    def hubs(self, *, is_pickup: bool) -> Int32Array:
        """Seconds from the pickup to each hub, or from each hub to the delivery.

        The time at the place that is left counts; zero where people carry it over, `UNREACHED`
        where no fleet may drive.
        """
        problem = self._problem
        door = (problem.pickup_spot if is_pickup else problem.delivery_spot)[self._shipment]
        hubs = np.array(problem.hub_spot, np.int64)
        best = np.full(hubs.size, UNREACHED, np.int64)
        for kind, profile in PROFILE_OF_KIND.items():
            way = problem.roads.duration[profile]
            drive = (way[door, hubs] if is_pickup else way[hubs, door]).astype(np.int64)
            fleets = self._of_kind[kind] & (problem.reach[:, door] != 0)
            may = (problem.reach[fleets][:, hubs] != 0).any(axis=0)
            best = np.where(may, np.minimum(best, drive), best)
        service = problem.service_spot[door] if is_pickup else problem.service_spot[hubs]
        best = np.where(best < UNREACHED, best + service, UNREACHED)
        seconds: Int32Array = np.where(self._beside(door), 0, best).astype(np.int32)
        return seconds

    def quickest(self, tail: int, head: int) -> int:
        """Shortest drive of any fleet that may and can carry the shipment; `UNREACHED` if none."""
        problem, best = self._problem, UNREACHED
        may = (problem.reach[:, tail] != 0) & (problem.reach[:, head] != 0)
        for kind, profile in PROFILE_OF_KIND.items():
            if (self._of_kind[kind] & may).any():
                best = min(best, int(problem.roads.duration[profile, tail, head]))
        return best

    def fleets(self, tail: int, head: int) -> list[int]:
        """Fleets that may drive the shipment from spot to spot, the cheapest of each kind."""
        if (tail, head) not in self._fleets_between:
            self._fleets_between[tail, head] = self._cheapest(tail, head)
        return self._fleets_between[tail, head]

    def _cheapest(self, tail: int, head: int) -> list[int]:
        chosen: list[int] = []
        for rows, running in self._loops(tail, head):
            price = running + self._problem.fleet_rates[rows, 2]
            order = np.argsort(price, kind="stable")[:NEAREST_FLEETS]
            chosen += rows[order[np.isfinite(price[order])]].tolist()
        return chosen

    def _loops(self, tail: int, head: int) -> Iterator[tuple[Int64Array, Float64Array]]:
        """For each kind, fleets that may drive from spot to spot and what their loops cost."""
        problem = self._problem
        rates = problem.fleet_rates
        may = self._able & (problem.reach[:, tail] != 0) & (problem.reach[:, head] != 0)
        for kind, profile in PROFILE_OF_KIND.items():
            rows = np.flatnonzero(may & self._of_kind[kind])
            base = self._base[rows]
            way, length = problem.roads.duration[profile], problem.roads.distance[profile]
            ends = way[base, tail].astype(np.int64) + way[head, base]
            seconds: Int64Array = ends + way[tail, head]
            metres: Int64Array = length[base, tail].astype(np.int64) + length[head, base]
            metres += length[tail, head]
            price: Float64Array = rates[rows, 0] * metres + rates[rows, 1] * seconds
            price[seconds >= UNREACHED] = np.inf
            yield rows, price

    @cached_property
    def _of_kind(self) -> dict[str, BoolArray]:
        """Fleets of each kind that hold the shipment."""
        kinds = np.array([fleet.kind for fleet in self._problem.network.fleets])
        return {kind: self._able & (kinds == kind) for kind in PROFILE_OF_KIND}

    def _beside(self, door: int) -> BoolArray:
        """Hubs that people carry it to."""
        spots = self._problem.roads.spots
        lat, lon = self._problem.hub_radians
        here = np.radians((spots[door].lat, spots[door].lon))
        half = np.sin((lat - here[0]) / 2) ** 2
        half += np.cos(lat) * np.cos(here[0]) * np.sin((lon - here[1]) / 2) ** 2
        away: Float64Array = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
        beside: BoolArray = away <= HAND_IN_M
        return beside


def nearest(seconds: Int32Array, most: int) -> list[tuple[int, int]]:
    """(hub, seconds) of the nearest hubs that can be reached."""
    order = np.argsort(seconds, kind="stable")[:most]
    return [(int(hub), int(seconds[hub])) for hub in order if seconds[hub] < UNREACHED]
