"""One service date as journeys see it: tables of the allowed modes."""

import threading
from collections import OrderedDict
from functools import cached_property

import numpy as np

from gtfs.day import Day
from gtfs.modes import MODES
from routing.layout import DayTables, Int32Array
from routing.mirror import mirrored
from routing.select import select_trips

_KEPT_VIEWS = 8


class DayView:
    """Tables of a day with some modes only; immutable, shared between threads."""

    def __init__(self, day: Day, modes: frozenset[str]) -> None:
        self.day = day
        self.modes = modes
        wanted = np.array([mode in modes for mode in MODES])
        timetable = day.timetable
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
    """The views of days that were used last; safe to share between threads."""

    def __init__(self) -> None:
        self._views: OrderedDict[tuple[int, frozenset[str]], DayView] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, day: Day, modes: frozenset[str]) -> DayView:
        """Return the view of a day with these modes; it is made once."""
        key = (id(day), modes)  # the view keeps its day, so the id stays taken
        with self._lock:
            if key not in self._views:
                self._views[key] = DayView(day, modes)
                while len(self._views) > _KEPT_VIEWS:
                    self._views.popitem(last=False)
            self._views.move_to_end(key)
            return self._views[key]
