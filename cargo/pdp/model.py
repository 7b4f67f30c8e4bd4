"""A pickup-and-delivery problem in words of its field.

Distances and times are whole numbers in units of the caller's choice (metres and seconds where
nothing else is said); costs are a price for each of them.
"""

from dataclasses import dataclass, field
from functools import cached_property

from cargo.numbers import Flag, Number, Whole
from routing.layout import UNREACHED, Int32Array


@dataclass(frozen=True)
class Stop:
    """Where and when a request is picked up or delivered."""

    place: Whole
    earliest: Whole = 0
    latest: Whole = UNREACHED
    service: Whole = 0


@dataclass(frozen=True)
class Request:
    """Something to carry: a shipment, or passengers who travel together.

    Without a pickup it is on board from the start, without a delivery it stays to the end.
    """

    id: str
    pickup: Stop | None
    delivery: Stop | None
    amount: tuple[Whole, ...] = ()
    max_ride: Whole | None = None  # from the end of the pickup's service to the delivery's start
    is_passenger: Flag = False
    penalty: Number | None = None  # cost of leaving it behind; None: dearer than serving it
    skills: frozenset[str] = frozenset()
    vehicles: frozenset[str] | None = None  # that may carry it; None: any
    goods: str = ""  # class of goods, for `PdpProblem.apart`
    if_undelivered: Stop | None = None  # where a vehicle brings it that finds nobody to take it


@dataclass(frozen=True)
class Pause:
    """A rest that a driver begins within a window, at a stop or on the way.

    Where it is not on duty, rest before or after the round does as well.
    """

    earliest: Whole
    latest: Whole
    length: Whole
    is_on_duty: Flag = True


@dataclass(frozen=True)
class Vehicle:
    """A vehicle and what it costs; without a start or an end it begins or stops anywhere."""

    id: str
    start: Whole | None
    end: Whole | None
    opens: Whole = 0
    closes: Whole = UNREACHED
    capacity: tuple[Whole, ...] = ()
    profile: Whole = 0
    max_duration: Whole | None = None
    max_tasks: Whole | None = None
    per_m: Number = 1.0
    per_s: Number = 0.0
    fixed: Number = 0.0
    skills: frozenset[str] = frozenset()
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class PdpProblem:
    """What to carry, with what, on which ways; `fewest_vehicles` comes before any cost."""

    requests: tuple[Request, ...]
    vehicles: tuple[Vehicle, ...]
    duration: tuple[Int32Array, ...]  # a matrix for each profile
    distance: tuple[Int32Array, ...]
    is_parted: bool = False  # no parcel is handled while a passenger is on board
    fewest_vehicles: bool = False
    apart: frozenset[frozenset[str]] = frozenset()  # pairs of goods never on board together
    name: str = field(default="problem", compare=False)

    @property
    def n_places(self) -> int:
        """Places of the matrices."""
        return len(self.duration[0]) if self.duration else 0

    @cached_property
    def kept_apart(self) -> tuple[str, ...]:
        """Classes of goods that stand in some pair of `apart`."""
        return tuple(sorted(frozenset[str]().union(*self.apart)))

    @cached_property
    def n_resources(self) -> int:
        """Dimensions of loads: those of vehicles, or of requests where there are none."""
        if not self.vehicles:
            return max([1, *(len(request.amount) for request in self.requests)])
        return max(1, *(len(vehicle.capacity) for vehicle in self.vehicles))
