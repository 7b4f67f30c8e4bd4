"""A feed rewritten with realtime updates, trip by trip and date by date; for full rebuilds.

It reads the raw rows and the protobuf message itself and shares no code with the package.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from google.transit import gtfs_realtime_pb2 as bindings

from tests.gtfs import oracle
from tests.gtfs.strategies import clock, table

SCHEDULED, ADDED, UNSCHEDULED, CANCELED, REPLACEMENT, DUPLICATED, DELETED, NEW = (
    0,
    1,
    2,
    3,
    5,
    6,
    7,
    8,
)


class Row(NamedTuple):
    stop: str
    sequence: int
    arrival: int
    departure: int
    pickup: str
    drop_off: str


def told_position(rows: list[Row], start: int, call: Any) -> int | None:
    """Index of the row that a call means."""
    has_sequence = call.HasField("stop_sequence")
    same = [k for k in range(start, len(rows)) if rows[k].sequence == call.stop_sequence]
    there = [k for k in range(start, len(rows)) if rows[k].stop == call.stop_id]
    if has_sequence and same and (not call.stop_id or same[0] in there):
        return same[0]
    if call.stop_id and there:
        return there[0]
    return same[0] if has_sequence and same else None


def new_time(event: Any, planned: int, base: int) -> int | None:
    """Time that an arrival or departure gives."""
    time = None
    if event.time:
        time = event.time - base
    elif event.HasField("delay"):
        time = planned + event.delay
    return time if time is not None and abs(time - planned) <= 86_400 else None


def calls_by_position(rows: list[Row], update: Any) -> dict[int, Any]:
    """Calls that fit a stop, by its index."""
    calls: dict[int, Any] = {}
    start = 0
    for call in update.stop_time_update:
        k = told_position(rows, start, call)
        if k is not None:
            calls[k] = call
            start = k + 1
    return calls


def allowed(row: Row, call: Any) -> Row:
    """A row with the permissions that a call tells."""
    more = bindings.TripUpdate.StopTimeUpdate.StopTimeProperties()
    if call is not None:
        more.CopyFrom(call.stop_time_properties)
    if more.HasField("pickup_type"):
        row = row._replace(pickup=str(more.pickup_type))
    if more.HasField("drop_off_type"):
        row = row._replace(drop_off=str(more.drop_off_type))
    return row


def changed(row: Row, call: Any, arrival: int, departure: int) -> Row:
    """A row with new times, and what else its call says."""
    row = allowed(row._replace(arrival=arrival, departure=departure), call)
    if call is not None and call.schedule_relationship == 1:
        row = row._replace(pickup="1", drop_off="1")
    platform = "" if call is None else call.stop_time_properties.assigned_stop_id
    return row._replace(stop=platform) if platform else row


def delayed(rows: list[Row], update: Any, base: int) -> list[Row]:
    """Rows of a trip after its update."""
    calls = calls_by_position(rows, update)
    late = update.delay if update.HasField("delay") and not update.stop_time_update else None
    known = 0 if late is not None else len(rows)
    result = []
    for k, row in enumerate(rows):
        call = calls.get(k)
        arrival = departure = None
        if call is not None and call.schedule_relationship in {0, 1, 3}:
            arrival = new_time(call.arrival, row.arrival, base)
            departure = new_time(call.departure, row.departure, base)
        no_data = call is not None and call.schedule_relationship == 2
        if no_data or arrival is not None or departure is not None:
            known = min(known, k)
        late = None if no_data else late
        if arrival is None and departure is not None and late is None:
            arrival = min(row.arrival, departure)
        late = late if arrival is None else arrival - row.arrival
        arrival = row.arrival + (late or 0)
        late = late if departure is None else departure - row.departure
        departure = row.departure + (late or 0)
        result.append(changed(row, call, arrival, departure))
    return in_order(result, known)


def in_order(rows: list[Row], known: int) -> list[Row]:
    """Rows whose times never run backwards; those before `known` give way."""
    flat = [time for row in rows for time in (row.arrival, row.departure)]
    if known < len(rows):
        for k in range(2 * known - 1, -1, -1):
            flat[k] = min(flat[k], flat[k + 1])
    for k in range(1, len(flat)):
        flat[k] = max(flat[k], flat[k - 1])
    return [
        row._replace(arrival=flat[2 * k], departure=flat[2 * k + 1]) for k, row in enumerate(rows)
    ]


def told_rows(update: Any, base: int) -> list[Row]:
    """Rows of a trip that its calls alone tell; every one has a time."""
    rows = []
    for call in update.stop_time_update:
        times = [event.time - base for event in (call.arrival, call.departure) if event.time]
        if call.schedule_relationship != 1:
            stop = call.stop_time_properties.assigned_stop_id or call.stop_id
            row = Row(stop, call.stop_sequence, times[0], times[-1], "0", "0")
            rows.append(allowed(row, call))
    return in_order(rows, len(rows))


class Trip(NamedTuple):
    trip_id: str
    service_day: int
    rows: list[Row]


def planned(feed: oracle.Feed, day: date) -> dict[tuple[str, int, int], list[Row]]:
    """Rows of all trips around `day` by trip, service day and start."""
    plain: dict[tuple[str, int, int], list[Row]] = {}
    for step in (-1, 0, 1):
        for trip_id, service_id in feed.service.items():
            times = feed.filled.get(trip_id)
            if times is None or day + timedelta(days=step) not in feed.dates[service_id]:
                continue
            for run in feed._runs(trip_id, times):
                plain[trip_id, step, times[0][1] + run] = [
                    Row(
                        row["stop_id"],
                        int(row["stop_sequence"]),
                        arrival + run,
                        departure + run,
                        row.get("pickup_type", ""),
                        row.get("drop_off_type", ""),
                    )
                    for row, (arrival, departure) in zip(feed.rows[trip_id], times, strict=True)
                ]
    return plain


def on_detour(rows: list[Row], detours: Any) -> list[Row]:
    """Rows of a trip after its modifications, which do not overlap; the last one first.

    Delays are added from the back, so each one reaches all that follows it.
    """
    for detour in reversed(detours):
        first = named_row(rows, detour.start_stop_selector)
        has_end = detour.HasField("end_stop_selector")
        end = named_row(rows, detour.end_stop_selector) + 1 if has_end else first
        since = rows[max(first - 1, 0)].arrival
        new = [
            Row(stop.stop_id, 0, since + stop.travel_time_to_stop, since + stop.travel_time_to_stop,
                "0", "0")
            for stop in detour.replacement_stops
        ]  # fmt: skip
        later = [shifted(row, detour.propagated_modification_delay) for row in rows[end:]]
        rows = rows[:first] + new + later
    return [row._replace(sequence=k) for k, row in enumerate(in_order(rows, len(rows)), 1)]


def named_row(rows: list[Row], selector: Any) -> int:
    """Index of the row that a selector means by its sequence."""
    return next(k for k, row in enumerate(rows) if row.sequence == selector.stop_sequence)


def once(message: Any) -> list[Any]:
    """Updates of a message; of those that say the same only the first."""
    return list({one.trip_update.SerializeToString(): one.trip_update
                 for one in message.entity}.values())  # fmt: skip


def trips_of(path: Path, zone: str, day: date, raw: bytes) -> list[Trip]:
    """All trips around `day` as the message says they will be."""
    feed = oracle.Feed(path, zone)
    message = bindings.FeedMessage.FromString(raw)
    found: list[Trip] = []
    plain = planned(feed, day)
    for update in once(message):
        kind = update.trip.schedule_relationship
        step = (oracle.day_of(update.trip.start_date) - day).days
        base = oracle.instant(day + timedelta(days=step), feed.feed_zone)
        start = oracle.seconds(update.trip.start_time)
        assert start is not None
        if kind in {ADDED, NEW}:
            found.append(Trip(update.trip.trip_id, step, told_rows(update, base)))
            continue
        key = min(
            (key for key in plain if key[:2] == (update.trip.trip_id, step)),
            key=lambda key: abs(key[2] - start),
        )
        if kind == DUPLICATED:
            wanted = oracle.seconds(update.trip_properties.start_time)
            assert wanted is not None
            later = [shifted(row, wanted - key[2]) for row in plain[key]]
            found.append(Trip(update.trip_properties.trip_id, step, delayed(later, update, base)))
            continue
        rows = plain.pop(key)
        if kind == REPLACEMENT:
            found.append(Trip(update.trip.trip_id, step, told_rows(update, base)))
        elif kind not in {CANCELED, DELETED}:
            moved = [shifted(row, start - key[2]) for row in rows]
            found.append(Trip(update.trip.trip_id, step, delayed(moved, update, base)))
    return found + [Trip(trip_id, step, rows) for (trip_id, step, _), rows in plain.items()]


def shifted(row: Row, by: int) -> Row:
    return row._replace(arrival=row.arrival + by, departure=row.departure + by)


def rewritten(
    files: dict[str, Any], trips: list[Trip], day: date, line: str = "L"
) -> dict[str, Any]:
    """Files of a feed in which every trip of every date stands for itself."""
    dates = [(f"day{step}", f"{day + timedelta(days=step):%Y%m%d}", 1) for step in (-1, 0, 1)]
    return {
        **files,
        "calendar.txt": None,
        "frequencies.txt": None,
        "calendar_dates.txt": table("service_id,date,exception_type", dates),
        "trips.txt": table(
            "route_id,service_id,trip_id",
            [
                (line, f"day{trip.service_day}", f"{trip.trip_id}|{k}")
                for k, trip in enumerate(trips)
            ],
        ),
        "stop_times.txt": table(
            "trip_id,stop_id,stop_sequence,arrival_time,departure_time,pickup_type,drop_off_type",
            [
                (
                    f"{trip.trip_id}|{k}",
                    row.stop,
                    n,
                    clock(row.arrival),
                    clock(row.departure),
                    row.pickup,
                    row.drop_off,
                )
                for k, trip in enumerate(trips)
                for n, row in enumerate(trip.rows)
            ],
        ),
    }
