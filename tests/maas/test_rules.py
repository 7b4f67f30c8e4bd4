"""Rules that share the tables of a day, and those that need tables of their own."""

from typing import Any

import pytest

from maas.planner_view import Rules

MODES = frozenset({"bus", "rail"})


def test_rules_are_plain_whatever_their_modes() -> None:
    assert Rules(MODES).is_plain
    assert Rules(frozenset()).is_plain


@pytest.mark.parametrize(
    "rule",
    [
        {"lines_banned": frozenset({1})},
        {"lines_only": frozenset({1})},
        {"feeds_banned": frozenset({0})},
        {"trips_banned": frozenset({(3, 0)})},
        {"walk_percent": 99},
        {"least_change": 60},
        {"slack": 60},
        {"needs_wheelchair": True},
        {"takes_bike": True},
    ],
)
def test_rules_are_not_plain_with_any_other_one(rule: dict[str, Any]) -> None:
    assert not Rules(MODES, **rule).is_plain
