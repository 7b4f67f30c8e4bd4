"""Load plans while they are carried out, over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from cargo.model import LoadPlan
from cargo.online_state import DayState
from maas.freight import check_plan
from tests.api.test_app import PARCEL, undescribed

Document = dict[str, Any]


@pytest.fixture(scope="module")
def plan(client: TestClient) -> Document:
    rows = [{**PARCEL, "id": name} for name in ("p1", "p2")]
    answer = client.post("/v1/loads?seconds=0.2", json={"date": "2026-03-17", "shipments": rows})
    found: Document = answer.json()
    return found


def described(client: TestClient, path: str, document: Document) -> set[str]:
    """Keys of an answer that its schema does not know."""
    told = client.get("/openapi.json").json()
    answer = told["paths"][path]["post"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    return undescribed(document, schema, told["components"]["schemas"])


def test_the_vehicles_of_a_plan_begin_and_take_events(client: TestClient, plan: Document) -> None:
    body = {"plan": plan, "at": "00:00", "places": [{"name": "x", "lat": 43.0, "lon": 141.0}]}
    answer = client.post("/v1/dispatch/begin", json=body)
    assert answer.status_code == 200
    state = DayState.model_validate(answer.json()["state"])
    assert state.places[-1].name == "x"
    driven = {name for tasks in state.rounds.values() for name, _ in tasks}
    assert {name.partition("/")[2] for name in driven} <= {"p1", "p2"}
    assert described(client, "/v1/dispatch/begin", answer.json()) == set()
    events = [{"type": "advance", "now": 86_400}]
    after = client.post("/v1/dispatch", json={"state": answer.json()["state"], "events": events})
    assert after.status_code == 200
    assert after.json()["state"]["requests"] == []


def test_a_cancelled_trip_is_planned_around(client: TestClient, plan: Document) -> None:
    trip_id = plan["trips"][0]["trip_id"]
    events = {"now": "00:01", "events": [{"type": "trip_cancelled", "trip_id": trip_id}]}
    answer = client.post("/v1/loads/replan", json={"plan": plan, "events": events})
    document = answer.json()
    assert answer.status_code == 200, document
    after = LoadPlan.model_validate(document["plan"])
    assert after.changes[0].trip_id == trip_id
    service = client.app.state.service  # type: ignore[attr-defined]
    assert check_plan(service.region, document["plan"], service.snapshot().ledger) == []
    assert described(client, "/v1/loads/replan", document) == set()


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/v1/dispatch/begin", {"at": "soon"}, "'soon' is not a time"),
        ("/v1/dispatch/begin", {"horizon": "5"}, "a text is no number"),
        ("/v1/loads/replan", {"events": {"now": "08:00", "events": []}}, "at least 1"),
        (
            "/v1/loads/replan",
            {"events": {"now": "08:00", "events": [{"type": "trip_cancelled", "trip_id": "x"}]}},
            "no trip 'x' runs on",
        ),
    ],
)
def test_what_does_not_suit_is_one_clear_problem(
    client: TestClient, plan: Document, path: str, body: Document, told: str
) -> None:
    answer = client.post(path, json={"plan": plan, **body})
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_a_plan_of_another_region_is_refused(client: TestClient, plan: Document) -> None:
    answer = client.post("/v1/dispatch/begin", json={"plan": {**plan, "region_version": "old"}})
    assert answer.status_code == 422
    assert "version old" in answer.json()["detail"]
