"""`maas route -r DIR FROM TO`: the quickest way on the roads."""

import argparse
from typing import Any

from maas.road_options import add_options, document_of


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "route",
        help="find the quickest way on the roads",
        description="Find the quickest way. FROM and TO are lat,lon, stop ids or names.",
    )
    parser.add_argument("origin", metavar="FROM")
    parser.add_argument("destination", metavar="TO")
    add_options(parser)
    parser.add_argument("--alternatives", type=int, default=0, metavar="N", help="other ways")
    parser.add_argument("--json", action="store_true", help="print the document of /v1/route")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer and print; no way is an answer."""
    from maas.region import Region
    from maas.road_questions import RouteQuestion, answer_route, read_question

    document = document_of(args) | {
        "from": args.origin, "to": args.destination, "alternatives": args.alternatives,
    }  # fmt: skip
    question = read_question(RouteQuestion, document, "maas route")
    answer = answer_route(Region.open(args.region), question)
    if args.json:
        import orjson

        print(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    else:
        show(answer)
    return 0


def show(answer: dict[str, Any]) -> None:
    """Print length, time and streets of each way."""
    if not answer["routes"]:
        print(f"no way by {answer['profile']} between these places")
    for number, route in enumerate(answer["routes"], start=1):
        minutes, seconds = divmod(route["duration_s"], 60)
        print(f"{number}. {route['distance_m'] / 1000:.1f} km, {minutes}:{seconds:02} min")
        for street in route["streets"]:
            print(f"   {street['distance_m']:>7} m  {street['name'] or '–'}")
