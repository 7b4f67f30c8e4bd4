"""The two directions of a search: from a time on, or back from it."""

from typing import TYPE_CHECKING, Protocol

from maas.feeders import Feeder
from maas.itinerary import Lane
from maas.journey_query import MAX_RIDES
from routing.layout import UNREACHED, BoolArray
from routing.mirror import ArriveBy
from routing.raptor import Found, Journey, Raptor

if TYPE_CHECKING:
    from maas.planner_view import View
    from routing.bounds import LowerBounds


class Direction(Protocol):
    """A search from a time on, or back from a time; spans count away from it."""

    def front(self, lane: Lane, at: int, limit: int, rides: int) -> tuple[Journey, ...]:
        """Journeys that are over soonest for so many rides, within `limit` s."""

    def soonest(
        self, opposite: "Direction", lane: Lane, at: int, limit: int, rides: int
    ) -> tuple[Journey, ...]:
        """As `front`, each journey the one that begins last of those over as soon."""

    def first_window(
        self, lane: Lane, at: int, limit: int, length: int, direct: int, rides: int
    ) -> tuple[tuple[Journey, ...], tuple[Journey, ...]]:
        """Journeys over soonest, and those `between` the first of them and the end of a window."""

    @property
    def raptor(self) -> Raptor:
        """The search itself, on tables that are mirrored where it goes back."""

    def turned(self, found: Found) -> tuple[Journey, ...]:
        """Journeys that a search on the tables of this direction found."""

    def between(
        self, lane: Lane, at: int, span: tuple[int, int], direct: int, rides: int
    ) -> tuple[Journey, ...]:
        """Journeys that begin (or end) in the half-open span of seconds from `at`."""

    def spread(self, journey: Journey, at: int) -> int:
        """Seconds from `at` to the far end of a journey."""

    def far_end(self, journey: Journey) -> int:
        """Time of the end of a journey that lies away from the asked time."""

    def away(self, journey: Journey, at: int) -> int:
        """Seconds from `at` to the near end of a journey."""

    def moved(self, at: int, seconds: int) -> int:
        """Time that lies so many seconds away from a time."""

    def reach(self, feeder: Feeder, at: int) -> BoolArray:
        """Which stops ways at the near end and lines lead to, (n_stops,)."""


class Leaving:
    """Leave at a time or later."""

    def __init__(self, view: "View", bounds: "LowerBounds | None" = None) -> None:
        self.raptor = Raptor(view.tables, MAX_RIDES, bounds)

    def front(self, lane: Lane, at: int, limit: int, rides: int) -> tuple[Journey, ...]:
        """Journeys that arrive soonest when leaving at `at`."""
        ends = lane.access.near, lane.egress.near
        until = min(at + limit, UNREACHED)
        return self.raptor.earliest(*ends, at, limit=until, max_rides=rides).journeys

    def soonest(
        self, opposite: Direction, lane: Lane, at: int, limit: int, rides: int
    ) -> tuple[Journey, ...]:
        """Journeys that arrive soonest when leaving at `at` or later; they leave last."""
        ends, until = (lane.access.near, lane.egress.near), min(at + limit, UNREACHED)
        found = self.raptor.soonest(opposite.raptor, *ends, at, limit=until, max_rides=rides)
        return opposite.turned(found)

    def first_window(
        self, lane: Lane, at: int, limit: int, length: int, direct: int, rides: int
    ) -> tuple[tuple[Journey, ...], tuple[Journey, ...]]:
        """Journeys that arrive soonest, and those leaving from the first of them on."""
        ends, times = (lane.access.near, lane.egress.near), (at, at + length)
        until = min(at + limit, UNREACHED)
        front, found = self.raptor.first_window(
            *ends, *times, limit=until, direct=direct, max_rides=rides
        )
        return front.journeys, found.journeys

    def turned(self, found: Found) -> tuple[Journey, ...]:
        """Journeys as they were found."""
        return found.journeys

    def between(
        self, lane: Lane, at: int, span: tuple[int, int], direct: int, rides: int
    ) -> tuple[Journey, ...]:
        """Journeys that leave in the span after `at`."""
        ends = lane.access.near, lane.egress.near
        window = at + span[0], at + span[1]
        return self.raptor.in_range(*ends, window, direct=direct, max_rides=rides).journeys

    def spread(self, journey: Journey, at: int) -> int:
        """Seconds until arrival."""
        return journey.arrival - at

    def far_end(self, journey: Journey) -> int:
        """Time of arrival."""
        return journey.arrival

    def away(self, journey: Journey, at: int) -> int:
        """Seconds until departure."""
        return journey.departure - at

    def moved(self, at: int, seconds: int) -> int:
        """Later time."""
        return at + seconds

    def reach(self, feeder: Feeder, at: int) -> BoolArray:
        """Which stops can be reached from an origin."""
        reached: BoolArray = self.raptor.one_to_all(feeder.near, at) < UNREACHED
        return reached


class Arriving:
    """Arrive by a time or earlier."""

    def __init__(self, view: "View", bounds: "LowerBounds | None" = None) -> None:
        self._search = ArriveBy(view.tables, view.mirrored, MAX_RIDES, bounds)

    def front(self, lane: Lane, at: int, limit: int, rides: int) -> tuple[Journey, ...]:
        """Journeys that leave latest when arriving by `at`."""
        ends = lane.access.near, lane.egress.near
        since = max(at - limit, -UNREACHED)
        return self._search.latest(*ends, at, limit=since, max_rides=rides).journeys

    def soonest(
        self, opposite: Direction, lane: Lane, at: int, limit: int, rides: int
    ) -> tuple[Journey, ...]:
        """Journeys that leave latest when arriving by `at`; they arrive first."""
        ends, until = (lane.egress.near, lane.access.near), min(limit - at, UNREACHED)
        found = self.raptor.soonest(opposite.raptor, *ends, -at, limit=until, max_rides=rides)
        return opposite.turned(found)

    def first_window(
        self, lane: Lane, at: int, limit: int, length: int, direct: int, rides: int
    ) -> tuple[tuple[Journey, ...], tuple[Journey, ...]]:
        """Journeys that leave latest, and those arriving from the last of them back."""
        ends, times = (lane.egress.near, lane.access.near), (-at, length - at)
        until = min(limit - at, UNREACHED)
        front, found = self.raptor.first_window(
            *ends, *times, limit=until, direct=direct, max_rides=rides
        )
        return self.turned(front), self.turned(found)

    @property
    def raptor(self) -> Raptor:
        """Search on the mirrored tables."""
        return self._search.raptor

    def turned(self, found: Found) -> tuple[Journey, ...]:
        """Journeys on the mirrored tables mapped back."""
        return self._search.turned(found).journeys

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

    def far_end(self, journey: Journey) -> int:
        """Time of departure."""
        return journey.departure

    def away(self, journey: Journey, at: int) -> int:
        """Seconds since arrival."""
        return at - journey.arrival

    def moved(self, at: int, seconds: int) -> int:
        """Earlier time."""
        return at - seconds

    def reach(self, feeder: Feeder, at: int) -> BoolArray:
        """From which stops a destination can be reached."""
        leading: BoolArray = self._search.all_to_one(feeder.near, at) > -UNREACHED
        return leading
