from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo import line_plan
from cargo.columns import Pool, columns_of
from cargo.event_graph import event_graph
from cargo.event_layout import MOST_RIDES, Consignments
from cargo.kernels import pricing
from cargo.line_plan import LineEffort, LinePlan, plan_lines
from cargo.network import Network, Room
from cargo.ortools_selection import Selection
from cargo.path_search import load_of
from cargo.relaxation import LineProblem, Pricer, relax
from routing.layout import NONE, UNREACHED, first_of, frozen
from tests.cargo import oracles
from tests.cargo.test_chains import N_HUBS, networks, takes
from tests.cargo.worlds import H, hub, trip

REFUSAL = 2_000_000
APART = ((0, 1, 0), (1, 0, 0), (0, 0, 1))  # classes 0 and 1 exclude each other, 2 itself
End = tuple[int, int, int]  # hub, time, cost


@dataclass(frozen=True)
class Wish:
    """A consignment as a test writes it."""

    start: tuple[End, ...]
    goal: tuple[End, ...]
    amount: tuple[int, int, int] = (5, 10, 1)
    temperature: str = "ambient"
    max_rides: int = 2
    refusal: int = REFUSAL
    leads: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())  # s before starts, behind goals
    most: int = UNREACHED  # s from door to door
    goods: int | None = None  # row of `APART`


def problem_of(
    network: Network, wishes: Sequence[Wish], booked: Sequence[Sequence[int]] = ()
) -> LineProblem:
    """The problem, with goods of classes `booked` on the hop after each call."""
    carriers, n = network.carriers, len(wishes)

    def ends(name: str, side: int) -> list[Any]:
        rows = [(at, *end) for at, wish in enumerate(wishes) for end in getattr(wish, name)]
        columns = np.array(rows, np.int64).reshape(-1, 4).T
        return [
            first_of(columns[0], n), frozen(columns[1]), frozen(columns[2]),
            frozen(columns[3], np.float64),
            frozen([
                lead for wish in wishes
                for lead in wish.leads[side] or [0] * len(getattr(wish, name))
            ]),
        ]  # fmt: skip

    goods = Consignments(
        frozen(np.array([wish.amount for wish in wishes]).reshape(n, 3)),
        frozen(
            np.reshape(
                [takes(network, wish.temperature) for wish in wishes], (n, len(network.kinds))
            ),
            np.uint8,
        ),
        frozen([wish.max_rides for wish in wishes]),
        frozen([wish.refusal for wish in wishes], np.float64),
        frozen([NONE if wish.goods is None else wish.goods for wish in wishes]),
        frozen(APART, np.uint8),
        frozen([wish.most for wish in wishes]),
        *ends("start", 0),
        *ends("goal", 1),
    )
    room = np.stack([carriers.kg, carriers.litres, carriers.pieces], axis=1)
    price = carriers.price_per_piece[carriers.bay_of_call]
    graph = event_graph(carriers, network.handling)
    aboard = np.zeros((len(room), len(APART)))
    for call, classes in enumerate(booked):
        aboard[call, list(classes)] = 1
    return LineProblem(
        graph, goods, frozen(price, np.float64), frozen(room), frozen(aboard), len(network.hubs)
    )


@st.composite
def some_wishes(draw: st.DrawFn, most: int = 5) -> list[Wish]:
    def end(low: int, high: int) -> End:
        return (
            draw(st.integers(0, N_HUBS - 1)), draw(st.integers(low, high)) * 60,
            draw(st.sampled_from((0, 40_000))),
        )  # fmt: skip

    return [
        Wish(
            tuple({row[0]: row for row in (end(360, 720) for _ in range(2))}.values()),
            tuple({row[0]: row for row in (end(720, 1500) for _ in range(2))}.values()),
            (draw(st.integers(1, 60)), 10, draw(st.integers(1, 4))),
            draw(st.sampled_from(("ambient", "cool"))),
            draw(st.integers(0, 3)),
            draw(st.sampled_from((150_000, 400_000, REFUSAL))),
        )
        for _ in range(draw(st.integers(1, most)))
    ]


@st.composite
def some_with_limits(draw: st.DrawFn, most: int = 5) -> list[Wish]:
    def lasting(wish: Wish) -> Wish:
        leads = [
            tuple(draw(st.sampled_from((0, 900, 3600))) for _ in ends)
            for ends in (wish.start, wish.goal)
        ]
        limit = draw(st.one_of(st.just(UNREACHED), st.integers(10, 500).map(lambda m: 60 * m)))
        goods = draw(st.sampled_from((None, 0, 0, 1, 2)))
        return replace(wish, leads=(leads[0], leads[1]), most=limit, goods=goods)

    return [lasting(wish) for wish in draw(some_wishes(most))]


def ways_of(network: Network, wish: Wish) -> list[oracles.Way]:
    return oracles.ways(
        network, wish.start, wish.goal, wish.amount, wish.temperature, wish.max_rides,
        wish.leads, wish.most,
    )  # fmt: skip


@given(networks(), some_with_limits(most=2))
def test_the_cheapest_way_is_that_of_all_enumerated_ones(
    network: Network, wishes: list[Wish]
) -> None:
    problem = problem_of(network, wishes)
    value, paths = Pricer(problem).cheapest(np.zeros(problem.room.shape))
    for at, wish in enumerate(wishes):
        expected = min([cost for _, cost in ways_of(network, wish)] + [wish.refusal])
        assert value[at] == paths.cost[at] == expected


@given(networks(), some_with_limits(most=1), st.data())
def test_ways_below_a_bound_are_all_listed(
    network: Network, wishes: list[Wish], data: st.DataObject
) -> None:
    problem, wish = problem_of(network, wishes), wishes[0]
    toll = np.array(
        [data.draw(st.sampled_from((0, 0, 300, 7_000))) for _ in range(problem.room.size)],
        np.float64,
    ).reshape(problem.room.shape)
    everything = [
        (hops, cost, cost + sum(float(toll[hop] @ wish.amount) for hop in hops))
        for hops, cost in ways_of(network, wish)
    ]
    bound = data.draw(st.sampled_from((300_000.0, 1_000_000.0, 1e12)))
    listed = Pricer(problem).near(0, bound, toll)
    assert listed is not None
    assert sorted((column.hops, column.cost) for column in listed) == sorted(
        (hops, cost) for hops, cost, tolled in everything if tolled < bound
    )


@given(networks(), some_with_limits(), st.data())
def test_corridors_hold_all_ways_that_cost_less_than_the_refusal_and_little_else(
    network: Network, wishes: list[Wish], data: st.DataObject
) -> None:
    ways = [
        ways_of(network, replace(wish, max_rides=MOST_RIDES, most=UNREACHED)) for wish in wishes
    ]
    wishes = [
        replace(wish, refusal=data.draw(st.sampled_from([wish.refusal, *(row[1] for row in some)])))
        for wish, some in zip(wishes, ways, strict=True)
    ]
    problem = problem_of(network, wishes)
    found = Pricer(problem).corridors
    for at, (wish, some) in enumerate(zip(wishes, ways, strict=True)):
        arcs = found.arc[found.first_arc[at] : found.first_arc[at + 1]]
        assert (np.diff(problem.graph.tail[arcs]) >= 0).all()
        useful = {hop for hops, cost in some if cost < wish.refusal for hop in hops}
        assert set(problem.graph.hop[arcs].tolist()) - {NONE} == useful


def checked(network: Network, wishes: Sequence[Wish], plan: LinePlan) -> None:
    """Every chosen way is one of those enumerated, and all room suffices."""
    problem = problem_of(network, wishes)
    load = load_of(problem, plan.paths)
    assert (load[:, :3] <= problem.room).all()
    assert not ((load[:, 3] > 0) & (load[:, 4] > 0)).any()
    assert (load[:, 5] <= 1).all()
    for column in columns_of(plan.paths):
        ways = ways_of(network, wishes[column.consignment])
        assert (column.hops, column.cost) in ways
    assert plan.cost == pytest.approx(plan.paths.cost.sum())


@settings(max_examples=40)
@given(networks(), some_with_limits())
def test_small_plans_are_the_best_there_are_and_bounds_hold(
    network: Network, wishes: list[Wish]
) -> None:
    plan = plan_lines(problem_of(network, wishes), LineEffort(iterations=200))
    checked(network, wishes, plan)
    best = oracles.best_choice(
        [wish.amount for wish in wishes], [wish.refusal for wish in wishes],
        [ways_of(network, wish) for wish in wishes],
        [room for one in network.trips for room in (*one.room, Room(0, 0, 0))],
        [wish.goods for wish in wishes], APART,
    )  # fmt: skip
    assert plan.cost == pytest.approx(best)
    assert plan.relaxation.bound <= best * (1 + 1e-9)
    assert plan.bound <= best * (1 + 1e-9)
    assert plan.first_come >= best * (1 - 1e-9)


@settings(max_examples=40)
@given(networks(), some_with_limits(), st.data())
def test_goods_ride_where_nothing_is_booked_that_they_must_not_meet(
    network: Network, wishes: list[Wish], data: st.DataObject
) -> None:
    calls = sum(len(one.calls) for one in network.trips)
    booked = [data.draw(st.sets(st.integers(0, 2), max_size=1)) for _ in range(calls)]
    plan = plan_lines(
        problem_of(network, wishes, [sorted(one) for one in booked]), LineEffort(iterations=200)
    )

    def may(goods: int | None, hops: Sequence[int]) -> bool:
        return goods is None or not any(APART[goods][one] for hop in hops for one in booked[hop])

    best = oracles.best_choice(
        [wish.amount for wish in wishes], [wish.refusal for wish in wishes],
        [[way for way in ways_of(network, wish) if may(wish.goods, way[0])] for wish in wishes],
        [room for one in network.trips for room in (*one.room, Room(0, 0, 0))],
        [wish.goods for wish in wishes], APART,
    )  # fmt: skip
    assert plan.cost == pytest.approx(best)
    assert plan.bound <= best * (1 + 1e-9)


def two_buses(rooms: Sequence[int] = (2, 2)) -> Network:
    """Hub 0 ──09:00 for 100──▶ hub 1, and ──10:00 for 150──▶ hub 1, an hour each."""
    hubs = (hub(0, 43.0, 143.0), hub(1, 43.0, 144.0))
    trips = tuple(
        trip(f"t{at}", [(0, t, t), (1, t + H, t + H)], price_per_piece=price,
             room=Room(1000, 1000, pieces))
        for at, (t, price, pieces) in enumerate(
            zip((9 * H, 10 * H), (100.0, 150.0), rooms, strict=True)
        )
    )  # fmt: skip
    return Network(hubs, trips, ())


def wish(ready: int = 8 * H, due: int = 12 * H, refusal: int = 1_000_000, pieces: int = 1) -> Wish:
    return Wish(((0, ready, 0),), ((1, due, 0),), (5, 10, pieces), refusal=refusal)


def test_one_more_box_on_a_full_bus_is_worth_the_dearer_one_less_its_price() -> None:
    problem = problem_of(two_buses(), [wish() for _ in range(3)])
    pool = Pool()
    found = relax(Pricer(problem), pool, 60.0, lambda: False)
    assert found.bound == pytest.approx(2 * 100_000 + 150_000)
    assert found.toll[0].tolist() == pytest.approx([0, 0, 50_000])  # of the 09:00, a piece
    assert found.toll[2].tolist() == [0, 0, 0]  # the 10:00 has room left


def test_a_corridor_keeps_the_dear_way_in_for_the_cheap_way_on() -> None:
    prices = {"in": 100.0, "dear in": 300.0, "on": 100.0, "dear on": 300.0}
    hubs = tuple(hub(at, 43.0, 143.0) for at in range(3))
    times = {"in": (0, 9, 1, 10), "dear in": (0, 9, 1, 10), "dear on": (1, 11, 2, 12),
             "on": (1, 13, 2, 14)}  # fmt: skip
    trips = tuple(
        trip(name, [(a, b * H, b * H), (c, d * H, d * H)], price_per_piece=prices[name])
        for name, (a, b, c, d) in times.items()
    )
    far = Wish(((0, 8 * H, 0),), ((2, 15 * H, 0),), refusal=550_000)
    problem = problem_of(Network(hubs, trips, ()), [far])
    hops = problem.graph.hop[Pricer(problem).corridors.arc]
    assert set(hops.tolist()) - {NONE} == {0, 2, 4, 6}


def test_a_way_uses_no_more_trips_than_it_may_where_more_would_be_cheaper() -> None:
    hubs = tuple(hub(at, 43.0, 143.0) for at in range(3))
    trips = tuple(
        trip(name, [(a, b * H, b * H), (c, d * H, d * H)], price_per_piece=price)
        for name, a, b, c, d, price in (
            ("in", 0, 9, 1, 10, 100.0), ("on", 1, 11, 2, 12, 100.0), ("through", 0, 9, 2, 12, 400.0)
        )
    )  # fmt: skip
    some = [Wish(((0, 8 * H, 0),), ((2, 15 * H, 0),), max_rides=most) for most in (0, 1, 2)]
    problem = problem_of(Network(hubs, trips, ()), some)
    value, _ = Pricer(problem).cheapest(np.zeros(problem.room.shape))
    assert value.tolist() == [problem.goods.refusal[0], 400_000, 200_000]


def test_no_bound_is_taken_from_a_choice_that_ways_were_left_out_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_plan, "MOST_COLUMNS", 1)
    monkeypatch.setattr(line_plan, "select", lambda *_: Selection([], 1e12))
    trips = (trip("one", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)], room=Room(100, 500, 3)),)
    problem = problem_of(replace(two_buses(), trips=trips), [wish(pieces=2) for _ in range(3)])
    plan = plan_lines(problem, LineEffort(iterations=20))
    assert plan.relaxation.bound < plan.cost - 1  # half a place is of no use
    assert plan.bound == plan.relaxation.bound


def test_first_come_first_served_takes_the_last_place_from_who_needs_it_more() -> None:
    network = two_buses(rooms=(1, 0))
    wishes = [wish(ready=7 * H, refusal=200_000), wish(ready=8 * H, refusal=900_000)]
    plan = plan_lines(problem_of(network, wishes), LineEffort(iterations=50))
    assert plan.first_come == 100_000 + 900_000
    assert plan.cost == plan.bound == 100_000 + 200_000
    assert plan.paths.n_rides.tolist() == [0, 1]


def test_a_batch_of_nothing_is_planned() -> None:
    plan = plan_lines(problem_of(two_buses(), []), LineEffort(iterations=10))
    assert (plan.cost, plan.bound, plan.gap) == (0.0, 0.0, 0.0)


def test_a_day_without_trips_refuses_all() -> None:
    network = Network((hub(0, 43.0, 143.0), hub(1, 43.0, 144.0)), (), ())
    plan = plan_lines(problem_of(network, [wish()]), LineEffort(iterations=10))
    assert plan.cost == 1_000_000


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    network = two_buses(rooms=(7, 6))
    wishes = [wish(refusal=200_000 + 7_000 * at, pieces=1 + at % 3) for at in range(20)]
    plans = [
        plan_lines(problem_of(network, wishes), LineEffort(iterations=300, seed=4))
        for _ in range(2)
    ]
    assert plans[0].paths.ride.tolist() == plans[1].paths.ride.tolist()
    assert plans[0].cost == plans[1].cost


def test_cancelling_still_gives_a_plan_and_a_bound() -> None:
    wishes = [wish(refusal=200_000 + 7_000 * at) for at in range(20)]
    plan = plan_lines(problem_of(two_buses(), wishes), LineEffort(is_cancelled=lambda: True))
    assert plan.bound <= plan.cost <= plan.first_come


@pytest.mark.skipif(not hasattr(pricing.price_all, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_entry_kernels_are_compiled_for_one_signature() -> None:
    plan_lines(problem_of(two_buses(), [wish()]), LineEffort(iterations=10))
    assert len(pricing.price_all.signatures) == 1
    assert len(pricing.fill_in_order.signatures) == 1
