import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest

from cargo.errors import DocumentError, ImpossibleShipmentError, TooManyShipmentsError
from maas.__main__ import main
from maas.errors import DateOutsideError
from maas.freight import check_plan, plan_loads, quote
from maas.freight_network import FixedPlaces, freight_day
from maas.ledger import Amount, Ledger, SegmentKey
from maas.region import Region
from routing.beeline import Beeline
from tests.maas.scenario_valley import GOODS, build_scenario_valley
from tests.maas.valley import REGION

Document = dict[str, Any]
DAY = "2026-10-07"
NEAR_C = {"lat": 43.02, "lon": 141.01, "name": "南の店"}
NEAR_D = {"lat": 43.3, "lon": 141.0003, "name": "山中の家"}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Trains with a bay from C to D at 08:30 and 09:30; taxis at A, vans at C."""
    return build_scenario_valley(tmp_path_factory.mktemp("freight"))


def parcel(**changes: Any) -> Document:
    base = {"id": "p", "pickup": NEAR_C, "delivery": NEAR_D, "kg": 4, "pieces": 1}
    return {**base, "ready": "08:00", "due": "18:00", **changes}


def batch(n: int = 3, **changes: Any) -> Document:
    rows = [parcel(**{"id": f"p{at}", **changes}) for at in range(n)]
    return {"date": DAY, "shipments": rows}


def trains(chain: list[Document]) -> list[str]:
    return [step["trip_id"] for step in chain if step["kind"] == "trip"]


def test_a_quote_offers_a_taxi_and_the_train(region: Region) -> None:
    answer = quote(region, {**parcel(), "date": DAY})
    assert any(trains(option["chain"]) == ["far:r1"] for option in answer["options"])
    assert [option["arrival"] for option in answer["options"]] == sorted(
        option["arrival"] for option in answer["options"]
    )
    assert all(option["cost"]["currency"] == "JPY" for option in answer["options"])


def test_the_date_of_a_quote_is_that_of_its_ready_time(region: Region) -> None:
    ready, due = "2026-10-08T08:00:00+09:00", "2026-10-08T18:00:00+09:00"
    answer = quote(region, parcel(ready=ready, due=due))
    assert answer["date"] == "2026-10-08"


def test_a_train_that_the_ledger_has_filled_is_not_offered(region: Region) -> None:
    full = {
        SegmentKey(f"far:{trip}", dt.date(2026, 10, 7), start, 0): Amount(kg=98)
        for trip, start in (("r1", 30_600), ("r2", 34_200))
    }
    answer = quote(region, {**parcel(), "date": DAY}, Ledger(full))
    assert not any(trains(option["chain"]) for option in answer["options"])
    assert "full" in {reason["code"] for reason in answer["reasons"]}
    assert not any("ledger" in notice for notice in answer["notices"])


def test_an_engine_that_is_none_is_refused(region: Region) -> None:
    with pytest.raises(DocumentError, match="engine 'jsprit': choose own or ortools"):
        plan_loads(region, batch(1), engine="jsprit")


def test_a_plan_rides_trains_and_passes_the_check(region: Region) -> None:
    plan = plan_loads(region, batch(6), seconds=0.4)
    assert check_plan(region, plan) == []
    assert plan["kpis"]["mixed"]["planned"] == 6
    assert plan["synthetic"]
    assert "Made for tests." in plan["notices"]


def test_a_plan_made_on_a_ledger_breaks_rules_on_a_fuller_one(region: Region) -> None:
    plan = plan_loads(region, batch(1, pickup={"lat": 43.0205, "lon": 141.0}), seconds=0.2)
    assert trains(plan["shipments"][0]["chain"])
    start = plan["trips"][0]["start_time"]
    key = SegmentKey(plan["trips"][0]["trip_id"], dt.date(2026, 10, 7), start, 0)
    found = check_plan(region, plan, Ledger({key: Amount(pieces=5)}, version=1))
    assert {violation.rule for violation in found} == {"room"}


def test_a_plan_of_another_version_of_the_region_is_refused(region: Region) -> None:
    plan = plan_loads(region, batch(1), seconds=0.2)
    found = check_plan(region, {**plan, "region_version": "old"})
    assert [violation.rule for violation in found] == ["region"]


def test_what_no_vehicle_holds_is_refused_at_once(region: Region) -> None:
    with pytest.raises(ImpossibleShipmentError, match="split the shipment"):
        quote(region, {**parcel(kg=5000), "date": DAY})


def test_a_date_without_a_timetable_is_refused(region: Region) -> None:
    with pytest.raises(DateOutsideError, match="choose a date"):
        plan_loads(region, {**batch(), "date": "2031-01-01"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kg": -1}, r"shipments\.0\.kg: .*greater than 0"),
        ({"litres": -1}, r"shipments\.0\.litres: .*greater than or equal to 0"),
        ({"kg": float("nan")}, r"shipments\.0\.kg: "),
        ({"pickup": {"hub": "nowhere"}}, r"pickup\.hub: unknown key; known keys: lat, lon, name"),
        ({"kgs": 1}, "did you mean 'kg'"),
        ({"due": "07:00"}, "widen the window"),
        ({"ready": "soon"}, "not a time"),
        ({"id": "p"}, "stands twice"),
        ({"temperature": "hot"}, "ambient"),
        ({"ready": "2026-10-09T08:00:00", "due": "2026-10-09T09:00:00"}, "outside the date"),
        ({"ready": "2026-10-07T19:00:00+09:00"}, "widen the window"),
    ],
)
def test_bad_shipments_are_explained(region: Region, changes: Document, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        plan_loads(region, batch(2, **changes))


def test_too_many_shipments_are_refused_with_a_remedy(region: Region) -> None:
    with pytest.raises(TooManyShipmentsError, match="split the batch"):
        plan_loads(region, batch(5001))
    with pytest.raises(TooManyShipmentsError, match="100000 shipments in one plan"):
        plan_loads(region, {"date": DAY, "shipments": [{}] * 100_000})  # nothing else is read


def test_an_empty_batch_is_an_empty_plan(region: Region) -> None:
    plan = plan_loads(region, {"date": DAY, "shipments": []}, seconds=0.1)
    assert check_plan(region, plan) == []


def test_rules_without_a_permit_share_350_kg(tmp_path: Path) -> None:
    twice = GOODS.replace("kg: 100, litres: 500, pieces: 5}", "kg: 300, litres: 500, pieces: 5}")
    rule = twice[twice.index("  - id: train") :].replace("id: train", "id: second")
    made = build_scenario_valley(tmp_path, REGION + twice + rule)
    day = freight_day(made, dt.date(2026, 10, 7))
    assert {(trip.rule_id, trip.bay.kg) for trip in day.trips} == {("train", 300), ("second", 50)}
    assert any("350 kg" in notice for notice in day.notices)


def test_driving_tables_equal_those_of_the_network() -> None:
    roads = Beeline({"taxi": 30.0, "van": 30.0}, 1.3)
    fixed = [(43.0, 141.0), (43.1, 141.2)]
    lat, lon = [43.0, 43.1, 43.2, 43.3], [141.0, 141.2, 141.1, 141.4]
    seconds, metres = FixedPlaces(roads, fixed).table(lat, lon, "van")
    pins = roads.pin(lon, lat, "van")
    expected = roads.many_to_many(pins, pins, "van")
    assert (seconds == expected[0]).all()
    assert (metres == expected[1]).all()


# --- the command ------------------------------------------------------------------------------


def run(*words: str) -> int:
    return main(["cargo", *words])


def directory(region: Region) -> str:
    return str(region.folder.parents[1])


def test_the_command_plans_checks_and_quotes(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "shipments.json", tmp_path / "plan.json"
    source.write_text(json.dumps(batch(2)), encoding="utf-8")
    options = ("-r", directory(region), "-o", str(out), "--seconds", "0.2")
    assert run("plan", str(source), *options) == 0
    assert "every rule holds" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "shipments.json"]
    assert run("check", str(out), "-r", directory(region)) == 0
    plan = json.loads(out.read_text(encoding="utf-8"))
    plan["kpis"]["mixed"]["vehicle_km"] += 5
    out.write_text(json.dumps(plan), encoding="utf-8")
    assert run("check", str(out), "-r", directory(region)) == 1
    ends = ("--from", "43.02,141.001", "--to", "43.3,141.001")
    asked = ("--kg", "3", "--at", "08:00", "--date", DAY)
    assert run("quote", "-r", directory(region), *ends, *asked, "--json") == 0
    captured = capsys.readouterr().out
    assert json.loads(captured[captured.index("{") :])["options"]
    assert run("quote", "-r", directory(region), *ends, *asked) == 0
    assert "arrives" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such file"),
        ("{", "cannot be read as JSON"),
        ("[]", "expected a JSON object"),
        ('{"shipments": [{"id": "a"}]}', "this key is required and missing"),
    ],
)
def test_a_bad_file_gives_one_message_and_writes_nothing(
    region: Region,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    message: str,
) -> None:
    source, out = tmp_path / "shipments.json", tmp_path / "plan.json"
    if text is not None:
        source.write_text(text, encoding="utf-8")
    assert run("plan", str(source), "-r", directory(region), "-o", str(out)) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_passengers_are_planned_from_a_file_of_their_own(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, riders, out = (tmp_path / name for name in ("s.json", "riders.json", "plan.json"))
    source.write_text(json.dumps(batch(1)), encoding="utf-8")
    ends = {"from": {"lat": 43.02, "lon": 141.001}, "to": {"lat": 43.03, "lon": 141.001}}
    rows = [{"id": "ann", **ends, "earliest": "10:00"}]
    riders.write_text(json.dumps({"passengers": rows}), encoding="utf-8")
    words = ("plan", str(source), "--passengers", str(riders), "-r", directory(region))
    assert run(*words, "-o", str(out), "--seconds", "0.2") == 0
    assert "every rule holds" in capsys.readouterr().out
    assert [row["id"] for row in json.loads(out.read_text("utf-8"))["passengers"]] == ["ann"]
    riders.write_text(json.dumps({"passengers": [{**rows[0], "people": 0}]}), encoding="utf-8")
    assert run(*words, "-o", str(out)) == 2
    assert "riders.json: passengers.0.people" in capsys.readouterr().err


def test_an_impossible_quote_is_an_input_error(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = ("--from", "43.02,141.001", "--to", "43.3,141.001")
    words = ("-r", directory(region), *ends, "--kg", "9000", "--at", "08:00", "--date", DAY)
    assert run("quote", *words) == 2
    assert "fits into no bay" in capsys.readouterr().err


# --- real timetables --------------------------------------------------------------------------


def test_a_day_in_tokachi_passes_the_check_and_beats_vans(tokachi: Region) -> None:
    rng = random.Random(1)
    hubs = tokachi.file.hubs
    rows = []
    for at in range(30):
        ends = rng.sample(hubs, 2)
        doors = [
            {"lat": hub.at.lat + rng.uniform(-0.03, 0.03), "lon": hub.at.lon + rng.uniform(0, 0.03)}
            for hub in ends
        ]
        rows.append(
            {"id": f"t{at}", "pickup": doors[0], "delivery": doors[1], "kg": rng.randint(1, 20),
             "litres": rng.randint(5, 60), "ready": "08:00", "due": "19:30",
             "priority": rng.choice((0, 0, 5))}
        )  # fmt: skip
    plan = plan_loads(tokachi, {"date": "2019-07-10", "shipments": rows}, seconds=2.0)
    assert check_plan(tokachi, plan) == []
    mixed, separate = plan["kpis"]["mixed"], plan["kpis"]["separate"]
    assert mixed["planned"] >= separate["planned"]
    assert "bus" in mixed["parcels_by_mode"]
