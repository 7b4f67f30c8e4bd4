"""How far windows grow: the soonest journey of each number of rides is always among the answer."""

from datetime import datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest

from maas.build import build_region
from maas.planner import Planner, read_query
from tests.gtfs.feeds import write_feed
from tests.gtfs.strategies import table

ZONE = ZoneInfo("Asia/Tokyo")
DAY = datetime(2026, 10, 7, tzinfo=ZONE)
N_PAIRS = 80
MINUTE, HOUR = 60, 3600
CHANGE = 60  # s
REGION = """
name: Windows
timezone: Asia/Tokyo
synthetic: true
feeds: [{id: f, path: f.zip}]
walking: {limit_m: 500, transfer_limit_m: 100, change_time: 60}
"""
ENDS = {"d": "ab", "f": "am", "g": "mb"}

Run = tuple[int, int]  # departure and arrival, s after midnight


def runs(random: Random, most: int, lasts: tuple[int, int]) -> list[Run]:
    """Trips of a line on every day; they may overtake each other."""
    starts = random.sample(range(0, 22 * HOUR, 5 * MINUTE), random.randint(1, most))
    return [(start, start + random.randrange(*lasts, MINUTE)) for start in starts]


def drawn() -> list[dict[str, list[Run]]]:
    """For each pair of towns trips all the way (d), and half the way each (f, g)."""
    random = Random(7)

    def some() -> list[Run]:
        lasts = random.choice(((10 * MINUTE, HOUR), (10 * MINUTE, 9 * HOUR), (8 * HOUR, 9 * HOUR)))
        return runs(random, random.choice((3, 30, 200)), lasts)

    return [{line: some() for line in ENDS} for _ in range(N_PAIRS)]


PAIRS = drawn()


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:00"


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    folder = tmp_path_factory.mktemp("windows")
    trips = [
        (f"{line}{k}", n, ENDS[line], k, run)
        for k, pair in enumerate(PAIRS)
        for line in pair
        for n, run in enumerate(pair[line])
    ]
    write_feed(folder / "f.zip", {
        "stops.txt": table("stop_id,stop_name,stop_lat,stop_lon", [
            (f"{end}{k}", f"{end}{k}", 43 + y, 141 + k / 40)
            for k in range(N_PAIRS) for end, y in (("a", 0), ("m", 0.3), ("b", 0.6))
        ]),
        "routes.txt": table("route_id,agency_id,route_short_name,route_type", [
            (f"{line}{k}", "a", f"{line}{k}", 4) for k in range(N_PAIRS) for line in ENDS
        ]),
        "trips.txt": table("route_id,service_id,trip_id", [
            (line, "all", f"{line}-{n}") for line, n, _, _, _ in trips
        ]),
        "calendar.txt": None,
        "calendar_dates.txt": table("service_id,date,exception_type", [
            ("all", f"{DAY + timedelta(days=day):%Y%m%d}", 1) for day in range(-2, 4)
        ]),
        "stop_times.txt": table("trip_id,arrival_time,departure_time,stop_id,stop_sequence", [
            (f"{line}-{n}", clock(run[i]), clock(run[i]), f"{ends[i]}{k}", i)
            for line, n, ends, k, run in trips for i in range(2)
        ]),
    })  # fmt: skip
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    return Planner(build_region(folder / "region.yaml", folder / "built"))


def on_three_days(some: list[Run]) -> list[Run]:
    return [(a + day * 86_400, b + day * 86_400) for a, b in some for day in range(3)]


def soonest(pair: dict[str, list[Run]], now: int) -> dict[int, int]:
    """Earliest arrival with one ride, and with at most two, trying every pair of trips."""
    direct = [b for a, b in on_three_days(pair["d"]) if a >= now]
    both = [
        end
        for (leaves, changes), (goes, end) in product(
            on_three_days(pair["f"]), on_three_days(pair["g"])
        )
        if leaves >= now and goes >= changes + CHANGE
    ]
    return {0: min(direct), 1: min(direct + both)}


@pytest.mark.parametrize("which", range(N_PAIRS))
def test_the_soonest_for_each_number_of_rides_is_in_the_answer(
    planner: Planner, which: int
) -> None:
    for minute in range(0, 24 * 60, 97):
        now = DAY + timedelta(minutes=minute)
        query = read_query({"from": f"f:a{which}", "to": f"f:b{which}", "at": now.isoformat()})
        found = planner.plan(query)["itineraries"]
        for transfers, arrival in soonest(PAIRS[which], minute * MINUTE).items():
            arrivals = [
                datetime.fromisoformat(one["arrival"])
                for one in found
                if one["transfers"] <= transfers
            ]
            assert min(arrivals, default=None) == DAY + timedelta(seconds=arrival)
