"""Trucks, buses on demand, vehicles that end elsewhere: in quotes, in plans, and in their check."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cargo.check import check
from cargo.dedicated import Window, dedicated_ride
from cargo.effort import Effort
from cargo.fleet_rounds import fleet_rounds
from cargo.model import read_plan
from cargo.network import Fleet, TimeOff
from cargo.problem import Problem
from cargo.quote import Quotes, in_time
from routing.layout import BoolArray, Float64Array
from tests.cargo.facts import facts_of, plan_of, shifted
from tests.cargo.worlds import H, fleet, parcel, party, random_parcels, two_towns

Plan = dict[str, Any]
A, B = (43.0, 143.0), (43.0, 144.23)
DEPOT = (43.02, 143.02)
SIESTA = TimeOff(12 * H, 15 * H, 3 * H)  # between two windows of a zone


def around_a(lat: Float64Array, lon: Float64Array) -> BoolArray:
    found: BoolArray = (abs(lat - A[0]) < 0.2) & (abs(lon - A[1]) < 0.2)
    return found


def north_of_a(lat: Float64Array, lon: Float64Array) -> BoolArray:
    found: BoolArray = around_a(lat, lon) & (lat > A[0])
    return found


BUS = fleet(
    "bus", "bus", *A, seats=8, wheelchairs=1, radius_m=None, profile="van", vehicles=1,
    picks_up=around_a, sets_down=north_of_a, breaks=(SIESTA,),
)  # fmt: skip
TRUCK = fleet("lorry", "truck", *A, seats=0, radius_m=None, end=DEPOT, fixed=2000.0)
FLEETS = (BUS, TRUCK, fleet("tb", "taxi", *B))


def planned(shipments: Sequence[Any], fleets: tuple[Fleet, ...], **changes: Any) -> tuple[Any, Any]:
    problem = two_towns(shipments, fleets=fleets, **changes)
    plan = plan_of(problem, Effort(seconds=0.3, iterations=150, seed=1))
    return plan, facts_of(problem.network)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(0, 2))
def test_plans_of_trucks_and_buses_pass_the_checker(seed: int, n: int, riders: int) -> None:
    parties = tuple(
        party(f"ann{at}", (43.01, 143.01), (43.05, 143.0 + 0.02 * at), 9 * H + 900 * at, people=3)
        for at in range(riders)
    )
    plan, facts = planned(random_parcels(n, seed), FLEETS, parties=parties)
    assert check(read_plan(plan, "plan"), facts) == []
    assert [row["status"] for row in plan["passengers"]] == ["carried"] * riders


def test_a_bus_stops_only_in_its_zone_and_stands_still_between_its_windows() -> None:
    north, south = (43.05, 143.0), (42.95, 143.0)
    alone = {"fleets": (BUS,), "trips": (), "hubs": ()}
    for ends, goes in (((south, north), True), ((north, south), False), ((south, B), False)):
        quotes = Quotes(two_towns([parcel("p", *ends)], **alone))
        assert bool(in_time(quotes.problem, quotes.offers())) == goes
    noon = two_towns([parcel("p", south, north, ready=11 * H + 3000)], **alone)
    (offer,) = Quotes(noon).offers()
    assert offer.first.start == 15 * H + noon.roads.drive("van", 0, noon.pickup_spot[0])[0]  # type: ignore[union-attr]


@settings(max_examples=60)
@given(
    st.integers(0, 24 * H), st.integers(0, 6 * H), st.integers(0, 24 * H), st.booleans(),
    st.integers(0, 3 * H),
)  # fmt: skip
def test_a_dedicated_ride_is_the_earliest_that_some_second_allows(
    earliest: int, room: int, due: int, ends_elsewhere: bool, off: int
) -> None:
    van = fleet(
        "v", "van", *A, breaks=(TimeOff(12 * H, 12 * H + off, off),) if off else (),
        end=DEPOT if ends_elsewhere else None,
    )  # fmt: skip
    problem = two_towns([parcel("p", (43.1, 143.1), (43.2, 143.0))], fleets=(van,), trips=())
    tail, head = problem.pickup_spot[0], problem.delivery_spot[0]
    ride = dedicated_ride(
        problem, 0, tail, head, Window(earliest, earliest + room), Window(0, due)
    )  # fmt: skip
    there = problem.roads.drive("van", problem.start_spot[0], tail)[0]
    lead = 120 + problem.roads.drive("van", tail, head)[0]
    back = 120 + problem.roads.drive("van", head, problem.end_spot[0])[0]
    shifts = [(8 * H, 12 * H), (12 * H + off, 20 * H)] if off else [(8 * H, 20 * H)]
    possible = [
        start
        for opens, closes in shifts
        for start in (max(earliest, opens + there),)
        if start <= earliest + room and start + lead <= due and start + lead + back <= closes
    ]
    assert (None if ride is None else ride.start) == min(possible, default=None)


def test_what_ends_elsewhere_drives_one_round_and_is_paid_to_its_end() -> None:
    taxi = fleet("t", "taxi", *A, vehicles=1, end=DEPOT)
    assert len(fleet_rounds([taxi], 1)) == 1
    assert len(fleet_rounds([replace(taxi, end=None)], 1)) > 1
    plan, facts = planned([parcel("p", (43.0, 143.01), (43.0, 143.03))], (TRUCK,), trips=())
    (sheet,) = plan["vehicles"]
    ends = [(visit["at"]["lat"], visit["at"]["lon"]) for visit in sheet["visits"]]
    assert (ends[0], ends[-1]) == (A, DEPOT)
    assert plan["shipments"][0]["chain"][0]["mode"] == "truck"
    assert plan["kpis"]["mixed"]["co2_g_by_kind"] == {"truck": sheet["co2_g"]}
    assert plan["separate"]["planned"] == ["p"]  # a truck is among the vehicles for goods alone
    assert check(read_plan(plan, "plan"), facts) == []


def test_passengers_go_by_bus_before_parcels_and_parcels_by_none_in_separate_operation() -> None:
    ends = (43.05, 142.99), (43.05, 143.02)
    rider = party("ann", *ends, 9 * H, people=6, wheelchairs=1, max_wait=300)
    goods = parcel("p", (43.0, 143.0), (43.19, 143.0), ready=9 * H - 1500, due=9 * H + 1500)
    plan, facts = planned([goods], (BUS,), trips=(), parties=(rider,))
    assert check(read_plan(plan, "plan"), facts) == []
    assert plan["passengers"][0]["vehicle"] == "bus/1/1"
    assert plan["separate"]["planned"] == []
    later = parcel("q", (43.0, 143.0), (43.05, 143.0), ready=10 * H, due=11 * H + 1800)
    plan, facts = planned([later], (BUS,), trips=(), parties=(rider,))
    assert plan["shipments"][0]["chain"][0]["mode"] == "drt"
    assert plan["kpis"]["mixed"]["passengers"]["shared_taxis"] == 1
    assert check(read_plan(plan, "plan"), facts) == []


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(1, 8), st.booleans()), max_size=4))
@example([(6, 8, True), (8, 1, True)])  # one within the other
def test_a_shift_is_parted_by_breaks_without_choice(rows: list[tuple[int, int, bool]]) -> None:
    breaks = tuple(
        TimeOff(opens, opens + length + (not is_fixed), length)
        for opens, length, is_fixed in sorted(rows)
    )
    van = fleet("v", "van", *A, opens=4, closes=20, breaks=breaks)
    at_work = {second for opens, closes in van.spans for second in range(opens, closes)}
    off = {
        second
        for opens, length, is_fixed in rows
        for second in range(opens, opens + length)
        if is_fixed
    }
    assert at_work == set(range(4, 20)) - off
    assert sum(closes - opens for opens, closes in van.spans) == len(at_work)


def test_a_party_between_two_windows_of_a_zone_is_told_what_would_do() -> None:
    ends = (43.05, 142.99), (43.05, 143.02)
    noon = party("ann", *ends, 13 * H, people=2, max_wait=600)
    plan, facts = planned([], (BUS,), trips=(), parties=(noon,))
    assert check(read_plan(plan, "plan"), facts) == []
    reason = plan["passengers"][0]["reason"]
    assert reason["code"] == "wait_too_short"
    longer = party("ann", *ends, 13 * H, people=2, max_wait=reason["remedy"]["max_wait"])
    plan, _ = planned([], (BUS,), trips=(), parties=(longer,))
    assert plan["passengers"][0]["status"] == "carried"


def test_what_is_not_out_leaves_its_place_to_dearer_vehicles() -> None:
    idle = [
        fleet(f"i{at}", "van", *A, opens=8 * H, closes=8 * H, per_km=1.0, per_hour=1.0, fixed=0.0)
        for at in range(2)
    ]
    problem = two_towns(
        [parcel("p", (43.0, 143.01), (43.0, 143.03))], fleets=(*idle, fleet("v", "van", *A))
    )
    assert in_time(problem, Quotes(problem).offers())


def _base(plan: Plan) -> None:
    plan["vehicles"][0]["visits"][-1]["at"].update(lat=A[0], lon=A[1])


def _mode(plan: Plan) -> None:
    plan["shipments"][0]["chain"][0]["mode"] = "van"


def _kind(plan: Plan) -> None:
    plan["vehicles"][0]["kind"] = "van"


def _co2(plan: Plan) -> None:
    plan["kpis"]["mixed"]["co2_g_by_kind"]["truck"] += 500


def _other_kind(plan: Plan) -> None:
    by_kind = plan["kpis"]["separate"]["co2_g_by_kind"]
    by_kind["van"] = by_kind.pop("truck")


def _twice(plan: Plan) -> None:
    again = copy.deepcopy(plan["vehicles"][0])
    again.update(id="lorry/1/2", round=2)
    for visit in again["visits"]:
        for key in ("arrival", "departure"):
            visit[key] = shifted(visit[key], 3 * H)
    plan["vehicles"].append(again)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [(_base, "base"), (_mode, "ride"), (_kind, "fleet"), (_co2, "kpis"), (_other_kind, "kpis"),
     (_twice, "base")],
)  # fmt: skip
def test_the_checker_finds_what_is_wrong_with_a_truck(
    spoil: Callable[[Plan], None], rule: str
) -> None:
    plan, facts = planned([parcel("p", (43.0, 143.01), (43.0, 143.03))], (TRUCK,), trips=())
    spoil(plan)
    assert rule in {one.rule for one in check(read_plan(plan, "plan"), facts)}


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"sets_down": lambda place: place[0] < A[0]}, "area"),
        ({"picks_up": lambda place: place[0] > A[0]}, "area"),
        ({"spans": ((15 * H, 23 * H),)}, "shift"),
        ({"spans": ((0, 0),)}, "shift"),  # a day on which the zone is not served
        ({"profile": "slow"}, "driving"),
        ({"vehicles": 0}, "fleet"),
    ],
)
def test_the_checker_finds_buses_outside_their_zone(fields: dict[str, Any], rule: str) -> None:
    goods = parcel("p", (42.98, 143.0), (43.05, 143.0), due=12 * H)
    plan, facts = planned([goods], (BUS,), trips=())
    assert check(read_plan(plan, "plan"), facts) == []

    def drive(profile: str, places: Sequence[tuple[float, float]]) -> Any:
        seconds, metres = facts.drive(profile, places)
        slower = np.array(seconds) * (2 if profile == "slow" else 1)
        return slower.tolist(), metres

    other = replace(facts, fleets={"bus": replace(facts.fleets["bus"], **fields)}, drive=drive)
    assert rule in {one.rule for one in check(read_plan(plan, "plan"), other)}


def test_spots_of_ends_come_after_those_of_beginnings() -> None:
    twin = replace(TRUCK, id="twin", start=DEPOT, end=A)
    problem: Problem = two_towns([], fleets=(TRUCK, twin, replace(TRUCK, id="third", start=B)))
    places = [(spot.lat, spot.lon) for spot in problem.roads.spots]
    assert [places[at] for at in problem.start_spot] == [A, DEPOT, B]
    assert [places[at] for at in problem.end_spot] == [DEPOT, A, DEPOT]
