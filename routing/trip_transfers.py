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
from routing.kernels.trip_based import Transfers
from routing.layout import DayTables, Int32Array, first_of, frozen

_FIRST_ROOM = 1 << 20  # transfers
_TRANSFER_BITS = 32
_FORMAT = b"trip transfers 1"


class ReductionWork(NamedTuple):
    """What the reduction did; the same on every machine."""

    candidates: int  # ways between positions of patterns
    first_trips: int  # transfers to the earliest trip that no other one covers
    exits_checked: int


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
    first = np.empty(tables.patterns.arrival.size + 1, np.int32)
    counters = np.zeros(len(ReductionWork._fields), np.int64)
    scratch = _scratch(tables, int(counts.max(initial=0)))
    room = np.empty(_FIRST_ROOM, np.uint32)
    pattern = n_written = 0
    while pattern < tables.n_patterns:
        pattern, n_written = kernels.reduce_patterns(
            tables, pattern, tables.n_patterns, bits, n_written, room, first, scratch, counters
        )
        if pattern < tables.n_patterns:
            room = np.append(room, np.empty(room.size, np.uint32))
    first[-1] = n_written
    return _transfers(tables, room[:n_written], first, bits), ReductionWork(*counters.tolist())


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
    span = int(patterns.arrival.max(initial=0)) - int(patterns.arrival.min(initial=0))
    return kernels.ReduceScratch(
        arrived=np.full(tables.n_stops, 2**31 - 1, np.int32),
        boarded=np.full(patterns.stop_of_position.size, 2**31 - 1, np.int32),
        candidate=np.empty((n_candidates, 5), np.int32),
        kept=np.empty(n_candidates, np.uint32),
        end_of_kept=np.zeros(longest + 1, np.int32),
        stamp=np.array([0, span + 1, most_trips + 1], np.int64),
    )


def _transfers(tables: DayTables, transfer: object, first: Int32Array, bits: int) -> Transfers:
    """Lay the tables out as queries read them."""
    patterns = tables.patterns
    length = np.diff(patterns.first_position_of_pattern)
    n_trips = np.diff(patterns.first_trip_of_pattern)
    pattern = np.repeat(np.arange(length.size), n_trips)
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
    return Transfers(
        event=frozen(np.stack([np.append(patterns.arrival, 0), first], axis=1)),
        transfer=frozen(transfer, np.uint32),  # type: ignore[arg-type]
        trip=frozen(trip),
        position_bits=frozen([bits]),
        first_exit_of_stop=first_of(patterns.stop_of_position[exits], tables.n_stops),
        pattern_of_exit=frozen(owner[exits]),
        position_of_exit=frozen(position[exits]),
    )


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
