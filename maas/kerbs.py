"""Walks between places and where a car can stop for them, where no road leads to the place itself.

Cars stay on the road: a search takes them to the nearest point of a road that they may use, which
the pins of places know. From there one goes on foot, straight on at the speed at which walks leave
the roads, too.
"""

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.kept import Kept
from routing.layout import UNREACHED, Int32Array

if TYPE_CHECKING:
    from maas.access import Wishes
    from routing.road_layout import Pins

STOPS_AT_M = 30  # a car that can stop so near stops at the place


class FarStops:
    """The stops of a region beside which cars cannot stop; safe to share between threads."""

    def __init__(self, pins: "Pins") -> None:
        metres = (pins.off_road_cm + 50) // 100
        self._n_stops = metres.size
        self._stop = (metres > STOPS_AT_M).nonzero()[0].astype(np.int32)
        self._metres = metres[self._stop]
        self._walks = Kept(self, FarStops._of_pace)

    def walks(self, wishes: "Wishes", max_walk_m: int) -> Int32Array:
        """Return the walks to the road of travellers with some wishes, (n_stops,) s.

        They are 0 where cars stop beside the stop, `UNREACHED` where that is too far.
        """
        return self._walks[_pace(wishes), _limit_m(wishes, max_walk_m)]

    def _of_pace(self, key: tuple[float, int]) -> Int32Array:
        pace, limit_m = key
        seconds = np.zeros(self._n_stops, np.int32)
        seconds[self._stop] = np.ceil(self._metres * pace)
        seconds[self._stop[self._metres > limit_m]] = UNREACHED
        return seconds


class Kerbs(NamedTuple):
    """Walks at both ends of ways between a place and stops."""

    is_origin: bool  # whether the ways begin at the place
    door: int  # s between the place and the road
    at_stop: Int32Array  # (n_stops,) s between stops and the road, or UNREACHED

    def on_foot(self, stop: int) -> tuple[int, int]:
        """Seconds before and after the ride between the place and a stop."""
        at_stop = int(self.at_stop[stop])
        return (self.door, at_stop) if self.is_origin else (at_stop, self.door)

    def lengthen(self, duration: Int32Array) -> None:
        """Add the walks to durations between the place and stops, (n_stops,), in place."""
        whole = duration.astype(np.int64) + self.at_stop + self.door
        np.minimum(whole, UNREACHED, out=duration, casting="same_kind")

    def waits(self, wait: Int32Array, stop: Int32Array) -> Int32Array:
        """Seconds from the call until one sets out for the car: one walks there while it comes.

        Parameters
        ----------
        wait
            Seconds from the call until the car comes, by way.
        stop
            Stop of each way.
        """
        before = np.int32(self.door) if self.is_origin else self.at_stop[stop]
        left: Int32Array = np.maximum(wait - before, np.int32(0))
        return left


def door_walk(metres: int, wishes: "Wishes", max_walk_m: int) -> int | None:
    """Seconds on foot between a place and a road; None where that is farther than one walks."""
    if metres <= STOPS_AT_M:
        return 0
    return None if metres > _limit_m(wishes, max_walk_m) else ceil(metres * _pace(wishes))


def _pace(wishes: "Wishes") -> float:
    """Seconds a metre."""
    return 3.6 / wishes.off_road[0] * wishes.walk_percent / 100


def _limit_m(wishes: "Wishes", max_walk_m: int) -> int:
    return min(max_walk_m, int(wishes.off_road[1]))
