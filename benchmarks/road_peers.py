"""Road engines beside ours: RoutingKit's CCH on the same graph, OSRM on the same extract."""

import json
import os
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.children import run_child
from benchmarks.machine import ROOT
from routing.layout import Float64Array
from routing.polyline import encode
from routing.road_layout import FAR, ProfileRoads
from routing.road_parts import tails

_TICKS = os.sysconf("SC_CLK_TCK")
_PROGRAMS = ROOT / "build" / "osrm" / "programs" / "bin"
_START_S = 60.0  # that osrm-routed may take to answer

Lonlat = tuple[Float64Array, Float64Array]


class RoutingKit:
    """Customisable contraction hierarchy of pyroutingkit over vertices and links; costs in ms."""

    def __init__(self, roads: ProfileRoads, at: Float64Array) -> None:
        from pyroutingkit import CCHMetric, CCHTopology

        links = roads.links
        self._open = links.cost < FAR
        n_vertices = links.first_of_vertex.size - 1
        started = time.process_time()
        topology = CCHTopology()
        topology.build(
            tails(links)[self._open].astype(np.uint32),
            links.head[self._open].astype(np.uint32),
            at[:, 1].astype(np.float32),
            at[:, 0].astype(np.float32),
            n_vertices,
        )
        self.build_s = time.process_time() - started
        self._metric = CCHMetric(topology)
        self.customize_s = [self._customize(roads) for _ in range(3)]

    def _customize(self, roads: ProfileRoads) -> float:
        weights = (roads.links.cost[self._open] >> 32).astype(np.uint32)
        started = time.process_time()
        self._metric.customize(weights, 1)
        return time.process_time() - started

    def matrix(self, sources: npt.NDArray[Any], targets: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Durations between vertices, ms."""
        found: npt.NDArray[Any] = self._metric.distances_many_to_many(
            sources.astype(np.uint32), targets.astype(np.uint32)
        )
        return found

    def path(self, source: int, target: int) -> object:
        """Duration and arcs between two vertices; it knows no geometry."""
        return self._metric.query(source, target)


def osrm_folder() -> Path | None:
    """Folder of OSRM's programs: `OSRM_BIN`, that of `tools/osrm.sh`, or one on the PATH."""
    named = os.environ.get("OSRM_BIN") or f"{_PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    found = shutil.which("osrm-routed", path=named)
    return Path(found).resolve().parent if found else None


def osrm_prepared(programs: Path, extract: Path, *, may_build: bool) -> tuple[Path, str] | None:
    """Contracted OSRM data of an extract, and what making it took if it was made now."""
    folder = ROOT / "build" / "osrm" / f"{extract.name.split('.')[0]}-{extract.stat().st_size}"
    base = folder / "map.osrm"
    if (folder / "map.osrm.hsgr").is_file():
        return base, "prepared before"
    if not may_build:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(extract, folder / "map.osm.pbf")
    profile = programs.parent / "share" / "profiles" / "car.lua"
    profile = Path(os.environ.get("OSRM_PROFILE", profile))
    command = [str(programs / "osrm-extract"), "-t", "1", "-p", str(profile)]
    extracted = run_child([*command, str(folder / "map.osm.pbf")])
    contracted = run_child([str(programs / "osrm-contract"), "-t", "1", str(base)])
    peak = max(extracted.rss_mb, contracted.rss_mb)
    return base, (
        f"extract {extracted.cpu:.1f} s + contract {contracted.cpu:.1f} s, peak {peak:.0f} MB"
    )


class Answer(NamedTuple):
    """What OSRM found, and the CPU time its server used."""

    seconds: float
    content: dict[str, Any]


class Osrm:
    """A running osrm-routed."""

    def __init__(self, server: "subprocess.Popen[bytes]", port: int) -> None:
        self._server = server
        self._url = f"http://127.0.0.1:{port}"

    def _used(self) -> float:
        fields = Path(f"/proc/{self._server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def ask(self, query: str) -> Answer:
        """Answer of a query, with the CPU time of the server (in steps of 10 ms)."""
        before = self._used()
        with urllib.request.urlopen(self._url + query, timeout=600) as answer:
            content = json.loads(answer.read())
        return Answer(self._used() - before, content)

    def table(self, sources: Lonlat, targets: Lonlat) -> tuple[float, Float64Array]:
        """CPU time and durations, s, of a matrix; NaN where there is no way."""
        lon, lat = (np.concatenate(pair) for pair in zip(sources, targets, strict=True))
        n = sources[0].size
        rows, columns = (";".join(map(str, ids)) for ids in (range(n), range(n, lon.size)))
        places = urllib.parse.quote(encode(lon, lat), safe="")
        found = self.ask(
            f"/table/v1/driving/polyline6({places})?sources={rows}&destinations={columns}"
        )
        durations = np.array(found.content["durations"], np.float64)
        return found.seconds, durations

    def routes(self, pairs: Sequence[tuple[float, float, float, float]]) -> float:
        """CPU time of one route with its whole geometry, s, on average."""
        before = self._used()
        for row in pairs:
            places = ";".join(f"{row[i]:.6f},{row[i + 1]:.6f}" for i in (0, 2))
            with urllib.request.urlopen(
                f"{self._url}/route/v1/driving/{places}?overview=full", timeout=60
            ) as answer:
                answer.read()
        return (self._used() - before) / len(pairs)


@contextmanager
def osrm_running(programs: Path, base: Path, port: int = 15000) -> Iterator[Osrm]:
    """Run osrm-routed on some data and stop it at the end."""
    command = [str(programs / "osrm-routed"), "--algorithm", "ch", "-t", "1", "-p", str(port)]
    command += ["-i", "127.0.0.1", "--max-table-size", "20000", str(base)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield Osrm(server, port)
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    import socket

    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    msg = f"osrm-routed did not answer on port {port}"
    raise RuntimeError(msg)
