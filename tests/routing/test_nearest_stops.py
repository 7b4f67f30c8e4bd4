"""The soonest stop of each pattern, and the nearest places, against looking at all of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.geo import beeline_m
from routing.kernels.nearest_stops import mark_soonest, nearest_m
from routing.layout import UNREACHED
from tests import strategies


@given(strategies.days(), strategies.near())
def test_a_stop_is_marked_if_it_is_the_soonest_of_a_pattern(
    day: strategies.Day, near: list[tuple[int, int]]
) -> None:
    tables, _ = strategies.day_tables(day)
    patterns, n_stops = tables.patterns, tables.n_stops
    stop, duration = np.array(near, np.int32).reshape(-1, 2).T.copy()
    chosen = np.zeros(n_stops, np.uint8)
    scratch = np.empty(n_stops, np.int32)
    columns = patterns.first_position_of_pattern, patterns.stop_of_position, patterns.can_board
    mark_soonest(*columns, stop, duration, scratch, chosen)
    expected = set()
    for pattern in range(tables.n_patterns):
        first, end = patterns.first_position_of_pattern[pattern : pattern + 2]
        at = [int(patterns.stop_of_position[i]) for i in range(first, end) if patterns.can_board[i]]
        reached = {s: min((d for a, d in near if a == s), default=UNREACHED) for s in at}
        least = min(reached.values(), default=UNREACHED)
        if least < UNREACHED:
            expected |= {s for s, d in reached.items() if d == least}
    assert set(np.flatnonzero(chosen).tolist()) == expected


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
