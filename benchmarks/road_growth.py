"""How reading, building and searching grow: copies of a real map, each size in its own process."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.children import run_child
from benchmarks.harness import OURS, Fact, Report, Row
from benchmarks.machine import ROOT
from benchmarks.road_tiles import write_tiles
from routing.customizable import customize
from routing.profiles import PROFILES
from routing.road import RoadGraph
from routing.road_search import ProfileSearch

_SIDES = (1, 2, 3)  # tiles along a side: x1, x4, x9
_N_PLACES = 1000
_SEED = 9


def add_growth(report: Report, extract: Path) -> None:
    """Read, contract, shape, customise and fill a matrix for one, four and nine tiles."""
    with tempfile.TemporaryDirectory() as folder:
        for side in _SIDES:
            file = Path(folder) / f"x{side * side}.osm.pbf"
            write_tiles(extract, side, file)
            command = [sys.executable, "-m", "benchmarks.road_growth", str(file)]
            found = json.loads(run_child(command, {"PYTHONPATH": str(ROOT)}).output)
            for case, seconds, facts in found:
                name = f"tiles x{side * side}: {case}"
                report.rows.append(Row(name, OURS, tuple(seconds), facts, None))
    report.notes.append(
        "tiles: copies of the roads side by side, joined by 40 roads across each border; "
        "a process each, peak memory of each step"
    )


def measure(file: Path) -> list[tuple[str, list[float], dict[str, Fact]]]:
    """Do every step on one file; returns name, CPU times and sizes of each."""
    rows: list[tuple[str, list[float], dict[str, Fact]]] = []

    def timed(case: str, work: Callable[[], Any], **facts: Fact) -> Any:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the peak
        started = time.process_time()
        result = work()
        rows.append((case, [time.process_time() - started], facts | {"peak MB": _peak_mb()}))
        return result

    car = [profile for profile in PROFILES if profile.name == "car"]
    road = timed("read", lambda: RoadGraph.read(file, car))
    search: ProfileSearch = road._searches["car"]  # noqa: SLF001
    links = search.roads.links
    rows[-1][2].update(vertices=links.first_of_vertex.size - 1, links=links.head.size)
    timed("contract", search.contract)
    shape = timed("shape for any costs", search.shape)
    hierarchy = timed("put costs onto it", lambda: customize(shape, links.cost))
    other = ProfileSearch(search.points, search.roads, search.traits, hierarchy, shape)
    rng = np.random.default_rng(_SEED)
    at = rng.integers(0, search.points.lon.size, (2, _N_PLACES))
    pins = [road.pin(search.points.lon[row], search.points.lat[row], "car") for row in at]
    for name, method in (("contracted", search), ("customised", other)):
        method.table(*pins)  # compiles what is not in the cache
        timed(f"matrix {_N_PLACES} x {_N_PLACES}, {name}", partial(method.table, *pins))
    ends = [(float(search.points.lon[i]), float(search.points.lat[i])) for i in at.ravel()]
    road.path(ends[0], ends[1], "car")
    seconds = []
    for origin, goal in zip(ends[::2], ends[1::2], strict=True):
        started = time.process_time()
        road.path(origin, goal, "car")
        seconds.append(time.process_time() - started)
    rows.append(("path with geometry", seconds, {}))
    return rows


def _peak_mb() -> int:
    """Most memory that this process has held since the peak was forgotten, MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024)
    return 0


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
