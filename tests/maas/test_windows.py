"""How far a search goes: the soonest journeys are always found, and none before the next page."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from maas.build import build_region
from maas.feeders import Feeder, Ways
from maas.itinerary import Lane
from maas.planner import Planner, read_query
from maas.planner_pages import Cursor, _lies_in, _up_to_the_first
from maas.planner_search import ENOUGH, Horizon, LaneSearch
from routing.journey import Journey, Ride
from routing.layout import UNREACHED
from tests.gtfs.feeds import write_feed
from tests.gtfs.strategies import table

if TYPE_CHECKING:
    from maas.assembly import Assembler
    from maas.itinerary import Asked
    from maas.planner_directions import Direction
    from maas.planner_view import View
    from maas.region_fleets import TaxiFleet

ZONE = ZoneInfo("Asia/Tokyo")
DAY = datetime(2026, 10, 7, tzinfo=ZONE)
N_PAIRS = 80
RUNNING = range(-2, 4)  # days
MINUTE, HOUR = 60, 3600
TWO_DAYS = 48 * HOUR  # where the tables of a day end: what beats a journey may lie beyond
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
SLOW = [(hour * HOUR, hour * HOUR + 50 * MINUTE) for hour in range(6, 13)]
QUICK = [(13 * HOUR, 13 * HOUR + 5 * MINUTE), (14 * HOUR, 14 * HOUR + 5 * MINUTE)]


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:00"


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    folder = tmp_path_factory.mktemp("windows")
    trips = [
        (f"{line}{k}", n, ENDS[line], str(k), run)
        for k, pair in enumerate(PAIRS)
        for line in pair
        for n, run in enumerate(pair[line])
    ]
    trips += [("w", n, "xy", "", run) for n, run in enumerate(SLOW + QUICK)]
    write_feed(folder / "f.zip", {
        "stops.txt": table("stop_id,stop_name,stop_lat,stop_lon", [
            (f"{end}{k}", f"{end}{k}", 43 + y, 141 + k / 40)
            for k in range(N_PAIRS) for end, y in (("a", 0), ("m", 0.3), ("b", 0.6))
        ] + [("x", "x", 42, 140), ("y", "y", 42.01, 140)]),
        "routes.txt": table("route_id,agency_id,route_short_name,route_type", [
            (f"{line}{k}", "a", f"{line}{k}", 4) for k in range(N_PAIRS) for line in ENDS
        ] + [("w", "a", "w", 4)]),
        "trips.txt": table("route_id,service_id,trip_id", [
            (line, "all", f"{line}-{n}") for line, n, _, _, _ in trips
        ]),
        "calendar.txt": None,
        "calendar_dates.txt": table("service_id,date,exception_type", [
            ("all", f"{DAY + timedelta(days=day):%Y%m%d}", 1) for day in RUNNING
        ]),
        "stop_times.txt": table("trip_id,arrival_time,departure_time,stop_id,stop_sequence", [
            (f"{line}-{n}", clock(run[i]), clock(run[i]), f"{ends[i]}{k}", i)
            for line, n, ends, k, run in trips for i in range(2)
        ]),
    })  # fmt: skip
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    return Planner(build_region(folder / "region.yaml", folder / "built"))


def on_days(some: list[Run], days: range = range(3)) -> list[Run]:
    return [(a + day * 86_400, b + day * 86_400) for a, b in some for day in days]


def soonest(pair: dict[str, list[Run]], now: int) -> dict[int, int]:
    """Earliest arrival with one ride, and with at most two, trying every pair of trips."""
    direct = [b for a, b in on_days(pair["d"]) if a >= now]
    both = [
        end
        for (leaves, changes), (goes, end) in product(on_days(pair["f"]), on_days(pair["g"]))
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


def journeys(pair: dict[str, list[Run]]) -> set[tuple[int, int, int]]:
    """Departure, arrival and transfers of every choice of trips."""
    direct, first, second = (on_days(pair[line], RUNNING) for line in "dfg")
    found = {(leaves, arrives, 0) for leaves, arrives in direct}
    for leaves, changes in first:
        ends = [end for goes, end in second if goes >= changes + CHANGE]
        found |= {(leaves, end, 1) for end in ends if end == min(ends)}
    return found


def unbeaten(some: set[tuple[int, int, int]]) -> set[tuple[int, int, int]]:
    """The Pareto set of departure, arrival and transfers."""
    return {
        one
        for one in some
        if not any(
            other != one and other[0] >= one[0] and other[1] <= one[1] and other[2] <= one[2]
            for other in some
        )
    }


def next_page(answer: dict[str, Any], *, arrive_by: bool) -> int:
    """Seconds away from the asked time where the next page begins."""
    cursor = answer["cursors"]["earlier" if arrive_by else "later"]
    return int(json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1])


@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize("which", range(0, N_PAIRS, 4))
def test_nothing_unbeaten_begins_between_what_is_found_and_the_next_page(
    planner: Planner, which: int, *, arrive_by: bool
) -> None:
    every = unbeaten(journeys(PAIRS[which]))
    for minute in range(0, 24 * 60, 173):
        now = minute * MINUTE
        asked = {"from": f"f:a{which}", "to": f"f:b{which}", "arrive_by": arrive_by}
        at = (DAY + timedelta(minutes=minute)).isoformat()
        answer = planner.plan(read_query({**asked, "at": at, "max_itineraries": 50}))
        found = {
            (
                int((datetime.fromisoformat(one["departure"]) - DAY).total_seconds()),
                int((datetime.fromisoformat(one["arrival"]) - DAY).total_seconds()),
                one["transfers"],
            )
            for one in answer["itineraries"]
        }
        away = {one: now - one[1] if arrive_by else one[0] - now for one in every}
        ahead = {one for one in every if away[one] >= 0}
        assert {one for one in found if one[1] < TWO_DAYS} <= ahead
        assert len(found) >= min(ENOUGH, sum(away[one] < 12 * HOUR for one in ahead))
        end = next_page(answer, arrive_by=arrive_by)
        assert {one for one in ahead if away[one] < end} <= found


def test_rides_that_are_slower_than_the_walk_do_not_hide_a_quicker_one(planner: Planner) -> None:
    at = (DAY + timedelta(hours=5, minutes=50)).isoformat()
    asked = {"from": "f:x", "to": "f:y", "at": at, "max_walk_m": 3_000}
    found = planner.plan(read_query(asked))["itineraries"]
    modes = [[leg["mode"] for leg in one["legs"]] for one in found]
    walk = found[modes.index(["walk"])]
    assert QUICK[0][1] - QUICK[0][0] < walk["duration_s"] < SLOW[0][1] - SLOW[0][0]
    ridden = [one["departure"] for one in found if len(one["legs"]) == 1 and one is not walk]
    assert ridden == [(DAY + timedelta(seconds=start)).isoformat() for start, _ in QUICK]


@dataclass
class Heard:
    """A direction of searches without journeys that notes how far it was asked to look."""

    limits: list[int] = field(default_factory=list)

    def front(self, lane: Lane, at: int, limit: int, rides: int) -> tuple[Journey, ...]:
        """Find nothing."""
        del lane, at, rides
        self.limits.append(limit)
        return ()

    def soonest(
        self, opposite: "Direction", lane: Lane, at: int, limit: int, rides: int
    ) -> tuple[Journey, ...]:
        """Find nothing."""
        del opposite
        return self.front(lane, at, limit, rides)

    def moved(self, at: int, seconds: int) -> int:
        """Leave later."""
        return at + seconds


@pytest.mark.parametrize("direct", [20 * MINUTE, UNREACHED])
def test_called_vehicles_are_looked_for_no_farther_than_the_walk(direct: int) -> None:
    walk = Feeder("walk", Ways(*(np.zeros(1, np.int32) for _ in Ways._fields)))
    called = replace(walk, mode="taxi", carriers=(cast("TaxiFleet", object()),))
    heard = Heard()
    search = LaneSearch(
        cast("View", None), cast("Direction", heard), lambda: cast("Direction", heard),
        Horizon(0, None, direct, 5), cast("Assembler", None), cast("Asked", None),
    )  # fmt: skip
    for lane in (Lane(called, walk), Lane(walk, called)):
        assert search.journeys(lane) == []
    assert heard.limits == [min(TWO_DAYS, direct)] * 2


@dataclass
class Known(Heard):
    """A direction whose windows hold all that is over soonest."""

    def first_window(
        self, lane: Lane, at: int, limit: int, length: int, direct: int, rides: int
    ) -> tuple[tuple[Journey, ...], tuple[Journey, ...]]:
        """Find the first bus, boarded after a wait, and all from it on."""
        del limit
        soonest = (Journey(at, 900 + 600, (Ride(0, 0, 1),), 0, 0),)
        return soonest, self.between(lane, at, (900, length), direct, rides)

    def between(
        self, lane: Lane, at: int, span: tuple[int, int], direct: int, rides: int
    ) -> tuple[Journey, ...]:
        """Find a bus each quarter of an hour."""
        del lane, direct, rides
        ride = (Ride(0, 0, 1),)
        found = [Journey(start, start + 600, ride, 0, 0) for start in range(900, 4_600, 900)]
        return tuple(one for one in reversed(found) if span[0] <= one.departure - at < span[1])

    def away(self, journey: Journey, at: int) -> int:
        """Seconds until departure."""
        return journey.departure - at

    def far_end(self, journey: Journey) -> int:
        """Time of arrival."""
        return journey.arrival


@pytest.mark.parametrize("is_brief", [False, True])
def test_what_a_window_holds_is_not_searched_for_once_more(is_brief: bool) -> None:
    walk = Feeder("walk", Ways(*(np.zeros(1, np.int32) for _ in Ways._fields)))
    known = Known()

    def opposite() -> "Direction":
        pytest.fail("searched for a departure that is known")

    search = LaneSearch(
        cast("View", None), cast("Direction", known), opposite,
        Horizon(0, None, UNREACHED, 5), cast("Assembler", None), cast("Asked", None),
        is_brief=is_brief,
    )  # fmt: skip
    found = search.journeys(Lane(walk, walk))
    assert [one.departure for one in found] == [4_500, 3_600, 2_700, 1_800, 900]


@dataclass
class Late(Known):
    """A direction whose only journey begins after the first window."""

    def first_window(
        self, lane: Lane, at: int, limit: int, length: int, direct: int, rides: int
    ) -> tuple[tuple[Journey, ...], tuple[Journey, ...]]:
        """Find a bus after hours of waiting."""
        del lane, limit, length, direct, rides
        return (Journey(at, at + 3 * HOUR, (Ride(0, 0, 1),), 0, 0),), ()

    def spread(self, journey: Journey, at: int) -> int:
        """Seconds until arrival."""
        return journey.arrival - at


def test_a_brief_search_looks_no_farther_than_the_walk() -> None:
    walk = Feeder("walk", Ways(*(np.zeros(1, np.int32) for _ in Ways._fields)))

    def opposite() -> "Direction":
        pytest.fail("searched for a departure of what is over later than the walk")

    search = LaneSearch(
        cast("View", None), cast("Direction", Late()), opposite,
        Horizon(0, None, 2 * HOUR, 5), cast("Assembler", None), cast("Asked", None),
        is_brief=True,
    )  # fmt: skip
    assert search.journeys(Lane(walk, walk)) == []


@pytest.mark.parametrize("outward", [True, False])
def test_a_page_over_empty_times_begins_with_the_first_that_is_found(outward: bool) -> None:
    cursor = Cursor(0, 1_000, outward)
    keys = [1_300, 1_700] if outward else [700, 300]
    empty = _up_to_the_first(keys, cursor)
    found = [[_lies_in(key, cursor.span(empty + more)) for key in keys] for more in (0, 1, 400)]
    assert found == [[False, False], [True, False], [True, False]]
    assert _lies_in(keys[1], cursor.span(empty + 401))
