"""RAPTOR against slow oracles, and the stories that explain its rules."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import UnknownStopError
from routing.kernels import raptor_entry as kernels
from routing.kernels.raptor_ends import NearStops
from routing.layout import UNREACHED
from routing.mirror import mirrored
from routing.raptor import Found, Journey, Raptor, Ride, Work, near_stops
from tests import oracles, strategies
from tests.strategies import Call, Day, Trip, day_tables

MAX_RIDES = 4


def near(pairs: list[tuple[int, int]]) -> NearStops:
    return near_stops([stop for stop, _ in pairs], [duration for _, duration in pairs])


def check(
    day: Day,
    trips: list[Trip],
    found: Found,
    access: list[tuple[int, int]],
    egress: list[tuple[int, int]],
    *,
    at_once: bool,
) -> None:
    """Every journey can be ridden, and its ends are those of the access and egress it names."""
    for journey in found.journeys:
        oracles.replay(day, trips, journey.rides)
        first, last = journey.rides[0], journey.rides[-1]
        stop, duration = access[journey.access]
        start = trips[first.trip][first.board]
        assert start.stop == stop
        assert start.departure == journey.departure + duration or not at_once
        assert start.departure >= journey.departure + duration
        stop, duration = egress[journey.egress]
        end = trips[last.trip][last.alight]
        assert (end.stop, end.arrival + duration) == (stop, journey.arrival)


@given(strategies.days(), strategies.near(), strategies.near(), st.integers(0, 40))
def test_one_departure_gives_the_front_of_the_oracle(
    day: Day, access: list[tuple[int, int]], egress: list[tuple[int, int]], departure: int
) -> None:
    tables, trips = day_tables(day)
    found = Raptor(tables, MAX_RIDES).earliest(near(access), near(egress), departure)
    expected = oracles.front(day, access, egress, departure, MAX_RIDES)
    assert {(j.arrival, len(j.rides)) for j in found.journeys} == expected
    check(day, trips, found, access, egress, at_once=False)


@given(strategies.days(), strategies.near(), strategies.near(), st.integers(0, 40))
def test_earliest_arrival_is_that_of_dijkstra_on_the_time_expanded_graph(
    day: Day, access: list[tuple[int, int]], egress: list[tuple[int, int]], departure: int
) -> None:
    tables, _ = day_tables(day)
    found = Raptor(tables, 24).earliest(near(access), near(egress), departure)
    expected = oracles.earliest_by_dijkstra(day, access, egress, departure)
    assert min((j.arrival for j in found.journeys), default=inf) == expected


@given(
    strategies.days(),
    strategies.near(),
    strategies.near(),
    st.integers(0, 20),
    st.integers(0, 30),
    st.sampled_from([UNREACHED, 3, 12]),
)
def test_a_window_gives_what_a_query_for_each_second_gives(
    day: Day,
    access: list[tuple[int, int]],
    egress: list[tuple[int, int]],
    start: int,
    length: int,
    direct: int,
) -> None:
    tables, trips = day_tables(day)
    window = (start, start + length)
    raptor = Raptor(tables, MAX_RIDES)
    found = raptor.in_range(near(access), near(egress), window, direct=direct)
    expected = oracles.fronts_in_range(day, access, egress, window, MAX_RIDES, direct)
    assert {(j.departure, j.arrival, len(j.rides)) for j in found.journeys} == expected
    assert len(found.journeys) == len(expected)
    check(day, trips, found, access, egress, at_once=True)


@given(strategies.days(), strategies.near(), st.integers(0, 40))
def test_one_to_all_reaches_what_the_oracle_reaches(
    day: Day, access: list[tuple[int, int]], departure: int
) -> None:
    tables, _ = day_tables(day)
    arrival = Raptor(tables, MAX_RIDES).one_to_all(near(access), departure)
    expected = dict.fromkeys(range(day.n_stops), UNREACHED)
    for stop, duration in access:
        expected[stop] = min(expected[stop], departure + duration)
    for arrived in oracles.arrivals_by_rides(day, access, departure, MAX_RIDES):
        for stop, time in arrived.items():
            expected[stop] = min(expected[stop], int(time))
            for tail, head, duration in day.walks:
                if tail == stop:
                    expected[head] = min(expected[head], int(time) + duration)
    assert dict(enumerate(arrival.tolist())) == expected


@given(strategies.days(), strategies.near(), strategies.near(), st.integers(0, 40), st.data())
def test_a_limit_and_fewer_rides_only_take_away(
    day: Day,
    access: list[tuple[int, int]],
    egress: list[tuple[int, int]],
    departure: int,
    data: st.DataObject,
) -> None:
    raptor = Raptor(day_tables(day)[0], MAX_RIDES)
    everything = raptor.earliest(near(access), near(egress), departure).journeys
    limit, rides = data.draw(st.integers(0, 90)), data.draw(st.integers(0, MAX_RIDES))
    some = raptor.earliest(near(access), near(egress), departure, limit=limit, max_rides=rides)
    kept = {(j.arrival, len(j.rides)) for j in everything}
    assert {(j.arrival, len(j.rides)) for j in some.journeys} == {
        (arrival, n) for arrival, n in kept if arrival < limit and n <= rides
    }


def trip(*calls: tuple[int, int, int]) -> Trip:
    return tuple(Call(*call) for call in calls)


def test_a_change_at_one_stop_takes_the_change_time() -> None:
    # 0 --(0-10)--> 1 --(12-20)--> 2 is missed with 3 s of change; the trip at 13 is caught
    day = Day(
        3,
        [
            trip((0, 0, 0), (1, 10, 10)),
            trip((1, 12, 12), (2, 20, 20)),
            trip((1, 13, 13), (2, 25, 25)),
        ],
        [],
        [0, 3, 0],
    )
    found = Raptor(day_tables(day)[0]).earliest(near([(0, 0)]), near([(2, 0)]), 0)
    assert [j.arrival for j in found.journeys] == [25]


def test_the_first_boarding_takes_no_change_time() -> None:
    day = Day(2, [trip((0, 5, 5), (1, 9, 9))], [], [60, 60])
    found = Raptor(day_tables(day)[0]).earliest(near([(0, 5)]), near([(1, 2)]), 0)
    assert found.journeys == (Journey(0, 11, (Ride(0, 0, 1),), 0, 0),)


def test_footpaths_are_not_chained() -> None:
    # 0 -> 1 by trip, then 1 ~ 2 ~ 3 on foot: 2 is one footpath away, 3 is two
    day = Day(
        5,
        [trip((0, 0, 0), (1, 10, 10)), trip((3, 30, 30), (4, 40, 40))],
        [(1, 2, 1), (2, 3, 1)],
        [0] * 5,
    )
    raptor = Raptor(day_tables(day)[0])
    assert raptor.one_to_all(near([(0, 0)]), 0).tolist() == [0, 10, 11, UNREACHED, UNREACHED]


def test_a_footpath_does_not_follow_the_access_nor_precede_the_egress() -> None:
    day = Day(4, [trip((1, 5, 5), (2, 9, 9))], [(0, 1, 1), (2, 3, 1)], [0] * 4)
    raptor = Raptor(day_tables(day)[0])
    assert raptor.earliest(near([(0, 0)]), near([(2, 0)]), 0).journeys == ()
    assert raptor.earliest(near([(1, 0)]), near([(3, 0)]), 0).journeys == ()
    assert len(raptor.earliest(near([(1, 0)]), near([(2, 0)]), 0).journeys) == 1


def test_a_stop_served_twice_by_a_trip_is_boarded_where_it_still_helps() -> None:
    # a loop 0 -> 1 -> 0 -> 2
    day = Day(3, [trip((0, 0, 0), (1, 5, 5), (0, 10, 10), (2, 15, 15))], [], [0] * 3)
    found = Raptor(day_tables(day)[0]).earliest(near([(0, 0)]), near([(2, 0)]), 3)
    assert [j.rides for j in found.journeys] == [(Ride(0, 2, 3),)]


def test_a_second_search_sees_nothing_of_the_first() -> None:
    day = Day(3, [trip((0, 0, 0), (1, 5, 5)), trip((1, 9, 9), (2, 12, 12))], [], [0] * 3)
    raptor = Raptor(day_tables(day)[0])
    first = raptor.earliest(near([(0, 0)]), near([(2, 0)]), 0)
    raptor.in_range(near([(1, 0)]), near([(2, 7), (1, 1)]), (0, 20))
    raptor.one_to_all(near([(1, 0)]), 0)
    assert raptor.earliest(near([(0, 0)]), near([(2, 0)]), 0) == first


def test_work_is_counted() -> None:
    # round 1 scans one pattern of two positions, round 2 the other, round 3 has nothing to do
    day = Day(3, [trip((0, 0, 0), (1, 5, 5)), trip((1, 9, 9), (2, 12, 12))], [], [0] * 3)
    work = Raptor(day_tables(day)[0]).earliest(near([(0, 0)]), near([(2, 0)]), 0).work
    assert (work.rounds, work.patterns_scanned, work.positions_scanned) == (2, 2, 4)
    assert (work.labels_improved, work.stops_marked) == (2, 1)


@pytest.mark.parametrize(
    ("access", "egress"),
    [([(9, 0)], [(0, 0)]), ([(0, 0)], [(1, 0), (9, 0)]), ([(9, 0)], []), ([], [(9, 0)])],
)
def test_an_unknown_stop_is_refused(
    access: list[tuple[int, int]], egress: list[tuple[int, int]]
) -> None:
    raptor = Raptor(day_tables(Day(2, [trip((0, 0, 0), (1, 5, 5))], [], [0, 0]))[0])
    for window in ((0, 9), (9, 9)):
        with pytest.raises(UnknownStopError, match="stop 9"):
            raptor.in_range(near(access), near(egress), window)
    with pytest.raises(UnknownStopError, match="stop 9"):
        raptor.earliest(near(access), near(egress), 0)
    with pytest.raises(UnknownStopError, match="stop -1"):
        raptor.one_to_all(near([(0, 0), (-1, 0)]), 0)
    assert len(raptor.in_range(near([(0, 0)]), near([(1, 0)]), (0, 9)).journeys) == 1


def test_nothing_leaves_in_a_window_is_an_empty_answer_without_work() -> None:
    raptor = Raptor(day_tables(Day(2, [trip((0, 0, 0), (1, 5, 5))], [], [0, 0]))[0])
    assert raptor.in_range(near([(0, 0)]), near([(1, 0)]), (0, 9)).work.rounds > 0
    assert raptor.in_range(near([(0, 0)]), near([(1, 0)]), (1, 9)) == ((), (0,) * len(Work._fields))


@given(strategies.days(), strategies.near(), st.integers(0, 20), st.integers(0, 30))
def test_departures_of_a_window_are_in_order(
    day: Day, access: list[tuple[int, int]], start: int, length: int
) -> None:
    patterns = day_tables(day)[0].patterns
    columns = kernels.latest_first(patterns, near(access), start, start + length)
    events = list(zip(*(column.tolist() for column in columns), strict=True))
    expected = [
        (call.departure - duration, row)
        for row, (stop, duration) in enumerate(access)
        for calls in day.trips
        for nth, call in enumerate(calls[:-1])
        if call.stop == stop
        and call.can_board
        and start <= call.departure - duration < start + length
    ]
    assert sorted((time, row) for time, row, _ in events) == sorted(expected)
    assert events == sorted(events, key=lambda event: (-event[0], *event[1:]))


def test_no_stop_near_an_end_is_an_empty_answer() -> None:
    raptor = Raptor(day_tables(Day(2, [], [], [0, 0]))[0])
    assert raptor.earliest(near([]), near([(0, 0)]), 0).journeys == ()
    assert raptor.in_range(near([(0, 0)]), near([]), (0, 9)).journeys == ()
    np.testing.assert_array_equal(raptor.one_to_all(near([]), 0), UNREACHED)


@pytest.mark.skipif(not hasattr(kernels.earliest, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_the_entry_kernels_are_compiled_for_one_signature() -> None:
    day = Day(2, [trip((0, 0, 0), (1, 5, 5))], [], [0, 0])
    raptor = Raptor(day_tables(day)[0])
    raptor.earliest(near([(0, 0)]), near([(1, 0)]), 0)
    raptor.in_range(near([(0, 0)]), near([(1, 0)]), (0, 9))
    raptor.one_to_all(near([(0, 0)]), 0)
    back = Raptor(mirrored(raptor.tables))
    assert len(raptor.soonest(back, near([(0, 0)]), near([(1, 0)]), 0).journeys) == 1
    raptor.first_window(near([(0, 0)]), near([(1, 0)]), 0, 9)
    assert len(kernels.earliest.signatures) == 1
    assert len(kernels.earliest_in_range.signatures) == 1


def test_a_search_of_two_parts_tells_the_work_of_both() -> None:
    day = Day(2, [trip((0, 2, 2), (1, 5, 5))], [], [0, 0])
    raptor = Raptor(day_tables(day)[0])
    back, ends = Raptor(mirrored(raptor.tables)), (near([(0, 0)]), near([(1, 0)]))
    ends_back = ends[1], ends[0]
    there = raptor.earliest(*ends, 0)
    (journey,) = there.journeys
    again = back.earliest(*ends_back, -journey.arrival, limit=1, max_rides=1)
    both = Work(*map(sum, zip(there.work, again.work, strict=True)))
    assert raptor.soonest(back, *ends, 0).work == both
    window = raptor.in_range(*ends, (2, 9))
    both = Work(*map(sum, zip(there.work, window.work, strict=True)))
    assert raptor.first_window(*ends, 0, 9)[1].work == both
