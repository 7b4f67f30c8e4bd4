"""Faults of a question are told once, with the field, the value and what would be right."""

import pytest

from maas.errors import QueryError
from maas.journey_query import read_query


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
