"""The optimum of a small problem by a model of CP-SAT that is written down rule by rule."""

import itertools
from typing import Any

from ortools.sat.python import cp_model

from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle

HORIZON = 200
DEPOT = -1


class _Model:
    """One literal for each step of each vehicle; pauses are not modelled."""

    def __init__(self, problem: PdpProblem) -> None:
        self.problem, self.model = problem, cp_model.CpModel()
        self.cost: list[Any] = []
        self.tasks: dict[int, Stop] = {}
        for r, request in enumerate(problem.requests):
            for end, stop in enumerate((request.pickup, request.delivery)):
                if stop is not None:
                    self.tasks[2 * r + end] = stop
        new = self.model.new_int_var
        self.time = {task: new(0, HORIZON, f"time {task}") for task in self.tasks}
        self.rank = {task: new(0, 2 * len(self.tasks), f"rank {task}") for task in self.tasks}
        self.load = {
            task: [new(-50, 50, "") for _ in range(problem.n_resources + 1)] for task in self.tasks
        }
        self.visits: dict[tuple[int, int], Any] = {}
        for v, vehicle in enumerate(problem.vehicles):
            self._add_vehicle(v, vehicle)
        for r, request in enumerate(problem.requests):
            self._add_request(r, request)
        self.keeps_apart()
        self.model.minimize(sum(self.cost))

    def keeps_apart(self) -> None:
        """No goods on board beside others that they must be kept apart from."""
        ends = self.on_board()
        for one, other in itertools.combinations(range(len(self.problem.requests)), 2):
            goods = frozenset(self.problem.requests[r].goods for r in (one, other))
            if goods not in self.problem.apart:
                continue
            for v in range(len(self.problem.vehicles)):
                both = [self.visits[v, min(ends[r][2])] for r in (one, other)]
                before, after = self.model.new_bool_var(""), self.model.new_bool_var("")
                self.model.add_bool_or([~both[0], ~both[1], before, after])
                for (_, left, _), (came, _, _), way in (
                    (ends[one], ends[other], before), (ends[other], ends[one], after),
                ):  # fmt: skip
                    self.model.add(came >= left + 1).only_enforce_if(way)

    def on_board(self) -> dict[int, tuple[Any, Any, list[int]]]:
        """Ranks between which each request is on board, and its tasks."""
        last = 2 * len(self.tasks) + 1
        return {
            r: (
                self.rank.get(2 * r, self.model.new_constant(0)),
                self.rank.get(2 * r + 1, self.model.new_constant(last)),
                [task for task in self.tasks if task // 2 == r],
            )
            for r in range(len(self.problem.requests))
        }

    def amounts(self, request: Request) -> list[int]:
        """Of each resource, then riders."""
        n = self.problem.n_resources
        padded = [*request.amount, *[0] * (n - len(request.amount))]
        return [*padded, int(request.is_passenger)]

    def _add_vehicle(self, v: int, vehicle: Vehicle) -> None:
        model, problem = self.model, self.problem
        number = {task: at + 1 for at, task in enumerate(self.tasks)} | {DEPOT: 0}
        start, end = (model.new_int_var(vehicle.opens, vehicle.closes, "") for _ in range(2))
        used = model.new_bool_var("")
        model.add(end >= start)
        arcs = [(0, 0, ~used)]
        for task in self.tasks:
            self.visits[v, task] = model.new_bool_var("")
            model.add_implication(self.visits[v, task], used)
            arcs.append((number[task], number[task], ~self.visits[v, task]))
        first = self._first_loads(v, vehicle)
        for a in (DEPOT, *self.tasks):
            for b in (DEPOT, *self.tasks):
                if a == b:
                    continue
                step = model.new_bool_var("")
                arcs.append((number[a], number[b], step))
                self._add_step(vehicle, a, b, step, start, end, first)
        model.add_circuit(arcs)
        if vehicle.max_duration is not None:
            model.add(end - start <= vehicle.max_duration).only_enforce_if(used)
        if vehicle.max_tasks is not None:
            model.add(sum(self.visits[v, task] for task in self.tasks) <= vehicle.max_tasks)
        span = model.new_int_var(0, HORIZON, "")
        model.add(span >= end - start).only_enforce_if(used)
        self.cost += [int(vehicle.per_s) * span, int(vehicle.fixed) * used]
        for task in self.tasks:
            for k, most in enumerate(
                (*vehicle.capacity, *[0] * (problem.n_resources - len(vehicle.capacity)))
            ):
                model.add(self.load[task][k] <= most).only_enforce_if(self.visits[v, task])

    def _first_loads(self, v: int, vehicle: Vehicle) -> list[Any]:
        """What is on board from the start: all that is only delivered."""
        given = [
            (2 * r + 1, self.amounts(request))
            for r, request in enumerate(self.problem.requests)
            if request.pickup is None
        ]
        loads = [
            sum(amounts[k] * self.visits[v, task] for task, amounts in given)
            for k in range(self.problem.n_resources + 1)
        ]
        for k, most in enumerate(vehicle.capacity):
            self.model.add(loads[k] <= most)
        return loads

    def _add_step(
        self, vehicle: Vehicle, a: int, b: int, step: Any, start: Any, end: Any, first: list[Any]
    ) -> None:
        model = self.model
        tail = vehicle.start if a == DEPOT else self.tasks[a].place
        head = vehicle.end if b == DEPOT else self.tasks[b].place
        way = metres = 0
        if tail is not None and head is not None:
            way = int(self.problem.duration[0][tail, head])
            metres = int(self.problem.distance[0][tail, head])
        left = start if a == DEPOT else self.time[a] + self.tasks[a].service
        came = end if b == DEPOT else self.time[b]
        model.add(came >= left + way).only_enforce_if(step)
        self.cost.append(int(vehicle.per_m) * metres * step)
        if b == DEPOT:
            return
        model.add(self.rank[b] >= (0 if a == DEPOT else self.rank[a]) + 1).only_enforce_if(step)
        sign = -1 if b % 2 else 1
        for k, amount in enumerate(self.amounts(self.problem.requests[b // 2])):
            before = first[k] if a == DEPOT else self.load[a][k]
            model.add(self.load[b][k] == before + sign * amount).only_enforce_if(step)

    def _add_request(self, r: int, request: Request) -> None:
        model, tasks = self.model, [task for task in self.tasks if task // 2 == r]
        served = model.new_bool_var("")
        for task in tasks:
            model.add(
                sum(self.visits[v, task] for v in range(len(self.problem.vehicles))) == served
            )
            stop = self.tasks[task]
            model.add(self.time[task] >= stop.earliest).only_enforce_if(served)
            model.add(self.time[task] <= stop.latest).only_enforce_if(served)
            if self.problem.is_parted and not request.is_passenger:
                model.add(self.load[task][-1] == 0).only_enforce_if(served)
        self.cost.append(int(request.penalty or 0) * ~served)
        for v, vehicle in enumerate(self.problem.vehicles):
            if len(tasks) == 2:
                model.add(self.visits[v, tasks[0]] == self.visits[v, tasks[1]])
            if not request.skills <= vehicle.skills:
                model.add(self.visits[v, tasks[0]] == 0)
        if len(tasks) == 2:
            model.add(self.rank[tasks[1]] > self.rank[tasks[0]]).only_enforce_if(served)
            if request.max_ride is not None:
                most = request.max_ride + self.tasks[tasks[0]].service
                ride = self.time[tasks[1]] - self.time[tasks[0]]
                model.add(ride <= most).only_enforce_if(served)


def best_cost(problem: PdpProblem) -> float:
    """Least cost of any plan, penalties included, proven."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(_Model(problem).model)
    assert status == cp_model.OPTIMAL
    return solver.objective_value
