"""Checks load factors of segments and of lines: what is loaded over what there is room for."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from cargo.check_facts import Facts, Violation, length_of
from cargo.kpi_documents import LineLoad, LoadFactors
from cargo.model import LoadPlan, Manifest, SegmentLoad

UNITS = ("kg", "litres", "pieces")
ROUNDING = 1e-4  # four decimals; lengths are rounded to metres


class _Part(NamedTuple):
    sheet: Manifest
    row: SegmentLoad
    metres: float


def check_load_by_line(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of the load factors of segments, and of the figures of lines made of them."""
    parts: dict[str, list[_Part]] = defaultdict(list)
    for sheet in plan.trips:
        trip = facts.trip((sheet.trip_id, sheet.service_date, sheet.start_time))
        for row in sheet.segments:
            yield from _check_segment(sheet, row)
            if trip is not None:
                metres = length_of(trip, row.position, row.to_position)
                parts[sheet.line].append(_Part(sheet, row, max(1.0, metres)))
    if plan.kpis.separate.load_by_line:
        yield Violation("kpis", "separate: load_by_line speaks of lines, but none is used")
    stated = plan.kpis.mixed.load_by_line
    if stated is None:
        return
    if [line.line for line in stated] != sorted(parts):
        yield Violation("kpis", "mixed: load_by_line names other lines than carry goods")
        return
    for line in stated:
        yield from _check_line(line, parts[line.line])


def _shares(row: SegmentLoad) -> list[float | None]:
    """Load over room, in the order of `UNITS`."""
    loads, rooms = (row.kg, row.litres, row.pieces), (row.room_kg, row.room_litres, row.room_pieces)
    return [has / room if room else None for has, room in zip(loads, rooms, strict=True)]


def _check_segment(sheet: Manifest, row: SegmentLoad) -> Iterator[Violation]:
    if row.load_factor is not None and _differ(row.load_factor, _shares(row)):
        where = f"manifest of trip {sheet.trip_id} after position {row.position}"
        yield Violation("manifest", f"{where}: its load factors are {_shares(row)}")


def _check_line(line: LineLoad, parts: list[_Part]) -> Iterator[Violation]:
    where, sheet = f"mixed: load_by_line of '{line.line}'", parts[0].sheet
    if (line.line_name, line.mode) != (sheet.line_name, sheet.mode):
        yield Violation("name", f"{where}: it is {sheet.mode} '{sheet.line_name}'")
    runs = {(one.sheet.trip_id, one.sheet.service_date, one.sheet.start_time) for one in parts}
    if (line.trips, line.segments) != (len(runs), len(parts)):
        yield Violation("kpis", f"{where}: {len(parts)} segments of {len(runs)} trips carry goods")
    means: list[float | None] = []
    highest: list[float | None] = []
    for unit in range(len(UNITS)):
        known = [
            (share, one.metres) for one in parts if (share := _shares(one.row)[unit]) is not None
        ]
        metres = sum(length for _, length in known)
        means.append(sum(share * length for share, length in known) / metres if known else None)
        highest.append(max(share for share, _ in known) if known else None)
    for name, told, found in (("mean", line.mean, means), ("highest", line.highest, highest)):
        if _differ(told, found):
            yield Violation("kpis", f"{where}: {name} is {dict(zip(UNITS, found, strict=True))}")


def _differ(stated: LoadFactors, found: list[float | None]) -> bool:
    """Whether some share is another one."""
    pairs = zip((stated.kg, stated.litres, stated.pieces), found, strict=True)
    return any(
        (one is None) != (other is None)
        or (one is not None and other is not None and abs(one - other) > ROUNDING)
        for one, other in pairs
    )
