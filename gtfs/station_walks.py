"""Walks inside stations along pathways, in place of straight ones through walls and floors.

A station takes part if pathways lead from its platforms to other platforms or to entrances. Walks
between its platforms are then the quickest ways along pathways; walks to stops elsewhere lead
through the entrances, of which the best is taken. Where pathways do not connect two platforms, the
walk of the roads stays, because feeds often map a station in part.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from gtfs.errors import TooManyPairsError
from gtfs.tables import PathwayTable, StopTable
from gtfs.timetable import Timetable
from routing.layout import NONE, UNREACHED, Int32Array, first_of, frozen

_PLATFORM, _ENTRANCE, _BOARDING_AREA = 0, 2, 4  # location_type
_LONGEST = 3_600  # s; no walk through a station takes more
_MOST_WAYS = 1_000_000  # in all stations; a great one with 300 platforms and doors has 90,000

Walks = tuple[Int32Array, Int32Array, Int32Array]  # first_of_stop, head, duration


class StationWays(NamedTuple):
    """Quickest ways along pathways, by platform or entrance, one row each."""

    tail: Int32Array  # (n_ways,) platform or entrance, ascending
    head: Int32Array  # (n_ways,) platform or entrance
    duration: Int32Array  # (n_ways,) s


def station_ways(timetable: Timetable, *, wheelchair: bool = False) -> StationWays:
    """Return the ways between all platforms and entrances that pathways connect.

    Parameters
    ----------
    wheelchair
        Leave out stairs, escalators, and what is too steep or narrow.

    Raises
    ------
    TooManyPairsError
        If pathways join more than a million pairs.
    """
    ahead = _graph(timetable.stops, timetable.pathways, wheelchair=wheelchair)
    kind = timetable.stops.kind
    ends = [node for node in sorted(ahead) if kind[node] in (_PLATFORM, _ENTRANCE)]
    rows: list[tuple[int, int, int]] = []
    for end in ends:
        rows += (
            (end, node, seconds)
            for node, seconds in sorted(_quickest(ahead, end).items())
            if node != end and kind[node] in (_PLATFORM, _ENTRANCE)
        )
        if len(rows) > _MOST_WAYS:
            remedy = "join only platforms and entrances of one station by pathways"
            raise TooManyPairsError("pathways.txt", len(rows), _MOST_WAYS, remedy)
    tail, head, duration = np.array(rows, np.int64).reshape(-1, 3).T
    return StationWays(frozen(tail), frozen(head), frozen(duration))


def _graph(
    stops: StopTable, pathways: PathwayTable, *, wheelchair: bool
) -> dict[int, list[tuple[int, int]]]:
    """Neighbours of every node with the seconds to them; platforms hold their boarding areas."""
    ahead: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = zip(*(getattr(pathways, name).tolist() for name in _GRAPH), strict=True)
    for tail, head, duration, passable in rows:
        if passable or not wheelchair:
            ahead[tail].append((head, duration))
            ahead.setdefault(head, [])
    for node in list(ahead):
        parent = int(stops.parent[node])
        if stops.kind[node] == _BOARDING_AREA and parent != NONE:
            ahead[node].append((parent, 0))
            ahead[parent].append((node, 0))
    return dict(ahead)


_GRAPH = ("tail", "head", "duration", "wheelchair")


def _quickest(ahead: dict[int, list[tuple[int, int]]], start: int) -> dict[int, int]:
    """Seconds from a node to all others (Dijkstra's algorithm)."""
    best = {start: 0}
    queue = [(0, start)]
    while queue:
        seconds, node = heapq.heappop(queue)
        if seconds > best[node]:
            continue
        for head, step in ahead.get(node, ()):
            total = seconds + step
            if total < best.get(head, _LONGEST):
                best[head] = total
                heapq.heappush(queue, (total, head))
    return best


def with_stations(timetable: Timetable, walks: Walks, ways: StationWays, limit: int) -> Walks:
    """Return walks between stops that go along pathways where there are any.

    Parameters
    ----------
    walks
        (first_of_stop, head, duration) of `RoadNetwork.footpaths`.
    ways
        Of `station_ways`.
    limit
        Longest walk between stops of different stations, s.
    """
    if ways.tail.size == 0:
        return walks
    stops = timetable.stops
    doors = _Doors(stops, ways)
    found: dict[tuple[int, int], int] = {}
    tails = np.repeat(np.arange(stops.parent.size), np.diff(walks[0]))
    for tail, head, seconds in zip(
        tails.tolist(), walks[1].tolist(), walks[2].tolist(), strict=True
    ):
        for pair, total in doors.led_through(tail, head, seconds):
            if total <= max(limit, seconds) and total < found.get(pair, UNREACHED):
                found[pair] = total
    for tail, head, seconds in zip(*(column.tolist() for column in ways), strict=True):
        found[tail, head] = seconds
    return _as_walks(found, stops.parent.size)


class _Doors:
    """Which platforms are reached through which entrances."""

    def __init__(self, stops: StopTable, ways: StationWays) -> None:
        self._stops = stops
        self._out: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._in: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._has_way_out: set[int] = set()
        self._has_way_in: set[int] = set()
        kind = stops.kind
        for tail, head, seconds in zip(*(column.tolist() for column in ways), strict=True):
            if kind[tail] == _PLATFORM and kind[head] == _ENTRANCE:
                self._out[head].append((tail, seconds))
                self._has_way_out.add(tail)
            elif kind[tail] == _ENTRANCE and kind[head] == _PLATFORM:
                self._in[tail].append((head, seconds))
                self._has_way_in.add(head)

    def _station(self, stop: int) -> int:
        parent = int(self._stops.parent[stop])
        return stop if parent == NONE else self._station(parent)

    def led_through(
        self, tail: int, head: int, seconds: int
    ) -> Iterator[tuple[tuple[int, int], int]]:
        """Turn a walk of the roads into those that lead through doors, or leave it as it is."""
        if self._station(tail) == self._station(head):
            yield (tail, head), seconds
            return
        sources = [*self._out[tail]] if tail in self._out else []
        targets = [*self._in[head]] if head in self._in else []
        if tail not in self._has_way_out:
            sources.append((tail, 0))
        if head not in self._has_way_in:
            targets.append((head, 0))
        for (start, out), (goal, into) in product(sources, targets):
            yield (start, goal), out + seconds + into


def _as_walks(durations: dict[tuple[int, int], int], n_stops: int) -> Walks:
    """Tables of walks, by stop and duration."""
    rows = [(tail, seconds, head) for (tail, head), seconds in durations.items()]
    tail, seconds, head = np.array(sorted(rows), np.int64).reshape(-1, 3).T
    return first_of(tail, n_stops), frozen(head), frozen(seconds)
