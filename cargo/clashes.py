"""Which shipments of a plan are beside goods that they must be kept apart from."""

from collections.abc import Iterator
from itertools import combinations

from cargo.schedule import Operation


def clashing(operation: Operation) -> Iterator[int]:
    """Shipments to take out so that no goods meet that must be kept apart."""
    problem = operation.problem
    apart = problem.network.apart
    if not apart:
        return
    out: set[int] = set()
    for some in _together(operation):
        for one, other in combinations(sorted(some - out), 2):
            goods = frozenset(problem.shipments[at].document.goods for at in (one, other))
            if goods not in apart or {one, other} & out:
                continue
            least = min((one, other), key=lambda at: (_priority(operation, at), -at))
            out.add(least)
            yield least


def _together(operation: Operation) -> Iterator[set[int]]:
    """Shipments that are on one hop of a bay at the same time; rounds keep goods apart already."""
    on_hop: dict[int, set[int]] = {}
    for shipment, option in operation.chosen():
        for ride in option.rides:
            for hop in range(ride.load_call, ride.unload_call):
                on_hop.setdefault(hop, set()).add(shipment)
    yield from on_hop.values()


def _priority(operation: Operation, shipment: int) -> int:
    return operation.problem.shipments[shipment].document.priority


def meets_excluded(operation: Operation, shipment: int) -> bool:
    """Whether the plan carries goods that a shipment must be kept apart from."""
    shipments, apart = operation.problem.shipments, operation.problem.network.apart
    goods = shipments[shipment].document.goods
    return any(
        frozenset({goods, shipments[other].document.goods}) in apart
        for other, _ in operation.chosen()
        if other != shipment
    )
