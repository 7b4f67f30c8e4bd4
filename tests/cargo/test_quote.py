from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo.answers import quote_document
from cargo.errors import ImpossibleShipmentError
from cargo.network import Hub, LineTrip, Network, Room
from cargo.problem import Problem, TimedShipment
from cargo.quote import CO2_STEP, HandIn, Quotes, in_time, pareto
from cargo.reasons import why_rejected
from cargo.reasons_blocks import ALL_BLOCKS
from cargo.reasons_rules import binding_block
from routing.layout import UNREACHED
from tests.cargo.facts import STYLE
from tests.cargo.worlds import H, fleet, hub, parcel, trip, two_towns

A, B = (43.0, 143.0), (43.0, 144.23)
NEAR_A, NEAR_B = (43.01, 143.01), (43.01, 144.24)


def with_trips(problem: Problem, **changes: Any) -> Problem:
    """The same world with some fields of every trip changed."""
    trips = tuple(replace(one, **changes) for one in problem.network.trips)
    network = problem.network
    return replace(problem, network=Network(network.hubs, trips, network.fleets))


def why(problem: Problem) -> dict[str, Any]:
    return why_rejected(Quotes(problem))


def lines_only(shipment: TimedShipment, **changes: Any) -> Problem:
    return two_towns([shipment], fleets=changes.pop("fleets", ()), **changes)


def test_offers_are_in_time_and_none_beats_another() -> None:
    problem = two_towns([parcel("p", NEAR_A, NEAR_B)])
    offers = pareto(in_time(problem, Quotes(problem).offers()))
    assert offers
    for one in offers:
        assert one.arrival <= 20 * H
        assert not any(
            other is not one
            and all(a <= b for a, b in zip(other.criteria, one.criteria, strict=True))
            for other in offers
        )


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=12))
def test_the_pareto_set_equals_comparing_all_pairs(rows: list[tuple[int, int, int]]) -> None:
    problem = two_towns([parcel("p", NEAR_A, NEAR_B)])
    offer = Quotes(problem).offers()[0]
    offers = [offer._replace(arrival=a, cost=b, co2=c * CO2_STEP) for a, b, c in rows]
    best = {
        row for row in rows
        if not any(all(x <= y for x, y in zip(other, row, strict=True)) and other != row
                   for other in rows)
    }  # fmt: skip
    assert {one.criteria for one in pareto(offers)} == best


def test_the_parts_of_an_offer_follow_each_other() -> None:
    document = quote_document(two_towns([parcel("p", NEAR_A, NEAR_B)]), STYLE)
    by_bus = next(option for option in document["options"] if len(option["chain"]) > 1)
    chain = by_bus["chain"]
    assert [step["kind"] for step in chain] == ["road", "hold", "trip", "hold", "road"]
    assert chain[0]["arrival"] == chain[1]["from"]
    assert chain[1]["until"] == chain[2]["departure"]
    assert chain[2]["arrival"] == chain[3]["from"]
    assert chain[3]["until"] == chain[4]["departure"]
    assert by_bus["arrival"] == chain[4]["arrival"]


def test_what_fits_nowhere_is_an_error_not_an_empty_answer() -> None:
    with pytest.raises(ImpossibleShipmentError, match="1000 kg, 5000 litres and 120 pieces"):
        quote_document(two_towns([parcel("p", A, B, kg=3000)]), STYLE)
    with pytest.raises(ImpossibleShipmentError, match="nothing in this region carries 'frozen'"):
        quote_document(two_towns([parcel("p", A, B, temperature="frozen")]), STYLE)
    small = with_trips(lines_only(parcel("p", A, B, box_cm=(90, 20, 20))), largest_box=(60, 60, 60))
    with pytest.raises(ImpossibleShipmentError, match=r"90 x 20 x 20 cm .*takes 60 x 60 x 60 cm"):
        quote_document(small, STYLE)
    watched = lines_only(parcel("p", A, B, accompanied=True))
    with pytest.raises(ImpossibleShipmentError, match="set `attended` of a cargo rule"):
        quote_document(watched, STYLE)
    paint = with_trips(lines_only(parcel("p", A, B, goods="paint")), refuses=("paint",))
    with pytest.raises(ImpossibleShipmentError, match="refuse 'paint'"):
        quote_document(paint, STYLE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"temperatures": ("cool",)}, "temperature"),
        ({"bay": Room(1, 1, 1), "room": (Room(1, 1, 1),)}, "too_large"),
        ({"room": (Room(1, 1, 1),)}, "full"),
        ({"departs": (0, 60)}, "departure_hours"),
        ({"refuses": ("paint",)}, "terms"),
        ({"largest_box": (60, 40, 30)}, "terms"),
        ({"is_attended": False}, "terms"),
    ],
)
def test_a_quote_says_why_a_rule_is_not_used(changes: dict[str, Any], code: str) -> None:
    demanding = parcel("p", NEAR_A, NEAR_B, goods="paint", box_cm=(30, 45, 60), accompanied=True)
    problem = with_trips(two_towns([demanding]), **{"is_attended": True} | changes)
    document = quote_document(problem, STYLE)
    assert [reason["code"] for reason in document["reasons"]] == [code]
    remedy = document["reasons"][0]["remedy"]
    assert remedy["rule"] == "rule-bus"
    if code == "departure_hours":  # the soonest bus of all asks for least
        departs = {"rule": "rule-bus", "departs": "08:30:00", "by_s": 8 * H + 1740}
        assert remedy["at"] == [departs]
    else:
        assert remedy == {"rule": "rule-bus"}


# --- why a shipment is refused ------------------------------------------------------------------
# Lines only, doors at the hubs. Buses leave A at 08:30, 11:30 and 16:00 and take 90 minutes.
# Loading takes a minute, hand-over to the hub three: who is ready by 08:26 makes the first bus and
# is delivered at 10:01.


def test_a_window_that_opens_too_late_is_told_by_how_much() -> None:
    reason = why(lines_only(parcel("p", A, B, ready=8 * H + 1800, due=11 * H)))
    assert reason["code"] == "window"
    assert reason["remedy"] == {"ready_earlier_s": 300}  # 08:25, the first step before 08:26


def test_a_due_time_that_is_too_early_is_told_by_how_much() -> None:
    reason = why(lines_only(parcel("p", A, B, ready=8 * H, due=9 * H)))
    assert reason["remedy"] == {"due_later_s": H + 60}  # 10:01 after 09:00


def test_both_ends_of_a_window_may_have_to_move() -> None:
    only = (trip("t", [(0, 16 * H, 16 * H), (1, 17 * H + 1800, 17 * H + 1800)]),)
    reason = why(lines_only(parcel("p", A, B, ready=16 * H + 1800, due=17 * H), trips=only))
    assert reason["code"] == "window"
    assert reason["remedy"] == {"ready_earlier_s": H, "due_later_s": 1860}


def test_a_full_bus_says_how_much_would_still_fit() -> None:
    problem = with_trips(lines_only(parcel("p", A, B, kg=80, pieces=4)), room=(Room(50, 500, 10),))
    reason = why(problem)
    assert (reason["code"], reason["remedy"]["kg"]) == ("full", 50)


def test_a_closed_hub_is_named() -> None:
    hubs = (hub(0, *A, closes=8 * H), hub(1, *B))
    reason = why(lines_only(parcel("p", A, B, ready=7 * H), hubs=hubs))
    assert reason["code"] == "hub_hours"


def test_cargo_hours_and_short_stops_are_named() -> None:
    shipment = parcel("p", A, B, ready=7 * H)
    assert why(with_trips(lines_only(shipment), departs=(0, 60)))["code"] == "departure_hours"
    middle = (43.0, 143.6)
    hubs = (hub(0, *A), hub(1, *middle), hub(2, *B))
    through = (trip("t", [(0, 8 * H, 8 * H), (1, 9 * H, 9 * H), (2, 10 * H, 10 * H)]),)
    reason = why(lines_only(parcel("p", middle, B, ready=7 * H), hubs=hubs, trips=through))
    assert reason["code"] == "dwell_too_short"


def test_another_temperature_class_would_do() -> None:
    van = fleet("v", "van", 42.0, 140.0, temperatures=("cool",), opens=8 * H,
                closes=8 * H + 60)  # fmt: skip
    reason = why(lines_only(parcel("p", A, B, temperature="cool"), fleets=(van,)))
    assert (reason["code"], reason["remedy"]) == ("temperature", {"temperature": "ambient"})


def test_what_is_too_large_for_the_way_says_what_would_go() -> None:
    van = fleet("v", "van", 42.0, 140.0, opens=8 * H, closes=8 * H + 60)
    reason = why(lines_only(parcel("p", A, B, kg=800, pieces=8), fleets=(van,)))
    assert (reason["code"], reason["remedy"]["kg"]) == ("too_large", 100)


def test_doors_that_nobody_serves_are_out_of_reach() -> None:
    reason = why(lines_only(parcel("p", (44.0, 143.0), B)))
    assert reason["code"] == "out_of_reach"


def test_busy_vehicles_are_the_reason_when_an_idle_one_would_do() -> None:
    reason = why(two_towns([parcel("p", NEAR_A, NEAR_B)]))
    one_more = {"vehicles": 1, "fleets": [{"fleet": "va", "vehicles": 1}]}
    assert (reason["code"], reason["remedy"]) == ("vehicles_busy", one_more)


# --- hours on the way ---------------------------------------------------------------------------


def test_goods_that_last_a_short_time_leave_their_door_late() -> None:
    # 95 minutes: handed over at 08:26 for the 08:30, which is unloaded at 10:01
    most = lines_only(parcel("p", A, B, ready=7 * H, max_hours=1.6))
    assert min(offer.arrival for offer in Quotes(most).offers()) == 10 * H + 60
    for offer in Quotes(most).offers():
        assert offer.on_the_way == 95 * 60
    assert Quotes(lines_only(parcel("p", A, B, ready=7 * H, max_hours=1.5))).offers() == []


def test_every_offer_keeps_within_its_hours_and_none_within_them_is_lost() -> None:
    free = Quotes(two_towns([parcel("p", NEAR_A, NEAR_B)]))
    for hours in (1.9, 2.0, 3.0, 9.0):
        offers = Quotes(two_towns([parcel("p", NEAR_A, NEAR_B, max_hours=hours)])).offers()
        assert all(offer.on_the_way <= 3600 * hours for offer in offers)
        fresh = {offer.arrival for offer in free.offers(most=int(3600 * hours))}
        assert fresh == {offer.arrival for offer in offers}


def test_a_quote_says_that_a_rule_takes_too_long() -> None:
    document = quote_document(two_towns([parcel("p", NEAR_A, NEAR_B, max_hours=3.0)]), STYLE)
    assert document["options"]
    slow = two_towns(
        [parcel("p", NEAR_A, NEAR_B, max_hours=3.0)],
        trips=(trip("t", [(0, 9 * H, 9 * H), (1, 13 * H, 13 * H)]),),
    )
    reasons = quote_document(slow, STYLE)["reasons"]
    assert [reason["code"] for reason in reasons] == ["transit_hours", "too_long"]
    assert reasons[1]["remedy"] == {"rule": "rule-bus"}


# --- staff --------------------------------------------------------------------------------------


def test_people_hand_goods_in_while_nobody_serves_lines() -> None:
    # staff comes at 11:26, just in time to bring what lies there to the 11:30
    hubs = (hub(0, *A, staff=(11 * H + 1560, 20 * H)), hub(1, *B))
    offers = Quotes(lines_only(parcel("p", A, B, ready=7 * H), hubs=hubs)).offers()
    assert min(offer.arrival for offer in offers) == 13 * H + 60
    assert min(offer.first.time for offer in offers if isinstance(offer.first, HandIn)) == 7 * H
    late = (hub(0, *A, staff=(11 * H + 1561, 20 * H)), hub(1, *B))
    offers = Quotes(lines_only(parcel("p", A, B, ready=7 * H), hubs=late)).offers()
    assert min(offer.arrival for offer in offers) == 17 * H + 1860


# --- prices -------------------------------------------------------------------------------------


def test_offers_cost_no_more_than_a_shipment_may() -> None:
    free = Quotes(two_towns([parcel("p", NEAR_A, NEAR_B)])).offers()
    most = sorted(offer.cost for offer in free)[len(free) // 2]
    limited = Quotes(two_towns([parcel("p", NEAR_A, NEAR_B, max_price=most / 1000)])).offers()
    assert [offer.criteria for offer in limited] == [
        offer.criteria for offer in free if offer.cost <= most
    ]
    assert 0 < len(limited) < len(free)


def test_a_quote_says_that_a_rule_costs_too_much() -> None:
    only = two_towns([parcel("p", A, B, max_price=149)], fleets=())
    assert [one["code"] for one in quote_document(only, STYLE)["reasons"]] == ["price", "too_dear"]
    assert quote_document(two_towns([parcel("p", A, B, max_price=150)], fleets=()), STYLE)[
        "options"
    ]


# --- the change that a reason names admits the shipment -----------------------------------------


def with_hubs(problem: Problem, hubs: Sequence[Hub], trips: Sequence[LineTrip]) -> Problem:
    return replace(problem, network=Network(tuple(hubs), tuple(trips), problem.network.fleets))


def seconds(text: str) -> int:
    hours, minutes, rest = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def open_longer(problem: Problem, remedy: dict[str, Any]) -> Problem:
    hubs = {hub.id: hub for hub in problem.network.hubs}
    for row in remedy["at"]:
        changes: dict[str, Any] = {
            key: seconds(row[key]) for key in ("opens", "closes") if key in row
        }
        hubs[row["hub"]] = replace(hubs[row["hub"]], **changes)
    return with_hubs(problem, list(hubs.values()), problem.network.trips)


def work_longer(problem: Problem, remedy: dict[str, Any]) -> Problem:
    hubs = {hub.id: hub for hub in problem.network.hubs}
    for row in remedy["at"]:
        first, last = hubs[row["hub"]].staff or (0, 30 * H)
        staff = (
            min(first, seconds(row.get("staff_from", "30:00:00"))),
            max(last, seconds(row.get("staff_until", "00:00:00"))),
        )
        hubs[row["hub"]] = replace(hubs[row["hub"]], staff=staff)
    return with_hubs(problem, list(hubs.values()), problem.network.trips)


def license_stops(problem: Problem, remedy: dict[str, Any]) -> Problem:
    stops = {(row["rule"], row["stop_id"]) for row in remedy["at"]}
    return with_licences(problem, lambda rule, stop: (rule, stop) in stops)


def with_licences(problem: Problem, is_in: Callable[[str, str], bool]) -> Problem:
    trips = [
        replace(one, calls=tuple(
            replace(call, is_licensed=call.is_licensed or is_in(one.rule_id, call.stop_id))
            for call in one.calls))
        for one in problem.network.trips
    ]  # fmt: skip
    return with_hubs(problem, problem.network.hubs, trips)


def unlicensed(problem: Problem, stop: str) -> Problem:
    trips = [
        replace(one, calls=tuple(
            replace(call, is_licensed=call.stop_id != stop) for call in one.calls))
        for one in problem.network.trips
    ]  # fmt: skip
    return with_hubs(problem, problem.network.hubs, trips)


def take_parcels_longer(problem: Problem, remedy: dict[str, Any]) -> Problem:
    trips = list(problem.network.trips)
    for row in remedy["at"]:
        at = seconds(row["departs"])
        trips = [
            replace(one, departs=(min(one.departs[0], at), max(one.departs[1], at)))
            if one.rule_id == row["rule"]
            else one
            for one in trips
        ]
    return with_hubs(problem, problem.network.hubs, trips)


def stop_longer(problem: Problem, remedy: dict[str, Any]) -> Problem:
    trips = list(problem.network.trips)
    for row in remedy["at"]:
        trips = [
            replace(one, calls=tuple(
                replace(call, arrival=call.departure - row["dwell_s"])
                if (one.trip_id, call.stop_id) == (row["trip_id"], row["stop_id"]) else call
                for call in one.calls))
            for one in trips
        ]  # fmt: skip
    return with_hubs(problem, problem.network.hubs, trips)


def last_longer(problem: Problem, remedy: dict[str, Any]) -> Problem:
    one, hours = problem.shipments[0], remedy.get("max_hours")
    hours = remedy["temperature_hours"][one.document.temperature] if hours is None else hours
    return replace(problem, shipments=(replace(one, most=int(3600 * hours)),))


def pay_more(problem: Problem, remedy: dict[str, Any]) -> Problem:
    one = problem.shipments[0]
    document = one.document.model_copy(update={"max_price": remedy["max_price"]})
    return replace(problem, shipments=(replace(one, document=document),))


def take_the_goods(problem: Problem, remedy: dict[str, Any]) -> Problem:
    assert remedy == {"take_goods": problem.shipments[0].document.goods}
    return with_trips(problem, refuses=())


def equip_the_fleets(problem: Problem, remedy: dict[str, Any]) -> Problem:
    network, skills = problem.network, frozenset(remedy["fleet_skills"])
    fleets = tuple(replace(one, skills=skills) for one in network.fleets)
    return replace(problem, network=replace(network, fleets=fleets))


def change_the_terms(problem: Problem, remedy: dict[str, Any]) -> Problem:
    one = problem.shipments[0]
    return replace(
        problem, shipments=(replace(one, document=one.document.model_copy(update=remedy)),)
    )


def change_the_shipment(problem: Problem, remedy: dict[str, Any]) -> Problem:
    one = problem.shipments[0]
    one = replace(
        one,
        ready=one.ready - remedy.get("ready_earlier_s", 0),
        due=one.due + remedy.get("due_later_s", 0),
        room=Room(
            *(remedy.get(name, old) for name, old in zip(Room._fields, one.room, strict=True))
        ),
        document=one.document.model_copy(
            update={"temperature": remedy.get("temperature", one.document.temperature)}
        ),
    )
    return replace(problem, shipments=(one,))


def with_class_hours(problem: Problem, most: int) -> Problem:
    one = replace(problem.shipments[0], most=most, class_most=most)
    return replace(problem, shipments=(one,))


MIDDLE = (43.0, 143.6)
THROUGH = (trip("t", [(0, 8 * H, 8 * H), (1, 9 * H, 9 * H), (2, 10 * H, 10 * H)]),)
BRIEF_VAN = fleet("v", "van", 42.0, 140.0, opens=8 * H, closes=8 * H + 60)
COOL_VAN = replace(BRIEF_VAN, temperatures=("cool",))
REFUSED = [
    ("hub_hours", open_longer,
     lines_only(parcel("p", A, B, ready=7 * H), hubs=(hub(0, *A, closes=8 * H), hub(1, *B)))),
    ("hub_hours", open_longer,
     lines_only(parcel("p", A, B, ready=7 * H), hubs=(hub(0, *A), hub(1, *B, opens=19 * H)))),
    ("staff_hours", work_longer,
     lines_only(parcel("p", A, B, ready=7 * H),
                hubs=(hub(0, *A, staff=(9 * H, 10 * H)), hub(1, *B)))),
    ("staff_hours", work_longer,
     lines_only(parcel("p", A, B, ready=7 * H),
                hubs=(hub(0, *A), hub(1, *B, staff=(14 * H, 15 * H))))),
    ("licence_area", license_stops, unlicensed(lines_only(parcel("p", A, B)), "f:s1")),
    ("departure_hours", take_parcels_longer,
     with_trips(lines_only(parcel("p", A, B, ready=7 * H)), departs=(0, 60))),
    ("dwell_too_short", stop_longer,
     lines_only(parcel("p", MIDDLE, B, ready=7 * H),
                hubs=(hub(0, *A), hub(1, *MIDDLE), hub(2, *B)), trips=THROUGH)),
    ("full", change_the_shipment,
     with_trips(lines_only(parcel("p", A, B, kg=80, pieces=4)), room=(Room(50, 500, 10),))),
    ("window", change_the_shipment,
     lines_only(parcel("p", A, B, ready=8 * H + 1800, due=11 * H))),
    ("window", change_the_shipment, lines_only(parcel("p", A, B, ready=8 * H, due=9 * H))),
    ("too_large", change_the_shipment,
     lines_only(parcel("p", A, B, kg=800, pieces=8), fleets=(BRIEF_VAN,))),
    ("temperature", change_the_shipment,
     lines_only(parcel("p", A, B, temperature="cool"), fleets=(COOL_VAN,))),
    ("transit_hours", last_longer, lines_only(parcel("p", A, B, ready=7 * H, max_hours=1.5))),
    ("transit_hours", last_longer,
     with_class_hours(lines_only(parcel("p", A, B, ready=7 * H)), 5000)),
    ("price", pay_more, two_towns([parcel("p", NEAR_A, NEAR_B, max_price=1000)])),
    ("goods", take_the_goods,
     with_trips(lines_only(parcel("p", A, B, goods="paint"), fleets=(BRIEF_VAN,)),
                refuses=("paint",))),
    ("box_size", change_the_terms,
     with_trips(lines_only(parcel("p", A, B, box_cm=(90, 20, 20)), fleets=(BRIEF_VAN,)),
                largest_box=(60, 60, 60))),
    ("skills", equip_the_fleets, two_towns([parcel("p", NEAR_A, NEAR_B, skills=["tail_lift"])])),
    ("unattended", change_the_terms,
     lines_only(parcel("p", A, B, accompanied=True), fleets=(BRIEF_VAN,))),
    ("price", pay_more, lines_only(parcel("p", A, B, ready=7 * H, max_price=0))),
    ("transit_hours", last_longer, two_towns([parcel("p", NEAR_A, NEAR_B, max_hours=1)])),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "apply", "problem"), REFUSED, ids=[f"{row[0]}-{at}" for at, row in enumerate(REFUSED)]
)
def test_the_change_that_a_reason_names_admits_the_shipment(
    code: str, apply: Callable[[Problem, dict[str, Any]], Problem], problem: Problem
) -> None:
    assert not in_time(problem, Quotes(problem).offers())
    found = why(problem)
    assert found["code"] == code
    assert found["message"].isascii()
    assert not found["message_ja"].isascii()
    changed = apply(problem, found["remedy"])
    assert in_time(changed, Quotes(changed).offers())


def test_the_hours_named_are_the_least_that_do() -> None:
    problem = REFUSED[0][2]
    rows = why(problem)["remedy"]["at"]
    assert rows == [{"hub": "h0", "closes": "08:30:00", "by_s": 1800}]


def changed_by(shipment: TimedShipment, remedy: dict[str, Any]) -> TimedShipment:
    """The shipment as a remedy says."""
    fields = set(type(shipment.document).model_fields)
    update = {name: value for name, value in remedy.items() if name in fields}
    document = shipment.document.model_copy(update=update)
    most = UNREACHED if document.max_hours is None else round(3600 * document.max_hours)
    ready = shipment.ready - remedy.get("ready_earlier_s", 0)
    due = shipment.due + remedy.get("due_later_s", 0)
    return replace(shipment, document=document, ready=ready, due=due, most=most)


@pytest.mark.parametrize(
    "wishes",
    [
        {"max_price": 1.0, "due": 9 * H},
        {"max_price": 1.0, "max_hours": 0.1},
        {"max_price": 1.0, "max_trips": 0},
        {"max_hours": 0.1, "ready": 8 * H, "due": 8 * H + 1800},
        {"max_price": 1.0, "max_hours": 0.1, "ready": 8 * H, "due": 8 * H + 1800},
    ],
)
def test_conditions_that_bind_together_are_named_together(wishes: dict[str, Any]) -> None:
    """No change alone admits it; all that the reason names do."""
    problem = lines_only(parcel("p", A, B, **{"ready": 7 * H, **wishes}))
    reason = why(problem)
    assert reason["code"] == "several"
    assert len(reason["remedy"]) >= 2
    shipment = changed_by(problem.shipments[0], reason["remedy"])
    changed = replace(problem, shipments=(shipment,))
    assert in_time(changed, Quotes(changed).offers())
    for name in reason["remedy"]:
        fewer = {other: value for other, value in reason["remedy"].items() if other != name}
        alone = replace(problem, shipments=(changed_by(problem.shipments[0], fewer),))
        assert not in_time(alone, Quotes(alone).offers()), name


@pytest.mark.parametrize("most", [0, 1])
def test_too_few_trips_are_named(most: int) -> None:
    trips = (
        trip("first", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)]),
        trip("second", [(1, 11 * H, 11 * H), (2, 12 * H, 12 * H)]),
    )
    hubs = (hub(0, *A), hub(1, 43.0, 143.6), hub(2, *B))
    problem = lines_only(parcel("p", A, B, max_trips=most), trips=trips, hubs=hubs)
    reason = why(problem)
    assert (reason["code"], reason["remedy"]) == ("max_trips", {"max_trips": 2})


def test_what_is_due_before_dawn_is_told_how_much_later_it_would_come() -> None:
    reason = why(lines_only(parcel("p", A, B, ready=3 * H, due=4 * H)))
    assert reason["code"] == "window"
    assert reason["remedy"] == {"due_later_s": 6 * H + 60}


def test_what_is_easier_to_change_is_named_of_two_that_would_do() -> None:
    """The 08:30 would do if it was ready earlier, the 11:30 if it was due later."""
    reason = why(lines_only(parcel("p", A, B, ready=9 * H, due=10 * H + 1800, max_price=1.0)))
    assert (reason["code"], set(reason["remedy"])) == ("several", {"max_price", "due_later_s"})


def test_too_little_room_is_named_beside_a_price() -> None:
    full = with_trips(lines_only(parcel("p", A, B, kg=5, max_price=1.0)), room=(Room(1, 1, 1),))
    reason = why(full)
    assert (reason["code"], set(reason["remedy"])) == ("several", {"max_price", "room"})


def test_of_a_rule_the_way_where_least_has_to_give_is_told() -> None:
    problem = with_trips(lines_only(parcel("p", A, B)), departs=(17 * H, 18 * H))
    quotes = Quotes(problem)
    early, late = (quotes.offers(ignored=ALL_BLOCKS, ready=ready) for ready in (7 * H, 12 * H))
    block = binding_block(problem, "rule-bus", [*early, *late])
    assert block is not None
    assert (block[0], [row["departs"] for row in block[3]]) == ("departure_hours", ["16:00:00"])
