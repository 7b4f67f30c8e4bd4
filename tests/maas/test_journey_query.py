"""Faults of a question are told once, with the field, the value and what would be right."""

from datetime import datetime
from typing import Any

import pytest

from maas.errors import QueryError
from maas.journey_query import LINE_MODES, read_query
from maas.replan_query import read_replan


def test_a_list_that_is_short_only_of_a_wrong_entry_is_one_fault() -> None:
    with pytest.raises(QueryError) as fault:
        read_query({"from": "A", "to": "B", "modes": ["plane"]})
    (line,) = str(fault.value).splitlines()
    assert line.startswith("query: modes.0: ")
    assert "'rail'" in line
    assert line.endswith("(value: 'plane')")


def test_a_list_that_is_short_by_itself_is_a_fault() -> None:
    with pytest.raises(QueryError, match=r"query: modes: .*at least 1"):
        read_query({"from": "A", "to": "B", "modes": []})


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("max_transfers", True, "a valid integer"),
        ("max_transfers", "5", "a valid integer"),
        ("party", True, "a valid integer"),
        ("walk_kmh", True, "a valid number"),
        ("walk_kmh", "5", "a valid number"),
        ("arrive_by", 1, "a valid boolean"),
        ("all", "yes", "a valid boolean"),
        ("via", [{"place": "C", "stay_s": "60"}], "a valid integer"),
        ("from", {"lat": "43", "lon": 141}, "a valid number"),
        ("at", 1_795_000_000, "write a time"),
        ("at", "1795000000", "write a time"),
        ("trips_banned", [{"trip_id": "f:t", "service_date": 1_795_046_400}], "write a date"),
    ],
)
def test_no_value_is_taken_for_another_one(field: str, value: object, told: str) -> None:
    document = {"from": "A", "to": "B", field: value}
    with pytest.raises(QueryError, match=told):
        read_query(document)
    first = {"query": document, "itinerary": {"legs": []}, "now": "2026-10-07", "where": {}}
    with pytest.raises(QueryError, match=told):
        read_replan(first)


def test_whole_numbers_are_numbers_and_dates_are_midnights() -> None:
    query = read_query({"from": "A", "to": "B", "walk_kmh": 5, "at": "2026-12-02"})
    assert (query.walk_kmh, query.at) == (5.0, datetime(2026, 12, 2))  # noqa: DTZ001


@pytest.mark.parametrize("wish", [{}, {"modes": ["rail", "walk"]}, {"modes_banned": ["bus"]}])
def test_lines_of_all_modes_may_be_used_that_the_query_allows(wish: dict[str, Any]) -> None:
    query = read_query({"from": "A", "to": "B", **wish})
    assert query.line_modes == {mode for mode in LINE_MODES if query.allows(mode)}
    fewer = query.changed({"modes_banned": [*query.modes_banned, "rail"]})
    assert fewer.line_modes == query.line_modes - {"rail"}
