"""Bookings over HTTP: held at once, seen by every later plan, given back."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.valkey import Valkey
from tests.api.test_app import PARCEL, problem


def journeys(client: TestClient, day: str, **more: Any) -> list[dict[str, Any]]:
    query = {"from": "北駅", "to": "南口", "at": f"{day}T07:30", "modes": ["bus"], **more}
    itineraries: list[dict[str, Any]] = client.post("/v1/journeys", json=query).json()[
        "itineraries"
    ]
    return itineraries


def departures(itineraries: list[dict[str, Any]]) -> list[str]:
    return [itinerary["departure"][11:16] for itinerary in itineraries]


def chains(client: TestClient, day: str) -> list[dict[str, Any]]:
    options = client.post("/v1/shipments/quote", json={**PARCEL, "date": day}).json()["options"]
    return [option for option in options if option["offer"]]


def book(client: TestClient, offered: dict[str, Any], **more: Any) -> httpx2.Response:
    return client.post("/v1/bookings", json={"offer": offered["offer"]["id"], **more})


def test_a_booking_is_confirmed_read_and_cancelled(client: TestClient) -> None:
    answer = book(client, journeys(client, "2026-03-02", party=2)[0], reference="order 7")
    booking = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/bookings/{booking['id']}"
    assert (booking["status"], booking["kind"], booking["reference"]) == (
        "confirmed",
        "journey",
        "order 7",
    )
    (ride,) = booking["rides"]
    assert (ride["trip_id"], ride["seats"], ride["from"]) == (
        "f:t1",
        2,
        {"name": "北駅", "stop_id": "f:A"},
    )
    assert client.get(answer.headers["location"]).json() == booking

    cancelled = client.delete(answer.headers["location"]).json()
    assert (cancelled["status"], cancelled["rides"]) == ("cancelled", booking["rides"])
    assert cancelled["cancelled"] >= booking["created"]
    assert client.delete(answer.headers["location"]).json() == cancelled


def test_later_plans_see_the_seats_that_are_left(client: TestClient) -> None:
    day = "2026-03-03"  # three seats a bus
    first = book(client, journeys(client, day, party=2)[0])
    assert departures(journeys(client, day, party=1)) == ["08:00", "09:00"]
    assert departures(journeys(client, day, party=2)) == ["09:00"]
    client.delete(first.headers["location"])
    assert departures(journeys(client, day, party=2)) == ["08:00", "09:00"]


def test_a_ride_over_part_of_a_trip_leaves_the_rest_free(client: TestClient) -> None:
    day = "2026-03-04"
    book(client, journeys(client, day, to="中町", party=3)[0])
    assert departures(journeys(client, day, party=3)) == ["09:00"]
    rest = {"from": "中町", "to": "南口"}
    assert departures(journeys(client, day, party=3, **rest)) == ["08:11", "09:11"]


def test_a_full_trip_is_409_with_what_is_short_and_fresh_alternatives(client: TestClient) -> None:
    day = "2026-03-05"
    stale = journeys(client, day, party=2)[0]
    assert book(client, stale).status_code == 201
    document = problem(book(client, stale), 409, "space-taken")
    assert document["shortages"][0] == {
        "trip_id": "f:t1",
        "service_date": day,
        "position": 0,
        "resource": "seats",
        "asked": 2,
        "left": 1,
    }
    alternatives = document["alternatives"]["itineraries"]
    assert departures(alternatives) == ["09:00"]
    assert book(client, alternatives[0]).status_code == 201


def test_when_all_is_sold_the_reason_says_so(client: TestClient) -> None:
    day = "2026-03-06"
    for itinerary in journeys(client, day, party=3):
        book(client, itinerary)
    answer = client.post(
        "/v1/journeys",
        json={"from": "北駅", "to": "南口", "at": f"{day}T07:30", "modes": ["bus"], "window": 7200},
    ).json()
    assert answer["itineraries"] == []
    assert answer["reasons"]


def test_parcels_hold_space_and_later_quotes_see_it(client: TestClient) -> None:
    day = "2026-03-09"  # two pieces a bus
    options = chains(client, day)
    trips = [step["trip_id"] for step in options[0]["chain"] if step["kind"] == "trip"]
    assert trips == ["f:t1"]
    bookings = [book(client, options[0]) for _ in range(2)]
    (ride,) = bookings[0].json()["rides"]
    assert (ride["kg"], ride["pieces"], ride["seats"]) == (3, 1, 0)

    document = problem(book(client, options[0]), 409, "space-taken")
    assert {row["resource"] for row in document["shortages"]} == {"pieces"}
    fresh = [option for option in document["alternatives"]["options"] if option["offer"]]
    assert [s["trip_id"] for s in fresh[0]["chain"] if s["kind"] == "trip"] == ["f:t2"]

    client.delete(bookings[0].headers["location"])
    assert book(client, options[0]).status_code == 201


def test_parcels_and_passengers_do_not_take_each_others_space(client: TestClient) -> None:
    day = "2026-03-10"
    book(client, journeys(client, day, party=3)[0])
    for _ in range(2):
        assert book(client, chains(client, day)[0]).status_code == 201


def test_load_plans_see_what_is_booked(client: TestClient) -> None:
    day = "2026-03-11"
    for option in (chains(client, day)[0], chains(client, day)[0]):
        book(client, option)
    batch = {"date": day, "shipments": [{**PARCEL, "id": f"p{n}"} for n in range(3)]}
    answer = client.post("/v1/loads?seconds=0.2", json=batch)
    plan = answer.json()
    assert answer.status_code == 200
    assert plan["ledger_version"] == int(answer.headers["ledger-version"])
    assert {trip["trip_id"] for trip in plan["trips"]} == {"f:t2"}
    planned = [row for row in plan["shipments"] if row["status"] == "planned"]
    assert len(planned) == 2
    (rejected,) = (row for row in plan["shipments"] if row["status"] == "rejected")
    assert rejected["reason"]["code"]


def test_the_same_idempotency_key_books_once(client: TestClient) -> None:
    offered = journeys(client, "2026-03-12", party=3)[0]
    body = {"offer": offered["offer"]["id"]}
    headers = {"Idempotency-Key": "once-2026-03-12"}
    first = client.post("/v1/bookings", json=body, headers=headers)
    again = client.post("/v1/bookings", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = client.post("/v1/bookings", json={**body, "reference": "x"}, headers=headers)
    problem(other, 422, "key-reused")


def test_an_offer_that_was_tampered_with_is_refused(client: TestClient) -> None:
    token = journeys(client, "2026-03-13")[0]["offer"]["id"]
    changed = ("B" if token[9] != "B" else "C").join((token[:9], token[10:]))
    for wrong in (changed, "nonsense", "é", token.split(".", maxsplit=1)[0]):
        problem(client.post("/v1/bookings", json={"offer": wrong}), 422, "invalid-offer")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.offer"),
        ({"offer": 7}, "body.offer"),
        ({"offer": "x", "refrence": "y"}, "body.refrence"),
        ({"offer": "x" * 20_000}, "body.offer"),
        ({"offer": "x", "reference": "y" * 65}, "body.reference"),
    ],
)
def test_a_request_that_breaks_the_schema_is_refused(
    client: TestClient, body: dict[str, Any], where: str
) -> None:
    answer = client.post("/v1/bookings", json=body)
    faults = problem(answer, 422, "invalid-request")["errors"]
    assert where in {fault["where"] for fault in faults}


def test_an_unknown_booking_is_404(client: TestClient) -> None:
    problem(client.get("/v1/bookings/b-nope"), 404, "unknown-booking")
    problem(client.delete("/v1/bookings/b-nope"), 404, "unknown-booking")
    problem(client.get("/v1/bookings/..%2Fx"), 404, "not-found")
    problem(client.get("/v1/bookings/a:b"), 422, "invalid-request")


def test_without_its_store_the_service_plans_on_what_it_knew_and_books_nothing(
    valley: Path, tmp_path: Path
) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    settings = Settings(region=valley, redis_url=valkey.url)
    query = {"from": "北駅", "to": "南口", "at": "2026-03-23T07:30", "modes": ["bus"], "party": 3}
    with TestClient(create_app(settings)) as client:
        client.app.state.service.start_warm_up().result()  # type: ignore[attr-defined]
        first, second = journeys(client, "2026-03-23", party=3)
        assert book(client, first).status_code == 201
        assert departures(journeys(client, "2026-03-23", party=3)) == ["09:00"]

        valkey.stop()
        answer = client.post("/v1/journeys", json=query)
        assert answer.headers["ledger-stale"] == "true"
        assert departures(answer.json()["itineraries"]) == ["09:00"]
        problem(book(client, second), 503, "store-unavailable")
        problem(client.get("/readyz"), 503, "store-unavailable")
        assert client.get("/healthz").status_code == 200

        valkey.start()
        assert client.get("/readyz").status_code == 200
        assert "ledger-stale" not in client.post("/v1/journeys", json=query).headers
        assert book(client, second).status_code == 201
    valkey.stop()
