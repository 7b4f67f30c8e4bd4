"""Courses over arcs → names of streets."""

from typing import NamedTuple

from routing.arrays import Strings
from routing.layout import Int32Array, Int64Array
from routing.road_layout import FAR
from routing.road_search import ProfileSearch
from routing.way_search import Way


class Street(NamedTuple):
    """A stretch of a path along one street."""

    name: str  # empty where the map has none
    distance_m: int


class StreetNames:
    """Names of the ways of a file."""

    def __init__(self, of_way: Int32Array, texts: Strings) -> None:
        """Take the index of each way's name, and the names."""
        self.of_way = of_way
        self.texts = texts
        self._read: dict[int, str] = {}

    def __getitem__(self, name: int) -> str:
        """Return a name; those that were asked for before are at hand."""
        text = self._read.get(name)
        if text is None:
            text = self._read[name] = self.texts[name]
        return text


class Trace(NamedTuple):
    """What a path was made of."""

    search: ProfileSearch
    names: StreetNames
    way: Way

    @property
    def off_road_m(self) -> tuple[int, int]:
        """Metres between the road and the places where the path begins and ends."""
        begin_cm, end_cm = self.way.ends[1][-1].tolist()
        return (begin_cm + 50) // 100, (end_cm + 50) // 100

    def shut_streets(self, cost: Int64Array) -> tuple[str, ...]:
        """Names of streets with arcs of the path that are closed under other costs, (n_arcs,)."""
        arcs, roads = self.way.course.arcs, self.search.roads
        points = roads.segments.first_point[roads.arcs.segment[arcs[cost[arcs] >= FAR]]]
        names = self.names.of_way[self.search.points.way[points]]
        return tuple(self.names[name] for name in dict.fromkeys(names.tolist()))

    def streets(self) -> tuple[Street, ...]:
        """Return the streets of the path, in order, as far as it is on roads."""
        return tuple(
            Street(self.names[name], metres)
            for name, cm in zip(*self.way.streets, strict=True)
            if (metres := (cm + 50) // 100) > 0
        )
