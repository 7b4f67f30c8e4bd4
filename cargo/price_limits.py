"""Which shipments of a plan cost more than they may."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cargo.marginal import Halt, saving
from cargo.problem import Problem
from cargo.schedule import DrivenRound, Operation
from routing.layout import NONE


def too_dear(operation: Operation) -> Iterator[int]:
    """Shipments whose lines and rounds cost more than their `max_price`."""
    problem, jobs = operation.problem, operation.catalogue.jobs
    for shipment, option in operation.chosen():
        most = problem.demands[shipment].most_cost
        if most == math.inf:
            continue
        rounds = {
            operation.times[job].round for job in (option.first_job, option.last_job) if job != NONE
        }
        cost = option.line_cost / 1000
        for at in rounds:
            row = operation.driven[at]
            halts = [
                Halt(stay.spot, int(problem.service_spot[stay.spot]), frozenset(
                    jobs[job].demand for job in (*stay.load, *stay.unload)
                ))
                for stay in row.stays[1:-1]
            ]  # fmt: skip
            cost += _saved(problem, row, halts, shipment)
        if cost > most:
            yield shipment


def _saved(problem: Problem, row: DrivenRound, halts: Sequence[Halt], shipment: int) -> float:
    """What a round would save without a shipment, in the currency."""
    fleet = problem.network.fleets[row.row.fleet]
    begin, end = problem.start_spot[row.row.fleet], problem.end_spot[row.row.fleet]
    way, length = problem.roads.ways(fleet.profile)

    def running(some: Sequence[Halt]) -> float:
        places = [begin, *(halt.place for halt in some), end]
        metres = sum(int(length[pair]) for pair in pairwise(places))
        seconds = sum(int(way[pair]) for pair in pairwise(places))
        seconds += sum(halt.service for halt in some)
        return fleet.per_km * metres / 1000 + fleet.per_hour * seconds / 3600

    return saving(halts, shipment, running, fleet.fixed)
