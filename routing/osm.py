"""OSM files → ways, barriers and turn restrictions as plain arrays; the only importer of osmium."""

import logging
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from routing.errors import RoadFileError
from routing.layout import NONE, Float64Array, Int32Array, Int64Array
from routing.osm_conditions import CONDITIONAL, Clause, clauses
from routing.osm_tags import node_keys, way_keys
from routing.profiles import PROFILES, Profile

logger = logging.getLogger(__name__)

KINDS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
_MISSING = 2_147_483_647  # osmium's coordinate of a node that the file does not hold
_SCALE = 1e-7  # degrees per unit of osmium's fixed-point coordinates
_RESTRICTION = "restriction"
_POINTS_AT_ONCE = 1 << 16
_ON_WAYS = ("highway", "route")


class TurnRule(NamedTuple):
    """One turn restriction, over a node or over ways."""

    from_way: int
    via_node: int  # OSM node, or NONE
    via_ways: tuple[int, ...]  # OSM ways; empty where a node is in between
    to_way: int
    is_only: bool  # the one allowed turn, rather than a forbidden one
    mode: str  # the vehicle it names, or the empty text for all
    exempt: frozenset[str]
    condition: str = ""  # when it holds; always if empty


class RoadFile(NamedTuple):
    """What a file says about roads; ways whose nodes are partly missing come in pieces."""

    osm_node: Int64Array  # (n_nodes,) OSM node, rising
    node: Int32Array  # (n_points,) index into `osm_node`
    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array  # (n_points,) degrees
    first_point_of_way: Int32Array  # (n_ways + 1,) point
    way_id: Int64Array  # (n_ways,) OSM way
    tags_of_way: Int32Array  # (n_ways,) index into `tag_sets`
    name_of_way: Int32Array  # (n_ways,) index into `names`
    tag_sets: list[dict[str, str]]
    names: list[str]  # the first one is empty
    node_tags: dict[int, dict[str, str]]  # barriers and traffic lights by OSM node
    turn_rules: list[TurnRule]


@dataclass
class _Reading:
    """Buffers that grow while a file is read."""

    way_keys: frozenset[str]
    node_keys: frozenset[str]
    ref: "array[int]" = field(default_factory=lambda: array("q"))
    x: "array[int]" = field(default_factory=lambda: array("i"))
    y: "array[int]" = field(default_factory=lambda: array("i"))
    first_point: "array[int]" = field(default_factory=lambda: array("q", [0]))
    way_id: "array[int]" = field(default_factory=lambda: array("q"))
    tags: "array[int]" = field(default_factory=lambda: array("i"))
    name: "array[int]" = field(default_factory=lambda: array("i"))
    index_of_tags: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    index_of_name: dict[str, int] = field(default_factory=lambda: {"": 0})
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    turn_rules: list[TurnRule] = field(default_factory=list)
    n_ways_seen: int = 0

    def add_node(self, node: Any) -> None:
        """Keep a barrier, a kerb or a traffic light."""
        tags = {key: value for key, value in node.tags if key in self.node_keys}
        if "barrier" in tags or "kerb" in tags or tags.get("highway") == "traffic_signals":
            self.node_tags[node.id] = tags

    def add_way(self, way: Any) -> None:
        """Keep a road or a ferry."""
        known, name = [], ""
        for key, value in way.tags:
            if key in self.way_keys:
                known.append((key, value))
            elif key == "name" or (key == "ref" and not name):
                name = value
        tags = dict(known)
        if "highway" not in tags and tags.get("route") != "ferry":
            return
        self.n_ways_seen += 1
        index = self.index_of_tags.setdefault(tuple(sorted(known)), len(self.index_of_tags))
        named = self.index_of_name.setdefault(name, len(self.index_of_name))
        for piece in _whole_pieces(way.nodes):
            self._add_piece(piece, way.id, index, named)

    def _add_piece(
        self, nodes: list[tuple[int, int, int]], way_id: int, tags: int, name: int
    ) -> None:
        refs, xs, ys = zip(*nodes, strict=True)
        self.ref.extend(refs)
        self.x.extend(xs)
        self.y.extend(ys)
        self.first_point.append(len(self.ref))
        self.way_id.append(way_id)
        self.tags.append(tags)
        self.name.append(name)

    def add_relation(self, relation: Any) -> None:
        """Keep a turn restriction."""
        members: dict[tuple[str, str], list[int]] = {}
        for member in relation.members:
            members.setdefault((member.role, member.type), []).append(member.ref)
        nodes, ways = members.get(("via", "n"), []), members.get(("via", "w"), [])
        if len(nodes) + bool(ways) != 1:
            return
        via = nodes[0] if nodes else NONE
        exempt = frozenset(part.strip() for part in relation.tags.get("except", "").split(";"))
        for mode, value, condition in _turn_values(relation.tags):
            is_only = value.startswith("only_")
            self.turn_rules.extend(
                TurnRule(from_way, via, tuple(ways), to_way, is_only, mode, exempt, condition)
                for from_way in members.get(("from", "w"), [])
                for to_way in members.get(("to", "w"), [])
            )

    def finished(self) -> RoadFile:
        """Return what was read as arrays."""
        osm_node, node = _numbered(self.ref)
        lon, lat = np.array(self.x, np.float64), np.array(self.y, np.float64)
        lon *= _SCALE
        lat *= _SCALE
        return RoadFile(
            osm_node=osm_node,
            node=node,
            lon=lon,
            lat=lat,
            first_point_of_way=np.array(self.first_point, np.int32),
            way_id=np.array(self.way_id, np.int64),
            tags_of_way=np.array(self.tags, np.int32),
            name_of_way=np.array(self.name, np.int32),
            tag_sets=[dict(tags) for tags in self.index_of_tags],
            names=list(self.index_of_name),
            node_tags=self.node_tags,
            turn_rules=self.turn_rules,
        )


def _numbered(ref: "array[int]") -> tuple[Int64Array, Int32Array]:
    """Distinct nodes, rising, and the number of each one; in parts, to keep memory low."""
    refs = np.frombuffer(ref, np.int64) if ref else np.empty(0, np.int64)
    distinct = np.sort(refs)
    distinct = distinct[np.append(True, distinct[1:] != distinct[:-1])[: distinct.size]]
    number = np.empty(refs.size, np.int32)
    for start in range(0, refs.size, _POINTS_AT_ONCE):
        rows = slice(start, start + _POINTS_AT_ONCE)
        number[rows] = np.searchsorted(distinct, refs[rows])
    return distinct, number


def _turn_values(tags: Any) -> Iterator[tuple[str, str, str]]:
    """Vehicle, kind and condition of each statement of a restriction."""
    for key, value in tags:
        base, _, mode = key.removesuffix(CONDITIONAL).partition(":")
        if base != _RESTRICTION:
            continue
        stated = clauses(value) if key.endswith(CONDITIONAL) else (Clause(value, ""),)
        for kind, condition in stated:
            if kind.startswith(("no_", "only_")):
                yield mode, kind, condition


def _whole_pieces(nodes: Iterable[Any]) -> list[list[tuple[int, int, int]]]:
    """Runs of at least two consecutive nodes that the file holds."""
    pieces: list[list[tuple[int, int, int]]] = [[]]
    for node in nodes:
        place = node.location
        x = place.x
        if x == _MISSING:
            pieces.append([])
        else:
            pieces[-1].append((node.ref, x, place.y))
    return [piece for piece in pieces if len(piece) > 1]


def _objects(path: Path, profiles: Sequence[Profile]) -> Any:
    """Stream the objects of a file that may matter to roads."""
    import osmium

    modes = sorted({mode for profile in profiles for mode in profile.turn_rules})
    turns = [_RESTRICTION, *(f"{_RESTRICTION}:{mode}" for mode in modes)]
    turns += [key + CONDITIONAL for key in turns]
    keys = osmium.filter.KeyFilter(*_ON_WAYS, "barrier", "kerb", *turns)
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    return osmium.FileProcessor(str(path), kinds).with_locations().with_filter(keys)


def _check_path(path: Path) -> None:
    if not path.is_file():
        msg = f"{path}: no such road file; give the path of an .osm.pbf, .osm, .osm.gz or .osm.bz2"
        raise RoadFileError(msg)
    if not path.name.endswith(KINDS):
        msg = f"{path}: not a kind of road file that is known; use one of {', '.join(KINDS)}"
        raise RoadFileError(msg)


def read_road_file(path: Path, profiles: Sequence[Profile] = PROFILES) -> RoadFile:
    """Read the roads of an OSM file, with the tags that the profiles ask for.

    Raises
    ------
    RoadFileError
        If the file is missing, damaged, of another kind, or holds no road.
    """
    _check_path(path)
    reading = _Reading(way_keys(profiles), node_keys(profiles))
    try:
        for item in _objects(path, profiles):
            if item.is_way():
                reading.add_way(item)
            elif item.is_node():
                reading.add_node(item)
            else:
                reading.add_relation(item)
    except (RuntimeError, OSError) as error:  # osmium raises bare RuntimeErrors on damaged files
        msg = f"{path}: damaged or not an OSM file ({error}); fetch it again or repair it"
        raise RoadFileError(msg) from error
    if not reading.way_id:
        raise RoadFileError(_why_empty(path, reading.n_ways_seen))
    logger.info("read roads file=%s ways=%d", path, len(reading.way_id))
    return reading.finished()


def _why_empty(path: Path, n_ways_seen: int) -> str:
    if n_ways_seen:
        return (
            f"{path}: the nodes of its {n_ways_seen} roads are missing or come after the ways; "
            "sort the file (`osmium sort`) or extract it with complete ways"
        )
    return f"{path}: no way with a `highway` tag; give an extract that holds the region's roads"
