"""`maas accessibility -r DIR ORIGINS.csv --targets FILE`: what is in reach of each place."""

import argparse
import sys
from pathlib import Path
from typing import Any

from maas.cli.files import check_writable, drafted
from maas.reach_options import add_options, document_of


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "accessibility",
        help="count what is reached from places by line and on foot",
        description="Write a row for each origin: the weight of the targets that it reaches, by "
        "percentile of the departures and limit. Files are CSV with columns id, lat, lon and, "
        "for targets, weight.",
    )
    parser.add_argument("origins", type=Path, metavar="ORIGINS")
    parser.add_argument("--targets", type=Path, metavar="FILE", help="default: the origins")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help=".csv, .parquet or .geojson",
    )
    parser.add_argument(
        "--matrix", type=Path, metavar="FILE", help="write the travel times too, .csv or .parquet"
    )
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--cluster", metavar="ADDRESS", help="dask scheduler (extra `cluster`)")
    add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Reckon and write."""
    from maas.analysis import Analysis, accessibility, read_reach
    from maas.matrix_file import check_ending, read_places
    from maas.reach_file import write_access, write_times
    from maas.region import Region

    check_writable(args.output, args.matrix)
    check_ending(args.output, ".geojson")
    if args.matrix is not None:
        check_ending(args.matrix)
    question = read_reach(document_of(args), "maas accessibility")
    origins = read_places(args.origins)
    targets = origins if args.targets is None else read_places(args.targets)
    found = Analysis(Region.open(args.region)).travel_times(
        origins.lonlat,
        targets.lonlat,
        question,
        n_processes=args.processes,
        cluster=args.cluster,
    )
    with drafted(args.output) as draft:
        write_access(draft, origins, accessibility(found, targets.weight, question.limits_s))
    if args.matrix is not None:
        with drafted(args.matrix) as draft:
            write_times(draft, origins, targets, found)
    size = f"{len(origins.id)} x {len(targets.id)}"
    print(f"{args.output}: {size}, {question.window_s} s of departures", file=sys.stderr)
    return 0
