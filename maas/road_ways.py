"""Ways on the road as answers draw them; those asked for last are at hand."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.kept import kept
from routing.geo import beeline_m
from routing.polyline import encode
from routing.road import Street

if TYPE_CHECKING:
    from routing.road import RoadNetwork


_Ends = tuple[str, float, float, float, float]  # profile, lon and lat of both ends


class RoadWay(NamedTuple):
    """A way between two points."""

    duration: int | None  # s; None where there is no road and a straight line stands for it
    distance_m: int
    polyline: str  # encoded, of precision 6
    ends: tuple[tuple[float, float], tuple[float, float]]  # first and last point, (lon, lat)
    streets: tuple[Street, ...] = ()
    off_road_m: tuple[int, int] = (0, 0)  # between the road and both ends


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

    def _way(self, way: _Ends) -> RoadWay:
        profile, *numbers = way
        origin, destination = (numbers[0], numbers[1]), (numbers[2], numbers[3])
        roads = self.roads
        path = roads.path(origin, destination, profile) if profile in roads.profiles else None
        if path is not None:
            lon, lat, off_road_m = path.lon, path.lat, path.off_road_m
            ends = (profile, *origin), (profile, *destination)
            known = dict(zip(ends, off_road_m, strict=True))
            for end in known:  # needs no pinning any more
                kept(self._off_road_m, end, known.__getitem__)
            tips = (float(lon[0]), float(lat[0])), (float(lon[-1]), float(lat[-1]))
            drawn = path.polyline, tips, path.streets, off_road_m
            return RoadWay(path.duration, path.distance_m, *drawn)
        lons, lats = (np.array(values) for values in zip(origin, destination, strict=True))
        straight = float(beeline_m(lons[:1], lats[:1], lons[1:], lats[1:])[0])
        return RoadWay(None, round(straight), encode(lons, lats), (origin, destination))
