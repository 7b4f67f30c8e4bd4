"""The trip planner: a query → a few itineraries from door to door, or the reason why not."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gtfs.modes import MODES
from maas.assembly import Assembler, drawn, road_ways
from maas.barriers import add_barriers
from maas.errors import QueryError
from maas.fares import Wish
from maas.generations import Generation, Generations
from maas.itinerary import Asked
from maas.journey_query import (
    LONGEST_WINDOW,
    ON_CALL,
    JourneyQuery,
    read_query,
)
from maas.journeys_document import document_of
from maas.kept import Kept
from maas.live import LiveDay
from maas.live_legs import live_notices
from maas.map_frame import check_on_map
from maas.place_input import AnyPlace, place_of
from maas.places import Place
from maas.planner_directions import Arriving, Direction, Leaving
from maas.planner_next import outlook
from maas.planner_pages import Cursor, Page, around, digest_of, read_cursor, turned
from maas.planner_reasons import Reason, no_more, notices
from maas.planner_replan import Replan
from maas.planner_rules import rules_of
from maas.planner_shared import shared_by
from maas.planner_tags import tags_of
from maas.planner_task import Task
from maas.planner_via import Through
from maas.planner_view import Rules, View
from maas.planner_wishes import explained
from maas.query_dates import date_of, edge_of_day
from maas.replan_query import ReplanQuery
from maas.road_ways import RoadWays

if TYPE_CHECKING:
    from maas.bike_shares import LiveShare
    from maas.itinerary import Itinerary
    from maas.ledger import Ledger
    from maas.region import Region
    from routing.bounds import LowerBounds
    from routing.road import RoadNetwork

__all__ = ["JourneyQuery", "Planner", "read_query"]

_KEPT_SEARCHES = 8
_MOST_EMPTY_DAYS = 8  # that one page looks ahead
_MANY_SEARCHES = 250


@dataclass
class _Searched:
    """A search, and how often it was asked for."""

    view: View
    direction: Direction
    n_asked: int = 0


def _direction(view: View, bounds: "LowerBounds | None" = None, *, arrive_by: bool) -> Direction:
    return Arriving(view, bounds) if arrive_by else Leaving(view, bounds)


class Planner:
    """Answers queries on a region; owns scratch memory: one per thread.

    Parameters
    ----------
    source
        A region, or the generations of one that changes; a query stays on the one it began on.
    """

    def __init__(self, source: "Region | Generations") -> None:
        self._source = source if isinstance(source, Generations) else Generations(source)
        self._generation: Generation
        self._hold(self._source.current)

    def _refresh(self) -> None:
        """Take the generation that is in use now."""
        if (current := self._source.current) is not self._generation:
            self._hold(current)

    def _hold(self, generation: Generation) -> None:
        """Plan on a generation from now on."""
        self._generation = generation
        self.region = generation.region
        self._zone = ZoneInfo(self.region.file.timezone)
        self._shared = shared_by(self.region)
        self._searches: OrderedDict[tuple[int, bool], _Searched] = OrderedDict()
        self._open_shares = Kept(self, Planner._shares_on)  # by dates

    def plan(self, query: JourneyQuery, ledger: "Ledger | None" = None) -> dict[str, Any]:
        """Return the document of `POST /v1/journeys`.

        Parameters
        ----------
        query
            What is asked.
        ledger
            Seats that are taken; None means that nothing is booked.

        Raises
        ------
        MaasError
            If the query names a place or a date that the region does not have.
        """
        self._refresh()
        if (cursor := read_cursor(query)) is not None:
            return self._turned(query, ledger, cursor)
        asked, at = self._read(query, ledger)
        if query.when is not None:
            return self._at_the_edge(query, asked, at)
        if query.via:
            return self._through(query, asked, at)
        task = self.task(query, asked, at)
        page = self._first_page(task)
        reasons = [] if page.itineraries else self._explained(query, asked, at, task.reasons())
        return self._answer(task, page.itineraries, reasons, page)

    @staticmethod
    def _first_page(task: Task) -> Page:
        """Return the answer to a query without a cursor."""
        epoch = task.asked.day.base_epoch + task.at
        if task.query.all_:
            return turned(task, Cursor(epoch, 0, outward=True), may_grow=task.query.window is None)
        return around(task, task.itineraries(), epoch)

    def _turned(
        self, query: JourneyQuery, ledger: "Ledger | None", cursor: Cursor
    ) -> dict[str, Any]:
        """Answer with the page at a cursor, or else the next one that holds something."""
        for _ in range(_MOST_EMPTY_DAYS):
            task = self.task(query, *self._read(query, ledger, cursor))
            page = turned(task, cursor, may_grow=True)
            onward = page.onward(cursor, arrive_by=query.arrive_by)
            if page.itineraries or not self._is_covered(query, onward):
                break
            cursor = onward
        reasons = [] if page.itineraries else [no_more(self._begins(query, onward))]
        return self._answer(task, page.itineraries, reasons, page)

    def _begins(self, query: JourneyQuery, cursor: Cursor) -> date:
        """Return the date on which a page begins."""
        return date_of(datetime.fromtimestamp(cursor.at, self._zone), query, cursor)

    def _is_covered(self, query: JourneyQuery, cursor: Cursor) -> bool:
        """Whether a page begins on a date of the feeds."""
        timetable = self.region.timetable
        return timetable.first_date <= self._begins(query, cursor) <= timetable.last_date

    def _explained(
        self, query: JourneyQuery, asked: Asked, at: int, reasons: Iterable[Reason]
    ) -> list[Reason]:
        """Return the reasons of an empty answer with the wishes that are in the way."""
        return explained(query, list(reasons), partial(self._found, asked=asked, at=at))

    def _found(self, query: JourneyQuery, asked: Asked, at: int) -> "Sequence[Itinerary]":
        """Itineraries of the first answer to a query."""
        if query.when is not None:
            return self._first_or_last(query, asked, at)[1]
        if query.via:
            return self._stages(query, asked, at).itineraries()
        task = self.task(query, asked, at)
        return self._first_page(task).itineraries if query.all_ else task.itineraries()

    def replan(self, query: ReplanQuery, ledger: "Ledger | None" = None) -> dict[str, Any]:
        """Return the document of `POST /v1/journeys/replan`.

        Raises
        ------
        MaasError
            If the query names a place, a date or a trip that the region does not have.
        """
        self._refresh()
        asked_first = query.query
        lang = query.lang or asked_first.lang
        origin = asked_first.to if query.where.place is None else query.where.place
        asked_now = asked_first.model_copy(
            update={"from_": origin, "at": query.now, "arrive_by": False, "cursor": None,
                    "when": None, "window": None, "lang": lang}
        )  # fmt: skip
        asked, now = self._read(asked_now, ledger)
        work = Replan(self, asked, query, now)
        itineraries = work.itineraries()
        reasons = [] if itineraries else self._explained_on_the_way(work)
        document = self._answer(self.task(asked_now, asked, now), itineraries, reasons)
        problems = [problem.document() for problem in work.problems]
        return {"status": work.status, "problems": problems, **document}

    def _explained_on_the_way(self, work: Replan) -> list[Reason]:
        """Return why there is no way on, with the wishes that are in the way."""

        def plan(journey: JourneyQuery) -> "Sequence[Itinerary]":
            query = work.query.model_copy(update={"query": journey})
            return Replan(self, work.asked, query, work.now).itineraries()

        return explained(work.query.query, list(work.reasons()), plan)

    def task(self, query: JourneyQuery, asked: Asked, at: int) -> Task:
        """Return the work on a query between two places."""
        return Task(self, asked, query, at, rules_of(self.region, asked.day, query))

    def _answer(
        self,
        task: Task,
        itineraries: "list[Itinerary]",
        reasons: list[Reason],
        page: Page | None = None,
    ) -> dict[str, Any]:
        """Draw and write itineraries."""
        query, asked, on_foot = task.query, task.asked, task.wishes.on_foot
        ways = iter(task.ways.several(list(road_ways(itineraries, on_foot))))
        found = [
            drawn(itinerary, tags, asked.book, ways)
            for itinerary, tags in zip(itineraries, tags_of(itineraries), strict=True)
        ]
        remarks = list(notices(asked, query, task.roads, found))
        remarks += [Reason(*told) for told in live_notices(asked)]
        outlooks = [outlook(task, itinerary) for itinerary in found] if query.details else ()
        document = document_of(asked, found, reasons, remarks, query.lang, outlooks)
        if query.wheelchair is not None:
            for one, written in zip(found, document["itineraries"], strict=True):
                add_barriers(asked, task.ways, one, written)
        if page is not None:
            document["hidden"] = page.n_hidden
            digest = digest_of(query)
            links = {"earlier": page.earlier, "later": page.later}
            document["cursors"] = {
                name: cursor.text(digest) if self._is_covered(query, cursor) else None
                for name, cursor in links.items()
            }
        return document

    def _at_the_edge(self, query: JourneyQuery, asked: Asked, at: int) -> dict[str, Any]:
        """Answer with the first or the last connection of the day (始発・終電)."""
        task, found = self._first_or_last(query, asked, at)
        reasons = [] if found else self._explained(query, asked, at, task.reasons())
        return self._answer(task, found, reasons)

    def _first_or_last(
        self, query: JourneyQuery, asked: Asked, at: int
    ) -> "tuple[Task, list[Itinerary]]":
        """Return the first or the last connections of the day, and the work on them."""
        is_last = query.when == "last"
        edge: dict[str, Any] = {"when": None, "arrive_by": is_last}
        if query.modes is None:
            edge["modes_banned"] = (*query.modes_banned, *ON_CALL)
        task = self.task(query.model_copy(update=edge), asked, at)
        found = [one for one in task.itineraries() if one.trips]
        if found and is_last:
            latest = max(one.departure for one in found)
            found = [one for one in found if one.departure == latest]
        elif found:
            soonest = min(one.arrival for one in found)
            found = [one for one in found if one.arrival == soonest]
        return task, found

    def _through(self, query: JourneyQuery, asked: Asked, at: int) -> dict[str, Any]:
        """Answer a query that names places to pass."""
        journey = self._stages(query, asked, at)
        itineraries = journey.itineraries()
        reasons = [] if itineraries else self._explained(query, asked, at, journey.reasons())
        return self._answer(self.task(query, asked, at), itineraries, reasons)

    def _stages(self, query: JourneyQuery, asked: Asked, at: int) -> Through:
        """Return the work on a query with places to pass."""
        stations = [(self._place(via.place, f"via.{i}.place"), via.stay_s)
                    for i, via in enumerate(query.via)]  # fmt: skip
        return Through(self, query, asked, at, stations)

    def roads(self, on: date) -> "RoadNetwork":
        """Return the roads of a date."""
        return self.region.roads_on(on)

    def day(self, query: JourneyQuery, on: date, ledger: "Ledger | None") -> LiveDay:
        """Return a date as the query wants to see it."""
        return self._generation.day(on, ledger, query.party, realtime=query.realtime)

    def ways(self, roads: "RoadNetwork") -> RoadWays:
        """Return the ways on some roads."""
        return self._shared.ways(roads)

    def view(self, live: LiveDay, rules: Rules) -> View:
        """Return a day as the rules leave it."""
        return self._generation.ruled(live, rules)

    def direction(self, view: View, *, arrive_by: bool) -> Direction:
        """Return the search on a view; the last few are kept with their memory.

        One that is asked for often gets lower bounds: they take as long as some hundred searches.
        """
        key = (id(view), arrive_by)  # the entry keeps the view, so the id stays taken
        known = self._searches.get(key)
        if known is None:
            known = self._searches[key] = _Searched(view, _direction(view, arrive_by=arrive_by))
            while len(self._searches) > _KEPT_SEARCHES:
                self._searches.popitem(last=False)
        known.n_asked += 1
        if known.n_asked == _MANY_SEARCHES:
            bounds = view.mirrored_bounds if arrive_by else view.bounds
            known.direction = _direction(view, bounds, arrive_by=arrive_by)
        self._searches.move_to_end(key)
        return known.direction

    def bike_shares(self, days: tuple[date, ...]) -> "tuple[LiveShare, ...]":
        """Return the bike shares that rent bikes out on one of some days."""
        return self._open_shares[days]

    def _shares_on(self, days: tuple[date, ...]) -> "tuple[LiveShare, ...]":
        shares = self.region.bike_shares
        return tuple(live for live in shares if any(map(live.share.is_open, days)))

    def assembler(self, asked: Asked, rules: Rules) -> Assembler:
        """Return what makes itineraries for a query."""
        return Assembler(asked, rules.walk_percent, needs_wheelchair=rules.needs_wheelchair)

    def _read(
        self, query: JourneyQuery, ledger: "Ledger | None", cursor: Cursor | None = None
    ) -> tuple[Asked, int]:
        """Look up the places, the date and the time of a query; of a page, its own date."""
        moment = query.at or datetime.now(self._zone)
        if cursor is not None:
            moment = datetime.fromtimestamp(cursor.at, UTC)
        local = moment.replace(tzinfo=self._zone) if moment.tzinfo is None else moment
        try:
            local = local.astimezone(self._zone)
        except OverflowError as error:
            msg = f"query: at: {moment.isoformat()} is no time of this zone; choose a later year"
            raise QueryError(msg) from error
        origin, destination = self._place(query.from_, "from"), self._place(query.to, "to")
        local = edge_of_day(local, query.when)
        on = date_of(local, query, cursor)
        self.region.check_date(on)
        on_tables = self._date_of_tables(local, query, cursor)
        live = self.day(query, on_tables, ledger)
        book, ends = self._shared.book(live), (origin, destination)
        wish = Wish(query.rider, query.medium)
        self._shared.fares.check(wish)
        asked = Asked(self.region, on, live.day, book, *ends, query.party, ledger, live, wish)
        return asked, asked.clock.seconds(local)

    def _date_of_tables(self, local: datetime, query: JourneyQuery, cursor: Cursor | None) -> date:
        """Return the date whose tables hold all trips that may be ridden.

        Tables reach from noon of the day before to the end of the day after. Who arrives by a time
        may have left long before it, and pages of earlier departures lie a day before it.
        """
        on = date_of(local, query, cursor)
        if query.when is not None:
            return on
        if query.arrive_by:
            back = (query.window or LONGEST_WINDOW) if cursor is None else cursor.start
            if cursor is not None and cursor.outward:
                back += LONGEST_WINDOW  # as far as a page may grow
        elif cursor is None or cursor.outward:
            return on
        else:
            back = LONGEST_WINDOW // 2 - cursor.start
        before = (local - timedelta(seconds=back)).date()
        return max(before, self.region.timetable.first_date)

    def _place(self, given: AnyPlace, field: str) -> Place:
        """Look up one end of the query."""
        place = place_of(self.region, given, f"query: {field}")
        check_on_map(self.region, place, f"query: {field}")
        return place

    @cached_property
    def modes(self) -> frozenset[str]:
        """Modes of the region's lines."""
        import numpy as np

        return frozenset(MODES[mode] for mode in np.unique(self.region.timetable.lines.mode))
