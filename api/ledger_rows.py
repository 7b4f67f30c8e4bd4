"""Used amounts as the store writes them: fields, changes, and snapshots made of them."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from maas.bookings import Claim
from maas.ledger import Amount, Ledger, SegmentKey

Row = tuple[SegmentKey, str, int, int]  # segment, resource, asked, capacity


def merged(claims: Iterable[Claim]) -> list[Claim]:
    """Sum claims on one segment, so that each segment is checked once."""
    by_key: dict[SegmentKey, Claim] = {}
    for claim in claims:
        before = by_key[claim.key].amount if claim.key in by_key else Amount()
        by_key[claim.key] = claim._replace(amount=claim.amount.plus(before))
    return list(by_key.values())


def rows_of(claim: Claim) -> list[Row]:
    """Resources of a claim that are asked for."""
    resources = zip(Amount._fields, claim.amount, claim.capacity, strict=True)
    return [(claim.key, resource, asked, room) for resource, asked, room in resources if asked]


def field_of(key: SegmentKey, resource: str) -> str:
    """Name of a used amount within its service date; the trip's id may hold any sign."""
    return f"{key.start_time}|{key.position}|{resource}|{key.trip_id}"


def change_of(key: SegmentKey, amount: Amount) -> list[str | int]:
    """Row of the stream of changes."""
    return [key.trip_id, key.service_date.isoformat(), key.start_time, key.position, *amount]


def read_change(row: list[Any]) -> tuple[SegmentKey, Amount]:
    """Undo `change_of`."""
    trip_id, day, start_time, position, *amount = row
    return SegmentKey(trip_id, date.fromisoformat(day), start_time, position), Amount(*amount)


def shortages(rows: list[Row], facts: list[str]) -> list[dict[str, object]]:
    """Describe what is short, from the pairs (row, used) that the script returned."""
    short = []
    for row, used in zip(facts[::2], facts[1::2], strict=True):
        key, resource, asked, room = rows[int(row)]
        short.append(
            {
                "trip_id": key.trip_id,
                "service_date": key.service_date.isoformat(),
                "position": key.position,
                "resource": resource,
                "asked": asked,
                "left": max(room - int(used), 0),
            }
        )
    return short


def applied(ledger: Ledger, entries: list[tuple[str, dict[str, str]]]) -> Ledger:
    """Return the snapshot after some changes."""
    used = dict(ledger.used)
    for _, entry in entries:
        sign = int(entry["sign"])
        for key, amount in map(read_change, json.loads(entry["changes"])):
            now = used.pop(key, Amount()).plus(Amount(*(sign * taken for taken in amount)))
            now = Amount(*(max(taken, 0) for taken in now))  # as free.lua does
            if any(now):
                used[key] = now
    return Ledger(used, int(entries[-1][0].split("-")[0]))


def used_of(dates: list[str], tables: list[dict[str, str]]) -> dict[SegmentKey, Amount]:
    """Used amounts by segment, from the tables of all dates."""
    used: dict[SegmentKey, Amount] = {}
    for day, table in zip(dates, tables, strict=True):
        for field, value in table.items():
            start_time, position, resource, trip_id = field.split("|", 3)
            key = SegmentKey(trip_id, date.fromisoformat(day), int(start_time), int(position))
            taken = Amount(**{resource: int(value)})
            used[key] = used.get(key, Amount()).plus(taken)
    return used
