"""Rides that go on: in the same vehicle as another trip, or by a connection that is kept.

A *through trip* is a second row of a day's tables for two or three trips that follow one another.
It is boarded on the first of them and left on a later one, so a search that knows nothing of it
rides on without a change; the trips themselves stay as they are. They follow one another

* in one vehicle: by an in-seat transfer (type 4), or as neighbours in a block that begin where the
  one before ended, within an hour, unless type 5 forbids it. A vehicle that only turns round is
  left out: nobody stays on to go back;
* by a change for which a rule for these lines or trips asks for less time than the stops do (the
  vehicle waits, or the platforms face each other).

A day keeps its own trips (`gtfs.day.Day`): bookings, loads and realtime speak of those.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from gtfs.day import Day, grouped
from gtfs.pieces import Pieces
from gtfs.realtime.overlay import overlaid
from gtfs.seams import Seam, seams_of
from gtfs.timetable import Timetable
from gtfs.transfer_rules import TransferRules
from routing.kernels import timetable_patterns as kernels
from routing.layout import BoolArray, DayTables, Int32Array, Patterns, frozen


class Part(NamedTuple):
    """A part of a ride: what is ridden of one day trip."""

    day_trip: int
    board: int  # position
    alight: int
    is_seated: bool = False  # the vehicle of the part before goes on as this trip


class ThroughTables(NamedTuple):
    """Tables of a day with its through trips, which come after all others."""

    tables: DayTables
    n_plain: int  # day trips; those from here on are through trips
    first_part: Int32Array  # (n_through + 1,) part
    day_trip: Int32Array  # (n_parts,) day trip that a part is of
    first_position: Int32Array  # (n_parts,) of that day trip where the part begins
    length: Int32Array  # (n_parts,) positions
    is_seated: BoolArray  # (n_parts,) whether the part is reached without a change

    def parts(self, trip: int, board: int, alight: int) -> list[Part]:
        """Return what a ride on a row of `tables` rides of the day's own trips."""
        if trip < self.n_plain:
            return [Part(trip, board, alight)]
        found: list[Part] = []
        start = 0
        rows = range(*self.first_part[trip - self.n_plain : trip - self.n_plain + 2].tolist())
        for row in rows:
            first, length = int(self.first_position[row]), int(self.length[row])
            begin, end = max(board - start, 0), min(alight - start, length - 1)
            start += length
            if begin < end:
                seated = bool(self.is_seated[row]) and bool(found)
                found.append(Part(int(self.day_trip[row]), first + begin, first + end, seated))
        return found

    def kept(self, keep: BoolArray) -> BoolArray:
        """Extend a choice of the day's trips to through trips: all their parts must be chosen."""
        if self.n_through == 0:
            return keep
        whole = np.logical_and.reduceat(keep[self.day_trip], self.first_part[:-1])
        return np.concatenate([keep, whole])

    @property
    def n_through(self) -> int:
        """Number of through trips."""
        return self.first_part.size - 1


def through_tables(timetable: Timetable, day: Day, rules: TransferRules) -> ThroughTables:
    """Add through trips to the tables of a day, by its own times (realtime included)."""
    chains = _chains(seams_of(timetable, day, rules))
    if not chains:
        none = frozen(np.zeros(0))
        return ThroughTables(
            day.tables, day.trip.size, frozen([0]), none, none, none, np.zeros(0, np.bool_)
        )
    rows = _rows(day, chains)
    pieces, more = grouped(rows.times, rows.pieces, day.tables.n_stops)
    keep = np.ones(day.trip.size, np.bool_)
    tables = DayTables(overlaid(day.tables.patterns, keep, more), day.tables.footpaths)
    order = pieces.trip.tolist()
    parts = [part for chain in order for part in rows.parts[chain]]
    counts = [len(rows.parts[chain]) for chain in order]
    day_trip, first_position, length, seated = np.array(parts, np.int64).T
    return ThroughTables(
        tables=tables,
        n_plain=day.trip.size,
        first_part=frozen(np.concatenate([[0], np.cumsum(counts)])),
        day_trip=frozen(day_trip),
        first_position=frozen(first_position),
        length=frozen(length),
        is_seated=seated == 1,
    )


def _chains(seams: list[Seam]) -> list[tuple[Seam, ...]]:
    """One seam each, with the in-seat ones that follow it."""
    after: defaultdict[int, list[Seam]] = defaultdict(list)
    for seam in seams:
        if seam.is_seated:
            after[seam.before].append(seam)
    chains: list[tuple[Seam, ...]] = []
    for seam in seams:
        following = after.get(seam.after, []) if seam.is_seated else []
        chains += [(seam, other) for other in following] or [(seam,)]
    return chains


class _Rows(NamedTuple):
    """Stop times of through trips, and the parts that they are made of."""

    times: kernels.Times
    pieces: Pieces
    parts: list[list[tuple[int, int, int, int]]]  # day trip, first position, length, seated


def _rows(day: Day, chains: list[tuple[Seam, ...]]) -> _Rows:
    """Put the stop times of the trips of each chain behind one another."""
    columns: list[list[Int32Array]] = [[] for _ in kernels.Times._fields]
    parts: list[list[tuple[int, int, int, int]]] = []
    length = []
    for chain in chains:
        of_chain = _parts(day, chain)
        parts.append(of_chain)
        length.append(sum(part[2] for part in of_chain))
        for nth, part in enumerate(of_chain):
            last = nth == len(of_chain) - 1
            for column, values in zip(columns, _calls(day, part, nth, is_last=last), strict=True):
                column.append(values)
    n = len(chains)
    ends = np.concatenate([[0], np.cumsum(length)])
    zero = np.zeros(n)
    times = kernels.Times(
        *(
            frozen(np.concatenate(column), np.uint8 if name in {"pickup", "drop_off"} else np.int32)
            for name, column in zip(kernels.Times._fields, columns, strict=True)
        )
    )
    made = (np.arange(n), zero, zero, zero, ends[:-1], length)
    return _Rows(times, Pieces(*(frozen(column) for column in made)), parts)


def _parts(day: Day, chain: tuple[Seam, ...]) -> list[tuple[int, int, int, int]]:
    """Day trip, first position, length and whether one stays seated, of each trip of a chain."""
    parts = [(chain[0].before, 0, chain[0].leave + 1, 0)]
    for nth, seam in enumerate(chain):
        goes_on = nth + 1 < len(chain)
        end = chain[nth + 1].leave + 1 if goes_on else day.stops(seam.after).size
        parts.append((seam.after, seam.enter, end - seam.enter, int(seam.is_seated)))
    return parts


def _calls(
    day: Day, part: tuple[int, int, int, int], nth: int, *, is_last: bool
) -> tuple[Int32Array, Int32Array, Int32Array, Int32Array, Int32Array]:
    """Stop, arrival, departure, pickup and drop-off of a part; nobody changes at its seams."""
    day_trip, first, length, _ = part
    span = slice(first, first + length)
    arrival, departure = (np.array(times[span]) for times in day.times(day_trip))
    if nth > 0:
        arrival[0] = departure[0]
    if not is_last:
        departure[-1] = arrival[-1]
    can_board, can_alight = _permissions(day.tables.patterns, day.pattern_of(day_trip))
    closed = np.ones(length, np.int32)
    pickup = closed - can_board[span] if nth == 0 else closed
    drop_off = closed - can_alight[span] if nth > 0 else closed
    if nth > 0:
        drop_off[0] = 1
    if nth == 0:
        pickup[-1] = 1
    return day.stops(day_trip)[span], arrival, departure, pickup, drop_off


def _permissions(patterns: Patterns, pattern: int) -> tuple[Int32Array, Int32Array]:
    """Where one may get on and off along a pattern."""
    first, end = patterns.first_position_of_pattern[pattern : pattern + 2]
    board, alight = patterns.can_board[first:end], patterns.can_alight[first:end]
    return board.astype(np.int32), alight.astype(np.int32)
