"""Journeys over HTTP: the same answers as the planner's, with offers."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from maas.planner import Planner, read_query
from maas.region import Region
from tests.api.test_app import JOURNEY, problem


def test_the_answer_is_the_planners_with_an_offer_for_each_ride(
    client: TestClient, valley: Path
) -> None:
    answer = client.post("/v1/journeys", json=JOURNEY).json()
    plain = Planner(Region.open(valley)).plan(read_query(JOURNEY))
    assert len(plain["itineraries"]) == 2
    for itinerary in answer["itineraries"]:
        assert itinerary.pop("offer")["id"]
    assert answer == plain


def test_a_walk_needs_no_offer(client: TestClient) -> None:
    near = {"lat": 43.001, "lon": 141.0}
    query = {**JOURNEY, "to": near, "modes": ["walk"]}
    (itinerary,) = client.post("/v1/journeys", json=query).json()["itineraries"]
    assert itinerary["offer"] is None


def test_the_answer_says_which_ledger_it_was_planned_on(client: TestClient) -> None:
    headers = client.post("/v1/journeys", json=JOURNEY).headers
    assert int(headers["ledger-version"]) >= 0
    assert "ledger-stale" not in headers


def test_nothing_found_is_an_answer_with_reasons(client: TestClient) -> None:
    late = {**JOURNEY, "at": "2026-12-31T23:30", "modes": ["bus"]}
    answer = client.post("/v1/journeys", json=late)
    assert answer.status_code == 200
    assert answer.json()["itineraries"] == []
    assert answer.json()["reasons"]


@pytest.mark.parametrize(
    ("changes", "code", "part"),
    [
        ({"from": "稚内"}, "unknown-place", "稚内"),
        ({"at": "2030-01-01T09:00"}, "date-outside", "2026-01-01 to 2026-12-31"),
        ({"to": "35.0,139.0"}, "invalid-query", "off the map"),
        ({"to": {"stop_id": "f:none"}}, "invalid-query", "f:none"),
        ({"at": "tomorrow"}, "invalid-request", "body.at"),
        ({"modes": ["rocket"]}, "invalid-request", "body.modes.0"),
        ({"window": 10**7}, "invalid-request", "body.window"),
        ({"to": {"lat": 99, "lon": 0}}, "invalid-request", "body.to.lat"),
    ],
)
def test_bad_input_is_one_clear_problem(
    client: TestClient, changes: dict[str, Any], code: str, part: str
) -> None:
    answer = client.post("/v1/journeys", json={**JOURNEY, **changes})
    assert part in problem(answer, 422, code)["detail"]
