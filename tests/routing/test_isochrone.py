"""Isochrones on drawn streets and on a real town: what lies inside and what does not."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.errors import OffRoadError
from routing.isochrone import Brush, features
from routing.layout import UNREACHED
from routing.profiles import CAR, FOOT
from routing.road import RoadGraph
from tests.routing.drawn_roads import Drawing, at, pin

ROAD = {"highway": "residential"}
STREET = Drawing({"W": (-3000, 0), "E": (3000, 0), "N": (0, 3000), "O": (0, 0)},
                 [("WOE", ROAD), ("NO", ROAD | {"oneway": "yes"}), ("EN", ROAD)])  # fmt: skip


def is_inside(
    collection: list[dict[str, Any]] | dict[str, Any], place: tuple[float, float]
) -> bool:
    """Even-odd rule over all rings of the first feature."""
    found = collection["features"] if isinstance(collection, dict) else collection
    x, y = place
    crossings = 0
    for polygon in found[0]["geometry"]["coordinates"]:
        for ring in polygon:
            for (x_a, y_a), (x_b, y_b) in pairwise(ring):
                if (y_a > y) != (y_b > y) and x < x_a + (y - y_a) * (x_b - x_a) / (y_b - y_a):
                    crossings += 1
    return crossings % 2 == 1


def test_a_walk_of_ten_minutes_goes_as_far_as_it_is_fast(tmp_path: Path) -> None:
    """4.5 km/h for 600 s are 750 m along the street, and a one-way does not stop walkers."""
    road = STREET.graph(tmp_path, [FOOT])
    found = road.isochrone(at(0, 0), [600], "foot")
    for x, y in ((700, 0), (-700, 0), (0, 700), (400, 200), (-200, 200)):
        assert is_inside(found, at(x, y))
    for x, y in ((820, 0), (-820, 0), (0, 820), (0, -300), (700, 200)):
        assert not is_inside(found, at(x, y))


def test_the_other_direction_goes_against_one_ways(tmp_path: Path) -> None:
    road = STREET.graph(tmp_path, [CAR])
    start, north = at(0, -1), at(0, 1500)
    assert not is_inside(road.isochrone(start, [300], "car"), north)
    assert is_inside(road.isochrone(start, [300], "car", reverse=True), north)
    assert is_inside(road.isochrone(north, [300], "car"), start)


def test_contours_come_in_the_order_asked_and_grow_with_time(tmp_path: Path) -> None:
    road = STREET.graph(tmp_path, [FOOT])
    found = road.isochrone(at(0, 0), [900, 300], "foot")["features"]
    assert [feature["properties"]["limit_s"] for feature in found] == [900, 300]
    for x in range(50, 1300, 50):
        wide, narrow = (is_inside([feature], at(x, 0)) for feature in found)
        assert wide or not narrow
    assert is_inside(found[:1], at(1000, 0))
    assert not is_inside(found[1:], at(1000, 0))


def test_walks_from_many_stops_use_the_time_left_at_each(tmp_path: Path) -> None:
    """600 s left in the west, 120 s in the east, none at a stop that is reached too late."""
    road = STREET.graph(tmp_path, [FOOT])
    lon, lat = np.array([at(-2000, 0), at(2000, 0), at(0, 0), at(0, 90_000)]).T
    found = road.isochrone_from(lon, lat, [600, 120, 0, 600], "foot")
    for x in (-2700, -1300, 2100, 1900):
        assert is_inside(found, at(x, 0))
    for x in (-2850, -1150, 2250, 1750, 0):
        assert not is_inside(found, at(x, 0))


def test_seeds_without_roads_or_time_make_an_empty_collection(tmp_path: Path) -> None:
    road = STREET.graph(tmp_path, [FOOT])
    lon, lat = np.array([at(0, 90_000)]).T
    for left in ([600], [0]):
        assert road.isochrone_from(lon, lat, left, "foot")["features"] == []


def test_a_place_in_the_sea_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OffRoadError, match="within 1000 m"):
        STREET.graph(tmp_path, [FOOT]).isochrone(at(0, 9000), [600], "foot")


def test_rings_are_closed_and_holes_lie_within(tmp_path: Path) -> None:
    block = Drawing({"A": (0, 0), "B": (900, 0), "C": (900, 900), "D": (0, 900)}, [("ABCDA", ROAD)])
    road = block.graph(tmp_path, [FOOT])
    (polygon,) = road.isochrone(at(0, 0), [3000], "foot")["features"][0]["geometry"]["coordinates"]
    assert len(polygon) == 2  # the ring road and the field inside that is too wide to be reached
    for ring in polygon:
        assert ring[0] == ring[-1]
    assert not is_inside(road.isochrone(at(0, 0), [3000], "foot"), at(450, 450))


def test_roads_reached_in_time_lie_inside_on_a_real_map(outside_data: Path) -> None:
    """Every place that a matrix reaches well in time is inside; far ones are outside."""
    road = RoadGraph.read(outside_data / "osm" / "monaco_osrm.osm.pbf", [CAR])
    points = road._parts.points
    rows = np.random.default_rng(2).integers(0, points.lon.size, 300)
    places = list(zip(points.lon[rows].tolist(), points.lat[rows].tolist(), strict=True))
    pins = pin(road, "car", *places)
    limit = 240
    within = (road.many_to_many(pins, pins, "car")[0] < limit) & (pins.off_road_cm < 500)
    start = int((within.sum(axis=0) + within.sum(axis=1)).argmax())
    search = road._searches["car"]
    for is_back in (False, True):
        here = pin(road, "car", places[start])
        duration, _ = road.one_to_many(*places[start], pins, "car", 10**6, reverse=is_back)
        found = features(search, here, [limit], is_back=is_back, brush=Brush(cell_m=20))
        is_near = pins.off_road_cm < 500
        soon = np.flatnonzero(is_near & (duration < 0.9 * limit))
        never = np.flatnonzero(duration == UNREACHED)
        assert soon.size > 20
        assert all(is_inside(found, places[i]) for i in soon)
        late = np.flatnonzero(is_near & (duration > limit + 250 * 0.8 + 60))
        assert not any(is_inside(found, places[i]) for i in [*late, *never] if is_near[i])
