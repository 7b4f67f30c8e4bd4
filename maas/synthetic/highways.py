"""Roads between towns, motorways and vehicle ferries, as `tables/highways.yaml` lists them."""

import itertools
import math
import random
from typing import Any, NamedTuple

from maas.synthetic.catalogue import document
from maas.synthetic.geometry import (
    Place,
    between,
    distance_m,
    east_north,
    offset,
)
from maas.synthetic.grid import ARTERIAL, Grid
from maas.synthetic.names import Name, named
from maas.synthetic.roadmap import NearestNode, RoadMap, Tags
from maas.synthetic.stations import stations
from maas.synthetic.streets import SOURCE
from maas.synthetic.towns import towns

_STEP_M = 1_100  # a bend about every so often
_PASS_BY_M = 60  # a road passes a station at this distance
_SPEED = {"trunk": "60", "primary": "60"}
_WILD = 0.05  # roads that wind so much have no houses
_QUAY_M = 300  # from the centre of a town to its ferries
_LANE_M = 12  # half the distance between carriageways


class Waypoint(NamedTuple):
    """A named place on a road outside the grids."""

    name: Name
    at: Place
    node: int


class Highways:
    """Builds roads between towns; remembers the nodes of places that roads share."""

    def __init__(self, road_map: RoadMap, grids: dict[str, Grid], seed: int) -> None:
        self.waypoints: dict[str, Waypoint] = {}
        self.ferries: dict[tuple[str, str], list[int]] = {}  # nodes by towns
        self.roadside: set[int] = set()  # nodes where a country bus may stop
        self._road_map = road_map
        self._grids = grids
        self._seed = seed
        self._doors = {
            grid.id: [
                node
                for (column, row), node in grid.node_of.items()
                if column % ARTERIAL == 0 or row % ARTERIAL == 0
            ]
            for grid in grids.values()
        }

    def add_all(self) -> None:
        """Add everything that the file lists."""
        listed = document("highways")
        for kind in ("trunk", "primary"):
            for spec in listed[kind]:
                self._add_road(kind, spec)
        for spec in listed["ferry"]:
            self._add_ferry(spec)
        inland = NearestNode(
            self._road_map, [node for doors in self._doors.values() for node in doors]
        )
        for spec in listed["motorway"]:
            self._add_motorway(spec, inland)

    def _centre(self, via: str) -> Place:
        if via.startswith("rail:"):
            return stations("rail")[via[5:]].at
        if "|" in via:
            _, _, lat, lon = via.split("|")
            return Place(float(lat), float(lon))
        return towns()[via].at

    def _door(self, via: str, toward: Place) -> int:
        """Node where a road to `toward` leaves a place."""
        if via in towns():
            doors = self._doors[towns()[via].grid]
            return min(
                doors, key=lambda node: (distance_m(self._road_map.nodes[node], toward), node)
            )
        key = via.partition("|")[0]
        if key not in self.waypoints:
            centre = self._centre(via)
            if via.startswith("rail:"):
                name = stations("rail")[via[5:]].name
                east, north = east_north(centre, toward)
                size = _PASS_BY_M / max(1.0, math.hypot(east, north))
                centre = offset(centre, north * size, -east * size)
            else:
                ja, kana, *_ = via.split("|")
                name = named(ja, kana)
            self.waypoints[key] = Waypoint(name, centre, self._road_map.add_node(centre))
        return self.waypoints[key].node

    def _bends(self, one: int, other: int, winding: float) -> list[int]:
        """Nodes of a winding line between two nodes, both included.

        Two broad curves stray as far as `winding` says; two short ones make the line longer, and
        mountain roads much longer.
        """
        start, end = self._road_map.nodes[one], self._road_map.nodes[other]
        span = distance_m(start, end)
        is_wild = winding >= _WILD
        pieces = max(1, round(span / (_STEP_M / 2 if is_wild else _STEP_M)))
        draw = random.Random(f"{self._seed}-{start}-{end}")
        lengths = (span * 2, span, *((2_900, 2_100) if is_wild else (4_700, 3_300)))
        slope = 1.7 if is_wild else 0.6
        heights = (
            winding * span,
            winding * span / 2,
            *(slope * at / math.tau for at in lengths[2:]),
        )
        waves = [
            (height * draw.uniform(0.6, 1), draw.uniform(0, math.tau), length)
            for height, length in zip(heights, lengths, strict=True)
        ]
        east, north = east_north(start, end)
        nodes = [one]
        for at in range(1, pieces):
            along = span * at / pieces
            sway = sum(
                height * math.sin(math.tau * along / length + phase)
                for height, phase, length in waves
            )
            size = sway * math.sin(math.pi * at / pieces) / max(1.0, math.hypot(east, north))
            middle = between(start, end, at / pieces)
            nodes.append(self._road_map.add_node(offset(middle, north * size, -east * size)))
        return [*nodes, other]

    def _add_road(self, kind: str, spec: dict[str, Any]) -> None:
        winding = spec.get("winding", 0.025)
        tags: Tags = {
            "highway": kind,
            "maxspeed": _SPEED[kind],
            "surface": "asphalt",
            "foot": "yes",
            "ref": spec["ref"],
        }
        tags["name"] = spec.get("name") or (
            f"国道{spec['ref']}号" if kind == "trunk" else f"道道{spec['ref']}号"
        )
        tags["name:en"] = spec.get("en") or (
            f"National Route {spec['ref']}" if kind == "trunk" else f"Hokkaido Route {spec['ref']}"
        )
        if closed := spec.get("closed"):
            tags["motor_vehicle:conditional"] = f"no @ ({closed})"
            tags["foot:conditional"] = f"no @ ({closed})"
            tags["bicycle:conditional"] = f"no @ ({closed})"
        for one, other in itertools.pairwise(spec["via"]):
            first = self._door(one, self._centre(other))
            last = self._door(other, self._road_map.nodes[first])
            nodes = self._bends(first, last, winding)
            self._road_map.add_way(nodes, tags | SOURCE)
            if winding < _WILD:
                self.roadside.update(nodes[2:-1:2])

    def _add_ferry(self, spec: dict[str, Any]) -> None:
        one, other = spec["via"]
        first, last = self._port(one), self._port(other)
        at_sea = [self._road_map.add_node(Place(*point)) for point in spec["sea"]]
        nodes = [first, *at_sea, last]
        self.ferries[one, other] = nodes
        tags = {
            "route": "ferry",
            "name": spec["name"],
            "name:en": spec["en"],
            "duration": spec["duration"],
            "foot": "yes",
            "bicycle": "yes",
            "motor_vehicle": "yes",
        }
        self._road_map.add_way(nodes, tags | SOURCE)

    def _port(self, name: str) -> int:
        """Arterial crossing at the water, which lies where the streets are cut off."""
        town = towns()[name]
        turn = math.radians(town.cuts[0].bearing)
        quay = offset(town.at, math.sin(turn) * _QUAY_M, math.cos(turn) * _QUAY_M)
        return min(
            self._doors[town.grid], key=lambda node: distance_m(self._road_map.nodes[node], quay)
        )

    def _add_motorway(self, spec: dict[str, Any], inland: NearestNode) -> None:
        """Two carriageways through interchanges beside the towns, each with four ramps."""
        spots = self._interchanges(spec["via"])
        tags = {
            "highway": "motorway",
            "oneway": "yes",
            "toll": "yes",
            "maxspeed": "100",
            "surface": "asphalt",
            "ref": spec["ref"],
            "name": spec["name"],
            "name:en": spec["en"],
        } | SOURCE
        centre = self._centre_line(spots)
        for side in (1, -1):  # 1 the way out, on its left; -1 the way back
            nodes, stops = self._carriageway(centre, side)
            self._road_map.add_way(nodes[1:-1], tags)  # nobody gets to its very ends
            for at, spot in zip(stops, spots, strict=True):
                self._add_ramps(nodes, at, inland.find(spot), spec["ref"])

    def _interchanges(self, via: list[str]) -> list[Place]:
        """Places beside the towns, on the right of the way."""
        centres = [self._centre(name) for name in via]
        spots = []
        for at, name in enumerate(via):
            one, other = centres[max(0, at - 1)], centres[min(len(via) - 1, at + 1)]
            east, north = east_north(one, other)
            size = (towns()[name].reach_m * 1.3 + 700) / math.hypot(east, north)
            spots.append(offset(centres[at], north * size, -east * size))
        return spots

    def _centre_line(self, spots: list[Place]) -> list[tuple[Place, bool]]:
        """Places along the motorway; True at interchanges."""
        line: list[tuple[Place, bool]] = [(spots[0], True)]
        for one, other in itertools.pairwise(spots):
            pieces = max(3, round(distance_m(one, other) / 2_000))
            line += [(between(one, other, at / pieces), False) for at in range(1, pieces)]
            line.append((other, True))
        return line

    def _carriageway(
        self, line: list[tuple[Place, bool]], side: int
    ) -> tuple[list[int], list[int]]:
        """Nodes of one carriageway in driving order, and where in it the interchanges lie."""
        nodes = []
        for at, (place, _) in enumerate(line):
            east, north = east_north(line[max(0, at - 1)][0], line[min(len(line) - 1, at + 1)][0])
            size = side * _LANE_M / max(1.0, math.hypot(east, north))
            nodes.append(self._road_map.add_node(offset(place, -north * size, east * size)))
        stops = [at for at, (_, is_stop) in enumerate(line) if is_stop]
        if side < 0:
            nodes.reverse()
            stops = [len(nodes) - 1 - at for at in stops]
        return nodes, stops

    def _add_ramps(self, nodes: list[int], at: int, door: int, ref: str) -> None:
        tags = {
            "highway": "motorway_link",
            "oneway": "yes",
            "toll": "yes",
            "maxspeed": "40",
            "destination:ref": ref,
            **SOURCE,
        }
        if at > 0:
            self._road_map.add_way((nodes[at - 1], door), tags)
        if at < len(nodes) - 1:
            self._road_map.add_way((door, nodes[at + 1]), tags)
