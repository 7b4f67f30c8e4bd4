"""Roads: matrices, paths, sweeps and isochrones of a car, turns included, beside other engines."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.children import run_child
from benchmarks.harness import OURS, Fact, Report, Row, installed, interleaved, outside_data
from benchmarks.machine import ROOT
from benchmarks.road_growth import add_growth
from benchmarks.road_peers import Lonlat, RoutingKit, osrm_folder, osrm_prepared, osrm_running
from routing.contraction import build_hierarchy
from routing.customizable import build_shape, customize, positions
from routing.isochrone import features
from routing.layout import NONE, UNREACHED, Int32Array, frozen
from routing.road import RoadGraph
from routing.road_layout import FAR, MS, Hierarchy, Pins
from routing.road_search import ProfileSearch

NAME = "road"
SUMMARY = "a car on Porto's roads with turn costs, beside RoutingKit's CCH and OSRM"

PORTO, MALTA = "porto_portugal.osm.pbf", "malta.osm.pbf"
SHIPPED = ROOT / "data" / "hokkaido" / "roads.osm.pbf"
SEED = 1
PEER_KIT, PEER_OSRM, DIJKSTRA = "pyroutingkit", "osrm-routed", "ours (Dijkstra)"
CUSTOMISED = "ours (customised)"

_READ = """
import resource, sys, time
from pathlib import Path
from routing.profiles import PROFILES
from routing.road import RoadGraph
car = [profile for profile in PROFILES if profile.name == "car"]
started = time.process_time()
RoadGraph.read(Path(sys.argv[1]), car)
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def run(quick: bool, region: Path) -> Report:  # noqa: ARG001  (roads are those of an extract)
    """Porto where it is, else the roads of the shipped island."""
    report = Report(packages={"osmium", "contourpy"})
    data = outside_data()
    extract = SHIPPED if data is None else data / "osm" / PORTO
    if data is None:
        report.notes.append(
            "Porto's roads are not there (set MAAS_TEST_DATA): the shipped synthetic island instead"
        )
    _reading(report, extract)
    road = RoadGraph.read(extract, _car())
    bench = _Bench(report, road, np.random.default_rng(SEED), quick=quick)
    bench.preparation()
    bench.matrices()
    bench.single_queries()
    bench.osrm(extract)
    if not quick:
        bench.exactness(extract.name)
        if data is not None:
            malta = RoadGraph.read(data / "osm" / MALTA, _car())
            _Bench(report, malta, np.random.default_rng(SEED), quick=quick).exactness(MALTA)
        add_growth(report, extract)
    return report


def _car() -> list[Any]:
    from routing.profiles import PROFILES

    return [profile for profile in PROFILES if profile.name == "car"]


def _reading(report: Report, extract: Path) -> None:
    """Read in a process of its own, twice: the first time compiles what is not in the cache."""
    command = [sys.executable, "-c", _READ, str(extract)]
    run_child(command, {"PYTHONPATH": str(ROOT)})
    output = run_child(command, {"PYTHONPATH": str(ROOT)}).output.split()
    facts: dict[str, Fact] = {"peak MB": round(float(output[1]))}
    report.rows.append(Row(f"read {extract.name}", OURS, (float(output[0]),), facts, None))


def _timed(work: Callable[[], object], n: int) -> tuple[float, ...]:
    """CPU times of `n` runs after one that compiles."""
    work()
    return interleaved({"it": lambda _: work()}, range(n))["it"]


class _Bench:
    """Cases on one road graph."""

    def __init__(
        self, report: Report, road: RoadGraph, rng: np.random.Generator, *, quick: bool
    ) -> None:
        self.report, self.road, self.rng, self.quick = report, road, rng, quick
        self.search = road._searches["car"]  # noqa: SLF001  (what queries are made of is measured)
        self.kit: RoutingKit | None = None

    def add(
        self,
        case: str,
        program: str,
        seconds: Sequence[float],
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        self.report.rows.append(Row(case, program, tuple(seconds), facts or {}))

    def places(self, n: int) -> Lonlat:
        """Random points of roads, moved by some ten metres."""
        points = self.search.points
        rows = self.rng.integers(0, points.lon.size, n)
        noise = self.rng.normal(0, 1e-4, (2, n))
        return points.lon[rows] + noise[0], points.lat[rows] + noise[1]

    def pins(self, n: int) -> Pins:
        return self.road.pin(*self.places(n), "car")

    def single_pins(self, n: int) -> list[Pins]:
        """Places one by one, those without a road for cars left out."""
        pins = self.pins(2 * n)
        rows = np.flatnonzero(pins.segment != NONE)[:n].tolist()
        return [Pins(*(frozen(column[[row]], column.dtype) for column in pins)) for row in rows]

    def preparation(self) -> None:
        """Contraction, the shape of customisable hierarchies, and putting other costs onto it."""
        roads = self.search.roads
        links = roads.links
        sizes: dict[str, Fact] = {
            "vertices": links.first_of_vertex.size - 1, "links": links.head.size,
        }  # fmt: skip
        n = 1 if self.quick else 3
        hierarchies: list[Hierarchy | None] = []
        seconds = _timed(lambda: hierarchies.append(build_hierarchy(links)), n)
        rows: dict[str, Fact] = {"rows": self.search.contract().via.size}
        self.add("contract", OURS, seconds, sizes | rows)
        points, segments = self.search.points, roads.segments
        at = positions(points, segments, roads.arcs, links, roads.arc_of_link)
        self.add("shape for any costs", OURS, _timed(lambda: build_shape(links, at), n))
        slower = np.where(links.cost < FAR, links.cost + (links.cost >> 34) * MS, FAR)
        shape = build_shape(links, at)
        seconds = _timed(lambda: customize(shape, slower), 5)
        rows = {"triangles": _triangles(shape.first_of_vertex), "rows": shape.above.size}
        self.add("put changed costs onto it", OURS, seconds, rows)
        self.customised = ProfileSearch(
            points, roads, self.search.traits, customize(shape, links.cost), shape
        )
        if installed(self.report, "pyroutingkit", "pyroutingkit"):
            self.kit = RoutingKit(roads, at)
            self.add("shape for any costs", PEER_KIT, [self.kit.build_s])
            self.add("put changed costs onto it", PEER_KIT, self.kit.customize_s, {"per row": 1})

    def matrices(self) -> None:
        """Matrices between fresh pins, durations and distances; RoutingKit between vertices."""
        for n in (100, 1000) if self.quick else (100, 1000, 3000):
            pairs = [(self.pins(n), self.pins(n)) for _ in range(3 if n <= 1000 else 2)]
            programs: dict[str, Callable[[tuple[Pins, Pins]], object]] = {
                OURS: lambda pair: self.search.table(*pair),
                CUSTOMISED: lambda pair: self.customised.table(*pair),
            }
            if self.kit is not None:
                programs[PEER_KIT] = self._kit_matrix
            for program in programs.values() if n == 100 else ():
                program(pairs[0])  # compiles what is not in the cache
            for name, seconds in interleaved(programs, pairs).items():
                self.add(f"matrix {n} x {n}", name, seconds)

    def _vertices(self, pins: Pins) -> Int32Array:
        """One vertex for each pin, for engines that know no places on arcs."""
        ends = self.search.ends(pins)
        arc = np.where(ends.arc[::2] >= 0, ends.arc[::2], ends.arc[1::2])
        found: Int32Array = self.search.roads.arcs.entry[arc]
        return found

    def _kit_matrix(self, pair: tuple[Pins, Pins]) -> object:
        assert self.kit is not None
        return self.kit.matrix(*(self._vertices(pins) for pins in pair))

    def single_queries(self) -> None:
        """One path, one place to 3,500 known ones, one to all, isochrones."""
        n = 100 if self.quick else 400
        lon, lat = self.places(2 * n)
        ends = list(zip(zip(lon[:n], lat[:n]), zip(lon[n:], lat[n:]), strict=True))  # noqa: B905
        for first in ends[:5]:
            self.road.path(*first, "car")
        found: list[Any] = []
        seconds = interleaved({OURS: lambda pair: found.append(self.road.path(*pair, "car"))}, ends)
        drawn = np.median([path.lon.size for path in found if path is not None])
        self.add("path with geometry", OURS, seconds[OURS], {"points": int(drawn)})
        if self.kit is not None:
            one, other = self._vertices(self.pins(n)), self._vertices(self.pins(n))
            vertices = [(int(a), int(b)) for a, b in zip(one, other, strict=True)]
            path = self.kit.path
            seconds = interleaved({PEER_KIT: lambda pair: path(*pair)}, vertices)
            self.add("path with geometry", PEER_KIT, seconds[PEER_KIT], {"geometry": "none"})
        self._one_to_known(ends)
        self._one_to_all(n)
        for minutes in (10, 30):
            self._isochrones(60 * minutes)

    def _isochrones(self, limit: int) -> None:
        pins = self.single_pins(20 if self.quick else 60)

        def ask(pin: Pins) -> object:
            return features(self.search, pin, [limit])

        ask(pins[0])
        seconds = interleaved({OURS: ask}, pins)[OURS]
        self.add(f"isochrone polygon, {limit // 60} min", OURS, seconds)

    def _one_to_known(self, ends: Sequence[Any]) -> None:
        """From and to a coordinate, pinned each time; the 3,500 places are pinned once."""
        pins = self.pins(3500)
        self.road.expect(pins, "car")
        for case, reverse in (
            ("one to 3,500 known places", False),
            ("3,500 known places to one", True),
        ):

            def ask(pair: Any, reverse: bool = reverse) -> object:
                lon, lat = pair[0]
                return self.road.one_to_many(lon, lat, pins, "car", 10**6, reverse=reverse)

            self.add(case, OURS, interleaved({OURS: ask}, ends)[OURS])

    def _one_to_all(self, n: int) -> None:
        sources = [self.search.ends(pin) for pin in self.single_pins(n)]
        on_hierarchy = self.search.on_hierarchy()
        plain = self.search.by_dijkstra()
        programs: dict[str, Callable[[Any], object]] = {
            OURS: lambda ends: on_hierarchy.to_all(ends, is_back=False),
            DIJKSTRA: lambda ends: plain.reach(ends, UNREACHED),
        }
        for program in programs.values():
            program(sources[0])
        for name, seconds in interleaved(programs, sources).items():
            self.add("one to all", name, seconds)

    def osrm(self, extract: Path) -> None:
        """OSRM's table and route over loopback HTTP: the CPU time of its server."""
        programs = osrm_folder()
        if programs is None:
            self.report.notes.append(
                "osrm-routed was left out: tools/osrm.sh fetches it, or OSRM_BIN names its folder"
            )
            return
        prepared = osrm_prepared(programs, extract, may_build=not self.quick)
        if prepared is None:
            self.report.notes.append("OSRM's data is not prepared yet: a full run prepares it")
            return
        base, note = prepared
        self.report.notes.append(f"OSRM: {note}; CPU time of the server alone, in steps of 10 ms")
        with osrm_running(programs, base) as osrm:
            for n in (100, 1000) if self.quick else (100, 1000, 3000):
                sources, targets = self.places(n), self.places(n)
                if n == 100:
                    osrm.table(sources, targets)  # maps its files
                seconds, durations = osrm.table(sources, targets)
                facts = self._agreement(sources, targets, durations) if n == 1000 else {}
                self.add(f"matrix {n} x {n}", PEER_OSRM, [seconds], facts)
            lon, lat = self.places(600)
            rows = np.column_stack([lon[:300], lat[:300], lon[300:], lat[300:]]).tolist()
            self.add("path with geometry", PEER_OSRM, [osrm.routes(rows)], {"mean of": 300})

    def _agreement(self, sources: Lonlat, targets: Lonlat, durations: Any) -> dict[str, Fact]:
        """How our durations relate to those of another engine, between the same places."""
        pins = [self.road.pin(*places, "car") for places in (sources, targets)]
        ours = self.search.table(pins[0], pins[1])[0].astype(np.float64)
        ours[ours == UNREACHED] = np.nan
        is_long = (durations > 60) & np.isfinite(ours)
        ratio = ours[is_long] / durations[is_long]
        low, middle, high = np.percentile(ratio, [5, 50, 95])
        return {
            "ours/theirs": f"{middle:.3f} ({low:.3f}-{high:.3f})",
            "outside 0.8-1.25": f"{((ratio < 0.8) | (ratio > 1.25)).mean():.2%}",
            "nulls ours/theirs": f"{np.isnan(ours).sum()}/{np.isnan(durations).sum()}",
        }

    def exactness(self, name: str) -> None:
        """Every cell of a matrix by both hierarchies against Dijkstra, and RoutingKit's ms."""
        sources, targets = self.pins(1000), self.pins(1000)
        plain = self.search.by_dijkstra()
        started = time.process_time()
        expected = plain.table(sources, targets)
        seconds = time.process_time() - started
        self.search.contract()
        other = ProfileSearch(self.search.points, self.search.roads, self.search.traits)
        other.customize()
        same = [
            int(((found[0] == expected[0]) & (found[1] == expected[1])).sum())
            for found in (search.table(sources, targets) for search in (self.search, other))
        ]
        facts: dict[str, Fact] = {
            "equal cells, contracted": same[0], "customised": same[1], "of": expected[0].size,
        }  # fmt: skip
        self.add(f"{name}: 1000 x 1000 by Dijkstra", DIJKSTRA, [seconds], facts)


def _triangles(first: Int32Array) -> int:
    n = np.diff(first).astype(np.int64)
    return int((n * (n - 1) // 2).sum())
