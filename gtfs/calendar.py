"""calendar.txt and calendar_dates.txt → which service runs on which day."""

from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.columns import Column, without_blank
from gtfs.errors import EmptyFeedError, FeedFileError
from gtfs.read import Feed
from routing.layout import NONE, BoolArray, Int64Array, UInt8Array

CALENDAR = "calendar.txt"
DATES = "calendar_dates.txt"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = 36_525  # days; a longer calendar is a slip of the pen
_MOST_CELLS = 500_000_000  # services times days
_THURSDAY = 3  # weekday of 1970-01-01, Monday = 0


class Calendar(NamedTuple):
    """Services of one feed; days are counted from 1970-01-01."""

    service_ids: pl.Series
    first_day: int
    runs: UInt8Array  # (n_services, n_days)


class _Weeks(NamedTuple):
    """Rows of calendar.txt."""

    ids: pl.Series
    first: Int64Array
    last: Int64Array
    weekday: BoolArray  # (n_rows, 7)


class _Exceptions(NamedTuple):
    """Rows of calendar_dates.txt."""

    ids: pl.Series
    day: Int64Array
    added: BoolArray


def _read_weeks(feed: Feed) -> _Weeks:
    table = feed.table(CALENDAR, ("service_id", "start_date", "end_date", *_WEEKDAYS))
    table = without_blank(feed, CALENDAR, table, "service_id")
    again = (~table["service_id"].is_first_distinct()).to_numpy()
    Column(feed, CALENDAR, table, "service_id").warn(
        again, "service_in_several_rows", "the service runs on the days of all its rows"
    )
    first, has_first = Column(feed, CALENDAR, table, "start_date").days()
    end = Column(feed, CALENDAR, table, "end_date")
    last, has_last = end.days()
    known = has_first & has_last
    end.warn(
        known & (last < first), "calendar_ends_before_it_starts", "the service never runs by week"
    )
    endless = known & (last - first > _LONGEST)
    remedy = "end the service within a hundred years of its start"
    end.excuse(endless, "endless_service", remedy, "the row is left out")
    weekday = [
        Column(feed, CALENDAR, table, name).codes(1, "unknown_weekday_flag") for name in _WEEKDAYS
    ]
    keep = known & ~endless
    ids = table["service_id"].filter(pl.Series(keep))
    return _Weeks(ids, first[keep], last[keep], np.stack(weekday, axis=1)[keep] == 1)


def _read_exceptions(feed: Feed) -> _Exceptions:
    table = feed.table(DATES, ("service_id", "date", "exception_type"))
    table = without_blank(feed, DATES, table, "service_id")
    kinds = Column(feed, DATES, table, "exception_type")
    kind = kinds.codes(2, "unknown_exception_type")
    blank = (kinds.texts == "").to_numpy()
    kinds.warn(blank, "unknown_exception_type", "not 1 or 2; the row is left out")
    day, has_day = Column(feed, DATES, table, "date").days()
    known = (kind > 0) & has_day
    return _Exceptions(table["service_id"].filter(pl.Series(known)), day[known], kind[known] == 1)


def _span(feed: Feed, weeks: _Weeks, exceptions: _Exceptions) -> tuple[int, int]:
    """First and last day of service that the calendars name."""
    runs = (weeks.last >= weeks.first) & weeks.weekday.any(axis=1)
    days = np.concatenate([weeks.first[runs], weeks.last[runs], exceptions.day[exceptions.added]])
    if days.size == 0:
        raise EmptyFeedError(
            feed.id,
            f"{CALENDAR}, {DATES}",
            "no service runs on any date",
            "export the feed with its calendar",
        )
    if int(days.max() - days.min()) > _LONGEST:
        raise EmptyFeedError(
            feed.id,
            f"{CALENDAR}, {DATES}",
            "services lie more than a hundred years apart",
            "correct the dates",
        )
    return int(days.min()), int(days.max())


def read_calendar(feed: Feed) -> Calendar:
    """Read on which days the services of a feed run."""
    weeks, exceptions = _read_weeks(feed), _read_exceptions(feed)
    ids = pl.concat([weeks.ids, exceptions.ids]).unique(maintain_order=True)
    first, last = _span(feed, weeks, exceptions)
    if len(ids) * (last - first + 1) > _MOST_CELLS:
        raise FeedFileError(
            feed.id,
            f"{CALENDAR}, {DATES}",
            f"{len(ids):,} services over {last - first + 1:,} days",
            "let services that run on the same days be one, or write fewer days",
        )
    runs = np.zeros((len(ids), last - first + 1), np.uint8)
    days = np.arange(first, last + 1)
    weekday = (days + _THURSDAY) % 7
    place = {service_id: row for row, service_id in enumerate(ids)}
    for row, service_id in enumerate(weeks.ids):
        within = (days >= weeks.first[row]) & (days <= weeks.last[row])
        runs[place[service_id]] |= within & weeks.weekday[row][weekday]
    _apply(feed, exceptions, ids, first, runs)
    return Calendar(ids, first, runs)


def _apply(
    feed: Feed, exceptions: _Exceptions, ids: pl.Series, first: int, runs: UInt8Array
) -> None:
    """Write the exceptions into `runs`; an addition beats a removal of the same day."""
    table = pl.DataFrame({"service_id": exceptions.ids})
    service = Column(feed, DATES, table, "service_id").indices(ids)
    within = (
        (service != NONE) & (exceptions.day >= first) & (exceptions.day < first + runs.shape[1])
    )
    for added in (False, True):
        chosen = within & (exceptions.added == added)
        runs[service[chosen], exceptions.day[chosen] - first] = int(added)
