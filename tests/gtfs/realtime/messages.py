"""Realtime messages of tests, and random ones for a feed."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from google.transit import gtfs_realtime_pb2 as bindings

from tests.gtfs import oracle, strategies
from tests.gtfs.realtime import slow
from tests.gtfs.strategies import clock

NOW = 1_774_600_000
Told = dict[str, Any]


def message(*updates: Any, now: int = NOW) -> bytes:
    """Bytes of a feed message with these trip updates."""
    feed = bindings.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = now
    for k, update in enumerate(updates):
        entity = feed.entity.add()
        entity.id = f"e{k}"
        entity.trip_update.CopyFrom(update)
    return bytes(feed.SerializeToString())


def update(trip: dict[str, Any], *calls: dict[str, Any], **fields: Any) -> Any:
    """Make a trip update from plain dicts; `arrival` and `departure` of a call are dicts, too."""
    return bindings.TripUpdate(trip=trip, stop_time_update=calls, **fields)


def event_of(draw: random.Random, start: int) -> dict[str, int]:
    """A delay, a time, both (the time counts) or nothing."""
    delay = draw.choice((draw.randint(-300, 900), -60, 0, 90_000))
    when = {
        "time": start + draw.choice((0, draw.randint(0, 2000), draw.randint(0, 5000))),
        "delay": delay,
    }
    names = draw.choice(((), ("delay",), ("delay",), ("time",), ("time", "delay")))
    return {name: when[name] for name in names}


def calls_of(draw: random.Random, rows: list[oracle.Row], base: int, start: int) -> list[Told]:
    """Random updates for some stops of a trip."""
    calls: list[Told] = []
    for row in rows:
        if draw.random() < 0.3:
            continue
        call: Told = {}
        named = draw.choice(("sequence", "stop", "both", "wrong"))
        if named != "stop":
            call["stop_sequence"] = int(row["stop_sequence"]) + (named == "wrong") * 50
        if named != "sequence":
            call["stop_id"] = row["stop_id"]
        call["schedule_relationship"] = draw.choice((0, 0, 0, 1, 1, 2, 2, 3))
        for event in ("arrival", "departure"):
            if when := event_of(draw, base + start):
                call[event] = when
        if draw.random() < 0.4:
            call["departure_occupancy_status"] = draw.randint(0, 8)
        if draw.random() < 0.1:
            call["stop_time_properties"] = {"assigned_stop_id": draw.choice(("s0", "s1"))}
        if draw.random() < 0.2:
            types = {name: draw.randint(0, 3) for name in ("pickup_type", "drop_off_type")}
            call.setdefault("stop_time_properties", {}).update(types)
        calls.append(call)
    return calls


def told(draw: random.Random, base: int) -> list[Told]:
    """Calls of a trip that is not in the timetable."""
    time = base + draw.randint(100, 100_000)
    calls: list[Told] = []
    n_skipped = draw.choice((0, 0, 0, 1))
    for k in range(draw.randint(2, 4) + n_skipped):
        stop = f"s{draw.randrange(strategies.N_STOPS)}"
        calls.append({"stop_id": stop, "stop_sequence": k, "arrival": {"time": time}})
        time += draw.randint(-5, 600)
        if draw.random() < 0.5:
            calls[-1]["departure"] = {"time": time}
        properties: Told = {}
        for name in ("pickup_type", "drop_off_type"):
            if draw.random() < 0.3:
                properties[name] = draw.randint(0, 3)
        if draw.random() < 0.2:
            properties["assigned_stop_id"] = f"s{draw.randrange(strategies.N_STOPS)}"
        if properties:
            calls[-1]["stop_time_properties"] = properties
    for call in draw.sample(calls, n_skipped):
        call["schedule_relationship"] = 1
    return calls


def added(draw: random.Random, on: date, base: int, idle: list[str]) -> Any:
    """A trip that is not in the timetable, or does not run that day."""
    new = {
        "trip_id": draw.choice((f"new{on.day}", *idle)),
        "route_id": "L",
        "start_date": f"{on:%Y%m%d}",
        "start_time": "10:00:00",
        "schedule_relationship": draw.choice((slow.ADDED, slow.NEW)),
    }
    return update(new, *told(draw, base))


def altered(
    draw: random.Random, feed: oracle.Feed, trip_id: str, start: int, on: date, kind: int
) -> Any:
    """An update of a trip that starts on a date."""
    base = oracle.instant(on, feed.feed_zone)
    is_free = kind == slow.UNSCHEDULED and trip_id in feed.repeats
    late = draw.randint(-100, 100) if is_free else 0
    trip = {
        "trip_id": trip_id,
        "start_date": f"{on:%Y%m%d}",
        "start_time": clock(max(start + late, 0)),
        "schedule_relationship": kind,
    }
    fields: dict[str, Any] = {}
    if draw.random() < 0.5:
        fields["delay"] = draw.randint(-300, 900)
    if kind == slow.DUPLICATED:
        fields["trip_properties"] = {
            "trip_id": f"copy-{trip_id}-{on.day}-{start}",
            "start_date": f"{on:%Y%m%d}",
            "start_time": clock(start + draw.randint(0, 900)),
        }
    if kind == slow.REPLACEMENT:
        calls = told(draw, base)
    else:
        calls = calls_of(draw, feed.rows[trip_id], base, start) if draw.random() < 0.8 else []
    return update(trip, *calls, **fields)


def messages(draw: random.Random, path: Path, zone: str, day: date) -> bytes:
    """A random message about the trips of a feed."""
    feed = oracle.Feed(path, zone)
    updates = []
    for step in (-1, 0, 1):
        on = day + timedelta(days=step)
        if draw.randrange(4) == 0:
            idle = [trip for trip, name in feed.service.items() if on not in feed.dates[name]]
            updates.append(added(draw, on, oracle.instant(on, feed.feed_zone), sorted(idle)))
        for trip_id, service_id in sorted(feed.service.items()):
            times = feed.filled.get(trip_id)
            if times is None or on not in feed.dates[service_id]:
                continue
            for run in feed._runs(trip_id, times):
                kind = draw.choice((None, *6 * (0,), 2, 2, 3, 5, 6, 6, 7))
                if kind is not None:
                    start = times[0][1] + run
                    updates.append(altered(draw, feed, trip_id, start, on, kind))
    again = draw.sample(updates, min(len(updates), draw.choice((0, 0, 1, 2))))  # told twice
    return message(*updates, *again)
