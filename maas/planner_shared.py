"""What all planners of a region use together: fares, lines on the map, books of days."""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from maas.day_book import DayBook
from maas.fares import LineFares
from maas.leg_shapes import LegShapes
from maas.live import LiveDay
from maas.local_clock import LocalClock
from maas.road_ways import RoadWays

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.region import Region
    from routing.road_network import RoadNetwork

_KEPT_DAYS = 6
_MANY_QUERIES = 12  # on the same roads; preparing them for more takes as long as that many or less
_Value = TypeVar("_Value")


class Shared:
    """Safe to share between threads."""

    def __init__(self, region: "Region") -> None:
        self._zone = ZoneInfo(region.file.timezone)
        self._timetable = region.timetable
        self.fares = LineFares(region.file, region.timetable)
        self._shapes = LegShapes(region.timetable)
        self._books: OrderedDict[int, DayBook] = OrderedDict()
        self._live_books: WeakKeyDictionary[LiveDay, DayBook] = WeakKeyDictionary()
        self._ways: OrderedDict[int, RoadWays] = OrderedDict()
        self._stop_pins = region.stop_pins
        profiles = ("foot", *(["taxi"] if region.file.taxis else []))
        self._profiles = tuple(one for one in profiles if one in region.stop_pins)
        self._lock = threading.Lock()

    def book(self, live: LiveDay) -> DayBook:
        """Return what is known of a day; where news changed the day, it goes with them."""
        day = live.day
        with self._lock:
            if live.is_changed:
                if live not in self._live_books:
                    self._live_books[live] = self._new_book(day)
                return self._live_books[live]
            if id(day) not in self._books:  # the book keeps the day, so the id stays taken
                self._books[id(day)] = self._new_book(day)
            return _used(self._books, id(day))

    def ways(self, roads: "RoadNetwork") -> RoadWays:
        """Return the ways on some roads for a query.

        After many queries the roads are prepared for searches between doors and all stops.
        """
        with self._lock:
            if id(roads) not in self._ways:
                self._ways[id(roads)] = RoadWays(roads)
            ways = _used(self._ways, id(roads))
            ways.n_queries += 1
            is_time = ways.n_queries == _MANY_QUERIES
        if is_time:
            for profile in self._profiles:
                roads.expect(self._stop_pins[profile], profile)
        return ways

    def _new_book(self, day: "Day") -> DayBook:
        own = day.timetable.shapes is self._timetable.shapes
        shapes = self._shapes if own else LegShapes(day.timetable)  # with those of detours
        return DayBook(day, LocalClock(day.base_epoch, self._zone), self.fares, shapes)


_SHARED: "WeakKeyDictionary[Region, Shared]" = WeakKeyDictionary()
_SHARED_LOCK = threading.Lock()


def _used(entries: "OrderedDict[int, _Value]", key: int) -> "_Value":
    """Return an entry and let the ones that were not used for long go."""
    entries.move_to_end(key)
    while len(entries) > _KEPT_DAYS:
        entries.popitem(last=False)
    return entries[key]


def shared_by(region: "Region") -> Shared:
    """Return what the planners of a region share; it lives as long as the region."""
    with _SHARED_LOCK:
        if region not in _SHARED:
            _SHARED[region] = Shared(region)
        return _SHARED[region]
