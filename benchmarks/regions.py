"""The regions that benchmarks plan on: built when they are not there yet, with queries of a day."""

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.children import run_child
from benchmarks.harness import outside_data
from benchmarks.machine import ROOT

if TYPE_CHECKING:
    from maas.region import Region

SHIPPED = ROOT / "data" / "hokkaido" / "region.yaml"
NORTHERN_KENTUCKY = ROOT / "tests" / "regions" / "northern_kentucky.yaml"
TOKACHI = ROOT / "tests" / "regions" / "tokachi.yaml"
SEED = 1
QUERY_DATES = {"Northern Kentucky": date(2019, 11, 13)}  # a usual Wednesday


def built(source: Path) -> Path:
    """Directory of the region that `source` describes; built by a process of its own.

    Regions of the checkout go to its `build/`, others beside their region file.
    """
    source = source.resolve()
    name = source.parent.name if source.stem == "region" else source.stem
    directory = (ROOT if source.is_relative_to(ROOT) else source.parent) / "build" / name
    run_child([sys.executable, "-m", "maas", "build", str(source), "-o", str(directory), "-q"])
    return directory


def opened(source: Path) -> "Region":
    """Open the region that `source` describes."""
    from maas.region import Region

    return Region.open(built(source))


def door_to_door_sources(region: Path) -> list[Path]:
    """The asked region, and Northern Kentucky where its data is."""
    sources = [region]
    if region == SHIPPED and (source := _with_outside_data(NORTHERN_KENTUCKY)) is not None:
        sources.append(source)
    return sources


def tokachi_source() -> Path | None:
    """Region file of two Obihiro bus operators, where their feeds are."""
    return _with_outside_data(TOKACHI)


def _with_outside_data(template: Path) -> Path | None:
    """Write a region file of the tests with the place where its feeds are."""
    data = outside_data()
    if data is None:
        return None
    source = ROOT / "build" / "sources" / template.name
    source.parent.mkdir(parents=True, exist_ok=True)
    text = template.read_text(encoding="utf-8")
    source.write_text(text.replace("../../../shared/data", str(data)), encoding="utf-8")
    return source


def day_of(region: "Region") -> date:
    """A Wednesday that the region covers, not its very first."""
    first, last = region.timetable.first_date, region.timetable.last_date
    usual = QUERY_DATES.get(region.file.name, first + timedelta(days=(2 - first.weekday()) % 7 + 7))
    return min(usual, last)


def journey_queries(region: "Region", n: int) -> Iterator[dict[str, Any]]:
    """Seeded queries of one day: drawn from the population, or between random stops."""
    on = day_of(region)
    population = region.folder / "population.csv"
    if population.is_file():
        from maas.synthetic.demand import draw_demand

        for wish in draw_demand(population, on, n, 0, SEED).trips:
            yield _query(wish.origin, wish.destination, on, wish.depart)
        return
    draw = random.Random(SEED)
    stops = region.timetable.stops
    places = [(float(lat), float(lon)) for lat, lon in zip(stops.lat, stops.lon, strict=True)]
    for _ in range(n):
        yield _query(draw.choice(places), draw.choice(places), on, draw.randrange(21_600, 75_600))


def _query(
    origin: tuple[float, float], destination: tuple[float, float], on: date, depart: int
) -> dict[str, Any]:
    return {
        "from": {"lat": origin[0], "lon": origin[1]},
        "to": {"lat": destination[0], "lon": destination[1]},
        "at": f"{on}T{depart // 3600:02}:{depart // 60 % 60:02}:00",
    }


def print_trip(directory: Path) -> None:
    """Print a trip through a region as arguments of `maas plan`: between two hubs, or two stops."""
    from maas.region import Region

    region = Region.open(directory)
    stops, hubs = region.timetable.stops, region.file.hubs
    places = [(hub.at.lat, hub.at.lon) for hub in hubs[:2]]
    if len(places) < 2:
        places = [(float(stops.lat[stop]), float(stops.lon[stop])) for stop in (0, -1)]
    ends = [f"{lat:.5f},{lon:.5f}" for lat, lon in places]
    print(json.dumps([*ends, "--at", f"{day_of(region)}T08:00"]))


if __name__ == "__main__":
    print_trip(Path(sys.argv[1]))
