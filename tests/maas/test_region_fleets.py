"""Trucks and buses of a region file: faults, roads, zones, in quotes, plans and their check."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo.fleet_rounds import fleet_rounds
from maas.__main__ import main
from maas.errors import RegionFileError
from maas.freight import check_plan, plan_loads, quote
from maas.freight_fleets import AMPLE, fleets_of
from maas.freight_replan import replan_loads
from maas.region import Region
from maas.region_checks import check_zones
from maas.region_file import RegionFile, read_region_file
from routing.profiles import with_overrides
from tests.maas.scenario_valley import build_scenario_valley
from tests.maas.test_freight import DAY, batch, parcel
from tests.maas.test_freight_fields import changed
from tests.routing.drawn_roads import Drawing

BASE = {"lat": 43.3, "lon": 141.0}
BAY = {"kg": 50, "litres": 300, "pieces": 5}
BUS = {"id": "minibus", "kind": "bus", "base": BASE, "zone": "yamanaka", "bay": BAY}
IN_ZONE = {"pickup": {"lat": 43.31, "lon": 141.02}, "delivery": {"lat": 43.29, "lon": 140.98}}
H = 3600
ON = dt.date.fromisoformat(DAY)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """As in `test_freight`; the zone `yamanaka` is served from 08:00 to 18:00 on workdays."""
    return build_scenario_valley(tmp_path_factory.mktemp("fleets"))


def alone(region: Region, **keys: Any) -> Region:
    """The region without other vehicles and lines that carry goods."""
    return changed(region, **{"taxis": [], "vans": [], "cargo": [], **keys})


LEAST = "name: x\ntimezone: UTC\nfeeds: [{id: a, path: a.zip}]\n"
AT = "base: {lat: 43, lon: 141}, bay: {kg: 9, litres: 9, pieces: 9}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"fleets: [{{id: f, kind: lorry, {AT}}}]",
            "fleets.0.kind: Input should be 'van', 'truck'",
        ),
        (f"fleets: [{{id: f, kind: taxi, {AT}}}]", "fleets.0: taxis have a `meter`; write the"),
        (f"vans: [{{id: f, kind: truck, {AT}}}]", "vans: 'f' is a truck; write it under `fleets`"),
        (f"fleets: [{{id: f, {AT}}}]\nvans: [{{id: f, {AT}}}]", "'f' stands 2 times"),
        (f"fleets: [{{id: f, kind: truck, seats: 2, {AT}}}]", "is a truck: only a bus has `seats`"),
        (f"fleets: [{{id: f, zone: z, {AT}}}]", "is a van: only a bus has `zone`"),
        (f"fleets: [{{id: f, profile: trok, {AT}}}]", "no 'trok'; did you mean 'truck'?"),
        (
            f"fleets: [{{id: f, profile: low, {AT}}}]\nprofiles: {{low: {{like: truck}}}}",
            "no 'low'",
        ),
        (f"fleets: [{{id: f, endd: 3, {AT}}}]", "fleets.0.endd: unknown key; did you mean 'end'?"),
        (f"fleets: [{{id: f, end: {{lat: 91, lon: 0}}, {AT}}}]", "fleets.0.end.lat"),
        (
            f"fleets: [{{id: f, end: {{lat: 43.1, lon: 141}}, {AT}, "
            "breaks: [{from: '12:00', until: '13:00', length: 3600}]}]",
            "let the break lie in 3720 s or more, or leave `end` out",
        ),
    ],
)
def test_faults_of_fleets_are_explained(tmp_path: Path, text: str, said: str) -> None:
    source = tmp_path / "region.yaml"
    source.write_text(LEAST + text, encoding="utf-8")
    with pytest.raises(RegionFileError) as caught:
        read_region_file(source)
    assert said in str(caught.value)
    assert "region.yaml" in str(caught.value)


def test_a_profile_of_the_file_may_be_named_where_there_are_roads(tmp_path: Path) -> None:
    source = tmp_path / "region.yaml"
    low = "profiles: {low: {like: truck, vehicle: {height_m: 2.5}}}\nroads: {path: a.osm.pbf}\n"
    text = f"{LEAST}{low}fleets: [{{id: f, kind: truck, profile: low, {AT}}}]"
    source.write_text(text, encoding="utf-8")
    (fleet,) = fleets_of(read_region_file(source), ON)
    assert (fleet.profile, fleet.kind, fleet.co2_g_per_km) == ("low", "truck", 520)


def test_a_zone_that_is_not_there_stops_the_build(region: Region) -> None:
    def checked(**keys: Any) -> None:
        check_zones(changed(region, fleets=[{**BUS, **keys}]).file)

    checked()
    with pytest.raises(RegionFileError, match=r"fleets\.0\.zone: .*'yama'.* mean 'yamanaka'"):
        checked(zone="yama")
    with pytest.raises(RegionFileError, match="known are yamanaka"):
        checked(zone="zzzz")
    zone = region.file.model_dump(mode="json", by_alias=True)["demand_zones"][0]
    twice = {**zone, "windows": [["08:00", "09:00"], ["12:00", "13:00"]]}
    file = changed(
        region, fleets=[{**BUS, "end": {"lat": 43.31, "lon": 141.0}}], demand_zones=[twice]
    ).file
    with pytest.raises(RegionFileError, match="2 windows a day"):
        check_zones(file)


def test_a_bus_carries_parcels_within_the_area_days_and_hours_of_its_zone(region: Region) -> None:
    served = alone(region, fleets=[BUS])
    asked = {**parcel(**IN_ZONE), "date": DAY}
    (way,) = quote(served, asked)["options"]
    assert [step["mode"] for step in way["chain"]] == ["drt"]
    assert quote(served, {**asked, "ready": "17:50", "due": "20:00"})["options"] == []
    saturday = quote(served, {**asked, "date": "2026-10-10"})
    assert (saturday["options"], saturday["reasons"][0]["code"]) == ([], "out_of_reach")
    idle = plan_loads(served, {**batch(1, **IN_ZONE), "date": "2026-10-10"}, seconds=0.2)
    assert (idle["shipments"][0]["status"], check_plan(served, idle)) == ("rejected", [])
    outside = {"lat": 43.2, "lon": 141.0}
    assert quote(served, {**asked, "delivery": outside})["options"] == []
    plan = plan_loads(served, batch(2, **IN_ZONE), seconds=0.2)
    assert check_plan(served, plan) == []
    assert {row["status"] for row in plan["shipments"]} == {"planned"}
    assert plan["separate"]["planned"] == []
    assert any("buses of a demand zone" in notice for notice in plan["notices"])
    for keys in ({"hours": ["08:00", "08:10"]}, {"days": ["sun"]}, {"polygon": POLYGON_ELSEWHERE}):
        zone = {**region.file.model_dump(mode="json", by_alias=True)["demand_zones"][0], **keys}
        other = alone(region, fleets=[BUS], demand_zones=[zone])
        rule = "area" if "polygon" in keys else "shift"
        assert rule in {one.rule for one in check_plan(other, plan)}


POLYGON_ELSEWHERE = [[43.0, 140.9], [43.1, 140.9], [43.1, 141.1]]


def test_parties_ride_a_bus_of_a_zone_before_parcels(region: Region) -> None:
    served = alone(region, fleets=[{**BUS, "seats": 6}])
    ends = {"from": IN_ZONE["pickup"], "to": IN_ZONE["delivery"]}
    riders = {"passengers": [{"id": "ann", **ends, "earliest": "10:00", "people": 6}]}
    plan = plan_loads(served, batch(2, **IN_ZONE), passengers=riders, seconds=0.2)
    assert check_plan(served, plan) == []
    assert plan["passengers"][0]["status"] == "carried"
    assert plan["separate"]["passengers"][0]["status"] == "carried"
    smaller = alone(region, fleets=[{**BUS, "seats": 5}])
    assert "seats" in {one.rule for one in check_plan(smaller, plan)}


def test_a_truck_ends_elsewhere_and_is_as_slow_as_its_profile(region: Region) -> None:
    truck = {
        "id": "t",
        "kind": "truck",
        "base": BASE,
        "bay": BAY,
        "end": {"lat": 43.32, "lon": 141},
    }
    there, away = alone(region, fleets=[truck]), alone(region, fleets=[{**truck, "end": None}])
    asked = {**parcel(**IN_ZONE), "date": DAY}
    near, far = (float(quote(one, asked)["options"][0]["cost"]["amount"]) for one in (away, there))
    assert near < far
    plan = plan_loads(there, batch(1, **IN_ZONE), seconds=0.2)
    assert check_plan(there, plan) == []
    assert plan["vehicles"][0]["visits"][-1]["at"]["lat"] == 43.32
    assert plan["separate"]["planned"] == ["p0"]
    assert {one.rule for one in check_plan(away, plan)} >= {"base"}
    slow, fast = (
        quote(alone(region, fleets=[{**truck, "kind": kind}]), asked)["options"][0]
        for kind in ("truck", "van")
    )
    assert slow["arrival"] > fast["arrival"]  # 28 against 30 km/h


def test_a_truck_drives_around_a_low_bridge(region: Region, tmp_path: Path) -> None:
    town = Drawing(
        {"a": (0, 0), "b": (2000, 0), "c": (1000, 3000)},
        [("ab", {"highway": "primary", "maxheight": "3.0"}), ("acb", {"highway": "primary"})],
    )
    sizes = {"low": {"like": "truck", "vehicle": {"height_m": 2.5}}}
    base, goal = ({"lat": lat, "lon": lon} for lon, lat in (town.place("a"), town.place("b")))
    asked = {**parcel(pickup=base, delivery=goal), "date": DAY}
    metres = {}
    for profile in ("truck", "low"):
        fleet = {"id": "t", "kind": "truck", "base": base, "bay": BAY, "profile": profile}
        other = alone(region, hubs=[], fleets=[fleet], profiles=sizes, roads={"path": "drawn.osm"})
        other.roads = town.graph(tmp_path, with_overrides(sizes))
        other._begin()
        (way,) = quote(other, asked)["options"]
        metres[profile] = way["chain"][0]["distance_m"]
        plan = plan_loads(other, batch(1, pickup=base, delivery=goal), seconds=0.2)
        assert check_plan(other, plan) == []
    assert metres["low"] < 2100
    assert metres["truck"] > 6000


@given(
    st.lists(st.tuples(st.integers(6, 20), st.integers(1, 5)), min_size=1, max_size=3),
    st.integers(6, 19), st.integers(1, 4), st.integers(1, 12),
)  # fmt: skip
def test_drivers_of_a_zone_keep_their_breaks_between_its_windows_or_in_rounds(
    windows: list[tuple[int, int]], first: int, width: int, tenths: int
) -> None:
    length = min(width * H, tenths * 600)
    zone = {
        "id": "z", "polygon": [[43, 141], [43, 142], [44, 141]], "fare": 0,
        "windows": [[f"{a}:00", f"{a + n}:00"] for a, n in windows],
    }  # fmt: skip
    off = {"from": f"{first}:00", "until": f"{first + width}:00", "length": length}
    bus = {**BUS, "zone": "z", "hours": ["05:00", "26:00"], "breaks": [off]}
    file = RegionFile.model_validate(
        {"name": "x", "timezone": "UTC", "feeds": [{"id": "a", "path": "a"}],
         "fleets": [bus], "demand_zones": [zone]}
    )  # fmt: skip
    (fleet,) = fleets_of(file, ON)
    served = {minute for a, n in windows for minute in range(60 * a, 60 * (a + n))}
    rounds = fleet_rounds([fleet], 1, AMPLE)
    for row in rounds:  # nobody works while the zone is not served
        assert {*range(row.opens // 60, row.closes // 60)} <= served
        for pause in row.pauses:
            assert row.opens <= pause.earliest <= pause.latest
            assert first * H <= pause.earliest
            assert pause.latest + pause.length <= min((first + width) * H, row.closes)
    held = sum(len(row.pauses) for row in rounds)
    busy = {m for row in rounds for m in range(row.opens // 60, row.closes // 60)}
    window = range(60 * first, 60 * (first + width))
    free, longest = 0, 0
    for minute in window:
        free = 0 if minute in busy else free + 1
        longest = max(longest, free)
    assert held == 1 or longest * 60 >= length


def test_bays_of_the_file_limit_what_a_shipment_may_be_worth(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = region.file.model_dump(mode="json", by_alias=True)
    rule = fields["cargo"][0]
    careful = changed(region, cargo=[{**rule, "bay": {**rule["bay"], "max_value": 50_000}}])

    def rides(value: float) -> bool:
        options = quote(careful, {**parcel(value=value), "date": DAY})["options"]
        return any(step["kind"] == "trip" for one in options for step in one["chain"])

    assert (rides(50_000), rides(50_001)) == (True, False)
    plan = plan_loads(region, batch(2, value=60_000), seconds=0.2)
    assert {one.rule for one in check_plan(careful, plan)} == {"value"}
    assert check_plan(careful, plan_loads(careful, batch(2, value=60_000), seconds=0.2)) == []
    vans = [{**van, "bay": {**van["bay"], "max_value": 1}} for van in fields["vans"]]
    by_van = plan_loads(changed(region, cargo=[]), batch(1, value=2), seconds=0.2)
    assert {one.rule for one in check_plan(changed(region, vans=vans), by_van)} == {"value"}
    words = [
        "cargo", "quote", "-r", str(region.folder.parents[1]), "--from", "43.02,141.01",
        "--to", "43.3,141.0003", "--kg", "4", "--at", f"{DAY}T08:00",
    ]  # fmt: skip
    assert main([*words, "--value", "60000"]) == 0
    assert main([*words, "--value", "-1"]) == 2
    assert "shipment: value: Input should be greater than or equal to 0" in capsys.readouterr().err


def test_vehicles_that_end_elsewhere_go_on_where_a_late_train_leaves_them(region: Region) -> None:
    fields = region.file.model_dump(mode="json", by_alias=True)
    end = {"lat": 43.01, "lon": 141.01}
    vans = [
        {**van, "end": end, "costs": {"per_km": 400, "per_hour": 2000}} for van in fields["vans"]
    ]
    other = changed(region, vans=vans, taxis=[])
    goods = {"date": DAY, "shipments": [parcel(ready="07:30", if_undelivered={})]}
    plan = plan_loads(other, goods, iterations=200)
    assert {step["kind"] for step in plan["shipments"][0]["chain"]} >= {"trip"}
    late = {"now": "08:20", "events": [{"type": "trip_cancelled", "trip_id": "far:r1"}]}
    after, _ = replan_loads(other, plan, late)
    assert check_plan(other, after) == []
    ends = {
        (sheet["visits"][-1]["at"]["lat"], sheet["visits"][-1]["at"]["lon"])
        for sheet in after["vehicles"]
        if sheet["kind"] == "van"
    }
    assert ends == {(end["lat"], end["lon"])}
    assert after["shipments"][0]["if_undelivered"]["held_by"]
