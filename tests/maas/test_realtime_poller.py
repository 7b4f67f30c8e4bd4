"""Sources of realtime messages, and the swap of generations, with a real web server on loopback."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from gtfs.realtime.read import read_message
from maas.build import build_region
from maas.generations import MOST_ALIVE, Generations
from maas.planner import Planner, read_query
from maas.realtime_poller import Poller, news_of
from maas.realtime_source import LONGEST_PAUSE, Address, RealtimeSourceError, Source, addresses
from maas.region import Region
from maas.region_file import Realtime, RegionFile
from tests.api.regions import REGION, write_region
from tests.gtfs.realtime.messages import message, update
from tests.maas.feed_server import FeedServer, feed_server
from tests.maas.test_live import AS_PLANNED, DAY, NOW, late, rides, trip


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as state:
        state.show(message(update(trip("t1"), late(60)), now=NOW))
        yield state


def source(place: str, **rules: float) -> Source:
    return Source(Address("bus", "trip_updates", place, Realtime.model_validate(rules)))


def until(met: Callable[[], bool], seconds: float = 300.0) -> None:
    """Wait for something that another thread does, which may have kernels to compile first."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def test_an_unchanged_message_is_not_sent_again(server: FeedServer) -> None:
    one = source(server.url)
    assert [one.poll(NOW), one.poll(NOW + 5)] == [True, False]
    assert server.asked == [None, server.etag]
    assert (one.unchanged, one.confirmed, one.failures) == (1, NOW + 5, 0)
    server.show(message(update(trip("t1"), late(90)), now=NOW + 9))
    assert one.poll(NOW + 10)
    assert one.message is not None
    assert one.message.timestamp == NOW + 9


def test_the_last_good_message_counts_until_it_is_too_old(server: FeedServer) -> None:
    one = source(server.url, max_age=60)
    one.poll(NOW)
    server.status = 500
    assert not one.poll(NOW + 30)
    assert one.current(NOW + 60) is one.message
    assert one.status(NOW + 60)["state"] == "failing"
    assert "500" in one.error
    assert one.current(NOW + 61) is None
    assert one.status(NOW + 61)["state"] == "stale"
    server.status = 200
    one.poll(NOW + 70)
    assert (one.failures, one.failures_in_row, one.status(NOW + 70)["state"]) == (1, 0, "ok")


def test_failures_make_pauses_longer_and_never_quite_equal(server: FeedServer) -> None:
    one = source(server.url, interval=2)
    one.poll(NOW)
    assert 1.8 <= one.pause() <= 2.2
    server.status = 503
    pauses = []
    for _ in range(12):
        one.poll(NOW)
        pauses.append(one.pause())
    assert 3.6 <= pauses[0] <= 4.4
    assert pauses[3] > 3 * pauses[0]
    assert 0.9 * LONGEST_PAUSE <= pauses[-1] <= 1.1 * LONGEST_PAUSE
    assert len({one.pause() for _ in range(5)}) == 5


@pytest.mark.parametrize("content", [b"<html>down</html>", b"\xff" * 40, b""])
def test_what_is_no_message_is_a_failure_that_keeps_the_last_one(
    content: bytes, server: FeedServer
) -> None:
    one = source(server.url)
    one.poll(NOW)
    before = one.message
    server.show(content)
    assert not one.poll(NOW)
    assert one.message is before
    assert "no GTFS-Realtime message" in one.error
    server.show(message(now=NOW + 1))  # the bad answer's tag must not be taken for a good one's
    assert one.poll(NOW)


def test_answers_have_a_longest_length_and_a_longest_time(server: FeedServer) -> None:
    short = source(server.url, max_bytes=1000)
    server.show(message(*[update(trip(f"t{k}"), late(60)) for k in range(100)], now=NOW))
    assert not short.poll(NOW)
    assert "longer than 1000 bytes" in short.error
    slow = source(server.url, timeout=0.3)
    server.drip = 0.05  # never silent for long, never done
    begin = time.monotonic()
    assert not slow.poll(NOW)
    assert time.monotonic() - begin < 10
    assert "took too long" in slow.error
    server.drip, server.delay = 0.0, 0.6
    assert not slow.poll(NOW)
    assert slow.failures == 2


def test_a_server_that_is_gone_is_a_failure() -> None:
    with feed_server() as state:
        url = state.url
    one = source(url, timeout=1)
    assert not one.poll(NOW)
    assert one.status(NOW)["state"] == "failing"


def test_a_secret_in_an_address_is_not_shown(server: FeedServer) -> None:
    assert "secret" in server.url
    shown = source(server.url.replace("127", "user:password@127")).address.shown
    assert shown == server.url.partition("?")[0]


def test_a_file_is_read_again_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "news.pb"
    one = source(str(path))
    assert not one.poll(NOW)
    assert "news.pb" in one.error
    path.write_bytes(message(now=NOW))
    assert [one.poll(NOW), one.poll(NOW)] == [True, False]


def region_file(*feeds: dict[str, object]) -> RegionFile:
    return RegionFile.model_validate({"name": "x", "timezone": "Asia/Tokyo", "feeds": feeds})


def test_sources_come_from_the_region_file_and_by_hand() -> None:
    told = {"trip_updates": "https://a/t", "alerts": "https://a/a", "interval": 5}
    file = region_file({"id": "f", "path": "f", "realtime": told}, {"id": "g", "path": "g"})
    found = addresses(file, ("g=https://b?x=1",))
    assert [(one.feed_id, one.kind, one.place) for one in found] == [
        ("f", "trip_updates", "https://a/t"),
        ("f", "alerts", "https://a/a"),
        ("g", "any", "https://b?x=1"),
    ]
    assert found[0].rules.interval == 5
    with pytest.raises(RealtimeSourceError, match=r"FEED=https://b with FEED one of f, g"):
        addresses(file, ("https://b",))
    (only,) = addresses(region_file({"id": "f", "path": "f"}), ("https://b?x=1",))
    assert (only.feed_id, only.place) == ("f", "https://b?x=1")


def query(**changes: object) -> object:
    base = {"from": "bus:A", "to": "bus:C", "at": f"{DAY}T07:50", "modes": ["bus"]}
    return {**base, **changes}


def test_a_request_never_sees_half_of_a_message(valley: Region) -> None:
    """Both buses are late by the same time in every message; no answer may mix two of them."""
    generations = Generations(valley)
    ended, faults, seen = threading.Event(), [], set()

    def hammer() -> None:
        planner = Planner(generations)
        asked = read_query(query(window=7200))
        while not ended.is_set():
            answer = planner.plan(asked)
            delays = {
                leg.get("departure_delay_s", 0)
                for it in answer["itineraries"]
                for leg in it["legs"]
            }
            if len(delays) != 1 or len(answer["itineraries"]) != 2:
                faults.append(answer)
            seen.update(delays)

    threads = [threading.Thread(target=hammer) for _ in range(3)]
    for thread in threads:
        thread.start()
    one = Source(Address("bus", "trip_updates", ""))
    for number in range(150):
        both = [update(trip(trip_id), late(6 * (number % 50))) for trip_id in ("t1", "t2")]
        one.message, one.confirmed = read_message(message(*both, now=NOW)), NOW
        assert generations.use(news=news_of([one], NOW))
    ended.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(seen) > 10
    assert generations.current.number == 150
    assert generations.n_alive <= len(threads) + 1


def test_old_generations_go_when_nobody_holds_them(valley: Region) -> None:
    generations = Generations(valley)
    held = [generations.current]
    while generations.use():
        held.append(generations.current)
        assert len(held) <= MOST_ALIVE
    assert generations.n_alive == MOST_ALIVE
    assert generations.current is held[-1]
    del held[:-1]
    assert generations.n_alive == 1
    assert generations.use()


def test_what_was_made_of_old_news_goes_with_them(valley: Region) -> None:
    """Days, their tables and what answers keep of them must not pile up as messages come."""
    generations = Generations(valley)
    planner, asked = Planner(generations), read_query(query())
    one, seen = Source(Address("bus", "trip_updates", "")), []
    for number in range(5):
        told = message(update(trip("t1"), late(6 * number + 6)), now=NOW)
        one.message, one.confirmed = read_message(told), NOW
        assert generations.use(news=news_of([one], NOW))
        assert planner.plan(asked)["itineraries"]
        seen.append(weakref.ref(generations.current.day(date.fromisoformat(DAY)).day))
    gc.collect()
    assert [day() is not None for day in seen] == [False] * 4 + [True]


def test_news_of_a_server_reach_answers_and_age_out(valley: Region, server: FeedServer) -> None:
    now = int(time.time())
    server.show(message(update({"trip_id": "t1", "start_date": "20261007"}, late(900)), now=now))
    rules = Realtime.model_validate({"interval": 1, "max_age": 10})
    generations = Generations(valley)
    poller = Poller(generations, [Address("bus", "trip_updates", server.url, rules)])
    planner = Planner(generations)
    poller.start()
    try:
        until(lambda: generations.current.number > 0)
        news = generations.current.news
        assert news is not None
        assert [len(feed.message.updates) for feed in news.feeds] == [1]
        assert rides(planner.plan(read_query(query())))[0][0][1] == "08:15"
        server.status = 500
        until(lambda: poller.sources[0].failures > 0)
        assert rides(planner.plan(read_query(query())))[0][0][1] == "08:15"  # the last good one
        until(lambda: rides(planner.plan(read_query(query())))[0][0][1] == "08:00", 30)
    finally:
        poller.stop()


def test_a_newer_version_of_the_region_is_put_in_use(tmp_path: Path) -> None:
    old = build_region(write_region(tmp_path, REGION), tmp_path / "built")
    generations = Generations(old)
    poller = Poller(generations, [], lambda: generations.current.region.newer())  # noqa: PLW0108
    planner = Planner(generations)
    asked = read_query({"from": "f:A", "to": "f:C", "at": "2026-10-07T07:50"})
    assert planner.plan(asked)["region"]["name"] == "Small valley"
    held = generations.current
    build_region(write_region(tmp_path, REGION.replace("Small", "Smaller")), tmp_path / "built")
    poller._renew_once(is_new=False)
    assert planner.plan(asked)["region"]["name"] == "Smaller valley"
    assert Planner(Generations(held.region)).plan(asked)["region"]["name"] == "Small valley"
    poller._renew_once(is_new=False)
    assert generations.current.number == 1


def test_news_stay_when_the_region_is_built_anew(valley: Region) -> None:
    generations = Generations(valley)
    one = Source(Address("bus", "trip_updates", ""))
    raw = message(update(trip("t1"), late(900)), now=NOW)
    one.message, one.confirmed = read_message(raw), NOW
    generations.use(news=news_of([one], NOW))
    generations.use(region=Region.open(valley.folder.parents[1]))
    planner = Planner(generations)
    whole = {"from": "bus:A", "to": "far:D", "modes": ["bus", "rail"], "at": f"{DAY}T07:50"}
    assert rides(planner.plan(read_query(whole)))[0] != AS_PLANNED
