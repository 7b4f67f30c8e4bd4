"""Driving between the places of a freight problem: dense tables of seconds and metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from cargo.network import Fleet
from routing.layout import UNREACHED, Int32Array, frozen

PASSENGERS = "taxi"  # profile of the direct drive that rides are compared with
NO_WAY_M = 10**8  # where there is no way; sums of some still fit in int32


class Spot(NamedTuple):
    """A place that vehicles drive to."""

    lat: float
    lon: float
    name: str
    service: int  # s that a vehicle stands there
    hub: int  # index of the hub, or NONE


class Driver(Protocol):
    """Gives driving times and distances; `maas.freight` makes one of a road network."""

    def table(
        self, lat: Sequence[float], lon: Sequence[float], profile: str
    ) -> tuple[Int32Array, Int32Array]:
        """Seconds and metres between all pairs; `UNREACHED` where there is no way."""


@dataclass(frozen=True)
class RoadTables:
    """All pairs of spots, for each profile; service times are not in the durations."""

    spots: tuple[Spot, ...]
    profiles: tuple[str, ...]
    duration: Int32Array  # (n_profiles, n, n) s
    distance: Int32Array  # (n_profiles, n, n) m

    def drive(self, profile: str, tail: int, head: int) -> tuple[int, int]:
        """Seconds and metres from one spot to another by a profile."""
        row = self.profiles.index(profile)
        return int(self.duration[row, tail, head]), int(self.distance[row, tail, head])

    def ways(self, profile: str) -> tuple[Int32Array, Int32Array]:
        """Seconds and metres between all spots by a profile, shape (n, n)."""
        row = self.profiles.index(profile)
        return self.duration[row], self.distance[row]

    def with_service(self) -> Int32Array:
        """Durations with the service time at the spot that is left; none within a spot."""
        service = np.array([spot.service for spot in self.spots], np.int64)
        n = len(self.spots)
        away = service[None, :, None] * (1 - np.eye(n, dtype=np.int64))[None]
        return frozen(np.minimum(self.duration.astype(np.int64) + away, UNREACHED))


def profiles_of(fleets: Sequence[Fleet]) -> tuple[str, ...]:
    """Profiles that some fleet drives by, and the one that rides are compared with."""
    return tuple(sorted({PASSENGERS, *(fleet.profile for fleet in fleets)}))


def road_tables(spots: Sequence[Spot], driver: Driver, profiles: Sequence[str]) -> RoadTables:
    """Ask for all pairs once for each profile."""
    lat, lon = [spot.lat for spot in spots], [spot.lon for spot in spots]
    tables = np.empty((2, len(profiles), len(spots), len(spots)), np.int32)
    for row, profile in enumerate(profiles):
        tables[0, row], metres = driver.table(lat, lon, profile)
        np.minimum(metres, NO_WAY_M, out=tables[1, row])
    own = np.arange(len(spots))
    tables[:, :, own, own] = 0
    tables.flags.writeable = False
    return RoadTables(tuple(spots), tuple(profiles), *tables)
