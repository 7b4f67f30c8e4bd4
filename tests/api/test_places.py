"""Names to places, as they are typed."""

from fastapi.testclient import TestClient

from tests.api.test_app import problem


def test_a_place_is_found_by_the_beginning_of_its_name(client: TestClient) -> None:
    (place,) = client.get("/v1/places", params={"q": "北"}).json()["places"]
    assert (place["name"], place["stop_id"], place["lat"], place["lon"]) == (
        "北駅",
        "f:A",
        43.0,
        141.0,
    )


def test_nothing_found_is_an_empty_list(client: TestClient) -> None:
    assert client.get("/v1/places", params={"q": "稚内"}).json() == {"places": []}


def test_an_empty_question_is_a_problem(client: TestClient) -> None:
    (fault,) = problem(client.get("/v1/places?q="), 422, "invalid-request")["errors"]
    assert fault["where"] == "query.q"
    problem(client.get("/v1/places"), 422, "invalid-request")
    problem(client.get("/v1/places?q=a&limit=0"), 422, "invalid-request")
