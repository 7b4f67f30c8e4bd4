"""Transfer rules for certain lines and trips: which one holds for a change, and what it asks for.

Of the rules that fit, the most specific one holds: two trips, a trip and a line, one trip, two
lines, one line; among equals the one that names the stops themselves, not their stations. Where
none fits, the rules of `gtfs.footpaths` and the walks between stops stand.

References
----------
.. [1] GTFS Schedule Reference, transfers.txt, "Specificity of a transfer".
"""

from collections import defaultdict
from itertools import product
from typing import NamedTuple

from gtfs.timetable import Timetable
from routing.layout import NONE, UNREACHED

_TIMED, _MINIMUM, _FORBIDDEN, _MOST = 1, 2, 3, 3


class TransferRule(NamedTuple):
    """One rule for lines or trips; `NONE` stands for any."""

    from_stop: int
    to_stop: int
    from_line: int
    to_line: int
    from_trip: int
    to_trip: int
    kind: int  # GTFS transfer_type 0..3
    min_time: int  # s or NONE

    @property
    def specificity(self) -> int:
        """Rank of the rule among those that fit: trips count most, then lines."""
        ends = ((self.from_trip, self.from_line), (self.to_trip, self.to_line))
        ranks = sorted(2 if trip != NONE else int(line != NONE) for trip, line in ends)
        return {(2, 2): 5, (1, 2): 4, (0, 2): 3, (1, 1): 2}.get((ranks[0], ranks[1]), 1)

    def fits(self, before: tuple[int, int], after: tuple[int, int]) -> bool:
        """Whether it holds for a change between two rides, each given as (line, trip)."""
        wanted = (self.from_line, self.from_trip, self.to_line, self.to_trip)
        return all(w in (NONE, is_) for w, is_ in zip(wanted, (*before, *after), strict=True))

    def seconds(self, default: int) -> int:
        """Seconds that the change takes; `UNREACHED` where it is forbidden.

        Parameters
        ----------
        default
            What it takes without this rule.
        """
        if self.kind == _FORBIDDEN:
            return UNREACHED
        if self.kind == _TIMED:
            return 0 if self.min_time == NONE else self.min_time
        if self.kind == _MINIMUM and self.min_time != NONE:
            return self.min_time
        return default


class TransferRules:
    """All rules for lines and trips of a timetable."""

    def __init__(self, timetable: Timetable) -> None:
        self._parent = timetable.stops.parent
        self._line_of_trip = timetable.trips.line
        self._of_stops: defaultdict[tuple[int, int], list[TransferRule]] = defaultdict(list)
        table = timetable.transfers
        chosen = table.is_specific & (table.kind <= _MOST)
        self.rules = tuple(
            TransferRule(*row)
            for row in zip(*(column[chosen].tolist() for column in table), strict=True)
        )
        for rule in self.rules:
            self._of_stops[rule.from_stop, rule.to_stop].append(rule)

    def __bool__(self) -> bool:
        return bool(self.rules)

    def rule(self, stops: tuple[int, int], trips: tuple[int, int]) -> TransferRule | None:
        """Return the rule that holds for a change from one trip to another, if there is one."""
        before, after = ((int(self._line_of_trip[trip]), trip) for trip in trips)
        best, most = None, 0
        for ends in product(*(self._names(stop) for stop in stops)):  # the stops themselves first
            for rule in self._of_stops.get((ends[0], ends[1]), ()):
                if rule.specificity > most and rule.fits(before, after):
                    best, most = rule, rule.specificity
        return best

    def allows(self, stops: tuple[int, int], trips: tuple[int, int], seconds: int) -> bool:
        """Whether a change of so many seconds, which the stops allow, keeps to these rules."""
        rule = self.rule(stops, trips)
        return rule is None or seconds >= rule.seconds(0)

    def _names(self, stop: int) -> list[int]:
        """Return a stop and the stations above it."""
        names = [stop]
        while len(names) < 3 and (above := int(self._parent[names[-1]])) != NONE:
            names.append(above)
        return names
