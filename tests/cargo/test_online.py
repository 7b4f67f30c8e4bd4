"""Running vehicles: best insertion against trying all, every event against the checker."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.errors import BadProblemError
from cargo.online import Dispatcher
from cargo.online_commit import last_visit
from cargo.pdp.check import check
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import DELIVERY, PICKUP, Visit
from cargo.pdp.search import Limits
from routing.layout import frozen
from tests.cargo import pdp_oracles as oracles
from tests.cargo.pdp_worlds import problems


def begun(problem: PdpProblem) -> Dispatcher:
    """A day in which all but the last request were offered one after the other."""
    day = Dispatcher(dataclasses.replace(problem, requests=()))
    for request in problem.requests[:-1]:
        offer = day.offer(request)
        if offer is not None:
            day.accept(offer)
    return day


def line_of(n_places: int = 10) -> np.ndarray:
    at = np.arange(n_places)
    return frozen(np.abs(np.subtract.outer(at, at)) * 10)


def street(*requests: Request, n_vehicles: int = 2) -> PdpProblem:
    """Places 10 s apart along a street; vehicles stand at its two ends."""
    return PdpProblem(
        requests=requests,
        vehicles=tuple(Vehicle(f"v{k}", 9 * k, 9 * k, 0, 1000, (4,)) for k in range(n_vehicles)),
        duration=(line_of(),),
        distance=(line_of(),),
    )


def ride(name: str, a: int, b: int, until: int = 900, **more: object) -> Request:
    fields = {"amount": (1,), "is_passenger": True} | more
    return Request(name, Stop(a, 0, until), Stop(b, 0, until), **fields)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(problems(n_requests=3))
def test_an_offer_costs_least_of_all_vehicles_and_places(problem: PdpProblem) -> None:
    day, last = begun(problem), problem.requests[-1]
    served = {visit.request for row in day.plan().rounds for visit in row.visits}
    number = {request.id: r for r, request in enumerate(problem.requests)}
    costs = []
    for vehicle in problem.vehicles:
        rows = [row for row in day.plan().rounds if row.vehicle == vehicle.id]
        tasks = [
            2 * number[visit.request] + (visit.kind != PICKUP)
            for row in rows
            for visit in row.visits
        ]
        has = oracles.round_cost(problem, vehicle, tasks)
        assert has is not None
        for more in oracles.places_for(problem, tasks, number[last.id]):
            cost = oracles.round_cost(problem, vehicle, more)
            costs += [] if cost is None else [cost - has]
    offer = day.offer(last)
    assert (offer is None) == (not costs)
    if offer is not None:
        assert offer.cost == pytest.approx(min(costs))
        before = day.plan().cost
        change = day.accept(offer)
        assert change.added == (last.id,)
        assert change.dropped == ()
        assert served <= {visit.request for row in day.plan().rounds for visit in row.visits}
        assert day.plan().cost - before == pytest.approx(offer.cost)


def test_an_offer_knows_nothing_of_those_that_were_not_taken() -> None:
    rides = [ride("a", 1, 2), ride("b", 7, 3), ride("c", 4, 9), ride("d", 5, 5)]
    day = Dispatcher(street())
    for one in [*rides, *reversed(rides)]:
        asked, fresh = day.offer(one), Dispatcher(street()).offer(one)
        assert asked is not None
        assert fresh is not None
        assert (asked.cost, asked.vehicle) == (fresh.cost, fresh.vehicle)


@settings(max_examples=30, deadline=None)
@given(problems(n_requests=4, has_pauses=True), st.data())
def test_whatever_happens_the_rest_keeps_every_rule(
    problem: PdpProblem, data: st.DataObject
) -> None:
    day = begun(problem)
    horizon = data.draw(st.sampled_from((0, 4)))
    day.horizon = horizon
    committed: list[tuple[str, object]] = []
    for _ in range(4):
        what = data.draw(st.sampled_from(("advance", "delay", "cancel", "break", "improve")))
        vehicle = data.draw(st.sampled_from([row.id for row in day.problem.vehicles]))
        known = [request.id for request in day.problem.requests]
        if what == "advance":
            committed += day.advance(day.now + data.draw(st.integers(0, 15)))
        elif what == "delay":
            day.delay(vehicle, day.now + data.draw(st.integers(0, 15)))
        elif what == "cancel" and known:
            name = data.draw(st.sampled_from(known))
            if day.is_on_board(name):
                with pytest.raises(BadProblemError, match="on board"):
                    day.cancel(name)
            else:
                day.cancel(name)
        elif what == "break" and len(day.problem.vehicles) > 1:
            day.break_down(vehicle)
        elif what == "improve":
            day.improve(Limits(5.0, iterations=20))
        faults = [fault for fault in check(day.problem, day.plan()) if fault.rule != "cost"]
        assert faults == []
        driven = [(name, visit) for name, some in day.done.items() for visit in some]
        assert sorted(map(repr, driven)) == sorted(map(repr, committed))


def test_a_vehicle_held_up_beyond_its_shift_does_nothing_more() -> None:
    day = Dispatcher(street(n_vehicles=1))
    shift_end = day.problem.vehicles[0].closes
    change = day.delay("v0", shift_end + 5)
    assert (change.added, change.dropped) == ((), ())
    assert day.offer(ride("a", 2, 7, until=shift_end + 500)) is None


def test_what_is_on_board_stays_and_what_is_committed_is_done() -> None:
    day = Dispatcher(street(), horizon=0)
    for request in (ride("a", 2, 7, until=75), ride("b", 8, 5, until=75)):
        offer = day.offer(request)
        assert offer is not None
        day.accept(offer)
    assert [name for name, _ in day.advance(0)] == ["v0", "v1"]  # both set out for their pickups
    left = {request.id: request for request in day.problem.requests}
    assert left["a"].pickup is None
    assert left["a"].vehicles == frozenset({"v0"})
    day.advance(20)
    assert [visit.request for visit in day.done["v0"]] == ["a", "a"]


def test_a_second_passenger_rides_along_within_the_longest_ride() -> None:
    day = Dispatcher(street(n_vehicles=1))
    first = day.offer(ride("a", 0, 6, max_ride=60))
    assert first is not None
    assert first.cost == 120
    day.accept(first)
    along = day.offer(ride("b", 2, 4, max_ride=20))
    assert along is not None
    assert along.cost == 0
    back = day.offer(ride("c", 4, 2, max_ride=20))
    assert back is not None
    assert back.cost == 0  # on the way home, not by a detour of those on board


def test_a_ride_is_counted_from_the_pickup_as_driven() -> None:
    day = Dispatcher(street(n_vehicles=1))
    offer = day.offer(ride("a", 1, 6, max_ride=70))
    assert offer is not None
    day.accept(offer)
    day.advance(0)  # picked up at 10
    (left,) = day.problem.requests
    assert left.delivery is not None
    assert left.delivery.latest == 10 + 70


def test_a_delay_hands_over_what_waits_and_tells_who_is_late() -> None:
    day = Dispatcher(street(ride("a", 1, 3, until=60), ride("b", 2, 4, until=100)))
    day.improve(Limits(5.0, iterations=50))
    day.advance(0)
    (carrier,) = {row.vehicle for row in day.plan().rounds} | {
        name for name, some in day.done.items() if some
    }
    change = day.delay(carrier, 75)
    assert set(change.late) | set(change.moved) | set(change.dropped) | set(change.shifted)
    assert check(day.problem, day.plan()) == []
    assert all(late > 0 for late in change.late.values())


def test_a_breakdown_lets_others_fetch_who_is_on_board() -> None:
    day = Dispatcher(street())
    offer = day.offer(ride("a", 1, 8, until=300))
    assert offer is not None
    day.accept(offer)
    assert offer.vehicle in {"v0", "v1"}
    day.advance(5)
    change = day.break_down(offer.vehicle)
    (row,) = day.plan().rounds
    assert row.vehicle != offer.vehicle
    assert [(visit.request, visit.kind) for visit in row.visits] == [
        ("a", "pickup"),
        ("a", "delivery"),
    ]
    assert change.moved == {"a": (offer.vehicle, row.vehicle)}


def test_a_no_show_frees_the_vehicle_and_a_changed_request_finds_another_place() -> None:
    day = Dispatcher(street(n_vehicles=1))
    for request in (ride("a", 1, 3), ride("b", 5, 7)):
        offer = day.offer(request)
        assert offer is not None
        day.accept(offer)
    day.advance(0)
    day.cancel("a")
    assert [visit.request for row in day.plan().rounds for visit in row.visits] == ["b", "b"]
    change = day.change(ride("b", 5, 9))
    assert change.cost == 40
    assert day.plan().rounds[0].visits[-1].place == 9


def test_offers_and_requests_that_are_not_right_are_refused() -> None:
    day = Dispatcher(street())
    one, other = day.offer(ride("a", 1, 3)), day.offer(ride("b", 1, 3))
    assert one is not None
    assert other is not None
    day.accept(one)
    with pytest.raises(BadProblemError, match="old"):
        day.accept(other)
    with pytest.raises(BadProblemError, match="new id"):
        day.offer(ride("a", 1, 3))
    with pytest.raises(BadProblemError, match="place 12"):
        day.offer(ride("c", 1, 12))
    with pytest.raises(BadProblemError, match="no vehicle 'v7'"):
        day.delay("v7", 5)
    with pytest.raises(BadProblemError, match="past"):
        day.advance(-1)
    assert day.offer(ride("d", 1, 3, amount=(5,))) is None


def riding(now: int = 15, max_ride: int | None = None) -> Dispatcher:
    """A vehicle that fetches `a`, then `z`, and brings both."""
    rides = ride("a", 1, 5, max_ride=max_ride), ride("z", 2, 8)
    day = Dispatcher(street(*rides, n_vehicles=1))
    tasks = [("a", PICKUP), ("z", PICKUP), ("a", DELIVERY), ("z", DELIVERY)]
    day.resume({"v0": tasks}, rides, {}, {})
    day.advance(now)
    return day


def test_who_is_on_board_is_not_called_off() -> None:
    day = riding()
    before = day.plan()
    with pytest.raises(BadProblemError, match="request 'a' is on board and cannot be called off"):
        day.cancel("a")
    assert day.plan() == before
    day.advance(200)
    visits = [(visit.request, visit.kind) for visit in day.done["v0"]]
    assert visits == [("a", PICKUP), ("z", PICKUP), ("a", DELIVERY), ("z", DELIVERY)]


def test_a_no_show_is_told_until_the_vehicle_leaves_the_pickup() -> None:
    for now, is_gone in ((0, False), (10, False), (11, True)):
        assert riding(now).is_on_board("a") == is_gone


def test_goods_loaded_at_the_start_are_on_board_once_the_vehicle_is_under_way() -> None:
    parcel = Request("p", None, Stop(5), (1,))
    day = Dispatcher(street(parcel, n_vehicles=1))
    day.improve(Limits(5.0, iterations=20))
    day.cancel("p")  # is not loaded yet
    day = Dispatcher(street(parcel, ride("a", 1, 5), n_vehicles=1))
    day.improve(Limits(5.0, iterations=20))
    day.advance(5)
    with pytest.raises(BadProblemError, match="'p' is on board"):
        day.cancel("p")


def test_who_is_on_board_gets_out_elsewhere() -> None:
    day = riding(max_ride=100)
    change = day.change(ride("a", 1, 3, max_ride=100))
    assert change.shifted == {"a": -20}
    assert [visit.place for visit in day.plan().rounds[0].visits] == [3, 8]
    assert check(day.problem, day.plan()) == []
    day.change(ride("a", 1, 9, max_ride=100))
    left = {request.id: request for request in day.problem.requests}
    assert left["a"].pickup is None
    assert left["a"].vehicles == frozenset({"v0"})
    assert left["a"].delivery is not None
    assert left["a"].delivery.latest == 10 + 100, "the ride counts from the pickup as driven"


def test_on_board_only_a_delivery_changes_that_the_vehicle_can_keep() -> None:
    day = riding()
    before = day.plan()
    with pytest.raises(BadProblemError, match="only its delivery"):
        day.change(ride("a", 2, 5))
    with pytest.raises(BadProblemError, match="only its delivery"):
        day.change(ride("a", 1, 3, amount=(2,)))
    with pytest.raises(BadProblemError, match="cannot be brought to place 9"):
        day.change(dataclasses.replace(ride("a", 1, 9), delivery=Stop(9, 0, 40)))
    assert day.plan() == before


def test_a_delay_until_a_time_that_is_over_is_refused() -> None:
    day = riding()
    with pytest.raises(BadProblemError, match="until 14: it is 15 already"):
        day.delay("v0", 14)
    day.delay("v0", 15)


def test_who_took_a_request_over_after_a_breakdown_has_it() -> None:
    first, second = (Visit("p", PICKUP, at, at, at, 10 * at) for at in (1, 2))
    done = {"late": [second], "broken": [first, Visit("p", DELIVERY, 3, 3, 3, 30)]}
    assert last_visit(done, "p", PICKUP) == ("late", second)
    assert last_visit(done, "q", PICKUP) is None


def test_who_stands_down_takes_up_nothing_more() -> None:
    way = np.array([[0, 10], [10, 0]], np.int64)
    vehicles = tuple(Vehicle(name, 0, 0, closes=1000, capacity=(9,)) for name in ("a", "b"))
    day = Dispatcher(PdpProblem((), vehicles, (frozen(way),), (frozen(way),)))
    day.stand_down({"a"})
    for number in range(3):
        offer = day.offer(Request(f"r{number}", Stop(0), Stop(1), amount=(1,)))
        assert offer is not None
        assert offer.vehicle == "b"
        day.accept(offer)
    day.cancel("r0", "r2")
    assert [name for name, _ in day.rounds["b"]] == ["r1", "r1"]
    day.stand_down({"b"} - {"b"})
    assert day.offer(Request("r3", Stop(0), Stop(1), amount=(1,))) is not None
