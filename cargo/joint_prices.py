"""Leaves behind what costs more than it may in rounds of a joint day."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from cargo.joint import JointDay, Ways, shipment_of
from cargo.marginal import Halt, saving
from cargo.pdp.model import PdpProblem, Vehicle

PARTY = -1  # stands for passengers among the shipments of a halt

Tasks = list[list[int]]


def affordable(day: JointDay, ways: Ways, road: PdpProblem, tasks: Tasks) -> Tasks:
    """The rounds without shipments that cost more than their `max_price`.

    Others may cost more then, so that it is asked again until all are within their limits.
    """
    of = [shipment_of(request.id) for request in road.requests]
    while dear := set(_too_dear(day, ways, road, tasks)):
        tasks = [[task for task in row if of[task >> 1] not in dear] for row in tasks]
    return tasks


def _too_dear(day: JointDay, ways: Ways, road: PdpProblem, tasks: Tasks) -> Iterator[int]:
    """Shipments in some rounds that cost more than they may."""
    limited = {
        at: shipment.document.max_price
        for at, shipment in enumerate(day.problem.shipments)
        if shipment.document.max_price is not None
    }
    if not limited:
        return
    cost: dict[int, float] = {}
    for vehicle, row in zip(road.vehicles, tasks, strict=True):
        halts = [_halt(road, task) for task in row]
        for shipment in {one for halt in halts for one in halt.shipments} & limited.keys():
            saved = _saved(road, vehicle, halts, shipment)
            cost[shipment] = cost.get(shipment, 0.0) + saved
    for shipment, saved in cost.items():
        lines = ways[shipment].cost / 1000 if shipment in ways else 0.0
        if saved + lines > limited[shipment]:
            yield shipment


def _halt(road: PdpProblem, task: int) -> Halt:
    request = road.requests[task >> 1]
    stop = request.delivery if task & 1 else request.pickup
    assert stop is not None
    shipment = shipment_of(request.id)
    return Halt(stop.place, stop.service, frozenset({PARTY if shipment is None else shipment}))


def _saved(road: PdpProblem, vehicle: Vehicle, halts: Sequence[Halt], shipment: int) -> float:
    """What a round would save without a shipment."""
    way, length = road.duration[vehicle.profile], road.distance[vehicle.profile]

    def running(some: Sequence[Halt]) -> float:
        places = [vehicle.start, *(halt.place for halt in some), vehicle.end]
        metres = sum(int(length[pair]) for pair in pairwise(places))
        seconds = sum(int(way[pair]) for pair in pairwise(places))
        return vehicle.per_m * metres + vehicle.per_s * (seconds + sum(h.service for h in some))

    return saving(halts, shipment, running, vehicle.fixed)
