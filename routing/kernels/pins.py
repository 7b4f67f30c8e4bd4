"""Costs between pinned places and the arcs they lie on, and between two places side by side."""

import numpy as np
from numba import njit

from routing.layout import NONE, Int64Array
from routing.road_layout import CM_MASK, FAR, MS, Arcs, Ends, Links, Pins, Segments

_EARTH_CM = 637_100_880.0
_CM_PER_KMH_MS = 36.0  # cm * 36 / (km/h) = ms


@njit(cache=True, nogil=True)
def _along(cost: int, along_cm: int) -> int:
    """Part of an arc's cost up to a place on it."""
    length = cost & CM_MASK
    if length == 0:
        return 0
    return ((cost >> 32) * along_cm // length) * MS + along_cm


@njit(cache=True, nogil=True)
def walked(length_cm: int, kmh: float) -> int:
    """Cost of a stretch off the road."""
    return int(length_cm * _CM_PER_KMH_MS / kmh) * MS + length_cm


@njit(cache=True, nogil=True)
def place(segments: Segments, arcs: Arcs, pins: Pins, off_road_kmh: float, ends: Ends) -> None:
    """Fill `ends` for all pins."""
    for pin in range(pins.segment.size):
        segment = pins.segment[pin]
        ends.arc[2 * pin] = NONE
        ends.arc[2 * pin + 1] = NONE
        ends.off_road[pin] = 0
        if segment == NONE:
            continue
        if off_road_kmh > 0:
            ends.off_road[pin] = walked(pins.off_road_cm[pin], off_road_kmh)
        forward, backward = segments.forward_arc[segment], segments.backward_arc[segment]
        if forward != NONE and arcs.cost[forward] < FAR:
            ends.arc[2 * pin] = forward
            ends.passed[2 * pin] = _along(arcs.cost[forward], pins.along_cm[pin])
        if backward != NONE and arcs.cost[backward] < FAR:
            cost = arcs.cost[backward]
            ends.arc[2 * pin + 1] = backward
            ends.passed[2 * pin + 1] = _along(cost, (cost & CM_MASK) - pins.along_cm[pin])


@njit(cache=True, nogil=True)
def cost_to(arcs: Arcs, label: Int64Array, ends: Ends, pin: int) -> int:
    """Cost of reaching a pin after a search forward."""
    best = FAR
    for row in range(2 * pin, 2 * pin + 2):
        arc = ends.arc[row]
        if arc != NONE:
            entered = min(label[arcs.entry[arc]], label[arcs.last_entry[arc]])
            best = min(best, entered + ends.passed[row])
    return int(best + ends.off_road[pin])


@njit(cache=True, nogil=True)
def cost_from(arcs: Arcs, links: Links, label: Int64Array, ends: Ends, pin: int) -> int:
    """Cost of leaving a pin after a search backward."""
    best = FAR
    for row in range(2 * pin, 2 * pin + 2):
        arc = ends.arc[row]
        if arc == NONE:
            continue
        for link in range(arcs.first_exit[arc], arcs.end_exit[arc]):
            if links.cost[link] < FAR:
                best = min(best, label[links.head[link]] + links.cost[link] - ends.passed[row])
    return int(best + ends.off_road[pin])


@njit(cache=True, nogil=True)
def cost_on_arc(sources: Ends, source: int, targets: Ends, target: int) -> int:
    """Cost between two pins of one arc without leaving it, FAR where that is no way."""
    best = FAR
    for direction in range(2):
        row, ahead = 2 * source + direction, 2 * target + direction
        if sources.arc[row] != NONE and sources.arc[row] == targets.arc[ahead]:
            cost = targets.passed[ahead] - sources.passed[row]
            if cost >= 0:  # both its parts grow along the arc
                best = min(best, cost)
    return int(best + sources.off_road[source] + targets.off_road[target])


@njit(cache=True, nogil=True)
def cost_beeline(
    sources: Pins, source: int, targets: Pins, target: int, off_road_kmh: float
) -> int:
    """Cost of the straight line, where one place is nearer to the other than to any road.

    Around a place there is a disc free of roads, as wide as the place is off the road. A walk
    within that disc is as straight as the off-road part of any other walk.
    """
    if off_road_kmh <= 0 or sources.segment[source] == NONE or targets.segment[target] == NONE:
        return FAR
    disc = max(sources.off_road_cm[source], targets.off_road_cm[target])
    north = np.radians(targets.lat[target] - sources.lat[source]) * _EARTH_CM
    if abs(north) > disc:
        return FAR
    shrink = np.cos(np.radians(sources.lat[source] + targets.lat[target]) / 2)
    east = np.radians(targets.lon[target] - sources.lon[source]) * _EARTH_CM * shrink
    length = int(np.sqrt(north * north + east * east))
    if length > disc:
        return FAR
    return walked(length, off_road_kmh)
