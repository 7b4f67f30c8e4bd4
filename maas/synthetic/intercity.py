"""Bus lines between towns, on the quickest roads, as `tables/intercity.yaml` lists them."""

import itertools
from typing import Any, NamedTuple

from maas.synthetic.bus_roads import BusRoads
from maas.synthetic.bus_stops import StopBook, is_stop
from maas.synthetic.catalogue import document
from maas.synthetic.clocks import Runs, hhmm, runs_of
from maas.synthetic.feed import Call, Line, Trip
from maas.synthetic.geometry import distance_m, simplified
from maas.synthetic.local_bus import BUS, timed
from maas.synthetic.names import named
from maas.synthetic.towns import towns

_RURAL_MS = 42 / 3.6
_COACH_SLACK = 1.15  # over what the roads allow
_STOP_S = {"coach": 90, "rural": 18}
_APART_M = {"grid": 700.0, "road": 1_800.0}
_MODE = {"coach": 200, "rural": BUS}  # 200: coach service, of the extended types
_COLOR = {"coach": "7A1F3D", "rural": "2F7D5B"}


class _Way(NamedTuple):
    """One direction of a line: nodes, and where in it the places of `via` lie."""

    nodes: list[int]
    marks: list[int]


class _Ride(NamedTuple):
    """Stops of one direction, and seconds of driving from the first."""

    stops: list[str]
    drive_s: list[float]


class Intercity:
    """Adds the lines one by one; keeps the three road graphs."""

    def __init__(self, book: StopBook) -> None:
        self._book = book
        road_map = book.island.road_map
        self._roads = {
            "coach": BusRoads(road_map, motorways=True),
            "rural": BusRoads(road_map),
            "pass": BusRoads(road_map, passes=True),
        }
        self._bays: dict[str, int] = {}

    def add_all(self) -> None:
        """Add everything that the file lists."""
        listed = document("intercity")
        for kind in ("coach", "rural"):
            for spec in listed[kind]:
                self._add_line(kind, spec)

    def _way(self, roads: BusRoads, via: list[str]) -> _Way:
        nodes = [self._book.hub(via[0])]
        marks = [0]
        for place in via[1:]:
            nodes += roads.path(nodes[-1], self._book.hub(place))[1:]
            marks.append(len(nodes) - 1)
        return _Way(nodes, marks)

    def _stop(self, place: str, line: str) -> str:
        """Terminal of a place; lines take its bays in turn."""
        bay = self._bays.setdefault(
            f"{place} {line}", sum(key.startswith(f"{place} ") for key in self._bays)
        )
        return self._book.terminal(place, bay)

    def _ride(self, kind: str, line: str, via: list[str], way: _Way) -> _Ride:
        """Choose the stops along a way."""
        places, roads = self._book.island.road_map.nodes, self._roads[kind]
        named_at = dict(zip(way.marks, via, strict=True))
        ride = _Ride([], [])
        drive_s, since_m = 0.0, 0.0
        for at, node in enumerate(way.nodes):
            if at:
                hop_m = distance_m(places[way.nodes[at - 1]], places[node])
                since_m += hop_m
                drive_s += (
                    roads.seconds(way.nodes[at - 1], node) * _COACH_SLACK
                    if kind == "coach"
                    else hop_m / _RURAL_MS
                )
            if at in named_at:
                stop: str | None = self._stop(named_at[at], line)
            else:
                stop = self._between(node, since_m) if kind == "rural" else None
            if stop is not None and stop not in ride.stops[-1:]:
                ride.stops.append(stop)
                ride.drive_s.append(drive_s)
                since_m = 0.0
        return ride

    def _between(self, node: int, since_m: float) -> str | None:
        """Stop at a node that a country bus passes, if it is one and far enough from the last."""
        book = self._book
        if node in book.cross_of:
            if is_stop(*book.cross_of[node]) and since_m >= _APART_M["grid"]:
                return book.on_street(node)
        elif node in book.island.roadside and since_m >= _APART_M["road"]:
            return book.on_road(node)
        return None

    def _add_line(self, kind: str, spec: dict[str, Any]) -> None:
        agency = "coach" if kind == "coach" else "rural"
        line = Line(
            spec["id"],
            named(spec["ja"], spec["kana"], spec["en"]),
            _MODE[kind],
            _COLOR[kind],
            agency,
        )
        self._book.feed.lines[line.id] = line
        roads = self._roads["pass" if spec.get("pass") else kind]
        for run in itertools.chain.from_iterable(runs_of(text) for text in spec["times"]):
            via, direction = _section(spec["via"], run)
            way = self._way(roads, via)
            ride = self._ride(kind, line.id, via, way)
            shape = f"{line.id}-{ride.stops[0]}-{ride.stops[-1]}"
            places = self._book.island.road_map.nodes
            self._book.feed.shapes[shape] = simplified([places[node] for node in way.nodes], 15.0)
            sign = self._book.feed.stops[ride.stops[-1]].name
            for service, slower in _seasons(run.service, spec.get("winter")):
                for start in run.departures:
                    drive_s = [seconds * slower for seconds in ride.drive_s]
                    calls = timed(ride.stops, drive_s, start, _STOP_S[kind])
                    if kind == "coach":
                        calls = _closed_doors(calls, spec["via"], via)
                    trip_id = f"{shape}-{hhmm(start)}-{service}"
                    self._book.feed.trips.append(
                        Trip(trip_id, line.id, service, sign, direction, shape, calls)
                    )


def _section(via: list[str], run: Runs) -> tuple[list[str], int]:
    """Places of a run in its order, and its direction."""
    if run.origin == run.destination:
        return via, 0
    first, last = via.index(run.origin), via.index(run.destination)
    return (via[first : last + 1], 0) if first < last else (via[last : first + 1][::-1], 1)


def _seasons(service: str, slower: float | None) -> list[tuple[str, float]]:
    if slower is None or "-" in service:
        return [(service, 1.0)]
    return [(f"{service}-summer", 1.0), (f"{service}-winter", slower)]


def _closed_doors(calls: tuple[Call, ...], via: list[str], section: list[str]) -> tuple[Call, ...]:
    """From Sapporo a coach only takes up in the Sapporo area, towards it only sets down there."""
    inner = [place for place in section if towns().get(place) and towns()[place].grid == "sapporo"]
    if len(inner) < 2 or via[0] != "札幌" or len(section) != len(calls):
        return calls
    outward = section[0] == "札幌"
    return tuple(
        call._replace(
            drop_off=int(outward and at > 0), pickup=int(not outward and at < len(calls) - 1)
        )
        if place in inner
        else call
        for at, (place, call) in enumerate(zip(section, calls, strict=True))
    )
