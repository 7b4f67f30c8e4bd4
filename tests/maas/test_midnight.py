"""Journeys by night and over days, of drawn timetables: each answer against a list of all runs."""

import base64
import json
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maas.build import build_region
from maas.planner import Planner, read_query
from tests.gtfs.feeds import write_feed
from tests.gtfs.strategies import table

ZONE = ZoneInfo("Asia/Tokyo")
FIRST = datetime(2026, 10, 5, tzinfo=ZONE)
N_DAYS, N_LINES = 5, 24
HOUR = 3600
REGION = """
name: Nights
timezone: Asia/Tokyo
synthetic: true
feeds: [{id: f, path: f.zip}]
walking: {limit_m: 500, transfer_limit_m: 100}
"""


class Trip(NamedTuple):
    """A trip from one end of a line to the other, with the days that it runs on."""

    departure: int  # s after midnight of its service date
    duration: int  # s
    days: tuple[int, ...]


def drawn_lines(seed: int) -> list[list[Trip]]:
    """Lines whose trips leave up to 30 hours after midnight and take up to 30 hours."""
    random = Random(seed)

    def trip() -> Trip:
        longest = random.choice((HOUR, 6 * HOUR, 30 * HOUR))
        days = random.sample(range(N_DAYS), random.randint(1, N_DAYS))
        times = random.randrange(0, 30 * HOUR, 600), random.randrange(600, longest + 600, 600)
        return Trip(*times, tuple(sorted(days)))

    return [[trip() for _ in range(random.randint(1, 5))] for _ in range(N_LINES)]


LINES = drawn_lines(1)


def runs_of(line: int, now: datetime) -> list[tuple[datetime, datetime]]:
    """Departures and arrivals of a line, of the service dates around a moment."""
    on = (now - FIRST).days
    return [
        (FIRST + timedelta(days=day, seconds=trip.departure),
         FIRST + timedelta(days=day, seconds=trip.departure + trip.duration))
        for trip in LINES[line]
        for day in trip.days
        if on - 2 <= day <= on + 1
    ]  # fmt: skip


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    folder = tmp_path_factory.mktemp("nights")
    trips = [(k, n, trip) for k, line in enumerate(LINES) for n, trip in enumerate(line)]
    stops = [(f"{end}{k}", f"{end}{k}", 43 + y, 141 + k / 10)
             for k in range(N_LINES) for end, y in (("a", 0), ("b", 0.5))]  # fmt: skip
    dates = [(f"s{k}-{n}", f"{FIRST + timedelta(days=day):%Y%m%d}", 1)
             for k, n, trip in trips for day in trip.days]  # fmt: skip
    calls = [
        (f"t{k}-{n}", clock(time), clock(time), f"{end}{k}", sequence)
        for k, n, trip in trips
        for sequence, (end, time) in enumerate(
            (("a", trip.departure), ("b", trip.departure + trip.duration))
        )
    ]
    write_feed(folder / "f.zip", {
        "stops.txt": table("stop_id,stop_name,stop_lat,stop_lon", stops),
        "routes.txt": table("route_id,agency_id,route_short_name,route_type",
                            [(f"L{k}", "a", f"L{k}", 4) for k in range(N_LINES)]),
        "trips.txt": table("route_id,service_id,trip_id",
                           [(f"L{k}", f"s{k}-{n}", f"t{k}-{n}") for k, n, _ in trips]),
        "calendar.txt": None,
        "calendar_dates.txt": table("service_id,date,exception_type", dates),
        "stop_times.txt": table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence", calls
        ),
    })  # fmt: skip
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    return Planner(build_region(folder / "region.yaml", folder / "built"))


def answers(
    planner: Planner, line: int, now: datetime, **changes: object
) -> list[tuple[datetime, datetime]]:
    """Departures and arrivals that the planner gives."""
    return spans(plan(planner, line, now, **changes))


def plan(planner: Planner, line: int, now: datetime, **changes: object) -> dict[str, Any]:
    query = {"from": f"f:a{line}", "to": f"f:b{line}", "at": now.isoformat(), **changes}
    document = planner.plan(read_query(query))
    assert bool(document["itineraries"]) != bool(document["reasons"])
    return document


def spans(document: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    return [
        (datetime.fromisoformat(one["departure"]), datetime.fromisoformat(one["arrival"]))
        for one in document["itineraries"]
    ]


def start_of(cursor: str) -> int:
    """How far away from the asked time a page begins, s."""
    start: int = json.loads(base64.urlsafe_b64decode(cursor + "=="))[1]
    return start


LINE = st.integers(0, N_LINES - 1)
NOW = st.integers(24, (N_DAYS - 1) * 24 * 2).map(lambda k: FIRST + timedelta(hours=k / 2))
A_DAY = timedelta(days=1)
FAR_OFF = 10**9  # s
REACH = timedelta(hours=36)  # that tables hold at least before a time of arrival


@given(LINE, NOW)
def test_who_leaves_at_a_time_gets_the_run_that_is_there_soonest(
    planner: Planner, line: int, now: datetime
) -> None:
    runs = [run for run in runs_of(line, now) if now <= run[0]]
    found = answers(planner, line, now)
    assert set(found) <= set(runs)
    soonest = min((arrival for _, arrival in runs), default=None)
    if soonest is not None and soonest < now + 2 * A_DAY:
        assert min((arrival for _, arrival in found), default=None) == soonest


@given(LINE, NOW)
def test_who_has_to_be_there_by_a_time_gets_the_run_that_leaves_last(
    planner: Planner, line: int, now: datetime
) -> None:
    runs = [run for run in runs_of(line, now) if run[1] <= now]
    found = answers(planner, line, now, arrive_by=True)
    assert set(found) <= set(runs)
    latest = max((departure for departure, _ in runs), default=None)
    if latest is not None and latest > now - REACH:
        assert max((departure for departure, _ in found), default=None) == latest


@given(LINE, NOW)
def test_the_first_and_the_last_run_of_a_day_are_those_of_its_list(
    planner: Planner, line: int, now: datetime
) -> None:
    begins = now.replace(hour=3, minute=0)
    begins -= timedelta(days=begins > now)
    ends = begins + A_DAY
    first, last = (answers(planner, line, now, when=when) for when in ("first", "last"))
    after = [run for run in runs_of(line, begins) if begins <= run[0]]
    soonest = min((arrival for _, arrival in after), default=None)
    assert set(first) <= set(after)
    if soonest is not None and soonest < ends + A_DAY:
        assert {arrival for _, arrival in first} == {soonest}
    before = [run for run in runs_of(line, begins) if run[1] <= ends]
    latest = max((departure for departure, _ in before), default=None)
    assert set(last) <= set(before)
    if latest is not None and latest > ends - REACH:
        assert {departure for departure, _ in last} == {latest}


@given(
    LINE,
    st.integers(2 * 48, (N_DAYS - 2) * 48),
    st.booleans(),
    st.sampled_from(("earlier", "later")),
)
def test_pages_over_days_neither_repeat_nor_skip(
    planner: Planner, line: int, half_hours: int, arrive_by: bool, side: str
) -> None:
    now = FIRST + timedelta(hours=half_hours / 2)
    every = [
        (FIRST + timedelta(days=day, seconds=trip.departure),
         FIRST + timedelta(days=day, seconds=trip.departure + trip.duration))
        for trip in LINES[line]
        for day in trip.days
        if trip.duration < 6 * HOUR  # longer ones are beaten from far beyond a page
    ]  # fmt: skip
    document = plan(planner, line, now, arrive_by=arrive_by)
    shown = spans(document)
    for _ in range(3):
        cursor = document["cursors"][side]
        if cursor is None:
            break
        document = plan(planner, line, now, arrive_by=arrive_by, cursor=cursor)
        page = spans(document)
        assert not set(page) & set(shown)
        shown += page
    best = {
        run
        for run in every
        if not any(other[0] >= run[0] and other[1] <= run[1] and other != run for other in every)
    }
    cursor = document["cursors"][side]
    outward = 1 if (side == "later") != arrive_by else -1
    nearest, farthest = sorted((0, outward * FAR_OFF if cursor is None else start_of(cursor)))
    for run in best:
        away = now - run[1] if arrive_by else run[0] - now
        near_end = run[1] if arrive_by else run[0]
        is_covered = FIRST <= near_end < FIRST + N_DAYS * A_DAY  # pages end with the feeds
        if nearest <= away.total_seconds() < farthest and is_covered:
            assert run in shown
