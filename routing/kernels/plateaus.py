"""Plateaus: stretches that lie on a tree from the start and on the tree to the goal alike."""

import numpy as np
from numba import njit

from routing.kernels.dijkstra import SEED, Scratch
from routing.layout import NONE, Int32Array
from routing.road_layout import Arcs, Ends, Links


@njit(cache=True, nogil=True)
def owner(links: Links, link: int) -> int:
    """Vertex that a link leaves."""
    return int(np.searchsorted(links.first_of_vertex, link, "right") - 1)


@njit(cache=True, nogil=True)
def find(
    links: Links, back_links: Links, order: Int32Array, forward: Scratch, backward: Scratch,
    first: Int32Array, is_last: Int32Array,
) -> None:  # fmt: skip
    """Fill `first`, the vertex at which the plateau of each vertex begins, and whether it ends it.

    `order` holds the vertices that both searches labelled, by rising label forward.
    """
    for vertex in order:
        first[vertex], is_last[vertex] = vertex, 1
    for vertex in order:
        link = forward.parent[vertex]
        if link < 0:
            continue
        before = owner(links, link)
        back = backward.parent[before]
        if first[before] != NONE and back >= 0 and owner(back_links, back) == vertex:
            first[vertex], is_last[before] = first[before], 0


@njit(cache=True, nogil=True)
def trace(
    arcs: Arcs, links: Links, back_links: Links, arc_of_link: Int32Array, ends: Ends, via: int,
    forward: Scratch, backward: Scratch, chain: Int32Array,
) -> tuple[int, int]:  # fmt: skip
    """Write the arcs of the way from pin 0 over a vertex to pin 1; return where it begins and ends.

    The way is `chain[begin:end]`; the middle of `chain` is where the two trees meet.
    """
    begin = chain.size // 2
    end = begin
    vertex, link = via, forward.parent[via]
    while link > NONE:
        if arc_of_link[link] != NONE:
            begin -= 1
            chain[begin] = arc_of_link[link]
        vertex = owner(links, link)
        link = forward.parent[vertex]
    begin -= 1
    chain[begin] = ends.arc[SEED - link]
    vertex, back = via, backward.parent[via]
    while back > NONE:
        following = owner(back_links, back)
        arc = _arc_between(links, arc_of_link, vertex, following, back_links.cost[back])
        if arc != NONE:
            chain[end] = arc
            end += 1
        vertex = following
        back = backward.parent[vertex]
    for row in range(2, 4):
        arc = ends.arc[row]
        if arc != NONE and (arcs.entry[arc] == vertex or arcs.last_entry[arc] == vertex):
            if backward.label[vertex] == ends.passed[row] + ends.off_road[1]:
                chain[end] = arc
                end += 1
                break
    return begin, end


@njit(cache=True, nogil=True)
def _arc_between(
    links: Links, arc_of_link: Int32Array, vertex: int, following: int, cost: int
) -> int:
    """Arc of the link between two vertices that has this cost."""
    for link in range(links.first_of_vertex[vertex], links.first_of_vertex[vertex + 1]):
        if links.head[link] == following and links.cost[link] == cost:
            return int(arc_of_link[link])
    return NONE
