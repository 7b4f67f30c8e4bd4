"""Shapes cut to legs, of drawn feeds: what a leg shows against a walk along the told points."""

import datetime as dt
import math
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from gtfs.day import build_day
from maas.day_book import DayBook
from maas.fares import LineFares
from maas.itinerary import Ridden
from maas.leg_shapes import LegShapes, match
from maas.local_clock import LocalClock
from maas.region_file import RegionFile
from routing.geo import along_m, beeline_m, distance_m
from routing.polyline import decode
from tests.gtfs.feeds import no_walks, timetable_of
from tests.gtfs.strategies import table

DAY = dt.date(2026, 7, 1)
CELL = 0.002  # degrees between points of a shape, some 200 m
APART = 100  # cells between one line and the next; the shape of another misses all stops
Point = tuple[Fraction, Fraction]  # cells east and north


class Drawn(NamedTuple):
    """A shape, and stops on it: the piece of each and the share of the piece before it."""

    points: list[Point]
    stops: list[tuple[int, Fraction]]

    def at(self, stop: int) -> Point:
        """Where a stop lies."""
        piece, share = self.stops[stop]
        (x, y), (to_x, to_y) = self.points[piece : piece + 2]
        return x + share * (to_x - x), y + share * (to_y - y)

    def between(self, board: int, alight: int) -> list[Point]:
        """Both stops and the corners between them."""
        first, (last, share) = self.stops[board][0], self.stops[alight]
        corners = self.points[first + 1 : last + (share > 0)]
        return [self.at(board), *corners, self.at(alight)]


class Trip(NamedTuple):
    """A trip: which stops of which line it serves, the shape it names, the segment cut out."""

    line: int
    stops: list[int]
    shape: int | None
    blocked: int | None


@st.composite
def lines(draw: st.DrawFn, north: int) -> Drawn:
    """A line that goes east and may come back beside itself, so no stop fits it at two places."""
    out = draw(st.lists(st.integers(0, 2), min_size=2, max_size=5))
    back = draw(st.lists(st.integers(6, 8), max_size=4))
    xs = [*range(len(out)), *(len(out) - 1 - k for k in range(len(back)))]
    points = [(Fraction(x), Fraction(y + north)) for x, y in zip(xs, out + back, strict=True)]
    shares = st.sampled_from([Fraction(k, 4) for k in range(4)])
    places = st.tuples(st.integers(0, len(points) - 2), shares)
    return Drawn(points, sorted(draw(st.sets(places, min_size=2, max_size=5))))


@st.composite
def trips(draw: st.DrawFn, drawn: list[Drawn]) -> Trip:
    line = draw(st.integers(0, len(drawn) - 1))
    n_stops = len(drawn[line].stops)
    stops = sorted(draw(st.sets(st.integers(0, n_stops - 1), min_size=2)))
    shape = draw(st.sampled_from((line, line, line, None, (line + 1) % len(drawn))))
    return Trip(line, stops, shape, draw(st.none() | st.integers(0, len(stops) - 2)))


def degrees(point: Point) -> tuple[str, str]:
    """Latitude and longitude as a feed writes them."""
    return f"{43 + CELL * float(point[1]):.7f}", f"{141 + CELL * float(point[0]):.7f}"


def files_of(drawn: list[Drawn], some: list[Trip]) -> dict[str, bytes]:
    return {
        "stops.txt": table(
            "stop_id,stop_name,stop_lat,stop_lon",
            [
                (f"{k}-{n}", f"{k}-{n}", *degrees(line.at(n)))
                for k, line in enumerate(drawn)
                for n in range(len(line.stops))
            ],
        ),
        "shapes.txt": table(
            "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence",
            [
                (f"p{k}", *degrees(point), 3 * n)
                for k, line in enumerate(drawn)
                for n, point in enumerate(line.points)
            ],
        ),
        "trips.txt": table(
            "route_id,service_id,trip_id,shape_id",
            [
                ("L", "daily", f"t{k}", "" if trip.shape is None else f"p{trip.shape}")
                for k, trip in enumerate(some)
            ],
        ),
        "stop_times.txt": table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence",
            [
                (f"t{k}", f"8:0{n}:00", f"8:0{n}:00", f"{trip.line}-{stop}", n)
                for k, trip in enumerate(some)
                for n, stop in enumerate(trip.stops)
            ],
        ),
    }


def shown(drawn: list[Drawn], trip: Trip, board: int, alight: int) -> list[Point]:
    """Points of a ride between two positions of a trip; straight if its shape is not its own."""
    line, stops = drawn[trip.line], trip.stops
    if trip.shape == trip.line:
        return line.between(stops[board], stops[alight])
    return [line.at(stop) for stop in stops[board : alight + 1]]


def without_repeats(lat: Sequence[float], lon: Sequence[float]) -> list[tuple[float, float]]:
    """Points, but one where a stop and a corner are a millionth of a degree apart."""
    points = list(zip(lat, lon, strict=True))
    near = [math.dist(a, b) < 3e-6 for a, b in pairwise(points)]
    return [points[0], *(p for p, skip in zip(points[1:], near, strict=True) if not skip)]


@given(st.data())
def test_a_leg_shows_its_part_of_the_shape(data: st.DataObject) -> None:
    drawn = [data.draw(lines(k * APART)) for k in range(2)]
    some = data.draw(st.lists(trips(drawn), min_size=1, max_size=4))
    some.append(some[0]._replace(shape=None))  # the same stops in a straight line
    blocked = [(k, 0, trip.blocked) for k, trip in enumerate(some) if trip.blocked is not None]
    with tempfile.TemporaryDirectory() as folder:
        timetable = timetable_of(Path(folder), files_of(drawn, some))
    day = build_day(timetable, DAY, no_walks(timetable), blocked)
    region = RegionFile.model_validate(
        {"name": "x", "timezone": "Asia/Tokyo", "feeds": [{"id": "f", "path": "f.zip"}]}
    )
    clock = LocalClock(day.base_epoch, ZoneInfo(timetable.zone))
    book = DayBook(day, clock, LineFares(region, timetable), LegShapes(timetable))
    for day_trip in np.flatnonzero(day.service_day == 0).tolist():
        trip = some[int(timetable.trips.id[int(day.trip[day_trip])].removeprefix("f:t"))]
        skipped = int(day.first_position[day_trip])
        n = day.stops(day_trip).size
        for board, alight in ((b, a) for b in range(n) for a in range(b + 1, n)):
            told = shown(drawn, trip, board + skipped, alight + skipped)
            leg = book.drawn[Ridden(day_trip, board, alight)]
            assert leg.polyline is not None
            lon, lat = decode(leg.polyline)
            expected = np.array([degrees(point) for point in told], np.float64)
            found = without_repeats(lat.tolist(), lon.tolist())
            wanted = without_repeats(*expected.T.tolist())
            np.testing.assert_allclose(found, wanted, atol=2e-6)
            length = sum(distance_m(*a, *b) for a, b in pairwise(expected.tolist()))
            assert abs(leg.distance_m - length) < 1
            assert book.distance_m(Ridden(day_trip, board, alight)) == leg.distance_m


def test_texts_are_kept_in_the_last_few_languages_only(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path)
    day = build_day(timetable, DAY, no_walks(timetable))
    region = RegionFile.model_validate(
        {"name": "x", "timezone": "Asia/Tokyo", "feeds": [{"id": "f", "path": "f.zip"}]}
    )
    clock = LocalClock(day.base_epoch, ZoneInfo(timetable.zone))
    book = DayBook(day, clock, LineFares(region, timetable), LegShapes(timetable))
    ridden = Ridden(int(np.flatnonzero(day.service_day == 0)[0]), 0, 1)
    told = book.texts("l0").rides[ridden]
    assert book.texts("l0").rides[ridden] is told
    used = book.texts("used")
    for number in range(1, 12):
        book.texts(f"l{number}")
        assert book.texts("used") is used
    again = book.texts("l0").rides[ridden]
    assert again == told
    assert again is not told
    assert len(book._texts) <= 8


corners = st.tuples(st.integers(0, 8), st.integers(0, 8))
STEP_M = 25.0  # pieces are this long at most, and stops may change places within one


@given(
    st.lists(corners, min_size=2, max_size=5),
    st.lists(corners, min_size=1, max_size=4),
    st.sampled_from((0.0, 43.0, 65.0)),
)
def test_stops_beside_a_line_are_put_where_the_gaps_are_least(
    points: list[tuple[int, int]], stops: list[tuple[int, int]], north: float
) -> None:
    lon, lat = (np.array(axis) * 0.0007 for axis in zip(*points, strict=True))
    stop_lon, stop_lat = (np.array(axis) * 0.0007 for axis in zip(*stops, strict=True))
    lat, stop_lat = lat + north, stop_lat + north
    along = along_m(lon, lat)
    assume(along[-1] > 0)
    stop_m, gap_m = match((lon, lat), along, (stop_lon, stop_lat))
    assert (np.diff(stop_m) >= 0).all()
    assert stop_m[0] >= 0
    assert stop_m[-1] <= along[-1]
    gaps = [
        distance_m(
            float(np.interp(m, along, lat)), float(np.interp(m, along, lon)), float(y), float(x)
        )
        for m, x, y in zip(stop_m, stop_lon, stop_lat, strict=True)
    ]
    assert gap_m <= max(gaps) + 0.01 * max(gaps) + STEP_M
    # the best of all places in order, a metre apart or so, by a table of stops and places
    places = np.unique(np.concatenate([np.arange(0, along[-1], 2.0), along]))
    x, y = np.interp(places, along, lon), np.interp(places, along, lat)
    best = np.zeros(places.size)
    for at_lon, at_lat in zip(stop_lon, stop_lat, strict=True):
        best = np.minimum.accumulate(best + beeline_m(x, y, at_lon, at_lat) ** 2)
    least = float(best[-1])
    assert sum(max(gap - STEP_M, 0) ** 2 for gap in gaps) <= 1.02 * least + 1
