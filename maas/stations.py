"""Stations: stops of all feeds that are one place to a traveller, and a report on them.

Stops belong together if the feed says so (parent_station), or if they carry one name within 800 m,
whatever feed they are of. Neighbours with different names stay apart; the report lists those of
different feeds that are so near that somebody should look.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from gtfs.tables import StopTable
from gtfs.timetable import Timetable
from routing.geo import EARTH_RADIUS_M, beeline_m, distance_m
from routing.layout import NONE, Int32Array, frozen

SAME_PLACE_M = 800  # stops of one name within this distance are one place
_NEIGHBOURS_M = 30.0  # stops of two feeds so near are likely one
_SHOWN = 10  # examples in the report
_STEPS = tuple(product((-1, 0, 1), repeat=3))
_CELL = 0.0005  # degrees; a neighbour lies in the same or the next cell


Cube = tuple[int, int, int]


def stations_of(timetable: Timetable, keys: Sequence[str]) -> Int32Array:
    """Return the station of every stop, numbered by their first stops.

    Parameters
    ----------
    keys
        Name of each stop as it is compared; an empty one is like no other.
    """
    stops = timetable.stops
    root = np.arange(len(keys))

    def top(stop: int) -> int:
        while root[stop] != stop:
            root[stop] = root[root[stop]]
            stop = int(root[stop])
        return stop

    for stop in np.flatnonzero(stops.parent != NONE).tolist():
        root[top(stop)] = top(int(stops.parent[stop]))
    for head, stop in _namesakes(timetable, keys):
        root[top(stop)] = top(head)
    tops = [top(stop) for stop in range(len(keys))]
    number: dict[int, int] = {}
    return frozen([number.setdefault(one, len(number)) for one in tops])


def _namesakes(timetable: Timetable, keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of stops of one name near each other: the first of a cluster and another one."""
    lat, lon = timetable.stops.lat.tolist(), timetable.stops.lon.tolist()
    cubes = _cubes(timetable.stops)
    heads: defaultdict[str, defaultdict[Cube, list[int]]]
    heads = defaultdict(lambda: defaultdict(list))
    for stop, name in enumerate(keys):
        if not name:
            continue
        of_name = heads[name]
        near = (
            head
            for head in _around(of_name, cubes[stop])
            if distance_m(lat[head], lon[head], lat[stop], lon[stop]) <= SAME_PLACE_M
        )
        head = min(near, default=None)
        if head is None:
            of_name[cubes[stop]].append(stop)
        else:
            yield head, stop


def _cubes(stops: StopTable) -> list[Cube]:
    """Cube of space that each stop lies in; stops of one place lie in one or in neighbours."""
    lat, lon = np.radians(np.nan_to_num(stops.lat)), np.radians(np.nan_to_num(stops.lon))
    axes = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    columns = (np.floor(axis * (EARTH_RADIUS_M / SAME_PLACE_M)).astype(int) for axis in axes)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _around(heads: dict[Cube, list[int]], cube: Cube) -> Iterator[int]:
    """All that lie in a cube and those around it, and maybe others."""
    if len(heads) <= len(_STEPS):
        yield from (head for some in heads.values() for head in some)
        return
    x, y, z = cube
    for right, up, on in _STEPS:
        yield from heads.get((x + right, y + up, z + on), ())


def station_report(timetable: Timetable, station: Int32Array) -> dict[str, Any]:
    """Return what was grouped: counts, stations of several feeds, and likely misses."""
    stops = timetable.stops
    feeds = np.asarray(stops.feed)
    sizes = np.bincount(station)
    pairs = np.unique(np.stack([station, feeds], axis=1), axis=0)
    shared = np.flatnonzero(np.bincount(pairs[:, 0]) > 1)
    missed = _missed(timetable, station)
    return {
        "stations": int(sizes.size),
        "with_several_stops": int((sizes > 1).sum()),
        "by_parent": int((stops.parent != NONE).sum()),
        "of_several_feeds": int(shared.size),
        "shared": [
            [stops.id[stop] for stop in np.flatnonzero(station == one).tolist()]
            for one in shared[:_SHOWN].tolist()
        ],
        "near_but_named_differently": len(missed),
        "missed": [
            [f"{stops.id[one]} {stops.name[one]}", f"{stops.id[other]} {stops.name[other]}"]
            for one, other in missed[:_SHOWN]
        ],
    }


def _missed(timetable: Timetable, station: Int32Array) -> list[tuple[int, int]]:
    """Stops of different feeds and stations that lie within some metres of each other."""
    stops = timetable.stops
    if len(timetable.feeds) < 2:
        return []
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    found = []
    placed = np.flatnonzero(~np.isnan(stops.lat) & (stops.kind <= 1)).tolist()
    for stop in placed:
        row, column = int(stops.lat[stop] // _CELL), int(stops.lon[stop] // _CELL)
        near = [
            other
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            for other in cells[row + down, column + right]
            if stops.feed[other] != stops.feed[stop] and station[other] != station[stop]
        ]
        if near:
            at = stops.lon[stop : stop + 1], stops.lat[stop : stop + 1]
            metres = beeline_m(stops.lon[near], stops.lat[near], *at)
            found += [(near[k], stop) for k in np.flatnonzero(metres <= _NEIGHBOURS_M).tolist()]
        cells[row, column].append(stop)
    return found
