"""Prices of rides by fares v1: what one ride costs, and the cheapest tickets for several.

A ticket is good for consecutive rides of one feed if every one of them has a rule of its fare for
its line (or all lines), the zone where the first ride begins and the one where the last ride ends;
if it includes enough changes and the last boarding is in time; and if the zones that the rules name
as passed are exactly those that the rides pass.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from gtfs.fare_layout import FareTables
from gtfs.money import Price
from routing.layout import NONE

_KEPT = 50_000  # answers that are remembered


class Ride(NamedTuple):
    """One ride of an itinerary, as far as its price depends on it."""

    line: int
    board_stop: int
    alight_stop: int
    departure: int  # s, boarding
    passed: tuple[int, ...] = ()  # stops in between, in any order
    arrival: int = 0  # s, alighting


class Ticket(NamedTuple):
    """One fare paid for some of the rides of an itinerary."""

    fare_id: str  # feed:fare_id
    rides: tuple[int, ...]  # positions in the list of rides
    price: Price


class Fares:
    """Look-ups in the fare tables of a timetable; may be shared between threads.

    Parameters
    ----------
    by_ic
        Whether one pays with an IC card, which may cost less than cash.
    """

    def __init__(self, tables: FareTables, *, by_ic: bool = False) -> None:
        self._tables = tables
        self._amount: list[int] = (tables.ic_price if by_ic else tables.price).tolist()
        self._transfers: list[int] = tables.transfers.tolist()
        self._duration: list[int] = tables.duration.tolist()
        self._most_rides = _most_rides(self._transfers)
        self._longest_change = _longest_change(self._transfers, self._duration)
        self._feed_slot: list[int] = tables.feed_slot_of_line.tolist()
        self._width = int(tables.n_zones[0]) + 1
        self._asks_passed = bool((tables.set_of_rule != NONE).any())
        self._zone_of_stop: list[int] = tables.zone_of_stop.tolist()
        self._singles: dict[tuple[int, int, int, tuple[int, ...]], int] = {}
        self._known_fares: dict[int, tuple[str, Price]] = {}
        self._known: dict[tuple[int, int, int, tuple[int, ...]], frozenset[int]] = {}

    def price(
        self, line: int, board_stop: int, alight_stop: int, passed: Sequence[int] = ()
    ) -> Price | None:
        """Return what one ride costs; `None` where the feed names no fare for it."""
        known = self.single(Ride(line, board_stop, alight_stop, 0, tuple(passed)))
        return None if known is None else known[1]

    @property
    def sells_singles_only(self) -> bool:
        """Whether no ticket is for more than one ride, so that each has its price by itself."""
        return self._most_rides == 1

    @property
    def longest_change(self) -> int:
        """Most seconds between the first and the last boarding that a ticket for several allows."""
        return self._longest_change

    def single(self, ride: Ride) -> tuple[str, Price] | None:
        """Return the cheapest fare for one ride, and what it costs; `None` without one."""
        fare = self._single(ride)
        return None if fare == NONE else self._fare_of(fare)

    def price_legs(self, rides: Sequence[Ride]) -> tuple[Ticket, ...] | None:
        """Return the cheapest tickets for all `rides`; `None` if one of them has no price.

        The rides of each feed are priced for themselves, in their order.
        """
        by_feed: defaultdict[int, list[int]] = defaultdict(list)
        for place, ride in enumerate(rides):
            by_feed[self._feed_slot[ride.line]].append(place)
        tickets: list[Ticket] = []
        for places in by_feed.values():
            bought = self._tickets(rides, places)
            if bought is None:
                return None
            tickets += bought
        return tuple(sorted(tickets, key=lambda ticket: ticket.rides))

    def _tickets(self, rides: Sequence[Ride], places: list[int]) -> list[Ticket] | None:
        """Cheapest split of the rides `places` into tickets (dynamic programme over the last)."""
        best: list[tuple[int, list[Ticket]] | None] = [(0, [])]
        for end in range(1, len(places) + 1):
            options = []
            for start in range(max(0, end - self._most_rides), end):
                before = best[start]
                fare = NONE if before is None else self._fare(rides, places[start:end])
                if before is None or fare == NONE:
                    continue
                ticket = self._ticket(fare, tuple(places[start:end]))
                options.append((before[0] + ticket.price.amount, [*before[1], ticket]))
            best.append(min(options, key=lambda option: option[0], default=None))
        last = best[-1]
        return None if last is None else last[1]

    def _fare(self, rides: Sequence[Ride], places: list[int]) -> int:
        """Cheapest fare that one ticket for the rides `places` may have, or `NONE`."""
        if len(places) == 1:
            return self._single(rides[places[0]])
        return self._cheapest(tuple(rides[place] for place in places))

    def _ticket(self, fare: int, rides: tuple[int, ...]) -> Ticket:
        fare_id, price = self._fare_of(fare)
        return Ticket(fare_id, rides, price)

    def _fare_of(self, fare: int) -> tuple[str, Price]:
        """Return the id of a fare and its price."""
        known = self._known_fares.get(fare)
        if known is None:
            known = self._known_fares[fare] = self._tables.id[fare], self._price(fare)
        return known

    def _price(self, fare: int) -> Price:
        return Price(self._amount[fare], self._tables.currency[fare])

    def _single(self, ride: Ride) -> int:
        """Cheapest fare for one ride, or `NONE`; those of late are at hand."""
        line, board, alight, _, passed, *_ = ride
        zone = self._zone_of_stop
        key = (
            (line, board, alight, passed)
            if self._asks_passed
            else (line, zone[board], zone[alight], ())  # all that the price hangs on
        )
        fare = self._singles.get(key)
        if fare is None:
            if len(self._singles) >= _KEPT:
                self._singles.clear()
            fare = self._singles[key] = self._cheapest((ride,))
        return fare

    def _cheapest(self, rides: tuple[Ride, ...]) -> int:
        """Cheapest fare that one ticket for all of `rides` may have, or `NONE`."""
        zone = self._zone_of_stop
        ends = zone[rides[0].board_stop], zone[rides[-1].alight_stop]
        passed = self._zones(rides) if self._asks_passed else ()
        common = self._fares_of(rides[0].line, *ends, passed)
        for line in {ride.line for ride in rides[1:]}:
            common &= self._fares_of(line, *ends, passed)
        fitting = [(self._amount[fare], fare) for fare in common if self._includes(fare, rides)]
        return min(fitting)[1] if fitting else NONE

    def _zones(self, rides: tuple[Ride, ...]) -> tuple[int, ...]:
        """Zones that the rides pass, ascending."""
        zone = self._zone_of_stop
        stops = {
            stop for ride in rides for stop in (ride.board_stop, ride.alight_stop, *ride.passed)
        }
        return tuple(sorted({zone[stop] for stop in stops}))

    def _fares_of(
        self, line: int, origin: int, destination: int, passed: tuple[int, ...]
    ) -> frozenset[int]:
        """Fares whose rules allow a ride on `line` between the zones; those of late are at hand."""
        key = line, origin, destination, passed
        fares = self._known.get(key)
        if fares is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            fares = self._known[key] = frozenset(self._fares(*key))
        return fares

    def _fares(
        self, line: int, origin: int, destination: int, passed: tuple[int, ...]
    ) -> Iterator[int]:
        """Fares whose rules allow a ride on `line` between the zones."""
        tables, width = self._tables, self._width
        slots = (
            line,
            int(tables.agency_slot_of_line[line]),
            int(tables.feed_slot_of_line[line]),
        )
        keys = [
            (slot * width + first + 1) * width + last + 1
            for slot, first, last in product(slots, {origin, NONE}, {destination, NONE})
        ]
        for key, at in zip(keys, np.searchsorted(tables.key, keys).tolist(), strict=True):
            if at < tables.key.size and tables.key[at] == key:
                first, end = tables.first_rule_of_key[at : at + 2].tolist()
                for rule in range(first, end):
                    if self._passes(int(tables.set_of_rule[rule]), passed):
                        yield int(tables.fare_of_rule[rule])

    def _passes(self, zone_set: int, passed: tuple[int, ...]) -> bool:
        """Whether the zones passed are those of the set."""
        if zone_set == NONE:
            return True
        first, end = self._tables.first_zone_of_set[zone_set : zone_set + 2].tolist()
        return tuple(self._tables.zone_of_set[first:end].tolist()) == passed

    def _includes(self, fare: int, rides: tuple[Ride, ...]) -> bool:
        """Whether the fare includes the changes between `rides`."""
        if len(rides) == 1:
            return True
        transfers, duration = self._transfers[fare], self._duration[fare]
        if transfers != NONE and len(rides) - 1 > transfers:
            return False
        return duration == NONE or rides[-1].departure - rides[0].departure <= duration


def _most_rides(transfers: Sequence[int]) -> int:
    """Most rides that any fare includes: more than an itinerary has where changes are free."""
    return sys.maxsize if NONE in transfers else 1 + max(transfers, default=0)


def _longest_change(transfers: Sequence[int], duration: Sequence[int]) -> int:
    """Most seconds between boardings that any fare with a change includes; -1 without one."""
    limits = [limit for n, limit in zip(transfers, duration, strict=True) if n != 0]
    return sys.maxsize if NONE in limits else max(limits, default=-1)
