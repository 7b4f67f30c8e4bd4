"""Checks of what planning trips needs of a timetable, beyond the rules of GTFS."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise

import numpy as np

from gtfs.day import Day, build_day
from gtfs.findings import KEPT, Finding, finding
from gtfs.timetable import Timetable
from routing.beeline import Beeline
from routing.kernels import timetable_shapes as kernels
from routing.kernels.components import strong_components
from routing.layout import (
    NONE,
    BoolArray,
    Footpaths,
    Int32Array,
    Int64Array,
    first_of,
    frozen,
)

FAR_FROM_SHAPE = 300.0  # m
WALK = 600  # s between stops that belong to one network
GAP = 7  # days without any trip


def routing_findings(timetable: Timetable) -> list[Finding]:
    """Run all checks on the timetable of a single feed."""
    walks = Beeline({"foot": 4.5}, 1.3)
    stops = timetable.stops
    pins = walks.pin(np.asarray(stops.lon), np.asarray(stops.lat), "foot")
    first, head, _ = walks.footpaths(pins, "foot", WALK)
    return [
        *overtaking_trips(timetable),
        *trips_nobody_can_ride(timetable),
        *stops_far_from_shapes(timetable),
        *islands(timetable, first, head),
        *service_gaps(timetable),
    ]


def _shown(external_id: str) -> str:
    """Return the id as the feed writes it."""
    return external_id.partition(":")[2]


def busiest_date(timetable: Timetable) -> dt.date:
    """Return the first date with the most trips."""
    trips = np.bincount(timetable.trips.service, minlength=timetable.services.runs.shape[0])
    per_day = trips @ timetable.services.runs.astype(np.int64)
    return timetable.first_date + dt.timedelta(days=int(np.argmax(per_day)))


def overtaking_trips(timetable: Timetable) -> list[Finding]:
    """Find trips that pass an earlier one of the same stops: one of the two is misdated."""
    n_stops = len(timetable.stops.id)
    none = frozen([])
    no_walks = Footpaths(frozen(np.zeros(n_stops + 1)), none, none, frozen(np.zeros(n_stops)))
    day = build_day(timetable, busiest_date(timetable), no_walks)
    patterns = day.tables.patterns
    by_stops: defaultdict[bytes, list[int]] = defaultdict(list)
    for pattern, (first, end) in enumerate(pairwise(patterns.first_position_of_pattern.tolist())):
        columns = (patterns.stop_of_position, patterns.can_board, patterns.can_alight)
        by_stops[b"".join(column[first:end].tobytes() for column in columns)].append(pattern)
    count = 0
    examples: list[str] = []
    for several in by_stops.values():
        for extra in several[1:]:
            first, end = patterns.first_trip_of_pattern[extra : extra + 2].tolist()
            today = first + np.flatnonzero(day.service_day[first:end] == 0)
            count += today.size
            if today.size and len(examples) < KEPT:
                examples.append(_overtaking(timetable, day, several[0], int(today[0])))
    message = f"trips overtake others of the same stops on {day.date}; check their times"
    return finding("overtaking_trip", "WARNING", count, message, examples)


def _overtaking(timetable: Timetable, day: Day, pattern: int, trip: int) -> str:
    """Name a trip and the first trip of `pattern` that it crosses, if it does."""
    ids = timetable.trips.id
    own = np.concatenate(day.times(trip))
    trips = range(*day.tables.patterns.first_trip_of_pattern[pattern : pattern + 2].tolist())
    for other in trips:
        difference = np.concatenate(day.times(other)) - own
        if (difference > 0).any() and (difference < 0).any():
            return f"{_shown(ids[int(day.trip[trip])])} and {_shown(ids[int(day.trip[other])])}"
    return _shown(ids[int(day.trip[trip])])


def trips_nobody_can_ride(timetable: Timetable) -> list[Finding]:
    """Find trips without a stop to get on before one to get off."""
    times, first = timetable.stop_times, timetable.trips.first_stop_time
    n_rows = times.stop.size
    row = np.arange(n_rows)
    last_row = np.repeat(first[1:] - 1, np.diff(first))
    first_row = np.repeat(first[:-1], np.diff(first))
    boards = np.where((times.pickup != 1) & (row < last_row), row, n_rows)
    alights = np.where((times.drop_off != 1) & (row > first_row), row, NONE)
    if n_rows == 0:
        return []
    useless = np.minimum.reduceat(boards, first[:-1]) >= np.maximum.reduceat(alights, first[:-1])
    found = np.flatnonzero(useless)
    examples = [_shown(timetable.trips.id[trip]) for trip in found[:KEPT].tolist()]
    message = "nobody may get on before a stop to get off; planning never uses the trip"
    return finding("trip_nobody_can_ride", "WARNING", int(found.size), message, examples)


def _pairs_of_shapes(timetable: Timetable) -> tuple[Int32Array, Int32Array]:
    """Distinct (shape, stop) that a trip has together."""
    trips, n_stops = timetable.trips, len(timetable.stops.id)
    shape = np.repeat(trips.shape, np.diff(trips.first_stop_time)).astype(np.int64)
    pair = np.unique((shape * n_stops + timetable.stop_times.stop)[shape != NONE])
    return (pair // n_stops).astype(np.int32), (pair % n_stops).astype(np.int32)


def stops_far_from_shapes(timetable: Timetable) -> list[Finding]:
    """Find stops that a trip's shape passes at a distance: legs cannot be drawn along it."""
    shape, stop = _pairs_of_shapes(timetable)
    shapes, stops = timetable.shapes, timetable.stops
    metres = np.empty(shape.size)
    kernels.distance_to_shapes(
        frozen(shape),
        stops.lon[stop],
        stops.lat[stop],
        shapes.first_point,
        shapes.lon,
        shapes.lat,
        metres,
    )
    far = np.flatnonzero(np.isfinite(metres) & (metres > FAR_FROM_SHAPE))
    worst = far[np.argsort(-metres[far], kind="stable")]
    examples = [
        f"stop {_shown(stops.id[int(stop[k])])} ({stops.name[int(stop[k])]}): {metres[k]:.0f} m"
        for k in worst[:KEPT].tolist()
    ]
    message = f"stops more than {FAR_FROM_SHAPE:.0f} m off the shape of a trip that serves them"
    return finding("stop_far_from_shape", "WARNING", int(far.size), message, examples)


def _links(timetable: Timetable, first: Int32Array, head: Int32Array) -> tuple[Int64Array, ...]:
    """Both ends of hops of trips, ties to stations and short walks."""
    times, stops = timetable.stop_times, timetable.stops
    inner = np.ones(times.stop.size, np.bool_)
    inner[timetable.trips.first_stop_time[:-1]] = False
    after = np.flatnonzero(inner)
    child = np.flatnonzero(stops.parent != NONE)
    walker = np.repeat(np.arange(first.size - 1), np.diff(first))
    tails = np.concatenate([times.stop[after - 1], child, walker])
    heads = np.concatenate([times.stop[after], stops.parent[child], head])
    return tails.astype(np.int64), heads.astype(np.int64)


def islands(timetable: Timetable, first: Int32Array, head: Int32Array) -> list[Finding]:
    """Find served stops that neither trips nor walks connect with most of the others.

    Parameters
    ----------
    first, head
        Short walks between stops: those out of stop `s` are `head[first[s]:first[s + 1]]`.
    """
    n_stops = len(timetable.stops.id)
    served: BoolArray = np.bincount(timetable.stop_times.stop, minlength=n_stops) > 0
    tail, end = _links(timetable, first, head)
    link = np.unique(np.concatenate([tail * n_stops + end, end * n_stops + tail]))
    component = np.empty(n_stops, np.int32)
    scratch = [np.empty(n_stops, np.int32) for _ in range(5)]
    strong_components(
        first_of(link // n_stops, n_stops), frozen(link % n_stops), component, *scratch
    )
    sizes = np.bincount(component[served])
    apart = np.flatnonzero(served & (component != np.argmax(sizes)))
    stops = timetable.stops
    examples = [f"stop {_shown(stops.id[k])} ({stops.name[k]})" for k in apart[:KEPT].tolist()]
    n_islands = int(np.count_nonzero(sizes)) - 1
    message = f"stops on {n_islands} islands that no trip or walk of {WALK // 60} minutes connects"
    return finding("unreachable_stop", "WARNING", int(apart.size), message, examples)


def service_gaps(timetable: Timetable) -> list[Finding]:
    """Find weeks in the middle of the calendar on which nothing runs."""
    used = np.unique(timetable.trips.service)
    runs = np.flatnonzero(timetable.services.runs[used].any(axis=0))
    gap = np.flatnonzero(np.diff(runs) > GAP)
    first = [timetable.first_date + dt.timedelta(days=int(runs[k]) + 1) for k in gap]
    last = [timetable.first_date + dt.timedelta(days=int(runs[k + 1]) - 1) for k in gap]
    examples = [f"{start} to {end}" for start, end in zip(first, last, strict=True)]
    message = f"no trip at all on {GAP} days or more"
    return finding("service_gap", "WARNING", int(gap.size), message, examples)
