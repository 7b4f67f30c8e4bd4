"""Courses over arcs → points on the map and names of streets."""

from typing import NamedTuple

import numpy as np

from routing.arrays import Strings
from routing.kernels import paths as kernels
from routing.layout import Float64Array, Int32Array
from routing.road_hierarchy import Course
from routing.road_layout import CM_MASK, Pins
from routing.road_search import ProfileSearch


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


def draw(search: ProfileSearch, pins: Pins, course: Course) -> tuple[Float64Array, Float64Array]:
    """Return the points of a way from pin 0 to pin 1, with its off-road parts."""
    if course.arcs.size == 0:
        return pins.lon.copy(), pins.lat.copy()
    segments, arcs = search.roads.segments, search.roads.arcs
    segment = arcs.segment[course.arcs]
    is_backward = (segments.backward_arc[segment] == course.arcs).astype(np.uint8)
    n_most = int((segments.last_point[segment] - segments.first_point[segment] + 1).sum()) + 2
    lon, lat = np.empty(n_most), np.empty(n_most)
    chain = np.array(course.arcs)
    n = kernels.draw(search.points, segments, arcs, pins, chain, is_backward, lon, lat)
    lon, lat = lon[:n], lat[:n]
    if search.traits.off_road_kmh <= 0:
        return lon, lat
    is_off = pins.off_road_cm > 0
    return (
        np.concatenate([pins.lon[:1][is_off[:1]], lon, pins.lon[1:][is_off[1:]]]),
        np.concatenate([pins.lat[:1][is_off[:1]], lat, pins.lat[1:][is_off[1:]]]),
    )


def streets(names: StreetNames, search: ProfileSearch, course: Course) -> tuple[Street, ...]:
    """Return the streets of a way, in order, as far as it is on roads."""
    if course.arcs.size == 0:
        return ()
    segments, arcs = search.roads.segments, search.roads.arcs
    length = arcs.cost[course.arcs] & CM_MASK
    length[-1] = course.ahead_cm
    length[0] -= course.skipped_cm
    name = names.of_way[search.points.way[segments.first_point[arcs.segment[course.arcs]]]]
    first = np.concatenate([[0], np.flatnonzero(name[1:] != name[:-1]) + 1])
    cm = np.add.reduceat(length, first)
    return tuple(
        Street(names[text], metres)
        for text, metres in zip(name[first].tolist(), ((cm + 50) // 100).tolist(), strict=True)
        if metres > 0
    )
