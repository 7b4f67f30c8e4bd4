"""Detours of trips: drawn ones against a feed that is rewritten with them, and single ones."""

import datetime as dt
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from google.transit import gtfs_realtime_pb2 as bindings
from hypothesis import assume, given
from hypothesis import strategies as st

from gtfs.day import build_day
from gtfs.read import open_feed
from gtfs.realtime.encode import encoded
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import Message, NewStop
from gtfs.realtime.new_stops import unknown_stops, with_stops
from gtfs.realtime.patch import Patch, patch
from gtfs.realtime.read import read_message
from gtfs.timetable import Timetable, build_timetable
from routing.layout import NONE
from tests.gtfs import oracle, strategies
from tests.gtfs.feeds import EVERYTHING, no_walks, timetable_of, write_feed
from tests.gtfs.realtime import slow
from tests.gtfs.realtime.messages import NOW, calls_of, update
from tests.gtfs.realtime.test_rebuild import check_told_again, check_visits, rides
from tests.gtfs.strategies import clock
from tests.gtfs.test_departures import check_never_overtakes

DAY = dt.date(2026, 7, 1)
EIGHT = 28_800
NEW_STOPS = {"new0": (43.5, 141.25), "new1": (43.5, 141.5)}  # latitude and longitude


def detour(start: int, end: int | None, delay: int, *stops: tuple[int, str]) -> dict[str, Any]:
    """Replace the stops numbered from `start` to `end` by others."""
    return {
        "start_stop_selector": {"stop_sequence": start},
        **({} if end is None else {"end_stop_selector": {"stop_sequence": end}}),
        "replacement_stops": [{"travel_time_to_stop": s, "stop_id": stop} for s, stop in stops],
        "propagated_modification_delay": delay,
    }


def modifications(
    *detours: Any, trips: tuple[str, ...] = ("t1",), days: tuple[dt.date, ...] = (DAY,),
    shape: str = "", starts: tuple[str, ...] = (),
) -> Any:  # fmt: skip
    return bindings.TripModifications(
        selected_trips=[{"trip_ids": trips, "shape_id": shape}],
        start_times=starts,
        service_dates=[f"{day:%Y%m%d}" for day in days],
        modifications=detours,
    )


def feed_message(**entities: list[Any]) -> bytes:
    """Bytes of a message; keys are the kinds of entities."""
    feed = bindings.FeedMessage()
    feed.header.gtfs_realtime_version, feed.header.timestamp = "2.0", NOW
    for kind, some in entities.items():
        for k, content in enumerate(some):
            getattr(feed.entity.add(id=f"{kind}{k}"), kind).CopyFrom(content)
    return bytes(feed.SerializeToString())


def detours_of(draw: random.Random, rows: list[slow.Row]) -> list[dict[str, Any]]:
    """One or two detours of a trip, one after the other; they may leave it a single stop."""
    found, at = [], draw.randrange(len(rows))
    names = [*(f"s{k}" for k in range(strategies.N_STOPS)), *NEW_STOPS]
    for _ in range(draw.choice((1, 2, 2))):
        if at >= len(rows):
            break
        end = draw.choice((at - 1, at, draw.randint(at, len(rows) - 1)))
        n_new = draw.randint(0 if end < at else 1, 2)
        steps = [draw.randint(0, 400) for _ in range(n_new)]
        stops = [(int(since), draw.choice(names)) for since in np.cumsum(steps)]
        last = None if end < at else rows[end].sequence
        found.append(detour(rows[at].sequence, last, draw.randint(-60, 900), *stops))
        at = max(end, at) + 1 + draw.randint(0, 2)
    return found


def told_of(
    draw: random.Random,
    run: tuple[str, dt.date, int, int],
    planned: list[slow.Row],
    around: list[slow.Row],
) -> tuple[Any, Any]:
    """An update of a trip on a detour, as it is told and as it is meant.

    It speaks of the stops of the detour, or of those of the timetable: then it means these stops,
    whatever number the detour gives them.
    """
    trip_id, on, start, base = run
    when = {"start_date": f"{on:%Y%m%d}", "start_time": clock(start)}
    knows_detour = draw.random() < 0.6
    rows = around if knows_detour else planned
    raw = [{"stop_sequence": str(row.sequence), "stop_id": row.stop} for row in rows]
    calls = calls_of(draw, raw, base, start)
    if knows_detour:
        told = update({"modified_trip": {"affected_trip_id": trip_id, **when}}, *calls)
        return told, told
    stop_of = {row.sequence: row.stop for row in planned}
    meant = update({"trip_id": trip_id}, *calls)
    for call in meant.stop_time_update:
        call.stop_id = call.stop_id or stop_of.get(call.stop_sequence, "")
        call.ClearField("stop_sequence")
    return update({"trip_id": trip_id, **when}, *calls), meant


@given(
    feed=strategies.feeds(),
    zone=st.sampled_from(strategies.ZONES),
    offset=st.integers(0, strategies.N_DAYS),
    seed=strategies.SEEDS,
)
def test_trips_on_detours_are_those_of_a_rewritten_feed(
    feed: Mapping[str, str | bytes], zone: str, offset: int, seed: int
) -> None:
    date, draw = strategies.FIRST + dt.timedelta(days=offset), random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "f.zip", feed)
        reading = oracle.Feed(path, zone)
        told, updates, trips = [], [], []
        for (trip_id, step, start), planned in slow.planned(reading, date).items():
            on = date + dt.timedelta(days=step)
            detours = detours_of(draw, planned) if draw.random() < 0.7 else []
            one = modifications(*detours, trips=(trip_id,), days=(on,), starts=(clock(start),))
            around = rows = slow.on_detour(planned, one.modifications)
            if not detours or len(around) < 2:
                trips.append(slow.Trip(trip_id, step, planned))
                continue
            told.append(one)
            if draw.random() < 0.6:
                base = oracle.instant(on, reading.feed_zone)
                one, late = told_of(draw, (trip_id, on, start, base), planned, around)
                updates.append(one)
                rows = slow.delayed(around, late, base)
            trips.append(slow.Trip(trip_id, step, rows))
        assume(all(row.arrival >= 0 for trip in trips for row in trip.rows) and trips)
        timetable = build_timetable([open_feed(path, "f")], zone)
        files = slow.rewritten(dict(feed), trips, date)
        new = [f"{name},{name},{lat},{lon}\n" for name, (lat, lon) in NEW_STOPS.items()]
        files["stops.txt"] += "".join(new).encode()
        again = build_timetable([open_feed(write_feed(path, files), "f")], zone)
    stops = [
        bindings.Stop(stop_id=name, stop_lat=lat, stop_lon=lon)
        for name, (lat, lon) in NEW_STOPS.items()
    ]
    message = read_message(feed_message(trip_modifications=told, trip_update=updates, stop=stops))
    timetable = with_stops(timetable, Matcher(timetable, "f"), message.stops)
    day = build_day(timetable, date, no_walks(timetable))
    patched = patch(day, message, Matcher(timetable, "f"))
    assert patched.report.unmatched == {}
    assert patched.report.applied.get("MODIFIED", 0) == len(told)
    rebuilt = build_day(again, date, no_walks(again))
    assert rides(patched.timetable, patched.day) == rides(again, rebuilt)
    check_never_overtakes(patched.day)
    check_visits(patched.day)
    check_told_again(day, patched, timetable)


def patched(timetable: Timetable, **entities: list[Any]) -> Patch:
    day = build_day(timetable, DAY, no_walks(timetable))
    read = read_message(feed_message(**entities))
    return patch(day, read, Matcher(timetable, "f"), now=NOW)


def calls(result: Patch, trip_id: str = "t1") -> list[tuple[str, int, int]]:
    """Stop, arrival and departure after 8:00 of today's run of a trip."""
    day, ids = result.day, result.timetable.trips.id
    (run,) = [
        k
        for k in range(day.tables.n_trips)
        if ids[int(day.trip[k])] == f"f:{trip_id}" and day.service_day[k] == 0
    ]
    stops = [result.timetable.stops.id[stop][2:] for stop in day.stops(run).tolist()]
    times = np.stack(day.times(run), axis=1) - EIGHT
    return [(stop, *pair) for stop, pair in zip(stops, times.tolist(), strict=True)]


def test_a_closed_stop_is_gone_round(tmp_path: Path) -> None:
    closed = modifications(detour(2, 2, 180), trips=("t1", "t2"))
    result = patched(timetable_of(tmp_path), trip_modifications=[closed])
    assert calls(result) == [("A", 0, 0), ("C", 1380, 1380)]
    assert calls(result, "t2")[1] == ("C", 4980, 4980)
    assert result.report.applied == {"MODIFIED": 2}
    assert result.report.unmatched == {}


def test_an_update_for_readers_without_detours_delays_the_detour_too(tmp_path: Path) -> None:
    added = modifications(detour(3, None, 60, (240, "A")))
    plain = update(
        {"trip_id": "t1", "start_date": "20260701"}, {"stop_sequence": 3, "arrival": {"delay": 30}}
    )
    result = patched(timetable_of(tmp_path), trip_modifications=[added], trip_update=[plain])
    assert calls(result) == [("A", 0, 0), ("B", 600, 660), ("A", 840, 840), ("C", 1290, 1290)]
    own = update(
        {"modified_trip": {"affected_trip_id": "t1", "start_date": "20260701"}},
        {"stop_sequence": 4, "arrival": {"delay": 90}},
    )
    both = [plain, own]
    result = patched(timetable_of(tmp_path), trip_modifications=[added], trip_update=both)
    assert calls(result)[-1] == ("C", 1350, 1350)
    assert result.report.applied == {"MODIFIED": 1, "SCHEDULED": 2}


def test_a_detour_is_drawn_as_it_is_told(tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path, EVERYTHING)
    shape = bindings.Shape(shape_id="round", encoded_polyline="_p~iF~ps|U_ulLnnqC_mqNvxq`@")
    drawn = modifications(detour(2, 2, 0), shape="round")
    lost = modifications(detour(2, 2, 0), trips=("t2",), shape="elsewhere")
    result = patched(timetable, trip_modifications=[drawn, lost], shape=[shape])
    table = result.timetable
    assert table.trips.shape[-1] == NONE  # of a trip that repeats
    number = int(table.trips.shape[len(timetable.trips.id)])
    points = slice(*table.shapes.first_point[number : number + 2].tolist())
    # the points of the public example of the encoding
    assert table.shapes.lat[points].tolist() == [38.5, 40.7, 43.252]
    assert table.shapes.lon[points].tolist() == [-120.2, -120.95, -126.453]
    assert table.shapes.distance_m[points][0] == 0
    assert np.diff(table.shapes.distance_m[points]).min() > 250_000
    assert result.report.unmatched == {"unknown_shape": 1}
    assert timetable.shapes.first_point.size + 1 == table.shapes.first_point.size


def test_what_fits_nothing_is_counted_and_named(tmp_path: Path) -> None:
    told = [
        modifications(detour(2, 2, 0), trips=("no",)),
        modifications(detour(7, 7, 0)),
        modifications(detour(2, 2, 0, (300, "new")), trips=("t2",)),
        modifications(detour(1, 2, 0), trips=("t2",)),
    ]
    cancelled = update({"trip_id": "t1", "schedule_relationship": 3, "start_date": "20260630"})
    other_day = modifications(detour(2, 2, 0), days=(dt.date(2026, 6, 30), dt.date(2026, 7, 9)))
    own = update({"modified_trip": {"affected_trip_id": "t1", "start_date": "20260701"}})
    result = patched(
        timetable_of(tmp_path),
        trip_modifications=[*told, other_day],
        trip_update=[cancelled, own],
    )
    assert result.report.unmatched == {
        "unknown_trip": 1,
        "unknown_stop": 1,
        "temporary_stop": 1,
        "told_twice": 2,
        "unknown_modification": 1,
    }
    names = result.report.names
    assert names["temporary_stop"] == ["entity 'trip_modifications2', stop 'new'"]
    assert names["unknown_trip"] == ["entity 'trip_modifications0', trip 'no'"]
    assert calls(result, "t2") == [("A", 3600, 3600), ("C", 4800, 4800)]


def test_a_stop_of_a_detour_has_the_names_and_the_zone_that_are_told(tmp_path: Path) -> None:
    timetable, feed_id = timetable_of(tmp_path, EVERYTHING), "f"
    texts = [{"text": "仮停", "language": "ja"}, {"text": "Temporary", "language": "en-GB"}]
    new = bindings.Stop(
        stop_id="T", stop_lat=43.5, stop_lon=141.25, zone_id="z3", parent_station="S",
        wheelchair_boarding="AVAILABLE", stop_name={"translation": texts},
        platform_code={"translation": [{"text": "9"}]},
    )  # fmt: skip
    plain = bindings.Stop(stop_id="U", stop_lat=43, stop_lon=141, parent_station="none")
    known = bindings.Stop(stop_id="A", stop_lat=43, stop_lon=141)
    matcher = Matcher(timetable, feed_id)
    told = read_message(feed_message(stop=[plain, new, known, new]))
    more = unknown_stops(told.stops, matcher)
    longer = with_stops(timetable, matcher, more)
    table, n_old = longer.stops, len(timetable.stops.id)
    assert table.id[n_old:] == ["f:U", "f:T"]
    assert [table.name[n_old + 1], table.name_en[n_old + 1]] == ["仮停", "Temporary"]
    assert table.name[n_old] == "U"
    at = matcher.stop_of_id
    assert table.parent[n_old:].tolist() == [NONE, at["S"]]
    assert (table.platform[n_old + 1], table.wheelchair[-1], table.lat[-1]) == ("9", 1, 43.5)
    zones = longer.fares.zone_of_stop
    assert zones[n_old:].tolist() == [NONE, zones[at["C"]]]
    for column in table:
        assert len(column) == n_old + 2
    assert encoded_stops(told) == told.stops


def encoded_stops(told: Message) -> tuple[NewStop, ...]:
    return read_message(encoded(told)).stops


def test_a_stop_without_a_place_is_a_fault() -> None:
    for stop in ({"stop_id": "T"}, {"stop_id": "T", "stop_lat": 100, "stop_lon": 0}):
        told = read_message(feed_message(stop=[bindings.Stop(**stop)]))
        assert told.stops == ()
        assert "'T'" in told.faults[0]
