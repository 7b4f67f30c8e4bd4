"""Dijkstra's algorithm over vertices and links, from and to places pinned onto arcs.

Costs are pairs of ms and cm in one int64 (see `routing.road_layout`). Every link takes at least
one ms, so ordering the heap by ms alone settles pairs right: what improves the cm of a vertex
comes from vertices that are strictly earlier.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.heap import pop, push
from routing.kernels.pins import write_row
from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import CM_MASK, FAR, Arcs, Ends, Links, Pairs, Table

SAME, LOWER, NEW = range(3)  # what an offer does to a label
SEED = -2  # parent of a vertex that follows a start's forward arc; -3 its backward arc


class Scratch(NamedTuple):
    """Memory of one search at a time; between searches every `label` is FAR."""

    label: Int64Array  # (n_vertices,) cost
    parent: Int32Array  # (n_vertices,) link by which the label came, SEED or SEED - 1 at a start
    touched: Int32Array  # (n_vertices,) vertices with a label
    heap: Int64Array  # (n_links + n_seeds,) entries ms * 2**32 + vertex


@njit(cache=True, nogil=True)
def lower(scratch: Scratch, n_touched: int, vertex: int, cost: int, link: int) -> int:
    """Offer a cost to a vertex; return SAME, or LOWER or NEW where it must be queued.

    Returning one small number lets the compiler build this into the loops of its callers, which
    halves the time of a search against returning sizes.
    """
    old = scratch.label[vertex]
    if cost >= old:
        return SAME
    scratch.label[vertex] = cost
    scratch.parent[vertex] = link
    if old == FAR:
        scratch.touched[n_touched] = vertex
        return NEW
    return LOWER if cost >> 32 < old >> 32 else SAME


@njit(cache=True, nogil=True)
def enqueue(scratch: Scratch, size: int, vertex: int, cost: int) -> int:
    """Queue a vertex; return the heap's size."""
    return push(scratch.heap, size, (cost & ~CM_MASK) | vertex)


@njit(cache=True, nogil=True)
def relax(
    scratch: Scratch, size: int, n_touched: int, vertex: int, cost: int, link: int
) -> tuple[int, int]:
    """Offer a cost to a vertex; return the heap's size and the number of touched vertices."""
    change = lower(scratch, n_touched, vertex, cost, link)
    if change != SAME:
        size = enqueue(scratch, size, vertex, cost)
        n_touched += change == NEW
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
                change = lower(scratch, n_touched, head, reached, link)
                if change != SAME:
                    size = enqueue(scratch, size, head, reached)
                    n_touched += change == NEW
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
def _cost_to(arcs: Arcs, ends: Ends, pin: int, label: Int64Array) -> int:
    """Cost of reaching a pin after a search forward."""
    best = FAR
    for row in range(2 * pin, 2 * pin + 2):
        arc = ends.arc[row]
        if arc != NONE:
            entered = min(label[arcs.entry[arc]], label[arcs.last_entry[arc]])
            best = min(best, entered + ends.passed[row])
    return int(best + ends.off_road[pin])


@njit(cache=True, nogil=True)
def _cost_from(arcs: Arcs, links: Links, ends: Ends, pin: int, label: Int64Array) -> int:
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
def rows_forward(arcs: Arcs, links: Links, pairs: Pairs, table: Table, scratch: Scratch) -> int:
    """Fill `table` with the ways from `here` to `there`; count the vertices labelled."""
    n_labelled = 0
    for pin in range(table.duration.shape[0]):
        size, n_touched = seed_from(arcs, links, pairs.here_ends, pin, pairs.bound, scratch)
        n_touched = settle(links, pairs.bound, scratch, size, n_touched)
        for other in range(table.cost.size):
            table.cost[other] = _cost_to(arcs, pairs.there_ends, other, scratch.label)
        write_row(pairs, pin, False, table)
        clear(scratch, n_touched)
        n_labelled += n_touched
    return n_labelled


@njit(cache=True, nogil=True)
def rows_backward(
    arcs: Arcs, links: Links, back_links: Links, pairs: Pairs, table: Table, scratch: Scratch
) -> int:
    """Fill `table` with the ways from `there` to `here`; count the vertices labelled."""
    n_labelled = 0
    for pin in range(table.duration.shape[0]):
        size, n_touched = seed_to(arcs, pairs.here_ends, pin, pairs.bound, scratch)
        n_touched = settle(back_links, pairs.bound, scratch, size, n_touched)
        for other in range(table.cost.size):
            table.cost[other] = _cost_from(arcs, links, pairs.there_ends, other, scratch.label)
        write_row(pairs, pin, True, table)
        clear(scratch, n_touched)
        n_labelled += n_touched
    return n_labelled


@njit(cache=True, nogil=True)
def settle_until(
    arcs: Arcs, links: Links, ends: Ends, goal: int, bound: int, scratch: Scratch, size: int,
    n_touched: int,
) -> int:  # fmt: skip
    """As `settle`, but stop once the pin `goal` cannot be reached at less cost."""
    while size > 0:
        entry = scratch.heap[0]
        if entry >> 32 > bound >> 32:
            break
        size = pop(scratch.heap, size)
        vertex = entry & CM_MASK
        cost = scratch.label[vertex]
        if cost >> 32 != entry >> 32:
            continue
        for row in range(2 * goal, 2 * goal + 2):
            arc = ends.arc[row]
            if arc != NONE and (arcs.entry[arc] == vertex or arcs.last_entry[arc] == vertex):
                bound = min(bound, cost + ends.passed[row] + 1)
        for link in range(links.first_of_vertex[vertex], links.first_of_vertex[vertex + 1]):
            reached = cost + links.cost[link]
            if reached < bound:
                head = links.head[link]
                change = lower(scratch, n_touched, head, reached, link)
                if change != SAME:
                    size = enqueue(scratch, size, head, reached)
                    n_touched += change == NEW
    return n_touched
