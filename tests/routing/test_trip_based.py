"""Trip-Based search against RAPTOR and the slow oracles; what is kept of the transfers."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.kernels import trip_based as kernels
from routing.layout import UNREACHED, DayTables
from routing.raptor import Found, Raptor, Work
from routing.trip_based import TripBased
from routing.trip_transfers import make_transfers, stored_transfers, tables_key
from tests import oracles, strategies
from tests.routing.test_raptor import MAX_RIDES, check, near, trip
from tests.strategies import Day, Trip, day_tables

Near = list[tuple[int, int]]
NO_WORK = Work(0, 0, 0, 0, 0)


def search_of(tables: DayTables, max_rides: int = MAX_RIDES) -> TripBased:
    return TripBased(tables, make_transfers(tables)[0], max_rides)


@given(
    strategies.days(),
    strategies.near(),
    strategies.near(),
    st.integers(-5, 40),
    st.sampled_from([UNREACHED, 25]),
    st.integers(0, MAX_RIDES),
)
def test_one_departure_gives_the_front_of_the_oracle(
    day: Day, access: Near, egress: Near, departure: int, limit: int, max_rides: int
) -> None:
    tables, trips = day_tables(day)
    found = search_of(tables).earliest(
        near(access), near(egress), departure, limit=limit, max_rides=max_rides
    )
    front = oracles.front(day, access, egress, departure, max_rides)
    expected = {(arrival, rides) for arrival, rides in front if arrival < limit}
    assert {(j.arrival, len(j.rides)) for j in found.journeys} == expected
    check(day, trips, Found(found.journeys, NO_WORK), access, egress, at_once=False)


@given(
    strategies.days(),
    strategies.near(),
    strategies.near(),
    st.integers(0, 20),
    st.integers(0, 30),
    st.sampled_from([UNREACHED, 3, 12]),
)
def test_a_window_gives_what_a_query_for_each_second_gives(
    day: Day, access: Near, egress: Near, start: int, length: int, direct: int
) -> None:
    tables, trips = day_tables(day)
    window = (start, start + length)
    found = search_of(tables).in_range(near(access), near(egress), window, direct=direct)
    expected = oracles.fronts_in_range(day, access, egress, window, MAX_RIDES, direct)
    assert {(j.departure, j.arrival, len(j.rides)) for j in found.journeys} == expected
    assert len(found.journeys) == len(expected)
    check(day, trips, Found(found.journeys, NO_WORK), access, egress, at_once=True)


def random_day(seed: int, n_stops: int = 25, n_lines: int = 24) -> Day:
    """A larger day: lines there and back that cross, trips that dwell, walks that do not close."""
    draw = np.random.default_rng(seed)
    trips: list[Trip] = []
    for _ in range(n_lines):
        stops = draw.choice(n_stops, draw.integers(3, 9), replace=False)
        for line in (stops, stops[::-1]):
            for _ in range(draw.integers(3, 12)):
                time, calls = int(draw.integers(0, 400)), []
                for stop in line.tolist():
                    departs = time + int(draw.choice([0, 0, 1, 15]))
                    calls.append((stop, time, departs))
                    time = departs + int(draw.integers(0, 12))
                trips.append(trip(*calls))
    pairs = draw.integers(0, n_stops, (3 * n_stops, 2)).tolist()
    walks = [(a, b, int(draw.integers(1, 12))) for a, b in {(a, b) for a, b in pairs if a != b}]
    return Day(n_stops, trips, walks, draw.integers(0, 4, n_stops).tolist())


@pytest.mark.parametrize("seed", range(6))
def test_on_larger_days_it_agrees_with_raptor(seed: int) -> None:
    day = random_day(seed)
    tables, trips = day_tables(day)
    ours, raptor = search_of(tables, 8), Raptor(tables, 8)
    draw = np.random.default_rng(seed)
    for _ in range(20):
        access, egress = (
            [(int(stop), int(draw.integers(0, 15))) for stop in draw.integers(0, day.n_stops, 3)]
            for _ in range(2)
        )
        start = int(draw.integers(0, 300))
        ends = near(access), near(egress)
        for found, expected in (
            (ours.earliest(*ends, start), raptor.earliest(*ends, start)),
            (
                ours.in_range(*ends, (start, start + 120)),
                raptor.in_range(*ends, (start, start + 120)),
            ),
        ):
            assert [(j.departure, j.arrival, len(j.rides)) for j in found.journeys] == [
                (j.departure, j.arrival, len(j.rides)) for j in expected.journeys
            ]
            check(day, trips, Found(found.journeys, NO_WORK), access, egress, at_once=False)


def test_a_transfer_that_staying_on_beats_is_not_kept() -> None:
    # both trips go 0 -> 1 -> 2; nobody who is on the first one changes to the second
    day = Day(
        3,
        [trip((0, 0, 0), (1, 5, 5), (2, 9, 9)), trip((0, 1, 1), (1, 6, 6), (2, 10, 10))],
        [],
        [0] * 3,
    )
    transfers, work = make_transfers(day_tables(day)[0])
    assert transfers.transfer.size == 0
    assert work.candidates == 1


def test_of_a_pattern_only_its_first_trip_is_boarded() -> None:
    day = Day(
        3,
        [trip((0, 0, 0), (1, 5, 5)), *(trip((1, t, t), (2, t + 3, t + 3)) for t in (4, 6, 8))],
        [],
        [0] * 3,
    )
    tables, trips = day_tables(day)
    transfers, _ = make_transfers(tables)
    boarded = int(transfers.transfer[0]) >> int(transfers.position_bits[0])
    assert transfers.transfer.size == 1
    assert trips[boarded] == trip((1, 6, 6), (2, 9, 9))


def test_an_earlier_trip_of_the_pattern_that_waits_is_caught() -> None:
    # the first trip waits at 1 until 20; who leaves 0 by the second one at 2 arrives there at 8
    day = Day(
        3,
        [trip((0, 0, 0), (1, 5, 20), (2, 25, 25)), trip((0, 2, 2), (1, 8, 21), (2, 30, 30))],
        [],
        [0] * 3,
    )
    found = search_of(day_tables(day)[0]).earliest(near([(0, 0)]), near([(2, 0)]), 1)
    assert [(j.arrival, len(j.rides)) for j in found.journeys] == [(30, 1), (25, 2)]


def test_transfers_are_kept_in_a_folder_under_the_name_of_their_tables(tmp_path: Path) -> None:
    day = random_day(3)
    tables, _ = day_tables(day)
    made, _ = make_transfers(tables)
    stored = stored_transfers(tables, tmp_path)
    again = stored_transfers(tables, tmp_path)
    for field in made._fields:
        np.testing.assert_array_equal(getattr(stored, field), getattr(made, field))
        np.testing.assert_array_equal(getattr(again, field), getattr(made, field))
        assert not getattr(again, field).flags.writeable
    other, _ = day_tables(day._replace(change_time=[9] * day.n_stops))
    assert tables_key(other) != tables_key(tables)
    stored_transfers(other, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_trips_with_more_stops_than_a_byte_counts() -> None:
    n = 300
    day = Day(
        n,
        [trip(*((i, i, i) for i in range(n))), trip((n - 2, n, n), (0, n + 4, n + 4))],
        [],
        [0] * n,
    )
    found = search_of(day_tables(day)[0]).earliest(near([(0, 0)]), near([(0, 0)]), 0)
    assert [(j.arrival, len(j.rides)) for j in found.journeys] == [(n + 4, 2)]


def test_an_empty_day_is_an_empty_answer() -> None:
    search = search_of(day_tables(Day(2, [], [], [0, 0]))[0])
    assert search.earliest(near([(0, 0)]), near([(1, 0)]), 0).journeys == ()
    assert search.in_range(near([(0, 0)]), near([(1, 0)]), (0, 9)).journeys == ()
    assert search.earliest(near([(0, 0)]), near([]), 0).journeys == ()


@pytest.mark.skipif(not hasattr(kernels.earliest, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_made_and_mapped_transfers_use_the_same_compiled_kernels(tmp_path: Path) -> None:
    tables, _ = day_tables(random_day(1, 12, 4))
    known = len(kernels.earliest.signatures)
    for transfers in (make_transfers(tables)[0], stored_transfers(tables, tmp_path)):
        search = TripBased(tables, transfers)
        search.earliest(near([(0, 0)]), near([(1, 0)]), 0)
        search.in_range(near([(0, 0)]), near([(1, 0)]), (0, 99))
    assert len(kernels.earliest.signatures) <= max(known, 1)
