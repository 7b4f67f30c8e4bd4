"""Driving between the places of a freight problem: dense tables of seconds and metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from cargo.network import Fleet
from routing.geo import EARTH_RADIUS_M
from routing.layout import UNREACHED, Int32Array, UInt8Array, frozen

PROFILES = ("taxi", "van")
NO_WAY_M = 10**8  # where there is no way; sums of some still fit in int32
PROFILE_OF_KIND = {"taxi": 0, "van": 1}


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
    duration: Int32Array  # (n_profiles, n, n) s
    distance: Int32Array  # (n_profiles, n, n) m

    def drive(self, kind: str, tail: int, head: int) -> tuple[int, int]:
        """Seconds and metres from one spot to another by a kind of vehicle."""
        profile = PROFILE_OF_KIND[kind]
        return int(self.duration[profile, tail, head]), int(self.distance[profile, tail, head])

    def with_service(self) -> Int32Array:
        """Durations with the service time at the spot that is left; none within a spot."""
        service = np.array([spot.service for spot in self.spots], np.int64)
        n = len(self.spots)
        away = service[None, :, None] * (1 - np.eye(n, dtype=np.int64))[None]
        return frozen(np.minimum(self.duration.astype(np.int64) + away, UNREACHED))


def road_tables(spots: Sequence[Spot], driver: Driver) -> RoadTables:
    """Ask for all pairs once for each profile."""
    lat, lon = [spot.lat for spot in spots], [spot.lon for spot in spots]
    tables = [driver.table(lat, lon, profile) for profile in PROFILES]
    duration = np.stack([seconds for seconds, _ in tables])
    distance = np.minimum(np.stack([metres for _, metres in tables]), NO_WAY_M)
    for at in range(len(spots)):
        duration[:, at, at] = 0
        distance[:, at, at] = 0
    return RoadTables(tuple(spots), frozen(duration), frozen(distance))


def reach_table(fleets: Sequence[Fleet], spots: Sequence[Spot]) -> UInt8Array:
    """1 where a fleet may stop, shape (n_fleets, n_spots)."""
    bases = np.radians([(fleet.lat, fleet.lon) for fleet in fleets]).reshape(-1, 1, 2)
    places = np.radians([(spot.lat, spot.lon) for spot in spots]).reshape(1, -1, 2)
    radius = [np.inf if fleet.radius_m is None else fleet.radius_m for fleet in fleets]
    half = np.sin((places - bases) / 2) ** 2
    half = half[..., 0] + np.cos(bases[..., 0]) * np.cos(places[..., 0]) * half[..., 1]
    away = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    table: UInt8Array = frozen(away <= np.array(radius).reshape(-1, 1), np.uint8)
    return table
