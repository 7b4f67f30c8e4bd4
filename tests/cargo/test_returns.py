"""Returns and other shipments that follow a delivery."""

import copy
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.check import check
from cargo.effort import Effort
from cargo.errors import DocumentError
from cargo.loading import Assignment
from cargo.model import read_plan, read_shipments
from cargo.network import Room
from cargo.options import all_options
from cargo.problem import TimedShipment, timed
from cargo.returns import leaders, without_followers, without_orphans
from cargo.shipment import Shipment
from routing.layout import NONE
from tests.cargo.facts import STYLE, ZONE, facts_of, plan_of, shifted
from tests.cargo.worlds import H, clock, fleet, hub, parcel, random_parcels, two_towns

Plan = dict[str, Any]
A, B = (43.0, 143.0), (43.0, 144.23)
FAR = ((43.02, 143.02), (43.02, 144.25))
QUICK = Effort(seconds=0.5, iterations=400, seed=1)


def with_returns(rows: list[TimedShipment], **asked: Any) -> list[TimedShipment]:
    """Shipments that ask for the same return, and their returns."""
    found = []
    for row in rows:
        fields = {**row.document.model_dump(exclude_none=True), "returns": {"kg": 1, **asked}}
        parts = Shipment.model_validate(fields).with_return()
        found += [timed(one, STYLE.base_epoch, ZONE, "test") for one in parts]
    return found


def status(plan: Plan) -> dict[str, str]:
    return {row["id"]: row["status"] for row in plan["shipments"]}


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 5), st.booleans(), st.sampled_from((15, 18, 22)))
def test_plans_with_returns_pass_the_checker(seed: int, n: int, tight: bool, by: int) -> None:
    rows = random_parcels(n, seed)
    back = with_returns(rows[: n // 2 + 1], by=clock(by * H)) + rows[n // 2 + 1 :]
    fleets = (fleet("ta", "taxi", *A, vehicles=1), fleet("va", "van", *A, vehicles=1))
    problem = two_towns(back, **({"fleets": fleets} if tight else {}))
    plan = plan_of(problem, replace(QUICK, seed=seed % 7))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    found = status(plan)
    for row, asked in zip(plan["shipments"], problem.shipments, strict=True):
        if asked.document.follows is not None and row["status"] == "planned":
            assert found[asked.document.follows] == "planned"


def test_the_order_is_found_whenever_one_vehicle_can_keep_it() -> None:
    # one van, n deliveries around its base with a return each: a round trip a parcel always does
    rng = random.Random(3)
    rows = [
        parcel(f"p{at}", A, (43.0 + rng.uniform(-0.1, 0.1), 143.1 + rng.uniform(0, 0.1)))
        for at in range(6)
    ]
    van = fleet("va", "van", *A, vehicles=1)
    problem = two_towns(with_returns(rows), fleets=(van,), trips=(), hubs=(hub(0, *A),))
    plan = plan_of(problem, Effort(seconds=60.0, iterations=3000))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    assert set(status(plan).values()) == {"planned"}
    figures = plan["kpis"]["mixed"]
    assert figures["following"] == {"shipments": 6, "planned": 6, "pieces": 6}
    without = plan_of(two_towns(rows, fleets=(van,), trips=(), hubs=(hub(0, *A),)), QUICK)
    # boxes are taken back from the door where they were brought: no way is driven twice for them
    assert figures["vehicle_km"] <= 1.05 * without["kpis"]["mixed"]["vehicle_km"]


def test_an_empty_box_goes_back_by_the_next_trip() -> None:
    row = parcel("p", *FAR, due=14 * H)
    taxis = tuple(fleet(name, "taxi", *at) for name, at in (("ta", A), ("tb", B)))
    problem = two_towns(with_returns([row]), fleets=taxis)
    plan = plan_of(problem, Effort(seconds=60.0, iterations=1000))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    assert status(plan) == {"p": "planned", "p/return": "planned"}
    there, back = ([s["trip_id"] for s in one["chain"] if s["kind"] == "trip"]
                   for one in plan["shipments"])  # fmt: skip
    assert there == ["f:ab0"]
    assert back in (["f:ba1"], ["f:ba2"])


def test_what_follows_a_refused_shipment_stays_and_says_so() -> None:
    row = parcel("p", *FAR, kg=5000)
    other = parcel("q", *FAR, follows="p")
    plan = plan_of(two_towns([row, other]), QUICK)
    assert status(plan) == {"p": "rejected", "q": "rejected"}
    why = plan["shipments"][1]["reason"]
    assert why["code"] == "not_delivered"
    assert why["remedy"] == {"shipment": "p"}
    assert "「p」" in why["message_ja"]


def test_a_return_that_comes_too_late_does_not_cost_the_delivery() -> None:
    row = parcel("p", *FAR, ready=8 * H, due=20 * H)
    back = with_returns([row], by="09:00")
    problem = two_towns(back)
    plan = plan_of(problem, QUICK)
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    assert status(plan) == {"p": "planned", "p/return": "rejected"}
    assert plan["shipments"][1]["reason"]["code"] != "not_delivered"


def test_priority_of_a_delivery_outweighs_its_return() -> None:
    goods = parcel("p", *FAR, priority=3)
    rows = with_returns([goods], priority=3)
    assert rows[0].rank > rows[1].rank > 2
    assert leaders(two_towns(rows)) == {1: 0}


@pytest.fixture(scope="module")
def sound() -> Plan:
    rows = with_returns([parcel("p", *FAR), parcel("q", *FAR)], pieces=2)
    problem = two_towns(rows, **WORLD)
    plan = plan_of(problem, Effort(seconds=60.0, iterations=1500))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    assert set(status(plan).values()) == {"planned"}
    assert len(plan["separate"]["planned"]) == 4
    return plan


WORLD: dict[str, Any] = {"hubs": (hub(0, *A), hub(1, *B))}


def leave_before_the_delivery(plan: Plan) -> None:
    chain = plan["shipments"][0]["chain"][-1]
    chain["arrival"] = shifted(chain["arrival"], 8 * H)


def swap_the_order(plan: Plan) -> None:
    for row in plan["shipments"]:
        if row["id"] == "p":
            row["request"]["follows"] = "q/return"
            del row["request"]["returns"]


def lose_the_return(plan: Plan) -> None:
    plan["shipments"] = [row for row in plan["shipments"] if row["id"] != "p/return"]


def bring_back_less(plan: Plan) -> None:
    plan["shipments"][1]["request"]["pieces"] = 1


def bring_it_elsewhere(plan: Plan) -> None:
    plan["shipments"][0]["request"]["returns"]["to"] = {"lat": 43.2, "lon": 143.0}


def bring_it_later(plan: Plan) -> None:
    plan["shipments"][0]["request"]["returns"]["by"] = "11:11"


def leave_the_delivery_behind(plan: Plan) -> None:
    first = plan["shipments"][0]
    first |= {"status": "rejected", "chain": [], "reason": {
        "code": "full", "message": "", "message_ja": ""}}  # fmt: skip


def follow_nobody(plan: Plan) -> None:
    plan["shipments"][1]["request"]["follows"] = "ghost"


def leave_the_van_first(plan: Plan) -> None:
    """The van of separate operation fetches the return before it brings the goods."""
    for sheet in plan["separate"]["vehicles"]:
        visits = sheet["visits"]
        at = next((k for k, one in enumerate(visits) if "p" in one["unload"]), None)
        if at is not None:
            visits[at]["unload"].remove("p")
            visits[-2]["unload"].append("p")
            visits[-2]["arrival"] = shifted(visits[-2]["arrival"], 8 * H)


def ask_for_none(plan: Plan) -> None:
    asking = next(row for row in plan["shipments"] if row["request"].get("returns"))
    del asking["request"]["returns"]


def count_wrongly(plan: Plan) -> None:
    plan["kpis"]["mixed"]["following"]["pieces"] += 1


PLANTED: dict[Callable[[Plan], None], str] = {
    leave_before_the_delivery: "order",
    swap_the_order: "order",
    lose_the_return: "order",
    bring_back_less: "order",
    bring_it_elsewhere: "order",
    bring_it_later: "order",
    leave_the_delivery_behind: "order",
    follow_nobody: "order",
    leave_the_van_first: "order",
    ask_for_none: "order",
    count_wrongly: "kpis",
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_the_checker_finds_planted_faults(sound: Plan, plant: Callable[[Plan], None]) -> None:
    plan = copy.deepcopy(sound)
    plant(plan)
    network = two_towns([], **WORLD).network
    rules = {one.rule for one in check(read_plan(plan, "plan"), facts_of(network))}
    assert PLANTED[plant] in rules


ROW = {
    "id": "p", "pickup": {"lat": 43, "lon": 143}, "delivery": {"lat": 43, "lon": 144}, "kg": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{**ROW, "follows": "q"}], "'p' follows 'q', which is not there"),
        ([{**ROW, "follows": "p"}], "'p' follows 'p', which follows another one itself"),
        ([{**ROW, "returns": {"kg": -1}}], r"shipments.0.returns.kg: .*greater than 0"),
        ([{**ROW, "returns": {"kg": 1, "by": "noon"}}], r"returns.by: not a time"),
        ([{**ROW, "returns": {"kg": 1, "weight": 3}}], r"returns.weight: unknown key"),
        ([{**ROW, "returns": {"kg": 1, "to": {"lat": 43, "lon": 144}}}], "place of the delivery"),
        ([{**ROW, "ready": "09:00", "returns": {"kg": 1, "by": "08:00"}}], "not after ready"),
        ([{**ROW, "returns": {"kg": 1}}, {**ROW, "id": "p/return"}], "needs the id 'p/return'"),
        ([ROW, {**ROW, "id": "p/return", "follows": "p"}], "ask for it by `returns`"),
        ([{**ROW, "id": "x" * 98, "returns": {"kg": 1}}], "at most 93 fit"),
        ([ROW, {**ROW, "id": "q", "follows": "p", "returns": {"kg": 1}}], "return of its own"),
    ],
)
def test_bad_returns_are_refused(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_shipments({"shipments": rows}, "file")


def test_returns_of_a_document_become_shipments() -> None:
    batch = read_shipments(
        {"shipments": [{**ROW, "returns": {"kg": 2, "pieces": 3, "by": "17:00"}}]}, "file"
    )
    there, back = batch.with_returns
    assert (back.id, back.follows, back.due, back.pieces) == ("p/return", "p", "17:00", 3)
    assert (back.pickup, back.delivery) == (there.delivery, there.pickup)
    assert timed(back, STYLE.base_epoch, ZONE, "file").room == Room(2, 0, 3)


def test_a_plan_without_a_delivery_has_no_return_of_it() -> None:
    problem = two_towns(with_returns([parcel("p", *FAR), parcel("q", *FAR)]))
    catalogue = all_options(problem)
    chosen = [int(first) for first in catalogue.first_option[:-1]]
    of = [catalogue.options[option] for option in chosen]
    tasks = tuple(task for one in of for task in (2 * one.first_job, 2 * one.first_job + 1))
    whole = Assignment(tuple(chosen), (tasks,))
    assert without_orphans(whole, catalogue, leaders(problem)) == whole
    left = Assignment((NONE, *chosen[1:]), (tasks[2:],))  # without p, so without its return
    found = without_orphans(left, catalogue, leaders(problem))
    assert found == Assignment((NONE, NONE, *chosen[2:]), (tasks[4:],))


def test_a_delivery_is_due_in_time_for_the_drive_of_its_return() -> None:
    problem = two_towns(with_returns([parcel("p", *FAR)], by=clock(15 * H)))
    there, back = without_followers(problem).shipments
    drive = problem.quickest(problem.pickup_spot[1], problem.delivery_spot[1])
    service = int(problem.service_spot[problem.pickup_spot[1]])
    assert there.due == 15 * H - drive - service < problem.shipments[0].due
    assert back.is_held
