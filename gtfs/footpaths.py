"""Walks between stops: those of the road network, changed by transfers.txt.

A rule for a pair of stops beats one for a stop and a station, which beats one for two stations; a
rule for a station holds for all stops that belong to it. Type 2 sets the time, type 3 forbids the
change, type 1 (the vehicle waits) takes its given time or none, type 0 leaves the walk as it is and
estimates one from the straight line where roads know none. A rule for a stop and itself sets the
time of changing there.
"""

from typing import NamedTuple

import numpy as np

from gtfs.errors import TooManyPairsError
from gtfs.tables import StopTable
from gtfs.timetable import Timetable
from routing.geo import beeline_m
from routing.layout import (
    NONE,
    UNREACHED,
    BoolArray,
    Footpaths,
    Int32Array,
    Int64Array,
    first_of,
    frozen,
)

_RECOMMENDED, _TIMED, _MINIMUM, _FORBIDDEN = range(4)
_DETOUR = 1.3  # length of a walk over that of the straight line
_WALK_M_PER_S = 1.25
_MOST_PAIRS = 20_000_000  # of stops, that rules for stations stand for


class _Rules(NamedTuple):
    """Transfer rules between single stops, at most one for a pair."""

    tail: Int32Array
    head: Int32Array
    kind: Int32Array
    min_time: Int32Array


def _members(stops: StopTable) -> tuple[Int32Array, Int32Array]:
    """Return (station, stop) for every stop below a station, over two levels."""
    parent = np.asarray(stops.parent)
    child = np.arange(parent.size, dtype=np.int32)
    upper = np.where(parent == NONE, NONE, parent[parent]).astype(np.int32)
    direct, indirect = parent != NONE, upper != NONE
    station = np.concatenate([parent[direct], upper[indirect]])
    return station, np.concatenate([child[direct], child[indirect]])


def _expanded(
    end: Int32Array, row: Int64Array, first_member: Int32Array, member: Int32Array
) -> tuple[Int32Array, Int64Array, BoolArray]:
    """Replace each stop of `end` by itself and all stops below it.

    Returns the stops, the element of `row` each comes from, and whether it was named itself.
    """
    counts = first_member[end + 1] - first_member[end]
    offset = np.repeat(first_member[end] - np.cumsum(counts) + counts, counts)
    below = member[offset + np.arange(counts.sum())]
    stop = np.concatenate([end, below])
    rows = np.concatenate([row, np.repeat(row, counts)])
    return stop, rows, np.arange(stop.size) < end.size


def _rules(timetable: Timetable) -> _Rules:
    """Rules of transfers.txt, for single stops; the most specific one of each pair."""
    table, n_stops = timetable.transfers, len(timetable.stops.id)
    station, stop = _members(timetable.stops)
    member = stop[np.argsort(station, kind="stable")]
    first_member = first_of(station, n_stops)
    rows = np.flatnonzero(~table.is_specific)
    sizes = 1 + np.diff(first_member).astype(np.int64)
    count = int((sizes[table.from_stop[rows]] * sizes[table.to_stop[rows]]).sum())
    if count > _MOST_PAIRS:
        remedy = "state transfers between platforms, or split the stations"
        raise TooManyPairsError("transfers.txt: rules for stations", count, _MOST_PAIRS, remedy)
    tail, rows, exact = _expanded(np.asarray(table.from_stop)[rows], rows, first_member, member)
    places = np.arange(rows.size)
    head, places, exact_head = _expanded(
        np.asarray(table.to_stop)[rows], places, first_member, member
    )
    tail, rows, exact = tail[places], rows[places], exact[places]
    specificity = exact.astype(np.int64) + exact_head
    pair = tail.astype(np.int64) * n_stops + head
    order = np.lexsort((rows, specificity, pair))
    last = np.append(pair[order][1:] != pair[order][:-1], [True] if pair.size else [])
    chosen = order[last.astype(np.bool_)]
    source = rows[chosen]
    return _Rules(
        tail[chosen],
        head[chosen],
        table.kind[source].astype(np.int32),
        np.asarray(table.min_time)[source],
    )


def _estimate(stops: StopTable, tail: Int32Array, head: Int32Array) -> Int32Array:
    """Seconds of a walk over the straight line; `UNREACHED` where a place is unknown."""
    lon, lat = np.asarray(stops.lon), np.asarray(stops.lat)
    metres = beeline_m(lon[tail], lat[tail], lon[head], lat[head])
    seconds = np.ceil(metres * _DETOUR / _WALK_M_PER_S)
    return np.where(np.isnan(seconds), UNREACHED, np.nan_to_num(seconds)).astype(np.int32)


def _durations(rules: _Rules, walked: Int32Array, estimate: Int32Array) -> Int32Array:
    """Seconds that each rule asks for; `walked` is `UNREACHED` where roads know no walk."""
    given = rules.min_time != NONE
    walk = np.where(walked < UNREACHED, walked, estimate)
    durations = np.select(
        [
            rules.kind == _FORBIDDEN,
            rules.kind == _TIMED,
            (rules.kind == _MINIMUM) & given,
        ],
        [UNREACHED, np.where(given, rules.min_time, 0), rules.min_time],
        walk,
    )
    return durations.astype(np.int32)


def _change_times(rules: _Rules, default: Int32Array) -> Int32Array:
    """Seconds between two trips at the same stop."""
    change = np.array(default, np.int32)
    own = rules.tail == rules.head
    at = rules.tail[own]
    change[at] = _durations(_Rules(*(column[own] for column in rules)), change[at], change[at])
    return frozen(change)


def combine(
    timetable: Timetable,
    walks: tuple[Int32Array, Int32Array, Int32Array],
    change_time: int,
) -> Footpaths:
    """Combine walks over the road network with the rules of transfers.txt.

    Raises `TooManyPairsError` if rules for stations stand for too many pairs of stops.

    Parameters
    ----------
    walks
        (first_of_stop, head, duration) of `RoadNetwork.footpaths`.
    change_time
        Seconds between two trips at a stop for which no rule stands.

    Returns
    -------
    footpaths
        No stop leads to itself. `change_time` is `UNREACHED` where changing is forbidden.
    """
    n_stops = len(timetable.stops.id)
    rules = _rules(timetable)
    first, head, duration = (np.asarray(column) for column in walks)
    tail = np.repeat(np.arange(n_stops, dtype=np.int32), np.diff(first))
    pair = tail.astype(np.int64) * n_stops + head
    between = _Rules(*(column[rules.tail != rules.head] for column in rules))
    ruled = between.tail.astype(np.int64) * n_stops + between.head  # ascending
    walked = _looked_up(pair, duration, ruled)
    asked = _durations(between, walked, _estimate(timetable.stops, between.tail, between.head))
    free = (tail != head) & ~np.isin(pair, ruled)
    possible = asked < UNREACHED
    tails = np.concatenate([tail[free], between.tail[possible]])
    heads = np.concatenate([head[free], between.head[possible]])
    durations = np.concatenate([duration[free], asked[possible]])
    order = np.lexsort((heads, durations, tails))
    return Footpaths(
        first_of(tails, n_stops),
        frozen(heads[order]),
        frozen(durations[order]),
        _change_times(rules, np.full(n_stops, change_time, np.int32)),
    )


def _looked_up(pair: Int64Array, duration: Int32Array, wanted: Int64Array) -> Int32Array:
    """Durations of the `wanted` pairs; `UNREACHED` where there is no walk."""
    if pair.size == 0:
        return np.full(wanted.size, UNREACHED, np.int32)
    order = np.argsort(pair, kind="stable")
    at = np.minimum(np.searchsorted(pair[order], wanted), pair.size - 1)
    found = order[at]
    return np.where(pair[found] == wanted, duration[found], UNREACHED).astype(np.int32)
