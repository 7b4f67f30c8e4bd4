from collections.abc import Callable
from dataclasses import replace

import pytest

from cargo.check_joint import check_joint
from cargo.joint import Duty, JointDay, Outcome, Party, outcome_of
from cargo.joint_search import JointEffort, JointPlan, lessons, plan_joint
from cargo.network import Room
from routing.layout import NONE
from tests.cargo.worlds import H, StraightDriver, hub, parcel, trip, two_towns

Plant = Callable[[JointDay, Outcome], tuple[JointDay, Outcome]]
A, B = (43.0, 143.0), (43.0, 144.23)
N = 12


@pytest.fixture(scope="module")
def day() -> JointDay:
    """Parcels from town A to town B, where a bus goes and taxis take people about."""
    parcels = [
        parcel(f"q{at}", (43.02, 143.0 + at / 500), (43.02, 144.23 + at / 500)) for at in range(N)
    ]
    trips = [
        trip(f"ab{at}", [(0, t, t), (1, t + 5400, t + 5400)], room=Room(100, 500, 4))
        for at, t in enumerate((9 * H, 11 * H, 13 * H, 15 * H))
    ]
    problem = two_towns(parcels, trips=tuple(trips))
    duties = tuple(
        Duty(at, fleet.vehicles, 4 if fleet.kind == "taxi" else 0)
        for at, fleet in enumerate(problem.network.fleets)
    )
    parties = tuple(
        Party(f"party{at}", (43.0, 143.0), (43.03, 143.02), (9 + at) * H, 900, 1.5, 2)
        for at in range(4)
    )
    return JointDay(problem, parties, duties, StraightDriver())


@pytest.fixture(scope="module")
def plan(day: JointDay) -> JointPlan:
    return plan_joint(day, JointEffort(seconds=2.0, seed=1))


def test_both_ways_of_operation_pass_the_check(day: JointDay, plan: JointPlan) -> None:
    assert check_joint(day, plan.separate) == []
    assert check_joint(day, plan.mixed) == []


def test_mixed_operation_saves_the_long_drive(plan: JointPlan) -> None:
    assert plan.separate.objective[0] == plan.mixed.objective[0] == 0
    assert plan.mixed.ways, "no parcel rides the bus"
    assert plan.mixed.objective < plan.separate.objective


def test_separate_operation_keeps_parcels_out_of_taxis(day: JointDay, plan: JointPlan) -> None:
    for row in plan.separate.plan.rounds:
        is_taxi = day.fleet_of(row.vehicle).kind == "taxi"
        assert all(("/" in visit.request) != is_taxi for visit in row.visits)


def test_lessons_tell_hubs_and_add_up_to_no_more_than_the_rounds(
    day: JointDay, plan: JointPlan
) -> None:
    found = list(lessons(day, plan.mixed))
    assert {lesson.hub for lesson in found} <= {NONE, 0, 1}
    assert {lesson.shipment for lesson in found} <= set(range(N))
    assert min(lesson.cost for lesson in found) >= 0


def test_goods_that_last_some_hours_are_carried_within_them(day: JointDay) -> None:
    # half of the parcels last 2.2 hours: about what a bus takes with a taxi at both ends
    shipments = tuple(
        replace(one, most=8000) if at % 2 else one for at, one in enumerate(day.problem.shipments)
    )
    short = replace(day, problem=replace(day.problem, shipments=shipments))
    plan = plan_joint(short, JointEffort(seconds=1.0, seed=1))
    for outcome in (plan.separate, plan.mixed):
        assert check_joint(short, outcome) == []
    assert any(at % 2 for at in plan.mixed.ways), "none of them rides the bus"


def test_parcels_that_would_cost_more_than_they_may_stay_behind(day: JointDay) -> None:
    # two minutes of service at both doors cost 160 by van, the bus is paid 150
    limited = with_prices(day, 140.0).problem.shipments
    mixture = tuple((limited if at % 3 == 0 else day.problem.shipments)[at] for at in range(N))
    cheap = replace(day, problem=replace(day.problem, shipments=mixture))
    plan = plan_joint(cheap, JointEffort(seconds=0.7, seed=1))
    for outcome in (plan.separate, plan.mixed):
        assert check_joint(cheap, outcome) == []
        assert sum(outcome.objective[1]) == N // 3


def test_goods_kept_apart_share_neither_vehicle_nor_bay(day: JointDay) -> None:
    apart = keep_apart(day)
    plan = plan_joint(apart, JointEffort(seconds=0.7, seed=1))
    for outcome in (plan.separate, plan.mixed):
        assert check_joint(apart, outcome) == []
    assert sum(plan.mixed.objective[1]) < N


def overload(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    trips = tuple(replace(one, room=(Room(1, 1, 0),)) for one in day.problem.network.trips)
    network = replace(day.problem.network, trips=trips)
    return replace(day, problem=replace(day.problem, network=network)), mixed


def close_the_trips(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    trips = tuple(replace(one, departs=(0, 1)) for one in day.problem.network.trips)
    network = replace(day.problem.network, trips=trips)
    return replace(day, problem=replace(day.problem, network=network)), mixed


def handle_slowly(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    hubs = (hub(0, *A, handling=5 * H), hub(1, *B))
    network = replace(day.problem.network, hubs=hubs)
    return replace(day, problem=replace(day.problem, network=network)), mixed


def close_the_hubs(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    hubs = tuple(replace(one, opens=H, closes=2 * H) for one in day.problem.network.hubs)
    network = replace(day.problem.network, hubs=hubs)
    return replace(day, problem=replace(day.problem, network=network)), mixed


def send_staff_home(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    hubs = tuple(replace(one, staff=(H, 2 * H)) for one in day.problem.network.hubs)
    network = replace(day.problem.network, hubs=hubs)
    return replace(day, problem=replace(day.problem, network=network)), mixed


def lose_the_licence(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    trips = tuple(
        replace(one, calls=tuple(replace(call, is_licensed=False) for call in one.calls))
        for one in day.problem.network.trips
    )
    network = replace(day.problem.network, trips=trips)
    return replace(day, problem=replace(day.problem, network=network)), mixed


def stop_briefly(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    trips = tuple(
        replace(one, calls=tuple(replace(call, is_end=False) for call in one.calls))
        for one in day.problem.network.trips
    )
    network = replace(day.problem.network, trips=trips)
    return replace(day, problem=replace(day.problem, network=network)), mixed


def forbid_trips(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    shipments = tuple(
        replace(one, document=one.document.model_copy(update={"max_trips": 0}))
        for one in day.problem.shipments
    )
    return replace(day, problem=replace(day.problem, shipments=shipments)), mixed


def last_too_short(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    shipments = tuple(replace(one, most=60) for one in day.problem.shipments)
    return replace(day, problem=replace(day.problem, shipments=shipments)), mixed


def with_prices(day: JointDay, most: float) -> JointDay:
    shipments = tuple(
        replace(one, document=one.document.model_copy(update={"max_price": most}))
        for one in day.problem.shipments
    )
    return replace(day, problem=replace(day.problem, shipments=shipments))


def cost_too_much(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    return with_prices(day, 149.0), mixed


def with_terms(day: JointDay, **terms: object) -> JointDay:
    trips = tuple(replace(one, **terms) for one in day.problem.network.trips)  # type: ignore[arg-type]
    return replace(
        day, problem=replace(day.problem, network=replace(day.problem.network, trips=trips))
    )


def with_goods(day: JointDay, **fields: object) -> JointDay:
    shipments = tuple(
        replace(one, document=one.document.model_copy(update=fields))
        for one in day.problem.shipments
    )
    return replace(day, problem=replace(day.problem, shipments=shipments))


def keep_apart(day: JointDay) -> JointDay:
    """Every parcel excludes every other one."""
    network = replace(day.problem.network, apart=frozenset({frozenset({"acid"})}))
    return with_goods(replace(day, problem=replace(day.problem, network=network)), goods="acid")


def mix_goods(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    return keep_apart(day), mixed


def carry_refused_goods(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    return with_terms(with_goods(day, goods="acid"), refuses=("acid",)), mixed


def squeeze_boxes_in(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    return with_terms(with_goods(day, box_cm=(9, 9, 99)), largest_box=(50, 50, 50)), mixed


def do_without_a_lift(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    return with_goods(day, skills=("tail_lift",)), mixed


def leave_them_alone(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    return with_goods(day, accompanied=True), mixed


def be_ready_late(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    shipments = tuple(replace(one, ready=20 * H) for one in day.problem.shipments)
    return replace(day, problem=replace(day.problem, shipments=shipments)), mixed


def be_due_early(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    shipments = tuple(replace(one, due=7 * H) for one in day.problem.shipments)
    return replace(day, problem=replace(day.problem, shipments=shipments)), mixed


def ask_later(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    parties = tuple(replace(party, asked=party.asked + 2 * H) for party in day.parties)
    return replace(day, parties=parties), mixed


def forget_the_lines(day: JointDay, mixed: Outcome) -> tuple[JointDay, Outcome]:
    return day, outcome_of(day, {}, mixed.road, mixed.plan)


@pytest.mark.parametrize(
    ("plant", "rule"),
    [(overload, "room"), (close_the_trips, "departs"), (handle_slowly, "handling"),
     (be_ready_late, "ready"), (be_due_early, "due"), (ask_later, "wait"),
     (forget_the_lines, "chain"), (close_the_hubs, "hub_hours"), (stop_briefly, "dwell"),
     (forbid_trips, "max_trips"), (last_too_short, "hours"),
     (cost_too_much, "price"), (mix_goods, "goods"), (carry_refused_goods, "goods"),
     (squeeze_boxes_in, "box"), (leave_them_alone, "attended"),
     (do_without_a_lift, "skill"),
     (send_staff_home, "staff"), (lose_the_licence, "licence")],
)  # fmt: skip
def test_planted_violations_are_found(
    plant: Plant, rule: str, day: JointDay, plan: JointPlan
) -> None:
    assert rule in {one.rule for one in check_joint(*plant(day, plan.mixed))}


def test_a_day_without_anything_is_an_empty_plan() -> None:
    empty = JointDay(two_towns([]), (), (), StraightDriver())
    plan = plan_joint(empty, JointEffort(seconds=0.2))
    assert plan.mixed.objective == plan.separate.objective == (0, (0,) * 10, 0, 0)


def test_cancelled_planning_gives_what_it_has(day: JointDay) -> None:
    plan = plan_joint(day, JointEffort(seconds=60.0, is_cancelled=lambda: True))
    assert plan.mixed.objective <= plan.separate.objective
    assert check_joint(day, plan.mixed) == []
