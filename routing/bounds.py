"""Lower bounds on travel times of a day, which let searches between two places leave much out.

`lower_bounds` takes about a second for a day of New York and 15 MB. Searches need none, but with
them they do about half of the work. A day with other trips or walks needs bounds of its own, or
`lowered` ones.
"""

import numpy as np

from routing.kernels import bounds as kernels
from routing.kernels.bounds import LowerBounds, Ways
from routing.layout import UNREACHED, DayTables, Int32Array, Int64Array, first_of, frozen

__all__ = ["LowerBounds", "lower_bounds", "lowered", "no_bounds"]

N_CLUSTERS = 512
_SEED = 1


def no_bounds(tables: DayTables) -> LowerBounds:
    """Know nothing."""
    return LowerBounds(
        frozen(np.zeros(tables.n_stops)), frozen(np.empty((0, tables.n_stops)), np.uint16)
    )


def lower_bounds(tables: DayTables, n_clusters: int = N_CLUSTERS) -> LowerBounds:
    """Reckon the least travel times from all stops to clusters of stops.

    Parameters
    ----------
    n_clusters
        More clusters bound tighter, take longer and need more memory; at most one per stop is made,
        and one more for stops that lead nowhere.
    """
    ways, n_stops = _ways(tables), tables.n_stops
    draw = np.random.default_rng(_SEED)
    seeds = frozen(np.sort(draw.permutation(n_stops)[:n_clusters]))
    cluster = np.empty(n_stops, np.int32)
    scratch = _scratch(ways, n_stops)
    kernels.own_clusters(ways, seeds, cluster, *scratch)
    least = np.empty((int(cluster.max(initial=-1)) + 1, n_stops), np.uint16)
    kernels.fill_least(ways, cluster, least, *scratch)
    least.flags.writeable = False  # `frozen` would copy it
    return LowerBounds(frozen(cluster), least)


def lowered(bounds: LowerBounds, tables: DayTables) -> LowerBounds:
    """Return bounds that hold for other tables of the same stops too (a patched day).

    They are no higher than before, so those of many changes are best made anew.
    """
    ways, least = _ways(tables), bounds.least.copy()
    kernels.lower_least(ways, least, *_scratch(ways, tables.n_stops))
    least.flags.writeable = False
    return LowerBounds(bounds.cluster_of_stop, least)


def _scratch(ways: Ways, n_stops: int) -> tuple[Int32Array, Int64Array]:
    return np.empty(n_stops, np.int32), np.empty(ways.tail.size + n_stops + 1, np.int64)


def _ways(tables: DayTables) -> Ways:
    """Hops and walks of a day, the quickest between two stops."""
    patterns, walks = tables.patterns, tables.footpaths
    hop = np.empty(patterns.stop_of_position.size, np.int32)
    kernels.least_hops(patterns, hop)
    rides = np.flatnonzero(hop < UNREACHED)
    out = np.repeat(np.arange(tables.n_stops), np.diff(walks.first_of_stop))
    tail = np.concatenate([patterns.stop_of_position[rides], out])
    head = np.concatenate([patterns.stop_of_position[rides + 1], walks.head])
    duration = np.concatenate([hop[rides], walks.duration])
    order = np.lexsort((duration, tail, head))
    pair = head[order].astype(np.int64) * max(tables.n_stops, 1) + tail[order]
    order = order[np.diff(pair, prepend=-1) != 0]
    return Ways(first_of(head[order], tables.n_stops), frozen(tail[order]), frozen(duration[order]))
