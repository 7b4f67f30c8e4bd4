"""The next generation of a day: trip updates → tables that searches use."""

import dataclasses
import datetime as dt
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.harness import OURS, Fact, Report, Row, outside_data
from benchmarks.regions import SHIPPED

if TYPE_CHECKING:
    from gtfs.day import Day
    from gtfs.timetable import Timetable
    from routing.layout import Footpaths, Int32Array

NAME = "realtime"
SUMMARY = "trip updates to the next tables of a day, against a rebuild with the same updates"

EIGHT = 8 * 3600  # s, the time of the message
CAPTURES = (("kingston_2026", "America/Toronto"), ("wmata_oba", "America/New_York"))
NEW_YORK = (dt.date(2026, 10, 7), "America/New_York", "big/nyc_day")


class News(NamedTuple):
    """A delay from one position on, or a cancellation."""

    trip: int
    position: int
    delay: int  # s
    is_cancelled: bool


def run(quick: bool, region: Path) -> Report:  # noqa: ARG001
    """Patch all New York on a day, or the shipped trains, and compare with a rebuild."""
    report = Report(packages={"gtfs-realtime-bindings", "protobuf"})
    folder = outside_data()
    if folder is None:
        report.notes.append("the outside data is not there (MAAS_TEST_DATA): shipped trains only")
    if folder is None or quick:
        path, date, zone = SHIPPED.parent / "gtfs/rail.zip", dt.date(2026, 11, 4), "Asia/Tokyo"
    else:
        date, zone, name = NEW_YORK
        path = folder / "gtfs" / f"{name}.zip"
    _measure(report, path, date, zone, quick)
    if folder is not None and not quick:
        _generations(report, path, date)
        _captures(report, folder / "gtfs-rt")
    return report


def _measure(report: Report, path: Path, date: dt.date, zone: str, quick: bool) -> None:
    from gtfs.day import build_day
    from gtfs.read import open_feed
    from gtfs.realtime.match import Matcher
    from gtfs.realtime.patch import patch
    from gtfs.realtime.read import read_message
    from gtfs.timetable import build_timetable

    timetable = build_timetable([open_feed(path, "feed")], zone)
    walks = _walks(timetable)
    day, matcher = build_day(timetable, date, walks), Matcher(timetable, "feed")
    for n in (50,) if quick else (1_000, 3_000):
        news = _news(timetable, date, n)
        raw = _message(timetable, date, matcher.base(date) + EIGHT, news)
        result = patch(day, read_message(raw), matcher)  # compiles
        samples: dict[str, list[float]] = {"decode": [], "patch": [], "build": []}
        for _ in range(2 if quick else 9):
            begin = time.process_time()
            message = read_message(raw)
            decoded = time.process_time()
            result = patch(day, message, matcher)
            patched = time.process_time()
            build_day(timetable, date, walks)
            built = time.process_time()
            times = (decoded - begin, patched - decoded, built - patched)
            for name, seconds in zip(samples, times, strict=True):
                samples[name].append(seconds)
        equal = _equal(
            result.day,
            build_day(_rewritten(timetable, date, news), date, walks),
            20 if quick else 200,
        )
        applied = sum(result.report.applied.values())
        facts: dict[str, Fact] = {
            "applied": applied,
            "trips": day.tables.n_trips,
            "equal_fronts": equal,
        }
        case = f"{path.stem}, {n} updates"
        report.rows += [
            Row(case, OURS, tuple(samples["patch"]), facts),
            Row(case, "decode", tuple(samples["decode"]), {"bytes": len(raw)}),
            Row(case, "build_day", tuple(samples["build"])),
        ]


def _generations(report: Report, path: Path, date: dt.date) -> None:
    """Bytes of 1,000 updates → a generation whose tables are ready, as a running service does."""
    from gtfs.modes import MODES
    from gtfs.realtime.read import read_message
    from maas.build import build_region
    from maas.generations import Generations
    from maas.live import FeedNews
    from maas.live import News as AllNews

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "region.yaml"
        source.write_text(
            "name: New York\ntimezone: America/New_York\ncurrency: USD\n"
            f"feeds: [{{id: feed, path: {path}}}]\n",
            encoding="utf-8",
        )
        region = build_region(source, Path(folder) / "built")
        generations, modes = Generations(region), frozenset(MODES)
        news = _news(region.timetable, date, 1_000)
        now = region.matcher("feed").base(date) + EIGHT
        samples = []
        for turn in range(10):
            raw = _message(region.timetable, date, now + turn, news)
            begin = time.process_time()
            fresh = AllNews(now + turn, (FeedNews("feed", read_message(raw)),))
            generations.use(news=fresh)
            live = generations.current.day(date)
            generations.current.view(live, modes)
            samples.append(time.process_time() - begin)
        applied = sum(live.reports["feed"].applied.values())
        facts: dict[str, Fact] = {"applied": applied, "alive": generations.n_alive}
        case = f"{path.stem}, bytes of 1000 updates → generation in use"
        report.rows.append(Row(case, OURS, tuple(samples[1:]), facts))  # the first one compiles


def after_updates(timetable: "Timetable", day: "Day", feed: str, n: int) -> "Day":
    """Return the day as it is after `n` drawn updates of trips of its morning."""
    from gtfs.realtime.match import Matcher
    from gtfs.realtime.patch import patch
    from gtfs.realtime.read import read_message

    matcher = Matcher(timetable, feed)
    news = _news(timetable, day.date, n)
    raw = _message(timetable, day.date, matcher.base(day.date) + EIGHT, news)
    return patch(day, read_message(raw), matcher).day


def _walks(timetable: "Timetable") -> "Footpaths":
    """No walks but those of transfers.txt."""
    from gtfs.footpaths import combine
    from routing.layout import frozen

    none = frozen([])
    return combine(timetable, (frozen(np.zeros(len(timetable.stops.id) + 1)), none, none), 60)


def _runs(timetable: "Timetable", date: dt.date) -> "Int32Array":
    """Trips that run on a date."""
    column = (date - timetable.first_date).days
    return np.flatnonzero(timetable.services.runs[:, column][timetable.trips.service]).astype(
        np.int32
    )


def _news(timetable: "Timetable", date: dt.date, n: int) -> list[News]:
    """Draw updates of trips that are under way in the morning; one in fifty is a cancellation."""
    draw = random.Random(1)
    trips = _runs(timetable, date)
    start = timetable.trips.start_time[trips]
    near = trips[(start > EIGHT - 7200) & (start < EIGHT + 7200)].tolist()
    length = np.diff(timetable.trips.first_stop_time)
    return [
        News(trip, draw.randrange(int(length[trip])), draw.randint(0, 900), k % 50 == 0)
        for k, trip in enumerate(draw.sample(near, min(n, len(near))))
    ]


def _message(timetable: "Timetable", date: dt.date, now: int, news: list[News]) -> bytes:
    from google.transit import gtfs_realtime_pb2 as bindings

    message = bindings.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = now
    first, sequence = timetable.trips.first_stop_time, timetable.stop_times.sequence
    for trip, position, delay, is_cancelled in news:
        update = message.entity.add(id=str(trip)).trip_update
        update.trip.trip_id = timetable.trips.id[trip].partition(":")[2]
        update.trip.start_date = f"{date:%Y%m%d}"
        if is_cancelled:
            update.trip.schedule_relationship = bindings.TripDescriptor.CANCELED
        else:
            call = update.stop_time_update.add(stop_sequence=int(sequence[first[trip] + position]))
            call.arrival.delay = delay
    return bytes(message.SerializeToString())


def _rewritten(timetable: "Timetable", date: dt.date, news: list[News]) -> "Timetable":
    """A timetable that has the news in its rows: on `date` other trips run in place of theirs."""
    from gtfs.realtime.new_trips import NewTrip, extended, shape_of, shifted_ride
    from gtfs.tables import ServiceTable, readonly
    from routing.layout import frozen

    trips, n_services = timetable.trips, timetable.services.runs.shape[0]
    new = []
    for k, (trip, position, delay, is_cancelled) in enumerate(news):
        ride = shifted_ride(timetable, trip, 0)
        late = np.where(np.arange(ride.stop.size) >= position, delay, 0).astype(np.int32)
        ride = ride._replace(arrival=ride.arrival + late, departure=ride.departure + late)
        if not is_cancelled:
            shape = shape_of(timetable, trip)
            new.append(NewTrip(f"late:{k}", int(trips.line[trip]), trip, shape, "", ride))
    longer = extended(timetable, new)
    runs = timetable.services.runs
    column = (date - timetable.first_date).days
    others, only = np.array(runs), np.zeros((1, runs.shape[1]), np.uint8)
    others[:, column], only[0, column] = 0, 1
    service = np.array(longer.trips.service)
    service[[update.trip for update in news]] += n_services
    service[len(trips.id) :] = 2 * n_services
    return dataclasses.replace(
        longer,
        trips=longer.trips._replace(service=frozen(service)),
        services=ServiceTable(readonly(np.concatenate([runs, others, only]), np.uint8)),
    )


def _equal(patched: "Day", rebuilt: "Day", n: int) -> str:
    """How many queries from stop to stop have the same front (arrival, rides) on both days."""
    from routing.raptor import Raptor, near_stops

    searches = [Raptor(day.tables, max_rides=6) for day in (patched, rebuilt)]
    draw = random.Random(2)
    same = empty = 0
    for _ in range(n):
        origin, target = (
            near_stops([draw.randrange(patched.tables.n_stops)], [0]) for _ in range(2)
        )
        start = draw.randint(EIGHT - 3600, EIGHT + 3600)
        fronts = [
            sorted(
                (j.arrival, len(j.rides)) for j in search.earliest(origin, target, start).journeys
            )
            for search in searches
        ]
        same += fronts[0] == fronts[1]
        empty += not fronts[1]
    return f"{same}/{n} ({empty} empty)"


def _captures(report: Report, folder: Path) -> None:
    """Share of the entities of known trips that are applied, in captures of two cities."""
    from gtfs.day import build_day
    from gtfs.read import open_feed
    from gtfs.realtime.match import Matcher
    from gtfs.realtime.patch import patch
    from gtfs.realtime.read import read_message
    from gtfs.timetable import build_timetable

    for city, zone in CAPTURES:
        timetable = build_timetable([open_feed(folder / city / "gtfs.zip", "feed")], zone)
        matcher = Matcher(timetable, "feed")
        for path in sorted((folder / city).glob("*.pb")):
            message = read_message(path.read_bytes())
            day = build_day(timetable, matcher.date_of(message.timestamp), _walks(timetable))
            begin = time.process_time()
            result = patch(day, message, matcher)
            seconds = time.process_time() - begin
            kinds = [update.trip.relationship for update in message.updates]
            unknown = sum(
                kind == "SCHEDULED" and update.trip.trip_id not in matcher.runs_of_id
                for kind, update in zip(kinds, message.updates, strict=True)
            )
            applied, known = sum(result.report.applied.values()), len(kinds) - unknown
            facts: dict[str, Fact] = {
                "entities": len(kinds),
                "unknown_trip": unknown,
                "applied": f"{applied}/{known} ({applied / known:.1%})",
                "added_runs": f"{result.report.applied.get('ADDED', 0)}/{kinds.count('ADDED')}",
                "trips_more": result.day.tables.n_trips - day.tables.n_trips,
            }
            report.rows.append(Row(f"{city} {path.stem[:33]}", OURS, (seconds,), facts))
