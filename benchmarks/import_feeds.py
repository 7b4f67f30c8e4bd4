"""Every feed of the outside data, read as a build reads it; `docs/feeds.md` is made of it.

`python -m benchmarks import` prints the figures; `python -m benchmarks.import_feeds FILE` reads all
feeds and writes the table in Markdown.
"""

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import import_big
from benchmarks.harness import OURS, Fact, Report, Row, outside_data, spread
from benchmarks.machine import commit
from benchmarks.regions import SHIPPED

NAME = "import"
SUMMARY = "reading each feed of the corpus: CPU, sizes, what was odd, what is refused and why"

_QUICK = 12  # feeds of a quick run
_BIG = 1 << 18  # bytes; such feeds are not among them


def run(quick: bool, region: Path) -> Report:  # noqa: ARG001
    """Read the feeds that are shipped and those of the outside data; a few in a quick run."""
    report = Report(packages={"polars"})
    _facts(SHIPPED.parent / "gtfs" / "ferry.zip")  # imports and compiles outside of the clock
    _read(report, SHIPPED.parent, quick)
    folder = outside_data()
    if folder is None:
        report.notes.append("the outside data is not there (MAAS_TEST_DATA)")
    else:
        _read(report, folder / "gtfs", quick)
        if not quick:
            import_big.add_rows(report, folder / "gtfs" / "big")
    return report


def _read(report: Report, root: Path, quick: bool) -> None:
    """Read the feeds in the folders of `root`."""
    feeds = sorted(root.glob("*/*.zip"))
    if quick:
        feeds = spread([path for path in feeds if path.stat().st_size < _BIG], _QUICK)
    report.rows.extend(_row(root, path) for path in feeds)


def _row(root: Path, path: Path) -> Row:
    from gtfs.errors import GtfsError

    started = time.process_time_ns()
    try:
        facts = _facts(path)
    except GtfsError as error:
        facts = {"refused": str(error)}
    seconds = (time.process_time_ns() - started) / 1e9
    return Row(str(path.relative_to(root).with_suffix("")), OURS, (seconds,), facts, None)


def _facts(path: Path) -> dict[str, Fact]:
    """Sizes of a feed; raises if it cannot be used."""
    from gtfs.read import open_feed
    from gtfs.timetable import build_timetable

    feed = open_feed(path, "feed")
    timetable = build_timetable([feed], "Asia/Tokyo")
    (info,) = timetable.feeds
    return {
        "publisher": info.publisher,
        "from": info.first_date.isoformat(),
        "to": info.last_date.isoformat(),
        "stops": len(timetable.stops.id),
        "lines": len(timetable.lines.id),
        "trips": len(timetable.trips.id),
        "stop_times": int(timetable.stop_times.stop.size),
        "fares": len(timetable.fares.id),
        "odd": ", ".join(f"{code} × {n}" for code, n in sorted(feed.notices.counts.items())),
    }


_COLUMNS = ("stops", "lines", "trips", "stop_times", "fares")


def markdown(rows: Sequence[Row]) -> str:
    """The table of `docs/feeds.md`."""
    today = datetime.now(UTC).date().isoformat()
    refused = [row for row in rows if "refused" in row.facts]
    lines = [
        "# Feeds that are read",
        "",
        f"Made by `python -m benchmarks.import_feeds docs/feeds.md` on {today}, commit {commit()}:",
        f"{len(rows)} feeds, of which {len(refused)} are refused with a reason.",
        "The feeds lie outside of the project. CPU is that of one reading, from the zip to tables.",
        "Trips count each run of a frequency; what is odd is counted by notice code",
        "(`maas validate FEED` shows the rows).",
        "",
        "| feed | publisher | from | to | " + " | ".join(_COLUMNS) + " | CPU s | odd |",
        "|---|---|---|---|--:|--:|--:|--:|--:|--:|---|",
        *(_line(row) for row in rows if "refused" not in row.facts),
        "",
        "## Refused",
        "",
        "| feed | reason |",
        "|---|---|",
        *(f"| {row.case} | {_cell(row.facts['refused'])} |" for row in refused),
        *_uses(),
    ]
    return "\n".join(lines) + "\n"


def _uses() -> list[str]:
    """What becomes of each file of the standard, and of what is not used."""
    from gtfs.uses import NOT_USED, USES

    def unused(file: str) -> str:
        parts = NOT_USED.get(file, {}).items()
        return "; ".join(f"{names or 'all of it'} ({gives})" for names, gives in parts)

    files = [*USES, *(file for file in NOT_USED if file not in USES)]
    return [
        "",
        "## What is read of GTFS and GTFS-JP",
        "",
        "`maas info DIR --warnings` and `maas validate FEED` state for one feed how many cells are",
        "not used, and name files and columns that no standard knows.",
        "",
        "| file | what it does here | known, not used (what it would give) |",
        "|---|---|---|",
        *(f"| {file} | {USES.get(file, '')} | {unused(file)} |" for file in files),
    ]


def _line(row: Row) -> str:
    facts = row.facts
    cells = [row.case, *(_cell(facts[name]) for name in ("publisher", "from", "to"))]
    cells += [f"{facts[name]:,}" for name in _COLUMNS]
    return "| " + " | ".join([*cells, f"{row.median:.2f}", _cell(facts["odd"])]) + " |"


def _cell(value: Fact) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def main(argv: list[str]) -> int:
    """Write the table into the named file."""
    if len(argv) != 1:
        print("usage: python -m benchmarks.import_feeds FILE", file=sys.stderr)
        return 2
    report = Report()
    _facts(SHIPPED.parent / "gtfs" / "ferry.zip")  # imports and compiles outside of the clock
    _read(report, SHIPPED.parent, quick=False)
    folder = outside_data()
    if folder is not None:
        _read(report, folder / "gtfs", quick=False)
    for note in report.notes:
        print(note, file=sys.stderr)
    if report.rows:
        Path(argv[0]).write_text(markdown(report.rows), encoding="utf-8")
    return 0 if report.rows else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
