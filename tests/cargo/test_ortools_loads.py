"""Rounds of load plans by OR-Tools: the same rules, the same checker, the same promise."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cargo import ortools_loads
from cargo.check import check
from cargo.effort import Effort
from cargo.fleet_rounds import fleet_rounds
from cargo.loading import Assignment, make_world
from cargo.loading_layout import World
from cargo.model import read_plan
from cargo.network import TimeOff
from cargo.options import Catalogue, all_options, direct_only
from cargo.ortools_loads import NOTICE, rounds_by_ortools
from cargo.ortools_rounds import Budget
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import make_plan
from cargo.pdp.tables import Ways, make_ways
from cargo.problem import Problem
from cargo.road_jobs import road_problem
from routing.layout import NONE
from tests.cargo.facts import facts_of, plan_of
from tests.cargo.worlds import H, fleet, hub, parcel, party, random_parcels, two_towns

A, B = (43.0, 143.0), (43.0, 144.23)
EFFORT = Effort(seconds=0.3, iterations=60, seed=1, engine="ortools")


def checked(problem: Problem, effort: Effort = EFFORT) -> dict[str, Any]:
    plan = plan_of(problem, effort)
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    assert plan["engine"] == "ortools"
    assert set(NOTICE) <= set(plan["notices"])
    return plan


def on_roads(problem: Problem, catalogue: Catalogue) -> tuple[PdpProblem, Ways, World]:
    """The rounds that chains of a problem may make, as the search has them."""
    rounds = fleet_rounds(problem.network.fleets, len(problem.shipments))
    road = road_problem(problem, catalogue, rounds, is_mixed=True)
    ways = make_ways(road)
    return road, ways, make_world(problem, catalogue, road, ways)


@pytest.mark.parametrize("seed", [3, 8])
def test_plans_by_ortools_pass_the_checker_and_mixed_is_never_worse(seed: int) -> None:
    problem = two_towns(random_parcels(6, seed))
    plan = checked(problem)
    priority = {one.document.id: one.document.priority for one in problem.shipments}
    ways = {
        "mixed": [row["id"] for row in plan["shipments"] if row["status"] == "planned"],
        "separate": plan["separate"]["planned"],
    }
    rank = {
        name: (
            -sum(priority[one] > 0 for one in served),
            -len(served),
            float(plan["kpis"][name]["cost"]["amount"]),
        )
        for name, served in ways.items()
    }
    assert rank["mixed"] <= rank["separate"]


def test_passengers_breaks_prices_storage_and_goods_apart_are_kept() -> None:
    off = (TimeOff(10 * H, 14 * H, 3600),)
    fleets = (
        fleet("ta", "taxi", *A, breaks=off, vehicles=1), fleet("tb", "taxi", *B, breaks=off),
        fleet("va", "van", *A, breaks=off),
    )  # fmt: skip
    rows = [
        replace(one, document=one.document.model_copy(update={"goods": goods}))
        for one, goods in zip(random_parcels(8, 5), ("food", "paint") * 4, strict=True)
    ]
    cheap = parcel("cheap", A, B, max_price=100.0)
    riders = [party("r", (43.01, 143.01), (43.05, 143.0), 9 * H)]
    hubs = (hub(0, *A, storage_pieces=2), hub(1, *B, storage_pieces=2))
    problem = two_towns([*rows, cheap], hubs=hubs, fleets=fleets, parties=riders)
    apart = frozenset({frozenset({"food", "paint"})})
    plan = checked(replace(problem, network=replace(problem.network, apart=apart)))
    assert [row["status"] for row in plan["passengers"]] == ["carried"]
    assert any(row["status"] == "planned" for row in plan["shipments"])


def test_ortools_improves_the_rounds_it_is_given() -> None:
    """Two parcels of one street, each in a van of its own: one van is enough."""
    parcels = [parcel(f"p{at}", (43.0, 143.02), (43.0, 143.2 + 0.001 * at)) for at in range(2)]
    problem = two_towns(parcels, trips=(), fleets=(fleet("va", "van", *A),))
    catalogue = direct_only(problem)
    road, ways, world = on_roads(problem, catalogue)
    apart = Assignment((0, 1), ((0, 1), (2, 3)))
    found = rounds_by_ortools(
        road, ways, world, catalogue, apart, Budget(0.5, 100, 1), lambda: False
    )
    assert found.option == (0, 1)
    assert sorted(map(len, found.tasks)) == [0, 4]
    costs = [make_plan(road, world.road, plan.tasks).cost for plan in (apart, found)]
    assert costs[1] < costs[0]
    nothing = Assignment((NONE, NONE), ((), ()))
    placed = rounds_by_ortools(
        road, ways, world, catalogue, nothing, Budget(0.5, 100, 1), lambda: False
    )
    assert placed.option == (0, 1)
    called_off = rounds_by_ortools(
        road, ways, world, catalogue, apart, Budget(0.5, 100, 1), lambda: True
    )
    assert called_off == apart


def test_rounds_that_would_be_late_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two parcels is due within the hour that its drive and the way back take."""
    ends = (43.0, 143.02), (43.0, 143.2)
    parcels = [parcel(name, *ends, ready=9 * H, due=10 * H) for name in "pq"]
    problem = two_towns(parcels, trips=(), fleets=(fleet("va", "van", *A),))
    catalogue = direct_only(problem)
    road, ways, world = on_roads(problem, catalogue)
    plan = Assignment((0, NONE), ((0, 1), ()))
    for asked, option in (([[0, 1], [2, 3]], (0, 1)), ([[0, 1, 2, 3], []], (NONE, NONE))):
        monkeypatch.setattr(ortools_loads, "solve_in_process", lambda *_, found=asked: [found])
        budget = Budget(0.5, 100, 1)
        kept = rounds_by_ortools(road, ways, world, catalogue, plan, budget, lambda: False)
        assert kept.option == option
        assert sum(map(len, kept.tasks)) == 2 * sum(one != NONE for one in option)


def test_a_chain_that_loses_an_end_is_given_up_whole() -> None:
    """The last taxi closes before the bus is there: only the first end can be driven."""
    early = fleet("tb", "taxi", *B, vehicles=1, closes=9 * H)
    problem = two_towns(
        [parcel("p", (43.01, 143.01), (43.01, 144.24))], fleets=(fleet("ta", "taxi", *A), early)
    )
    catalogue = all_options(problem)
    road, ways, world = on_roads(problem, catalogue)
    both = [at for at, one in enumerate(catalogue.options) if min(one.first_job, one.last_job) >= 0]
    plan = Assignment((both[0],), ((),) * len(road.vehicles))
    found = rounds_by_ortools(
        road, ways, world, catalogue, plan, Budget(0.5, 100, 1), lambda: False
    )
    assert found == Assignment((NONE,), ((),) * len(road.vehicles))


@pytest.mark.parametrize("asked", [0, 12, 40])
def test_cancelled_plans_by_ortools_still_hold(asked: int) -> None:
    def answers() -> Iterator[bool]:
        yield from [False] * asked
        while True:
            yield True

    said = answers()
    effort = replace(EFFORT, seconds=60.0, iterations=None, is_cancelled=lambda: next(said))
    checked(two_towns(random_parcels(6, 2)), effort)
