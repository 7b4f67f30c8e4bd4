"""When timeframes of Fares v2 hold."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np

from gtfs.timetable import Timetable


class FareClock:
    """Looks at the local clock and date of a moment, not at the service date of a trip."""

    def __init__(self, timetable: Timetable) -> None:
        self._tables = timetable.fares_v2
        self._runs = timetable.services.runs
        self._first_date = timetable.first_date
        self._zones = [ZoneInfo(feed.timezone) for feed in timetable.feeds]

    def holds(self, group: int, feed: int, moment: int) -> bool:
        """Whether a timeframe of a group holds at a Unix time."""
        local = dt.datetime.fromtimestamp(moment, self._zones[feed])
        day = (local.date() - self._first_date).days
        if not 0 <= day < self._runs.shape[1]:
            return False
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        tables = self._tables
        rows = np.flatnonzero(
            (tables.timeframe_group == group)
            & (tables.timeframe_start <= seconds)
            & (seconds < tables.timeframe_end)
        )
        return bool(self._runs[tables.timeframe_service[rows], day].any())
