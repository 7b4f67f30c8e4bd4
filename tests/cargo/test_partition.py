"""Recombination of known rounds against trying every choice of them."""

import itertools
import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.kernels.pool import note
from cargo.kernels.steps import refresh
from cargo.ortools_partition import Demand, KnownRounds, choose_rounds
from cargo.ortools_watch import WatchLimits
from cargo.pdp.check import check
from cargo.pdp.layout import BEST_VALUE
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import make_plan
from cargo.pdp.recombine import recombined
from cargo.pdp.search import Limits, Searcher
from cargo.pdp.state import empty_rounds, empty_search
from cargo.pdp.tables import make_tables
from routing.layout import frozen
from tests.cargo import pdp_oracles as oracles
from tests.cargo.pdp_worlds import problems

AMPLE = WatchLimits(1e9, lambda: False)
N_REQUESTS = 4


class Choice(NamedTuple):
    rounds: list[tuple[float, int, frozenset[int]]]  # cost, kind, requests
    penalty: list[float]
    vehicles: list[int]


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    cost = st.integers(1, 60).map(float)
    some = st.frozensets(st.integers(0, N_REQUESTS - 1), min_size=1)
    return Choice(
        draw(st.lists(st.tuples(cost, st.integers(0, 1), some), min_size=1, max_size=9)),
        draw(st.lists(cost, min_size=N_REQUESTS, max_size=N_REQUESTS)),
        draw(st.lists(st.integers(0, 2), min_size=2, max_size=2)),
    )


def cost_of(choice: Choice, picked: tuple[int, ...]) -> float | None:
    """Cost of some rounds with penalties for the others; None where they do not fit together."""
    rows = [choice.rounds[at] for at in picked]
    served = [r for _, _, some in rows for r in some]
    kinds = [kind for _, kind, _ in rows]
    if len(served) > len(set(served)) or any(kinds.count(k) > choice.vehicles[k] for k in range(2)):
        return None
    left = sum(choice.penalty[r] for r in range(N_REQUESTS) if r not in served)
    return sum(cost for cost, _, _ in rows) + left


def all_costs(choice: Choice) -> dict[tuple[int, ...], float]:
    picks = (
        picked
        for n in range(len(choice.rounds) + 1)
        for picked in itertools.combinations(range(len(choice.rounds)), n)
    )
    costs = ((picked, cost_of(choice, picked)) for picked in picks)
    return {picked: cost for picked, cost in costs if cost is not None}


@given(choices(), st.integers(1, 250))
def test_the_choice_equals_trying_all(choice: Choice, known: int) -> None:
    rounds = KnownRounds(
        np.array([cost for cost, _, _ in choice.rounds]),
        frozen([kind for _, kind, _ in choice.rounds]),
        np.cumsum([0, *(len(some) for _, _, some in choice.rounds)]),
        frozen([r for _, _, some in choice.rounds for r in some]),
    )
    demand = Demand(np.array(choice.penalty), np.array(choice.vehicles), float(known))
    chosen, useless = choose_rounds(rounds, demand, AMPLE)
    costs = all_costs(choice)
    best = min(costs.values())
    assert (chosen is not None) == (best < known)
    if chosen is not None:
        assert costs[tuple(sorted(chosen))] == pytest.approx(best)
    better = {at for picked, cost in costs.items() if cost < known - 1e-3 for at in picked}
    assert not better & set(useless.tolist())


@settings(max_examples=10)
@given(problems(n_requests=3))
def test_all_rounds_together_make_the_optimum(problem: PdpProblem) -> None:
    tables = make_tables(problem)
    search, rounds = empty_search(tables, 0), empty_rounds(tables)
    search.value[BEST_VALUE] = float(tables.penalty.sum()) + 1.0
    for row, vehicle in enumerate(problem.vehicles):
        for some in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
            for tasks in oracles.rounds_of(problem, some):
                if oracles.round_cost(problem, vehicle, tasks) is None:
                    continue
                rounds.size[row], rounds.task[row, : len(tasks)] = len(tasks), tasks
                assert refresh(tables, rounds, search.line, row)
                note(tables, rounds, search.pool, row)
    found = recombined(tables, search, AMPLE) or [[] for _ in problem.vehicles]
    plan = make_plan(problem, tables, found)
    assert check(problem, plan) == []
    penalty = {request.id: request.penalty or 0.0 for request in problem.requests}
    cost = plan.cost + sum(penalty[name] for name in plan.unserved)
    assert cost == pytest.approx(oracles.best_cost(problem))


@settings(max_examples=10)
@given(problems(n_requests=4), st.integers(0, 3))
def test_the_same_seed_and_iterations_give_the_same_plan(problem: PdpProblem, seed: int) -> None:
    tables = make_tables(problem)
    one, other = (
        Searcher(tables, seed=seed).run(Limits(math.inf, iterations=1200)) for _ in range(2)
    )
    assert one == other
