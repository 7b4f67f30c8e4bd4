"""What the map of the report shows: the day's lines, and the ways of parcels under each policy."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cargo.rules import GOODS_ONLY
from maas.leg_shapes import LegShapes
from maas.scenario.kpis import sheets_of
from maas.scenario.map_chart import Carried, Hub, Layers, Path
from maas.scenario.simulation import Simulation
from routing.layout import NONE, Float64Array

if TYPE_CHECKING:
    from maas.region import Region
    from routing.road import Coordinate, RoadNetwork

Document = Mapping[str, Any]

STEP_DEGREES = 0.006  # points of a way that lie closer are left out of the drawing


def network_of(simulation: Simulation) -> list[Path]:
    """Lines of all trips of the day: their shapes, or straight from stop to stop."""
    region, timetable = simulation.region, simulation.region.timetable
    day = region.day(simulation.scenario.date)
    firsts = np.asarray(day.tables.patterns.first_trip_of_pattern)[:-1]
    shapes, stops = timetable.shapes, timetable.stops
    paths: dict[object, Path] = {}
    for day_trip in firsts.tolist():
        shape = int(timetable.trips.shape[day.trip[day_trip]])
        at = day.stops(day_trip)
        key = shape if shape != NONE else at.tobytes()
        if key in paths:
            continue
        if shape == NONE:
            paths[key] = thinned(stops.lon[at], stops.lat[at])
        else:
            points = slice(*shapes.first_point[shape : shape + 2].tolist())
            paths[key] = thinned(shapes.lon[points], shapes.lat[points])
    return list(paths.values())


def hubs_of(region: "Region") -> list[Hub]:
    """Hubs with names in Latin letters where the region has them."""
    return [Hub(_latin(hub.name_en or hub.id), hub.at.lon, hub.at.lat) for hub in region.file.hubs]


def _latin(name: str) -> str:
    return name.removesuffix(" hub") if name.isascii() else ""


def layers_of(simulation: Simulation, policy: str) -> Layers:
    """Ways of vehicles, hops of trips with pieces on board, and doors under one policy."""
    roads = simulation.region.roads_on(simulation.scenario.date)
    profiles = {fleet.id: fleet.road_profile for fleet in simulation.region.file.carriers}
    goods: dict[tuple[Coordinate, Coordinate], Path] = {}
    both: dict[tuple[Coordinate, Coordinate], Path] = {}
    for sheet in sheets_of(simulation.plan, policy):
        drawn = goods if sheet["kind"] in GOODS_ONLY else both
        profile = profiles[sheet["fleet"]]
        for hop in _hops_of_sheet(sheet):
            if hop not in drawn:
                drawn[hop] = _way(roads, *hop, profile if profile in roads.profiles else "car")
    doors = [
        (place["lon"], place["lat"])
        for row in simulation.plan["shipments"]
        for place in (row["request"]["pickup"], row["request"]["delivery"])
    ]
    carried = _carried(simulation) if policy == "mixed" else ()
    return Layers(tuple(goods.values()), tuple(both.values()), carried, doors)


def _hops_of_sheet(sheet: Document) -> "Iterator[tuple[Coordinate, Coordinate]]":
    places = [(visit["at"]["lon"], visit["at"]["lat"]) for visit in sheet["visits"]]
    return ((a, b) for a, b in itertools.pairwise(places) if a != b)


def _way(roads: "RoadNetwork", start: "Coordinate", end: "Coordinate", profile: str) -> Path:
    """Course of a drive, thinned for drawing; a straight line where roads know none."""
    path = roads.path(start, end, profile)
    return [start, end] if path is None else thinned(path.lon, path.lat)


def thinned(lon: Float64Array, lat: Float64Array) -> Path:
    """Points that lie a visible step from the one before, and the last one."""
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    kept = points[:1]
    for point in points[1:-1]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) >= STEP_DEGREES:
            kept.append(point)
    return [*kept, points[-1]]


def _carried(simulation: Simulation) -> Sequence[Carried]:
    """Hops between neighbouring stops of trips with pieces on board, all trips together."""
    region, shapes = simulation.region, LegShapes(simulation.region.timetable)
    pieces: Counter[tuple[int, int]] = Counter()
    paths: dict[tuple[int, int], Path] = {}
    for manifest in simulation.plan["trips"]:
        trip = region.trip_of_run[manifest["trip_id"], manifest["start_time"]]
        first = region.timetable.trips.first_stop_time
        stops = region.timetable.stop_times.stop[first[trip] : first[trip + 1]]
        line = shapes.line(int(region.timetable.trips.shape[trip]), stops)
        for segment in manifest["segments"]:
            for position in range(segment["position"], segment["to_position"]):
                hop = int(stops[position]), int(stops[position + 1])
                pieces[hop] += segment["pieces"]
                if hop not in paths:
                    paths[hop] = thinned(*line.cut(position, position + 1))
    return [Carried(paths[hop], n) for hop, n in pieces.items() if n]
