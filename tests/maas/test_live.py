"""What realtime feeds change in answers: the small valley on a Wednesday with news."""

from datetime import date
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as bindings

from gtfs.realtime.encode import encoded
from gtfs.realtime.messages import Message
from gtfs.realtime.read import read_message
from gtfs.realtime.state import trip_updates
from maas.generations import Generations
from maas.ledger import Ledger
from maas.live import FeedNews, News
from maas.planner import Planner, read_query
from maas.region import Region
from tests.gtfs.realtime.messages import message, update

DAY = "2026-10-07"
BASE = 1_791_298_800  # 2026-10-06T15:00:00Z, midnight in Tokyo
NOW = BASE + 7 * 3600 + 1800


def news(now: int = NOW, **feeds: bytes) -> News:
    read = {feed_id: read_message(raw) for feed_id, raw in feeds.items()}
    return News(now, tuple(FeedNews(feed_id, told) for feed_id, told in read.items()))


def trip(trip_id: str, **more: Any) -> dict[str, Any]:
    return {"trip_id": trip_id, "start_date": "20261007", **more}


def late(seconds: int) -> dict[str, Any]:
    return {"stop_sequence": 1, "departure": {"delay": seconds}}


def ask(region: Region, told: News | None, at: str = "07:50", **changes: Any) -> dict[str, Any]:
    moment = at if "T" in at else f"{DAY}T{at}"
    query = {"from": "bus:A", "to": "far:D", "at": moment, "modes": ["bus", "rail"]}
    return Planner(Generations(region, told)).plan(read_query({**query, **changes}))


def rides(answer: dict[str, Any]) -> list[list[tuple[str, str, str]]]:
    """Trip, departure and arrival of the scheduled legs of each itinerary."""
    return [
        [
            (leg["trip_id"], leg["departure"][11:16], leg["arrival"][11:16])
            for leg in itinerary["legs"]
            if "trip_id" in leg
        ]
        for itinerary in answer["itineraries"]
    ]


AS_PLANNED = [("bus:t1", "08:00", "08:20"), ("far:r1", "08:30", "08:50")]


def test_without_news_a_leg_says_that_nothing_is_known(valley: Region) -> None:
    leg = ask(valley, None)["itineraries"][0]["legs"][0]
    assert (leg["realtime"], leg["is_planned"]) == (False, True)
    assert leg["scheduled_departure"] == leg["departure"] == f"{DAY}T08:00:00+09:00"
    assert {"departure_delay_s", "trip_status", "alerts", "occupancy"}.isdisjoint(leg)


def test_a_late_bus_misses_its_train_and_says_how_late_it_is(valley: Region) -> None:
    told = news(bus=message(update(trip("t1"), late(900)), now=NOW))
    assert rides(ask(valley, told))[0] == [
        ("bus:t2", "09:00", "09:20"),  # t1 would be too late for r1
        ("far:r2", "09:30", "09:50"),
    ]
    answer = ask(valley, told, to="bus:C")
    assert rides(answer)[0] == [("bus:t1", "08:15", "08:35")]
    (bus,) = answer["itineraries"][0]["legs"]
    assert (bus["realtime"], bus["departure_delay_s"], bus["arrival_delay_s"]) == (True, 900, 900)
    assert bus["scheduled_departure"] == f"{DAY}T08:00:00+09:00"
    assert bus["trip_status"] == "scheduled"
    assert bus["stops"][1]["scheduled_arrival"] == f"{DAY}T08:10:00+09:00"
    assert bus["stops"][1]["arrival"] == f"{DAY}T08:25:00+09:00"


def test_the_timetable_alone_counts_when_that_is_asked(valley: Region) -> None:
    told = news(bus=message(update(trip("t1"), late(900)), now=NOW))
    answer = ask(valley, told, realtime=False)
    assert rides(answer)[0] == AS_PLANNED
    assert answer["itineraries"][0]["legs"][0]["realtime"] is False


def test_cancelled_trips_are_avoided_and_added_ones_are_used(valley: Region) -> None:
    extra = trip("extra", route_id="L", schedule_relationship=8)  # NEW
    calls = [
        {"stop_id": stop, "departure": {"time": BASE + 29_000 + after}}
        for stop, after in (("A", 0), ("C", 900))
    ]
    gone = trip("t1", schedule_relationship=3)
    answer = ask(valley, news(bus=message(update(gone), update(extra, *calls), now=NOW)))
    assert rides(answer)[0] == [("bus:extra", "08:03", "08:18"), ("far:r1", "08:30", "08:50")]
    leg = answer["itineraries"][0]["legs"][0]
    assert (leg["realtime"], leg["is_planned"], leg["trip_status"]) == (True, False, "new")
    assert "scheduled_departure" not in leg
    assert leg["seats_left"] == 5
    ridden = {
        (leg["trip_id"], leg["service_date"])
        for one in answer["itineraries"]
        for leg in one["legs"]
        if "trip_id" in leg
    }
    assert ("bus:extra", "2026-10-07") in ridden
    assert ("bus:t1", "2026-10-07") not in ridden


def test_news_of_two_feeds_count_together(valley: Region) -> None:
    told = news(
        bus=message(update(trip("t1"), late(900)), now=NOW),
        far=message(update(trip("r1"), late(900)), now=NOW),
    )
    assert rides(ask(valley, told))[0] == [
        ("bus:t1", "08:15", "08:35"),
        ("far:r1", "08:45", "09:05"),
    ]


def test_other_dates_are_as_planned(valley: Region) -> None:
    told = news(bus=message(update({"trip_id": "t1"}, late(900)), now=NOW))
    assert rides(ask(valley, told))[0] != AS_PLANNED
    for day in ("2026-10-05", "2026-10-08", "2026-10-09", "2026-10-14"):
        assert rides(ask(valley, told, at=f"{day}T07:50"))[0] == AS_PLANNED


def test_old_updates_do_not_count_and_the_answer_says_so(valley: Region) -> None:
    raw = message(update(trip("t1"), late(900)), now=NOW - 700)
    answer = ask(valley, news(bus=raw))
    assert rides(answer)[0] == AS_PLANNED
    assert "realtime_stale" in [notice["code"] for notice in answer["notices"]]
    other = ask(valley, news(bus=raw), at="2026-10-20T07:50")
    assert "realtime_stale" not in [notice["code"] for notice in other["notices"]]


def test_a_cancellation_holds_as_long_as_it_is_told(valley: Region) -> None:
    gone = update(trip("t1", schedule_relationship=3), timestamp=NOW - 7000)
    assert rides(ask(valley, news(bus=message(gone, now=NOW))))[0][0][0] == "bus:t2"


def test_a_source_that_does_not_answer_is_named(valley: Region) -> None:
    told = News(NOW, (FeedNews("bus", Message(0, (), (), (), ())),), silent=("bus",))
    codes = [notice["code"] for notice in ask(valley, told)["notices"]]
    assert "realtime_unavailable" in codes


def alert(entity: Any, *informed: dict[str, Any], **fields: Any) -> None:
    told = entity.alert
    for one in informed:
        told.informed_entity.add(**one)
    told.cause, told.effect, told.severity_level = 8, 3, 3
    for language, text in (("ja", "大雪"), ("en", "Heavy snow")):
        told.header_text.translation.add(text=text, language=language)
    if "active" in fields:
        told.active_period.add(start=fields["active"][0], end=fields["active"][1])


CONCERNS: list[tuple[dict[str, Any], bool]] = [
    ({"route_id": "L"}, True),
    ({"route_id": "X"}, False),
    ({"agency_id": "a"}, True),
    ({"agency_id": "b"}, False),
    ({"stop_id": "A"}, True),
    ({"stop_id": "B"}, False),  # only passed through
    ({"stop_id": "A", "route_id": "X"}, False),
    ({"trip": {"trip_id": "t1"}}, True),
    ({"trip": {"trip_id": "t2"}}, False),
    ({"trip": {"trip_id": "t1", "start_date": "20261008"}}, False),
    ({"trip": {"route_id": "L"}}, True),
    ({"route_type": 3}, True),
    ({"route_type": 2}, False),
    ({}, False),  # says nothing about what it concerns
]


@pytest.mark.parametrize(("informed", "is_shown"), CONCERNS)
def test_alerts_stand_on_the_legs_that_they_concern(
    informed: dict[str, Any], is_shown: bool, valley: Region
) -> None:
    feed = bindings.FeedMessage.FromString(message(now=NOW))
    alert(feed.entity.add(id="snow"), informed)
    bus, _, train = ask(valley, news(bus=feed.SerializeToString()))["itineraries"][0]["legs"]
    assert ("alerts" in bus) == is_shown
    assert "alerts" not in train
    if is_shown:
        (shown,) = bus["alerts"]
        assert shown["header"] == {"ja": "大雪", "en": "Heavy snow"}
        assert (shown["cause"], shown["effect"]) == ("weather", "significant_delays")


def test_what_a_feed_told_is_gone_when_it_tells_it_no_more(valley: Region) -> None:
    feed = bindings.FeedMessage.FromString(message(now=NOW))
    quiet = feed.SerializeToString()
    alert(feed.entity.add(id="snow"), {"route_id": "L"})
    for told, is_shown in ((feed.SerializeToString(), True), (quiet, False)):
        answer = ask(valley, news(bus=told), at="2026-11-04T07:50")  # a day nobody asked before
        assert ("alerts" in answer["itineraries"][0]["legs"][0]) == is_shown


@pytest.mark.parametrize(("active", "is_shown"), [((0, 29_000), True), ((32_000, 40_000), False)])
def test_alerts_hold_for_their_time(
    active: tuple[int, int], is_shown: bool, valley: Region
) -> None:
    feed = bindings.FeedMessage.FromString(message(now=NOW))
    span = BASE + active[0], BASE + active[1]
    alert(feed.entity.add(id="snow"), {"route_id": "L"}, active=span)
    bus = ask(valley, news(bus=feed.SerializeToString()))["itineraries"][0]["legs"][0]
    assert ("alerts" in bus) == is_shown


def test_how_full_a_bus_is_stands_on_its_leg(valley: Region) -> None:
    feed = bindings.FeedMessage.FromString(message(now=NOW))
    for trip_id, seen in (("t1", NOW - 60), ("t1", NOW - 5), ("r1", NOW)):
        vehicle = feed.entity.add(id=f"{trip_id}{seen}").vehicle
        vehicle.trip.trip_id = trip_id
        vehicle.timestamp = seen
        vehicle.occupancy_status = 5 if seen == NOW - 5 else 1
        vehicle.position.latitude, vehicle.position.longitude = 43.0, 141.0
        for place, status, percent in ((2, 7, -1), (1, 0, 5)):
            vehicle.multi_carriage_details.add(
                label=f"car {place}", carriage_sequence=place, occupancy_status=status,
                occupancy_percentage=percent,
            )  # fmt: skip
    told = news(bus=feed.SerializeToString())
    bus, _, train = ask(valley, told)["itineraries"][0]["legs"]
    assert bus["occupancy"] == {
        "status": "full",
        "percent": None,
        "observed": f"{DAY}T07:29:55+09:00",
        "carriages": [
            {"label": "car 1", "status": "empty", "percent": 5},
            {"label": "car 2", "status": None, "percent": None},
        ],
    }
    assert (bus["vehicle"]["lat"], bus["vehicle"]["lon"]) == (43.0, 141.0)
    assert "occupancy" not in train  # r1 is no trip of this feed
    tomorrow = ask(valley, told, at="2026-10-08T07:50")["itineraries"][0]["legs"][0]
    assert "occupancy" not in tomorrow
    much_later = News(NOW + 900, told.feeds)
    assert "occupancy" not in ask(valley, much_later)["itineraries"][0]["legs"][0]


def test_how_full_a_bus_will_be_stands_on_its_leg(valley: Region) -> None:
    calls: list[dict[str, Any]] = [
        {"stop_sequence": 1, "departure": {"delay": 60}, "departure_occupancy_status": 1},
        {"stop_id": "B", "departure_occupancy_status": 3},
        {"stop_sequence": 3, "departure_occupancy_status": 5},  # nobody rides on from there
    ]
    told = news(bus=message(update(trip("t1"), *calls), now=NOW))
    bus, _, train = ask(valley, told)["itineraries"][0]["legs"]
    assert bus["occupancy_expected"] == "standing_room_only"
    assert "occupancy_expected" not in train
    (bus,) = ask(valley, told, to="bus:B")["itineraries"][0]["legs"]
    assert bus["occupancy_expected"] == "many_seats_available"
    live = Generations(valley, told).current.today()
    again = trip_updates(live.day, live.applied["bus"], valley.matcher("bus"))
    (one,) = read_message(encoded(Message(NOW, tuple(again), (), (), ()))).updates
    full = ["MANY_SEATS_AVAILABLE", "STANDING_ROOM_ONLY", "FULL"]
    assert [call.occupancy for call in one.calls] == full


def test_full_trips_stay_full_on_a_day_with_news(valley: Region) -> None:
    from maas.ledger import Amount, SegmentKey

    full = Ledger({SegmentKey("far:r1", date(2026, 10, 7), 30_600, 0): Amount(seats=5)}, 1)
    told = news(far=message(update(trip("r1"), late(60)), now=NOW))
    query = {"from": "bus:C", "to": "far:D", "at": f"{DAY}T08:00", "modes": ["rail"]}
    answer = Planner(Generations(valley, told)).plan(read_query(query), full)
    assert rides(answer)[0] == [("far:r2", "09:30", "09:50")]
