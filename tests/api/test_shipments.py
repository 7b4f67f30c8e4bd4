"""Quotes and load plans over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.service import Service
from cargo.model import LoadPlan
from tests.api.test_app import PARCEL, QUOTE, problem


def test_a_quote_offers_the_chains_that_ride_on_trips(client: TestClient) -> None:
    answer = client.post("/v1/shipments/quote", json=QUOTE)
    document = answer.json()
    assert (answer.status_code, document["date"]) == (200, "2026-03-16")
    assert document["goods"] == {"kg": 3, "litres": 0, "pieces": 1}
    for option in document["options"]:
        rides = [step for step in option["chain"] if step["kind"] == "trip"]
        assert (option["offer"] is not None) == bool(rides)


def test_nothing_that_fits_is_an_answer_with_reasons(client: TestClient) -> None:
    answer = client.post("/v1/shipments/quote", json={**QUOTE, "due": "07:10"}).json()
    assert answer["options"] == []
    assert answer["reasons"][0]["message_ja"]


@pytest.mark.parametrize(
    ("changes", "code", "part"),
    [
        ({"kg": 5000}, "impossible-shipment", "5000 kg"),
        ({"kg": -1}, "invalid-request", "body.kg"),
        ({"date": "2031-01-01"}, "date-outside", "2026-12-31"),
        ({"pickups": {}}, "invalid-request", "did you mean 'pickup'?"),
        ({"due": "06:00"}, "invalid-request", "widen the window"),
        ({"pickup": {"lat": 43.0}}, "invalid-request", "body.pickup.lon"),
    ],
)
def test_a_wrong_shipment_is_one_clear_problem(
    client: TestClient, changes: dict[str, Any], code: str, part: str
) -> None:
    answer = client.post("/v1/shipments/quote", json={**QUOTE, **changes})
    assert part in problem(answer, 422, code)["detail"]


def test_a_load_plan_has_the_documented_form(client: TestClient) -> None:
    batch = {"date": "2026-03-17", "shipments": [{**PARCEL, "id": "p1"}]}
    document = client.post("/v1/loads?seconds=0.2&seed=3", json=batch).json()
    plan = LoadPlan.model_validate(document)
    assert (plan.seed, plan.shipments[0].status) == (3, "planned")


def test_a_load_plan_may_be_asked_of_another_engine(client: TestClient) -> None:
    batch = {"date": "2026-03-17", "shipments": [{**PARCEL, "id": "p1"}]}
    document = client.post("/v1/loads?seconds=0.2&engine=ortools", json=batch).json()
    assert (document["engine"], document["shipments"][0]["status"]) == ("ortools", "planned")
    assert any("OR-Tools planned the rounds" in notice for notice in document["notices"])
    answer = client.post("/v1/loads?engine=jsprit", json=batch)
    assert "engine" in problem(answer, 422, "invalid-request")["detail"]


def test_worth_and_ways_back_are_told_and_their_faults_explained(client: TestClient) -> None:
    goods = {**PARCEL, "value": 30_000, "if_undelivered": {}}
    answer = client.post("/v1/shipments/quote", json={**QUOTE, **goods}).json()
    assert answer["if_undelivered"]["to"]["lat"] == 43.0
    batch = {"date": "2026-03-17", "shipments": [{**goods, "id": "p1"}]}
    plan = LoadPlan.model_validate(client.post("/v1/loads?seconds=0.2", json=batch).json())
    assert plan.shipments[0].if_undelivered is not None
    assert plan.shipments[0].request.value == 30_000
    nowhere = {**goods, "if_undelivered": {"hub": "nowhere"}}
    for path, body in (("shipments/quote", {**QUOTE, **nowhere}),
                       ("loads", {**batch, "shipments": [{**nowhere, "id": "p1"}]})):  # fmt: skip
        detail = problem(client.post(f"/v1/{path}", json=body), 422, "invalid-request")["detail"]
        assert "if_undelivered.hub: no hub 'nowhere'" in detail


def test_a_load_plan_carries_passengers_too(client: TestClient) -> None:
    door, there = {"lat": 43.0, "lon": 141.0}, {"lat": 43.01, "lon": 141.0}
    ann = {"id": "ann", "from": door, "to": there, "earliest": "10:00"}
    batch = {"date": "2026-03-17", "shipments": [{**PARCEL, "id": "p1"}], "passengers": [ann]}
    plan = LoadPlan.model_validate(client.post("/v1/loads?seconds=0.2", json=batch).json())
    assert plan.version == 2
    assert plan.passengers[0].request.destination.lat == there["lat"]
    assert plan.kpis.mixed.passengers is not None
    wrong = {**batch, "passengers": [{**ann, "people": 0}]}
    detail = problem(client.post("/v1/loads", json=wrong), 422, "invalid-request")["detail"]
    assert "body.passengers.0.people" in detail


def test_a_second_plan_at_the_same_time_is_asked_to_wait(client: TestClient) -> None:
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    batch = {"date": "2026-03-17", "shipments": [{**PARCEL, "id": "p1"}]}
    with service.plan_turn():
        answer = client.post("/v1/loads", json=batch)
    problem(answer, 503, "busy")
    assert int(answer.headers["retry-after"]) > 0


def test_a_batch_with_one_id_twice_is_refused(client: TestClient) -> None:
    batch = {"date": "2026-03-17", "shipments": [{**PARCEL, "id": "p1"}] * 2}
    answer = client.post("/v1/loads", json=batch)
    assert "'p1' stands twice" in problem(answer, 422, "invalid-request")["detail"]
