"""Local bus lines: from a terminal out along the arterials of a street grid, two spokes a line."""

import itertools
import math
import random
from typing import NamedTuple

import networkx as nx

from maas.synthetic.bus_stops import StopBook, is_stop
from maas.synthetic.catalogue import document, rows
from maas.synthetic.clocks import departures, hhmm
from maas.synthetic.feed import Call, Line, Trip
from maas.synthetic.geometry import Place, bearing_deg, distance_m, simplified
from maas.synthetic.grid import ARTERIAL, Cross, Grid
from maas.synthetic.names import Name
from maas.synthetic.towns import Town, towns

BUS = 3
_MS = 38 / 3.6  # between stops
_STOP_S = 18  # lost by one stop
_APART_M = 250.0  # least distance of stops
_WINTER_GRIDS = {"asahikawa", "otaru", "kitami", "nayoro", "wakkanai"}
_WINTER = 1.12
_COLORS = ("1E88A8", "C0603A", "6A8F3C", "8C5A9E", "B8962E", "4B6CB7", "A34A5C")


class _Hub(NamedTuple):
    """A row of `tables/local_bus.csv`."""

    town: Town
    node: int
    lines: int
    spokes: int
    reach_m: float
    service: str


def _hubs(book: StopBook) -> list[_Hub]:
    return [
        _Hub(
            towns()[row["hub"]],
            book.hub(row["hub"]),
            int(row["lines"]),
            int(row["spokes"]),
            float(row["reach_km"]) * 1000,
            row["service"],
        )
        for row in rows("local_bus")
    ]


def _arterials(grid: Grid, seed: int) -> "nx.Graph[Cross]":
    """Arterial crossings; each street line weighs a little more or less, so that lines differ."""
    draw = random.Random(f"{seed}-{grid.id}-buses")
    graph: nx.Graph[Cross] = nx.Graph()
    weights: dict[tuple[int, int], float] = {}
    for axis, line, one, other in grid.streets:
        if line % ARTERIAL == 0:
            taste = weights.setdefault((axis, line), draw.uniform(1.0, 1.4))
            hop = abs(one[0] - other[0]) + abs(one[1] - other[1])
            graph.add_edge(one, other, cost=hop * taste)
    return graph


def _ends(hub: _Hub, book: StopBook, graph: "nx.Graph[Cross]", draw: random.Random) -> list[Cross]:
    """Farthest arterial crossings within reach, one a sector, clockwise."""
    grid, centre = book.cross_of[hub.node]
    reachable = nx.node_connected_component(graph, centre)
    places = book.island.road_map.nodes
    turn = draw.uniform(0, 360 / hub.spokes)
    best: dict[int, tuple[float, Cross]] = {}
    for cross in sorted(reachable):
        if cross[0] % ARTERIAL or cross[1] % ARTERIAL:
            continue
        at = places[grid.node_of[cross]]
        away = distance_m(at, places[hub.node])
        if 600 < away <= hub.reach_m:
            sector = int((bearing_deg(places[hub.node], at) - turn) % 360 / (360 / hub.spokes))
            best[sector] = max(best.get(sector, (0.0, cross)), (away, cross))
    return [best[sector][1] for sector in sorted(best)]


def _pairs(ends: list[Cross], n_lines: int) -> list[tuple[Cross, Cross | None]]:
    """Join opposite ends to lines; what is left over ends at the hub."""
    half = math.ceil(len(ends) / 2)
    pairs: list[tuple[Cross, Cross | None]] = list(zip(ends[:half], ends[half:], strict=False))
    pairs += [(end, None) for end in ends[len(ends) - half : half]]
    return pairs[:n_lines]


class _Ride(NamedTuple):
    """Stops of one direction with metres from the start, and the shape."""

    stops: list[str]
    metres: list[float]
    shape: list[Place]


def _ride(book: StopBook, way: list[int], fixed: dict[int, str]) -> _Ride:
    """Choose stops along a way: fixed ones, and every third crossing if not too near."""
    places = book.island.road_map.nodes
    stops, metres, run, last = [], [], 0.0, -1e9
    ahead = [0.0]
    for one, other in itertools.pairwise(way):
        ahead.append(ahead[-1] + distance_m(places[one], places[other]))
    held = [ahead[at] for at, node in enumerate(way) if node in fixed]
    for at, node in enumerate(way):
        run = ahead[at]
        grid, cross = book.cross_of[node]
        clear = run - last >= _APART_M and all(abs(run - other) >= _APART_M for other in held)
        if node in fixed:
            stops.append(fixed[node])
        elif is_stop(grid, cross) and clear:
            stops.append(book.on_street(node))
        else:
            continue
        metres.append(run)
        last = run
    return _Ride(stops, metres, simplified([places[node] for node in way], 3.0))


def timed(stops: list[str], drive_s: list[float], start: int, stop_s: int) -> tuple[Call, ...]:
    """Whole minutes at stops, never going back."""
    calls = []
    for at, (stop, driven) in enumerate(zip(stops, drive_s, strict=True)):
        time = start + int((driven + at * stop_s) // 60) * 60
        calls.append(Call(stop, time, time))
    return tuple(calls)


def _services(hub: _Hub) -> list[tuple[str, float, str]]:
    """(service, slowdown, times) of a hub's lines."""
    plain = [
        (service, 1.0, times)
        for service, times in document("local_bus")["times"][hub.service].items()
    ]
    if hub.town.grid not in _WINTER_GRIDS:
        return plain
    return [
        (f"{service}-{season}", slower, times)
        for service, _, times in plain
        for season, slower in (("summer", 1.0), ("winter", _WINTER))
    ]


def _add_line(
    book: StopBook,
    hub: _Hub,
    number: int,
    way: list[int],
    ends: list[Name],
    agency: str,
    draw: random.Random,
) -> None:
    name = hub.town.name.joined(Name(f"市内{number}番", f"しない{number}ばん", f"Local {number}"))
    line_id = f"local-{hub.town.id}-{number}"
    color = _COLORS[(number + len(book.feed.lines)) % len(_COLORS)]
    book.feed.lines[line_id] = Line(line_id, name, BUS, color, agency)
    shift = draw.randrange(0, 20)
    for direction in (0, 1):
        nodes = way[::-1] if direction else way
        fixed = {way[0]: "", way[-1]: "", hub.node: ""}
        for node in fixed:
            fixed[node] = (
                book.terminal(hub.town.name.ja, number) if node == hub.node else book.stop_at[node]
            )
        ride = _ride(book, nodes, fixed)
        shape = f"{line_id}-{direction}"
        book.feed.shapes[shape] = ride.shape
        for service, slower, times in _services(hub):
            for start in departures(times.split()):
                begin = start + (shift + 7 * direction) * 60
                drive_s = [metres / _MS * slower for metres in ride.metres]
                calls = timed(ride.stops, drive_s, begin, _STOP_S)
                trip_id = f"{shape}-{hhmm(begin)}-{service}"
                book.feed.trips.append(
                    Trip(trip_id, line_id, service, ends[1 - direction], direction, shape, calls)
                )


def add_local_lines(book: StopBook, agency_of: dict[str, str], seed: int) -> None:
    """Add the local lines of all hubs."""
    graphs: dict[str, nx.Graph[Cross]] = {}
    for hub in _hubs(book):
        grid, centre = book.cross_of[hub.node]
        if grid.id not in graphs:
            graphs[grid.id] = _arterials(grid, seed)
        draw = random.Random(f"{seed}-{hub.town.id}-lines")
        ends = _ends(hub, book, graphs[grid.id], draw)
        facilities = draw.sample(document("local_bus")["facilities"], 10)
        for cross, facility in zip(ends, facilities * 2, strict=False):
            book.at_facility(grid.node_of[cross], Name(*facility))
        for number, (first, last) in enumerate(_pairs(ends, hub.lines), start=1):
            crosses = nx.shortest_path(graphs[grid.id], first, centre, weight="cost")
            if last is not None:
                crosses += nx.shortest_path(graphs[grid.id], centre, last, weight="cost")[1:]
            way = [grid.node_of[cross] for cross in crosses]
            names = [_name_at(book, hub, node) for node in (way[0], way[-1])]
            _add_line(book, hub, number, way, names, agency_of[grid.id], draw)


def _name_at(book: StopBook, hub: _Hub, node: int) -> Name:
    stop = book.terminal(hub.town.name.ja, 0) if node == hub.node else book.stop_at[node]
    return book.feed.stops[stop].name
