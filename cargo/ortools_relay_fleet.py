"""Which truck tours to run: branch and bound on how many trucks make each, by GLOP.

The linear program mixes courier rounds freely, keeps couriers of each stop, serves each customer
once, and sends what rounds carry over tours that reach a line of their stop, within what their
calls can hand over. Times and room on single runs are left out, so its value is a lower bound.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cargo.ortools_master import MasterFailedError
from cargo.ortools_watch import WatchLimits
from cargo.relay.model import Relay
from cargo.relay.rounds import CourierOption
from cargo.relay.tours import TourOption

TOLERANCE = 1e-6
PARAMETERS = "use_preprocessing: false use_dual_simplex: true"

Bounds = tuple[tuple[int, int], ...]  # fewest and most trucks: in all, at each line, on each tour


class Fleet(NamedTuple):
    """Whole numbers of trucks, and what no plan with them undercuts."""

    trucks: tuple[int, ...]  # on each tour
    value: float  # of the linear program
    bound: float  # the same, rounded up where all costs are whole
    price: tuple[float, ...]  # reduced cost of each courier round


class FleetSearch:
    """Fleets in order of their bounds; `bound` holds for all that are still to come."""

    def __init__(
        self,
        relay: Relay,
        rounds: Sequence[CourierOption],
        tours: Sequence[TourOption],
        reach: dict[int, int],
    ) -> None:
        from ortools.linear_solver import pywraplp

        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SetSolverSpecificParametersAsString(PARAMETERS)
        self._is_integral = relay.is_whole and relay.courier_cost.is_integer()
        self._tours = [self._solver.NumVar(0.0, float(relay.n_trucks), "") for _ in tours]
        self._rounds = [self._solver.NumVar(0.0, 1.0, "") for _ in rounds]
        objective = self._solver.Objective()
        objective.SetMinimization()
        costs = [*(one.cost for one in tours), *(one.cost for one in rounds)]
        for share, cost in zip((*self._tours, *self._rounds), costs, strict=True):
            objective.SetCoefficient(share, cost)
        masks = [-1, *(1 << at for at in range(len(relay.lines)))]
        self._counted = [
            [at for at, tour in enumerate(tours) if tour.lines & mask] for mask in masks
        ]
        self._counts = [self._solver.Constraint(0.0, float(relay.n_trucks)) for _ in masks]
        for row, counted in zip(self._counts, self._counted, strict=True):
            for at in counted:
                row.SetCoefficient(self._tours[at], 1.0)
        self._serve(relay, rounds)
        self._carry(relay, rounds, tours, reach)
        self._open: list[tuple[float, int, Bounds]] = []
        self._n_seen = 0
        total = sum(one.demand for one in relay.customers)
        fleet = (math.ceil(total / relay.truck_capacity), relay.n_trucks)
        root: Bounds = (fleet, *[(0, relay.n_trucks)] * (len(relay.lines) + len(tours)))
        if fleet[0] <= fleet[1]:
            self._push(self._solve(root), root)

    def _serve(self, relay: Relay, rounds: Sequence[CourierOption]) -> None:
        """One round for each customer, couriers enough for the rounds of a stop."""
        served = [self._solver.Constraint(1.0, 1.0) for _ in relay.customers]
        couriers = {
            stop: self._solver.Constraint(0.0, float(relay.n_couriers))
            for stop in sorted({one.stop for one in rounds})
        }
        for share, one in zip(self._rounds, rounds, strict=True):
            couriers[one.stop].SetCoefficient(share, 1.0)
            for customer in one.customers:
                served[customer].SetCoefficient(share, 1.0)

    def _carry(
        self,
        relay: Relay,
        rounds: Sequence[CourierOption],
        tours: Sequence[TourOption],
        reach: dict[int, int],
    ) -> None:
        """What rounds need comes by trucks that reach a line to their stop."""
        infinity = self._solver.infinity()
        carried = {
            lines: self._solver.Constraint(0.0, 0.0)
            for lines in sorted({reach[one.stop] for one in rounds})
        }
        for share, one in zip(self._rounds, rounds, strict=True):
            load = sum(relay.customers[at].demand for at in one.customers)
            carried[reach[one.stop]].SetCoefficient(share, float(load))
        for trucks, tour in zip(self._tours, tours, strict=True):
            room = {-1: relay.truck_capacity, **dict(tour.limits)}
            rows = {some: self._solver.Constraint(-infinity, 0.0) for some in room}
            for some, row in rows.items():
                row.SetCoefficient(trucks, -float(room[some]))
            for lines, flow in carried.items():
                if lines & tour.lines:
                    brought = self._solver.NumVar(0.0, infinity, "")
                    flow.SetCoefficient(brought, -1.0)
                    for some, row in rows.items():
                        if not lines & tour.lines & ~some:
                            row.SetCoefficient(brought, 1.0)

    @property
    def bound(self) -> float:
        """What no fleet that is still to come undercuts."""
        return self._open[0][0] if self._open else math.inf

    def fleets(self, limits: WatchLimits) -> Iterator[Fleet]:
        """Fleets of whole trucks, the least bound first."""
        while self._open and not limits.is_over():
            _, _, bounds = self._open[0]
            value = self._solve(bounds)
            shares = [share.solution_value() for share in self._tours]
            at, share = self._split(shares)
            if at is None:
                trucks = tuple(round(share) for share in shares)
                price = tuple(share.reduced_cost() for share in self._rounds)
                heapq.heappop(self._open)
                yield Fleet(trucks, value, self._rounded(value), price)
                self._exclude(bounds, trucks)
                continue
            heapq.heappop(self._open)
            low, high = bounds[at]
            cut = math.floor(share)
            for part in ((low, cut), (cut + 1, high)):
                child = (*bounds[:at], part, *bounds[at + 1 :])
                self._push(self._solve(child), child)

    def _split(self, shares: Sequence[float]) -> tuple[int | None, float]:
        """What to branch on: the most broken count of trucks, else the most broken tour."""
        counts = [sum(shares[at] for at in counted) for counted in self._counted]
        for first, some in ((0, counts), (len(counts), shares)):
            broken = [min(share % 1.0, 1.0 - share % 1.0) for share in some]
            at = max(range(len(broken)), key=broken.__getitem__)
            if broken[at] > TOLERANCE:
                return first + at, some[at]
        return None, 0.0

    def _exclude(self, bounds: Bounds, trucks: tuple[int, ...]) -> None:
        """Go on with all other fleets within the bounds."""
        kept = list(bounds)
        for at, n in enumerate(trucks, start=len(self._counts)):
            low, high = kept[at]
            for part in ((low, n - 1), (n + 1, high)):
                if part[0] <= part[1]:
                    child = (*kept[:at], part, *kept[at + 1 :])
                    self._push(self._solve(child), child)
            kept[at] = (n, n)

    def _push(self, value: float, bounds: Bounds) -> None:
        if value < math.inf:
            self._n_seen += 1
            heapq.heappush(self._open, (self._rounded(value), self._n_seen, bounds))

    def _rounded(self, value: float) -> float:
        return math.ceil(value - TOLERANCE) if self._is_integral else value

    def _solve(self, bounds: Bounds) -> float:
        for share, (low, high) in zip((*self._counts, *self._tours), bounds, strict=True):
            share.SetBounds(float(low), float(high))
        status = self._solver.Solve()
        if status == self._solver.INFEASIBLE:
            return math.inf
        if status != self._solver.OPTIMAL:
            msg = "the linear program of the fleet was not solved"
            raise MasterFailedError(msg)
        return float(self._solver.Objective().Value())
