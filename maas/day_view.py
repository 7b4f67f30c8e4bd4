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
from maas.planner_view import YES, Rules, changed_walks, kept_trips, stops_where, visits_where
from routing.bounds import LowerBounds, lower_bounds
from routing.kernels.bundles import bundled
from routing.layout import DayTables, Footpaths, Int32Array, frozen
from routing.mirror import mirrored
from routing.select import select_trips

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gtfs.through import Part, ThroughTables
    from routing.kernels.door_ways import Visits
    from routing.layout import BoolArray
    from routing.raptor import Journey

_KEPT_VIEWS = 8
_CLUSTERS = 128  # of stops; more take longer to make and gain little


class DayView:
    """Tables of a day with some modes only; immutable, shared between threads."""

    def __init__(
        self,
        day: Day,
        modes: frozenset[str],
        through: "ThroughTables",
        rules: TransferRules,
        only: "BoolArray | None" = None,
    ) -> None:
        """Keep trips of some modes, and of those the ones where `only`, (n_day_trips,), is set."""
        self.day = day
        self.modes = modes
        wanted = np.array([mode in modes for mode in MODES])
        timetable = day.timetable
        wanted_trips = wanted[timetable.lines.mode[timetable.trips.line[day.trip]]]
        keep = through.kept(wanted_trips if only is None else wanted_trips & only)
        self.is_whole = bool(keep.all())
        self._kept: Int32Array | None = None
        self._through = through
        self._rules = rules
        self.tables = through.tables
        if not self.is_whole:
            self.tables, self._kept = select_trips(through.tables, keep)

    @cached_property
    def bundle(self) -> DayTables:
        """The tables as one argument of a kernel."""
        return bundled(self.tables)

    @cached_property
    def mirrored(self) -> DayTables:
        """Tables of arrive-by searches."""
        return mirrored(self.tables)

    @cached_property
    def bounds(self) -> LowerBounds:
        """Lower bounds on travel times by the tables."""
        return lower_bounds(self.tables, _CLUSTERS)

    @cached_property
    def mirrored_bounds(self) -> LowerBounds:
        """The same by the mirrored ones."""
        return lower_bounds(self.mirrored, _CLUSTERS)

    @cached_property
    def boarded(self) -> "BoolArray":
        """Stops where a trip can be boarded, (n_stops,)."""
        return stops_where(self.tables, self.tables.patterns.can_board)

    @cached_property
    def left(self) -> "BoolArray":
        """Stops where a trip can be left, (n_stops,)."""
        return stops_where(self.tables, self.tables.patterns.can_alight)

    @cached_property
    def boarding(self) -> "Visits":
        """Stops of patterns where their trips can be boarded."""
        return visits_where(self.tables, self.tables.patterns.can_board)

    @cached_property
    def leaving(self) -> "Visits":
        """Stops of patterns where their trips can be left."""
        return visits_where(self.tables, self.tables.patterns.can_alight)

    def parts(self, rides: "Iterable[tuple[int, int, int]]") -> "list[Part]":
        """Return what rides on trips of these tables ride of the day's own trips, in order."""
        kept, through = self._kept, self._through
        found: list[Part] = []
        for trip, board, alight in rides:
            row = trip if kept is None else kept.item(trip)
            found += through.parts(row, board, alight)
        return found

    def allows(self, journey: "Journey") -> bool:
        """Whether all changes keep to the rules for their lines and trips."""
        if not self._rules:
            return True
        rides = [self.parts([ride]) for ride in journey.rides]
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


class RuledView(DayView):
    """A day as a query with more wishes wants it; immutable, shared between threads."""

    def __init__(
        self,
        day: Day,
        rules: Rules,
        through: "ThroughTables",
        transfer_rules: TransferRules,
        step_free: Footpaths,
    ) -> None:
        super().__init__(day, rules.modes, through, transfer_rules, kept_trips(day, rules))
        patterns = self.tables.patterns
        if rules.needs_wheelchair:
            closed = day.timetable.stops.wheelchair[patterns.stop_of_position] != YES
            patterns = patterns._replace(
                can_board=frozen(np.where(closed, 0, patterns.can_board), np.uint8),
                can_alight=frozen(np.where(closed, 0, patterns.can_alight), np.uint8),
            )
        walks = step_free if rules.needs_wheelchair else self.tables.footpaths
        self.tables = DayTables(patterns, changed_walks(walks, rules))


class DayViews:
    """The views of days that were used last; safe to share between threads."""

    def __init__(self, rules: TransferRules, step_free: Footpaths) -> None:
        """Take the rules of transfers, and the walks between stops for wheelchairs."""
        self._rules = rules
        self._step_free = step_free
        self._views: OrderedDict[tuple[int, frozenset[str]], DayView] = OrderedDict()
        self._ruled: OrderedDict[tuple[int, Rules], RuledView] = OrderedDict()
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

    def ruled(self, day: Day, rules: Rules) -> RuledView:
        """Return the view of a day that the rules of a query leave; it is made once."""
        key = (id(day), rules)
        with self._lock:
            if key not in self._ruled:
                self._ruled[key] = RuledView(
                    day, rules, self._with_through(day), self._rules, self._step_free
                )
                while len(self._ruled) > _KEPT_VIEWS:
                    self._ruled.popitem(last=False)
            self._ruled.move_to_end(key)
            return self._ruled[key]

    def _with_through(self, day: Day) -> "ThroughTables":
        """Return the tables of a day with its through trips; they are made once."""
        if id(day) not in self._through:  # the entry keeps its day, so the id stays taken
            self._through[id(day)] = (day, through_tables(day.timetable, day, self._rules))
            while len(self._through) > _KEPT_VIEWS:
                self._through.popitem(last=False)
        return self._through[id(day)][1]
