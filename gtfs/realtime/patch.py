"""A day as a realtime message says it will be: a new `Day` beside the one of the timetable.

Changed trips stay in their patterns where they overtake nobody there and make new ones otherwise,
cancelled trips are left out, added ones get rows at the end of a longer timetable. Nothing given is
modified, so searches under way never see half of a message. Each message is applied to the day of
the timetable, not to an earlier patch of the same feed; those of several feeds are applied one
after the other.

A skipped stop keeps its position, but nobody gets on or off there. So positions, and the segments
of bookings, mean the same before and after; a replaced trip has positions of its own.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from gtfs.day import Day, grouped
from gtfs.pieces import Pieces
from gtfs.realtime.changes import changed_rows
from gtfs.realtime.draft import Applied, Draft, Report
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import Message
from gtfs.realtime.new_trips import extended
from gtfs.realtime.overlay import Retimed, overlaid, staying
from gtfs.timetable import Timetable
from routing.kernels.timetable_patterns import DayTrips, Times
from routing.layout import NONE, BoolArray, DayTables, Int32Array, Int64Array, frozen

MAX_AGE = 600  # s after which an update no longer counts


class Patch(NamedTuple):
    """The day as it will be."""

    day: Day
    report: Report
    applied: tuple[Applied, ...]

    @property
    def timetable(self) -> Timetable:
        """The timetable that the trips of the day are rows of."""
        return self.day.timetable


def patch(
    day: Day, message: Message, matcher: Matcher, *, now: int | None = None, max_age: int = MAX_AGE
) -> Patch:
    """Apply the trip updates of a message.

    Parameters
    ----------
    day
        What the calendar says, or the outcome of a patch by another feed.
    matcher
        Of the feed that the message is about.
    now
        Unix time; `None` is the time of the message.
    max_age
        Seconds; older updates do not count.
    """
    draft = Draft(day, matcher, message.timestamp if now is None else now, max_age)
    draft.take_all(message)
    longer = extended(day.timetable, draft.new, draft.shapes)
    return Patch(_patched(longer, day, draft), draft.report, tuple(draft.applied))


def _fates(day: Day, change_of: Mapping[tuple[int, int], int], n_trips: int) -> Int32Array:
    """Change of every day trip; `NONE` where it stays, `CANCELLED` where it falls away."""
    fate = np.full(3 * n_trips, NONE, np.int32)
    keys = [3 * trip + service_day + 1 for trip, service_day in change_of]
    fate[np.array(keys, np.int64)] = list(change_of.values())
    of_day: Int32Array = fate[3 * day.trip.astype(np.int64) + day.service_day + 1]
    return of_day


def _patched(timetable: Timetable, day: Day, draft: Draft) -> Day:
    """Make the day; `timetable` has the new trips at its end."""
    n_old = len(draft.timetable.trips.id)
    fate = _fates(day, draft.change_of, n_old)
    keep: BoolArray = fate == NONE
    if keep.all() and not draft.new:
        return day
    rows, first_row, draft.report.lost_calls = changed_rows(
        timetable, draft.changes, draft.matcher.stop_of_id
    )
    pieces = _pieces(day, draft, fate, first_row, n_old)
    changed = _changed(day, fate, rows, pieces)
    stays = staying(day.tables.patterns, keep, changed)
    keep[changed.trip[stays]] = True
    leaves = np.append(~stays, np.ones(pieces.trip.size - stays.size, np.bool_))
    pieces = Pieces(*(frozen(column[leaves]) for column in pieces))
    pieces, more = grouped(rows, pieces, day.tables.n_stops)
    trip, service_day, shift, first_position = (
        frozen(np.concatenate([old[keep], new]))
        for old, new in zip(
            (day.trip, day.service_day, day.shift, day.first_position), pieces[:4], strict=True
        )
    )
    patterns = overlaid(day.tables.patterns, keep, more, changed.of(stays))
    tables = DayTables(patterns, day.tables.footpaths)
    return Day(
        timetable, day.date, day.base_epoch, tables, trip, service_day, shift, first_position
    )


def _pieces(day: Day, draft: Draft, fate: Int32Array, first_row: Int32Array, n_old: int) -> Pieces:
    """Changed day trips, then new ones; their stop times are those of the changed rows."""
    changed: Int64Array = np.flatnonzero(fate >= 0)
    change = fate[changed]
    patterns = day.tables.patterns
    length = np.diff(patterns.first_position_of_pattern)[day.pattern_of_trip[changed]]
    new = np.array([k for k, c in enumerate(draft.changes) if c.trip >= n_old], np.int64)
    added = [draft.changes[k] for k in new.tolist()]
    first_position = day.first_position[changed]
    none = np.zeros(new.size, np.int64)
    columns = (
        (day.trip[changed], [c.trip for c in added]),
        (day.service_day[changed], [c.service_day for c in added]),
        (day.shift[changed], [c.base - day.base_epoch for c in added]),
        (first_position, none),
        (first_row[change] + first_position, first_row[new]),
        (length, first_row[new + 1] - first_row[new]),
    )
    return Pieces(
        *(frozen(np.concatenate([old, np.array(more, np.int64)])) for old, more in columns)
    )


def _changed(day: Day, fate: Int32Array, rows: Times, pieces: Pieces) -> Retimed:
    """Return the changed day trips; their pieces come first."""
    trips = np.flatnonzero(fate >= 0)
    columns = (column[: trips.size] for column in (pieces.first, pieces.length, pieces.shift))
    return Retimed(trips, day.pattern_of_trip[trips], rows, DayTrips(*columns))
