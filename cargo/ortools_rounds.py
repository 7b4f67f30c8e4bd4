"""Vehicle rounds by the routing solver of OR-Tools: a pickup-and-delivery problem with windows.

Traps that this model avoids: transit matrices instead of Python callbacks; a disjunction for each
pair, because insertion heuristics find nothing on tight fleets without; fixed costs as they are,
because a huge one freezes guided local search; a limit of solutions besides that of CPU time.
"""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from routing.layout import Float64Array, Int32Array, Int64Array

FAR = 10**7  # s; no round lasts so long
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


class RoundsProblem(NamedTuple):
    """Jobs and rounds of one area; nodes are the spots that they touch."""

    duration: Int64Array  # (n_profiles, n_spots, n_spots) s, service included
    distance: Int64Array  # (n_profiles, n_spots, n_spots) m
    ends: Int64Array  # (n_jobs, 2) spots of pickup and delivery
    windows: Int64Array  # (n_jobs, 4) pickup from, until, delivery from, until
    amounts: Int64Array  # (n_jobs, 3) kg, litres, pieces
    penalty: Int64Array  # (n_jobs,) thousandths of the currency
    may_serve: Int64Array  # (n_jobs, n_rounds) 1 where the round's vehicle may carry the job
    base: Int64Array  # (n_rounds,) spot
    shift: Int64Array  # (n_rounds, 2) s
    profile: Int64Array  # (n_rounds,)
    room: Int64Array  # (n_rounds, 3) kg, litres, pieces
    rates: Float64Array  # (n_rounds, 3) thousandths a metre, a second, fixed
    first_task: Int64Array  # (n_rounds + 1,) of the start plan
    task: Int64Array  # 2 * job = pickup, 2 * job + 1 = delivery


class Budget(NamedTuple):
    """Limits of one solve."""

    seconds: float  # CPU s
    solutions: int
    seed: int


class Model:
    """The routing model of one problem."""

    def __init__(self, problem: RoundsProblem) -> None:
        from ortools.constraint_solver import pywrapcp

        self.problem = problem
        self.n_jobs, self.n_rounds = len(problem.ends), len(problem.base)
        bases, self._base_node = np.unique(problem.base, return_inverse=True)
        self._spots = np.concatenate([problem.ends.reshape(-1), bases])
        starts = [2 * self.n_jobs + int(node) for node in self._base_node]
        self.manager = pywrapcp.RoutingIndexManager(len(self._spots), self.n_rounds, starts, starts)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self._add_costs()
        self._add_time()
        self._add_loads()
        self._add_jobs()

    def solve(self, budget: Budget) -> list[list[int]] | None:
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
        start = self._start_assignment()
        if start is None:
            solution = routing.SolveWithParameters(parameters)
        else:
            solution = routing.SolveFromAssignmentWithParameters(start, parameters)
        return None if solution is None else self._tasks(solution)

    def _matrix(self, table: Any) -> list[list[int]]:
        """Values between nodes, as the list of lists that OR-Tools wants."""
        rows: list[list[int]] = table[np.ix_(self._spots, self._spots)].tolist()
        return rows

    def _add_costs(self) -> None:
        evaluators: dict[tuple[int, float], int] = {}
        for row in range(self.n_rounds):
            profile, per_m = int(self.problem.profile[row]), float(self.problem.rates[row, 0])
            if (profile, per_m) not in evaluators:
                costs = np.rint(self.problem.distance[profile] * per_m).astype(np.int64)
                evaluators[profile, per_m] = self.routing.RegisterTransitMatrix(
                    self._matrix(np.minimum(costs, 10**12))
                )
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[profile, per_m], row)
            self.routing.SetFixedCostOfVehicle(round(float(self.problem.rates[row, 2])), row)

    def _add_time(self) -> None:
        problem = self.problem
        transits = [
            self.routing.RegisterTransitMatrix(self._matrix(np.minimum(table, FAR)))
            for table in problem.duration
        ]
        horizon = int(problem.shift.max(initial=0))
        self.routing.AddDimensionWithVehicleTransits(
            [transits[profile] for profile in problem.profile], horizon, horizon, False, "time"
        )
        self.time = self.routing.GetDimensionOrDie("time")
        for row in range(self.n_rounds):
            opens, closes = (int(edge) for edge in problem.shift[row])
            self.time.CumulVar(self.routing.Start(row)).SetRange(opens, closes)
            self.time.CumulVar(self.routing.End(row)).SetRange(opens, closes)
            self.time.SetSpanCostCoefficientForVehicle(round(float(problem.rates[row, 1])), row)
            self.routing.AddVariableMinimizedByFinalizer(self.time.CumulVar(self.routing.End(row)))

    def _add_loads(self) -> None:
        n_bases = len(self._spots) - 2 * self.n_jobs
        for resource, name in enumerate(("kg", "litres", "pieces")):
            signed = np.stack(
                [self.problem.amounts[:, resource], -self.problem.amounts[:, resource]], axis=1
            ).reshape(-1)
            steps = self.routing.RegisterUnaryTransitVector([*signed.tolist(), *[0] * n_bases])
            room = self.problem.room[:, resource].tolist()
            self.routing.AddDimensionWithVehicleCapacity(steps, 0, room, True, name)

    def _add_jobs(self) -> None:
        routing, solver = self.routing, self.routing.solver()
        for job in range(self.n_jobs):
            pickup, delivery = (self.manager.NodeToIndex(2 * job + end) for end in (0, 1))
            penalty = int(self.problem.penalty[job])
            if self._is_hopeless(job):  # its constraints would hold even where it is dropped
                for node in (pickup, delivery):
                    routing.AddDisjunction([node], 0)
                    routing.VehicleVar(node).SetValues([-1])
                continue
            routing.AddPickupAndDelivery(pickup, delivery)
            solver.Add(routing.VehicleVar(pickup) == routing.VehicleVar(delivery))
            solver.Add(self.time.CumulVar(pickup) <= self.time.CumulVar(delivery))
            window = [int(edge) for edge in self.problem.windows[job]]
            self.time.CumulVar(pickup).SetRange(window[0], window[1])
            self.time.CumulVar(delivery).SetRange(window[2], window[3])
            allowed = np.flatnonzero(self.problem.may_serve[job]).tolist()
            for node in (pickup, delivery):  # SetAllowedVehiclesForIndex takes no list in 9.15
                routing.VehicleVar(node).SetValues([-1, *allowed])
            routing.AddDisjunction([pickup, delivery], penalty, 2)

    def _is_hopeless(self, job: int) -> bool:
        """Whether the windows of a job exclude each other, or no round may take it."""
        tail, head = self.problem.ends[job]
        quickest = int(self.problem.duration[:, tail, head].min())
        earliest, latest = self.problem.windows[job, 0] + quickest, self.problem.windows[job, 3]
        return bool(earliest > latest or not self.problem.may_serve[job].any())

    def _start_assignment(self) -> Any:
        """Start plan, or None where there is none."""
        first, task = self.problem.first_task, self.problem.task
        if task.size == 0:
            return None
        rows = [task[first[row] : first[row + 1]].tolist() for row in range(self.n_rounds)]
        return self.routing.ReadAssignmentFromRoutes(rows, True)

    def _tasks(self, solution: Any) -> list[list[int]]:
        found = []
        for row in range(self.n_rounds):
            index, tasks = solution.Value(self.routing.NextVar(self.routing.Start(row))), []
            while not self.routing.IsEnd(index):
                tasks.append(self.manager.IndexToNode(index))
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


def solve_rounds(problem: RoundsProblem, budget: Budget) -> list[list[int]] | None:
    """Plan rounds in this process, which holds the interpreter lock all the while."""
    if len(problem.ends) == 0 or len(problem.base) == 0:
        return [[] for _ in problem.base]
    return Model(problem).solve(budget)


def flat(tasks: Sequence[Sequence[int]]) -> tuple[Int32Array, Int32Array]:
    """Offsets and tasks of rounds in two arrays."""
    first = np.cumsum([0, *map(len, tasks)]).astype(np.int32)
    return first, np.array([task for row in tasks for task in row], np.int32)
