"""Quickest ways for buses over the road map: A* with the straight line as bound."""

import heapq
import itertools

from maas.synthetic.geometry import distance_m
from maas.synthetic.roadmap import RoadMap, Way

_KMH = {
    "motorway": 90.0,
    "motorway_link": 40.0,
    "trunk": 55.0,
    "primary": 50.0,
    "secondary": 42.0,
    "tertiary": 36.0,
    "unclassified": 30.0,
    "residential": 14.0,
}
_TOP_MS = 90 / 3.6


class BusRoads:
    """Directed road graph that buses use; closed roads are a graph of their own."""

    def __init__(self, road_map: RoadMap, *, motorways: bool = False, passes: bool = False) -> None:
        self._places = road_map.nodes
        self._out: dict[int, list[tuple[int, float]]] = {}
        self._found: dict[tuple[int, int], list[int]] = {}
        self._blocked = {node for node, tags in road_map.node_tags.items() if "barrier" in tags}
        for way in road_map.ways:
            kmh = _KMH.get(way.tags.get("highway", ""))
            is_motorway = way.tags.get("highway", "").startswith("motorway")
            is_closed = "motor_vehicle:conditional" in way.tags
            if kmh and (motorways or not is_motorway) and (passes or not is_closed):
                self._add(way, kmh)

    def _add(self, way: Way, kmh: float) -> None:
        oneway = way.tags.get("oneway")
        for one, other in itertools.pairwise(way.nodes):
            if one in self._blocked or other in self._blocked:
                continue
            cost = distance_m(self._places[one], self._places[other]) / (kmh / 3.6)
            if oneway != "-1":
                self._out.setdefault(one, []).append((other, cost))
            if oneway != "yes":
                self._out.setdefault(other, []).append((one, cost))

    def path(self, source: int, target: int) -> list[int]:
        """Nodes of the quickest way, both ends included."""
        key = (source, target)
        if key not in self._found:
            self._found[key] = self._search(source, target)
        return self._found[key]

    def seconds(self, one: int, other: int) -> float:
        """Driving time between neighbouring nodes."""
        return min(cost for head, cost in self._out[one] if head == other)

    def _search(self, source: int, target: int) -> list[int]:
        goal = self._places[target]
        cost, parent = {source: 0.0}, {source: source}
        queue, done = [(0.0, source)], set()
        while queue:
            _, node = heapq.heappop(queue)
            if node == target:
                break
            if node in done:
                continue
            done.add(node)
            for head, hop in self._out.get(node, ()):
                reached = cost[node] + hop
                if reached < cost.get(head, float("inf")):
                    cost[head], parent[head] = reached, node
                    bound = distance_m(self._places[head], goal) / _TOP_MS
                    heapq.heappush(queue, (reached + bound, head))
        if target not in parent:
            msg = f"no road for buses from {self._places[source]} to {goal}"
            raise LookupError(msg)
        way = [target]
        while way[-1] != source:
            way.append(parent[way[-1]])
        return way[::-1]
