"""Ways between a place and stops, as searches and itineraries want them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.kerbs import Kerbs
from maas.region_file import DemandZone
from maas.region_fleets import TaxiFleet
from maas.region_parts import PartOfYear
from routing.kernels.raptor_ends import NearStops
from routing.layout import NONE, BoolArray, Int32Array
from routing.raptor import near_stops

if TYPE_CHECKING:
    from maas.itinerary import Ridden, Spot

Carrier = TaxiFleet | DemandZone


class Ways(NamedTuple):
    """Ways between a place and stops, one row each."""

    stop: Int32Array  # (n,) stop
    ride: Int32Array  # (n,) s under way
    distance_m: Int32Array  # (n,)
    wait: Int32Array  # (n,) s before the vehicle comes
    carrier: Int32Array  # (n,) index into `Feeder.carriers`, or NONE


class Rental(NamedTuple):
    """Where a vehicle is taken or left that stands there: a shared bike, one's car."""

    operator_id: str
    operator: str
    operator_en: str
    id: str  # of the station, the lone bike or the car park
    bikes: int | None = None  # to be had where it is taken; None where that is not known
    docks: int | None = None  # free where it is left
    range_m: int | None = None  # of its battery
    spaces: int | None = None  # of a car park
    season: PartOfYear | None = None  # when it may be taken; None: at any time of the year


class Hop(NamedTuple):
    """A part of a way that has several."""

    mode: str
    ride: int  # s
    distance_m: int
    origin: "Spot | None" = None  # None: where the whole way begins
    destination: "Spot | None" = None  # None: where the whole way ends
    ridden: "Ridden | None" = None  # of a vehicle that one sits in already
    price: int | None = None  # minor units, for the party
    rental: Rental | None = None
    on_foot: tuple[int, int] = (0, 0)  # s of the ride to the car, and from it


@dataclass(frozen=True)
class Feeder:
    """All ways of one mode between a place and stops."""

    mode: str
    ways: Ways
    carriers: Sequence[Carrier] = ()
    change: int = 0  # s at the stop before a line is boarded
    walk: "Feeder | None" = None  # ways on foot at the same end, where a vehicle is called
    chains: Mapping[int, tuple[Hop, ...]] = field(default_factory=dict)  # by stop
    kerbs: Kerbs | None = (
        None  # walks that are a part of `ways.ride`, where a car stays on the road
    )

    @cached_property
    def near(self) -> NearStops:
        """Stops and durations, waiting and changing included, as searches want them."""
        return near_stops(self.ways.stop, self.ways.ride + self.ways.wait + self.change)

    @cached_property
    def soonest(self) -> dict[int, tuple[int, int]]:
        """Row and duration of the quickest way to each stop."""
        near = self.near
        if not self.carriers:  # each stop has one way
            return dict(zip(near.stop.tolist(), enumerate(near.duration.tolist()), strict=True))
        order = np.argsort(-near.duration, kind="stable")
        stops, durations = near.stop[order].tolist(), near.duration[order].tolist()
        rows = zip(order.tolist(), durations, strict=True)
        return dict(zip(stops, rows, strict=True))

    def carrier(self, row: int) -> Carrier | None:
        """Return who drives a way; None where nobody is called."""
        number = int(self.ways.carrier[row])
        return None if number == NONE else self.carriers[number]

    def on_foot(self, row: int) -> tuple[int, int]:
        """Seconds of a way to the car, and from it."""
        return self.kerbs.on_foot(int(self.ways.stop[row])) if self.kerbs is not None else (0, 0)

    def rows(self, keep: BoolArray) -> "Feeder":
        """Return some of the ways."""
        return replace(self, ways=Ways._make(column[keep] for column in self.ways))

    def changed(self, least: int, slack: int, *, is_origin: bool) -> "Feeder":
        """Return the ways with at least so many seconds, and the slack, to change from or to them.

        The wait for a called vehicle is a part of the time to change to it.
        """
        if self.mode == "walk" or not (least or slack):
            return self
        if is_origin:
            return replace(self, change=least + slack)
        wait: Int32Array = np.maximum(self.ways.wait, np.int32(least)) + np.int32(slack)
        return replace(self, ways=self.ways._replace(wait=wait))

    def row_on_foot(self, row: int) -> int | None:
        """Return the walk, if it leads as soon to the stop of a way as the way, its wait included.

        None where there is none; a called vehicle is of no use where there is one.
        """
        if self.walk is None:
            return None
        walks, stop = self.walk.ways, self.ways.stop[row]
        on_foot = int(np.searchsorted(walks.stop, stop))  # walks are in order of their stops
        if on_foot == walks.stop.size or walks.stop[on_foot] != stop:
            return None
        is_as_soon = walks.ride[on_foot] <= self.ways.ride[row] + self.ways.wait[row]
        return on_foot if is_as_soon else None

    def without(self, carriers: Collection[int]) -> "Feeder":
        """Return the ways of other carriers."""
        return self.rows(~np.isin(self.ways.carrier, list(carriers)))
