"""Events of running vehicles over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.service import Service
from cargo.online_state import DayState, dispatch, read_events, read_state
from tests.api.test_app import problem, undescribed
from tests.cargo.test_online_state import asked, street

Document = dict[str, Any]
EVENTS: list[Document] = [
    asked("ann", 2, 7),
    asked("bob", 8, 1),
    {"type": "advance", "now": 15},
    {"type": "delay", "vehicle": "v0", "until": 40},
    {"type": "improve", "seconds": 600, "iterations": 50},
]


def sent(client: TestClient, state: Document, events: list[Document]) -> Any:
    return client.post("/v1/dispatch", json={"state": state, "events": events})


def test_events_over_http_do_what_the_interpreter_does(client: TestClient) -> None:
    answer = sent(client, street(), EVENTS)
    assert answer.status_code == 200
    document = answer.json()
    state, outcomes = dispatch(
        read_state(street(), "state"), read_events({"events": EVENTS}, "events").events
    )
    assert DayState.model_validate(document["state"]) == state
    assert len(document["outcomes"]) == len(outcomes)
    assert document["outcomes"][0]["vehicle"] == outcomes[0].vehicle
    assert document["waiting"] == []
    described = client.get("/openapi.json").json()
    operation = described["paths"]["/v1/dispatch"]["post"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert undescribed(document, schema, described["components"]["schemas"]) == set()
    assert operation["requestBody"]["content"]["application/json"]["examples"]


def test_the_state_of_an_answer_goes_on(client: TestClient) -> None:
    whole = sent(client, street(), EVENTS[:4]).json()["state"]
    state = street()
    for event in EVENTS[:4]:
        state = sent(client, state, [event]).json()["state"]
    assert state == whole


def test_who_finds_no_place_is_told_why_and_who_waits_is_named(client: TestClient) -> None:
    answer = sent(client, street(), [asked("crowd", 2, 7, amount=[9])]).json()
    assert "refused" in answer["outcomes"][0]
    waiting = {**street(), "requests": [asked("ann", 2, 7)["request"]]}
    assert sent(client, waiting, []).json()["waiting"] == ["ann"]


@pytest.mark.parametrize(
    ("state", "events", "code", "part"),
    [
        ({}, [{"type": "cancel", "request": "ghost"}], "wrong-input", "event 1 (cancel)"),
        ({}, [{"type": "delay", "vehicle": "v9", "until": 3}], "wrong-input", "v9"),
        ({}, [{"type": "explode"}], "invalid-request", "body.events.0"),
        ({}, [{"type": "advance", "now": -1}], "invalid-request", "body.events.0"),
        ({"horizons": 3}, [], "invalid-request", "did you mean 'horizon'?"),
        ({"rounds": {"v9": []}}, [], "wrong-input", "'v9' is not in `vehicles`"),
        ({"durations": [[[0, 1]]]}, [], "wrong-input", "row 0 of a matrix"),
    ],
)
def test_what_does_not_suit_is_one_clear_problem(
    client: TestClient, state: Document, events: list[Document], code: str, part: str
) -> None:
    answer = sent(client, street(**state), events)
    assert part in problem(answer, 422, code)["detail"]


def test_improving_waits_for_no_other_plan_and_is_bounded(client: TestClient) -> None:
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    with service.plan_turn():
        problem(sent(client, street(), EVENTS), 503, "busy")
        assert sent(client, street(), EVENTS[:4]).status_code == 200
