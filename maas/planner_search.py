"""Searches of one query: ways at both ends make lanes; windows grow as far as they must."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from maas.access import Carrier, is_on_duty
from maas.itinerary import Assembler, Itinerary, Lane, Leg
from maas.journey_query import MAX_RIDES
from routing.layout import UNREACHED
from routing.mirror import ArriveBy
from routing.raptor import Journey, Raptor

if TYPE_CHECKING:
    from maas.day_view import DayView
    from maas.itinerary import Asked

FIRST_WINDOW = 7_200  # s
LONGEST = 86_400  # s; windows grow no farther
FARTHEST = 2 * LONGEST  # s; the day's tables end with the next service date
ENOUGH = 3  # journeys on foot and by line; a window grows until it holds so many


class Direction(Protocol):
    """A search from a time on, or back from a time; spans count away from it."""

    def front(self, lane: Lane, at: int, limit: int, rides: int) -> tuple[Journey, ...]:
        """Journeys that are over soonest for so many rides, within `limit` s."""

    def between(
        self, lane: Lane, at: int, span: tuple[int, int], direct: int, rides: int
    ) -> tuple[Journey, ...]:
        """Journeys that begin (or end) in the half-open span of seconds from `at`."""

    def spread(self, journey: Journey, at: int) -> int:
        """Seconds from `at` to the far end of a journey."""


class Leaving:
    """Leave at a time or later."""

    def __init__(self, view: "DayView") -> None:
        self._raptor = Raptor(view.tables, MAX_RIDES)

    def front(self, lane: Lane, at: int, limit: int, rides: int) -> tuple[Journey, ...]:
        """Journeys that arrive soonest when leaving at `at`."""
        ends = lane.access.near, lane.egress.near
        until = min(at + limit, UNREACHED)
        return self._raptor.earliest(*ends, at, limit=until, max_rides=rides).journeys

    def between(
        self, lane: Lane, at: int, span: tuple[int, int], direct: int, rides: int
    ) -> tuple[Journey, ...]:
        """Journeys that leave in the span after `at`."""
        ends = lane.access.near, lane.egress.near
        window = at + span[0], at + span[1]
        return self._raptor.in_range(*ends, window, direct=direct, max_rides=rides).journeys

    def spread(self, journey: Journey, at: int) -> int:
        """Seconds until arrival."""
        return journey.arrival - at


class Arriving:
    """Arrive by a time or earlier."""

    def __init__(self, view: "DayView") -> None:
        self._search = ArriveBy(view.tables, view.mirrored, MAX_RIDES)

    def front(self, lane: Lane, at: int, limit: int, rides: int) -> tuple[Journey, ...]:
        """Journeys that leave latest when arriving by `at`."""
        ends = lane.access.near, lane.egress.near
        since = max(at - limit, -UNREACHED)
        return self._search.latest(*ends, at, limit=since, max_rides=rides).journeys

    def between(
        self, lane: Lane, at: int, span: tuple[int, int], direct: int, rides: int
    ) -> tuple[Journey, ...]:
        """Journeys that arrive in the span before `at`."""
        ends = lane.access.near, lane.egress.near
        window = at - span[1] + 1, at - span[0]
        return self._search.in_range(*ends, window, direct=direct, max_rides=rides).journeys

    def spread(self, journey: Journey, at: int) -> int:
        """Seconds since departure."""
        return at - journey.departure


@dataclass(frozen=True)
class Horizon:
    """What all lanes of a query share."""

    at: int  # s
    window: int | None  # s; None: as far as it takes
    direct: int  # s of the walk all the way; UNREACHED where it is too far
    rides: int  # most of them


@dataclass(frozen=True)
class LaneSearch:
    """Searches lanes on one view of a day."""

    view: "DayView"
    direction: Direction
    horizon: Horizon
    assembler: Assembler
    asked: "Asked"

    def journeys(self, lane: Lane, enough: int) -> list[Journey]:
        """Return the Pareto set of a lane.

        Without an asked window the search goes on until there are `enough` journeys and the
        soonest ones (sooner than on foot) are among them, or for a day.
        """
        at, rides, direct = self.horizon.at, self.horizon.rides, self.horizon.direct
        if self.horizon.window is not None:
            span = (0, self.horizon.window)
            return list(self.direction.between(lane, at, span, direct, rides))
        soonest = self.direction.front(lane, at, FARTHEST, rides)
        wanted = [one for one in soonest if self.direction.spread(one, at) < direct]
        found: list[Journey] = []
        begin, end = 0, FIRST_WINDOW
        while soonest and begin < LONGEST:
            found += self.direction.between(lane, at, (begin, end), direct, rides)
            if len(found) >= enough and self._covers(found, wanted):
                break
            begin, end = end, min(2 * end, LONGEST)
        return found

    def _covers(self, found: list[Journey], wanted: list[Journey]) -> bool:
        """Whether each wanted journey was found, or one that is over as soon."""
        at, spread = self.horizon.at, self.direction.spread
        return all(
            any(
                spread(other, at) <= spread(one, at) and len(other.rides) <= len(one.rides)
                for other in found
            )
            for one in wanted
        )

    def itineraries(self, lane: Lane) -> list[Itinerary]:
        """Return the itineraries of a lane, without those of carriers that are off duty.

        When a carrier would come too early or too late, the lane is searched again without it.
        """
        calls = lane.access.carriers or lane.egress.carriers
        kept: list[Itinerary] = []
        while lane.access.ways.stop.size and lane.egress.ways.stop.size:
            off_access, off_egress = set[int](), set[int]()
            for journey in self.journeys(lane, 1 if calls else ENOUGH):
                if not self.view.allows(journey):
                    continue
                itinerary = self.assembler.itinerary(self.view, lane, journey)
                first, last = (self._is_off_duty(itinerary.legs[end]) for end in (0, -1))
                if first:
                    off_access.add(int(lane.access.ways.carrier[journey.access]))
                if last:
                    off_egress.add(int(lane.egress.ways.carrier[journey.egress]))
                if not (first or last):
                    kept.append(itinerary)
            if not (off_access or off_egress):
                break
            lane = Lane(lane.access.without(off_access), lane.egress.without(off_egress))
        return kept

    def _is_off_duty(self, leg: Leg) -> bool:
        return leg.carrier is not None and not self.is_on_duty(leg.carrier, leg.departure)

    def is_on_duty(self, carrier: Carrier, boarding: int) -> bool:
        """Whether a carrier takes passengers at a time."""
        return is_on_duty(self.asked.region, carrier, self.asked.clock.moment(boarding))
