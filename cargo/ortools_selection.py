"""Whole choice among known ways by CP-SAT: one way for each consignment, room on every segment.

One worker takes turns between strategies, so that the answer depends on the seed and on the
deterministic time alone where that ends the search. Segments with the same ways on them are one
constraint.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cargo.columns import Column, Key
from cargo.event_layout import UNITS, Consignments
from cargo.ortools_watch import WatchLimits, watched
from routing.layout import NONE, Int32Array

COST_STEP = 100.0  # thousandths of the currency; less is not told apart


@dataclass(frozen=True)
class SelectionLimits:
    """When a choice ends."""

    seconds: float  # CPU s
    work: float  # deterministic s
    seed: int
    is_cancelled: Callable[[], bool]


class Left(NamedTuple):
    """What the chosen find on each hop."""

    room: Int32Array  # (n_hops, UNITS) that they may use together
    aboard: Int32Array  # (n_hops, n_classes) goods of each class that ride anyway


class Selection(NamedTuple):
    """Columns chosen, and what no choice among all of them undercuts."""

    columns: list[Column]
    bound: float  # refusals of consignments without a column not counted


def select(
    goods: Consignments,
    columns: Sequence[Column],
    left: Left,
    hint: set[Key],
    limits: SelectionLimits,
) -> Selection | None:
    """Choose columns of least cost; None where CP-SAT finds nothing in its time.

    Parameters
    ----------
    columns
        Those that have one may be refused instead; those without do not ride.
    left
        Room for them, and goods that they may have to keep apart from.
    hint
        Keys of columns to start from.
    """
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    picks = [model.new_bool_var("") for _ in columns]
    by_consignment: dict[int, list[int]] = {}
    for at, column in enumerate(columns):
        by_consignment.setdefault(column.consignment, []).append(at)
        model.add_hint(picks[at], column.key in hint)
    terms, weights = list(picks), [int(column.cost / COST_STEP) for column in columns]
    for one, rows in by_consignment.items():
        refused = model.new_bool_var("")
        model.add_exactly_one([refused, *(picks[at] for at in rows)])
        model.add_hint(refused, not any(columns[at].key in hint for at in rows))
        terms.append(refused)
        weights.append(int(goods.refusal[one] / COST_STEP))
    for found, amounts, has in _packings(goods, columns, left.room):
        load = cp_model.LinearExpr.weighted_sum([picks[at] for at in found], list(amounts))
        model.add(load <= has)
    _keep_apart(model, picks, goods, columns, left.aboard)
    model.minimize(cp_model.LinearExpr.weighted_sum(terms, weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.interleave_search = True
    solver.parameters.random_seed = limits.seed
    solver.parameters.max_deterministic_time = limits.work
    status = watched(solver, model, WatchLimits(limits.seconds, limits.is_cancelled))
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    chosen = [column for column, pick in zip(columns, picks, strict=True) if solver.value(pick)]
    return Selection(chosen, solver.best_objective_bound * COST_STEP)


def _keep_apart(
    model: Any, picks: Sequence[Any], goods: Consignments, columns: Sequence[Column],
    aboard: Int32Array,
) -> None:  # fmt: skip
    """No column on a hop beside goods that it must be kept apart from."""
    kind, apart = goods.goods, goods.apart
    on_hop: dict[int, dict[int, list[int]]] = {}
    for at, column in enumerate(columns):
        own = kind[column.consignment]
        if own == NONE:
            continue
        if any(aboard[hop][apart[own] != 0].any() for hop in column.hops):
            model.add(picks[at] == 0)
        for hop in column.hops:
            on_hop.setdefault(hop, {}).setdefault(int(own), []).append(at)
    meetings = {
        (tuple(rows), tuple(others))
        for by_class in on_hop.values()
        for one, rows in by_class.items()
        for other, others in by_class.items()
        if other <= one and apart[one, other]
    }
    for rows, others in sorted(meetings):
        if rows == others:
            model.add_at_most_one(picks[at] for at in rows)
            continue
        is_one = model.new_bool_var("")
        for some, literal in ((rows, is_one), (others, ~is_one)):
            for at in some:
                model.add_implication(picks[at], literal)


def _packings(
    goods: Consignments, columns: Sequence[Column], room: Int32Array
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], int]]:
    """(columns, amounts, room) wherever the columns on a hop could need more than there is."""
    on_hop: dict[int, list[int]] = {}
    for at, column in enumerate(columns):
        for hop in column.hops:
            on_hop.setdefault(hop, []).append(at)
    least: dict[tuple[int, tuple[int, ...]], int] = {}
    for hop, rows in on_hop.items():
        for unit in range(UNITS):
            key = unit, tuple(rows)
            least[key] = min(least.get(key, 2**31), int(room[hop, unit]))
    for (unit, found), has in least.items():
        amounts = tuple(int(goods.amount[columns[at].consignment, unit]) for at in found)
        most = {columns[at].consignment: amount for at, amount in zip(found, amounts, strict=True)}
        if sum(most.values()) > has:
            yield found, amounts, has
