"""Three-echelon deliveries on public transport (Delle Donne, Santini, Archetti 2025), 74 instances.

Each plan goes through `cargo.relay.check`, which shares nothing with the solver. The published
runs cut off what is beyond the point of every way of the newer instances. Eight of these have no
plan with the couriers that their files state; the published runs counted ways exactly there and
let ten couriers start at each stop, which is what reproduces the published costs.
"""

import argparse
import csv
import math
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness import outside_data
from benchmarks.lilim import Verdict
from cargo.formats.relay import read
from cargo.relay.check import check
from cargo.relay.model import Relay
from cargo.relay.solve import solve

OLDER, NEWER = "mandal_and_archetti", "delle_donne_et_al"
RELAXED = frozenset(f"insC{name}" for name in "2.0 2.1 2.2 3.0 3.1 3.2 3.6 3.8".split())
COURIERS = 10  # of each stop there, as the published costs need


class Case(NamedTuple):
    """An instance as the published runs took it, and the best of their costs."""

    relay: Relay
    published: float | None


class Outcome(NamedTuple):
    """What came of one instance."""

    case: Case
    verdict: Verdict
    bound: float
    cpu: float

    @property
    def gap(self) -> float | None:
        """Of our cost to the published one."""
        if self.case.published is None or not self.verdict.is_feasible:
            return None
        return self.verdict.distance / self.case.published - 1


def folder_in(data: Path) -> Path:
    """Where the instances lie in the folder of outside data."""
    return data / "vrp" / "pt_lmd"


def names_in(folder: Path) -> list[str]:
    """All instances, those of the older set first."""
    found = [path.stem for path in folder.glob("instances/*/*.city")]
    return sorted(found, key=lambda name: (name.startswith("insC"), len(name), name))


def published(folder: Path) -> dict[str, float]:
    """Least cost of all published methods."""
    best: dict[str, float] = {}
    for file, name, cost in (
        ("mandal_instances.csv", "instance", "primal_bound_value"),
        ("delle_donne_instances.csv", "instance", "ub"),
    ):
        with (folder / "results" / file).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row[cost] and float(row[cost]) > 0:  # -1 and nothing: no plan found
                    value = float(row[cost])
                    best[row[name]] = min(best.get(row[name], math.inf), value)
    return best


def case_of(folder: Path, name: str) -> Case:
    """One instance by its name."""
    set_ = NEWER if name.startswith("insC") else OLDER
    relay = read(folder / "instances" / set_ / name)
    if name in RELAXED:
        relay = replace(relay, n_couriers=COURIERS)
    elif set_ == NEWER:
        relay = replace(relay, is_whole=True)
    return Case(relay, published(folder).get(name))


def measured(case: Case, seconds: float) -> Outcome:
    """Solve and check."""
    started = time.process_time()
    answer = solve(case.relay, seconds)
    cpu = time.process_time() - started
    if answer.plan is None:
        verdict = Verdict(0, math.nan, len(case.relay.customers), ("no plan was found",))
    else:
        cost, faults = check(case.relay, answer.plan)
        verdict = Verdict(len(answer.plan.tours), cost, 0, faults)
    return Outcome(case, verdict, answer.bound, cpu)


HEADINGS = (
    f"{'instance':<11}{'ours':>10}{'bound':>10}{'gap %':>7}{'published':>11}"
    f"{'to it %':>9}{'CPU s':>7}  check"
)


def row(outcome: Outcome) -> str:
    """A line of the table."""
    cost, bound = outcome.verdict.distance, outcome.bound
    public = "-" if outcome.case.published is None else f"{outcome.case.published:.2f}"
    gap = "-" if outcome.gap is None else f"{100 * outcome.gap:+.2f}"
    state = outcome.verdict.faults[0] if outcome.verdict.faults else "feasible"
    own = 100 * (cost / bound - 1) + 0.0 if cost > bound else 0.0
    return (
        f"{outcome.case.relay.name:<11}{cost:>10.2f}{bound:>10.2f}{own:>7.2f}{public:>11}"
        f"{gap:>9}{outcome.cpu:>7.1f}  {state}"
    )


def summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How many are feasible, gaps to the published costs and to the bounds, and time."""
    feasible = [one for one in outcomes if one.verdict.is_feasible]
    gaps = [one.gap for one in feasible if one.gap is not None]
    own = [max(0.0, one.verdict.distance / one.bound - 1) for one in feasible]
    cpu = sum(one.cpu for one in outcomes)
    yield f"{len(feasible)} of {len(outcomes)} feasible, {cpu:.0f} CPU s"
    if gaps:
        yield (
            f"to the best published: mean {100 * statistics.fmean(gaps):+.2f} %, "
            f"worst {100 * max(gaps):+.2f} %, best {100 * min(gaps):+.2f} %; "
            f"cheaper on {sum(gap < -1e-5 for gap in gaps)}, "
            f"dearer on {sum(gap > 1e-5 for gap in gaps)} of {len(gaps)}"
        )
    if own:
        yield (
            f"to our lower bound: mean {100 * statistics.fmean(own):.2f} %, "
            f"worst {100 * max(own):.2f} %; proven optimal on {sum(gap < 1e-5 for gap in own)}"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Solve all instances, or some."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lmd", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="CPU time of each at most")
    parser.add_argument("--only", help="names of instances, comma between them")
    args = parser.parse_args(argv)
    data = outside_data()
    if data is None or not folder_in(data).is_dir():
        print("the instances are not there (set MAAS_TEST_DATA)", file=sys.stderr)
        return 2
    folder = folder_in(data)
    names = args.only.split(",") if args.only else names_in(folder)
    measured(case_of(folder, "Instance1"), 5.0)  # kernels are compiled before any clock starts
    print(HEADINGS)
    outcomes = []
    for name in names:
        outcomes.append(measured(case_of(folder, name), args.seconds))
        print(row(outcomes[-1]), flush=True)
    print(*summary(outcomes), sep="\n")
    return 0 if all(one.verdict.is_feasible for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
