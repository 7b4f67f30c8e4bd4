"""The same trips with less walking, held against the plain lists of a random day."""

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maas.feeders import Feeder, Ways
from maas.itinerary import Lane
from maas.planner_tidy import tidied
from routing.kernels.bundles import bundled
from routing.layout import NONE
from routing.mirror import ArriveBy
from routing.raptor import Journey, Raptor, Ride
from tests import oracles, strategies
from tests.maas.slow_tidy import SlowTidy
from tests.strategies import Call, Day, day_tables

Pairs = list[tuple[int, int]]


def feeder(pairs: Pairs) -> Feeder:
    """Walks of the given seconds."""
    stop, ride = (np.array(column, np.int32) for column in zip(*pairs, strict=True))
    zero = np.zeros_like(stop)
    return Feeder("walk", Ways(stop, ride, ride, zero, np.full_like(stop, NONE)))


def walked(day: Day, trips: list[Any], journey: Journey, access: Pairs, egress: Pairs) -> int:
    """Seconds on foot of a journey."""
    total = access[journey.access][1] + egress[journey.egress][1]
    for before, after in zip(journey.rides, journey.rides[1:], strict=False):
        stop = trips[before.trip][before.alight].stop
        there = trips[after.trip][after.board].stop
        if stop != there:
            total += min(d for tail, head, d in day.walks if (tail, head) == (stop, there))
    return total


@given(
    strategies.days(),
    strategies.near(),
    strategies.near(),
    st.integers(0, 40),
    st.booleans(),
)
def test_tidy_journeys_can_be_ridden_walk_less_and_keep_the_far_end(
    day: Day, access: Pairs, egress: Pairs, at: int, arrive_by: bool
) -> None:
    tables, trips = day_tables(day)
    lane = Lane(feeder(access), feeder(egress))
    ends = lane.access.near, lane.egress.near
    if arrive_by:
        found = ArriveBy(tables).in_range(*ends, (at - 40, at)).journeys
    else:
        found = Raptor(tables).in_range(*ends, (at, at + 40)).journeys
    bundle, slow = bundled(tables), SlowTidy(tables, lane, at, arrive_by)
    for journey in found:
        other = tidied(bundle, lane, journey, at, arrive_by=arrive_by)
        assert other == slow.journey(journey)
        oracles.replay(day, trips, other.rides)
        assert [ride.trip for ride in other.rides] == [ride.trip for ride in journey.rides]
        start = trips[other.rides[0].trip][other.rides[0].board]
        end = trips[other.rides[-1].trip][other.rides[-1].alight]
        assert (start.stop, start.departure - other.departure) == access[other.access]
        assert (end.stop, other.arrival - end.arrival) == egress[other.egress]
        if arrive_by:
            assert other.departure >= journey.departure
            assert other.arrival <= at
        else:
            assert other.arrival <= journey.arrival
            assert other.departure >= at
        before = walked(day, trips, journey, access, egress)
        lost = (journey.departure - other.departure) + (other.arrival - journey.arrival)
        assert walked(day, trips, other, access, egress) + lost <= before


def test_the_stop_at_the_door_is_taken_though_one_further_on_leaves_later() -> None:
    # the bus stands at stop 0 at 10 and reaches stop 1 at 20; on foot that is 15
    day = Day(3, [(Call(0, 10, 10), Call(1, 20, 22), Call(2, 40, 40))], [], [0, 0, 0])
    tables, _ = day_tables(day)
    lane = Lane(feeder([(0, 0), (1, 8)]), feeder([(2, 0)]))
    (journey,) = Raptor(tables).in_range(lane.access.near, lane.egress.near, (0, 60)).journeys
    assert (journey.departure, journey.rides[0].board) == (14, 1)
    better = tidied(bundled(tables), lane, journey, 0, arrive_by=False)
    assert (better.departure, better.rides[0].board) == (10, 0)


def test_a_change_on_foot_becomes_one_at_the_same_stop() -> None:
    # both trips call at 1; the search may as well walk from 1 to 2 and board there
    first = (Call(0, 0, 0), Call(1, 10, 10))
    second = (Call(1, 20, 20), Call(2, 30, 30), Call(3, 40, 40))
    day = Day(4, [first, second], [(1, 2, 5)], [0] * 4)
    tables, trips = day_tables(day)
    lane = Lane(feeder([(0, 0)]), feeder([(3, 0)]))
    (found,) = Raptor(tables).in_range(lane.access.near, lane.egress.near, (0, 9)).journeys
    on_foot = Journey(0, 40, (found.rides[0], found.rides[1]._replace(board=1)), 0, 0)
    better = tidied(bundled(tables), lane, on_foot, 0, arrive_by=False)
    assert better.rides[1].board == 0
    oracles.replay(day, trips, better.rides)


def _trip(draw: random.Random, n_stops: int) -> tuple[Call, ...]:
    """Calls at random stops, some twice, not all open to both."""
    calls, now = [], draw.randrange(12)
    for _ in range(draw.randrange(3, 7)):
        leaves = now + draw.randrange(3)
        opens = draw.random() < 0.8, draw.random() < 0.8
        calls.append(Call(draw.randrange(n_stops), now, leaves, *opens))
        now = leaves + draw.randrange(1, 6)
    return tuple(calls)


def _changes(day: Day, first: int, second: int, trips: list[Any]) -> Iterator[tuple[int, int]]:
    """All pairs of positions where one may change between two trips."""
    shortest = {(stop, stop): change for stop, change in enumerate(day.change_time)}
    for tail, head, seconds in day.walks:
        shortest[tail, head] = min(seconds, shortest.get((tail, head), seconds))
    for alight, before in enumerate(trips[first]):
        for board, after in enumerate(trips[second]):
            walk = shortest.get((before.stop, after.stop))
            is_open = alight > 0 and before.can_alight and after.can_board
            if is_open and walk is not None and before.arrival + walk <= after.departure:
                yield alight, board


def _n_changed(draw: random.Random) -> int:
    """Hold all journeys on two random trips against plain lists; return how many get better."""
    n_stops = 4
    walks = [
        (tail, head, draw.randrange(1, 4))
        for tail in range(n_stops)
        for head in range(n_stops)
        if tail != head and draw.random() < 0.7
    ]
    change_time = [draw.randrange(6) for _ in range(n_stops)]
    day = Day(n_stops, [_trip(draw, n_stops) for _ in range(2)], walks, change_time)
    tables, trips = day_tables(day)
    access, egress = (
        feeder([(draw.randrange(n_stops), draw.randrange(8)) for _ in range(6)]) for _ in range(2)
    )
    lane, at = Lane(access, egress), draw.randrange(-9, 9)
    n_changed = 0
    for arrive_by, (first, second) in product((False, True), ((0, 1), (1, 0))):
        bound = at + 40 if arrive_by else at
        slow = SlowTidy(tables, lane, bound, arrive_by)
        for alight, board in _changes(day, first, second, trips):
            for start, end in product(range(alight), range(board + 1, len(trips[second]))):
                rides = Ride(first, start, alight), Ride(second, board, end)
                row, last = draw.randrange(6), draw.randrange(6)
                ends = draw.randrange(-9, 20), draw.randrange(20, 60)
                journey = Journey(*ends, rides, row, last)
                other = tidied(bundled(tables), lane, journey, bound, arrive_by=arrive_by)
                assert other == slow.journey(journey)
                n_changed += other.rides != rides
    return n_changed


def test_every_journey_on_two_trips_becomes_what_plain_lists_make_of_it() -> None:
    changed = [_n_changed(random.Random(seed)) for seed in range(150)]
    assert sum(map(bool, changed)) > 60
