"""What searches and itineraries need of a day's tables, and the tables a query's wishes leave."""

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from routing.kernels.door_ways import Visits
from routing.layout import BoolArray, DayTables, Footpaths, Int32Array, UInt8Array, first_of, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gtfs.day import Day
    from gtfs.through import Part
    from routing.bounds import LowerBounds
    from routing.raptor import Journey

YES, NO = 1, 2  # values of wheelchair_accessible, wheelchair_boarding and bikes_allowed


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
    def bundle(self) -> DayTables:
        """The tables as one argument of a kernel (`routing.kernels.bundles`)."""

    @property
    def mirrored(self) -> DayTables:
        """Tables of arrive-by searches."""

    @property
    def bounds(self) -> "LowerBounds":
        """Lower bounds on travel times by the tables."""

    @property
    def mirrored_bounds(self) -> "LowerBounds":
        """The same by the mirrored ones."""

    @property
    def boarded(self) -> BoolArray:
        """Stops where a trip can be boarded, (n_stops,)."""

    @property
    def left(self) -> BoolArray:
        """Stops where a trip can be left, (n_stops,)."""

    @property
    def boarding(self) -> Visits:
        """Stops of patterns where their trips can be boarded."""

    @property
    def leaving(self) -> Visits:
        """Stops of patterns where their trips can be left."""

    def parts(self, rides: "Iterable[tuple[int, int, int]]") -> "list[Part]":
        """Return what rides on trips of these tables ride of the day's own trips, in order."""

    def allows(self, journey: "Journey") -> bool:
        """Whether all changes keep to the rules for their lines and trips."""


def stops_where(tables: DayTables, rule: UInt8Array) -> BoolArray:
    """Stops, (n_stops,), with a position where `rule`, (n_positions,), is not zero."""
    there = np.zeros(tables.n_stops, np.bool_)
    there[tables.patterns.stop_of_position[rule != 0]] = True
    return there


def visits_where(tables: DayTables, rule: UInt8Array) -> Visits:
    """Stops of patterns at positions where `rule`, (n_positions,), is not zero."""
    patterns = tables.patterns
    position = np.flatnonzero(rule)
    position = position[np.argsort(patterns.stop_of_position[position], kind="stable")]
    pattern = np.searchsorted(patterns.first_position_of_pattern, position, "right") - 1
    first_of_stop = first_of(patterns.stop_of_position[position], tables.n_stops)
    return Visits(first_of_stop, frozen(pattern))


def kept_trips(day: "Day", rules: Rules) -> BoolArray:
    """Which day trips the rules leave, (n_day_trips,); modes are not looked at."""
    rows, timetable = day.trip, day.timetable
    line = timetable.trips.line[rows]
    keep = np.ones(rows.size, np.bool_)
    if rules.lines_banned:
        keep &= ~np.isin(line, list(rules.lines_banned))
    if rules.lines_only:
        keep &= np.isin(line, list(rules.lines_only))
    if rules.feeds_banned:
        keep &= ~np.isin(timetable.lines.feed[line], list(rules.feeds_banned))
    for trip, service_day in rules.trips_banned:
        keep &= ~((rows == trip) & (day.service_day == service_day))
    if rules.needs_wheelchair:
        keep &= timetable.trips.wheelchair[rows] == YES
    if rules.takes_bike:
        keep &= timetable.trips.bikes[rows] == YES
    return keep


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
