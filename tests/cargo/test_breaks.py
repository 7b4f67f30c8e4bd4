"""Breaks of drivers: in the timing of a round, in plans, and in their check."""

import copy
import itertools
from collections.abc import Callable, Sequence
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
from cargo.pdp.model import Pause, PdpProblem
from cargo.pdp.plan import make_plan
from cargo.pdp.search import Limits, Searcher
from cargo.pdp.state import empty_line, empty_rounds
from cargo.pdp.tables import make_tables
from routing.layout import NONE
from tests.cargo.facts import facts_of, plan_of, shifted
from tests.cargo.pdp_worlds import problems
from tests.cargo.worlds import H, fleet, parcel, random_parcels, two_towns

Plan = dict[str, Any]
A, B = (43.0, 143.0), (43.0, 144.23)
LUNCH = TimeOff(11 * H + 1800, 13 * H + 1800, 2700)


def off_duty(problem: PdpProblem) -> PdpProblem:
    """The same problem, where rest beside the round counts and nothing else binds its times."""
    vehicles = tuple(
        replace(
            one, max_duration=None, pauses=tuple(replace(p, is_on_duty=False) for p in one.pauses)
        )
        for one in problem.vehicles
    )
    requests = tuple(replace(one, max_ride=None) for one in problem.requests)
    return replace(problem, vehicles=vehicles, requests=requests)


def rest(pauses: Sequence[Pause], free: int) -> int | None:
    """When the last of some pauses is over."""
    for pause in pauses:
        start = max(free, pause.earliest)
        if start > pause.latest:
            return None
        free = start + pause.length
    return free


def earliest_end(problem: PdpProblem, tasks: Sequence[int]) -> int | None:
    """Least end of a round over all choices of gaps; -1 is before it, n + 1 after it."""
    vehicle, way = problem.vehicles[0], problem.duration[0]
    stops = [
        problem.requests[task // 2].delivery if task % 2 else problem.requests[task // 2].pickup
        for task in tasks
    ]
    pauses = sorted(vehicle.pauses, key=lambda pause: pause.earliest)
    places = [vehicle.start, *(stop.place for stop in stops if stop), vehicle.end]
    opens = [*(stop.earliest for stop in stops if stop), vehicle.opens]
    closes = [*(stop.latest for stop in stops if stop), vehicle.closes]
    stays = [*(stop.service for stop in stops if stop), 0]
    best = None
    for gaps in itertools.combinations_with_replacement(range(-1, len(tasks) + 2), len(pauses)):
        held = {gap: [p for p, at in zip(pauses, gaps, strict=True) if at == gap] for gap in gaps}
        begin = rest(held.get(-1, []), 0)
        if begin is None or max(begin, vehicle.opens) > vehicle.closes:
            continue
        free: int | None = max(begin, vehicle.opens)
        for k, (tail, head) in enumerate(itertools.pairwise(places)):
            rested = rest(held.get(k, []), free or 0)
            if free is None or rested is None:
                free = None
                break
            far = 0 if tail is None or head is None else int(way[tail, head])
            came = max(free + far + sum(p.length for p in held.get(k, [])), rested, opens[k])
            free = came + stays[k] if came <= closes[k] else None
        if free is None or rest(held.get(len(tasks) + 1, []), free) is None:
            continue
        best = free if best is None else min(best, free)
    return best


@settings(max_examples=300)
@given(problems(n_requests=2, n_vehicles=1, has_pauses=True), st.data())
def test_a_round_ends_as_early_as_breaks_in_and_beside_it_allow(
    drawn: PdpProblem, data: st.DataObject
) -> None:
    problem = off_duty(drawn)
    tasks = [
        2 * r + end
        for r, request in enumerate(problem.requests[: data.draw(st.integers(1, 2))])
        for end, stop in enumerate((request.pickup, request.delivery))
        if stop is not None
    ]
    tables = make_tables(problem)
    rounds, line = empty_rounds(tables), empty_line(tables)
    rounds.size[0] = len(tasks)
    rounds.task[0, : len(tasks)] = tasks
    refresh(tables, rounds, line, 0)
    found = drive(tables, rounds, line, 0, NONE, NONE, NONE, NONE, False)
    end = earliest_end(problem, tasks)
    assert (found == NONE) == (end is None)
    if end is not None:
        assert line.time[len(tasks) + 1] == end


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
