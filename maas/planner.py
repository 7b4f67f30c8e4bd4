"""The trip planner: a query → a few itineraries from door to door, or the reason why not.

Each pair of ways at the ends (on foot, by taxi, on demand, by one's own vehicle) is a lane with a
search of its own; lanes without the dearest modes look for what is slower and cheaper. All their
itineraries and the direct ways make one Pareto set over departure, arrival, transfers and price.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from maas.access import Ends, Feeder
from maas.day_view import DayView
from maas.errors import QueryError
from maas.fares import LineFares
from maas.generations import Generation, Generations
from maas.itinerary import Asked, Assembler, Itinerary, Lane, drawn
from maas.journey_query import AnyPlace, JourneyQuery, PlaceInput, read_query
from maas.journeys_document import document_of
from maas.leg_shapes import LegShapes
from maas.live import LiveDay
from maas.live_legs import live_notices
from maas.local_clock import LocalClock
from maas.places import Place
from maas.planner_choice import choose
from maas.planner_direct import DirectWays
from maas.planner_reasons import SAME_PLACE, Diagnosis, Reason, notices
from maas.planner_search import Arriving, Direction, Horizon, LaneSearch, Leaving
from maas.planner_tidy import Tidy
from routing.geo import distance_m

if TYPE_CHECKING:
    from maas.ledger import Ledger
    from maas.region import Region
    from routing.road import RoadNetwork

__all__ = ["JourneyQuery", "Planner", "read_query"]

SAME_PLACE_M = 20
_FEEDERS = ("walk", "taxi", "drt", "bike", "car")
_DEAR_MODES = ("air", "rail", "coach", "ferry", "subway")  # may have cheaper rivals
_MORE_THAN_SHOWN = 2  # so many times the itineraries shown are tidied: some become equal then
_KEPT_SEARCHES = 4


class _Shared(NamedTuple):
    """What all planners of a region use together."""

    fares: LineFares
    shapes: LegShapes


_SHARED: "WeakKeyDictionary[Region, _Shared]" = WeakKeyDictionary()
_SHARED_LOCK = threading.Lock()


def _shared_by(region: "Region") -> _Shared:
    """Return what the planners of a region share; it lives as long as the region."""
    with _SHARED_LOCK:
        if region not in _SHARED:
            fares = LineFares(region.file, region.timetable)
            _SHARED[region] = _Shared(fares, LegShapes(region.timetable))
        return _SHARED[region]


class Planner:
    """Answers queries on a region; owns scratch memory: one per thread.

    Parameters
    ----------
    source
        A region, or the generations of one that changes; a query stays on the one it began on.
    """

    def __init__(self, source: "Region | Generations") -> None:
        self._source = source if isinstance(source, Generations) else Generations(source)
        self._generation: Generation
        self._hold(self._source.current)

    def _hold(self, generation: Generation) -> None:
        """Plan on a generation from now on."""
        self._generation = generation
        self.region = generation.region
        self._zone = ZoneInfo(self.region.file.timezone)
        self._shared = _shared_by(self.region)
        self._searches: OrderedDict[tuple[int, bool], tuple[DayView, Direction]] = OrderedDict()

    def plan(self, query: JourneyQuery, ledger: "Ledger | None" = None) -> dict[str, Any]:
        """Return the document of `POST /v1/journeys`.

        Parameters
        ----------
        query
            What is asked.
        ledger
            Seats that are taken; None means that nothing is booked.

        Raises
        ------
        MaasError
            If the query names a place or a date that the region does not have.
        """
        if (current := self._source.current) is not self._generation:
            self._hold(current)
        asked, at = self._read(query, ledger)
        task = _Task(self, asked, query, at)
        itineraries = task.itineraries()
        reasons = [] if itineraries else list(task.reasons())
        found = [drawn(itinerary, task.assembler, task.roads) for itinerary in itineraries]
        remarks = list(notices(asked, query, task.roads, found))
        remarks += [Reason(*told) for told in live_notices(asked)]
        return document_of(asked, found, reasons, remarks, query.lang)

    def roads(self, on: date) -> "RoadNetwork":
        """Return the roads of a date."""
        return self.region.roads_on(on)

    def day(self, query: JourneyQuery, on: date, ledger: "Ledger | None") -> LiveDay:
        """Return a date as the query wants to see it."""
        return self._generation.day(on, ledger, query.party, realtime=query.realtime)

    def view(self, live: LiveDay, modes: frozenset[str]) -> DayView:
        """Return a day with some modes only."""
        return self._generation.view(live, modes)

    def direction(self, view: DayView, *, arrive_by: bool) -> Direction:
        """Return the search on a view; the last few are kept with their memory."""
        key = (id(view), arrive_by)  # the entry keeps the view, so the id stays taken
        if key not in self._searches:
            search: Direction = Arriving(view) if arrive_by else Leaving(view)
            self._searches[key] = (view, search)
            while len(self._searches) > _KEPT_SEARCHES:
                self._searches.popitem(last=False)
        self._searches.move_to_end(key)
        return self._searches[key][1]

    def assembler(self, asked: Asked) -> Assembler:
        """Return what makes itineraries for a query."""
        return Assembler(asked, self._shared.fares, self._shared.shapes)

    def _read(self, query: JourneyQuery, ledger: "Ledger | None") -> tuple[Asked, int]:
        """Look up the places, the date and the time of a query."""
        moment = query.at or datetime.now(self._zone)
        local = moment.replace(tzinfo=self._zone) if moment.tzinfo is None else moment
        try:
            local = local.astimezone(self._zone)
        except OverflowError as error:
            msg = f"query: at: {moment.isoformat()} is no time of this zone; choose a later year"
            raise QueryError(msg) from error
        origin, destination = self._place(query.from_, "from"), self._place(query.to, "to")
        live = self.day(query, local.date(), ledger)
        clock = LocalClock(live.day.base_epoch, self._zone)
        ends = origin, destination
        asked = Asked(self.region, live.day, clock, *ends, query.party, ledger, live)
        return asked, clock.seconds(local)

    def _place(self, given: AnyPlace, field: str) -> Place:
        """Look up one end of the query."""
        if isinstance(given, str):
            place = self.region.places.resolve(given)
        elif given.stop_id is not None:
            place = self._stop(given, field)
        else:
            assert given.lat is not None
            assert given.lon is not None
            text = f"{given.lat:.5f},{given.lon:.5f}"
            place = Place(given.name or text, given.lat, given.lon)
        return self._checked(place, field)

    def _stop(self, given: PlaceInput, field: str) -> Place:
        assert given.stop_id is not None
        stop = self.region.stop_of_id.get(given.stop_id)
        if stop is None:
            msg = f"query: {field}.stop_id: no stop '{given.stop_id}'; write it as feed:stop_id"
            raise QueryError(msg)
        place = self.region.places.of_stop(stop)
        if given.lat is None or given.lon is None:
            return place
        return replace(place, lat=given.lat, lon=given.lon)

    def _checked(self, place: Place, field: str) -> Place:
        """Refuse places from where no stop can be reached by any means.

        Raises
        ------
        QueryError
            If the place lies off the map of the region.
        """
        south, north, west, east = self._frame
        nearest = min(max(place.lat, south), north), min(max(place.lon, west), east)
        file = self.region.file
        reach = max(2 * file.walking.limit_m, file.taxi_limit_m, 20_000)
        if not distance_m(place.lat, place.lon, *nearest) <= reach:
            msg = (
                f"query: {field}: {place.lat:.5f},{place.lon:.5f} lies off the map of "
                f"{file.name}, whose stops lie between {south:.3f},{west:.3f} and "
                f"{north:.3f},{east:.3f} (lat,lon); name a place there"
            )
            raise QueryError(msg)
        return place

    @property
    def _frame(self) -> tuple[float, float, float, float]:
        """South, north, west and east of all stops."""
        import numpy as np

        stops = self.region.timetable.stops
        lat, lon = stops.lat, stops.lon
        corners = np.nanmin(lat), np.nanmax(lat), np.nanmin(lon), np.nanmax(lon)
        south, north, west, east = (float(corner) for corner in corners)
        return south, north, west, east


@dataclass
class _Task:
    """The work on one query."""

    planner: Planner
    asked: Asked
    query: JourneyQuery
    at: int  # s

    def __post_init__(self) -> None:
        region = self.asked.region
        limit_m = self.query.max_walk_m
        self.max_walk_m = region.file.walking.limit_m if limit_m is None else limit_m
        self.roads = self.planner.roads(self.asked.day.date)
        self.assembler = self.planner.assembler(self.asked)
        self.direct = DirectWays(self.asked, self.query, self.roads, self.max_walk_m, self.at)
        self.view = self._view(self.query.line_modes)

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
        found = list(self.direct.itineraries(self.assembler))
        if self.query.line_modes:
            found += self._by_line()
        most, arrive_by = self.query.max_itineraries, self.query.arrive_by
        some = choose(found, _MORE_THAN_SHOWN * most, arrive_by=arrive_by)
        tidied = [self._tidied(itinerary) for itinerary in some]
        return choose(tidied, most, arrive_by=arrive_by)

    def _tidied(self, itinerary: Itinerary) -> Itinerary:
        """Return the same trips with less walking, where that costs no more."""
        if itinerary.found is None:
            return itinerary
        view, lane, journey = itinerary.found
        tidy = Tidy(view.tables, lane, self.at, self.query.arrive_by)
        other = self.assembler.itinerary(view, lane, tidy.journey(journey))
        return other if other.known_cost <= itinerary.known_cost else itinerary

    def _view(self, modes: frozenset[str]) -> DayView:
        assert self.asked.live is not None
        return self.planner.view(self.asked.live, modes)

    def search(self, view: DayView) -> LaneSearch:
        """Return the search on a view with the limits of the query."""
        direction = self.planner.direction(view, arrive_by=self.query.arrive_by)
        horizon = Horizon(
            self.at, self.query.window, self.direct.walk_duration, self.query.max_transfers + 1
        )
        return LaneSearch(view, direction, horizon, self.assembler, self.asked)

    def _feeders(self, place: Place, *, is_origin: bool) -> dict[str, Feeder]:
        """Ways at one end, by mode; on foot always."""
        ends = Ends(
            self.asked.region, self.roads, self.view.tables, place, is_origin, self.max_walk_m
        )
        modes = [mode for mode in _FEEDERS if mode == "walk" or self.query.allows(mode)]
        ways = {mode: ends.feeder(mode) for mode in modes}
        return {mode: feeder for mode, feeder in ways.items() if feeder is not None}

    def _by_line(self) -> list[Itinerary]:
        self.access = self._feeders(self.asked.origin, is_origin=True)
        self.egress = self._feeders(self.asked.destination, is_origin=False)
        search = self.search(self.view)
        found: list[Itinerary] = []
        for access, egress in product(self.access.values(), self.egress.values()):
            some = search.itineraries(Lane(access, egress))
            if access.mode == egress.mode == "walk":
                found += self._cheaper(Lane(access, egress), some)
            found += some
        return found

    def _cheaper(self, lane: Lane, found: list[Itinerary]) -> Iterator[Itinerary]:
        """Itineraries without one of the dear modes that were found, where prices are known."""
        used = {leg.mode for itinerary in found for leg in itinerary.legs}
        if not any(itinerary.known_cost for itinerary in found):
            return
        for mode in _DEAR_MODES:
            modes = self.query.line_modes - {mode}
            if mode in used and modes:
                view = self._view(modes)
                yield from self.search(view).itineraries(lane)

    def reasons(self) -> Iterator[Reason]:
        """Why nothing was found."""
        if self.is_same_place:
            yield SAME_PLACE
            return
        unbooked, ledger = None, self.asked.ledger
        if ledger is not None and ledger.used:
            free = self.planner.day(self.query, self.asked.day.date, None)
            unbooked = self.search(self.planner.view(free, self.query.line_modes))
        access, egress = getattr(self, "access", {}), getattr(self, "egress", {})
        diagnosis = Diagnosis(
            self.asked,
            self.query,
            self.search(self.view),
            access.get("walk"),
            egress.get("walk"),
            self.max_walk_m,
        )
        yield from diagnosis.reasons(unbooked)
