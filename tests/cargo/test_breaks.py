"""Breaks of drivers: in the timing of a round, in plans, and in their check."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.check import check
from cargo.effort import Effort
from cargo.fleet_rounds import fleet_rounds
from cargo.kernels.steps import refresh
from cargo.kernels.timing import drive
from cargo.model import read_plan
from cargo.network import TimeOff
from cargo.pdp.check import check as check_rounds
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import make_plan
from cargo.pdp.search import Limits, Searcher
from cargo.pdp.state import empty_line, empty_rounds
from cargo.pdp.tables import make_tables
from routing.layout import NONE
from tests.cargo import pdp_oracles as oracles
from tests.cargo.facts import facts_of, plan_of, shifted
from tests.cargo.pdp_worlds import problems
from tests.cargo.worlds import H, fleet, parcel, random_parcels, two_towns

Plan = dict[str, Any]
A, B = (43.0, 143.0), (43.0, 144.23)
LUNCH = TimeOff(11 * H + 1800, 13 * H + 1800, 2700)


@settings(max_examples=300)
@given(problems(n_requests=2, n_vehicles=1, has_pauses=True, is_metric=False), st.data())
def test_a_round_takes_as_little_time_as_breaks_in_and_beside_it_allow(
    drawn: PdpProblem, data: st.DataObject
) -> None:
    (one,) = drawn.vehicles
    pauses = tuple(replace(pause, is_on_duty=data.draw(st.booleans())) for pause in one.pauses)
    problem = replace(drawn, vehicles=(replace(one, pauses=pauses),))
    some = range(data.draw(st.integers(1, 2)))
    tasks = data.draw(st.sampled_from(list(oracles.rounds_of(problem, some))))
    tables = make_tables(problem)
    rounds, line = empty_rounds(tables), empty_line(tables)
    rounds.size[0] = len(tasks)
    rounds.task[0, : len(tasks)] = tasks
    refresh(tables, rounds, line, 0)
    least = oracles.least_span(problem, problem.vehicles[0], tasks)
    found = drive(tables, rounds, line, 0, NONE, NONE, NONE, NONE, True)
    assert found == (NONE if least is None else least)
    possible = drive(tables, rounds, line, 0, NONE, NONE, NONE, NONE, False)
    assert (possible == NONE) == (least is None)


def test_a_break_lies_beside_a_round_where_that_is_shorter_though_it_ends_later() -> None:
    """Resting at the pickup until noon ends first; leaving at noon has no pay for the break."""
    errand = parcel("p", (43.0, 143.1), (43.0, 143.2), ready=11 * H + 1800, due=15 * H)
    hours: list[float] = []
    for breaks in ((), (TimeOff(11 * H, 12 * H + 1800, H),)):
        van = fleet("va", "van", *A, vehicles=1, breaks=breaks)
        problem = two_towns([errand], trips=(), fleets=(van,))
        plan = plan_of(problem, Effort(seconds=60.0, iterations=100))
        assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
        (sheet,) = plan["vehicles"]
        assert sheet["breaks"] == []
        hours.append(plan["kpis"]["mixed"]["driver_hours"])
    assert hours[0] == hours[1]


@given(problems(n_requests=4, has_pauses=True, is_metric=False), st.integers(0, 3))
def test_every_plan_keeps_breaks_that_may_lie_beside_rounds(drawn: PdpProblem, seed: int) -> None:
    vehicles = tuple(
        replace(one, pauses=tuple(replace(p, is_on_duty=False) for p in one.pauses))
        for one in drawn.vehicles
    )
    problem = replace(drawn, vehicles=vehicles)
    tables = make_tables(problem)
    tasks = Searcher(tables, seed=seed).run(Limits(60.0, iterations=40))
    assert check_rounds(problem, make_plan(problem, tables, tasks)) == []


@settings(max_examples=15)
@given(
    st.integers(0, 10**6),
    st.integers(1, 8),
    st.sampled_from(
        ((LUNCH,), (TimeOff(12 * H, 13 * H, H),), (LUNCH, TimeOff(15 * H, 17 * H, 900)))
    ),
)
def test_plans_with_breaks_pass_the_checker(seed: int, n: int, breaks: tuple[TimeOff, ...]) -> None:
    fleets = tuple(
        fleet(name, kind, *at, breaks=breaks, vehicles=1)
        for name, kind, at in (("ta", "taxi", A), ("tb", "taxi", B), ("va", "van", A))
    )
    problem = two_towns(random_parcels(n, seed), fleets=fleets)
    plan = plan_of(problem, Effort(seconds=0.3, iterations=200, seed=1))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []


def test_breaks_of_a_block_belong_to_one_round_or_part_the_shift() -> None:
    taxi = fleet("t", "taxi", *A, vehicles=3, opens=6 * H, closes=22 * H, breaks=(LUNCH,))
    for vehicle in (1, 2, 3):
        rows = [row for row in fleet_rounds([taxi], 3, 300) if row.vehicle == vehicle]
        assert sum(len(row.pauses) for row in rows) == 1
        held = next(row for row in rows if row.pauses)
        pause = held.pauses[0]
        assert held.opens <= pause.earliest <= pause.latest <= held.closes - LUNCH.length
    van = fleet("v", "van", *A, vehicles=1, breaks=(TimeOff(12 * H, 13 * H, H),))
    spans = [(row.opens, row.closes, row.pauses) for row in fleet_rounds([van], 1, 300)]
    assert spans == [(8 * H, 12 * H, ()), (13 * H, 20 * H, ())]


WORLD: Plan = {"fleets": (fleet("va", "van", *A, vehicles=1, breaks=(LUNCH,)),)}


@pytest.fixture(scope="module")
def sound() -> Plan:
    far = (43.3, 143.4)
    rows = [
        parcel("am", (43.0, 143.02), far, ready=10 * H, due=12 * H + 1800),
        parcel("pm", far, (43.0, 143.1), ready=12 * H + 1800, due=16 * H),
    ]
    problem = two_towns(rows, trips=(), **WORLD)
    plan = plan_of(problem, Effort(seconds=60.0, iterations=800))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    (sheet,) = plan["vehicles"]
    assert len(sheet["breaks"]) == 1
    return plan


def skip_it(plan: Plan) -> None:
    plan["vehicles"][0]["breaks"] = []


def hold_it_later(plan: Plan) -> None:
    for end in ("from", "until"):
        plan["vehicles"][0]["breaks"][0][end] = shifted(plan["vehicles"][0]["breaks"][0][end], 5400)


def cut_it_short(plan: Plan) -> None:
    one = plan["vehicles"][0]["breaks"][0]
    one["until"] = shifted(one["until"], -60)


def hold_it_twice(plan: Plan) -> None:
    plan["vehicles"][0]["breaks"] *= 2


def skip_it_by_van_alone(plan: Plan) -> None:
    plan["separate"]["vehicles"][0]["breaks"] = []


PLANTED = (skip_it, hold_it_later, cut_it_short, hold_it_twice, skip_it_by_van_alone)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_the_checker_finds_planted_faults(sound: Plan, plant: Callable[[Plan], None]) -> None:
    plan = copy.deepcopy(sound)
    plant(plan)
    network = two_towns([], trips=(), **WORLD).network
    assert "break" in {one.rule for one in check(read_plan(plan, "plan"), facts_of(network))}
