"""The trip planner: a query → a few itineraries from door to door, or the reason why not."""

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from maas.assembly import Assembler, drawn
from maas.day_book import DayBook
from maas.day_view import DayViews
from maas.errors import QueryError
from maas.fares import LineFares
from maas.itinerary import Asked
from maas.journey_query import AnyPlace, JourneyQuery, PlaceInput, read_query
from maas.journeys_document import document_of
from maas.leg_shapes import LegShapes
from maas.local_clock import LocalClock
from maas.places import Place
from maas.planner_reasons import notices
from maas.planner_search import Arriving, Direction, Leaving
from maas.planner_task import Task
from maas.planner_view import RuledView, Rules, View
from maas.road_ways import RoadWays
from routing.geo import distance_m

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.ledger import Ledger
    from maas.region import Region
    from routing.road import RoadNetwork

__all__ = ["JourneyQuery", "Planner", "read_query"]

_KEPT_SEARCHES = 4
_KEPT_DAYS = 6
_KEPT_VIEWS = 8
_Value = TypeVar("_Value")


class Shared:
    """What all planners of a region use together; safe to share between threads."""

    def __init__(self, region: "Region") -> None:
        self.views = DayViews(region)
        self._timetable = region.timetable
        self._zone = ZoneInfo(region.file.timezone)
        self._fares = LineFares(region.file, region.timetable)
        self._shapes = LegShapes(region.timetable)
        self._books: OrderedDict[int, DayBook] = OrderedDict()
        self._ways: OrderedDict[int, RoadWays] = OrderedDict()
        self._ruled: OrderedDict[tuple[int, Rules], RuledView] = OrderedDict()
        self._lock = threading.Lock()

    def book(self, day: "Day") -> DayBook:
        """Return what is known of a day."""
        with self._lock:
            if id(day) not in self._books:  # the book keeps the day, so the id stays taken
                clock = LocalClock(day.base_epoch, self._zone)
                self._books[id(day)] = DayBook(
                    self._timetable, day, clock, self._fares, self._shapes
                )
            return _used(self._books, id(day))

    def ways(self, roads: "RoadNetwork") -> RoadWays:
        """Return the ways on some roads."""
        with self._lock:
            if id(roads) not in self._ways:
                self._ways[id(roads)] = RoadWays(roads)
            return _used(self._ways, id(roads))

    def ruled(self, day: "Day", rules: Rules) -> RuledView:
        """Return a day as the rules leave it; it is made once."""
        key = (id(day), rules)  # the view keeps its day
        with self._lock:
            if key not in self._ruled:
                self._ruled[key] = RuledView(self._timetable, day, rules)
                while len(self._ruled) > _KEPT_VIEWS:
                    self._ruled.popitem(last=False)
            self._ruled.move_to_end(key)
            return self._ruled[key]


_SHARED: "WeakKeyDictionary[Region, Shared]" = WeakKeyDictionary()
_SHARED_LOCK = threading.Lock()


def _used(entries: "OrderedDict[int, _Value]", key: int) -> "_Value":
    """Return an entry and let the ones that were not used for long go."""
    entries.move_to_end(key)
    while len(entries) > _KEPT_DAYS:
        entries.popitem(last=False)
    return entries[key]


def _shared_by(region: "Region") -> Shared:
    """Return what the planners of a region share; it lives as long as the region."""
    with _SHARED_LOCK:
        if region not in _SHARED:
            _SHARED[region] = Shared(region)
        return _SHARED[region]


class Planner:
    """Answers queries on one region; owns scratch memory: one per thread."""

    def __init__(self, region: "Region") -> None:
        self.region = region
        self._zone = ZoneInfo(region.file.timezone)
        self._shared = _shared_by(region)
        self._searches: OrderedDict[tuple[int, bool], tuple[View, Direction]] = OrderedDict()

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
        asked, at = self._read(query, ledger)
        task = Task(self, asked, query, at, Rules(query.line_modes))
        itineraries = task.itineraries()
        reasons = [] if itineraries else list(task.reasons())
        found = [drawn(itinerary, asked.book, task.ways) for itinerary in itineraries]
        remarks = list(notices(asked, query, task.roads, found))
        return document_of(asked, found, reasons, remarks, query.lang)

    def roads(self, on: date) -> "RoadNetwork":
        """Return the roads of a date."""
        return self._shared.views.roads(on)

    def ways(self, roads: "RoadNetwork") -> RoadWays:
        """Return the ways on some roads."""
        return self._shared.ways(roads)

    def view(self, day: "Day", rules: Rules) -> View:
        """Return a day as the rules leave it."""
        if rules.is_plain:
            return self._shared.views.view(day, rules.modes)
        return self._shared.ruled(day, rules)

    def direction(self, view: View, *, arrive_by: bool) -> Direction:
        """Return the search on a view; the last few are kept with their memory."""
        key = (id(view), arrive_by)  # the entry keeps the view, so the id stays taken
        if key not in self._searches:
            search: Direction = Arriving(view) if arrive_by else Leaving(view)
            self._searches[key] = (view, search)
            while len(self._searches) > _KEPT_SEARCHES:
                self._searches.popitem(last=False)
        self._searches.move_to_end(key)
        return self._searches[key][1]

    def assembler(self, asked: Asked, rules: Rules) -> Assembler:
        """Return what makes itineraries for a query."""
        return Assembler(asked, rules.walk_percent)

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
        day = self.region.day(local.date(), ledger, query.party)
        book = self._shared.book(day)
        asked = Asked(self.region, day, book, origin, destination, query.party, ledger)
        return asked, asked.clock.seconds(local)

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

    @cached_property
    def _frame(self) -> tuple[float, float, float, float]:
        """South, north, west and east of all stops."""
        import numpy as np

        stops = self.region.timetable.stops
        lat, lon = stops.lat, stops.lon
        corners = np.nanmin(lat), np.nanmax(lat), np.nanmin(lon), np.nanmax(lon)
        south, north, west, east = (float(corner) for corner in corners)
        return south, north, west, east
