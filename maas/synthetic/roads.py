"""All roads of the island: grids, roads between them, and the last metres to stations."""

from dataclasses import dataclass

import networkx as nx

from maas.synthetic.geometry import Place, distance_m
from maas.synthetic.grid import Grid, make_grids
from maas.synthetic.highways import Highways, Waypoint
from maas.synthetic.roadmap import NearestNode, RoadMap, walkable
from maas.synthetic.streets import SOURCE, add_streets
from maas.synthetic.towns import towns

_NEAR_M = 70.0  # a station so near to a street needs no road of its own


@dataclass(frozen=True)
class Island:
    """Everything that buses and the road file are made from."""

    road_map: RoadMap
    grids: dict[str, Grid]
    waypoints: dict[str, Waypoint]  # by Japanese name; stations as `rail:NAME`
    ferries: dict[tuple[str, str], list[int]]  # nodes of crossings, by towns
    roadside: frozenset[int]  # nodes where a country bus may stop


def make_island(seed: int) -> Island:
    """Lay out grids, streets and highways."""
    road_map = RoadMap()
    grids = make_grids(road_map, list(towns().values()), seed)
    for grid in grids.values():
        add_streets(road_map, grid, seed)
    highways = Highways(road_map, grids, seed)
    highways.add_all()
    return Island(
        road_map, grids, highways.waypoints, highways.ferries, frozenset(highways.roadside)
    )


def connect(road_map: RoadMap, places: dict[str, Place]) -> None:
    """Give every place that is far from all walkable nodes a road to the nearest one."""
    walked = {
        node
        for way in road_map.ways
        if walkable(way) and "highway" in way.tags
        for node in way.nodes
    }
    nearest = NearestNode(road_map, sorted(walked))
    for name, at in places.items():
        node = nearest.find(at)
        if distance_m(at, road_map.nodes[node]) > _NEAR_M:
            tags = {
                "highway": "unclassified",
                "surface": "asphalt",
                "name": f"{name}停車場線",
                **SOURCE,
            }
            road_map.add_way((road_map.add_node(at), node), tags)


def pieces(road_map: RoadMap, highway_only: bool = False) -> list[int]:
    """Sizes of the connected pieces, largest first."""
    graph: nx.Graph[int] = nx.Graph()
    for way in road_map.ways:
        if not highway_only or "highway" in way.tags:
            nx.add_path(graph, way.nodes)
    return sorted((len(piece) for piece in nx.connected_components(graph)), reverse=True)
