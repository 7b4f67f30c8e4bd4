"""The railway feed: trains on the tracks of `tables/rail.yaml`."""

import itertools
from collections.abc import Sequence
from typing import Any

import networkx as nx

from maas.synthetic.catalogue import document
from maas.synthetic.clocks import Runs, hhmm, runs_of
from maas.synthetic.feed import Agency, Call, Feed, Line, Stop, Transfer, Trip
from maas.synthetic.geometry import distance_m
from maas.synthetic.names import Name, named
from maas.synthetic.stations import stations

RAIL = 2
_WINDING = 1.06  # track length over the straight line between neighbouring stations


def _tracks() -> "nx.Graph[str]":
    """Graph of neighbouring stations, `m` along the track."""
    graph: nx.Graph[str] = nx.Graph()
    known = stations("rail")
    for chain in document("rail")["tracks"]:
        for one, other in itertools.pairwise(chain):
            metres = distance_m(known[one].at, known[other].at) * _WINDING
            graph.add_edge(one, other, m=metres)
    return graph


def _way(graph: "nx.Graph[str]", through: Sequence[str]) -> list[str]:
    """Stations passed from the first to the last of `through`."""
    way = [through[0]]
    for one, other in itertools.pairwise(through):
        way += nx.shortest_path(graph, one, other, weight="m")[1:]
    return way


def _between(chain: Sequence[str], origin: str, destination: str) -> list[str]:
    first, last = chain.index(origin), chain.index(destination)
    return list(chain[first : last + 1] if first < last else chain[last : first + 1][::-1])


def _minute(seconds: float) -> int:
    return round(seconds / 60) * 60


def _calls(
    graph: "nx.Graph[str]", spec: dict[str, Any], called: Sequence[str], start: int, slower: float
) -> tuple[Call, ...]:
    """Times at the called stations; whole minutes, as printed timetables have them."""
    known = stations("rail")
    pace = spec["speed"] / 3.6 / slower
    clock = float(start)
    calls = [Call(known[called[0]].id, start, start)]
    for one, other in itertools.pairwise(called):
        clock += nx.shortest_path_length(graph, one, other, weight="m") / pace + spec["stop"]
        departure = max(_minute(clock), calls[-1].departure + 60)
        last = other == called[-1]
        dwell = 0 if last else spec["dwell"] * 60
        arrival = max(departure - dwell, calls[-1].departure + 60)
        calls.append(Call(known[other].id, arrival, arrival if last else departure))
    return tuple(calls)


def _variants(spec: dict[str, Any], run: Runs) -> list[tuple[str, float, tuple[int, ...]]]:
    """(service, slowdown, departures) of a run: one, or summer and winter where they differ."""
    winter = spec.get("winter")
    if winter is None or "-" in run.service or run.service == "peak":
        return [(run.service, 1.0, run.departures)]
    kept = run.departures
    if drop := winter.get("drop"):
        kept = tuple(time for at, time in enumerate(kept, start=1) if at % drop) or kept
    return [
        (f"{run.service}-summer", 1.0, run.departures),
        (f"{run.service}-winter", winter["slower"], kept),
    ]


def _headsign(destination: str) -> Name:
    return stations("rail")[destination].name


def _add_line(feed: Feed, graph: "nx.Graph[str]", spec: dict[str, Any]) -> None:
    known = stations("rail")
    line = Line(
        spec["id"], named(spec["ja"], spec["kana"], spec["en"]), RAIL, spec["color"], "rail"
    )
    feed.lines[line.id] = line
    chain = list(spec["calls"]) if "calls" in spec else _way(graph, spec["via"])
    for run in itertools.chain.from_iterable(runs_of(text) for text in spec["runs"]):
        called = _between(chain, run.origin, run.destination)
        forward = chain.index(run.origin) < chain.index(run.destination)
        shape = f"{line.id}-{known[run.origin].id}-{known[run.destination].id}"
        feed.shapes[shape] = [known[name].at for name in _way(graph, called)]
        for name in called:
            station = known[name]
            feed.add_stop(Stop(station.id, station.name, station.at))
        for service, slower, departures in _variants(spec, run):
            for start in departures:
                calls = _calls(graph, spec, called, start, slower)
                trip_id = f"{shape}-{hhmm(start)}-{service}"
                feed.trips.append(
                    Trip(
                        trip_id,
                        line.id,
                        service,
                        _headsign(run.destination),
                        int(not forward),
                        shape,
                        calls,
                    )
                )


def rail_feed() -> Feed:
    """Build the railway."""
    operator = named(
        "架空北海道鉄道（合成データ）",
        "かくうほっかいどうてつどう",
        "Fictional Hokkaido Railway (synthetic)",
    )
    feed = Feed("rail", operator, [Agency("rail", operator)])
    graph = _tracks()
    for spec in document("rail")["lines"]:
        _add_line(feed, graph, spec)
    _open_to_wheelchairs(feed)
    ids = {stop.id for stop in feed.used_stops()}
    for name, least in document("rail")["changes"].items():
        stop = stations("rail")[name].id
        if stop in ids:
            feed.transfers.append(Transfer(stop, stop, least))
    return feed


def _open_to_wheelchairs(feed: Feed) -> None:
    """Let wheelchairs into expresses and the stations at which they call; modifies the feed."""
    for line in express_lines() & feed.lines.keys():
        feed.lines[line] = feed.lines[line]._replace(wheelchair=1)
    for trip in feed.trips:
        if feed.lines[trip.line].wheelchair:
            for call in trip.calls:
                feed.stops[call.stop] = feed.stops[call.stop]._replace(wheelchair=1)


def express_lines() -> frozenset[str]:
    """Lines whose fare holds a surcharge."""
    return frozenset(spec["id"] for spec in document("rail")["lines"] if spec.get("express"))
