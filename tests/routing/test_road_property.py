"""Random drawn towns: the engine against the plain oracle over OSM nodes."""

import tempfile
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
from tests.routing.drawn_roads import Drawing
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
