"""What the scheduled legs of an itinerary cost: rules of the region file, else the feed's own.

A leg without a price makes the whole price unknown; what is known of it is kept for comparing.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from gtfs.fares import Fares, Ride
from gtfs.money import digits_of
from gtfs.timetable import Timetable
from maas.region_file import DistanceFare, FlatFare, RegionFile
from routing.layout import NONE

Distance = Callable[[int], int]  # number of a ride → m


class Ticket(NamedTuple):
    """What is paid for some of the rides of an itinerary."""

    rides: tuple[int, ...]  # positions in the list of rides
    amount: int  # minor units, for one person
    fare_id: str  # feed:fare_id, or empty where the region file sets the price


class Bill(NamedTuple):
    """Tickets of an itinerary; not all rides need be covered."""

    tickets: tuple[Ticket, ...]
    is_whole: bool

    @property
    def amount(self) -> int:
        """Sum of the tickets, for one person."""
        return sum(ticket.amount for ticket in self.tickets)


class LineFares:
    """Prices on the lines of a region; immutable, shared between threads."""

    def __init__(self, file: RegionFile, timetable: Timetable) -> None:
        self._rules = file.fares
        self._currency = file.currency
        self._timetable = timetable
        self._fares = Fares(timetable.fares)
        self._has_fares = timetable.fares.key.size > 0
        self._of_line: dict[int, int] = {}

    def bill(self, rides: Sequence[Ride], distance_of: Distance) -> Bill:
        """Price the rides of one person.

        Parameters
        ----------
        rides
            In order of travel.
        distance_of
            Distance of a ride; only called where a rule asks for it.
        """
        rules = [self._rule(ride.line) for ride in rides]
        tickets = [
            Ticket(group, self._ruled(rules[group[0]], group, distance_of), "")
            for group in self._groups(rules)
        ]
        free = [place for place, rule in enumerate(rules) if rule == NONE]
        tickets += self._of_feed(rides, free)
        covered = sum(len(ticket.rides) for ticket in tickets)
        return Bill(tuple(sorted(tickets)), covered == len(rides))

    def _rule(self, line: int) -> int:
        """Rule of the region file for a line: one that names it, else one for its feed."""
        if line not in self._of_line:
            lines, feeds = self._timetable.lines, self._timetable.feeds
            line_id, feed_id = lines.id[line], feeds[int(lines.feed[line])].id
            fitting = [
                (not rule.lines, number)
                for number, rule in enumerate(self._rules)
                if line_id in rule.lines or (not rule.lines and rule.feed == feed_id)
            ]
            self._of_line[line] = min(fitting)[1] if fitting else NONE
        return self._of_line[line]

    def _groups(self, rules: Sequence[int]) -> list[tuple[int, ...]]:
        """Rides that a rule prices together: consecutive ones under a `through` rule."""
        groups: list[tuple[int, ...]] = []
        for place, rule in enumerate(rules):
            if rule == NONE:
                continue
            known = self._rules[rule]
            follows = place > 0 and rules[place - 1] == rule
            if follows and isinstance(known, DistanceFare) and known.through:
                groups[-1] = (*groups[-1], place)
            else:
                groups.append((place,))
        return groups

    def _ruled(self, rule: int, group: tuple[int, ...], distance_of: Distance) -> int:
        known = self._rules[rule]
        if isinstance(known, FlatFare):
            return known.price
        return band_price(known, sum(distance_of(place) for place in group))

    def _of_feed(self, rides: Sequence[Ride], places: Sequence[int]) -> list[Ticket]:
        """Tickets by the feed's fares: for all rides together, else for those that have one."""
        if not self._has_fares:
            return []
        asked = [rides[place] for place in places]
        bought = self._fares.price_legs(asked)
        if bought is not None and all(t.price.currency == self._currency for t in bought):
            return [
                Ticket(tuple(places[ride] for ride in t.rides), t.price.amount, t.fare_id)
                for t in bought
            ]
        found = []
        for place in places:
            single = self._fares.price_legs([rides[place]])
            if single and single[0].price.currency == self._currency:
                found.append(Ticket((place,), single[0].price.amount, single[0].fare_id))
        return found


def band_price(rule: DistanceFare, distance_m: int) -> int:
    """Price of the first band that reaches so far; the last one is open-ended."""
    for up_to_km, price in rule.bands[:-1]:
        if distance_m <= up_to_km * 1000:
            return price
    return rule.bands[-1][1]


def money(amount: int, currency: str) -> dict[str, str]:
    """Return minor units as the document writes them."""
    return {"amount": str(Decimal(amount).scaleb(-digits_of(currency))), "currency": currency}
