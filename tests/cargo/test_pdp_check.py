"""The checker of rounds against violations planted one by one; bad problems; cancelling."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cargo.errors import BadProblemError
from cargo.pdp.check import check
from cargo.pdp.model import Pause, PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import Plan, Rest, VehicleRound
from cargo.pdp.reasons import why_unserved
from cargo.pdp.search import Limits, Progress
from cargo.pdp.solve import Effort, solve
from routing.layout import frozen

WAY = frozen(10 * np.abs(np.subtract.outer(np.arange(10), np.arange(10))))


def request(name: str, a: int, b: int, **more: Any) -> Request:
    return Request(name, Stop(a, 0, 400, 5), Stop(b, 0, 400, 5), **({"amount": (1,)} | more))


def vehicle(name: str, **more: Any) -> Vehicle:
    fields: dict[str, Any] = {"start": 0, "end": 0, "opens": 0, "closes": 600, "capacity": (2,)}
    return Vehicle(name, **(fields | more))


def world(*requests: Request, **more: Any) -> PdpProblem:
    rest = Pause(50, 200, 30)
    vehicles = (
        vehicle("bus", pauses=(rest,), skills=frozenset({"cool"}), max_tasks=4, max_duration=500),
    )
    return PdpProblem(
        requests, **({"vehicles": vehicles, "duration": (WAY,), "distance": (WAY,)} | more)
    )


PROBLEM = world(
    request("box", 2, 6, skills=frozenset({"cool"})),
    request("ann", 4, 8, is_passenger=True, max_ride=90),
    is_parted=True,
)
GOOD = solve(PROBLEM, Effort(Limits(20.0, iterations=50)))


def with_round(**changes: Any) -> Plan:
    return dataclasses.replace(GOOD, rounds=(dataclasses.replace(GOOD.rounds[0], **changes),))


def with_visit(at: int, **changes: Any) -> Plan:
    visits = list(GOOD.rounds[0].visits)
    visits[at] = dataclasses.replace(visits[at], **changes)
    return with_round(visits=tuple(visits))


def reversed_round(row: VehicleRound) -> Plan:
    times = [(visit.arrival, visit.start, visit.departure) for visit in row.visits]
    visits = tuple(
        dataclasses.replace(visit, arrival=came, start=start, departure=left)
        for visit, (came, start, left) in zip(reversed(row.visits), times, strict=True)
    )
    return with_round(visits=visits)


def stricter(**changes: Any) -> PdpProblem:
    only = dataclasses.replace(PROBLEM.vehicles[0], **changes)
    return dataclasses.replace(PROBLEM, vehicles=(only,))


def asking(name: str, **changes: Any) -> PdpProblem:
    rows = tuple(
        dataclasses.replace(row, **changes) if row.id == name else row for row in PROBLEM.requests
    )
    return dataclasses.replace(PROBLEM, requests=rows)


ROUND = GOOD.rounds[0]
Planted = Callable[[], tuple[PdpProblem, Plan]]
PLANTED: dict[str, Planted] = {
    "twice": lambda: (PROBLEM, with_round(visits=(*ROUND.visits, ROUND.visits[-1]))),
    "half": lambda: (PROBLEM, with_round(visits=ROUND.visits[:-1])),
    "unserved": lambda: (PROBLEM, dataclasses.replace(GOOD, unserved=("box",))),
    "request": lambda: (PROBLEM, with_visit(0, request="nobody")),
    "vehicle": lambda: (PROBLEM, with_round(vehicle="ghost")),
    "split": lambda: (
        dataclasses.replace(PROBLEM, vehicles=(*PROBLEM.vehicles, vehicle("van"))),
        dataclasses.replace(
            GOOD,
            rounds=tuple(
                dataclasses.replace(ROUND, vehicle=name, visits=visits)
                for name, visits in (("bus", ROUND.visits[:1]), ("van", ROUND.visits[1:]))
            ),
        ),
    ),
    "kind": lambda: (asking("box", pickup=None), GOOD),
    "place": lambda: (PROBLEM, with_visit(1, place=9)),
    "window": lambda: (asking("ann", delivery=Stop(8, 0, 20, 5)), GOOD),
    "service": lambda: (PROBLEM, with_visit(1, departure=ROUND.visits[1].start)),
    "skill": lambda: (stricter(skills=frozenset()), GOOD),
    "shift": lambda: (stricter(closes=100), GOOD),
    "duration": lambda: (stricter(max_duration=60), GOOD),
    "tasks": lambda: (stricter(max_tasks=3), GOOD),
    "way": lambda: (PROBLEM, with_round(start=ROUND.start + 15)),
    "pause": lambda: (PROBLEM, with_round(rests=())),
    "ride": lambda: (asking("ann", max_ride=30), GOOD),
    "order": lambda: (PROBLEM, reversed_round(ROUND)),
    "load": lambda: (stricter(capacity=(0,)), GOOD),
    "parted": lambda: (asking("ann", pickup=Stop(2, 0, 400, 5)), interleaved()),
    "distance": lambda: (PROBLEM, with_round(distance=ROUND.distance - 1)),
    "cost": lambda: (PROBLEM, with_round(cost=ROUND.cost - 1)),
}


def interleaved() -> Plan:
    """The passenger is on board while the box is handled."""
    order = sorted(ROUND.visits, key=lambda visit: (visit.kind != "pickup", visit.request != "ann"))
    times = sorted((visit.arrival, visit.start, visit.departure) for visit in ROUND.visits)
    return with_round(
        visits=tuple(
            dataclasses.replace(visit, arrival=came, start=start, departure=left)
            for visit, (came, start, left) in zip(order, times, strict=True)
        )
    )


def test_the_plan_to_break_is_right() -> None:
    assert check(PROBLEM, GOOD) == []
    assert GOOD.unserved == ()


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_violation_is_found(rule: str) -> None:
    problem, plan = PLANTED[rule]()
    assert rule in {fault.rule for fault in check(problem, plan)}


def test_two_pauses_at_once_are_found() -> None:
    two = stricter(pauses=(Pause(50, 200, 30), Pause(60, 200, 30)))
    (rest,) = ROUND.rests
    plan = with_round(rests=(rest, Rest(rest.start + 5, rest.end + 5)))
    assert "pause" in {fault.rule for fault in check(two, plan)}


def test_goods_kept_apart_are_never_on_board_together() -> None:
    together = world(request("food", 4, 6, goods="food"), request("acid", 2, 8, goods="acid"))
    pairs = frozenset({frozenset({"food", "acid"})})
    apart = dataclasses.replace(together, apart=pairs)
    effort = Effort(Limits(20.0, iterations=100))
    shared = solve(together, effort)
    assert shared.distance == 160
    assert {fault.rule for fault in check(apart, shared)} == {"goods"}
    plan = solve(apart, effort)
    assert check(apart, plan) == []
    assert plan.unserved or plan.distance > 160
    other = solve(apart, Effort(Limits(1.0), engine="ortools"))
    assert check(apart, other) == []
    assert (other.unserved, other.distance) == (plan.unserved, plan.distance)
    alone = dataclasses.replace(together, apart=frozenset({frozenset({"", "acid"})}))
    with pytest.raises(BadProblemError, match="are no pair"):
        solve(alone, effort)


def test_no_parcel_is_handled_beside_a_passenger_unless_that_is_allowed() -> None:
    parted = world(request("box", 4, 6), request("ann", 2, 8, is_passenger=True), is_parted=True)
    together = dataclasses.replace(parted, is_parted=False)
    effort = Effort(Limits(20.0, iterations=100))
    assert solve(together, effort).distance == 160
    assert solve(parted, effort).distance > 160


def test_the_dearer_request_is_served_where_there_is_room_for_one() -> None:
    rows = [request(f"r{k}", 2, 6, penalty=float(100 * (k + 5)), amount=(2,)) for k in range(2)]
    tight = [dataclasses.replace(row, delivery=Stop(6, 0, 75, 5)) for row in rows]
    plan = solve(world(*tight, vehicles=(vehicle("van"),)), Effort(Limits(20.0, iterations=50)))
    assert plan.unserved == ("r0",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"delivery": Stop(6, 50, 20)}, "window 50 to 20 is empty"),
        ({"amount": (-3,)}, "amount -3 is negative"),
        ({"amount": (1, 2)}, "2 amounts, but vehicles have 1"),
        ({"max_ride": -1}, "max_ride -1 is negative"),
        ({"penalty": float("nan")}, "penalty nan"),
        ({"pickup": None, "delivery": None}, "neither pickup nor delivery"),
        ({"pickup": Stop(12)}, "is at place 12; places are 0 to 9"),
    ],
)
def test_bad_requests_are_refused_with_the_value(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(BadProblemError, match=words):
        solve(world(dataclasses.replace(request("x", 1, 2), **changes)), Effort(Limits(0.1)))


def test_too_many_requests_are_refused_at_once() -> None:
    row = request("x", 1, 2)
    many = tuple(dataclasses.replace(row, id=f"r{k}") for k in range(100_000))
    with pytest.raises(BadProblemError, match=r"100000 requests; at most 12000 .* split it"):
        solve(world(*many), Effort(Limits(0.1)))


def test_without_vehicles_or_requests_there_is_a_plan_and_a_reason() -> None:
    alone = world(request("x", 1, 2), vehicles=())
    plan = solve(alone, Effort(Limits(0.1)))
    assert plan.unserved == ("x",)
    assert why_unserved(alone, plan)["x"].code == "fleet"
    assert solve(world(), Effort(Limits(0.1))).rounds == ()


def test_windows_that_exclude_each_other_are_a_reason() -> None:
    late = dataclasses.replace(request("x", 1, 9), delivery=Stop(9, 0, 40))
    problem = world(late)
    plan = solve(problem, Effort(Limits(0.1)))
    assert plan.unserved == ("x",)
    assert why_unserved(problem, plan)["x"].code == "window"


def test_progress_is_told_and_cancelling_ends_the_search_soon() -> None:
    rows = [request(f"r{k}", k % 10, (3 * k + 1) % 10) for k in range(60)]
    seen: list[Progress] = []

    def is_cancelled() -> bool:
        return len(seen) >= 3

    limits = Limits(600.0, is_cancelled=is_cancelled, on_progress=seen.append)
    fleet = tuple(vehicle(f"v{k}") for k in range(8))
    problem = world(*rows, vehicles=fleet)
    plan = solve(problem, Effort(limits))
    assert check(problem, plan) == []
    assert len(seen) in range(3, 6)
    assert [one.iterations for one in seen] == sorted(one.iterations for one in seen)
