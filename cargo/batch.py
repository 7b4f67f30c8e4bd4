"""A day's batch: separate and mixed operation by the same solver with the same CPU time.

Each is ruin and recreate over whole chains, then OR-Tools on the road rounds, then ruin and
recreate again. Mixed operation starts from the separate plan when that is better than its own
first plan, and falls back to it at the end, so that it is never worse under the stated objective:
hard rules, shipments served by priority, cost, CO2.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cargo.fleet_rounds import FleetRound, fleet_rounds
from cargo.layout import World
from cargo.loading import Assignment, Limits, Loader, make_world
from cargo.options import Catalogue, all_options, direct_only
from cargo.ortools_rounds import Budget
from cargo.polish import polish
from cargo.problem import Problem
from cargo.schedule import Operation, occupancy, schedule
from routing.layout import NONE

OBJECTIVE = (
    "hard rules",
    "shipments served, higher priority first",
    "cost of vehicles and lines",
    "CO2",
)
SHARES = (0.5, 0.3, 0.2)  # of the CPU time: chains, OR-Tools on rounds, chains again
MOST_REPAIRS = 20
ITERATIONS, ITERATIONS_PER_SHIPMENT = 2_000, 1_000  # that a plan is worth


@dataclass(frozen=True)
class Effort:
    """How much work goes into each way of operation."""

    seconds: float = 20.0  # CPU s
    iterations: int | None = None  # None: as many as the number of shipments is worth
    seed: int = 0
    engine: str = "both"  # "own" leaves OR-Tools out
    is_cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class BatchPlan:
    """Both ways of operation of one problem."""

    mixed: Operation
    separate: Operation


def plan_batch(problem: Problem, effort: Effort) -> BatchPlan:
    """Plan both ways of operation."""
    most = max(1, len(problem.shipments))
    vans = [at for at, fleet in enumerate(problem.network.fleets) if fleet.kind == "van"]
    rounds = fleet_rounds(problem.network.fleets, most)
    separate = _Planner(problem, direct_only(problem), _of(rounds, vans), effort).plan(None)
    mixed = _Planner(problem, all_options(problem), rounds, effort).plan(separate)
    if worth(separate) < worth(mixed):
        mixed = separate
    return BatchPlan(mixed, separate)


def worth(operation: Operation) -> tuple[float, ...]:
    """The stated objective as a tuple; less is better. Cost in whole units of the currency."""
    problem = operation.problem
    levels = sorted({shipment.document.priority for shipment in problem.shipments}, reverse=True)
    left = [
        shipment.document.priority
        for shipment, option in zip(problem.shipments, operation.assignment.option, strict=True)
        if option == NONE
    ]
    cost = round(road_cost(operation) + line_cost(operation))
    return (
        *(float(left.count(level)) for level in levels),
        float(cost),
        float(round(co2_g(operation))),
    )


def road_cost(operation: Operation) -> float:
    """What vehicles cost, in the currency."""
    return sum(row.cost for row in operation.driven)


def line_cost(operation: Operation) -> float:
    """What lines are paid, in the currency."""
    return sum(option.line_cost for _, option in operation.chosen()) / 1000


def co2_g(operation: Operation) -> float:
    """CO2 of vehicles and of goods on lines, g."""
    lines = sum(option.line_co2 for _, option in operation.chosen()) / 1000
    return sum(row.co2_g for row in operation.driven) + lines


def _of(rounds: list[FleetRound], fleets: list[int]) -> list[FleetRound]:
    return [row for row in rounds if row.fleet in set(fleets)]


class _Planner:
    """Plans one way of operation."""

    def __init__(
        self, problem: Problem, catalogue: Catalogue, rounds: list[FleetRound], effort: Effort
    ) -> None:
        self._problem, self._catalogue, self._rounds = problem, catalogue, rounds
        self._effort = effort
        self._world: World = make_world(problem, catalogue, rounds)
        self._loader = Loader(problem, self._world, effort.seed)

    def plan(self, start: Operation | None) -> Operation:
        """Plan within the limits, from nothing or from another operation if that is better."""
        if not self._problem.shipments or not self._catalogue.options:
            return self._on_the_clock(self._nothing())
        self._loader.start()
        best = self._loader.run(Limits(0.0, 1))
        if start is not None and worth(start) < worth(self._on_the_clock(best)):
            best = self._adopted(start)
        if self._effort.engine == "own":
            return self._within_storage(self._improved(best, 1.0))
        best = self._improved(best, SHARES[0])
        best = self._better(best, self._polished(best))
        best = self._improved(best, SHARES[2])
        return self._within_storage(best)

    def _polished(self, plan: Assignment) -> Assignment:
        seconds = min(self._effort.seconds * SHARES[1], 0.2 + 0.1 * len(self._problem.shipments))
        budget = Budget(seconds, 0, self._effort.seed)
        cancelled = self._effort.is_cancelled
        return polish(self._world, self._catalogue, plan, budget, cancelled)

    def _improved(self, plan: Assignment, share: float) -> Assignment:
        self._loader.start(plan)
        most = self._effort.iterations
        if most is None:
            most = ITERATIONS + ITERATIONS_PER_SHIPMENT * len(self._problem.shipments)
        limits = Limits(
            self._effort.seconds * share, max(1, round(most * share)), self._effort.is_cancelled
        )
        return self._better(plan, self._loader.run(limits))

    def _better(self, one: Assignment, other: Assignment) -> Assignment:
        """The better of two plans under the stated objective."""
        is_better = worth(self._on_the_clock(other)) < worth(self._on_the_clock(one))
        return other if is_better else one

    def _on_the_clock(self, plan: Assignment) -> Operation:
        return schedule(self._problem, self._catalogue, self._rounds, self._world, plan)

    def _nothing(self) -> Assignment:
        return Assignment((NONE,) * len(self._problem.shipments), ((),) * len(self._rounds))

    def _adopted(self, start: Operation) -> Assignment:
        """A plan of direct rides by van, in the numbers of this catalogue."""
        direct = {
            option.shipment: at
            for at, option in enumerate(self._catalogue.options)
            if not option.rides
        }
        job_of = {
            option.first_job: self._catalogue.options[direct[shipment]].first_job
            for shipment, option in start.chosen()
        }
        tasks: dict[FleetRound, tuple[int, ...]] = {
            row: tuple(2 * job_of[task // 2] + task % 2 for task in found)
            for row, found in zip(start.rounds, start.assignment.tasks, strict=True)
        }
        served = {shipment for shipment, _ in start.chosen()}
        n_shipments = len(self._problem.shipments)
        option = tuple(direct[at] if at in served else NONE for at in range(n_shipments))
        return Assignment(option, tuple(tasks.get(row, ()) for row in self._rounds))

    def _within_storage(self, plan: Assignment) -> Operation:
        """Take chains out of hubs that would overflow, and give those shipments another one."""
        operation = self._on_the_clock(plan)
        for _ in range(MOST_REPAIRS):
            surplus = set(_surplus(operation))
            if not surplus:
                return operation
            without = self._without(operation.assignment, surplus)
            self._loader.ban([operation.assignment.option[at] for at in surplus])
            self._loader.start(without)
            operation = self._on_the_clock(
                self._loader.run(Limits(self._effort.seconds * 0.02, 50))
            )
        surplus = set(_surplus(operation))
        while surplus:
            operation = self._on_the_clock(self._without(operation.assignment, surplus))
            surplus = set(_surplus(operation))
        return operation

    def _without(self, plan: Assignment, shipments: set[int]) -> Assignment:
        option = tuple(NONE if at in shipments else old for at, old in enumerate(plan.option))
        tasks = tuple(
            tuple(task for task in row if self._catalogue.jobs[task // 2].shipment not in shipments)
            for row in plan.tasks
        )
        return replace(plan, option=option, tasks=tasks)


def _surplus(operation: Operation) -> Iterator[int]:
    """Shipments to take out of each hub so that what is left never exceeds its storage."""
    for at, hub in enumerate(operation.problem.network.hubs):
        stays = occupancy(operation, at)
        priority = operation.problem.shipments
        stays.sort(key=lambda stay: (-priority[stay[3]].document.priority, stay[2], stay[0]))
        kept: list[tuple[int, int, int, int]] = []
        for stay in stays:
            if most_pieces([*kept, stay]) > hub.storage_pieces:
                yield stay[3]
            else:
                kept.append(stay)


def most_pieces(stays: list[tuple[int, int, int, int]]) -> int:
    """Most pieces that are there at once; a stay covers its first moment, not its last."""
    events = sorted(
        [(came, pieces) for came, _, pieces, _ in stays]
        + [(left, -pieces) for _, left, pieces, _ in stays]
    )
    now = most = 0
    for _, change in events:
        now += change
        most = max(most, now)
    return most
