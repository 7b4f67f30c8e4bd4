"""Trips that go on as others: in-seat transfers, blocks, kept connections.

The places lie on one meridian, 1,112 m apart: A, B, C, D, E from south to north.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gtfs.day import build_day
from gtfs.footpaths import combine
from gtfs.through import ThroughTables, through_tables
from gtfs.timetable import Timetable, build_timetable
from gtfs.transfer_rules import TransferRules
from routing.layout import frozen
from routing.raptor import Raptor, near_stops
from tests.gtfs.feeds import feed_of, lines_of, timetable_of

STOPS = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
    f"{name},{name},{43 + k / 100},141\n" for k, name in enumerate("ABCDE")
)
LINES = "route_id,route_type\nL,3\nM,3\n"
TIMES = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
SEATS = "from_trip_id,to_trip_id,transfer_type\n"
RULES = (
    "from_stop_id,to_stop_id,from_route_id,to_route_id,from_trip_id,to_trip_id,transfer_type,"
    "min_transfer_time\n"
)


def calls(trip_id: str, stops: str, start: int, hop: int = 10) -> str:
    """Rows of a trip that starts at a minute of the day and takes `hop` minutes a stop."""
    clock = [f"{(start + k * hop) // 60:02}:{(start + k * hop) % 60:02}:00" for k in range(9)]
    return "".join(
        f"{trip_id},{clock[k]},{clock[k]},{stop},{k + 1}\n" for k, stop in enumerate(stops)
    )


class Case:
    """A feed with three trips at most, its day and the through trips of the day."""

    def __init__(self, folder: Path, times: str, trips: str, **files: str) -> None:
        self.feed = feed_of(
            folder,
            {
                "stops.txt": STOPS,
                "routes.txt": LINES,
                "stop_times.txt": TIMES + times,
                "trips.txt": "route_id,service_id,trip_id,block_id\n" + lines_of(trips),
                **{name.replace("_txt", ".txt"): text for name, text in files.items()},
            },
        )
        self.timetable: Timetable = build_timetable([self.feed], "Asia/Tokyo")
        n_stops = len(self.timetable.stops.id)
        none = frozen([])
        walks = (frozen(np.zeros(n_stops + 1)), none, none)
        footpaths = combine(self.timetable, walks, change_time=300)
        self.rules = TransferRules(self.timetable)
        self.day = build_day(self.timetable, self.timetable.first_date, footpaths)
        self.through: ThroughTables = through_tables(self.timetable, self.day, self.rules)

    def seams(self) -> set[tuple[str, ...]]:
        """Trips of the through trips of the date itself; + before those reached in the seat."""
        found = set()
        for row in range(self.through.n_through):
            parts = range(*self.through.first_part[row : row + 2].tolist())
            names = [
                ("+" if self.through.is_seated[part] else "") + self._name(part) for part in parts
            ]
            if self.day.service_day[self.through.day_trip[parts[0]]] == 0:
                found.add(tuple(names))
        return found

    def _name(self, part: int) -> str:
        trip = int(self.day.trip[self.through.day_trip[part]])
        return self.timetable.trips.id[trip].removeprefix("f:")

    def _stop(self, stop: int) -> str:
        return self.timetable.stops.name[stop]

    def rides(self, start: str, goal: str) -> Iterator[list[tuple[str, str, str, bool]]]:
        """Journeys from midnight on: trip, from, to and whether one stays seated, per ride."""
        ids = self.timetable.stops.id[:]
        access, egress = (near_stops([ids.index(f"f:{name}")], [0]) for name in (start, goal))
        found = Raptor(self.through.tables, 4).in_range(access, egress, (0, 86_400))
        for journey in found.journeys:
            if journey.arrival >= 86_400:
                continue  # tomorrow's trips are there, too
            rides = []
            for ride in journey.rides:
                for part in self.through.parts(*ride):
                    stops = self.day.stops(part.day_trip).tolist()
                    board, alight = (self._stop(stops[k]) for k in (part.board, part.alight))
                    trip = self.timetable.trips.id[int(self.day.trip[part.day_trip])]
                    rides.append((trip.removeprefix("f:"), board, alight, part.is_seated))
            yield rides


# one vehicle: A 8:00, B 8:10, C 8:20 as t1, then C 8:21, D 8:31, E 8:41 as t2
ONWARD = calls("t1", "ABC", 480) + calls("t2", "CDE", 501)
BLOCK = "L,daily,t1,b\nM,daily,t2,b\n"
FREE = "L,daily,t1,\nM,daily,t2,\n"


def test_a_block_goes_on_without_a_change(tmp_path: Path) -> None:
    case = Case(tmp_path, ONWARD, BLOCK)
    assert case.seams() == {("t1", "+t2")}
    assert list(case.rides("A", "E")) == [[("t1", "A", "C", False), ("t2", "C", "E", True)]]
    assert list(case.rides("B", "D")) == [[("t1", "B", "C", False), ("t2", "C", "D", True)]]
    assert list(case.rides("A", "C")) == [[("t1", "A", "C", False)]]
    assert list(case.rides("C", "E")) == [[("t2", "C", "E", False)]]


def test_without_a_block_one_minute_is_too_short_for_a_change(tmp_path: Path) -> None:
    case = Case(tmp_path, ONWARD, FREE)
    assert case.seams() == set()
    assert list(case.rides("A", "E")) == []


def test_an_in_seat_transfer_needs_no_block_and_no_common_stop(tmp_path: Path) -> None:
    times = calls("t1", "AB", 480) + calls("t2", "DE", 495)
    case = Case(tmp_path, times, FREE, transfers_txt=SEATS + "t1,t2,4\n")
    assert case.seams() == {("t1", "+t2")}
    assert list(case.rides("A", "E")) == [[("t1", "A", "B", False), ("t2", "D", "E", True)]]
    assert not case.feed.notices.counts


@pytest.mark.parametrize(
    ("times", "trips", "transfers"),
    [
        (ONWARD, BLOCK, SEATS + "t1,t2,5\n"),
        (calls("t1", "ABC", 480) + calls("t2", "CBA", 501), BLOCK, SEATS),
        (calls("t1", "ABC", 480) + calls("t2", "DE", 501), BLOCK, SEATS),
        (calls("t1", "ABC", 480) + calls("t2", "CDE", 499), BLOCK, SEATS),
        (calls("t1", "ABC", 480) + calls("t2", "CDE", 561), BLOCK, SEATS),
    ],
    ids=("forbidden", "turns round", "elsewhere", "leaves before", "an hour later"),
)
def test_what_does_not_go_on(times: str, trips: str, transfers: str, tmp_path: Path) -> None:
    assert Case(tmp_path, times, trips, transfers_txt=transfers).seams() == set()


def test_a_ring_goes_on(tmp_path: Path) -> None:
    times = calls("t1", "ABCA", 480) + calls("t2", "ABCA", 512)
    case = Case(tmp_path, times, "L,daily,t1,b\nL,daily,t2,b\n")
    assert list(case.rides("C", "B")) == [[("t1", "C", "A", False), ("t2", "A", "B", True)]]


def test_three_trips_make_one_ride(tmp_path: Path) -> None:
    times = calls("t1", "AB", 480) + calls("t2", "BC", 491) + calls("t3", "CDE", 502)
    case = Case(tmp_path, times, "L,daily,t1,b\nM,daily,t2,b\nL,daily,t3,b\n")
    assert list(case.rides("A", "D")) == [
        [("t1", "A", "B", False), ("t2", "B", "C", True), ("t3", "C", "D", True)]
    ]


def test_only_what_is_chosen_goes_on(tmp_path: Path) -> None:
    case = Case(tmp_path, ONWARD, BLOCK)
    keep = case.timetable.trips.line[case.day.trip] == 0
    kept = case.through.kept(keep)
    assert kept[: keep.size].tolist() == keep.tolist()
    assert not kept[keep.size :].any()
    assert case.through.kept(np.ones(keep.size, np.bool_)).all()


@pytest.mark.parametrize(
    ("rules", "connects"),
    [
        ("C,C,,,t1,t2,1,\n", True),
        ("C,C,L,M,,,2,60\n", True),
        ("C,C,L,,,,2,60\n", True),
        ("C,C,L,M,,,2,61\n", False),
        ("C,C,M,L,,,2,60\n", False),
        ("C,C,L,M,,,2,60\nC,C,,,t1,,3,\n", False),
        ("C,C,L,M,,,3,\nC,C,,,t1,t2,1,\n", True),
    ],
)
def test_the_most_specific_rule_keeps_a_connection(
    rules: str, connects: bool, tmp_path: Path
) -> None:
    case = Case(tmp_path, ONWARD, FREE, transfers_txt=RULES + rules)
    assert case.seams() == ({("t1", "t2")} if connects else set())
    if connects:
        assert list(case.rides("A", "E")) == [[("t1", "A", "C", False), ("t2", "C", "E", False)]]


def test_a_rule_may_forbid_a_change_that_the_stops_allow(tmp_path: Path) -> None:
    times = calls("t1", "ABC", 480) + calls("t2", "CDE", 520)
    case = Case(tmp_path, times, FREE, transfers_txt=RULES + "C,C,L,M,,,3,\nC,C,,,t2,,2,3000\n")
    t1, t2 = (case.timetable.trips.id[:].index(f"f:{name}") for name in ("t1", "t2"))
    c = case.timetable.stops.id[:].index("f:C")
    assert not case.rules.allows((c, c), (t1, t2), 1200)
    assert not case.rules.allows((c, c), (t2, t1), 2999)
    assert case.rules.allows((c, c), (t2, t1), 3000)
    assert case.rules.allows((c, c), (t1, t1), 0)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_among_equals_the_rule_for_the_stops_themselves_holds(
    order: tuple[int, ...], tmp_path: Path
) -> None:
    stops = """
        stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
        A,a,43.00,141,0,S
        B,b,43.01,141,0,S
        C,c,43.02,141,0,S
        S,s,43.01,141,1,
    """
    rules = ("S,S,L,L,2,900", "B,S,L,L,2,600", "B,B,L,L,2,300")
    text = "from_stop_id,to_stop_id,from_route_id,to_route_id,transfer_type,min_transfer_time\n"
    text += "\n".join(rules[number] for number in order)
    timetable = timetable_of(tmp_path, {"stops.txt": stops, "transfers.txt": text})
    found = TransferRules(timetable)
    a, b = (list(timetable.stops.id).index(f"f:{name}") for name in "AB")
    times = [found.rule(pair, (0, 1)) for pair in ((b, b), (b, a), (a, b))]
    assert [None if rule is None else rule.min_time for rule in times] == [300, 600, 900]
