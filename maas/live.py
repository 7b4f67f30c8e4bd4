"""What realtime feeds say of a day: trips as they run, vehicles, alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from gtfs.day import Day
from gtfs.realtime.alerts import Alerts, Ridden
from gtfs.realtime.draft import Applied, Report
from gtfs.realtime.messages import Alert, Message, VehiclePosition
from gtfs.realtime.occupancy import FULLNESS, expected
from gtfs.realtime.patch import MAX_AGE, patch
from gtfs.realtime.strangers import count_strangers
from gtfs.realtime.vehicles import Vehicles
from routing.layout import NONE

if TYPE_CHECKING:
    from maas.region import Region


@dataclass(frozen=True)
class FeedNews:
    """The last good messages about one feed, as one."""

    feed_id: str
    message: Message
    max_age: int = MAX_AGE  # s after which an update or a position no longer counts

    @cached_property
    def alerts(self) -> Alerts:
        """Alerts by what they name."""
        return Alerts(self.message.alerts)

    @cached_property
    def vehicles(self) -> Vehicles:
        """Vehicles by their trips."""
        return Vehicles(self.message.vehicles)


@dataclass(frozen=True)
class News:
    """The last good messages about all feeds at a time."""

    at: int  # Unix time
    feeds: tuple[FeedNews, ...] = ()
    silent: tuple[str, ...] = ()  # feeds with a source that has not answered for too long

    @property
    def ages_at(self) -> int | None:
        """Unix time at which the first of what counts now will be too old."""
        ends = [
            seen + feed.max_age + 1
            for feed in self.feeds
            for seen in (
                *(update.timestamp for update in feed.message.updates),
                *(vehicle.timestamp for vehicle in feed.message.vehicles),
            )
        ]
        return min((end for end in ends if end > self.at), default=None)


@dataclass(frozen=True, eq=False)  # the same only as itself, so that what hangs on it goes with it
class LiveDay:
    """A day, and what of it is known in real time; without news just the day."""

    day: Day
    news: News | None = None
    applied: Mapping[str, Sequence[Applied]] = field(default_factory=dict)  # by feed
    reports: Mapping[str, Report] = field(default_factory=dict)  # by feed

    @property
    def is_changed(self) -> bool:
        """Whether the tables are others than those of the timetable."""
        return any(self.applied.values())

    @cached_property
    def runs(self) -> dict[tuple[int, int], Applied]:
        """Updates of trips that run, by the row of the trip and its service day."""
        return {
            (one.runs_as, one.service_day): one
            for some in self.applied.values()
            for one in some
            if one.runs_as != NONE
        }

    def update_of(self, day_trip: int) -> Applied | None:
        """Return the update of a day trip."""
        if not self.runs:  # as without news
            return None
        return self.runs.get((int(self.day.trip[day_trip]), int(self.day.service_day[day_trip])))

    def alerts_on(self, day_trip: int, board: int, alight: int) -> list[Alert]:
        """Return the alerts that concern a ride between two positions and hold during it."""
        news = self._news_of(day_trip)
        if news is None:
            return []
        arrival, departure = self.day.times(day_trip)
        span = (self.day.base_epoch + int(t) for t in (departure[board], arrival[alight]))
        return news.alerts.on(self._ridden(day_trip, (board, alight)), *span)

    def vehicle_on(self, day_trip: int) -> VehiclePosition | None:
        """Return the vehicle that runs a trip, where it was seen a short while ago."""
        news = self._news_of(day_trip)
        if news is None or self.news is None:
            return None
        arrival, departure = self.day.times(day_trip)
        span = (self.day.base_epoch + int(t) for t in (departure[0], arrival[-1]))
        vehicle = news.vehicles.on(self._ridden(day_trip, ()), *span)
        is_old = vehicle is not None and self.news.at - vehicle.timestamp > news.max_age
        return None if is_old else vehicle

    def expected_on(self, day_trip: int, board: int, alight: int) -> str:
        """Return how full a trip will be at its fullest between two positions; "" if not told."""
        update = self.update_of(day_trip)
        if update is None or not any(call.occupancy for call in update.update.calls):
            return ""
        table, row = self.day.timetable, int(self.day.trip[day_trip])
        first = int(table.trips.first_stop_time[row])
        first += self.day.position_in_trip(day_trip, board)
        rows = slice(first, first + alight - board)
        start = len(self._feed_of(day_trip)) + 1
        stops = [table.stops.id[stop][start:] for stop in table.stop_times.stop[rows].tolist()]
        sequences = table.stop_times.sequence[rows].tolist()
        told = expected(update.update.calls, list(zip(sequences, stops, strict=True)))
        return max(filter(None, told), key=FULLNESS.index, default="")

    def _feed_of(self, day_trip: int) -> str:
        lines, line = self.day.timetable.lines, self._line(day_trip)
        return self.day.timetable.feeds[int(lines.feed[line])].id

    def _line(self, day_trip: int) -> int:
        return int(self.day.timetable.trips.line[self.day.trip[day_trip]])

    def _news_of(self, day_trip: int) -> FeedNews | None:
        feed_id = self._feed_of(day_trip)
        feeds = () if self.news is None else self.news.feeds
        return next((feed for feed in feeds if feed.feed_id == feed_id), None)

    def _ridden(self, day_trip: int, positions: Sequence[int]) -> Ridden:
        """What messages call a trip and the stops at some of its positions."""
        table, trip, line = self.day.timetable, int(self.day.trip[day_trip]), self._line(day_trip)
        start = len(self._feed_of(day_trip)) + 1
        stops = self.day.stops(day_trip)
        used = {int(stops[position]) for position in positions}
        used |= {int(table.stops.parent[stop]) for stop in used} - {NONE}
        update = self.update_of(day_trip)
        retime = 0 if update is None else update.retime
        return Ridden(
            table.trips.id[trip][start:],
            table.lines.id[line][start:],
            table.lines.agency[line],
            int(table.lines.mode[line]),
            frozenset(table.stops.id[stop][start:] for stop in used),
            f"{self.day.service_date(day_trip):%Y%m%d}",
            int(table.trips.start_time[trip]) + retime,
            int(table.trips.direction[trip]),
        )


def live_day(region: "Region", day: Day, news: News) -> LiveDay:
    """Apply the news of all feeds to a day of the timetable, one feed after the other."""
    applied: dict[str, Sequence[Applied]] = {}
    reports: dict[str, Report] = {}
    known = {feed.id for feed in region.timetable.feeds}
    for feed in news.feeds:
        if feed.feed_id not in known:  # the region was built anew without it
            continue
        matcher = region.matcher(feed.feed_id)
        result = patch(day, feed.message, matcher, now=news.at, max_age=feed.max_age)
        count_strangers(feed.message, matcher, result.report)
        day = result.day
        applied[feed.feed_id], reports[feed.feed_id] = result.applied, result.report
    return LiveDay(day, news, applied, reports)
