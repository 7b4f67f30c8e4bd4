"""Small plane geometry in metres around a point of the map."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

EARTH_M = 6_371_008.8


class Place(NamedTuple):
    """A coordinate; `lat` comes first, as on the command line."""

    lat: float
    lon: float


def distance_m(one: Place, other: Place) -> float:
    """Great-circle distance."""
    south, north = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * (
        math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(math.sqrt(half))


def offset(origin: Place, east_m: float, north_m: float) -> Place:
    """Return the place so many metres east and north of `origin`, on a plane touching there."""
    lat = origin.lat + math.degrees(north_m / EARTH_M)
    lon = origin.lon + math.degrees(east_m / (EARTH_M * math.cos(math.radians(origin.lat))))
    return Place(lat, lon)


def east_north(origin: Place, place: Place) -> tuple[float, float]:
    """Metres east and north of `origin`; the inverse of `offset`."""
    north = math.radians(place.lat - origin.lat) * EARTH_M
    east = math.radians(place.lon - origin.lon) * EARTH_M * math.cos(math.radians(origin.lat))
    return east, north


def rotated(east: float, north: float, degrees: float) -> tuple[float, float]:
    """Turn a vector clockwise."""
    turn = math.radians(degrees)
    return (
        east * math.cos(turn) + north * math.sin(turn),
        -east * math.sin(turn) + north * math.cos(turn),
    )


def bearing_deg(one: Place, other: Place) -> float:
    """Direction from one place to another, clockwise from north."""
    east, north = east_north(one, other)
    return math.degrees(math.atan2(east, north)) % 360


def between(one: Place, other: Place, share: float) -> Place:
    """Place at a share of the way."""
    return Place(one.lat + (other.lat - one.lat) * share, one.lon + (other.lon - one.lon) * share)


def rounded(place: Place) -> Place:
    """Coordinates to about a metre, so that files stay small and the same everywhere."""
    return Place(round(place.lat, 5), round(place.lon, 5))


def length_m(line: Sequence[Place]) -> float:
    """Length of a polyline."""
    return sum(distance_m(one, other) for one, other in itertools.pairwise(line))


def off_line_m(place: Place, one: Place, other: Place) -> float:
    """Distance of a place from a segment."""
    x, y = east_north(place, one)
    u, v = east_north(place, other)
    dx, dy = u - x, v - y
    share = 0.0 if dx == dy == 0 else max(0.0, min(1.0, -(x * dx + y * dy) / (dx * dx + dy * dy)))
    return math.hypot(x + share * dx, y + share * dy)


def simplified(line: Sequence[Place], tolerance_m: float) -> list[Place]:
    """Ramer-Douglas-Peucker: drop points that lie within the tolerance of the rest."""
    if len(line) < 3:
        return list(line)
    keep = [0, len(line) - 1]
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        off = [off_line_m(line[at], line[first], line[last]) for at in range(first + 1, last)]
        if off and max(off) > tolerance_m:
            worst = first + 1 + off.index(max(off))
            keep.append(worst)
            open_parts += [(first, worst), (worst, last)]
    return [line[at] for at in sorted(keep)]
