"""Arrive-by searches against the oracle on the day written backwards."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.mirror import ArriveBy, mirrored
from tests import oracles, strategies
from tests.routing.test_raptor import MAX_RIDES, check, near
from tests.strategies import Call, Day, day_tables


@given(strategies.days())
def test_mirroring_twice_gives_the_tables_back(day: Day) -> None:
    tables, _ = day_tables(day)
    twice = mirrored(mirrored(tables))
    for field in tables.patterns._fields:
        before, after = getattr(tables.patterns, field), getattr(twice.patterns, field)
        np.testing.assert_array_equal(after, before, err_msg=field)
    np.testing.assert_array_equal(twice.footpaths.duration, tables.footpaths.duration)


@given(strategies.days(), strategies.near(), strategies.near(), st.integers(0, 60))
def test_latest_departures_are_those_of_the_oracle(
    day: Day, access: list[tuple[int, int]], egress: list[tuple[int, int]], arrival: int
) -> None:
    tables, trips = day_tables(day)
    found = ArriveBy(tables, max_rides=MAX_RIDES).latest(near(access), near(egress), arrival)
    expected = oracles.front(oracles.reversed_day(day), egress, access, -arrival, MAX_RIDES)
    assert {(-j.departure, len(j.rides)) for j in found.journeys} == expected
    assert all(j.arrival == arrival for j in found.journeys)
    for journey in found.journeys:
        oracles.replay(day, trips, journey.rides)
        last = journey.rides[-1]
        assert trips[last.trip][last.alight].arrival + egress[journey.egress][1] <= arrival


@given(
    strategies.days(),
    strategies.near(),
    strategies.near(),
    st.integers(0, 40),
    st.integers(0, 30),
)
def test_a_window_of_arrivals_is_a_window_of_departures_on_the_day_backwards(
    day: Day,
    access: list[tuple[int, int]],
    egress: list[tuple[int, int]],
    start: int,
    length: int,
) -> None:
    tables, trips = day_tables(day)
    window = (start, start + length)
    found = ArriveBy(tables, max_rides=MAX_RIDES).in_range(near(access), near(egress), window)
    expected = oracles.fronts_in_range(
        oracles.reversed_day(day),
        egress,
        access,
        (-window[1], -window[0] + 1),
        MAX_RIDES,
        direct=10**6,
    )
    assert {(-j.arrival, -j.departure, len(j.rides)) for j in found.journeys} == expected
    check(day, trips, found, access, egress, at_once=True)


def test_the_last_trip_that_arrives_in_time_is_taken() -> None:
    day = Day(
        2,
        [tuple(Call(stop, t + 5 * stop, t + 5 * stop) for stop in (0, 1)) for t in (0, 10, 20)],
        [],
        [0, 0],
    )
    found = ArriveBy(day_tables(day)[0]).latest(near([(0, 3)]), near([(1, 1)]), 20)
    assert [(j.departure, j.rides[0].trip) for j in found.journeys] == [(7, 1)]


def test_a_departure_before_the_limit_is_no_answer() -> None:
    day = Day(2, [(Call(0, 0, 0), Call(1, 5, 5))], [], [0, 0])
    search = ArriveBy(day_tables(day)[0])
    assert len(search.latest(near([(0, 3)]), near([(1, 1)]), 20, limit=-4).journeys) == 1
    assert search.latest(near([(0, 3)]), near([(1, 1)]), 20, limit=-3).journeys == ()
