"""Street grids of towns: lines every 130 m, every fourth an arterial, every eighth a main road.

Local streets fill the built-up area (every other line in cities, and not all of their blocks),
arterials reach a quarter farther, main roads into the fields. In cities rivers and railways lie
between some lines, and only main roads cross them: this is what makes real street maps easy to
search, too.
"""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import networkx as nx
from networkx.utils import UnionFind

from maas.synthetic.geometry import Place, bearing_deg, distance_m, east_north, offset, rotated
from maas.synthetic.roadmap import RoadMap
from maas.synthetic.towns import Town

SPACING_M = 130.0
ARTERIAL, FARM = 4, 8  # every so many lines
_SUBURB = 1.25  # arterials go so much farther than local streets

_WIDE_M = 2_500.0  # grids that reach farther have wider blocks, and rivers
_RIVER, _BANK = 16, 6  # a river or railway every so many lines, before that line
_CENTRE = 12  # crossings around a city's centre where every block has its streets
_DROPPED = 0.4  # share of local blocks without a street

Cross = tuple[int, int]  # column (grows to grid east), row (grows to grid north)


class Hop(NamedTuple):
    """A street between two neighbouring crossings."""

    axis: int  # 0: along a column, 1: along a row
    line: int
    one: Cross
    other: Cross


def rank(line: int) -> int:
    """0 local, 1 arterial, 2 farm road: how far a street line reaches."""
    return 2 if line % FARM == 0 else 1 if line % ARTERIAL == 0 else 0


@dataclass
class Grid:
    """Street lines shared by the towns of one grid."""

    id: str
    towns: list[Town]
    node_of: dict[Cross, int] = field(default_factory=dict)
    streets: list[Hop] = field(default_factory=list)

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

    @cached_property
    def has_rivers(self) -> bool:
        """Whether only main roads cross some lines."""
        return self.reach_m > _WIDE_M

    @cached_property
    def step(self) -> int:
        """Every so many lines are there: all in towns, every other one in cities."""
        return 2 if self.reach_m > _WIDE_M else 1

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
    """Crossings inside the reach and nearer to this grid than to a rival's, in one piece."""
    span = int(grid.reach_m / SPACING_M) // grid.step * grid.step + grid.step
    found = set()
    for column in range(-span, span + 1, grid.step):
        for row in range(-span, span + 1, grid.step):
            at = grid.place((column, row))
            least = grid.least_rank(at)
            if least is None or min(rank(column), rank(row)) < least:
                continue
            if rivals and _nearer(at, rivals) < _nearer(at, grid.towns):
                continue
            found.add((column, row))
    streets: nx.Graph[Cross] = nx.Graph()
    streets.add_nodes_from(sorted(found))
    streets.add_edges_from((hop.one, hop.other) for hop in _hops(grid, found))
    pieces = sorted(nx.connected_components(streets), key=lambda piece: (-len(piece), min(piece)))
    return set(pieces[0])


def _hops(grid: Grid, crosses: set[Cross]) -> Iterator[Hop]:
    """Neighbouring crossings on each street line, in order; rivers are bridged by main roads."""
    for axis in (0, 1):
        lines: dict[int, list[int]] = {}
        for cross in crosses:
            lines.setdefault(cross[axis], []).append(cross[1 - axis])
        for line in sorted(lines):
            gap = (grid.step, ARTERIAL, FARM)[rank(line)]
            for one, other in itertools.pairwise(sorted(lines[line])):
                wet = grid.has_rivers and (one - _BANK) // _RIVER != (other - _BANK) // _RIVER
                if other - one <= gap and (rank(line) == 2 or not wet):
                    ends = (
                        ((line, one), (line, other)) if axis == 0 else ((one, line), (other, line))
                    )
                    yield Hop(axis, line, *ends)


def _with_dead_ends(grid: Grid, draw: random.Random) -> list[Hop]:
    """Streets without some local blocks, but still in one piece."""
    kept: list[Hop] = []
    dropped: list[Hop] = []
    for hop in _hops(grid, set(grid.node_of)):
        in_centre = grid.step > 1 and max(map(abs, (*hop.one, *hop.other))) <= _CENTRE
        can_go = rank(hop.line) == 0 and not in_centre
        (dropped if can_go and draw.random() < _DROPPED else kept).append(hop)
    pieces: UnionFind[Cross] = UnionFind(grid.node_of)
    for hop in kept:
        pieces.union(hop.one, hop.other)
    for hop in dropped:
        if pieces[hop.one] != pieces[hop.other]:
            pieces.union(hop.one, hop.other)
            kept.append(hop)
    return sorted(kept)


def make_grids(road_map: RoadMap, towns: list[Town], seed: int) -> dict[str, Grid]:
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
        grid.streets = _with_dead_ends(grid, random.Random(f"{seed}-{grid.id}-blocks"))
    return grids
