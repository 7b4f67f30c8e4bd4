"""Trips that go on in one vehicle, of drawn blocks and in-seat transfers."""

import datetime as dt
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from gtfs.day import build_day
from gtfs.seams import seams_of
from gtfs.transfer_rules import TransferRules
from routing.geo import distance_m
from tests.gtfs.feeds import no_walks, timetable_of
from tests.gtfs.strategies import clock, table
from tests.gtfs.test_through import RULES, Case, calls

DAY = dt.date(2026, 7, 1)
# A and A2 are 200 m apart, A and A3 300 m, B and B2 are platforms of one station 600 m apart
PLACES = {"A": 0.0, "A2": 0.0018, "A3": 0.0027, "B": 0.05, "B2": 0.0554, "C": 0.1, "S": 0.052}
ABOVE = {"B": "S", "B2": "S"}
NEAR = {"A": ("A2", "A3"), "A2": ("A", "A3"), "A3": ("A", "A2"), "B": ("B2",), "B2": ("B",)}


class Run(NamedTuple):
    block: str
    start: int  # s
    minutes: list[int]  # of each hop
    stops: list[str]

    @property
    def end(self) -> int:
        return self.start + 60 * sum(self.minutes)


STOPS = st.sampled_from(sorted(set(PLACES) - {"S"}))


@st.composite
def vehicles(draw: st.DrawFn) -> list[Run]:
    """Trips that often begin where and when one before ends, about."""
    drawn: list[Run] = []
    for _ in range(draw(st.integers(4, 16))):
        start = 6 * 3600 + 60 * draw(st.integers(0, 150))
        block = draw(st.sampled_from(("", *"uvwxyz")))
        stops = draw(st.lists(STOPS, min_size=2, max_size=3))
        if drawn and draw(st.integers(0, 3)) > 0:
            before = draw(st.sampled_from(drawn))
            start = before.end + 60 * draw(st.sampled_from((-1, 0, 1, 20, 60, 61)))
            block = draw(st.sampled_from((before.block, before.block, "y")))
            near = NEAR.get(before.stops[-1], ("C",))
            stops[0] = draw(st.sampled_from((stops[0], before.stops[-1], *near)))
        drawn.append(Run(block, start, [draw(st.integers(0, 20)) for _ in stops[1:]], stops))
    return drawn


def metres(one: str, other: str) -> float:
    return distance_m(43 + PLACES[one], 141, 43 + PLACES[other], 141)


def follows(one: Run, other: Run) -> bool:
    return 0 <= other.start - one.end <= 3600


def goes_on(one: Run, other: Run) -> bool:
    """Whether a vehicle is where the next trip begins, and does not just go back."""
    left, entered = one.stops[-1], other.stops[0]
    together = metres(left, entered) <= 250 or (left in ABOVE and ABOVE[left] == ABOVE.get(entered))
    is_ring = metres(left, one.stops[0]) <= 500
    turns = metres(other.stops[-1], one.stops[0]) <= 500 and not is_ring
    return together and not turns


def in_order(drawn: list[Run], block: str) -> list[list[int]]:
    """Trips of a block by departure; those that leave together in any order are one."""
    found: dict[int, list[int]] = {}
    for k, run in enumerate(drawn):
        if run.block == block:
            found.setdefault(run.start, []).append(k)
    return [found[start] for start in sorted(found)]


def neighbours(drawn: list[Run]) -> set[tuple[int, int]]:
    """Pairs of trips that a vehicle runs one after the other without any doubt, and goes on."""
    pairs = [pair for block in "uvwxyz" for pair in pairwise(in_order(drawn, block))]
    sure = [(one[0], other[0]) for one, other in pairs if len(one) == len(other) == 1]
    runs = [(a, b, drawn[a], drawn[b]) for a, b in sure]
    return {(a, b) for a, b, one, other in runs if follows(one, other) and goes_on(one, other)}


@given(
    vehicles(),
    st.lists(st.tuples(st.integers(0, 2) | st.integers(0, 999), st.integers(4, 5)), max_size=4),
)
def test_vehicles_go_on_as_the_rows_say(drawn: list[Run], picks: list[tuple[int, int]]) -> None:
    trips = range(len(drawn))
    pairs = [(a, b) for a in trips for b in trips if a != b and follows(drawn[a], drawn[b])]
    sure = neighbours(drawn)
    pairs = sorted(pairs, key=lambda pair: pair not in sure)  # rules for these are drawn most
    told = [(*pairs[k % len(pairs)], kind) for k, kind in dict(picks).items() if pairs]
    told = list({row[:2]: row for row in told}.values())
    files: dict[str, str | bytes | None] = {
        "stops.txt": table(
            "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station",
            [(stop, stop, f"{43 + north:.4f}", 141, int(stop == "S"), ABOVE.get(stop, ""))
             for stop, north in PLACES.items()],
        ),
        "trips.txt": table(
            "route_id,service_id,trip_id,block_id",
            [("L", "daily", f"t{k}", run.block) for k, run in enumerate(drawn)],
        ),
        "stop_times.txt": table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence",
            [
                (f"t{k}", clock(time), clock(time), stop, n)
                for k, run in enumerate(drawn)
                for n, stop in enumerate(run.stops)
                for time in [run.start + 60 * sum(run.minutes[:n])]
            ],
        ),
        "transfers.txt": table(
            "from_stop_id,to_stop_id,from_trip_id,to_trip_id,transfer_type",
            [(drawn[a].stops[-1], drawn[b].stops[0], f"t{a}", f"t{b}", kind)
             for a, b, kind in told],
        ),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        timetable = timetable_of(Path(folder), files)
    day = build_day(timetable, DAY, no_walks(timetable))
    seams = seams_of(timetable, day, TransferRules(timetable))
    found = {
        tuple(
            int(timetable.trips.id[int(day.trip[trip])][3:]) for trip in (seam.before, seam.after)
        )
        for seam in seams
        if day.service_day[seam.before] == 0
    }
    for seam in seams:
        assert seam.is_seated
        assert seam.leave == day.stops(seam.before).size - 1
        assert seam.enter == 0
        assert day.service_day[seam.before] == day.service_day[seam.after]
    in_seat = {(a, b) for a, b, kind in told if kind == 4 and follows(drawn[a], drawn[b])}
    assert in_seat <= found
    ruled = {(a, b) for a, b, _ in told}
    assert not (found & ruled) - in_seat
    left, entered = ({pair[end] for pair in in_seat} for end in range(2))
    for a, b in found - ruled:  # by blocks
        assert a not in left  # rules that link trips stand above the block
        assert b not in entered
        assert drawn[a].block == drawn[b].block != ""
        assert follows(drawn[a], drawn[b])
        assert goes_on(drawn[a], drawn[b])
        later = [
            k for k, run in enumerate(drawn) if run.block == drawn[a].block and k not in (a, b)
        ]
        assert not any(drawn[a].start < drawn[k].start < drawn[b].start for k in later)
    assert {(a, b) for a, b in sure - ruled if a not in left and b not in entered} <= found


@given(arrives=st.integers(24 * 60, 25 * 60), wait=st.integers(-1, 61), is_ruled=st.booleans())
def test_a_rule_links_a_trip_to_one_of_the_next_service_date(
    arrives: int, wait: int, is_ruled: bool
) -> None:
    leaves = arrives - 24 * 60 + wait
    rule = "t1,t2,4\n" if is_ruled else ""
    with tempfile.TemporaryDirectory() as folder:
        case = Case(
            Path(folder),
            calls("t1", "ABC", arrives - 20) + calls("t2", "CDE", max(leaves, 0)),
            "L,daily,t1,\nM,daily,t2,\n",
            transfers_txt=f"from_trip_id,to_trip_id,transfer_type\n{rule}",
        )
    goes_on = is_ruled and 0 <= max(leaves, 0) + 24 * 60 - arrives <= 60
    found = {
        (int(case.day.service_day[seam.before]), int(case.day.service_day[seam.after]))
        for seam in seams_of(case.timetable, case.day, case.rules)
    }
    assert found == ({(0, 1)} if goes_on else set())  # the day is the first one of service


RULE_TIMES = st.none() | st.sampled_from(("1,", "2,0", "2,240", "2,600", "2,1200"))


@given(
    wait=st.integers(0, 21),
    is_block=st.booleans(),
    kind=st.sampled_from((None, 4, 5, 5)),
    of_stop=RULE_TIMES,
    of_lines=RULE_TIMES,
)
def test_who_must_get_off_goes_on_by_the_ordinary_rules(
    wait: int, is_block: bool, kind: int | None, of_stop: str | None, of_lines: str | None
) -> None:
    block = "b" if is_block else ""
    rules = {f"C,C,,,,,{of_stop}": of_stop, f"C,C,L,M,,,{of_lines}": of_lines,
             f",,,,t1,t2,{kind},": kind}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        case = Case(
            Path(folder),
            calls("t1", "ABC", 480) + calls("t2", "CDE", 500 + wait),
            f"L,daily,t1,{block}\nM,daily,t2,{block}\n",
            transfers_txt=RULES + "".join(f"{row}\n" for row, is_told in rules.items() if is_told),
        )
    stays = kind == 4 or (is_block and kind != 5)
    asked = of_lines or of_stop or "2,300"  # Case asks for five minutes where nothing is told
    changes = 60 * wait >= int(asked.split(",")[1] or 0)
    c = list(case.timetable.stops.id).index("f:C")
    trips = [list(case.timetable.trips.id).index(f"f:{name}") for name in ("t1", "t2")]
    allowed = case.rules.allows((c, c), (trips[0], trips[1]), 60 * wait)
    found = [rides for rides in case.rides("A", "E") if allowed or rides[-1][3]]
    expected = [("t1", "A", "C", False), ("t2", "C", "E", stays)]
    assert found == ([expected] if stays or changes else [])


@given(st.integers(0, 60), st.integers(5, 30), st.integers(1, 8))
def test_of_several_runs_the_next_one_is_taken(wait: int, headway: int, n_runs: int) -> None:
    first = 8 * 3600 + 60 * (20 - 30 + wait)  # t1 comes at 8:20
    end = first + 60 * headway * n_runs
    files: dict[str, str | bytes | None] = {
        "trips.txt": "route_id,service_id,trip_id\nL,daily,t1\nL,daily,t2\n",
        "stop_times.txt": """
            trip_id,arrival_time,departure_time,stop_id,stop_sequence
            t1,08:00:00,08:00:00,A,1
            t1,08:20:00,08:20:00,B,2
            t2,00:00:00,00:00:00,B,1
            t2,00:10:00,00:10:00,C,2
        """,
        "frequencies.txt": table(
            "trip_id,start_time,end_time,headway_secs",
            [("t2", clock(first), clock(end), 60 * headway)],
        ),
        "transfers.txt": "from_trip_id,to_trip_id,transfer_type\nt1,t2,4\n",
    }
    with tempfile.TemporaryDirectory() as folder:
        timetable = timetable_of(Path(folder), files)
    day = build_day(timetable, DAY, no_walks(timetable))
    comes = 8 * 3600 + 1200
    runs = [first + 60 * headway * k for k in range(n_runs)]
    soonest = min((run for run in runs if 0 <= run - comes <= 3600), default=None)
    seams = seams_of(timetable, day, TransferRules(timetable))
    found = [day.times(seam.after)[1][0] for seam in seams if day.service_day[seam.before] == 0]
    assert found == ([] if soonest is None else [soonest])
