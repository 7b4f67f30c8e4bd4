"""`maas cargo quote`: ways to send one shipment."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from maas.cli import options
from maas.cli.cargo_shared import (
    add_region,
    chain_text,
    clock,
    opened,
    show_notices,
    table,
    way_back_text,
)

if TYPE_CHECKING:
    from maas.region import Region


def add(parts: Any) -> None:
    """Declare the part."""
    quote = parts.add_parser("quote", help="ways to send one shipment")
    add_region(quote)
    quote.add_argument("--from", dest="origin", required=True, help="name, stop id or lat,lon")
    quote.add_argument("--to", dest="goal", required=True, help="name, stop id or lat,lon")
    quote.add_argument("--kg", type=float, required=True)
    quote.add_argument("--litres", type=float, default=0.0)
    quote.add_argument("--pieces", type=int, default=1)
    quote.add_argument("--goods", help="class of goods, such as food")
    quote.add_argument("--box-cm", type=options.edges, metavar="A,B,C", help="of its largest piece")
    quote.add_argument("--value", type=float, help="declared worth, in the smallest unit")
    quote.add_argument(
        "--if-undelivered", metavar="WHERE",
        help="where it goes if nobody takes it: pickup, a hub's id, or a place",
    )  # fmt: skip
    quote.add_argument("--accompanied", action="store_true", help="only where somebody watches")
    quote.add_argument("--skills", type=options.words, metavar="S,S", help="of vehicles: tail_lift")
    quote.add_argument("--max-trips", type=int, help="scheduled trips one after another, at most")
    quote.add_argument("--temperature", default="ambient", help="ambient, cool or frozen")
    quote.add_argument("--at", required=True, help="ready from: 2026-12-01T09:00, or HH:MM")
    quote.add_argument("--due", help="at the door by; default: end of the day")
    quote.add_argument("--max-hours", type=float, help="door to door, at most")
    quote.add_argument("--max-price", type=float, help="in the smallest unit, at most")
    quote.add_argument("--date", help="YYYY-MM-DD, where --at has no date; default: today")
    quote.add_argument("--json", action="store_true", help="print the document")
    quote.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the ways, or why there are none."""
    from maas.freight import quote

    region, ledger = opened(args)
    shipment = {
        "pickup": _door(region, args.origin), "delivery": _door(region, args.goal),
        "if_undelivered": _back_to(region, args.if_undelivered),
        "kg": args.kg, "litres": args.litres, "pieces": args.pieces,
        "temperature": args.temperature, "ready": args.at, "due": args.due, "date": args.date,
        "max_hours": args.max_hours, "max_price": args.max_price, "max_trips": args.max_trips,
        "goods": args.goods, "box_cm": args.box_cm, "accompanied": args.accompanied,
        "skills": args.skills, "value": args.value,
    }  # fmt: skip
    given = {key: value for key, value in shipment.items() if value is not None}
    answer = quote(region, given, ledger)
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        _show_quote(answer)
    return 0


def _door(region: "Region", text: str) -> dict[str, Any]:
    """A place that is named."""
    place = region.places.resolve(text)
    return {"lat": place.lat, "lon": place.lon, "name": place.name}


def _back_to(region: "Region", text: str | None) -> dict[str, Any] | None:
    """Where goods go that nobody takes; None where nothing is said."""
    if text is None or text == "pickup":
        return None if text is None else {}
    is_hub = text in {hub.id for hub in region.file.hubs}
    return {"hub": text} if is_hub else {"to": _door(region, text)}


def _show_quote(answer: dict[str, Any]) -> None:
    rows = [
        (
            clock(option["departure"]),
            clock(option["arrival"]),
            f"{option['cost']['amount']} {option['cost']['currency']}",
            f"{option['co2_g']} g",
            chain_text(option["chain"]),
        )
        for option in answer["options"]
    ]
    if rows:
        table("", ("leaves", "arrives", "cost", "CO2", "chain"), rows)
    else:
        print("No way was found.")
    if agreed := way_back_text(answer):
        print(agreed.removeprefix("; "))
    _show_reasons(answer["reasons"])
    show_notices(answer["notices"])


def _show_reasons(reasons: list[dict[str, Any]]) -> None:
    """Print why options were ruled out: one line a code and sentence, the rules that it names."""
    rules: dict[tuple[str, str], list[str]] = {}
    for reason in reasons:
        named, colon, sentence = reason["message"].partition(": ")
        key = (reason["code"], sentence if colon else reason["message"])
        rules.setdefault(key, []).extend([named] if colon else [])
    for (code, sentence), names in rules.items():
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        print(f"  {code}: {sentence}" + (f" ({shown})" if shown else ""))
