"""Instances on a plane, as Li and Lim, Cordeau, Solomon and VRPLIB files describe them.

All have a depot, node 0, where identical vehicles start and end; travel time is Euclidean
distance unless a matrix is given.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cargo.formats.lines import FormatError
from cargo.pdp.faults import MOST_PLACES, TOO_MANY
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from routing.layout import Float64Array, frozen

MOST_SCALE = 10_000  # whole units of a unit in the file
FARTHEST = 4e8  # whole units that any time may have
TOLERANCE = 0.005  # of times, in units of the file: sums of rounded ways may exceed the true ones


@dataclass(frozen=True)
class Node:
    """A place with what is loaded (positive) or unloaded there, and when."""

    x: float
    y: float
    demand: int = 0
    earliest: float = 0.0
    latest: float = math.inf
    service: float = 0.0


@dataclass(frozen=True)
class Planar:
    """An instance; without pairs every node but the depot is delivered from the depot."""

    name: str
    nodes: tuple[Node, ...]
    n_vehicles: int
    capacity: int
    pairs: tuple[tuple[int, int], ...] = ()
    max_ride: float | None = None
    max_duration: float | None = None
    fewest_vehicles: bool = False
    is_rounded: bool = False  # distances are rounded to whole numbers, as VRPLIB does
    matrix: Float64Array | None = None
    are_passengers: bool = False

    def distances(self) -> Float64Array:
        """Distance between nodes in units of the file, shape (n_nodes, n_nodes)."""
        if self.matrix is not None:
            return self.matrix
        at = np.array([(node.x, node.y) for node in self.nodes])
        away: Float64Array = np.hypot(
            at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1]
        )
        return np.floor(away + 0.5) if self.is_rounded else away

    @property
    def is_paired(self) -> bool:
        """Whether requests have a pickup of their own."""
        return bool(self.pairs)

    def requests(self) -> tuple[tuple[int, ...], ...]:
        """Nodes of each request: pickup and delivery, or only a delivery."""
        return self.pairs or tuple((node,) for node in range(1, len(self.nodes)))


def scale_of(planar: Planar) -> int:
    """Whole units of a unit of the file: a power of ten."""
    finite = [node.latest for node in planar.nodes if math.isfinite(node.latest)]
    ways = 2 * float(planar.distances().max(initial=0.0)) * len(planar.nodes)
    most = max([*finite, ways if len(finite) < len(planar.nodes) else 0.0, 1.0])
    scale = MOST_SCALE
    while scale > 1 and most * scale > FARTHEST:
        scale //= 10
    return scale


def planar_problem(planar: Planar) -> PdpProblem:
    """The problem in whole units; times are rounded so that what fits them fits the file.

    Raises
    ------
    FormatError
        If there are too many nodes, or a time is too large to reckon with.
    """
    if len(planar.nodes) > MOST_PLACES:
        raise FormatError(f"{planar.name}: {TOO_MANY.format(n=len(planar.nodes))}")
    scale, away = scale_of(planar), planar.distances()
    if float(away.max(initial=0.0)) * scale > FARTHEST:
        raise FormatError(f"{planar.name}: distances of {away.max():g} are too large")
    vehicle = Vehicle(
        id="",
        start=0,
        end=0,
        opens=math.ceil(planar.nodes[0].earliest * scale),
        closes=_last(planar.nodes[0].latest, scale),
        capacity=(planar.capacity,),
        max_duration=_last(planar.max_duration, scale),
    )
    return PdpProblem(
        requests=tuple(_request(planar, nodes, scale) for nodes in planar.requests()),
        vehicles=tuple(
            Vehicle(**{**vehicle.__dict__, "id": str(row + 1)}) for row in range(planar.n_vehicles)
        ),
        duration=(frozen(np.ceil(away * scale - 1e-6)),),
        distance=(frozen(np.rint(away * scale)),),
        fewest_vehicles=planar.fewest_vehicles,
        name=planar.name,
    )


def _last(time: float | None, scale: int) -> int:
    """Latest whole time; a little more is let pass than the file says, see `TOLERANCE`."""
    if time is None or not math.isfinite(time):
        return 2**30
    return math.floor(time * scale + TOLERANCE * scale)


def _request(planar: Planar, nodes: Sequence[int], scale: int) -> Request:
    stops = [_stop(planar.nodes[node], node, scale) for node in nodes]
    first = planar.nodes[nodes[0]]
    return Request(
        id=str(nodes[0]),
        pickup=stops[0] if len(stops) == 2 else None,
        delivery=stops[-1],
        amount=(abs(first.demand),),
        max_ride=None if planar.max_ride is None else _last(planar.max_ride, scale),
        is_passenger=planar.are_passengers,
    )


def _stop(node: Node, place: int, scale: int) -> Stop:
    return Stop(
        place=place,
        earliest=math.ceil(node.earliest * scale),
        latest=_last(node.latest, scale),
        service=math.ceil(node.service * scale),
    )
