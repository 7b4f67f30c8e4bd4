"""Random drawn towns: the engine against the plain oracle over OSM nodes."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import RoadFileError
from routing.layout import NONE, UNREACHED
from routing.profiles import PROFILES
from routing.road import RoadGraph
from tests.routing.drawn_roads import Drawing
from tests.routing.plain_roads import PlainRoads
from tests.routing.random_roads import drawings


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
    road._searches[profile.name].contract()
    by_hierarchy = road.many_to_many(pins, pins, profile.name)[0]
    np.testing.assert_array_equal(by_dijkstra, by_hierarchy)
    own = np.flatnonzero((pins.segment != NONE) & (pins.off_road_cm == 0))
    for origin in own:
        right = (plain.drive if profile.is_motor else plain.walk)(nodes[origin])
        for target in own:
            found = by_dijkstra[origin, target]
            if nodes[target] in right:
                assert found == pytest.approx(right[nodes[target]], abs=1)
            else:
                assert found == UNREACHED
