"""One service date as journeys see it: tables of the allowed modes."""

import itertools
import threading
from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gtfs.day import Day
from gtfs.modes import MODES
from gtfs.through import through_tables
from gtfs.transfer_rules import TransferRules
from routing.layout import DayTables, Int32Array
from routing.mirror import mirrored
from routing.select import select_trips

if TYPE_CHECKING:
    from gtfs.through import Part, ThroughTables
    from routing.raptor import Journey

_KEPT_VIEWS = 8


class DayView:
    """Tables of a day with some modes only; immutable, shared between threads."""

    def __init__(
        self,
        day: Day,
        modes: frozenset[str],
        through: "ThroughTables",
        rules: TransferRules,
    ) -> None:
        self.day = day
        self.modes = modes
        wanted = np.array([mode in modes for mode in MODES])
        timetable = day.timetable
        keep = through.kept(wanted[timetable.lines.mode[timetable.trips.line[day.trip]]])
        self.is_whole = bool(keep.all())
        self._kept: Int32Array | None = None
        self._through = through
        self._rules = rules
        self.tables = through.tables
        if not self.is_whole:
            self.tables, self._kept = select_trips(through.tables, keep)

    @cached_property
    def mirrored(self) -> DayTables:
        """Tables of arrive-by searches."""
        return mirrored(self.tables)

    def parts(self, trip: int, board: int, alight: int) -> "list[Part]":
        """Return what a ride on a trip of these tables rides of the day's own trips."""
        row = trip if self._kept is None else int(self._kept[trip])
        return self._through.parts(row, board, alight)

    def allows(self, journey: "Journey") -> bool:
        """Whether all changes keep to the rules for their lines and trips."""
        if not self._rules:
            return True
        rides = [self.parts(*ride) for ride in journey.rides]
        return all(
            self._allows(before[-1], after[0]) for before, after in itertools.pairwise(rides)
        )

    def _allows(self, before: "Part", after: "Part") -> bool:
        ends = (before.day_trip, before.alight), (after.day_trip, after.board)
        stops = tuple(int(self.day.stops(trip)[position]) for trip, position in ends)
        trips = tuple(int(self.day.trip[trip]) for trip, _ in ends)
        leaves = self.day.times(after.day_trip)[1][after.board]
        comes = self.day.times(before.day_trip)[0][before.alight]
        return self._rules.allows(
            (stops[0], stops[1]), (trips[0], trips[1]), int(leaves) - int(comes)
        )


class DayViews:
    """The views of days that were used last; safe to share between threads."""

    def __init__(self, rules: TransferRules) -> None:
        self._rules = rules
        self._views: OrderedDict[tuple[int, frozenset[str]], DayView] = OrderedDict()
        self._through: OrderedDict[int, tuple[Day, ThroughTables]] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, day: Day, modes: frozenset[str]) -> DayView:
        """Return the view of a day with these modes; it is made once."""
        key = (id(day), modes)  # the view keeps its day, so the id stays taken
        with self._lock:
            if key not in self._views:
                self._views[key] = DayView(day, modes, self._with_through(day), self._rules)
                while len(self._views) > _KEPT_VIEWS:
                    self._views.popitem(last=False)
            self._views.move_to_end(key)
            return self._views[key]

    def _with_through(self, day: Day) -> "ThroughTables":
        """Return the tables of a day with its through trips; they are made once."""
        if id(day) not in self._through:  # the entry keeps its day, so the id stays taken
            self._through[id(day)] = (day, through_tables(day.timetable, day, self._rules))
            while len(self._through) > _KEPT_VIEWS:
                self._through.popitem(last=False)
        return self._through[id(day)][1]
