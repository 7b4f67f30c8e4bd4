"""Parcels on the timetable: batches beside their bound, growth, quotes, and a joint day.

Batches are drawn from a seed on two Obihiro bus feeds (2019-07-10) and on the shipped island, with
bays so scarce that first come, first served is well above the bound. The bound is that of the
linear relaxation, so the gap is never flattered by the search that it judges.
"""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness import OURS, Fact, Report, Row
from benchmarks.parcel_batches import Batch, batch, network_of, with_many_hubs
from benchmarks.parcel_quotes import quote_rows
from benchmarks.regions import opened, tokachi_source
from cargo.line_plan import LineEffort, LinePlan, plan_lines
from cargo.network import Network
from maas.region_cargo import Bay

NAME = "parcels"
SUMMARY = "parcels on scheduled trips: gap to the bound, growth, quotes"

SEED = 1
TOKACHI_DATE = date(2019, 7, 10)
ISLAND_DATE = date(2026, 12, 2)
BAY = Bay(kg=100, litres=400, pieces=8)  # replaced by each batch


class Size(NamedTuple):
    """How large a batch is and how scarce its bays are."""

    parcels: int
    bays: int
    pieces: int  # of a bay
    towns: int = 80  # hubs that parcels travel between, the busiest ones


TOKACHI_SIZES = (Size(200, 600, 8), Size(500, 1200, 8), Size(1000, 1200, 12), Size(2000, 1600, 16))
ISLAND_SIZES = (
    Size(200, 1400, 6, 10), Size(500, 1400, 12, 10),
    Size(1000, 1400, 20, 10), Size(2000, 2800, 24, 10),
)  # fmt: skip
GROWTH = (Size(4000, 1600, 32), Size(7000, 1600, 56), Size(10_000, 1600, 80))


def run(quick: bool, region: Path) -> Report:
    """Measure all parts; without the feeds only those on the island."""
    report = Report(packages={"ortools", "numba"})
    seconds = 4.0 if quick else 30.0
    for name, network, sizes in _networks(report, region, quick=quick):
        plan_lines(batch(network, 20, 100, 4).problem, LineEffort(iterations=20))  # compiles
        for size in sizes:
            _solve(report, name, batch(network, *size), seconds)
    report.rows += quote_rows(region, 30 if quick else 200)
    report.notes.append("gap: cost above the bound of the linear relaxation, percent")
    report.notes.append("proven gap: above the best bound known, that of SCIP on small batches")
    return report


def _networks(
    report: Report, region: Path, *, quick: bool
) -> Iterator[tuple[str, Network, tuple[Size, ...]]]:
    """Name, hubs and bays, and the sizes to measure."""
    source = tokachi_source()
    if source is None:
        report.notes.append("the Obihiro feeds are not there (set MAAS_TEST_DATA): left out")
    else:
        many = with_many_hubs(opened(source), BAY)
        sizes = TOKACHI_SIZES[:2] if quick else TOKACHI_SIZES + GROWTH
        yield "Tokachi", network_of(many, TOKACHI_DATE), sizes
    island = opened(region)
    on = min(max(ISLAND_DATE, island.timetable.first_date), island.timetable.last_date)
    yield island.file.name, network_of(island, on), ISLAND_SIZES[: 2 if quick else None]


def _solve(report: Report, name: str, made: Batch, seconds: float) -> None:
    """Plan one batch by all three ways of the same run."""
    begun = time.process_time()
    plan = plan_lines(made.problem, LineEffort(seconds=seconds, seed=SEED))
    cpu = time.process_time() - begun
    case = f"{name}, {made.parcels} parcels"
    report.rows.append(Row(case, OURS, (cpu,), _facts(made, plan), None))


def _facts(made: Batch, plan: LinePlan) -> dict[str, Fact]:
    bound = plan.relaxation.bound
    graph = made.problem.graph
    return {
        "bays": made.bays,
        "pieces_a_bay": made.pieces,
        "arcs": graph.head.size,
        "riding": int((plan.paths.n_rides > 0).sum()),
        "first_come_percent": round(100 * (plan.first_come / bound - 1), 2),
        "gap_percent": round(100 * (plan.cost / bound - 1), 2),
        "proven_gap_percent": round(100 * plan.gap, 2),
        "rounds": plan.relaxation.rounds,
        "columns": len(plan.columns),
    }
