"""Ways between a door and stops against plain loops; taxis are in `test_taxi_ways`."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maas.planner_view import visits_where
from routing.kernels.door_ways import hold, list_ways, mark_soonest
from routing.layout import UNREACHED
from tests import strategies

_STOPS = st.lists(
    st.tuples(st.integers(0, 40) | st.just(UNREACHED), st.integers(0, 40), st.booleans()),
    max_size=12,
)


@given(_STOPS, st.floats(0, 40), st.integers(50, 300))
def test_stops_within_the_limit_are_listed_with_the_slower_times(
    stops: list[tuple[int, int, bool]], limit_m: float, percent: int
) -> None:
    columns = list(zip(*stops, strict=True)) or [(), (), ()]
    duration, distance = (np.array(column, np.int32) for column in columns[:2])
    served = np.array(columns[2], np.bool_)
    expected = [
        (stop, math.ceil(seconds * percent / 100), metres)
        for stop, (seconds, metres, is_served) in enumerate(stops)
        if seconds < UNREACHED and metres <= limit_m and is_served
    ]
    hold(duration, distance, served, limit_m, percent)
    ways = list_ways(duration, distance, 7, 3)
    assert ways.T.tolist() == [[*way, 7, 3] for way in expected]


@given(strategies.days(), strategies.near())
def test_ways_to_the_soonest_stops_of_a_pattern_are_marked(
    day: strategies.Day, near: list[tuple[int, int]]
) -> None:
    tables, _ = strategies.day_tables(day)
    patterns, n_stops = tables.patterns, tables.n_stops
    stop, duration = np.array(near, np.int32).reshape(-1, 2).T.copy()
    soonest, least = np.empty(n_stops, np.int32), np.empty(tables.n_patterns, np.int32)
    marked = np.empty(stop.size, np.bool_)
    visits = visits_where(tables, patterns.can_board)
    mark_soonest(visits, stop, duration, soonest, least, marked)
    expected = set()
    for pattern in range(tables.n_patterns):
        first, end = patterns.first_position_of_pattern[pattern : pattern + 2]
        at = [int(patterns.stop_of_position[i]) for i in range(first, end) if patterns.can_board[i]]
        reached = {s: min((d for a, d in near if a == s), default=UNREACHED) for s in at}
        least_of_all = min(reached.values(), default=UNREACHED)
        if least_of_all < UNREACHED:
            expected |= {s for s, d in reached.items() if d == least_of_all}
    assert marked.tolist() == [s in expected for s in stop.tolist()]
