"""Days with some trips only."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.raptor import Raptor
from routing.select import select_trips
from tests import oracles, strategies
from tests.routing.test_raptor import MAX_RIDES, near
from tests.strategies import Day, day_tables


@given(strategies.days(), strategies.near(), strategies.near(), st.integers(0, 40), st.randoms())
def test_a_selection_is_searched_like_a_day_that_never_had_the_others(
    day: Day,
    access: list[tuple[int, int]],
    egress: list[tuple[int, int]],
    departure: int,
    draw: Random,
) -> None:
    tables, trips = day_tables(day)
    keep = np.array([draw.random() < 0.5 for _ in trips], np.bool_)
    some, kept = select_trips(tables, keep)
    left = day._replace(trips=[trips[trip] for trip in kept.tolist()])
    found = Raptor(some, MAX_RIDES).earliest(near(access), near(egress), departure)
    expected = oracles.front(left, access, egress, departure, MAX_RIDES)
    assert {(j.arrival, len(j.rides)) for j in found.journeys} == expected
    for journey in found.journeys:
        oracles.replay(
            day, trips, [ride._replace(trip=int(kept[ride.trip])) for ride in journey.rides]
        )
