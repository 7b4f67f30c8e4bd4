"""Searches from a time on and back from it, on small random days."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maas.itinerary import Lane
from maas.planner_directions import Arriving, Leaving
from routing.layout import UNREACHED
from routing.mirror import mirrored
from tests import strategies
from tests.routing.test_raptor import MAX_RIDES, near
from tests.strategies import Day, day_tables


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
        assert direction.away_in_time(lane, journey, at) == direction.away(journey, at)


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
        assert direction.away_in_time(lane, one, at) == direction.away(one, at)
        like = [
            direction.away(other, at)
            for other in whole
            if direction.far_end(other) == direction.far_end(one)
            and len(other.rides) <= len(soon.rides)
        ]
        assert direction.away(one, at) == max(like)
