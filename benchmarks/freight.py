"""Pickup and delivery on published instances, and loads on the shipped island.

Every engine gets the same CPU seconds on one thread, and every plan goes through a check that
shares nothing with any of them. VROOM stops by itself, mostly sooner.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import lilim, pdp
from benchmarks.children import cpu_with_children
from benchmarks.harness import Fact, Report, Row, outside_data
from benchmarks.regions import opened

NAME = "freight"
SUMMARY = "pickup and delivery beside OR-Tools, PyVRP and VROOM; mixed loads beside separate ones"

QUICK_INSTANCES = ("lc101", "lr109", "lr1_2_1")
QUICK_RIDES = ("a4-48", "b6-60")
RIDES = ("a4-48", "a6-72", "a8-96", "b4-48", "b6-60", "b8-96")
SEED = 1


def run(quick: bool, region: Path) -> Report:
    """Published instances where they are, and the shipped island in any case."""
    report = Report(packages={"ortools"})
    data = outside_data()
    if data is None:
        report.notes.append("published instances are not there (set MAAS_TEST_DATA): left out")
    else:
        _instances(report, data, quick=quick)
    _loads(report, region, seconds=4.0 if quick else 30.0)
    return report


def _instances(report: Report, data: Path, *, quick: bool) -> None:
    """Let all engines solve each instance, one after the other."""
    seconds = 1.5 if quick else 10.0
    found = pdp.engines(report)
    pdp.warm_up(data, found)
    names = QUICK_INSTANCES if quick else lilim.TEN
    pdp.measure(report, "Li & Lim", pdp.lilim_cases(data, names), found, seconds, [SEED])
    riding = {name: one for name, one in found.items() if name not in pdp.PEERS}
    rides = pdp.darp_cases(data, QUICK_RIDES if quick else RIDES)
    pdp.measure(report, "dial-a-ride", rides, riding, seconds, [SEED])
    report.notes.append("PyVRP and VROOM know no longest ride: no dial-a-ride")


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
