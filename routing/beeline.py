"""Straight lines times a detour factor, for regions without a road file.

Every answer built on this model is an estimate and says so (`is_beeline`).
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from routing.errors import UnknownProfileError
from routing.geo import beeline_m
from routing.layout import UNREACHED, Float64Array, Int32Array, Int64Array, first_of, frozen
from routing.road_drawings import Pair, RoadDrawing
from routing.road_layout import Pins
from routing.road_network import RoadPath
from routing.snapping import places
from routing.way_search import Coordinate

_MPS_PER_KMH = 1 / 3.6
_STOPS_AT_ONCE = 64  # neighbours in latitude whose walks are looked for together
_METRES_PER_DEGREE = 111_194.0  # of latitude, and a little less


class Beeline:
    """The road network of a region that has no roads: any place is reached in a straight line."""

    is_beeline = True

    def __init__(self, speed_kmh: Mapping[str, float], detour: float) -> None:
        """Take speeds by profile, and the length of a way over that of the straight line."""
        self._speed_kmh = dict(speed_kmh)
        self._detour = detour

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles."""
        return tuple(self._speed_kmh)

    def off_road(self, profile: str) -> tuple[float, float]:
        """Speed of the profile; no place lies off what is everywhere."""
        return self._kmh(profile), 0.0

    def counts(self) -> dict[str, object]:
        """Return the numbers of the model."""
        return {"detour": self._detour, "speed_kmh": dict(self._speed_kmh)}

    def _kmh(self, profile: str) -> float:
        try:
            return self._speed_kmh[profile]
        except KeyError:
            raise UnknownProfileError(profile, list(self._speed_kmh)) from None

    def _ways(
        self, lon_a: Float64Array, lat_a: Float64Array, lon_b: Float64Array, lat_b: Float64Array,
        profile: str,
    ) -> tuple[Int32Array, Int32Array]:  # fmt: skip
        """Durations and distances between places, broadcast against each other."""
        metres = self._detour * beeline_m(lon_a, lat_a, lon_b, lat_b)
        seconds = metres / (self._kmh(profile) * _MPS_PER_KMH)
        return np.round(seconds).astype(np.int32), np.round(metres).astype(np.int32)

    def pin(self, lon: npt.ArrayLike, lat: npt.ArrayLike, profile: str) -> Pins:
        """Take places as they are."""
        self._kmh(profile)
        lons, lats = places(lon, lat)
        zero = frozen(np.zeros(lons.size, np.int32))
        return Pins(lons, lats, zero, zero, zero)

    def expect(self, pins: Pins, profile: str) -> None:
        """Do nothing: straight lines need no preparation."""

    def one_to_many(
        self,
        lon: float,
        lat: float,
        targets: Pins,
        profile: str,
        limit: int,
        *,
        reverse: bool = False,  # noqa: ARG002  (a straight line is the same both ways)
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances, (n_targets,), of ways of at most `limit` s."""
        here = self.pin([lon], [lat], profile)
        duration, distance = self._ways(here.lon, here.lat, targets.lon, targets.lat, profile)
        is_far = duration > limit
        duration[is_far] = UNREACHED
        distance[is_far] = UNREACHED
        return duration, distance

    def many_to_many(
        self, sources: Pins, targets: Pins, profile: str
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances, (n_sources, n_targets)."""
        columns = sources.lon[:, None], sources.lat[:, None]
        return self._ways(*columns, targets.lon[None, :], targets.lat[None, :], profile)

    def path(self, origin: Coordinate, destination: Coordinate, profile: str) -> RoadPath:
        """Return the straight line."""
        lon, lat = places([origin[0], destination[0]], [origin[1], destination[1]])
        duration, distance = self._ways(lon[:1], lat[:1], lon[1:], lat[1:], profile)
        return RoadPath(int(duration[0]), int(distance[0]), lon.copy(), lat.copy())

    def drawings(self, pairs: Sequence[Pair], profile: str) -> list[RoadDrawing | None]:
        """Return straight lines between pairs of places."""
        return [self._drawing(pair, self.path(pair[:2], pair[2:], profile)) for pair in pairs]

    @staticmethod
    def _drawing(pair: Pair, path: RoadPath) -> RoadDrawing:
        return RoadDrawing(path.duration, path.distance_m, path.polyline, (pair[:2], pair[2:]))

    def footpaths(
        self, stops: Pins, profile: str, limit: int
    ) -> tuple[Int32Array, Int32Array, Int32Array]:
        """Return (first_of_stop, head, duration) of all ways of at most `limit` s between stops."""
        n_stops = stops.lon.size
        by_lat = np.argsort(stops.lat, kind="stable")[: int((~np.isnan(stops.lat)).sum())]
        lat = stops.lat[by_lat]
        reach = (limit + 1) * self._kmh(profile) * _MPS_PER_KMH / self._detour / _METRES_PER_DEGREE
        found: list[tuple[Int64Array, Int64Array, Int32Array]] = []
        for first in range(0, by_lat.size, _STOPS_AT_ONCE):
            some = by_lat[first : first + _STOPS_AT_ONCE]
            ends = lat[first] - reach, lat[min(first + _STOPS_AT_ONCE, by_lat.size) - 1] + reach
            near = by_lat[slice(*np.searchsorted(lat, ends).tolist())]
            apart = np.abs(stops.lon[some, None] - stops.lon[near])
            row, column = np.nonzero(np.minimum(apart, 360 - apart) <= _widest(ends, reach))
            tail, head = some[row], near[column]
            duration, _ = self._ways(
                stops.lon[tail], stops.lat[tail], stops.lon[head], stops.lat[head], profile
            )
            is_walk = (duration <= limit) & (tail != head)
            found.append((tail[is_walk], head[is_walk], duration[is_walk]))
        if not found:
            return first_of([], n_stops), frozen([]), frozen([])
        stop, heads, durations = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((heads, durations, stop))
        return first_of(stop, n_stops), frozen(heads[order]), frozen(durations[order])

    def at(self, day: date, *, winter_speed_factor: float = 1.0) -> "Beeline":  # noqa: ARG002
        """Return the model at winter speeds on wheels; itself where nothing differs."""
        if winter_speed_factor == 1.0:
            return self
        slowed = {
            profile: kmh if profile in {"foot", "bike"} else kmh * winter_speed_factor
            for profile, kmh in self._speed_kmh.items()
        }
        return Beeline(slowed, self._detour)


def _widest(lats: tuple[float, float], reach: float) -> float:
    """Most degrees of longitude that places within `reach` degrees of a great circle are apart.

    Parameters
    ----------
    lats
        Least and greatest latitude of the places, degrees.
    """
    narrowest = np.cos(np.radians(min(90.0, max(-lats[0], lats[1]))))
    half = np.sin(np.radians(reach / 2)) / max(narrowest, 1e-9)
    return float(np.degrees(2 * np.arcsin(min(1.0, half)))) + 1e-9
