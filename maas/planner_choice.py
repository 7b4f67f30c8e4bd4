"""Few sensible itineraries out of many: the Pareto set, then what people would look at.

Criteria are departure, arrival, transfers and price. An unknown part of a price counts as nothing,
so that a ride without a known fare is never thrown out for one that is known to cost money.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from maas.itinerary import Itinerary
from routing.kernels.door_ways import WORTHWHILE
from routing.pareto import pareto_set

_CLOSE = 300  # s: a taxi that saves less is not worth its price


def choose(
    itineraries: Iterable[Itinerary], most: int, *, arrive_by: bool = False
) -> list[Itinerary]:
    """Return at most `most` itineraries in order of departure.

    The one that is over soonest, the quickest, the cheapest and the one with the fewest transfers
    stay in any case; the rest of the places go to those nearest to the asked time.
    """
    return best_of(sensible(itineraries), most, arrive_by=arrive_by)


def best_of(some: list[Itinerary], most: int, *, arrive_by: bool = False) -> list[Itinerary]:
    """Return at most `most` of itineraries that are all sensible beside each other, as `choose`."""
    if len(some) > most:
        some = _nearest(some, most, arrive_by=arrive_by)
    return sorted(some, key=lambda it: (it.departure, it.arrival, it.transfers, it.known_cost))


def sensible(itineraries: Iterable[Itinerary]) -> list[Itinerary]:
    """Return the Pareto set without what nobody would take, with the best on preferred lines."""
    every = list(itineraries)
    some = without_waste(non_dominated(every))
    liked = [one for one in every if one.is_preferred]
    if liked and not any(one.is_preferred for one in some):
        some.append(min(liked, key=lambda it: (it.arrival, -it.departure, it.transfers)))
    return some


def non_dominated(itineraries: Iterable[Itinerary]) -> list[Itinerary]:
    """Return the Pareto set; of equals the one with the least walking stays."""
    ordered = sorted(itineraries, key=lambda it: (_walked(it), len(it.legs)))
    if not ordered:
        return []
    costs = [(-it.departure, it.arrival, it.transfers, it.known_cost) for it in ordered]
    stays = [it for it, keeps in zip(ordered, pareto_set(costs).tolist(), strict=True) if keeps]
    anytime = [it for it in stays if it.is_flexible and it.price is not None]
    return [it for it in stays if not _is_beaten_anytime(it, anytime)]


def _walked(itinerary: Itinerary) -> int:
    """Seconds on foot."""
    return itinerary.walked


def _is_beaten_anytime(one: Itinerary, anytime: Iterable[Itinerary]) -> bool:
    """Whether a way that may begin at any time, its price known, is as quick, cheap and simple."""
    duration, cost, transfers = one.duration, one.known_cost, one.transfers
    for other in anytime:
        if (
            other is not one
            and other.duration <= duration
            and other.known_cost <= cost
            and other.transfers <= transfers
            and (other.duration, other.known_cost) != (duration, cost)
        ):
            return True
    return False


def without_waste(itineraries: Sequence[Itinerary]) -> list[Itinerary]:
    """Leave out vehicles on call that cost more and save nearly nothing."""
    return [
        one
        for one in itineraries
        if not one.uses_carrier
        or one.is_flexible
        or not any(_serves_as_well(other, one) for other in itineraries)
    ]


def _serves_as_well(other: Itinerary, one: Itinerary) -> bool:
    """Whether one that calls a vehicle gains nearly nothing over another."""
    if other.is_flexible and other.duration <= one.duration:
        return one.known_cost >= WORTHWHILE * other.known_cost
    return (
        other.known_cost < one.known_cost
        and other.departure >= one.departure - _CLOSE
        and other.arrival <= one.arrival + _CLOSE
        and other.transfers <= one.transfers
    )


def _nearest(itineraries: Sequence[Itinerary], most: int, *, arrive_by: bool) -> list[Itinerary]:
    """Return the best by each criterion, then those nearest to the asked time."""
    soon = [-one.departure if arrive_by else one.arrival for one in itineraries]
    cost = [one.known_cost for one in itineraries]
    lasts = [one.duration for one in itineraries]
    transfers = [one.transfers for one in itineraries]
    numbers = range(len(soon))  # the first of equals is taken
    best = [number for number in numbers if itineraries[number].is_preferred][:1]
    for rank in ((soon, cost), (cost, soon), (lasts, soon), (transfers, soon)):
        best.append(min(zip(*rank, numbers, strict=True))[-1])
    best += [number for *_, number in sorted(zip(soon, transfers, numbers, strict=True))]
    return [itineraries[number] for number in dict.fromkeys(best)][:most]


class Outline(NamedTuple):
    """What is known of a journey before it is priced in full."""

    departure: int  # s
    arrival: int  # s
    transfers: int
    cost: int  # minor units, at least


class Rivals:
    """Itineraries known so far, against which journeys are held before they are priced in full.

    What of a journey's price is known without its tickets bounds its price from below; one that is
    out even at that price need not be made into an itinerary. Only rules are used here by which
    whatever a journey would have ruled out is out as well.
    """

    def __init__(self) -> None:
        self._known: list[Outline] = []  # the cheapest first: not many are as cheap as a journey
        self._anytime: list[tuple[int, int, int]] = []  # s, transfers, cost of what leaves anytime

    def add(self, itineraries: Iterable[Itinerary]) -> None:
        """Take more itineraries in."""
        for one in itineraries:
            self._known.append(Outline(one.departure, one.arrival, one.transfers, one.known_cost))
            if one.is_flexible and one.price is not None:
                self._anytime.append((one.duration, one.transfers, one.known_cost))
        self._known.sort(key=attrgetter("cost"))

    def rule_out(self, one: Outline, *, calls: bool) -> bool:
        """Whether a known itinerary makes a journey useless; `calls`: it calls a vehicle."""
        departure, arrival, transfers, cost = one
        duration = arrival - departure
        for lasts, changes, costs in self._anytime:
            if lasts > duration:
                continue
            if calls and cost >= WORTHWHILE * costs:
                return True
            if costs <= cost and changes <= transfers and (lasts, costs) != (duration, cost):
                return True
        for known in self._known:
            leaves, arrives, changes, costs = known
            if costs > cost:
                return False
            if arrives <= arrival and leaves >= departure and changes <= transfers and known != one:
                return True
        return False
