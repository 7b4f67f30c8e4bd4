"""`maas build region.yaml -o DIR`: feeds and roads → a region directory."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from maas.cli.info import show_unused, show_warnings


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("build", help="build a region directory from region.yaml")
    parser.add_argument("source", type=Path, metavar="region.yaml")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Build, with a progress bar on a terminal, and say what was made."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from maas.build import build_region

    started = time.perf_counter()
    console = Console(file=sys.stderr)
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    shown = not args.quiet and console.is_terminal
    with Progress(*columns, console=console, disable=not shown, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def report(step: str, share: float) -> None:
            bar.update(task, description=step, completed=share)

        region = build_region(args.source, args.out, report)
    counts = region.manifest["counts"]
    print(
        f"{region.file.name}: {counts['stops']} stops, {counts['lines']} lines, "
        f"{counts['trips']} trips, {counts['first_date']} to {counts['last_date']} "
        f"→ {args.out} (version {region.version}, {time.perf_counter() - started:.1f} s)"
    )
    show_warnings(region.manifest["warnings"])
    show_unused(region.manifest["not_used"])
    return 0
