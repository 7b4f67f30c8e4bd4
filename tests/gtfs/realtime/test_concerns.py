"""Which alerts and vehicles concern a ride: drawn messages against a reading of the raw ones."""

from typing import Any

from google.transit import gtfs_realtime_pb2 as bindings
from hypothesis import given
from hypothesis import strategies as st

from gtfs.modes import MODES
from gtfs.realtime.alerts import Alerts, Ridden
from gtfs.realtime.read import read_message
from gtfs.realtime.vehicles import Vehicles
from tests.gtfs import oracle
from tests.gtfs.realtime.messages import NOW

TRAM, RAIL, BUS = 0, 2, 3  # GTFS route_type
MODE_OF = {TRAM: "tram", RAIL: "rail", BUS: "bus"}
times = st.integers(NOW - 9000, NOW + 9000)


def some(values: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=values)


told_trips = some(
    {
        "trip_id": st.sampled_from("tu"),
        "route_id": st.sampled_from("LM"),
        "start_date": st.sampled_from(("20260327", "20260328")),
        "start_time": st.sampled_from(("23:50:00", "24:10:00")),
        "direction_id": st.integers(0, 1),
    }
)
informed_entities = some(
    {
        "agency_id": st.sampled_from("ab"),
        "route_id": st.sampled_from("LM"),
        "stop_id": st.sampled_from("ABCS"),
        "route_type": st.sampled_from((TRAM, RAIL, BUS)),
        "trip": told_trips.filter(bool),
        "direction_id": st.integers(0, 1),
    }
)
active_periods = some({"start": times, "end": times})
rides = st.builds(
    Ridden,
    trip_id=st.sampled_from("tuv"),
    line_id=st.sampled_from("LM"),
    agency_id=st.sampled_from(("a", "b", "")),
    mode=st.sampled_from([MODES.index(mode) for mode in MODE_OF.values()]),
    stop_ids=st.frozensets(st.sampled_from("ABCS"), min_size=1, max_size=3),
    service_date=st.sampled_from(("20260327", "20260328")),
    start_time=st.sampled_from((23 * 3600 + 3000, 24 * 3600 + 600)),
    direction=st.integers(0, 2),
)
spans = st.tuples(times, st.integers(0, 5000)).map(lambda pair: (pair[0], sum(pair)))


def is_of(trip: Any, ride: Ridden) -> bool:
    """Whether all that is told of a trip holds for the ride's."""
    return (
        trip.trip_id in {"", ride.trip_id}
        and trip.route_id in {"", ride.line_id}
        and trip.start_date in {"", ride.service_date}
        and (not trip.start_time or oracle.seconds(trip.start_time) == ride.start_time)
    )


def runs(trip: Any, ride: Ridden) -> bool:
    """Whether a vehicle that names a trip runs the ride's: the id of a trip decides on its line."""
    trip = bindings.TripDescriptor.FromString(trip.SerializeToString())
    if trip.trip_id:
        trip.route_id = ""
    return bool(trip.trip_id or (trip.route_id and trip.start_time)) and is_of(trip, ride)


def names_something(one: Any) -> bool:
    ids = one.agency_id, one.route_id, one.stop_id, one.trip.trip_id, one.trip.route_id
    fields = one.HasField("route_type"), way_of(one) is not None
    return any(ids) or any(fields)


def way_of(one: Any) -> int | None:
    """Direction that an entity names, by itself or of its trip."""
    named = [told.direction_id for told in (one, one.trip) if told.HasField("direction_id")]
    return named[0] if named else None


def concerns(one: Any, ride: Ridden) -> bool:
    return (
        names_something(one)
        and (not one.agency_id or one.agency_id == ride.agency_id or not ride.agency_id)
        and one.route_id in {"", ride.line_id}
        and (not one.stop_id or one.stop_id in ride.stop_ids)
        and (not one.HasField("route_type") or MODE_OF[one.route_type] == MODES[ride.mode])
        and way_of(one) in {None, ride.direction}
        and is_of(one.trip, ride)
    )


def holds(alert: Any, since: int, until: int) -> bool:
    """Whether one of its periods, the end not included, meets the span."""
    spans_of = [
        (period.start if period.HasField("start") else 0, period.end or 2**62)
        for period in alert.active_period
    ]
    return not spans_of or any(start <= until and end > since for start, end in spans_of)


def feed_message() -> Any:
    feed = bindings.FeedMessage()
    feed.header.gtfs_realtime_version, feed.header.timestamp = "2.0", NOW
    return feed


@given(
    alerts=st.lists(
        st.tuples(
            st.lists(informed_entities, min_size=1, max_size=3),
            st.lists(active_periods, max_size=2),
        ),
        max_size=5,
    ),
    asked=st.lists(st.tuples(rides, spans), min_size=3, max_size=6),
)
def test_alerts_concern_the_rides_that_a_slow_reading_finds(
    alerts: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]],
    asked: list[tuple[Ridden, tuple[int, int]]],
) -> None:
    feed = feed_message()
    for number, (informed, periods) in enumerate(alerts):
        alert = bindings.Alert(informed_entity=informed, active_period=periods)
        feed.entity.add(id=str(number)).alert.CopyFrom(alert)
    fast = Alerts(read_message(feed.SerializeToString()).alerts)
    for ride, span in asked:
        expected = {
            entity.id
            for entity in feed.entity
            if holds(entity.alert, *span)
            and any(concerns(one, ride) for one in entity.alert.informed_entity)
        }
        assert {alert.entity for alert in fast.on(ride, *span)} == expected


@given(
    vehicles=st.lists(st.tuples(told_trips, times), max_size=8),
    asked=st.lists(st.tuples(rides, spans), min_size=3, max_size=6),
)
def test_a_trip_has_the_vehicle_that_was_seen_last_on_it(
    vehicles: list[tuple[dict[str, Any], int]], asked: list[tuple[Ridden, tuple[int, int]]]
) -> None:
    feed = feed_message()
    for number, (trip, seen) in enumerate(vehicles):
        position = bindings.VehiclePosition(trip=trip, timestamp=seen)
        feed.entity.add(id=str(number)).vehicle.CopyFrom(position)
    fast = Vehicles(read_message(feed.SerializeToString()).vehicles)
    for ride, (since, until) in asked:
        seen_on = [
            one.vehicle.timestamp
            for one in feed.entity
            if runs(one.vehicle.trip, ride)
            and (
                one.vehicle.trip.start_date or since - 3600 <= one.vehicle.timestamp <= until + 7200
            )
        ]
        found = fast.on(ride, since, until)
        assert (None if found is None else found.timestamp) == max(seen_on, default=None)
