"""The ferry feed: passenger sailings to Rishiri, Rebun and Okushiri."""

import itertools

from maas.synthetic.clocks import hhmm, runs_of
from maas.synthetic.feed import Agency, Call, FareRule, Feed, Line, Stop, Trip
from maas.synthetic.names import Name, named, slug
from maas.synthetic.roads import Island
from maas.synthetic.towns import towns

FERRY = 4
_SAILINGS = (  # towns in order, minutes, price, runs by season
    ("稚内", "鴛泊", 100, 2990, ("daily-sailing 稚内>鴛泊 0710 1050 1630", "daily-sailing 鴛泊>稚内 0825 1205 1735",
                              "daily-calm 稚内>鴛泊 0715 1540", "daily-calm 鴛泊>稚内 0930 1745")),
    ("稚内", "香深", 115, 3350, ("daily-sailing 稚内>香深 0630 1030 1450", "daily-sailing 香深>稚内 0900 1420 1710",
                              "daily-calm 稚内>香深 0630 1450", "daily-calm 香深>稚内 1005 1725")),
    ("鴛泊", "香深", 45, 1280, ("daily-sailing 鴛泊>香深 0910 1255", "daily-sailing 香深>鴛泊 1325 1610",
                              "daily-calm 鴛泊>香深 0905", "daily-calm 香深>鴛泊 1640")),
    ("江差", "奥尻", 140, 3530, ("daily-sailing 江差>奥尻 0930 1710", "daily-sailing 奥尻>江差 0630 1300",
                              "daily-calm 江差>奥尻 1200", "daily-calm 奥尻>江差 0700")),
)  # fmt: skip


def ferry_feed(island: Island) -> Feed:
    """Build the feed; landings lie where the vehicle ferries of the road map end."""
    name = named(
        "架空離島航路（合成データ）", "かくうりとうこうろ", "Fictional Island Ferries (synthetic)"
    )
    feed = Feed("ferry", name, [Agency("ferry", name)])
    for one, other, minutes, price, texts in _SAILINGS:
        ends = {town: _landing(feed, island, town) for town in (one, other)}
        names = towns()[one].name, towns()[other].name
        line_id = f"{slug(names[0].en)}-{slug(names[1].en)}"
        name = Name(
            f"{one}・{other}航路",
            f"{names[0].kana}{names[1].kana}こうろ",
            f"{names[0].en} - {names[1].en} Ferry",
        )
        feed.lines[line_id] = Line(line_id, name, FERRY, "1D5C8F", "ferry")
        for origin, destination in ((one, other), (other, one)):
            shape = f"{line_id}-{ends[origin].id}"
            feed.shapes[shape] = [ends[origin].at, ends[destination].at]
            zones = ends[origin].zone, ends[destination].zone
            feed.fares.append(FareRule(price, "ferry", line_id, *zones))
        for run in itertools.chain.from_iterable(runs_of(text) for text in texts):
            shape = f"{line_id}-{ends[run.origin].id}"
            for start in run.departures:
                land = start + minutes * 60
                calls = (
                    Call(ends[run.origin].id, start, start),
                    Call(ends[run.destination].id, land, land),
                )
                trip_id = f"{shape}-{hhmm(start)}-{run.service}"
                sign = ends[run.destination].name
                direction = int(run.origin == other)
                feed.trips.append(
                    Trip(trip_id, line_id, run.service, sign, direction, shape, calls)
                )
    return feed


def _landing(feed: Feed, island: Island, town: str) -> Stop:
    """The stop of a town's harbour: the first landing that a vehicle ferry has there."""
    name = towns()[town].name.joined(
        Name("フェリーターミナル", "ふぇりーたーみなる", "Ferry Terminal")
    )
    ident = slug(name.en)
    if ident not in feed.stops:
        node = next(node for key, node in island.ports.items() if key.endswith(f" {town}"))
        feed.add_stop(Stop(ident, name, island.road_map.nodes[node], towns()[town].id))
    return feed.stops[ident]
