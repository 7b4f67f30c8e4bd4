"""Vehicle rounds by the routing solver of OR-Tools: a pickup-and-delivery problem with windows.

Traps that this model avoids: transit matrices instead of Python callbacks; a disjunction for each
pair, because insertion heuristics find nothing on tight fleets without; fixed costs as they are,
because a huge one freezes guided local search; a limit of solutions besides that of CPU time.
Goods that must be kept apart are types of visits that exclude each other on board.
"""

import itertools
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cargo.pdp.layout import (
    CLOSES,
    DELIVERY_ONLY,
    END,
    FIXED,
    FROM,
    IS_PASSENGER,
    LONGEST,
    MAX_RIDE,
    MOST_TASKS,
    OPENS,
    PAIR,
    PER_M,
    PER_S,
    PLACE,
    PROFILE,
    SERVICE,
    SHAPE,
    START,
    UNTIL,
    Tables,
)
from cargo.pdp.state import real_tasks
from routing.layout import NONE, UNREACHED, Int32Array, Int64Array

FAR = 2**40  # of a way; no round is so long or so dear
MOST_PENALTY = 10**15
WALL_FACTOR = 8  # wall time may pass CPU time by this, on a loaded machine
LNS_OPERATORS = (
    "use_relocate_path_global_cheapest_insertion_insert_unperformed",
    "use_global_cheapest_insertion_path_lns",
    "use_local_cheapest_insertion_path_lns",
    "use_global_cheapest_insertion_close_nodes_lns",
    "use_local_cheapest_insertion_close_nodes_lns",
    "use_global_cheapest_insertion_expensive_chain_lns",
    "use_local_cheapest_insertion_expensive_chain_lns",
)


class Budget(NamedTuple):
    """Limits of one solve."""

    seconds: float  # CPU s
    solutions: int
    seed: int


class Model:
    """The routing model of one problem; nodes are the tasks that are driven to, then the ends."""

    def __init__(self, tables: Tables) -> None:
        from ortools.constraint_solver import pywrapcp

        self.tables = tables
        self.n_rounds = len(tables.vehicle)
        self.tasks = np.flatnonzero(real_tasks(tables))
        self._node = {int(task): node for node, task in enumerate(self.tasks)}
        ends, at = np.unique(tables.vehicle[:, [START, END]], return_inverse=True)
        starts, stops = (len(self.tasks) + at.reshape(-1, 2)).T.tolist()
        self._places = np.concatenate([tables.task[self.tasks, PLACE], ends])
        self._service = np.concatenate([tables.task[self.tasks, SERVICE], np.zeros(len(ends), int)])
        self.manager = pywrapcp.RoutingIndexManager(len(self._places), self.n_rounds, starts, stops)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self._n_pairs = 0
        self._add_costs()
        self._add_time()
        self._add_loads()
        self._keep_apart()
        for r in range(len(tables.request)):
            self._add_request(r)

    def solve(self, start: Sequence[Sequence[int]], budget: Budget) -> list[list[int]] | None:
        """Return the tasks of each round; None where nothing was found."""
        from ortools.constraint_solver import pywrapcp

        routing = self.routing
        parameters = _parameters(pywrapcp, budget)
        routing.solver().ReSeed(budget.seed % 2**31)
        routing.CloseModelWithParameters(parameters)
        ends_at = time.process_time() + budget.seconds
        routing.AddSearchMonitor(
            routing.solver().CustomLimit(lambda: time.process_time() > ends_at)
        )
        if any(len(row) for row in start):
            nodes = [[self._node[task] for task in row] for row in start]
            given = routing.ReadAssignmentFromRoutes(nodes, True)
            solution = routing.SolveFromAssignmentWithParameters(given, parameters)
        else:
            solution = routing.SolveWithParameters(parameters)
        return None if solution is None else self._tasks(solution)

    def _matrix(self, table: Int32Array, service: Int64Array | int = 0) -> list[list[int]]:
        """Values between nodes, as the list of lists that OR-Tools wants."""
        wide = table[np.ix_(self._places, self._places)].astype(np.int64)
        rows: list[list[int]] = (np.minimum(wide, FAR) + service).tolist()
        return rows

    def _add_costs(self) -> None:
        evaluators: dict[tuple[int, float], int] = {}
        for row in range(self.n_rounds):
            profile, per_m = int(self.tables.vehicle[row, PROFILE]), self.tables.rate[row, PER_M]
            if (profile, per_m) not in evaluators:
                costs = np.rint(self.tables.distance[profile] * per_m).astype(np.int64)
                evaluators[profile, per_m] = self.routing.RegisterTransitMatrix(self._matrix(costs))
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[profile, per_m], row)
            self.routing.SetFixedCostOfVehicle(round(float(self.tables.rate[row, FIXED])), row)

    def _add_time(self) -> None:
        tables, routing, service = self.tables, self.routing, self._service[:, None]
        transits = [
            routing.RegisterTransitMatrix(self._matrix(t, service)) for t in tables.duration
        ]
        horizon = int(tables.vehicle[:, UNTIL].max(initial=0))
        routing.AddDimensionWithVehicleTransits(
            [transits[profile] for profile in tables.vehicle[:, PROFILE]],
            horizon, horizon, False, "time",
        )  # fmt: skip
        self.time = routing.GetDimensionOrDie("time")
        for row in range(self.n_rounds):
            opens, closes = tables.vehicle[row, [FROM, UNTIL]].tolist()
            self.time.CumulVar(routing.Start(row)).SetRange(opens, closes)
            self.time.CumulVar(routing.End(row)).SetRange(opens, closes)
            self.time.SetSpanCostCoefficientForVehicle(round(float(tables.rate[row, PER_S])), row)
            if tables.vehicle[row, LONGEST] < UNREACHED:
                self.time.SetSpanUpperBoundForVehicle(int(tables.vehicle[row, LONGEST]), row)
            routing.AddVariableMinimizedByFinalizer(self.time.CumulVar(routing.End(row)))
            self._add_pauses(row)

    def _add_pauses(self, row: int) -> None:
        first, last = self.tables.first_pause[row : row + 2].tolist()
        solver = self.routing.solver()
        intervals = [
            solver.FixedDurationIntervalVar(since, until, length, False, f"pause {row}")
            for since, until, length, _ in self.tables.pause[first:last].tolist()
        ]
        if intervals:
            visits = [*self._service.tolist(), *[0] * (2 * self.n_rounds)]
            self.time.SetBreakIntervalsOfVehicle(intervals, row, visits)

    def _add_loads(self) -> None:
        """Loads; passengers count as one more where parcels must not meet them."""
        tables, n = self.tables, len(self._places)
        units = ~tables.apart.any(axis=1) if tables.apart.size else slice(None)
        amounts, rooms = tables.amount.T[units], tables.capacity.T[units]
        if tables.is_parted:
            amounts = np.vstack([amounts, tables.request[:, IS_PASSENGER]])
            rooms = np.vstack([rooms, np.full(self.n_rounds, len(tables.request))])
        shape = tables.request[self.tasks >> 1, SHAPE]
        sign = np.where(self.tasks & 1, -1, 1)
        given = shape == DELIVERY_ONLY  # on board from the start
        for resource, (amount, room) in enumerate(zip(amounts, rooms, strict=True)):
            steps = amount[self.tasks >> 1] * sign
            name = f"load {resource}"
            self._add_steps(steps, room, not given.any(), name)
            if given.any():
                self._add_steps(np.where(given, -steps, 0), room, True, f"given {resource}")
                for row in range(self.n_rounds):
                    start, end = self.routing.Start(row), self.routing.End(row)
                    loads, ends = (
                        self.routing.GetDimensionOrDie(key) for key in (name, f"given {resource}")
                    )
                    self.routing.solver().Add(loads.CumulVar(start) == ends.CumulVar(end))
        if tables.is_parted:
            riders = self.routing.GetDimensionOrDie(f"load {len(amounts) - 1}")
            for node, task in enumerate(self.tasks):
                if not tables.request[task >> 1, IS_PASSENGER]:
                    riders.CumulVar(self.manager.NodeToIndex(node)).SetMax(0)
        most = np.minimum(tables.vehicle[:, MOST_TASKS], n)
        if (most < n).any():
            self._add_steps(np.ones(len(self.tasks), int), most, True, "tasks")

    def _keep_apart(self) -> None:
        """Visits have types: classes of goods; those on board from the start are apart all day.

        Types have to be numbered without gaps: others end in memory that is not theirs.
        """
        tables, routing, n = self.tables, self.routing, len(self.tables.apart)
        owner = self.tasks >> 1
        kept = np.flatnonzero(tables.goods[owner] != NONE)
        is_given = tables.request[owner, SHAPE] == DELIVERY_ONLY
        kinds, number = np.unique((tables.goods[owner] + n * is_given)[kept], return_inverse=True)
        for node, kind in zip(kept.tolist(), number.tolist(), strict=True):
            leaves = bool(self.tasks[node] & 1) and not is_given[node]
            policies = routing.TYPE_ADDED_TO_VEHICLE, routing.ADDED_TYPE_REMOVED_FROM_VEHICLE
            routing.SetVisitType(self.manager.NodeToIndex(node), kind, policies[leaves])
        for one, other in itertools.combinations_with_replacement(range(len(kinds)), 2):
            if tables.apart[kinds[one] % n, kinds[other] % n]:
                if max(kinds[one], kinds[other]) < n:
                    routing.AddTemporalTypeIncompatibility(one, other)
                else:
                    routing.AddHardTypeIncompatibility(one, other)

    def _add_steps(self, steps: Int64Array, room: Int32Array, is_zero: bool, name: str) -> None:
        padded = [*steps.tolist(), *[0] * (len(self._places) - len(steps))]
        evaluator = self.routing.RegisterUnaryTransitVector(padded)
        self.routing.AddDimensionWithVehicleCapacity(evaluator, 0, room.tolist(), is_zero, name)

    def _add_request(self, r: int) -> None:
        tables, routing = self.tables, self.routing
        tasks = [task for task in (2 * r, 2 * r + 1) if task in self._node]
        nodes = [self.manager.NodeToIndex(self._node[task]) for task in tasks]
        allowed = np.flatnonzero(tables.serves[r]).tolist()
        if not allowed or self._is_hopeless(r):  # its constraints would hold even where dropped
            for node in nodes:
                routing.AddDisjunction([node], 0)
                routing.VehicleVar(node).SetValues([-1])
            return
        for task, node in zip(tasks, nodes, strict=True):
            self.time.CumulVar(node).SetRange(*tables.task[task, [OPENS, CLOSES]].tolist())
            routing.VehicleVar(node).SetValues([-1, *allowed])
        if len(nodes) == 2:
            self._add_pair(r, *nodes)
        penalty = int(min(tables.penalty[r], MOST_PENALTY))
        routing.AddDisjunction(nodes, penalty, len(nodes))

    def _add_pair(self, r: int, pickup: int, delivery: int) -> None:
        """Both ends of a request in one round, and how long it may ride.

        The limit by pair prunes in the filters of the search, but alone it lets through rounds
        that have no schedule; the constraint alone prunes too little.
        """
        routing, solver = self.routing, self.routing.solver()
        routing.AddPickupAndDelivery(pickup, delivery)
        solver.Add(routing.VehicleVar(pickup) == routing.VehicleVar(delivery))
        came, left = self.time.CumulVar(delivery), self.time.CumulVar(pickup)
        solver.Add(left <= came)
        if self.tables.request[r, MAX_RIDE] < UNREACHED:
            most = int(self.tables.request[r, MAX_RIDE] + self.tables.task[2 * r, SERVICE])
            solver.Add(came - left <= most)
            self.time.SetPickupToDeliveryLimitFunctionForPair(lambda _, __: most, self._n_pairs)
        self._n_pairs += 1

    def _is_hopeless(self, r: int) -> bool:
        """Whether no round can do a request: its windows lie too late, or exclude each other."""
        tasks = self.tables.task[2 * r : 2 * r + 2]
        if tasks[:, OPENS].max() > self.tables.vehicle[:, UNTIL].max():
            return True
        pickup, delivery = tasks
        if self.tables.request[r, SHAPE] != PAIR:
            return False
        quickest = int(self.tables.duration[:, pickup[PLACE], delivery[PLACE]].min())
        return bool(pickup[OPENS] + pickup[SERVICE] + quickest > delivery[CLOSES])

    def _tasks(self, solution: Any) -> list[list[int]]:
        found = []
        for row in range(self.n_rounds):
            index, tasks = solution.Value(self.routing.NextVar(self.routing.Start(row))), []
            while not self.routing.IsEnd(index):
                tasks.append(int(self.tasks[self.manager.IndexToNode(index)]))
                index = solution.Value(self.routing.NextVar(index))
            found.append(tasks)
        return found


def _parameters(pywrapcp: Any, budget: Budget) -> Any:
    from ortools.constraint_solver import routing_enums_pb2
    from ortools.util import optional_boolean_pb2

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    strategy = routing_enums_pb2.FirstSolutionStrategy
    heuristic = routing_enums_pb2.LocalSearchMetaheuristic
    parameters.first_solution_strategy = strategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = heuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = budget.solutions
    parameters.time_limit.seconds = int(WALL_FACTOR * budget.seconds) + 2
    for name in LNS_OPERATORS:
        setattr(parameters.local_search_operators, name, optional_boolean_pb2.BOOL_TRUE)
    return parameters


def solve_rounds(
    tables: Tables, start: Sequence[Sequence[int]], budget: Budget
) -> list[list[int]] | None:
    """Plan rounds in this process, which holds the interpreter lock all the while."""
    if len(tables.request) == 0 or len(tables.vehicle) == 0:
        return [[] for _ in tables.vehicle]
    return Model(tables).solve(start, budget)


def flat(tasks: Sequence[Sequence[int]]) -> tuple[Int32Array, Int32Array]:
    """Offsets and tasks of rounds in two arrays."""
    first = np.cumsum([0, *map(len, tasks)]).astype(np.int32)
    return first, np.array([task for row in tasks for task in row], np.int32)
