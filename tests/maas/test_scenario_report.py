"""What the report makes of figures: changes, reasons, thinned ways."""

import numpy as np
import pytest

from maas.scenario.charts import waits
from maas.scenario.map_layers import STEP_DEGREES, thinned
from maas.scenario.measures import Better, Measure, of_mode
from maas.scenario.report_tables import change, refused_shipments, shown


def measure(better: Better, unit: str = "km") -> Measure:
    return Measure("x", "whole", "X", "X", unit, 1, better)


@pytest.mark.parametrize(
    ("before", "after", "better", "unit", "expected"),
    [
        (100.0, 90.0, "less", "km", ("-10.0 %", "good")),
        (100.0, 110.0, "less", "km", ("+10.0 %", "bad")),
        (100.0, 110.0, "more", "km", ("+10.0 %", "good")),
        (100.0, 110.0, "", "km", ("+10.0 %", "")),
        (0.0, 42.9, "", "km", ("+42.9", "")),  # nothing to take a share of
        (2.1, 2.3, "more", "%", ("+0.2", "good")),  # points, not percent of percent
        (5.0, 5.0, "less", "km", ("±0", "")),
        (1.14, 1.1, "more", "%", ("±0", "")),  # less than is shown
        (None, 5.0, "less", "km", ("", "")),
    ],
)
def test_a_change_says_how_much_and_whether_it_is_for_the_better(
    before: float | None, after: float, better: Better, unit: str, expected: tuple[str, str]
) -> None:
    assert change(before, after, measure(better, unit)) == expected


def test_a_figure_that_is_not_there_is_a_dash() -> None:
    assert (shown(None, 1), shown(12345.678, 1)) == ("–", "12,345.7")


def test_modes_of_both_sides_have_keys_of_their_own() -> None:
    assert of_mode("freight", "rail").key != of_mode("passengers", "rail").key
    assert of_mode("freight", "hovercraft").en.endswith("hovercraft")


def test_separate_operation_says_why_it_refuses() -> None:
    reason = {"code": "late", "message": "too late", "message_ja": "遅すぎます"}
    plan = {
        "shipments": [{"id": "a", "reason": reason}, {"id": "b"}],
        "separate": {"rejected": ["a", "b"]},
    }
    assert refused_shipments(plan, "mixed") == [("a", reason)]
    assert [name for name, _ in refused_shipments(plan, "separate")] == ["a", "b"]


def test_a_thinned_way_keeps_its_ends_and_skips_what_cannot_be_seen() -> None:
    lon = np.linspace(141.0, 141.0 + 10 * STEP_DEGREES, 1001)
    path = thinned(lon, np.full(1001, 43.0))
    assert (path[0][0], path[-1][0]) == (lon[0], lon[-1])
    assert 10 <= len(path) <= 12


def test_the_same_drawing_gives_the_same_text() -> None:
    parts = {"at stops": [0.0, 4.9, 5.0, 500.0], "before leaving": [1.0]}
    assert waits(parts) == waits(parts)
