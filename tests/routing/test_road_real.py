"""Real road files: the fast searches against the plain oracle and against each other."""

from pathlib import Path

import numpy as np
import pytest

from routing.layout import NONE, UNREACHED
from routing.profiles import BIKE, CAR, FOOT, PROFILES, TAXI, Profile
from routing.road import RoadGraph
from routing.road_layout import Pins
from tests.routing.plain_roads import PlainRoads

FILES = {
    "nky": "nky_streets.osm.pbf",
    "porto": "porto_portugal.osm.pbf",
    "malta": "malta.osm.pbf",
    "portland": "portland-central-filtered.osm.pbf",
    "monaco": "monaco_osrm.osm.pbf",
}


@pytest.fixture(scope="module")
def graphs(outside_data: Path) -> dict[str, RoadGraph]:
    """Graphs of the files that the tests of this module have read so far."""
    return {}


def graph(graphs: dict[str, RoadGraph], outside_data: Path, name: str) -> RoadGraph:
    if name not in graphs:
        graphs[name] = RoadGraph.read(outside_data / "osm" / FILES[name])
    return graphs[name]


def some(pins: Pins, rows: np.ndarray) -> Pins:
    columns = [np.ascontiguousarray(column[rows]) for column in pins]
    for column in columns:
        column.flags.writeable = False
    return Pins._make(columns)


def places(road: RoadGraph, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places near roads, some of them far off."""
    rng = np.random.default_rng(seed)
    points = road._parts.points
    rows = rng.integers(0, points.lon.size, n)
    spread = rng.choice([0.0, 0.0005, 0.01], n)
    return points.lon[rows] + rng.normal(0, 1, n) * spread, points.lat[rows] + rng.normal(
        0, 1, n
    ) * spread


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("nky", CAR),
        ("nky", FOOT),
        ("portland", CAR),
        ("portland", TAXI),
        ("portland", BIKE),
        ("monaco", CAR),
        pytest.param("porto", CAR, marks=pytest.mark.full),
        pytest.param("porto", FOOT, marks=pytest.mark.full),
        pytest.param("malta", CAR, marks=pytest.mark.full),
        pytest.param("malta", BIKE, marks=pytest.mark.full),
    ],
)
def test_durations_equal_a_plain_search_over_all_osm_nodes(
    graphs: dict[str, RoadGraph], outside_data: Path, name: str, profile: Profile
) -> None:
    road = graph(graphs, outside_data, name)
    plain = PlainRoads(outside_data / "osm" / FILES[name], profile)
    rng = np.random.default_rng(3)
    nodes = rng.choice(np.array(plain.interior_nodes()), 400, replace=False)
    lon, lat = np.array([plain.place[int(node)] for node in nodes]).T
    pins = road.pin(lon, lat, profile.name)
    on_road = np.flatnonzero((pins.segment != NONE) & (pins.off_road_cm == 0))
    assert on_road.size > 300
    origins, targets = on_road[:1], some(pins, on_road)
    duration, _ = road.many_to_many(some(pins, origins), targets, profile.name)
    for row, origin in enumerate(origins):
        search = plain.drive if profile.is_motor else plain.walk
        expected = search(int(nodes[origin]))
        for column, target in enumerate(on_road):
            found, right = duration[row, column], expected.get(int(nodes[target]))
            if right is None:
                assert found == UNREACHED
            else:
                assert found == pytest.approx(right, abs=1)


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("monaco", "foot"),
        ("monaco", "bike"),
        ("monaco", "taxi"),
        ("nky", "car"),
        pytest.param("nky", "van", marks=pytest.mark.full),
        pytest.param("malta", "car", marks=pytest.mark.full),
        pytest.param("porto", "foot", marks=pytest.mark.full),
        pytest.param("porto", "taxi", marks=pytest.mark.full),
    ],
)
def test_every_method_gives_the_same_answer(
    graphs: dict[str, RoadGraph], outside_data: Path, name: str, profile: str
) -> None:
    """Dijkstra forward and backward, the hierarchy, its buckets and paths agree in every cell."""
    road = graph(graphs, outside_data, name)
    lon, lat = places(road, 150, seed=8)
    sources, targets = road.pin(lon[:50], lat[:50], profile), road.pin(lon[30:], lat[30:], profile)
    plain = RoadGraph.read(outside_data / "osm" / FILES[name], _only(profile))
    assert plain._searches[profile]._on_hierarchy is None
    duration, distance = plain.many_to_many(sources, targets, profile)
    assert ((duration == UNREACHED) == (distance == UNREACHED)).all()
    road._searches[profile].contract()
    for method in (plain, road):
        turned = method.many_to_many(targets, sources, profile)
        assert turned[0].shape == (120, 50)
        found = method.many_to_many(sources, targets, profile)
        np.testing.assert_array_equal(found[0], duration)
        np.testing.assert_array_equal(found[1], distance)
        for row in range(0, 50, 7):
            for limit in (300, 1500, 10**6):
                there = method.one_to_many(lon[row], lat[row], targets, profile, limit)
                is_near = duration[row] <= limit
                np.testing.assert_array_equal(there[0], np.where(is_near, duration[row], UNREACHED))
                np.testing.assert_array_equal(there[1], np.where(is_near, distance[row], UNREACHED))
            column = row
            back = method.one_to_many(
                lon[30 + column], lat[30 + column], sources, profile, 10**6, reverse=True
            )
            np.testing.assert_array_equal(back[0], duration[:, column])
            np.testing.assert_array_equal(back[1], distance[:, column])
            for column in range(0, 120, 11):
                path = method.path(
                    (lon[row], lat[row]), (lon[30 + column], lat[30 + column]), profile
                )
                if path is None:
                    assert duration[row, column] == UNREACHED
                else:
                    own = (path.duration, path.distance_m)
                    assert own == (duration[row, column], distance[row, column])
                    assert length_m(path.lon, path.lat) == pytest.approx(path.distance_m, abs=25)


def _only(profile: str) -> list[Profile]:
    return [known for known in PROFILES if known.name == profile]


def length_m(lon: np.ndarray, lat: np.ndarray) -> float:
    x, y = np.radians(lon), np.radians(lat)
    east = np.diff(x) * np.cos((y[1:] + y[:-1]) / 2)
    return float(6_371_008.8 * np.hypot(east, np.diff(y)).sum())


@pytest.mark.parametrize("profile", ["foot", "car"])
def test_footpaths_equal_the_matrix(
    graphs: dict[str, RoadGraph], outside_data: Path, profile: str
) -> None:
    road = graph(graphs, outside_data, "nky")
    stops = road.pin(*places(road, 250, seed=4), profile)
    limit = 700
    first, head, duration = road.footpaths(stops, profile, limit)
    matrix, _ = road.many_to_many(stops, stops, profile)
    matrix = matrix.copy()
    np.fill_diagonal(matrix, UNREACHED)
    stop, other = np.nonzero(matrix <= limit)
    assert head.size == stop.size > 100
    found = np.full_like(matrix, UNREACHED)
    found[np.repeat(np.arange(250), np.diff(first)), head] = duration
    np.testing.assert_array_equal(found[stop, other], matrix[stop, other])
    for one in range(250):
        assert (np.diff(duration[first[one] : first[one + 1]]) >= 0).all()


def test_reading_twice_gives_the_same_arrays(
    graphs: dict[str, RoadGraph], outside_data: Path, tmp_path: Path
) -> None:
    for name, road in (
        ("first", graph(graphs, outside_data, "monaco")),
        ("second", RoadGraph.read(outside_data / "osm" / FILES["monaco"])),
    ):
        road.save(tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "second").iterdir())
    for name in names:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
