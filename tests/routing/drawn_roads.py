"""Small maps drawn in metres and written as OSM XML."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from routing.profiles import PROFILES, Profile
from routing.road import Pins, RoadGraph, RoadNetwork

LAT, LON = 43.0, 141.0
M_PER_DEGREE = math.pi / 180 * 6_371_008.8

Tags = Mapping[str, str]
Place = tuple[float, float]


def at(x: float, y: float) -> Place:
    """Return lon and lat of a place x m east and y m north of the origin."""
    return LON + x / (M_PER_DEGREE * math.cos(math.radians(LAT))), LAT + y / M_PER_DEGREE


@dataclass
class Drawing:
    """Nodes by letter, ways as strings of letters, turn restrictions."""

    nodes: Mapping[str, Place]
    ways: Sequence[tuple[str, Tags]]
    node_tags: Mapping[str, Tags] = field(default_factory=dict)
    # (from way, via node or ways, to way, tags), ways by their row
    turns: Sequence[tuple[int, str | tuple[int, ...], int, Tags]] = ()

    def place(self, node: str) -> Place:
        """Return lon and lat of a node."""
        return at(*self.nodes[node])

    def between(self, a: str, b: str, share: float = 0.5) -> Place:
        """Return lon and lat of a place on the line from a to b."""
        (ax, ay), (bx, by) = self.nodes[a], self.nodes[b]
        return at(ax + share * (bx - ax), ay + share * (by - ay))

    def xml(self) -> str:
        """Return the map as an OSM document."""
        number = {node: row + 1 for row, node in enumerate(self.nodes)}
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
        for node in self.nodes:
            lon, lat = self.place(node)
            inner = _tags(self.node_tags.get(node, {}))
            lines.append(
                f'<node id="{number[node]}" lat="{lat:.7f}" lon="{lon:.7f}">{inner}</node>'
            )
        for row, (nodes, tags) in enumerate(self.ways):
            refs = "".join(f'<nd ref="{number[node]}"/>' for node in nodes)
            lines.append(f'<way id="{row + 1}">{refs}{_tags(tags)}</way>')
        for row, (came, via, goes, tags) in enumerate(self.turns):
            over = (
                f'<member type="node" ref="{number[via]}" role="via"/>'
                if isinstance(via, str)
                else "".join(f'<member type="way" ref="{way + 1}" role="via"/>' for way in via)
            )
            members = (
                f'<member type="way" ref="{came + 1}" role="from"/>{over}'
                f'<member type="way" ref="{goes + 1}" role="to"/>'
            )
            inner = _tags({"type": "restriction", **tags})
            lines.append(f'<relation id="{row + 1}">{members}{inner}</relation>')
        return "\n".join([*lines, "</osm>"])

    def graph(self, folder: Path, profiles: Sequence[Profile] = PROFILES) -> RoadGraph:
        """Write the map and read it as roads."""
        path = folder / "drawn.osm"
        path.write_text(self.xml(), encoding="utf-8")
        return RoadGraph.read(path, profiles)


def pin(road: RoadNetwork, profile: str, *places: Place) -> Pins:
    """Pin places, (lon, lat)."""
    return road.pin([lon for lon, _ in places], [lat for _, lat in places], profile)


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def seconds(metres: float, kmh: float) -> float:
    """Time for a stretch of road."""
    return metres / kmh * 3.6
