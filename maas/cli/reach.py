"""`maas reach -r DIR FROM --at TIME`: how far lines and feet reach, as GeoJSON."""

import argparse
from pathlib import Path
from typing import Any

from maas.cli.files import check_writable, write_whole
from maas.reach_options import add_options, document_of


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "reach",
        help="draw how far one gets by line and on foot, over a window of departures",
        description="Write polygons as GeoJSON. FROM is lat,lon, a stop id or a name.",
    )
    parser.add_argument("origin", metavar="FROM")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: standard output"
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the polygons."""
    import orjson

    from maas.analysis import Analysis, read_reach
    from maas.region import Region

    check_writable(args.output)
    question = read_reach(document_of(args), "maas reach")
    region = Region.open(args.region)
    found = Analysis(region).isochrone(region.places.resolve(args.origin), question)
    text = orjson.dumps(found)
    if args.output is None:
        print(text.decode())
    else:
        write_whole(text + b"\n", args.output)
    return 0
