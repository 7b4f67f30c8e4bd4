"""Contraction hierarchies [1]_: vertices are taken out one by one, least important first.

Where the best way between two neighbours of a vertex leads over it, a shortcut takes its place. A
search then only climbs from both its ends. Costs are pairs of ms and cm (`routing.road_layout`),
so shortcuts are exact in both.

.. [1] Geisberger, Sanders, Schultes, Vetter: Exact Routing in Large Road Networks Using
   Contraction Hierarchies, Transportation Science 2012.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels.dijkstra import NEW, SAME, Scratch, clear, enqueue, lower, relax
from routing.kernels.heap import pop, push
from routing.layout import NONE, Int32Array, Int64Array, UInt8Array
from routing.road_layout import CM_MASK, FAR

DONE = 0
FULL = -1  # the arrays are too small; start again with larger ones
TOO_DENSE = -2  # witnesses are too hard to find
_SCANNED_TO_RANK = 500  # links that a witness search scans when it only counts shortcuts
_SCANNED_TO_CONTRACT = 3000
_OFFSET = 1 << 28  # makes priorities positive
_PRIORITY_SHIFT = 32


class Adjacency(NamedTuple):
    """Growing lists of neighbours; the list of `v` starts at `first[v]` and has `room[v]` cells."""

    first: Int64Array  # (n_vertices,) cell
    n_used: Int32Array  # (n_vertices,) neighbours
    room: Int32Array  # (n_vertices,) cells
    other: Int32Array  # (n_cells,) vertex
    cost: Int64Array  # (n_cells,) cost
    via: Int32Array  # (n_cells,) vertex that a shortcut leads over, or ~link
    used: Int64Array  # (1,) cells in use


class Ranking(NamedTuple):
    """What decides which vertex is taken out next."""

    n_gone: Int32Array  # (n_vertices,) neighbours taken out
    level: Int32Array  # (n_vertices,) height above the lowest vertices
    n_scanned: Int64Array  # (1,) links that witness searches have scanned so far
    is_stale: UInt8Array  # (n_vertices,) 1 where a neighbour went since the vertex was queued
    queue: Int64Array  # (n,) heap of priority * 2**32 + vertex


class Lists(NamedTuple):
    """Neighbours of the vertices in the order in which they were taken out."""

    end: Int64Array  # (n_vertices,) past the last row of the vertex taken out i-th
    other: Int32Array  # (n_rows,) vertex
    cost: Int64Array  # (n_rows,) cost
    via: Int32Array  # (n_rows,) as in `Adjacency`


@njit(cache=True, nogil=True)
def _find(lists: Adjacency, vertex: int, other: int) -> int:
    """Cell of a neighbour, or NONE."""
    for cell in range(lists.first[vertex], lists.first[vertex] + lists.n_used[vertex]):
        if lists.other[cell] == other:
            return cell
    return NONE


@njit(cache=True, nogil=True)
def _append(lists: Adjacency, vertex: int, other: int, cost: int, via: int) -> bool:
    """Add a neighbour; False if there is no room left."""
    count = lists.n_used[vertex]
    if count == lists.room[vertex]:
        room = max(4, 2 * count)
        start = lists.used[0]
        if start + room > lists.other.size:
            return False
        for step in range(count):
            cell = lists.first[vertex] + step
            lists.other[start + step] = lists.other[cell]
            lists.cost[start + step] = lists.cost[cell]
            lists.via[start + step] = lists.via[cell]
        lists.first[vertex] = start
        lists.room[vertex] = room
        lists.used[0] = start + room
    cell = lists.first[vertex] + count
    lists.other[cell], lists.cost[cell], lists.via[cell] = other, cost, via
    lists.n_used[vertex] = count + 1
    return True


@njit(cache=True, nogil=True)
def _remove(lists: Adjacency, vertex: int, other: int) -> None:
    """Drop a neighbour; the last one takes its cell."""
    cell = _find(lists, vertex, other)
    last = lists.first[vertex] + lists.n_used[vertex] - 1
    lists.other[cell] = lists.other[last]
    lists.cost[cell] = lists.cost[last]
    lists.via[cell] = lists.via[last]
    lists.n_used[vertex] -= 1


@njit(cache=True, nogil=True)
def offer(outward: Adjacency, inward: Adjacency, tail: int, head: int, cost: int, via: int) -> bool:
    """Join two vertices, or lower the cost between them; False if there is no room left."""
    cell = _find(outward, tail, head)
    if cell == NONE:
        added = _append(outward, tail, head, cost, via)
        return added and _append(inward, head, tail, cost, via)
    if cost < outward.cost[cell]:
        outward.cost[cell], outward.via[cell] = cost, via
        cell = _find(inward, head, tail)
        inward.cost[cell], inward.via[cell] = cost, via
    return True


@njit(cache=True, nogil=True)
def _search_witnesses(
    outward: Adjacency, source: int, avoided: int, bound: int, n_wanted: int, most_scanned: int,
    wanted: Int64Array, n_scanned_before: Int64Array, scratch: Scratch,
) -> int:  # fmt: skip
    """Label the surroundings of a vertex without passing another; count the labels.

    Ends early once `n_wanted` vertices have been reached at no more than their cost in `wanted`.
    """
    size, n_touched = relax(scratch, 0, 0, source, 0, NONE)
    n_scanned = 0
    while size > 0 and n_scanned < most_scanned:
        entry = scratch.heap[0]
        size = pop(scratch.heap, size)
        vertex = entry & CM_MASK
        cost = scratch.label[vertex]
        if cost >> 32 != entry >> 32:
            continue
        first, count = outward.first[vertex], outward.n_used[vertex]
        n_scanned += count
        for cell in range(first, first + count):
            head = outward.other[cell]
            reached = cost + outward.cost[cell]
            if reached > bound or head == avoided or reached >= scratch.label[head]:
                continue
            if reached <= wanted[head] < scratch.label[head]:
                n_wanted -= 1
            change = lower(scratch, n_touched, head, reached, NONE)
            if change != SAME:
                size = enqueue(scratch, size, head, reached)
                n_touched += change == NEW
        if n_wanted == 0:
            break
    n_scanned_before[0] += n_scanned
    return n_touched


@njit(cache=True, nogil=True)
def _shortcuts(
    outward: Adjacency, inward: Adjacency, vertex: int, is_trial: bool, n_scanned: Int64Array,
    wanted: Int64Array, scratch: Scratch,
) -> int:  # fmt: skip
    """Add the shortcuts that replace a vertex, or only count them; FULL if there is no room."""
    first_out, n_out = outward.first[vertex], outward.n_used[vertex]
    most_scanned = _SCANNED_TO_RANK if is_trial else _SCANNED_TO_CONTRACT
    n_shortcuts = 0
    first_in, n_in = inward.first[vertex], inward.n_used[vertex]
    for in_cell in range(first_in, first_in + n_in):
        tail, to_vertex = inward.other[in_cell], inward.cost[in_cell]
        bound, n_wanted = 0, 0
        for cell in range(first_out, first_out + n_out):
            if outward.other[cell] != tail:
                wanted[outward.other[cell]] = to_vertex + outward.cost[cell]
                bound = max(bound, to_vertex + outward.cost[cell])
                n_wanted += 1
        if n_wanted == 0:
            continue
        n_touched = _search_witnesses(
            outward, tail, vertex, bound, n_wanted, most_scanned, wanted, n_scanned, scratch
        )
        has_room = True
        for cell in range(first_out, first_out + n_out):
            head = outward.other[cell]
            cost, wanted[head] = wanted[head], -1
            if head == tail or scratch.label[head] <= cost:
                continue
            n_shortcuts += 1
            if not is_trial:
                has_room = has_room and offer(outward, inward, tail, head, cost, vertex)
        clear(scratch, n_touched)
        if not has_room:
            return FULL
    return n_shortcuts


@njit(cache=True, nogil=True)
def _enqueue(
    outward: Adjacency, inward: Adjacency, vertex: int, ranking: Ranking, size: int,
    wanted: Int64Array, scratch: Scratch,
) -> int:  # fmt: skip
    """Queue a vertex: early if it adds few shortcuts, drops many links and lies low."""
    added = _shortcuts(outward, inward, vertex, True, ranking.n_scanned, wanted, scratch)
    dropped = outward.n_used[vertex] + inward.n_used[vertex]
    priority = 4 * (added - dropped) + ranking.n_gone[vertex] + 2 * ranking.level[vertex]
    ranking.is_stale[vertex] = 0
    entry = ((int(priority) + _OFFSET) << _PRIORITY_SHIFT) | vertex
    return push(ranking.queue, size, entry)


@njit(cache=True, nogil=True)
def _next_vertex(
    outward: Adjacency, inward: Adjacency, ranking: Ranking, size: int, wanted: Int64Array,
    scratch: Scratch,
) -> tuple[int, int]:  # fmt: skip
    """Take the least important vertex off the queue; return it and the queue's size."""
    while True:
        vertex = int(ranking.queue[0] & CM_MASK)
        size = pop(ranking.queue, size)
        if not ranking.is_stale[vertex]:
            return vertex, size
        size = _enqueue(outward, inward, vertex, ranking, size, wanted, scratch)


@njit(cache=True, nogil=True)
def _take_out(
    lists: Adjacency, opposite: Adjacency, vertex: int, ranking: Ranking, n_done: int, taken: Lists
) -> bool:
    """Write the neighbours of a vertex into `taken` and make them forget it."""
    row = taken.end[n_done - 1] if n_done > 0 else 0
    first, count = lists.first[vertex], lists.n_used[vertex]
    if row + count > taken.other.size:
        return False
    for cell in range(first, first + count):
        other = lists.other[cell]
        taken.other[row], taken.cost[row], taken.via[row] = other, lists.cost[cell], lists.via[cell]
        row += 1
        _remove(opposite, other, vertex)
        ranking.n_gone[other] += 1
        ranking.is_stale[other] = 1
        ranking.level[other] = max(ranking.level[other], ranking.level[vertex] + 1)
    taken.end[n_done] = row
    return True


@njit(cache=True, nogil=True)
def contract(
    outward: Adjacency, inward: Adjacency, ranking: Ranking, order: Int32Array,
    most_scanned: int, up: Lists, down: Lists, wanted: Int64Array, scratch: Scratch,
) -> int:  # fmt: skip
    """Take out all vertices; return DONE, FULL or TOO_DENSE.

    `order` gets them, from the least important one. `up` gets links to more important vertices,
    `down` those from them. `wanted` is -1 everywhere.
    """
    size = 0
    for vertex in range(order.size):
        size = _enqueue(outward, inward, vertex, ranking, size, wanted, scratch)
    for n_done in range(order.size):
        if ranking.n_scanned[0] > most_scanned:
            return TOO_DENSE
        vertex, size = _next_vertex(outward, inward, ranking, size, wanted, scratch)
        order[n_done] = vertex
        if _shortcuts(outward, inward, vertex, False, ranking.n_scanned, wanted, scratch) == FULL:
            return FULL
        if not _take_out(outward, inward, vertex, ranking, n_done, up):
            return FULL
        if not _take_out(inward, outward, vertex, ranking, n_done, down):
            return FULL
    return DONE


@njit(cache=True, nogil=True)
def join(
    first_of_vertex: Int32Array, head: Int32Array, cost: Int64Array, outward: Adjacency,
    inward: Adjacency,
) -> bool:  # fmt: skip
    """Fill the lists with the best link of each pair of vertices; False if there is no room."""
    for vertex in range(first_of_vertex.size - 1):
        for link in range(first_of_vertex[vertex], first_of_vertex[vertex + 1]):
            if head[link] != vertex and cost[link] < FAR:
                if not offer(outward, inward, vertex, head[link], cost[link], ~link):
                    return False
    return True
