"""Nodes, ways and turn restrictions in memory, as OSM has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from maas.synthetic.geometry import Place, distance_m, rounded

Tags = dict[str, str]


class Way(NamedTuple):
    """A street, road or ferry line."""

    id: int
    nodes: tuple[int, ...]
    tags: Tags


class Restriction(NamedTuple):
    """A turn restriction with a via node."""

    id: int
    kind: str
    from_way: int
    via: int
    to_way: int


_NO_FOOT = {"motorway", "motorway_link"}


def walkable(way: Way) -> bool:
    """Whether people may walk there."""
    return way.tags.get("foot") != "no" and way.tags.get("highway", "motorway") not in _NO_FOOT


@dataclass
class RoadMap:
    """The road file while it is being made."""

    nodes: list[Place] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)

    def add_node(self, at: Place) -> int:
        """Add a node; return its index."""
        self.nodes.append(rounded(at))
        return len(self.nodes) - 1

    def add_way(self, nodes: Iterable[int], tags: Tags) -> Way:
        """Add a way of at least two nodes."""
        way = Way(len(self.ways) + 1, tuple(nodes), tags)
        self.ways.append(way)
        return way

    def add_restriction(self, kind: str, from_way: Way, via: int, to_way: Way) -> None:
        """Forbid or prescribe a turn."""
        number = len(self.restrictions) + 1
        self.restrictions.append(Restriction(number, kind, from_way.id, via, to_way.id))


class NearestNode:
    """Nearest of some nodes, by buckets of about 1 km."""

    def __init__(self, road_map: RoadMap, nodes: Iterable[int]) -> None:
        self._places = road_map.nodes
        self._buckets: dict[tuple[int, int], list[int]] = {}
        for node in nodes:
            self._buckets.setdefault(self._bucket(self._places[node]), []).append(node)

    @staticmethod
    def _bucket(at: Place) -> tuple[int, int]:
        return int(at.lat * 100), int(at.lon * 75)

    def find(self, at: Place, rings: int = 40) -> int:
        """Nearest node; ties go to the lower index."""
        row, column = self._bucket(at)
        best: tuple[float, int] | None = None
        for ring in range(rings):
            cells = self._ring(row, column, ring)
            near = [(distance_m(at, self._places[node]), node) for node in cells]
            best = min([*near, *([best] if best else [])], default=None)
            if best is not None and best[0] < ring * 900:
                break
        if best is None:
            msg = f"no node within {rings} km of {at}"
            raise LookupError(msg)
        return best[1]

    def _ring(self, row: int, column: int, ring: int) -> Sequence[int]:
        return [
            node
            for y in range(row - ring, row + ring + 1)
            for x in range(column - ring, column + ring + 1)
            if max(abs(y - row), abs(x - column)) == ring
            for node in self._buckets.get((y, x), ())
        ]
