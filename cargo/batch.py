"""A day's batch: separate and mixed operation by the same solver with the same CPU time.

Mixed operation starts from the separate plan when that is better than its own first plan, and
falls back to it at the end, so that it is never worse under the stated objective: hard rules,
shipments served by priority, cost, CO2.
"""

from dataclasses import dataclass

from cargo.effort import Effort
from cargo.fleet_rounds import fleet_rounds
from cargo.line_plan import LinePlan
from cargo.operation_planner import MixedPlanner, OperationPlanner
from cargo.options import direct_only
from cargo.pdp.tables import make_ways
from cargo.problem import Problem
from cargo.road_jobs import road_problem
from cargo.schedule import Operation
from cargo.worth import worth

OBJECTIVE = (
    "hard rules",
    "parties of passengers carried",
    "shipments served, higher priority first",
    "cost of vehicles and lines",
    "CO2",
)


@dataclass(frozen=True)
class BatchPlan:
    """Both ways of operation of one problem."""

    mixed: Operation
    separate: Operation
    lines: LinePlan | None  # last choice of lines; None where there are none


def plan_batch(problem: Problem, effort: Effort) -> BatchPlan:
    """Plan both ways of operation."""
    fleets, most = problem.network.fleets, max(1, len(problem.demands))
    rounds = [
        row for row in fleet_rounds(fleets, most) if problem.parties or fleets[row.fleet].bay.pieces
    ]
    apart = [row for row in rounds if problem.parties or fleets[row.fleet].kind == "van"]
    direct = direct_only(problem)
    ways = make_ways(road_problem(problem, direct, (), is_mixed=False))
    separate = OperationPlanner(
        problem, direct, apart, ways, effort.during(0.0, 0.5, "separate")
    ).plan()
    planner = MixedPlanner(problem, rounds, ways, effort.during(0.5, 1.0, "mixed"))
    mixed = planner.plan_from(separate)
    if worth(separate) < worth(mixed):
        mixed = separate
    effort.tell("done", 1.0)
    return BatchPlan(mixed, separate, planner.lines)
