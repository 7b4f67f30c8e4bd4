"""Where the trips of a day follow one another: in-seat transfers, blocks, kept connections."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from gtfs.day import Day
from gtfs.timetable import Timetable
from gtfs.transfer_rules import TransferRule, TransferRules
from gtfs.transfers import IN_SEAT, NOT_IN_SEAT
from routing.geo import beeline_m
from routing.layout import NONE, UNREACHED, BoolArray, Float64Array, Int32Array, Int64Array

LONGEST_WAIT = 3_600  # s between two trips that follow one another
_SAME_PLACE_M = 250.0  # between the last stop of a trip and the first of the next one of its block
_TURN_M = 500.0  # a trip that ends so near to where the one before began only goes back


class Seam(NamedTuple):
    """Where one day trip goes on as another, or waits for it."""

    before: int  # day trip
    leave: int  # position
    after: int  # day trip
    enter: int  # position
    is_seated: bool


def seams_of(timetable: Timetable, day: Day, rules: TransferRules) -> list[Seam]:
    """Return all seams of a day; none is listed twice."""
    ends = _Ends(timetable, day)
    linked = list(_by_transfers(timetable, day, ends))
    found = [*linked, *_by_blocks(timetable, ends, linked)]
    if rules:
        found += _Connections(timetable, day, rules).seams()
    return list(dict.fromkeys(found))


class _Ends:
    """First and last stops and times of the day trips; cut trips have no end of their own."""

    def __init__(self, timetable: Timetable, day: Day) -> None:
        patterns = day.tables.patterns
        n_trips = np.diff(patterns.first_trip_of_pattern)
        length = np.diff(patterns.first_position_of_pattern)
        pattern = np.repeat(np.arange(n_trips.size), n_trips)
        nth = np.arange(day.trip.size) - patterns.first_trip_of_pattern[pattern]
        event = patterns.first_event_of_pattern[pattern] + nth * length[pattern]
        first = patterns.first_position_of_pattern[pattern]
        self.length: Int64Array = length[pattern]
        self.first_stop: Int32Array = patterns.stop_of_position[first]
        self.last_stop: Int32Array = patterns.stop_of_position[first + self.length - 1]
        self.departs: Int32Array = patterns.departure[event]
        self.arrives: Int32Array = patterns.arrival[event + self.length - 1]
        whole = np.diff(timetable.trips.first_stop_time)[day.trip]
        self.from_start: BoolArray = day.first_position == 0
        self.to_end: BoolArray = day.first_position + self.length == whole
        self.trip = day.trip
        self.service_day = day.service_day

    def seam(self, before: int, after: int) -> Seam:
        """The seam of two day trips in one vehicle."""
        return Seam(before, int(self.length[before]) - 1, after, 0, is_seated=True)

    def can_follow(self, before: Int64Array, after: Int64Array) -> BoolArray:
        """Whether `after` leaves when `before` has come, and neither is cut there."""
        wait = self.departs[after] - self.arrives[before]
        whole = self.to_end[before] & self.from_start[after]
        follows: BoolArray = whole & (wait >= 0) & (wait <= LONGEST_WAIT)
        return follows


def _by_transfers(timetable: Timetable, day: Day, ends: _Ends) -> Iterator[Seam]:
    """Seams of in-seat transfers; of several runs of the next trip the soonest."""
    table = timetable.transfers
    rows = np.flatnonzero(table.kind == IN_SEAT)
    if rows.size == 0:
        return
    runs: defaultdict[int, list[int]] = defaultdict(list)
    for day_trip in np.flatnonzero(np.isin(day.trip, table.to_trip[rows])).tolist():
        runs[int(day.trip[day_trip])].append(day_trip)
    followers: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for row in rows.tolist():
        to = int(table.to_trip[row])
        followers[int(table.from_trip[row]), timetable.trips.id[to]] += runs[to]
    for (trip, _), of_trip in followers.items():
        follower = np.array(of_trip, np.int64)
        for before in np.flatnonzero(day.trip == trip).tolist():
            able = follower[ends.can_follow(np.full(follower.size, before), follower)]
            if able.size:
                yield ends.seam(before, int(able[np.argmin(ends.departs[able])]))


def _by_blocks(timetable: Timetable, ends: _Ends, linked: Sequence[Seam]) -> Iterator[Seam]:
    """Seams of neighbours in a block, but for vehicles whose way in-seat transfers tell."""
    block = timetable.trips.block[ends.trip]
    rows = np.flatnonzero(block != NONE)
    if rows.size == 0:
        return
    rows = rows[np.lexsort((ends.departs[rows], block[rows], ends.service_day[rows]))]
    before, after = rows[:-1], rows[1:]
    joined = (block[before] == block[after]) & (ends.service_day[before] == ends.service_day[after])
    joined &= ends.can_follow(before, after)
    before, after = before[joined], after[joined]
    goes_on = _is_same_place(timetable, ends.last_stop[before], ends.first_stop[after])
    goes_on &= ~_turns_round(timetable, ends, before, after)
    table = timetable.transfers
    told = table.kind == NOT_IN_SEAT
    apart = set(zip(table.from_trip[told].tolist(), table.to_trip[told].tolist(), strict=True))
    goes_on &= ~np.isin(before, [seam.before for seam in linked])
    goes_on &= ~np.isin(after, [seam.after for seam in linked])
    for one, other in zip(before[goes_on].tolist(), after[goes_on].tolist(), strict=True):
        if (int(ends.trip[one]), int(ends.trip[other])) not in apart:
            yield ends.seam(one, other)


def _is_same_place(timetable: Timetable, stop: Int32Array, other: Int32Array) -> BoolArray:
    """Whether two stops are one, of one station, or near each other."""
    parent = timetable.stops.parent
    station = (parent[stop] == parent[other]) & (parent[stop] != NONE)
    near = _metres(timetable, stop, other) <= _SAME_PLACE_M
    together: BoolArray = np.logical_or(near | station, stop == other)
    return together


def _turns_round(
    timetable: Timetable, ends: _Ends, before: Int64Array, after: Int64Array
) -> BoolArray:
    """Whether the next trip goes back to where the one before began; rings never do."""
    back = _metres(timetable, ends.last_stop[after], ends.first_stop[before])
    ring = _metres(timetable, ends.last_stop[before], ends.first_stop[before])
    turns: BoolArray = (back <= _TURN_M) & ~(ring <= _TURN_M)
    return turns


def _metres(timetable: Timetable, stop: Int32Array, other: Int32Array) -> Float64Array:
    stops = timetable.stops
    metres: Float64Array = beeline_m(
        stops.lon[stop], stops.lat[stop], stops.lon[other], stops.lat[other]
    )
    return metres


class _Event(NamedTuple):
    """A call of a day trip."""

    time: int
    day_trip: int
    position: int
    stop: int
    pattern: int


class _Connections:
    """Changes that rules for lines and trips make quicker than the stops allow."""

    def __init__(self, timetable: Timetable, day: Day, rules: TransferRules) -> None:
        self._timetable = timetable
        self._day = day
        self._rules = rules
        parent = timetable.stops.parent
        self._children: defaultdict[int, list[int]] = defaultdict(list)
        for stop in np.flatnonzero(parent != NONE).tolist():
            self._children[int(parent[stop])].append(stop)
        self._runs: defaultdict[int, list[int]] = defaultdict(list)
        for day_trip, row in enumerate(day.trip.tolist()):
            self._runs[row].append(day_trip)

    def seams(self) -> Iterator[Seam]:
        """Seams of every rule that shortens a change."""
        for rule in self._rules.rules:
            runs = all(t == NONE or t in self._runs for t in (rule.from_trip, rule.to_trip))
            if runs and rule.seconds(UNREACHED) < UNREACHED:
                yield from self._of_rule(rule)

    def _of_rule(self, rule: TransferRule) -> Iterator[Seam]:
        arrivals = self._events(rule.from_stop, (rule.from_line, rule.from_trip), leaving=False)
        departures = sorted(self._events(rule.to_stop, (rule.to_line, rule.to_trip), leaving=True))
        trip = self._day.trip
        for come in arrivals if departures else ():
            taken: set[int] = set()  # patterns; their later trips are no better
            least = come.time + rule.seconds(UNREACHED)
            for go in departures[bisect_left(departures, (least,)) :]:
                if go.time >= come.time + LONGEST_WAIT:
                    break
                is_possible_anyway = go.time >= come.time + self._default(come.stop, go.stop)
                if is_possible_anyway or go.pattern in taken or go.day_trip == come.day_trip:
                    continue
                pair = (int(trip[come.day_trip]), int(trip[go.day_trip]))
                if self._rules.rule((come.stop, go.stop), pair) == rule:
                    taken.add(go.pattern)
                    yield Seam(
                        come.day_trip, come.position, go.day_trip, go.position, is_seated=False
                    )

    def _default(self, stop: int, other: int) -> int:
        """Seconds of the change without rules for lines and trips."""
        walks = self._day.tables.footpaths
        if stop == other:
            return int(walks.change_time[stop])
        rows = slice(*walks.first_of_stop[stop : stop + 2].tolist())
        found = walks.duration[rows][walks.head[rows] == other]
        return int(found.min()) if found.size else UNREACHED

    def _events(self, stop: int, who: tuple[int, int], *, leaving: bool) -> list[_Event]:
        """Calls at a stop or below a station where one may get on (or off)."""
        below = self._children.get(stop, [])
        stops = [stop, *below, *(leaf for one in below for leaf in self._children.get(one, []))]
        return [event for one in stops for event in self._calls(one, who, leaving=leaving)]

    def _calls(self, stop: int, who: tuple[int, int], *, leaving: bool) -> Iterator[_Event]:
        """Calls of a line, a trip or all (`NONE`) at a stop."""
        line, trip = who
        if trip != NONE:
            chosen = self._runs[trip]
        elif line != NONE:
            of_line = self._timetable.trips.line[self._day.trip] == line
            chosen = np.flatnonzero(of_line).tolist()
        else:
            chosen = list(range(self._day.trip.size))
        patterns = self._day.tables.patterns
        allowed = patterns.can_board if leaving else patterns.can_alight
        for day_trip in chosen:
            pattern = self._day.pattern_of(day_trip)
            first, end = patterns.first_position_of_pattern[pattern : pattern + 2].tolist()
            here = patterns.stop_of_position[first:end] == stop
            for position in np.flatnonzero(here & (allowed[first:end] != 0)).tolist():
                time = int(self._day.times(day_trip)[leaving][position])
                yield _Event(time, day_trip, position, stop, pattern)
