"""Travel times over a window against a query for each departure."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.batches import NoClusterError, in_batches
from routing.errors import InvalidTableError, UnknownStopError
from routing.layout import UNREACHED
from routing.raptor import Raptor
from routing.travel_times import (
    Window,
    WindowSearch,
    matrix,
    matrix_from_folder,
    origins_of,
    places_of,
    save_matrix,
)
from tests import oracles, strategies
from tests.routing.test_raptor import near, trip
from tests.routing.test_trip_based import random_day
from tests.strategies import Day, day_tables

Near = list[tuple[int, int]]


@given(
    strategies.days(),
    strategies.near(),
    st.lists(strategies.near(), min_size=1, max_size=3),
    st.integers(-5, 30),
    st.integers(1, 12),
    st.integers(0, 60),
    st.sampled_from([UNREACHED, 8]),
)
def test_each_departure_gets_the_earliest_arrival_of_dijkstra(
    day: Day,
    access: Near,
    ends: list[Near],
    start: int,
    n_departures: int,
    longest: int,
    direct: int,
) -> None:
    tables, _ = day_tables(day)
    window = Window(start, n_departures, 3, longest)
    search = WindowSearch(tables, places_of([near(end) for end in ends]))
    found = search.durations(near(access), window, np.full(len(ends), direct, np.int32))
    for i, departure in enumerate(range(start + 3 * (n_departures - 1), start - 1, -3)):
        for place, end in enumerate(ends):
            arrival = oracles.earliest_by_dijkstra(day, access, end, departure)
            taken = min(arrival - departure, direct)
            assert found[i, place] == (taken if taken <= longest else UNREACHED)


def test_percentiles_are_nearest_ranks_of_the_departures() -> None:
    # a trip every 10 s that takes 5: leaving each second, one waits 0..9 s
    day = Day(2, [trip((0, t, t), (1, t + 5, t + 5)) for t in range(0, 60, 10)], [], [0, 0])
    search = WindowSearch(day_tables(day)[0], places_of([near([(1, 0)])]))
    found = search.percentiles(near([(0, 0)]), Window(0, 10, 1, 60), [0, 10, 50, 51, 100])
    assert found[:, 0].tolist() == [5, 5, 9, 10, 14]
    late = search.percentiles(near([(0, 0)]), Window(46, 10, 1, 60), [50, 60])
    assert late[:, 0].tolist() == [9, UNREACHED]


def test_a_matrix_is_the_same_in_one_process_in_two_and_by_single_queries(tmp_path: Path) -> None:
    tables, _ = day_tables(random_day(2))
    ends = [near([(stop, 2), ((stop + 3) % 25, 5)]) for stop in range(20)]
    origins, places, window = origins_of(ends), places_of(ends), Window(50, 20, 5, 400)
    found = matrix(tables, origins, places, window, [50, 90])
    save_matrix(tmp_path, tables, origins, places)
    for n in (1, 2):
        again = matrix_from_folder(tmp_path, window, [50, 90], n_processes=n)
        np.testing.assert_array_equal(again.duration, found.duration)
    raptor = Raptor(tables, 24)
    for origin, place in ((0, 7), (3, 11), (12, 4)):
        taken = [
            min((j.arrival for j in raptor.earliest(ends[origin], ends[place], t).journeys),
                default=UNREACHED) - t
            for t in range(50, 150, 5)
        ]  # fmt: skip
        expected = sorted(t if t <= 400 else UNREACHED for t in taken)
        assert found.duration[:, origin, place].tolist() == [expected[9], expected[17]]


def test_a_dask_cluster_gives_the_same(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    tables, _ = day_tables(random_day(2))
    ends = [near([(stop, 2)]) for stop in range(20)]
    save_matrix(tmp_path, tables, origins_of(ends), places_of(ends))
    alone = matrix_from_folder(tmp_path, Window(50, 5))
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        found = matrix_from_folder(tmp_path, Window(50, 5), cluster=cluster.scheduler_address)
    np.testing.assert_array_equal(found.duration, alone.duration)


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(NoClusterError, match="no dask scheduler answers at nowhere"):
        in_batches(abs, [1], cluster="nowhere://1")


def test_wrong_windows_percentiles_and_stops_are_refused() -> None:
    tables, _ = day_tables(Day(2, [], [], [0, 0]))
    search = WindowSearch(tables, places_of([near([(1, 0)])]))
    with pytest.raises(InvalidTableError, match="holds no departure"):
        search.durations(near([(0, 0)]), Window(0, 0))
    with pytest.raises(InvalidTableError, match="percentile 101"):
        search.percentiles(near([(0, 0)]), Window(0), [101])
    with pytest.raises(UnknownStopError):
        search.durations(near([(7, 0)]), Window(0))
    with pytest.raises(UnknownStopError):
        WindowSearch(tables, places_of([near([(7, 0)])]))
