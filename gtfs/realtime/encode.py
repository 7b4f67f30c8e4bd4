"""Messages as GTFS-Realtime writes them: bytes, or the same as JSON."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from gtfs.realtime.messages import (
    Alert,
    Call,
    Informed,
    Message,
    NewStop,
    TripRef,
    TripUpdate,
    VehiclePosition,
)

_VERSION = "2.0"


def encoded(message: Message) -> bytes:
    """Return a message as the bytes of a feed."""
    return bytes(_protobuf(message).SerializeToString())


def as_json(message: Message) -> str:
    """Return a message as JSON in the names of the specification."""
    from google.protobuf.json_format import MessageToJson  # type: ignore[import-untyped]

    return str(MessageToJson(_protobuf(message), preserving_proto_field_name=True))


def _protobuf(message: Message) -> Any:
    """Return the message of the bindings."""
    from google.transit import gtfs_realtime_pb2 as bindings

    feed = bindings.FeedMessage()
    feed.header.gtfs_realtime_version = _VERSION
    feed.header.timestamp = message.timestamp
    for update in message.updates:
        _update(feed.entity.add(id=update.entity).trip_update, update)
    for stop in message.stops:
        _stop(feed.entity.add(id=f"stop {stop.stop_id}").stop, stop)
    for vehicle in message.vehicles:
        _vehicle(feed.entity.add(id=vehicle.entity).vehicle, vehicle)
    for alert in message.alerts:
        _alert(feed.entity.add(id=alert.entity).alert, alert)
    return feed


def _fill(target: Any, **values: Any) -> None:
    """Set the fields that have a value; `None` and empty texts stand for none."""
    for name, value in values.items():
        if value is not None and value != "":
            setattr(target, name, value)


def _name(target: Any, field: str, name: str) -> None:
    """Set an enumeration by the name of its value."""
    if name:
        values = target.DESCRIPTOR.fields_by_name[field].enum_type.values_by_name
        setattr(target, field, values[name].number)


def _clock(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _day(date: dt.date | None) -> str:
    return "" if date is None else f"{date:%Y%m%d}"


def _trip(target: Any, trip: TripRef) -> None:
    _fill(
        target,
        trip_id=trip.trip_id,
        route_id=trip.line_id,
        start_date=_day(trip.start_date),
        start_time=_clock(trip.start_time),
        direction_id=trip.direction,
    )
    _name(target, "schedule_relationship", trip.relationship)


def _update(target: Any, update: TripUpdate) -> None:
    _trip(target.trip, update.trip)
    _fill(target, timestamp=update.timestamp, delay=update.delay)
    for call in update.calls:
        _call(target.stop_time_update.add(), call)
    if update.copy is not None:
        _fill(
            target.trip_properties,
            trip_id=update.copy.trip_id,
            start_date=_day(update.copy.start_date),
            start_time=_clock(update.copy.start_time),
        )
    if update.headsign:
        target.trip_properties.trip_headsign = update.headsign


def _call(target: Any, call: Call) -> None:
    _fill(target, stop_sequence=call.sequence, stop_id=call.stop_id)
    if call.arrival is not None or call.arrival_delay is not None:
        _fill(target.arrival, time=call.arrival, delay=call.arrival_delay)
    if call.departure is not None or call.departure_delay is not None:
        _fill(target.departure, time=call.departure, delay=call.departure_delay)
    target.schedule_relationship = call.relationship
    _name(target, "departure_occupancy_status", call.occupancy)
    if call.platform_id or call.pickup is not None or call.drop_off is not None:
        _fill(
            target.stop_time_properties,
            assigned_stop_id=call.platform_id,
            pickup_type=call.pickup,
            drop_off_type=call.drop_off,
        )


def _vehicle(target: Any, vehicle: VehiclePosition) -> None:
    _trip(target.trip, vehicle.trip)
    if vehicle.vehicle_id:
        target.vehicle.id = vehicle.vehicle_id
    if vehicle.lat is not None:
        place = {"longitude": vehicle.lon, "latitude": vehicle.lat}
        _fill(target.position, **place, bearing=vehicle.bearing, speed=vehicle.speed)
    _fill(
        target,
        timestamp=vehicle.timestamp,
        current_stop_sequence=vehicle.sequence,
        stop_id=vehicle.stop_id,
        occupancy_percentage=vehicle.occupancy_percent,
    )
    _name(target, "current_status", vehicle.status)
    _name(target, "occupancy_status", vehicle.occupancy)
    for number, car in enumerate(vehicle.carriages, 1):
        details = target.multi_carriage_details.add(carriage_sequence=number)
        _fill(details, id=car.id, label=car.label, occupancy_percentage=car.percent)
        _name(details, "occupancy_status", car.occupancy)


def _stop(target: Any, stop: NewStop) -> None:
    _fill(
        target,
        stop_id=stop.stop_id,
        stop_lat=stop.lat,
        stop_lon=stop.lon,
        zone_id=stop.zone,
        parent_station=stop.parent_id,
        wheelchair_boarding=stop.wheelchair,
    )
    _texts(target.stop_name, stop.name)
    _texts(target.platform_code, {"": stop.platform} if stop.platform else {})


def _alert(target: Any, alert: Alert) -> None:
    for start, end in alert.active:
        _fill(target.active_period.add(), start=start, end=end)
    for informed in alert.informed:
        _informed(target.informed_entity.add(), informed)
    for field in ("cause", "effect"):
        _name(target, field, getattr(alert, field))
    _name(target, "severity_level", alert.severity)
    _texts(target.header_text, alert.header)
    _texts(target.description_text, alert.description)
    _texts(target.url, alert.url)


def _informed(target: Any, informed: Informed) -> None:
    _fill(
        target,
        agency_id=informed.agency_id,
        route_id=informed.line_id,
        stop_id=informed.stop_id,
        route_type=informed.route_type,
        direction_id=informed.direction,
    )
    if informed.trip is not None:
        _trip(target.trip, informed.trip)


def _texts(target: Any, texts: Mapping[str, str]) -> None:
    for language, text in texts.items():
        _fill(target.translation.add(), text=text, language=language)


def merged(messages: Iterable[Message]) -> Message:
    """Return messages about one feed as one; its time is that of the newest."""
    some = list(messages)
    return Message(
        max((message.timestamp for message in some), default=0),
        tuple(update for message in some for update in message.updates),
        tuple(vehicle for message in some for vehicle in message.vehicles),
        tuple(alert for message in some for alert in message.alerts),
        tuple(fault for message in some for fault in message.faults),
        tuple(told for message in some for told in message.modifications),
        tuple(shape for message in some for shape in message.shapes),
        tuple(stop for message in some for stop in message.stops),
    )
