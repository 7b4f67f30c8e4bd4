"""Every feed of the outside data comes in, or is refused with a reason one can act on."""

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gtfs.day import build_day
from gtfs.errors import GtfsError, MissingFileError
from gtfs.footpaths import combine
from gtfs.read import open_feed
from gtfs.timetable import Timetable, build_timetable
from routing.layout import NONE, frozen
from tests.gtfs.damage import damaged
from tests.gtfs.feeds import EVERYTHING, no_walks, write_feed

REFUSED: dict[str, tuple[type[GtfsError], str]] = {
    "oba_brown-county-flex": (MissingFileError, "calendar.txt or calendar_dates.txt"),
}


def check_tables(timetable: Timetable) -> None:
    """Every index lies in its table, every trip can be ridden."""
    stops, trips, times = timetable.stops, timetable.trips, timetable.stop_times
    n_stops = len(stops.id)
    assert len(set(stops.id)) == n_stops
    assert np.all((times.stop >= 0) & (times.stop < n_stops))
    assert np.all((stops.parent >= NONE) & (stops.parent < n_stops))
    assert np.all((trips.line >= 0) & (trips.line < len(timetable.lines.id)))
    assert np.all((trips.service >= 0) & (trips.service < timetable.services.runs.shape[0]))
    assert np.all(trips.shape < timetable.shapes.first_point.size - 1)
    assert np.all(np.diff(trips.first_stop_time) >= 2)
    assert trips.first_stop_time[-1] == times.stop.size
    assert np.all(times.arrival <= times.departure)
    inner = np.ones(times.stop.size, np.bool_)
    inner[trips.first_stop_time[:-1]] = False
    assert np.all((times.departure[:-1] <= times.arrival[1:])[inner[1:]])
    assert np.array_equal(times.departure[trips.first_stop_time[:-1]], trips.start_time)


def imported(path: Path) -> Timetable:
    timetable = build_timetable([open_feed(path, "f")], "Asia/Tokyo")
    check_tables(timetable)
    day = build_day(timetable, timetable.first_date, no_walks(timetable))
    assert day.tables.n_trips == day.trip.size
    return timetable


@pytest.mark.parametrize("folder", ["hokkaido", "city", "special", "jp"])
def test_feeds_come_in_or_are_refused_for_a_reason(folder: str, outside_data: Path) -> None:
    paths = sorted((outside_data / "gtfs" / folder).glob("*.zip"))
    assert paths
    for path in paths:
        if path.stem in REFUSED:
            kind, reason = REFUSED[path.stem]
            with pytest.raises(kind, match=reason):
                imported(path)
        else:
            imported(path)


@pytest.mark.full
@pytest.mark.parametrize("name", ["mta_bus_m", "mta_lirr", "mta_subway", "nyc_day"])
def test_big_feeds_come_in(name: str, outside_data: Path) -> None:
    timetable = imported(outside_data / "gtfs/big" / f"{name}.zip")
    n_stops = len(timetable.stops.id)
    empty = frozen([])
    footpaths = combine(timetable, (frozen(np.zeros(n_stops + 1)), empty, empty), 0)
    assert footpaths.first_of_stop[-1] == footpaths.head.size


def try_import(path: Path) -> bool:
    try:
        build_timetable([open_feed(path, "f")], "Asia/Tokyo")
    except GtfsError:
        return False
    return True


def fuzz(folder: Path, seed: int, count: int) -> int:
    """Damage the content or the zip of a feed with every file; only our errors may come."""
    draw = random.Random(seed)
    whole = write_feed(folder / "whole.zip", EVERYTHING)
    with zipfile.ZipFile(whole) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    before = {*folder.iterdir(), folder / "f.zip"}
    read = 0
    for _ in range(count):
        name = draw.choice(list(files))
        path = write_feed(folder / "f.zip", {**files, name: damaged(files[name], draw)})
        if draw.random() < 0.2:
            path.write_bytes(damaged(path.read_bytes(), draw))
        read += try_import(path)
    assert {*folder.iterdir()} == before
    return read


def test_damaged_feeds_come_in_or_are_refused(tmp_path: Path) -> None:
    assert 0 < fuzz(tmp_path, seed=1, count=150) < 150


@pytest.mark.full
def test_many_damaged_feeds_come_in_or_are_refused(tmp_path: Path) -> None:
    assert 0 < fuzz(tmp_path, seed=2, count=2_000) < 2_000
