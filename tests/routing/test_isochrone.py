"""Isochrones on drawn streets and on a real town: what lies inside and what does not."""

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import OffRoadError, RoadFileError
from routing.isochrone import Brush, _canvas, features
from routing.kernels import isochrone as kernels
from routing.layout import NONE, UNREACHED
from routing.profiles import CAR, FOOT
from routing.road import RoadGraph
from routing.road_layout import Pins, Points
from routing.road_search import ProfileSearch
from tests.routing.drawn_roads import Drawing, at, pin
from tests.routing.random_roads import drawings

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


@settings(max_examples=25)
@given(drawings(), st.data())
def test_roads_are_painted_as_if_each_way_were_painted_alone(
    drawing: Drawing, data: st.DataObject
) -> None:
    """Ends that another way paints no later are left out: nothing may be missing for that."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            road = drawing.graph(Path(folder), [CAR])
        except RoadFileError:
            return
    search = road._searches["car"]
    segments, arcs, points = search.roads.segments, search.roads.arcs, search.points
    row = data.draw(st.integers(0, segments.first_point.size - 1))
    lon, lat = (column[[segments.first_point[row]]] for column in (points.lon, points.lat))
    pins = road.pin(lon, lat, "car")
    if pins.segment[0] == NONE:
        return
    is_back, limit_ms = data.draw(st.booleans()), data.draw(st.sampled_from([60_000, 600_000]))
    ends = search.ends(pins)
    reach = search.reach(ends, limit_ms // 1000, is_back=is_back)
    box = np.array([points.lon.min(), points.lat.min(), points.lon.max(), points.lat.max()])
    quick, slow = (_canvas(box, Brush(cell_m=50.0)) for _ in range(2))
    kernels.paint_roads(points, segments, reach, limit_ms, quick)
    paint_alone(search, reach, limit_ms, slow)
    for canvas in (quick, slow):
        kernels.paint_ends(points, segments, arcs, pins, ends, is_back, limit_ms, canvas)
    np.testing.assert_allclose(quick.ms, slow.ms, atol=2.0)


@pytest.mark.parametrize("is_back", [False, True])
def test_a_pin_where_a_one_way_ends_or_begins_is_painted(tmp_path: Path, is_back: bool) -> None:
    """Nothing of the one-way lies beyond it, and the roads that begin there leave it out."""
    there, on = ("BA", "CB") if is_back else ("AB", "BC")
    drawing = Drawing({"A": (-3000, 0), "B": (0, 0), "C": (3000, 0), "N": (0, 3000)},
                      [(there, ROAD | {"oneway": "yes"}), (on, ROAD), ("CNA", ROAD)])  # fmt: skip
    search = drawing.graph(tmp_path, [CAR])._searches["car"]
    segments, points = search.roads.segments, search.points
    (row,) = (row for row, arc in enumerate(segments.backward_arc) if arc == NONE)
    along = 0 if is_back else int(points.chainage_cm[segments.last_point[row]])
    lon, lat = (np.array([degrees]) for degrees in drawing.place("B"))
    pins = Pins(lon, lat, *(np.array([value], np.int32) for value in (row, along, 0)))
    ends = search.ends(pins)
    reach = search.reach(ends, 60, is_back=is_back)
    box = np.array([points.lon.min(), points.lat.min(), points.lon.max(), points.lat.max()])
    quick, slow = (_canvas(box, Brush(cell_m=50.0)) for _ in range(2))
    kernels.paint_roads(points, segments, reach, 60_000, quick)
    paint_alone(search, reach, 60_000, slow)
    for canvas in (quick, slow):
        kernels.paint_ends(points, segments, search.roads.arcs, pins, ends, is_back, 60_000, canvas)
    np.testing.assert_allclose(quick.ms, slow.ms, atol=2.0)


def paint_alone(
    search: ProfileSearch, reach: kernels.Reach, limit_ms: int, canvas: kernels.Canvas
) -> None:
    """Paint every way of every segment with both of its ends, in steps of 50 m."""
    segments, points = search.roads.segments, search.points
    for segment in range(segments.first_point.size):
        first, last = int(segments.first_point[segment]), int(segments.last_point[segment])
        length = float(points.chainage_cm[last] - points.chainage_cm[first])
        for arc, is_against in (
            (segments.forward_arc[segment], False), (segments.backward_arc[segment], True),
        ):  # fmt: skip
            if arc == NONE:
                continue
            times = float(reach.at_start[arc]), float(reach.at_end[arc])
            if min(times) >= limit_ms:
                continue
            begin, end = times[::-1] if is_against else times
            steps = [*np.arange(0.0, length, 100 * 50.0), length]
            if segments.is_ferry[segment]:
                steps = [length if end > begin else 0.0]  # where it lands
            for along in steps:
                ms = begin + (end - begin) * along / length
                if ms < limit_ms:
                    kernels.dab(canvas, *place_along(points, first, last, along), ms)


def place_along(points: Points, first: int, last: int, along_cm: float) -> tuple[float, float]:
    """Lon and lat of a place on a segment, by numpy's interpolation."""
    rows = slice(first, last + 1)
    chainage = (points.chainage_cm[rows] - points.chainage_cm[first]).astype(np.float64)
    x, y = (float(np.interp(along_cm, chainage, c[rows])) for c in (points.lon, points.lat))
    return x, y
