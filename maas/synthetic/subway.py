"""The city rail feed: three subway lines and a tram loop in Sapporo, a tram in Hakodate."""

import itertools
from collections.abc import Sequence

from maas.synthetic.clocks import departures, hhmm
from maas.synthetic.feed import (
    Agency,
    Call,
    FareRule,
    Feed,
    Frequency,
    Line,
    Stop,
    Transfer,
    Trip,
)
from maas.synthetic.geometry import distance_m
from maas.synthetic.names import Name, named
from maas.synthetic.stations import Station, stations

SUBWAY, TRAM = 1, 0
TRAM_PRICE = {"subway": 230, "hakodate-tram": 250}
_INTERCHANGES = {"odori": ("namboku", "tozai", "toho"), "sapporo": ("namboku", "toho")}
_SUBWAY_LINES = (
    ("namboku", named("地下鉄南北線", "ちかてつなんぼくせん", "Subway Namboku Line"), "2E8B57"),
    ("tozai", named("地下鉄東西線", "ちかてつとうざいせん", "Subway Tozai Line"), "E37222"),
    ("toho", named("地下鉄東豊線", "ちかてつとうほうせん", "Subway Toho Line"), "3B7DD8"),
)
_SUBWAY_TIMES = {
    "weekday": ["0600-0645/9", "0652-0915/4.5", "0922-1645/7", "1650-1920/5", "1927-2200/8", "2210-2350/10"],
    "weekend": ["0600-0645/10", "0655-2100/7", "2110-2350/10"],
}  # fmt: skip
_LOOP_RUNS = {
    "weekday": ((6, 10, 450), (10, 16, 480), (16, 21, 450), (21, 23, 720)),
    "weekend": ((6, 22, 500),),
}
_HAKODATE_TIMES = {
    "weekday": ["0640-0930/8", "0940-1630/10", "1640-1900/8", "1910-2150/15"],
    "weekend": ["0640-2150/12"],
}


def _half_minute(seconds: float) -> int:
    return round(seconds / 30) * 30


def _timed(
    stops: Sequence[str], chain: Sequence[Station], start: int, kmh: float, lost: int
) -> tuple[Call, ...]:
    clock, calls = float(start), [Call(stops[0], start, start)]
    for at, (one, other) in enumerate(itertools.pairwise(chain), start=1):
        clock += distance_m(one.at, other.at) * 1.05 / (kmh / 3.6) + lost
        time = max(_half_minute(clock), calls[-1].departure + 30)
        calls.append(Call(stops[at], time, time))
    return tuple(calls)


def _subway_stop(feed: Feed, network: str, station: Station) -> str:
    if network not in _INTERCHANGES.get(station.id, ()):
        return feed.add_stop(Stop(station.id, station.name, station.at))
    feed.add_stop(Stop(station.id, station.name, station.at, kind=1))
    platform = f"{station.id}-{network}"
    return feed.add_stop(
        Stop(platform, station.name, station.at, parent=station.id, platform=network)
    )


def _add_there_and_back(
    feed: Feed,
    line: Line,
    chain: list[Station],
    stops: list[str],
    pace: tuple[float, int],
    times: dict[str, list[str]],
) -> None:
    """Add trips over a whole line in both directions."""
    feed.lines[line.id] = line
    for direction in (0, 1):
        way = chain[::-1] if direction else chain
        called = stops[::-1] if direction else stops
        shape = f"{line.id}-{way[0].id}-{way[-1].id}"
        feed.shapes[shape] = [station.at for station in way]
        for service, texts in times.items():
            for start in departures(texts):
                calls = _timed(called, way, start, *pace)
                trip_id = f"{line.id}-{way[0].id}-{hhmm(start)}-{service}"
                if start % 60:
                    trip_id += f"-{start % 60}"
                feed.trips.append(
                    Trip(trip_id, line.id, service, way[-1].name, direction, shape, calls)
                )


def _add_subway(feed: Feed) -> None:
    for network, name, color in _SUBWAY_LINES:
        chain = list(stations(network).values())
        stops = [_subway_stop(feed, network, station) for station in chain]
        line = Line(network, name, SUBWAY, color, "subway")
        _add_there_and_back(feed, line, chain, stops, (58.0, 38), _SUBWAY_TIMES)
    for station, networks in _INTERCHANGES.items():
        feed.transfers += [
            Transfer(f"{station}-{one}", f"{station}-{other}", 180)
            for one, other in itertools.permutations(networks, 2)
        ]


def _add_loop(feed: Feed) -> None:
    """The tram loop: one trip a direction and day kind, repeated by frequencies."""
    chain = list(stations("sapporo-tram").values())
    name = named("市電環状線", "しでんかんじょうせん", "Streetcar Loop")
    feed.lines["sapporo-tram"] = Line("sapporo-tram", name, TRAM, "5B9F46", "subway")
    signs = (
        Name("外回り", "そとまわり", "Outer loop"),
        Name("内回り", "うちまわり", "Inner loop"),
    )
    for direction, sign in enumerate(signs):
        way = [chain[0], *(chain[:0:-1] if direction else chain[1:]), chain[0]]
        stops = [
            feed.add_stop(Stop(f"tram-{station.id}", station.name, station.at)) for station in way
        ]
        shape = f"sapporo-tram-{direction}"
        feed.shapes[shape] = [station.at for station in way]
        for service, spans in _LOOP_RUNS.items():
            for first, last, headway in spans:
                trip_id = f"{shape}-{first:02d}-{service}"
                calls = _timed(stops, way, first * 3600, 24.0, 30)
                feed.trips.append(
                    Trip(trip_id, "sapporo-tram", service, sign, direction, shape, calls)
                )
                feed.frequencies.append(Frequency(trip_id, first * 3600, last * 3600, headway))


def _add_hakodate(feed: Feed) -> None:
    """Two tram lines that share the way to Jujigai."""
    known = stations("hakodate-tram")
    chain = list(known.values())
    split = chain.index(known["十字街"]) + 1
    ends = {
        "yachigashira": (
            chain[: chain.index(known["谷地頭"]) + 1],
            "2号系統",
            "2ごうけいとう",
            "Tram 2",
            0,
        ),
        "dokku": (
            chain[:split] + [known[name] for name in ("末広町", "大町", "函館どつく前")],
            "5号系統",
            "5ごうけいとう",
            "Tram 5",
            5,
        ),
    }
    for ident, (way, ja, kana, en, shift) in ends.items():
        stops = [feed.add_stop(Stop(f"hakodate-tram-{s.id}", s.name, s.at)) for s in way]
        name = named(f"函館市電{ja}", f"はこだてしでん{kana}", f"Hakodate {en}")
        line = Line(f"hakodate-tram-{ident}", name, TRAM, "B5452C", "hakodate-tram")
        times = {
            service: [f"{hhmm(t + shift * 60)}" for t in departures(texts)]
            for service, texts in _HAKODATE_TIMES.items()
        }
        _add_there_and_back(feed, line, way, stops, (28.0, 35), times)


def subway_feed() -> Feed:
    """Build the feed."""
    subway = named(
        "架空札幌都市交通（合成データ）",
        "かくうさっぽろとしこうつう",
        "Fictional Sapporo City Transport (synthetic)",
    )
    tram = named(
        "架空函館電車（合成データ）",
        "かくうはこだてでんしゃ",
        "Fictional Hakodate Tramway (synthetic)",
    )
    feed = Feed("subway", subway, [Agency("subway", subway), Agency("hakodate-tram", tram)])
    _add_subway(feed)
    _add_loop(feed)
    _add_hakodate(feed)
    feed.fares = [
        FareRule(TRAM_PRICE[line.agency], line.agency, line.id)
        for line in feed.lines.values()
        if line.mode == TRAM
    ]
    return feed
