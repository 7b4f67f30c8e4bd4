"""Earliest arrival on a real day by Dijkstra on the time-expanded graph, in networkx.

Trips come from `FeedTruth`, that is from the rows of the feeds; only the walks (access, egress,
footpaths, change times) are those that the planner is given. A node is a departure or an arrival of
a trip; departures of a stop are chained by waiting.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import inf

import networkx as nx

from tests.itinerary_check import FeedTruth, _seconds, metres

Node = tuple[str, str, int]  # kind, key, number
Walks = Mapping[str, Sequence[tuple[str, int]]]  # stop id → (stop id, s)
Near = Mapping[str, int]  # stop id → s
SOURCE: Node = ("source", "", 0)


class TimeExpandedDay:
    """All trips around a date; times are Unix times."""

    def __init__(
        self, feeds: Iterable[FeedTruth], on: date, walks: Walks, change_time: Mapping[str, int]
    ) -> None:
        self.graph: nx.DiGraph[Node] = nx.DiGraph()
        self.arrivals: dict[str, list[tuple[int, Node]]] = {}
        self._walks = walks
        self._change_time = change_time
        self._departures: dict[str, list[int]] = {}
        runs = [
            (feed, trip_id, on + timedelta(days=shift))
            for feed in feeds
            for shift in (-1, 0, 1)
            for trip_id in feed.calls
            if feed.runs(trip_id, on + timedelta(days=shift))
        ]
        trips = [self._calls(*run) for run in runs]
        self._chain(trips)
        for trip, calls in enumerate(trips):
            self._add_trip(trip, calls)
        self._stay_seated(runs, trips)

    def _stay_seated(
        self,
        runs: list[tuple[FeedTruth, str, date]],
        trips: list[list[tuple[str, int, int, bool, bool]]],
    ) -> None:
        """Join the last call of a trip and the first of the next one of its block.

        The next one begins within 250 m and an hour, and does not only go back (within 500 m of
        where the trip began, unless that is where it ended, too).
        """
        blocks: dict[tuple[str, str, date], list[int]] = {}
        for trip, (feed, trip_id, on) in enumerate(runs):
            if block := feed.trips[trip_id].get("block_id"):
                blocks.setdefault((feed.id, block, on), []).append(trip)
        for members in blocks.values():
            members.sort(key=lambda trip: trips[trip][0][2])
            for one, other in pairwise(members):
                feed = runs[one][0]
                begin, end, start, goal = (
                    feed.places[stop.removeprefix(feed.id + ":")]
                    for stop in (
                        trips[one][0][0],
                        trips[one][-1][0],
                        trips[other][0][0],
                        trips[other][-1][0],
                    )
                )
                wait = trips[other][0][2] - trips[one][-1][1]
                turns = metres(goal, begin) <= 500 < metres(end, begin)
                if 0 <= wait <= 3600 and metres(end, start) <= 250 and not turns:
                    came: Node = ("in", str(one), len(trips[one]) - 1)
                    goes: Node = ("out", str(other), 0)
                    self.graph.add_edge(came, goes, weight=wait)

    @staticmethod
    def _calls(feed: FeedTruth, trip_id: str, on: date) -> list[tuple[str, int, int, bool, bool]]:
        """Stop, arrival, departure, may board, may alight; untimed calls are between the timed."""
        base = int(feed.instant(on, 0).timestamp())
        rows = feed.calls[trip_id]
        arrivals = _filled([_seconds(row["arrival_time"]) for row in rows])
        departures = _filled([_seconds(row["departure_time"]) for row in rows])
        return [
            (
                f"{feed.id}:{row['stop_id']}",
                base + arrival,
                base + max(arrival, departure),
                row.get("pickup_type") != "1",
                row.get("drop_off_type") != "1",
            )
            for row, arrival, departure in zip(rows, arrivals, departures, strict=True)
        ]

    def _chain(self, trips: list[list[tuple[str, int, int, bool, bool]]]) -> None:
        """Join the departures of each stop in the order of time."""
        times: dict[str, set[int]] = {}
        for calls in trips:
            for stop, _, departure, may_board, _ in calls[:-1]:
                if may_board:
                    times.setdefault(stop, set()).add(departure)
        self._departures = {stop: sorted(found) for stop, found in times.items()}
        for stop, line in self._departures.items():
            for early, late in pairwise(line):
                self.graph.add_edge(("at", stop, early), ("at", stop, late), weight=late - early)

    def _ready(self, stop: str, time: int) -> tuple[Node, int] | None:
        """Node of the first departure at a time or later, and the wait for it."""
        line = self._departures.get(stop, [])
        place = bisect_left(line, time)
        return (("at", stop, line[place]), line[place] - time) if place < len(line) else None

    def _add_trip(self, trip: int, calls: list[tuple[str, int, int, bool, bool]]) -> None:
        for position, (stop, arrival, departure, may_board, may_alight) in enumerate(calls):
            here: Node = ("in", str(trip), position)
            if position + 1 < len(calls):
                following = calls[position + 1][1]
                on: Node = ("out", str(trip), position)
                self.graph.add_edge(here, on, weight=departure - arrival)
                ahead: Node = ("in", str(trip), position + 1)
                self.graph.add_edge(on, ahead, weight=following - departure)
                if may_board:
                    self.graph.add_edge(("at", stop, departure), on, weight=0)
            if position > 0 and may_alight:
                self.arrivals.setdefault(stop, []).append((arrival, here))
                changes = [(stop, self._change_time[stop]), *self._walks.get(stop, ())]
                for other, duration in changes:
                    ready = self._ready(other, arrival + duration)
                    if ready is not None:
                        self.graph.add_edge(here, ready[0], weight=duration + ready[1])

    def earliest(self, access: Near, egress: Near, at: int, until: int) -> float:
        """Earliest arrival by at least one trip, not after `until`; `inf` if there is none."""
        graph = self.graph
        for stop, duration in access.items():
            ready = self._ready(stop, at + duration)
            if ready is not None:
                graph.add_edge(SOURCE, ready[0], weight=duration + ready[1])
        if SOURCE not in graph:
            return inf
        reached = nx.single_source_dijkstra_path_length(graph, SOURCE, cutoff=until - at)
        graph.remove_node(SOURCE)
        return min(
            (
                arrival + duration
                for stop, duration in egress.items()
                for arrival, node in self.arrivals.get(stop, ())
                if node in reached and arrival + duration <= until
            ),
            default=inf,
        )


def _filled(times: list[int | None]) -> list[int]:
    """Put untimed calls evenly between the timed ones around them."""
    known = [place for place, time in enumerate(times) if time is not None]
    filled = []
    for place, time in enumerate(times):
        if time is not None:
            filled.append(time)
            continue
        before = max(known[i] for i in range(len(known)) if known[i] < place)
        after = min(known[i] for i in range(len(known)) if known[i] > place)
        start, end = times[before], times[after]
        assert start is not None
        assert end is not None
        filled.append(start + (end - start) * (place - before) // (after - before))
    return filled
