"""Searches of one query: ways at both ends make lanes, searched as far as they must be."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from maas.access import is_on_duty
from maas.assembly import Assembler
from maas.feeders import Feeder
from maas.itinerary import Itinerary, Lane
from maas.planner_choice import Outline, Rivals
from routing.layout import NONE
from routing.raptor import Journey

if TYPE_CHECKING:
    from maas.itinerary import Asked
    from maas.planner_directions import Direction
    from maas.planner_view import View

FIRST_WINDOW = 7_200  # s
LONGEST = 86_400  # s; nothing is searched beyond, but for the soonest journeys
FARTHEST = 2 * LONGEST  # s; the day's tables end with the next service date
ENOUGH = 4  # journeys on foot and by line; after the first window no more are looked for
_NOBODY: tuple[Set[int], Set[int]] = frozenset(), frozenset()


@dataclass(frozen=True)
class Horizon:
    """What all lanes of a query share."""

    at: int  # s
    span: tuple[int, int] | None  # s away from `at`; None: as far as it takes
    direct: int  # s of the walk all the way; UNREACHED where it is too far
    rides: int  # most of them


@dataclass(frozen=True)
class LaneSearch:
    """Searches lanes on one view of a day."""

    view: "View"
    direction: "Direction"
    opposite: "Callable[[], Direction]"
    horizon: Horizon
    assembler: Assembler
    asked: "Asked"
    reach: list[int] = field(default_factory=list)  # s away from `at` that lanes were searched
    is_brief: bool = False  # whether a few journeys are enough

    def journeys(self, lane: Lane) -> list[Journey]:
        """Return the Pareto set of a lane.

        Without an asked window these are the journeys of a first window, and then one after another
        until there are `ENOUGH`; the soonest ones are among them. Where a vehicle is called these
        are enough, as far as they are over sooner than the walk; where the search is brief, those
        of the first window, if it holds any.
        """
        if self._rides(lane) < 1:
            return []
        if self.horizon.span is not None:
            return self._between(lane, self.horizon.span)
        limit = min(FARTHEST, self.horizon.direct)
        if _is_called(lane):
            found = self._soonest(lane, 0, limit)
        else:
            at, direct, rides = self.horizon.at, self.horizon.direct, self._rides(lane)
            window = FARTHEST, FIRST_WINDOW, direct, rides
            front, found = map(list, self.direction.first_window(lane, at, *window))
            if not self.is_brief:
                return self._onward(lane, front, found)
            if found:
                self.reach.append(FIRST_WINDOW)
                return found
            front = [one for one in front if self.direction.spread(one, at) < limit]
            found = self._begun_last(lane, front, 0, ())
        self.reach.extend(map(self._away, found))
        return found

    def _onward(self, lane: Lane, front: Sequence[Journey], found: list[Journey]) -> list[Journey]:
        """Journeys from the soonest ones on, until there are enough.

        Those that the search of the first window `found` need no search of their own for the one
        that begins last. Where the walk is quicker than the soonest, a window is searched that is
        as long as the time before it.
        """
        soonest = self._begun_last(lane, front, 0, found)
        begin = max(FIRST_WINDOW, min(map(self._away, soonest), default=LONGEST))
        while soonest:
            quick = [one for one in soonest if self._is_quick(one)]
            known = {_outline(one) for one in found}
            found += [one for one in quick if _outline(one) not in known]
            begin = max(begin, 1 + min(map(self._away, soonest)))
            if len(found) >= ENOUGH or begin >= LONGEST:
                break
            if not quick:
                end = min(2 * begin, LONGEST)
                found += self._between(lane, (begin, end))
                begin = end
            soonest = self._soonest(lane, begin, FARTHEST)
            soonest = [one for one in soonest if self._away(one) < LONGEST]
        self.reach.append(min(begin, LONGEST))
        return found

    def _between(self, lane: Lane, span: tuple[int, int]) -> list[Journey]:
        at, direct = self.horizon.at, self.horizon.direct
        return list(self.direction.between(lane, at, span, direct, self._rides(lane)))

    def _rides(self, lane: Lane) -> int:
        """Most rides on lines: a vehicle at an end takes the place of one."""
        return self.horizon.rides - vehicles_at_ends(lane)

    def _soonest(self, lane: Lane, away: int, limit: int) -> list[Journey]:
        """Journeys over as soon as those of a front, for each the one that begins last."""
        at, rides = self.direction.moved(self.horizon.at, away), self._rides(lane)
        return list(self.direction.soonest(self.opposite(), lane, at, limit - away, rides))

    def _begun_last(
        self, lane: Lane, front: Sequence[Journey], away: int, known: Sequence[Journey]
    ) -> list[Journey]:
        """Of the journeys that are over as soon as those of a front, the ones that begin last.

        They may be `known`: of all that are over at a time after so many rides, the Pareto set of a
        window has the one that begins last, if it begins in the window.
        """
        at = self.direction.moved(self.horizon.at, away)
        over = {self._over(one): one for one in known}
        return [over.get(self._over(one)) or self._without_waiting(lane, one, at) for one in front]

    def _over(self, journey: Journey) -> tuple[int, int]:
        """When a journey is over, and after how many rides."""
        return self.direction.far_end(journey), len(journey.rides)

    def _without_waiting(self, lane: Lane, journey: Journey, at: int) -> Journey:
        """Return the one that is over as soon, with as many rides, and begins last."""
        far, n_rides = self._over(journey)
        limit = self.direction.spread(journey, at) + 1
        return self.opposite().front(lane, far, limit, n_rides)[-1]

    def _is_quick(self, journey: Journey) -> bool:
        """Whether a journey takes less time than the walk all the way."""
        return journey.arrival - journey.departure < self.horizon.direct

    def _away(self, journey: Journey) -> int:
        return self.direction.away(journey, self.horizon.at)

    def itineraries(self, lane: Lane, rivals: Rivals) -> list[Itinerary]:
        """Return the itineraries of a lane, without those of carriers that are off duty.

        When a carrier would come too early or too late, the lane is searched again without it.
        What the `rivals` make useless is left out.
        """
        kept: list[Itinerary] = []
        while lane.access.ways.stop.size and lane.egress.ways.stop.size:
            found = self.journeys(lane)
            journeys = [journey for journey in found if self.view.allows(journey)]
            if not journeys:
                break
            served = _on_foot(lane, journeys)
            served, off = self._duties(served) if _is_called(lane) else (served, _NOBODY)
            kept += [
                self.assembler.itinerary(self.view, way, journey)
                for way, journey in served
                if self._is_worthwhile(way, journey, rivals)
            ]
            if not any(off):
                break
            lane = Lane(lane.access.without(off[0]), lane.egress.without(off[1]))
        return kept

    def _duties(
        self, journeys: list[tuple[Lane, Journey]]
    ) -> tuple[list[tuple[Lane, Journey]], tuple[Set[int], Set[int]]]:
        """Journeys that are served, and the carriers of access and egress that are off duty."""
        off: tuple[set[int], set[int]] = set(), set()
        served = []
        for lane, journey in journeys:
            absent = (
                self._absent(lane.access, journey.access, _leaves(lane, journey)),
                self._absent(lane.egress, journey.egress, _last_leg(lane, journey)),
            )
            if absent == (NONE, NONE):
                served.append((lane, journey))
                continue
            for carriers, carrier in zip(off, absent, strict=True):
                if carrier != NONE:
                    carriers.add(carrier)
        return served, off

    def _absent(self, feeder: Feeder, row: int, boarding: int) -> int:
        """Carrier of a way that takes nobody at that time, or NONE."""
        if not feeder.carriers:
            return NONE
        carrier = feeder.ways.carrier.item(row)
        if feeder.kerbs is not None:
            boarding += feeder.on_foot(row)[0]
        served = is_on_duty(self.asked.region, feeder.carriers[carrier], self.asked.clock, boarding)
        return NONE if served else carrier

    def _is_worthwhile(self, lane: Lane, journey: Journey, rivals: Rivals) -> bool:
        """Whether a journey is worth pricing."""
        leaves, calls, cost = _leaves(lane, journey), _is_called(lane), 0
        if calls:
            cost += self._price(lane.access, journey.access, leaves)
            cost += self._price(lane.egress, journey.egress, _last_leg(lane, journey))
        transfers = len(journey.rides) - 1 + vehicles_at_ends(lane)
        outline = Outline(leaves, journey.arrival, transfers, cost)
        if rivals.rule_out(outline, calls=calls):
            return False
        if not self.is_brief:  # what is left out here has a part in what is looked for next
            return True
        rides = self.assembler.rides(self.view, journey)
        if self.assembler.has_made(rides, lane, journey):
            return False
        cost += self.assembler.fare(rides)
        return not rivals.rule_out(outline._replace(cost=cost), calls=calls)

    def _price(self, feeder: Feeder, row: int, boarding: int) -> int:
        """Price for the party of a way to or from a stop; nothing where nobody charges."""
        if not feeder.carriers:
            return 0
        distance_m = feeder.ways.distance_m.item(row)
        if feeder.kerbs is not None:
            boarding += feeder.on_foot(row)[0]
        return self.assembler.carrier_price(feeder.carrier(row), distance_m, boarding) or 0


def vehicles_at_ends(lane: Lane) -> int:
    """How many ways of a lane are ridden, each of which counts as a vehicle changed."""
    return (lane.access.mode != "walk") + (lane.egress.mode != "walk")


def _is_called(lane: Lane) -> bool:
    """Whether a vehicle of a lane comes for the travellers."""
    return bool(lane.access.carriers or lane.egress.carriers)


def _on_foot(lane: Lane, journeys: Sequence[Journey]) -> list[tuple[Lane, Journey]]:
    """Walk to or from a stop where no vehicle that is called would be there sooner."""
    if lane.access.walk is None and lane.egress.walk is None:
        return [(lane, journey) for journey in journeys]
    lanes: dict[tuple[bool, bool], Lane] = {}
    found = []
    for called in journeys:
        journey, access, egress = called, lane.access, lane.egress
        if access.walk is not None and (row := access.row_on_foot(called.access)) is not None:
            sooner = int(access.near.duration[called.access] - access.walk.ways.ride[row])
            journey = journey._replace(departure=journey.departure + sooner, access=row)
            access = access.walk
        if egress.walk is not None and (row := egress.row_on_foot(called.egress)) is not None:
            sooner = int(egress.near.duration[called.egress] - egress.walk.ways.ride[row])
            journey = journey._replace(arrival=journey.arrival - sooner, egress=row)
            egress = egress.walk
        key = access is lane.access, egress is lane.egress
        usual = lane if all(key) else Lane(access, egress)
        found.append((lanes.setdefault(key, usual), journey))
    return found


def _outline(journey: Journey) -> tuple[int, int, int]:
    """Criteria of a journey."""
    return journey.departure, journey.arrival, len(journey.rides)


def _leaves(lane: Lane, journey: Journey) -> int:
    """Time of leaving the door, s; a journey begins with the call."""
    return journey.departure + lane.access.ways.wait.item(journey.access)


def _last_leg(lane: Lane, journey: Journey) -> int:
    """Time at which the egress begins to move, s."""
    return journey.arrival - lane.egress.ways.ride.item(journey.egress)
