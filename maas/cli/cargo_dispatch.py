"""`maas cargo dispatch STATE EVENTS`: running vehicles, one file of events after another."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from maas.cli.files import check_writable, read_json, write_whole


def add(parts: Any) -> None:
    """Declare the command."""
    dispatch = parts.add_parser("dispatch", help="let events happen to running vehicles")
    dispatch.add_argument("state", type=Path, metavar="STATE", help="vehicles, as JSON")
    dispatch.add_argument("events", type=Path, metavar="EVENTS", help="what happened, as JSON")
    dispatch.add_argument(
        "-o", "--out", type=Path, metavar="OUT", help="write the new state here; default: STATE"
    )
    dispatch.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what each event changed and write the state after them, or nothing if one is wrong."""
    from cargo.online_state import dispatch, read_events, read_state

    check_writable(args.out)
    state = read_state(read_json(args.state), str(args.state))
    events = read_events(read_json(args.events), str(args.events)).events
    after, outcomes = dispatch(state, events)
    write_whole(after.model_dump_json(), args.out or args.state)
    answer = {"outcomes": [one.model_dump(mode="json", exclude_defaults=True) for one in outcomes]}
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    if after.waiting:
        print(f"note: {', '.join(after.waiting)} wait without a vehicle", file=sys.stderr)
    return 0
