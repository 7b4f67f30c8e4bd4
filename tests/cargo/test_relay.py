"""Three-echelon deliveries: solver against all plans of tiny instances, check, reader."""

import math
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import lmd
from cargo.effort import CancelledError
from cargo.formats.lines import FormatError
from cargo.formats.relay import read
from cargo.ortools_relay_times import Timed, timed
from cargo.relay.check import check
from cargo.relay.model import (
    CourierRound,
    Customer,
    Relay,
    RelayLine,
    RelayPlan,
    RelayStop,
    Ride,
    Tour,
)
from cargo.relay.rounds import TooLargeRelayError, courier_options
from cargo.relay.solve import solve
from cargo.relay.tours import tour_options
from tests.cargo.relay_oracle import cheapest, cheapest_tours, courier_costs

FULL = os.environ.get("MAAS_TEST_TIER") == "full"
MOST = 150 if FULL else 12  # examples


def _holding(relay: Relay, capacity: int) -> Relay:
    """The instance with less room at its stops."""
    return replace(relay, stops=tuple(replace(one, capacity=capacity) for one in relay.stops))


PLACES = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
    lambda at: (10.0 * at[0], 10.0 * at[1])
)


@st.composite
def relays(draw: st.DrawFn, *, is_roomy: bool) -> Relay:
    """Few customers, two lines that share stops, tight capacities, windows tight or wide."""
    stops = tuple(
        RelayStop(f"S{at}", draw(PLACES), 99 if is_roomy else draw(st.integers(2, 9)),
                  float(draw(st.integers(0, 2))),
                  500.0 if is_roomy else float(draw(st.sampled_from([10, 30]))))
        for at in range(4)
    )  # fmt: skip
    room = 99 if is_roomy else draw(st.integers(3, 9))
    first = 100.0 if is_roomy else 10.0
    shares = draw(st.booleans())
    lines = (
        RelayLine("L0", room, first, 15.0, 2, (0, 1), (2,)),
        RelayLine("L1", room, first + 2, 20.0, 2, (1,), (2, 3) if shares else (3,)),
    )
    customers = []
    for at in range(draw(st.integers(1, 3 if FULL else 2))):
        opens = float(draw(st.integers(0, 60)))
        length = 500 if is_roomy else draw(st.integers(10, 60))
        out = draw(st.sampled_from([(2,), (3,), (2, 3)]))
        customers.append(
            Customer(f"D{at}", draw(PLACES), draw(st.integers(1, 4)), opens,
                     opens + length, out)
        )  # fmt: skip
    return Relay(
        "tiny", draw(PLACES), (0, 1), stops, tuple(customers), lines,
        n_trucks=draw(st.integers(1, 2)), truck_capacity=draw(st.integers(4, 10)),
        n_couriers=draw(st.integers(1, 2)), courier_capacity=draw(st.integers(4, 8)),
        longest_round=1000.0 if is_roomy else float(draw(st.sampled_from([40, 1000]))),
        courier_cost=draw(st.sampled_from([0.5, 1.0])), is_whole=draw(st.booleans()),
    )  # fmt: skip


@given(relays(is_roomy=False))
@settings(max_examples=MOST)
def test_no_answer_is_cheaper_than_the_cheapest_plan_nor_dearer_than_its_bound(
    relay: Relay,
) -> None:
    answer, least = solve(relay, 20.0), cheapest(relay)
    assert answer.bound <= least + 1e-3
    if answer.plan is not None:
        verdict = check(relay, answer.plan)
        assert verdict.faults == ()
        assert verdict.cost == pytest.approx(answer.cost)
        assert answer.cost >= least - 1e-6


@given(relays(is_roomy=True))
@settings(max_examples=MOST)
def test_the_cheapest_plan_is_found_where_times_and_storage_leave_room(relay: Relay) -> None:
    answer, least = solve(relay, 20.0), cheapest(relay)
    assert (math.inf if answer.plan is None else answer.cost) == pytest.approx(least)


@given(relays(is_roomy=False), st.integers(4, 12))
def test_rounds_of_couriers_are_all_sets_in_their_cheapest_order(
    relay: Relay, capacity: int
) -> None:
    relay = replace(
        relay,
        courier_capacity=capacity,
        customers=tuple(replace(one, stops=(2, 3)) for one in relay.customers),
        lines=tuple(replace(line, first=50.0, in_stops=(0, 1)) for line in relay.lines),
    )
    for stop, line in ((2, relay.lines[0]), (3, relay.lines[1])):
        if stop == 2 and 2 in relay.lines[1].out_stops:
            continue  # two lines call there
        away = min(relay.calls(line)[at] for at in line.in_stops)
        assert away >= 0.2 * math.dist(relay.depot, relay.stops[0].at)  # the first run is caught
        ready = relay.calls(line)[stop] + relay.stops[stop].handling
        found = {
            frozenset(one.customers): one.cost for one in courier_options(relay) if one.stop == stop
        }
        assert found == pytest.approx(courier_costs(relay, stop, ready))


@given(relays(is_roomy=True))
def test_tours_reach_each_set_of_lines_at_least_cost(relay: Relay) -> None:
    options = tour_options(relay)
    for lines, least in cheapest_tours(relay).items():
        costs = [one.cost for one in options if not lines & ~one.lines]
        assert min(costs) == pytest.approx(least)
    assert all(one.limits == () for one in options)


def test_a_call_hands_over_what_boards_at_once_and_what_the_stop_stores() -> None:
    narrow = replace(_holding(SMALL, 2), lines=(replace(SMALL.lines[0], capacity=3),))
    by_stops = {one.stops: (one.cost, one.limits) for one in tour_options(narrow)}
    assert by_stops == {(0,): (100.0, ((1, 5),)), (0, 1): (200.0, ())}
    answer = solve(replace(narrow, n_trucks=2), 5.0)
    assert answer.plan is None or check(narrow, answer.plan).faults == ()


SAMPLE = ("Instance1", "Instance3", "Instance6", "insC1.4", "insC2.0")  # optima are published


def lmd_folder(outside_data: Path) -> Path:
    folder = lmd.folder_in(outside_data)
    if not folder.is_dir():
        pytest.skip(f"the instances are not there: {folder}")
    return folder


@pytest.mark.parametrize("name", SAMPLE)
def test_published_optima_are_found_again(outside_data: Path, name: str) -> None:
    case = lmd.case_of(lmd_folder(outside_data), name)
    outcome = lmd.measured(case, 20.0)
    assert outcome.verdict.faults == ()
    assert case.published is not None
    assert outcome.verdict.distance == pytest.approx(case.published, rel=1e-5)
    assert outcome.bound == pytest.approx(case.published, rel=1e-5)


# No published method has these; our bound proves them.
PROVEN = {"Instance14": 3396.1189, "insC4.2": 5142.0, "insC5.7": 5858.0, "insC5.8": 5456.0}


@pytest.mark.parametrize("name", PROVEN)
def test_tight_instances_get_plans_that_are_proven_optimal(outside_data: Path, name: str) -> None:
    outcome = lmd.measured(lmd.case_of(lmd_folder(outside_data), name), 20.0)
    assert outcome.verdict.faults == ()
    assert outcome.verdict.distance == pytest.approx(PROVEN[name], rel=1e-6)
    assert outcome.bound == pytest.approx(PROVEN[name], rel=1e-6)


@pytest.mark.full
def test_published_instances_have_plans_no_dearer_than_published(outside_data: Path) -> None:
    folder = lmd_folder(outside_data)
    names = lmd.names_in(folder)
    assert len(names) == 74
    for name in names:
        outcome = lmd.measured(lmd.case_of(folder, name), 30.0)
        assert outcome.verdict.faults == (), name
        assert outcome.gap is None or outcome.gap <= 1e-5, name


SMALL = Relay(
    "small", (0.0, 0.0), (0, 1),
    (
        RelayStop("in", (50.0, 0.0), 9, 0.0, 30.0), RelayStop("inner", (100.0, 0.0), 9, 0.0, 30.0),
        RelayStop("out", (200.0, 0.0), 9, 0.0, 30.0), RelayStop("far", (250.0, 0.0), 9, 0.0, 30.0),
    ),
    (
        Customer("ann", (200.0, 50.0), 4, 60.0, 90.0, (2,)),
        Customer("bob", (200.0, 70.0), 3, 60.0, 120.0, (2, 3)),
    ),
    (RelayLine("bus", 8, 30.0, 30.0, 3, (0, 1), (2, 3)),),
    n_trucks=1, truck_capacity=8, n_couriers=1, courier_capacity=8, longest_round=80.0,
)  # fmt: skip
# One truck to `in` at 30, the first run, at `out` at 60, one courier to ann (70), bob (74).
FINE = RelayPlan(
    [Tour((0,), (30.0,))], [Ride(0, 0, 0, 0, 2), Ride(0, 0, 0, 0, 2)], [CourierRound(2, (0, 1), 60)]
)
LATE = [Ride(0, 0, 0, 1, 2), Ride(0, 0, 0, 1, 2)]
ONE = CourierRound(2, (0,), 60.0)


def test_a_small_plan_costs_its_ways() -> None:
    assert check(SMALL, FINE) == (240.0, ())
    assert check(replace(SMALL, courier_cost=0.5), FINE).cost == 170.0
    answer = solve(SMALL, 5.0)
    assert answer.cost == 240.0
    assert answer.bound == pytest.approx(240.0, abs=1e-3)


def test_a_truck_drives_along_with_the_only_run_in_time() -> None:
    """Both take 6.6673 min to `inner`, which is no whole number of steps."""
    stops = (
        replace(SMALL.stops[0], at=(0.0, 0.0)), replace(SMALL.stops[1], at=(32.34, 8.09)),
        *SMALL.stops[2:],
    )  # fmt: skip
    bus = replace(SMALL.lines[0], first=0.0, headway=60.0, n_runs=2)
    relay = replace(SMALL, stops=stops, lines=(bus,), in_stops=(1,))
    answer = solve(relay, 5.0)
    assert answer.plan is not None
    assert {ride.run for ride in answer.plan.rides} == {0}
    assert check(relay, answer.plan).faults == ()


@pytest.mark.parametrize("start_tours", [0, 5000])
def test_a_fleet_that_stays_undecided_comes_again(
    monkeypatch: pytest.MonkeyPatch, start_tours: int
) -> None:
    """Also where looking for a start would take too many tours."""
    monkeypatch.setattr("cargo.relay.solve.START_TOURS", start_tours)
    turns = []

    def hesitating(*given: Any) -> Timed:
        turns.append(given)
        return timed(*given) if len(turns) > 12 else Timed(None, math.inf, is_settled=False)

    monkeypatch.setattr("cargo.relay.solve.timed", hesitating)
    assert solve(SMALL, 20.0).cost == 240.0


@pytest.mark.parametrize(
    ("relay", "plan", "fault"),
    [
        (SMALL, replace(FINE, rides=FINE.rides[:1]), "1 rides for 2 customers"),
        (SMALL, replace(FINE, rounds=[ONE]), "bob is visited 0 times"),
        (SMALL, replace(FINE, rides=[Ride(1, 0, 0, 0, 2), *FINE.rides[1:]]), "no truck 1"),
        (SMALL, replace(FINE, rides=[Ride(0, 1, 0, 0, 2), *FINE.rides[1:]]), "does not call"),
        (SMALL, replace(FINE, rides=[Ride(0, 0, 1, 0, 2), *FINE.rides[1:]]), "no line 1"),
        (SMALL, replace(FINE, rides=[Ride(0, 0, 0, 3, 2), *FINE.rides[1:]]), "no run 3"),
        (SMALL, replace(FINE, rides=[Ride(0, 0, 0, 0, 3), *FINE.rides[1:]]), "cannot be served"),
        (SMALL, replace(FINE, rides=[Ride(0, 0, 0, 0, 1), *FINE.rides[1:]]), "from stop to stop"),
        (SMALL, replace(FINE, rounds=[CourierRound(3, (0, 1), 60.0)]), "at different stops"),
        (SMALL, replace(FINE, tours=[Tour((0,), ())]), "without a time"),
        (replace(SMALL, n_trucks=0), FINE, "1 trucks of 0"),
        (replace(SMALL, truck_capacity=6), FINE, "truck 0 carries 7 of 6"),
        (replace(SMALL, in_stops=(1,)), FINE, "may not call at stop 0"),
        (SMALL, replace(FINE, tours=[Tour((0,), (9.0,))]), "cannot be at stop 0 by 9.00"),
        (replace(SMALL, lines=(replace(SMALL.lines[0], capacity=6),)), FINE, "carries 7 of 6"),
        (replace(SMALL, n_couriers=0), FINE, "1 couriers of 0"),
        (replace(SMALL, courier_capacity=6), FINE, "a courier carries 7 of 6"),
        (replace(SMALL, longest_round=20.0), FINE, "a round lasts 28.00 of 20.00"),
        (SMALL, replace(FINE, rounds=[CourierRound(2, (0, 1), 85.0)]), "ann is served at 95.00"),
        (SMALL, replace(FINE, rounds=[CourierRound(2, (0, 1), 59.0)]), "1.00 min too soon"),
        (SMALL, replace(FINE, rides=LATE), "leaves stop out 30.00 min too soon"),
        (SMALL, replace(FINE, tours=[Tour((0,), (31.0,))]), "leaves stop in 1.00 min too soon"),
        (SMALL, replace(FINE, rounds=[CourierRound(2, (0, 1), 91.0)]), "waits 31.00 min"),
        (_holding(SMALL, 6), replace(FINE, tours=[Tour((0,), (29.0,))]), "stop in holds 7 of 6"),
        (
            replace(SMALL, courier_capacity=4),
            replace(FINE, rounds=[ONE, CourierRound(2, (1,), 60.0)]),
            "stop out: 2 couriers of 1",
        ),
    ],
)
def test_each_broken_rule_is_named(relay: Relay, plan: RelayPlan, fault: str) -> None:
    assert fault in "; ".join(check(relay, plan).faults)


def test_what_leaves_as_it_comes_needs_no_storage() -> None:
    assert check(_holding(SMALL, 0), FINE).faults == ()


def test_a_problem_without_a_plan_has_an_infinite_bound() -> None:
    ann = (replace(SMALL.customers[0]), replace(SMALL.customers[0], name="eve"))
    answer = solve(replace(SMALL, customers=ann, courier_capacity=4), 5.0)
    assert answer == (None, math.inf, math.inf)


def test_listing_ends_when_the_time_does() -> None:
    """Fourteen narrow in-stops make tens of thousands of tours."""
    stops = (
        *(RelayStop(f"s{at}", (100.0 + 10 * at, 7.0 * at), 2, 5.0, 30.0) for at in range(14)),
        SMALL.stops[-1],
    )
    many = replace(
        SMALL, stops=stops, in_stops=tuple(range(14)), truck_capacity=40, customers=(),
        lines=(replace(SMALL.lines[0], in_stops=tuple(range(14)), out_stops=(14,)),),
    )  # fmt: skip
    asked = 0

    def go_on() -> None:
        nonlocal asked
        asked += 1
        if asked > 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        tour_options(many, go_on=go_on)
    assert asked == 4
    answer = solve(many, 0.0)
    assert (answer.plan, answer.cost, answer.bound) == (None, math.inf, 0.0)


def test_a_cancelled_search_ends_without_a_plan() -> None:
    assert solve(SMALL, 5.0, lambda: True).plan is None


def test_too_many_rounds_and_lines_are_refused() -> None:
    people = tuple(Customer(f"c{at}", (200.0 + at, 10.0), 1, 0.0, 500.0, (2,)) for at in range(40))
    with pytest.raises(TooLargeRelayError, match="lower the capacity of couriers"):
        courier_options(replace(SMALL, customers=people, courier_capacity=5, longest_round=999.0))
    with pytest.raises(TooLargeRelayError, match="split the instance"):
        tour_options(replace(SMALL, lines=SMALL.lines * 13))


CITY = """# S name capS cost x y Ts WMax
S A 90 7 0 10 0 60
S B 80 7 0 90 0 60

O O0 0 0
A

D D0 5 95
B

L L0 F0 70 1 30 20 5
A
B
"""
DEMANDS = "# D load Tl Th\nD0 12 30 200\n"
PARAMS = "Lmax 900\nmaxTrucks 2\nmaxFreightersPerStop 3\ntrucksCap 50\nfreightersCap 20\n"


def _written(folder: Path, city: str, demands: str, params: str) -> Path:
    for suffix, text in ((".city", city), (".demands", demands), (".params", params)):
        (folder / f"one{suffix}").write_text(text, encoding="utf-8")
    return folder / "one.city"


def test_an_instance_is_read(tmp_path: Path) -> None:
    relay = read(_written(tmp_path, CITY, DEMANDS, PARAMS))
    assert relay.stops[0] == RelayStop("A", (0.0, 10.0), 90, 0.0, 60.0)
    assert relay.customers == (Customer("D0", (5.0, 95.0), 12, 30.0, 200.0, (1,)),)
    assert relay.lines == (RelayLine("L0", 70, 30.0, 20.0, 5, (0,), (1,)),)
    assert (relay.n_trucks, relay.truck_capacity) == (2, 50)
    assert (relay.n_couriers, relay.courier_capacity, relay.longest_round) == (3, 20, 900.0)
    assert read(tmp_path / "one") == relay
    plan = solve(relay, 5.0).plan
    assert plan is not None
    assert check(relay, plan).faults == ()


def test_an_older_city_gets_the_times_of_the_newer_ones(tmp_path: Path) -> None:
    city = CITY.replace(" 0 60\n", "\n").replace(" 30 20 5", "")
    relay = read(_written(tmp_path, city, DEMANDS, PARAMS + "freightRouteCostCoeff 0.5\n"))
    assert relay.stops[1].longest_wait == 60.0
    assert (relay.lines[0].first, relay.lines[0].headway, relay.lines[0].n_runs) == (30, 30, 15)
    assert relay.courier_cost == 0.5


CITY_FAULTS = [
    ("S A 90", "S A ninety", "line 2: capS 'ninety' is no number"),
    ("S A 90", "S A -9", "line 2: capS -9 is negative"),
    ("S B", "S A", "line 3: name A stands twice"),
    ("0 10 0 60", "0 10 0", "line 2: 7 values; a row S has 6 or 8"),
    ("S A 90 7 0 10 0 60", "S A 90", "line 2: 3 values; a row S has 6 or 8"),
    ("O O0 0 0\nA", "", "0 rows O"),
    ("O O0 0 0\nA", "O O0 0 0\nC", "stop C has no row S"),
    ("D D0 5 95\nB", "D D0 5 95\nA", "no out-stop may serve customer D0"),
    ("30 20 5", "30 20 0", "nBuses 0: a line needs a run"),
    ("5\nA\nB\n", "5\nA\n", "the file ends before the stops"),
    ("5\nA\nB\n", "5\nA\nA\n", "stop A is an in-stop and an out-stop of line L0"),
    ("S A", "X A", "line 2: 'X' is no kind of row; known are S, O, D, L"),
]


@pytest.mark.parametrize(("old", "new", "message"), CITY_FAULTS)
def test_a_fault_of_a_city_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = _written(tmp_path, CITY.replace(old, new), DEMANDS, PARAMS)
    with pytest.raises(FormatError, match=re.escape(message)):
        read(path)


@pytest.mark.parametrize(
    ("demands", "params", "message"),
    [
        ("D0 12 200 30\n", PARAMS, "one.demands, line 1: window 200 to 30 is empty"),
        ("D0 0 30 200\n", PARAMS, "one.demands, line 1: load 0 is not positive"),
        ("D0 1.5 30 200\n", PARAMS, "load '1.5' is not whole"),
        ("", PARAMS, "customer D0 of the city has no row"),
        (DEMANDS + "D1 1 0 9\n", PARAMS, "line 3: customer D1 has no row D"),
        (DEMANDS, PARAMS.replace("Lmax", "lmax"), "Lmax is missing; write a line 'Lmax VALUE'"),
        (DEMANDS, PARAMS.replace("trucksCap 50", "trucksCap"), "trucksCap is missing"),
    ],
)
def test_faults_of_the_other_files_are_named(
    tmp_path: Path, demands: str, params: str, message: str
) -> None:
    with pytest.raises(FormatError, match=re.escape(message)):
        read(_written(tmp_path, CITY, demands, params))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"nothing\.city: no such file"):
        read(tmp_path / "nothing.city")
