import copy
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cargo.check import check
from cargo.effort import Effort
from cargo.model import read_plan
from cargo.problem import Problem
from tests.cargo.facts import facts_of, plan_of, shifted
from tests.cargo.worlds import DAY, H, hub, parcel, random_parcels, two_towns

Plan = dict[str, Any]
FAR = ((43.02, 143.02), (43.02, 144.25))


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Three parcels by taxi, bus and taxi, one heavy one by van, some within a town."""
    parcels = [parcel(f"q{at}", *FAR, kg=10 + at, pieces=2) for at in range(3)]
    heavy = parcel("heavy", (43.03, 143.0), (43.05, 143.1), kg=400)
    hubs = (hub(0, 43.0, 143.0, storage_pieces=6), hub(1, 43.0, 144.23, storage_pieces=6))
    made = two_towns([*parcels, heavy, *random_parcels(4, 2)], hubs=hubs)
    terms: dict[str, Any] = {"refuses": ("explosives",), "largest_box": (100, 100, 100)}
    network = replace(
        made.network,
        trips=tuple(replace(one, **terms) for one in made.network.trips),
        fleets=tuple(replace(one, **terms) for one in made.network.fleets),
        apart=frozenset({frozenset({"food", "paint"})}),
    )
    return replace(made, network=network)


@pytest.fixture(scope="module")
def sound(problem: Problem) -> Plan:
    plan = plan_of(problem, Effort(seconds=60.0, iterations=2000))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    assert [step["kind"] for step in chain(plan, "q0")] == ["road", "hold", "trip", "hold", "road"]
    return plan


def row(plan: Plan, name: str) -> Plan:
    found: Plan = next(row for row in plan["shipments"] if row["id"] == name)
    return found


def chain(plan: Plan, name: str) -> list[Plan]:
    found: list[Plan] = row(plan, name)["chain"]
    return found


def sheet_of(plan: Plan, name: str) -> Plan:
    vehicle = chain(plan, name)[0]["vehicle"]
    found: Plan = next(sheet for sheet in plan["vehicles"] if sheet["id"] == vehicle)
    return found


def leave_too_early(plan: Plan) -> None:
    row(plan, "q0")["request"]["ready"] = "16:00"


def arrive_too_late(plan: Plan) -> None:
    row(plan, "q0")["request"]["due"] = "08:30"


def last_too_short(plan: Plan) -> None:
    row(plan, "q0")["request"]["max_hours"] = 1.0


def cost_too_much(plan: Plan) -> None:
    row(plan, "q0")["request"]["max_price"] = 100


def mix_goods_kept_apart(plan: Plan) -> None:
    row(plan, "q0")["request"]["goods"] = "food"
    row(plan, "q1")["request"]["goods"] = "paint"


def carry_refused_goods(plan: Plan) -> None:
    row(plan, "q0")["request"]["goods"] = "explosives"


def squeeze_a_box_in(plan: Plan) -> None:
    row(plan, "q0")["request"]["box_cm"] = [150, 20, 20]


def do_without_a_lift(plan: Plan) -> None:
    row(plan, "q0")["request"]["skills"] = ["tail_lift"]


def leave_it_alone(plan: Plan) -> None:
    row(plan, "q0")["request"]["accompanied"] = True


def stand_twice(plan: Plan) -> None:
    plan["shipments"].append(copy.deepcopy(plan["shipments"][0]))


def lose_between_hands(plan: Plan) -> None:
    chain(plan, "q0")[1]["from"] = shifted(chain(plan, "q0")[1]["from"], 60)


def hand_over_elsewhere(plan: Plan) -> None:
    chain(plan, "q0")[1]["at"]["hub"] = "h1"
    chain(plan, "q0")[1]["hub"] = "h1"


def skip_a_step(plan: Plan) -> None:
    del chain(plan, "q0")[1]


def start_elsewhere(plan: Plan) -> None:
    row(plan, "q0")["request"]["pickup"]["lat"] += 0.01


def ride_a_ghost_train(plan: Plan) -> None:
    chain(plan, "q0")[2]["trip_id"] = "f:nowhere"


def ride_on_another_day(plan: Plan) -> None:
    chain(plan, "q0")[2]["service_date"] = "2026-12-02"


def leave_off_the_timetable(plan: Plan) -> None:
    for step, key in ((1, "until"), (2, "departure")):
        chain(plan, "q0")[step][key] = shifted(chain(plan, "q0")[step][key], -300)


def use_another_rule(plan: Plan) -> None:
    chain(plan, "q0")[2]["rule"] = "rule-rail"


def load_at_a_wrong_stop(plan: Plan) -> None:
    chain(plan, "q0")[2]["from"]["stop_id"] = "f:s9"


def ride_backwards(plan: Plan) -> None:
    ends = chain(plan, "q0")[2]
    ends["from"]["position"], ends["to"]["position"] = 1, 0


def overload_the_bus(plan: Plan) -> None:
    for name in ("q0", "q1", "q2"):
        row(plan, name)["request"]["pieces"] = 4


def cool_in_an_ambient_bay(plan: Plan) -> None:
    row(plan, "q0")["request"]["temperature"] = "cool"


def change_too_often(plan: Plan) -> None:
    row(plan, "q0")["request"]["max_trips"] = 0


def overfill_the_hub(plan: Plan) -> None:
    for name in ("q0", "q1", "q2"):
        row(plan, name)["request"]["pieces"] = 3


def handle_in_no_time(plan: Plan) -> None:
    steps = chain(plan, "q0")
    steps[0]["arrival"] = steps[1]["from"] = steps[1]["until"]


def drive_too_fast(plan: Plan) -> None:
    visit = sheet_of(plan, "q0")["visits"][1]
    visit["arrival"] = shifted(visit["arrival"], -120)


def leave_before_loading(plan: Plan) -> None:
    visit = sheet_of(plan, "q0")["visits"][1]
    visit["arrival"] = shifted(visit["departure"], -10)


def work_at_night(plan: Plan) -> None:
    last = sheet_of(plan, "q0")["visits"][-1]
    last["arrival"] = last["departure"] = shifted(last["arrival"], 14 * H)


def come_back_loaded(plan: Plan) -> None:
    for visit in sheet_of(plan, "q0")["visits"]:
        visit["unload"] = []


def drive_an_unknown_fleet(plan: Plan) -> None:
    sheet_of(plan, "q0")["fleet"] = "nobody"


def leave_the_area(plan: Plan) -> None:
    taxi = next(sheet for sheet in plan["vehicles"] if sheet["kind"] == "taxi")
    taxi["visits"][1]["at"]["lat"] += 0.5


def overload_the_taxi(plan: Plan) -> None:
    row(plan, "q0")["request"]["kg"] = 99


def forget_the_sheet(plan: Plan) -> None:
    plan["vehicles"].remove(sheet_of(plan, "q0"))


def drive_twice_at_once(plan: Plan) -> None:
    twin = copy.deepcopy(sheet_of(plan, "q0"))
    twin["id"] += "x"
    plan["vehicles"].append(twin)


def start_away_from_base(plan: Plan) -> None:
    sheet_of(plan, "q0")["visits"][0]["at"]["lon"] += 0.01


def understate_the_bill(plan: Plan) -> None:
    sheet_of(plan, "q0")["cost"]["amount"] = "1"


def understate_the_kilometres(plan: Plan) -> None:
    plan["kpis"]["mixed"]["vehicle_km"] -= 1


def misstate_the_modes(plan: Plan) -> None:
    plan["kpis"]["mixed"]["parcels_by_mode"]["bus"] += 1


def misstate_a_manifest(plan: Plan) -> None:
    plan["trips"][0]["stops"][0]["load"].pop()


def misstate_a_load(plan: Plan) -> None:
    plan["trips"][0]["segments"][0]["kg"] += 1


def forget_a_manifest(plan: Plan) -> None:
    plan["trips"].pop()


def refuse_without_a_reason(plan: Plan) -> None:
    row(plan, "q0").update(status="rejected", chain=[], reason=None)


def inflate_the_comparison(plan: Plan) -> None:
    plan["kpis"]["separate"]["cost"]["amount"] = "99999999"


def carry_nothing_in_the_comparison(plan: Plan) -> None:
    plan["separate"]["vehicles"].pop()


def lag_behind_the_comparison(plan: Plan) -> None:
    plan["kpis"]["mixed"]["unserved_by_priority"]["0"] += 5


def boast_of_room(plan: Plan) -> None:
    plan["trips"][0]["segments"][0]["room_kg"] = 99999


def make_up_a_worth(plan: Plan) -> None:
    plan["trips"][0]["segments"][0]["one_more_box"] = {"amount": "999", "currency": "JPY"}


def owe_for_room(plan: Plan) -> None:
    plan["trips"][0]["segments"][0]["one_more_box"] = {"amount": "-1", "currency": "JPY"}


def fill_the_lines(plan: Plan) -> None:
    plan["kpis"]["mixed"]["line_load_factor"] = 0.9


def fill_the_vehicles(plan: Plan) -> None:
    plan["kpis"]["mixed"]["vehicle_load_factor"] = 5


def fill_the_vans(plan: Plan) -> None:
    plan["kpis"]["separate"]["vehicle_load_factor"] = 0.9


def fill_lines_of_the_comparison(plan: Plan) -> None:
    plan["kpis"]["separate"]["line_load_factor"] = 0.1


def bound_above_the_cost(plan: Plan) -> None:
    plan["lines"] |= {"bound": {"amount": "999999", "currency": "JPY"}, "gap_percent": 0}


def beat_the_bound(plan: Plan) -> None:
    plan["lines"]["gap_percent"] = -5


def widen_the_gap(plan: Plan) -> None:
    plan["lines"]["gap_percent"] += 1


def grow_the_mean_box(plan: Plan) -> None:
    plan["lines"]["box"]["kg"] += 1


def pay_in_dollars(plan: Plan) -> None:
    plan["currency"] = "USD"


def pay_one_sheet_in_dollars(plan: Plan) -> None:
    plan["vehicles"][0]["cost"] = {"amount": "1.00", "currency": "USD"}


def live_in_another_zone(plan: Plan) -> None:
    plan["timezone"] = "UTC"


def call_it_real(plan: Plan) -> None:
    plan["synthetic"] = False


def aim_at_cost_alone(plan: Plan) -> None:
    plan["objective"] = ["cost"]


def rename_the_line(plan: Plan) -> None:
    plan["trips"][0]["line_name"] = "express"


def rename_the_line_of_a_ride(plan: Plan) -> None:
    chain(plan, "q0")[2]["line_name"] = "express"


def find_fault_with_what_goes(plan: Plan) -> None:
    row(plan, "q0")["reason"] = {"code": "full", "message": "full", "message_ja": "満載"}


def refuse_in_few_words(plan: Plan) -> None:
    empty = {"code": "", "message": "", "message_ja": ""}
    row(plan, "q0").update(status="rejected", chain=[], reason=empty)


def drive_a_vehicle_too_many(plan: Plan) -> None:
    sheet = sheet_of(plan, "q0")
    sheet["vehicle"] = f"{sheet['fleet']}/99"


def fill_a_segment(plan: Plan) -> None:
    plan["trips"][0]["segments"][0]["load_factor"]["kg"] += 0.1


def forget_the_room_of_a_segment(plan: Plan) -> None:
    plan["trips"][0]["segments"][0]["load_factor"]["pieces"] = None


def line_load(plan: Plan) -> Plan:
    found: Plan = plan["kpis"]["mixed"]["load_by_line"][0]
    return found


def fill_a_line(plan: Plan) -> None:
    line_load(plan)["mean"]["litres"] += 0.1


def top_a_line(plan: Plan) -> None:
    line_load(plan)["highest"]["pieces"] -= 0.1


def forget_a_line(plan: Plan) -> None:
    plan["kpis"]["mixed"]["load_by_line"].pop()


def rename_a_full_line(plan: Plan) -> None:
    line_load(plan)["line_name"] = "express"


def stretch_a_line(plan: Plan) -> None:
    line_load(plan)["segments"] += 1


def use_lines_in_the_comparison(plan: Plan) -> None:
    plan["kpis"]["separate"]["load_by_line"] = [line_load(plan)]


PLANTED: list[tuple[Callable[[Plan], None], str]] = [
    (leave_too_early, "ready"), (arrive_too_late, "due"), (last_too_short, "hours"),
    (cost_too_much, "price"), (mix_goods_kept_apart, "goods"), (carry_refused_goods, "goods"),
    (squeeze_a_box_in, "box"), (leave_it_alone, "attended"),
    (do_without_a_lift, "skill"),
    (stand_twice, "once"), (lose_between_hands, "custody"),
    (hand_over_elsewhere, "custody"), (skip_a_step, "chain"),
    (start_elsewhere, "place"), (ride_a_ghost_train, "trip"), (ride_on_another_day, "trip"),
    (leave_off_the_timetable, "timetable"), (use_another_rule, "rule"),
    (load_at_a_wrong_stop, "stop"), (ride_backwards, "position"), (overload_the_bus, "room"),
    (cool_in_an_ambient_bay, "temperature"), (change_too_often, "max_trips"),
    (overfill_the_hub, "storage"), (handle_in_no_time, "handling"), (drive_too_fast, "driving"),
    (leave_before_loading, "service"), (work_at_night, "shift"), (come_back_loaded, "sheet"),
    (drive_an_unknown_fleet, "fleet"), (leave_the_area, "area"),
    (overload_the_taxi, "vehicle_room"), (forget_the_sheet, "sheet"),
    (drive_twice_at_once, "overlap"), (start_away_from_base, "base"),
    (understate_the_bill, "figures"), (understate_the_kilometres, "kpis"),
    (misstate_the_modes, "kpis"), (misstate_a_manifest, "manifest"), (misstate_a_load, "manifest"),
    (forget_a_manifest, "manifest"), (refuse_without_a_reason, "reason"),
    (inflate_the_comparison, "kpis"), (carry_nothing_in_the_comparison, "separate"),
    (lag_behind_the_comparison, "objective"),
    (boast_of_room, "manifest"), (make_up_a_worth, "worth"), (owe_for_room, "worth"),
    (fill_the_lines, "kpis"), (fill_the_vehicles, "kpis"), (fill_the_vans, "kpis"),
    (fill_lines_of_the_comparison, "kpis"), (bound_above_the_cost, "bound"),
    (beat_the_bound, "bound"), (widen_the_gap, "bound"), (grow_the_mean_box, "bound"),
    (pay_in_dollars, "head"), (pay_one_sheet_in_dollars, "head"), (live_in_another_zone, "head"),
    (call_it_real, "head"), (aim_at_cost_alone, "head"), (rename_the_line, "name"),
    (rename_the_line_of_a_ride, "name"), (find_fault_with_what_goes, "reason"),
    (refuse_in_few_words, "reason"),
    (drive_a_vehicle_too_many, "fleet"), (fill_a_segment, "manifest"),
    (forget_the_room_of_a_segment, "manifest"), (fill_a_line, "kpis"), (top_a_line, "kpis"),
    (forget_a_line, "kpis"), (rename_a_full_line, "name"), (stretch_a_line, "kpis"),
    (use_lines_in_the_comparison, "kpis"),
]  # fmt: skip


@pytest.mark.parametrize(("plant", "rule"), PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_a_planted_violation_is_found(
    plant: Callable[[Plan], None], rule: str, sound: Plan, problem: Problem
) -> None:
    plan = copy.deepcopy(sound)
    plant(plan)
    found = {one.rule for one in check(read_plan(plan, "plan"), facts_of(problem.network))}
    assert rule in found


def test_staff_and_licences_are_asked_of_the_region(sound: Plan, problem: Problem) -> None:
    facts = facts_of(problem.network)
    hubs = {name: replace(one, staff=(0, 3600)) for name, one in facts.hubs.items()}
    rules = {name: replace(one, licensed=frozenset({"f:s0"})) for name, one in facts.rules.items()}
    found = {
        one.rule
        for other in (replace(facts, hubs=hubs), replace(facts, rules=rules))
        for one in check(read_plan(sound, "plan"), other)
    }
    assert found == {"staff", "licence"}


def test_room_that_the_ledger_has_given_away_counts(sound: Plan, problem: Problem) -> None:
    step = chain(sound, "q0")[2]
    key = (step["trip_id"], step["service_date"], step["start_time"])
    facts = facts_of(problem.network, {(key, 0): (95, 0, 0)})
    assert "room" in {one.rule for one in check(read_plan(sound, "plan"), facts)}


def test_room_on_another_ledger_is_measured_by_the_bay(sound: Plan, problem: Problem) -> None:
    step = chain(sound, "q0")[2]
    key = (step["trip_id"], step["service_date"], step["start_time"])
    other = replace(facts_of(problem.network, {(key, 0): (1, 0, 0)}), ledger_version=7)
    assert check(read_plan(sound, "plan"), other) == []
    plan = copy.deepcopy(sound)
    boast_of_room(plan)
    assert "manifest" in {one.rule for one in check(read_plan(plan, "plan"), other)}
    known = replace(other, ledger_version=0)
    assert "manifest" in {one.rule for one in check(read_plan(sound, "plan"), known)}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
def test_times_without_a_zone_are_the_regions_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch, problem: Problem, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        facts = facts_of(problem.network)
        assert facts.clock(f"{DAY}T09:30", 0) == facts.clock("09:30", 0) == 34_200
        assert facts.clock(f"{DAY}T09:30:00+09:00", 0) == 34_200
    finally:
        monkeypatch.undo()
        time.tzset()
