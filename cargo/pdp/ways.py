"""Passengers who may go by vehicle, or by line with a vehicle or a walk before and after it.

The rides of all ways are requests of one problem, of which a plan drives some. Where two rides of
one way share a limit of time, the way stands there several times, each with another split of the
time to spare.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cargo.errors import BadProblemError
from cargo.kernels import ways as kernels
from cargo.kernels.steps import refresh
from cargo.kernels.stream import new_stream
from cargo.pdp.layout import CLOSES, OPENS, PLACE, Rounds, Tables
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import Plan, make_plan
from cargo.pdp.search import Limits
from cargo.pdp.state import empty_line, empty_rounds
from cargo.pdp.tables import make_tables
from cargo.pdp.ways_layout import BEST, DONE, KEPT, Ways, WaySearch
from routing.layout import NONE, Float64Array, Int32Array, frozen

HOTTEST, COLDEST = 0.05, 0.0005  # temperature as a share of a mean passenger's cost
CHUNK = 20  # iterations between two looks at the clock


@dataclass(frozen=True)
class Way:
    """One way to go: rides in order, each the id of a request, and what the rest costs."""

    rides: tuple[str, ...]
    cost: float = 0.0


@dataclass(frozen=True)
class Passenger:
    """Who may go in one of several ways, or is refused at a cost."""

    ways: tuple[Way, ...]
    refusal: float


@dataclass(frozen=True)
class WaysPlan:
    """Number of each passenger's way, or None, and the rounds of the rides that they take."""

    chosen: tuple[int | None, ...]
    plan: Plan
    cost: float


def solve_ways(
    problem: PdpProblem, passengers: Sequence[Passenger], price: float, limits: Limits, seed: int
) -> WaysPlan:
    """Choose ways and rounds together; a metre on board costs `price`, driving one costs `per_m`.

    Raises
    ------
    BadProblemError
        If the problem contradicts itself, or a way has more than two rides or an unknown one.
    """
    tables = make_tables(problem)
    ways = _ways(problem, tables, passengers, price)
    search = _empty_search(tables, ways, seed)
    now, kept, best = (empty_rounds(tables) for _ in range(3))
    line = empty_line(tables)
    for row in range(len(tables.vehicle)):
        for rounds in (now, kept, best):
            refresh(tables, rounds, line, row)
    kernels.improve_ways(tables, ways, now, kept, best, line, search, 0, 1.0)  # compiles
    begun, scale = time.process_time(), float(ways.refusal.mean()) if passengers else 0.0
    spent = 0.0
    while spent < 1 and not limits.is_cancelled() and passengers:
        heat = scale * HOTTEST * (COLDEST / HOTTEST) ** spent
        kernels.improve_ways(tables, ways, now, kept, best, line, search, CHUNK, heat)
        seconds = (time.process_time() - begun) / max(1e-9, limits.seconds)
        spent = max(seconds, int(search.tally[DONE]) / limits.iterations)
    return _answer(problem, ways, best, search)


def _ways(
    problem: PdpProblem, tables: Tables, passengers: Sequence[Passenger], price: float
) -> Ways:
    number = {request.id: r for r, request in enumerate(problem.requests)}
    rows, costs = [], []
    for one in passengers:
        for way in one.ways:
            unknown = [name for name in way.rides if name not in number]
            if unknown or len(way.rides) > 2:
                raise BadProblemError(
                    f"a way has the rides {', '.join(way.rides)}; at most two that are requests"
                )
            rides = [number[name] for name in way.rides]
            rows.append([*rides, *[NONE] * (2 - len(rides))])
            costs.append(way.cost)
    sizes = [len(one.ways) for one in passengers]
    first = frozen(np.cumsum([0, *sizes]))
    ride = frozen(np.reshape(np.array(rows, np.int64), (-1, 2)))
    return Ways(
        first, ride, frozen(costs, np.float64),
        frozen([one.refusal for one in passengers], np.float64),
        _related(tables, first, ride), float(price),
    )  # fmt: skip


def _related(tables: Tables, first: Int32Array, ride: Int32Array) -> Int32Array:
    """Passengers by how near their ends lie in space and time, each itself first."""
    n = len(first) - 1
    ends = np.zeros((n, 2), np.int64)
    middle = np.zeros(n)
    for passenger in range(n):
        rides = ride[first[passenger] : first[passenger + 1]]
        some = rides[rides[:, 0] != NONE]
        if len(some):
            tasks = tables.task[2 * some[0, 0] : 2 * some[0, 0] + 2]
            ends[passenger] = tasks[:, PLACE]
            middle[passenger] = tasks[:, [OPENS, CLOSES]].mean()
    way = tables.duration[0]
    apart: Float64Array = np.abs(middle[:, None] - middle[None, :])
    for end in range(2):
        apart = apart + way[np.ix_(ends[:, end], ends[:, end])]
    np.fill_diagonal(apart, -1.0)
    return frozen(np.argsort(apart, axis=1, kind="stable"))


def _empty_search(tables: Tables, ways: Ways, seed: int) -> WaySearch:
    n, shape = len(ways.refusal), (len(tables.request), len(tables.vehicle))
    total = float(ways.refusal.sum())
    values = np.zeros(2)
    values[[KEPT, BEST]] = total
    way, kept, best = (np.full(n, NONE, np.int32) for _ in range(3))
    return WaySearch(
        way=way,
        kept=kept,
        best=best,
        touched=np.zeros(shape[1], np.uint8),
        waiting=np.zeros(n, np.int32),
        guess=np.zeros(int(np.diff(ways.first_of_passenger).max(initial=0)) + 1),
        version=np.full(shape, NONE, np.int64),
        cost=np.zeros(shape),
        i=np.zeros(shape, np.int32),
        j=np.zeros(shape, np.int32),
        value=values,
        tally=np.array([0, len(tables.vehicle)], np.int64),
        stream=new_stream(seed),
    )


def _answer(problem: PdpProblem, ways: Ways, best: Rounds, search: WaySearch) -> WaysPlan:
    """The plan as a problem of the rides that are driven."""
    first = ways.first_of_passenger.tolist()
    chosen = tuple(
        None if way == NONE else way - first[who] for who, way in enumerate(search.best.tolist())
    )
    driven = [r for r in range(len(problem.requests)) if best.row[r] != NONE]
    place = {r: at for at, r in enumerate(driven)}
    alone = replace(problem, requests=tuple(problem.requests[r] for r in driven))
    tasks = [
        [2 * place[task >> 1] + (task & 1) for task in best.task[row, : best.size[row]].tolist()]
        for row in range(best.size.size)
    ]
    plan = make_plan(alone, make_tables(alone), tasks)
    return WaysPlan(chosen, plan, float(search.value[BEST]))
