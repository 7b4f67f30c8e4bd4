"""Places of a region: what a traveller types → a point, and a stop where there is one."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gtfs.timetable import MODES, Timetable
from maas.errors import AmbiguousPlaceError, UnknownPlaceError
from maas.romaji import key
from maas.stations import SAME_PLACE_M
from routing.arrays import Strings, open_table, save_table
from routing.geo import distance_m
from routing.layout import Int32Array, frozen

_COORDINATES = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$")
_RANK_OF_MODE = {"air": 6, "rail": 5, "subway": 4, "ferry": 4, "tram": 3, "coach": 2, "bus": 1}
_NAMED_KINDS = 1  # stops and stations; entrances and nodes are no places of their own


@dataclass(frozen=True)
class Place:
    """A point on the map, and the stop that stands for it where there is one."""

    name: str
    lat: float
    lon: float
    stop_id: str | None = None
    name_en: str = ""
    mode: str = ""


class PlaceTable(NamedTuple):
    """A station is one place, named by its most important stop."""

    stop: Int32Array  # (n_places,) stop
    rank: Int32Array  # (n_places,) importance: mode first, then departures
    place_of_key: Int32Array  # (n_keys,) place; rows follow the sorted column of keys


class Places:
    """Look-up of places by coordinates, stop id or name."""

    def __init__(self, timetable: Timetable, table: PlaceTable, keys: Strings) -> None:
        self._timetable = timetable
        self._table = table
        self._keys = keys
        self._stop_of_id: dict[str, int] | None = None

    def resolve(self, text: str) -> Place:
        """Return the place that `text` names: `lat,lon`, a stop id, or a name in any script.

        Raises
        ------
        UnknownPlaceError
            If nothing matches; the message offers near names.
        AmbiguousPlaceError
            If several places far from each other carry the name.
        """
        if found := _COORDINATES.match(text):
            return self._point(float(found[1]), float(found[2]))
        stop = self._stops_by_id().get(text)
        if stop is not None:
            return self.of_stop(stop)
        exact = self._with_key(key(text))
        if not exact:
            near = [f"{place.name} ({place.stop_id})" for place in self.search(text, 5)]
            hint = f"; near it: {', '.join(near)}" if near else ""
            msg = f"no place is called '{text}'{hint}; give a stop's name or id, or lat,lon"
            raise UnknownPlaceError(msg)
        return self._only(text, exact)

    def search(self, text: str, limit: int = 10) -> list[Place]:
        """Places whose name begins with, then those whose name holds `text`, best known first."""
        wanted = key(text)
        if not wanted:
            return []
        begins = self._starting_with(wanted)
        holds = [] if len(begins) >= limit else self._containing(wanted)
        ordered = [*self._by_rank(begins), *self._by_rank(set(holds) - set(begins))]
        return [self._place(place) for place in ordered[:limit]]

    def of_stop(self, stop: int) -> Place:
        """Return the place of a stop index."""
        stops = self._timetable.stops
        return Place(
            stops.name[stop],
            float(stops.lat[stop]),
            float(stops.lon[stop]),
            stops.id[stop],
            stops.name_en[stop],
        )

    def _stops_by_id(self) -> dict[str, int]:
        if self._stop_of_id is None:
            self._stop_of_id = {stop_id: i for i, stop_id in enumerate(self._timetable.stops.id)}
        return self._stop_of_id

    @staticmethod
    def _point(lat: float, lon: float) -> Place:
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            msg = f"{lat},{lon} is not on the globe; write latitude first, then longitude"
            raise UnknownPlaceError(msg)
        return Place(f"{lat:.5f},{lon:.5f}", lat, lon)

    def _with_key(self, wanted: str) -> list[int]:
        first = bisect_left(self._keys, wanted)
        found = []
        while first < len(self._keys) and self._keys[first] == wanted:
            found.append(int(self._table.place_of_key[first]))
            first += 1
        return sorted(set(found))

    def _starting_with(self, wanted: str) -> list[int]:
        first = bisect_left(self._keys, wanted)
        found = []
        while first < len(self._keys) and self._keys[first].startswith(wanted):
            found.append(int(self._table.place_of_key[first]))
            first += 1
        return found

    def _containing(self, wanted: str) -> list[int]:
        return [
            int(self._table.place_of_key[i]) for i, text in enumerate(self._keys) if wanted in text
        ]

    def _by_rank(self, places: Iterable[int]) -> list[int]:
        return sorted(set(places), key=lambda place: (-int(self._table.rank[place]), place))

    def _only(self, text: str, candidates: list[int]) -> Place:
        """Return the best of the candidates, unless a rival lies elsewhere."""
        best, *rivals = self._by_rank(candidates)
        here = self._place(best)
        top = int(self._table.rank[best])
        far = [
            there
            for there, rank in ((self._place(p), int(self._table.rank[p])) for p in rivals)
            if distance_m(here.lat, here.lon, there.lat, there.lon) > 3 * SAME_PLACE_M
            and _weight(rank) == _weight(top)
        ]
        if far:
            listed = "; ".join(
                f"{p.name} {p.stop_id} ({p.lat:.4f},{p.lon:.4f})" for p in [here, *far[:7]]
            )
            msg = f"'{text}' names {len(far) + 1} places: {listed}; use one of these stop ids"
            raise AmbiguousPlaceError(msg)
        return here

    def _place(self, place: int) -> Place:
        return self.of_stop(int(self._table.stop[place]))

    def save(self, folder: Path) -> None:
        """Write the tables."""
        save_table(folder, "places", self._table)
        self._keys.save(folder, "places.key")

    @classmethod
    def open(cls, folder: Path, timetable: Timetable) -> "Places":
        """Map the tables that `save` wrote."""
        table = open_table(folder, "places", PlaceTable)
        return cls(timetable, table, Strings.open(folder, "places.key"))


def _weight(rank: int) -> int:
    """Class of importance: the mode without the number of departures."""
    return rank // 1_000_000


def make_places(timetable: Timetable, station: Int32Array) -> Places:
    """Make a place of every station and index the names of its stops."""
    stops = timetable.stops
    names = list(stops.name)
    english, kana = list(stops.name_en), list(stops.name_kana)
    rank = _ranks(timetable)
    groups = _groups(timetable, station)
    head = [max(group, key=lambda stop: (rank[stop], -stop)) for group in groups]
    rows = sorted(
        {
            (spelled, place)
            for place, group in enumerate(groups)
            for stop in group
            for spelled in {key(names[stop]), key(english[stop]), key(kana[stop])} - {""}
        }
    )
    table = PlaceTable(
        frozen(head),
        frozen([max(int(rank[stop]) for stop in group) for group in groups]),
        frozen([place for _, place in rows]),
    )
    return Places(timetable, table, Strings.of(spelled for spelled, _ in rows))


def _ranks(timetable: Timetable) -> Int32Array:
    """Importance of each stop: the best mode that calls there, then its number of calls."""
    stop_times, trips = timetable.stop_times, timetable.trips
    n_stops = len(timetable.stops.id)
    calls = np.bincount(stop_times.stop, minlength=n_stops)
    weight = np.array([_RANK_OF_MODE.get(mode, 1) for mode in MODES], np.int64)
    trip_of_time = np.repeat(np.arange(trips.line.size), np.diff(trips.first_stop_time))
    best = np.zeros(n_stops, np.int64)
    np.maximum.at(best, stop_times.stop, weight[timetable.lines.mode[trips.line[trip_of_time]]])
    parent = np.asarray(timetable.stops.parent)
    has = parent >= 0
    np.maximum.at(best, parent[has], best[has])
    np.add.at(calls, parent[has], calls[has])
    return frozen(best * 1_000_000 + np.minimum(calls, 999_999))


def name_keys(timetable: Timetable) -> list[str]:
    """Names of all stops as they are compared; entrances and nodes have none."""
    kinds = timetable.stops.kind.tolist()
    names = zip(timetable.stops.name, kinds, strict=True)
    return [key(name) if kind <= _NAMED_KINDS else "" for name, kind in names]


def _groups(timetable: Timetable, station: Int32Array) -> list[list[int]]:
    """Stops and stations of every place; one without any of them is no place."""
    groups: dict[int, list[int]] = {}
    kinds = timetable.stops.kind.tolist()
    for stop, (number, kind) in enumerate(zip(station.tolist(), kinds, strict=True)):
        if kind <= _NAMED_KINDS:
            groups.setdefault(number, []).append(stop)
    return list(groups.values())
