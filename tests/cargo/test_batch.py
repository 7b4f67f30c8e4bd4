import json
import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.batch import plan_batch
from cargo.chains import ChainSearch
from cargo.check import check
from cargo.effort import Effort
from cargo.line_choice import Lesson, LineChoice
from cargo.line_plan import LineEffort
from cargo.line_worth import _gap_percent
from cargo.loading import Loader
from cargo.model import read_plan
from cargo.network import Room
from cargo.operation_planner import OperationPlanner
from cargo.options import MOST_DEPARTURES
from cargo.problem import Problem
from cargo.schedule import Operation
from cargo.storage import surplus_of
from cargo.worth import worth
from routing.layout import NONE
from tests.cargo.facts import facts_of, plan_of
from tests.cargo.worlds import H, fleet, hub, parcel, random_parcels, trip, two_towns

QUICK = Effort(seconds=0.3, iterations=300, seed=1)
A, B = (43.0, 143.0), (43.0, 144.23)
NEAR_A, NEAR_B = (43.01, 143.01), (43.01, 144.24)


def checked(problem: Problem, effort: Effort = QUICK) -> dict[str, Any]:
    plan = plan_of(problem, effort)
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    return plan


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(0, 12), st.booleans(), st.booleans())
def test_random_plans_pass_the_checker_and_are_no_worse_than_separate(
    seed: int, n: int, tight: bool, no_vans: bool
) -> None:
    problem = two_towns(random_parcels(n, seed))
    network = problem.network
    if tight:
        small = tuple(
            replace(one, room=(Room(20, 100, 2),), bay=Room(20, 100, 2)) for one in network.trips
        )
        network = replace(network, trips=small)
    if no_vans:
        kept = tuple(one for one in network.fleets if one.kind == "taxi")
        problem = two_towns(random_parcels(n, seed), fleets=kept)
        network = replace(network, fleets=problem.network.fleets)
    plan = checked(replace(problem, network=network))
    assert len(plan["shipments"]) == n


def test_a_plan_keeps_goods_on_the_way_no_longer_than_they_last() -> None:
    # taxi, bus and taxi take about 2.1 hours with all handling, the van 3.7 from door to door
    ends = (43.01, 143.01), (43.01, 144.24)
    lasting = [
        parcel(f"p{at}", *ends, max_hours=hours) for at, hours in enumerate((1, 2.2, 2.5, 4))
    ]
    at_hubs = [parcel("hub", A, B, max_hours=1.6), parcel("free", A, B)]
    plan = checked(two_towns([*lasting, *at_hubs]))
    status = {row["id"]: row["status"] for row in plan["shipments"]}
    assert status.pop("p0") == "rejected"
    assert set(status.values()) == {"planned"}
    assert plan["shipments"][0]["reason"]["code"] == "transit_hours"


def test_a_plan_leaves_behind_what_costs_more_than_it_may() -> None:
    ends = (43.01, 143.01), (43.01, 144.24)
    prices = {"cheap": 100, "fair": 6000, "rich": 30000}
    rows = [parcel(name, *ends, max_price=price) for name, price in prices.items()]
    plan = checked(
        two_towns([*rows, parcel("any", *ends), parcel("far", A, (43.3, 143.0), max_price=9)])
    )
    status = {row["id"]: row["status"] for row in plan["shipments"]}
    assert {name for name, one in status.items() if one == "rejected"} == {"far", "cheap"}
    codes = [row["reason"]["code"] for row in plan["shipments"] if "reason" in row]
    assert codes == ["price", "price"]
    assert "far" in plan["separate"]["rejected"]


def test_a_plan_keeps_goods_apart_that_must_not_meet() -> None:
    ends = (43.01, 143.01), (43.01, 144.24)
    rows = [
        parcel(f"{goods}{at}", *ends, goods=goods) for at in range(3) for goods in ("food", "paint")
    ]
    problem = two_towns(rows)
    network = replace(problem.network, apart=frozenset({frozenset({"food", "paint"})}))
    plan = checked(replace(problem, network=network))
    left = [row["reason"]["code"] for row in plan["shipments"] if row["status"] == "rejected"]
    assert len(left) < len(rows)
    assert set(left) <= {"incompatible"}


def test_parcels_ride_taxi_bus_taxi_where_the_van_is_dear() -> None:
    parcels = [parcel(f"p{at}", (43.01, 143.01), (43.01, 144.24)) for at in range(4)]
    plan = checked(two_towns(parcels))
    kinds = [step["kind"] for step in plan["shipments"][0]["chain"]]
    assert kinds == ["road", "hold", "trip", "hold", "road"]
    assert plan["kpis"]["mixed"]["shipments_by_mode"] == {"bus": 4, "taxi": 4}
    mixed, separate = plan["kpis"]["mixed"], plan["kpis"]["separate"]
    assert float(mixed["cost"]["amount"]) < float(separate["cost"]["amount"])


def test_a_door_beside_the_hub_needs_no_vehicle() -> None:
    plan = checked(two_towns([parcel("p", A, B)]))
    assert [step["kind"] for step in plan["shipments"][0]["chain"]] == ["hold", "trip", "hold"]
    assert plan["vehicles"] == []


def test_two_trips_are_joined_where_one_does_not_go_through() -> None:
    middle, end = (43.0, 143.6), (43.0, 144.23)
    hubs = (hub(0, *A), hub(1, *middle), hub(2, *end))
    trips = (
        trip("west", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)], "rail"),
        trip("east", [(1, 11 * H, 11 * H), (2, 12 * H, 12 * H)], "bus"),
    )
    plan = checked(two_towns([parcel("p", A, end)], hubs=hubs, trips=trips))
    modes = [step["mode"] for step in plan["shipments"][0]["chain"] if step["kind"] == "trip"]
    assert modes == ["rail", "bus"]


def test_no_more_hangs_on_a_trip_than_its_bay_holds() -> None:
    parcels = [parcel(f"p{at}", A, B, kg=40, due=12 * H) for at in range(5)]
    trips = (trip("only", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)], room=Room(100, 500, 10)),)
    plan = checked(two_towns(parcels, trips=trips, fleets=()))
    assert [row["status"] for row in plan["shipments"]].count("planned") == 2
    assert {row["reason"]["code"] for row in plan["shipments"] if row["status"] == "rejected"} == {
        "full"
    }


def test_the_higher_priority_gets_the_last_place() -> None:
    trips = (trip("only", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)], room=Room(50, 500, 10)),)
    parcels = [parcel(f"p{at}", A, B, kg=40, priority=at) for at in range(4)]
    plan = checked(two_towns(parcels, trips=trips, fleets=()))
    assert [row["status"] for row in plan["shipments"]] == ["rejected"] * 3 + ["planned"]


def test_a_hub_never_holds_more_pieces_than_it_has_room_for() -> None:
    hubs = (hub(0, *A, storage_pieces=3), hub(1, *B))
    parcels = [parcel(f"p{at}", A, B, due=13 * H + 1800) for at in range(8)]
    trips = (
        trip("early", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)]),
        trip("late", [(0, 12 * H, 12 * H), (1, 13 * H, 13 * H)]),
    )
    plan = checked(two_towns(parcels, hubs=hubs, trips=trips, fleets=()))
    assert plan["kpis"]["mixed"]["planned"] == 3


@pytest.mark.parametrize("storage", [1, 2, 3, 5, 8])
def test_hubs_at_both_ends_are_filled_with_the_same_goods(storage: int) -> None:
    hubs = (hub(0, *A, storage_pieces=storage), hub(1, *B, storage_pieces=storage))
    parcels = [parcel(f"p{at}", NEAR_A, NEAR_B, due=12 * H) for at in range(8)]
    trips = (trip("only", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)]),)
    fleets = (fleet("ta", "taxi", *A, vehicles=8), fleet("tb", "taxi", *B, vehicles=8))
    plan = checked(two_towns(parcels, hubs=hubs, trips=trips, fleets=fleets))
    assert plan["kpis"]["mixed"]["planned"] == storage
    reasons = [row["reason"] for row in plan["shipments"] if row["status"] == "rejected"]
    assert {reason["code"] for reason in reasons} <= {"storage"}
    assert all(reason["remedy"]["storage_pieces"] == storage + 1 for reason in reasons)


def test_what_storage_left_behind_is_put_back_where_it_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even if all goods are said to overflow once, and none of their ways may be tried again."""
    left: list[int] = []

    def all_at_first(operation: Operation) -> Iterator[int]:
        riding = [at for at, option in operation.chosen() if option.rides]
        if riding and not left:
            left.extend(riding)
            return iter(riding)
        return surplus_of(operation)

    monkeypatch.setattr("cargo.operation_planner.surplus_of", all_at_first)
    hubs = (hub(0, *A, storage_pieces=3), hub(1, *B, storage_pieces=3))
    parcels = [parcel(f"p{at}", A, B, due=12 * H) for at in range(8)]
    trips = (trip("only", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)]),)
    plan = checked(two_towns(parcels, hubs=hubs, trips=trips, fleets=()))
    assert len(left) == 8
    assert plan["kpis"]["mixed"]["planned"] == 3


def test_what_one_hub_leaves_behind_takes_no_room_at_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stays = {0: [(0, 5, 1, 0), (0, 6, 1, 1)], 1: [(7, 8, 1, 1), (7, 9, 1, 0)]}
    monkeypatch.setattr("cargo.storage.occupancy", lambda _, at: list(stays[at]))
    hubs = (hub(0, *A, storage_pieces=1), hub(1, *B, storage_pieces=1))
    problem = two_towns([parcel("a", A, B), parcel("b", A, B)], hubs=hubs)
    operation = cast("Operation", SimpleNamespace(problem=problem))
    assert list(surplus_of(operation)) == [1]


def test_goods_heavier_than_any_vehicle_are_refused_with_a_reason() -> None:
    plan = checked(two_towns([parcel("huge", A, B, kg=5000), parcel("small", A, B)]))
    assert [row["status"] for row in plan["shipments"]] == ["rejected", "planned"]
    reason = plan["shipments"][0]["reason"]
    assert reason["code"] == "too_large"
    assert reason["remedy"] == {"split_into": 5}


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_to_use_is_an_answer(n: int) -> None:
    problem = two_towns(random_parcels(n, 3), hubs=(), trips=(), fleets=())
    assert checked(problem)["kpis"]["mixed"]["planned"] == 0


def test_the_same_seed_gives_the_same_plan_when_iterations_end_the_search() -> None:
    problem = two_towns(random_parcels(10, 5))
    effort = Effort(seconds=60.0, iterations=200, seed=7)
    found = [plan_batch(problem, effort) for _ in range(2)]
    assert found[0].mixed.assignment == found[1].mixed.assignment


def test_cancelling_ends_with_a_sound_plan() -> None:
    problem = two_towns(random_parcels(10, 5))
    plan = plan_batch(problem, Effort(seconds=60.0, is_cancelled=lambda: True))
    assert worth(plan.mixed) <= worth(plan.separate)


def test_a_taxi_stays_in_its_area() -> None:
    far = parcel("far", (43.2, 143.0), (43.0, 143.05))  # 22 km from the base of the taxis
    fleets = (fleet("ta", "taxi", *A),)
    plan = checked(two_towns([far], fleets=fleets))
    assert plan["shipments"][0]["reason"]["code"] == "out_of_reach"


def crowded() -> Problem:
    """More parcels than the one bus holds; who does not ride goes by a dear van."""
    trips = (
        trip("one", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)], room=Room(100, 500, 3)),
        trip(
            "two", [(0, 12 * H, 12 * H), (1, 13 * H, 13 * H)], price_per_piece=400.0, rule_id="dear"
        ),
    )
    return two_towns([parcel(f"p{at}", A, B) for at in range(6)], trips=trips)


def test_the_report_says_what_one_more_box_is_worth() -> None:
    plan = checked(crowded())
    lines = plan["lines"]
    assert lines["gap_percent"] == 0.0
    assert float(lines["bound"]["amount"]) == 3 * 150 + 3 * 400
    assert [row["trip_id"] for row in lines["scarce"]] == ["f:one"]
    assert lines["scarce"][0]["one_more_box"] == {"amount": "250", "currency": "JPY"}
    assert "09:00" in lines["scarce"][0]["message"]
    worths = {
        sheet["trip_id"]: sheet["segments"][0]["one_more_box"]["amount"] for sheet in plan["trips"]
    }
    assert worths == {"f:one": "250", "f:two": "0"}


def test_a_plan_by_iterations_repeats_to_the_byte() -> None:
    problem = two_towns(random_parcels(9, 6))
    effort = Effort(seed=3).by_iterations(300)
    assert json.dumps(plan_of(problem, effort)) == json.dumps(plan_of(problem, effort))


@settings(max_examples=25)
@given(st.integers(1, 90), st.booleans())
def test_hardly_any_work_is_done_after_a_cancel(moment: int, has_returns: bool) -> None:
    """Wherever planning is cancelled the plan is sound, and no search goes on."""
    asked, after = [0], {"iterations": 0, "label searches": 0, "tables": 0}
    rows = random_parcels(6, 8)
    if has_returns:
        rows.append(parcel("back", A, B, follows="p0"))

    def is_cancelled() -> bool:
        asked[0] += 1
        return asked[0] > moment

    def counting(name: str, call: Any, amount: Any) -> Any:
        def counted(*given_to: Any, **more: Any) -> Any:
            after[name] += amount(given_to) if asked[0] > moment else 0
            return call(*given_to, **more)

        return counted

    problem = two_towns(rows)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, kind, amount in (
            (Loader, "_advance", "iterations", lambda given_to: given_to[1]),
            (ChainSearch, "run", "label searches", lambda _: 1),
            (OperationPlanner, "_use", "tables", lambda _: 1),
        ):
            patch.setattr(owner, name, counting(kind, getattr(owner, name), amount))
        effort = Effort(seconds=60.0, iterations=400, is_cancelled=is_cancelled)
        plan = plan_of(problem, effort)
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    assert after["iterations"] == 0
    assert after["label searches"] <= MOST_DEPARTURES  # those of one shipment
    assert after["tables"] <= 1


def test_progress_rises_to_the_end() -> None:
    told: list[tuple[str, float]] = []
    effort = replace(QUICK, on_progress=lambda stage, share: told.append((stage, share)))
    plan_batch(two_towns(random_parcels(5, 2)), effort)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[-1] == ("done", 1.0)
    assert any("lines" in stage for stage, _ in told)


def test_the_choice_of_lines_learns_what_road_ends_cost() -> None:
    problem = crowded()
    choice = LineChoice(problem, lambda: None)
    before = choice.plan(LineEffort(iterations=20))
    assert before.paths.n_rides.sum() == 6
    choice.learn([Lesson(at, NONE, True, 1.0) for at in range(6)])  # vans cost next to nothing
    for _ in range(12):
        choice.learn([Lesson(at, NONE, True, 1.0) for at in range(6)])
    assert choice.plan(LineEffort(iterations=20)).paths.n_rides.sum() == 0


def test_goods_that_last_just_as_long_as_their_way_are_planned() -> None:
    """The way begins when the door is left, not when handling begins there."""
    ends = (43.01, 143.01), (43.01, 144.24)
    taxis = tuple(one for one in two_towns([]).network.fleets if one.kind == "taxi")

    def on_the_way(**limits: Any) -> float | None:
        plan = checked(two_towns([parcel("p", *ends, **limits)], fleets=taxis))
        chain = plan["shipments"][0].get("chain")
        if not chain:
            return None
        leaves, comes = (
            datetime.fromisoformat(time) for time in (chain[0]["departure"], chain[-1]["arrival"])
        )
        return (comes - leaves).total_seconds() / 3600

    least = on_the_way()
    assert least is not None
    while (hours := on_the_way(max_hours=least - 1 / 3600)) is not None:
        assert hours < least
        least = hours
    assert on_the_way(max_hours=least) == least
    minutes = 3 + 4 + 90 + 4 + 3  # to the hub, handling there, bus, handling, from the hub
    assert least == pytest.approx(minutes / 60)


def test_a_price_limit_is_held_to_the_yen() -> None:
    ends = (43.01, 143.01), (43.01, 144.24)
    taxis = tuple(one for one in two_towns([]).network.fleets if one.kind == "taxi")

    def planned(**limits: Any) -> dict[str, Any]:
        return checked(two_towns([parcel("p", *ends, **limits)], fleets=taxis))

    cost = float(planned()["kpis"]["mixed"]["cost"]["amount"])
    assert planned(max_price=math.ceil(cost))["shipments"][0]["status"] == "planned"
    refused = planned(max_price=math.floor(cost) - 1)["shipments"][0]
    assert (refused["status"], refused["reason"]["code"]) == ("rejected", "price")


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(2, 8))
def test_no_parcel_costs_more_than_it_may_whatever_rounds_it_shares(seed: int, n: int) -> None:
    """The check tells what each round would save without a parcel."""
    rng = random.Random(seed)
    limited = [
        replace(one, document=one.document.model_copy(update={"max_price": rng.randint(300, 4000)}))
        for one in random_parcels(n, seed)
    ]
    checked(two_towns(limited))


@pytest.mark.parametrize(
    ("cost", "gap"), [(1000.0 - 1e-9, "0.0"), (1000.0, "0.0"), (1010.0, "1.0")]
)
def test_a_gap_is_never_below_zero(cost: float, gap: str) -> None:
    assert str(_gap_percent(cost, 1000.0)) == gap
