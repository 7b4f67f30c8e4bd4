"""Realtime messages of tests, and random ones for a feed."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from google.transit import gtfs_realtime_pb2 as bindings
from hypothesis import strategies as st

from tests.gtfs import oracle, strategies
from tests.gtfs.realtime import slow
from tests.gtfs.strategies import clock

NOW = 1_774_600_000


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


@st.composite
def calls_of(
    draw: st.DrawFn, rows: list[oracle.Row], base: int, start: int
) -> list[dict[str, Any]]:
    """Random updates for some stops of a trip."""
    calls: list[dict[str, Any]] = []
    for row in rows:
        if draw(st.booleans()):
            continue
        call: dict[str, Any] = {}
        named = draw(st.sampled_from(("sequence", "stop", "both", "wrong")))
        if named != "stop":
            call["stop_sequence"] = int(row["stop_sequence"]) + (named == "wrong") * 50
        if named != "sequence":
            call["stop_id"] = row["stop_id"]
        call["schedule_relationship"] = draw(st.sampled_from((0, 0, 0, 1, 2, 3)))
        for event in ("arrival", "departure"):
            match draw(st.sampled_from(("none", "delay", "time"))):
                case "delay":
                    call[event] = {"delay": draw(st.integers(-300, 900))}
                case "time":
                    call[event] = {"time": base + start + draw(st.integers(0, 5000))}
        if draw(st.integers(0, 9)) == 0:
            call["stop_time_properties"] = {"assigned_stop_id": "s0"}
        if draw(st.integers(0, 5)) == 0:
            types = {name: draw(st.integers(0, 3)) for name in ("pickup_type", "drop_off_type")}
            call.setdefault("stop_time_properties", {}).update(types)
        calls.append(call)
    return calls


@st.composite
def told(draw: st.DrawFn, base: int) -> list[dict[str, Any]]:
    """Calls of a trip that is not in the timetable."""
    time = base + draw(st.integers(100, 100_000))
    calls: list[dict[str, Any]] = []
    for k in range(draw(st.integers(2, 4))):
        stop = draw(st.sampled_from([f"s{n}" for n in range(strategies.N_STOPS)]))
        calls.append({"stop_id": stop, "stop_sequence": k, "arrival": {"time": time}})
        time += draw(st.integers(-5, 600))
        if draw(st.booleans()):
            calls[-1]["departure"] = {"time": time}
        if draw(st.booleans()):
            calls[-1]["stop_time_properties"] = {"pickup_type": draw(st.integers(0, 3))}
    return calls


@st.composite
def added(draw: st.DrawFn, on: date, base: int) -> Any:
    """A trip that is not in the timetable."""
    new = {
        "trip_id": f"new{on.day}",
        "route_id": "L",
        "start_date": f"{on:%Y%m%d}",
        "start_time": "10:00:00",
        "schedule_relationship": draw(st.sampled_from((slow.ADDED, slow.NEW))),
    }
    return update(new, *draw(told(base)))


@st.composite
def altered(
    draw: st.DrawFn, feed: oracle.Feed, trip_id: str, start: int, on: date, kind: int
) -> Any:
    """An update of a trip that starts on a date."""
    base = oracle.instant(on, feed.feed_zone)
    is_free = kind == slow.UNSCHEDULED and trip_id in feed.repeats
    late = draw(st.integers(0, 100)) if is_free else 0
    trip = {
        "trip_id": trip_id,
        "start_date": f"{on:%Y%m%d}",
        "start_time": clock(start + late),
        "schedule_relationship": kind,
    }
    fields: dict[str, Any] = {}
    if draw(st.booleans()):
        fields["delay"] = draw(st.integers(-300, 900))
    if kind == slow.DUPLICATED:
        fields["trip_properties"] = {
            "trip_id": f"copy-{trip_id}-{on.day}-{start}",
            "start_date": f"{on:%Y%m%d}",
            "start_time": clock(start + draw(st.integers(0, 900))),
        }
    is_told = kind == slow.REPLACEMENT
    calls = draw(told(base) if is_told else calls_of(feed.rows[trip_id], base, start))
    return update(trip, *calls, **fields)


@st.composite
def messages(draw: st.DrawFn, path: Path, zone: str, day: date) -> bytes:
    """A random message about the trips of a feed."""
    feed = oracle.Feed(path, zone)
    updates = []
    for step in (-1, 0, 1):
        on = day + timedelta(days=step)
        if draw(st.integers(0, 3)) == 0:
            updates.append(draw(added(on, oracle.instant(on, feed.feed_zone))))
        for trip_id, service_id in sorted(feed.service.items()):
            times = feed.filled.get(trip_id)
            if times is None or on not in feed.dates[service_id]:
                continue
            for run in feed._runs(trip_id, times):
                kind = draw(st.sampled_from((None, 0, 0, 0, 2, 3, 5, 6, 7)))
                if kind is not None:
                    start = times[0][1] + run
                    updates.append(draw(altered(feed, trip_id, start, on, kind)))
    return message(*updates)
