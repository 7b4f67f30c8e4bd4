"""A load plan on the day: trains late or cancelled, goods where they are, the rest kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cargo.errors import DocumentError
from cargo.online_state import resume
from cargo.pdp.check import check
from maas.__main__ import main
from maas.freight import check_plan, plan_loads
from maas.freight_dispatch import begin_dispatch
from maas.freight_replan import replan_loads
from maas.region import Region
from tests.maas.scenario_valley import GOODS, build_scenario_valley
from tests.maas.test_freight import DAY, directory, parcel, trains
from tests.maas.valley import REGION

Document = dict[str, Any]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Trains from C to D at 08:30 and 09:30, in 20 minutes; dear trucks from C that end at A."""
    keys = "    kind: truck\n    end: {lat: 43.0, lon: 141.0}\n    vehicles: 2\n"
    keys += "    costs: {per_km: 400, per_hour: 2000}\n"
    dear = GOODS.replace("    vehicles: 2\n", keys).replace("vans:\n", "fleets:\n")
    return build_scenario_valley(tmp_path_factory.mktemp("replan"), REGION + dear)


@pytest.fixture(scope="module")
def plan(region: Region) -> Document:
    """Two parcels by each train."""
    rows = [parcel(id=f"p{at}", ready="07:30", due="09:10") for at in range(2)]
    rows += [parcel(id=f"q{at}", ready="08:45") for at in range(2)]
    found = plan_loads(region, {"date": DAY, "shipments": rows}, iterations=400)
    assert check_plan(region, found) == []
    assert {row["id"]: trains(row["chain"]) for row in found["shipments"]} == {
        "p0": ["far:r1"], "p1": ["far:r1"], "q0": ["far:r2"], "q1": ["far:r2"],
    }  # fmt: skip
    for row in found["shipments"]:
        row["request"]["due"] = "18:00"  # not in such a hurry, after all
    return found


def told(now: str, *events: Document) -> Document:
    return {"now": now, "events": list(events)}


def cancelled(trip: str) -> Document:
    return {"type": "trip_cancelled", "trip_id": f"far:{trip}"}


def delayed(trip: str, seconds: int) -> Document:
    return {"type": "trip_delayed", "trip_id": f"far:{trip}", "delay_s": seconds}


def replanned(
    region: Region, plan: Document, events: Document, improve: float = 0.0
) -> tuple[Document, Document]:
    """A new plan that is sound and tells what was done before as it was."""
    after, difference = replan_loads(region, plan, events, improve=improve)
    assert check_plan(region, after) == []
    now = f"{DAY}T{events['now']}:00+09:00"
    for old, new in zip(plan["shipments"], after["shipments"], strict=True):
        done = [step for step in old["chain"] if step["kind"] == "trip" and step["departure"] < now]
        kept = [step for step in new["chain"] if step["kind"] == "trip" and step["departure"] < now]
        assert [step["departure"] for step in done] == [step["departure"] for step in kept]
    past = [
        {(sheet["id"], v["departure"]) for sheet in some["vehicles"] for v in sheet["visits"]
         if v["departure"] < now}
        for some in (plan, after)
    ]  # fmt: skip
    assert past[0] == past[1]
    return after, difference


def chain(plan: Document, name: str) -> list[Document]:
    found: list[Document] = next(r["chain"] for r in plan["shipments"] if r["id"] == name)
    return found


def kinds(plan: Document, name: str) -> list[str]:
    return [step["kind"] for step in chain(plan, name)]


@pytest.mark.parametrize("now", ["07:00", "08:29"])
def test_goods_of_a_cancelled_train_take_the_next_one(
    region: Region, plan: Document, now: str
) -> None:
    after, difference = replanned(region, plan, told(now, cancelled("r1")))
    for name in ("p0", "p1"):
        assert trains(chain(after, name)) == ["far:r2"]
    rows = {row["id"]: row for row in difference["shipments"]}
    assert rows.keys() >= {"p0", "p1"}
    assert rows["p0"]["before"]["arrival"] < rows["p0"]["after"]["arrival"]
    assert "reason" not in rows["p0"]
    assert chain(after, "q0")[0]["kind"] == "road"
    assert after["kpis"]["separate"] == plan["kpis"]["separate"]
    assert "Planned anew at" in after["notices"][0]


def test_goods_at_the_hub_go_on_by_road_when_no_train_is_left(
    region: Region, plan: Document
) -> None:
    after, _ = replanned(region, plan, told("08:29", cancelled("r1"), cancelled("r2")))
    assert kinds(after, "p0") == ["road", "hold", "road"]
    assert kinds(after, "q0") == ["road"]
    assert after["kpis"]["mixed"]["planned"] == 4


def test_goods_that_come_too_late_stay_at_the_hub_with_a_reason(
    region: Region, plan: Document
) -> None:
    rows = [{**row, "request": {**row["request"], "due": "09:15"}} for row in plan["shipments"]]
    tight = {**plan, "shipments": [*rows[:2], *plan["shipments"][2:]]}
    after, difference = replanned(region, tight, told("08:29", delayed("r1", 1800)))
    stuck = next(row for row in after["shipments"] if row["id"] == "p0")
    assert stuck["status"] == "rejected"
    rows_by_id = {row["id"]: row for row in difference["shipments"]}
    assert kinds(after, "p0") == ["road", "hold"]
    assert rows_by_id["p0"]["reason"]["message_ja"]
    assert rows_by_id["p0"]["after"]["at"] == "south"


def test_goods_on_board_of_a_late_train_are_brought_later(region: Region, plan: Document) -> None:
    after, _ = replanned(region, plan, told("08:40", delayed("r1", 900)))
    ride = next(step for step in chain(after, "p0") if step["kind"] == "trip")
    assert (ride["departure"][11:16], ride["arrival"][11:16]) == ("08:30", "09:05")
    assert after["changes"][0]["delay_s"] == 900
    assert trains(chain(after, "q0")) == ["far:r2"]


def test_a_train_cancelled_on_its_way_reaches_its_next_stop(region: Region, plan: Document) -> None:
    after, _ = replanned(region, plan, told("08:40", cancelled("r1")))
    assert chain(after, "p0") == chain(plan, "p0")


def test_a_second_change_goes_on_from_the_first_and_state_begins_from_it(
    region: Region, plan: Document
) -> None:
    once, _ = replanned(region, plan, told("08:29", delayed("r1", 1200)))
    twice, _ = replanned(region, once, told("08:45", delayed("r1", 600), cancelled("r2")))
    assert [one["type"] for one in twice["changes"]] == [
        "trip_delayed", "trip_delayed", "trip_cancelled",
    ]  # fmt: skip
    ride = next(step for step in chain(twice, "p0") if step["kind"] == "trip")
    assert ride["departure"][11:16] == "09:00"
    assert sum("Planned anew" in text for text in twice["notices"]) == 1


@pytest.fixture(scope="module")
def busy(region: Region) -> Document:
    """Parcels by train and road, of which two have returns and hours, and a party by taxi."""
    rows = [parcel(id=f"p{at}", ready="07:30", due="09:10") for at in range(2)]
    rows += [parcel(id=f"q{at}", ready="08:45", max_hours=3, priority=at) for at in range(2)]
    north = {"lat": 43.001, "lon": 141.0}
    for row, back in zip(rows, ({}, {"hub": "south"}, {"by": "19:00"}), strict=False):
        row["if_undelivered"] = back
    rows.append(parcel(id="box", delivery=north, returns={"kg": 1}))
    rows.append(parcel(id="far", ready="08:00", max_trips=0, kg=90, returns={"kg": 2}))
    ann = {"id": "ann", "from": north, "to": {"lat": 43.019, "lon": 141.001}, "earliest": "09:00"}
    found = plan_loads(
        region, {"date": DAY, "shipments": rows}, passengers={"passengers": [ann]}, iterations=400
    )
    assert check_plan(region, found) == []
    return found


TOLD = st.one_of(
    st.builds(cancelled, st.sampled_from(("r1", "r2"))),
    st.builds(delayed, st.sampled_from(("r1", "r2")), st.integers(60, 9000)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    minutes=st.lists(st.integers(7 * 60, 11 * 60), min_size=2, max_size=2),
    first=st.lists(TOLD, min_size=1, max_size=3), second=st.lists(TOLD, min_size=1, max_size=2),
    improve=st.booleans(),
)  # fmt: skip
def test_whatever_is_told_the_past_stays_and_the_check_passes(
    region: Region, busy: Document, minutes: list[int], first: list[Document],
    second: list[Document], improve: bool,
) -> None:  # fmt: skip
    plan = busy
    for minute, events in zip(sorted(minutes), (first, second), strict=True):
        now = f"{minute // 60:02d}:{minute % 60:02d}"
        plan, difference = replanned(
            region, plan, told(now, *events), improve=0.02 if improve else 0.0
        )
        left = [row["id"] for row in plan["shipments"] if row["status"] == "rejected"]
        told_of = {row["id"]: row for row in difference["shipments"]}
        for name in left:
            assert name not in told_of or told_of[name]["reason"]["message_ja"]
        state = begin_dispatch(region, plan, now)
        day = resume(state)
        assert check(day.problem, day.plan()) == []


@pytest.mark.parametrize(
    ("events", "words"),
    [
        (told("08:00", cancelled("r9")), r"no trip 'far:r9' runs on 2026-10-07"),
        (told("soon", cancelled("r1")), "not a time"),
        (told("08:00", delayed("r1", 0)), "greater than or equal to 1"),
        (told("08:00"), "at least 1"),
        (told("08:00", {"type": "flood"}), "flood"),
    ],
)
def test_events_that_do_not_suit_are_told(
    region: Region, plan: Document, events: Document, words: str
) -> None:
    with pytest.raises(DocumentError, match=words):
        replan_loads(region, plan, events)


def test_a_change_that_hides_the_timetable_is_found(region: Region, plan: Document) -> None:
    after, _ = replan_loads(region, plan, told("08:29", delayed("r1", 1200)))
    for change in (
        {**after["changes"][0], "delay_s": 600},
        {**after["changes"][0], "trip_id": "far:r9"},
        {**after["changes"][0], "type": "trip_cancelled"},
    ):
        assert check_plan(region, {**after, "changes": [change]})
    assert check_plan(region, {**after, "changes": []})


def test_the_command_writes_the_plan_and_prints_the_difference(
    region: Region, plan: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, events, out = (tmp_path / name for name in ("plan.json", "events.json", "new.json"))
    source.write_text(json.dumps(plan), encoding="utf-8")
    events.write_text(json.dumps(told("08:29", cancelled("r1"))), encoding="utf-8")
    words = ["cargo", "replan", str(source), str(events), "-r", directory(region)]
    assert main([*words, "-o", str(out)]) == 0
    shown = capsys.readouterr()
    assert {row["id"] for row in json.loads(shown.out)["shipments"]} >= {"p0", "p1"}
    assert "every rule holds" in shown.err
    written = json.loads(out.read_text(encoding="utf-8"))
    assert check_plan(region, written) == []
    assert begin_dispatch(region, written, "08:45").now == 8 * 3600 + 45 * 60
    papers = ["cargo", "manifest", str(out), "-o", str(tmp_path / "papers")]
    assert main([*papers, "-r", directory(region)]) == 0
    trips = (tmp_path / "papers" / "trips.html").read_text(encoding="utf-8")
    assert "山中駅 <small>Yamanaka</small>" in trips  # a stop without a name of its own: its hub's
    index = (tmp_path / "papers" / "index.html").read_text(encoding="utf-8")
    for line in written["kpis"]["mixed"]["load_by_line"]:
        assert f"{100 * line['mean']['kg']:.1f} % / {100 * line['highest']['kg']:.1f} %" in index
