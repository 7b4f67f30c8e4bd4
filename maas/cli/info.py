"""`maas info DIR`: what a region directory holds."""

import argparse
from pathlib import Path
from typing import Any


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("info", help="show what a region directory holds")
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--date", help="show what runs on this date (YYYY-MM-DD)")
    parser.add_argument("--json", action="store_true", help="print the manifest and the summary")
    parser.add_argument("--warnings", action="store_true", help="list examples of each warning")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a summary of the region."""
    import json

    from maas.region import Region
    from maas.summary import summary

    region = Region.open(args.directory)
    facts = summary(region, args.date)
    if args.json:
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return 0
    for title, rows in facts["sections"].items():
        print(f"\n{title}")
        for name, value in rows.items():
            print(f"  {name:<28} {value}")
    show_warnings(facts["warnings"], examples=args.warnings)
    show_unused(region.manifest.get("not_used", {}), listed=args.warnings)
    return 0


def show_unused(unused: dict[str, list[str]], *, listed: bool = False) -> None:
    """Say how much of each feed is known and not used, and list it when asked."""
    for feed, texts in unused.items():
        print(f"{len(texts)} files and columns of {feed} are not used in planning")
        for text in texts if listed else ():
            print(f"            {text}")


def show_warnings(warnings: list[dict[str, Any]], *, examples: bool = False) -> None:
    """Print the counted warnings of a build, with examples when asked."""
    if not warnings:
        return
    total = sum(row["count"] for row in warnings)
    print(f"\n{total} warnings (maas info DIR --warnings lists examples)")
    for row in warnings:
        print(f"  {row['count']:>7} × {row['code']} ({row['feed']})")
        for text in row["examples"] if examples else ():
            print(f"            {text}")
