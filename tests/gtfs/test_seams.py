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


@given(
    vehicles(),
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(4, 5)), max_size=9),
)
def test_vehicles_go_on_as_the_rows_say(drawn: list[Run], told: list[tuple[int, int, int]]) -> None:
    told = [row for row in told if max(row[:2]) < len(drawn) and row[0] != row[1]]
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
    for a, b in found - ruled:  # by blocks
        assert drawn[a].block == drawn[b].block != ""
        assert follows(drawn[a], drawn[b])
        assert goes_on(drawn[a], drawn[b])
        later = [
            k for k, run in enumerate(drawn) if run.block == drawn[a].block and k not in (a, b)
        ]
        assert not any(drawn[a].start < drawn[k].start < drawn[b].start for k in later)
    for block in "uvwxyz":
        order = in_order(drawn, block)
        for one, other in pairwise(order):
            if len(one) == len(other) == 1:  # neighbours without any doubt
                (a,), (b,) = one, other
                if follows(drawn[a], drawn[b]) and goes_on(drawn[a], drawn[b]):
                    assert (a, b) in found or (a, b) in ruled - in_seat
