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
