"""Options of what a traveller wishes, shared by `maas plan` and `maas replan`."""

import argparse
from typing import Any

from maas.cli.options import words

# Options that stand in the query under the same name, those under another one, and lists.
_SAME = (
    "max_transfers", "max_itineraries", "details", "walk_kmh", "bike_kmh", "wheelchair",
    "bike_on_board", "party", "rider", "medium", "lang",
)  # fmt: skip
_OTHER = {"max_walk_m": "max_walk", "min_transfer_s": "min_transfer", "transfer_slack_s": "slack"}
_LISTS = {
    "modes": "modes",
    "modes_banned": "without_modes",
    "lines_banned": "without_lines",
    "lines_preferred": "prefer_lines",
    "operators_banned": "without_operators",
}


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """Declare who travels, what they like and dislike, and how it is shown."""
    parser.add_argument("-n", "--max-itineraries", type=int, metavar="N")
    parser.add_argument("--details", action="store_true", help="with other departures of each ride")
    parser.add_argument("--party", type=int, metavar="N", help="people travelling together")
    wishes = parser.add_argument_group("by what, and how")
    wishes.add_argument("--modes", metavar="M,M", help="such as walk,bus,rail,taxi; default: all")
    wishes.add_argument("--without-modes", metavar="M,M")
    wishes.add_argument("--without-lines", metavar="ID,ID", help="feed:route_id")
    wishes.add_argument("--prefer-lines", metavar="ID,ID", help="the best way on these is shown")
    wishes.add_argument("--without-operators", metavar="ID,ID", help="feeds, taxis, zones by id")
    wishes.add_argument("--max-transfers", type=int, metavar="N")
    wishes.add_argument("--min-transfer", type=int, metavar="S", help="least seconds of a change")
    wishes.add_argument("--slack", type=int, metavar="S", help="seconds added to every change")
    wishes.add_argument("--max-walk", type=int, metavar="M", help="metres to or from a stop")
    wishes.add_argument("--walk-kmh", type=float, metavar="KMH")
    wishes.add_argument("--bike-kmh", type=float, metavar="KMH")
    wishes.add_argument(
        "--wheelchair", choices=("required", "preferred"), help="only accessible, or show barriers"
    )
    wishes.add_argument("--bike-on-board", action="store_true", help="take one's own bike along")
    parser.add_argument(
        "--lang",
        default="ja",
        metavar="TAG",
        help="of names, where feeds translate them, such as ja, en or zh-Hant; else English; "
        "messages are Japanese or English",
    )
    parser.add_argument("--rider", metavar="ID", help="rider category (id or name), for the price")
    parser.add_argument(
        "--medium", metavar="ID", help="how the fare is paid (id or name), such as IC"
    )


def wishes_of(args: argparse.Namespace) -> dict[str, Any]:
    """Return the part of a query that the options make; what was not given is left out."""
    given = {name: getattr(args, name) for name in _SAME}
    given |= {name: getattr(args, option) for name, option in _OTHER.items()}
    for name, option in _LISTS.items():
        text = getattr(args, option)
        given[name] = None if text is None else words(text)
    given["realtime"] = False if args.no_realtime else None
    return {name: value for name, value in given.items() if value is not None}
