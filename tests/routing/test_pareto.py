"""Pareto sets against the definition."""

from hypothesis import given
from hypothesis import strategies as st

from routing.pareto import pareto_set
from tests import oracles

ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[st.integers(0, 4)] * width), max_size=14)
)


@given(ROWS)
def test_what_stays_is_what_the_definition_says(rows: list[tuple[int, ...]]) -> None:
    assert pareto_set(rows).tolist() == oracles.pareto_rows(rows)


def test_of_equal_rows_the_first_stays() -> None:
    assert pareto_set([(2, 1), (1, 2), (2, 1)]).tolist() == [True, True, False]
