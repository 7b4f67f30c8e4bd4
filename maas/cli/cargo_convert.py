"""`maas cargo convert IN OUT --to FORMAT`: an instance file of one format as another."""

import argparse
import sys
from pathlib import Path
from typing import Any

from maas.cli.files import check_writable, write_whole

FORMATS = "lilim, cordeau, solomon, vrplib or vroom"


def add(parts: Any) -> None:
    """Declare the command."""
    convert = parts.add_parser("convert", help="write an instance file in another format")
    convert.add_argument("file", type=Path, metavar="IN")
    convert.add_argument("out", type=Path, metavar="OUT")
    convert.add_argument("--to", required=True, metavar="FORMAT", help=FORMATS)
    convert.add_argument("--format", help=f"of IN: {FORMATS}; default: guess")
    convert.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Convert and write; say what changes its meaning."""
    from cargo.formats.convert import convert
    from cargo.formats.files import read_instance

    check_writable(args.out)
    instance = read_instance(args.file, args.format)
    found = convert(instance, args.to)
    write_whole(found.text, args.out)
    for notice in found.notices:
        print(f"note: {notice}", file=sys.stderr)
    n = len(instance.problem.requests)
    print(f"{args.out}: {instance.format} → {args.to}, {n} requests", file=sys.stderr)
    return 0
