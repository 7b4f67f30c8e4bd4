"""Searches from a time on and back from it, on small random days."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maas.itinerary import Lane
from maas.planner_directions import Arriving, Leaving
from routing.journey import Journey
from routing.layout import UNREACHED, DayTables
from routing.mirror import mirrored
from tests import strategies
from tests.routing.test_raptor import MAX_RIDES, near
from tests.strategies import Day, day_tables


def in_time(tables: DayTables, lane: Lane, journey: Journey, at: int, arrive_by: bool) -> int:
    """Seconds from `at` to the near end of a journey's rides without waiting for them."""
    ride = journey.rides[-1 if arrive_by else 0]
    patterns = tables.patterns
    pattern = int(np.searchsorted(patterns.first_trip_of_pattern, ride.trip, "right")) - 1
    first, end = patterns.first_position_of_pattern[pattern : pattern + 2]
    nth = ride.trip - patterns.first_trip_of_pattern[pattern]
    event = patterns.first_event_of_pattern[pattern] + nth * (end - first)
    if arrive_by:
        comes = patterns.arrival[event + ride.alight]
        return int(at - comes - lane.egress.near.duration[journey.egress])
    leaves = patterns.departure[event + ride.board]
    return int(leaves - lane.access.near.duration[journey.access] - at)


@pytest.mark.parametrize("arrive_by", [False, True])
@given(
    day=strategies.days(), access=strategies.near(), egress=strategies.near(),
    at=st.integers(0, 40),
)  # fmt: skip
def test_journeys_of_a_window_begin_just_in_time(
    arrive_by: bool, day: Day, access: list[tuple[int, int]], egress: list[tuple[int, int]], at: int
) -> None:
    tables, _ = day_tables(day)
    view: Any = SimpleNamespace(tables=tables, mirrored=mirrored(tables))
    ends: Any = [SimpleNamespace(near=near(side)) for side in (access, egress)]
    direction, lane = (Arriving if arrive_by else Leaving)(view), Lane(*ends)
    for journey in direction.between(lane, at, (0, 30), UNREACHED, MAX_RIDES):
        assert in_time(tables, lane, journey, at, arrive_by) == direction.away(journey, at)


@pytest.mark.parametrize("arrive_by", [False, True])
@given(
    day=strategies.days(), access=strategies.near(), egress=strategies.near(),
    at=st.integers(0, 40), limit=st.integers(5, 60), rides=st.integers(1, MAX_RIDES),
)  # fmt: skip
def test_soonest_journeys_begin_last_of_those_over_as_soon(
    arrive_by: bool, day: Day, access: list[tuple[int, int]], egress: list[tuple[int, int]],
    at: int, limit: int, rides: int,
) -> None:  # fmt: skip
    tables, _ = day_tables(day)
    view: Any = SimpleNamespace(tables=tables, mirrored=mirrored(tables))
    ends: Any = [SimpleNamespace(near=near(side)) for side in (access, egress)]
    lane, sides = Lane(*ends), (Leaving(view), Arriving(view))
    direction, opposite = reversed(sides) if arrive_by else sides
    front = direction.front(lane, at, limit, rides)
    found = direction.soonest(opposite, lane, at, limit, rides)
    assert [direction.far_end(one) for one in found] == [direction.far_end(one) for one in front]
    whole = direction.between(lane, at, (0, limit + 1), UNREACHED, rides)
    for one, soon in zip(found, front, strict=True):
        assert len(one.rides) <= len(soon.rides)
        assert in_time(tables, lane, one, at, arrive_by) == direction.away(one, at)
        like = [
            direction.away(other, at)
            for other in whole
            if direction.far_end(other) == direction.far_end(one)
            and len(other.rides) <= len(soon.rides)
        ]
        assert direction.away(one, at) == max(like)


@pytest.mark.parametrize("arrive_by", [False, True])
@given(
    day=strategies.days(), access=strategies.near(), egress=strategies.near(),
    at=st.integers(0, 40), spans=st.tuples(st.integers(0, 60), st.integers(0, 30)),
    direct=st.sampled_from([UNREACHED, 3, 12]),
)  # fmt: skip
def test_a_first_window_holds_what_the_whole_one_holds(
    arrive_by: bool, day: Day, access: list[tuple[int, int]], egress: list[tuple[int, int]],
    at: int, spans: tuple[int, int], direct: int,
) -> None:  # fmt: skip
    tables, _ = day_tables(day)
    view: Any = SimpleNamespace(tables=tables, mirrored=mirrored(tables))
    ends: Any = [SimpleNamespace(near=near(side)) for side in (access, egress)]
    direction, lane = (Arriving if arrive_by else Leaving)(view), Lane(*ends)
    limit, length = spans
    front, found = direction.first_window(lane, at, limit, length, direct, MAX_RIDES)
    assert front == direction.front(lane, at, limit, MAX_RIDES)
    whole = direction.between(lane, at, (0, length), direct, MAX_RIDES)
    ahead = [one for one in whole if direction.spread(one, at) < limit]
    assert [one for one in found if direction.spread(one, at) < limit] == ahead
    assert set(found) <= set(whole)
