from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.fleet_rounds import fleet_rounds
from cargo.kernels import loading as kernels
from cargo.loading import Assignment, Limits, Loader, make_world
from cargo.loading_layout import BEST
from cargo.network import Room
from cargo.options import Catalogue, all_options, direct_only, hops_of
from cargo.pdp.tables import make_ways
from cargo.problem import Problem
from cargo.road_jobs import road_problem
from routing.layout import NONE
from tests.cargo import oracles
from tests.cargo.worlds import H, fleet, hub, parcel, random_parcels, trip, two_towns

A, B = (43.0, 143.0), (43.0, 144.23)


def loader_of(
    problem: Problem, catalogue: Catalogue | None = None, most: int | None = None
) -> Loader:
    catalogue = catalogue or all_options(problem)
    rounds = fleet_rounds(problem.network.fleets, most or max(1, len(problem.shipments)))
    road = road_problem(problem, catalogue, rounds, is_mixed=True)
    loader = Loader(problem, make_world(problem, catalogue, road, make_ways(road)), 0)
    loader.start()
    return loader


def best_value(loader: Loader) -> float:
    return float(loader._ruin.value[BEST])


@settings(max_examples=25)
@given(st.data())
def test_chains_without_roads_are_packed_as_well_as_can_be(data: st.DataObject) -> None:
    # every door lies at a hub, so that the problem is a packing of hops alone
    n = data.draw(st.integers(1, 6))
    rooms = [data.draw(st.sampled_from((20, 35, 50))) for _ in range(4)]
    trips = tuple(
        trip(f"t{at}", [(0, t, t), (1, t + 1800, t + 2400), (2, t + 4800, t + 4800)],
             price_per_piece=price, room=Room(kg, 10**6, 10**6), handling=0)
        for at, (t, price, kg) in enumerate(
            zip((8 * H, 9 * H, 11 * H, 13 * H), (100.0, 120.0, 90.0, 50.0), rooms, strict=True)
        )
    )  # fmt: skip
    places = (A, (43.0, 143.6), B)
    hubs = tuple(hub(at, *place) for at, place in enumerate(places))
    parcels = []
    for at in range(n):
        one, other = data.draw(st.sampled_from(((0, 1), (1, 2), (0, 2))))
        parcels.append(
            parcel(
                f"p{at}", places[one], places[other], ready=7 * H,
                due=data.draw(st.sampled_from((11, 13, 20))) * H, kg=data.draw(st.integers(5, 30)),
            )
        )  # fmt: skip
    problem = two_towns(parcels, hubs=hubs, trips=trips, fleets=())
    catalogue = all_options(problem)
    loader = loader_of(problem)
    loader.run(Limits(60.0, 400))
    options = [
        [
            ([hop for ride in one.rides for hop in hops_of(ride)], one.line_cost)
            for one in catalogue.options[first:end]
        ]
        for first, end in zip(catalogue.first_option, catalogue.first_option[1:], strict=False)
    ]
    penalty = int(loader.world.penalty[0])
    expected = oracles.packing(
        [one.room.kg for one in problem.shipments], options,
        problem.network.carriers.kg.tolist(), penalty,
    )  # fmt: skip
    assert best_value(loader) == pytest.approx(expected)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 2))
def test_few_direct_rides_are_routed_as_well_as_can_be(seed: int, n: int) -> None:
    problem = two_towns(random_parcels(n, seed), trips=(), fleets=(fleet("v", "van", *A),))
    loader = loader_of(problem, direct_only(problem), most=2)
    found = loader.run(Limits(60.0, 100))
    reached = best_value(loader)
    best = min(
        _value(loader, Assignment(tuple(plan[0]), tuple(plan[1])))
        for plan in _all_plans(n, len(loader.world.road.vehicle))
    )
    assert reached == pytest.approx(best)
    assert len(found.option) == n


def _all_plans(n: int, n_rounds: int) -> list[tuple[list[int], list[tuple[int, ...]]]]:
    """Every choice of shipments served, split over rounds, and order of tasks."""
    plans = []
    for mask in range(2**n):
        served = [at for at in range(n) if mask >> at & 1]
        option = [at if at in served else NONE for at in range(n)]
        for split in oracles.splits(served, n_rounds):
            rows: list[list[tuple[int, ...]]] = [[]]
            for jobs in split:
                orders = [
                    tuple(2 * jobs[task // 2] + task % 2 for task in order)
                    for order in oracles.task_orders(len(jobs))
                ]
                rows = [[*row, order] for row in rows for order in orders]
            plans += [(option, row) for row in rows]
    return plans


def _value(loader: Loader, plan: Assignment) -> float:
    try:
        loader.start(plan)
    except ValueError:
        return float("inf")
    return best_value(loader)


def test_the_kept_value_is_that_of_the_plan() -> None:
    problem = two_towns(random_parcels(12, 4))
    loader = loader_of(problem)
    plan = loader.run(Limits(60.0, 300))
    stated = best_value(loader)
    loader.start(plan)
    assert best_value(loader) == pytest.approx(stated)


def test_banned_options_are_not_taken() -> None:
    problem = two_towns([parcel("p", A, B)])
    loader = loader_of(problem)
    first = loader.run(Limits(60.0, 20)).option[0]
    loader.ban([first])
    loader.start()
    assert loader.run(Limits(60.0, 20)).option[0] != first


def test_a_start_that_cannot_be_driven_is_refused() -> None:
    problem = two_towns([parcel("p", (43.03, 143.0), (43.05, 143.1), due=8 * H + 300)])
    loader = loader_of(problem)
    tasks = ((0, 1), *((),) * (len(loader.world.road.vehicle) - 1))
    with pytest.raises(ValueError, match="cannot be driven"):
        loader.start(Assignment((0,), tasks))


def test_room_is_given_back_when_a_plan_is_rejected() -> None:
    problem = two_towns(random_parcels(15, 9))
    small = tuple(
        replace(one, room=(Room(30, 100, 3),), bay=Room(30, 100, 3))
        for one in problem.network.trips
    )
    problem = replace(problem, network=replace(problem.network, trips=small))
    loader = loader_of(problem)
    loader.run(Limits(60.0, 300))
    used = loader._best.used.copy()
    assert (used <= loader.world.room).all()
    loader.start(loader.best())  # sums anew
    assert (loader._best.used == used).all()


@pytest.mark.skipif(not hasattr(kernels.improve, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_the_entry_kernel_is_compiled_for_one_signature() -> None:
    loader = loader_of(two_towns(random_parcels(3, 1)))
    loader.run(Limits(60.0, 5))
    assert len(kernels.improve.signatures) == 1
