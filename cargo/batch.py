"""A day's batch: separate and mixed operation by the same solver with the same CPU time.

Mixed operation starts from the separate plan when that is better than its own first plan, and
falls back to it at the end, so that it is never worse under the stated objective: hard rules,
shipments served by priority, cost, CO2.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cargo.effort import CancelledError, Effort
from cargo.fleet_rounds import PATTERNS, FleetRound, fleet_rounds
from cargo.line_plan import LinePlan
from cargo.loading import Assignment
from cargo.operation_planner import MixedPlanner, OperationPlanner
from cargo.options import Catalogue, direct_only
from cargo.pdp.tables import Ways, make_ways
from cargo.problem import Problem
from cargo.returns import leaders, with_followers, without_followers
from cargo.road_jobs import road_problem
from cargo.schedule import Operation
from cargo.worth import worth
from routing.layout import NONE

Stage = Callable[[Problem, Effort, Operation | None], Operation]  # plans from a start


@dataclass(frozen=True)
class BatchPlan:
    """Both ways of operation of one problem."""

    mixed: Operation
    separate: Operation
    lines: LinePlan | None  # last choice of lines; None where there are none


def plan_batch(problem: Problem, effort: Effort) -> BatchPlan:
    """Plan both ways of operation."""
    ways, lines = _ways(problem), None

    def mixed_from(stage: Problem, part: Effort, start: Operation | None) -> Operation:
        nonlocal lines
        planner = MixedPlanner(stage, rounds_of(stage), ways, part)
        found = planner.plan(start)
        lines = planner.lines
        return found

    effort.tell("separate", 0.0)
    separate = _separate(problem, ways, effort.during(0.0, 0.5, "separate"))
    mixed = _in_stages(problem, effort.during(0.5, 1.0, "mixed"), mixed_from, separate[0])
    best = min((mixed[-1], separate[-1]), key=worth)
    effort.tell("done", 1.0)
    return BatchPlan(best, separate[-1], lines)


def plan_separate(problem: Problem, effort: Effort) -> Operation:
    """Plan separate operation alone: parcels by van from door to door, parties by taxi.

    Trucks carry as vans do, buses as taxis do.
    """
    return _separate(problem, _ways(problem), effort)[-1]


def _separate(problem: Problem, ways: Ways, effort: Effort) -> list[Operation]:
    fleets = problem.network.fleets
    is_all = bool(problem.parties)
    rounds = [row for row in rounds_of(problem) if is_all or fleets[row.fleet].is_for_goods]

    def from_door_to_door(stage: Problem, part: Effort, start: Operation | None) -> Operation:
        catalogue = direct_only(stage, part.go_on)
        return OperationPlanner(stage, catalogue, rounds, ways, part).plan(start)

    return _in_stages(problem, effort, from_door_to_door, None)


def _in_stages(
    problem: Problem, effort: Effort, plan: Stage, start: Operation | None
) -> list[Operation]:
    """Plan, where shipments follow others in two stages; the last operation is the best one."""
    if not leaders(problem):
        return [_planned(plan, problem, effort, start)]
    held = without_followers(problem)
    first = _planned(plan, held, effort.half(0.0, "deliveries"), start)
    after = with_followers(held, first)
    second = _planned(plan, after, effort.half(0.5, "returns"), first)
    return [first, min((second, first), key=worth)]


def _planned(plan: Stage, problem: Problem, effort: Effort, start: Operation | None) -> Operation:
    """Plan a stage; where it is cancelled while it is set up, stay with what there is."""
    try:
        effort.go_on()
        return plan(problem, effort, start)
    except CancelledError:
        return _nothing(problem) if start is None else start


def _nothing(problem: Problem) -> Operation:
    """The operation that leaves everything behind."""
    return Operation(
        problem, Catalogue(), (), Assignment((NONE,) * len(problem.demands), ()), (), {}
    )


def rounds_of(problem: Problem) -> list[FleetRound]:
    """Rounds of all fleets that something to carry may go by."""
    fleets = problem.network.fleets
    service = int(problem.service_spot.max(initial=0))
    rounds = fleet_rounds(fleets, len(problem.demands) + PATTERNS, service)
    return [row for row in rounds if problem.parties or fleets[row.fleet].bay.pieces]


def _ways(problem: Problem) -> Ways:
    """Matrices of the road, laid out once for both ways of operation."""
    return make_ways(road_problem(problem, Catalogue(), (), is_mixed=False))
