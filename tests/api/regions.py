"""A region small enough to count seats in: one bus line, a taxi, two hubs."""

from pathlib import Path

from maas.build import build_region
from tests.gtfs.feeds import write_feed

# Buses A 08:00 → B 08:10/08:11 → C 08:20 and the same an hour later, daily in 2026, as in
# tests.gtfs.feeds; B lies 1.1 km and C 2.2 km north of A. Each bus has three seats, and a bay for
# two pieces.
REGION = """
name: Small valley
name_ja: 小さな谷
timezone: Asia/Tokyo
synthetic: true
notice: Made for tests.
notice_ja: 試験用です。
feeds:
  - {id: f, path: f.zip, licence: CC0-1.0, attribution: nobody}
walking: {limit_m: 400, transfer_limit_m: 100}
taxi_limit_m: 0
taxi_direct_limit_m: 0
capacities:
  - {mode: bus, seats: 3}
hubs:
  - id: north
    name: 北駅
    at: {lat: 43.0, lon: 141.0}
    stops: ["f:A"]
    hours: ["06:00", "22:00"]
    handling: 60
  - id: south
    name: 南口
    at: {lat: 43.02, lon: 141.0}
    stops: ["f:C"]
    hours: ["06:00", "22:00"]
    handling: 60
cargo:
  - id: bus-bay
    lines: ["f:L"]
    bay: {kg: 100, litres: 400, pieces: 2}
    handling: 30
    price_per_piece: 150
"""


# The same buses in every year that tests will see, for those that go by the clock.
ALWAYS = """
    service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
    daily,1,1,1,1,1,1,1,20260101,20451231
"""


def write_region(folder: Path, text: str = REGION, calendar: str | None = None) -> Path:
    """Write the region file and its feed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_feed(folder / "f.zip", {"calendar.txt": calendar} if calendar else {})
    source = folder / "region.yaml"
    source.write_text(text, encoding="utf-8")
    return source


def built_region(folder: Path, text: str = REGION, calendar: str | None = None) -> Path:
    """Build the region; returns its directory."""
    build_region(write_region(folder, text, calendar), folder / "built")
    return folder / "built"
