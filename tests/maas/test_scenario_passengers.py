"""Passengers choose the least generalised cost, hold their seats, and call vehicles."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from maas.bookings import journey_claims
from maas.ledger import Ledger
from maas.region import Region
from maas.scenario.calls import call_work
from maas.scenario.demand import Demand, Traveller
from maas.scenario.file import Choice
from maas.scenario.passengers import CalledRide, Outcome, generalised_cost, plan_passengers
from tests.maas.scenario_valley import build_scenario_valley

SOUTH, YAMANAKA, NORTH = (43.0205, 141.0), (43.3, 141.0), (43.0, 141.0)
SPLENDID = Choice(value_of_time_per_hour=60_000)
THRIFTY = Choice(value_of_time_per_hour=0)


def at(clock: str) -> int:
    return int(datetime.fromisoformat(f"2026-10-07T{clock}+09:00").timestamp())


def leg(mode: str, departure: str, arrival: str, **more: Any) -> dict[str, Any]:
    times = {"departure": f"2026-10-07T{departure}+09:00", "arrival": f"2026-10-07T{arrival}+09:00"}
    return {"mode": mode, **times, "distance_m": 1000, **more}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return build_scenario_valley(tmp_path_factory.mktemp("valley"))


def planned(
    region: Region, travellers: list[Traveller], choice: Choice
) -> tuple[list[Outcome], Ledger]:
    return plan_passengers(region, Demand(tuple(travellers), {}), choice, lambda _: None)


def rides_of(outcome: Outcome) -> list[str]:
    return [leg["trip_id"] for leg in outcome.legs if "trip_id" in leg]


def test_generalised_cost_adds_money_and_weighted_minutes() -> None:
    # Wanted at 08:00. 10 min at home, 6 min walk, 4 min wait, 20 min ride, 1 transfer, 500 yen.
    itinerary = {
        **leg("", "08:10:00", "08:40:00"),
        "duration_s": 1800,
        "transfers": 1,
        "price": {"amount": "500", "currency": "JPY"},
        "legs": [leg("walk", "08:10:00", "08:16:00"), leg("bus", "08:20:00", "08:40:00")],
    }
    outcome = Outcome(Traveller("a", NORTH, SOUTH, at("08:00:00"), party=2), itinerary)
    choice = Choice(
        value_of_time_per_hour=600,
        walk_weight=2,
        wait_weight=1.5,
        early_weight=0.5,
        transfer_minutes=7,
    )
    assert (outcome.wait_before, outcome.wait_at_stops) == (600, 240)
    minutes = 20 + 2 * 6 + 1.5 * 4 + 0.5 * 10 + 7
    assert generalised_cost(outcome, choice) == pytest.approx(500 + 2 * 10 * minutes)
    free = Outcome(outcome.traveller, {**itinerary, "price": None})
    assert generalised_cost(free, choice) == pytest.approx(2 * 10 * minutes)


def test_who_has_no_time_takes_the_train_and_who_has_no_money_the_coach(region: Region) -> None:
    one = [Traveller("a", SOUTH, YAMANAKA, at("08:20:00"))]
    assert rides_of(planned(region, one, SPLENDID)[0][0]) == ["far:r1"]
    assert rides_of(planned(region, one, THRIFTY)[0][0]) == ["far:k1"]


def test_the_sixth_passenger_finds_the_five_seats_of_the_train_taken(region: Region) -> None:
    group = [Traveller(str(i), SOUTH, YAMANAKA, at("08:20:00")) for i in range(6)]
    outcomes, ledger = planned(region, group, SPLENDID)
    rides = [rides_of(outcome) for outcome in outcomes]
    assert rides[:5] == [["far:r1"]] * 5
    assert rides[5] != ["far:r1"]
    assert max(amount.seats for _, amount in ledger) == 5


def test_the_ledger_holds_what_the_itineraries_claim(region: Region) -> None:
    group = [Traveller(str(i), NORTH, YAMANAKA, at("07:50:00"), party=2) for i in range(3)]
    outcomes, ledger = planned(region, group, SPLENDID)
    held: Counter[object] = Counter()
    for outcome in outcomes:
        for claim in journey_claims(region, outcome.legs, 2):
            held[claim.key] += claim.amount.seats
            assert claim.capacity.seats == 5
    assert {key: amount.seats for key, amount in ledger} == held
    assert max(held.values()) <= 5


def test_a_place_off_the_map_is_a_reason_and_the_others_still_travel(region: Region) -> None:
    lost = Traveller("lost", (35.0, 139.0), YAMANAKA, at("08:00:00"))
    outcomes, _ = planned(region, [lost, Traveller("a", SOUTH, YAMANAKA, at("08:20:00"))], SPLENDID)
    assert outcomes[0].itinerary is None
    assert "off the map" in outcomes[0].reasons[0]["message"]
    assert outcomes[1].itinerary is not None


def called(operator: str, mode: str, party: int) -> CalledRide:
    return CalledRide(
        operator, mode, (43.01, 141.0), (43.02, 141.0), at("08:00:00"), at("08:05:00"), 1500, party
    )


def test_a_taxi_drives_empty_from_its_base_and_back(region: Region) -> None:
    # The base lies at 43.00: out to 43.01, back from 43.02, along straight lines × 1.3.
    work = call_work([called("north", "taxi", 1)], region.file.taxis, region.roads)
    (turn,) = work.turns
    degree_m = 111_195 * 1.3
    assert turn.loaded_m == 1500
    assert turn.empty_m == pytest.approx(0.03 * degree_m, rel=0.01)
    assert turn.seconds == pytest.approx(300 + turn.empty_m / (32 / 3.6), abs=5)
    km = (turn.loaded_m + turn.empty_m) / 1000
    assert work.cost == pytest.approx(60 * km + 2200 * turn.seconds / 3600)
    assert work.co2_g == pytest.approx(150 * km)


def test_five_people_need_two_taxis_of_four_seats(region: Region) -> None:
    one, two = (
        call_work([called("north", "taxi", party)], region.file.taxis, region.roads)
        for party in (4, 5)
    )
    assert two.loaded_km == 2 * one.loaded_km
    assert two.cost == pytest.approx(2 * one.cost)


def test_a_ride_on_demand_comes_back_empty_the_same_way(region: Region) -> None:
    work = call_work([called("yamanaka", "drt", 5)], region.file.taxis, region.roads)
    assert (work.loaded_km, work.empty_km) == (1.5, 1.5)
    assert work.hours == pytest.approx(1 / 6)


def test_a_day_without_calls_costs_nothing(region: Region) -> None:
    work = call_work([], region.file.taxis, region.roads)
    assert (work.turns, work.cost, work.co2_g) == ((), 0, 0)


def test_progress_is_told_after_each_traveller(region: Region) -> None:
    told: list[int] = []
    group = [Traveller(str(i), SOUTH, YAMANAKA, at("08:20:00")) for i in range(3)]
    plan_passengers(region, Demand(tuple(group), {}), SPLENDID, told.append)
    assert told == [1, 2, 3]
