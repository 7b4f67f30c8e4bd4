"""The choice among known ways, against trying all choices."""

import random
from itertools import chain, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.columns import Column
from cargo.event_layout import Consignments
from cargo.ortools_selection import Left, SelectionLimits, select
from routing.layout import NONE, UNREACHED, frozen

N_HOPS = 4
APART = ((0, 1, 0), (1, 0, 0), (0, 0, 1))  # the first two from each other, the third from its own
AMPLE = SelectionLimits(1e9, -1, 0, lambda: False)


def consignments(amount: list[int], refusal: list[int], goods: list[int]) -> Consignments:
    n = len(amount)
    none, start = frozen([]), frozen(np.zeros(n + 1))
    return Consignments(
        frozen(np.array([[one, 1, 1] for one in amount]).reshape(n, 3)),
        frozen(np.zeros((n, 0)), np.uint8),
        frozen([4] * n),
        frozen(refusal, np.float64),
        frozen(goods),
        frozen(APART, np.uint8),
        frozen([UNREACHED] * n),
        start, none, none, frozen([], np.float64), none,
        start, none, none, frozen([], np.float64), none,
    )  # fmt: skip


@st.composite
def choices(draw: st.DrawFn) -> tuple[Consignments, list[Column], Left]:
    n = draw(st.integers(1, 4))
    goods = consignments(
        [draw(st.integers(1, 5)) for _ in range(n)],
        [1000 * draw(st.integers(1, 400)) for _ in range(n)],
        [draw(st.sampled_from((NONE, 0, 1, 2))) for _ in range(n)],
    )
    columns = []
    for one in range(n):
        for _ in range(draw(st.integers(0, 3))):
            load = draw(st.integers(0, N_HOPS - 1))
            rides = ((load, draw(st.integers(load + 1, N_HOPS))),)
            columns.append(Column(one, 0, 0, rides, 1000.0 * draw(st.integers(0, 400))))
    room = np.array([[draw(st.integers(0, 8)), 9, 9] for _ in range(N_HOPS)])
    aboard = np.array(
        [[draw(st.integers(0, 4)) == 0 for _ in APART] for _ in range(N_HOPS)], np.int32
    )
    return goods, columns, Left(frozen(room), frozen(aboard))


def cost_of(goods: Consignments, chosen: list[Column], left: Left) -> float:
    """Cost of a choice; infinite where it breaks a rule."""
    load, aboard = np.zeros_like(left.room), left.aboard.copy()
    for column in chosen:
        load[list(column.hops)] += goods.amount[column.consignment]
    if (load > left.room).any():
        return np.inf
    for column in chosen:
        kind = goods.goods[column.consignment]
        for hop in column.hops:
            if kind != NONE and (aboard[hop] * goods.apart[kind]).any():
                return np.inf
            aboard[hop, kind] += kind != NONE
    riding = {column.consignment for column in chosen}
    rest = sum(cost for one, cost in enumerate(goods.refusal) if one not in riding)
    return float(sum(column.cost for column in chosen) + rest)


@settings(max_examples=150)
@given(choices(), st.booleans())
def test_the_choice_is_the_best_of_all_and_proves_it(
    drawn: tuple[Consignments, list[Column], Left], hints: bool
) -> None:
    goods, columns, left = drawn
    ways = [
        [[], *([column] for column in columns if column.consignment == one)]
        for one in range(goods.refusal.size)
    ]
    least = min(cost_of(goods, list(chain(*some)), left) for some in product(*ways))
    hint = {column.key for column in columns[::2]} if hints else set()
    found = select(goods, columns, left, hint, AMPLE)
    assert found is not None
    assert cost_of(goods, found.columns, left) == pytest.approx(least)
    assert found.bound == pytest.approx(least)


def test_a_choice_among_many_is_proven_to_the_last_unit() -> None:
    draw, n = random.Random(1), 60
    refusal = [100_000 + draw.randrange(300_000) for _ in range(n)]
    goods = consignments([draw.randint(1, 5) for _ in range(n)], refusal, [NONE] * n)
    columns = [
        Column(one, 0, 0, ((load, draw.randint(load + 1, N_HOPS)),), draw.randrange(100_000) + 0.5)
        for one in range(n)
        for load in draw.sample(range(N_HOPS), 3)
    ]
    left = Left(frozen(np.full((N_HOPS, 3), 45)), frozen(np.zeros((N_HOPS, 3))))
    found = select(goods, columns, left, set(), AMPLE)
    assert found is not None
    assert found.bound == pytest.approx(cost_of(goods, found.columns, left), rel=1e-9)


def test_a_choice_ends_when_it_is_cancelled_and_gives_what_it_has() -> None:
    goods = consignments([1], [5000], [NONE])
    column = Column(0, 0, 0, ((0, 1),), 1000.0)
    left = Left(frozen(np.ones((N_HOPS, 3))), frozen(np.zeros((N_HOPS, 3))))
    limits = SelectionLimits(1e9, -1, 0, lambda: True)
    found = select(goods, [column], left, {column.key}, limits)
    assert found is None or found.columns in ([column], [])
