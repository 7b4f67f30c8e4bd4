"""The generation that requests plan on, and the one place where a newer one is put in use.

A generation is a region with what realtime feeds say of it. It never changes: a request takes the
current one once and uses it to its end, so it sees all of a message or nothing of it. A generation
goes when the last request on it has ended.
"""

import threading
import weakref
from collections import OrderedDict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from maas.day_view import DayView, DayViews
from maas.live import LiveDay, News, live_day
from maas.planner_view import Rules
from maas.temporary_stops import temporary_stops, with_temporary_stops

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.ledger import Ledger
    from maas.region import Region

MOST_ALIVE = 16  # generations that requests may hold before newer ones have to wait
_KEPT_DAYS = 6


class Generation:
    """A region and its news; immutable to those who use it, safe to share between threads."""

    def __init__(
        self,
        built: "Region",
        news: News | None = None,
        number: int = 0,
        before: "Generation | None" = None,
    ) -> None:
        """Take a region as it is built; what the generation before has of it is used again."""
        self.built = built
        self.temporary = temporary_stops(built, news)
        self.region: Region = built
        if before and (before.built, before.temporary) == (built, self.temporary):
            self.region = before.region
        elif self.temporary:
            self.region = with_temporary_stops(built, self.temporary)
        self.news = news
        self.number = number
        self.made = datetime.now(UTC)
        self._days: OrderedDict[int, tuple[Day, LiveDay]] = OrderedDict()
        self._views = DayViews(  # of days that the news changes
            built.transfer_rules, self.region.footpaths_wheelchair
        )
        self._lock = threading.Lock()

    def day(
        self, on: date, ledger: "Ledger | None" = None, party: int = 1, *, realtime: bool = True
    ) -> LiveDay:
        """Return a service date without segments that have no seat left for `party` people.

        Raises
        ------
        DateOutsideError
            If no feed covers the date.
        """
        day = self.region.day(on, ledger, party)
        if self.news is None or not realtime:
            return LiveDay(day)
        key = id(day)  # the entry keeps the day, so the id stays taken
        with self._lock:
            if key not in self._days:
                self._days[key] = (day, live_day(self.region, day, self.news))
                while len(self._days) > _KEPT_DAYS:
                    self._days.popitem(last=False)
            self._days.move_to_end(key)
            return self._days[key][1]

    def view(self, live: LiveDay, modes: frozenset[str]) -> DayView:
        """Return the view of a day with these modes; it is made once."""
        views = self.region.views if live.news is None else self._views
        return views.view(live.day, modes)

    def ruled(self, live: LiveDay, rules: Rules) -> DayView:
        """Return the view of a day that the rules of a query leave; it is made once."""
        views = self.region.views if live.news is None else self._views
        return views.view(live.day, rules.modes) if rules.is_plain else views.ruled(live.day, rules)

    def today(self) -> LiveDay:
        """Return the day of the time of the news (or of now), within the dates of the region."""
        region = self.region
        now = datetime.now(UTC).timestamp() if self.news is None else self.news.at
        on = datetime.fromtimestamp(now, ZoneInfo(region.file.timezone)).date()
        return self.day(min(max(on, region.timetable.first_date), region.timetable.last_date))


class Generations:
    """Holds the current generation; `use` swaps it in one step."""

    def __init__(self, region: "Region", news: News | None = None) -> None:
        self._swap = threading.Lock()
        self.current = Generation(region, news)
        self._alive: weakref.WeakSet[Generation] = weakref.WeakSet([self.current])

    @property
    def n_alive(self) -> int:
        """Generations that are in use or still held by requests."""
        return len(self._alive)

    def use(self, *, region: "Region | None" = None, news: News | None = None) -> bool:
        """Make the next generation and put it in use when it is ready.

        Parameters
        ----------
        region
            Another version; none keeps the region.
        news
            None keeps the news.

        Returns
        -------
        done
            False if requests still hold so many old ones that this one has to wait.
        """
        with self._swap:
            if self.n_alive >= MOST_ALIVE:
                return False
            old = self.current
            made = Generation(region or old.built, news or old.news, old.number + 1, old)
            if made.news is not None:
                made.today()  # here, so that no request waits for it
            self._alive.add(made)
            self.current = made
            return True
