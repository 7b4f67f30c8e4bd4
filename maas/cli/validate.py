"""`maas validate FEED`: the rules of GTFS, what reading had to repair, what planning needs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maas.cli import options
from maas.cli.files import check_writable, write_whole

if TYPE_CHECKING:
    from gtfs.validate import Validation

FOUND_ERRORS = 3  # exit code


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "validate",
        help="check a GTFS feed",
        description="Check a GTFS feed. Exit code: 0 = no errors, 3 = errors, 2 = no feed.",
    )
    parser.add_argument("feed", type=Path, metavar="FEED", help="zip or folder")
    parser.add_argument(
        "--date",
        type=options.day,
        metavar="YYYY-MM-DD",
        help="check as if it were this day; default: today",
    )
    parser.add_argument("--country", default="", metavar="CC", help="such as JP, for phone numbers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all findings as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page to read")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Validate, print, write what is asked for."""
    from gtfs.validate import validate

    check_writable(args.json, args.html)
    validation = validate(args.feed, args.date, args.country)
    show(validation)
    if args.json is not None:
        import json

        text = json.dumps(validation.document(), ensure_ascii=False, indent=1)
        write_whole(text + "\n", args.json)
    if args.html is not None:
        from maas.validation_page import page

        write_whole(page(validation), args.html)
    return FOUND_ERRORS if validation.counts["ERROR"] else 0


def show(validation: "Validation") -> None:
    """Print sizes, then each finding with its first examples."""
    print(validation.path)
    for name, value in validation.facts.items():
        print(f"  {name:<12} {value}")
    for found in validation.findings:
        print(f"\n{found.severity:<8}{found.code} × {found.total} ({found.source})")
        if found.message != found.code.replace("_", " "):
            print(f"        {found.message}")
        for example in found.examples:
            print(f"          {example}")
    counts = validation.counts
    print("\n" + ", ".join(f"{count} {severity.lower()}" for severity, count in counts.items()))
