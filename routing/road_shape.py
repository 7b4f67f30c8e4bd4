"""Courses over arcs → points on the map and names of streets."""

from typing import NamedTuple

import numpy as np

from routing.arrays import Strings
from routing.kernels import paths as kernels
from routing.layout import Float64Array, Int32Array, Int64Array
from routing.road_hierarchy import Course
from routing.road_layout import CM_MASK, Pins
from routing.road_search import ProfileSearch


class Street(NamedTuple):
    """A stretch of a path along one street."""

    name: str  # empty where the map has none
    distance_m: int


class StreetNames(NamedTuple):
    """Names of the ways of a file."""

    of_way: Int32Array  # (n_ways,) index into `texts`
    texts: Strings


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


def _lengths(search: ProfileSearch, pins: Pins, course: Course) -> Int64Array:
    """Length, cm, of the part of each arc that a course uses."""
    lengths: Int64Array = search.roads.arcs.cost[course.arcs] & CM_MASK
    passed = search.ends(pins).passed & CM_MASK
    backward = search.roads.segments.backward_arc
    first, last = (int(pins.segment[pin]) for pin in (0, 1))
    skipped = passed[1 if backward[first] == course.arcs[0] else 0]
    ahead = passed[3 if backward[last] == course.arcs[-1] else 2]
    lengths[-1] = ahead
    lengths[0] -= skipped
    return lengths


def streets(
    names: StreetNames, search: ProfileSearch, pins: Pins, course: Course
) -> tuple[Street, ...]:
    """Return the streets of a way from pin 0 to pin 1, in order, as far as it is on roads."""
    if course.arcs.size == 0:
        return ()
    segments = search.roads.segments
    way = search.points.way[segments.first_point[search.roads.arcs.segment[course.arcs]]]
    name = names.of_way[way]
    first = np.flatnonzero(np.diff(name, prepend=-1))
    length = np.add.reduceat(_lengths(search, pins, course), first)
    return tuple(
        Street(names.texts[int(text)], (int(cm) + 50) // 100)
        for text, cm in zip(name[first], length, strict=True)
        if cm > 0
    )
