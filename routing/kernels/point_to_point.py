"""The best way between two places on a hierarchy: both climb, and meet below or in the core."""

from typing import NamedTuple

from numba import njit

from routing.kernels.core import COST, OTHER, cross, gather
from routing.kernels.dijkstra import NEW, SAME, SEED, Scratch, clear, enqueue, lower
from routing.kernels.heap import pop
from routing.kernels.many_to_many import is_stalled, seed_down, seed_up
from routing.kernels.paths import turn_round
from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import CM_MASK, DOWN, FAR, UP, Arcs, Ends, Hierarchy, Links


class Stairs(NamedTuple):
    """A hierarchy made ready for paths."""

    hierarchy: Hierarchy
    parts: Int32Array  # (n_rows, 2) rows of a shortcut in driving order; or ~link of the graph
    core: Int64Array  # (n_core, n_core) cost from the vertex of the row to that of the column


@njit(cache=True, nogil=True)
def _row_to(hierarchy: Hierarchy, vertex: int, side: int, other: int) -> int:
    """Row of a side of `vertex` with `other` at its end; there is exactly one."""
    low = hierarchy.first_of_side[2 * vertex + side]
    high = hierarchy.first_of_side[2 * vertex + side + 1]
    while low < high:
        middle = (low + high) // 2
        if hierarchy.row[middle, OTHER] < other:
            low = middle + 1
        else:
            high = middle
    return int(low)


@njit(cache=True, nogil=True)
def list_parts(hierarchy: Hierarchy, parts: Int32Array) -> None:
    """Fill `parts` for all rows of a hierarchy."""
    for own in range(hierarchy.first_of_side.size - 1):
        vertex, side = own >> 1, own & 1
        for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
            via, other = hierarchy.via[row], hierarchy.row[row, OTHER]
            parts[row, 0] = via
            if via > NONE:
                tail, head = (vertex, other) if side == UP else (other, vertex)
                parts[row, 0] = _row_to(hierarchy, via, DOWN, tail)
                parts[row, 1] = _row_to(hierarchy, via, UP, head)


@njit(cache=True, nogil=True)
def _settle_next(
    hierarchy: Hierarchy, side: int, n_core: int, best: int, size: int, n_touched: int,
    met: Int64Array, scratch: Scratch,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Settle the next vertex of a climb; parents are vertices.

    Returns the heap's size, the number of touched vertices, the vertex and what a way over it
    costs with the other climb's labels `met`; NONE and FAR if the entry was out of date.
    """
    entry = scratch.heap[0]
    size = pop(scratch.heap, size)
    vertex = entry & CM_MASK
    cost = scratch.label[vertex]
    if cost >> 32 != entry >> 32 or vertex < n_core:
        return size, n_touched, NONE, FAR
    if not is_stalled(hierarchy, vertex, side, cost, scratch.label):
        own = 2 * vertex + side
        for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
            reached = cost + hierarchy.row[row, COST]
            if reached >= best:
                continue
            other = hierarchy.row[row, OTHER]
            change = lower(scratch, n_touched, other, reached, vertex)
            if change != SAME:
                n_touched += change == NEW
                if other >= n_core:
                    size = enqueue(scratch, size, other, reached)
    return size, n_touched, vertex, cost + met[vertex]


@njit(cache=True, nogil=True)
def _meet(
    hierarchy: Hierarchy, n_core: int, n_forward: int, n_backward: int, size: int, back_size: int,
    forward: Scratch, backward: Scratch,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Climb from both ends by turns, up to the core.

    Returns the cost of the best way below it, the meeting vertex and the touched counts.
    """
    best, meeting = FAR, NONE
    while size > 0 or back_size > 0:
        key = forward.heap[0] if size > 0 else FAR
        back_key = backward.heap[0] if back_size > 0 else FAR
        if min(key, back_key) >> 32 > best >> 32:
            break
        if key <= back_key:
            size, n_forward, vertex, cost = _settle_next(
                hierarchy, UP, n_core, best, size, n_forward, backward.label, forward
            )
        else:
            back_size, n_backward, vertex, cost = _settle_next(
                hierarchy, DOWN, n_core, best, back_size, n_backward, forward.label, backward
            )
        if cost < best:
            best, meeting = cost, vertex
    return best, meeting, n_forward, n_backward


@njit(cache=True, nogil=True)
def _through_core(
    core: Int64Array, best: int, n_forward: int, n_backward: int, forward: Scratch,
    backward: Scratch,
) -> tuple[int, int, int]:  # fmt: skip
    """Best way through the core if it costs less than `best`: its cost, entry and exit."""
    entry, leaving = NONE, NONE
    n_core = core.shape[0]
    n_entries = gather(forward.touched, n_forward, n_core)
    n_exits = gather(backward.touched, n_backward, n_core)
    for row in range(n_entries):
        one = forward.touched[row]
        cost = forward.label[one]
        if cost >= best:
            continue
        for column in range(n_exits):
            other = backward.touched[column]
            total = cost + core[one, other] + backward.label[other]
            if total < best:
                best, entry, leaving = total, one, other
    return best, entry, leaving


@njit(cache=True, nogil=True)
def _climbed(
    hierarchy: Hierarchy, side: int, vertex: int, parent: Int32Array, rows: Int32Array, n_rows: int
) -> tuple[int, int]:
    """Append the rows of a climb, the last one first; return their number and the seed's code."""
    below = parent[vertex]
    while below > NONE:
        rows[n_rows] = _row_to(hierarchy, below, side, vertex)
        n_rows += 1
        vertex = below
        below = parent[vertex]
    return n_rows, below


@njit(cache=True, nogil=True)
def _unpack(
    parts: Int32Array, row: int, arc_of_link: Int32Array, stack: Int32Array, chain: Int32Array,
    length: int,
) -> int:  # fmt: skip
    """Append the arcs under a row of the hierarchy to `chain`; return its new length."""
    stack[0], height = row, 1
    while height > 0:
        height -= 1
        row = stack[height]
        first = parts[row, 0]
        if first > NONE:
            stack[height], stack[height + 1] = parts[row, 1], first
            height += 2
        elif arc_of_link[~first] != NONE:
            chain[length] = arc_of_link[~first]
            length += 1
    return length


@njit(cache=True, nogil=True)
def find(
    arcs: Arcs, links: Links, arc_of_link: Int32Array, stairs: Stairs, ends: Ends,
    rows: Int32Array, stack: Int32Array, chain: Int32Array, forward: Scratch, backward: Scratch,
) -> tuple[int, int]:  # fmt: skip
    """Write the arcs of the best way from pin 0 to pin 1, over other roads, to `chain`.

    Returns its cost with the off-road parts, FAR if there is none, and the number of arcs.
    """
    hierarchy, core = stairs.hierarchy, stairs.core
    size, n_forward = seed_up(arcs, links, hierarchy, ends, 0, 0, 0, forward)
    back_size, n_backward = seed_down(arcs, hierarchy, ends, 1, 0, 0, backward)
    best, meeting, n_forward, n_backward = _meet(
        hierarchy, core.shape[0], n_forward, n_backward, size, back_size, forward, backward
    )
    best, entry, leaving = _through_core(core, best, n_forward, n_backward, forward, backward)
    length = 0
    if best < FAR:
        top, back_top = (meeting, meeting) if entry == NONE else (entry, leaving)
        n_rows, seed = _climbed(hierarchy, UP, top, forward.parent, rows, 0)
        turn_round(rows, 0, n_rows)
        n_rows, end = cross(hierarchy, core, top, back_top, rows, n_rows)
        turn_round(rows, n_rows, end)
        n_rows, back_seed = _climbed(hierarchy, DOWN, back_top, backward.parent, rows, end)
        chain[0], length = ends.arc[SEED - seed], 1
        for step in range(n_rows):
            length = _unpack(stairs.parts, rows[step], arc_of_link, stack, chain, length)
        chain[length] = ends.arc[2 + SEED - back_seed]
        length += 1
    clear(forward, n_forward)
    clear(backward, n_backward)
    return best, length
