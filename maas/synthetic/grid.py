"""Street grids of towns: lines every 130 m, every fourth an arterial, every eighth a farm road.

Local streets fill the built-up area, arterials reach a quarter farther, farm roads into the fields.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import networkx as nx

from maas.synthetic.geometry import Place, bearing_deg, distance_m, east_north, offset, rotated
from maas.synthetic.roadmap import RoadMap
from maas.synthetic.towns import Town

SPACING_M = 130.0
ARTERIAL, FARM = 4, 8  # every so many lines
_SUBURB = 1.25  # arterials go so much farther than local streets

Cross = tuple[int, int]  # column (grows to grid east), row (grows to grid north)


def rank(line: int) -> int:
    """0 local, 1 arterial, 2 farm road: how far a street line reaches."""
    return 2 if line % FARM == 0 else 1 if line % ARTERIAL == 0 else 0


@dataclass
class Grid:
    """Street lines shared by the towns of one grid."""

    id: str
    towns: list[Town]
    node_of: dict[Cross, int] = field(default_factory=dict)

    @property
    def origin(self) -> Place:
        """Crossing (0, 0)."""
        return self.towns[0].at

    def place(self, cross: Cross) -> Place:
        """Where a crossing lies."""
        column, row = cross
        turn = self.towns[0].turn or 0.0
        return offset(self.origin, *rotated(column * SPACING_M, row * SPACING_M, turn))

    def cross(self, at: Place) -> Cross:
        """Nearest crossing of the endless grid."""
        turn = self.towns[0].turn or 0.0
        east, north = rotated(*east_north(self.origin, at), -turn)
        return round(east / SPACING_M), round(north / SPACING_M)

    @cached_property
    def reach_m(self) -> float:
        """Radius around the origin beyond which there is nothing."""
        return max(
            distance_m(self.origin, town.at) + town.reach_m * _SUBURB + town.rural_m
            for town in self.towns
        )

    def least_rank(self, at: Place) -> int | None:
        """Least rank that street lines need to be at a place; None where no streets are."""
        away = [(distance_m(at, town.at), town) for town in self.towns]
        nearest, town = min(away)
        for cut in town.cuts:
            turn = math.radians(bearing_deg(town.at, at) - cut.bearing)
            if nearest * math.cos(turn) > cut.reach_m:
                return None
        if any(far <= town.reach_m for far, town in away):
            return 0
        if any(far <= town.reach_m * _SUBURB for far, town in away):
            return 1
        return 2 if any(far <= town.reach_m + town.rural_m for far, town in away) else None


def _nearer(at: Place, towns: list[Town]) -> float:
    return min(distance_m(at, town.at) / town.reach_m for town in towns)


def crossings(grid: Grid, rivals: list[Town]) -> set[Cross]:
    """Crossings inside the reach, nearer to this grid than to a rival's, in one piece."""
    span = int(grid.reach_m / SPACING_M) + 1
    found = set()
    for column in range(-span, span + 1):
        for row in range(-span, span + 1):
            at = grid.place((column, row))
            least = grid.least_rank(at)
            if least is None or min(rank(column), rank(row)) < least:
                continue
            if rivals and _nearer(at, rivals) < _nearer(at, grid.towns):
                continue
            found.add((column, row))
    streets: nx.Graph[Cross] = nx.Graph()
    streets.add_nodes_from(sorted(found))
    streets.add_edges_from(pair for _, _, pair in hops(found))
    pieces = sorted(nx.connected_components(streets), key=lambda piece: (-len(piece), min(piece)))
    return set(pieces[0])


def hops(crosses: set[Cross]) -> Iterator[tuple[int, int, tuple[Cross, Cross]]]:
    """(axis, line, (from, to)) of neighbouring crossings on a street line, in order."""
    for axis in (0, 1):
        lines: dict[int, list[int]] = {}
        for cross in crosses:
            lines.setdefault(cross[axis], []).append(cross[1 - axis])
        for line in sorted(lines):
            gap = (1, ARTERIAL, FARM)[rank(line)]
            stations = sorted(lines[line])
            for one, other in itertools.pairwise(stations):
                if other - one <= gap:
                    pair = ((line, one), (line, other)), ((one, line), (other, line))
                    yield axis, line, pair[axis]


def make_grids(road_map: RoadMap, towns: list[Town]) -> dict[str, Grid]:
    """Lay out the crossings of all grids and add them as nodes."""
    grids: dict[str, Grid] = {}
    for town in towns:
        grids.setdefault(town.grid, Grid(town.grid, [])).towns.append(town)
    for grid in grids.values():
        rivals = [
            town
            for town in towns
            if town.grid != grid.id
            and distance_m(grid.origin, town.at) < grid.reach_m + town.reach_m * _SUBURB + 500
        ]
        for cross in sorted(crossings(grid, rivals)):
            grid.node_of[cross] = road_map.add_node(grid.place(cross))
    return grids
