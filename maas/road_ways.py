"""Ways on the road as answers draw them; those asked for last are at hand."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.day_book import kept
from routing.beeline import beeline_m
from routing.polyline import encode
from routing.road import Street

if TYPE_CHECKING:
    from routing.road import RoadNetwork

_Ends = tuple[str, float, float, float, float]  # profile, lon and lat of both ends


class DrawnWay(NamedTuple):
    """A way between two points."""

    duration: int | None  # s; None where there is no road and a straight line stands for it
    distance_m: int
    polyline: str
    streets: tuple[Street, ...]


class RoadWays:
    """Ways on the roads of one date; safe to share between threads."""

    def __init__(self, roads: "RoadNetwork") -> None:
        self.roads = roads
        self._ways: dict[_Ends, DrawnWay] = {}

    def way(
        self, profile: str, origin: tuple[float, float], destination: tuple[float, float]
    ) -> DrawnWay:
        """Return the quickest way between two (lon, lat); a straight line where there is none."""
        return kept(self._ways, (profile, *origin, *destination), self._way)

    def _way(self, ends: _Ends) -> DrawnWay:
        profile, *numbers = ends
        origin, destination = (numbers[0], numbers[1]), (numbers[2], numbers[3])
        roads = self.roads
        path = roads.path(origin, destination, profile) if profile in roads.profiles else None
        if path is not None:
            line = encode(path.lon, path.lat)
            return DrawnWay(path.duration, path.distance_m, line, path.streets)
        lons, lats = (np.array(values) for values in zip(origin, destination, strict=True))
        straight = float(beeline_m(lons[:1], lats[:1], lons[1:], lats[1:])[0])
        return DrawnWay(None, round(straight), encode(lons, lats), ())
