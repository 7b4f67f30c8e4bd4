"""Whole choice among known ways by SCIP: one way for each consignment, room on every segment.

The linear relaxation of this choice is tight, which branch and cut makes use of. Segments with the
same ways on them are one constraint. One thread works, so that the answer depends on the seed and
on the number of nodes alone where that ends the search.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from cargo.columns import Column, Key
from cargo.event_layout import UNITS, Consignments
from cargo.ortools_watch import WatchLimits, watched
from routing.layout import NONE, Int32Array

COST_STEP = 1000.0  # thousandths of the currency, for numbers of a size that SCIP likes
HALF = 0.5
PARAMETERS = (
    "limits/totalnodes = {nodes}\n"
    "randomization/randomseedshift = {seed}\n"
    "numerics/feastol = 1e-9\n"  # of a bay's room: not a litre of 100 million more
)


@dataclass(frozen=True)
class SelectionLimits:
    """When a choice ends."""

    seconds: float  # CPU s
    nodes: int  # of the tree; -1: any number
    seed: int
    is_cancelled: Callable[[], bool]


class Left(NamedTuple):
    """What the chosen find on each hop."""

    room: Int32Array  # (n_hops, UNITS) that they may use together
    aboard: Int32Array  # (n_hops, n_classes) goods of each class that ride anyway


class Selection(NamedTuple):
    """Columns chosen, and what no choice among all of them undercuts."""

    columns: list[Column]
    bound: float  # cost of all consignments


def select(
    goods: Consignments,
    columns: Sequence[Column],
    left: Left,
    hint: set[Key],
    limits: SelectionLimits,
) -> Selection | None:
    """Choose columns of least cost; None where SCIP finds nothing in its time.

    Parameters
    ----------
    columns
        Those that have one may be refused instead; those without do not ride.
    left
        Room for them, and goods that they may have to keep apart from.
    hint
        Keys of columns to start from.
    """
    from ortools.linear_solver import pywraplp

    solver: Any = pywraplp.Solver.CreateSolver("SCIP")
    parameters = PARAMETERS.format(nodes=limits.nodes, seed=limits.seed % 2**31)
    if not solver.SetSolverSpecificParametersAsString(parameters):
        raise ValueError(f"SCIP does not know these parameters: {parameters}")
    picks = [solver.BoolVar("") for _ in columns]
    start = [float(column.key in hint) for column in columns]
    objective, by_consignment = solver.Objective(), dict[int, list[int]]()
    for at, column in enumerate(columns):
        objective.SetCoefficient(picks[at], column.cost / COST_STEP)
        by_consignment.setdefault(column.consignment, []).append(at)
    terms = list(picks)
    for one, rows in by_consignment.items():
        refused = solver.BoolVar("")
        objective.SetCoefficient(refused, float(goods.refusal[one]) / COST_STEP)
        _row(solver, 1.0, [(refused, 1), *((picks[at], 1) for at in rows)], least=1.0)
        terms.append(refused)
        start.append(1.0 - sum(start[at] for at in rows))
    idle = set(range(goods.refusal.size)) - by_consignment.keys()
    objective.SetOffset(float(goods.refusal[sorted(idle)].sum()) / COST_STEP)
    for found, amounts, has in _packings(goods, columns, left.room):
        _row(solver, float(has), zip((picks[at] for at in found), amounts, strict=True))
    _keep_apart(solver, picks, goods, columns, left.aboard)
    solver.SetHint(terms, start)
    objective.SetMinimization()
    exact = pywraplp.MPSolverParameters()
    exact.SetDoubleParam(exact.RELATIVE_MIP_GAP, 0.0)
    watch = WatchLimits(limits.seconds, limits.is_cancelled)
    status = watched(partial(solver.Solve, exact), solver.InterruptSolve, watch)
    if status not in {solver.OPTIMAL, solver.FEASIBLE}:
        return None
    chosen = [one for one, pick in zip(columns, picks, strict=True) if pick.solution_value() > HALF]
    return Selection(chosen, objective.BestBound() * COST_STEP)


def _row(
    solver: Any, most: float, terms: Iterable[tuple[Any, int]], least: float | None = None
) -> None:
    """Add a constraint on a weighted sum."""
    row = solver.Constraint(-solver.infinity() if least is None else least, most)
    for variable, weight in terms:
        row.SetCoefficient(variable, float(weight))


def _keep_apart(
    solver: Any, picks: Sequence[Any], goods: Consignments, columns: Sequence[Column],
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
            picks[at].SetUb(0.0)
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
            _row(solver, 1.0, [(picks[at], 1) for at in rows])
            continue
        is_one = solver.BoolVar("")  # whether rows may be picked, or else the others
        for at in rows:
            _row(solver, 0.0, [(picks[at], 1), (is_one, -1)])
        for at in others:
            _row(solver, 1.0, [(picks[at], 1), (is_one, 1)])


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
