"""Which fleets are busy and which goods are in the way: what the reason names admits a shipment."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cargo.answers import quote_document
from cargo.check import check
from cargo.effort import Effort
from cargo.model import read_plan
from cargo.network import Fleet, LineTrip
from cargo.problem import Problem
from cargo.reasons_fleets import Loop, _vehicles
from tests.cargo.facts import STYLE, facts_of, plan_of
from tests.cargo.worlds import H, fleet, hub, parcel, trip, two_towns

A, B = (43.0, 143.0), (43.0, 144.23)
NEAR_A, NEAR_B = (43.01, 143.01), (43.01, 144.24)
EFFORT = Effort(seconds=1e9, iterations=400, seed=1)
APART = frozenset({frozenset({"food", "paint"})})


def planned(problem: Problem) -> dict[str, Any]:
    plan = plan_of(problem, EFFORT)
    booked = {
        (one.trip_id, call.position): names
        for one in problem.network.trips
        for call, names in zip(one.calls, one.booked, strict=False)
    }
    facts = replace(
        facts_of(problem.network),
        booked=lambda key, at: booked.get((key[0], at), frozenset()),
    )
    assert check(read_plan(plan, "plan"), facts) == []
    return plan


def left(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row["reason"] for row in plan["shipments"] if row["status"] == "rejected"}


def with_vehicles(problem: Problem, rows: list[dict[str, Any]]) -> Problem:
    more = {row["fleet"]: row["vehicles"] for row in rows}
    fleets = tuple(
        replace(one, vehicles=one.vehicles + more.get(one.id, 0)) for one in problem.network.fleets
    )
    return replace(problem, network=replace(problem.network, fleets=fleets))


def one_fewer(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for at, row in enumerate(rows):
        yield [*rows[:at], {**row, "vehicles": row["vehicles"] - 1}, *rows[at + 1 :]]


def taxi(name: str, place: tuple[float, float]) -> Fleet:
    """A fleet of one, at work while one bus matters."""
    return fleet(name, "taxi", *place, vehicles=1)


FAR_A, FAR_B = (43.0, 143.12), (43.0, 144.11)  # half an hour from either town
SAME_TIME = {"ready": 8 * H, "due": 8 * H + 2400}
BUS = (trip("t", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)]),)
BUSY = [
    (["ta"], two_towns([parcel("p", A, FAR_A, **SAME_TIME), parcel("q", FAR_A, A, **SAME_TIME)],
                       fleets=(taxi("ta", A), taxi("tb", B)))),
    (["ta", "tb"], two_towns(
        [parcel(name, NEAR_A, NEAR_B, ready=8 * H + 2700, due=10 * H + 700, kg=60)
         for name in "pq"],
        trips=tuple(replace(BUS[0], trip_id=f"f:{at}") for at in range(2)),
        fleets=(taxi("ta", A), taxi("tb", B)))),
]  # fmt: skip


@pytest.mark.parametrize(("fleets", "problem"), BUSY, ids=["one", "two"])
def test_so_many_more_vehicles_of_the_fleets_named_admit_it_and_no_fewer_do(
    fleets: list[str], problem: Problem
) -> None:
    (reason,) = left(planned(problem)).values()
    assert reason["code"] == "vehicles_busy"
    rows = reason["remedy"]["fleets"]
    assert [row["fleet"] for row in rows] == fleets
    assert reason["remedy"]["vehicles"] == sum(row["vehicles"] for row in rows)
    assert left(planned(with_vehicles(problem, rows))) == {}
    for fewer in one_fewer(rows):
        assert len(left(planned(with_vehicles(problem, fewer)))) == 1
    assert all(f"'{name}'" in reason["message"] for name in fleets)
    assert all(f"「{name}」をあと1台" in reason["message_ja"] for name in fleets)


# --- goods that must be kept apart --------------------------------------------------------------

HUBS = (hub(0, *A), hub(1, 43.0, 143.6), hub(2, *B))
MIDDLE = (43.0, 143.6)


def through(name: str, departs: int, **changes: Any) -> LineTrip:
    """From A by the middle to B, half an hour each."""
    calls = [(at, departs + 1800 * at - 300 * (at == 1), departs + 1800 * at) for at in range(3)]
    return trip(name, calls, **changes)


def apart(
    parcels: list[Any], trips: tuple[LineTrip, ...], fleets: tuple[Fleet, ...] = ()
) -> Problem:
    problem = two_towns(parcels, hubs=HUBS, trips=trips, fleets=fleets)
    return replace(problem, network=replace(problem.network, apart=APART))


def without(problem: Problem, names: list[str]) -> Problem:
    rows = [one for one in problem.shipments if one.document.id not in names]
    return apart(rows, problem.network.trips, problem.network.fleets)


def test_the_goods_in_the_way_on_a_trip_are_named_with_their_segment() -> None:
    """Food rides on the last half of the only bus, twice; paint could ride if neither did."""
    rows = [parcel("paint", A, B, goods="paint")]
    rows += [parcel(f"food{at}", MIDDLE, B, goods="food", priority=5) for at in range(2)]
    problem = apart(rows, (through("t", 9 * H),))
    reason = left(planned(problem))["paint"]
    assert reason["code"] == "incompatible"
    (row,) = reason["remedy"]["apart"]
    assert (row["trip_id"], row["departure"]) == ("f:t", "09:30:00")
    assert (row["from"]["stop_id"], row["to"]["stop_id"]) == ("f:s1", "f:s2")
    assert (row["goods"], row["shipments"]) == (["food"], ["food0", "food1"])
    assert "food on Line bus at 09:30 from Stop 1 to Stop 2" in reason["message"]
    assert "「food」と一緒に積めません" in reason["message_ja"]
    assert left(planned(without(problem, row["shipments"]))) == {}
    for name in row["shipments"]:
        others = [one for one in row["shipments"] if one != name]
        assert set(left(planned(without(problem, others)))) == {"paint"}


def test_of_two_trips_the_one_with_fewer_in_the_way_is_named() -> None:
    rows = [parcel("paint", A, B, goods="paint")]
    early = [parcel(f"e{at}", A, B, due=10 * H + 600, goods="food", priority=5) for at in range(3)]
    late = [parcel("late", A, B, ready=10 * H, goods="food", priority=5)]
    problem = apart([*rows, *early, *late], (through("t", 9 * H), through("u", 11 * H)))
    reason = left(planned(problem))["paint"]
    assert [row["shipments"] for row in reason["remedy"]["apart"]] == [["late"]]
    assert left(planned(without(problem, ["late"]))) == {}


def test_the_vehicle_with_goods_in_the_way_is_named() -> None:
    """One taxi, one drive: food is on board, and paint asks for the same hour."""
    window = {"ready": 8 * H, "due": 8 * H + 2400}
    rows = [
        parcel("food", A, FAR_A, goods="food", priority=5, **window),
        parcel("paint", A, FAR_A, goods="paint", **window),
    ]
    problem = apart(rows, (), (taxi("ta", A),))
    reason = left(planned(problem))["paint"]
    assert reason["code"] == "incompatible"
    (row,) = reason["remedy"]["apart"]
    assert row == {"vehicle": "ta/1/1", "goods": ["food"], "shipments": ["food"]}
    assert "ta/1/1" in reason["message"]
    assert "「food」を積んでいます" in reason["message_ja"]
    assert left(planned(without(problem, ["food"]))) == {}
    assert left(planned(with_vehicles(problem, reason["remedy"]["fleets"]))) == {}


def booked(names: list[set[str]]) -> LineTrip:
    return through("t", 9 * H, booked=tuple(frozenset(one) for one in names))


@pytest.mark.parametrize(("names", "goes"), [
    ([{"paint"}, set()], {(1, 2)}),
    ([set(), {"paint"}], {(0, 1)}),
    ([{"food"}, {"paint"}], {(0, 1)}),
    ([set(), set()], {(0, 1), (1, 2), (0, 2)}),
])  # fmt: skip
def test_goods_ride_on_the_segments_where_nothing_booked_is_in_the_way(
    names: list[set[str]], goes: set[tuple[int, int]]
) -> None:
    ends = [(place.lat, place.lon) for place in HUBS]
    for pair in ((0, 1), (1, 2), (0, 2)):
        problem = apart([parcel("p", ends[pair[0]], ends[pair[1]], goods="food")], (booked(names),))
        answer = quote_document(problem, STYLE)
        assert bool(answer["options"]) == (pair in goes)
        refused = left(planned(problem))
        assert bool(refused) == (pair not in goes)
        for reason in [answer["reasons"][0], *refused.values()] if refused else []:
            (row,) = reason["remedy"]["apart"]
            at = names.index({"paint"})
            assert reason["code"] == "incompatible"
            assert (row["from"]["stop_id"], row["to"]["stop_id"]) == (f"f:s{at}", f"f:s{at + 1}")
            assert (row["goods"], row["shipments"]) == (["paint"], [])
        if refused:
            assert [one["code"] for one in answer["reasons"]] == ["incompatible", "apart"]


def test_a_vehicle_that_ends_elsewhere_drives_one_of_two_loops() -> None:
    loops = [Loop(9 * H, 10 * H, 0), Loop(11 * H, 12 * H, 0)]
    van = fleet("v", "van", *A)
    problem = two_towns([parcel("p", A, B)], fleets=(van, replace(van, id="w", end=B)))
    assert [_vehicles(problem, at, loops) for at in range(2)] == [1, 2]
