"""What the map of the report shows: the day's lines, and the ways of parcels under each policy."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from maas.scenario.kpis import sheets_of
from maas.scenario.map_chart import Hub, Layers, Path
from maas.scenario.simulation import Simulation

if TYPE_CHECKING:
    from maas.region import Region
    from routing.road import RoadNetwork

Document = Mapping[str, Any]

STEP_DEGREES = 0.004  # points of a way that lie closer are left out of the drawing


def network_of(simulation: Simulation) -> list[Path]:
    """Hops between stops of all trips of the day, each once."""
    region = simulation.region
    patterns = region.day(simulation.scenario.date).tables.patterns
    stop = np.asarray(patterns.stop_of_position)
    is_last = np.zeros(stop.size, bool)
    is_last[patterns.first_position_of_pattern[1:] - 1] = True
    tails = np.flatnonzero(~is_last)
    hops = np.sort(np.stack([stop[tails], stop[tails + 1]], axis=1), axis=1)
    lon, lat = region.timetable.stops.lon, region.timetable.stops.lat
    return [
        [(float(lon[a]), float(lat[a])), (float(lon[b]), float(lat[b]))]
        for a, b in np.unique(hops, axis=0).tolist()
        if a != b
    ]


def hubs_of(region: "Region") -> list[Hub]:
    """Hubs with names in Latin letters where the region has them."""
    return [Hub(_latin(hub.name_en or hub.id), hub.at.lon, hub.at.lat) for hub in region.file.hubs]


def _latin(name: str) -> str:
    return name if name.isascii() else ""


def layers_of(simulation: Simulation, policy: str) -> Layers:
    """Ways of vehicles, hops of trips with pieces on board, and doors under one policy."""
    roads = simulation.region.roads_on(simulation.scenario.date)
    ways: dict[str, list[Path]] = {"van": [], "taxi": []}
    drawn: dict[tuple[Any, ...], Path] = {}
    for sheet in sheets_of(simulation.plan, policy):
        for start, end in _hops_of_sheet(sheet):
            key = (sheet["kind"], start, end)
            if key not in drawn:
                drawn[key] = _way(roads, start, end, sheet["kind"])
            ways[sheet["kind"]].append(drawn[key])
    carried = _carried(simulation) if policy == "mixed" else {}
    doors = [
        (place["lon"], place["lat"])
        for row in simulation.plan["shipments"]
        for place in (row["request"]["pickup"], row["request"]["delivery"])
    ]
    return Layers(ways["van"], ways["taxi"], carried, [(lon, lat) for lon, lat in doors])


def _hops_of_sheet(sheet: Document) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    places = [(visit["at"]["lon"], visit["at"]["lat"]) for visit in sheet["visits"]]
    return [(a, b) for a, b in itertools.pairwise(places) if a != b]


def _way(
    roads: "RoadNetwork", start: tuple[float, float], end: tuple[float, float], profile: str
) -> Path:
    """Course of a drive, thinned for drawing; a straight line where roads know none."""
    path = roads.path(start, end, profile)
    if path is None or path.lon.size < 2:
        return [start, end]
    return thinned(np.stack([path.lon, path.lat], axis=1))


def thinned(points: np.ndarray[Any, Any]) -> Path:
    """Points that lie a visible step from the one before, and the last one."""
    kept = [points[0]]
    for point in points[1:-1]:
        if np.abs(point - kept[-1]).max() >= STEP_DEGREES:
            kept.append(point)
    return [(float(lon), float(lat)) for lon, lat in [*kept, points[-1]]]


def _carried(
    simulation: Simulation,
) -> dict[tuple[tuple[float, float], tuple[float, float]], int]:
    """Pieces on each hop between neighbouring stops of trips."""
    region = simulation.region
    pieces: Counter[tuple[int, int]] = Counter()
    for manifest in simulation.plan["trips"]:
        stops = _stops_of(region, manifest)
        for segment in manifest["segments"]:
            positions = range(segment["position"], segment["to_position"])
            for position in positions:
                pieces[stops[position], stops[position + 1]] += segment["pieces"]
    lon, lat = region.timetable.stops.lon, region.timetable.stops.lat

    def place(stop: int) -> tuple[float, float]:
        return float(lon[stop]), float(lat[stop])

    return {(place(a), place(b)): n for (a, b), n in pieces.items() if n}


def _stops_of(region: "Region", manifest: Document) -> Sequence[int]:
    """Stops of a trip in order."""
    trip = region.trip_of_run[manifest["trip_id"], manifest["start_time"]]
    first = region.timetable.trips.first_stop_time
    stops: list[int] = region.timetable.stop_times.stop[first[trip] : first[trip + 1]].tolist()
    return stops
