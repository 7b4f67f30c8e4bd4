"""What searches and itineraries need of a day's tables, and the tables a query's wishes leave."""

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from gtfs.modes import MODES
from routing.layout import BoolArray, DayTables, Footpaths, Int32Array, UInt8Array, first_of, frozen
from routing.mirror import mirrored
from routing.select import select_trips

if TYPE_CHECKING:
    from gtfs.day import Day
    from gtfs.timetable import Timetable

_YES, _NO = 1, 2  # values of wheelchair_accessible, wheelchair_boarding and bikes_allowed


class Rules(NamedTuple):
    """What a query rules out on lines and at stops; equal rules share their tables."""

    modes: frozenset[str]
    lines_banned: frozenset[int] = frozenset()
    lines_only: frozenset[int] = frozenset()  # empty: all
    feeds_banned: frozenset[int] = frozenset()
    trips_banned: frozenset[tuple[int, int]] = frozenset()  # trip row, service day
    walk_percent: int = 100  # time on foot relative to the region's walking speed
    least_change: int = 0  # s
    slack: int = 0  # s added to each change
    needs_wheelchair: bool = False
    takes_bike: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing but modes is ruled out."""
        return self == Rules(self.modes)


class View(Protocol):
    """Tables of a day, or of a part of its trips."""

    @property
    def day(self) -> "Day":
        """The whole day."""

    @property
    def tables(self) -> DayTables:
        """Tables of the trips that may be ridden."""

    @property
    def mirrored(self) -> DayTables:
        """Tables of arrive-by searches."""

    def day_trip(self, trip: int) -> int:
        """Trip of the whole day that a trip of these tables is."""


class RuledView:
    """A day as a query wants it; immutable, shared between threads."""

    def __init__(self, timetable: "Timetable", day: "Day", rules: Rules) -> None:
        self._day = day
        kept, self._kept = select_trips(day.tables, _kept_trips(timetable, day, rules))
        patterns = kept.patterns
        if rules.needs_wheelchair and (stops := wheelchair_of_stops(timetable)) is not None:
            closed = stops[patterns.stop_of_position] != _YES
            patterns = patterns._replace(
                can_board=_without(patterns.can_board, closed),
                can_alight=_without(patterns.can_alight, closed),
            )
        self._tables = DayTables(patterns, changed_walks(day.tables.footpaths, rules))

    @property
    def day(self) -> "Day":
        """The whole day."""
        return self._day

    @property
    def tables(self) -> DayTables:
        """Tables of the trips that may be ridden."""
        return self._tables

    @cached_property
    def mirrored(self) -> DayTables:
        """Tables of arrive-by searches."""
        return mirrored(self._tables)

    def day_trip(self, trip: int) -> int:
        """Trip of the whole day that a trip of these tables is."""
        return int(self._kept[trip])


def _kept_trips(timetable: "Timetable", day: "Day", rules: Rules) -> BoolArray:
    """Which day trips the rules leave."""
    rows = day.trip
    line = timetable.trips.line[rows]
    wanted = np.array([mode in rules.modes for mode in MODES])
    keep = wanted[timetable.lines.mode[line]]
    if rules.lines_banned:
        keep &= ~np.isin(line, list(rules.lines_banned))
    if rules.lines_only:
        keep &= np.isin(line, list(rules.lines_only))
    if rules.feeds_banned:
        keep &= ~np.isin(timetable.lines.feed[line], list(rules.feeds_banned))
    for trip, service_day in rules.trips_banned:
        keep &= ~((rows == trip) & (day.service_day == service_day))
    if rules.needs_wheelchair and (flags := _flags(timetable.trips, "wheelchair")) is not None:
        keep &= flags[rows] == _YES
    if rules.takes_bike and (flags := _flags(timetable.trips, "bikes")) is not None:
        keep &= flags[rows] == _YES
    kept: BoolArray = keep
    return kept


def _flags(table: object, name: str) -> UInt8Array | None:
    """A column of GTFS flags (0 unknown, 1 yes, 2 no); None where the timetable lacks it."""
    column: UInt8Array | None = getattr(table, name, None)
    return column


def wheelchair_of_stops(timetable: "Timetable") -> UInt8Array | None:
    """Flag of each stop; one that says nothing has that of its station."""
    own = _flags(timetable.stops, "wheelchair")
    if own is None:
        return None
    parent = timetable.stops.parent
    of_parent = np.where(parent >= 0, own[np.maximum(parent, 0)], 0)
    flags: UInt8Array = np.where(own == 0, of_parent, own).astype(np.uint8)
    return flags


def _without(allowed: UInt8Array, closed: BoolArray) -> UInt8Array:
    """Positions where passengers may get on or off, less the closed ones."""
    return frozen(np.where(closed, 0, allowed), np.uint8)


def changed_walks(walks: Footpaths, rules: Rules) -> Footpaths:
    """Footpaths at the query's speed, with its least time and slack for a change."""
    if (rules.walk_percent, rules.least_change, rules.slack) == (100, 0, 0):
        return walks
    duration = -(-walks.duration.astype(np.int64) * rules.walk_percent // 100)
    duration = np.maximum(duration, rules.least_change) + rules.slack
    change_time = np.maximum(walks.change_time, rules.least_change) + rules.slack
    tail: Int32Array = np.repeat(
        np.arange(walks.change_time.size), np.diff(walks.first_of_stop)
    ).astype(np.int32)
    order = np.lexsort((duration, tail))
    return Footpaths(
        first_of(tail[order], walks.change_time.size),
        frozen(walks.head[order]),
        frozen(duration[order]),
        frozen(change_time),
    )
