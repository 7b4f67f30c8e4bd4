"""Which itineraries are shown."""

from hypothesis import given
from hypothesis import strategies as st

from maas.fares import NO_TICKETS, Bill, Ticket
from maas.itinerary import Itinerary, Leg, Ridden, Spot
from maas.planner_choice import (
    Outline,
    Rivals,
    best_of,
    choose,
    non_dominated,
    sensible,
    without_waste,
)
from maas.region_fleets import Meter, TaxiFleet
from maas.region_parts import Point
from routing.kernels.door_ways import WORTHWHILE

HERE, THERE = Spot("a", "", 43.0, 141.0), Spot("b", "", 43.1, 141.0)
FLEET = TaxiFleet(
    id="t",
    base=Point(lat=43.0, lon=141.0),
    meter=Meter(base_fare=600, base_distance_m=1000, step_fare=100, step_distance_m=300),
)


def by_bus(departure: int, arrival: int, price: int | None = 0, transfers: int = 0) -> Itinerary:
    legs = tuple(
        Leg("bus", HERE, THERE, departure, arrival, ridden=Ridden(i, 0, 1))
        for i in range(transfers + 1)
    )
    tickets = () if price is None else (Ticket((0,), price, ""),)
    return Itinerary(legs, Bill.of(tickets, is_whole=price is not None))


def by_taxi(departure: int, arrival: int, price: int, *, is_flexible: bool = False) -> Itinerary:
    leg = Leg("taxi", HERE, THERE, departure, arrival, carrier=FLEET, price=price)
    return Itinerary((leg,), NO_TICKETS, is_flexible=is_flexible)


def walk(departure: int, arrival: int) -> Itinerary:
    leg = Leg("walk", HERE, THERE, departure, arrival)
    return Itinerary((leg,), NO_TICKETS, is_flexible=True)


BUSES = st.lists(
    st.builds(
        lambda start, length, price, transfers: by_bus(start, start + length, price, transfers),
        st.integers(0, 9),
        st.integers(1, 9),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    max_size=12,
)


def criteria(one: Itinerary) -> tuple[int, int, int, int]:
    return -one.departure, one.arrival, one.transfers, one.known_cost


@given(BUSES)
def test_no_itinerary_of_the_set_dominates_another_and_none_is_missing(
    buses: list[Itinerary],
) -> None:
    chosen = [criteria(one) for one in non_dominated(buses)]
    for one in map(criteria, buses):
        assert any(all(a <= b for a, b in zip(c, one, strict=True)) for c in chosen)
    for one in chosen:
        rivals = [c for c in chosen if c != one]
        assert not any(all(a <= b for a, b in zip(c, one, strict=True)) for c in rivals)
    assert len(set(chosen)) == len(chosen)


@given(BUSES, st.integers(1, 4))
def test_the_soonest_is_always_shown(buses: list[Itinerary], most: int) -> None:
    shown = choose(buses, most)
    assert len(shown) <= most
    soonest = min((one.arrival for one in buses), default=None)
    assert min((one.arrival for one in shown), default=None) == soonest
    assert [one.departure for one in shown] == sorted(one.departure for one in shown)


@given(BUSES, st.integers(1, 4))
def test_when_arriving_by_a_time_the_latest_departure_is_always_shown(
    buses: list[Itinerary], most: int
) -> None:
    latest = max((one.departure for one in buses), default=None)
    shown = choose(buses, most, arrive_by=True)
    assert max((one.departure for one in shown), default=None) == latest


@given(BUSES, st.integers(1, 6), st.booleans())
def test_the_best_by_each_criterion_are_shown_before_the_nearest(
    buses: list[Itinerary], most: int, arrive_by: bool
) -> None:
    def away(one: Itinerary) -> int:
        return -one.departure if arrive_by else one.arrival

    some = sensible(buses)
    wanted = [
        *sorted(some, key=lambda one: (away(one), one.known_cost))[:1],
        *sorted(some, key=lambda one: (one.known_cost, away(one)))[:1],
        *sorted(some, key=lambda one: (one.duration, away(one)))[:1],
        *sorted(some, key=lambda one: (one.transfers, away(one)))[:1],
        *sorted(some, key=lambda one: (away(one), one.transfers)),
    ]
    expected = list({id(one): one for one in wanted}.values())[:most]
    shown = best_of(some, most, arrive_by=arrive_by)
    assert {id(one) for one in shown} == {id(one) for one in expected}


def test_a_walk_that_is_as_quick_beats_later_buses() -> None:
    bus = by_bus(1000, 1600, 200)
    assert choose([walk(0, 600), bus], 5)[0].legs[0].mode == "walk"
    assert len(choose([walk(0, 600), bus], 5)) == 1
    assert len(choose([walk(0, 601), bus], 5)) == 2


def test_an_unknown_price_is_not_thrown_out_for_a_known_one() -> None:
    unknown, known = by_bus(0, 600, None), by_bus(0, 600, 200)
    assert choose([known, unknown], 5) == [unknown]
    assert unknown.price is None


def test_a_taxi_to_the_bus_that_saves_five_minutes_is_not_worth_it() -> None:
    bus = by_bus(0, 3600, 200)
    assert without_waste([bus, by_taxi(300, 3600, 1000)]) == [bus]
    assert len(without_waste([bus, by_taxi(301, 3600, 1000)])) == 2


def test_a_taxi_to_the_bus_must_be_much_cheaper_than_a_taxi_all_the_way() -> None:
    direct = by_taxi(0, 1200, 4000, is_flexible=True)
    assert len(without_waste([direct, by_taxi(0, 2400, 2999)])) == 2
    assert without_waste([direct, by_taxi(0, 2400, 3000)]) == [direct]


def test_of_equals_the_one_with_less_walking_stays() -> None:
    near = by_bus(0, 600)
    far = Itinerary((Leg("walk", HERE, THERE, 0, 300), *by_bus(300, 600).legs), near.bill)
    assert choose([far, near], 5) == [near]


TAXIS = st.lists(
    st.builds(
        lambda start, length, price, is_flexible: by_taxi(
            start, start + length, price, is_flexible=is_flexible
        ),
        st.integers(0, 900),
        st.integers(1, 900),
        st.integers(1, 9),  # none is free
        st.booleans(),
    ),
    max_size=6,
)
WALKS = st.lists(
    st.builds(
        lambda start, length: walk(start, start + length), st.integers(0, 9), st.integers(1, 9)
    ),
    max_size=2,
)


@given(BUSES, TAXIS, WALKS, st.integers(0, 19), st.integers(0, 3))
def test_what_rivals_rule_out_changes_nothing(
    buses: list[Itinerary], taxis: list[Itinerary], walks: list[Itinerary], which: int, spare: int
) -> None:
    """Even where less of its price is known than it will cost."""
    every = [*buses, *taxis, *walks]
    if not every:
        return
    one = every.pop(which % len(every))
    rivals = Rivals()
    rivals.add(every)
    least = max(0, one.known_cost - spare)
    outline = Outline(one.departure, one.arrival, one.transfers, least)
    if not one.is_flexible and rivals.rule_out(outline, calls=one.uses_carrier):
        assert sensible([*every, one]) == sensible(every)


def test_rivals_rule_out_what_is_dearer_and_no_sooner_but_not_what_leaves_later() -> None:
    rivals = Rivals()
    rivals.add([by_bus(100, 200, 5)])
    assert rivals.rule_out(Outline(100, 200, 0, 6), calls=False)
    assert rivals.rule_out(Outline(90, 200, 0, 5), calls=False)
    assert not rivals.rule_out(Outline(100, 200, 0, 5), calls=False)
    assert not rivals.rule_out(Outline(101, 200, 0, 6), calls=False)


@given(
    st.lists(BUSES, max_size=3),
    st.lists(st.one_of(TAXIS, WALKS), max_size=2),
    st.tuples(st.integers(0, 9), st.integers(1, 9), st.integers(0, 2), st.integers(0, 3)),
    st.booleans(),
)
def test_rivals_rule_out_by_any_of_them_in_whatever_order_they_became_known(
    buses: list[list[Itinerary]],
    others: list[list[Itinerary]],
    asked: tuple[int, int, int, int],
    calls: bool,
) -> None:
    departure, lasts, transfers, cost = asked
    one = Outline(departure, departure + lasts, transfers, cost)
    rivals = Rivals()
    for some in (*buses, *others):
        rivals.add(some)
    every = [known for some in (*buses, *others) for known in some]
    assert rivals.rule_out(one, calls=calls) == any(
        makes_useless(known, one, calls=calls) for known in every
    )


def makes_useless(known: Itinerary, one: Outline, *, calls: bool) -> bool:
    """The rules as they are applied to itineraries that are priced in full."""
    outline = Outline(known.departure, known.arrival, known.transfers, known.known_cost)
    is_as_cheap_and_simple = known.known_cost <= one.cost and known.transfers <= one.transfers
    is_as_good = is_as_cheap_and_simple and outline != one
    if is_as_good and known.departure >= one.departure and known.arrival <= one.arrival:
        return True
    duration = one.arrival - one.departure
    if not known.is_flexible or known.price is None or known.duration > duration:
        return False
    if calls and one.cost >= WORTHWHILE * known.known_cost:
        return True
    return is_as_cheap_and_simple and (known.duration < duration or known.known_cost < one.cost)


def test_what_vehicles_cost_is_known_apart_from_tickets() -> None:
    whole = by_bus(0, 600).bill
    taxi = Leg("taxi", HERE, THERE, 0, 300, carrier=FLEET, price=900)
    unpriced = Leg("drt", HERE, THERE, 300, 600, carrier=FLEET)
    known, unknown = Itinerary((taxi,), whole), Itinerary((taxi, unpriced), whole)
    assert (known.on_road, known.is_road_known) == (900, True)
    assert (unknown.on_road, unknown.is_road_known, unknown.price) == (900, False, None)
