"""`maas matrix -r DIR SOURCES.csv -o OUT`: durations and distances between all places."""

import argparse
import sys
from pathlib import Path
from typing import Any

from maas.cli.files import check_writable, drafted
from maas.road_options import add_options, document_of


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "matrix",
        help="write durations and distances between places",
        description="Write a matrix. SOURCES and TARGETS are CSV files with columns id, lat, lon.",
    )
    parser.add_argument("sources", type=Path, metavar="SOURCES")
    parser.add_argument("--targets", type=Path, metavar="FILE", help="default: the sources")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=".csv or .parquet"
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fill and write the matrix; say how many cells have no way."""
    from maas.matrix_file import check_ending, read_places, write_matrix
    from maas.region import Region
    from maas.road_questions import MatrixQuestion, matrix_between, read_question
    from routing.layout import UNREACHED

    check_writable(args.output)
    check_ending(args.output)
    sources = read_places(args.sources)
    targets = sources if args.targets is None else read_places(args.targets)
    document = document_of(args) | {"sources": ["file"]}
    question = read_question(MatrixQuestion, document, "maas matrix")
    matrix = matrix_between(Region.open(args.region), question, sources.lonlat, targets.lonlat)
    with drafted(args.output) as draft:
        write_matrix(draft, sources.id, targets.id, matrix)
    n_far = int((matrix.duration == UNREACHED).sum())
    size = f"{len(sources.id)} x {len(targets.id)}"
    print(f"{args.output}: {size}, {n_far} without a way", file=sys.stderr)
    return 0
