"""Encoded polylines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidTableError
from routing.polyline import decode, encode


def test_the_example_of_the_format_at_precision_six() -> None:
    assert encode([-120.2, -120.95, -126.453], [38.5, 40.7, 43.252]) == (
        "_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI"
    )


def test_no_points_make_an_empty_text() -> None:
    assert encode([], []) == ""
    assert [part.size for part in decode("")] == [0, 0]


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=20))
def test_what_is_encoded_comes_back_to_six_decimals(points: list[tuple[float, float]]) -> None:
    lon = np.array([point[0] for point in points])
    lat = np.array([point[1] for point in points])
    back_lon, back_lat = decode(encode(lon, lat))
    np.testing.assert_allclose(back_lon, lon, atol=5.1e-7)
    np.testing.assert_allclose(back_lat, lat, atol=5.1e-7)


@pytest.mark.parametrize("text", ["_", "?", "~~~~~~~~~~~~~~", "日本", "_izlhA ~rlgdF", "!!"])
def test_a_text_that_is_no_polyline_is_refused(text: str) -> None:
    with pytest.raises(InvalidTableError, match="is no encoded polyline"):
        decode(text)


def test_as_many_latitudes_as_longitudes_are_needed() -> None:
    with pytest.raises(InvalidTableError, match="same length"):
        encode([1.0, 2.0], [1.0])
