"""The ferry feed: passenger sailings to Rishiri, Rebun and Okushiri."""

import itertools
from typing import Any

from maas.synthetic.catalogue import document
from maas.synthetic.clocks import hhmm, runs_of
from maas.synthetic.feed import Agency, Call, FareRule, Feed, Line, Stop, Trip
from maas.synthetic.geometry import simplified
from maas.synthetic.names import Name, named, slug
from maas.synthetic.roads import Island
from maas.synthetic.towns import towns

FERRY = 4


def ferry_feed(island: Island) -> Feed:
    """Build the feed; landings lie where the vehicle ferries of the road map end."""
    name = named(
        "架空離島航路（合成データ）", "かくうりとうこうろ", "Fictional Island Ferries (synthetic)"
    )
    feed = Feed("ferry", name, [Agency("ferry", name)])
    for spec in document("ferry"):
        one, other = spec["ends"]
        nodes = island.ferries[one, other]
        ends = {
            one: _landing(feed, island, one, nodes[0]),
            other: _landing(feed, island, other, nodes[-1]),
        }
        line = _line(spec)
        feed.lines[line.id] = line
        course = simplified([island.road_map.nodes[node] for node in nodes], 15.0)
        feed.shapes[f"{line.id}-{ends[one].id}"] = course
        feed.shapes[f"{line.id}-{ends[other].id}"] = course[::-1]
        for origin, destination in itertools.permutations(ends.values(), 2):
            rule = FareRule(spec["price"], "ferry", line.id, origin.zone, destination.zone)
            feed.fares.append(rule)
        _add_trips(feed, line, spec, ends)
    return feed


def _line(spec: dict[str, Any]) -> Line:
    one, other = (towns()[town].name for town in spec["ends"])
    name = Name(
        f"{one.ja}・{other.ja}航路", f"{one.kana}{other.kana}こうろ", f"{one.en} - {other.en} Ferry"
    )
    return Line(f"{slug(one.en)}-{slug(other.en)}", name, FERRY, "1D5C8F", "ferry")


def _add_trips(feed: Feed, line: Line, spec: dict[str, Any], ends: dict[str, Stop]) -> None:
    for run in itertools.chain.from_iterable(runs_of(text) for text in spec["runs"]):
        origin, destination = ends[run.origin], ends[run.destination]
        shape = f"{line.id}-{origin.id}"
        for start in run.departures:
            land = start + spec["minutes"] * 60
            calls = (Call(origin.id, start, start), Call(destination.id, land, land))
            trip_id = f"{shape}-{hhmm(start)}-{run.service}"
            direction = int(run.origin == spec["ends"][1])
            sign = destination.name
            feed.trips.append(Trip(trip_id, line.id, run.service, sign, direction, shape, calls))


def _landing(feed: Feed, island: Island, town: str, node: int) -> Stop:
    """The stop at a town's harbour."""
    name = towns()[town].name.joined(
        Name("フェリーターミナル", "ふぇりーたーみなる", "Ferry Terminal")
    )
    stop = Stop(slug(name.en), name, island.road_map.nodes[node], towns()[town].id)
    return feed.stops[feed.add_stop(stop)]
