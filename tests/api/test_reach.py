"""Reach by line and on foot over HTTP, on a drawn town with a bus."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.test_app import problem
from tests.maas.test_analysis import build_bus_town, text
from tests.routing.drawn_roads import at
from tests.routing.test_isochrone import is_inside

ASKED = {"from": text(0), "at": "2026-10-07T08:00", "window_s": 1200, "limits_s": [1200]}

SEA = "{1:.5f},{0:.5f}".format(*at(0, 5000))


@pytest.fixture(scope="module")
def town_client(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[TestClient]:
    directory = build_bus_town(tmp_path_factory.mktemp("reach-api"))
    settings = Settings(region=directory, redis_url=valkey_url)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def test_half_of_the_departures_reach_the_other_end_of_the_line(town_client: TestClient) -> None:
    found = town_client.post("/v1/reach", json=ASKED | {"percentiles": [50, 90]})
    assert found.headers["content-type"] == "application/geo+json"
    median, slow = found.json()["features"]
    assert is_inside([median], at(6000, 0))
    assert not is_inside([slow], at(6000, 0))


def test_a_place_is_a_text_or_an_object(town_client: TestClient) -> None:
    lat, lon = map(float, text(0).split(","))
    found = [
        town_client.post("/v1/reach", json=ASKED | {"from": given}).json()
        for given in (text(0), {"lat": lat, "lon": lon})
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"modes": ["rocket"]}, "invalid-query"),
        ({"at": "2030-01-01T08:00"}, "date-outside"),
        ({"window_s": 0}, "invalid-request"),
        ({"limits_s": [99999]}, "invalid-query"),
        ({"from": "nowhere at all"}, "unknown-place"),
        ({"from": "-33,151"}, "invalid-query"),
        ({"from": {"lat": -33, "lon": 151}}, "invalid-query"),
        ({"from": {"stop_id": "f:none"}}, "unknown-place"),
        ({"from": {"lat": "43", "lon": 141}}, "invalid-request"),
        ({"from": SEA}, "off-road"),
    ],
)
def test_wrong_questions_are_problems(
    town_client: TestClient, wrong: dict[str, object], code: str
) -> None:
    problem(town_client.post("/v1/reach", json=ASKED | wrong), 422, code)


def test_a_body_in_another_encoding_is_told_as_such(town_client: TestClient) -> None:
    body = '{"from": "余市"}'.encode("shift_jis")
    headers = {"content-type": "application/json"}
    answer = town_client.post("/v1/reach", content=body, headers=headers)
    assert "no UTF-8 text" in problem(answer, 400, "no-json")["detail"]
