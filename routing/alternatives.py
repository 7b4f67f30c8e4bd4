"""Other sensible ways: not much longer, mostly elsewhere, and quickest over a good stretch [1]_.

.. [1] Abraham, Delling, Goldberg, Werneck: Alternative Routes in Road Networks, ACM JEA 2013;
   plateaus after Cambridge Vehicle Information Technology, 2005.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from routing.kernels import dijkstra, plateaus
from routing.kernels.dijkstra import Scratch
from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import MS, Ends, Pins
from routing.road_search import ProfileSearch, measured
from routing.way_search import Course

_MOST_TRIED = 40  # plateaus that are traced


class Taste(NamedTuple):
    """What makes another way worth naming; shares of the quickest way's duration."""

    stretch: float = 1.25  # at most as long as this
    shared: float = 0.75  # at most so much of it on roads of ways already named
    plateau: float = 0.10  # at least so long a stretch that is quickest in itself


def other_ways(
    search: ProfileSearch, pins: Pins, best: Course, n_wanted: int, taste: Taste | None = None
) -> list[Course]:
    """Return up to `n_wanted` ways from pin 0 to pin 1 besides the quickest, best first."""
    taste = taste or Taste()
    if best.arcs.size < 2:
        return []
    ends, roads = search.ends(pins), search.roads
    bound = int((best.cost >> 32) * taste.stretch + 1) * MS
    found = [best]
    with search.scratch() as forward, search.scratch() as backward:
        size, n_forward = dijkstra.seed_from(roads.arcs, roads.links, ends, 0, bound, forward)
        n_forward = dijkstra.settle(roads.links, bound, forward, size, n_forward)
        size, n_backward = dijkstra.seed_to(roads.arcs, ends, 1, bound, backward)
        n_backward = dijkstra.settle(roads.back_links, bound, backward, size, n_backward)
        touched = np.sort(forward.touched[:n_forward])
        through = forward.label[touched] + backward.label[touched]
        touched, through = touched[through < bound], through[through < bound]
        for via, cost in _candidates(search, best, taste, touched, through, forward, backward):
            arcs = _arcs_over(search, ends, via, forward, backward)
            if _is_new(search, arcs, found, taste):
                found.append(measured(Course(cost, arcs), ends))
            if len(found) > n_wanted:
                break
        dijkstra.clear(forward, n_forward)
        dijkstra.clear(backward, n_backward)
    return found[1:]


def _candidates(
    search: ProfileSearch,
    best: Course,
    taste: Taste,
    touched: Int32Array,
    through: Int64Array,
    forward: Scratch,
    backward: Scratch,
) -> Iterator[tuple[int, int]]:
    """Vertices at the ends of long plateaus and what ways over them cost, the best ones first."""
    n = search.roads.links.first_of_vertex.size - 1
    order = touched[np.argsort(forward.label[touched], kind="stable")].astype(np.int32)
    first, is_last = np.full(n, NONE, np.int32), np.zeros(n, np.int32)
    plateaus.find(
        search.roads.links, search.roads.back_links, order, forward, backward, first, is_last
    )
    length = (forward.label[touched] - forward.label[first[touched]]) >> 32
    is_good = (is_last[touched] == 1) & (length >= taste.plateau * (best.cost >> 32))
    touched, through, length = touched[is_good], through[is_good], length[is_good]
    rank = np.argsort((through >> 32) - length, kind="stable")[:_MOST_TRIED]
    yield from zip(touched[rank].tolist(), through[rank].tolist(), strict=True)


def _arcs_over(
    search: ProfileSearch, ends: Ends, via: int, forward: Scratch, backward: Scratch
) -> Int32Array:
    roads = search.roads
    chain = np.empty(2 * roads.links.first_of_vertex.size + 4, np.int32)
    begin, end = plateaus.trace(
        roads.arcs, roads.links, roads.back_links, roads.arc_of_link, ends, via, forward, backward,
        chain,
    )  # fmt: skip
    return chain[begin:end].copy()


def _is_new(search: ProfileSearch, arcs: Int32Array, found: list[Course], taste: Taste) -> bool:
    """Whether a way uses no road twice and shares little with each of those found."""
    segment = search.roads.arcs.segment
    inner = segment[arcs[1:-1]]
    if np.unique(inner).size < inner.size:
        return False
    cost = search.roads.arcs.cost[arcs] >> 32
    most = taste.shared * float((search.roads.arcs.cost[found[0].arcs] >> 32).sum())
    return all(
        float(cost[np.isin(segment[arcs], segment[other.arcs])].sum()) <= most for other in found
    )
