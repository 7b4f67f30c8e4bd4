"""Courses over arcs → names of streets."""

from typing import NamedTuple

import numpy as np

from routing.arrays import Strings
from routing.kernels import paths as kernels
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
        course, roads = self.way.course, self.search.roads
        if course.arcs.size == 0:
            return ()
        chain = course.arcs
        name, cm = np.empty(chain.size, np.int32), np.empty(chain.size, np.int64)
        n = kernels.streets(
            self.search.points.way, roads.segments.first_point, roads.arcs.segment,
            roads.arcs.cost, self.names.of_way, chain, course.skipped_cm, course.ahead_cm,
            name, cm,
        )  # fmt: skip
        metres = ((cm[:n] + 50) // 100).tolist()
        return tuple(
            Street(self.names[text], length)
            for text, length in zip(name[:n].tolist(), metres, strict=True)
            if length > 0
        )
