"""The city rail feed: three subway lines and a tram loop in Sapporo, a tram in Hakodate."""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from maas.synthetic.catalogue import document
from maas.synthetic.clocks import departures, hhmm
from maas.synthetic.feed import (
    Agency,
    Call,
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
YES = 1  # wheelchairs get in
_TRAM_PRICE = {"subway": 230, "hakodate-tram": 250}  # by agency
_SIGNS = (Name("外回り", "そとまわり", "Outer loop"), Name("内回り", "うちまわり", "Inner loop"))


class _Pace(NamedTuple):
    """Speed between stops, and what one stop costs."""

    kmh: float
    stop_s: int


_SUBWAY_PACE, _LOOP_PACE, _HAKODATE_PACE = _Pace(58, 38), _Pace(24, 30), _Pace(28, 35)


def _timed(
    stops: Sequence[str], way: Sequence[Station], start: int, pace: _Pace
) -> tuple[Call, ...]:
    """Times at stops, to half a minute."""
    clock, calls = float(start), [Call(stops[0], start, start)]
    for at, (one, other) in enumerate(itertools.pairwise(way), start=1):
        clock += distance_m(one.at, other.at) * 1.05 / (pace.kmh / 3.6) + pace.stop_s
        time = max(round(clock / 30) * 30, calls[-1].departure + 30)
        calls.append(Call(stops[at], time, time))
    return tuple(calls)


def _subway_stop(feed: Feed, network: str, station: Station) -> str:
    if network not in document("subway")["interchanges"].get(station.id, ()):
        return feed.add_stop(Stop(station.id, station.name, station.at, wheelchair=YES))
    feed.add_stop(Stop(station.id, station.name, station.at, kind=1, wheelchair=YES))
    platform = f"{station.id}-{network}"
    return feed.add_stop(
        Stop(
            platform, station.name, station.at, parent=station.id, platform=network, wheelchair=YES
        )
    )


class _Track(NamedTuple):
    """Stations of a line and its stops there."""

    stations: list[Station]
    stops: list[str]
    pace: _Pace


def _add_line(feed: Feed, line: Line, track: _Track, times: Mapping[str, tuple[int, ...]]) -> None:
    """Add trips over the whole line in both directions."""
    feed.lines[line.id] = line
    for direction in (0, 1):
        way = track.stations[::-1] if direction else track.stations
        stops = track.stops[::-1] if direction else track.stops
        shape = f"{line.id}-{way[0].id}-{way[-1].id}"
        feed.shapes[shape] = [station.at for station in way]
        for service, starts in times.items():
            for start in starts:
                half = "-30" if start % 60 else ""
                trip_id = f"{line.id}-{way[0].id}-{hhmm(start)}{half}-{service}"
                calls = _timed(stops, way, start, track.pace)
                sign = way[-1].name
                feed.trips.append(Trip(trip_id, line.id, service, sign, direction, shape, calls))


def _times(key: str, shift_min: int = 0) -> dict[str, tuple[int, ...]]:
    return {
        service: tuple(time + shift_min * 60 for time in departures(text.split()))
        for service, text in document("subway")[key].items()
    }


def _add_subway(feed: Feed) -> None:
    for spec in document("subway")["subway"]:
        network = spec["network"]
        chain = list(stations(network).values())
        stops = [_subway_stop(feed, network, station) for station in chain]
        name = named(spec["ja"], spec["kana"], spec["en"])
        line = Line(network, name, SUBWAY, spec["color"], "subway", wheelchair=YES)
        _add_line(feed, line, _Track(chain, stops, _SUBWAY_PACE), _times("subway_times"))
    least = document("subway")["interchange_s"]
    for station, networks in document("subway")["interchanges"].items():
        feed.transfers += [
            Transfer(f"{station}-{one}", f"{station}-{other}", least)
            for one, other in itertools.permutations(networks, 2)
        ]


def _add_loop(feed: Feed) -> None:
    """The tram loop: one trip a direction and time of day, repeated by frequencies."""
    chain = list(stations("sapporo-tram").values())
    name = named("市電環状線", "しでんかんじょうせん", "Streetcar Loop")
    line = feed.lines["sapporo-tram"] = Line("sapporo-tram", name, TRAM, "5B9F46", "subway")
    for direction, sign in enumerate(_SIGNS):
        way = [chain[0], *(chain[:0:-1] if direction else chain[1:]), chain[0]]
        stops = [
            feed.add_stop(Stop(f"tram-{station.id}", station.name, station.at)) for station in way
        ]
        shape = f"{line.id}-{direction}"
        feed.shapes[shape] = [station.at for station in way]
        for service, spans in document("subway")["loop"].items():
            for first, last, headway in spans:
                trip_id = f"{shape}-{first:02d}-{service}"
                calls = _timed(stops, way, first * 3600, _LOOP_PACE)
                feed.trips.append(Trip(trip_id, line.id, service, sign, direction, shape, calls))
                feed.frequencies.append(Frequency(trip_id, first * 3600, last * 3600, headway))


def _add_hakodate(feed: Feed) -> None:
    """Two tram lines that share the way to Jujigai."""
    known = stations("hakodate-tram")
    shared = list(known.values())[: list(known).index("十字街") + 1]
    for spec in document("subway")["hakodate"]:
        way = shared + [known[name] for name in spec["after"]]
        stops = [feed.add_stop(Stop(f"hakodate-tram-{s.id}", s.name, s.at)) for s in way]
        name = named(spec["ja"], spec["kana"], spec["en"])
        line = Line(f"hakodate-tram-{spec['id']}", name, TRAM, "B5452C", "hakodate-tram")
        times = _times("hakodate_times", spec["shift"])
        _add_line(feed, line, _Track(way, stops, _HAKODATE_PACE), times)


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
    feed.rider_fares = {
        line.id: (f"{line.agency}-trams", _TRAM_PRICE[line.agency])
        for line in feed.lines.values()
        if line.mode == TRAM
    }
    return feed
