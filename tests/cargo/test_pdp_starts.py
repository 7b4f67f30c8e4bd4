"""Searches with few long rounds go on from the best of several short annealings."""

from collections.abc import Sequence

import numpy as np
import pytest

from cargo.pdp.check import check
from cargo.pdp.layout import BEST_VALUE
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import make_plan
from cargo.pdp.search import TRIES, Limits, Searcher
from cargo.pdp.tables import make_tables
from routing.layout import frozen

LIMITS = Limits(600.0, iterations=1500)


class Watched(Searcher):
    """Notes the value of the best plan before and after each annealing."""

    def __init__(self, problem: PdpProblem) -> None:
        super().__init__(make_tables(problem), seed=1)
        self.before: list[float] = []
        self.after: list[float] = []

    def _cool(self, until: float, due: Sequence[float]) -> None:
        self.before.append(float(self._search.value[BEST_VALUE]))
        super()._cool(until, due)
        self.after.append(float(self._search.value[BEST_VALUE]))


def scattered(n_requests: int, n_vehicles: int) -> PdpProblem:
    """Pickups and deliveries all over a square, at any time."""
    at = np.random.default_rng(1).integers(0, 1_000, (2 * n_requests + 1, 2))
    way = frozen(np.rint(np.sqrt(((at[:, None] - at[None, :]) ** 2).sum(axis=-1))))
    requests = tuple(
        Request(f"r{r}", Stop(2 * r + 1), Stop(2 * r + 2), (1,), penalty=1e6)
        for r in range(n_requests)
    )
    vehicles = tuple(Vehicle(f"v{k}", 0, 0, capacity=(n_requests,)) for k in range(n_vehicles))
    return PdpProblem(requests, vehicles, (way,), (way,))


def test_a_long_round_goes_on_from_the_best_of_the_short_annealings() -> None:
    problem = scattered(n_requests=15, n_vehicles=1)
    search = Watched(problem)
    tasks = search.run(LIMITS)
    assert len(search.before) == TRIES + 1
    assert len(set(search.after[:TRIES])) > 1, "they all end alike; this shows nothing"
    ends = search.after[:TRIES]
    assert all(begin > end for begin, end in zip(search.before[1:TRIES], ends[:-1], strict=True))
    assert search.before[TRIES] == min(ends)
    plan = make_plan(problem, search.tables, tasks)
    assert check(problem, plan) == []
    assert plan.unserved == ()
    assert plan.cost == pytest.approx(search.after[TRIES])


@pytest.mark.parametrize(
    ("n_vehicles", "limits"),
    [
        (15, LIMITS),  # short rounds
        (1, Limits(600.0, iterations=900)),  # too short a search
        (1, Limits(600.0, iterations=1500, cooling=(0.5, 1.0))),  # goes on from a plan
    ],
)
def test_other_searches_anneal_once(n_vehicles: int, limits: Limits) -> None:
    problem = scattered(n_requests=15, n_vehicles=n_vehicles)
    if n_vehicles > 1:
        problem = PdpProblem(
            problem.requests,
            tuple(Vehicle(one.id, 0, 0, capacity=(15,), max_tasks=4) for one in problem.vehicles),
            problem.duration,
            problem.distance,
        )
    search = Watched(problem)
    search.run(limits)
    assert len(search.before) == 1
