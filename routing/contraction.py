"""Contraction hierarchies of road graphs: made once, kept in files, searched by kernels."""

import logging
from typing import NamedTuple

import numpy as np

from routing.kernels import contraction as kernels
from routing.kernels.dijkstra import Scratch
from routing.layout import NONE, Int32Array, Int64Array, first_of, frozen
from routing.road_layout import DOWN, FAR, UP, Hierarchy, Links

logger = logging.getLogger(__name__)

_LEAST_ROOM = 1024
_ROOM_PER_LINK = 6
_SCANS_PER_LINK = 1500


class _Work(NamedTuple):
    outward: kernels.Adjacency
    inward: kernels.Adjacency
    ranking: kernels.Ranking
    up: kernels.Lists
    down: kernels.Lists
    wanted: Int64Array
    scratch: Scratch


def _adjacency(n_vertices: int, room: int) -> kernels.Adjacency:
    return kernels.Adjacency(
        np.zeros(n_vertices, np.int64), np.zeros(n_vertices, np.int32),
        np.zeros(n_vertices, np.int32), np.empty(room, np.int32), np.empty(room, np.int64),
        np.empty(room, np.int32), np.zeros(1, np.int64),
    )  # fmt: skip


def _lists(n_vertices: int, room: int) -> kernels.Lists:
    return kernels.Lists(
        np.zeros(n_vertices, np.int64), np.empty(room, np.int32), np.empty(room, np.int64),
        np.empty(room, np.int32),
    )  # fmt: skip


def _work(n_vertices: int, room: int) -> _Work:
    n_gone, level = (np.zeros(n_vertices, np.int32) for _ in range(2))
    return _Work(
        _adjacency(n_vertices, room), _adjacency(n_vertices, room),
        kernels.Ranking(
            n_gone, level, np.zeros(1, np.int64), np.zeros(n_vertices, np.uint8),
            np.empty(n_vertices + 1, np.int64),
        ),
        _lists(n_vertices, room), _lists(n_vertices, room), np.full(n_vertices, -1, np.int64),
        Scratch(
            np.full(n_vertices, FAR, np.int64), np.empty(n_vertices, np.int32),
            np.empty(n_vertices, np.int32), np.empty(room, np.int64),
        ),
    )  # fmt: skip


def build_hierarchy(links: Links, scans_per_link: int = _SCANS_PER_LINK) -> Hierarchy | None:
    """Contract a graph.

    Parameters
    ----------
    links
        The graph; closed links (cost FAR) count as absent.
    scans_per_link
        Work after which contraction is given up. Real maps need a fraction of it; wide regular
        grids with turn costs, whose best ways differ by little, would need far more.

    Returns
    -------
    hierarchy
        None if it was given up.
    """
    n_vertices = links.first_of_vertex.size - 1
    room = max(_LEAST_ROOM, _ROOM_PER_LINK * links.head.size)
    most_scanned = scans_per_link * links.head.size
    while True:
        work = _work(n_vertices, room)
        order = np.empty(n_vertices, np.int32)
        status = kernels.FULL
        if kernels.join(*links, work.outward, work.inward):
            status = kernels.contract(
                work.outward, work.inward, work.ranking, order, most_scanned, work.up, work.down,
                work.wanted, work.scratch,
            )  # fmt: skip
        if status == kernels.TOO_DENSE:
            logger.info("not contracted vertices=%d links=%d", n_vertices, links.head.size)
            return None
        if status == kernels.DONE:
            return _numbered_by_rank(order, work.up, work.down)
        room *= 2


def _numbered_by_rank(order: Int32Array, up: kernels.Lists, down: kernels.Lists) -> Hierarchy:
    """Number the vertices from the top, so that searches touch the front of all arrays."""
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)[::-1]
    sides = [_rows_of(lists, place, side) for lists, side in ((up, UP), (down, DOWN))]
    owner, other, cost, via = (np.concatenate(column) for column in zip(*sides, strict=True))
    rows = np.lexsort((other, owner))
    return Hierarchy(
        frozen(place),
        first_of(owner[rows], 2 * order.size),
        frozen(np.column_stack([other[rows], cost[rows]]), np.int64),
        frozen(via[rows]),
    )


def _rows_of(
    lists: kernels.Lists, place: Int64Array, side: int
) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
    """Return side, other vertex, cost and via of the rows on one side, by new numbers."""
    n_rows = int(lists.end[-1]) if lists.end.size else 0
    count = np.diff(lists.end, prepend=0)
    vertex = np.repeat(np.arange(lists.end.size)[::-1], count)
    via = lists.via[:n_rows].astype(np.int64)
    is_shortcut = via > NONE
    via[is_shortcut] = place[via[is_shortcut]]
    return 2 * vertex + side, place[lists.other[:n_rows]], lists.cost[:n_rows], via
