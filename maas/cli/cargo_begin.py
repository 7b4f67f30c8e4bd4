"""`maas cargo begin PLAN`: running vehicles as a load plan leaves them at a time of its day."""

import argparse
import sys
from pathlib import Path
from typing import Any

from maas.cli import options
from maas.cli.files import check_writable, read_json, write_whole


def add(parts: Any) -> None:
    """Declare the command."""
    begin = parts.add_parser(
        "begin", help="running vehicles of a load plan, for `maas cargo dispatch`"
    )
    begin.add_argument("plan", type=Path, metavar="PLAN")
    begin.add_argument("-r", "--region", type=Path, required=True, metavar="DIR")
    begin.add_argument("--at", default="00:00", help="time of the plan's day; default: 00:00")
    begin.add_argument(
        "--places", type=Path, metavar="FILE", help="doors of later requests: CSV with id, lat, lon"
    )
    begin.add_argument(
        "--horizon", type=options.horizon, default=0, metavar="S",
        help="seconds ahead that visits are committed; default: 0",
    )  # fmt: skip
    begin.add_argument("--seed", type=options.seed, default=0)
    begin.add_argument("-o", "--out", type=Path, required=True, metavar="STATE")
    begin.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the state; say how much of the plan is done, on board and to come."""
    from cargo.online_state import Place
    from maas.freight_dispatch import begin_dispatch
    from maas.matrix_file import read_places
    from maas.region import Region

    check_writable(args.out)
    plan = read_json(args.plan)
    places = []
    if args.places is not None:
        rows = read_places(args.places)
        places = [
            Place(name=name, lat=lat, lon=lon)
            for name, (lon, lat) in zip(rows.id, rows.lonlat, strict=True)
        ]
    state = begin_dispatch(
        Region.open(args.region), plan, args.at, places=places, horizon=args.horizon,
        seed=args.seed, source=str(args.plan),
    )  # fmt: skip
    write_whole(state.model_dump_json(), args.out)
    aboard = sum(request.pickup is None for request in state.requests)
    told = (
        f"{args.out}: {len(state.vehicles)} vehicles, {len(state.agreed) - len(state.requests)} "
        f"requests done, {aboard} on board or being fetched, {len(state.requests) - aboard} to come"
    )
    print(told, file=sys.stderr)
    if places:
        first = len(state.places) - len(places)
        print(f"{args.places}: places {first} to {len(state.places) - 1}", file=sys.stderr)
    return 0
