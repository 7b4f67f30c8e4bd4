"""`maas cargo …`: goods where space moves, one part a question."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maas.cli import (
    cargo_begin,
    cargo_convert,
    cargo_dispatch,
    cargo_quote,
    cargo_replan,
    cargo_solve,
    options,
)
from maas.cli.cargo_shared import (
    add_region,
    chain_text,
    clock,
    opened,
    show_notices,
    show_violations,
    table,
    way_back_text,
)
from maas.cli.files import check_writable, read_json, write_whole
from maas.cli.interrupt import stopped_by_user

if TYPE_CHECKING:
    from maas.ledger import Ledger
    from maas.region import Region

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
    cargo_quote.add(parts)
    _add_plan(parts)
    cargo_solve.add(parts)
    cargo_convert.add(parts)
    cargo_replan.add(parts)
    cargo_begin.add(parts)
    cargo_dispatch.add(parts)
    check = parts.add_parser("check", help="check a load plan independently")
    check.add_argument("plan", type=Path, metavar="PLAN")
    add_region(check)
    check.set_defaults(run=run)
    papers = parts.add_parser("manifest", help="papers to print: trips, vehicles, hand-overs")
    papers.add_argument("plan", type=Path, metavar="PLAN")
    papers.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    papers.add_argument(
        "-r", "--region", type=Path, metavar="REGION", help="for English names of hubs"
    )
    papers.set_defaults(run=_papers)


def _add_plan(parts: Any) -> None:
    plan = parts.add_parser("plan", help="plan a day's batch")
    plan.add_argument("shipments", type=Path, metavar="SHIPMENTS")
    add_region(plan)
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
    plan.add_argument(
        "--engine",
        choices=("own", "ortools"),
        default="own",
        help="that plans rounds; a notice says what OR-Tools does not do",
    )
    plan.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run one part."""
    if args.part == "plan":
        check_writable(args.out)
    region, ledger = opened(args)
    if args.part == "plan":
        return _plan(args, region, ledger)
    return _check(args, region, ledger)


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
            engine=args.engine,
            is_cancelled=is_stopped,
            on_progress=tell,
            sources=(str(args.shipments), str(args.passengers)),
        )
    write_whole(json.dumps(plan, ensure_ascii=False, indent=1), args.out)
    violations = check_plan(region, plan, ledger)
    _show_plan(plan)
    print(f"\n→ {args.out}")
    return show_violations(violations)


def _tell(stage: str, share: float) -> None:
    """One line that is written over and over."""
    end = "\n" if share >= 1 else ""
    print(f"\r\033[K{100 * share:3.0f} %  {stage}", end=end, file=sys.stderr, flush=True)


def _check(args: argparse.Namespace, region: "Region", ledger: "Ledger | None") -> int:
    from maas.freight import check_plan

    return show_violations(check_plan(region, read_json(args.plan), ledger, str(args.plan)))


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


# --- tables -----------------------------------------------------------------------------------


def _show_plan(plan: dict[str, Any]) -> None:
    planned = [row for row in plan["shipments"] if row["status"] == "planned"]
    rejected = [row for row in plan["shipments"] if row["status"] == "rejected"]
    table(
        f"{plan['region']}, {plan['date']}: {len(planned)} of {len(plan['shipments'])} planned",
        ("shipment", "chain"),
        [(row["id"], chain_text(row["chain"]) + way_back_text(row)) for row in planned],
    )
    if rejected:
        rows = [(row["id"], row["reason"]["code"], row["reason"]["message"]) for row in rejected]
        table("rejected", ("shipment", "reason", ""), rows)
    _show_passengers(plan["passengers"])
    table("trips with parcels", ("mode", "line", "trip", "loads"), _manifest_rows(plan))
    _show_lines(plan.get("lines"))
    _show_kpis(plan["kpis"])
    show_notices(plan["notices"])


def _show_passengers(rows: list[dict[str, Any]]) -> None:
    """Parties by taxi, and why others are not."""
    carried = [row for row in rows if row["status"] == "carried"]
    if carried:
        table(
            f"passengers: {len(carried)} of {len(rows)} parties carried",
            ("party", "vehicle", "picked up", "there", "waits, s", "rides, s"),
            [
                (
                    row["id"], row["vehicle"], clock(row["pickup"]), clock(row["arrival"]),
                    str(row["wait_s"]), str(row["ride_s"]),
                )
                for row in carried
            ],
        )  # fmt: skip
    refused = [row for row in rows if row["status"] == "refused"]
    if refused:
        reasons = [(row["id"], row["reason"]["code"], row["reason"]["message"]) for row in refused]
        table("parties refused", ("party", "reason", ""), reasons)


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
            row["mode"], row["line_name"], clock(row["departure"]),
            f"{row['from']['name']} → {row['to']['name']}",
            f"{row['one_more_box']['amount']} {row['one_more_box']['currency']}",
        )
        for row in lines["scarce"][:MOST_SCARCE]
    ]  # fmt: skip
    if rows:
        title = "one more box is worth (あと1個積めれば)"
        table(title, ("mode", "line", "leaves", "segment", "saves"), rows)


def _manifest_rows(plan: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            sheet["mode"],
            sheet["line_name"],
            sheet["trip_id"],
            "; ".join(
                f"{stop['at']['name']} {clock(stop['departure'])} "
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
    table("figures", ("", "mixed", "separate"), rows)


def _figure(value: Any) -> str:
    if isinstance(value, dict):
        if "amount" in value:
            return f"{value['amount']} {value['currency']}"
        return ", ".join(f"{name} {number}" for name, number in value.items()) or "–"
    return "–" if value is None else f"{value:,}"
