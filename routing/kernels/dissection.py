"""Nested dissection: an order of vertices by small separators of ever smaller parts of the map.

A part is swept along several directions to find the one across which it is narrow, then cut there
by a smallest set of vertices (inertial flow [1]_): the vertices on either flank are joined by as
many disjoint paths as possible, and these paths are as many as the separator has vertices.

.. [1] Schild, Sommer: On Balanced Separators in Road Networks, SEA 2015.
"""

from typing import NamedTuple

from numba import njit

from routing.layout import NONE, Int32Array

LEFT, FREE, RIGHT = 0, 1, 2  # where a vertex of the part lies before it is cut
_SEPARATOR = FREE  # what neither flank holds after the cut
_FLANK = 0.3  # share of the part on either side that the cut does not pass
_SMALLEST = 8  # vertices that are not cut any further


class Neighbours(NamedTuple):
    """Vertices that are linked in either direction."""

    first_of_vertex: Int32Array  # (n_vertices + 1,) entry
    other: Int32Array  # (n_entries,) vertex


class Parts(NamedTuple):
    """Parts of the map still to be cut: ranges of vertices, the same ones in every direction."""

    vertex: Int32Array  # (n_directions, n_vertices) sorted along each direction
    part: Int32Array  # (n_vertices,) number of the part that the vertex is in
    position: Int32Array  # (n_vertices,) within the part, along the direction looked at
    side: Int32Array  # (n_vertices,) LEFT, FREE or RIGHT
    spare: Int32Array  # (n_vertices + 1,)
    waiting: Int32Array  # (n_vertices, 2) first and end of parts to be cut


class Flow(NamedTuple):
    """Disjoint paths from the left to the right flank, and a search for more of them.

    State 2 * v is the entry of vertex v, 2 * v + 1 its exit.
    """

    before: Int32Array  # (n_vertices,) vertex before v on its path, v itself at a start, or NONE
    after: Int32Array  # (n_vertices,) vertex after v on its path, or NONE
    seen: Int32Array  # (2 * n_vertices,) round in which a state was last reached
    came: Int32Array  # (2 * n_vertices,) state before, or NONE
    root: Int32Array  # (2 * n_vertices,) vertex at which the search started
    used: Int32Array  # (n_vertices,) round in which a start last found a path
    queue: Int32Array  # (2 * n_vertices,) state
    found: Int32Array  # (n_vertices,) entries on the right that were reached


@njit(cache=True, nogil=True)
def _narrowest(graph: Neighbours, parts: Parts, first: int, end: int) -> int:
    """Direction across which a part has the smallest boundary somewhere in its middle."""
    n_vertices = end - first
    low, high = int(n_vertices * _FLANK), n_vertices - int(n_vertices * _FLANK)
    best, least = 0, n_vertices + 1
    for direction in range(parts.vertex.shape[0]):
        row = parts.vertex[direction]
        for place in range(n_vertices):
            parts.position[row[first + place]] = place
            parts.spare[place] = 0
        parts.spare[n_vertices] = 0
        for place in range(n_vertices):
            vertex = row[first + place]
            farthest = place
            for entry in range(graph.first_of_vertex[vertex], graph.first_of_vertex[vertex + 1]):
                other = graph.other[entry]
                if parts.part[other] == parts.part[vertex]:
                    farthest = max(farthest, parts.position[other])
            parts.spare[place] += 1
            parts.spare[farthest] -= 1
        boundary = 0
        for place in range(high):
            boundary += parts.spare[place]
            if place >= low and boundary < least:
                best, least = direction, boundary
    return best


@njit(cache=True, nogil=True)
def _reach(flow: Flow, state: int, came: int, root: int, stamp: int) -> None:
    flow.seen[state] = stamp
    flow.came[state] = came
    flow.root[state] = root


@njit(cache=True, nogil=True)
def _leave_backward(flow: Flow, vertex: int, stamp: int, end: int) -> int:
    """From the entry of a vertex on a path, take back the step that leads to it."""
    entry, before = 2 * vertex, flow.before[vertex]
    if before != vertex and flow.seen[2 * before + 1] != stamp:
        _reach(flow, 2 * before + 1, entry, flow.root[entry], stamp)
        flow.queue[end] = 2 * before + 1
        end += 1
    return end


@njit(cache=True, nogil=True)
def _search(graph: Neighbours, parts: Parts, row: Int32Array, flow: Flow, stamp: int) -> int:
    """Look for more paths from all starts at once; return how many disjoint ones were found."""
    end, n_found = 0, 0
    for vertex in row:
        if parts.side[vertex] == LEFT and flow.before[vertex] == NONE:
            for state in (2 * vertex, 2 * vertex + 1):
                _reach(flow, state, NONE, vertex, stamp)
            flow.queue[end] = 2 * vertex + 1
            end += 1
    place = 0
    while place < end:
        exit_ = flow.queue[place]
        vertex, root = exit_ >> 1, flow.root[exit_]
        place += 1
        if flow.used[root] == stamp:
            continue
        for entry in range(graph.first_of_vertex[vertex], graph.first_of_vertex[vertex + 1]):
            other = graph.other[entry]
            if parts.part[other] != parts.part[vertex] or parts.side[other] == LEFT:
                continue
            if flow.seen[2 * other] == stamp or flow.used[root] == stamp:
                continue
            _reach(flow, 2 * other, exit_, root, stamp)
            if flow.before[other] != NONE:
                end = _leave_backward(flow, other, stamp, end)
            elif parts.side[other] == RIGHT:
                flow.used[root] = stamp
                flow.found[n_found] = 2 * other
                n_found += 1
            else:
                _reach(flow, 2 * other + 1, 2 * other, root, stamp)
                flow.queue[end] = 2 * other + 1
                end += 1
        on_path = flow.before[vertex] != NONE and flow.before[vertex] != vertex
        if on_path and flow.seen[2 * vertex] != stamp:
            _reach(flow, 2 * vertex, exit_, root, stamp)
            end = _leave_backward(flow, vertex, stamp, end)
    return n_found


@njit(cache=True, nogil=True)
def _add_path(flow: Flow, state: int) -> None:
    """Lay the path that ends at a state, walking back to its start."""
    while True:
        came = flow.came[state]
        vertex, previous = state >> 1, came >> 1
        if state & 1 == 0 and previous != vertex:
            flow.before[vertex], flow.after[previous] = previous, vertex
        elif state & 1 == 0:
            flow.before[vertex] = flow.after[vertex] = NONE  # the path no longer passes here
        if came & 1 and flow.came[came] == NONE:
            flow.before[previous] = previous
            return
        state = came


@njit(cache=True, nogil=True)
def _cut(graph: Neighbours, parts: Parts, row: Int32Array, flow: Flow, stamp: int) -> int:
    """Set `side` of all vertices of a part: two sides and the separator; return the last stamp."""
    n_vertices = row.size
    flank = max(int(n_vertices * _FLANK), 1)
    for place in range(n_vertices):
        vertex = row[place]
        is_left, is_right = place < flank, place >= n_vertices - flank
        parts.side[vertex] = LEFT if is_left else RIGHT if is_right else FREE
        flow.before[vertex] = flow.after[vertex] = NONE
    while True:
        stamp += 1
        n_found = _search(graph, parts, row, flow, stamp)
        if n_found == 0:
            break
        for place in range(n_found):
            _add_path(flow, flow.found[place])
    for vertex in row:
        is_entered = parts.side[vertex] == LEFT or flow.seen[2 * vertex] == stamp
        if flow.seen[2 * vertex + 1] == stamp:
            parts.side[vertex] = LEFT
        else:
            parts.side[vertex] = _SEPARATOR if is_entered else RIGHT
    return stamp


@njit(cache=True, nogil=True)
def _split(parts: Parts, first: int, end: int) -> tuple[int, int]:
    """Sort a part by side in every direction: separator, left, right; return where each ends."""
    n_cut, n_left = 0, 0
    for place in range(first, end):
        n_cut += parts.side[parts.vertex[0, place]] == _SEPARATOR
        n_left += parts.side[parts.vertex[0, place]] == LEFT
    for direction in range(parts.vertex.shape[0]):
        row = parts.vertex[direction]
        cut, left, right = 0, n_cut, n_cut + n_left
        for place in range(first, end):
            vertex = row[place]
            if parts.side[vertex] == _SEPARATOR:
                parts.spare[cut] = vertex
                cut += 1
            elif parts.side[vertex] == LEFT:
                parts.spare[left] = vertex
                left += 1
            else:
                parts.spare[right] = vertex
                right += 1
        for place in range(first, end):
            row[place] = parts.spare[place - first]
    return first + n_cut, first + n_cut + n_left


@njit(cache=True, nogil=True)
def _enqueue(parts: Parts, n_waiting: int, first: int, end: int) -> int:
    if end > first:
        parts.waiting[n_waiting, 0], parts.waiting[n_waiting, 1] = first, end
        n_waiting += 1
    return n_waiting


@njit(cache=True, nogil=True)
def dissect(graph: Neighbours, parts: Parts, flow: Flow, place: Int32Array) -> None:
    """Number the vertices from the most important one, 0, into `place`."""
    n_done, n_parts, stamp = 0, 0, 0
    n_waiting = 1
    parts.waiting[0, 0], parts.waiting[0, 1] = 0, place.size
    while n_waiting > 0:
        n_waiting -= 1
        first, end = parts.waiting[n_waiting, 0], parts.waiting[n_waiting, 1]
        if end - first <= _SMALLEST:
            for vertex in parts.vertex[0, first:end]:
                place[vertex] = n_done
                n_done += 1
            continue
        n_parts += 1
        for vertex in parts.vertex[0, first:end]:
            parts.part[vertex] = n_parts
        direction = _narrowest(graph, parts, first, end)
        stamp = _cut(graph, parts, parts.vertex[direction, first:end], flow, stamp)
        cut, left = _split(parts, first, end)
        for vertex in parts.vertex[0, first:cut]:
            place[vertex] = n_done
            n_done += 1
            parts.part[vertex] = NONE
        n_waiting = _enqueue(parts, n_waiting, left, end)
        n_waiting = _enqueue(parts, n_waiting, cut, left)
