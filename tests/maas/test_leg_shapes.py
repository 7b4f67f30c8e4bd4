"""Stops on shapes, against trying every order of pieces."""

from itertools import combinations_with_replacement

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maas.leg_shapes import _ordered_pieces, match
from routing.beeline import beeline_m
from routing.layout import Float64Array


def line(*points: tuple[float, float]) -> tuple[Float64Array, Float64Array, Float64Array]:
    lon, lat = (np.array(values) for values in zip(*points, strict=True))
    steps = beeline_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return lon, lat, np.concatenate([[0.0], np.cumsum(steps)])


@given(
    st.integers(1, 4).flatmap(
        lambda n_pieces: st.lists(
            st.lists(st.integers(0, 9), min_size=n_pieces, max_size=n_pieces),
            min_size=1,
            max_size=5,
        )
    )
)
def test_the_pieces_are_the_cheapest_in_order(costs: list[list[int]]) -> None:
    table = np.array(costs, np.float64)
    pieces = _ordered_pieces(table)
    assert (np.diff(pieces) >= 0).all()
    best = min(
        sum(costs[stop][piece] for stop, piece in enumerate(order))
        for order in combinations_with_replacement(range(table.shape[1]), table.shape[0])
    )
    assert table[np.arange(len(costs)), pieces].sum() == best


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
