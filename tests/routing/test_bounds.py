"""Lower bounds against all ways between stops, and searches with them against those without."""

import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from routing.bounds import lower_bounds, lowered, no_bounds
from routing.kernels.bounds import FARTHEST
from routing.mirror import ArriveBy, mirrored
from routing.raptor import Journey, Raptor
from routing.trip_based import TripBased
from routing.trip_transfers import make_transfers
from tests import oracles, strategies
from tests.routing.test_raptor import MAX_RIDES, near, trip
from tests.routing.test_trip_based import random_day
from tests.strategies import Day, day_tables

Near = list[tuple[int, int]]
N_CLUSTERS = st.integers(0, strategies.N_STOPS + 1)


def quickest_ways(day: Day) -> npt.NDArray[np.int64]:
    """Time from stop to stop by hops and walks in any order, without waiting (Floyd, Warshall)."""
    time = np.full((day.n_stops, day.n_stops), FARTHEST)
    np.fill_diagonal(time, 0)
    hops = [
        (a.stop, b.stop, b.arrival - a.departure)
        for one in day.trips
        for a, b in itertools.pairwise(one)
    ]
    for tail, head, duration in hops + day.walks:
        time[tail, head] = min(time[tail, head], duration)
    for stop in range(day.n_stops):
        time = np.minimum(time, time[:, stop, None] + time[stop])
    return time


def front(journeys: tuple[Journey, ...]) -> list[tuple[int, int, int]]:
    return [(one.departure, one.arrival, len(one.rides)) for one in journeys]


@given(strategies.days(), N_CLUSTERS)
def test_bounds_are_the_quickest_ways_to_the_nearest_stop_of_each_cluster(
    day: Day, n_clusters: int
) -> None:
    bounds, time = lower_bounds(day_tables(day)[0], n_clusters), quickest_ways(day)
    assert bounds.least.shape[0] <= n_clusters + 1
    for cluster, least in enumerate(bounds.least):
        stops = bounds.cluster_of_stop == cluster
        np.testing.assert_array_equal(least, time[:, stops].min(axis=1))


@given(
    strategies.days(),
    N_CLUSTERS,
    strategies.near(),
    strategies.near(),
    st.integers(-5, 40),
    st.integers(0, 30),
    st.sampled_from([2**30, 3, 12]),
)
def test_with_bounds_every_search_gives_the_front_of_the_oracle(
    day: Day,
    n_clusters: int,
    access: Near,
    egress: Near,
    start: int,
    length: int,
    direct: int,
) -> None:
    tables, _ = day_tables(day)
    bounds = lower_bounds(tables, n_clusters)
    ends, window = (near(access), near(egress)), (start, start + length)
    expected = oracles.front(day, access, egress, start, MAX_RIDES)
    in_range = oracles.fronts_in_range(day, access, egress, window, MAX_RIDES, direct)
    for search in (
        Raptor(tables, MAX_RIDES, bounds),
        TripBased(tables, make_transfers(tables)[0], MAX_RIDES, bounds),
    ):
        journeys = search.earliest(*ends, start).journeys
        assert {(one.arrival, len(one.rides)) for one in journeys} == expected
        journeys = search.in_range(*ends, window, direct=direct).journeys
        assert set(front(journeys)) == in_range
        assert len(journeys) == len(in_range)


@given(strategies.days(), N_CLUSTERS, strategies.near(), strategies.near(), st.integers(0, 60))
def test_bounds_of_mirrored_tables_serve_arrive_by(
    day: Day, n_clusters: int, access: Near, egress: Near, arrival: int
) -> None:
    tables, _ = day_tables(day)
    backwards, ends = mirrored(tables), (near(access), near(egress))
    plain = ArriveBy(tables, backwards, MAX_RIDES)
    bounded = ArriveBy(tables, backwards, MAX_RIDES, lower_bounds(backwards, n_clusters))
    assert front(bounded.latest(*ends, arrival).journeys) == front(
        plain.latest(*ends, arrival).journeys
    )


@given(strategies.days(), strategies.days(), N_CLUSTERS, strategies.near(), strategies.near())
def test_lowered_bounds_hold_for_another_day_of_the_same_stops(
    before: Day, after: Day, n_clusters: int, access: Near, egress: Near
) -> None:
    tables, _ = day_tables(after)
    bounds = lowered(lower_bounds(day_tables(before)[0], n_clusters), tables)
    time = quickest_ways(after)
    for cluster, least in enumerate(bounds.least):
        stops = bounds.cluster_of_stop == cluster
        assert (least <= time[:, stops].min(axis=1)).all()
    found = Raptor(tables, MAX_RIDES, bounds).earliest(near(access), near(egress), 3)
    expected = oracles.front(after, access, egress, 3, MAX_RIDES)
    assert {(one.arrival, len(one.rides)) for one in found.journeys} == expected


def test_unchanged_tables_lower_nothing() -> None:
    tables, _ = day_tables(random_day(2))
    bounds = lower_bounds(tables, 5)
    np.testing.assert_array_equal(lowered(bounds, tables).least, bounds.least)


def test_one_search_object_forgets_the_bounds_of_the_query_before() -> None:
    day = random_day(4)
    tables, _ = day_tables(day)
    bounded, plain = Raptor(tables, 8, lower_bounds(tables, 9)), Raptor(tables, 8)
    draw = np.random.default_rng(4)
    for _ in range(20):
        rows = [
            [(int(stop), int(draw.integers(0, 15))) for stop in draw.integers(0, 25, 3)]
            for _ in range(2)
        ]
        ends = near(rows[0]), near(rows[1])
        start = int(draw.integers(0, 300))
        for found, expected in (
            (bounded.earliest(*ends, start), plain.earliest(*ends, start)),
            (
                bounded.in_range(*ends, (start, start + 120)),
                plain.in_range(*ends, (start, start + 120)),
            ),
        ):
            assert front(found.journeys) == front(expected.journeys)
        np.testing.assert_array_equal(
            bounded.one_to_all(ends[0], start), plain.one_to_all(ends[0], start)
        )


def test_stops_from_which_the_destination_is_too_far_get_no_label() -> None:
    # 0 -> 1 arrives at 10; the other trip leads away from 1, and its stops are reached before 10
    away = trip((0, 1, 1), (2, 3, 3), (3, 5, 5), (4, 7, 7))
    day = Day(5, [trip((0, 0, 0), (1, 10, 10)), away, trip((4, 20, 20), (1, 60, 60))], [], [0] * 5)
    tables, _ = day_tables(day)
    ends = near([(0, 0)]), near([(1, 0)])
    plain = Raptor(tables, 4).earliest(*ends, 0)
    bounded = Raptor(tables, 4, lower_bounds(tables, 5)).earliest(*ends, 0)
    assert front(bounded.journeys) == front(plain.journeys) == [(0, 10, 1)]
    assert (bounded.work.labels_improved, plain.work.labels_improved) == (1, 4)


def test_a_destination_that_no_way_leads_to_has_no_journeys() -> None:
    day = Day(4, [trip((0, 0, 0), (1, 5, 5)), trip((1, 9, 9), (0, 12, 12))], [], [0] * 4)
    tables, _ = day_tables(day)
    search = Raptor(tables, 4, lower_bounds(tables, 2))
    assert search.earliest(near([(0, 0)]), near([(3, 0)]), 0).journeys == ()
    assert front(search.earliest(near([(0, 0)]), near([(1, 0)]), 0).journeys) == [(0, 5, 1)]


def test_a_day_without_stops_has_bounds_without_clusters() -> None:
    tables, _ = day_tables(Day(0, [], [], []))
    assert lower_bounds(tables).least.shape == no_bounds(tables).least.shape == (0, 0)


def bounded_searches(day: Day) -> tuple[Raptor, TripBased]:
    tables, _ = day_tables(day)
    bounds = lower_bounds(tables, day.n_stops)
    return Raptor(tables, 4, bounds), TripBased(tables, make_transfers(tables)[0], 4, bounds)


def test_with_a_change_one_second_earlier_is_earlier() -> None:
    # the direct trip arrives at 11; the way by 2, on foot to 3 and on without waiting at 10
    ways = [trip((0, 0, 0), (1, 11, 11)), trip((0, 0, 0), (2, 4, 4)), trip((3, 6, 6), (1, 10, 10))]
    for search in bounded_searches(Day(4, ways, [(2, 3, 2)], [0] * 4)):
        found = search.earliest(near([(0, 0)]), near([(1, 0)]), 0)
        assert front(found.journeys) == [(0, 11, 1), (0, 10, 2)]


def test_in_a_window_one_second_earlier_than_the_next_departure_is_earlier() -> None:
    ways = [
        trip((0, 0, 0), (2, 8, 8)),
        trip((0, 5, 5), (2, 9, 9)),
        trip((3, 10, 10), (1, 19, 19)),
        trip((3, 11, 11), (1, 20, 20)),
    ]
    for search in bounded_searches(Day(4, ways, [(2, 3, 2)], [0] * 4)):
        found = search.in_range(near([(0, 0)]), near([(1, 0)]), (0, 6))
        assert front(found.journeys) == [(5, 20, 2), (0, 19, 2)]
