"""The valley with people and parcels: hubs at C and D, a bay on the train, vans at C, taxis at A.

See `tests.maas.valley` for the timetable. Two trains and a coach a day lead to D, each with five
seats; only trains take parcels.
"""

from pathlib import Path

from maas.build import build_region
from maas.region import Region
from tests.gtfs.feeds import write_feed
from tests.maas.valley import FAR_LINES, FAR_STOPS, FAR_TIMES, FAR_TRIPS, REGION, STOPS

GOODS = """
notice: Made for tests.
notice_ja: 試験用です。
population: population.csv
vans:
  - id: depot
    base: {lat: 43.02, lon: 141.0}
    vehicles: 2
    bay: {kg: 500, litres: 2000, pieces: 50, temperatures: [ambient, cool, frozen]}
hubs:
  - {id: south, name: 南口, name_en: South, at: {lat: 43.0205, lon: 141.0}, stops: ["far:C"]}
  - {id: yama, name: 山中, name_en: Yamanaka, at: {lat: 43.3, lon: 141.0}, stops: ["far:D"]}
cargo:
  - id: train
    lines: ["far:T"]
    bay: {kg: 100, litres: 500, pieces: 5}
    price_per_piece: 100
"""
POPULATION = """lat,lon,people,name
43.000,141.000,400,北
43.010,141.001,200,中
43.020,141.000,300,南
43.300,141.001,100,山中
"""
BAY = "    seats: 4\n    bay: {kg: 100, litres: 400, pieces: 8}\n"
SCENARIO = """
name: A day in the valley
name_ja: 谷の一日
region: region.yaml
date: 2026-10-07
seed: 3
passengers: {count: 12}
parcels: {count: 8}
solver_iterations: 60
"""


def write_valley(folder: Path, region: str = REGION + GOODS) -> Path:
    """Write feeds, region file, population and scenario; returns the scenario file."""
    folder.mkdir(parents=True, exist_ok=True)
    write_feed(folder / "bus.zip", {"stops.txt": STOPS})
    far = {
        "stops.txt": FAR_STOPS,
        "routes.txt": FAR_LINES,
        "trips.txt": FAR_TRIPS,
        "stop_times.txt": FAR_TIMES,
    }
    write_feed(folder / "far.zip", far)
    (folder / "population.csv").write_text(POPULATION, encoding="utf-8")
    text = region.replace("    seats: 4\n", BAY)
    (folder / "region.yaml").write_text(text, encoding="utf-8")
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    return folder / "scenario.yaml"


def build_scenario_valley(folder: Path, region: str = REGION + GOODS) -> Region:
    """Build the region beside its scenario."""
    write_valley(folder, region)
    return build_region(folder / "region.yaml", folder / "built")
