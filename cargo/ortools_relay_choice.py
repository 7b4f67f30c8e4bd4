"""Courier rounds on given trucks that have room for whole parcels, by CP-SAT."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from cargo.ortools_watch import WatchLimits, watched
from cargo.relay.model import Relay
from cargo.relay.rounds import CourierOption
from cargo.relay.tours import TourOption

SCALE = 100_000  # whole units of a unit of cost


class Choice(NamedTuple):
    """Rounds that run, and what they and the trucks cost."""

    rounds: list[CourierOption]
    cost: float


class Chosen(NamedTuple):
    """Outcome of a choice among rounds; no choice where none was found."""

    choice: Choice | None
    bound: float
    is_settled: bool  # whether no choice is cheaper


def choose(
    relay: Relay,
    rounds: Sequence[CourierOption],
    trucks: Sequence[TourOption],
    reach: dict[int, int],
    below: float,
    limits: WatchLimits,
) -> Chosen:
    """Rounds of least cost that serve each customer once.

    Parameters
    ----------
    rounds
        Those that may be in an answer.
    trucks
        Tour of each truck that runs.
    below
        Only what costs less is looked for; the bound is no more than that.
    """
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in rounds]
    aboard = [[model.new_bool_var("") for _ in trucks] for _ in relay.customers]
    _serve(relay, model, rounds, picks)
    _load(relay, model, trucks, aboard)
    _join(model, rounds, picks, trucks, aboard, reach)
    _limit(relay, model, rounds, picks, trucks, aboard, reach)
    fixed = sum(truck.cost for truck in trucks)
    weights = [round(one.cost * SCALE) for one in rounds]
    cost = cp_model.LinearExpr.weighted_sum(picks, weights)
    if below < math.inf:
        model.add(cost < round((below - fixed) * SCALE))
    model.minimize(cost)
    solver = quick_solver()
    solver.parameters.linearization_level = 2
    status = watched(partial(solver.solve, model), solver.stop_search, limits)
    if status == cp_model.INFEASIBLE:
        return Chosen(None, below, True)
    slack = (len(relay.customers) + 1) / SCALE / 2  # of rounded costs
    bound = min(below, fixed + solver.best_objective_bound / SCALE - slack)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Chosen(None, bound, False)
    chosen = [one for one, pick in zip(rounds, picks, strict=True) if solver.value(pick)]
    total = fixed + sum(one.cost for one in chosen)
    return Chosen(Choice(chosen, total), min(bound, total), status == cp_model.OPTIMAL)


def quick_solver() -> Any:
    """CP-SAT on one thread; to find symmetries and to probe takes longer than it saves here."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.symmetry_level = 0
    solver.parameters.cp_model_probing_level = 0
    return solver


def _serve(relay: Relay, model: Any, rounds: Sequence[CourierOption], picks: Sequence[Any]) -> None:
    """One round for each customer, couriers enough for the rounds of a stop."""
    serving: list[list[Any]] = [[] for _ in relay.customers]
    leaving: dict[int, list[Any]] = {}
    for one, pick in zip(rounds, picks, strict=True):
        leaving.setdefault(one.stop, []).append(pick)
        for customer in one.customers:
            serving[customer].append(pick)
    for some in serving:
        model.add_exactly_one(some)
    for some in leaving.values():
        model.add(sum(some) <= relay.n_couriers)


def _load(
    relay: Relay, model: Any, trucks: Sequence[TourOption], aboard: Sequence[Sequence[Any]]
) -> None:
    """One truck for each parcel, with room for it."""
    for ways in aboard:
        model.add_exactly_one(ways)
    for truck in range(len(trucks)):
        load = sum(
            customer.demand * ways[truck]
            for customer, ways in zip(relay.customers, aboard, strict=True)
        )
        model.add(load <= relay.truck_capacity)


def _join(
    model: Any,
    rounds: Sequence[CourierOption],
    picks: Sequence[Any],
    trucks: Sequence[TourOption],
    aboard: Sequence[Sequence[Any]],
    reach: dict[int, int],
) -> None:
    """A truck brings a parcel only where it reaches a line to the stop of its round."""
    for customer, ways in enumerate(aboard):
        serving = [
            (reach[one.stop], pick)
            for one, pick in zip(rounds, picks, strict=True)
            if customer in one.customers
        ]
        for truck, way in zip(trucks, ways, strict=True):
            fitting = [pick for lines, pick in serving if lines & truck.lines]
            if len(fitting) < len(serving):
                model.add_bool_or([*fitting, way.negated()])


def _limit(
    relay: Relay,
    model: Any,
    rounds: Sequence[CourierOption],
    picks: Sequence[Any],
    trucks: Sequence[TourOption],
    aboard: Sequence[Sequence[Any]],
    reach: dict[int, int],
) -> None:
    """Calls of a truck hand over no more than they can to any lines together."""
    for at, truck in enumerate(trucks):
        for some, most in truck.limits:
            loads = []
            for customer, (one, ways) in enumerate(zip(relay.customers, aboard, strict=True)):
                inside = [
                    pick
                    for pick, option in zip(picks, rounds, strict=True)
                    if customer in option.customers and not reach[option.stop] & truck.lines & ~some
                ]
                if inside:
                    counts = model.new_bool_var("")
                    model.add(counts >= ways[at] + sum(inside) - 1)
                    loads.append(one.demand * counts)
            model.add(sum(loads) <= most)
