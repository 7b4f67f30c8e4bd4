"""Matrices of real maps, cell by cell: both hierarchies against Dijkstra, routes against cells."""

from pathlib import Path

import numpy as np
import pytest

from routing.layout import UNREACHED
from routing.profiles import CAR
from routing.road import RoadGraph
from routing.road_search import ProfileSearch


@pytest.mark.parametrize(
    ("name", "n_places", "n_routes"),
    [
        ("monaco_osrm.osm.pbf", 150, 50),
        pytest.param("porto_portugal.osm.pbf", 1000, 500, marks=pytest.mark.full),
        pytest.param("malta.osm.pbf", 1000, 500, marks=pytest.mark.full),
    ],
)
def test_every_cell_equals_dijkstra_and_every_route_its_cell(
    outside_data: Path, name: str, n_places: int, n_routes: int
) -> None:
    road = RoadGraph.read(outside_data / "osm" / name, [CAR])
    contracted = road._searches["car"]
    contracted.contract()
    customised = ProfileSearch(contracted.points, contracted.roads, contracted.traits)
    customised.customize()
    points, rng = road._parts.points, np.random.default_rng(5)
    rows, noise = rng.integers(0, points.lon.size, 2 * n_places), rng.normal(0, 1e-4, 2 * n_places)
    lon, lat = points.lon[rows] + noise, points.lat[rows] - noise
    sources = road.pin(lon[:n_places], lat[:n_places], "car")
    targets = road.pin(lon[n_places:], lat[n_places:], "car")
    duration, distance = contracted.by_dijkstra().table(sources, targets)
    assert (duration < UNREACHED).mean() > 0.9
    for search in (contracted, customised):
        found = search.table(sources, targets)
        np.testing.assert_array_equal(found[0], duration)
        np.testing.assert_array_equal(found[1], distance)
    for row, column in rng.integers(0, n_places, (n_routes, 2)):
        there = n_places + column
        path = road.path((lon[row], lat[row]), (lon[there], lat[there]), "car")
        if path is None:
            assert duration[row, column] == UNREACHED
        else:
            own = (path.duration, path.distance_m)
            assert own == (duration[row, column], distance[row, column])
