"""`maas plan -r DIR FROM TO --at TIME`: journeys from door to door."""

import argparse
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gtfs.language_tags import is_japanese
from maas.cli.wishes import add_wishes, wishes_of
from maas.errors import QueryError

if TYPE_CHECKING:
    from maas.generations import Generations


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "plan",
        help="plan a trip from door to door",
        description="Plan a trip. FROM and TO are names, stop ids (feed:stop_id) or lat,lon.",
    )
    parser.add_argument("origin", metavar="FROM")
    parser.add_argument("destination", metavar="TO")
    parser.add_argument("-r", "--region", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--at", metavar="TIME", help="YYYY-MM-DDTHH:MM, local unless it has an offset; default: now"
    )
    parser.add_argument("--arrive-by", action="store_true", help="--at is the latest arrival")
    parser.add_argument("--window", type=int, metavar="S", help="leave within so many seconds")
    parser.add_argument("--cursor", metavar="TEXT", help="earlier or later page of an answer")
    parser.add_argument(
        "--first", dest="when", action="store_const", const="first", help="first of the day (始発)"
    )
    parser.add_argument(
        "--last", dest="when", action="store_const", const="last", help="last of the day (終電)"
    )
    parser.add_argument(
        "--via",
        action="append",
        metavar="PLACE[@MIN]",
        help="pass there and stay at least so many minutes; several in order of travel",
    )
    parser.add_argument("--all", action="store_true", help="all sensible ways, not a choice")
    add_wishes(parser)
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="seats that are booked")
    add_realtime(parser)
    parser.add_argument("--json", action="store_true", help="print the document of /v1/journeys")
    parser.set_defaults(run=run)


def add_realtime(parser: argparse.ArgumentParser) -> None:
    """Declare where realtime messages come from."""
    parser.add_argument(
        "--realtime",
        action="append",
        default=[],
        metavar="[FEED=]FILE_OR_URL",
        help="GTFS-Realtime message to take into account; several are allowed",
    )
    parser.add_argument(
        "--no-realtime", action="store_true", help="leave out the sources of the region file, too"
    )


def run(args: argparse.Namespace) -> int:
    """Plan and print; an empty answer is an answer."""
    from maas.ledger import Ledger
    from maas.planner import Planner, read_query

    query = read_query(_document(args))
    ledger = Ledger.load(args.ledger) if args.ledger else None
    answer = Planner(generations(args)).plan(query, ledger)
    if ledger is None:
        answer["notices"].append(
            {
                "code": "no_ledger",
                "message": "no --ledger given: all seats are taken as free",
                "message_ja": "--ledger の指定がないため、すべて空席として検索しました",
            }
        )
    if args.json:
        import orjson

        print(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    else:
        show(answer, args.lang)
    return 0


def generations(args: argparse.Namespace) -> "Generations":
    """Open the region with what its realtime feeds say."""
    from maas.generations import Generations
    from maas.realtime_poller import news_once
    from maas.realtime_source import addresses
    from maas.region import Region

    region = Region.open(args.region)
    sources = [] if args.no_realtime else addresses(region.file, tuple(args.realtime))
    return Generations(region, news_once(sources) if sources else None)


_OF_TIME = ("at", "arrive_by", "when", "window", "cursor", "all")  # and of what is shown
_NUMBER = re.compile(r"[-+]?[\d.,]+")


def _document(args: argparse.Namespace) -> dict[str, Any]:
    """Return the query that the options make; what was not given is left to its default."""
    given: dict[str, Any] = {"from": args.origin, "to": args.destination}
    given |= {name: getattr(args, name) for name in _OF_TIME}
    given["via"] = None if args.via is None else [_via(text) for text in args.via]
    return {name: value for name, value in given.items() if value is not None} | wishes_of(args)


def _via(text: str) -> dict[str, Any]:
    """Return a place to pass; the minutes to stay follow the last @.

    Raises
    ------
    QueryError
        If what follows the @ is a number, but no whole one of minutes.
    """
    place, at, minutes = text.rpartition("@")
    if at and _NUMBER.fullmatch(minutes):
        if not minutes.isdecimal():
            msg = f"--via: '{text}': '{minutes}' is no whole number of minutes, such as 余市@30"
            raise QueryError(msg)
        return {"place": place, "stay_s": 60 * int(minutes)}
    return {"place": text}


def show(answer: dict[str, Any], lang: str = "ja") -> None:
    """Print itineraries as a table that a person reads."""
    from rich.console import Console
    from rich.table import Table

    from maas.cli.plan_remarks import remarks

    console = Console(highlight=False)
    for number, itinerary in enumerate(answer["itineraries"], start=1):
        console.print(_title(number, itinerary), soft_wrap=True)
        table = Table(box=None, padding=(0, 1), show_header=False)
        for leg in itinerary["legs"]:
            table.add_row(*_row(leg))
        console.print(table)
        for remark in remarks(itinerary, lang):
            console.print(f"   {remark}", markup=False, soft_wrap=True)
        console.print()
    for reason in (*answer["reasons"], *answer["notices"]):
        text = reason["message_ja"] if is_japanese(lang) else reason["message"]
        console.print(f"• {text} ({reason['code']})", markup=False, soft_wrap=True)


def _clock(time: str) -> str:
    """Hours and minutes of an RFC 3339 time."""
    return time[11:16]


def _title(number: int, itinerary: dict[str, Any]) -> str:
    """Times, price and the rest of an itinerary in one line."""
    minutes = round(itinerary["duration_s"] / 60)
    days = date.fromisoformat(itinerary["arrival"][:10]) - date.fromisoformat(
        itinerary["departure"][:10]
    )
    price, transfers = itinerary["price"], itinerary["transfers"]
    facts = (
        f"{minutes // 60}:{minutes % 60:02} h",
        f"{transfers} transfer" + ("" if transfers == 1 else "s"),
        f"{price['amount']} {price['currency']}" if price else "price unknown",
        f"walk {itinerary['walk_m']} m",
        f"{itinerary['co2_g'] / 1000:.1f} kg CO2",
        *itinerary["tags"],
    )
    return (
        f"[bold]{number}. {itinerary['departure'][:10]}  {_clock(itinerary['departure'])} → "
        f"{_clock(itinerary['arrival'])}{f' (+{days.days})' if days.days else ''}[/bold]  "
        + ", ".join(facts)
    )


def _row(leg: dict[str, Any]) -> tuple[str, ...]:
    from rich.markup import escape

    what = leg.get("line") or leg.get("operator") or ""
    towards = f" → {leg['headsign']}" if leg.get("headsign") else ""
    length = f"{leg['distance_m'] / 1000:.1f} km"
    if leg.get("stay_seated"):
        length += ", stay seated"
    if leg.get("headway_s"):
        length += f", every {leg['headway_s'] / 60:.0f} min"
    if asked := {leg.get("boarding"), leg.get("alighting")} - {None}:
        length += ", call first" if "phone" in asked else ", tell the driver"
    if leg.get("price"):
        length += f", {leg['price']['amount']} {leg['price']['currency']}"
    return (
        f"{_clock(leg['departure'])}–{_clock(leg['arrival'])}{_lateness(leg)}",
        leg["mode"],
        escape(f"{leg['from']['name']} → {leg['to']['name']}"),
        escape(what + towards),
        length,
    )


def _lateness(leg: dict[str, Any]) -> str:
    """Minutes that a leg leaves late (or early), where a feed told so."""
    if not leg.get("realtime"):
        return ""
    if "departure_delay_s" not in leg:
        return f" ({leg['trip_status']})"
    return f" ({round(leg['departure_delay_s'] / 60):+d})"
