"""Journeys over HTTP: the same answers as the planner's, with offers."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from maas.build import build_region
from maas.planner import Planner, read_query
from maas.region import Region
from tests.api.regions import REGION
from tests.api.test_app import JOURNEY, problem
from tests.gtfs.feeds import write_feed
from tests.gtfs.test_fares_v2 import ENGLISH, FOR_WHOM, MEDIA, RIDERS, files


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
        ({"to": {"stop_id": "f:none"}}, "unknown-place", "f:none"),
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


def test_prices_are_those_of_the_rider_and_medium_asked_for(
    tmp_path: Path, valkey_url: str
) -> None:
    told = files(rider_categories=RIDERS, fare_media=MEDIA, fare_products=FOR_WHOM)
    write_feed(tmp_path / "f.zip", {**told, "translations.txt": ENGLISH})
    source = tmp_path / "region.yaml"
    source.write_text(REGION.partition("capacities:")[0], encoding="utf-8")
    build_region(source, tmp_path / "built")
    settings = Settings(region=tmp_path / "built", redis_url=valkey_url)
    with TestClient(create_app(settings)) as client:

        def price(**wish: str) -> str:
            answer = client.post("/v1/journeys", json={**JOURNEY, "modes": ["bus"], **wish}).json()
            return str(answer["itineraries"][0]["price"]["amount"])

        assert (price(), price(medium="Cash"), price(rider="小児")) == ("190", "200", "100")
        answer = client.post("/v1/journeys", json={**JOURNEY, "modes": ["bus"], "lang": "en"})
        first = answer.json()["itineraries"][0]["prices"][0]
        assert (first["rider_name"], first["products"][0]["name"]) == ("Grown-up", "Bus ticket")
        refused = client.post("/v1/journeys", json={**JOURNEY, "rider": "senior"})
        assert refused.status_code == 422
        assert "one of: adult, child" in refused.json()["detail"]


def test_names_are_in_the_language_of_the_header_unless_the_query_names_one(
    valkey_url: str, tmp_path: Path
) -> None:
    texts = """
        table_name,field_name,language,translation,record_id
        stops,stop_name,ko,남쪽 출구,C
        stops,stop_name,en,South Gate,C
        routes,route_long_name,ko,남북선,L
        agency,agency_name,ko,북부 버스,a
    """
    write_feed(tmp_path / "f.zip", {"translations.txt": texts})
    source = tmp_path / "region.yaml"
    source.write_text(REGION.partition("capacities:")[0], encoding="utf-8")
    build_region(source, tmp_path / "built")
    settings = Settings(region=tmp_path / "built", redis_url=valkey_url)
    with TestClient(create_app(settings)) as client:

        def names(header: str, **more: str) -> tuple[str, str, str]:
            query = {**JOURNEY, "modes": ["bus"], **more}
            answer = client.post("/v1/journeys", json=query, headers={"Accept-Language": header})
            leg = answer.json()["itineraries"][0]["legs"][0]
            return leg["to"]["name"], leg["line"], leg["agency"]

        korean = "남쪽 출구", "남북선", "북부 버스"
        assert names("ko-KR,ko;q=0.9,en;q=0.8") == korean
        assert names("de,en;q=0.5") == ("South Gate", "1", "Northern Bus")
        assert names("*") == ("南口", "1", "Northern Bus")
        assert names("ko", lang="ja") == ("南口", "1", "Northern Bus")
        assert names("ja", lang="ko") == korean
