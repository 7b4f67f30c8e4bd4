"""Routes, matrices and isochrones over HTTP, on a drawn town."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.roads import MOST_CELLS
from api.settings import Settings
from tests.api.test_app import problem
from tests.maas.test_cli_roads import GOAL, SEA, START, build_town


@pytest.fixture(scope="module")
def town_client(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[TestClient]:
    directory = Path(build_town(tmp_path_factory.mktemp("town")))
    settings = Settings(region=directory, redis_url=valkey_url)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def test_a_route_agrees_with_its_matrix_cell(town_client: TestClient) -> None:
    route = town_client.post("/v1/route", json={"from": START, "to": GOAL}).json()["routes"][0]
    found = town_client.post("/v1/matrix", json={"sources": [START], "targets": [GOAL, SEA]})
    assert found.json()["durations_s"] == [[route["duration_s"], None]]
    assert found.json()["distances_m"] == [[route["distance_m"], None]]
    high = {"from": START, "to": GOAL, "vehicle": {"height_m": 3.5}}
    assert town_client.post("/v1/route", json=high).json()["routes"][0]["distance_m"] > 2800


def test_an_isochrone_is_geojson(town_client: TestClient) -> None:
    found = town_client.post("/v1/isochrone", json={"from": START, "limits_s": [300, 60]})
    assert found.headers["content-type"] == "application/geo+json"
    limits = [row["properties"]["limit_s"] for row in found.json()["features"]]
    assert limits == [300, 60]


def test_wrong_questions_are_problems(town_client: TestClient, client: TestClient) -> None:
    problem(town_client.post("/v1/route", json={"from": START, "to": SEA}), 422, "off-road")
    problem(town_client.post("/v1/isochrone", json={"from": SEA}), 422, "off-road")
    unknown = {"from": START, "to": GOAL, "profile": "rocket"}
    problem(town_client.post("/v1/route", json=unknown), 422, "wrong-input")
    matrix = {"sources": [START], "profile": "rocket"}
    problem(town_client.post("/v1/matrix", json=matrix), 422, "wrong-input")
    off = town_client.post("/v1/route", json={"from": "95,141", "to": GOAL})
    assert "95" in problem(off, 422, "unknown-place")["detail"]
    problem(town_client.post("/v1/route", json={"from": START}), 422, "invalid-request")
    area = {"from": START, "to": GOAL, "avoid": {"type": "Point", "coordinates": [1, 2]}}
    problem(town_client.post("/v1/route", json=area), 422, "invalid-query")
    crossed = {"type": "Polygon", "coordinates": [[[43.0, 141.0], [43.1, 141.0], [43.0, 141.1]]]}
    swapped = {"from": START, "to": GOAL, "avoid": crossed}
    found = problem(town_client.post("/v1/route", json=swapped), 422, "invalid-query")
    assert "longitude first" in found["detail"]
    for size in (-1, 0, "1e999"):
        low = {"from": START, "to": GOAL, "vehicle": {"height_m": size}}
        problem(town_client.post("/v1/route", json=low), 422, "invalid-request")
    n = int(MOST_CELLS**0.5) + 1
    problem(town_client.post("/v1/matrix", json={"sources": [START] * n}), 422, "invalid-query")
    problem(client.post("/v1/route", json={"from": START, "to": GOAL}), 422, "invalid-query")


def as_object(place: str) -> dict[str, float]:
    lat, lon = map(float, place.split(","))
    return {"lat": lat, "lon": lon}


def test_places_are_texts_or_objects(town_client: TestClient) -> None:
    start, goal = as_object(START), as_object(GOAL)
    asked = (
        ("route", {"from": START, "to": GOAL}, {"from": start, "to": goal}),
        ("matrix", {"sources": [START, GOAL]}, {"sources": [start, goal]}),
        ("isochrone", {"from": START}, {"from": start}),
    )
    for kind, texts, objects in asked:
        answers = [town_client.post(f"/v1/{kind}", json=body) for body in (texts, objects)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()
    named = {"from": {"stop_id": "f:none"}, "to": GOAL}
    told = problem(town_client.post("/v1/route", json=named), 422, "unknown-place")
    assert "route: from.stop_id" in told["detail"]
    half = {"sources": [{"lat": 43.0}]}
    told = problem(town_client.post("/v1/matrix", json=half), 422, "invalid-request")
    assert "both `lat` and `lon`" in told["detail"]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("route", {"alternatives": "2"}),
        ("route", {"alternatives": True}),
        ("route", {"at": 1_790_000_000}),
        ("route", {"at": "1790000000"}),
        ("route", {"vehicle": {"height_m": "3.2"}}),
        ("route", {"vehicle": {"weight_t": True}}),
        ("route", {"vehicle": {"hazmat": 1}}),
        ("isochrone", {"limits_s": ["600"]}),
        ("isochrone", {"limits_s": [True]}),
    ],
)
def test_nothing_is_taken_for_something_else(
    town_client: TestClient, kind: str, wrong: dict[str, object]
) -> None:
    ends = {"from": START} | ({"to": GOAL} if kind == "route" else {})
    assert town_client.post(f"/v1/{kind}", json=ends).status_code == 200
    problem(town_client.post(f"/v1/{kind}", json=ends | wrong), 422, "invalid-request")
