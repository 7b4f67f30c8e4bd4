"""One question, two engines: the search of this package, or the routing solver of OR-Tools."""

from dataclasses import dataclass, field

import numpy as np

from cargo.ortools_process import solve_in_process
from cargo.ortools_rounds import Budget, solve_rounds
from cargo.pdp.layout import FIXED, PER_M, Tables
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import Plan, make_plan
from cargo.pdp.search import Limits, Searcher
from cargo.pdp.tables import make_tables
from routing.layout import frozen

ENGINES = ("own", "ortools")
MOST_SOLUTIONS = 10**9


@dataclass(frozen=True)
class Effort:
    """How to look for a plan."""

    limits: Limits = field(default_factory=lambda: Limits(10.0))
    seed: int = 0
    engine: str = "own"
    is_own_process: bool = True  # of OR-Tools, which holds the interpreter lock all the while


def solve(problem: PdpProblem, effort: Effort) -> Plan:
    """Best plan found within the limits.

    Raises
    ------
    BadProblemError
        If the problem contradicts itself.
    """
    tables = make_tables(problem)
    if effort.engine == "ortools":
        return make_plan(problem, tables, _by_ortools(problem, tables, effort))
    searcher = Searcher(tables, fewest_vehicles=problem.fewest_vehicles, seed=effort.seed)
    return make_plan(problem, tables, searcher.run(effort.limits))


def _by_ortools(problem: PdpProblem, tables: Tables, effort: Effort) -> list[list[int]]:
    """Tasks by OR-Tools in a process of its own; none where it finds nothing.

    A vehicle costs as much as a hundred long ways where few of them matter most: enough to save
    some, not so much that the search freezes.
    """
    if problem.fewest_vehicles:
        rate = np.array(tables.rate)
        rate[:, FIXED] += 100 * float(tables.distance.max(initial=0)) * rate[:, PER_M]
        tables = tables._replace(rate=frozen(rate, np.float64))
    limits = effort.limits
    budget = Budget(limits.seconds, min(limits.iterations, MOST_SOLUTIONS), effort.seed)
    if effort.is_own_process:
        found = solve_in_process([(tables, (), budget)], limits.is_cancelled)[0]
    else:
        found = solve_rounds(tables, (), budget)
    return found or [[] for _ in problem.vehicles]
