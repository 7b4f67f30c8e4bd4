"""`maas cargo solve FILE`: an instance of a known format, solved, checked and written."""

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maas.cli import options
from maas.cli.files import check_writable, write_whole
from maas.cli.interrupt import stopped_by_user

if TYPE_CHECKING:
    from cargo.formats.files import Instance
    from cargo.pdp.plan import Plan


def add(parts: Any) -> None:
    """Declare the command."""
    solve = parts.add_parser("solve", help="solve an instance file of a known format")
    solve.add_argument("file", type=Path, metavar="FILE")
    solve.add_argument("--format", help="lilim, cordeau, solomon, vrplib or vroom; default: guess")
    solve.add_argument("--seconds", type=options.seconds, help="CPU time; default: 10")
    solve.add_argument(
        "--iterations",
        type=options.iterations,
        help="end by so many instead: the own engine gives the same plan for the same seed",
    )
    solve.add_argument("--seed", type=options.seed, default=0)
    solve.add_argument("--engine", choices=("own", "ortools"), default="own")
    solve.add_argument("-o", "--out", type=Path, metavar="OUT", help="write the answer here")
    solve.add_argument("-v", "--progress", action="store_true", help="show how far it has got")
    solve.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Solve, check and write; exit code 1 if the check finds a fault, which would be ours."""
    from cargo.formats.files import answer_text, read_instance
    from cargo.pdp.check import check
    from cargo.pdp.search import ENDLESS, Limits
    from cargo.pdp.solve import Effort, solve

    check_writable(args.out)
    instance = read_instance(args.file, args.format)
    for notice in instance.notices:
        print(f"note: {notice}", file=sys.stderr)
    show = _show_progress if args.progress else (lambda _: None)
    with stopped_by_user() as is_stopped:
        limits = Limits(_seconds(args), args.iterations or ENDLESS, is_stopped, on_progress=show)
        plan = solve(instance.problem, Effort(limits, args.seed, args.engine))
    faults = check(instance.problem, plan)
    text = answer_text(instance, plan)
    if args.out is None:
        print(text, end="")
    else:
        write_whole(text, args.out)
    _summarise(instance, plan)
    for fault in faults:
        print(f"  {fault.rule}: {fault.text}", file=sys.stderr)
    print(f"check: {len(faults)} faults" if faults else "check: every rule holds", file=sys.stderr)
    return 1 if faults else 0


def _seconds(args: argparse.Namespace) -> float:
    """CPU time of a solve; without end where iterations end it, which OR-Tools does not count."""
    if args.seconds is not None:
        return float(args.seconds)
    return math.inf if args.iterations and args.engine == "own" else 10.0


def _summarise(instance: "Instance", plan: "Plan") -> None:
    from cargo.formats.files import cost_of
    from cargo.pdp.reasons import why_unserved

    n = len(instance.problem.requests)
    print(
        f"{instance.format}: {len(plan.rounds)} of {len(instance.problem.vehicles)} vehicles, "
        f"cost {cost_of(instance, plan):.2f}, {n - len(plan.unserved)} of {n} requests served",
        file=sys.stderr,
    )
    for name, reason in why_unserved(instance.problem, plan).items():
        print(f"  {name} is left behind: {reason.text}", file=sys.stderr)


def _show_progress(progress: Any) -> None:
    print(
        f"{progress.seconds:6.1f} s {progress.iterations:9d} iterations, cost {progress.cost:.6g}, "
        f"{progress.vehicles} vehicles, {progress.unserved} unserved",
        file=sys.stderr,
    )
