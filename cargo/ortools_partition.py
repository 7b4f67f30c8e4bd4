"""Choice among known rounds that serves every request once, at least cost: set partitioning.

GLOP solves the linear program on few rounds and more are added while they have a negative reduced
cost; rounds whose reduced cost alone bridges the gap to a known plan can be in no better one [1]_.
CP-SAT chooses among those that are left.

.. [1] Gschwind, Drexl: Adaptive large neighborhood search with a constant-time feasibility test
   for the dial-a-ride problem, Transportation Science 53 (2019), section 4.5.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from cargo.ortools_watch import WatchLimits, watched
from routing.layout import Float64Array, Int32Array, Int64Array

FIRST, MORE = 400, 300  # rounds that the linear program begins with, and gets at most each time
SCALE = 1e4  # of the known cost in the linear program
LONGEST = 0.5  # deterministic s of one solve of the linear program
WORK = 2.0  # deterministic s of the choice, at most
AMONG = (600, 1500, 4000)  # rounds that CP-SAT chooses among, more where fewer do not suffice
STEPS = 10**9  # whole numbers that the known cost is cut into
TOLERANCE = 1e-6


class KnownRounds(NamedTuple):
    """Rounds to choose among."""

    cost: Float64Array  # (n,)
    kind: Int32Array  # (n,) of vehicle
    first: Int64Array  # (n + 1,) entry of `request`
    request: Int32Array  # (n_entries,)


class Demand(NamedTuple):
    """What the choice must keep to."""

    penalty: Float64Array  # (n_requests,) cost of serving it by no round
    vehicles: Int64Array  # (n_kinds,) that may be used
    known: float  # cost of a plan that is known, penalties included


def choose_rounds(
    rounds: KnownRounds, demand: Demand, limits: WatchLimits
) -> tuple[list[int] | None, Int64Array]:
    """Rounds of a cheaper plan than the known one, or None, and rounds that are in no such plan."""
    prices = _prices(rounds, demand, limits) if demand.known > 0 else None
    if prices is None:
        return None, np.zeros(0, np.int64)
    bound, reduced = prices
    gap = demand.known - bound
    useless = np.flatnonzero(reduced >= gap)
    if gap <= TOLERANCE * abs(demand.known):
        return None, useless
    usable = np.argsort(reduced, kind="stable")[: len(reduced) - len(useless)]
    for most in AMONG:
        chosen = _choose(rounds, demand, usable[:most], limits)
        if chosen is not None or most >= len(usable) or limits.is_over():
            return chosen, useless
    return None, useless


def _prices(
    rounds: KnownRounds, demand: Demand, limits: WatchLimits
) -> tuple[float, Float64Array] | None:
    """Optimum of the linear program over all rounds, and the reduced cost of each."""
    from ortools.linear_solver import pywraplp

    solver: Any = pywraplp.Solver.CreateSolver("GLOP")
    solver.SetSolverSpecificParametersAsString(f"max_deterministic_time: {LONGEST}")
    infinity, scale = solver.infinity(), SCALE / demand.known
    objective = solver.Objective()
    objective.SetMinimization()
    rows = [solver.Constraint(1.0, 1.0) for _ in demand.penalty]
    kinds = [solver.Constraint(-infinity, float(most)) for most in demand.vehicles.tolist()]
    for row, penalty in zip(rows, np.minimum(demand.penalty, demand.known).tolist(), strict=True):
        left = solver.NumVar(0.0, infinity, "")
        row.SetCoefficient(left, 1.0)
        objective.SetCoefficient(left, scale * penalty)
    size = np.diff(rounds.first)
    new = np.argsort(rounds.cost / size, kind="stable")[:FIRST]
    is_in = np.zeros(len(size), np.bool_)
    while True:
        for at in new.tolist():
            share = solver.NumVar(0.0, infinity, "")
            objective.SetCoefficient(share, scale * float(rounds.cost[at]))
            kinds[rounds.kind[at]].SetCoefficient(share, 1.0)
            for request in rounds.request[rounds.first[at] : rounds.first[at + 1]].tolist():
                rows[request].SetCoefficient(share, 1.0)
        is_in[new] = True
        if limits.is_over() or solver.Solve() != solver.OPTIMAL:
            return None
        price = np.array([row.dual_value() for row in rows]) / scale
        toll = np.array([row.dual_value() for row in kinds]) / scale
        reduced = rounds.cost - toll[rounds.kind]
        reduced -= np.add.reduceat(price[rounds.request], rounds.first[:-1])
        cheap = np.flatnonzero((reduced < -TOLERANCE * rounds.cost) & ~is_in)
        if not cheap.size:
            return float(objective.Value()) / scale, np.maximum(reduced, 0.0)
        new = cheap[np.argsort(reduced[cheap], kind="stable")][:MORE]


def _choose(
    rounds: KnownRounds, demand: Demand, usable: Int64Array, limits: WatchLimits
) -> list[int] | None:
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in usable]
    serving: list[list[Any]] = [[] for _ in demand.penalty]
    driving: list[list[Any]] = [[] for _ in demand.vehicles]
    for pick, at in zip(picks, usable.tolist(), strict=True):
        driving[rounds.kind[at]].append(pick)
        for request in rounds.request[rounds.first[at] : rounds.first[at + 1]].tolist():
            serving[request].append(pick)
    step = max(demand.known, TOLERANCE) / STEPS
    terms, weights = list(picks), [round(cost / step) for cost in rounds.cost[usable].tolist()]
    for some, penalty in zip(serving, demand.penalty.tolist(), strict=True):
        if penalty >= demand.known:
            model.add_exactly_one(some)
            continue
        left = model.new_bool_var("")
        model.add_exactly_one([*some, left])
        terms.append(left)
        weights.append(round(penalty / step))
    for some, most in zip(driving, demand.vehicles.tolist(), strict=True):
        model.add(sum(some) <= most)
    cost = cp_model.LinearExpr.weighted_sum(terms, weights)
    model.add(cost < STEPS)
    model.minimize(cost)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = WORK
    status = watched(partial(solver.solve, model), solver.stop_search, limits)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    return [at for at, pick in zip(usable.tolist(), picks, strict=True) if solver.value(pick)]
