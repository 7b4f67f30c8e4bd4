"""Lower bounds on the time from each stop to the destination of a query.

Stops fall into clusters. For each cluster it is known how long the way from a stop to the nearest
of its stops takes at least, if no connection is ever waited for and no change takes time. A query
takes the least over the clusters near its destination. These bounds are *consistent*: they fall by
no more than the time that a hop or a walk takes. So once a trip is too late somewhere, it is too
late at all its later stops.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.kernels.heap import pop, push
from routing.kernels.raptor_ends import NearStops
from routing.layout import UNREACHED, Int32Array, Int64Array, Patterns, UInt16Array

FARTHEST = 2**16 - 1  # s; longer ways count as this long


class LowerBounds(NamedTuple):
    """Least travel times to clusters of stops; without any cluster nothing is known."""

    cluster_of_stop: Int32Array  # (n_stops,)
    least: UInt16Array  # (n_clusters, n_stops) s from a stop to the nearest stop of a cluster


class Ways(NamedTuple):
    """Quickest hop or walk between two stops, by the stop where it ends."""

    first_of_head: Int32Array  # (n_stops + 1,) way
    tail: Int32Array  # (n_ways,) stop where it begins
    duration: Int32Array  # (n_ways,) s


@njit(cache=True, nogil=True)
def least_hops(
    patterns: Patterns,
    hop: Int32Array,  # (n_positions,) out: s; UNREACHED at last positions and without trips
) -> None:
    """Write the shortest time that a trip of a pattern takes from each position to the next."""
    hop[:] = UNREACHED
    for pattern in range(patterns.first_trip_of_pattern.size - 1):
        base = patterns.first_position_of_pattern[pattern]
        length = patterns.first_position_of_pattern[pattern + 1] - base
        begin = patterns.first_event_of_pattern[pattern]
        for event in range(begin, patterns.first_event_of_pattern[pattern + 1], length):
            for i in range(length - 1):
                taken = patterns.arrival[event + i + 1] - patterns.departure[event + i]
                hop[base + i] = min(hop[base + i], taken)


@njit(cache=True, nogil=True)
def settle(
    ways: Ways,
    size: int,
    time: Int32Array,  # (n_stops,) s, lowered in place
    owner: Int32Array,  # (n_stops,) what is handed on from the stops that are reached; or empty
    heap: Int64Array,  # (n,) scratch: `size` entries of s * 2**32 + stop
) -> None:
    """Settle all stops from which the queued ones are reached sooner (Dijkstra's algorithm)."""
    while size > 0:
        entry = heap[0]
        size = pop(heap, size)
        stop, taken = entry & 0xFFFFFFFF, entry >> 32
        if time[stop] != taken:
            continue
        for way in range(ways.first_of_head[stop], ways.first_of_head[stop + 1]):
            tail, longer = ways.tail[way], taken + ways.duration[way]
            if longer < time[tail]:
                time[tail] = longer
                if owner.size > 0:
                    owner[tail] = owner[stop]
                size = push(heap, size, (int(longer) << 32) | int(tail))


@njit(cache=True, nogil=True)
def own_clusters(
    ways: Ways,
    seeds: Int32Array,  # (n_clusters - 1,) stop
    cluster_of_stop: Int32Array,  # (n_stops,) out
    time: Int32Array,  # (n_stops,) scratch
    heap: Int64Array,  # (n_ways + n_stops,) scratch
) -> None:
    """Give each stop to the seed that it reaches first, the rest to a cluster of their own.

    Entry kernel.
    """
    time[:] = FARTHEST
    cluster_of_stop[:] = seeds.size
    size = 0
    for i in range(seeds.size):
        time[seeds[i]] = 0
        cluster_of_stop[seeds[i]] = i
        size = push(heap, size, int(seeds[i]))
    settle(ways, size, time, cluster_of_stop, heap)


@njit(cache=True, nogil=True)
def fill_least(
    ways: Ways,
    cluster_of_stop: Int32Array,  # (n_stops,)
    least: UInt16Array,  # (n_clusters, n_stops) out
    time: Int32Array,  # (n_stops,) scratch
    heap: Int64Array,  # (n_ways + n_stops,) scratch
) -> None:
    """Least travel time from each stop to each cluster; entry kernel."""
    nobody = np.empty(0, np.int32)
    for cluster in range(least.shape[0]):
        size = 0
        for stop in range(time.size):
            time[stop] = FARTHEST
            if cluster_of_stop[stop] == cluster:
                time[stop] = 0
                size = push(heap, size, stop)
        settle(ways, size, time, nobody, heap)
        for stop in range(time.size):
            least[cluster, stop] = time[stop]


@njit(cache=True, nogil=True)
def lower_least(
    ways: Ways,
    least: UInt16Array,  # (n_clusters, n_stops) in place
    time: Int32Array,  # (n_stops,) scratch
    heap: Int64Array,  # (n_ways + n_stops,) scratch
) -> None:
    """Lower what is too high for ways that are new or shorter; entry kernel."""
    nobody = np.empty(0, np.int32)
    for cluster in range(least.shape[0]):
        size = 0
        for stop in range(time.size):
            time[stop] = least[cluster, stop]
        for head in range(time.size):
            taken = least[cluster, head]
            for way in range(ways.first_of_head[head], ways.first_of_head[head + 1]):
                tail, longer = ways.tail[way], taken + ways.duration[way]
                if longer < time[tail]:
                    time[tail] = longer
                    size = push(heap, size, (int(longer) << 32) | int(tail))
        if size > 0:
            settle(ways, size, time, nobody, heap)
            for stop in range(time.size):
                least[cluster, stop] = time[stop]


@njit(cache=True, nogil=True)
def bound_ways(
    bounds: LowerBounds,
    egress: NearStops,
    nearest: Int32Array,  # (n_clusters,) scratch: UNREACHED before and after
    to_end: Int32Array,  # (n_stops,) out: s to the destination, at least
) -> None:
    """Enter the lower bounds of a query; without an egress they are all 0."""
    least_egress = UNREACHED if egress.stop.size > 0 else 0
    for row in range(egress.stop.size):
        least_egress = min(least_egress, egress.duration[row])
    if bounds.least.shape[0] == 0 or egress.stop.size == 0:
        to_end[:] = least_egress
        return
    to_end[:] = UNREACHED
    for row in range(egress.stop.size):
        cluster = bounds.cluster_of_stop[egress.stop[row]]
        nearest[cluster] = min(nearest[cluster], egress.duration[row])
    for row in range(egress.stop.size):
        cluster = bounds.cluster_of_stop[egress.stop[row]]
        more = nearest[cluster]
        if more == UNREACHED:
            continue  # entered before
        nearest[cluster] = UNREACHED
        least = bounds.least[cluster]
        for stop in range(to_end.size):
            to_end[stop] = min(to_end[stop], least[stop] + more)
