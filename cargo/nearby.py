"""Which fleets and hubs are near to a shipment's doors, over all of them at once."""

from functools import cached_property

import numpy as np

from cargo.kernels import nearby as kernels
from cargo.problem import Problem, holding
from cargo.rules import HAND_IN_M
from routing.geo import EARTH_RADIUS_M
from routing.layout import UNREACHED, BoolArray, Float64Array, Int32Array, Int64Array

HUBS_OF_A_DOOR = 6  # the nearest ones are used by a quote
NEAREST_FLEETS = 2  # of each profile are asked for a dedicated ride


class Nearby:
    """Fleets and hubs as one shipment sees them."""

    def __init__(self, problem: Problem, shipment: int, able: BoolArray | None = None) -> None:
        """Take which fleets are able to carry it; if not given, those whose empty bay holds it."""
        self._problem = problem
        self._shipment = shipment
        goods = problem.shipments[shipment]
        self._able = holding(problem.network, goods) if able is None else able
        self._fleets_between: dict[tuple[int, int], list[int]] = {}

    @cached_property
    def _ends(self) -> tuple[Int64Array, Int64Array]:
        """Spots where rounds of each fleet begin, and where they end."""
        begin, end = (
            np.array(spots, np.int64)
            for spots in (self._problem.start_spot, self._problem.end_spot)
        )
        return begin, end

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
        for profile, fleets in self._of_profile:
            way = problem.roads.duration[profile]
            kernels.drives(fleets, problem.reach, way, hubs, door, is_pickup, best)
        service = problem.service_spot[door] if is_pickup else problem.service_spot[hubs]
        best = np.where(best < UNREACHED, best + service, UNREACHED)
        seconds: Int32Array = np.where(self._beside(door), 0, best).astype(np.int32)
        return seconds

    def quickest(self, tail: int, head: int) -> int:
        """Shortest drive of any fleet that may and can carry the shipment; `UNREACHED` if none."""
        problem, best = self._problem, UNREACHED
        for profile, fleets in self._of_profile:
            picks_up, sets_down = problem.reach[:, fleets]
            if ((picks_up[:, tail] != 0) & (sets_down[:, head] != 0)).any():
                best = min(best, int(problem.roads.duration[profile, tail, head]))
        return best

    def fleets(self, tail: int, head: int) -> list[int]:
        """Fleets that may drive the shipment from spot to spot, the cheapest of each profile."""
        if (tail, head) not in self._fleets_between:
            self._fleets_between[tail, head] = self._cheapest(tail, head)
        return self._fleets_between[tail, head]

    def _cheapest(self, tail: int, head: int) -> list[int]:
        problem, roads = self._problem, self._problem.roads
        rates = problem.network.fleet_tables.rates
        found, price = np.empty(NEAREST_FLEETS, np.int64), np.empty(NEAREST_FLEETS)
        chosen: list[int] = []
        for profile, fleets in self._of_profile:
            n = kernels.cheapest(
                fleets, *self._ends, rates, problem.reach, roads.duration[profile],
                roads.distance[profile], tail, head, found, price,
            )  # fmt: skip
            chosen += found[:n].tolist()
        return chosen

    @cached_property
    def _of_profile(self) -> list[tuple[int, Int64Array]]:
        """Fleets of each profile that are out on the day and able to carry the shipment."""
        out, profiles = self._problem.network.fleet_tables.out, self._problem.roads.profiles
        return [
            (at, out[name][self._able[out[name]]])
            for at, name in enumerate(profiles)
            if name in out
        ]

    def _beside(self, door: int) -> BoolArray:
        """Hubs that people carry it to."""
        spots = self._problem.roads.spots
        lat, lon = self._problem.network.hub_radians
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
