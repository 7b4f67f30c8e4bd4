"""Costs between pinned places and the arcs they lie on, and between two places side by side."""

import numpy as np
from numba import njit

from routing.layout import NONE, UNREACHED
from routing.road_layout import CM_MASK, FAR, MS, Arcs, Ends, Pairs, Pins, Segments, Table

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
def seconds(cost: int) -> int:
    """Duration of a cost, rounded."""
    return ((cost >> 32) + 500) // 1000


@njit(cache=True, nogil=True)
def metres(cost: int) -> int:
    """Length of a cost, rounded."""
    return ((cost & CM_MASK) + 50) // 100


@njit(cache=True, nogil=True)
def walked(length_cm: int, kmh: float) -> int:
    """Cost of a stretch off the road."""
    return int(length_cm * _CM_PER_KMH_MS / kmh) * MS + int(length_cm)


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
def shared_arc(ends: Ends) -> int:
    """Arc along which pin 1 lies ahead of pin 0 at the least cost; there is one."""
    best, arc = FAR, NONE
    for row in range(2):
        gain = ends.passed[row + 2] - ends.passed[row]
        if ends.arc[row] != NONE and ends.arc[row] == ends.arc[row + 2] and 0 <= gain < best:
            best, arc = gain, ends.arc[row]
    return int(arc)


@njit(cache=True, nogil=True)
def north_cm(lat: float, other_lat: float) -> float:
    """How far one latitude lies from another; nothing on them is nearer to each other."""
    return float(abs(np.radians(other_lat - lat) * _EARTH_CM))


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
    north = north_cm(sources.lat[source], targets.lat[target])
    if north > disc:
        return FAR
    shrink = np.cos(np.radians(sources.lat[source] + targets.lat[target]) / 2)
    east = np.radians(targets.lon[target] - sources.lon[source]) * _EARTH_CM * shrink
    length = int(np.sqrt(north * north + east * east))
    if length > disc:
        return FAR
    return walked(length, off_road_kmh)


@njit(cache=True, nogil=True)
def write_row(pairs: Pairs, pin: int, is_back: bool, table: Table) -> None:
    """Turn the costs of a row, over other roads, into the best durations and distances.

    `is_back` says that the ways lead from `there` to `here`.
    """
    here, there, bound = pairs.here, pairs.there, pairs.bound
    segment, lat, off_road_cm = here.segment[pin], here.lat[pin], here.off_road_cm[pin]
    # Columns by name: one that is read from a tuple within a loop with writes is counted each time.
    there_segment, there_lat, there_off_road_cm = there.segment, there.lat, there.off_road_cm
    costs, duration, distance = table.cost, table.duration[pin], table.distance[pin]
    may_leave_roads = pairs.off_road_kmh > 0
    for other in range(costs.size):
        best = costs[other]
        if there_segment[other] == segment:
            if is_back:
                on_arc = cost_on_arc(pairs.there_ends, other, pairs.here_ends, pin)
            else:
                on_arc = cost_on_arc(pairs.here_ends, pin, pairs.there_ends, other)
            best = min(best, on_arc)
        disc = max(off_road_cm, there_off_road_cm[other])
        if may_leave_roads and north_cm(lat, there_lat[other]) <= disc:
            best = min(best, cost_beeline(here, pin, there, other, pairs.off_road_kmh))
        if best < bound:
            duration[other], distance[other] = seconds(best), metres(best)
        else:
            duration[other] = distance[other] = UNREACHED
