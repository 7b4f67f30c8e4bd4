"""How to go on when a plan breaks: from where the traveller is, keeping what is booked.

The legs that lie ahead are looked up as they run now. Where all of them still run and every change
is possible the plan stands. Otherwise the rest is planned anew, part by part between the booked
rides; a booked ride that cannot be reached any more is given up, and the answer says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from maas.errors import QueryError
from maas.fares import NO_TICKETS, USUAL
from maas.feeders import Feeder, Hop, Ways
from maas.itinerary import Asked, Itinerary, Lane, Leg, Ridden
from maas.journey_query import BannedTrip
from maas.planner_choice import choose
from maas.planner_reasons import Reason
from maas.planner_search import FARTHEST, vehicles_at_ends
from maas.planner_via import joined
from maas.replan_query import EndInput, LegInput, ReplanQuery
from routing.geo import distance_m
from routing.layout import NONE

if TYPE_CHECKING:
    from maas.planner import Planner
    from maas.planner_task import Task

ON_BOARD = "on_board"
# Fields of what was asked first that say nothing of the way on.
_NOT_USED: Mapping[str, Any] = {
    "at": None, "via": (), "arrive_by": False, "window": None, "cursor": None, "when": None,
}  # fmt: skip
_SAME_PLACE_M = 20


@dataclass(frozen=True)
class Problem:
    """Why a leg of the plan does not hold."""

    leg: int
    reason: Reason

    def document(self) -> dict[str, Any]:
        """As it stands in answers."""
        return {"leg": self.leg, **self.reason.document()}


@dataclass
class Replan:
    """The work on one plan that may be broken."""

    planner: "Planner"
    asked: Asked  # from where the traveller is to the destination; tables of the day
    query: ReplanQuery
    now: int  # s

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self._book = self.asked.book
        banned = (*self.query.query.trips_banned, *self.query.cancelled, *self.query.missed)
        self._journey = self.query.query.changed({**_NOT_USED, "trips_banned": banned})
        self._runs: dict[tuple[str, Any], int] = {}

    def itineraries(self) -> list[Itinerary]:
        """Return ways to go on, the plan itself first where it stands."""
        ahead = list(self._ahead())
        self._check_changes(ahead)
        kept = [leg for number, leg in ahead if number in self.query.keep]
        while True:
            found = self._joined(kept)
            if found or not kept:
                return found
            given_up = kept.pop()  # the last one: those before it are nearer
            number = next(number for number, leg in ahead if leg is given_up)
            self.problems.append(Problem(number, _GIVEN_UP))

    def reasons(self) -> Iterator[Reason]:
        """Why there is no way on: from here, or from where the trip that is ridden calls next."""
        asked, at = self.asked, self.now
        if (here := self._on_board()) is not None:
            day_trip, position = here
            next_stop = int(self.asked.day.stops(day_trip)[position])
            at = int(self.asked.day.times(day_trip)[0][position])
            asked = replace(self.asked, origin=self._place(next_stop))
        for reason in self._task(asked, at).reasons():
            helps = not reason.way_out.keys() & _NOT_USED.keys()
            yield reason if helps else reason.without_way_out()

    @property
    def status(self) -> str:
        """Whether the plan stands."""
        return "changed" if self.problems else "as_planned"

    def _ahead(self) -> Iterator[tuple[int, Leg]]:
        """Scheduled legs that are not over, as they run now; notes those that do not run."""
        left_behind = self._first_not_ridden()
        for number, leg in enumerate(self.query.itinerary.legs):
            if leg.trip_id is None:
                continue
            if self.asked.clock.seconds(leg.arrival) <= self.now:
                if number >= left_behind:
                    self.problems.append(Problem(number, _MISSED))
                continue
            if self._is_named(leg, self.query.cancelled):
                self.problems.append(Problem(number, _CANCELLED))
                continue
            if self._is_named(leg, self.query.missed):
                self.problems.append(Problem(number, _MISSED))
                continue
            ridden = self._ridden(leg)
            if ridden is None:
                self.problems.append(Problem(number, _NOT_RUNNING))
            else:
                yield number, self._book.legs[ridden]

    def _first_not_ridden(self) -> int:
        """Number of the first ride that lies ahead of the traveller, by place and not by time.

        A traveller at a place has come as far as the end of a ride that is nearest to it, of equals
        the last one; on board of a trip one has come as far as time says.
        """
        legs = self.query.itinerary.legs
        if self.query.where.place is None:
            return len(legs)
        stops, here = self.asked.region.timetable.stops, self.asked.origin
        found, nearest_m = len(legs), np.inf
        for number, leg in enumerate(legs):
            for end, following in ((leg.from_, number), (leg.to, number + 1)):
                stop = NONE if leg.trip_id is None else self._stop(end)
                if stop == NONE:
                    continue
                metres = distance_m(
                    here.lat, here.lon, float(stops.lat[stop]), float(stops.lon[stop])
                )
                if metres <= nearest_m:
                    found, nearest_m = following, metres
        return found

    @staticmethod
    def _is_named(leg: LegInput, trips: Sequence[BannedTrip]) -> bool:
        return any((leg.trip_id, leg.service_date) == (t.trip_id, t.service_date) for t in trips)

    def _check_changes(self, ahead: list[tuple[int, Leg]]) -> None:
        """Note rides that leave before one can be there."""
        ready, stop = self.now, NONE
        for number, leg in ahead:
            assert leg.ridden is not None
            needed = 0
            if stop not in (NONE, leg.origin.stop):
                needed = max(0, self._book.walks[stop, leg.origin.stop])
            if leg.departure < ready + needed and not self._is_ridden(leg):
                self.problems.append(Problem(number, _MISSED if stop == NONE else _TOO_LATE))
            ready, stop = leg.arrival, leg.destination.stop

    def _is_ridden(self, leg: Leg) -> bool:
        """Whether the traveller sits in the trip of a leg."""
        here = self._on_board()
        return here is not None and leg.ridden is not None and here[0] == leg.ridden.day_trip

    def _ridden(self, leg: LegInput) -> Ridden | None:
        """Return where a leg's trip is boarded and left on the day's tables."""
        assert leg.trip_id is not None
        day_trip = self._day_trip(leg.trip_id, leg.service_date)
        if day_trip is None:
            return None
        stops = self.asked.day.stops(day_trip).tolist()
        board, alight = (self._stop(end) for end in (leg.from_, leg.to))
        for position in (i for i, stop in enumerate(stops) if stop == board):
            if alight in stops[position + 1 :]:
                return Ridden(day_trip, position, stops.index(alight, position + 1))
        return None

    def _stop(self, end: EndInput) -> int:
        return NONE if end.stop_id is None else self.asked.region.stop_of_id.get(end.stop_id, NONE)

    def _day_trip(self, trip_id: str, service_date: Any) -> int | None:
        """Return the day trip of a run; None where it is not in the tables."""
        day, trips = self.asked.day, self.asked.day.timetable.trips
        if not self._runs:
            for day_trip, row in enumerate(day.trip.tolist()):
                self._runs[trips.id[row], day.service_date(day_trip)] = day_trip
        return self._runs.get((trip_id, service_date))

    def _on_board(self) -> tuple[int, int] | None:
        """Day trip that the traveller sits in, and the next position it calls at.

        Raises
        ------
        QueryError
            If that trip does not run now.
        """
        where = self.query.where
        if where.trip_id is None:
            return None
        day_trip = self._day_trip(where.trip_id, where.service_date)
        if day_trip is None:
            msg = (
                f"replan: where.trip_id: '{where.trip_id}' does not run on {where.service_date}; "
                "give a trip that runs, or `place`"
            )
            raise QueryError(msg)
        arrival, _ = self.asked.day.times(day_trip)
        position = int(np.searchsorted(arrival, self.now))
        if position in (0, arrival.size):
            msg = f"replan: where.trip_id: '{where.trip_id}' is not under way at that time"
            raise QueryError(msg)
        return day_trip, position

    def _joined(self, kept: Sequence[Leg]) -> list[Itinerary]:
        """Itineraries to the destination by way of the kept rides."""
        so_far: list[Itinerary] | None = None
        here = self._on_board()
        for leg in kept:
            assert leg.ridden is not None
            if so_far is None and here is not None and here[0] == leg.ridden.day_trip:
                so_far = [self._sitting(Ridden(here[0], here[1] - 1, leg.ridden.alight))]
                continue
            reached = self._parts(so_far, leg)
            if not reached:
                return []
            so_far = [self._with_ride(one, leg) for one in reached]
        return choose(self._parts(so_far, None), self._journey.max_itineraries)

    def _parts(self, so_far: list[Itinerary] | None, ride: Leg | None) -> list[Itinerary]:
        """Prolong what is there to where a kept ride begins, or to the destination."""
        target = self.asked.destination if ride is None else self._place(ride.origin.stop)
        latest = FARTHEST if ride is None else ride.departure
        if so_far is None:
            found = self._from_here(target)
            return [one for one in found if ride is None or one.arrival <= latest]
        start = self._place(so_far[0].legs[-1].destination.stop)
        if ride is not None and start.stop_id == target.stop_id:
            return so_far
        ready = min(one.arrival for one in so_far)
        found = self._task(replace(self.asked, origin=start, destination=target), ready).sensible
        return [
            joined(one, other)
            for one in so_far
            for other in found
            if one.arrival <= other.departure - other.legs[0].wait
            and (ride is None or other.arrival <= latest)
        ]

    def _sitting(self, ridden: Ridden) -> Itinerary:
        """The ride that the traveller is on."""
        bill = self._book.bills[(ridden,), USUAL]
        return Itinerary((self._book.legs[ridden],), bill, self.asked.party)

    def _with_ride(self, before: Itinerary, ride: Leg) -> Itinerary:
        assert ride.ridden is not None
        own = self._sitting(ride.ridden)
        return joined(before, own) if before.legs else own

    def _place(self, stop: int) -> Any:
        return self.asked.region.places.of_stop(stop)

    def _task(self, asked: Asked, at: int) -> "Task":
        return self.planner.task(self._journey, asked, at)

    def _from_here(self, target: Any) -> list[Itinerary]:
        """Itineraries from where the traveller is."""
        asked = replace(self.asked, destination=target)
        here = self._on_board()
        if here is not None:  # the trip is left for good when it is left
            left = BannedTrip.model_validate(self.query.where.model_dump(exclude={"place"}))
            banned = {"trips_banned": (*self._journey.trips_banned, left)}
            task = self.planner.task(self._journey.model_copy(update=banned), asked, self.now)
            return list(self._riding_on(task, *here))
        task = self._task(asked, self.now)
        if task.is_same_place:
            return [Itinerary((), NO_TICKETS, self.asked.party)]
        return task.sensible

    def _riding_on(self, task: "Task", day_trip: int, position: int) -> Iterator[Itinerary]:
        """Itineraries that begin in the trip that the traveller sits in."""
        feeder = self._seat(task, day_trip, position)
        direction = self.planner.direction(task.view, arrive_by=False)
        for egress in task.egress.values():
            if self._journey.max_transfers or egress.mode == "walk":
                yield from self._staying(task, feeder, egress)
            lane = Lane(feeder, egress)
            rides = self._journey.max_transfers + 1 - vehicles_at_ends(lane)
            if rides < 1:
                continue
            for journey in direction.front(lane, self.now, FARTHEST, rides):
                itinerary = task.assembler.itinerary(task.view, lane, journey)
                if all(task.is_served(leg) for leg in itinerary.legs):
                    yield itinerary

    def _seat(self, task: "Task", day_trip: int, position: int) -> Feeder:
        """Return the stops ahead of a trip as ways from the traveller's seat."""
        day, view = self.asked.day, task.view
        arrival, _ = day.times(day_trip)
        stops = day.stops(day_trip)
        patterns, pattern = day.tables.patterns, day.pattern_of(day_trip)
        first = int(patterns.first_position_of_pattern[pattern])
        change_time = view.tables.footpaths.change_time
        rows: dict[int, tuple[int, tuple[Hop, ...]]] = {}
        for alight in range(position, stops.size):
            if not patterns.can_alight[first + alight]:
                continue
            stop = int(stops[alight])
            ride = int(arrival[alight]) - self.now
            seat = Hop(ON_BOARD, ride, 0, ridden=Ridden(day_trip, position - 1, alight))
            _keep_sooner(rows, stop, ride + int(change_time[stop]), (seat,))
            for head, walk in self._walks(task, stop):
                ends = self._book.spots[stop], self._book.spots[head]
                _keep_sooner(rows, head, ride + walk, (seat, Hop("walk", walk, 0, *ends)))
        count = len(rows)
        none = np.full(count, NONE, np.int32)
        ways = Ways(
            np.array(list(rows), np.int32),
            np.array([ride for ride, _ in rows.values()], np.int32),
            none * 0,
            none * 0,
            none,
        )
        return Feeder(ON_BOARD, ways, chains={stop: chain for stop, (_, chain) in rows.items()})

    @staticmethod
    def _walks(task: "Task", stop: int) -> Iterator[tuple[int, int]]:
        """Stops one footpath away, and the seconds to there."""
        walks = task.view.tables.footpaths
        rows = slice(*walks.first_of_stop[stop : stop + 2].tolist())
        yield from zip(walks.head[rows].tolist(), walks.duration[rows].tolist(), strict=True)

    @staticmethod
    def _staying(task: "Task", seat: Feeder, egress: Feeder) -> Iterator[Itinerary]:
        """The soonest way that needs no other line."""
        best: Itinerary | None = None
        for row, stop in enumerate(egress.ways.stop.tolist()):
            if len(seat.chains.get(stop, ())) != 1:  # none, or one with a walk, which egress has
                continue
            ridden = seat.chains[stop][0].ridden
            assert ridden is not None
            itinerary = task.assembler.staying(ridden, egress, row)
            served = all(task.is_served(leg) for leg in itinerary.legs)
            if served and (best is None or itinerary.arrival < best.arrival):
                best = itinerary
        if best is not None:
            yield best


def _keep_sooner(
    rows: dict[int, tuple[int, tuple[Hop, ...]]], stop: int, ride: int, chain: tuple[Hop, ...]
) -> None:
    """Enter a way to a stop unless a quicker one is there."""
    if stop not in rows or ride < rows[stop][0]:
        rows[stop] = (ride, chain)


_CANCELLED = Reason("cancelled", "this trip is cancelled", "この便は運休です")
_MISSED = Reason("missed", "this trip has been missed", "この便に乗り遅れました")
_NOT_RUNNING = Reason(
    "not_running",
    "this trip does not run so any more",
    "この便はこの区間を運行しません",
)
_TOO_LATE = Reason(
    "change_missed",
    "the trip before arrives too late for this one",
    "前の便が遅れるため、この便に間に合いません",
)
_GIVEN_UP = Reason(
    "kept_unreachable",
    "this booked trip cannot be reached any more; the ways shown do without it",
    "予約済みのこの便には間に合いません。この便を使わない経路を表示しています",
)
