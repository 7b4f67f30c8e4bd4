"""The work on one query between two places.

Each pair of ways at the ends (on foot, by taxi, on demand, by one's own vehicle) is a lane with a
search of its own; lanes without the dearest modes look for what is slower and cheaper. All their
itineraries and the direct ways make one Pareto set over departure, arrival, transfers and price.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from maas.access import Ends, Feeder, Rival, top_kmh
from maas.itinerary import Asked, Itinerary, Lane
from maas.planner_choice import Rivals, choose
from maas.planner_direct import DirectWays
from maas.planner_reasons import SAME_PLACE, Diagnosis, Reason
from maas.planner_search import Horizon, LaneSearch
from maas.planner_tidy import Tidy
from maas.planner_view import Rules, View
from routing.geo import distance_m

if TYPE_CHECKING:
    from maas.journey_query import JourneyQuery
    from maas.places import Place
    from maas.planner import Planner

SAME_PLACE_M = 20
_FEEDERS = ("walk", "taxi", "drt", "bike", "car")
_DEAR_MODES = ("air", "rail", "coach", "ferry", "subway")  # may have cheaper rivals
_MORE_THAN_SHOWN = 2  # so many times the itineraries shown are tidied: some become equal then


@dataclass
class Task:
    """From one place to another, at a time."""

    planner: "Planner"
    asked: Asked
    query: "JourneyQuery"
    at: int  # s
    rules: Rules

    def __post_init__(self) -> None:
        region, query = self.asked.region, self.query
        limit_m = query.max_walk_m
        self.max_walk_m = region.file.walking.limit_m if limit_m is None else limit_m
        self.roads = self.planner.roads(self.asked.day.date)
        self.ways = self.planner.ways(self.roads)
        self.assembler = self.planner.assembler(self.asked, self.rules)
        self.direct = DirectWays(self.asked, query, self.ways, self.max_walk_m, self.at)
        self._tidies: dict[tuple[int, int], Tidy] = {}

    @cached_property
    def view(self) -> View:
        """The day as the query wants it."""
        return self.planner.view(self.asked.day, self.rules)

    @property
    def is_same_place(self) -> bool:
        """Whether there is no way to go."""
        ends = self.asked.origin, self.asked.destination
        (a, b), (c, d) = ((end.lat, end.lon) for end in ends)
        return distance_m(a, b, c, d) < SAME_PLACE_M

    def itineraries(self) -> list[Itinerary]:
        """Return the chosen itineraries, not drawn yet."""
        if self.is_same_place:
            return []
        most, arrive_by = self.query.max_itineraries, self.query.arrive_by
        some = choose(self.candidates(), _MORE_THAN_SHOWN * most, arrive_by=arrive_by)
        tidied = [self._tidied(itinerary) for itinerary in some]
        return choose(tidied, most, arrive_by=arrive_by)

    def candidates(self) -> list[Itinerary]:
        """Return all itineraries that may be worth choosing from."""
        found = list(self.direct_ways)
        return found + self._by_line() if self.query.line_modes else found

    @cached_property
    def direct_ways(self) -> Sequence[Itinerary]:
        """Ways without any line."""
        return tuple(self.direct.itineraries(self.assembler))

    def _tidied(self, itinerary: Itinerary) -> Itinerary:
        """Return the same trips with less walking, where that costs no more."""
        if itinerary.found is None:
            return itinerary
        view, lane, journey = itinerary.found
        key = id(view), id(lane)  # the itinerary keeps both, so the ids stay taken
        tidy = self._tidies.get(key)
        if tidy is None:
            tidy = Tidy(view.tables, lane, self.at, self.query.arrive_by)
            self._tidies[key] = tidy
        better = tidy.journey(journey)
        if better is journey:
            return itinerary
        other = self.assembler.itinerary(view, lane, better)
        return other if other.known_cost <= itinerary.known_cost else itinerary

    def search(self, view: View) -> LaneSearch:
        """Return the search on a view with the limits of the query."""
        direction = self.planner.direction(view, arrive_by=self.query.arrive_by)
        horizon = Horizon(
            self.at, self.query.window, self.direct.walk_duration, self.query.max_transfers + 1
        )
        return LaneSearch(view, direction, horizon, self.assembler, self.asked)

    @cached_property
    def access(self) -> dict[str, Feeder]:
        """Ways from the origin to stops, by mode."""
        return self._feeders(self.asked.origin, self.asked.destination, is_origin=True)

    @cached_property
    def egress(self) -> dict[str, Feeder]:
        """Ways from stops to the destination, by mode."""
        return self._feeders(self.asked.destination, self.asked.origin, is_origin=False)

    def _feeders(self, place: "Place", other: "Place", *, is_origin: bool) -> dict[str, Feeder]:
        """Ways at one end, by mode; on foot always."""
        ends = Ends(
            self.asked.region,
            self.roads,
            self.view.tables,
            place,
            is_origin,
            self.max_walk_m,
            self.asked.party,
            self._rival(other),
            top_kmh(self.query.line_modes),
        )
        modes = [mode for mode in _FEEDERS if mode == "walk" or self.query.allows(mode)]
        ways = {mode: ends.feeder(mode) for mode in modes}
        return {mode: feeder for mode, feeder in ways.items() if feeder is not None}

    def _rival(self, other: "Place") -> Rival | None:
        """Return the cheapest taxi all the way."""
        taxis = [one for one in self.direct_ways if one.legs[0].mode == "taxi"]
        best = min(taxis, key=lambda one: one.known_cost, default=None)
        if best is None:
            return None
        return Rival(other.lat, other.lon, best.duration, best.known_cost)

    def _by_line(self) -> list[Itinerary]:
        search = self.search(self.view)
        rivals = Rivals()
        rivals.add(self.direct_ways)
        found: list[Itinerary] = []
        for access, egress in product(self.access.values(), self.egress.values()):
            lane = Lane(access, egress)
            some = search.itineraries(lane, rivals)
            rivals.add(some)
            if access.mode == egress.mode == "walk":
                cheaper = list(self._cheaper(lane, some, rivals))
                rivals.add(cheaper)
                found += cheaper
            found += some
        return found

    def _cheaper(self, lane: Lane, found: list[Itinerary], rivals: Rivals) -> Iterator[Itinerary]:
        """Itineraries without one of the dear modes that were found, where prices are known."""
        used = {leg.mode for itinerary in found for leg in itinerary.legs}
        if not any(itinerary.known_cost for itinerary in found):
            return
        for mode in _DEAR_MODES:
            modes = self.rules.modes - {mode}
            if mode in used and modes:
                view = self.planner.view(self.asked.day, self.rules._replace(modes=modes))
                yield from self.search(view).itineraries(lane, rivals)

    def reasons(self) -> Iterator[Reason]:
        """Why nothing was found."""
        if self.is_same_place:
            yield SAME_PLACE
            return
        unbooked, ledger = None, self.asked.ledger
        if ledger is not None and ledger.used:
            day = self.asked.region.day(self.asked.day.date)
            unbooked = self.search(self.planner.view(day, self.rules))
        on_foot = (
            (self.access.get("walk"), self.egress.get("walk"))
            if self.query.line_modes
            else (None, None)
        )
        diagnosis = Diagnosis(
            self.asked, self.query, self.search(self.view), *on_foot, self.max_walk_m
        )
        yield from diagnosis.reasons(unbooked)
