"""What every benchmark has: rows of CPU time, notes on what was left out, one table, one JSON file.

A benchmark is a module of this package with `NAME`, `SUMMARY` and `run(quick) -> Report`. It
measures our program and the installed peers in one run, taking turns, by CPU time: the machine may
be busy with other work, so seconds on the wall say little.
"""

import importlib
import importlib.util
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

OURS = "ours"
NAMES = ("startup", "journeys", "freight", "import", "realtime", "road", "parcels", "joint")

Fact = int | float | str
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Row:
    """One program on one case."""

    case: str
    program: str
    seconds: tuple[float, ...]  # CPU s, one per repeat or per query
    facts: Mapping[str, Fact] = field(default_factory=dict)  # sizes, work counters, quality
    reference: str | None = OURS  # program of the same case that the ratio is to

    @property
    def median(self) -> float:
        """Median CPU time, s."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """CPU time that 95 of 100 samples do not exceed, s."""
        return sorted(self.seconds)[max(0, -(-95 * len(self.seconds) // 100) - 1)]


@dataclass
class Report:
    """Everything one benchmark found."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what was left out or replaced, and why
    packages: set[str] = field(default_factory=set)  # distributions whose versions matter

    def ratio(self, row: Row) -> float | None:
        """Median of `row` over that of its reference, where both are known."""
        for other in self.rows:
            if (other.case, other.program) == (row.case, row.reference) and other is not row:
                return row.median / other.median if other.median else None
        return None


class Benchmark(Protocol):
    """The module that a benchmark is."""

    NAME: str
    SUMMARY: str

    def run(self, quick: bool, region: Path) -> Report:
        """Measure; a quick run ends within a minute. `region` is a region file."""


def load(name: str) -> Benchmark:
    """Import the benchmark with that name."""
    file = {"import": "import_feeds"}.get(name, name)  # a keyword names no module
    module: Any = importlib.import_module(f"benchmarks.{file}")
    found: Benchmark = module
    return found


def installed(report: Report, distribution: str, module: str) -> bool:
    """Whether a peer can be imported; if not, the report says that it was left out."""
    if importlib.util.find_spec(module) is None:
        report.notes.append(f"{distribution} is not installed and was left out (make setup-bench)")
        return False
    report.packages.add(distribution)
    return True


def outside_data() -> Path | None:
    """Real feeds, roads and instances beside the checkout, if they are there."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("MAAS_TEST_DATA", beside))
    return folder if folder.is_dir() else None


def interleaved(
    programs: Mapping[str, Callable[[_Item], object]], items: Iterable[_Item], block: int = 1
) -> dict[str, tuple[float, ...]]:
    """CPU time of each program on each item.

    Programs take turns and the one that begins changes, so that noise of the machine falls on all
    of them alike. A turn is a block of items: with one item, each program finds what the others
    left in the caches; with many, what it left itself, as a program that runs alone would.
    """
    names = list(programs)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn, batch in enumerate(_blocks(items, block)):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            program = programs[name]
            for item in batch:
                started = time.process_time_ns()
                program(item)
                seconds[name].append((time.process_time_ns() - started) / 1e9)
    return {name: tuple(times) for name, times in seconds.items()}


def _blocks(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    left = iter(items)
    while block := list(islice(left, size)):
        yield block


def spread(items: Sequence[_Item], n: int) -> list[_Item]:
    """`n` items of a sequence, evenly from its whole length; all when it is no longer than that."""
    if len(items) <= n:
        return list(items)
    return [items[i * len(items) // n] for i in range(n)]
