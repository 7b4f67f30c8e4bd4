"""One day of New York between two stops: our RAPTOR beside nigiri and cafein.

All programs read the same feed, in which transfers.txt lists every walk.
"""

import csv
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.harness import OURS, Fact, Report, Row, installed, interleaved, spread
from benchmarks.stop_queries import MAX_RIDES, Answer, Engine, Query
from routing.kernels.raptor_ends import NearStops
from routing.layout import Footpaths, first_of, frozen
from routing.raptor import Found, Raptor, near_stops

DAY = date(2026, 10, 7)
ZONE = "America/New_York"
EIGHT = 8 * 3600
NEAR = 180  # s; answers of programs with other rules for changes are still the same journey


class Ours:
    """Our tables of the day, and a search over them."""

    def __init__(self, feed: Path) -> None:
        from gtfs.day import build_day
        from gtfs.footpaths import combine
        from gtfs.read import open_feed
        from gtfs.timetable import build_timetable

        timetable = build_timetable([open_feed(feed, "nyc")], ZONE)
        n_stops = len(timetable.stops.id)
        no_walks = (frozen(np.zeros(n_stops + 1)), frozen([]), frozen([]))
        walks = combine(timetable, no_walks, change_time=0)
        self.day = build_day(timetable, DAY, walks)
        self._walks_from, self._walks_to = walks, _reversed(walks)
        self._stop_of_id = {name: stop for stop, name in enumerate(timetable.stops.id)}
        self._search = Raptor(self.day.tables, MAX_RIDES)

    def sizes(self) -> dict[str, int]:
        """How large the tables are."""
        tables = self.day.tables
        return {
            "stops": tables.n_stops,
            "patterns": tables.n_patterns,
            "trips": tables.n_trips,
            "walks": int(tables.footpaths.head.size),
        }

    def ask(self, query: Query) -> Found:
        """Journeys, none of which dominates another."""
        access = self._near(self._walks_from, query.origin)
        egress = self._near(self._walks_to, query.destination)
        if query.window:
            ends = (query.departure, query.departure + query.window)
            return self._search.in_range(access, egress, ends)
        return self._search.earliest(access, egress, query.departure)

    def one_to_all(self, query: Query) -> object:
        """Earliest arrival at every stop."""
        return self._search.one_to_all(self._near(self._walks_from, query.origin), query.departure)

    def read(self, answer: Found) -> Answer:
        """Earliest arrival and number of journeys."""
        arrivals = [journey.arrival for journey in answer.journeys]
        return Answer(min(arrivals, default=None), len(arrivals))

    def _near(self, walks: Footpaths, stop_id: str) -> NearStops:
        """Return the stop itself and all that are one walk away."""
        stop = self._stop_of_id[f"nyc:{stop_id}"]
        rows = slice(int(walks.first_of_stop[stop]), int(walks.first_of_stop[stop + 1]))
        return near_stops(np.append(walks.head[rows], stop), np.append(walks.duration[rows], 0))


def _reversed(walks: Footpaths) -> Footpaths:
    """Walks towards each stop."""
    n_stops = walks.first_of_stop.size - 1
    tail = np.repeat(np.arange(n_stops), np.diff(walks.first_of_stop))
    order = np.argsort(walks.head, kind="stable")
    return Footpaths(
        first_of(walks.head[order], n_stops),
        frozen(tail[order]),
        frozen(walks.duration[order]),
        walks.change_time,
    )


def add_rows(report: Report, data: Path, *, quick: bool) -> None:
    """Load all programs and let them answer the same queries in turns."""
    feed = data / "gtfs" / "big" / "nyc_day.zip"
    engines = _loaded(report, feed)
    at_eight, any_time = _queries(feed.with_name("nyc_day_queries.csv"))
    windows = [query._replace(window=7200) for query in at_eight]
    n, n_windows = (40, 6) if quick else (400, 60)
    _compare(report, "NYC 08:00", engines, spread(at_eight, n))
    _compare(report, "NYC any time", engines, spread(any_time, n))
    _compare(report, "NYC 2 h window", engines, spread(windows, n_windows))
    to_all: dict[str, Callable[[Query], object]] = {
        name: engine.one_to_all
        for name, engine in engines.items()
        if isinstance(engine, Ours) or hasattr(engine, "one_to_all")
    }
    for name, seconds in _timed(to_all, spread(at_eight, n // 4)).items():
        report.rows.append(Row("NYC one to all", name, seconds))


def _loaded(report: Report, feed: Path) -> dict[str, Engine]:
    """Load each program once; a row says how long that took and how large it became."""
    from gtfs.clock import base_instant

    base_epoch = base_instant(DAY, ZONE)
    engines: dict[str, Engine] = {}
    makers: dict[str, Callable[[], Engine]] = {OURS: lambda: Ours(feed)}
    if installed(report, "pynigiri", "pynigiri"):
        from benchmarks.peer_nigiri import Nigiri

        makers["nigiri"] = lambda: Nigiri(feed, DAY, base_epoch)
    if installed(report, "cafein", "cafein"):
        from benchmarks.peer_cafein import Cafein

        makers["cafein"] = lambda: Cafein(feed, DAY)
    for name, make in makers.items():
        started = time.process_time()
        engines[name] = make()
        seconds = time.process_time() - started
        report.rows.append(Row("NYC load", name, (seconds,), engines[name].sizes()))
    return engines


def _queries(path: Path) -> tuple[list[Query], list[Query]]:
    """Queries that leave at 08:00, and those that leave at a random second of the day."""
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return (
        [Query(row["from"], row["to"], EIGHT) for row in rows],
        [Query(row["from"], row["to"], int(row["deprand"])) for row in rows],
    )


def _timed(
    asked: Mapping[str, Callable[[Query], object]], queries: Sequence[Query]
) -> dict[str, tuple[float, ...]]:
    """CPU time of each query; the first ones are asked once before, to compile and warm up."""
    for ask in asked.values():
        for query in queries[:2]:
            ask(query)
    return interleaved(asked, queries)


def _compare(
    report: Report, case: str, engines: Mapping[str, Engine], queries: Sequence[Query]
) -> None:
    """Add a row per program: time, journeys, and how its arrivals compare with ours."""
    kept: dict[str, list[object]] = {name: [] for name in engines}
    asked = {
        name: lambda query, engine=engine, name=name: kept[name].append(engine.ask(query))
        for name, engine in engines.items()
    }
    seconds = _timed(asked, queries)
    answers = {
        name: [engine.read(found) for found in kept[name][-len(queries) :]]
        for name, engine in engines.items()
    }
    for name, times in seconds.items():
        facts = _facts(answers[name])
        if name == OURS:
            facts |= _work([found for found in kept[name] if isinstance(found, Found)])
        else:
            facts |= _agreement(answers[OURS], answers[name])
        report.rows.append(Row(case, name, times, facts))


def _facts(answers: Sequence[Answer]) -> dict[str, Fact]:
    found = [answer for answer in answers if answer.n_journeys]
    mean = statistics.fmean(answer.n_journeys for answer in found) if found else 0.0
    return {"found": len(found), "journeys": round(mean, 2)}


def _work(found: Sequence[Found]) -> dict[str, Fact]:
    """Mean work of our search, the same on every machine."""
    return {
        name: round(statistics.fmean(getattr(one.work, name) for one in found))
        for name in ("patterns_scanned", "positions_scanned")
    }


def _agreement(ours: Sequence[Answer], theirs: Sequence[Answer]) -> dict[str, Fact]:
    """How much later than ours their earliest arrivals are."""
    later = [
        their.arrival - our.arrival
        for our, their in zip(ours, theirs, strict=True)
        if our.arrival is not None and their.arrival is not None
    ]
    return {
        "median_later_s": statistics.median(later) if later else 0,
        "arrive_earlier": sum(seconds < -NEAR for seconds in later),
        "later": sum(seconds > NEAR for seconds in later),
    }
