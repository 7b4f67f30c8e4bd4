"""Dijkstra's algorithm over vertices and links, from and to places pinned onto arcs.

Costs are pairs of ms and cm in one int64 (see `routing.road_layout`). Every link takes at least
one ms, so ordering the heap by ms alone settles pairs right: what improves the cm of a vertex
comes from vertices that are strictly earlier.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.heap import pop, push
from routing.kernels.pins import cost_beeline, cost_from, cost_on_arc, cost_to
from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import CM_MASK, FAR, Arcs, Ends, Links, Pins

SEED = -2  # parent of a vertex that follows a start's forward arc; -3 its backward arc


class Scratch(NamedTuple):
    """Memory of one search at a time; between searches every `label` is FAR."""

    label: Int64Array  # (n_vertices,) cost
    parent: Int32Array  # (n_vertices,) link by which the label came, SEED or SEED - 1 at a start
    touched: Int32Array  # (n_vertices,) vertices with a label
    heap: Int64Array  # (n_links + n_seeds,) entries ms * 2**32 + vertex


@njit(cache=True, nogil=True)
def relax(
    scratch: Scratch, size: int, n_touched: int, vertex: int, cost: int, link: int
) -> tuple[int, int]:
    """Offer a cost to a vertex; return the heap's size and the number of touched vertices."""
    old = scratch.label[vertex]
    if cost < old:
        if old == FAR:
            scratch.touched[n_touched] = vertex
            n_touched += 1
        scratch.label[vertex] = cost
        scratch.parent[vertex] = link
        if cost >> 32 < old >> 32:
            size = push(scratch.heap, size, (cost & ~CM_MASK) | vertex)
    return size, n_touched


@njit(cache=True, nogil=True)
def settle(links: Links, bound: int, scratch: Scratch, size: int, n_touched: int) -> int:
    """Settle all vertices that cost less than `bound`; return the number of touched vertices."""
    while size > 0:
        entry = scratch.heap[0]
        size = pop(scratch.heap, size)
        vertex = entry & CM_MASK
        cost = scratch.label[vertex]
        if cost >> 32 != entry >> 32:
            continue
        for link in range(links.first_of_vertex[vertex], links.first_of_vertex[vertex + 1]):
            reached = cost + links.cost[link]
            if reached < bound:
                head = links.head[link]
                size, n_touched = relax(scratch, size, n_touched, head, reached, link)
    return n_touched


@njit(cache=True, nogil=True)
def clear(scratch: Scratch, n_touched: int) -> None:
    """Forget the labels of a search."""
    for row in range(n_touched):
        scratch.label[scratch.touched[row]] = FAR


@njit(cache=True, nogil=True)
def seed_from(
    arcs: Arcs, links: Links, ends: Ends, pin: int, bound: int, scratch: Scratch
) -> tuple[int, int]:
    """Label the vertices that follow a pin at which a trip starts."""
    size, n_touched = 0, 0
    for row in range(2 * pin, 2 * pin + 2):
        arc = ends.arc[row]
        if arc == NONE:
            continue
        parent = SEED - (row - 2 * pin)
        for link in range(arcs.first_exit[arc], arcs.end_exit[arc]):
            cost = links.cost[link] - ends.passed[row] + ends.off_road[pin]
            if links.cost[link] < FAR and cost < bound:
                size, n_touched = relax(scratch, size, n_touched, links.head[link], cost, parent)
    return size, n_touched


@njit(cache=True, nogil=True)
def seed_to(arcs: Arcs, ends: Ends, pin: int, bound: int, scratch: Scratch) -> tuple[int, int]:
    """Label the vertices before a pin at which a trip ends, for a search backward."""
    size, n_touched = 0, 0
    for row in range(2 * pin, 2 * pin + 2):
        arc = ends.arc[row]
        cost = ends.passed[row] + ends.off_road[pin]
        if arc != NONE and cost < bound:
            size, n_touched = relax(scratch, size, n_touched, arcs.entry[arc], cost, NONE)
            size, n_touched = relax(scratch, size, n_touched, arcs.last_entry[arc], cost, NONE)
    return size, n_touched


@njit(cache=True, nogil=True)
def best_of(
    reached: int, sources: Pins, source: int, targets: Pins, target: int,
    starts: Ends, goals: Ends, off_road_kmh: float,
) -> int:  # fmt: skip
    """Least of the cost over other roads, along one arc, and of the straight line."""
    on_arc = cost_on_arc(starts, source, goals, target)
    line = cost_beeline(sources, source, targets, target, off_road_kmh)
    return min(reached, on_arc, line)


@njit(cache=True, nogil=True)
def one_to_many(
    arcs: Arcs, links: Links, sources: Pins, targets: Pins, starts: Ends, goals: Ends,
    off_road_kmh: float, bound: int, costs: Int64Array, scratch: Scratch,
) -> int:  # fmt: skip
    """Fill `costs` (n_sources, n_targets) where below `bound`, else FAR; count labels."""
    n_labelled = 0
    for source in range(sources.segment.size):
        size, n_touched = seed_from(arcs, links, starts, source, bound, scratch)
        n_touched = settle(links, bound, scratch, size, n_touched)
        for target in range(targets.segment.size):
            reached = cost_to(arcs, scratch.label, goals, target)
            best = best_of(reached, sources, source, targets, target, starts, goals, off_road_kmh)
            costs[source, target] = best if best < bound else FAR
        clear(scratch, n_touched)
        n_labelled += n_touched
    return n_labelled


@njit(cache=True, nogil=True)
def many_to_one(
    arcs: Arcs, links: Links, back_links: Links, sources: Pins, targets: Pins, starts: Ends,
    goals: Ends, off_road_kmh: float, bound: int, costs: Int64Array, scratch: Scratch,
) -> int:  # fmt: skip
    """Fill `costs` (n_sources, n_targets) as `one_to_many` does, searching backward."""
    n_labelled = 0
    for target in range(targets.segment.size):
        size, n_touched = seed_to(arcs, goals, target, bound, scratch)
        n_touched = settle(back_links, bound, scratch, size, n_touched)
        for source in range(sources.segment.size):
            reached = cost_from(arcs, links, scratch.label, starts, source)
            best = best_of(reached, sources, source, targets, target, starts, goals, off_road_kmh)
            costs[source, target] = best if best < bound else FAR
        clear(scratch, n_touched)
        n_labelled += n_touched
    return n_labelled


@njit(cache=True, nogil=True)
def settle_until(
    arcs: Arcs, links: Links, goals: Ends, bound: int, scratch: Scratch, size: int, n_touched: int
) -> int:
    """As `settle`, but stop once the first of `goals` cannot be reached at less cost."""
    while size > 0:
        entry = scratch.heap[0]
        if entry >> 32 > bound >> 32:
            break
        size = pop(scratch.heap, size)
        vertex = entry & CM_MASK
        cost = scratch.label[vertex]
        if cost >> 32 != entry >> 32:
            continue
        for row in range(2):
            arc = goals.arc[row]
            if arc != NONE and (arcs.entry[arc] == vertex or arcs.last_entry[arc] == vertex):
                bound = min(bound, cost + goals.passed[row] + 1)
        for link in range(links.first_of_vertex[vertex], links.first_of_vertex[vertex + 1]):
            reached = cost + links.cost[link]
            if reached < bound:
                head = links.head[link]
                size, n_touched = relax(scratch, size, n_touched, head, reached, link)
    return n_touched
