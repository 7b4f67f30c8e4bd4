"""Running vehicles as documents: events through files equal events through the interpreter."""

import json
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
        ({"rounds": {"v0": [["ann", "pickup"]]}}, "has no pickup of 'ann'"),
        ({"durations": [[[0, 1], [1]]]}, "row 1 of a matrix has 1 entries, not 2"),
    ],
)
def test_a_state_that_contradicts_itself_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(BadProblemError, match=words):
        run(street(**more))


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
