"""Slow, obvious answers to what the fast searches are asked; they share no code with them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf

import networkx as nx

from tests.strategies import Day, Trip

Near = Sequence[tuple[int, int]]
Front = set[tuple[int, int]]  # (arrival, rides)


def _rides(trip: Trip) -> Iterable[tuple[int, int]]:
    """All pairs of positions between which a passenger may ride."""
    for board, start in enumerate(trip):
        for alight in range(board + 1, len(trip)):
            if start.can_board and trip[alight].can_alight:
                yield board, alight


def arrivals_by_rides(
    day: Day, access: Near, departure: int, max_rides: int, *, at_once: bool = False
) -> list[dict[int, float]]:
    """Earliest arrival by trip at each stop with exactly 1, 2, … rides.

    With `at_once` the first trip must leave at the very moment the access ends.
    """
    ready: dict[int, list[float]] = {}
    for stop, duration in access:
        ready.setdefault(stop, []).append(departure + duration)
    rounds = []
    for round_ in range(max_rides):
        arrived: dict[int, float] = {}
        for trip in day.trips:
            for board, alight in _rides(trip):
                start, end = trip[board], trip[alight]
                times = ready.get(start.stop, [])
                if at_once and round_ == 0:
                    boards = start.departure in times
                else:
                    boards = min(times, default=inf) <= start.departure
                if boards:
                    arrived[end.stop] = min(arrived.get(end.stop, inf), end.arrival)
        rounds.append(arrived)
        ready = {stop: [time + day.change_time[stop]] for stop, time in arrived.items()}
        for tail, head, duration in day.walks:
            if tail in arrived:
                ready.setdefault(head, []).append(arrived[tail] + duration)
    return rounds


def front(
    day: Day, access: Near, egress: Near, departure: int, max_rides: int, *, at_once: bool = False
) -> Front:
    """Pareto set over arrival and rides for one departure."""
    found: Front = set()
    best = inf
    rounds = arrivals_by_rides(day, access, departure, max_rides, at_once=at_once)
    for rides, arrived in enumerate(rounds, start=1):
        arrival = min((arrived.get(stop, inf) + duration for stop, duration in egress), default=inf)
        if arrival < best:
            best = arrival
            found.add((int(arrival), rides))
    return found


def fronts_in_range(
    day: Day, access: Near, egress: Near, window: tuple[int, int], max_rides: int, direct: float
) -> set[tuple[int, int, int]]:
    """Pareto set over departure, arrival and rides: a query for each second, then a filter."""
    latest = max((call.departure for trip in day.trips for call in trip), default=0)
    candidates = {
        (departure, arrival, rides)
        for departure in range(window[0], max(latest, window[0]) + 1)
        for arrival, rides in front(day, access, egress, departure, max_rides, at_once=True)
    }
    return {
        one
        for one in candidates
        if not any(_beats(other, one) for other in candidates)
        and window[0] <= one[0] < window[1]
        and one[1] - one[0] < direct
    }


def _beats(other: tuple[int, int, int], one: tuple[int, int, int]) -> bool:
    """Whether a (departure, arrival, rides) dominates another one."""
    later = other[0] >= one[0] and other[1] <= one[1] and other[2] <= one[2]
    return later and other != one


def reversed_day(day: Day) -> Day:
    """The day run backwards, written out trip by trip."""
    trips = [
        tuple(
            call._replace(
                arrival=-call.departure,
                departure=-call.arrival,
                can_board=call.can_alight,
                can_alight=call.can_board,
            )
            for call in reversed(trip)
        )
        for trip in day.trips
    ]
    walks = [(head, tail, duration) for tail, head, duration in day.walks]
    return Day(day.n_stops, trips, walks, day.change_time)


Node = tuple[str, int, int]


class TimeExpanded:
    """The graph of all stop events; `ready` nodes of a stop are chained by waiting."""

    def __init__(self, day: Day, access: Near, egress: Near, departure: int) -> None:
        self._day = day
        self._egress = egress
        self.graph: nx.DiGraph[Node] = nx.DiGraph()
        self._times: dict[int, set[int]] = {}
        for stop, duration in access:
            self._join(ORIGIN, self._ready(stop, departure + duration), duration)
        for number, trip in enumerate(day.trips):
            for position in range(len(trip)):
                self._add_call(number, position)
        for stop, times in self._times.items():
            for early, late in pairwise(sorted(times)):
                self._join(("ready", stop, early), ("ready", stop, late), late - early)

    def _ready(self, stop: int, time: int) -> Node:
        self._times.setdefault(stop, set()).add(time)
        return "ready", stop, time

    def _join(self, tail: Node, head: Node, weight: int) -> None:
        known = self.graph.get_edge_data(tail, head, {"weight": inf})["weight"]
        self.graph.add_edge(tail, head, weight=min(weight, known))

    def _add_call(self, number: int, position: int) -> None:
        trip = self._day.trips[number]
        call = trip[position]
        arrived, leaving = ("arrived", number, position), ("leaving", number, position)
        self._join(arrived, leaving, call.departure - call.arrival)
        if call.can_board:
            self._join(self._ready(call.stop, call.departure), leaving, 0)
        if position + 1 < len(trip):
            following = ("arrived", number, position + 1)
            self._join(leaving, following, trip[position + 1].arrival - call.departure)
        if position > 0 and call.can_alight:
            self._leave(arrived, call.stop, call.arrival)

    def _leave(self, arrived: Node, stop: int, time: int) -> None:
        """Add what a passenger may do who gets off: change, walk, go to the destination."""
        walks = [(head, duration) for tail, head, duration in self._day.walks if tail == stop]
        for head, duration in [(stop, self._day.change_time[stop]), *walks]:
            self._join(arrived, self._ready(head, time + duration), duration)
        for near, duration in self._egress:
            if near == stop:
                self._join(arrived, DESTINATION, duration)


ORIGIN: Node = ("origin", 0, 0)
DESTINATION: Node = ("destination", 0, 0)


def earliest_by_dijkstra(day: Day, access: Near, egress: Near, departure: int) -> float:
    """Earliest arrival by Dijkstra on the time-expanded graph of all stop events."""
    graph = TimeExpanded(day, access, egress, departure).graph
    if DESTINATION not in graph:
        return inf
    try:
        length: float = nx.dijkstra_path_length(graph, ORIGIN, DESTINATION)
    except nx.NetworkXNoPath:
        return inf
    return departure + length


def pareto_rows(rows: Sequence[tuple[int, ...]]) -> list[bool]:
    """Which rows no other row dominates, the first of equal ones."""
    return [
        not any(
            all(a <= b for a, b in zip(other, row, strict=True)) and (other != row or j < i)
            for j, other in enumerate(rows)
            if j != i
        )
        for i, row in enumerate(rows)
    ]


def replay(day: Day, trips: Sequence[Trip], rides: Sequence[tuple[int, int, int]]) -> None:
    """Ride a journey on the plain lists; an impossible step is an assertion error."""
    at: tuple[int, int] | None = None  # stop, arrival
    for trip, board, alight in rides:
        start, end = trips[trip][board], trips[trip][alight]
        assert board < alight
        assert start.can_board
        assert end.can_alight
        if at is not None:
            stop, arrival = at
            ready = [arrival + day.change_time[stop]] if stop == start.stop else []
            ready += [
                arrival + d for tail, head, d in day.walks if (tail, head) == (stop, start.stop)
            ]
            assert min(ready) <= start.departure
        at = end.stop, end.arrival
