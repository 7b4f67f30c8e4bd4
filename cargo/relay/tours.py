"""Tours of trucks that can be worth it: the cheapest for what it can hand to which lines.

A call hands over no more than what boards at once and what the stop stores. So what a truck brings
for some lines fits where the stops that reach one of them take it (Hall's condition). A stop that
takes a whole truck is wide. Tours grow by Dijkstra's algorithm and are told apart by the lines of
their wide stops and by the narrow stops that these do not make up for.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cargo.relay.model import Relay
from cargo.relay.rounds import TooLargeRelayError

MOST_LINES = 12  # tours are told apart by sets of lines
MOST_TOURS = 200_000  # that are compared at most
LOOK = 200  # tours between two looks at whether to go on


@dataclass(frozen=True)
class TourOption:
    """A tour, and the most that it can bring for sets of lines where that is less than a truck."""

    stops: tuple[int, ...]  # in order
    lines: int  # bits
    cost: float
    limits: tuple[tuple[int, int], ...] = ()  # bits of lines, most for these together


@dataclass(frozen=True)
class _Stops:
    """In-stops of trucks."""

    lines: dict[int, int]  # bits
    takes: dict[int, int]  # most that a call hands over
    truck: int  # capacity

    def state(self, stops: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """Lines that a whole truck can reach, and other stops that still matter."""
        wide = 0
        for stop in stops:
            if self.takes[stop] >= self.truck:
                wide |= self.lines[stop]
        for line in _bits_of(self._all(stops)):
            if self.most(stops, line) == self.truck:
                wide |= line
        return wide, tuple(sorted(stop for stop in stops if self.lines[stop] & ~wide))

    def most(self, stops: tuple[int, ...], lines: int) -> int:
        """What a truck can bring for these lines together."""
        return min(self.truck, sum(self.takes[stop] for stop in stops if self.lines[stop] & lines))

    def option(self, stops: tuple[int, ...], cost: float) -> TourOption:
        """A tour with its limits."""
        lines = self._all(stops)
        limits = [(some, self.most(stops, some)) for some in _parts_of(lines)]
        return TourOption(
            stops, lines, cost, tuple((some, most) for some, most in limits if most < self.truck)
        )

    def _all(self, stops: tuple[int, ...]) -> int:
        lines = 0
        for stop in stops:
            lines |= self.lines[stop]
        return lines


def tour_options(
    relay: Relay,
    part: float = 1.0,
    most: int = MOST_TOURS,
    go_on: Callable[[], None] = lambda: None,
) -> list[TourOption]:
    """Tours of which none can bring as much as another for no less cost.

    Parameters
    ----------
    part
        Of what a call can hand over at most, to leave room for whole parcels on whole runs.
    most
        Tours that are compared.
    go_on
        Asked now and then; raises where the work is over.

    Raises
    ------
    TooLargeRelayError
        If there are more than `MOST_LINES` lines or `most` tours.
    """
    if len(relay.lines) > MOST_LINES:
        raise TooLargeRelayError(
            f"{len(relay.lines)} lines, at most {MOST_LINES} are combined: "
            "split the instance by area, or leave lines out"
        )
    stops = _stops(relay, part)
    place = {stop: relay.stops[stop].at for stop in stops.lines}
    found: dict[tuple[int, tuple[int, ...]], TourOption] = {}
    queue: list[tuple[float, tuple[int, ...]]] = [
        (relay.way(relay.depot, at), (stop,)) for stop, at in place.items()
    ]
    heapq.heapify(queue)
    settled = set()
    while queue:
        paid, tour = heapq.heappop(queue)
        here, state = tour[-1], stops.state(tour)
        if (state, here) in settled:
            continue
        settled.add((state, here))
        if len(settled) % LOOK == 0:
            go_on()
        if len(settled) > most:
            raise TooLargeRelayError(
                f"more than {most} tours of trucks to compare: leave in-stops out, "
                "or let the stops hold what a truck carries"
            )
        total = paid + relay.way(place[here], relay.depot)
        if state not in found or total < found[state].cost:
            found[state] = stops.option(tour, total)
        for there, at in place.items():
            if there not in tour:
                heapq.heappush(queue, (paid + relay.way(place[here], at), (*tour, there)))
    return _worth_it(found.values(), go_on)


def _worth_it(options: Iterable[TourOption], go_on: Callable[[], None]) -> list[TourOption]:
    """Options of which none brings as much as another for no less cost."""
    kept: list[TourOption] = []
    for option in sorted(options, key=lambda one: (one.cost, -one.lines)):
        go_on()
        if not any(_brings_as_much(other, option) for other in kept):
            kept.append(option)
    return kept


def _stops(relay: Relay, part: float) -> _Stops:
    """In-stops that trucks may call at and that lines leave from."""
    lines, takes = {}, {}
    for stop in relay.in_stops:
        calling = [at for at, line in enumerate(relay.lines) if stop in line.in_stops]
        if calling:
            here = relay.stops[stop]
            at_once = sum(relay.lines[at].capacity for at in calling) if not here.handling else 0
            lines[stop] = sum(1 << at for at in calling)
            takes[stop] = int(part * (here.capacity + at_once))
    return _Stops(lines, takes, relay.truck_capacity)


def _brings_as_much(one: TourOption, other: TourOption) -> bool:
    if other.lines & ~one.lines:
        return False
    least = dict(other.limits)
    return all(
        some in least and least[some] <= most
        for some, most in one.limits
        if not some & ~other.lines
    )


def _bits_of(lines: int) -> Iterator[int]:
    while lines:
        yield lines & -lines
        lines &= lines - 1


def _parts_of(lines: int) -> Iterator[int]:
    """All sets of some of the lines."""
    some = lines
    while some:
        yield some
        some = (some - 1) & lines
