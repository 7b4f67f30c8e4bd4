"""Fields of region files that goods are bound by, from the file to plans and their check."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from cargo.company import kept_from
from cargo.errors import DocumentError
from maas.bookings import chain_claims
from maas.freight import check_plan, plan_loads, quote
from maas.freight_network import with_use
from maas.ledger import Amount, Ledger, SegmentKey
from maas.region import Region
from maas.region_file import RegionFile
from tests.cargo.worlds import H, trip
from tests.maas.scenario_valley import build_scenario_valley
from tests.maas.test_freight import DAY, Document, batch, parcel, trains


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """As in `test_freight`: trains from C to D at 08:30 and 09:30; taxis at A, vans at C."""
    return build_scenario_valley(tmp_path_factory.mktemp("fields"))


def changed(region: Region, **keys: Any) -> Region:
    """The same region with other keys in its file; nothing that is built depends on them."""
    other = copy.copy(region)
    fields = region.file.model_dump(mode="json", by_alias=True)
    other.file = RegionFile.model_validate({**fields, **keys})
    return other


def codes(answer: Document) -> list[str]:
    return [reason["code"] for reason in answer["reasons"]]


def test_goods_of_a_class_that_lasts_too_short_are_refused_with_the_hours_they_need(
    region: Region,
) -> None:
    cold = changed(region, temperature_hours={"ambient": 0.2})
    answer = quote(cold, {**parcel(), "date": DAY})
    assert answer["options"] == []
    assert codes(answer)[0] == "transit_hours"
    longer = changed(region, temperature_hours=answer["reasons"][0]["remedy"]["temperature_hours"])
    assert quote(longer, {**parcel(), "date": DAY})["options"]


def test_plans_keep_to_the_hours_of_a_class_and_are_checked_for_them(region: Region) -> None:
    cold = changed(region, temperature_hours={"ambient": 1.0})
    plan = plan_loads(cold, batch(2), seconds=0.2)
    assert check_plan(cold, plan) == []
    assert any(trains(row["chain"]) for row in plan["shipments"])
    short = changed(region, temperature_hours={"ambient": 0.1})
    assert {violation.rule for violation in check_plan(short, plan)} == {"hours"}


def test_goods_of_a_file_are_refused_kept_apart_measured_and_watched(region: Region) -> None:
    rule = region.file.model_dump(mode="json", by_alias=True)["cargo"][0]
    vans = region.file.model_dump(mode="json", by_alias=True)["vans"]
    bay = {**rule["bay"], "refuses": ["paint"], "largest_box_cm": [60, 60, 60]}
    strict = changed(
        region, cargo=[{**rule, "bay": bay}], incompatible_goods=[["food", "acid"]], vans=vans
    )
    by_train = {**parcel(), "date": DAY}

    def rides(**fields: Any) -> bool:
        return any(trains(one["chain"]) for one in quote(strict, {**by_train, **fields})["options"])

    assert rides(goods="food", box_cm=[60, 10, 60])
    assert not rides(goods="paint")
    assert not rides(box_cm=[61, 1, 1])
    assert not rides(accompanied=True)
    attended = changed(region, cargo=[{**rule, "attended": True}])
    assert any(
        trains(one["chain"])
        for one in quote(attended, {**by_train, "accompanied": True})["options"]
    )
    mixture = {"date": DAY, "shipments": [parcel(id=name, goods=name) for name in ("food", "acid")]}
    plan = plan_loads(strict, mixture, seconds=0.2)
    assert check_plan(strict, plan) == []
    assert {
        violation.rule
        for violation in check_plan(
            changed(region, incompatible_goods=[["food", "food"]]),
            plan_loads(region, batch(2, goods="food"), seconds=0.2),
        )
    } == {"goods"}


def test_staff_and_licence_areas_of_a_file_bind(region: Region) -> None:
    fields = region.file.model_dump(mode="json", by_alias=True)
    hubs = [{**hub, "staff": ["09:00", "20:00"]} for hub in fields["hubs"]]
    ride = {**parcel(), "date": DAY}
    late = changed(region, hubs=hubs)
    rides = {name for one in quote(late, ride)["options"] for name in trains(one["chain"])}
    assert rides == {"far:r2"}  # the 08:30 leaves before anybody is there
    plan = plan_loads(late, batch(2), seconds=0.2)
    assert check_plan(late, plan) == []
    near = {"points": [[43.0205, 141.0]], "radius_m": 3000}
    licensed = changed(region, cargo=[{**fields["cargo"][0], "area": near}])
    answer = quote(licensed, ride)
    assert not any(trains(one["chain"]) for one in answer["options"])
    assert "licence_area" in codes(answer)
    earlier = plan_loads(region, batch(2), seconds=0.2)
    assert {one.rule for one in check_plan(late, earlier)} == {"staff"}
    assert {one.rule for one in check_plan(licensed, earlier)} == {"licence"}


def test_seats_that_nobody_is_expected_to_need_carry_goods(region: Region) -> None:
    # five seats; three passengers are expected on the 08:30, all five on the 09:30
    fields = region.file.model_dump(mode="json", by_alias=True)
    seats = {"kg": 10, "litres": 100, "pieces": 1}
    rule = {**fields["cargo"][0], "free_seats": seats}
    early = {"lines": rule["lines"], "trips": ["far:r1"], "passengers": 3}
    seated = changed(region, cargo=[rule], forecasts=[early, {**early, "passengers": 1}])

    def answer(other: Region, pieces: int) -> Document:
        return quote(other, {**parcel(pieces=pieces), "date": DAY})

    def rides(other: Region, pieces: int) -> set[str]:
        options = answer(other, pieces)["options"]
        return {name for one in options for name in trains(one["chain"])}

    assert rides(seated, 2) == {"far:r1"}
    assert rides(seated, 3) == set()
    assert "seats" in codes(answer(seated, 3))
    kept = changed(region, cargo=[{**rule, "free_seats": {**seats, "kept": 1}}], forecasts=[early])
    assert rides(kept, 1) == {"far:r1"}
    assert rides(kept, 2) == set()
    elsewhere = changed(region, cargo=[rule], forecasts=[{**early, "stops": ["far:D"]}])
    assert rides(elsewhere, 1) == set()
    plan = plan_loads(seated, batch(3), seconds=0.2)
    assert check_plan(seated, plan) == []
    full = plan_loads(region, batch(3, pickup={"lat": 43.0205, "lon": 141.0}), seconds=0.2)
    assert {one.rule for one in check_plan(seated, full)} == {"seats", "manifest"}
    none = {**parcel(pieces=3, pickup={"lat": 43.0205, "lon": 141.0}), "date": DAY}
    alone = changed(seated, vans=[], taxis=[])
    near_d = {**none, "delivery": {"lat": 43.3, "lon": 141.0}}
    assert codes(quote(alone, near_d))[0] == "passengers_expected"


def test_skills_of_fleets_are_read_from_the_file(region: Region) -> None:
    fields = region.file.model_dump(mode="json", by_alias=True)
    asked = {**parcel(skills=["tail_lift"]), "date": DAY}
    assert codes(quote(region, asked))[0] == "skills"
    vans = [{**van, "skills": ["tail_lift", "crane"]} for van in fields["vans"]]
    lifted = changed(region, vans=vans)
    ways = quote(lifted, asked)["options"]
    assert ways
    assert {step["mode"] for one in ways for step in one["chain"] if step["kind"] == "road"} == {
        "van"
    }
    plan = plan_loads(lifted, batch(2, skills=["tail_lift"]), seconds=0.2)
    assert check_plan(lifted, plan) == []
    assert plan["kpis"]["mixed"]["planned"] == 2
    assert {one.rule for one in check_plan(region, plan)} == {"skill"}


def test_a_return_is_quoted_from_the_first_arrival_and_planned_after_the_delivery(
    region: Region,
) -> None:
    asked = {**parcel(), "returns": {"kg": 1}}
    answer = quote(region, {**asked, "date": DAY})
    assert answer["returns"]["after"] == min(one["arrival"] for one in answer["options"])
    back = answer["returns"]["options"] or answer["returns"]["reasons"]
    assert back
    assert all(one["departure"] > answer["returns"]["after"] for one in back if "departure" in one)
    late = quote(region, {**asked, "returns": {"kg": 1, "by": "08:31"}, "date": DAY})
    assert codes(late["returns"]) == ["return_too_late"]
    with pytest.raises(DocumentError, match="cannot follow 'q'"):
        quote(region, {**parcel(), "follows": "q", "date": DAY})
    goods = batch(2)
    goods["shipments"] = [{**row, "returns": {"kg": 1}} for row in goods["shipments"]]
    plan = plan_loads(region, goods, seconds=0.4)
    assert check_plan(region, plan) == []
    assert len(plan["shipments"]) == 4


def test_breaks_of_a_file_are_held_and_checked(region: Region) -> None:
    file = region.file.model_dump(mode="json", by_alias=True)
    breaks = [{"from": "08:00", "until": "14:00", "length": 5400}]
    taxis = [{**row, "breaks": breaks} for row in file["taxis"]]
    vans = [{**row, "breaks": breaks} for row in file["vans"]]
    resting = changed(region, taxis=taxis, vans=vans)
    plan = plan_loads(resting, batch(4), seconds=0.4)
    assert check_plan(resting, plan) == []
    strict = [{**row, "breaks": [{**breaks[0], "length": 21600}]} for row in file["taxis"]]
    busy = changed(region, taxis=strict, vans=[{**row, "breaks": []} for row in vans])
    used = {sheet["kind"] for sheet in plan["vehicles"]}
    found = {violation.rule for violation in check_plan(busy, plan)}
    assert ("break" in found) == ("taxi" in used)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"breaks": [{"from": "04:00", "until": "13:00", "length": 60}]}, r"breaks.0: 04:00"),
        ({"breaks": [{"from": "12:00", "until": "12:30", "length": 3600}]}, "3600 s do not fit"),
        (
            {"breaks": [{"from": "12:00", "until": "14:00", "length": 60}] * 2},
            r"breaks.1: begins before",
        ),
        ({"wheelchair": False, "wheelchairs": 2}, "wheelchair False and wheelchairs 2 contradict"),
        ({"wheelchairs": -1}, "wheelchairs"),
    ],
)
def test_breaks_and_places_that_cannot_be_are_refused(
    region: Region, changes: Document, said: str
) -> None:
    file = region.file.model_dump(mode="json", by_alias=True)
    taxi = {**file["taxis"][0], "wheelchair": None, "wheelchairs": None, **changes}
    with pytest.raises(ValueError, match=said):
        changed(region, taxis=[taxi])


def test_places_for_wheelchairs_are_a_number_or_one(region: Region) -> None:
    taxi = region.file.model_dump(mode="json", by_alias=True)["taxis"][0]
    for told, places, takes in (
        ({"wheelchair": True}, 1, True), ({"wheelchair": None}, 0, None),
        ({"wheelchair": None, "wheelchairs": 3}, 3, True),
        ({"wheelchair": None, "wheelchairs": 0}, 0, False),
        ({"wheelchair": True, "wheelchairs": 2}, 2, True),
    ):  # fmt: skip
        (fleet,) = changed(region, taxis=[{**taxi, "wheelchairs": None, **told}]).file.taxis
        assert (fleet.wheelchair_places, fleet.wheelchair) == (places, takes)


def test_goods_that_are_booked_keep_others_off_a_trip(region: Region) -> None:
    apart = changed(region, incompatible_goods=[["food", "paint"], ["acid", "acid"]])
    asked = {**parcel(), "date": DAY}
    first = next(
        option
        for option in quote(apart, {**asked, "goods": "food"})["options"]
        if trains(option["chain"])
    )
    held = chain_claims(apart, first["chain"], Amount(0, 1, 1, 1), "food")
    ledger = Ledger(
        {claim.key: claim.amount for claim in held}, 1, {claim.key: {"food": 1} for claim in held}
    )

    def rides(goods: str) -> set[str]:
        answer = quote(apart, {**asked, "goods": goods}, ledger)
        return {name for option in answer["options"] for name in trains(option["chain"])}

    taken = set(trains(first["chain"]))
    assert taken & rides("food")
    assert taken & rides("")
    assert not taken & rides("paint")
    classes = {kind: kept_from(kind, apart.file.goods_apart) for kind in ("food", "acid", "tea")}
    assert classes == {"food": {"paint"}, "acid": {"acid"}, "tea": set()}
    goods = batch(2)
    goods["shipments"] = [{**row, "goods": "paint"} for row in goods["shipments"]]
    plan = plan_loads(apart, goods, seconds=0.3, ledger=ledger)
    assert check_plan(apart, plan, ledger) == []
    free = plan_loads(apart, goods, seconds=0.3)
    ridden = {name for row in free["shipments"] for name in trains(row["chain"])}
    if ridden & taken:
        assert "goods" in {one.rule for one in check_plan(apart, free, ledger)}


def test_classes_are_booked_on_the_hops_whose_segments_they_ride_on() -> None:
    bay = trip("t", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H), (2, 11 * H, 11 * H)])
    places = zip(bay.calls, (0, 3, 5), strict=True)
    bay = replace(bay, calls=tuple(replace(call, position=at) for call, at in places))
    apart = frozenset({frozenset({"food", "paint"})})

    def booked(position: int, goods: str) -> tuple[frozenset[str], ...]:
        key = SegmentKey(bay.trip_id, bay.service_date, bay.start_time, position)
        ledger = Ledger({key: Amount(0, 1, 1, 1)}, 1, {key: {goods: 1}})
        (found,) = with_use([bay], ledger, apart)
        return found.booked

    nothing, food = frozenset[str](), frozenset({"food"})
    assert [booked(at, "food") for at in (0, 2)] == [(food, nothing)] * 2
    assert [booked(at, "food") for at in (3, 4)] == [(nothing, food)] * 2
    assert booked(5, "food") == booked(0, "tea") == ()
