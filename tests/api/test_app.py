"""The application: every error is a problem document, every page is served."""

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.errors import NotReadyError
from api.problems import KINDS
from api.service import Service
from api.settings import Settings

JOURNEY = {"from": "北駅", "to": "南口", "at": "2026-11-24T07:30"}
PARCEL = {
    "pickup": {"lat": 43.0, "lon": 141.0},
    "delivery": {"lat": 43.02, "lon": 141.0},
    "kg": 2.5,
    "ready": "07:00",
    "due": "12:00",
}
QUOTE = {**PARCEL, "date": "2026-03-16"}


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Check the form that all problems share."""
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["status"]) == (status, status)
    assert (document["code"], document["type"]) == (code, f"/problems/{code}")
    assert document["request_id"] == answer.headers["x-request-id"]
    assert document["title"]
    assert document["title_ja"]
    assert document["detail"]
    return document


def test_the_service_says_that_it_lives_and_is_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_service_that_has_not_warmed_up_is_not_ready(valley: Path, valkey_url: str) -> None:
    settings = Settings(region=valley, redis_url=valkey_url)
    with Service.open(settings) as service, pytest.raises(NotReadyError, match="warming up"):
        service.check_ready()


def test_the_version_names_engine_region_and_sources(client: TestClient) -> None:
    version = client.get("/version").json()
    assert version["engine"]
    assert version["region"]["name_ja"] == "小さな谷"
    assert (version["region"]["synthetic"], version["region"]["notice"]) == (
        True,
        "Made for tests.",
    )
    (source,) = version["sources"]
    assert (source["id"], source["licence"], source["publisher"]) == (
        "f",
        "CC0-1.0",
        "Northern Bus",
    )
    assert version["roads"] == "beeline"


FILES = [f"/web/{name}" for name in ("style.css", "page.js", "legs.js", "journeys.js", "docs.js")]


@pytest.mark.parametrize("path", ["/", "/docs", *FILES, "/openapi.json"])
def test_pages_are_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content


def test_pages_load_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/docs", *FILES):
        text = client.get(path).text
        assert not re.search(r"(https?:)?//[a-z]", text.replace("// ", ""))
    assert client.get("/").headers["content-security-policy"].startswith("default-src 'self'")


def test_every_page_speaks_both_languages(client: TestClient) -> None:
    text = client.get("/").text
    assert text.count('lang="ja"') >= text.count('<span lang="en"') > 10


def test_an_unknown_path_is_a_problem(client: TestClient) -> None:
    detail = problem(client.get("/v1/nothing"), 404, "not-found")["detail"]
    assert "/v1/nothing" in detail
    problem(client.get("/web/nothing.js"), 404, "not-found")
    problem(client.get("/problems/nothing"), 404, "not-found")


def test_a_wrong_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    answer = client.get("/v1/journeys")
    assert "use POST" in problem(answer, 405, "method-not-allowed")["detail"]
    assert answer.headers["allow"] == "POST"


def test_a_path_with_several_methods_names_them_all(client: TestClient) -> None:
    answer = client.put("/v1/bookings/b-1")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, DELETE"


@pytest.mark.parametrize("body", [b"[" * 90_000, b'{"party": ' + b"9" * 5000 + b"}"])
def test_a_body_that_defeats_the_parser_is_a_problem(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/journeys", content=body, headers={"content-type": "application/json"})
    problem(answer, 400, "no-json")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (7, "Input should be a valid string"),
        ({"lat": 43.0}, "give both `lat` and `lon`"),
        ({"lat": "x", "lon": 141.0}, "Input should be a valid number"),
        ("", "String should have at least 1 character"),
    ],
)
def test_a_place_that_is_neither_text_nor_object_is_told_once(
    client: TestClient, place: Any, message: str
) -> None:
    answer = client.post("/v1/journeys", json={**JOURNEY, "to": place})
    (fault,) = problem(answer, 422, "invalid-request")["errors"]
    assert fault["message"].startswith(message)
    assert fault["where"].startswith("body.to")


def test_every_kind_of_problem_has_a_page(client: TestClient) -> None:
    for code in KINDS:
        assert client.get(f"/problems/{code}").json()["code"] == code


def test_a_body_that_is_no_json_is_a_problem(client: TestClient) -> None:
    answer = client.post(
        "/v1/journeys", content=b'{"from": ', headers={"content-type": "application/json"}
    )
    assert "character" in problem(answer, 400, "no-json")["detail"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"[1]", {"content-type": "application/json"}),
        (b'{"from": "a", "to": "b"}', {"content-type": "text/plain"}),
    ],
)
def test_a_body_that_is_no_object_is_a_problem(
    client: TestClient, body: bytes, headers: dict[str, str]
) -> None:
    answer = client.post("/v1/journeys", content=body, headers=headers)
    assert "JSON" in problem(answer, 422, "invalid-request")["detail"]


def test_an_unknown_key_is_named_with_its_nearest_neighbour(client: TestClient) -> None:
    answer = client.post("/v1/journeys", json={**JOURNEY, "arive_by": True})
    (fault,) = problem(answer, 422, "invalid-request")["errors"]
    assert fault["where"] == "body.arive_by"
    assert fault["message"] == "unknown key; did you mean 'arrive_by'?"


def test_an_unknown_key_inside_is_named_too(client: TestClient) -> None:
    place = {"lat": 43.0, "lon": 141.0, "stopid": "f:A"}
    answer = client.post("/v1/journeys", json={**JOURNEY, "from": place})
    (fault,) = problem(answer, 422, "invalid-request")["errors"]
    assert fault["where"] == "body.from.stopid"
    assert "did you mean 'stop_id'?" in fault["message"]


def test_a_missing_key_and_a_wrong_value_are_both_told(client: TestClient) -> None:
    answer = client.post("/v1/journeys", json={"from": "北駅", "party": 0})
    faults = problem(answer, 422, "invalid-request")["errors"]
    assert {fault["where"]: fault["value"] for fault in faults} == {
        "body.to": None,
        "body.party": "0",
    }


@pytest.mark.parametrize("length", [100_001, 3_000_000])
def test_a_large_body_is_refused_before_it_is_read(client: TestClient, length: int) -> None:
    body = json.dumps({**JOURNEY, "to": "x" * length}).encode()
    answer = client.post("/v1/journeys", content=body, headers={"content-type": "application/json"})
    assert "100000 bytes" in problem(answer, 413, "body-too-large")["detail"]


def test_a_large_body_of_unknown_length_is_refused_too(client: TestClient) -> None:
    answer = client.post(
        "/v1/journeys",
        content=iter([b"x" * 60_000] * 3),
        headers={"content-type": "application/json"},
    )
    problem(answer, 413, "body-too-large")


def test_the_request_id_of_the_client_comes_back_if_it_is_harmless(client: TestClient) -> None:
    asked = "my-request-7"
    assert client.get("/healthz", headers={"X-Request-ID": asked}).headers["x-request-id"] == asked
    long = "x" * 65
    assert client.get("/healthz", headers={"X-Request-ID": long}).headers["x-request-id"] != long


def test_a_failure_of_ours_is_a_problem_without_secrets(valley: Path, valkey_url: str) -> None:
    app = create_app(Settings(region=valley, redis_url=valkey_url))

    @app.get("/broken")
    def broken() -> None:
        msg = "secret detail"
        raise ZeroDivisionError(msg)

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "secret" not in answer.text


def test_the_description_names_every_path_with_its_problems(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    assert set(description["paths"]) >= {
        "/healthz",
        "/readyz",
        "/version",
        "/v1/journeys",
        "/v1/shipments/quote",
        "/v1/loads",
        "/v1/places",
        "/v1/bookings",
        "/v1/bookings/{booking_id}",
    }
    text = json.dumps(description)
    references = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references <= set(description["components"]["schemas"])
    assert "HTTPValidationError" not in text
    for path in ("/v1/journeys", "/v1/shipments/quote", "/v1/loads"):
        content = description["paths"][path]["post"]["requestBody"]["content"]
        assert content["application/json"]["examples"]


def test_settings_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="port"):
        Settings(region=Path(), port=99_999)


def undescribed(document: Any, schema: dict[str, Any], models: dict[str, Any]) -> set[str]:
    """Keys of an answer that its description does not name."""
    if "$ref" in schema:
        return undescribed(document, models[schema["$ref"].rsplit("/", 1)[1]], models)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return min((undescribed(document, branch, models) for branch in branches), key=len)
    if isinstance(document, list):
        items = schema.get("items")
        return {
            key
            for item in document
            for key in (undescribed(item, items, models) if items else ["a list"])
        }
    if not isinstance(document, dict):
        return set()
    if "properties" not in schema:
        return set() if schema.get("additionalProperties") else set(document)
    known = schema["properties"]
    inner = (
        undescribed(value, known[key], models) for key, value in document.items() if key in known
    )
    return (set(document) - set(known)).union(*inner)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/journeys", JOURNEY),
        ("/v1/journeys", {**JOURNEY, "at": "2026-12-31T23:30"}),
        ("/v1/shipments/quote", QUOTE),
        ("/v1/loads", {"date": "2026-11-24", "shipments": [{**PARCEL, "id": "p"}]}),
    ],
)
def test_every_key_of_an_answer_is_described(
    client: TestClient, path: str, body: dict[str, Any]
) -> None:
    description = client.get("/openapi.json").json()
    operation = description["paths"][path]["post"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    answer = client.post(path, json=body, params={"seconds": 0.2} if "loads" in path else {})
    assert answer.status_code == 200
    assert undescribed(answer.json(), schema, description["components"]["schemas"]) == set()
