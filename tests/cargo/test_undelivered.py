"""Goods that nobody takes: ways back against trying all places, events against the checker."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cargo.errors import BadProblemError, DocumentError
from cargo.online import Dispatcher
from cargo.online_state import dispatch, read_events, read_state, resume
from cargo.pdp.check import check
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import DELIVERY, PICKUP, Visit
from cargo.pdp.search import Limits
from tests.cargo import pdp_oracles as oracles
from tests.cargo.pdp_worlds import problems
from tests.cargo.test_online import begun, ride, street
from tests.cargo.test_online_state import ride as asked_ride
from tests.cargo.test_online_state import street as state_street


def parcel(name: str, a: int, b: int, back: Stop | None = None, **more: Any) -> Request:
    return ride(name, a, b, is_passenger=False, if_undelivered=back, **more)


def at_the_door(*others: Request, back: Stop | None = None, n_vehicles: int = 1) -> Dispatcher:
    """A parcel from 1 to 4 whose vehicle stands at its door from 40 to 50 s; others wait."""
    day = Dispatcher(street(n_vehicles=n_vehicles))
    goods = parcel("p", 1, 4, back)
    assert goods.delivery is not None
    take_up(
        day, dataclasses.replace(goods, delivery=dataclasses.replace(goods.delivery, service=10))
    )
    day.advance(10)
    take_up(day, *others)
    day.advance(40)
    assert [visit.request for visit in day.done["v0"]] == ["p", "p"]
    return day


def take_up(day: Dispatcher, *requests: Request) -> None:
    for request in requests:
        offer = day.offer(request)
        assert offer is not None
        day.accept(offer)


def order(day: Dispatcher, vehicle: str = "v0") -> list[tuple[str, str]]:
    return day.rounds[vehicle]


def test_a_parcel_that_nobody_takes_goes_back_on_the_way() -> None:
    day = at_the_door(ride("ann", 6, 8), back=Stop(7))
    change = day.undelivered("p")
    assert change.added == ("p",)
    assert change.late == {}
    assert order(day) == [("ann", PICKUP), ("p", DELIVERY), ("ann", DELIVERY)]
    day.advance(900)
    assert [(v.request, v.kind, v.place) for v in day.done["v0"]][2:] == [
        ("ann", PICKUP, 6), ("p", DELIVERY, 7), ("ann", DELIVERY, 8),
    ]  # fmt: skip


def test_another_stop_can_be_named_and_goods_may_find_nobody_twice() -> None:
    day = at_the_door(back=Stop(0))
    day.undelivered("p", Stop(9, latest=500))
    day.advance(100)
    with pytest.raises(BadProblemError, match="nothing is agreed on where 'p'"):
        day.undelivered("p")
    day.undelivered("p", Stop(2))
    assert order(day) == [("p", DELIVERY)]
    with pytest.raises(BadProblemError, match="on its way back already"):
        day.undelivered("p", Stop(3))
    day.change(dataclasses.replace(day.agreed["p"], delivery=Stop(5)))
    day.advance(900)
    assert [visit.place for visit in day.done["v0"] if visit.kind == DELIVERY] == [4, 9, 5]


def test_the_way_back_is_late_before_it_breaks_what_was_agreed_with_others() -> None:
    soon = Request("ann", Stop(6, 0, 75), Stop(8, 0, 95), (1,), is_passenger=True)
    day = at_the_door(soon, back=Stop(2, latest=100))
    change = day.undelivered("p")
    assert order(day) == [("ann", PICKUP), ("ann", DELIVERY), ("p", DELIVERY)]
    assert change.late == {"p": 70 + 20 + 60 - 100}
    assert set(change.shifted) <= {"p"}


def test_others_fetch_who_waits_where_the_way_back_has_no_room() -> None:
    group = Request("bob", Stop(6, 0, 150), Stop(2, 0, 250), (4,), is_passenger=True)
    day = at_the_door(group, back=Stop(9, earliest=300), n_vehicles=2)
    assert order(day) == [("bob", PICKUP), ("bob", DELIVERY)]
    change = day.undelivered("p")
    assert (order(day), order(day, "v1")) == (
        [("p", DELIVERY)], [("bob", PICKUP), ("bob", DELIVERY)],
    )  # fmt: skip
    assert change.moved == {"bob": ("v0", "v1")}
    alone = at_the_door(group, back=Stop(9, earliest=300))
    assert alone.undelivered("p").dropped == ("bob",)


@settings(max_examples=60, deadline=None)
@given(problems(n_requests=4), st.data())
def test_the_way_back_costs_least_of_all_places_that_keep_every_window(
    problem: PdpProblem, data: st.DataObject
) -> None:
    goods = tuple(
        dataclasses.replace(one, is_passenger=False)
        for one in problem.requests
        if one.pickup is not None and one.delivery is not None
    )
    day = begun(dataclasses.replace(problem, requests=goods))
    day.advance(data.draw(st.integers(0, 60)))
    brought = [
        (vehicle, visit)
        for vehicle, visits in day.done.items()
        for visit in visits
        if visit.kind == DELIVERY and visit.start <= day.now
    ]
    assume(brought)
    vehicle_id, visit = data.draw(st.sampled_from(brought))
    place = data.draw(st.integers(0, problem.n_places - 1))
    back = Stop(place, latest=data.draw(st.integers(day.now, day.now + 60)), service=1)
    before, tasks = day.plan(), list(day.rounds[vehicle_id])
    agreed = day.agreed[visit.request]
    rest = dataclasses.replace(
        agreed, pickup=None, delivery=back, max_ride=None, vehicles=frozenset({vehicle_id})
    )
    whole = dataclasses.replace(day.problem, requests=(*day.problem.requests, rest))
    (vehicle,) = (one for one in whole.vehicles if one.id == vehicle_id)
    if vehicle.max_tasks is not None:
        vehicle = dataclasses.replace(vehicle, max_tasks=vehicle.max_tasks + 1)
    number = {request.id: r for r, request in enumerate(whole.requests)}
    own = [2 * number[name] + (kind == DELIVERY) for name, kind in tasks]
    costs = [
        cost
        for at in range(len(own) + 1)
        for more in ([*own[:at], 2 * number[rest.id] + 1, *own[at:]],)
        if (cost := oracles.round_cost(whole, vehicle, more)) is not None
    ]
    if not (fits_beside(day, vehicle, rest) and fitted(day, vehicle, visit)):
        with pytest.raises(BadProblemError, match="no place beside what"):
            day.undelivered(visit.request, back)
        return
    change = day.undelivered(visit.request, back)
    after = day.plan()
    assert check(day.problem, after) == []
    assert (visit.request, DELIVERY) in day.rounds[vehicle_id]
    if costs:
        has = oracles.round_cost(whole, vehicle, own) if own else 0.0
        assert has is not None
        assert after.cost - before.cost == pytest.approx(min(costs) - has)
        assert visit.request not in change.late
    for name, kind in tasks:
        if kind == DELIVERY:  # what was on board stays there
            is_waiting = (name, PICKUP) in tasks
            assert is_waiting or (name, DELIVERY) in day.rounds[vehicle_id]
    day.improve(Limits(5.0, iterations=20))
    day.advance(day.now + 500)
    assert check(day.problem, day.plan()) == []
    last = [one for one in day.done[vehicle_id] if one.request == visit.request][-1]
    assert (last.kind, last.place) == (DELIVERY, place)


def fits_beside(day: Dispatcher, vehicle: Vehicle, rest: Request) -> bool:
    """Whether goods fit into a vehicle beside all that it has on board."""
    aboard = [
        one.amount
        for one in day.problem.requests
        if one.pickup is None and (one.id, DELIVERY) in day.rounds[vehicle.id]
    ]
    load = np.zeros(len(vehicle.capacity), np.int64)
    for amount in (*aboard, rest.amount):
        load[: len(amount)] += amount
    return bool((load <= vehicle.capacity).all())


def fitted(day: Dispatcher, vehicle: Vehicle, delivery: Visit) -> bool:
    """Whether goods fitted in beside what was on board at each visit from their door on."""
    visits = day.done[vehicle.id]
    for at in range(visits.index(delivery), len(visits)):
        load = np.zeros(len(vehicle.capacity), np.int64)
        for name, request in day.agreed.items():
            kinds = [one.kind for one in visits[: at + 1] if one.request == name]
            if kinds == [PICKUP] or name == delivery.request:
                load[: len(request.amount)] += request.amount
        if (load > vehicle.capacity).any():
            return False
    return True


def refused(day: Dispatcher, name: str, to: Stop | None) -> str:
    before = json.dumps([day.rounds, day.now, list(day.agreed)])
    with pytest.raises(BadProblemError) as caught:
        day.undelivered(name, to)
    assert json.dumps([day.rounds, day.now, list(day.agreed)]) == before
    return str(caught.value)


def _under_way() -> Dispatcher:
    """A vehicle that has set out to pick up a second parcel, with the first on board."""
    day = Dispatcher(street(n_vehicles=1))
    late = Request("p", Stop(5, 60, 900), Stop(6, 0, 900), (1,))
    take_up(day, Request("q", Stop(1, 0, 20), Stop(9, 300, 900), (1,)), late)
    day.advance(12)
    assert day.rounds["v0"][-1] == ("q", DELIVERY)
    return day


def test_what_cannot_be_undelivered_is_refused_with_what_to_do() -> None:
    home, day = Stop(0), Dispatcher(street(n_vehicles=2))
    take_up(day, parcel("p", 1, 4), parcel("q", 1, 9), ride("ann", 8, 7))
    assert "'x' is unknown" in refused(day, "x", home)
    assert "is passengers, who get out" in refused(day, "ann", home)
    assert "is not picked up yet; call it off by `cancel`" in refused(day, "p", home)
    assert "has not set out for its delivery" in refused(_under_way(), "q", home)
    day = at_the_door(n_vehicles=2)
    assert "nothing is agreed on where 'p' goes" in refused(day, "p", None)
    assert "place 77; places are 0 to 9" in refused(day, "p", Stop(77))
    early = Dispatcher(street(n_vehicles=2))
    take_up(early, parcel("p", 1, 4))
    early.advance(12)
    assert "is handed over at 40 at the earliest, now it is 12" in refused(early, "p", home)
    other = Dispatcher(street(n_vehicles=2))
    take_up(other, parcel("p", 1, 4))
    other.cancel("p")
    assert "was called off" in refused(other, "p", home)
    day.break_down("v0")
    assert "'v0' that carries 'p' has broken down" in refused(day, "p", home)


def test_what_came_on_board_since_leaves_no_room() -> None:
    day = at_the_door(back=Stop(0))
    take_up(day, parcel("four", 4, 9, amount=(4,)))
    day.advance(50)  # sets out with four pieces more
    assert "no place beside what 'v0' has picked up since" in refused(day, "p", None)


def test_the_event_reads_and_tells_what_it_changed() -> None:
    goods = asked_ride("p", 1, 4, is_passenger=False, if_undelivered={"place": 7, "latest": 900})
    events = [
        {"type": "request", "request": goods},
        {"type": "advance", "now": 40},
        {"type": "undelivered", "request": "p"},
    ]
    read = read_events({"events": events}, "events").events
    state, outcomes = dispatch(read_state(state_street(), "state"), read)
    assert outcomes[-1].model_dump(exclude_defaults=True) == {
        "type": "undelivered", "added": ["p"], "cost": 100.0,
    }  # fmt: skip
    again = read_state(json.loads(state.model_dump_json()), "state")
    assert resume(again).rounds == {"v0": [("p", DELIVERY)], "v1": []}
    with pytest.raises(BadProblemError, match=r"event 1 \(undelivered\): .* on its way back"):
        dispatch(again, [read[-1]])
    with pytest.raises(DocumentError, match=r"events\.0"):
        read_events({"events": [{"type": "undelivered", "requests": "p"}]}, "events")
    wrong = {**goods, "if_undelivered": {"place": 12}}
    with pytest.raises(BadProblemError, match=r"'p': if_undelivered: is at place 12"):
        dispatch(
            read_state(state_street(), "state"),
            read_events({"events": [{"type": "request", "request": wrong}]}, "e").events,
        )
