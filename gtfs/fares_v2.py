"""Prices of rides by GTFS Fares v2: the cheapest products for all rides of one feed together.

Rides that a join rule connects are one leg. Every leg has the products of the leg rules that match
it; between two legs a transfer rule may say what the next one costs (GTFS reference,
`fare_leg_rules.txt`, `fare_leg_join_rules.txt`, `fare_transfer_rules.txt`). A rule that matches
must be used; where several do, and where a leg has several products, the cheapest way is sought by
a dynamic programme over legs. Its state is all that later transfers depend on: the leg group, how
often one transfer was repeated, and whether the leg begins a new journey.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from gtfs.fare_v2_clock import FareClock
from gtfs.fares import Ride
from gtfs.language_tags import is_japanese
from gtfs.timetable import Timetable
from routing.layout import NONE

_FROM_ADDS, _BOTH_ADD, _REPLACES = range(3)  # GTFS fare_transfer_type


class Purchase(NamedTuple):
    """A product that is bought, or a transfer that is free."""

    product: int  # or NONE
    amount: int  # minor units; a discount is below zero
    rides: tuple[int, ...]  # positions in the list of rides that it is for


class Buyer(NamedTuple):
    """Who pays how, in one feed."""

    rider: int  # or NONE: only what everybody may buy
    medium: int  # or NONE: whichever is cheapest


class Named(NamedTuple):
    """A rider or a medium, and what it is called."""

    number: int
    id: str  # without the name of the feed
    name: str
    name_en: str
    is_default: bool = False

    def answers_to(self, text: str) -> bool:
        """Whether a text is the id or a name, in any case."""
        names = (self.id, self.name, self.name_en)
        return text.casefold() in {name.casefold() for name in names if name}

    def name_in(self, lang: str) -> str:
        """Return the name in a language, or the only one there is."""
        return self.name if is_japanese(lang) else self.name_en or self.name


class _Leg(NamedTuple):
    """Rides that are one leg for the rules."""

    rides: tuple[int, ...]
    network: int
    origin: int  # stop
    destination: int
    departure: int  # Unix time
    arrival: int


class _State(NamedTuple):
    """Cheapest way to have paid so far; `before` is the same without the last leg."""

    cost: int
    bought: tuple[Purchase, ...]
    before: tuple[int, tuple[Purchase, ...]]


class _Key(NamedTuple):
    """What the price of later transfers depends on."""

    group: int
    repeated: int  # transfers so far within the group, without another in between
    begins: bool  # whether the last leg was paid for itself


class FaresV2:
    """Look-ups in the Fares v2 tables of a timetable; may be shared between threads.

    Parameters
    ----------
    currency
        Products in another one are not for sale.
    """

    def __init__(self, timetable: Timetable, currency: str) -> None:
        self._tables = timetable.fares_v2
        self._line_feed = timetable.lines.feed
        self._parent = timetable.stops.parent
        self._clock = FareClock(timetable)
        self._prices: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        rows = zip(
            self._tables.price_product.tolist(),
            self._tables.price_rider.tolist(),
            self._tables.price_medium.tolist(),
            self._tables.price_amount.tolist(),
            self._tables.price_currency,
            strict=True,
        )
        for bought, rider, medium, amount, unit in rows:
            if unit == currency:
                self._prices[bought].append((rider, medium, amount))

    @cached_property
    def feeds(self) -> frozenset[int]:
        """Feeds that have leg rules."""
        return frozenset(self._tables.rule_feed.tolist())

    @cached_property
    def is_timeless(self) -> bool:
        """Whether no leg rule hangs on the time of day."""
        tables = self._tables
        return bool((tables.rule_from_time == NONE).all() and (tables.rule_to_time == NONE).all())

    @cached_property
    def _rules(self) -> dict[tuple[int, int, int, int], list[int]]:
        """Leg rules by feed, network, origin area and destination area, `NONE` = empty."""
        tables, found = self._tables, defaultdict(list)
        columns = (
            tables.rule_feed, tables.rule_network, tables.rule_from_area, tables.rule_to_area,
        )  # fmt: skip
        keys = zip(*(column.tolist() for column in columns), strict=True)
        for rule, key in enumerate(keys):
            found[key].append(rule)
        return dict(found)

    @cached_property
    def _listed(self) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        """Networks, origin areas and destination areas that some rule names."""
        tables = self._tables
        columns = tables.rule_network, tables.rule_from_area, tables.rule_to_area
        networks, origins, destinations = (frozenset(column.tolist()) for column in columns)
        return networks, origins, destinations

    def purchases(
        self, rides: Sequence[Ride], places: Sequence[int], base_epoch: int, buyer: Buyer
    ) -> tuple[Purchase, ...] | None:
        """Return the cheapest products for rides of one feed; `None` if a leg has no price.

        Parameters
        ----------
        places
            Which of `rides` are meant, in order of travel.
        base_epoch
            Unix time that the times of the rides count from.
        """
        feed = int(self._line_feed[rides[places[0]].line])
        states: dict[_Key, _State] = {}
        legs = self._legs(rides, places, base_epoch)
        for number, leg in enumerate(legs):
            options = self._options(feed, leg, buyer)
            if number == 0:
                nothing = (0, ())
                states = {
                    _Key(group, 0, True): _paid(nothing, Purchase(*bought, leg.rides))
                    for group, bought in options.items()
                }
            else:
                states = self._next(states, feed, (legs, number), options, buyer)
        best = min(states.values(), key=lambda state: state.cost, default=None)
        return None if best is None else best.bought

    def _legs(self, rides: Sequence[Ride], places: Sequence[int], base_epoch: int) -> list[_Leg]:
        """Put rides that join rules connect together."""
        legs: list[_Leg] = []
        for place in places:
            ride = rides[place]
            leg = _Leg(
                (place,),
                int(self._tables.network_of_line[ride.line]),
                ride.board_stop,
                ride.alight_stop,
                base_epoch + ride.departure,
                base_epoch + ride.arrival,
            )
            before = rides[legs[-1].rides[-1]] if legs else None
            if before is not None and self._joins(before, ride):
                last = legs[-1]
                leg = leg._replace(
                    rides=(*last.rides, place),
                    network=leg.network if leg.network == last.network else NONE,
                    origin=last.origin,
                    departure=last.departure,
                )
                legs[-1] = leg
            else:
                legs.append(leg)
        return legs

    def _joins(self, before: Ride, after: Ride) -> bool:
        """Whether a join rule makes two rides one leg."""
        tables = self._tables
        if not tables.join_from_network.size:
            return False
        networks = tables.network_of_line
        left = self._with_station(before.alight_stop)
        right = self._with_station(after.board_stop)
        fits = (
            ((tables.join_from_network == NONE)
             | (tables.join_from_network == networks[before.line]))
            & ((tables.join_to_network == NONE) | (tables.join_to_network == networks[after.line]))
            & np.where(tables.join_from_stop == NONE, bool(left & right),
                       np.isin(tables.join_from_stop, list(left)))
            & ((tables.join_to_stop == NONE) | np.isin(tables.join_to_stop, list(right)))
        )  # fmt: skip
        return bool(fits.any())

    def _with_station(self, stop: int) -> set[int]:
        return {stop, int(self._parent[stop])} - {NONE}

    def _options(self, feed: int, leg: _Leg, buyer: Buyer) -> dict[int, tuple[int, int]]:
        """Cheapest product of each leg group whose rules match a leg: (product, amount)."""
        options: dict[int, tuple[int, int]] = {}
        for rule in self._matching(feed, leg):
            bought = int(self._tables.rule_product[rule])
            amount = self._amount(bought, buyer)
            group = int(self._tables.rule_group[rule])
            if amount is not None and (group not in options or amount < options[group][1]):
                options[group] = (bought, amount)
        return options

    def _matching(self, feed: int, leg: _Leg) -> list[int]:
        """Leg rules that match, only those of the highest priority."""
        candidates = self._candidates(feed, leg)
        rules = [
            rule
            for key in product(*candidates)
            for rule in self._rules.get((feed, *key), ())
            if self._is_in_time(rule, feed, leg)
        ]
        highest = max((int(self._tables.rule_priority[rule]) for rule in rules), default=0)
        return [rule for rule in rules if self._tables.rule_priority[rule] == highest]

    def _candidates(self, feed: int, leg: _Leg) -> tuple[set[int], set[int], set[int]]:
        """Values of network, origin area and destination area that a matching rule may have."""
        has_priority = bool(self._tables.has_priority_of_feed[feed])
        own = {leg.network} - {NONE}, self._areas(leg.origin), self._areas(leg.destination)
        if has_priority:
            return own[0] | {NONE}, own[1] | {NONE}, own[2] | {NONE}
        # without an order an empty field stands for all that no rule names
        networks, origins, destinations = (
            values & listed or {NONE} for values, listed in zip(own, self._listed, strict=True)
        )
        return networks, origins, destinations

    def _areas(self, stop: int) -> set[int]:
        first, end = self._tables.first_area_of_stop[stop : stop + 2].tolist()
        return set(self._tables.area_of_stop[first:end].tolist())

    def _is_in_time(self, rule: int, feed: int, leg: _Leg) -> bool:
        """Whether a leg begins and ends within the timeframes of a rule."""
        groups = self._tables.rule_from_time[rule], self._tables.rule_to_time[rule]
        return all(
            group == NONE or self._clock.holds(int(group), feed, moment)
            for group, moment in zip(groups, (leg.departure, leg.arrival), strict=True)
        )

    def _amount(self, bought: int, buyer: Buyer) -> int | None:
        """Cheapest price of a product; `None` if it is not for this buyer."""
        amounts = [
            amount
            for rider, medium, amount in self._prices.get(bought, ())
            if rider in {NONE, buyer.rider} and (buyer.medium == NONE or medium in {
                NONE, buyer.medium})
        ]  # fmt: skip
        return min(amounts, default=None)

    def _next(
        self,
        states: dict[_Key, _State],
        feed: int,
        at: tuple[Sequence[_Leg], int],
        options: dict[int, tuple[int, int]],
        buyer: Buyer,
    ) -> dict[_Key, _State]:
        """Pay for one leg more in all ways; keep the cheapest of each state."""
        legs, number = at
        found: dict[_Key, _State] = {}
        for (key, state), (group, own) in product(states.items(), options.items()):
            same = key.group == group
            since = number - 1 - (key.repeated if same else 0)
            rules = self._transfers(feed, (key, group), (legs[since], legs[number]), buyer)
            leg = Purchase(*own, legs[number].rides)
            if not rules:
                _keep(found, _Key(group, 0, True), _paid((state.cost, state.bought), leg))
            for kind, transfer in rules:
                to = _Key(group, key.repeated + 1 if same else 0, False)
                rides = legs[number].rides
                _keep(found, to, _moved(key, state, (kind, *transfer), rides, leg))
        return found

    def _transfers(
        self, feed: int, groups: tuple[_Key, int], legs: tuple[_Leg, _Leg], buyer: Buyer
    ) -> list[tuple[int, tuple[int, int]]]:
        """Transfer rules that must be used: their type, product and amount."""
        key, to = groups
        tables = self._tables
        rules = list(self._between(feed, key.group, to))
        if key.group == to:
            counts = {int(tables.transfer_count[rule]) for rule in rules}
            enough = [count for count in counts if count == NONE or count > key.repeated]
            least = min(enough, key=lambda count: (count == NONE, count), default=None)
            rules = [rule for rule in rules if tables.transfer_count[rule] == least]
        found = []
        for rule in rules:
            bought = int(tables.transfer_product[rule])
            amount = 0 if bought == NONE else self._amount(bought, buyer)
            if amount is not None and self._is_soon(rule, *legs):
                found.append((int(tables.transfer_kind[rule]), (bought, amount)))
        return found

    def _between(self, feed: int, group: int, to: int) -> Iterable[int]:
        """Transfer rules between two leg groups: exact ones, else those with empty fields."""
        if NONE in {group, to}:
            return ()
        by_groups = self._transfer_rules.get(feed, {})
        if exact := by_groups.get((group, to)):
            return exact
        left = {pair[0] for pair in by_groups}
        right = {pair[1] for pair in by_groups}
        pair = (group if group in left else NONE, to if to in right else NONE)
        return by_groups.get(pair, ())

    @cached_property
    def _transfer_rules(self) -> dict[int, dict[tuple[int, int], list[int]]]:
        """Transfer rules by feed, then by the two leg groups."""
        tables = self._tables
        found: dict[int, dict[tuple[int, int], list[int]]] = {}
        columns = tables.transfer_feed, tables.transfer_from_group, tables.transfer_to_group
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for rule, (feed, group, to) in enumerate(rows):
            found.setdefault(feed, {}).setdefault((group, to), []).append(rule)
        return found

    def _is_soon(self, rule: int, first: _Leg, last: _Leg) -> bool:
        """Whether a transfer is within the time of its rule."""
        limit = int(self._tables.transfer_limit[rule])
        kind = int(self._tables.transfer_limit_kind[rule])
        begin = first.departure if kind in {0, 1} else first.arrival
        end = last.arrival if kind in {0, 3} else last.departure
        return limit == NONE or end - begin <= limit


def _paid(before: tuple[int, tuple[Purchase, ...]], leg: Purchase) -> _State:
    """Pay for a leg by itself."""
    cost, bought = before
    return _State(cost + leg.amount, (*bought, leg), before)


def _moved(
    key: _Key,
    state: _State,
    transfer: tuple[int, int, int],
    rides: tuple[int, ...],
    leg: Purchase,
) -> _State:
    """Pay for a transfer: A + AB, A + AB + B, or AB in place of both."""
    kind, bought, amount = transfer
    cost, purchases = state.cost, state.bought
    if kind == _REPLACES and key.begins:
        rides = (*state.bought[-1].rides, *rides)
        cost, purchases = state.before
    purchases = (*purchases, Purchase(bought, amount, rides))
    cost += amount
    if kind == _BOTH_ADD:
        purchases, cost = (*purchases, leg), cost + leg.amount
    return _State(cost, purchases, (cost, purchases))


def _keep(states: dict[_Key, _State], key: _Key, state: _State) -> None:
    if key not in states or state.cost < states[key].cost:
        states[key] = state


def riders_of(tables: Timetable, feed: int) -> Iterator[Named]:
    """Riders of a feed."""
    v2, prefix = tables.fares_v2, len(tables.feeds[feed].id) + 1
    for rider in np.flatnonzero(v2.rider_feed == feed).tolist():
        names = v2.rider_name[rider], v2.rider_name_en[rider]
        yield Named(rider, v2.rider_id[rider][prefix:], *names, bool(v2.rider_is_default[rider]))


def media_of(tables: Timetable, feed: int) -> Iterator[Named]:
    """Media of a feed."""
    v2, prefix = tables.fares_v2, len(tables.feeds[feed].id) + 1
    for medium in np.flatnonzero(v2.medium_feed == feed).tolist():
        names = v2.medium_name[medium], v2.medium_name_en[medium]
        yield Named(medium, v2.medium_id[medium][prefix:], *names)
