"""Restricted master of the column generation: which mix of known ways costs least, by GLOP.

Rows of room are added when the mix breaks them, so most segments of a day never enter. All prices
are read at once, because a price that is read after a change is of no solved program.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cargo.columns import Column
from cargo.event_layout import UNITS, Consignments
from routing.layout import Float64Array, Int32Array

TOLERANCE = 1e-6
PARAMETERS = "use_preprocessing: false use_dual_simplex: false"


class MasterFailedError(RuntimeError):
    """GLOP gave no optimum: our fault, not the input's."""


class Mix(NamedTuple):
    """A solved master."""

    value: float
    price: Float64Array  # (n,) what one more of each consignment would cost
    toll: Float64Array  # (n_hops, UNITS) >= 0, what a unit less of room would cost
    share: Float64Array  # (n_columns,)


class Master:
    """A linear program that grows by columns and by rows of room."""

    def __init__(self, goods: Consignments, room: Int32Array) -> None:
        from ortools.linear_solver import pywraplp

        self._goods, self._room = goods, room
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(PARAMETERS)
        self._objective = self._solver.Objective()
        self._objective.SetMinimization()
        self._infinity = self._solver.infinity()
        self._of_consignment: list[Any] = []
        self._of_room: dict[tuple[int, int], Any] = {}
        self._using: dict[int, list[int]] = {}  # hop → columns
        self._columns: list[Column] = []
        self._shares: list[Any] = []
        for cost in goods.refusal.tolist():
            row = self._solver.Constraint(1.0, 1.0)
            refused = self._solver.NumVar(0.0, self._infinity, "")
            row.SetCoefficient(refused, 1.0)
            self._objective.SetCoefficient(refused, cost)
            self._of_consignment.append(row)

    def add(self, columns: Sequence[Column]) -> None:
        """Add ways that can be chosen."""
        for column in columns:
            share = self._solver.NumVar(0.0, self._infinity, "")
            self._of_consignment[column.consignment].SetCoefficient(share, 1.0)
            self._objective.SetCoefficient(share, column.cost)
            amount = self._goods.amount[column.consignment].tolist()
            for hop in column.hops:
                self._using.setdefault(hop, []).append(len(self._columns))
                for unit in range(UNITS):
                    if row := self._of_room.get((hop, unit)):
                        row.SetCoefficient(share, float(amount[unit]))
            self._columns.append(column)
            self._shares.append(share)

    def solve(self) -> Mix:
        """Best mix; rows that it breaks are added until it breaks none.

        Raises
        ------
        MasterFailedError
            If GLOP ends without an optimum.
        """
        while True:
            if self._solver.Solve() != self._solver.OPTIMAL:
                msg = "the linear program of the timetable was not solved"
                raise MasterFailedError(msg)
            shares = np.array([share.solution_value() for share in self._shares])
            broken = self._broken(shares)
            if not broken:
                return self._mix(shares)
            for hop, unit in broken:
                self._add_row(hop, unit)

    def _broken(self, shares: Float64Array) -> list[tuple[int, int]]:
        """Hops and units that the mix needs more of than there is."""
        load = np.zeros(self._room.shape, np.float64)
        for at in np.flatnonzero(shares > TOLERANCE).tolist():
            column = self._columns[at]
            load[list(column.hops)] += shares[at] * self._goods.amount[column.consignment]
        over = np.argwhere(load > self._room + 1e-4)
        return [(hop, unit) for hop, unit in over.tolist() if (hop, unit) not in self._of_room]

    def _add_row(self, hop: int, unit: int) -> None:
        row = self._solver.Constraint(-self._infinity, float(self._room[hop, unit]))
        self._of_room[hop, unit] = row
        for at in self._using[hop]:
            amount = int(self._goods.amount[self._columns[at].consignment, unit])
            row.SetCoefficient(self._shares[at], float(amount))

    def _mix(self, shares: Float64Array) -> Mix:
        price = np.array([row.dual_value() for row in self._of_consignment], np.float64)
        toll = np.zeros(self._room.shape, np.float64)
        for (hop, unit), row in self._of_room.items():
            toll[hop, unit] = max(0.0, -row.dual_value())
        return Mix(float(self._objective.Value()), price, toll, shares)
