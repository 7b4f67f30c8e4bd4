"""Transfers between the trips of a day: made once per set of active trips, mapped from a folder."""

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from routing.arrays import open_table, save_table
from routing.errors import InvalidTableError
from routing.kernels import trip_transfers as kernels
from routing.kernels.trip_parts import Transfers
from routing.layout import (
    NONE,
    UNREACHED,
    DayTables,
    Int32Array,
    Int64Array,
    Patterns,
    UInt32Array,
    first_of,
    frozen,
)

_FIRST_ROOM = 1 << 20  # transfers
_TRANSFER_BITS = 32
_NEVER = 2**31 - 1  # above every label
_FORMAT = b"trip transfers 1"


class ReductionWork(NamedTuple):
    """What the reduction did; the same on every machine."""

    candidates: int  # ways between positions of patterns
    first_trips: int  # transfers to the earliest trip that no other one covers
    exits_checked: int
    walks: int


def make_transfers(tables: DayTables) -> tuple[Transfers, ReductionWork]:
    """Make and reduce the transfers between the trips of a day.

    Raises
    ------
    InvalidTableError
        If trips and their positions cannot be counted in 32 bits.
    """
    bits = _position_bits(tables)
    counts = np.empty(tables.n_patterns, np.int32)
    kernels.count_candidates(tables, counts)
    most = counts.astype(np.int64) * np.diff(tables.patterns.first_trip_of_pattern)
    n_events = tables.patterns.arrival.size
    firsts = np.zeros(n_events + 1, np.int32), np.zeros(n_events + 1, np.int32)
    counters = np.zeros(len(ReductionWork._fields), np.int64)
    scratch = _scratch(tables, int(counts.max(initial=0)))
    room = np.empty(0, np.uint32), np.empty(0, np.uint32)
    written = np.zeros(2, np.int64)
    pattern = 0
    while pattern < tables.n_patterns:
        size = max(2 * room[0].size, int(written.max() + most[pattern]), _FIRST_ROOM)
        room = _longer(room[0], size), _longer(room[1], size)
        pattern = kernels.reduce_patterns(
            tables, pattern, bits, written, room, firsts, scratch, counters
        )
    kept = []
    for kind in (kernels.ONWARD, kernels.LAST):
        firsts[kind][-1] = written[kind]
        kept.append(frozen(room[kind][: written[kind]], np.uint32))
    return _transfers(tables, kept, firsts, bits), ReductionWork(*counters.tolist())


def _longer(values: UInt32Array, size: int) -> UInt32Array:
    """Copy with room for more."""
    longer = np.empty(size, np.uint32)
    longer[: values.size] = values
    return longer


def _position_bits(tables: DayTables) -> int:
    """Bits that a position takes beside its trip."""
    length = np.diff(tables.patterns.first_position_of_pattern)
    bits = int(length.max(initial=1)).bit_length()
    if bits + tables.n_trips.bit_length() > _TRANSFER_BITS:
        msg = (
            f"{tables.n_trips} trips of up to {length.max()} stops are too many for Trip-Based "
            "tables; search this day with RAPTOR"
        )
        raise InvalidTableError(msg)
    return bits


def _scratch(tables: DayTables, n_candidates: int) -> kernels.ReduceScratch:
    patterns = tables.patterns
    longest = int(np.diff(patterns.first_position_of_pattern).max(initial=1))
    most_trips = int(np.diff(patterns.first_trip_of_pattern).max(initial=0))
    changes = tables.footpaths.change_time, tables.footpaths.duration
    longest_change = max(int(d[d < UNREACHED].max(initial=0)) for d in changes)
    span = int(patterns.arrival.max(initial=0)) - int(patterns.arrival.min(initial=0))
    return kernels.ReduceScratch(
        arrived=np.full(tables.n_stops, _NEVER, np.int32),
        ready=np.full(tables.n_stops, _NEVER, np.int32),
        boarded=np.full(patterns.stop_of_position.size, _NEVER, np.int32),
        candidate=np.empty((n_candidates, 5), np.int32),
        kept=np.empty((2, n_candidates), np.uint32),
        end_of_kept=np.zeros((2, longest + 1), np.int32),
        stamp=np.array([0, span + longest_change + 1, most_trips + 1], np.int64),
    )


def _transfers(
    tables: DayTables, kept: list[UInt32Array], firsts: tuple[Int32Array, Int32Array], bits: int
) -> Transfers:
    """Lay the tables out as queries read them."""
    patterns = tables.patterns
    length = np.diff(patterns.first_position_of_pattern)
    pattern = frozen(np.repeat(np.arange(length.size), np.diff(patterns.first_trip_of_pattern)))
    nth = np.arange(pattern.size) - patterns.first_trip_of_pattern[pattern]
    trip = np.stack(
        [
            patterns.first_event_of_pattern[pattern] + nth * length[pattern],
            pattern,
            length[pattern] - 1,
            patterns.first_trip_of_pattern[pattern + 1],
        ],
        axis=1,
    )
    owner = np.repeat(np.arange(length.size), length)
    position = np.arange(owner.size) - patterns.first_position_of_pattern[owner]
    exits = np.flatnonzero((position > 0) & (patterns.can_alight != 0))
    exits = exits[np.argsort(patterns.stop_of_position[exits], kind="stable")]
    last, first_last = kept[kernels.LAST], frozen(firsts[kernels.LAST])
    return Transfers(
        event=frozen(np.stack([np.append(patterns.arrival, 0), firsts[kernels.ONWARD]], axis=1)),
        transfer=kept[kernels.ONWARD],
        first_last_transfer=first_last,
        last_transfer=last,
        trip=frozen(trip),
        position_bits=frozen([bits]),
        first_exit_of_stop=first_of(patterns.stop_of_position[exits], tables.n_stops),
        pattern_of_exit=frozen(owner[exits]),
        position_of_exit=frozen(position[exits]),
        **_feeders(patterns, last, first_last, pattern, bits),
    )


def _feeders(
    patterns: Patterns, last: UInt32Array, first_last: Int32Array, pattern: Int32Array, bits: int
) -> dict[str, Int32Array]:
    """From which patterns a last transfer leads to each pattern."""
    n_patterns = patterns.first_trip_of_pattern.size - 1

    def visit(count: Int64Array, feeder: Int32Array) -> None:
        seen = np.full(n_patterns, NONE, np.int32)
        kernels.feeders(patterns, last, first_last, pattern, bits, seen, count, feeder)

    count = np.zeros(n_patterns, np.int64)
    visit(count, np.empty(0, np.int32))
    ends = np.cumsum(count)
    feeder = np.empty(int(count.sum()), np.int32)
    if feeder.size:
        visit(ends - count, feeder)
    return {"first_feeder_of_pattern": frozen(np.append(0, ends)), "feeder": frozen(feeder)}


def stored_transfers(tables: DayTables, folder: Path) -> Transfers:
    """Map the transfers of a day from a folder; make and keep them there first where they are not.

    They are filed by a hash of the tables, so two dates with the same trips share them, and tables
    that changed in any way (a delay, another walk) never meet those of before.
    """
    place = folder / tables_key(tables)
    if not place.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
        try:
            save_table(draft, "transfers", make_transfers(tables)[0])
            draft.rename(place)
        except OSError:
            if not place.is_dir():  # else another process was first, with the same bytes
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return open_table(place, "transfers", Transfers)


def tables_key(tables: DayTables) -> str:
    """Name of a set of active trips and walks: a hash of all that a search reads."""
    digest = hashlib.blake2b(_FORMAT, digest_size=16)
    for table in (tables.patterns, tables.footpaths):
        for column in table:
            digest.update(str(column.size).encode() + b":")
            digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()
