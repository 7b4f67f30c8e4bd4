"""`maas cargo …`: goods where space moves, one part a question."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maas.cli import cargo_begin, cargo_convert, cargo_dispatch, cargo_replan, cargo_solve, options
from maas.cli.files import check_writable, read_json, write_whole
from maas.cli.interrupt import stopped_by_user

if TYPE_CHECKING:
    from maas.ledger import Ledger
    from maas.region import Region

MOST_ROWS = 30  # of a table on a terminal
MOST_SCARCE = 8


def add(subparsers: Any) -> None:
    """Declare the command and its parts."""
    parser = subparsers.add_parser(
        "cargo", help="quote, plan and check parcels, print their papers, solve and run rounds"
    )
    parts = parser.add_subparsers(
        dest="part",
        required=True,
        metavar="quote | plan | check | replan | manifest | begin | dispatch | solve | convert",
    )
    _add_quote(parts)
    _add_plan(parts)
    cargo_solve.add(parts)
    cargo_convert.add(parts)
    cargo_replan.add(parts)
    cargo_begin.add(parts)
    cargo_dispatch.add(parts)
    check = parts.add_parser("check", help="check a load plan independently")
    check.add_argument("plan", type=Path, metavar="PLAN")
    _add_region(check)
    check.set_defaults(run=run)
    papers = parts.add_parser("manifest", help="papers to print: trips, vehicles, hand-overs")
    papers.add_argument("plan", type=Path, metavar="PLAN")
    papers.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    papers.add_argument(
        "-r", "--region", type=Path, metavar="REGION", help="for English names of hubs"
    )
    papers.set_defaults(run=_papers)


def _add_quote(parts: Any) -> None:
    quote = parts.add_parser("quote", help="ways to send one shipment")
    _add_region(quote)
    quote.add_argument("--from", dest="origin", required=True, help="name, stop id or lat,lon")
    quote.add_argument("--to", dest="goal", required=True, help="name, stop id or lat,lon")
    quote.add_argument("--kg", type=float, required=True)
    quote.add_argument("--litres", type=float, default=0.0)
    quote.add_argument("--pieces", type=int, default=1)
    quote.add_argument("--goods", help="class of goods, such as food")
    quote.add_argument("--box-cm", type=options.edges, metavar="A,B,C", help="of its largest piece")
    quote.add_argument("--value", type=float, help="declared worth, in the smallest unit")
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


def _add_plan(parts: Any) -> None:
    plan = parts.add_parser("plan", help="plan a day's batch")
    plan.add_argument("shipments", type=Path, metavar="SHIPMENTS")
    _add_region(plan)
    plan.add_argument(
        "--passengers", type=Path, metavar="FILE", help="parties who go by taxi, planned together"
    )
    plan.add_argument("-o", "--out", type=Path, required=True, metavar="OUT")
    plan.add_argument("--date", type=options.day, help="YYYY-MM-DD")
    plan.add_argument("--seed", type=options.seed, default=0)
    plan.add_argument(
        "--seconds",
        type=options.seconds,
        default=20.0,
        help="CPU time for each way of operation",
    )
    plan.add_argument(
        "--iterations",
        type=options.iterations,
        help="end by so many iterations instead of time: the same seed gives the same file",
    )
    plan.set_defaults(run=run)


def _add_region(parser: Any) -> None:
    parser.add_argument("-r", "--region", type=Path, required=True, metavar="DIR")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="what is booked already")


def run(args: argparse.Namespace) -> int:
    """Run one part."""
    if args.part == "plan":
        check_writable(args.out)
    from maas.ledger import Ledger
    from maas.region import Region

    region = Region.open(args.region)
    ledger = None if args.ledger is None else Ledger.load(args.ledger)
    if args.part == "quote":
        return _quote(args, region, ledger)
    if args.part == "plan":
        return _plan(args, region, ledger)
    return _check(args, region, ledger)


def _quote(args: argparse.Namespace, region: "Region", ledger: "Ledger | None") -> int:
    from maas.freight import quote

    ends = {
        name: {"lat": place.lat, "lon": place.lon, "name": place.name}
        for name, place in (
            ("pickup", region.places.resolve(args.origin)),
            ("delivery", region.places.resolve(args.goal)),
        )
    }
    shipment = {
        **ends, "kg": args.kg, "litres": args.litres, "pieces": args.pieces,
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


def _plan(args: argparse.Namespace, region: "Region", ledger: "Ledger | None") -> int:
    from maas.freight import check_plan, plan_loads

    document = read_json(args.shipments)
    passengers = None if args.passengers is None else read_json(args.passengers)
    told: list[str] = []

    def tell(stage: str, share: float) -> None:
        told.append(stage)
        if sys.stderr.isatty():
            _tell(stage, share)

    with stopped_by_user(lambda: bool(told)) as is_stopped:
        plan = plan_loads(
            region,
            document,
            passengers=passengers,
            ledger=ledger,
            date=args.date,
            seed=args.seed,
            seconds=args.seconds,
            iterations=args.iterations,
            is_cancelled=is_stopped,
            on_progress=tell,
            sources=(str(args.shipments), str(args.passengers)),
        )
    write_whole(json.dumps(plan, ensure_ascii=False, indent=1), args.out)
    violations = check_plan(region, plan, ledger)
    _show_plan(plan)
    print(f"\n→ {args.out}")
    return _show_violations(violations)


def _tell(stage: str, share: float) -> None:
    """One line that is written over and over."""
    end = "\n" if share >= 1 else ""
    print(f"\r\033[K{100 * share:3.0f} %  {stage}", end=end, file=sys.stderr, flush=True)


def _check(args: argparse.Namespace, region: "Region", ledger: "Ledger | None") -> int:
    from maas.freight import check_plan

    return _show_violations(check_plan(region, read_json(args.plan), ledger, str(args.plan)))


def _papers(args: argparse.Namespace) -> int:
    """Write manifests, route sheets and chains of a plan."""
    from cargo.model import read_plan
    from maas.papers.write import write_papers

    plan = read_plan(read_json(args.plan), str(args.plan))
    english: dict[str, str] = {}
    if args.region is not None:
        from maas.papers.english import english_names
        from maas.region import Region

        english = english_names(plan, Region.open(args.region))
    for path in write_papers(plan, args.out, english):
        print(f"→ {path}")
    return 0


def _show_violations(violations: Any) -> int:
    """Say what an independent check found; a broken plan is our fault, so exit code 1."""
    for violation in violations:
        print(f"  {violation.rule}: {violation.message}", file=sys.stderr)
    if violations:
        print(f"check: {len(violations)} violations", file=sys.stderr)
        return 1
    print("check: every rule holds, all figures agree")
    return 0


# --- tables -----------------------------------------------------------------------------------


def _table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table, the first rows of a long one."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows[:MOST_ROWS]:
        table.add_row(*row)
    if len(rows) > MOST_ROWS:
        table.caption = f"and {len(rows) - MOST_ROWS} more"
    Console().print(table)


def _clock(text: str) -> str:
    return text[11:16]


def _chain_text(chain: list[dict[str, Any]]) -> str:
    """A chain in one line: who carries it where."""
    parts = []
    for step in chain:
        if step["kind"] == "road":
            parts.append(f"{step['mode']} {_clock(step['departure'])}")
        elif step["kind"] == "trip":
            times = f"{_clock(step['departure'])}–{_clock(step['arrival'])}"
            ends = f"{step['from']['name']} → {step['to']['name']}"
            parts.append(f"{step['mode']} {step['line_name']} {ends} {times}")
    return ", ".join(parts)


def _way_back_text(row: dict[str, Any]) -> str:
    """Where a shipment goes if nobody takes it."""
    if "if_undelivered" not in row:
        return ""
    to, by = row["if_undelivered"]["to"], row["if_undelivered"].get("by")
    place = to["name"] or f"{to['lat']:.5f},{to['lon']:.5f}"
    return f"; if nobody takes it → {place}" + (f" by {_clock(by)}" if by else "")


def _show_quote(answer: dict[str, Any]) -> None:
    rows = [
        (
            _clock(option["departure"]),
            _clock(option["arrival"]),
            f"{option['cost']['amount']} {option['cost']['currency']}",
            f"{option['co2_g']} g",
            _chain_text(option["chain"]),
        )
        for option in answer["options"]
    ]
    if rows:
        _table("", ("leaves", "arrives", "cost", "CO2", "chain"), rows)
    else:
        print("No way was found.")
    _show_reasons(answer["reasons"])
    _show_notices(answer["notices"])


def _show_plan(plan: dict[str, Any]) -> None:
    planned = [row for row in plan["shipments"] if row["status"] == "planned"]
    rejected = [row for row in plan["shipments"] if row["status"] == "rejected"]
    _table(
        f"{plan['region']}, {plan['date']}: {len(planned)} of {len(plan['shipments'])} planned",
        ("shipment", "chain"),
        [(row["id"], _chain_text(row["chain"]) + _way_back_text(row)) for row in planned],
    )
    if rejected:
        rows = [(row["id"], row["reason"]["code"], row["reason"]["message"]) for row in rejected]
        _table("rejected", ("shipment", "reason", ""), rows)
    _show_passengers(plan["passengers"])
    _table("trips with parcels", ("mode", "line", "trip", "loads"), _manifest_rows(plan))
    _show_lines(plan.get("lines"))
    _show_kpis(plan["kpis"])
    _show_notices(plan["notices"])


def _show_passengers(rows: list[dict[str, Any]]) -> None:
    """Parties by taxi, and why others are not."""
    carried = [row for row in rows if row["status"] == "carried"]
    if carried:
        _table(
            f"passengers: {len(carried)} of {len(rows)} parties carried",
            ("party", "vehicle", "picked up", "there", "waits, s", "rides, s"),
            [
                (
                    row["id"], row["vehicle"], _clock(row["pickup"]), _clock(row["arrival"]),
                    str(row["wait_s"]), str(row["ride_s"]),
                )
                for row in carried
            ],
        )  # fmt: skip
    refused = [row for row in rows if row["status"] == "refused"]
    if refused:
        reasons = [(row["id"], row["reason"]["code"], row["reason"]["message"]) for row in refused]
        _table("parties refused", ("party", "reason", ""), reasons)


def _show_lines(lines: dict[str, Any] | None) -> None:
    """The choice of lines beside its bound, and where room is scarce."""
    if lines is None:
        return
    amounts = [lines[name]["amount"] for name in ("cost", "bound", "first_come_first_served")]
    print(
        f"choice of lines: {amounts[0]}, at most {lines['gap_percent']} % above the bound "
        f"{amounts[1]}; first come, first served: {amounts[2]}"
    )
    rows = [
        (
            row["mode"], row["line_name"], _clock(row["departure"]),
            f"{row['from']['name']} → {row['to']['name']}",
            f"{row['one_more_box']['amount']} {row['one_more_box']['currency']}",
        )
        for row in lines["scarce"][:MOST_SCARCE]
    ]  # fmt: skip
    if rows:
        title = "one more box is worth (あと1個積めれば)"
        _table(title, ("mode", "line", "leaves", "segment", "saves"), rows)


def _manifest_rows(plan: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            sheet["mode"],
            sheet["line_name"],
            sheet["trip_id"],
            "; ".join(
                f"{stop['at']['name']} {_clock(stop['departure'])} "
                f"+{len(stop['load'])} −{len(stop['unload'])}"
                for stop in sheet["stops"]
            ),
        )
        for sheet in plan["trips"]
    ]


def _show_kpis(kpis: dict[str, Any]) -> None:
    names = {
        "planned": "shipments planned", "vehicle_km": "vehicle km", "driver_hours": "driver hours",
        "cost": "cost", "co2_g": "CO2, g", "vehicles": "vehicles", "trips_used": "trips used",
        "shipments_by_mode": "shipments by mode", "line_load_factor": "load factor of lines",
    }  # fmt: skip
    rows = [
        (text, *(_figure(kpis[way][name]) for way in ("mixed", "separate")))
        for name, text in names.items()
    ]
    if "passengers" in kpis["mixed"]:
        from maas.papers.write import RIDER_FIGURES

        rows += [
            (text, *(_figure(kpis[way]["passengers"][name]) for way in ("mixed", "separate")))
            for name, (text, _) in RIDER_FIGURES.items()
        ]
    _table("figures", ("", "mixed", "separate"), rows)


def _figure(value: Any) -> str:
    if isinstance(value, dict):
        if "amount" in value:
            return f"{value['amount']} {value['currency']}"
        return ", ".join(f"{name} {number}" for name, number in value.items()) or "–"
    return "–" if value is None else f"{value:,}"


def _show_notices(notices: list[str]) -> None:
    for notice in notices:
        print(f"  note: {notice}", file=sys.stderr)


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
