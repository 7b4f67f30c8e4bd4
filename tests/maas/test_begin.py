"""Running vehicles begun from a load plan: what the plan says by a time is what they have done."""

import json
from pathlib import Path
from typing import Any

import pytest

from cargo.errors import DocumentError
from cargo.online_state import DayState, Place, dispatch, read_events, resume
from cargo.pdp.check import check
from maas.__main__ import main
from maas.freight import check_plan, plan_loads
from maas.freight_dispatch import begin_dispatch
from maas.region import Region
from tests.maas.scenario_valley import build_scenario_valley
from tests.maas.test_freight import DAY, NEAR_C, directory, parcel

Document = dict[str, Any]
SOUTH, NORTH = {"lat": 43.019, "lon": 141.001}, {"lat": 43.001, "lon": 141.0}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Trains with a bay from C to D at 08:30 and 09:30; taxis at A, vans at C."""
    return build_scenario_valley(tmp_path_factory.mktemp("begin"))


@pytest.fixture(scope="module")
def plan(region: Region) -> Document:
    rows = [parcel(id=f"p{at}", ready="07:30") for at in range(4)]
    rows.append(parcel(id="box", delivery=NORTH, due="12:00", returns={"kg": 1, "by": "15:00"}))
    ann = {"id": "ann", "from": NORTH, "to": SOUTH, "earliest": "09:00"}
    found = plan_loads(
        region, {"date": DAY, "shipments": rows}, passengers={"passengers": [ann]}, iterations=300
    )
    assert check_plan(region, found) == []
    assert found["kpis"]["mixed"]["planned"] == len(found["shipments"]) == 6
    assert any(step["kind"] == "trip" for row in found["shipments"] for step in row["chain"])
    return found


def seconds(text: str) -> int:
    return int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19])


def visits_of(plan: Document) -> list[tuple[str, str, int]]:
    """(sheet, kind and id, latest second at which it may start) of all that vehicles do."""
    return [
        (sheet["id"], f"{kind} {name}", seconds(visit["departure"]))
        for sheet in plan["vehicles"]
        for visit in sheet["visits"]
        for kind, names in (
            ("pickup", (*visit["load"], *visit.get("board", ()))),
            ("delivery", (*visit["unload"], *visit.get("alight", ()))),
        )
        for name in names
    ]


def of_state(state: DayState, *, done: bool) -> list[tuple[str, str]]:
    """(vehicle, kind and id) of what is done, or of what is to be done."""
    rows = (
        [(vehicle, one.request, one.kind) for vehicle, some in state.done.items() for one in some]
        if done
        else [(vehicle, *task) for vehicle, tasks in state.rounds.items() for task in tasks]
    )
    return sorted((vehicle, f"{kind} {name.partition('/')[2]}") for vehicle, name, kind in rows)


def test_before_the_day_all_is_as_planned_and_to_come(region: Region, plan: Document) -> None:
    state = begin_dispatch(region, plan, "00:00")
    assert of_state(state, done=True) == []
    assert of_state(state, done=False) == sorted(row[:2] for row in visits_of(plan))
    day = resume(state)
    assert check(day.problem, day.plan()) == []
    ends = {row.vehicle: row.end for row in day.plan().rounds}
    assert ends == {
        sheet["id"]: seconds(sheet["visits"][-1]["arrival"]) for sheet in plan["vehicles"]
    }
    cost = sum(float(sheet["cost"]["amount"]) for sheet in plan["vehicles"])
    assert day.plan().cost / 1000 == pytest.approx(cost, abs=len(plan["vehicles"]))


def test_after_the_day_all_is_done(region: Region, plan: Document) -> None:
    state = begin_dispatch(region, plan, "23:59")
    assert of_state(state, done=False) == []
    assert of_state(state, done=True) == sorted(row[:2] for row in visits_of(plan))
    assert state.requests == []


@pytest.mark.parametrize("at", ["07:45", "08:20", "09:00", "09:30", "10:00"])
def test_in_between_the_past_is_done_and_who_is_on_board_is_locked(
    region: Region, plan: Document, at: str
) -> None:
    state = begin_dispatch(region, plan, at)
    now = seconds(f"{DAY}T{at}:00")
    done = of_state(state, done=True)
    for vehicle, what, latest in visits_of(plan):
        if latest <= now:
            assert (vehicle, what) in done
    assert sorted([*done, *of_state(state, done=False)]) == sorted(
        row[:2] for row in visits_of(plan)
    )
    for request in state.requests:
        picked = [v for v, some in state.done.items() for one in some if one.request == request.id]
        assert (request.pickup is None) == bool(picked)
        if picked:
            assert request.vehicles == frozenset(picked)
    day = resume(state)
    assert check(day.problem, day.plan()) == []


def test_events_go_on_from_there_and_later_doors_have_places(
    region: Region, plan: Document
) -> None:
    bob = Place(name="bob", lat=43.02, lon=141.003)
    state = begin_dispatch(region, plan, "08:00", places=[bob])
    assert state.places[-1] == bob
    n = len(state.places)
    goal = next(at for at, one in enumerate(state.places) if one.name == NEAR_C["name"])
    request = {"id": "new", "pickup": {"place": n - 1}, "delivery": {"place": goal}}
    busy = next(vehicle for vehicle, tasks in state.rounds.items() if tasks)
    events = [{"type": "request", "request": request}, {"type": "breakdown", "vehicle": busy}]
    after, outcomes = dispatch(state, read_events({"events": events}, "events").events)
    assert outcomes[0].vehicle is not None
    assert set(outcomes[1].moved) | set(outcomes[1].dropped)
    assert busy not in after.rounds
    assert after.places == state.places


def test_the_command_writes_what_dispatch_reads(
    region: Region, plan: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out, events = (tmp_path / name for name in ("plan.json", "state.json", "events.json"))
    source.write_text(json.dumps(plan), encoding="utf-8")
    doors = tmp_path / "doors.csv"
    doors.write_text("id,lat,lon\nbob,43.02,141.003\n", encoding="utf-8")
    words = ["cargo", "begin", str(source), "-r", directory(region), "-o", str(out)]
    assert main([*words, "--at", "08:20", "--places", str(doors)]) == 0
    told = capsys.readouterr().err
    assert "on board or being fetched" in told
    written = DayState.model_validate_json(out.read_text(encoding="utf-8"))
    again = begin_dispatch(region, plan, "08:20", places=written.places[-1:])
    assert written == again
    events.write_text('{"events": [{"type": "advance", "now": 86400}]}', encoding="utf-8")
    assert main(["cargo", "dispatch", str(out), str(events)]) == 0


def _without_a_ride(plan: Document) -> Document:
    found: Document = json.loads(json.dumps(plan))
    for sheet in found["vehicles"]:
        for visit in sheet["visits"]:
            visit["load"] = [*visit["load"], *visit["load"]]
    return found


@pytest.mark.parametrize(
    ("change", "at", "told"),
    [
        ({"region_version": "old"}, "08:00", "version old of the region"),
        ({}, "soon", "'soon' is not a time"),
        ({}, "2026-10-09T08:00:00+09:00", "outside 2026-10-07"),
        (None, "08:00", "has no ride on it; see what `maas cargo check` says"),
    ],
)
def test_a_plan_or_time_that_does_not_suit_is_told(
    region: Region, plan: Document, change: Document | None, at: str, told: str
) -> None:
    given = _without_a_ride(plan) if change is None else {**plan, **change}
    with pytest.raises(DocumentError, match=told):
        begin_dispatch(region, given, at)
