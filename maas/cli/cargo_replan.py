"""`maas cargo replan PLAN EVENTS`: chains on late and cancelled trips planned anew."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from maas.cli import options
from maas.cli.cargo_shared import add_region, opened, show_violations
from maas.cli.files import check_writable, read_json, write_whole


def add(parts: Any) -> None:
    """Declare the command."""
    replan = parts.add_parser("replan", help="plan anew what rides late and cancelled trips")
    replan.add_argument("plan", type=Path, metavar="PLAN")
    replan.add_argument("events", type=Path, metavar="EVENTS", help="of trips, as JSON")
    add_region(replan)
    replan.add_argument(
        "--improve", type=options.seconds, default=0.0, metavar="S",
        help="CPU time to improve all rounds in the end, which moves others, too; default: none",
    )  # fmt: skip
    replan.add_argument(
        "-o", "--out", type=Path, metavar="OUT", help="write the new plan here; default: PLAN"
    )
    replan.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the new plan, print how it differs; exit code 1 if the check finds a fault of ours."""
    from maas.freight import check_plan
    from maas.freight_replan import replan_loads

    check_writable(args.out)
    plan, events = read_json(args.plan), read_json(args.events)
    region, ledger = opened(args)
    sources = str(args.plan), str(args.events)
    after, difference = replan_loads(
        region, plan, events, ledger, improve=args.improve, sources=sources
    )
    violations = check_plan(region, after, ledger)
    write_whole(json.dumps(after, ensure_ascii=False, indent=1), args.out or args.plan)
    print(json.dumps(difference, ensure_ascii=False, indent=1))
    return show_violations(violations, sys.stderr)
