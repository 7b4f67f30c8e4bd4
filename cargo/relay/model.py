"""Three-echelon delivery: trucks to stops, lines into the city, couriers to customers [1]_, [2]_.

A truck leaves the depot once, calls at in-stops and comes back. A parcel boards a run of a line at
an in-stop of the truck that brought it and alights at an out-stop its customer allows. A courier
of that stop makes one round with parcels that have arrived, may wait at customers, and comes back.
What is paid is the way of trucks and, times `courier_cost`, that of couriers.

.. [1] Mandal, Archetti: A decomposition approach to last mile delivery using public transportation
   systems (2023), arXiv 2306.04219.
.. [2] Delle Donne, Santini, Archetti: Integrating public transport in sustainable last-mile
   delivery, European Journal of Operational Research 324 (2025).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MINUTES = 0.2  # for a unit of distance, for trucks, lines and couriers alike

Point = tuple[float, float]


@dataclass(frozen=True)
class RelayStop:
    """A stop of lines where parcels change hands."""

    name: str
    at: Point
    capacity: int  # what may wait there at once
    handling: float  # min, of a parcel that arrives
    longest_wait: float  # min, of a parcel


@dataclass(frozen=True)
class Customer:
    """Who gets a parcel."""

    name: str
    at: Point
    demand: int
    earliest: float  # min
    latest: float
    stops: tuple[int, ...]  # out-stops that may serve them


@dataclass(frozen=True)
class RelayLine:
    """A line: first in-stops, then out-stops, in the order of its calls."""

    name: str
    capacity: int  # of a run
    first: float  # min, departure of the first run at the first stop
    headway: float  # min
    n_runs: int
    in_stops: tuple[int, ...]
    out_stops: tuple[int, ...]


@dataclass(frozen=True)
class Relay:
    """One instance."""

    name: str
    depot: Point
    in_stops: tuple[int, ...]  # that trucks may call at
    stops: tuple[RelayStop, ...]
    customers: tuple[Customer, ...]
    lines: tuple[RelayLine, ...]
    n_trucks: int
    truck_capacity: int
    n_couriers: int  # of each out-stop
    courier_capacity: int
    longest_round: float  # min, of a courier
    courier_cost: float = 1.0
    is_whole: bool = False  # ways cost whole units, what is beyond the point is cut off

    def way(self, a: Point, b: Point) -> float:
        """What a way costs a truck."""
        away = math.dist(a, b)
        return math.floor(away) if self.is_whole else away

    def calls(self, line: RelayLine) -> dict[int, float]:
        """Minute at which the first run calls at each stop."""
        found, now, before = {}, line.first, None
        for stop in (*line.in_stops, *line.out_stops):
            here = self.stops[stop].at
            if before is not None:
                now += MINUTES * math.dist(before, here)
            found[stop], before = now, here
        return found


@dataclass(frozen=True)
class Tour:
    """What a truck does: in-stops in order, and when it is there."""

    stops: tuple[int, ...]
    times: tuple[float, ...]  # min


@dataclass(frozen=True)
class Ride:
    """How a parcel comes to its courier."""

    truck: int
    in_stop: int
    line: int
    run: int
    out_stop: int


@dataclass(frozen=True)
class CourierRound:
    """What a courier does."""

    stop: int
    customers: tuple[int, ...]  # in order
    departure: float  # min


@dataclass(frozen=True)
class RelayPlan:
    """An answer."""

    tours: Sequence[Tour]
    rides: Sequence[Ride]  # of each customer
    rounds: Sequence[CourierRound]
