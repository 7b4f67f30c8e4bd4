"""Ways on the road as answers draw them; those asked for last are at hand."""

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.day_book import kept
from routing.geo import beeline_m
from routing.layout import Float64Array
from routing.polyline import encode
from routing.road import Street

if TYPE_CHECKING:
    from routing.road import RoadNetwork


class _Course(NamedTuple):
    """Points of a way, and its streets."""

    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array
    streets: tuple[Street, ...] = ()


_Ends = tuple[str, float, float, float, float]  # profile, lon and lat of both ends


class RoadWay:
    """A way between two points; its line on the map is encoded when it is asked for."""

    def __init__(
        self,
        duration: int | None,
        distance_m: int,
        course: _Course,
        off_road_m: tuple[int, int] = (0, 0),
    ) -> None:
        self.duration = duration  # s; None where there is no road and a straight line stands for it
        self.distance_m = distance_m
        self.off_road_m = off_road_m  # between the road and both ends
        self.streets = course.streets
        self._course = course

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """First and last point, (lon, lat)."""
        lon, lat = self._course.lon, self._course.lat
        return (float(lon[0]), float(lat[0])), (float(lon[-1]), float(lat[-1]))

    @cached_property
    def polyline(self) -> str:
        """Encoded polyline of precision 6."""
        return encode(self._course.lon, self._course.lat)


class RoadWays:
    """Ways on the roads of one date; safe to share between threads."""

    def __init__(self, roads: "RoadNetwork") -> None:
        self.roads = roads
        self.n_queries = 0  # that used these ways
        self._ways: dict[_Ends, RoadWay] = {}
        self._off_road_m: dict[tuple[str, float, float], int] = {}

    def way(
        self, profile: str, origin: tuple[float, float], destination: tuple[float, float]
    ) -> RoadWay:
        """Return the quickest way between two (lon, lat); a straight line where there is none."""
        return kept(self._ways, (profile, *origin, *destination), self._way)

    def off_road_m(self, profile: str, place: tuple[float, float]) -> int:
        """Metres between a (lon, lat) and the nearest road of a profile."""
        return kept(self._off_road_m, (profile, *place), self._distance_m)

    def _distance_m(self, key: tuple[str, float, float]) -> int:
        profile, lon, lat = key
        return (int(self.roads.pin([lon], [lat], profile).off_road_cm[0]) + 50) // 100

    def _way(self, ends: _Ends) -> RoadWay:
        profile, *numbers = ends
        origin, destination = (numbers[0], numbers[1]), (numbers[2], numbers[3])
        roads = self.roads
        path = roads.path(origin, destination, profile) if profile in roads.profiles else None
        if path is not None:
            course = _Course(path.lon, path.lat, path.streets)
            off_road_m = path.off_road_m
            for end, metres in zip((origin, destination), off_road_m, strict=True):
                self._off_road_m[profile, *end] = metres  # needs no pinning any more
            return RoadWay(path.duration, path.distance_m, course, off_road_m)
        lons, lats = (np.array(values) for values in zip(origin, destination, strict=True))
        straight = float(beeline_m(lons[:1], lats[:1], lons[1:], lats[1:])[0])
        return RoadWay(None, round(straight), _Course(lons, lats))
