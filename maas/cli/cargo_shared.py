"""What parts of `maas cargo` share: their region and ledger, and what they print alike."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from cargo.check import Violation
    from maas.ledger import Ledger
    from maas.region import Region

MOST_ROWS = 30  # of a table on a terminal


def add_region(parser: Any) -> None:
    """Declare the region and what is booked in it."""
    parser.add_argument("-r", "--region", type=Path, required=True, metavar="DIR")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="what is booked already")


def opened(args: argparse.Namespace) -> "tuple[Region, Ledger | None]":
    """Open both."""
    from maas.ledger import Ledger
    from maas.region import Region

    return Region.open(args.region), None if args.ledger is None else Ledger.load(args.ledger)


def table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table, the first rows of a long one."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column)
    for row in rows[:MOST_ROWS]:
        shown.add_row(*row)
    if len(rows) > MOST_ROWS:
        shown.caption = f"and {len(rows) - MOST_ROWS} more"
    Console().print(shown)


def clock(text: str) -> str:
    """HH:MM of a time."""
    return text[11:16]


def chain_text(chain: list[dict[str, Any]]) -> str:
    """A chain in one line: who carries it where."""
    parts = []
    for step in chain:
        if step["kind"] == "road":
            parts.append(f"{step['mode']} {clock(step['departure'])}")
        elif step["kind"] == "trip":
            times = f"{clock(step['departure'])}–{clock(step['arrival'])}"
            ends = f"{step['from']['name']} → {step['to']['name']}"
            parts.append(f"{step['mode']} {step['line_name']} {ends} {times}")
    return ", ".join(parts)


def way_back_text(row: dict[str, Any]) -> str:
    """Where a shipment goes if nobody takes it."""
    if "if_undelivered" not in row:
        return ""
    to, by = row["if_undelivered"]["to"], row["if_undelivered"].get("by")
    place = to["name"] or f"{to['lat']:.5f},{to['lon']:.5f}"
    return f"; if nobody takes it → {place}" + (f" by {clock(by)}" if by else "")


def show_notices(notices: list[str]) -> None:
    """Print what a reader must know."""
    for notice in notices:
        print(f"  note: {notice}", file=sys.stderr)


def show_violations(violations: "Sequence[Violation]", out: TextIO | None = None) -> int:
    """Say what an independent check found; a broken plan is our fault, so exit code 1.

    `out` takes the word that all is well; standard output where it is None.
    """
    for violation in violations:
        print(f"  {violation.rule}: {violation.message}", file=sys.stderr)
    if violations:
        print(f"check: {len(violations)} violations", file=sys.stderr)
        return 1
    print("check: every rule holds, all figures agree", file=out)
    return 0
