"""A small region of our own with every kind of leg, for stories about the planner.

    A ──bus── B ──bus── C ═══train═══ D     C ──coach── D (slower, cheaper)
    43.00     43.01     43.02         43.30   (latitudes; all on longitude 141)

Bus A 08:00, 09:00 → C 08:20, 09:20. Train C 08:30, 09:30 → D 08:50, 09:50. Coach C 08:25 → D 09:25.
Taxis wait at A and fetch people within 5 km, 06:00-24:00. Around D people ride on demand on
weekdays. The bus has fares in its feed, train and coach in the region file. Five seats each.
"""

from pathlib import Path

from maas.build import build_region
from maas.region import Region
from tests.gtfs.feeds import EXTRAS, write_feed

STOPS = """
    stop_id,stop_name,stop_lat,stop_lon,zone_id
    A,北駅,43.00,141.00,z1
    B,中町,43.01,141.00,z2
    C,南口,43.02,141.00,z3
"""
FAR_STOPS = """
    stop_id,stop_name,stop_lat,stop_lon
    C,南口駅,43.0205,141.00
    D,山中駅,43.30,141.00
"""
FAR_LINES = """
    route_id,agency_id,route_short_name,route_long_name,route_type
    T,a,,山線,2
    K,a,急行,,200
"""
FAR_TRIPS = """
    route_id,service_id,trip_id,trip_headsign
    T,daily,r1,山中
    T,daily,r2,山中
    K,daily,k1,山中
"""
FAR_TIMES = """
    trip_id,arrival_time,departure_time,stop_id,stop_sequence
    r1,08:30:00,08:30:00,C,1
    r1,08:50:00,08:50:00,D,2
    r2,09:30:00,09:30:00,C,1
    r2,09:50:00,09:50:00,D,2
    k1,08:25:00,08:25:00,C,1
    k1,09:25:00,09:25:00,D,2
"""
TRANSLATIONS = """
    table_name,field_name,language,translation,record_id
    stops,stop_name,en,Yamanaka,D
    routes,route_long_name,en,Mountain Line,T
    stops,stop_name,ko,야마나카역,D
    routes,route_long_name,ko,산선,T
    trips,trip_headsign,ko-KR,야마나카행,r1
    agency,agency_name,ko,북부 버스,a
"""
REGION = """
name: Valley
timezone: Asia/Tokyo
synthetic: true
feeds:
  - {id: bus, path: bus.zip}
  - {id: far, path: far.zip}
walking: {limit_m: 800, transfer_limit_m: 300, change_time: 60}
taxi_limit_m: 4000
taxi_direct_limit_m: 6000
taxis:
  - id: north
    name: 北タクシー
    name_en: North Taxi
    base: {lat: 43.0, lon: 141.0}
    radius_m: 5000
    seats: 4
    hours: ["06:00", "24:00"]
    pickup_wait: 300
    meter: {base_fare: 600, base_distance_m: 1000, step_fare: 100, step_distance_m: 300}
demand_zones:
  - id: yamanaka
    name: 山中号
    polygon: [[43.25, 140.9], [43.35, 140.9], [43.35, 141.1], [43.25, 141.1]]
    hours: ["08:00", "18:00"]
    days: [mon, tue, wed, thu, fri]
    wait: 600
    fare: 300
fares:
  - {kind: distance, feed: far, bands: [[10, 300], [50, 900], [100, 1500]]}
  - {kind: flat, feed: far, lines: ["far:K"], price: 500}
capacities:
  - {mode: bus, seats: 5}
  - {mode: rail, seats: 5}
  - {mode: coach, seats: 5}
"""


def build_valley(folder: Path) -> Region:
    """Build the region."""
    fares = {name: EXTRAS[name] for name in ("fare_attributes.txt", "fare_rules.txt")}
    write_feed(folder / "bus.zip", {"stops.txt": STOPS, **fares})
    far = {
        "stops.txt": FAR_STOPS,
        "routes.txt": FAR_LINES,
        "trips.txt": FAR_TRIPS,
        "stop_times.txt": FAR_TIMES,
        "translations.txt": TRANSLATIONS,
    }
    write_feed(folder / "far.zip", far)
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    return build_region(folder / "region.yaml", folder / "built")
