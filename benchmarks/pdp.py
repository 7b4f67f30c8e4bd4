"""Published instances of pickup and delivery by all engines, each for the same CPU seconds.

`python -m benchmarks.pdp SET [--seeds 1,2,3] [--seconds 10] [--only NAME,...] [--programs ours]`
"""

import argparse
import importlib
import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import darp, eidarp, eidarp_check, eidarp_ours, lilim, ours
from benchmarks.harness import OURS, Fact, Report, Row, installed, outside_data
from benchmarks.lilim import Verdict
from benchmarks.table import document, text

OR_TOOLS = "OR-Tools"
PEERS = {"PyVRP": ("pyvrp", "pyvrp"), "VROOM": ("pyvroom", "vroom")}
Engine = Callable[[Any, float, int], Any]  # instance, CPU s, seed → what its check judges


@dataclass(frozen=True)
class Case:
    """One instance with its check and the best that is known."""

    name: str
    instance: Any
    check: Callable[[Any, Any], Verdict]
    vehicles: int  # of the best known plan; for dial-a-ride those there are
    distance: float  # NaN where none is known


def lilim_cases(data: Path, names: Iterable[str]) -> list[Case]:
    """Instances of Li and Lim by name."""
    folder = lilim.folder_in(data)
    best = lilim.best_known(folder)
    return [
        Case(name, lilim.read(folder / "instances" / f"{name}.txt"), lilim.check, *best[name])
        for name in names
    ]


def darp_cases(data: Path, names: Iterable[str] = ()) -> list[Case]:
    """Dial-a-ride instances, by name or all with a known optimum."""
    folder = darp.folder_in(data)
    best = darp.best_known(folder)
    instances = [darp.read(folder / f"{name}.txt") for name in (list(names) or sorted(best))]
    return [Case(one.name, one, darp.check, one.n_vehicles, best[one.name]) for one in instances]


def eidarp_cases(data: Path) -> list[Case]:
    """Dial-a-ride instances with timetabled lines; minutes stand for distance."""
    folder = eidarp.folder_in(data)
    instances = [eidarp.read(folder, name) for name in eidarp.names_in(folder)]
    return [Case(one.name, one, eidarp_check.check, len(one.buses), math.nan) for one in instances]


def cases_of(which: str, data: Path) -> list[Case]:
    """Cases of a set: ten, 100, 200, 400, darp or eidarp."""
    if which == "ten":
        return lilim_cases(data, lilim.TEN)
    if which in {"darp", "eidarp"}:
        return darp_cases(data) if which == "darp" else eidarp_cases(data)
    names = sorted(lilim.best_known(lilim.folder_in(data)))
    mark = f"_{int(which) // 100}_"
    return lilim_cases(
        data, [name for name in names if (mark in name if which != "100" else "_" not in name)]
    )


def engines(report: Report, programs: Sequence[str] = ()) -> dict[str, Engine]:
    """Engines that are there, ours first."""
    found: dict[str, Engine] = {
        OURS: lambda one, seconds, seed: ours.own(one.path, seconds, seed),
        OR_TOOLS: lambda one, seconds, seed: ours.or_tools(one.path, seconds, seed),
    }
    for program, (distribution, module) in PEERS.items():
        if (not programs or program in programs) and installed(report, distribution, module):
            found[program] = importlib.import_module(f"benchmarks.peer_{module}").solve
    return {name: one for name, one in found.items() if not programs or name in programs}


def measure(
    report: Report, label: str, cases: Sequence[Case], found: dict[str, Engine],
    seconds: float, seeds: Sequence[int],
) -> None:  # fmt: skip
    """One row for each instance and program, and one for all instances of a program."""
    levels: dict[str, list[tuple[Case, list[Verdict]]]] = defaultdict(list)
    for case in cases:
        for program, solve in found.items():
            verdicts, cpu = [], []
            for seed in seeds if program != "VROOM" else seeds[:1]:
                started = time.process_time()
                rounds = solve(case.instance, seconds, seed)
                cpu.append(time.process_time() - started)
                verdicts.append(case.check(case.instance, rounds))
            levels[program].append((case, verdicts))
            report.rows.append(
                Row(f"{label} {case.name}", program, tuple(cpu), _facts(case, verdicts), None)
            )
            print(report.rows[-1].case, program, dict(report.rows[-1].facts), file=sys.stderr)
    for program, rows in levels.items():
        own = [row for row in report.rows if row.program == program and label in row.case]
        cpu_s = tuple(row.median for row in own)
        report.rows.append(Row(f"{label}, all of these", program, cpu_s, summary(rows), None))


def median(verdicts: Sequence[Verdict]) -> Verdict:
    """The plan of the median seed: served first, then vehicles, then distance."""
    order = sorted(
        verdicts, key=lambda one: (not one.is_feasible, one.unserved, one.vehicles, one.distance)
    )
    return order[(len(order) - 1) // 2]


def _facts(case: Case, verdicts: Sequence[Verdict]) -> dict[str, Fact]:
    middle = median(verdicts)
    facts: dict[str, Fact] = {
        "vehicles": middle.vehicles,
        "distance": round(middle.distance, 2),
    }
    if math.isfinite(case.distance):
        facts["best_known"] = case.vehicles
        facts["gap_percent"] = percent(middle.distance / case.distance - 1)
    if len(verdicts) > 1:
        facts["seeds"] = len(verdicts)
    if middle.unserved:
        facts["unserved"] = middle.unserved
    faults = [fault for verdict in verdicts for fault in verdict.faults]
    if faults:
        facts["FAULTS"] = f"{len(faults)}: {faults[0]}"
    return facts


def summary(rows: Sequence[tuple[Case, Sequence[Verdict]]]) -> dict[str, Fact]:
    """How many instances need no more vehicles than best known, and the mean gap on those."""
    middle = [(case, median(verdicts)) for case, verdicts in rows]
    level = [
        one.distance / case.distance - 1
        for case, one in middle
        if one.is_feasible and one.vehicles <= case.vehicles
    ]
    facts: dict[str, Fact] = {
        "instances": len(rows),
        "feasible": sum(one.is_feasible for _, one in middle),
        "vehicles_as_best": len(level),
    }
    if level and all(math.isfinite(gap) for gap in level):
        facts["mean_gap_percent_there"] = percent(statistics.fmean(level))
    return facts


def percent(share: float) -> float:
    """Percent with two digits; no negative zero."""
    return round(100 * share, 2) + 0.0


def warm_up(data: Path, found: dict[str, Engine]) -> None:
    """Compile our kernels before any clock starts."""
    for case in (*lilim_cases(data, ["lc101"]), *darp_cases(data, ["a2-16"])):
        for program in {OURS} & found.keys():
            found[program](case.instance, 0.05, 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure one set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pdp", description=__doc__)
    parser.add_argument("set", choices=("ten", "100", "200", "400", "darp", "eidarp"))
    parser.add_argument("--seeds", default="1", help="comma between them")
    parser.add_argument("--seconds", type=float, default=10.0, help="CPU time of each solve")
    parser.add_argument("--only", help="names of instances, comma between them")
    parser.add_argument("--programs", default="", help="ours, OR-Tools, PyVRP, VROOM; default all")
    args = parser.parse_args(argv)
    data = outside_data()
    if data is None:
        print("the instances are not there (set MAAS_TEST_DATA)", file=sys.stderr)
        return 2
    report = Report(packages={"ortools"})
    found = engines(report, [name for name in args.programs.split(",") if name])
    if args.set == "darp":
        found = {name: one for name, one in found.items() if name not in PEERS}
        report.notes.append("PyVRP and VROOM know no longest ride and are left out")
    if args.set == "eidarp":
        found = {OURS: eidarp_ours.solve}
        report.notes.append("OR-Tools, PyVRP and VROOM choose no lines and are left out")
    cases = cases_of(args.set, data)
    if args.only:
        cases = [case for case in cases if case.name in args.only.split(",")]
    if args.set == "eidarp":
        eidarp_ours.solve(cases[0].instance, 0.05, 1)
    else:
        warm_up(data, found)
    seeds = [int(seed) for seed in args.seeds.split(",")]
    measure(report, args.set, cases, found, args.seconds, seeds)
    print(text(f"{args.set}, {args.seconds:g} CPU s", document("pdp", report, quick=False)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
