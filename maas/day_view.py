"""One service date as journeys see it: tables of the allowed modes, and the roads of that day."""

import threading
from collections import OrderedDict
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gtfs.modes import MODES
from routing.layout import DayTables, Int32Array
from routing.mirror import mirrored
from routing.select import select_trips

if TYPE_CHECKING:
    from gtfs.day import Day
    from gtfs.timetable import Timetable
    from maas.region import Region
    from maas.region_file import Season
    from routing.road import RoadNetwork

_KEPT_VIEWS = 8


class DayView:
    """Tables of a day with some modes only; immutable, shared between threads."""

    def __init__(self, timetable: "Timetable", day: "Day", modes: frozenset[str]) -> None:
        self.day = day
        self.modes = modes
        wanted = np.array([mode in modes for mode in MODES])
        keep = wanted[timetable.lines.mode[timetable.trips.line[day.trip]]]
        self.is_whole = bool(keep.all())
        self._kept: Int32Array | None = None
        self.tables = day.tables
        if not self.is_whole:
            self.tables, self._kept = select_trips(day.tables, keep)

    @cached_property
    def mirrored(self) -> DayTables:
        """Tables of arrive-by searches."""
        return mirrored(self.tables)

    def day_trip(self, trip: int) -> int:
        """Trip of the whole day that a trip of these tables is."""
        return trip if self._kept is None else int(self._kept[trip])


class DayViews:
    """The views of a region that were used last."""

    def __init__(self, region: "Region") -> None:
        self._timetable = region.timetable
        self._file = region.file
        self._base_roads = region.roads
        self._views: OrderedDict[tuple[int, frozenset[str]], DayView] = OrderedDict()
        self._roads: OrderedDict[date, RoadNetwork] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, day: "Day", modes: frozenset[str]) -> DayView:
        """Return the view of a day with these modes; it is made once."""
        key = (id(day), modes)  # the view keeps its day, so the id stays taken
        with self._lock:
            if key not in self._views:
                self._views[key] = DayView(self._timetable, day, modes)
                while len(self._views) > _KEPT_VIEWS:
                    self._views.popitem(last=False)
            self._views.move_to_end(key)
            return self._views[key]

    def roads(self, on: date) -> "RoadNetwork":
        """Return the roads as they are on a date."""
        with self._lock:
            if on not in self._roads:
                winter = self._file.roads.winter
                factor = winter.speed_factor if winter and is_in_season(winter, on) else 1.0
                self._roads[on] = self._base_roads.at(on, winter_speed_factor=factor)
                while len(self._roads) > _KEPT_VIEWS:
                    self._roads.popitem(last=False)
            self._roads.move_to_end(on)
            return self._roads[on]


def is_in_season(season: "Season", on: date) -> bool:
    """Whether a date lies in a part of the year, which may pass its turn."""
    now = on.strftime("%m-%d")
    if season.from_ <= season.to:
        return season.from_ <= now <= season.to
    return now >= season.from_ or now <= season.to
