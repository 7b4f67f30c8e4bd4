"""Ways on the road as answers draw them; those asked for last are at hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.kept import Kept
from routing.geo import beeline_m
from routing.polyline import encode
from routing.road import Street

if TYPE_CHECKING:
    from routing.road import RoadNetwork
    from routing.road_drawings import RoadDrawing


_ON_FOOT = ("foot", "wheelchair")  # profiles

Asked = tuple[str, tuple[float, float], tuple[float, float]]  # profile, (lon, lat) of both ends


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
        self._ways = Kept(self, RoadWays._way)
        self._off_road_m = Kept(self, RoadWays._distance_m)

    def way(
        self, profile: str, origin: tuple[float, float], destination: tuple[float, float]
    ) -> RoadWay:
        """Return the quickest way between two (lon, lat); a straight line where there is none."""
        return self._ways[profile, origin, destination]

    def several(self, asked: Sequence[Asked]) -> list[RoadWay]:
        """Return ways in order; those of one profile that are not at hand in one search."""
        by_profile: dict[str, list[Asked]] = {}
        for one in dict.fromkeys(asked):
            if one not in self._ways:
                by_profile.setdefault(one[0], []).append(one)
        for some in by_profile.values():
            for one, way in zip(some, self._found(some), strict=True):
                self._ways.keep(one, way)
        return [self._ways[one] for one in asked]

    def off_road_m(self, profile: str, place: tuple[float, float]) -> int:
        """Metres between a (lon, lat) and the nearest road of a profile."""
        return self._off_road_m[profile, *place]

    def _distance_m(self, key: tuple[str, float, float]) -> int:
        profile, lon, lat = key
        return (int(self.roads.pin([lon], [lat], profile).off_road_cm[0]) + 50) // 100

    def _way(self, asked: Asked) -> RoadWay:
        return self._found([asked])[0]

    def _found(self, asked: Sequence[Asked]) -> list[RoadWay]:
        """Look for ways of one profile."""
        profile = asked[0][0]
        if profile not in self.roads.profiles:
            return [_straight(one) for one in asked]
        drawings = self.roads.drawings([(*one[1], *one[2]) for one in asked], profile)
        return [self._on_road(*pair) for pair in zip(asked, drawings, strict=True)]

    def _on_road(self, asked: Asked, drawing: "RoadDrawing | None") -> RoadWay:
        """Make a way of what the roads say; keep how far cars stop from its ends."""
        if drawing is None:
            return _straight(asked)
        profile, origin, destination = asked
        if profile not in _ON_FOOT:
            ends = (profile, *origin), (profile, *destination)
            for end, metres in zip(ends, drawing.off_road_m, strict=True):
                self._off_road_m.keep(end, metres)  # needs no pinning any more
        return RoadWay(*drawing)


def _straight(asked: Asked) -> RoadWay:
    """A straight line where there is no road."""
    _, *places = asked
    lons, lats = (np.array(values) for values in zip(*places, strict=True))
    straight = float(beeline_m(lons[:1], lats[:1], lons[1:], lats[1:])[0])
    return RoadWay(None, round(straight), encode(lons, lats), (places[0], places[1]))
