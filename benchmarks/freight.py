"""Pickup and delivery on published instances, and loads on the shipped island.

Every engine gets the same CPU seconds on one thread, and every plan goes through a check that
shares nothing with any of them. VROOM stops by itself, mostly sooner.
"""

import importlib
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import lilim
from benchmarks.children import cpu_with_children
from benchmarks.harness import OURS, Fact, Report, Row, installed, outside_data
from benchmarks.lilim import Instance, Rounds, Verdict
from benchmarks.regions import opened

NAME = "freight"
SUMMARY = "pickup and delivery beside OR-Tools, PyVRP and VROOM; mixed loads beside separate ones"

Engine = Callable[[Instance, float, int], Rounds]

OUR_ENGINES = {OURS: "cargo_numba", "ours (OR-Tools)": "cargo_ortools"}
PEERS = {"PyVRP": ("pyvrp", "pyvrp"), "VROOM": ("pyvroom", "vroom")}
QUICK_INSTANCES = ("lc101", "lr109", "lr1_2_1")
SEED = 1


def run(quick: bool, region: Path) -> Report:
    """Published instances where they are, and the shipped island in any case."""
    report = Report(packages={"ortools"})
    data = outside_data()
    if data is None:
        report.notes.append("Li & Lim instances are not there (set MAAS_TEST_DATA): left out")
    else:
        _instances(report, data, quick=quick)
    _loads(report, region, seconds=4.0 if quick else 30.0)
    return report


def _instances(report: Report, data: Path, *, quick: bool) -> None:
    """Let all engines solve each instance, one after the other."""
    folder = lilim.folder_in(data)
    best = lilim.best_known(folder)
    engines = _engines(report)
    seconds = 1.5 if quick else 10.0
    results: dict[str, list[tuple[Verdict, tuple[int, float]]]] = defaultdict(list)
    for name in QUICK_INSTANCES if quick else lilim.TEN:
        instance = lilim.read(folder / "instances" / f"{name}.txt")
        for program, solve in engines.items():
            started = time.process_time()
            rounds = solve(instance, seconds, SEED)
            cpu = time.process_time() - started
            verdict = lilim.check(instance, rounds)
            results[program].append((verdict, best[name]))
            facts = _instance_facts(verdict, best[name])
            report.rows.append(Row(f"Li & Lim {name}", program, (cpu,), facts, None))
    for program, found in results.items():
        own = [row for row in report.rows if row.program == program]
        cpu_s = tuple(row.median for row in own)
        report.rows.append(Row("Li & Lim, all of these", program, cpu_s, _summary(found), None))


def _engines(report: Report) -> dict[str, Engine]:
    """Engines of ours and of the peers that are installed; ours are compiled first."""
    data = outside_data()
    assert data is not None
    engines: dict[str, Engine] = {}
    smallest = lilim.read(lilim.folder_in(data) / "instances" / "lc101.txt")
    for program, module in OUR_ENGINES.items():
        engines[program] = importlib.import_module(f"benchmarks.{module}").solve
        engines[program](smallest, 0.05, SEED)
    for program, (distribution, module) in PEERS.items():
        if installed(report, distribution, module):
            peer = importlib.import_module(f"benchmarks.peer_{module}")
            engines[program] = peer.solve
    return engines


def _instance_facts(verdict: Verdict, best: tuple[int, float]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "vehicles": verdict.vehicles,
        "best_known": best[0],
        "distance": round(verdict.distance, 2),
        "gap_percent": _percent(verdict.distance / best[1] - 1),
    }
    if verdict.unserved:
        facts["unserved"] = verdict.unserved
    if verdict.faults:
        facts["FAULTS"] = f"{len(verdict.faults)}: {verdict.faults[0]}"
    return facts


def _summary(found: Sequence[tuple[Verdict, tuple[int, float]]]) -> dict[str, Fact]:
    """How many instances need no more vehicles than best known, and the mean gap on those."""
    level = [
        verdict.distance / best[1] - 1
        for verdict, best in found
        if verdict.is_feasible and verdict.vehicles <= best[0]
    ]
    facts: dict[str, Fact] = {
        "feasible": sum(verdict.is_feasible for verdict, _ in found),
        "vehicles_as_best": len(level),
    }
    return facts | ({"mean_gap_percent_there": _percent(statistics.fmean(level))} if level else {})


def _percent(share: float) -> float:
    """Percent with two digits; no negative zero."""
    return round(100 * share, 2) + 0.0


def _loads(report: Report, source: Path, seconds: float) -> None:
    """Plan a day's parcels mixed and separate, by the same solver for the same time."""
    from maas.freight import plan_loads

    shipments = source.with_name("shipments.json")
    if not shipments.is_file():
        report.notes.append(f"no {shipments.name} lies beside {source}: no loads were planned")
        return
    region = opened(source)
    document: dict[str, Any] = json.loads(shipments.read_text(encoding="utf-8"))
    plan: dict[str, Any] = {}
    cpu = cpu_with_children(
        lambda: plan.update(plan_loads(region, document, seed=SEED, seconds=seconds))
    )
    for policy in ("separate", "mixed"):
        facts = _load_facts(plan["kpis"][policy])
        report.rows.append(Row(f"{region.file.name}, parcels", policy, (cpu / 2,), facts, None))
    report.notes.append("parcels: CPU is half of what planning both ways of operation took")


def _load_facts(kpis: Mapping[str, Any]) -> dict[str, Fact]:
    return {
        "planned": f"{kpis['planned']}/{kpis['shipments']}",
        "vehicle_km": kpis["vehicle_km"],
        "driver_hours": kpis["driver_hours"],
        "cost": f"{kpis['cost']['amount']} {kpis['cost']['currency']}",
        "co2_kg": round(kpis["co2_g"] / 1000, 1),
        "trips_used": kpis["trips_used"],
    }
