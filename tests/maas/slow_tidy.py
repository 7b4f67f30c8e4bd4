"""Journeys with less walking over plain lists: what `routing.kernels.tidy` is held against."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from maas.itinerary import Lane
from routing.layout import place_in
from routing.raptor import Journey, Ride

if TYPE_CHECKING:
    from maas.feeders import Feeder
    from routing.layout import DayTables


def _soonest(feeder: "Feeder") -> dict[int, tuple[int, int]]:
    """Row and duration of the quickest way to each stop."""
    ways = list(enumerate(zip(*(column.tolist() for column in feeder.near), strict=True)))
    best: dict[int, tuple[int, int]] = {}
    for row, (stop, duration) in ways:
        if stop not in best or duration <= best[stop][1]:
            best[stop] = row, duration
    return best


@dataclass(frozen=True)
class _Calls:
    """Where and when a trip calls."""

    stop: list[int]
    arrival: list[int]
    departure: list[int]
    can_board: list[int]
    can_alight: list[int]

    @cached_property
    def boardings(self) -> dict[int, list[int]]:
        """Positions at which the trip can be boarded, by stop."""
        positions: dict[int, list[int]] = {}
        for position, stop in enumerate(self.stop):
            if self.can_board[position]:
                positions.setdefault(stop, []).append(position)
        return positions


@dataclass(frozen=True)
class SlowTidy:
    """Tidies the journeys of one lane."""

    tables: "DayTables"
    lane: Lane
    at: int  # s
    arrive_by: bool
    known_calls: dict[int, _Calls] = field(default_factory=dict)  # by trip
    known_walks: dict[int, dict[int, int]] = field(default_factory=dict)  # by stop

    def journey(self, journey: Journey) -> Journey:
        """Return the journey with less walking; itself where it cannot be had."""
        journey = self._boarded(self._alighted(journey))
        for place in range(len(journey.rides) - 1):
            journey = self._changed(journey, place)
        return journey

    def _calls(self, trip: int) -> _Calls:
        calls = self.known_calls.get(trip)
        if calls is None:
            calls = self.known_calls[trip] = self._read(trip)
        return calls

    def _read(self, trip: int) -> _Calls:
        patterns = self.tables.patterns
        pattern = place_in(patterns.first_trip_of_pattern, trip, "right") - 1
        first, end = patterns.first_position_of_pattern[pattern : pattern + 2].tolist()
        nth = trip - int(patterns.first_trip_of_pattern[pattern])
        event = int(patterns.first_event_of_pattern[pattern]) + nth * (end - first)
        events = slice(event, event + end - first)
        return _Calls(
            patterns.stop_of_position[first:end].tolist(),
            patterns.arrival[events].tolist(),
            patterns.departure[events].tolist(),
            patterns.can_board[first:end].tolist(),
            patterns.can_alight[first:end].tolist(),
        )

    def _boarded(self, journey: Journey) -> Journey:
        """Board the first trip where leaving time less walking is best."""
        ride = journey.rides[0]
        calls = self._calls(ride.trip)
        rows, ways = _soonest(self.lane.access), self.lane.access.ways
        soonest = journey.departure if self.arrive_by else self.at
        least = int(ways.ride[journey.access]) - journey.departure  # on foot, less the departure
        best = None
        for position in range(ride.alight):
            stop = calls.stop[position]
            if not calls.can_board[position] or stop not in rows:
                continue
            row, duration = rows[stop]
            departure = calls.departure[position] - duration
            if departure >= soonest and (cost := int(ways.ride[row]) - departure) < least:
                best, least = (position, departure, row), cost
        if best is None:
            return journey
        position, departure, row = best
        rides = (ride._replace(board=position), *journey.rides[1:])
        return journey._replace(departure=departure, rides=rides, access=row)

    def _alighted(self, journey: Journey) -> Journey:
        """Leave the last trip where arrival plus walking is least."""
        ride = journey.rides[-1]
        calls = self._calls(ride.trip)
        rows, ways = _soonest(self.lane.egress), self.lane.egress.ways
        latest = self.at if self.arrive_by else journey.arrival
        least = int(ways.ride[journey.egress]) + journey.arrival  # on foot, and the arrival
        best = None
        for position in range(ride.board + 1, len(calls.stop)):
            stop = calls.stop[position]
            if not calls.can_alight[position] or stop not in rows:
                continue
            row, duration = rows[stop]
            arrival = calls.arrival[position] + duration
            if arrival <= latest and (cost := int(ways.ride[row]) + arrival) < least:
                best, least = (position, arrival, row), cost
        if best is None:
            return journey
        position, arrival, row = best
        rides = (*journey.rides[:-1], ride._replace(alight=position))
        return journey._replace(arrival=arrival, rides=rides, egress=row)

    def _changed(self, journey: Journey, place: int) -> Journey:
        """Change between two rides with the shortest walk that is possible."""
        before, after = journey.rides[place], journey.rides[place + 1]
        first, second = self._calls(before.trip), self._calls(after.trip)
        now = self._walk(first.stop[before.alight], second.stop[after.board])
        if now == 0:
            return journey
        best = min(self._changes(before, after), default=(now, 0, 0))
        if best[0] >= now:
            return journey
        rides = list(journey.rides)
        rides[place] = before._replace(alight=best[1])
        rides[place + 1] = after._replace(board=best[2])
        return journey._replace(rides=tuple(rides))

    def _changes(self, before: Ride, after: Ride) -> Iterator[tuple[int, int, int]]:
        """Walk, position of alighting and of boarding of all changes that are possible."""
        first, second = self._calls(before.trip), self._calls(after.trip)
        last = second.departure[after.alight - 1]
        for alight in range(before.board + 1, len(first.stop)):
            if first.arrival[alight] > last:
                break  # too late, and so it is at all later stops
            if not first.can_alight[alight]:
                continue
            for walk, change, board in self._boardings(first.stop[alight], second, after.alight):
                if second.departure[board] >= first.arrival[alight] + change:
                    yield walk, alight, board

    def _boardings(self, stop: int, calls: _Calls, alight: int) -> Iterator[tuple[int, int, int]]:
        """Walk, time to change and position, where a trip can be boarded coming from a stop."""
        reach, boardings = self._walks(stop), calls.boardings
        for there in reach.keys() & boardings.keys():
            walk = change = reach[there]
            if there == stop:
                walk, change = 0, int(self.tables.footpaths.change_time[stop])
            for board in boardings[there]:
                if board < alight:
                    yield walk, change, board

    def _walks(self, stop: int) -> dict[int, int]:
        """Seconds to the stop itself and to those one footpath away."""
        reach = self.known_walks.get(stop)
        if reach is None:
            walks = self.tables.footpaths
            rows = slice(*walks.first_of_stop[stop : stop + 2].tolist())
            heads, durations = walks.head[rows][::-1].tolist(), walks.duration[rows][::-1].tolist()
            reach = dict(zip(heads, durations, strict=True))  # the shortest of several comes last
            reach[stop] = 0
            self.known_walks[stop] = reach
        return reach

    def _walk(self, stop: int, there: int) -> int:
        """Seconds on foot of a change."""
        return 0 if stop == there else self._walks(stop)[there]
