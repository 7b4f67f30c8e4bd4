"""`maas isochrone -r DIR FROM --minutes 5,10`: what is reached in time, as GeoJSON."""

import argparse
from pathlib import Path
from typing import Any

from maas.cli.files import check_writable, write_whole
from maas.road_options import add_options, document_of


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "isochrone",
        help="draw what is reached within some minutes",
        description="Write polygons as GeoJSON. FROM is lat,lon, a stop id or a name.",
    )
    parser.add_argument("origin", metavar="FROM")
    parser.add_argument("--minutes", default="10", metavar="N,N", help="default: 10")
    parser.add_argument("--to", action="store_true", help="from where FROM is reached instead")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: standard output"
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the polygons."""
    import orjson

    from maas.region import Region
    from maas.road_questions import IsochroneQuestion, answer_isochrone, read_question

    document = document_of(args) | {
        "from": args.origin, "limits_s": _seconds(args.minutes),
        "direction": "to" if args.to else "from",
    }  # fmt: skip
    check_writable(args.output)
    question = read_question(IsochroneQuestion, document, "maas isochrone")
    text = orjson.dumps(answer_isochrone(Region.open(args.region), question))
    if args.output is None:
        print(text.decode())
    else:
        write_whole(text + b"\n", args.output)
    return 0


def _seconds(minutes: str) -> list[int]:
    """Seconds of `5,10`.

    Raises
    ------
    QueryError
        If one is no number.
    """
    from maas.errors import QueryError

    try:
        return [round(float(text) * 60) for text in minutes.split(",")]
    except (ValueError, OverflowError) as error:
        msg = f"--minutes: '{minutes}' is no list of numbers such as 5,10"
        raise QueryError(msg) from error
