"""Running vehicles as documents: events through files equal events through the interpreter."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cargo.errors import BadProblemError, DocumentError
from cargo.online_state import DayState, dispatch, read_events, read_state, resume
from cargo.pdp.check import check
from maas.__main__ import main

WAY = [[10 * abs(a - b) for b in range(10)] for a in range(10)]


def street(**more: Any) -> dict[str, Any]:
    """Two vehicles at the ends of a street with places 10 s apart."""
    vehicles = [
        {"id": f"v{k}", "start": 9 * k, "end": 9 * k, "closes": 1000, "capacity": [4]}
        for k in range(2)
    ]
    return {"durations": [WAY], "distances": [WAY], "vehicles": vehicles} | more


def ride(name: str, a: int, b: int, **more: Any) -> dict[str, Any]:
    ends = {"pickup": {"place": a, "latest": 900}, "delivery": {"place": b, "latest": 900}}
    return {"id": name, **ends, "amount": [1], "is_passenger": True} | more


def asked(name: str, a: int, b: int, **more: Any) -> dict[str, Any]:
    return {"type": "request", "request": ride(name, a, b, **more)}


def run(state: dict[str, Any], *events: dict[str, Any]) -> tuple[DayState, list[Any]]:
    given_events = read_events({"events": list(events)}, "events").events
    return dispatch(read_state(state, "state"), given_events)


def through_json(state: DayState) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(state.model_dump_json())
    return found


@st.composite
def days(draw: st.DrawFn) -> list[dict[str, Any]]:
    events, now = [], 0
    place = st.integers(0, 9)
    for k in range(draw(st.integers(2, 6))):
        kind = draw(st.sampled_from(("request", "request", "advance", "delay", "cancel")))
        now += draw(st.integers(0, 40))
        if kind == "request":
            events.append(asked(f"r{k}", draw(place), draw(place), max_ride=200))
        elif kind == "advance":
            events.append({"type": "advance", "now": now})
        elif kind == "delay":
            events.append({"type": "delay", "vehicle": "v0", "until": now})
        else:
            events.append({"type": "improve", "seconds": 5.0, "iterations": 20})
    return events


@settings(max_examples=15, deadline=None)
@given(days())
@example(
    [
        asked("r1", 0, 0, max_ride=200),
        {"type": "advance", "now": 0},
        asked("r3", 0, 0, max_ride=200),
        asked("r4", 0, 0, max_ride=200),
    ]
)
def test_a_day_in_pieces_equals_the_day_at_once(events: list[dict[str, Any]]) -> None:
    whole, outcomes = run(street(horizon=5), *events)
    state, pieces = read_state(street(horizon=5), "state"), []
    for event in events:
        state, some = run(through_json(state), event)
        pieces += some
    assert pieces == outcomes
    assert through_json(state) == through_json(whole)
    day = resume(state)
    assert check(day.problem, day.plan()) == []


def test_each_event_tells_what_it_changed() -> None:
    state, outcomes = run(
        street(horizon=0),
        asked("ann", 2, 5),
        asked("bob", 8, 7),
        {"type": "advance", "now": 1},
        {"type": "breakdown", "vehicle": "v1"},
        {"type": "no_show", "request": "ann"},
    )
    assert [one.vehicle for one in outcomes[:2]] == ["v0", "v1"]
    assert outcomes[0].added == ["ann"]
    assert {(one.vehicle, one.visit.request) for one in outcomes[2].committed} >= {("v1", "bob")}
    assert outcomes[3].moved == {"bob": ("v1", "v0")}
    assert [vehicle.id for vehicle in state.vehicles] == ["v0"]
    assert {name for name, _ in state.rounds["v0"]} == {"bob"}


def test_who_has_no_place_is_told_why() -> None:
    _, (outcome,) = run(street(), asked("crowd", 1, 2, amount=[9]))
    assert outcome.refused is not None
    assert "large enough" in outcome.refused


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "delay", "vehicle": "v7", "until": 5}, r"event 1 \(delay\): no vehicle 'v7'"),
        ({"type": "cancel", "request": "ann"}, r"event 1 \(cancel\): request 'ann' is unknown"),
        (asked("x", 1, 12), "is at place 12"),
    ],
)
def test_an_event_that_does_not_suit_is_named(event: dict[str, Any], words: str) -> None:
    with pytest.raises(BadProblemError, match=words):
        run(street(), event)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"rounds": {"v9": []}}, "vehicle 'v9'"),
        ({"rounds": {"v0": [["ann", "pickup"]]}}, "`requests` has no pickup of 'ann'"),
        ({"durations": [[[0, 1], [1]]]}, "row 1 of a matrix has 1 entries, not 2"),
    ],
)
def test_a_state_that_contradicts_itself_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(BadProblemError, match=words):
        run(street(**more))


def under_way() -> dict[str, Any]:
    """`v0` has ann on board, is on its way to dan and will fetch bob; `v1` stands."""
    rides = [ride("ann", 1, 5), ride("bob", 3, 6), ride("dan", 2, 7)]
    pickups = [["ann", "pickup"], ["dan", "pickup"], ["bob", "pickup"]]
    tasks = [*pickups, ["ann", "delivery"], ["bob", "delivery"], ["dan", "delivery"]]
    begun = street(requests=rides, agreed=rides, rounds={"v0": tasks})
    state, _ = run(begun, {"type": "advance", "now": 15})
    assert [list(task) for task in state.rounds["v0"]] == tasks[2:]
    return through_json(state)


BOB = [["bob", "pickup"], ["bob", "delivery"]]
ANN, DAN = ["ann", "delivery"], ["dan", "delivery"]


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        ({"v0": [DAN, ANN, *BOB[::-1]]}, "rounds.v0: 'bob' is delivered before its pickup"),
        ({"v0": [DAN, *BOB]}, r"rounds.v0: 'ann' is on board, but its delivery is missing; add \["),
        ({"v0": [DAN, *BOB], "v1": [ANN]}, "rounds.v1: 'ann' is on board 'v0'; move its delivery"),
        ({"v0": [DAN, ANN, *BOB], "v1": BOB}, "rounds.v1: the pickup of 'bob' stands 2 times"),
        ({"v0": [DAN, ANN, *BOB, ANN]}, "rounds.v0: the delivery of 'ann' stands 2 times"),
        ({"v0": [DAN, ANN, BOB[0]], "v1": [BOB[1]]}, "rounds.v1: 'bob' has its delivery there"),
        ({"v0": [DAN, ANN, BOB[0]]}, "rounds.v0: 'bob' has no delivery there"),
        ({"v0": [DAN, ANN, BOB[1]]}, "rounds.v0: 'bob' has no pickup there"),
    ],
)
def test_rounds_that_contradict_what_is_on_board_or_waits_are_refused(
    rounds: dict[str, Any], words: str
) -> None:
    state = {**under_way(), "rounds": rounds}
    with pytest.raises(BadProblemError, match=f"state: {words}"):
        run(state, {"type": "advance", "now": 200})


def test_other_contradictions_of_a_state_are_refused() -> None:
    state = under_way()
    no_vehicle = {**state, "vehicles": state["vehicles"][1:], "rounds": {}}
    with pytest.raises(BadProblemError, match="'v0' has 'ann' on board, but is not there"):
        run(no_vehicle)
    with pytest.raises(BadProblemError, match=r"'ann' was picked up .* by no vehicle"):
        run({**state, "done": {}})
    with pytest.raises(BadProblemError, match="agreed: request 'ann' stands 2 times"):
        run({**state, "agreed": [state["agreed"][0], *state["agreed"]]})
    state["requests"][1]["vehicles"] = ["v1"]
    with pytest.raises(BadProblemError, match=r"rounds.v0: 'bob' may not ride there"):
        run(state)
    state = under_way()
    state["requests"][0]["amount"] = [5]
    with pytest.raises(BadProblemError, match=r"'v0' cannot be driven as given: .* take a request"):
        run(state)


@pytest.mark.parametrize("kind", ["cancel", "no_show"])
def test_who_is_on_board_cannot_be_called_off(kind: str) -> None:
    with pytest.raises(BadProblemError, match=rf"event 1 \({kind}\): request 'ann' is on board"):
        run(under_way(), {"type": kind, "request": "ann"})
    elsewhere = {"type": "change", "request": ride("ann", 1, 2)}
    state, (outcome,) = run(under_way(), elsewhere)
    assert outcome.shifted["ann"] < 0
    assert state.agreed[0].delivery is not None
    assert state.agreed[0].delivery.place == 2


def test_the_day_in_the_documentation_runs(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "vehicle-routing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", page.split("## Running vehicles")[1], re.DOTALL)
    state, events, later = (tmp_path / name for name in ("state.json", "events.json", "later.json"))
    for path, text in zip((state, events), blocks, strict=True):
        path.write_text(text)
    assert main(["cargo", "dispatch", str(state), str(events), "-o", str(later)]) == 0
    after = read_state(json.loads(later.read_text()), "later.json")
    assert [vehicle.id for vehicle in after.vehicles] == ["bus 1"]
    assert after.rounds == {"bus 1": [("ann", "delivery")]}
    (ann,) = after.requests
    assert ann.delivery is not None
    assert ann.delivery.place == 3


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(DocumentError, match="horizn"):
        read_state(street(horizn=3), "state.json")


def test_the_command_writes_the_state_and_prints_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, events = tmp_path / "state.json", tmp_path / "events.json"
    state.write_text(json.dumps(street()))
    events.write_text(json.dumps({"events": [asked("ann", 2, 5)]}))
    assert main(["cargo", "dispatch", str(state), str(events)]) == 0
    assert json.loads(capsys.readouterr().out)["outcomes"][0]["vehicle"] == "v0"
    assert json.loads(state.read_text())["rounds"]["v0"] == [["ann", "pickup"], ["ann", "delivery"]]
    before = state.read_text()
    events.write_text(json.dumps({"events": [{"type": "cancel", "request": "zoe"}]}))
    assert main(["cargo", "dispatch", str(state), str(events)]) == 2
    assert "zoe" in capsys.readouterr().err
    assert state.read_text() == before


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"durations": [[[0, True], [1, 0]]]}, "durations.0.0.1"),
        ({"durations": [[[0, "1"], [1, 0]]]}, "durations.0.0.1"),
        ({"vehicles": [{"id": "v", "start": True, "end": 0}]}, "vehicles.0.start"),
        ({"vehicles": [{"id": "v", "start": 0, "end": 0, "per_m": "1"}]}, "vehicles.0.per_m"),
        ({"vehicles": [{"id": "v", "start": 0, "end": 0, "capacity": [True]}]}, "capacity.0"),
        ({"requests": [ride("a", 0, 1, amount=["1"])]}, "requests.0.amount.0"),
        ({"requests": [ride("a", True, 1)]}, "requests.0.pickup.place"),
        ({"began": {"v": True}}, "began.v"),
        ({"is_parted": 1}, "is_parted"),
        ({"requests": [ride("a", 0, 1, is_passenger="yes")]}, "requests.0.is_passenger"),
    ],
)
def test_flags_and_texts_are_no_numbers(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(where)):
        read_state(street(**changes), "state")


def test_what_stays_on_board_to_the_end_is_picked_up_once_and_takes_its_room() -> None:
    stays = {"id": "stays", "pickup": {"place": 2}, "delivery": None, "amount": [3]}
    advance = {"type": "advance", "now": 500}
    state, outcomes = run(street(), {"type": "request", "request": stays}, advance)
    taker = outcomes[0].vehicle
    picked = [one.visit.request for one in outcomes[1].committed]
    assert picked == ["stays"]
    after, later = run(
        through_json(state),
        {"type": "improve", "seconds": 5.0, "iterations": 20},
        {"type": "advance", "now": 600},
        asked("pair", 3, 4, amount=[2], vehicles=[taker]),
        asked("one", 3, 4, amount=[1], vehicles=[taker]),
    )
    assert later[1].committed == []
    assert later[2].refused is not None
    assert later[3].vehicle == taker
    assert sum(one.request == "stays" for some in after.done.values() for one in some) == 1


def test_vehicles_of_a_state_that_begins_late_do_not_drive_in_the_past() -> None:
    state, outcomes = run(street(now=300), asked("ann", 0, 5))
    assert outcomes[0].vehicle == "v0"
    day = resume(state)
    assert day.plan().rounds[0].start >= 300
    assert all(vehicle.opens >= 300 for vehicle in state.vehicles)


def test_places_are_told_for_all_or_for_none() -> None:
    place = {"name": "square", "lat": 43.0, "lon": 141.0}
    assert len(run(street(places=[place] * 10))[0].places) == 10
    with pytest.raises(BadProblemError, match="places: 3 of them, but matrices of 10"):
        run(street(places=[place] * 3))


def test_goods_kept_apart_stay_so_in_a_state() -> None:
    goods = [
        asked(name, 0, 9, is_passenger=False, goods=name, vehicles=["v0"],
              pickup={"place": 0, "latest": 5}, delivery={"place": 9, "latest": 95})
        for name in ("fish", "soap")
    ]  # fmt: skip
    _, together = run(street(), *goods)
    assert [one.vehicle for one in together] == ["v0", "v0"]
    _, apart = run(street(apart=[["fish", "soap"]]), *goods)
    assert apart[1].refused is not None
