"""Stops on shapes, against trying every order of pieces."""

from itertools import combinations_with_replacement

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maas.leg_shapes import TripLine, match
from routing.geo import beeline_m
from routing.kernels.shape_stops import place_stops
from routing.layout import Float64Array


def line(*points: tuple[float, float]) -> tuple[Float64Array, Float64Array, Float64Array]:
    lon, lat = (np.array(values) for values in zip(*points, strict=True))
    steps = beeline_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return lon, lat, np.concatenate([[0.0], np.cumsum(steps)])


places = st.tuples(st.integers(0, 6), st.integers(0, 6))


@given(st.lists(places, min_size=2, max_size=5), st.lists(places, min_size=1, max_size=5))
def test_the_pieces_are_the_best_in_order(
    points: list[tuple[int, int]], stops: list[tuple[int, int]]
) -> None:
    x, y = np.array(points, np.float64).T.copy()
    stop_x, stop_y = np.array(stops, np.float64).T.copy()
    n_pieces = len(points) - 1
    piece, last = np.empty(len(stops), np.int32), np.empty((len(stops), n_pieces), np.int32)
    share, gap2 = np.empty(len(stops)), np.empty(len(stops))
    place_stops(x, y, stop_x, stop_y, last, piece, share, gap2)
    assert (np.diff(piece) >= 0).all()
    assert ((share >= 0) & (share <= 1)).all()
    at_x, at_y = x[piece] + share * np.diff(x)[piece], y[piece] + share * np.diff(y)[piece]
    np.testing.assert_allclose(gap2, (at_x - stop_x) ** 2 + (at_y - stop_y) ** 2, atol=1e-9)
    gaps = [[nearest2(points[k : k + 2], stop) for k in range(n_pieces)] for stop in stops]
    orders = combinations_with_replacement(range(n_pieces), len(stops))
    best = min(sum(gaps[i][k] for i, k in enumerate(order)) for order in orders)
    np.testing.assert_allclose(gap2.sum(), best, atol=1e-6)


def nearest2(piece: list[tuple[int, int]], stop: tuple[int, int]) -> float:
    """Square of the distance to a piece, by trying many of its points."""
    (ax, ay), (bx, by) = piece
    length2 = (bx - ax) ** 2 + (by - ay) ** 2
    if length2 == 0:
        return float((stop[0] - ax) ** 2 + (stop[1] - ay) ** 2)
    tries = [k / length2 for k in range(length2 + 1)]  # the foot of a perpendicular is one of them
    spots = [(ax + t * (bx - ax), ay + t * (by - ay)) for t in tries]
    return min((stop[0] - x) ** 2 + (stop[1] - y) ** 2 for x, y in spots)


def test_a_line_that_comes_back_is_cut_at_the_right_passing() -> None:
    # out along the equator to 0.02 and back; stops at 0.005, at the far end, and at 0.005 again
    lon, lat, along = line((0.0, 0.0), (0.02, 0.0), (0.0, 0.0))
    stops = np.array([0.005, 0.02, 0.005]), np.array([0.0001, 0.0, -0.0001])
    stop_m, gap_m = match((lon, lat), along, stops)
    degree = along[1] / 0.02
    np.testing.assert_allclose(stop_m, [0.005 * degree, 0.02 * degree, 0.035 * degree], rtol=1e-6)
    assert 10 < gap_m < 12  # 0.0001° of latitude


def test_stops_never_go_back_even_within_a_piece() -> None:
    lon, lat, along = line((0.0, 0.0), (0.01, 0.0))
    stop_m, _ = match((lon, lat), along, (np.array([0.006, 0.005]), np.zeros(2)))
    assert stop_m[0] == stop_m[1]


@given(
    st.lists(places, min_size=1, max_size=8),
    st.lists(st.floats(0, 1), min_size=2, max_size=2),
)
def test_a_part_of_a_line_is_what_lies_between_two_of_its_places(
    points: list[tuple[int, int]], shares: list[float]
) -> None:
    lon, lat, along = line(*((x / 100, y / 100) for x, y in points))
    start, end = (share * along[-1] for share in sorted(shares))
    stop_m = np.array([start, end])
    inner = along[(along > start) & (along < end)]
    at = np.concatenate([[start], inner, [end]])
    expected = np.interp(at, along, lon), np.interp(at, along, lat)
    np.testing.assert_array_equal(TripLine(lon, lat, along, stop_m).cut(0, 1), expected)
