"""Our lanes between two stops of New York: what is prepared, what is asked, what is checked."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from benchmarks.harness import OURS, Fact, Report, Row
from benchmarks.stop_queries import MAX_RIDES, Answer, Query
from routing.bounds import LowerBounds, lower_bounds, lowered
from routing.csa import ConnectionScan
from routing.kernels.raptor_ends import NearStops
from routing.layout import UNREACHED, Footpaths, first_of, frozen
from routing.leg_costs import walking_only
from routing.mc_raptor import FoundByCost, McRaptor, Slack, costed
from routing.mirror import mirrored
from routing.raptor import Raptor, near_stops
from routing.trip_based import TripBased
from routing.trip_transfers import make_transfers

N_UPDATES = 1000
_T = TypeVar("_T")
SLACK = Slack(seconds=0, share=0.25, rides=1)


class Ours:
    """Our tables of the day, and a search of each kind over them."""

    def __init__(self, feed: Path, on: date, zone: str) -> None:
        from gtfs.day import build_day
        from gtfs.footpaths import combine
        from gtfs.read import open_feed
        from gtfs.timetable import build_timetable

        self._timetable = build_timetable([open_feed(feed, "nyc")], zone)
        n_stops = len(self._timetable.stops.id)
        no_walks = (frozen(np.zeros(n_stops + 1)), frozen([]), frozen([]))
        walks = combine(self._timetable, no_walks, change_time=0)
        self.day = build_day(self._timetable, on, walks)
        self._walks_from, self._walks_to = walks, reversed_walks(walks)
        self._stop_of_id = {name: stop for stop, name in enumerate(self._timetable.stops.id)}
        self.plain = Raptor(self.day.tables, MAX_RIDES)

    def sizes(self) -> dict[str, int]:
        """How large the tables are."""
        tables = self.day.tables
        return {
            "stops": tables.n_stops,
            "patterns": tables.n_patterns,
            "trips": tables.n_trips,
            "walks": int(tables.footpaths.head.size),
            "tables_mb": _megabytes(tables.patterns, tables.footpaths),
        }

    def prepare(self, report: Report, *, quick: bool) -> None:
        """Make what the other lanes need; a row says how long each took and how large it is."""
        from benchmarks.realtime import after_updates

        tables = self.day.tables
        bounds = _prepared(report, "lower bounds", lambda: lower_bounds(tables), _of_bounds)
        self.raptor = Raptor(tables, MAX_RIDES, bounds)
        self.scan = _prepared(report, "Connection Scan", lambda: ConnectionScan(tables), _of_scan)
        updated = _prepared(
            report,
            f"{N_UPDATES} updates",
            lambda: after_updates(self._timetable, self.day, "nyc", N_UPDATES),
            lambda day: _megabytes(day.tables.patterns),
        )
        holding = _prepared(
            report,
            f"lower bounds after {N_UPDATES} updates",
            lambda: lowered(bounds, updated.tables),
            _of_bounds,
        )
        self.updated = Raptor(updated.tables, MAX_RIDES, holding)
        backwards = _prepared(
            report, "arrive by", lambda: mirrored(tables), lambda found: _megabytes(*found)
        )
        self.costs = McRaptor(tables, walking_only(tables), backwards, MAX_RIDES, bounds)
        self.trips: TripBased | None = None
        if quick:
            report.notes.append("Trip-Based takes half a minute to prepare: left out when quick")
            return
        transfers = _prepared(report, "Trip-Based", lambda: make_transfers(tables)[0], _megabytes)
        n_transfers = transfers.transfer.size + transfers.last_transfer.size
        report.rows[-1] = replace(
            report.rows[-1], facts={**report.rows[-1].facts, "transfers": n_transfers}
        )
        self.trips = TripBased(tables, transfers, MAX_RIDES, bounds)

    def ends(self, query: Query) -> tuple[NearStops, NearStops]:
        """Access and egress: the stop itself and all that are one walk away."""
        return (
            self._near(self._walks_from, query.origin),
            self._near(self._walks_to, query.destination),
        )

    def stop(self, stop_id: str) -> int:
        """Index of a stop of the feed."""
        return self._stop_of_id[f"nyc:{stop_id}"]

    def read(self, answer: Any) -> Answer:
        """Earliest arrival and number of journeys of a list of journeys."""
        arrivals = [journey.arrival for journey in answer.journeys]
        return Answer(min(arrivals, default=None), len(arrivals))

    def _near(self, walks: Footpaths, stop_id: str) -> NearStops:
        stop = self.stop(stop_id)
        rows = slice(int(walks.first_of_stop[stop]), int(walks.first_of_stop[stop + 1]))
        return near_stops(np.append(walks.head[rows], stop), np.append(walks.duration[rows], 0))


def _prepared(
    report: Report, name: str, make: Callable[[], _T], megabytes: Callable[[_T], int]
) -> _T:
    """Make something; a row says how long it took and how large it is."""
    started = time.process_time()
    made = make()
    seconds = time.process_time() - started
    report.rows.append(Row("NYC prepare", name, (seconds,), {"mb": megabytes(made)}, None))
    return made


def _of_bounds(bounds: LowerBounds) -> int:
    return _megabytes(bounds)


def _of_scan(scan: ConnectionScan) -> int:
    return _megabytes(scan.hops)


def _megabytes(*tables: tuple[Any, ...]) -> int:
    return round(sum(int(column.nbytes) for table in tables for column in table) / 1e6)


def reversed_walks(walks: Footpaths) -> Footpaths:
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


class Lane(NamedTuple):
    """One of our searches, for one kind of question."""

    kind: str
    name: str
    ask: Callable[[Ours, Query], Any]


def _window(query: Query) -> tuple[int, int]:
    return query.departure, query.departure + query.window


def _costed(ours: Ours, query: Query, slack: Slack | None) -> FoundByCost:
    """Seconds on foot as the third criterion."""
    access, egress = (costed(near, near.duration) for near in ours.ends(query))
    return ours.costs.pareto(access, egress, query.departure, slack=slack)


def _trips(ours: Ours) -> TripBased:
    assert ours.trips is not None
    return ours.trips


SCAN, TRIPS = f"{OURS}, Connection Scan", f"{OURS}, Trip-Based"
PLAIN = f"{OURS}, without bounds"
LANES = (
    Lane("one", OURS, lambda o, q: o.raptor.earliest(*o.ends(q), q.departure)),
    Lane("one", TRIPS, lambda o, q: _trips(o).earliest(*o.ends(q), q.departure)),
    Lane("one", SCAN, lambda o, q: o.scan.earliest(*o.ends(q), q.departure)),
    Lane("one", PLAIN, lambda o, q: o.plain.earliest(*o.ends(q), q.departure)),
    Lane(
        "one",
        f"{OURS}, {N_UPDATES} updates",
        lambda o, q: o.updated.earliest(*o.ends(q), q.departure),
    ),
    Lane("window", OURS, lambda o, q: o.raptor.in_range(*o.ends(q), _window(q))),
    Lane("window", PLAIN, lambda o, q: o.plain.in_range(*o.ends(q), _window(q))),
    Lane("window", TRIPS, lambda o, q: _trips(o).in_range(*o.ends(q), _window(q))),
    Lane("all", OURS, lambda o, q: o.raptor.one_to_all(o.ends(q)[0], q.departure)),
    Lane("all", SCAN, lambda o, q: o.scan.one_to_all(o.ends(q)[0], q.departure)),
    Lane("bounded", OURS, lambda o, q: _costed(o, q, SLACK)),
    Lane("full", OURS, lambda o, q: _costed(o, q, None)),
)


def lanes(ours: Ours, kind: str) -> dict[str, Callable[[Query], Any]]:
    """Our searches for one kind of question, RAPTOR first; without what was not prepared."""
    return {
        lane.name: partial(lane.ask, ours)
        for lane in LANES
        if lane.kind == kind and (lane.name != TRIPS or ours.trips is not None)
    }


def lane_facts(name: str, answers: Sequence[Any], expected: Sequence[Any]) -> dict[str, Fact]:
    """What a lane found, how much it did, and how often it agrees with RAPTOR."""
    facts: dict[str, Fact] = {}
    if name in (TRIPS, PLAIN):
        same = sum(_front(a) == _front(b) for a, b in zip(answers, expected, strict=True))
        facts["same_fronts"] = f"{same}/{len(answers)}"
    if name == SCAN and not isinstance(answers[0], np.ndarray):
        arrivals = [None if a.journey is None else a.journey.arrival for a in answers]
        best = [min((j.arrival for j in b.journeys), default=None) for b in expected]
        same = sum(a == b for a, b in zip(arrivals, best, strict=True))
        facts["same_arrivals"] = f"{same}/{len(answers)}"
    if isinstance(answers[0], np.ndarray):
        reached = statistics.fmean(int((one < UNREACHED).sum()) for one in answers)
        return facts | {"reached": round(reached)}
    if hasattr(answers[0], "journeys"):
        found = [len(one.journeys) for one in answers if one.journeys]
        facts |= {"found": len(found), "journeys": round(statistics.fmean(found or [0]), 2)}
    work = [one.work for one in answers]
    return facts | {
        field: round(statistics.fmean(getattr(one, field) for one in work))
        for field in work[0]._fields
        if field != "rounds"
    }


def _front(answer: Any) -> list[tuple[int, int, int]]:
    return [(one.departure, one.arrival, len(one.rides)) for one in answer.journeys]
