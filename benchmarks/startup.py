"""From process start to the first itinerary on the shipped region."""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.children import Use, run_child
from benchmarks.harness import OURS, Fact, Report, Row
from benchmarks.regions import built

NAME = "startup"
SUMMARY = "process start to first itinerary: CPU and memory, cold and warm kernels"

PYTHON = (sys.executable, "-c", "pass")


def run(quick: bool, region: Path) -> Report:
    """Start each command a few times; a cold start compiles into an empty cache of its own."""
    directory = built(region)
    trip = json.loads(
        run_child([sys.executable, "-m", "benchmarks.regions", str(directory)]).output
    )
    maas = (sys.executable, "-m", "maas")
    open_region = (
        "import sys, pathlib; from maas.region import Region; "
        "Region.open(pathlib.Path(sys.argv[1]))"
    )
    plan = (*maas, "plan", "-r", str(directory), *trip, "--json")
    commands: dict[str, tuple[str, ...]] = {
        "bare python": PYTHON,
        "maas --help": (*maas, "--help"),
        "open region": (sys.executable, "-c", open_region, str(directory)),
        "first itinerary, warm": plan,
    }
    with tempfile.TemporaryDirectory() as folder:
        warm = {"NUMBA_CACHE_DIR": folder}
        cold = [run_child(plan, warm)]  # fills the cache
        uses = _repeated(commands, warm, 3 if quick else 9)
        cache_mb = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 1e6
    cold += [_cold(plan) for _ in range(0 if quick else 2)]
    rows = [_row(name, found, {}) for name, found in uses.items()]
    rows.append(_row("first itinerary, cold", cold, {"cache_mb": round(cache_mb, 1)}))
    return Report(rows)


def _cold(command: tuple[str, ...]) -> Use:
    """Run with an empty kernel cache."""
    with tempfile.TemporaryDirectory() as folder:
        return run_child(command, {"NUMBA_CACHE_DIR": folder})


def _repeated(
    commands: Mapping[str, tuple[str, ...]], environment: Mapping[str, str], repeats: int
) -> dict[str, list[Use]]:
    """Take turns through all commands, `repeats` times."""
    uses: dict[str, list[Use]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            uses[name].append(run_child(command, environment))
    return uses


def _row(name: str, uses: Sequence[Use], facts: Mapping[str, Fact]) -> Row:
    seconds = tuple(use.cpu for use in uses)
    peak = max(use.rss_mb for use in uses)
    return Row(name, OURS, seconds, {"peak_mb": round(peak), **facts}, None)
