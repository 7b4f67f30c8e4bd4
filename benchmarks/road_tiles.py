"""An OSM file with copies of another one side by side, joined by roads at their borders."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import osmium

_JOINTS = 40  # roads across each border
_CAR_ROADS = ("primary", "secondary", "tertiary", "unclassified", "residential")
_SPECIAL = re.compile(r"[^\w:;./+-]")  # characters that OPL wants as %hex%


class _Extract(NamedTuple):
    """Roads and turn restrictions; tags as OPL has them."""

    nodes: list[tuple[int, tuple[float, float], str]]  # number, lon and lat, tags; rising
    ways: list[tuple[int, list[int], str]]  # number, nodes, tags
    rules: list[tuple[int, list[tuple[str, int, str]], str]]  # number, members, tags
    ends: set[int]  # first nodes of roads for cars


def write_tiles(extract: Path, side: int, output: Path) -> None:
    """Write `side` x `side` copies of the roads of an extract; joints are tertiary roads."""
    text = output.with_suffix(".opl")
    with text.open("w", encoding="utf-8") as lines:
        lines.writelines(_lines(_read(extract), side))
    with osmium.SimpleWriter(str(output), overwrite=True) as writer:
        for item in osmium.FileProcessor(str(text)):
            writer.add(item)
    text.unlink()


def _lines(found: _Extract, side: int) -> Iterator[str]:
    place = np.array([lonlat for _, lonlat, _ in found.nodes])
    span = place.max(axis=0) - place.min(axis=0)
    n_ids = 1 + max(row[0] for rows in found[:3] for row in rows)
    shifts = [tile * n_ids for tile in range(side * side)]
    for tile, shift in enumerate(shifts):
        moved = (place + span * divmod(tile, side)[::-1]).tolist()
        for (node, _, tags), (lon, lat) in zip(found.nodes, moved, strict=True):
            yield f"n{node + shift} T{tags} x{lon:.7f} y{lat:.7f}\n"
    for shift in shifts:
        for way, members, tags in found.ways:
            yield f"w{way + shift} T{tags} N{','.join([f'n{n + shift}' for n in members])}\n"
    for number, (one, other) in enumerate(_joints(found, side, n_ids)):
        yield f"w{side * side * n_ids + number} Thighway=tertiary Nn{one},n{other}\n"
    for shift in shifts:
        for rule, parts, tags in found.rules:
            members_text = ",".join(f"{kind}{ref + shift}@{role}" for kind, ref, role in parts)
            yield f"r{rule + shift} T{tags} M{members_text}\n"


def _tags(item: Any) -> str:
    return ",".join(f"{_escaped(tag.k)}={_escaped(tag.v)}" for tag in item.tags)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"%{ord(found.group()):x}%", text)


def _read(extract: Path) -> _Extract:
    found = _Extract([], [], [], set())
    wanted: set[int] = set()
    items: Any = osmium.FileProcessor(str(extract))
    for item in items.with_filter(osmium.filter.KeyFilter("highway", "route", "type")):
        if item.is_way():
            members = [node.ref for node in item.nodes]
            found.ways.append((item.id, members, _tags(item)))
            wanted.update(members)
            if item.tags.get("highway") in _CAR_ROADS:
                found.ends.add(members[0])
        elif item.is_relation() and item.tags.get("type") == "restriction":
            parts = [(m.type, m.ref, m.role) for m in item.members]
            found.rules.append((item.id, parts, _tags(item)))
    chosen: Any = osmium.FileProcessor(str(extract), osmium.osm.NODE)
    for node in chosen.with_filter(osmium.filter.IdFilter(wanted)):
        found.nodes.append((node.id, (node.location.lon, node.location.lat), _tags(node)))
    found.nodes.sort()
    return found


def _joints(found: _Extract, side: int, n_ids: int) -> Iterator[tuple[int, int]]:
    """Pairs of nodes at the borders between neighbouring tiles."""
    ends = [(node, lonlat) for node, lonlat, _ in found.nodes if node in found.ends]
    for axis in range(2):
        order = [node for node, _ in sorted(ends, key=lambda end: end[1][axis])]
        pairs = list(zip(order[-_JOINTS:], order[:_JOINTS], strict=True))
        for tile in range(side * side):
            row, column = divmod(tile, side)
            beside = tile + (side if axis else 1)
            if (row if axis else column) + 1 < side:
                yield from ((a + tile * n_ids, b + beside * n_ids) for a, b in pairs)
