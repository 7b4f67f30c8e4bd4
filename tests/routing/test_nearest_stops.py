"""The nearest places, against looking at all of them."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from routing.geo import beeline_m
from routing.kernels.nearest_stops import bases_near, nearest_m

_PLACES = st.lists(st.tuples(st.floats(-89, 89), st.floats(-180, 180)), max_size=12)


@given(_PLACES, _PLACES)
def test_the_nearest_of_other_places_is_found(
    places: list[tuple[float, float]], others: list[tuple[float, float]]
) -> None:
    lat, lon = np.array(places).reshape(-1, 2).T.copy()
    other_lat, other_lon = np.array(sorted(others)).reshape(-1, 2).T.copy()
    metres = np.empty(lat.size)
    nearest_m(lat, lon, other_lat, other_lon, metres)
    every = beeline_m(lon[:, None], lat[:, None], other_lon, other_lat)
    expected = every.min(axis=1) if others else np.full(lat.size, np.inf)
    np.testing.assert_allclose(metres, expected, rtol=1e-9, atol=1e-3)


@given(_PLACES, st.tuples(st.floats(-89, 89), st.floats(-180, 180)), st.floats(0, 2e7))
def test_bases_are_near_within_their_radius_and_so_little_beyond(
    places: list[tuple[float, float]], place: tuple[float, float], beyond_m: float
) -> None:
    lat, lon = np.array(places).reshape(-1, 2).T.copy()
    radius_m = np.linspace(0, 1e7, lat.size)
    near = np.empty(lat.size, np.int32)
    n_near = bases_near(lat, lon, radius_m, *place, beyond_m, near)
    metres = beeline_m(lon, lat, np.array(place[1:]), np.array(place[:1]))
    slack_m = radius_m + beyond_m - metres
    assume((abs(slack_m) > 1e-3).all())
    assert near[:n_near].tolist() == np.flatnonzero(slack_m > 0).tolist()
