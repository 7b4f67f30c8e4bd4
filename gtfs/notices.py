"""What was odd about a feed but could be repaired or left out: counted, the first ones kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT = 5  # notices of one code whose details are kept


class Notice(NamedTuple):
    """One oddity and what was done about it."""

    code: str
    feed: str
    file: str
    row: int  # line of the file, the header is 1; 0 where no single row is meant
    field: str
    value: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}" if self.row else self.file
        named = f", {self.field} '{self.value}'" if self.field else ""
        return f"feed '{self.feed}': {place}{named}: {self.message} [{self.code}]"


@dataclass
class Notices:
    """Collects the notices of one feed."""

    feed: str
    counts: Counter[str] = field(default_factory=Counter)
    kept: list[Notice] = field(default_factory=list)

    def __iter__(self) -> Iterator[Notice]:
        return iter(self.kept)

    def wants(self, code: str) -> int:
        """How many more notices of `code` would be kept with their details."""
        return max(0, KEPT - self.counts[code])

    def add(self, code: str, file: str, message: str, *, count: int = 1) -> None:
        """Count an oddity of a whole file."""
        if self.wants(code):
            self.kept.append(Notice(code, self.feed, file, 0, "", "", message))
        self.counts[code] += count

    def add_rows(
        self,
        code: str,
        file: str,
        column: str,
        message: str,
        samples: Sequence[tuple[int, str]],
        count: int,
    ) -> None:
        """Count `count` odd rows of which `samples` are the first (row, value) pairs."""
        for row, value in samples[: self.wants(code)]:
            self.kept.append(Notice(code, self.feed, file, row, column, value, message))
        self.counts[code] += count

    def summary(self) -> list[dict[str, object]]:
        """Return one entry a code: how often, and the first ones in full."""
        return [
            {
                "feed": self.feed,
                "code": code,
                "count": count,
                "examples": [str(notice) for notice in self.kept if notice.code == code],
            }
            for code, count in sorted(self.counts.items())
        ]
