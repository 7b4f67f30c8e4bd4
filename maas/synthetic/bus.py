"""The bus feed: local, country and expressway buses, with zone fares."""

import itertools

from maas.synthetic.bus_stops import StopBook
from maas.synthetic.feed import Agency, FareRule, Feed, Line
from maas.synthetic.geometry import distance_m
from maas.synthetic.intercity import Intercity
from maas.synthetic.local_bus import add_local_lines
from maas.synthetic.names import Name, named
from maas.synthetic.roads import Island

_FIRST_FARE = {"bus-sapporo": 240}
_RING_FARE = 40


def _agencies() -> list[Agency]:
    def fictional(ident: str, ja: str, kana: str, en: str) -> Agency:
        return Agency(
            ident, named(f"架空{ja}（合成データ）", f"かくう{kana}", f"Fictional {en} (synthetic)")
        )

    return [
        fictional("bus-sapporo", "札幌バス", "さっぽろばす", "Sapporo Bus"),
        fictional("bus-towns", "道内市街バス", "どうないしがいばす", "Hokkaido Town Buses"),
        fictional("rural", "道内郊外バス", "どうないこうがいばす", "Hokkaido Country Buses"),
        fictional("coach", "北の高速バス", "きたのこうそくばす", "North Expressway Buses"),
    ]


def bus_feed(island: Island, seed: int) -> Feed:
    """Build the feed on the roads of the island."""
    name = Name(
        "架空北海道バス（合成データ）",
        "かくうほっかいどうばす",
        "Fictional Hokkaido Buses (synthetic)",
    )
    feed = Feed("bus", name, _agencies())
    book = StopBook(island, feed)
    agency_of = {grid: "bus-sapporo" if grid == "sapporo" else "bus-towns" for grid in island.grids}
    add_local_lines(book, agency_of, seed)
    Intercity(book).add_all()
    feed.fares = [*_local_fares(feed, agency_of), *_line_fares(feed)]
    return feed


def _ways_of(feed: Feed, line: Line) -> list[list[str]]:
    """Stop sequences of a line, longest first."""
    ways = {tuple(call.stop for call in trip.calls) for trip in feed.trips if trip.line == line.id}
    return [list(way) for way in sorted(ways, key=lambda way: (-len(way), way))]


def _local_fares(feed: Feed, agency_of: dict[str, str]) -> list[FareRule]:
    """Ring to ring within a grid, on the lines of its agency."""
    pairs: dict[tuple[str, str, str], int] = {}
    for line in feed.lines.values():
        if line.agency in {"rural", "coach"}:
            continue
        for way in _ways_of(feed, line):
            zones = dict.fromkeys(feed.stops[stop].zone for stop in way)
            for one, other in itertools.product(zones, zones):
                grid = one.rpartition("-")[0]
                agency = agency_of[grid]
                rings = abs(int(one.rpartition("-")[2]) - int(other.rpartition("-")[2]))
                pairs[line.id, one, other] = _FIRST_FARE.get(agency, 220) + _RING_FARE * rings
    return [
        FareRule(price, feed.lines[line].agency, line, one, other)
        for (line, one, other), price in sorted(pairs.items())
    ]


def _line_fares(feed: Feed) -> list[FareRule]:
    """Between the zones of a country or expressway line, by distance."""
    rules: dict[tuple[str, str, str], FareRule] = {}
    for line in feed.lines.values():
        if line.agency not in {"rural", "coach"}:
            continue
        for way in _ways_of(feed, line):
            metres: dict[str, float] = {}
            run = 0.0
            for at, stop in enumerate(way):
                if at:
                    run += distance_m(feed.stops[way[at - 1]].at, feed.stops[stop].at)
                metres.setdefault(feed.stops[stop].zone, run)
            for one, other in itertools.product(metres, metres):
                price = _price(line.agency, abs(metres[one] - metres[other]) / 1000)
                rules.setdefault(
                    (line.id, one, other), FareRule(price, line.agency, line.id, one, other)
                )
    return [rules[key] for key in sorted(rules)]


def _price(agency: str, km: float) -> int:
    if agency == "coach":
        return max(500, 50 * round((300 + 16.5 * km) / 50))
    return 200 + 10 * round(2.6 * km)
