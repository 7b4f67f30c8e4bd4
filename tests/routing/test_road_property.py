"""Random drawn towns: the engine against the plain oracle over OSM nodes."""

import tempfile
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import road_search, way_search
from routing.errors import RoadFileError
from routing.layout import NONE, UNREACHED, Float64Array, Int32Array
from routing.profiles import PROFILES
from routing.road import RoadGraph
from routing.road_layout import Pins
from tests.routing.drawn_roads import Drawing, at
from tests.routing.plain_roads import PlainRoads
from tests.routing.random_roads import drawings


def _by_buckets(
    road: RoadGraph, sources: Pins, targets: Pins, name: str, entries: int
) -> Int32Array:
    """Seconds by the hierarchy, however small the map; each climb is said to leave some entries."""
    searched = mock.patch.multiple(
        road_search, _LABELS_OF_A_CLIMB=0, _ENTRIES_OF_A_CLIMB=entries
    )  # fmt: skip
    with searched:
        return road.many_to_many(sources, targets, name)[0]


def _check_drawings(road: RoadGraph, name: str, lon: Float64Array, lat: Float64Array) -> None:
    """Compare ways drawn many at once, on a sheet too small at first, with those one by one."""
    places = list(zip(lon.tolist(), lat.tolist(), strict=True))
    pairs = [(*origin, *destination) for origin in places for destination in places]
    with mock.patch.object(way_search, "_ROOM", 1):
        drawn = road.drawings(pairs, name)
    for pair, drawing in zip(pairs, drawn, strict=True):
        path = road.path(pair[:2], pair[2:], name)
        assert (drawing is None) == (path is None)
        if drawing is not None and path is not None:
            assert drawing[:3] == (path.duration, path.distance_m, path.polyline)
            tips = [(path.lon[at], path.lat[at]) for at in (0, -1)]
            assert list(drawing.ends) == tips
            assert drawing[4:] == (path.streets, path.off_road_m)


def _check_limits(
    road: RoadGraph, name: str, lon: Float64Array, lat: Float64Array, durations: Int32Array
) -> None:
    """Compare ways to expected pins up to a limit with (n, n) durations without one."""
    pins = road.pin(lon, lat, name)
    road.expect(pins, name)
    for reverse, row in ((False, durations[0]), (True, durations[:, 0])):
        for limit in np.unique(row)[:4].tolist():
            there, _ = road.one_to_many(lon[0], lat[0], pins, name, limit, reverse=reverse)
            is_near = row <= limit
            np.testing.assert_array_equal(there[is_near], row[is_near])
            assert (there[~is_near] > limit).all()


def test_a_sheet_grows_for_streets_as_for_points(tmp_path: Path) -> None:
    nodes = dict(zip("abcdefgh", ((60.0 * i, 0.0) for i in range(8)), strict=True))
    ways = [
        (a + b, {"highway": "residential", "name": f"Street {a}"}) for a, b in pairwise("abcdefgh")
    ]
    path = tmp_path / "line.osm"
    path.write_text(Drawing(nodes, ways).xml(), encoding="utf-8")
    (foot,) = (profile for profile in PROFILES if profile.name == "foot")
    road = RoadGraph.read(path, [foot])
    pairs = [(*at(0, 0), *at(420, 0))] * 9  # their lines have room where their streets have none
    with mock.patch.object(way_search, "_ROOM", 16):
        drawn = road.drawings(pairs, "foot")
    names = [f"Street {node}" for node in "abcdefg"]
    for drawing in drawn:
        assert drawing is not None
        assert [street.name for street in drawing.streets] == names


@settings(max_examples=60)
@given(drawings(), st.sampled_from(["foot", "bike", "car", "taxi"]))
def test_durations_equal_a_plain_search(drawing: Drawing, name: str) -> None:
    """All pairs of bends, wherever a bend is pinned to its own street."""
    (profile,) = (known for known in PROFILES if known.name == name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawn.osm"
        path.write_text(drawing.xml(), encoding="utf-8")
        plain = PlainRoads(path, profile)
        try:
            road = RoadGraph.read(path, [profile])
        except RoadFileError:
            assert not plain.seconds
            return
    nodes = plain.interior_nodes()
    if not nodes:
        return
    lon, lat = np.array([plain.place[node] for node in nodes]).T
    pins = road.pin(lon, lat, profile.name)
    by_dijkstra = road.many_to_many(pins, pins, profile.name)[0]
    _check_drawings(road, name, lon[:4], lat[:4])
    road._searches[profile.name].contract()
    _check_drawings(road, name, lon[:4], lat[:4])
    _check_limits(road, name, lon, lat, by_dijkstra)
    for entries in (0, 10**6):  # buckets for once, then those that are kept
        np.testing.assert_array_equal(by_dijkstra, _by_buckets(road, pins, pins, name, entries))
        some = road.pin(lon[:2], lat[:2], name)
        columns = _by_buckets(road, pins, some, name, entries)
        np.testing.assert_array_equal(by_dijkstra[:, :2], columns)
        np.testing.assert_array_equal(by_dijkstra[:2], _by_buckets(road, some, pins, name, entries))
    own = np.flatnonzero((pins.segment != NONE) & (pins.off_road_cm == 0))
    for origin in own:
        right = (plain.drive if profile.is_motor else plain.walk)(nodes[origin])
        for target in own:
            found = by_dijkstra[origin, target]
            if nodes[target] in right:
                assert found == pytest.approx(right[nodes[target]], abs=1)
            else:
                assert found == UNREACHED
