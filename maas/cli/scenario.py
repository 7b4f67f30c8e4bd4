"""`maas scenario run FILE -o DIR`: one day under each policy, side by side."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maas.cli import options

if TYPE_CHECKING:
    from maas.scenario.simulation import Simulation

FILES = "report.html, kpis.csv, kpis.json, travellers.csv, load-plan.json, ledger.json"


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("scenario", help="simulate a day under several policies")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run_parser = actions.add_parser("run", help="simulate one day and write a report")
    run_parser.add_argument("file", type=Path, metavar="scenario.yaml")
    run_parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    run_parser.add_argument(
        "-r", "--region", type=Path, metavar="DIR", help="use this region directory instead"
    )
    run_parser.add_argument("--seed", type=options.seed, help="use this seed instead")
    run_parser.add_argument("--json", action="store_true", help="print kpis.json, not the table")
    run_parser.add_argument("-q", "--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Simulate, write everything, print the figures."""
    from maas.scenario.file import read_scenario_file
    from maas.scenario.outputs import check_folder, write
    from maas.scenario.run import open_region

    started = time.perf_counter()
    scenario = read_scenario_file(args.file)
    if args.seed is not None:
        scenario = scenario.model_copy(update={"seed": args.seed})
    check_folder(args.out)
    region = open_region(scenario, args.file.parent, args.region)
    simulation = _simulate(scenario, args.file.parent, region, quiet=args.quiet)
    write(simulation, args.out)
    if args.json:
        print((args.out / "kpis.json").read_text(encoding="utf-8"), end="")
    else:
        _show(simulation)
        print(f"\n{args.out}: {FILES} ({time.perf_counter() - started:.0f} s)")
    return 0


def _simulate(scenario: Any, folder: Path, region: Any, *, quiet: bool) -> "Simulation":
    """Simulate with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from maas.scenario.run import simulate

    console = Console(file=sys.stderr)
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    shown = not quiet and console.is_terminal
    with Progress(*columns, console=console, disable=not shown, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def report(step: str, share: float) -> None:
            bar.update(task, description=step, completed=share)

        return simulate(scenario, folder, region, report)


def _show(simulation: "Simulation") -> None:
    """Print the figures side by side."""
    from rich.console import Console
    from rich.table import Table

    from maas.scenario.report_tables import groups
    from maas.scenario.rules import POLICIES

    scenario, region = simulation.scenario, simulation.region
    console = Console()
    title = f"{scenario.name} · {region.file.name} · {scenario.date} · seed {scenario.seed}"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("")
    for policy in scenario.policies:
        table.add_column(POLICIES[policy].en, justify="right")
    if len(scenario.policies) > 1:
        table.add_column("Change", justify="right")
    for group in groups(simulation):
        table.add_row("")
        table.add_row(f"[bold]{group['en']}[/bold]")
        for row in group["rows"]:
            colour = {"good": "green", "bad": "yellow", "": "dim"}[row["sense"]]
            changed = [f"[{colour}]{row['change']}[/]"] if len(scenario.policies) > 1 else []
            table.add_row(row["en"], *row["values_"], *changed)
    console.print(table)
    if region.file.synthetic:
        print("\nSYNTHETIC data, not a real timetable. 合成データです。")
