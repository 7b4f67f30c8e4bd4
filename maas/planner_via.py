"""Journeys by way of places where the traveller stays for a while.

Each part between two named places is searched for itself, from where the parts before it lead (or,
arriving by a time, back from where those after it begin); parts that fit in time are joined and
make one Pareto set.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from maas.access import is_served
from maas.assembly import Assembler
from maas.errors import QueryError
from maas.fares import Bill, Ticket
from maas.itinerary import Asked, Itinerary, Leg
from maas.planner_choice import choose, sensible
from maas.planner_reasons import NO_CONNECTION, Reason
from routing.geo import distance_m

if TYPE_CHECKING:
    from maas.journey_query import JourneyQuery
    from maas.places import Place
    from maas.planner import Planner
    from maas.planner_task import Task

_SAME_PLACE_M = 20
_MOST_PARTS = 40  # itineraries of a part that are joined with others


@dataclass
class Through:
    """The work on one query with places to pass."""

    planner: "Planner"
    query: "JourneyQuery"
    asked: Asked
    at: int  # s
    stations: Sequence[tuple["Place", int]]  # in order of travel, with the least stay, s

    def __post_init__(self) -> None:
        places = [place for place, _ in self.stations]
        self._places = [self.asked.origin, *places, self.asked.destination]
        for number, (one, other) in enumerate(zip(self._places, self._places[1:], strict=False)):
            if distance_m(one.lat, one.lon, other.lat, other.lon) < _SAME_PLACE_M:
                field = f"via.{min(number, len(places) - 1)}.place"
                msg = (
                    f"query: {field}: '{other.name}' is where that part of the journey begins; "
                    "leave it out, or name another place"
                )
                raise QueryError(msg)
        self._assembler = Assembler(self.asked)
        self._failed: Task | None = None

    def itineraries(self) -> list[Itinerary]:
        """Return the chosen itineraries, not drawn yet."""
        return choose(
            self.joined_ways(), self.query.max_itineraries, arrive_by=self.query.arrive_by
        )

    def joined_ways(self) -> list[Itinerary]:
        """Return all that fits together."""
        return self._backwards() if self.query.arrive_by else self._forwards()

    def reasons(self) -> Iterator[Reason]:
        """Why a part was not found."""
        if self._failed is None:
            yield NO_CONNECTION
        else:
            yield from self._failed.reasons()

    def _forwards(self) -> list[Itinerary]:
        so_far = self._part(0, self.at)
        for part, (_, stay) in enumerate(self.stations, start=1):
            if not so_far:
                return []
            soonest = min(one.arrival for one in so_far)
            after = self._part(part, soonest + stay)
            so_far = _best(self._pairs(so_far, after, stay))
        return so_far

    def _backwards(self) -> list[Itinerary]:
        so_far = self._part(len(self.stations), self.at)
        for part in range(len(self.stations) - 1, -1, -1):
            if not so_far:
                return []
            stay = self.stations[part][1]
            latest = max(one.departure for one in so_far)
            before = self._part(part, latest - stay)
            so_far = _best(self._pairs(before, so_far, stay))
        return so_far

    def _part(self, number: int, at: int) -> list[Itinerary]:
        """Itineraries of one part, with the soonest tidied ones among them."""
        ends = self._places[number], self._places[number + 1]
        asked = replace(self.asked, origin=ends[0], destination=ends[1])
        task = self.planner.task(self.query, asked, at)
        task.may_link = False
        found = task.sensible
        if not found:
            self._failed = task
        return choose(found, _MOST_PARTS, arrive_by=self.query.arrive_by)

    def _pairs(
        self, before: Sequence[Itinerary], after: Sequence[Itinerary], stay: int
    ) -> Iterator[Itinerary]:
        for one in before:
            for other in after:
                first, second = one, other
                pause = max(stay, self._change(one, other))
                if second.is_flexible and not self.query.arrive_by:
                    second = self._shifted(second, first.arrival + pause - _called(second))
                elif first.is_flexible:
                    first = self._shifted(first, _called(second) - pause - first.arrival)
                fits = first.arrival + pause <= _called(second) and self._fits(first, second)
                if fits and self._is_served(first) and self._is_served(second):
                    yield joined(first, second)

    def _change(self, first: Itinerary, second: Itinerary) -> int:
        """Seconds to wait at the place so that the change there keeps to the asked least time."""
        least, slack = self.query.min_transfer_s, self.query.transfer_slack_s
        if not (least or slack):
            return 0
        before, after = _walk_at_end(reversed(first.legs)), _walk_at_end(second.legs)
        if before is None or after is None:
            return 0
        walked = before + after
        return max(least, walked) + slack - walked

    def _shifted(self, itinerary: Itinerary, seconds: int) -> Itinerary:
        """Return a way that may begin at any time, at another time and its price then."""
        legs = tuple(
            replace(
                leg,
                departure=leg.departure + seconds,
                arrival=leg.arrival + seconds,
                price=leg.price
                if leg.carrier is None
                else self._assembler.carrier_price(
                    leg.carrier, leg.distance_m, leg.boarding + seconds
                ),
            )
            for leg in itinerary.legs
        )
        return replace(itinerary, legs=legs)

    def _is_served(self, itinerary: Itinerary) -> bool:
        """Whether the vehicles that are called come at that time."""
        return all(is_served(self.asked, leg) for leg in itinerary.legs)

    def _fits(self, first: Itinerary, second: Itinerary) -> bool:
        """Whether a joined journey keeps to the asked time and number of transfers."""
        if _transfers(first, second) > self.query.max_transfers:
            return False
        if self.query.arrive_by:
            return second.arrival <= self.at
        return _called(first) >= self.at


def _called(itinerary: Itinerary) -> int:
    """When the traveller must be ready: at the call of a vehicle, else at the departure."""
    return itinerary.departure - itinerary.legs[0].wait


def _transfers(first: Itinerary, second: Itinerary) -> int:
    """Changes of a journey of two parts."""
    has_rides = [any(leg.mode != "walk" for leg in part.legs) for part in (first, second)]
    return first.transfers + second.transfers + all(has_rides)


def _walk_at_end(legs: Iterable[Leg]) -> int | None:
    """Seconds on foot before the first vehicle; None where there is none."""
    walked = 0
    for leg in legs:
        if leg.mode != "walk":
            return walked
        walked += leg.arrival - leg.departure
    return None


def _best(itineraries: Iterator[Itinerary]) -> list[Itinerary]:
    return sensible(list(itineraries))


def _between(before: Leg, after: Leg) -> tuple[Leg, ...]:
    """A walk of no length where one part ends at a station and the next begins at its platform."""
    if before.destination == after.origin:
        return ()
    return (Leg("walk", before.destination, after.origin, before.arrival, before.arrival),)


def joined(first: Itinerary, second: Itinerary) -> Itinerary:
    """Return one itinerary of two parts; each keeps its tickets."""
    n_rides = sum(leg.ridden is not None for leg in first.legs)
    later = tuple(
        Ticket(tuple(ride + n_rides for ride in ticket.rides), *ticket[1:])
        for ticket in second.bill.tickets
    )
    whole = first.bill.is_whole and second.bill.is_whole
    legs: tuple[Leg, ...] = (*first.legs, *_between(first.legs[-1], second.legs[0]), *second.legs)
    return Itinerary(
        legs,
        Bill.of((*first.bill.tickets, *later), is_whole=whole),
        first.party,
        is_flexible=first.is_flexible and second.is_flexible,
        is_preferred=first.is_preferred and second.is_preferred,
    )
