"""The soonest stop of each pattern, against looking at all of them."""

import numpy as np
from hypothesis import given

from routing.kernels.nearest_stops import mark_soonest
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
    mark_soonest(patterns, patterns.can_board, stop, duration, scratch, chosen)
    expected = set()
    for pattern in range(tables.n_patterns):
        first, end = patterns.first_position_of_pattern[pattern : pattern + 2]
        at = [int(patterns.stop_of_position[i]) for i in range(first, end) if patterns.can_board[i]]
        reached = {s: min((d for a, d in near if a == s), default=UNREACHED) for s in at}
        least = min(reached.values(), default=UNREACHED)
        if least < UNREACHED:
            expected |= {s for s, d in reached.items() if d == least}
    assert set(np.flatnonzero(chosen).tolist()) == expected
