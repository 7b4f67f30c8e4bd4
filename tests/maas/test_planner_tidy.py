"""The same trips with less walking, held against the plain lists of a random day."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maas.feeders import Feeder, Ways
from maas.itinerary import Lane
from maas.planner_tidy import Tidy
from routing.layout import NONE
from routing.mirror import ArriveBy
from routing.raptor import Journey, Raptor
from tests import oracles, strategies
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
    tidy = Tidy(tables, lane, at, arrive_by)
    for journey in found:
        other = tidy.journey(journey)
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
    tidied = Tidy(tables, lane, 0, arrive_by=False).journey(journey)
    assert (tidied.departure, tidied.rides[0].board) == (10, 0)


def test_a_change_on_foot_becomes_one_at_the_same_stop() -> None:
    # both trips call at 1; the search may as well walk from 1 to 2 and board there
    first = (Call(0, 0, 0), Call(1, 10, 10))
    second = (Call(1, 20, 20), Call(2, 30, 30), Call(3, 40, 40))
    day = Day(4, [first, second], [(1, 2, 5)], [0] * 4)
    tables, trips = day_tables(day)
    lane = Lane(feeder([(0, 0)]), feeder([(3, 0)]))
    (found,) = Raptor(tables).in_range(lane.access.near, lane.egress.near, (0, 9)).journeys
    on_foot = Journey(0, 40, (found.rides[0], found.rides[1]._replace(board=1)), 0, 0)
    tidied = Tidy(tables, lane, 0, arrive_by=False).journey(on_foot)
    assert tidied.rides[1].board == 0
    oracles.replay(day, trips, tidied.rides)
