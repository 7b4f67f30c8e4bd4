"""Snapping: the grid against a look at every piece."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidTableError
from routing.layout import NONE, UNREACHED, frozen
from routing.road import RoadGraph
from routing.road_layout import Grid, Points, ProfileRoads, Segments
from routing.snapping import build_grid, pin_places
from tests.routing.drawn_roads import M_PER_DEGREE, Drawing, at, pin

STREET = {"highway": "residential"}
_COORDINATE = st.floats(-3000, 3000).map(lambda metres: round(metres, 1))
_PLACES = st.lists(st.tuples(_COORDINATE, _COORDINATE), min_size=1, max_size=8)
_WAYS = st.lists(
    st.lists(st.tuples(_COORDINATE, _COORDINATE), min_size=2, max_size=5), min_size=1, max_size=8
)


def tables(ways: list[list[tuple[float, float]]]) -> tuple[Points, Segments, Grid]:
    """Each way is one segment; the last way may not be pinned to unless it is the only one."""
    places = [at(*place) for way in ways for place in way]
    lon, lat = np.array(places).T
    number = np.repeat(np.arange(len(ways)), [len(way) for way in ways])
    last = np.cumsum([len(way) for way in ways]) - 1
    first = np.concatenate([[0], last[:-1] + 1])
    of_piece = number.copy()
    of_piece[last] = NONE
    step = np.zeros(lon.size)
    step[1:] = np.hypot(np.diff(lon) * math.cos(math.radians(43)), np.diff(lat)) * M_PER_DEGREE
    step[first] = 0
    chainage = np.cumsum(np.round(step * 100).astype(np.int64))
    chainage -= chainage[first][number]
    is_pinnable = np.ones(len(ways))
    is_pinnable[-1] = len(ways) == 1
    none = frozen(np.full(len(ways), NONE))
    segments = Segments(
        frozen(first), frozen(last), none, none, frozen(is_pinnable, np.uint8),
        frozen(is_pinnable, np.uint8),
        frozen(np.zeros(len(ways)), np.uint8), frozen(of_piece),
    )  # fmt: skip
    points = Points(
        frozen(lon, np.float64), frozen(lat, np.float64), frozen(chainage), frozen(number)
    )
    roads = ProfileRoads(segments, *[None] * 7)  # type: ignore[arg-type]
    return points, segments, build_grid(points, [roads])


def nearest_m(points: Points, segments: Segments, lon: float, lat: float) -> tuple[float, float]:
    """Distance to the nearest piece that may be pinned to; by hand, piece by piece."""
    shrink = math.cos(math.radians(lat))
    best = math.inf
    for piece, segment in enumerate(segments.of_piece):
        if segment == NONE or not segments.is_pinnable[segment]:
            continue
        a, b = (
            complex(
                (points.lon[row] - lon) * shrink * M_PER_DEGREE,
                (points.lat[row] - lat) * M_PER_DEGREE,
            )
            for row in (piece, piece + 1)
        )
        share = 0.0
        if a != b:
            share = min(max((-a * (b - a).conjugate()).real / abs(b - a) ** 2, 0), 1)
        best = min(best, abs(a + share * (b - a)))
    return best, shrink


@given(_WAYS, _PLACES, st.sampled_from([50.0, 1000.0, 20_000.0]))
def test_the_nearest_piece_is_found(
    ways: list[list[tuple[float, float]]], places: list[tuple[float, float]], limit_m: float
) -> None:
    points, segments, grid = tables(ways)
    lon, lat = np.array([at(*place) for place in places]).T
    pins = pin_places(points, segments, grid, lon, lat, limit_m)
    for row in range(lon.size):
        nearest, _ = nearest_m(points, segments, lon[row], lat[row])
        if pins.segment[row] == NONE:
            assert nearest > limit_m - 0.01
            continue
        assert pins.off_road_cm[row] == pytest.approx(nearest * 100, abs=2)
        segment = pins.segment[row]
        assert segments.is_pinnable[segment]
        assert 0 <= pins.along_cm[row] <= points.chainage_cm[segments.last_point[segment]]


def test_the_nearest_of_many_pieces_is_found() -> None:
    """Cells hold about one piece each, so the nearest one is often in the next cell."""
    rng = np.random.default_rng(6)
    starts = rng.uniform(-3000, 3000, (250, 2))
    ways = [[tuple(a), tuple(a + rng.uniform(-200, 200, 2))] for a in starts]
    points, segments, grid = tables(ways)
    lon, lat = np.array([at(x, y) for x, y in rng.uniform(-3500, 3500, (300, 2))]).T
    pins = pin_places(points, segments, grid, lon, lat, 5000.0)
    for row in range(lon.size):
        nearest, _ = nearest_m(points, segments, lon[row], lat[row])
        assert pins.off_road_cm[row] == pytest.approx(nearest * 100, abs=2)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadGraph:
    """A street of 1 km from west to east, bent at its middle."""
    street = Drawing({"A": (0, 0), "M": (500, 0), "B": (500, 500)}, [("AMB", STREET)])
    return street.graph(tmp_path_factory.mktemp("town"))


def test_a_place_beside_a_street_is_pinned_along_it(town: RoadGraph) -> None:
    pins = pin(town, "car", at(200, 30), at(530, 100), at(-40, 0))
    assert pins.along_cm.tolist() == pytest.approx([20_000, 60_000, 0], abs=3)
    assert pins.off_road_cm.tolist() == pytest.approx([3000, 3000, 4000], abs=3)


def test_places_keep_their_order_and_their_coordinates(town: RoadGraph) -> None:
    lon, lat = np.array([at(200, 30), at(90_000, 0), at(0, 0)]).T
    pins = town.pin(lon, lat, "foot")
    np.testing.assert_array_equal(pins.lon, lon)
    np.testing.assert_array_equal(pins.lat, lat)
    assert (pins.segment == NONE).tolist() == [False, True, False]


@pytest.mark.parametrize("place", [(0.0, 0.0), (180.0, 90.0), (-180.0, -90.0), (141.0, 90.0)])
def test_a_place_at_the_end_of_the_world_is_pinned_to_nothing(
    town: RoadGraph, place: tuple[float, float]
) -> None:
    pins = town.pin([place[0]], [place[1]], "car")
    assert pins.segment[0] == NONE
    assert town.many_to_many(pins, pins, "car")[0][0, 0] == UNREACHED


def test_no_places_make_no_pins(town: RoadGraph) -> None:
    pins = town.pin([], [], "car")
    assert pins.segment.size == 0
    assert town.many_to_many(pins, pins, "car")[0].shape == (0, 0)
    assert town.footpaths(pins, "foot", 600)[0].tolist() == [0]
    assert town.one_to_many(*at(0, 0), pins, "car", 600)[0].shape == (0,)


def test_lists_of_different_lengths_are_refused(town: RoadGraph) -> None:
    with pytest.raises(InvalidTableError, match="must be lists of the same length"):
        town.pin([141.0, 141.1], [43.0], "car")


def test_a_long_piece_is_found_from_any_place_beside_it(tmp_path: Path) -> None:
    """A bridge of 40 km without a bend, in a map whose other streets are short."""
    nodes = {"A": (0, 0), "B": (40_000, 12_000), "C": (40_000, 12_100)}
    map_ = Drawing(nodes, [("AB", STREET), ("BC", STREET)])
    road = map_.graph(tmp_path)
    shares = np.linspace(0.01, 0.99, 50)
    lon, lat = np.array([map_.between("A", "B", share) for share in shares]).T
    assert (road.pin(lon, lat + 0.001, "car").segment != NONE).all()
