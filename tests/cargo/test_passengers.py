import copy
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.check import check
from cargo.effort import Effort
from cargo.errors import DocumentError
from cargo.model import read_passengers, read_plan
from cargo.moments import seconds_of
from cargo.passengers import TimedParty, timed_party
from cargo.problem import DAY_END, Problem
from tests.cargo.facts import facts_of, plan_of, shifted
from tests.cargo.worlds import H, clock, fleet, hub, parcel, party, random_parcels, two_towns

Plan = dict[str, Any]
A, NEAR = (43.0, 143.0), (43.03, 143.02)
QUICK = Effort(seed=1).by_iterations(800)


def checked(problem: Problem, effort: Effort = QUICK) -> Plan:
    plan = plan_of(problem, effort)
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    return plan


def reason_of(one: TimedParty, **changes: Any) -> str:
    plan = checked(two_towns([], parties=(one,), **changes))
    assert plan["passengers"][0]["status"] == "refused"
    found: str = plan["passengers"][0]["reason"]["code"]
    return found


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(0, 6), st.integers(1, 6), st.integers(0, 3))
def test_random_days_pass_the_check_and_passengers_come_first(
    seed: int, n_parcels: int, n_parties: int, spread: int
) -> None:
    parties = [
        party(
            f"party{at}", (43.0 + at / 500, 143.0), (43.03, 143.02 + spread * at / 300),
            8 * H + 900 * (at // 2), people=1 + (seed + at) % 4,
        )
        for at in range(n_parties)
    ]  # fmt: skip
    plan = checked(two_towns(random_parcels(n_parcels, seed), parties=parties))
    kpis = plan["kpis"]
    left = [kpis[way]["passengers"]["parties"] - kpis[way]["passengers"]["carried"]
            for way in ("mixed", "separate")]  # fmt: skip
    assert left[0] <= left[1]


def test_one_taxi_carries_a_parcel_and_then_a_party() -> None:
    fleets = (fleet("ta", "taxi", *A, vehicles=1),)
    parcels = [parcel("p", A, NEAR, ready=8 * H, due=10 * H)]
    plan = checked(two_towns(parcels, fleets=fleets, parties=[party("ann", NEAR, A, 9 * H)]))
    assert plan["kpis"]["mixed"]["passengers"]["shared_taxis"] == 1
    assert plan["kpis"]["separate"]["planned"] == 0, "separate operation has no vans here"
    assert plan["kpis"]["separate"]["passengers"]["carried"] == 1


def test_two_parties_on_one_way_share_a_taxi_within_their_limits() -> None:
    fleets = (fleet("ta", "taxi", *A, vehicles=1),)
    parties = [party(name, A, NEAR, 9 * H, people=2) for name in ("ann", "bob")]
    plan = checked(two_towns([], fleets=fleets, parties=parties))
    assert [row["status"] for row in plan["passengers"]] == ["carried", "carried"]
    crowded = [party(name, A, NEAR, 9 * H, people=3, max_wait=60) for name in ("ann", "bob")]
    plan = checked(two_towns([], fleets=fleets, parties=crowded))
    refused = [row for row in plan["passengers"] if row["status"] == "refused"]
    assert [row["reason"]["code"] for row in refused] == ["full"]


def test_a_party_in_a_wheelchair_takes_a_taxi_with_a_place() -> None:
    fleets = (fleet("plain", "taxi", *A), fleet("ramp", "taxi", *A, wheelchairs=1))
    plan = checked(
        two_towns([], fleets=fleets, parties=[party("ann", A, NEAR, 9 * H, wheelchairs=1)])
    )
    assert plan["passengers"][0]["vehicle"].startswith("ramp/")


def test_limits_of_goods_hold_beside_passengers() -> None:
    fleets = (fleet("ta", "taxi", *A, vehicles=1),)
    parcels = [
        parcel("fresh", A, NEAR, max_hours=0.5),
        parcel("cheap", A, NEAR, max_price=10),
        parcel("fair", A, NEAR, max_price=10_000),
    ]
    plan = checked(two_towns(parcels, fleets=fleets, parties=[party("ann", NEAR, A, 9 * H)]))
    status = {row["id"]: row["status"] for row in plan["shipments"]}
    assert status == {"fresh": "planned", "cheap": "rejected", "fair": "planned"}


def test_a_full_hub_is_emptied_beside_passengers() -> None:
    hubs = (hub(0, *A, storage_pieces=2), hub(1, 43.0, 144.23))
    parcels = [parcel(f"p{at}", A, (43.0, 144.23), due=13 * H) for at in range(5)]
    fleets = (fleet("ta", "taxi", *A), fleet("tb", "taxi", 43.0, 144.23))
    plan = checked(
        two_towns(parcels, hubs=hubs, fleets=fleets, parties=[party("ann", NEAR, A, 9 * H)])
    )
    assert plan["kpis"]["mixed"]["planned"] < 5
    assert plan["passengers"][0]["status"] == "carried"


def test_cancelled_planning_is_sound_and_says_so() -> None:
    effort = Effort(seconds=60.0, is_cancelled=lambda: True)
    plan = checked(
        two_towns([parcel("p", A, NEAR)], parties=[party("ann", NEAR, A, 9 * H)]), effort
    )
    assert plan["passengers"][0]["reason"]["code"] == "cancelled"


def test_refusals_say_why() -> None:
    assert reason_of(party("far", (44.0, 143.0), (44.03, 143.0), 9 * H)) == "out_of_reach"
    assert reason_of(party("none", A, NEAR, 9 * H), fleets=()) == "out_of_reach"
    assert reason_of(party("crowd", A, NEAR, 9 * H, people=9)) == "too_many_people"
    assert reason_of(party("chair", A, NEAR, 9 * H, wheelchairs=1)) == "no_wheelchair_place"
    assert reason_of(party("night", A, NEAR, 3 * H)) == "wait_too_short"
    assert reason_of(party("hasty", A, NEAR, 9 * H, max_ride=5)) == "ride_too_short"


@pytest.mark.parametrize(
    ("code", "fields", "changes"),
    [
        ("wait_too_short", {"max_wait"}, {"earliest": 5 * H}),
        ("too_late", {"latest"}, {"latest": "09:01"}),
        ("ride_too_short", {"max_ride"}, {"max_ride": 5}),
        ("wait_too_short", {"max_wait", "max_ride"}, {"earliest": 5 * H, "max_ride": 5}),
        ("taxis_closed", {"fleet", "closes"}, {"earliest": 23 * H - 120}),
        ("no_wheelchair_place", {"fleet", "wheelchair_places"}, {"wheelchairs": 1}),
    ],
)
def test_the_remedy_of_a_refusal_names_what_binds_and_is_just_enough(
    code: str, fields: set[str], changes: Plan
) -> None:
    ends = {"id": "ann", "from": {"lat": A[0], "lon": A[1]}, "to": {"lat": NEAR[0], "lon": NEAR[1]}}
    row = {**ends, **changes, "earliest": clock(changes.get("earliest", 9 * H))}
    taxi: Plan = {"wheelchairs": 0, "closes": 23 * H}

    def planned(row: Plan, taxi: Plan) -> Plan:
        fleets = (fleet("ta", "taxi", *A, **taxi),)
        (document,) = read_passengers({"passengers": [row]}, "passengers.json").passengers
        one = timed_party(document, 0, ZoneInfo("Asia/Tokyo"), DAY_END, "passengers.json")
        found: Plan = checked(two_towns([], fleets=fleets, parties=(one,)))["passengers"][0]
        return found

    reason = planned(row, taxi)["reason"]
    assert reason["code"] == code
    remedy = reason["remedy"]
    assert remedy.keys() == fields
    for name in fields & {"max_wait", "latest", "max_ride"}:
        assert str(remedy[name]) in reason["message"]
        assert str(remedy[name]) in reason["message_ja"]

    def applied(less: int) -> Plan:
        changed, able = dict(row), dict(taxi)
        for name, value in remedy.items():
            if name in {"max_wait", "max_ride"}:
                changed[name] = value - less
            elif name == "latest":
                changed[name] = clock(seconds_of(value, 0, ZoneInfo("Asia/Tokyo")) - less)
            elif name == "closes":
                able[name] = seconds_of(value, 0, ZoneInfo("Asia/Tokyo")) - less
            elif name == "wheelchair_places":
                able["wheelchairs"] = value - less
        return planned(changed, able)

    assert applied(0)["status"] == "carried"
    assert applied(1)["status"] == "refused"


def test_who_is_out_of_reach_needs_a_nearer_base() -> None:
    far = ((44.0, 143.0), (44.03, 143.0))
    plan = checked(two_towns([], parties=(party("far", *far, 9 * H),)))
    assert plan["passengers"][0]["reason"]["remedy"] == {"fleet": "nearer"}
    nearer = (fleet("ta", "taxi", 44.01, 143.0),)
    plan = checked(two_towns([], fleets=nearer, parties=(party("far", *far, 9 * H),)))
    assert plan["passengers"][0]["status"] == "carried"


def test_of_two_fleets_the_one_that_misses_least_is_named() -> None:
    fleets = (
        fleet("late", "taxi", *A, opens=12 * H),
        fleet("soon", "taxi", *A, opens=10 * H),
    )
    plan = checked(two_towns([], fleets=fleets, parties=(party("ann", A, NEAR, 9 * H),)))
    assert plan["passengers"][0]["reason"]["remedy"] == {"max_wait": H}


def test_one_more_vehicle_is_asked_of_a_fleet_that_could_carry_it() -> None:
    fleets = (fleet("late", "taxi", *A, opens=12 * H), fleet("ta", "taxi", *A, vehicles=1))
    crowds = [party(name, A, NEAR, 9 * H, people=3, max_wait=60) for name in ("ann", "bob")]
    plan = checked(two_towns([], fleets=fleets, parties=crowds))
    (refused,) = (row for row in plan["passengers"] if row["status"] == "refused")
    assert refused["reason"]["remedy"] == {"vehicles": 1, "fleet": "ta"}


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"latest": "08:00"}, "widen the window"), ({"wheelchairs": 3}, "count them too"),
     ({"earliest": "soon"}, "not a time"), ({"people": 0}, "people"),
     ({"max_weight": 3}, "max_weight")],
)  # fmt: skip
def test_contradictions_are_refused(changes: Plan, text: str) -> None:
    ends = {"from": {"lat": 43, "lon": 143}, "to": {"lat": 43, "lon": 144}}
    row = {"id": "ann", **ends, "earliest": "09:00", "people": 2, **changes}
    with pytest.raises(DocumentError, match=text):
        read_passengers({"passengers": [row]}, "passengers.json")


def test_a_party_of_another_day_is_refused() -> None:
    document = party("ann", A, NEAR, 9 * H, latest="10:00").document
    late = document.model_copy(update={"earliest": "31:00", "latest": None})
    with pytest.raises(DocumentError, match="outside the date"):
        timed_party(late, 0, ZoneInfo("Asia/Tokyo"), DAY_END, "passengers.json")


# --- planted violations -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def world() -> Problem:
    fleets = (fleet("ta", "taxi", *A, vehicles=1, wheelchairs=1), fleet("va", "van", *A))
    parcels = [parcel("p", A, NEAR, ready=8 * H, due=10 * H)]
    parties = [party("ann", NEAR, A, 9 * H, people=2), party("bob", A, NEAR, 12 * H)]
    return two_towns(parcels, fleets=fleets, parties=parties)


@pytest.fixture(scope="module")
def sound(world: Problem) -> Plan:
    plan = checked(world)
    assert {row["status"] for row in plan["passengers"]} == {"carried"}
    return plan


def ann(plan: Plan) -> Plan:
    found: Plan = plan["passengers"][0]
    return found


def sheet(plan: Plan) -> Plan:
    found: Plan = next(row for row in plan["vehicles"] if row["id"] == ann(plan)["vehicle"])
    return found


def visit(plan: Plan, word: str) -> Plan:
    found: Plan = next(row for row in sheet(plan)["visits"] if "ann" in row.get(word, ()))
    return found


def ask_later(plan: Plan) -> None:
    for rows in (plan["passengers"], plan["separate"]["passengers"]):
        rows[0]["request"]["earliest"] = "11:00"


def wait_less(plan: Plan) -> None:
    for rows in (plan["passengers"], plan["separate"]["passengers"]):
        rows[0]["request"] |= {"max_wait": 0, "earliest": "08:00"}


def ride_less(plan: Plan) -> None:
    for rows in (plan["passengers"], plan["separate"]["passengers"]):
        rows[0]["request"]["max_ride"] = 1


def be_there_sooner(plan: Plan) -> None:
    for rows in (plan["passengers"], plan["separate"]["passengers"]):
        rows[0]["request"]["latest"] = "09:01"


def grow(plan: Plan) -> None:
    for rows in (plan["passengers"], plan["separate"]["passengers"]):
        rows[0]["request"]["people"] = 5


def need_places(plan: Plan) -> None:
    for rows in (plan["passengers"], plan["separate"]["passengers"]):
        rows[0]["request"]["wheelchairs"] = 2


def never_get_in(plan: Plan) -> None:
    visit(plan, "board")["board"] = []


def ride_with_others(plan: Plan) -> None:
    visit(plan, "board")["board"].append("bob")


def move(plan: Plan) -> None:
    visit(plan, "board")["at"]["lat"] += 0.001


def state_another_time(plan: Plan) -> None:
    ann(plan)["departure"] = shifted(ann(plan)["departure"], 60)


def arrive_elsewhen(plan: Plan) -> None:
    ann(plan)["arrival"] = shifted(ann(plan)["arrival"], 3600)


def handle_a_parcel_on_board(plan: Plan) -> None:
    visit(plan, "alight")["unload"] = ["p"]


def forget_a_party(plan: Plan) -> None:
    del plan["separate"]["passengers"][0]


def refuse_in_silence(plan: Plan) -> None:
    ann(plan)["status"] = "refused"


def boast(plan: Plan) -> None:
    plan["kpis"]["mixed"]["passengers"]["mean_wait_s"] = 0.5


def ride_a_van(plan: Plan) -> None:
    sheet(plan)["kind"] = "van"


@pytest.mark.parametrize(
    ("plant", "rule"),
    [(ask_later, "ready"), (wait_less, "wait"), (ride_less, "ride"), (be_there_sooner, "due"),
     (grow, "seats"), (need_places, "wheelchairs"), (never_get_in, "party"),
     (ride_with_others, "party"), (move, "place"), (state_another_time, "party"),
     (arrive_elsewhen, "party"), (handle_a_parcel_on_board, "parted"), (forget_a_party, "party"),
     (refuse_in_silence, "party"), (boast, "kpis"), (ride_a_van, "fleet")],
)  # fmt: skip
def test_planted_violations_are_found(
    plant: Callable[[Plan], None], rule: str, world: Problem, sound: Plan
) -> None:
    broken = copy.deepcopy(sound)
    plant(broken)
    found = check(read_plan(broken, "plan"), facts_of(world.network))
    assert rule in {one.rule for one in found}


def test_a_party_comes_before_any_parcel() -> None:
    """One taxi, two ways that must be begun at the same time; the parcel is urgent."""
    fleets = (fleet("ta", "taxi", *A, vehicles=1),)

    def planned(due: int, parties: Sequence[TimedParty]) -> Plan:
        urgent = parcel("p", A, (42.97, 142.98), 9 * H, due, priority=9)
        return checked(two_towns([urgent], fleets=fleets, parties=parties))

    dues = (9 * H + 60 * minutes for minutes in range(1, 60))
    due = next(due for due in dues if planned(due, [])["shipments"][0]["status"] == "planned")
    both = planned(due, [party("ann", A, NEAR, 9 * H, max_wait=60)])
    assert both["passengers"][0]["status"] == "carried"
    assert both["shipments"][0]["status"] == "rejected"
