"""What is used of each trip segment; the capacity itself belongs to the region."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from cargo.json_text import parse_json
from maas.errors import MaasError


class SegmentKey(NamedTuple):
    """One hop of one run of a trip, under names that outlive a rebuild of the region."""

    trip_id: str  # feed:trip_id
    service_date: date
    start_time: int  # s after the base instant of the service date; tells frequency runs apart
    position: int  # the hop leaves the stop at this index of the trip's stop sequence


class Amount(NamedTuple):
    """What a booking takes of a segment, or what a segment has."""

    seats: int = 0
    kg: int = 0
    litres: int = 0
    pieces: int = 0

    def plus(self, other: "Amount") -> "Amount":
        """Sum field by field."""
        return Amount(*(a + b for a, b in zip(self, other, strict=True)))

    def fits_into(self, room: "Amount") -> bool:
        """Whether no field exceeds that of `room`."""
        return all(a <= b for a, b in zip(self, room, strict=True))


class LedgerFileError(MaasError, ValueError):
    """A ledger file is not what `Ledger.save` writes."""


@dataclass(frozen=True)
class Ledger:
    """An immutable snapshot of all used amounts, and of which classes of goods they are."""

    used: Mapping[SegmentKey, Amount] = field(default_factory=dict)
    version: int = 0
    goods: Mapping[SegmentKey, Mapping[str, int]] = field(default_factory=dict)  # pieces by class

    def __iter__(self) -> Iterator[tuple[SegmentKey, Amount]]:
        return iter(self.used.items())

    def on(self, key: SegmentKey) -> Amount:
        """Used amount of a segment, zero where nothing is booked."""
        return self.used.get(key, Amount())

    def adding(self, holds: Mapping[SegmentKey, Amount]) -> "Ledger":
        """Return the next snapshot, with `holds` used as well."""
        used = dict(self.used)
        for key, amount in holds.items():
            used[key] = self.on(key).plus(amount)
        return Ledger(used, self.version + 1, self.goods)

    def goods_on(self, key: SegmentKey) -> frozenset[str]:
        """Classes of goods that are booked on a segment."""
        return frozenset(self.goods.get(key, ()))

    def save(self, path: Path) -> None:
        """Write the snapshot as JSON, whole or not at all."""
        rows = [
            {
                "trip_id": key.trip_id,
                "service_date": key.service_date.isoformat(),
                "start_time": key.start_time,
                "position": key.position,
                **amount._asdict(),
                **({"goods": dict(self.goods[key])} if key in self.goods else {}),
            }
            for key, amount in self
        ]
        draft = path.with_name(path.name + ".part")
        draft.write_text(json.dumps({"version": self.version, "used": rows}, indent=1))
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Ledger":
        """Read a snapshot that `save` wrote.

        Raises
        ------
        LedgerFileError
            If the file is missing, no JSON, or a row lacks a field.
        """
        try:
            document = parse_json(path.read_bytes())
            rows = [(_key_of(row), row) for row in document["used"]]
            used = {key: Amount(*(int(row[name]) for name in Amount._fields)) for key, row in rows}
            goods = {
                key: {str(name): int(pieces) for name, pieces in row["goods"].items()}
                for key, row in rows
                if row.get("goods")
            }
            return cls(used, int(document["version"]), goods)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            msg = f"{path} is not a ledger file: {error!r}; name one that `Ledger.save` wrote"
            raise LedgerFileError(msg) from error


def _key_of(row: Mapping[str, Any]) -> SegmentKey:
    return SegmentKey(
        row["trip_id"],
        date.fromisoformat(row["service_date"]),
        int(row["start_time"]),
        int(row["position"]),
    )
