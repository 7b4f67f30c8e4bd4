"""A patched day equals the day of a feed that is rewritten with the same updates."""

import random
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from google.transit import gtfs_realtime_pb2 as bindings
from hypothesis import assume, given
from hypothesis import strategies as st

from gtfs.day import Day, build_day
from gtfs.read import open_feed
from gtfs.realtime.encode import encoded
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import Message
from gtfs.realtime.patch import Patch, patch
from gtfs.realtime.read import read_message
from gtfs.realtime.state import trip_updates
from gtfs.timetable import Timetable, build_timetable
from routing.layout import DayTables, Footpaths, frozen
from routing.mirror import mirrored
from routing.raptor import Raptor, near_stops
from tests.gtfs import strategies
from tests.gtfs.feeds import no_walks, write_feed
from tests.gtfs.realtime import slow
from tests.gtfs.realtime.messages import message, messages
from tests.gtfs.test_departures import check_never_overtakes


def rides(timetable: Timetable, day: Day) -> list[tuple[Any, ...]]:
    """Every trip that does not end before the day, with stops, times and permissions."""
    patterns, found = day.tables.patterns, []
    for trip in range(day.tables.n_trips):
        arrival, departure = (column.tolist() for column in day.times(trip))
        if arrival[-1] < 0:
            continue
        first = int(patterns.first_position_of_pattern[day.pattern_of(trip)])
        positions = slice(first, first + len(arrival))
        trip_id = timetable.trips.id[int(day.trip[trip])].split(":", 1)[1].split("|")[0]
        stops = [timetable.stops.id[stop] for stop in day.stops(trip).tolist()]
        flags = [col[positions].tolist() for col in (patterns.can_board, patterns.can_alight)]
        found.append((trip_id, int(day.service_day[trip]), stops, arrival, departure, *flags))
    return sorted(found)


def check_visits(day: Day) -> None:
    """The index of visits names each position where one may get on, but for empty patterns."""
    patterns = day.tables.patterns
    found = set()
    for stop in range(day.tables.n_stops):
        for visit in range(*patterns.first_visit_of_stop[stop : stop + 2].tolist()):
            pattern = int(patterns.pattern_of_visit[visit])
            position = int(patterns.position_of_visit[visit])
            at = int(patterns.first_position_of_pattern[pattern]) + position
            assert patterns.stop_of_position[at] == stop
            found.add((pattern, position))
    n_trips = np.diff(patterns.first_trip_of_pattern)
    expected = {
        (pattern, at - int(patterns.first_position_of_pattern[pattern]))
        for pattern in np.flatnonzero(n_trips).tolist()
        for at in range(*patterns.first_position_of_pattern[pattern : pattern + 2].tolist())
        if patterns.can_board[at]
    }
    assert found == expected


def check_told_again(day: Day, patched: Patch, timetable: Timetable, feed_id: str = "f") -> None:
    """What we tell of a patched day makes the same day of the timetable's, read as bytes again."""
    matcher = Matcher(timetable, feed_id)
    told = trip_updates(patched.day, patched.applied, matcher)
    now = max((update.timestamp for update in told), default=0)
    again = patch(day, read_message(encoded(Message(now, tuple(told), (), (), ()))), matcher)
    assert again.report.unmatched == {}
    assert again.report.lost_calls == 0
    assert rides(again.timetable, again.day) == rides(patched.timetable, patched.day)


def check_fullness(raw: bytes, patched: Patch, matcher: Matcher) -> None:
    """How full trips will be is told for the stops that the message means, by number or name."""
    sources = {one.id: one.trip_update for one in bindings.FeedMessage.FromString(raw).entity}
    for told in trip_updates(patched.day, patched.applied, matcher):
        if told.trip.start_date is None or told.trip.start_date < patched.day.date:
            continue  # what is over stays as it came
        some = [
            call for call in sources[told.entity].stop_time_update
            if call.HasField("departure_occupancy_status") and call.departure_occupancy_status != 7
        ]  # fmt: skip
        for call in told.calls:
            numbered = [c for c in some if c.HasField("stop_sequence")]
            here = [c for c in numbered if c.stop_sequence == call.sequence]
            named = [c for c in some if c not in numbered and c.stop_id == call.stop_id]
            status = next((c.departure_occupancy_status for c in reversed(here or named)), None)
            names = bindings.VehiclePosition.OccupancyStatus
            assert call.occupancy == ("" if status is None else names.Name(status))


def journeys(tables: DayTables, origin: int, target: int, start: int) -> list[tuple[int, int, int]]:
    search = Raptor(tables, max_rides=4)
    found = search.in_range(
        near_stops([origin], [0]), near_stops([target], [0]), (start, start + 30_000)
    ).journeys
    return sorted((j.departure, j.arrival, len(j.rides)) for j in found)


def with_walks(timetable: Timetable) -> Footpaths:
    """Walk from each stop to the next in 200 s, and change at a stop in 30 s."""
    n_stops = len(timetable.stops.id)
    ends = np.minimum(np.arange(n_stops + 1), n_stops - 1)
    head, duration = np.arange(1, n_stops), np.full(n_stops - 1, 200)
    return Footpaths(frozen(ends), frozen(head), frozen(duration), frozen(np.full(n_stops, 30)))


@given(
    feed=strategies.feeds(),
    zone=st.sampled_from(strategies.ZONES),
    offset=st.integers(-1, strategies.N_DAYS + 1),
    seed=strategies.SEEDS,
)
def test_patched_days_equal_rebuilt_ones(
    feed: dict[str, Any], zone: str, offset: int, seed: int
) -> None:
    date = strategies.FIRST + timedelta(days=offset)
    with tempfile.TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "f.zip", feed)
        raw = messages(random.Random(seed), path, zone, date)
        timetable = build_timetable([open_feed(path, "f")], zone)
        trips = slow.trips_of(path, zone, date, raw)
        assume(trips)
        assume(all(row.arrival >= 0 for trip in trips for row in trip.rows))
        files = slow.rewritten(feed, trips, date)
        again = build_timetable([open_feed(write_feed(path, files), "f")], zone)
    day = build_day(timetable, date, with_walks(timetable))
    before = rides(timetable, day)
    patched = patch(day, read_message(raw), Matcher(timetable, "f"))
    rebuilt = build_day(again, date, with_walks(again))
    told = bindings.FeedMessage.FromString(raw)
    n_again = len(told.entity) - len(slow.once(told))
    assert patched.report.unmatched == ({"told_twice": n_again} if n_again else {})
    assert rides(patched.timetable, patched.day) == rides(again, rebuilt)
    assert rides(timetable, day) == before
    check_never_overtakes(patched.day)
    check_visits(patched.day)
    check_told_again(day, patched, timetable)
    check_fullness(raw, patched, Matcher(timetable, "f"))
    draw = random.Random(offset)
    for _ in range(6):
        origin, target = draw.sample(range(strategies.N_STOPS), 2)
        start = draw.randint(0, 80_000)
        found = journeys(patched.day.tables, origin, target, start)
        assert found == journeys(rebuilt.tables, origin, target, start)
        mirror = [
            # a rebuild leaves out what ends twelve hours before the day: look at the day itself
            [ride for ride in journeys(mirrored(tables), origin, target, -90_000) if ride[1] <= 0]
            for tables in (patched.day.tables, rebuilt.tables)
        ]
        assert mirror[0] == mirror[1]


def test_a_message_without_news_leaves_the_day_as_it_is(tmp_path: Path) -> None:
    timetable = build_timetable([open_feed(write_feed(tmp_path / "f.zip", {}), "f")], "Asia/Tokyo")
    day = build_day(timetable, timetable.first_date, no_walks(timetable))
    raw = message()
    patched = patch(day, read_message(raw), Matcher(timetable, "f"))
    assert patched.day is day
    assert patched.timetable is timetable
