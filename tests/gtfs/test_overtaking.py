"""Trips that overtake each other: the patterns that they make, and how many."""

from bisect import bisect_left

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from gtfs.day import grouped
from gtfs.pieces import Pieces
from routing.kernels import timetable_patterns as kernels
from routing.layout import Patterns, frozen

Trip = tuple[int, list[int]]  # first of its stops in a row, and times


def patterns_of(trips: list[Trip]) -> tuple[list[list[int]], Patterns]:
    """Trips of every pattern, in order, by what a day makes of them."""
    length = [len(times) for _, times in trips]
    stop = [first + k for first, times in trips for k in range(len(times))]
    shift = [86_400 * (k % 3 - 1) for k in range(len(trips))]  # of the day before, after, ...
    time = frozen(np.concatenate([np.array(t) - s for (_, t), s in zip(trips, shift, strict=True)]))
    free = frozen(np.zeros(time.size), np.uint8)
    first = np.concatenate([[0], np.cumsum(length[:-1])])
    none = np.zeros(len(trips), np.int32)
    columns = (np.arange(len(trips)), none, shift, none, first, length)
    pieces = Pieces(*(frozen(column) for column in columns))
    ordered, patterns = grouped(kernels.Times(frozen(stop), time, time, free, free), pieces, 40)
    cuts = patterns.first_trip_of_pattern[1:-1]
    return [part.tolist() for part in np.split(ordered.trip, cuts)], patterns


def first_fit(trips: list[Trip]) -> list[list[int]]:
    """Hold each trip, by departure and arrival, against the last ones of all patterns."""
    patterns: list[list[int]] = []
    for trip in sorted(range(len(trips)), key=lambda k: (trips[k][1][0], trips[k][1][-1])):
        stop, times = trips[trip]
        for pattern in patterns:
            there, before = trips[pattern[-1]]
            same = there == stop and len(before) == len(times)
            if same and all(a <= b for a, b in zip(before, times, strict=True)):
                pattern.append(trip)
                break
        else:
            patterns.append([trip])
    return patterns


@st.composite
def rides(draw: st.DrawFn) -> Trip:
    steps = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    times = np.cumsum([draw(st.integers(0, 9)), *steps]).tolist()
    return draw(st.integers(0, 1)), times


@given(st.lists(rides(), min_size=1, max_size=40))
def test_each_trip_goes_to_the_first_pattern_that_it_fits(trips: list[Trip]) -> None:
    found, patterns = patterns_of(trips)
    assert sorted(found) == sorted(first_fit(trips))
    for pattern, group in enumerate(found):
        events = patterns.arrival[slice(*patterns.first_event_of_pattern[pattern : pattern + 2])]
        assert events.tolist() == [time for trip in group for time in trips[trip][1]]


def fewest(arrivals: npt.NDArray[np.int64]) -> int:
    """Fewest patterns of trips between two stops, given by departure: those of Dilworth.

    So many trips overtake each other, one by one, as the longest run of falling arrivals has.
    """
    ends: list[int] = []  # of the runs of each length, the least that they can end with
    for arrival in (-arrivals).tolist():
        place = bisect_left(ends, arrival)
        ends[place : place + 1] = [arrival]
    return len(ends)


@given(st.lists(st.integers(10, 30), min_size=1, max_size=60))
def test_between_two_stops_there_are_the_fewest_patterns(arrivals: list[int]) -> None:
    trips = [(0, [k, 60 + arrival]) for k, arrival in enumerate(arrivals)]
    assert len(patterns_of(trips)[0]) == fewest(np.array(arrivals))


def test_a_hundred_thousand_trips_that_all_overtake_each_other() -> None:
    n = 100_000
    assert len(patterns_of([(0, [k, 2 * n - k]) for k in range(n)])[0]) == n
    shuffled = 2 * n + np.random.default_rng(1).permutation(n)
    trips = [(0, [k, arrival]) for k, arrival in enumerate(shuffled.tolist())]
    assert len(patterns_of(trips)[0]) == fewest(shuffled)


def test_trips_that_overtake_midway_stay_apart_however_many() -> None:
    n = 3 * kernels.MOST_TRIES
    trips = [(0, [k, 2 * n - k, 3 * n]) for k in range(n)]
    assert len(patterns_of(trips)[0]) == n
    late = [*trips, (0, [n, 2 * n, 3 * n])]  # behind the first of all
    found, _ = patterns_of(late)
    assert [0, n] in found
