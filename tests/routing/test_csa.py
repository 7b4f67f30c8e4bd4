"""Connection Scan against RAPTOR and the slow oracles, and the cases that an order decides."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.csa import ConnectionScan
from routing.errors import UnknownStopError
from routing.kernels import csa as kernels
from routing.layout import NONE, UNREACHED
from routing.raptor import Found, Journey, Raptor, Ride
from tests import oracles, strategies
from tests.routing.test_raptor import check, near, trip
from tests.strategies import Day, day_tables

Near = list[tuple[int, int]]


@given(strategies.days(), strategies.near(), strategies.near(), st.integers(-5, 40))
def test_earliest_arrival_is_that_of_dijkstra_and_can_be_ridden(
    day: Day, access: Near, egress: Near, departure: int
) -> None:
    tables, trips = day_tables(day)
    journey = ConnectionScan(tables).earliest(near(access), near(egress), departure).journey
    expected = oracles.earliest_by_dijkstra(day, access, egress, departure)
    assert (inf if journey is None else journey.arrival) == expected
    if journey is not None:
        work = Raptor(tables).earliest(near(access), near(egress), departure).work
        check(day, trips, Found((journey,), work), access, egress, at_once=False)


@given(strategies.days(), strategies.near(), st.integers(-5, 40))
def test_one_to_all_is_that_of_raptor_and_its_journeys_can_be_ridden(
    day: Day, access: Near, departure: int
) -> None:
    tables, trips = day_tables(day)
    search = ConnectionScan(tables)
    arrival = search.one_to_all(near(access), departure)
    expected = Raptor(tables, 24).one_to_all(near(access), departure)
    np.testing.assert_array_equal(arrival, expected)
    for stop, time in enumerate(arrival.tolist()):
        journey = search.journey_to(stop)
        if time == UNREACHED:
            assert journey is None
            continue
        assert journey is not None
        assert (journey.departure, journey.arrival, journey.egress) == (departure, time, NONE)
        oracles.replay(day, trips, journey.rides)
        if not journey.rides:
            assert access[journey.access] == (stop, time - departure)
            continue
        end = trips[journey.rides[-1].trip][journey.rides[-1].alight]
        ways = [d for a, b, d in day.walks if (a, b) == (end.stop, stop)]
        ways += [0, day.change_time[stop]] if end.stop == stop else []
        assert time - end.arrival in ways


def test_a_hop_without_duration_feeds_one_that_is_scanned_before_it() -> None:
    # both leave at 5; trip 0 (1 -> 2) stands first in the group, trip 1 (0 -> 1) takes no time
    day = Day(3, [trip((1, 5, 5), (2, 9, 9)), trip((0, 5, 5), (1, 5, 5))], [], [0] * 3)
    tables, trips = day_tables(day)
    order = {line: i for i, line in enumerate(trips)}
    found = ConnectionScan(tables).earliest(near([(0, 0)]), near([(2, 0)]), 0)
    assert found.journey is not None
    assert found.journey.rides == (
        Ride(order[day.trips[1]], 0, 1),
        Ride(order[day.trips[0]], 0, 1),
    )
    assert found.work.groups_repeated == 1


def test_a_trip_boarded_late_in_a_second_does_not_serve_its_earlier_stops() -> None:
    # 3 -> 1 -> 2 all at second 5; boarded at 1, it does not arrive at 1, so nobody walks from there
    day = Day(
        5, [trip((3, 5, 5), (1, 5, 5), (2, 5, 5)), trip((4, 9, 9), (0, 9, 9))], [(1, 4, 1)], [0] * 5
    )
    tables, _ = day_tables(day)
    assert ConnectionScan(tables).one_to_all(near([(1, 5)]), 0).tolist()[:3] == [UNREACHED, 5, 5]


def test_a_limit_takes_away() -> None:
    day = Day(2, [trip((0, 0, 0), (1, 5, 5))], [], [0, 0])
    search = ConnectionScan(day_tables(day)[0])
    assert search.earliest(near([(0, 0)]), near([(1, 2)]), 0, limit=7).journey is None
    found = search.earliest(near([(0, 0)]), near([(1, 2)]), 0, limit=8)
    assert found.journey == Journey(0, 7, (Ride(0, 0, 1),), 0, 0)


def test_a_journey_with_many_rides_is_read_whole() -> None:
    n = 80  # stop i to i + 1, each by a trip of its own
    day = Day(n + 1, [trip((i, i, i), (i + 1, i + 1, i + 1)) for i in range(n)], [], [0] * (n + 1))
    found = ConnectionScan(day_tables(day)[0]).earliest(near([(0, 0)]), near([(n, 0)]), 0)
    assert found.journey is not None
    assert (found.journey.arrival, len(found.journey.rides)) == (n, n)


def test_a_day_without_trips_and_ends_without_stops_are_empty_answers() -> None:
    search = ConnectionScan(day_tables(Day(2, [], [], [0, 0]))[0])
    assert search.earliest(near([(0, 0)]), near([(1, 0)]), 0).journey is None
    assert search.earliest(near([(0, 0)]), near([]), 0).journey is None
    assert search.one_to_all(near([(0, 3)]), 0).tolist() == [3, UNREACHED]


def test_an_unknown_stop_is_refused() -> None:
    search = ConnectionScan(day_tables(Day(2, [], [], [0, 0]))[0])
    with pytest.raises(UnknownStopError, match="stop 9"):
        search.earliest(near([(9, 0)]), near([(0, 0)]), 0)


@pytest.mark.skipif(not hasattr(kernels.earliest, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_the_entry_kernel_is_compiled_for_one_signature() -> None:
    search = ConnectionScan(day_tables(Day(2, [trip((0, 0, 0), (1, 5, 5))], [], [0, 0]))[0])
    search.earliest(near([(0, 0)]), near([(1, 0)]), 0)
    search.one_to_all(near([(0, 0)]), 0)
    assert len(kernels.earliest.signatures) == 1
