"""What carrying one shipment costs at the margin: what its rounds would save without it.

Drive and service of stops that nobody else needs count, and the whole round where the shipment is
alone on it. A shipment's `max_price` binds on this and on what its lines are paid.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Halt(NamedTuple):
    """A stop of a round and the shipments that are handled there."""

    place: int
    service: int  # s
    shipments: frozenset[int]


def saving(
    halts: Sequence[Halt], shipment: int, running: Callable[[Sequence[Halt]], float], fixed: float
) -> float:
    """Cost of a round less that of the round without a shipment.

    Parameters
    ----------
    running
        Cost of driving to some halts in their order, base to base, and of serving there.
    fixed
        Cost of the round for being driven at all.
    """
    left = [halt for halt in halts if halt.shipments - {shipment}]
    return running(halts) - running(left) + (0.0 if left else fixed)
