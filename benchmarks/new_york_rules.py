"""Why nigiri's arrivals in New York differ from ours: ours under its rules, one after another.

nigiri drops seconds, takes two minutes for a change and no less for a walk, and closes walks
transitively up to twenty minutes. A difference is of the class of the first of these rules under
which our search, with all rules before it, arrives when nigiri does.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

import numpy as np

from benchmarks.harness import Fact
from benchmarks.new_york_ours import Ours, reversed_walks
from benchmarks.stop_queries import MAX_RIDES, Query
from routing.kernels.raptor_ends import NearStops
from routing.layout import DayTables, Footpaths, Int32Array, first_of, frozen
from routing.raptor import Raptor, near_stops

MINUTE = 60  # s
LEAST_CHANGE = 120  # s
LONGEST_WALK = 1200  # s
SAME, LAST_RULE, UNEXPLAINED = "same_as_given", "closed_walks", "unexplained"


class _Under:
    """Our search on tables with changed rules."""

    def __init__(self, tables: DayTables) -> None:
        self._from, self._to = tables.footpaths, reversed_walks(tables.footpaths)
        self._raptor = Raptor(tables, MAX_RIDES)

    def front(self, origin: int, destination: int, departure: int) -> list[tuple[int, int]]:
        """Arrival and rides of each journey."""
        access, egress = _near(self._from, origin), _near(self._to, destination)
        found = self._raptor.earliest(access, egress, departure)
        return [(one.arrival, len(one.rides)) for one in found.journeys]


def _near(walks: Footpaths, stop: int) -> NearStops:
    rows = slice(int(walks.first_of_stop[stop]), int(walks.first_of_stop[stop + 1]))
    return near_stops(np.append(walks.head[rows], stop), np.append(walks.duration[rows], 0))


def classes(
    ours: Ours, queries: Sequence[Query], theirs: Sequence[list[tuple[int, int]]]
) -> dict[str, Fact]:
    """Count queries by the rule that explains nigiri's arrival.

    Parameters
    ----------
    theirs
        Arrival and rides of nigiri's journeys, for each query.
    """
    searches = {name: _Under(tables) for name, tables in _rules(ours.day.tables)}
    count = Counter(dict.fromkeys([*searches, UNEXPLAINED], 0))
    n_same = n_better = 0
    for query, their in zip(queries, theirs, strict=True):
        ends = ours.stop(query.origin), ours.stop(query.destination), query.departure
        fronts = {name: search.front(*ends) for name, search in searches.items()}
        agreeing = (name for name in fronts if _first(fronts[name]) == _first(their))
        count[next(agreeing, UNEXPLAINED)] += 1
        front = fronts[LAST_RULE]
        n_same += sorted(front) == sorted(their)
        n_better += not all(_is_matched(journey, front) for journey in their)
    return {
        **count,
        "same_fronts_under_its_rules": f"{n_same}/{len(queries)}",
        "fronts_with_a_better_journey": n_better,
    }


def _is_matched(journey: tuple[int, int], front: Sequence[tuple[int, int]]) -> bool:
    """Whether a journey of a front arrives no later and rides no more."""
    return any(arrival <= journey[0] and rides <= journey[1] for arrival, rides in front)


def _first(front: Sequence[tuple[int, int]]) -> int | None:
    """Earliest arrival."""
    return min((arrival for arrival, _ in front), default=None)


def _rules(tables: DayTables) -> Iterator[tuple[str, DayTables]]:
    """Tables under one more rule each time."""
    yield SAME, tables
    patterns, walks = tables.patterns, tables.footpaths
    patterns = patterns._replace(
        arrival=_floor(patterns.arrival),
        departure=_floor(patterns.departure),
        departure_by_position=_floor(patterns.departure_by_position),
    )
    walks = walks._replace(duration=_floor(walks.duration))
    yield "whole_minutes", DayTables(patterns, walks)
    change = frozen(np.full(tables.n_stops, LEAST_CHANGE))
    walks = walks._replace(
        duration=frozen(np.maximum(walks.duration, LEAST_CHANGE)), change_time=change
    )
    yield "two_minutes_for_a_change", DayTables(patterns, walks)
    yield LAST_RULE, DayTables(patterns, _closed(walks))


def _floor(seconds: Int32Array) -> Int32Array:
    return frozen(seconds // MINUTE * MINUTE)


def _closed(walks: Footpaths) -> Footpaths:
    """All ways along walks that are not too long (Dijkstra from each stop)."""
    n_stops = walks.first_of_stop.size - 1
    rows = list(zip(walks.head.tolist(), walks.duration.tolist(), strict=True))
    first = walks.first_of_stop.tolist()
    ways: list[tuple[int, int, int]] = []  # tail, duration, head
    for stop in range(n_stops):
        reached: dict[int, int] = {}
        heap = [(0, stop)]
        while heap:
            duration, at = heappop(heap)
            if at in reached:
                continue
            reached[at] = duration
            for head, walk in rows[first[at] : first[at + 1]]:
                if duration + walk > LONGEST_WALK:
                    break  # walks come by duration
                if head not in reached:
                    heappush(heap, (duration + walk, head))
        ways += [(stop, duration, head) for head, duration in reached.items() if head != stop]
    table = np.array(sorted(ways), np.int32).reshape(-1, 3)
    first_of_stop = first_of(table[:, 0], n_stops)
    return Footpaths(first_of_stop, frozen(table[:, 2]), frozen(table[:, 1]), walks.change_time)
