"""What the scheduled legs of an itinerary cost: rules of the region file, else the feed's own.

A feed's own fares are those of GTFS Fares v2 where it has them, else v1. A leg without a price
makes the whole price unknown; what is known of it is kept for comparing.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from gtfs.fares import Fares, Ride
from gtfs.fares_v2 import Buyer, FaresV2, Named, Purchase, media_of, riders_of
from gtfs.language_tags import is_japanese
from gtfs.money import digits_of
from gtfs.timetable import Timetable
from maas.errors import QueryError
from maas.kept import Kept
from maas.region_file import DistanceFare, RegionFile
from routing.layout import NONE

Distance = Callable[[int], int]  # number of a ride → m
IC = "IC"  # medium of the IC fares of GTFS-JP
_KEPT_NAMES = 1000
_IC = Named(NONE, IC, "ICカード", "IC card")


class Wish(NamedTuple):
    """Who pays how: ids or names as feeds write them; none is the usual rider, any medium."""

    rider: str | None = None
    medium: str | None = None


USUAL = Wish()


class Ticket(NamedTuple):
    """What is paid for some of the rides of an itinerary."""

    rides: tuple[int, ...]  # positions in the list of rides
    amount: int  # minor units, for one person; a discount is below zero
    fare_id: str  # feed:fare_id, or empty where the region file sets the price
    name: str = ""
    name_en: str = ""

    def name_in(self, lang: str) -> str:
        """Return the name in a language, or the only one there is."""
        return self.name if not self.name_en or is_japanese(lang) else self.name_en


class Bill(NamedTuple):
    """Tickets of an itinerary; not all rides need be covered."""

    tickets: tuple[Ticket, ...]
    is_whole: bool
    amount: int  # sum of the tickets, for one person

    @classmethod
    def of(cls, tickets: Iterable[Ticket], *, is_whole: bool) -> "Bill":
        """Return the bill of some tickets."""
        some = tuple(tickets)
        return cls(some, is_whole, sum([ticket.amount for ticket in some]))

    @property
    def is_by_leg(self) -> bool:
        """Whether every ride has one ticket of its own, so that prices add up leg by leg."""
        rides = [ride for ticket in self.tickets for ride in ticket.rides]
        return len(rides) == len(set(rides)) == len(self.tickets)


NO_TICKETS = Bill((), is_whole=True, amount=0)
_NO_PRICE = Bill((), is_whole=False, amount=0)


class Alone(NamedTuple):
    """What a ride costs by itself, whenever it is taken."""

    bill: Bill
    sharing: int = NONE  # rides with the same number may have one ticket together; NONE: never
    within: int = sys.maxsize  # s between boardings up to which they may
    is_fixed: bool = True  # false: the price hangs on the time, so nothing is known


class LineFares:
    """Prices on the lines of a region; immutable, shared between threads."""

    def __init__(self, file: RegionFile, timetable: Timetable) -> None:
        self._rules = file.fares
        self._currency = file.currency
        self._timetable = timetable
        self._cash, self._ic = (Fares(timetable.fares, by_ic=by_ic) for by_ic in (False, True))
        self._has_fares = timetable.fares.key.size > 0
        self._has_ic = bool((timetable.fares.ic_price != timetable.fares.price).any())
        self._v2 = FaresV2(timetable, file.currency)
        self._v2_feeds = self._v2.feeds
        self._feed_of_line: list[int] = timetable.lines.feed.tolist()
        self._rule = Kept(self, LineFares._rule_of)  # by line
        self._wishes = Kept(self, LineFares._wishes_in)  # by feeds
        self._names = Kept(self, LineFares._named, _KEPT_NAMES)
        feeds = sorted(self._v2_feeds)
        self._riders = {feed: list(riders_of(timetable, feed)) for feed in feeds}
        self._media = {feed: list(media_of(timetable, feed)) for feed in feeds}

    def bill(
        self,
        rides: Sequence[Ride],
        distance_of: Distance,
        base_epoch: int = 0,
        wish: Wish = USUAL,
    ) -> Bill:
        """Price the rides of one person.

        Parameters
        ----------
        rides
            In order of travel.
        distance_of
            Distance of a ride; only called where a rule asks for it.
        base_epoch
            Unix time that the times of the rides count from.
        """
        rules = [self._rule[ride.line] for ride in rides]
        tickets = [
            Ticket(group, self._ruled(rules[group[0]], group, distance_of), "")
            for group in self._groups(rules)
        ]
        by_feed: dict[int, list[int]] = {}
        v1: list[int] = []
        for place, rule in enumerate(rules):
            if rule != NONE:
                continue
            feed = self._feed_of_line[rides[place].line]
            places = by_feed.setdefault(feed, []) if feed in self._v2_feeds else v1
            places.append(place)
        for feed, places in by_feed.items():
            tickets += self._by_v2(rides, places, base_epoch, self._buyer(feed, wish))
        if v1 and self._has_fares:
            tickets += self._of_feed(rides, v1, self._is_ic(wish))
        covered = {ride for ticket in tickets for ride in ticket.rides}
        return Bill.of(sorted(tickets), is_whole=len(covered) == len(rides))

    def alone(self, ride: Ride, distance_of: Distance, wish: Wish = USUAL) -> Alone:
        """Price one ride, as far as its time does not matter; `distance_of` is that of ride 0."""
        rule = self._rule[ride.line]
        if rule != NONE:
            ticket = Ticket((0,), self._ruled(rule, (0,), distance_of), "")
            return Alone(_bill_of([ticket]), rule if self._is_through(rule) else NONE)
        feed, v1 = self._feed_of_line[ride.line], len(self._rules)
        if feed in self._v2_feeds:
            if not self._v2.is_timeless:
                return Alone(_NO_PRICE, is_fixed=False)
            tickets = self._by_v2([ride], [0], 0, self._buyer(feed, wish))
            return Alone(_bill_of(tickets), v1 + 1 + feed)
        if not self._has_fares:
            return Alone(_NO_PRICE)
        tickets = self._of_feed([ride], [0], self._is_ic(wish))
        sharing = NONE if self._cash.sells_singles_only else v1
        return Alone(_bill_of(tickets), sharing, self._cash.longest_change)

    @staticmethod
    def joined(rides: Sequence[Alone], departures: Sequence[int]) -> Bill | None:
        """Return the bill of rides that share no ticket; None where some might, or time matters."""
        if len(rides) == 1 and rides[0].is_fixed:
            return rides[0].bill
        boarded: dict[int, int] = {}  # when a ride that may share was boarded last
        for ride, departure in zip(rides, departures, strict=True):
            if not ride.is_fixed:
                return None
            if ride.sharing != NONE:
                before = boarded.get(ride.sharing)
                if before is not None and departure - before <= ride.within:
                    return None
                boarded[ride.sharing] = departure
        tickets = [
            ticket if place == 0 else Ticket((place,), *ticket[1:])
            for place, ride in enumerate(rides)
            for ticket in ride.bill.tickets
        ]
        return Bill.of(tickets, is_whole=len(tickets) == len(rides))

    def check(self, wish: Wish) -> None:
        """Refuse riders and media that no feed has.

        Raises
        ------
        QueryError
            Naming those there are.
        """
        if wish == USUAL:
            return
        riders, media = _all(self._riders), _all(self._media)
        if self._has_ic:
            media.append(_IC)
        for name, wanted, known in (("rider", wish.rider, riders), ("medium", wish.medium, media)):
            if wanted is not None and not any(one.answers_to(wanted) for one in known):
                ids = ", ".join(dict.fromkeys(sorted(one.id for one in known)))
                msg = f"query: {name}: '{wanted}' is not known here; " + (
                    f"one of: {ids}"
                    if known
                    else f"no feed of this region names any {name}, so leave it out"
                )
                raise QueryError(msg)

    def names(self, wish: Wish, lang: str) -> tuple[str | None, str | None]:
        """Return the names of a rider and a medium in a language, where feeds tell them."""
        return self._names[wish, lang]

    def _named(self, asked: tuple[Wish, str]) -> tuple[str | None, str | None]:
        wish, lang = asked
        pairs = ((wish.rider, _all(self._riders)), (wish.medium, [*_all(self._media), _IC]))
        rider, medium = (
            next((one.name_in(lang) or None for one in known if one.id == wanted), None)
            for wanted, known in pairs
        )
        return rider, medium

    def wishes(self, lines: Iterable[int]) -> list[Wish]:
        """Riders and media that may make a difference on some lines, the usual ones first."""
        feeds = frozenset([self._feed_of_line[line] for line in lines if self._rule[line] == NONE])
        return self._wishes[feeds]

    def _wishes_in(self, feeds: frozenset[int]) -> list[Wish]:
        """Riders and media of some feeds."""
        riders: dict[str | None, None] = {}
        media: dict[str | None, None] = {}
        for feed in sorted(feeds):
            own = sorted(self._riders.get(feed, []), key=lambda rider: not rider.is_default)
            riders |= {rider.id: None for rider in own}
            media |= {medium.id: None for medium in self._media.get(feed, [])}
        if self._has_ic and feeds - self._v2_feeds:
            media |= {None: None, IC: None}
        return [Wish(r, m) for r in riders or {None: None} for m in media or {None: None}]

    def _is_ic(self, wish: Wish) -> bool:
        return wish.medium is not None and _IC.answers_to(wish.medium)

    def _buyer(self, feed: int, wish: Wish) -> Buyer:
        """Rider and medium of a feed; one that it does not know is its usual rider, any medium."""
        riders = self._riders[feed]
        usual = next((rider.number for rider in riders if rider.is_default), NONE)
        return Buyer(
            _named(riders, wish.rider, usual), _named(self._media[feed], wish.medium, NONE)
        )

    def _by_v2(
        self, rides: Sequence[Ride], places: Sequence[int], base_epoch: int, buyer: Buyer
    ) -> list[Ticket]:
        """Tickets for the rides of one feed together, else for those that have a price."""
        bought = self._v2.purchases(rides, places, base_epoch, buyer)
        if bought is None:
            singles = (self._v2.purchases(rides, [place], base_epoch, buyer) for place in places)
            bought = tuple(one for some in singles for one in some or ())
        return [self._ticket(one) for one in bought]

    def _ticket(self, bought: Purchase) -> Ticket:
        tables = self._timetable.fares_v2
        if bought.product == NONE:
            return Ticket(bought.rides, bought.amount, "")
        columns = tables.product_id, tables.product_name, tables.product_name_en
        return Ticket(bought.rides, bought.amount, *(column[bought.product] for column in columns))

    def _rule_of(self, line: int) -> int:
        """Rule of the region file for a line: one that names it, else one for its feed."""
        lines, feeds = self._timetable.lines, self._timetable.feeds
        line_id, feed_id = lines.id[line], feeds[int(lines.feed[line])].id
        fitting = [
            (not rule.lines, number)
            for number, rule in enumerate(self._rules)
            if line_id in rule.lines or (not rule.lines and rule.feed == feed_id)
        ]
        return min(fitting)[1] if fitting else NONE

    def _groups(self, rules: Sequence[int]) -> list[tuple[int, ...]]:
        """Rides that a rule prices together: consecutive ones under a `through` rule."""
        groups: list[tuple[int, ...]] = []
        for place, rule in enumerate(rules):
            if rule == NONE:
                continue
            follows = place > 0 and rules[place - 1] == rule
            if follows and self._is_through(rule):
                groups[-1] = (*groups[-1], place)
            else:
                groups.append((place,))
        return groups

    def _is_through(self, rule: int) -> bool:
        """Whether a rule prices consecutive rides together."""
        known = self._rules[rule]
        return isinstance(known, DistanceFare) and known.through

    def _ruled(self, rule: int, group: tuple[int, ...], distance_of: Distance) -> int:
        known = self._rules[rule]
        if isinstance(known, DistanceFare):
            return band_price(known, sum(distance_of(place) for place in group))
        return known.price

    def _of_feed(self, rides: Sequence[Ride], places: Sequence[int], by_ic: bool) -> list[Ticket]:
        """Tickets by fares v1: for all rides together, else for those that have one."""
        fares = self._ic if by_ic else self._cash
        if len(places) > 1 and not fares.sells_singles_only:
            bought = fares.price_legs([rides[place] for place in places])
            if bought is not None and all(t.price.currency == self._currency for t in bought):
                return [
                    Ticket(tuple(places[ride] for ride in t.rides), t.price.amount, t.fare_id)
                    for t in bought
                ]
        singles = ((place, fares.single(rides[place])) for place in places)
        return [
            Ticket((place,), single[1].amount, single[0])
            for place, single in singles
            if single is not None and single[1].currency == self._currency
        ]


def _bill_of(tickets: Sequence[Ticket]) -> Bill:
    """Return the bill of one ride, for which there is a ticket or none."""
    return Bill.of(tickets, is_whole=True) if tickets else _NO_PRICE


def _all(of_feeds: Mapping[int, Sequence[Named]]) -> list[Named]:
    """Riders or media of all feeds."""
    return [one for some in of_feeds.values() for one in some]


def _named(rows: Sequence[Named], wanted: str | None, otherwise: int) -> int:
    """Number of the one with an id or a name."""
    if wanted is None:
        return otherwise
    return next((one.number for one in rows if one.answers_to(wanted)), otherwise)


def band_price(rule: DistanceFare, distance_m: int) -> int:
    """Price of the first band that reaches so far; the last one is open-ended."""
    for up_to_km, price in rule.bands[:-1]:
        if distance_m <= up_to_km * 1000:
            return price
    return rule.bands[-1][1]


def money(amount: int, currency: str) -> dict[str, str]:
    """Return minor units as the document writes them."""
    return {"amount": in_units(amount, currency), "currency": currency}


@lru_cache(maxsize=4096)
def in_units(amount: int, currency: str) -> str:
    """Minor units as a decimal number of units; the same few prices are written again and again."""
    return str(Decimal(amount).scaleb(-digits_of(currency)))
