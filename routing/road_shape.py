"""Courses over arcs → points on the map and names of streets."""

from typing import NamedTuple

import numpy as np

from routing.arrays import Strings
from routing.kernels import paths as kernels
from routing.layout import Float64Array, Int32Array
from routing.road_hierarchy import Course
from routing.road_layout import Pins
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
    chain = np.array(course.arcs)
    n_most = kernels.n_points_of(segments, arcs, chain)
    lon, lat = np.empty(n_most), np.empty(n_most)
    n = kernels.draw(search.points, segments, arcs, pins, chain, lon, lat)
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
    chain = np.array(course.arcs)
    name, cm = np.empty(chain.size, np.int32), np.empty(chain.size, np.int64)
    n = kernels.streets(
        search.points, search.roads.segments, search.roads.arcs, names.of_way, chain,
        course.skipped_cm, course.ahead_cm, name, cm,
    )  # fmt: skip
    metres = ((cm[:n] + 50) // 100).tolist()
    return tuple(
        Street(names[text], length)
        for text, length in zip(name[:n].tolist(), metres, strict=True)
        if length > 0
    )
