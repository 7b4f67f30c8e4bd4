"""Which trip a descriptor means: drawn ones against a search through all runs and dates."""

import datetime as dt
import random
import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import given

from gtfs.realtime.match import Match, Matcher
from gtfs.realtime.messages import TripRef
from gtfs.timetable import Timetable
from tests.gtfs import oracle
from tests.gtfs.feeds import timetable_of
from tests.gtfs.strategies import SEEDS, clock, table

ZONE = "Asia/Tokyo"
FIRST = dt.date(2026, 7, 1)
DATES = {"daily": range(9), "odd": (1, 3, 5, 7), "late": (4, 5)}  # days after the first
STARTS = (0, 28_800, 29_000, 30_000, 86_300, 86_400, 90_000)
STOPS = "ABC"


class Run(NamedTuple):
    trip: str
    line: str
    service: str
    direction: str
    start: int
    end: int
    stops: str


def drawn_runs(draw: random.Random) -> list[Run]:
    """Runs of trips that often start together; some trips run several times."""
    found = []
    for number in range(draw.randint(2, 9)):
        line, service = draw.choice("LLM"), draw.choice(sorted(DATES))
        stops = "".join(draw.sample(STOPS, draw.choice((2, 2, 3))))
        start, length = draw.choice(STARTS), draw.choice((600, 40_000))
        told = line, service, draw.choice(("", "0", "1"))
        n_runs = draw.choice((1, 1, 1, 3))
        found += [
            Run(f"t{number}", *told, start + 1200 * k, start + 1200 * k + length, stops)
            for k in range(n_runs)
        ]
    return found


def files_of(runs: list[Run]) -> dict[str, str | bytes | None]:
    first = {run.trip: run for run in reversed(runs)}
    many = {trip: [run for run in runs if run.trip == trip] for trip in first}
    return {
        "routes.txt": "route_id,route_type\nL,3\nM,3\n",
        "calendar.txt": None,
        "calendar_dates.txt": table(
            "service_id,date,exception_type",
            [(name, f"{FIRST + dt.timedelta(days=k):%Y%m%d}", 1)
             for name, days in DATES.items() for k in days],
        ),
        "trips.txt": table(
            "route_id,service_id,trip_id,direction_id",
            [(run.line, run.service, run.trip, run.direction) for run in first.values()],
        ),
        "stop_times.txt": table(
            "trip_id,stop_id,stop_sequence,arrival_time,departure_time",
            [
                (run.trip, stop, k, *2 * (clock(run.end if stop == run.stops[-1] else run.start),))
                for run in first.values()
                for k, stop in enumerate(run.stops)
            ],
        ),
        "frequencies.txt": table(
            "trip_id,start_time,end_time,headway_secs",
            [(trip, clock(some[0].start), clock(some[-1].start + 1), 1200)
             for trip, some in many.items() if len(some) > 1],
        ),
    }  # fmt: skip


def drawn_ref(draw: random.Random, runs: list[Run]) -> tuple[TripRef, list[str]]:
    """A descriptor of about a run, and stops that its update names."""
    run = draw.choice(runs)
    day = FIRST + dt.timedelta(days=draw.randrange(9))
    start = run.start + draw.choice((0, 0, 0, 60, 599, -700, 1800, 1801, -1801, 4000))
    ref = TripRef(
        draw.choice(("", run.trip, run.trip, "lost")),
        draw.choice((run.line, run.line, "X")),
        draw.choice((None, day, day)),
        draw.choice((None, start, run.start)),
        draw.choice(("SCHEDULED", "SCHEDULED", "UNSCHEDULED", "CANCELED")),
        draw.choice((None, 0, 1)),
    )
    return ref, draw.sample([*run.stops, "elsewhere"], draw.choice((0, 1, 2)))


class Slow:
    """Looks at all runs on all dates."""

    def __init__(self, runs: list[Run], day: dt.date, now: int) -> None:
        self.runs, self.day, self.now = runs, day, now

    def meant(self, ref: TripRef, stops: list[str]) -> list[Run] | str:
        """Runs that a descriptor may mean, whatever the date, or why there is none."""
        if not ref.trip_id:
            if ref.line_id not in {"L", "M"} or ref.start_time is None:
                return "trip_not_named"
            found = [r for r in self.runs if (r.line, r.start) == (ref.line_id, ref.start_time)]
            if len(found) > 1 and ref.direction is not None:
                found = [r for r in found if r.direction in {"", str(ref.direction)}]
            if len(found) > 1:
                found = [r for r in found if all(s in r.stops for s in stops if s in STOPS)]
            return found or "unknown_trip"
        found = [run for run in self.runs if run.trip == ref.trip_id]
        if not found:
            return "unknown_trip"
        is_free = ref.relationship == "UNSCHEDULED" and ref.start_time is not None
        if len(found) == 1 and not is_free:
            return found
        if ref.start_time is None:
            return "ambiguous_trip"
        gaps = {run: abs(run.start - ref.start_time) for run in found}
        nearest = min(gaps.values())
        return "unknown_run" if nearest > 1800 else [r for r, gap in gaps.items() if gap == nearest]

    def dates(self, run: Run, ref: TripRef) -> list[dt.date]:
        """Dates around now, or that of the descriptor, on which a run is made."""
        today = dt.datetime.fromtimestamp(self.now, dt.timezone(dt.timedelta(hours=9))).date()
        near = [today + dt.timedelta(days=k) for k in (-1, 0, 1)]
        asked = near if ref.start_date is None else [ref.start_date]
        return [day for day in asked if self.runs_on(run, day)]

    @staticmethod
    def runs_on(run: Run, day: dt.date) -> bool:
        return (day - FIRST).days in DATES[run.service]

    def gap(self, run: Run, day: dt.date) -> int:
        base = oracle.instant(day, ZONE)
        if base + run.start <= self.now <= base + run.end:
            return 0
        return min(abs(base + run.start - self.now), abs(base + run.end - self.now))

    def answers(self, ref: TripRef, stops: list[str]) -> set[tuple[str, int, int, str]]:
        """Trip, start, service day and why not; several if they are equally near."""
        runs = self.meant(ref, stops)
        if isinstance(runs, str):
            return {("", 0, 0, runs)}
        one_trip = ref.trip_id != ""
        found: set[tuple[str, int, int, str]] = set()
        for group in [[run] for run in runs] if one_trip else [runs]:
            found.add(self.dated(group, ref))
        return found

    def dated(self, runs: list[Run], ref: TripRef) -> tuple[str, int, int, str]:
        pairs = [(run, day) for run in runs for day in self.dates(run, ref)]
        if not pairs and ref.start_date is not None:
            before = ref.start_date - dt.timedelta(days=1)
            pairs = [(r, before) for r in runs if r.start >= 86_400 and self.runs_on(r, before)]
        if not pairs:
            far = ref.start_date is not None and abs((ref.start_date - self.day).days) > 1
            return ("", 0, 0, "other_date" if far else "does_not_run")
        if len({run for run, _ in pairs}) > 1:
            return ("", 0, 0, "ambiguous_trip")
        run, day = min(pairs, key=lambda pair: self.gap(*pair))
        service_day = (day - self.day).days
        if abs(service_day) > 1:
            return ("", 0, 0, "other_date")
        return (run.trip, run.start, service_day, "")


def told(timetable: Timetable, match: Match) -> tuple[str, int, int, str]:
    if match.reason:
        return ("", 0, 0, match.reason)
    trips = timetable.trips
    start = int(trips.start_time[match.trip])
    return (trips.id[match.trip].removeprefix("f:"), start, match.service_day, "")


@given(SEEDS)
def test_the_trip_is_the_one_that_a_slow_search_finds(seed: int) -> None:
    draw = random.Random(seed)
    runs = drawn_runs(draw)
    with tempfile.TemporaryDirectory() as folder:
        timetable = timetable_of(Path(folder), files_of(runs))
    matcher = Matcher(timetable, "f")
    for _ in range(100):
        day = FIRST + dt.timedelta(days=draw.randrange(9))
        now = oracle.instant(day, ZONE) + draw.choice((0, 3_600, 29_500, 60_000, 86_399, 120_000))
        ref, stops = drawn_ref(draw, runs)
        match = matcher.match(ref, day, now, stops)
        answer = told(timetable, match)
        assert answer in Slow(runs, day, now).answers(ref, stops)
        n_runs = sum(run.trip == ref.trip_id for run in runs)
        moves = ref.start_time is not None and (n_runs > 1 or ref.relationship == "UNSCHEDULED")
        if ref.trip_id and not match.reason and ref.start_time is not None:
            assert match.retime == (ref.start_time - answer[1] if moves else 0)
        else:
            assert match.reason or match.retime == 0
