"""Realtime over HTTP: the state of sources, our own GTFS-Realtime, and the served process."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from fastapi.testclient import TestClient
from google.transit import gtfs_realtime_pb2 as bindings

from api.app import create_app
from api.settings import Settings
from gtfs.realtime.patch import patch
from gtfs.realtime.read import read_message
from maas.build import build_region
from maas.region import Region
from tests.api.regions import ALWAYS, built_region
from tests.api.test_server import serving
from tests.gtfs.realtime.messages import message, update
from tests.gtfs.realtime.test_rebuild import rides
from tests.maas.feed_server import FeedServer, feed_server
from tests.maas.test_realtime_poller import until

TOKYO = ZoneInfo("Asia/Tokyo")
LATE = 600  # s


def today() -> date:
    return datetime.now(TOKYO).date()


def news(delay: int = LATE, **more: Any) -> bytes:
    """t1 is late, t2 is cancelled, one bus more runs at noon, an alert holds for the line."""
    start = {"start_date": f"{today():%Y%m%d}"}
    noon = int(datetime.combine(today(), datetime.min.time(), TOKYO).timestamp()) + 43_200
    calls = [{"stop_id": stop, "departure": {"time": noon + 60 * k}} for k, stop in enumerate("AB")]
    raw = message(
        update({"trip_id": "t1", **start}, {"stop_sequence": 1, "departure": {"delay": delay}}),
        update({"trip_id": "t2", **start, "schedule_relationship": 3}),
        update({"trip_id": "n", "route_id": "L", **start, "schedule_relationship": 8}, *calls),
        update({"trip_id": "nowhere", **start}),
        now=int(time.time()),
    )
    feed = bindings.FeedMessage.FromString(raw)
    alert = feed.entity.add(id="a").alert
    alert.informed_entity.add(route_id="L")
    alert.header_text.translation.add(text="大雪", language="ja")
    vehicle = feed.entity.add(id="v").vehicle
    vehicle.trip.trip_id, vehicle.occupancy_status = "t1", 2
    return bytes(feed.SerializeToString())


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    with feed_server() as state:
        state.show(news())
        yield state


@pytest.fixture(scope="module")
def always(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Region directory of a valley whose buses run today, whenever that is."""
    return built_region(tmp_path_factory.mktemp("always"), calendar=ALWAYS)


@pytest.fixture(scope="module")
def client(always: Path, valkey_url: str, server: FeedServer) -> Iterator[TestClient]:
    settings = Settings(region=always, redis_url=valkey_url, realtime=(server.url,))
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.app.state.service.start_warm_up().result()  # type: ignore[attr-defined]
        until(lambda: client.get("/version").json()["generation"] > 0)
        yield client


def journeys(client: Any, **changes: Any) -> dict[str, Any]:
    query = {"from": "f:A", "to": "f:C", "at": f"{today()}T07:30", **changes}
    answer: dict[str, Any] = client.post("/v1/journeys", json=query).json()
    return answer


def test_the_state_tells_what_came_and_what_fits_nothing(client: TestClient) -> None:
    state = client.get("/v1/realtime").json()
    (one,) = state["sources"]
    assert (one["state"], one["feed"], one["kind"]) == ("ok", "f", "any")
    assert "secret" not in json.dumps(state)
    assert one["entities"] == {
        "trip_updates": 4,
        "vehicle_positions": 1,
        "alerts": 1,
        "trip_modifications": 0,
        "faults": [],
    }
    (feed,) = state["feeds"]
    assert feed["applied"] == {"SCHEDULED": 1, "CANCELED": 1, "NEW": 1}
    assert feed["unmatched"] == {"unknown_trip": 1}
    assert feed["names"] == {"unknown_trip": ["entity 'e3', trip 'nowhere'"]}


def test_answers_know_the_news_and_a_late_trip_can_be_booked(client: TestClient) -> None:
    answer = journeys(client)
    (leg,) = answer["itineraries"][0]["legs"]
    assert (leg["trip_id"], leg["departure_delay_s"]) == ("f:t1", LATE)
    assert leg["alerts"][0]["header"] == {"ja": "大雪"}
    offer = answer["itineraries"][0]["offer"]["id"]
    booked = client.post("/v1/bookings", json={"offer": offer})
    assert booked.status_code == 201, booked.text
    planned = journeys(client, realtime=False)["itineraries"][0]["legs"][0]
    assert planned["departure"] == leg["scheduled_departure"]
    assert planned["seats_left"] == leg["seats_left"] - 1


def test_what_is_not_in_the_timetable_cannot_be_booked(client: TestClient) -> None:
    answer = journeys(client, to="f:B", at=f"{today()}T11:50")
    first = answer["itineraries"][0]
    assert first["legs"][0]["trip_id"] == "f:n"
    assert first["offer"] is None


def test_reading_what_we_serve_gives_the_same_day(client: TestClient, always: Path) -> None:
    raw = client.get("/gtfs-rt/trip-updates").content
    region = Region.open(always)
    told = read_message(raw)
    assert [u.trip.relationship for u in told.updates] == ["SCHEDULED", "CANCELED", "NEW"]
    again = patch(region.day(today()), told, region.matcher("f"))
    live = client.app.state.service.generations.current.today()  # type: ignore[attr-defined]
    assert rides(again.timetable, again.day) == rides(live.day.timetable, live.day)
    assert rides(again.timetable, again.day) != rides(region.timetable, region.day(today()))


def test_alerts_and_vehicles_are_passed_on(client: TestClient) -> None:
    (alert,) = read_message(client.get("/gtfs-rt/alerts").content).alerts
    assert (alert.header, alert.informed[0].line_id) == ({"ja": "大雪"}, "L")
    (vehicle,) = read_message(client.get("/gtfs-rt/vehicle-positions").content).vehicles
    assert (vehicle.trip.trip_id, vehicle.occupancy) == ("t1", "FEW_SEATS_AVAILABLE")
    reply = client.get("/gtfs-rt/trip-updates?format=json")
    assert reply.headers["content-type"] == "application/json"
    entity = reply.json()["entity"][1]
    assert entity["trip_update"]["trip"]["schedule_relationship"] == "CANCELED"
    assert client.get("/gtfs-rt/trip-updates?feed=g").status_code == 422
    assert client.get("/gtfs-rt/nothing").status_code == 422


def test_without_sources_there_is_nothing_to_tell(always: Path, valkey_url: str) -> None:
    settings = Settings(region=always, redis_url=valkey_url)
    with TestClient(create_app(settings)) as client:
        state = client.get("/v1/realtime").json()
        assert (state["generation"], state["sources"], state["feeds"]) == (0, [], [])
        told = read_message(client.get("/gtfs-rt/trip-updates").content)
        assert told.updates == ()


def test_a_service_never_answers_with_half_of_a_message(tmp_path: Path, server: FeedServer) -> None:
    """The whole line: a feed on loopback that changes, a served process, clients that hammer it."""
    region = built_region(tmp_path, calendar=ALWAYS)
    delays = [60 * k for k in range(8)]
    start = {"start_date": f"{today():%Y%m%d}"}

    def both_late(delay: int) -> bytes:
        call = {"stop_sequence": 1, "departure": {"delay": delay}}
        buses = [update({"trip_id": trip_id, **start}, call) for trip_id in ("t1", "t2")]
        return message(*buses, now=int(time.time()))

    server.show(both_late(0))
    faults: list[Any] = []
    seen: set[int] = set()
    ended = threading.Event()

    def hammer(url: str) -> None:
        with httpx2.Client(base_url=url, timeout=30) as client:
            while not ended.is_set():
                answer = journeys(client, window=7200)
                legs = [leg for it in answer["itineraries"] for leg in it["legs"]]
                told = {leg.get("departure_delay_s", 0) for leg in legs}
                if len(told) != 1 or len(answer["itineraries"]) != 2:
                    faults.append(answer)
                seen.update(told)

    source = region.parent / "region.yaml"
    text = source.read_text(encoding="utf-8").replace(
        "attribution: nobody}",
        f"attribution: nobody, realtime: {{trip_updates: '{server.url}', interval: 1}}}}",
    )
    source.write_text(text, encoding="utf-8")
    build_region(source, region)
    with serving(region, "--data-dir", str(tmp_path / "store")) as service:
        threads = [threading.Thread(target=hammer, args=(service.url,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for delay in delays:
            server.show(both_late(delay))
            until(lambda delay=delay: delay in seen)  # type: ignore[misc]
        ended.set()
        for thread in threads:
            thread.join()
        assert not faults
        assert seen == set(delays)
        state = httpx2.get(f"{service.url}/v1/realtime").json()
        assert state["sources"][0]["failures"] == 0
        assert state["alive"] <= 4


def test_tomorrow_is_as_planned(client: TestClient) -> None:
    at = f"{today() + timedelta(days=1)}T07:30"
    leg = journeys(client, at=at)["itineraries"][0]["legs"][0]
    assert leg["realtime"] is False
