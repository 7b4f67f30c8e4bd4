from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo.network import Fleet, Network, Room
from cargo.problem import holding, holds
from tests.cargo.worlds import fleet, parcel


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    return replace(
        fleet("taxis", "taxi", 43.0, 143.0),
        bay=draw(st.sampled_from((Room(100, 400, 10), Room(5, 400, 10)))),
        temperatures=draw(st.sampled_from((("ambient",), ("ambient", "cool")))),
        refuses=draw(st.sampled_from(((), ("glass",)))),
        largest_box=draw(st.sampled_from((None, (30, 30, 30)))),
        max_value=draw(st.sampled_from((None, 500.0))),
        is_attended=draw(st.booleans()),
        skills=draw(st.sampled_from((frozenset(), frozenset({"tail_lift"})))),
    )


@given(
    st.lists(fleets(), max_size=5), st.sampled_from((2, 20)), st.sampled_from(("ambient", "cool")),
    st.sampled_from(("", "glass")), st.sampled_from((None, (40, 20, 20))),
    st.sampled_from((0, 900)), st.booleans(), st.sampled_from(((), ("tail_lift",))),
)  # fmt: skip
def test_fleets_of_a_kind_hold_the_same_goods(
    some: list[Fleet], kg: int, temperature: str, goods: str, box: tuple[int, ...] | None,
    value: int, accompanied: bool, skills: tuple[str, ...],
) -> None:  # fmt: skip
    shipment = parcel(
        "p", (43.0, 143.0), (43.1, 143.5), kg=kg, temperature=temperature, goods=goods, box_cm=box,
        value=value, accompanied=accompanied, skills=skills,
    )  # fmt: skip
    network = Network((), (), tuple(some))
    assert holding(network, shipment).tolist() == [holds(one, shipment) for one in some]


@pytest.mark.parametrize(
    ("terms", "goods"),
    [
        ({"bay": Room(5, 400, 10)}, {"kg": 20}),
        ({"temperatures": ("ambient",)}, {"temperature": "cool"}),
        ({"refuses": ("glass",)}, {"goods": "glass"}),
        ({"largest_box": (30, 30, 30)}, {"box_cm": (40, 20, 20)}),
        ({"max_value": 500.0}, {"value": 900}),
        ({"is_attended": False}, {"accompanied": True}),
        ({"skills": frozenset()}, {"skills": ("tail_lift",)}),
    ],
)
def test_fleets_that_one_term_tells_apart_are_two_kinds(
    terms: dict[str, Any], goods: dict[str, Any]
) -> None:
    able = replace(
        fleet("taxis", "taxi", 43.0, 143.0), temperatures=("ambient", "cool"), is_attended=True,
        skills=frozenset({"tail_lift"}),
    )  # fmt: skip
    network = Network((), (), (able, replace(able, **terms)))
    shipment = parcel("p", (43.0, 143.0), (43.1, 143.5), **goods)
    assert holding(network, shipment).tolist() == [True, False]
