"""An OSM file with copies of another one side by side, joined by roads at their borders."""

from pathlib import Path
from typing import Any

import numpy as np
import osmium
from osmium.osm.mutable import Node, Relation, Way

_JOINTS = 40  # roads across each border
_CAR_ROADS = ("primary", "secondary", "tertiary", "unclassified", "residential")


def write_tiles(extract: Path, side: int, output: Path) -> None:
    """Write `side` x `side` copies of an extract; joints are tertiary roads."""
    nodes, ways, rules = _read(extract)
    ids = np.array([node for node, _, _ in nodes])
    place = np.array([lonlat for _, lonlat, _ in nodes])
    span = place.max(axis=0) - place.min(axis=0)
    n_ids = 1 + max(row[0] for rows in (nodes, ways, rules) for row in rows)
    ends = np.array(sorted({way[1][0] for way in ways if way[2].get("highway") in _CAR_ROADS}))
    at = place[np.searchsorted(ids, ends)]
    shifts = [tile * n_ids for tile in range(side * side)]
    with osmium.SimpleWriter(str(output), overwrite=True) as writer:
        for tile, shift in enumerate(shifts):
            moved = (place + span * divmod(tile, side)[::-1]).tolist()
            for (node, _, tags), lonlat in zip(nodes, moved, strict=True):
                writer.add_node(Node(id=node + shift, location=lonlat, tags=tags))
        for shift in shifts:
            for way, members, tags in ways:
                writer.add_way(Way(id=way + shift, nodes=[n + shift for n in members], tags=tags))
        for number, members in enumerate(_joints(ends, at, side, n_ids)):
            joint = side * side * n_ids + number
            writer.add_way(Way(id=joint, nodes=members, tags={"highway": "tertiary"}))
        for shift in shifts:
            for rule, parts, tags in rules:
                members = [(kind, ref + shift, role) for kind, ref, role in parts]
                writer.add_relation(Relation(id=rule + shift, members=members, tags=tags))


def _read(extract: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """Nodes of roads by rising number, roads, and turn restrictions, each with its tags."""
    ways, rules = [], []
    wanted: set[int] = set()
    items: Any = osmium.FileProcessor(str(extract))
    for item in items.with_filter(osmium.filter.KeyFilter("highway", "route", "type")):
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_way():
            members = [node.ref for node in item.nodes]
            ways.append((item.id, members, tags))
            wanted.update(members)
        elif item.is_relation() and tags.get("type") == "restriction":
            rules.append((item.id, [(m.type, m.ref, m.role) for m in item.members], tags))
    chosen: Any = osmium.FileProcessor(str(extract), osmium.osm.NODE)
    chosen.with_filter(osmium.filter.IdFilter(wanted))
    nodes = [
        (node.id, (node.location.lon, node.location.lat), {tag.k: tag.v for tag in node.tags})
        for node in chosen
    ]
    return sorted(nodes, key=lambda node: int(node[0])), ways, rules


def _joints(ends: Any, at: Any, side: int, n_ids: int) -> list[list[int]]:
    """Pairs of nodes at the borders between neighbouring tiles."""
    found = []
    for axis in range(2):
        order = ends[np.argsort(at[:, axis], kind="stable")]
        low, high = order[:_JOINTS].tolist(), order[-_JOINTS:].tolist()
        for tile in range(side * side):
            row, column = divmod(tile, side)
            beside = tile + (side if axis else 1)
            if (row if axis else column) + 1 < side:
                pairs = zip(high, low, strict=True)
                found += [[a + tile * n_ids, b + beside * n_ids] for a, b in pairs]
    return found
