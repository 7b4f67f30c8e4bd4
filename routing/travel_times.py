"""Travel times from many origins to many places, over all departures of a window.

A journey takes an access, any number of rides with changes between them, and a way from the last
stop to the place; or the direct way, where there is one. Percentiles are over the departures: the
50th is the time that half of them do not exceed (nearest rank).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from routing.arrays import open_array, open_table, save_array, save_table
from routing.batches import in_batches
from routing.errors import InvalidTableError
from routing.journey import check_ends
from routing.kernels import travel_times as kernels
from routing.kernels.raptor_ends import NearStops
from routing.kernels.travel_times import Places
from routing.layout import (
    UNREACHED,
    DayTables,
    Footpaths,
    Int32Array,
    Patterns,
    first_of,
    frozen,
)
from routing.raptor import Work, scratch_of

_ROWS_OF_A_BATCH = 16  # origins; small enough that processes end together
_MINUTE = 60  # s
_LONGEST = UNREACHED // 2  # s; far below it, so that no sum of an unreached stop passes


class Window(NamedTuple):
    """Departures that are looked at."""

    start: int  # s
    n_departures: int = 60
    step: int = _MINUTE  # s
    longest: int = 7200  # s; a way that takes longer is none


class Origins(NamedTuple):
    """Where journeys begin, and the stops in reach of each."""

    first_way_of_origin: Int32Array  # (n_origins + 1,) way
    stop: Int32Array  # (n_ways,)
    duration: Int32Array  # (n_ways,) s from the origin to the stop

    def access(self, origin: int) -> NearStops:
        """Ways of one origin."""
        rows = slice(self.first_way_of_origin[origin], self.first_way_of_origin[origin + 1])
        return NearStops(frozen(self.stop[rows]), frozen(self.duration[rows]))


def places_of(ways: Sequence[NearStops]) -> Places:
    """Make places from the stops near each of them."""
    return Places(*_joined(ways))


def origins_of(ways: Sequence[NearStops]) -> Origins:
    """Make origins from the stops near each of them."""
    return Origins(*_joined(ways))


def _joined(ways: Sequence[NearStops]) -> tuple[Int32Array, Int32Array, Int32Array]:
    nothing = np.zeros(0, np.int32)
    owner = np.repeat(np.arange(len(ways)), [way.stop.size for way in ways])
    return (
        first_of(owner, len(ways)),
        frozen(np.concatenate([nothing, *(way.stop for way in ways)])),
        frozen(np.concatenate([nothing, *(way.duration for way in ways)])),
    )


@dataclass(frozen=True)
class TravelTimes:
    """Durations in seconds; `UNREACHED` where a percentile has no way within the longest time."""

    percentiles: tuple[int, ...]
    duration: Int32Array  # (n_percentiles, n_origins, n_places)


class WindowSearch:
    """A reusable search that owns its scratch memory: one per thread."""

    def __init__(self, tables: DayTables, places: Places) -> None:
        check_ends(tables.n_stops, NearStops(places.stop, places.duration))
        self.tables = tables
        self.places = places
        self._scratch = scratch_of(tables, 1)
        self._counters = np.zeros(len(Work._fields), np.int64)

    def durations(
        self, access: NearStops, window: Window, direct: Int32Array | None = None
    ) -> Int32Array:
        """Return the travel time to each place for each departure.

        Parameters
        ----------
        direct
            Shape (n_places,), s: ways without any ride.

        Returns
        -------
        duration
            Shape (n_departures, n_places), latest departure first; `UNREACHED` where a place takes
            longer than the longest time.

        Raises
        ------
        UnknownStopError
            If an access stop is not in the tables.
        InvalidTableError
            If the window holds no departure.
        """
        check_ends(self.tables.n_stops, access)
        departures = _departures(window)
        n_places = self.places.first_way_of_place.size - 1
        duration = np.empty((departures.size, n_places), np.int32)
        nowhere = np.full(n_places, UNREACHED, np.int32) if direct is None else direct
        kernels.in_window(
            self.tables,
            access,
            departures,
            min(int(window.longest), _LONGEST),
            self.places,
            frozen(nowhere),
            duration,
            self._scratch,
            self._counters,
        )
        return duration

    @property
    def work(self) -> Work:
        """What the last search did."""
        return Work(*self._counters.tolist())

    def percentiles(
        self,
        access: NearStops,
        window: Window,
        asked: Sequence[int],
        direct: Int32Array | None = None,
    ) -> Int32Array:
        """Return percentiles of the travel times, shape (n_percentiles, n_places)."""
        duration = self.durations(access, window, direct)
        out = np.empty((len(asked), duration.shape[1]), np.int32)
        kernels.percentiles(duration, _ranks(asked, duration.shape[0]), out)
        return out


def _departures(window: Window) -> Int32Array:
    if window.n_departures < 1 or window.step < 1 or window.longest < 0:
        msg = f"{window} holds no departure; n_departures and step are at least 1, longest 0"
        raise InvalidTableError(msg)
    return frozen(window.start + window.step * np.arange(window.n_departures - 1, -1, -1))


def _ranks(percentiles: Sequence[int], n: int) -> Int32Array:
    """Rows of sorted durations: the nearest rank of each percentile."""
    wrong = [p for p in percentiles if not 0 <= p <= 100]
    if wrong or not percentiles:
        msg = f"percentile {wrong[0] if wrong else '(none)'} is not one of 0..100"
        raise InvalidTableError(msg)
    return frozen([max(0, -(-p * n // 100) - 1) for p in percentiles])


def matrix(
    tables: DayTables,
    origins: Origins,
    places: Places,
    window: Window,
    percentiles: Sequence[int] = (50,),
    *,
    direct: Int32Array | None = None,
) -> TravelTimes:
    """Return travel times from all origins to all places, in this process.

    Parameters
    ----------
    direct
        Shape (n_origins, n_places), s: ways without any ride.
    """
    search = WindowSearch(tables, places)
    n_origins = origins.first_way_of_origin.size - 1
    n_places = places.first_way_of_place.size - 1
    duration = np.empty((len(percentiles), n_origins, n_places), np.int32)
    for origin in range(n_origins):
        row = None if direct is None else direct[origin]
        duration[:, origin] = search.percentiles(origins.access(origin), window, percentiles, row)
    return TravelTimes(tuple(percentiles), duration)


def save_tables(folder: Path, tables: DayTables) -> None:
    """Write the tables of a day so that other processes can map them."""
    folder.mkdir(parents=True, exist_ok=True)
    save_table(folder, "patterns", tables.patterns)
    save_table(folder, "footpaths", tables.footpaths)


def open_tables(folder: Path) -> DayTables:
    """Map tables that `save_tables` wrote."""
    return DayTables(
        open_table(folder, "patterns", Patterns), open_table(folder, "footpaths", Footpaths)
    )


class _Task(NamedTuple):
    """Some origins of a matrix; a worker reads everything else from the folder."""

    folder: Path
    begin: int
    end: int
    window: Window
    percentiles: tuple[int, ...]


def matrix_from_folder(
    folder: Path,
    window: Window,
    percentiles: Sequence[int] = (50,),
    *,
    n_processes: int = 1,
    cluster: str | None = None,
) -> TravelTimes:
    """Return the matrix of a folder that `save_matrix` wrote, worked on by several processes.

    Parameters
    ----------
    n_processes
        On this machine; each maps the same files.
    cluster
        Address of a dask scheduler whose workers see the same folder; needs the extra `cluster`.
    """
    n_origins = open_table(folder, "origins", Origins).first_way_of_origin.size - 1
    tasks = [
        _Task(folder, begin, min(begin + _ROWS_OF_A_BATCH, n_origins), window, tuple(percentiles))
        for begin in range(0, n_origins, _ROWS_OF_A_BATCH)
    ]
    parts = in_batches(_rows, tasks, n_processes=n_processes, cluster=cluster)
    n_places = open_table(folder, "places", Places).first_way_of_place.size - 1
    nothing = np.empty((len(percentiles), 0, n_places), np.int32)
    return TravelTimes(tuple(percentiles), np.concatenate([nothing, *parts], axis=1))


def save_matrix(
    folder: Path,
    tables: DayTables,
    origins: Origins,
    places: Places,
    direct: Int32Array | None = None,
) -> None:
    """Write what a matrix is made from; `direct` as in `matrix`."""
    save_tables(folder, tables)
    save_table(folder, "origins", origins)
    save_table(folder, "places", places)
    if direct is None:
        n_origins = origins.first_way_of_origin.size - 1
        direct = np.full((n_origins, places.first_way_of_place.size - 1), UNREACHED, np.int32)
    save_array(folder, "direct", direct)


def _rows(task: _Task) -> Int32Array:
    """Rows of a matrix, in whatever process this runs."""
    origins = open_table(task.folder, "origins", Origins)
    search = WindowSearch(open_tables(task.folder), open_table(task.folder, "places", Places))
    rows = list(_each(search, origins, task))
    return np.stack(rows, axis=1)


def _each(search: WindowSearch, origins: Origins, task: _Task) -> Iterator[Int32Array]:
    direct = open_array(task.folder, "direct")
    for origin in range(task.begin, task.end):
        access = origins.access(origin)
        yield search.percentiles(access, task.window, task.percentiles, direct[origin])
