"""Shipments that follow the delivery of another one, such as empty boxes that go back.

Precedence over several vehicles and lines is kept by windows: first all is planned without what
follows, then each delivery is due when it was planned, and what follows is ready from then on. So
any plan of the second stage keeps the order, and the plan of the first one is among them.
"""

from collections.abc import Mapping
from dataclasses import replace

from cargo.loading import Assignment
from cargo.options import Catalogue
from cargo.problem import Problem, TimedShipment, holds
from cargo.schedule import Operation
from routing.layout import NONE, UNREACHED


def leaders(problem: Problem) -> dict[int, int]:
    """Shipment that each one follows, by the numbers of those that follow one."""
    number = {goods.document.id: at for at, goods in enumerate(problem.shipments)}
    return {
        at: number[goods.document.follows]
        for at, goods in enumerate(problem.shipments)
        if goods.document.follows is not None
    }


def without_followers(problem: Problem) -> Problem:
    """First stage: what follows stays, what it follows is delivered in time for it."""
    shipments, leader = list(problem.shipments), leaders(problem)
    for at, first in leader.items():
        shipments[first] = _in_time(problem, shipments[first], at)
        shipments[at] = replace(shipments[at], is_held=True)
    return replace(problem, shipments=tuple(shipments))


def _in_time(problem: Problem, goods: TimedShipment, follower: int) -> TimedShipment:
    """A shipment that leaves time for the direct drive of what follows, where it can.

    That drive ends when what follows is due, and while a fleet that may drive it is still at work.
    """
    ends = problem.pickup_spot[follower], problem.delivery_spot[follower]
    after = problem.shipments[follower]
    closes = [
        fleet.closes
        for at, fleet in enumerate(problem.network.fleets)
        if problem.may(at, *ends) and holds(fleet, after)
    ]
    drive = problem.quickest(*ends)
    service = int(problem.service_spot[ends[0]])
    due = min(after.due, max(closes, default=after.due)) - drive - service
    is_possible = drive < UNREACHED and goods.ready < due
    return replace(goods, due=min(goods.due, due)) if is_possible else goods


def with_followers(problem: Problem, first_stage: Operation) -> Problem:
    """Second stage: what follows goes from when it can; `problem` is that of the first stage."""
    shipments, leader = list(problem.shipments), leaders(problem)
    for first in set(leader.values()):
        came = delivered_at(first_stage, first)
        if came is not None:
            shipments[first] = replace(shipments[first], due=came)
    for at, first in leader.items():
        came, goods = delivered_at(first_stage, first), shipments[at]
        ready = goods.ready if came is None else max(goods.ready, came)
        shipments[at] = replace(goods, ready=ready, is_held=came is None or ready >= goods.due)
    return replace(problem, shipments=tuple(shipments))


def delivered_at(operation: Operation, shipment: int) -> int | None:
    """When a shipment is handed over, s; None where it is left behind."""
    at = operation.assignment.option[shipment]
    if at == NONE:
        return None
    option = operation.catalogue.options[at]
    if option.last_job != NONE:
        return operation.times[option.last_job].arrival
    if not option.rides:
        return operation.times[option.first_job].arrival
    trip, call = operation.problem.network.call(option.rides[-1].unload_call)
    return call.arrival + trip.handling


def without_orphans(
    plan: Assignment, catalogue: Catalogue, leader: Mapping[int, int]
) -> Assignment:
    """A plan without what follows a shipment that is left behind."""
    return without(plan, catalogue, {at for at, first in leader.items() if plan.option[first] < 0})


def without(plan: Assignment, catalogue: Catalogue, demands: set[int]) -> Assignment:
    """A plan that leaves some demands behind."""
    if all(plan.option[at] == NONE for at in demands):
        return plan
    option = tuple(NONE if at in demands else old for at, old in enumerate(plan.option))
    tasks = tuple(
        tuple(task for task in row if catalogue.jobs[task // 2].demand not in demands)
        for row in plan.tasks
    )
    return Assignment(option, tasks)
