"""`maas replan -r DIR PLAN.json --now TIME --at PLACE | --on-board TRIP@DATE`."""

import argparse
import json
from pathlib import Path
from typing import Any

from cargo.json_text import parse_json
from gtfs.language_tags import is_japanese
from maas.cli.wishes import add_wishes, wishes_of
from maas.errors import QueryError


def add(subparsers: Any) -> None:
    """Declare the command."""
    from maas.cli.plan import add_realtime

    parser = subparsers.add_parser(
        "replan",
        help="find a way on when a plan breaks",
        description="PLAN is an answer of `maas plan --json`, or one of its itineraries.",
    )
    parser.add_argument("plan", type=Path, metavar="PLAN")
    parser.add_argument("-r", "--region", type=Path, required=True, metavar="DIR")
    parser.add_argument("--to", required=True, metavar="PLACE", help="where the journey ends")
    parser.add_argument("--now", required=True, metavar="TIME")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--at", metavar="PLACE", help="where the traveller is")
    where.add_argument("--on-board", metavar="TRIP@DATE", help="trip that the traveller sits in")
    parser.add_argument(
        "-i", "--itinerary", type=int, default=1, metavar="N", help="which one of an answer"
    )
    parser.add_argument("--keep", metavar="N,N", help="legs that are booked, numbered from 0")
    parser.add_argument("--missed", action="append", default=[], metavar="TRIP@DATE")
    parser.add_argument("--cancelled", action="append", default=[], metavar="TRIP@DATE")
    add_wishes(parser)
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="seats that are booked")
    add_realtime(parser)
    parser.add_argument("--json", action="store_true", help="print the document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Plan again and print."""
    from maas.cli.plan import generations, show
    from maas.ledger import Ledger
    from maas.planner import Planner
    from maas.replan_query import read_replan

    query = read_replan(_document(args), "maas replan")
    ledger = Ledger.load(args.ledger) if args.ledger else None
    answer = Planner(generations(args)).replan(query, ledger)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return 0
    for problem in answer["problems"]:
        text = problem["message_ja"] if is_japanese(args.lang) else problem["message"]
        print(f"! leg {problem['leg']}: {text} ({problem['code']})")
    show(answer, args.lang)
    return 0


def _document(args: argparse.Namespace) -> dict[str, Any]:
    """Return the query that the options make."""
    itinerary = _itinerary(args.plan, args.itinerary)
    first = {"from": _end(itinerary), "to": args.to} | wishes_of(args)
    where = {"place": args.at} if args.at else _run(args.on_board)
    return {
        "query": first,
        "itinerary": itinerary,
        "now": args.now,
        "where": where,
        "keep": _numbers(args.keep),
        "missed": [_run(text) for text in args.missed],
        "cancelled": [_run(text) for text in args.cancelled],
        "lang": args.lang,
    }


def _itinerary(path: Path, number: int) -> dict[str, Any]:
    """Read one itinerary of an answer, or a file that is one.

    Raises
    ------
    QueryError
        If the file holds none.
    """
    try:
        document = parse_json(path.read_bytes())
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as JSON: {error}; give an answer of `maas plan --json`"
        raise QueryError(msg) from error
    if isinstance(document, dict) and "legs" in document:
        return document
    found = document.get("itineraries", []) if isinstance(document, dict) else []
    if not 1 <= number <= len(found):
        msg = f"{path}: holds {len(found)} itineraries and no number {number}; choose one by -i"
        raise QueryError(msg)
    chosen: dict[str, Any] = found[number - 1]
    return chosen


def _end(itinerary: dict[str, Any]) -> dict[str, Any]:
    """Where the plan began."""
    begin = itinerary["legs"][0]["from"]
    return {"lat": begin["lat"], "lon": begin["lon"]}


def _numbers(text: str | None) -> list[int]:
    """Return the numbers of legs.

    Raises
    ------
    QueryError
        If one is no whole number.
    """
    try:
        return [int(number) for number in text.split(",")] if text else []
    except ValueError as error:
        msg = f"--keep: '{text}' is no list of numbers of legs such as 0,2"
        raise QueryError(msg) from error


def _run(text: str) -> dict[str, str]:
    """Return a run of a vehicle written as TRIP@DATE."""
    trip_id, _, service_date = text.rpartition("@")
    return {"trip_id": trip_id, "service_date": service_date}
