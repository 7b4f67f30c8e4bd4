"""The work on one query between two places.

Each pair of ways at the ends (on foot, by taxi, on demand, by one's own vehicle) is a lane with a
search of its own; lanes without the dearest modes look for what is slower and cheaper. All their
itineraries and the direct ways make one Pareto set over departure, arrival, transfers and price.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from itertools import product
from typing import TYPE_CHECKING

from maas.access import Ends, Wishes, is_served, top_kmh
from maas.feeders import Feeder
from maas.itinerary import Asked, Itinerary, Lane, Leg
from maas.planner_choice import Rivals, best_of, choose, sensible
from maas.planner_closures import closure
from maas.planner_direct import DirectWays
from maas.planner_links import linked
from maas.planner_reasons import NOT_ACCESSIBLE, SAME_PLACE, Diagnosis, Reason
from maas.planner_rules import lines, usual_kmh
from maas.planner_search import Horizon, LaneSearch
from maas.planner_tidy import tidied
from maas.planner_view import Rules, View
from maas.rented import BikeWays, parked
from routing.kernels.door_ways import Rival

if TYPE_CHECKING:
    from maas.journey_query import JourneyQuery
    from maas.places import Place
    from maas.planner import Planner

SAME_PLACE_M = 20
_FEEDERS = ("walk", "taxi", "drt", "bike", "car")
_DEAR_MODES = ("air", "rail", "coach", "ferry", "subway")  # may have cheaper rivals
_LOOK_BEYOND = 3_600  # s: what begins so near may rule something out, a wait for a vehicle included
_MORE_THAN_SHOWN = 2  # so many times as are shown are tidied where some become equal then


@dataclass
class Task:
    """From one place to another, at a time."""

    planner: "Planner"
    asked: Asked
    query: "JourneyQuery"
    at: int  # s
    rules: Rules
    may_link: bool = True  # whether vehicles on call between two lines are looked for
    ignores_closures: bool = False  # whether roads that are closed on the date are open

    def __post_init__(self) -> None:
        region, query = self.asked.region, self.query
        limit_m = query.max_walk_m
        self.max_walk_m = region.file.walking.limit_m if limit_m is None else limit_m
        self.roads = region.roads if self.ignores_closures else self.planner.roads(self.asked.date)
        self.ways = self.planner.ways(self.roads)
        self.assembler = self.planner.assembler(self.asked, self.rules)
        bike_kmh = usual_kmh(region, "bike")
        is_apart = self.rules.needs_wheelchair and "wheelchair" in self.roads.profiles
        on_foot = "wheelchair" if is_apart else "foot"
        self.wishes = Wishes(
            self.rules.walk_percent,
            round(100 * bike_kmh / (query.bike_kmh or bike_kmh)),
            query.operators_banned,
            query.bike_on_board,
            self.rules.needs_wheelchair,
            on_foot,
            self.roads.off_road(on_foot),
        )
        self.bikes = self._bikes()
        self.direct = DirectWays(
            self.asked, query, self.ways, self.max_walk_m, self.at, self.wishes, self.bikes
        )
        self.reach: list[int] = []  # s away from the asked time that lanes were searched

    @cached_property
    def view(self) -> View:
        """The day as the query wants it."""
        return self.planner.view(self.asked.live, self.rules)

    def _bikes(self) -> tuple[BikeWays, ...]:
        """Bike shares that may be used."""
        region, query = self.asked.region, self.query
        has_bikes = region.bike_shares and "bike" in region.stop_pins
        is_for_others = query.bike_on_board or query.wheelchair is not None
        if not has_bikes or is_for_others or not query.allows("shared_bike"):
            return ()
        moment = self.asked.day.base_epoch + self.at
        limits = self.max_walk_m, query.party, self.wishes, query.realtime
        days = tuple(self.asked.date + timedelta(days=step) for step in self._steps)
        return tuple(
            BikeWays(region, self.roads, live, moment, *limits)
            for live in self.planner.bike_shares(days)
            if live.share.id not in query.operators_banned
        )

    @property
    def _steps(self) -> tuple[int, ...]:
        """Days after the asked one on which one may be under way."""
        if self.query.cursor is not None or self.query.all_:
            return -1, 0, 1  # pages lead to both sides
        return (-1, 0) if self.query.arrive_by else (0, 1)

    @property
    def is_same_place(self) -> bool:
        """Whether there is no way to go."""
        return self.direct.beeline_m < SAME_PLACE_M

    def itineraries(self) -> list[Itinerary]:
        """Return the chosen itineraries, not drawn yet."""
        if self.is_same_place:
            return []
        most, arrive_by = self.query.max_itineraries, self.query.arrive_by
        for n_tidied in (most, _MORE_THAN_SHOWN * most):
            some = best_of(self.sensible, n_tidied, arrive_by=arrive_by)
            better = [self._tidied(itinerary, self.at) for itinerary in some]
            if better == some and len(some) <= most:  # nothing that could rule others out now
                return some
            shown = choose(better, most, arrive_by=arrive_by)
            if len(shown) == most or len(some) == len(self.sensible):
                break
        return shown

    @cached_property
    def sensible(self) -> list[Itinerary]:
        """Everything to choose from, near the asked time."""
        if self.is_same_place:
            return []
        found = list(self.direct_ways)
        if self.query.line_modes:
            span = None if self.query.window is None else (0, self.query.window)
            found += self._by_line(span)
            if self.may_link and not any(one.trips and not one.uses_carrier for one in found):
                found += linked(self)
        return sensible(found)

    def in_span(self, span: tuple[int, int]) -> list[Itinerary]:
        """Return all sensible itineraries of a span of seconds away from the asked time.

        The direct ways, which may begin at any time, are among them where the span begins at the
        asked time.
        """
        if self.is_same_place:
            return []
        direct = list(self.direct_ways)
        found = self._by_line(span, every=True) if self.query.line_modes else []
        if found:
            far = max(abs(self._far_end(one) - self.at) for one in found)
            before = (span[0] - _LOOK_BEYOND, span[0])
            beyond = (span[1], max(span[1], far) + _LOOK_BEYOND)
            found += self._by_line(before, every=True) + self._by_line(beyond, every=True)
        mine = []
        for one in sensible([*found, *direct]):
            if one.is_flexible:
                mine += [one] if span[0] == 0 else []
            elif span[0] <= self.away(one) < span[1]:
                mine.append(self._tidied(one, one.departure))
        return mine

    def is_served(self, leg: Leg) -> bool:
        """Whether the vehicle of a leg comes when it is called, or may be taken on that day."""
        return is_served(self.asked, leg)

    def away(self, itinerary: Itinerary) -> int:
        """Seconds between the asked time and the near end, where a called vehicle is called."""
        if self.query.arrive_by:
            return self.at - itinerary.arrival
        first = itinerary.legs[0]
        return first.departure - first.wait - self.at

    def _far_end(self, itinerary: Itinerary) -> int:
        return itinerary.departure if self.query.arrive_by else itinerary.arrival

    @cached_property
    def direct_ways(self) -> Sequence[Itinerary]:
        """Ways without any line."""
        return tuple(self.direct.itineraries(self.assembler))

    def _tidied(self, itinerary: Itinerary, bound: int) -> Itinerary:
        """Return the same trips with less walking, where that costs no more.

        It leaves no earlier than at the bound (or, where the time of arrival is asked, arrives no
        later than asked).
        """
        if itinerary.found is None:
            return itinerary
        view, lane, journey = itinerary.found
        if self.query.arrive_by:
            bound = self.at if bound == self.at else journey.arrival
        elif bound != self.at:
            bound = journey.departure
        better = tidied(view.bundle, lane, journey, bound, arrive_by=self.query.arrive_by)
        if better is journey:
            return itinerary
        other = self.assembler.itinerary(view, lane, better)
        return other if other.known_cost <= itinerary.known_cost else itinerary

    def search(
        self, view: View, span: tuple[int, int] | None = None, *, is_brief: bool = False
    ) -> LaneSearch:
        """Return the search on a view with the limits of the query."""
        direction = self.planner.direction(view, arrive_by=self.query.arrive_by)
        rides = self.query.max_transfers + 1
        horizon = Horizon(self.at, span, self.direct.walk_duration, rides)
        opposite = partial(self.planner.direction, view, arrive_by=not self.query.arrive_by)
        return LaneSearch(
            view, direction, opposite, horizon, self.assembler, self.asked, self.reach, is_brief
        )

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
            self.ways,
            self.view,
            place,
            is_origin,
            self.max_walk_m,
            self.asked.party,
            self.wishes,
            self._rival(other),
            top_kmh(self.query.line_modes & self.planner.modes),
        )
        modes = [mode for mode in _FEEDERS if mode == "walk" or self.query.allows(mode)]
        if self.query.bike_on_board:
            modes = ["bike"]
        ways: dict[str, Feeder | None] = {}
        for mode in modes:
            ways[mode] = ends.feeder(mode, ways.get("walk"))
        if is_origin and "car" in ways and self.asked.region.file.car_parks:
            ways["car"] = ends.useful(
                parked(self.asked.region, self.ways, place, self.wishes, self.max_walk_m)
            )
        for share in self.bikes:
            shared = ends.useful(share.feeder(place, is_origin=is_origin))
            ways[f"shared_bike {share.live.share.id}"] = shared
        least, slack = self.rules.least_change, self.rules.slack
        return {
            mode: feeder.changed(least, slack, is_origin=is_origin)
            for mode, feeder in ways.items()
            if feeder is not None
        }

    def _rival(self, other: "Place") -> Rival | None:
        """Return the cheapest taxi all the way."""
        best = self._cheapest_taxi
        if best is None:
            return None
        return Rival(float(other.lat), float(other.lon), best.duration, best.known_cost)

    @cached_property
    def _cheapest_taxi(self) -> Itinerary | None:
        taxis = [one for one in self.direct_ways if one.legs[0].mode == "taxi"]
        return min(taxis, key=lambda one: one.known_cost, default=None)

    def _by_line(
        self, span: tuple[int, int] | None = None, *, every: bool = False
    ) -> list[Itinerary]:
        """Itineraries with lines, of a span or as far as it takes.

        With `every` all lanes are searched, whatever the others find.
        """
        search = self.search(self.view, span)
        rivals = Rivals()
        rivals.add(self.direct_ways)
        found: list[Itinerary] = []
        for access, egress in product(self.access.values(), self.egress.values()):
            lane = Lane(access, egress)
            some = [
                one
                for one in search.itineraries(lane, rivals)
                if "shared_bike" not in {access.mode, egress.mode}
                or all(map(self.is_served, one.legs))
            ]
            rivals.add(some)
            found += some
            if access.mode == egress.mode == "walk":
                cheaper = list(self._cheaper(lane, span, None if every else some, rivals))
                cheaper += self._preferred(lane, span)
                cheaper += self._accessible(lane, span)
                rivals.add(cheaper)
                found += cheaper
        return found

    def _cheaper(
        self,
        lane: Lane,
        span: tuple[int, int] | None,
        found: list[Itinerary] | None,
        rivals: Rivals,
    ) -> Iterator[Itinerary]:
        """Itineraries without one of the dear modes that were found, where prices are known.

        `found` is None where all dear modes are to be left out in turn; so they are where a window
        holds nothing with them, for something without may arrive in it.
        """
        used = set(_DEAR_MODES)
        if found or (found is not None and span is None):
            used &= {leg.mode for itinerary in found for leg in itinerary.legs}
            if not any(itinerary.known_cost for itinerary in found):
                return
        for mode in _DEAR_MODES:
            modes = self.rules.modes - {mode}
            if mode in used & self.rules.modes & self.planner.modes and modes:
                view = self.planner.view(self.asked.live, self.rules._replace(modes=modes))
                yield from self.search(view, span, is_brief=True).itineraries(lane, rivals)

    def _preferred(self, lane: Lane, span: tuple[int, int] | None) -> list[Itinerary]:
        """Itineraries on the preferred lines alone."""
        if not self.query.lines_preferred:
            return []
        only = frozenset(lines(self.asked.region, self.query.lines_preferred, "lines_preferred"))
        view = self.planner.view(self.asked.live, self.rules._replace(lines_only=only))
        found = self.search(view, span).itineraries(lane, Rivals())
        return [replace(one, is_preferred=True) for one in found]

    def _accessible(self, lane: Lane, span: tuple[int, int] | None) -> list[Itinerary]:
        """Itineraries on what is known to be accessible, where that is only preferred."""
        if self.query.wheelchair != "preferred":
            return []
        view = self.planner.view(self.asked.live, self.rules._replace(needs_wheelchair=True))
        found = self.search(view, span).itineraries(lane, Rivals())
        return [replace(one, is_preferred=True) for one in found]

    def reasons(self) -> Iterator[Reason]:
        """Why nothing was found."""
        if self.is_same_place:
            yield SAME_PLACE
            return
        if self.roads is not self.asked.region.roads:
            in_summer = replace(self, ignores_closures=True)
            if (closed := closure(self, in_summer)) is not None:
                yield closed
        unbooked, ledger = None, self.asked.ledger
        if ledger is not None and ledger.used:
            free = self.planner.day(self.query, self.asked.day.date, None)
            unbooked = self.search(self.planner.view(free, self.rules))
        on_foot = (
            (self.access.get("walk"), self.egress.get("walk"))
            if self.query.line_modes
            else (None, None)
        )
        if self.query.wheelchair == "required" and self.query.line_modes:
            anyhow = self.query.model_copy(update={"wheelchair": None})
            if self.planner.task(anyhow, self.asked, self.at).sensible:
                yield NOT_ACCESSIBLE
                return
        diagnosis = Diagnosis(
            self.asked, self.query, self.search(self.view), *on_foot, self.max_walk_m
        )
        yield from diagnosis.reasons(unbooked)
