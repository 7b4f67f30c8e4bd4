"""Road graphs to and from networkx, with the attributes that osmnx gives; for analysis and plots.

An edge is a segment in one direction, with the tags of its way, `length` (m), `travel_time` (s,
without turns), `oneway`, `reversed` (against the way) and, where it bends, `geometry`. What a graph
of edges cannot hold stays behind: turn restrictions and what closes roads at some hours of others.
"""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from routing.errors import RoadFileError
from routing.layout import NONE, Int32Array, Int64Array, first_of
from routing.osm import RoadFile
from routing.osm_tags import way_keys
from routing.profiles import Profile
from routing.road_files import GraphParts
from routing.road_layout import CM_MASK, FAR, ProfileRoads
from routing.road_parts import strong_components, tails
from routing.road_search import ProfileSearch

if TYPE_CHECKING:
    import networkx as nx

_ONEWAY = {(True, False): "yes", (False, True): "-1", (True, True): "no"}  # by the sides there are
_LON, _LAT = 180.0, 90.0

Place = tuple[float, float]


def to_networkx(parts: GraphParts, search: ProfileSearch) -> "nx.MultiDiGraph[int]":
    """Return the open roads of a profile; nodes have `x` and `y`, degrees."""
    import networkx as nx

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="epsg:4326", profile=search.traits.name)
    ends = _nodes(search.roads)
    segments, points = search.roads.segments, parts.points
    for segment, (first, last) in enumerate(
        zip(segments.first_point.tolist(), segments.last_point.tolist(), strict=True)
    ):
        rows = slice(first, last + 1)
        places = list(zip(points.lon[rows].tolist(), points.lat[rows].tolist(), strict=True))
        start, end = ends[2 * segment : 2 * segment + 2].tolist()
        arcs = _open_arcs(search.roads, segment)
        about = _about(parts, int(points.way[first])) | {"oneway": len(arcs) == 1}
        for is_backward, cost in arcs:
            graph.add_node(start, x=places[0][0], y=places[0][1])
            graph.add_node(end, x=places[-1][0], y=places[-1][1])
            edge = about | _measured(cost, about) | {"reversed": is_backward}
            along = places[::-1] if is_backward else places
            tail, head = (end, start) if is_backward else (start, end)
            graph.add_edge(tail, head, None, **(edge | _geometry(along)))
    return graph


def _nodes(roads: ProfileRoads) -> Int32Array:
    """Number the junctions: row 2 * segment is its start, the next row its end.

    What joins two segments is a vertex of the search graph: it is where the links that come to it
    end and where the arcs of the links that leave it start.
    """
    segments, arcs, links = roads.segments, roads.arcs, roads.links
    is_backward = (segments.backward_arc[arcs.segment] == np.arange(arcs.segment.size)).astype(int)
    n_ends = 2 * segments.first_point.size
    start, end = 2 * arcs.segment + is_backward, 2 * arcs.segment + 1 - is_backward
    is_driven = roads.arc_of_link != NONE
    driven = roads.arc_of_link[is_driven]
    one = [start, start[driven], end[driven]]
    other = [arcs.entry, tails(links)[is_driven], links.head[is_driven]]
    n = n_ends + links.first_of_vertex.size - 1
    return _joined(np.concatenate(one), np.concatenate(other) + n_ends, n)[:n_ends]


def _joined(one: Int64Array, other: Int64Array, n: int) -> Int32Array:
    """Number the sets of what is joined in pairs, (n,)."""
    tail, head = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(tail, kind="stable")
    return strong_components(first_of(tail[order], n), head[order].astype(np.int32))


def _open_arcs(roads: ProfileRoads, segment: int) -> list[tuple[bool, int]]:
    arcs = (roads.segments.forward_arc[segment], roads.segments.backward_arc[segment])
    return [
        (is_backward, int(roads.arcs.cost[arc]))
        for is_backward, arc in zip((False, True), arcs, strict=True)
        if arc != NONE and roads.arcs.cost[arc] < FAR
    ]


def _about(parts: GraphParts, way: int) -> dict[str, Any]:
    tags = parts.rules.tag_sets[parts.rules.tags_of_way[way]]
    name = parts.names[int(parts.names.of_way[way])]
    return {**tags, "osmid": way} | ({"name": name} if name else {})


def _measured(cost: int, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return time and length; a ferry's stated duration becomes that of its part."""
    seconds = (cost >> 32) / 1000
    found: dict[str, Any] = {"travel_time": seconds, "length": (cost & CM_MASK) / 100}
    if "duration" in about:
        minutes, rest = divmod(round(seconds), 60)
        found["duration"] = f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
    return found


def _geometry(places: Sequence[Place]) -> dict[str, Any]:
    if len(places) == 2:
        return {}
    from shapely import LineString

    return {"geometry": LineString(places)}


class _Way(NamedTuple):
    """An edge in the direction of its way; two edges of one street are the same way."""

    start: Hashable
    end: Hashable
    between: tuple[Place, ...]
    tags: tuple[tuple[str, str], ...]
    name: str


def file_of_networkx(
    graph: "nx.DiGraph[Any] | nx.MultiDiGraph[Any]", profiles: Sequence[Profile]
) -> RoadFile:
    """Return what a graph of osmnx, or of `to_networkx`, says about roads.

    Raises
    ------
    RoadFileError
        If the graph is not directed, a node has no place in degrees, or no edge is a road.
    """
    if not graph.is_directed():
        msg = "networkx graph: not directed; give the graph as osmnx loads it"
        raise RoadFileError(msg)
    sides: dict[_Way, list[bool]] = {}
    wanted = way_keys(profiles) - {"oneway"}
    for start, end, edge in graph.edges(data=True):
        way, is_backward = _way(start, end, edge, wanted)
        if any(key in ("highway", "route") for key, _ in way.tags):
            sides.setdefault(way, [False, False])[is_backward] = True
    if not sides:
        msg = "networkx graph: no edge with `highway`; give a graph with the tags of its ways"
        raise RoadFileError(msg)
    places = {node: _place(node, about) for node, about in graph.nodes(data=True)}
    return _file(places, sides, dict(graph.nodes(data=True)))


def _place(node: Hashable, about: Mapping[str, Any]) -> Place:
    lon, lat = (about.get(axis) for axis in ("x", "y"))
    if not _is_degree(lon, _LON) or not _is_degree(lat, _LAT):
        msg = (
            f"networkx graph: node {node!r}: x, y = {lon!r}, {lat!r} is no place in degrees; "
            "give the graph before it is projected"
        )
        raise RoadFileError(msg)
    return float(lon), float(lat)  # type: ignore[arg-type]


def _is_degree(value: object, most: float) -> bool:
    return isinstance(value, float | int) and -most <= value <= most


def _way(
    start: Hashable, end: Hashable, edge: Mapping[str, Any], wanted: frozenset[str] | set[str]
) -> tuple[_Way, bool]:
    between = [(float(x), float(y)) for x, y in _coordinates(edge)[1:-1]]
    is_backward = edge.get("reversed") is True
    if is_backward:
        start, end, between = end, start, between[::-1]
    values = {key: _text(edge[key]) for key in wanted if key in edge}
    tags = tuple(sorted((key, value) for key, value in values.items() if value))
    name = _text(edge.get("name")) or _text(edge.get("ref"))
    return _Way(start, end, tuple(between), tags, name), is_backward


def _coordinates(edge: Mapping[str, Any]) -> Sequence[Any]:
    line = edge.get("geometry")
    return () if line is None else list(line.coords)


def _text(value: object) -> str:
    """Text of a tag; the least one where osmnx merged several ways into an edge, in any order."""
    if isinstance(value, list):
        value = min(map(str, value), default="")
    is_missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if is_missing else str(value)


def _file(
    places: Mapping[Hashable, Place],
    sides: Mapping[_Way, Sequence[bool]],
    nodes: Mapping[Hashable, Mapping[str, Any]],
) -> RoadFile:
    number = {node: row for row, node in enumerate(places)}
    at = list(places.values())
    refs: list[int] = []
    first, tag_rows, name_rows = [0], [], []
    tag_sets: dict[tuple[tuple[str, str], ...], int] = {}
    names = {"": 0}
    for way, (forward, backward) in sides.items():
        inner = range(len(at), len(at) + len(way.between))
        at.extend(way.between)
        refs.extend([number[way.start], *inner, number[way.end]])
        first.append(len(refs))
        tags = (*way.tags, ("oneway", _ONEWAY[forward, backward]))
        tag_rows.append(tag_sets.setdefault(tags, len(tag_sets)))
        name_rows.append(names.setdefault(way.name, len(names)))
    used, node = np.unique(np.array(refs, np.int64), return_inverse=True)
    lon, lat = np.array(at, np.float64)[np.array(refs)].T
    return RoadFile(
        used, node.astype(np.int32), np.ascontiguousarray(lon), np.ascontiguousarray(lat),
        np.array(first, np.int32), np.arange(len(sides)), _int32(tag_rows), _int32(name_rows),
        [dict(tags) for tags in tag_sets], list(names), dict(_tagged(number, nodes)), [],
    )  # fmt: skip


def _int32(values: Sequence[int]) -> npt.NDArray[np.int32]:
    return np.array(values, np.int32)


def _tagged(
    number: Mapping[Hashable, int], nodes: Mapping[Hashable, Mapping[str, Any]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Nodes with lights, barriers or kerbs, as osmnx keeps them."""
    for node, about in nodes.items():
        tags = {key: _text(about[key]) for key in ("highway", "barrier", "kerb") if key in about}
        if tags:
            yield number[node], tags
