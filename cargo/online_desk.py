"""Where one more request costs least in rounds that stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from cargo.kernels.anneal import best_round
from cargo.kernels.steps import refresh
from cargo.pdp.layout import CLOSES, INFINITE, OPENS, Line, Rounds, Tables
from cargo.pdp.model import PdpProblem, Request, Stop
from cargo.pdp.state import empty_rounds, empty_search
from cargo.pdp.tables import (
    Ways,
    amount_row,
    goods_column,
    make_tables,
    may_carry,
    request_row,
    task_rows,
)
from routing.layout import NONE

AnyArray = npt.NDArray[Any]
SPARE = Request(" ", Stop(0), Stop(0))


@dataclass(frozen=True)
class Offer:
    """The cheapest way to serve one more request; valid until the next event."""

    request: Request
    vehicle: str
    cost: float  # extra
    version: int  # of the state that it was made for
    i: int  # element after which the pickup goes
    j: int


class Desk:
    """Tables of a problem with the row of one request more, which each question overwrites."""

    def __init__(self, problem: PdpProblem, ways: Ways, rounds: Sequence[Sequence[int]]) -> None:
        self._problem = problem
        whole = replace(problem, requests=(*problem.requests, SPARE))
        tables = make_tables(whole, ways)
        self._task, self._request = np.array(tables.task), np.array(tables.request)
        self._amount, self._serves = np.array(tables.amount), np.array(tables.serves)
        self._goods = np.array(tables.goods)
        self.tables = tables._replace(
            task=_read_only(self._task), request=_read_only(self._request),
            amount=_read_only(self._amount), serves=_read_only(self._serves),
            goods=_read_only(self._goods),
        )  # fmt: skip
        self._search, self._rounds = (
            empty_search(tables, 0, is_bare=True, is_open=True),
            empty_rounds(tables),
        )
        self.is_drivable = [
            _fill(self.tables, self._rounds, self._search.line, row, tasks)
            for row, tasks in enumerate(rounds)
        ]

    def best(self, request: Request) -> tuple[float, int, int, int] | None:
        """Return (extra cost, vehicle, pickup after element i, delivery after element j)."""
        r, tables = len(self._problem.requests), self.tables
        rows = list(task_rows(request, self._problem, int(tables.slack.max())))
        if any(row[OPENS] > row[CLOSES] for row in rows) or not self._rounds.size.size:
            return None
        self._task[2 * r : 2 * r + 2] = rows
        self._request[r] = request_row(request)
        n, apart = self._problem.n_resources, self._problem.kept_apart
        self._amount[r] = amount_row(request, n, apart)
        self._goods[r] = goods_column(request, n, apart)
        self._serves[r] = [may_carry(request, vehicle) for vehicle in self._problem.vehicles]
        self._search.memo.key[:] = NONE  # that row meant another request before
        cost, row, i, j = best_round(tables, self._rounds, self._search, r, INFINITE)
        return None if row == NONE else (float(cost), int(row), int(i), int(j))


def _read_only(table: AnyArray) -> AnyArray:
    """The same memory in the form that kernels accept."""
    view = table.view()
    view.setflags(write=False)
    return view


def _fill(tables: Tables, rounds: Rounds, line: Line, row: int, tasks: Sequence[int]) -> bool:
    """Write a round; whether it can be driven."""
    rounds.size[row], rounds.task[row, : len(tasks)] = len(tasks), tasks
    rounds.row[[task >> 1 for task in tasks]] = row
    rounds.version[row] = row + 1
    return bool(refresh(tables, rounds, line, row))
