"""Large feeds from zip to a region that is ready to plan on, each in a process of its own.

`python -m benchmarks.import_big PROGRAM FEED…` does one of them and prints its CPU time and sizes.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from benchmarks.children import run_child
from benchmarks.harness import OURS, Report, Row, installed

_CASES = {  # in the order of their size
    "Manhattan": ("mta_bus_m",),
    "three feeds": ("mta_bus_m", "mta_subway", "mta_lirr"),
    "nyc_day": ("nyc_day",),
}
_PEERS = {"nigiri": ("pynigiri", "pynigiri"), "gtfs-kit": ("gtfs-kit", "gtfs_kit")}
_ZONE = "America/New_York"
_NIGIRI_DAY = date(2026, 10, 7)
_OPENINGS = 20


def add_rows(report: Report, folder: Path, repeats: int = 3) -> None:
    """Read the large feeds; the peers read the last of them in the same run."""
    programs = {OURS: [*_CASES], **{name: ["nyc_day"] for name in _PEERS}}
    for name, (distribution, module) in _PEERS.items():
        if not installed(report, distribution, module):
            del programs[name]
    for case, feeds in _CASES.items():
        paths = [str(folder / f"{feed}.zip") for feed in feeds]
        for name in (name for name, cases in programs.items() if case in cases):
            command = [sys.executable, "-m", "benchmarks.import_big", name, *paths]
            if name == OURS:
                run_child(command)  # compiles kernels and fills the file cache
            runs = [run_child(command) for _ in range(repeats if name != "gtfs-kit" else 1)]
            facts = [json.loads(run.output) for run in runs]
            seconds = tuple(fact.pop("seconds") for fact in facts)
            peak = max(round(run.rss_mb) for run in runs)
            sizes = {**facts[-1], "peak_mb": peak, "with_start_s": round(runs[-1].cpu, 2)}
            report.rows.append(Row(f"region of {case}", name, seconds, sizes))
    _growth(report)


def _growth(report: Report) -> None:
    """Say what a million stop times costs in each case."""
    for row in report.rows:
        if row.program == OURS and row.case.startswith("region of "):
            n = int(row.facts["stop_times"])
            report.notes.append(
                f"{row.case}: {row.median / n * 1e6:.2f} CPU s a million stop times"
            )


def _ours(feeds: Sequence[str]) -> dict[str, float]:
    """Build a region of the feeds without roads, and open it."""
    from maas.build import build_region
    from maas.region import Region

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "region.yaml"
        entries = [f"  - {{id: {Path(feed).stem}, path: {feed}}}" for feed in feeds]
        text = f"name: New York\ntimezone: {_ZONE}\nfeeds:\n" + "\n".join(entries) + "\n"
        source.write_text(text, encoding="utf-8")
        started = time.process_time()
        region = build_region(source, Path(folder) / "region")
        seconds = time.process_time() - started
        opening = []
        for _ in range(_OPENINGS):
            started = time.process_time()
            Region.open(Path(folder) / "region")
            opening.append(time.process_time() - started)
        return {
            "seconds": seconds,
            "stop_times": int(region.timetable.stop_times.stop.size),
            "walks": int(region.footpaths.head.size),
            "open_ms": round(1e3 * sorted(opening)[_OPENINGS // 2], 1),
        }


def _nigiri(feeds: Sequence[str]) -> dict[str, float]:
    from benchmarks.peer_nigiri import Nigiri

    started = time.process_time()
    loaded = Nigiri(Path(feeds[0]), _NIGIRI_DAY, 0)
    return {"seconds": time.process_time() - started, **loaded.sizes()}


def _gtfs_kit(feeds: Sequence[str]) -> dict[str, float]:
    import gtfs_kit

    started = time.process_time()
    feed = gtfs_kit.read_feed(feeds[0], dist_units="km")
    return {"seconds": time.process_time() - started, "stop_times": len(feed.stop_times)}


_RUN: dict[str, Callable[[Sequence[str]], dict[str, float]]] = {
    OURS: _ours,
    "nigiri": _nigiri,
    "gtfs-kit": _gtfs_kit,
}

if __name__ == "__main__":
    print(json.dumps(_RUN[sys.argv[1]](sys.argv[2:])))
