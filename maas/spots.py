"""Places where a vehicle is taken or left, on the roads of a date: pins, and walks to stops.

Walks are looked for once for each place and kept; safe to share between threads.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from routing.layout import UNREACHED, Int32Array

if TYPE_CHECKING:
    from routing.road import Pins, RoadNetwork

_KEPT = 12  # sets of places
_SLOWEST_WALK = 3.0 / 3.6  # m/s; bounds searches, no more


class Walks(NamedTuple):
    """Walks between one place and stops."""

    stop: Int32Array  # (n,)
    duration: Int32Array  # (n,) s
    distance_m: Int32Array  # (n,)


class SpotGround:
    """Some places on some roads."""

    def __init__(
        self,
        at: Sequence[tuple[float, float]],
        roads: "RoadNetwork",
        stop_pins: "Mapping[str, Pins]",
        limit_m: int,
    ) -> None:
        """Take places as (lat, lon); walks to stops are at most `limit_m` long."""
        self.roads = roads
        self.lat, self.lon = np.array(at, np.float64).reshape(-1, 2).T
        self._stop_pins = stop_pins
        self._limit_m = limit_m
        self._pins: dict[str, Pins] = {}
        self._walks: dict[tuple[int, bool], Walks] = {}

    def pins(self, profile: str) -> "Pins":
        """Where the places touch the roads of a profile."""
        if profile not in self._pins:
            self._pins[profile] = self.roads.pin(self.lon, self.lat, profile)
        return self._pins[profile]

    def ways(
        self, lat: float, lon: float, profile: str, limit: int, *, reverse: bool
    ) -> tuple[Int32Array, Int32Array]:
        """Durations and distances from a place on the map to all of these (or back)."""
        if not self.lat.size:
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        return self.roads.one_to_many(lon, lat, self.pins(profile), profile, limit, reverse=reverse)

    def walks(self, spot: int, *, reverse: bool) -> Walks:
        """Walks from a place to stops (or from stops to it)."""
        key = spot, reverse
        if key not in self._walks:
            duration, distance = self.roads.one_to_many(
                float(self.lon[spot]),
                float(self.lat[spot]),
                self._stop_pins["foot"],
                "foot",
                int(self._limit_m / _SLOWEST_WALK) + 1,
                reverse=reverse,
            )
            stop = np.flatnonzero((duration < UNREACHED) & (distance <= self._limit_m))
            self._walks[key] = Walks(stop.astype(np.int32), duration[stop], distance[stop])
        return self._walks[key]


class SpotBook:
    """The sets of places that were used last."""

    def __init__(self, stop_pins: "Mapping[str, Pins]", limit_m: int) -> None:
        self._stop_pins = stop_pins
        self._limit_m = limit_m
        self._grounds: OrderedDict[Hashable, tuple[RoadNetwork, SpotGround]] = OrderedDict()
        self._lock = threading.Lock()

    def ground(self, at: tuple[tuple[float, float], ...], roads: "RoadNetwork") -> SpotGround:
        """Return some places, as (lat, lon), on some roads."""
        key = at, id(roads)  # the entry keeps the roads, so the id stays taken
        with self._lock:
            if key not in self._grounds:
                made = SpotGround(at, roads, self._stop_pins, self._limit_m)
                self._grounds[key] = (roads, made)
                while len(self._grounds) > _KEPT:
                    self._grounds.popitem(last=False)
            self._grounds.move_to_end(key)
            return self._grounds[key][1]
