"""One day of New York between two stops: our lanes beside nigiri and cafein.

All programs read the same feed, in which transfers.txt lists every walk. What they make of it
differs, and a fact of their rows says how: ours and cafein take one walk per change as it is given;
nigiri first closes the walks. Ratios are to nigiri, the C++ engine, where it answers the same case.
"""

import csv
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import new_york_matrix, new_york_rules
from benchmarks.harness import OURS, Fact, Report, Row, installed, interleaved, spread
from benchmarks.new_york_ours import Ours, lane_facts, lanes
from benchmarks.stop_queries import Answer, Engine, Query, resident_mb

DAY = date(2026, 10, 7)
ZONE = "America/New_York"
EIGHT = 8 * 3600
NEAR = 180  # s; answers of programs with other rules for changes are still the same journey
NIGIRI, CAFEIN = "nigiri", "cafein"
WALKS = {NIGIRI: "closed to 20 min", CAFEIN: "as given"}
N_WINDOWS, N_ALL, N_FULL = 100, 200, 100  # queries of the slower searches
WINDOW = 7200  # s
BLOCK = 20  # queries of one program before the next has its turn


def add_rows(report: Report, data: Path, *, quick: bool) -> None:
    """Load all programs and let them answer the same queries in turns."""
    feed = data / "gtfs" / "big" / "nyc_day.zip"
    ours, peers = _loaded(report, feed)
    at_eight, any_time = _queries(feed.with_name("nyc_day_queries.csv"))
    n, n_windows, n_all = (40, 6, 40) if quick else (1000, N_WINDOWS, N_ALL)
    ours.prepare(report, quick=quick)
    base = _compare(report, "NYC 08:00", ours, "one", peers, spread(at_eight, n))
    _compare(report, "NYC any time", ours, "one", peers, spread(any_time, n))
    windows = [query._replace(window=WINDOW) for query in at_eight]
    _compare(report, "NYC 2 h window", ours, "window", peers, spread(windows, n_windows))
    reachers = {CAFEIN: peers[CAFEIN]} if CAFEIN in peers else {}
    _compare(report, "NYC one to all", ours, "all", reachers, spread(at_eight, n_all), base)
    _compare(report, "NYC bounded criteria", ours, "bounded", {}, spread(at_eight, n), base)
    n_full = 5 if quick else N_FULL
    _compare(report, "NYC three criteria", ours, "full", {}, spread(at_eight, n_full), base)
    if NIGIRI in peers and not quick:
        nigiri: Any = peers[NIGIRI]
        fronts = [nigiri.front(nigiri.ask(query)) for query in at_eight]
        counts = new_york_rules.classes(ours, at_eight, fronts)
        text = ", ".join(f"{name} {value}" for name, value in counts.items())
        report.notes.append(f"NYC 08:00, rule that explains when nigiri arrives: {text}")
    new_york_matrix.add_rows(report, ours, peers, at_eight, quick=quick)


def _loaded(report: Report, feed: Path) -> tuple[Ours, dict[str, Engine]]:
    """Load each program once; a row says how long that took and how large it became."""
    from gtfs.clock import base_instant

    base_epoch = base_instant(DAY, ZONE)
    makers: dict[str, Callable[[], Any]] = {OURS: lambda: Ours(feed, DAY, ZONE)}
    if installed(report, "pynigiri", "pynigiri"):
        from benchmarks.peer_nigiri import Nigiri

        makers[NIGIRI] = lambda: Nigiri(feed, DAY, base_epoch)
    if installed(report, "cafein", "cafein"):
        from benchmarks.peer_cafein import Cafein

        makers[CAFEIN] = lambda: Cafein(feed, DAY)
    engines: dict[str, Any] = {}
    for name, make in makers.items():
        before, started = resident_mb(), time.process_time()
        engines[name] = make()
        seconds = time.process_time() - started
        facts: dict[str, Fact] = {
            **engines[name].sizes(),
            "resident_mb": round(resident_mb() - before),
        }
        report.rows.append(Row("NYC load", name, (seconds,), facts, NIGIRI))
    ours: Ours = engines.pop(OURS)
    return ours, engines


def _queries(path: Path) -> tuple[list[Query], list[Query]]:
    """Queries that leave at 08:00, and those that leave at a random second of the day."""
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return (
        [Query(row["from"], row["to"], EIGHT) for row in rows],
        [Query(row["from"], row["to"], int(row["deprand"])) for row in rows],
    )


def _compare(
    report: Report,
    case: str,
    ours: Ours,
    kind: str,
    peers: Mapping[str, Engine],
    queries: Sequence[Query],
    base: float | None = None,
) -> float | None:
    """Add a row per program: time, journeys, and how its answers compare with RAPTOR's.

    `base` is the median of nigiri between two stops, for cases that it does not answer; returned is
    its median in this case.
    """
    asked = lanes(ours, kind)
    first = next(iter(asked))
    asked |= {
        name: peer.one_to_all if kind == "all" else peer.ask  # type: ignore[attr-defined]
        for name, peer in peers.items()
    }
    kept: dict[str, list[Any]] = {name: [] for name in asked}
    for ask in asked.values():  # compile and warm up
        for query in queries[:2]:
            ask(query)
    seconds = interleaved(
        {name: partial(_keep, kept[name], ask) for name, ask in asked.items()}, queries, BLOCK
    )
    for name, times in seconds.items():
        facts: dict[str, Fact] = {"walks": WALKS.get(name, "as given")}
        if name in peers and kind != "all":
            answers = [peers[name].read(found) for found in kept[name]]
            expected = [ours.read(found) for found in kept[first]]
            facts |= _facts(answers) | _agreement(expected, answers)
        elif name not in peers:
            facts |= lane_facts(name, kept[name], kept[first])
        if base is not None:
            facts["of_nigiri_08:00"] = round(statistics.median(times) / base, 3)
        report.rows.append(Row(case, name, times, facts, NIGIRI))
    return statistics.median(seconds[NIGIRI]) if NIGIRI in seconds else None


def _keep(answers: list[Any], ask: Callable[[Query], Any], query: Query) -> None:
    answers.append(ask(query))


def _facts(answers: Sequence[Answer]) -> dict[str, Fact]:
    found = [answer for answer in answers if answer.n_journeys]
    mean = statistics.fmean(answer.n_journeys for answer in found) if found else 0.0
    return {"found": len(found), "journeys": round(mean, 2)}


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
