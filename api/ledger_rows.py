"""Used amounts as the store writes them: fields, changes, and snapshots made of them."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from maas.bookings import Claim
from maas.ledger import Amount, Ledger, SegmentKey

Row = tuple[SegmentKey, str, int, int]  # segment, resource, asked, capacity

GOODS = "goods:"  # begins the names of resources that count pieces of a class
ENDLESS = 2**31


class Held(NamedTuple):
    """What a booking holds of one segment."""

    key: SegmentKey
    amount: Amount
    goods: str = ""  # class


def merged(claims: Iterable[Claim]) -> list[Claim]:
    """Sum claims on one segment, so that each segment is checked once."""
    by_key: dict[SegmentKey, Claim] = {}
    for claim in claims:
        before = by_key[claim.key].amount if claim.key in by_key else Amount()
        by_key[claim.key] = claim._replace(amount=claim.amount.plus(before))
    return list(by_key.values())


def rows_of(claim: Claim) -> list[Row]:
    """Resources of a claim that are asked for; goods kept apart have no room beside each other."""
    resources = zip(Amount._fields, claim.amount, claim.capacity, strict=True)
    rows = [(claim.key, resource, asked, room) for resource, asked, room in resources if asked]
    pieces = claim.amount.pieces
    others = sorted(claim.apart - {claim.goods})
    rows += [(claim.key, goods_resource(name), 0, 0) for name in others]
    if claim.goods and pieces:
        room = pieces if claim.goods in claim.apart else ENDLESS
        rows.append((claim.key, goods_resource(claim.goods), pieces, room))
    return rows


def goods_resource(name: str) -> str:
    """Resource that counts the pieces of a class of goods."""
    return GOODS + quote(name, safe="")


def field_of(key: SegmentKey, resource: str) -> str:
    """Name of a used amount within its service date; the trip's id may hold any sign."""
    return f"{key.start_time}|{key.position}|{resource}|{key.trip_id}"


def change_of(claim: Claim) -> list[str | int]:
    """Row of the stream of changes."""
    key, goods = claim.key, [claim.goods] if claim.goods else []
    day = key.service_date.isoformat()
    return [key.trip_id, day, key.start_time, key.position, *claim.amount, *goods]


def read_change(row: list[Any]) -> Held:
    """Undo `change_of`; rows of goods without a class end before it."""
    trip_id, day, start_time, position, *rest = row
    key = SegmentKey(trip_id, date.fromisoformat(day), start_time, position)
    n = len(Amount._fields)
    return Held(key, Amount(*rest[:n]), *rest[n:])


def fields_of(held: Held) -> list[tuple[str, int]]:
    """Names of the used amounts that something holds, and how much of each."""
    taken = [(name, amount) for name, amount in held.amount._asdict().items() if amount]
    if held.goods and held.amount.pieces:
        taken.append((goods_resource(held.goods), held.amount.pieces))
    return [(field_of(held.key, resource), amount) for resource, amount in taken]


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
    used, goods = dict(ledger.used), {key: dict(some) for key, some in ledger.goods.items()}
    for _, entry in entries:
        sign = int(entry["sign"])
        for key, amount, name in map(read_change, json.loads(entry["changes"])):
            now = used.pop(key, Amount()).plus(Amount(*(sign * taken for taken in amount)))
            now = Amount(*(max(taken, 0) for taken in now))  # as free.lua does
            if any(now):
                used[key] = now
            if name:
                _count(goods, key, name, sign * amount.pieces)
    return Ledger(used, int(entries[-1][0].split("-")[0]), goods)


def _count(
    goods: dict[SegmentKey, dict[str, int]], key: SegmentKey, name: str, pieces: int
) -> None:
    """Add pieces of a class; what is not there any more is left out."""
    some = goods.setdefault(key, {})
    some[name] = some.get(name, 0) + pieces
    if some[name] <= 0:
        del some[name]
    if not some:
        del goods[key]


def ledger_of(dates: list[str], tables: list[dict[str, str]], version: int) -> Ledger:
    """A snapshot from the tables of all dates."""
    used: dict[SegmentKey, Amount] = {}
    goods: dict[SegmentKey, dict[str, int]] = {}
    for day, table in zip(dates, tables, strict=True):
        for field, value in table.items():
            start_time, position, resource, trip_id = field.split("|", 3)
            key = SegmentKey(trip_id, date.fromisoformat(day), int(start_time), int(position))
            if resource.startswith(GOODS):
                _count(goods, key, unquote(resource.removeprefix(GOODS)), int(value))
                continue
            taken = Amount(**{resource: int(value)})
            used[key] = used.get(key, Amount()).plus(taken)
    return Ledger(used, version, goods)
