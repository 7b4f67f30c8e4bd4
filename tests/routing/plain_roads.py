"""An oracle: every OSM node is a vertex, searched by a plain Dijkstra with floats.

It takes the meaning of tags and the profile data from the package, and nothing else: no segments,
no arcs, no turn tables, no integers. A state of a motor vehicle is the piece it drives, its
direction, and whether the trip is still leaving restricted roads, on open ones, or arriving.
"""

import heapq
import itertools
import math
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx

from routing.osm_tags import Passage, is_blocked, passage
from routing.profiles import Profile

Edge = tuple[int, int, int]  # node, node, way
Memory = frozenset[int]  # rows of the restrictions over ways that the trip has begun
State = tuple[Edge, int, Memory]
LEAVING, OPEN, ARRIVING = range(3)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Haversine distance of (lon, lat) places."""
    (lon_a, lat_a), (lon_b, lat_b) = ((math.radians(v) for v in place) for place in (a, b))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(h))


class PlainRoads:
    """Roads of one profile."""

    def __init__(self, path: Path, profile: Profile) -> None:
        self.profile = profile
        self.place: dict[int, tuple[float, float]] = {}
        self.seconds: dict[Edge, float] = {}
        self.is_restricted: dict[Edge, bool] = {}
        self.out: dict[int, list[Edge]] = defaultdict(list)
        self.into: dict[int, list[Edge]] = defaultdict(list)
        self.pieces: dict[int, int] = defaultdict(int)  # ends of pieces at a node
        self.blocked: set[int] = set()
        self.signals: set[int] = set()
        self.rules: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
        self.over_ways: list[tuple[int, frozenset[int], int, bool]] = []
        self.way_ids: list[int] = []
        self.ends_of_ways: set[int] = set()
        self._read(path)
        self._mark_traps()

    def _read(self, path: Path) -> None:
        import osmium

        items: Any = osmium.FileProcessor(str(path)).with_locations()
        for item in items:
            tags = {tag.k: tag.v for tag in item.tags}
            if item.is_node():
                if is_blocked(tags, self.profile):
                    self.blocked.add(item.id)
                if tags.get("highway") == "traffic_signals":
                    self.signals.add(item.id)
            elif item.is_way() and (found := passage(tags, self.profile)).is_open:
                self._add_way(item, found)
            elif item.is_relation() and tags.get("type") == "restriction":
                self._add_rule(item, tags)

    def _add_way(self, way: Any, found: Passage) -> None:
        row = len(self.way_ids)
        self.way_ids.append(way.id)
        runs: list[list[tuple[int, tuple[float, float]]]] = [[]]
        for node in way.nodes:
            if node.location.valid():
                runs[-1].append((node.ref, (node.lon, node.lat)))
            else:
                runs.append([])
        for nodes in runs:
            if len(nodes) > 1:
                self._add_run(nodes, row, found)

    def _add_run(
        self, nodes: list[tuple[int, tuple[float, float]]], row: int, found: Passage
    ) -> None:
        steps = list(pairwise(nodes))
        lengths = [metres(a[1], b[1]) for a, b in steps]
        self.place.update(nodes)
        self.ends_of_ways |= {nodes[0][0], nodes[-1][0]}
        for ((a, _), (b, _)), length in zip(steps, lengths, strict=True):
            self.pieces[a] += 1
            self.pieces[b] += 1
            for tail, head, kmh in ((a, b, found.forward_kmh), (b, a, found.backward_kmh)):
                if kmh > 0:
                    time = length / kmh * 3.6
                    if found.duration > 0:
                        time = found.duration * length / sum(lengths)
                    edge = (tail, head, row)
                    self.seconds[edge] = time
                    self.is_restricted[edge] = found.is_restricted
                    self.out[tail].append(edge)
                    self.into[head].append(edge)

    def _add_rule(self, relation: Any, tags: dict[str, str]) -> None:
        roles: dict[tuple[str, str], list[int]] = defaultdict(list)
        for member in relation.members:
            roles[member.role, member.type].append(member.ref)
        exempt = set(tags.get("except", "").split(";"))
        via_ways = frozenset(roles["via", "w"])
        if len(roles["via", "n"]) + bool(via_ways) != 1 or exempt & self.profile.turn_rules:
            return
        for key, value in tags.items():
            base, _, mode = key.partition(":")
            if base != "restriction" or (mode and mode not in self.profile.turn_rules):
                continue
            for came in roles["from", "w"]:
                for goes in roles["to", "w"]:
                    if via_ways and value.startswith(("no_", "only_")):
                        self.over_ways.append((came, via_ways, goes, value.startswith("only_")))
                    elif value.startswith(("no_", "only_")):
                        rule = (goes, value.startswith("only_"))
                        self.rules[roles["via", "n"][0], came].append(rule)

    def _mark_traps(self) -> None:
        """Edges out of a strong part; a barrier is two nodes, so it holds no part together."""
        graph: nx.DiGraph[Any] = nx.DiGraph()
        for a, b, way in self.seconds:
            graph.add_edge(
                (a, b, way) if a in self.blocked else a, (b, a, way) if b in self.blocked else b
            )
            for node, key in ((a, (a, b, way)), (b, (b, a, way))):
                if node in self.blocked:
                    graph.add_node(key)
        part = {
            node: row
            for row, nodes in enumerate(nx.strongly_connected_components(graph))
            for node in nodes
        }
        self.traps = {
            (a, b, way)
            for a, b, way in self.seconds
            if part[(a, b, way) if a in self.blocked else a]
            != part[(b, a, way) if b in self.blocked else b]
        }

    def interior_nodes(self) -> list[int]:
        """Nodes within ways that touch nothing else."""
        ends = self.ends_of_ways | self.blocked | self.signals
        return [node for node, n in self.pieces.items() if n == 2 and node not in ends]

    def _is_allowed(self, edge: Edge, following: Edge) -> bool:
        came, goes = self.way_ids[edge[2]], self.way_ids[following[2]]
        is_back = self._is_u_turn(edge, following)
        only: list[bool] = []
        leaving = {self.way_ids[e[2]] for e in self.out[edge[1]]}
        for to_way, is_only in self.rules.get((edge[1], came), ()):
            if is_only and to_way != came and to_way in leaving:
                only.append(to_way == goes)
            elif not is_only and to_way == goes and (to_way != came or is_back):
                return False
        return not only or any(only)

    @staticmethod
    def _is_u_turn(edge: Edge, following: Edge) -> bool:
        return following == (edge[1], edge[0], edge[2])

    def _following(self, edge: Edge) -> list[Edge]:
        node = edge[1]
        if node in self.blocked:
            return [e for e in self.out[node] if self._is_u_turn(edge, e)]
        allowed = [e for e in self.out[node] if self._is_allowed(edge, e)]
        onward = [
            e
            for e in allowed
            if not self._is_u_turn(edge, e)
            and e not in self.traps
            and (self.is_restricted[edge] or not self.is_restricted[e])
        ]
        return [e for e in allowed if not onward or not self._is_u_turn(edge, e)]

    def _remember(self, edge: Edge, following: Edge, memory: Memory) -> Memory | None:
        """Restrictions over ways that are begun after a turn; None if one forbids the turn."""
        came, goes = self.way_ids[edge[2]], self.way_ids[following[2]]
        after = set()
        for row, (from_way, via, to_way, is_only) in enumerate(self.over_ways):
            is_begun = row in memory and came in via
            if is_begun and is_only and goes not in via and goes != to_way:
                return None
            if is_begun and not is_only and goes == to_way and goes not in via:
                return None
            if goes in via and (is_begun or came == from_way):
                after.add(row)
        return frozenset(after)

    def _turn_s(self, edge: Edge, following: Edge) -> float:
        wait = self.profile.signal_s if edge[1] in self.signals else 0.0
        return wait + self._angle_s(edge, following)

    def _angle_s(self, edge: Edge, following: Edge) -> float:
        if self._is_u_turn(edge, following):
            return self.profile.u_turn_s
        if self.pieces[edge[1]] < 3:
            return 0.0
        came, goes = self._bearing(edge), self._bearing(following)
        angle = abs(math.remainder(goes - came, 2 * math.pi))
        return self.profile.turn_s / (1 + math.exp(6.5 - 13 * angle / math.pi))

    def _bearing(self, edge: Edge) -> float:
        (lon_a, lat_a), (lon_b, lat_b) = self.place[edge[0]], self.place[edge[1]]
        return math.atan2((lon_b - lon_a) * math.cos(math.radians(lat_a)), lat_b - lat_a)

    def drive(self, origin: int) -> dict[int, float]:
        """Seconds to all nodes from a node within a way, for a motor vehicle."""
        best: dict[State, float] = {}
        ties = itertools.count()  # frozen sets have no order
        queue: list[tuple[float, int, State]] = [
            (0.0, next(ties), (edge, LEAVING if self.is_restricted[edge] else OPEN, frozenset()))
            for edge in self.out[origin]
        ]
        arrival = {origin: 0.0}
        while queue:
            start, _, state = heapq.heappop(queue)
            if state in best:
                continue
            best[state] = start
            edge, phase, memory = state
            end = start + self.seconds[edge]
            arrival[edge[1]] = min(end, arrival.get(edge[1], math.inf))
            for following in self._following(edge):
                is_restricted = self.is_restricted[following]
                if phase == ARRIVING and not is_restricted:
                    continue
                after = phase
                if phase == OPEN and is_restricted:
                    after = ARRIVING
                elif phase == LEAVING and not is_restricted:
                    after = OPEN
                remembered = self._remember(edge, following, memory)
                if remembered is not None:
                    cost = end + self._turn_s(edge, following)
                    queue_row = (cost, next(ties), (following, after, remembered))
                    heapq.heappush(queue, queue_row)
        return arrival

    def walk(self, origin: int) -> dict[int, float]:
        """Seconds to all nodes, for a profile without turn costs."""
        arrival: dict[int, float] = {}
        queue = [(0.0, origin)]
        while queue:
            time, node = heapq.heappop(queue)
            if node in arrival:
                continue
            arrival[node] = time
            if node in self.blocked and node != origin:
                continue
            for edge in self.out[node]:
                heapq.heappush(queue, (time + self.seconds[edge], edge[1]))
        return arrival
