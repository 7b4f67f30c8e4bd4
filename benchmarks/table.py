"""A report as one aligned table, and as a JSON document."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.harness import Fact, Report, Row
from benchmarks.machine import commit, machine, versions

HEADINGS = ("case", "program", "n", "median CPU", "p95 CPU", "ratio", "what was done")
RIGHT = frozenset({2, 3, 4, 5})


def document(name: str, report: Report, *, quick: bool) -> dict[str, Any]:
    """Everything about a run, fit for JSON."""
    return {
        "benchmark": name,
        "quick": quick,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "versions": versions(report.packages),
        "rows": [_row_document(report, row) for row in report.rows],
        "notes": list(report.notes),
    }


def _row_document(report: Report, row: Row) -> dict[str, Any]:
    return {
        "case": row.case,
        "program": row.program,
        "n": len(row.seconds),
        "median_cpu_s": row.median,
        "p95_cpu_s": row.p95,
        "ratio": report.ratio(row),
        "reference": row.reference,
        "facts": dict(row.facts),
        "cpu_s": [round(sample, 7) for sample in row.seconds],
    }


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a document, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def text(summary: str, content: dict[str, Any]) -> str:
    """The table that a run prints, with where and with what it was measured."""
    lines = [
        f"{content['benchmark']}: {summary}" + (" (quick)" if content["quick"] else ""),
        "",
        *_aligned([HEADINGS, *(_cells(row) for row in content["rows"])]),
        "",
        f"machine   {content['machine']}",
        f"commit    {content['commit']} on {content['date']}",
        "versions  " + ", ".join(f"{name} {v}" for name, v in content["versions"].items()),
        *(f"note      {note}" for note in content["notes"]),
    ]
    return "\n".join(lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    facts = ", ".join(f"{name} {_shown(value)}" for name, value in row["facts"].items())
    times = (duration(row["median_cpu_s"]), duration(row["p95_cpu_s"]))
    return (row["case"], row["program"], str(row["n"]), *times, ratio, facts)


def duration(seconds: float) -> str:
    """A CPU time with three figures and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds:.0f} s"
    return ""


def _shown(value: Fact) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return f"{value:,.0f}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows with columns of one width, numbers to the right, a rule under the headings."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        padded = [
            cell.rjust(width) if i in RIGHT else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
