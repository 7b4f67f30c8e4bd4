"""Bytes of GTFS-Realtime → messages."""

import datetime as dt
import re
from typing import Any

from gtfs.realtime.messages import (
    Alert,
    Call,
    Carriage,
    Detour,
    Informed,
    Message,
    Modification,
    NewStop,
    RealtimeError,
    StopRef,
    TripRef,
    TripUpdate,
    VehiclePosition,
)

_NO_OCCUPANCY = 7  # NO_DATA_AVAILABLE
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")


def read_message(raw: bytes, source: str = "realtime feed", received: int = 0) -> Message:
    """Read a message, such as the content of a file or the body of a reply.

    Parameters
    ----------
    source
        What it is called where something is wrong with it.
    received
        Unix time that stands for the time of a message that tells none.

    Raises
    ------
    RealtimeError
        If it is none.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from google.transit import gtfs_realtime_pb2 as bindings

    message = bindings.FeedMessage()
    try:
        message.ParseFromString(raw)
    except DecodeError as error:
        raise RealtimeError(source, str(error)) from error
    if not message.header.gtfs_realtime_version:
        raise RealtimeError(source, "its header names no version")
    reader = _Reader(bindings, int(message.header.timestamp) or received)
    for entity in message.entity:
        reader.read(entity)
    return Message(
        reader.timestamp,
        tuple(reader.updates),
        tuple(reader.vehicles),
        tuple(reader.alerts),
        tuple(reader.faults),
        tuple(reader.modifications),
        tuple(reader.shapes),
        tuple(reader.stops),
    )


class _Reader:
    """Turns the entities of one message into tuples."""

    def __init__(self, bindings: Any, timestamp: int) -> None:
        self.timestamp = timestamp
        self.updates: list[TripUpdate] = []
        self.vehicles: list[VehiclePosition] = []
        self.alerts: list[Alert] = []
        self.faults: list[str] = []
        self.modifications: list[Modification] = []
        self.shapes: list[tuple[str, str]] = []
        self.stops: list[NewStop] = []
        self._trip_relation = bindings.TripDescriptor.ScheduleRelationship.Name
        self._status = bindings.VehiclePosition.VehicleStopStatus.Name
        self._occupancy = bindings.VehiclePosition.OccupancyStatus.Name
        self._alert = bindings.Alert

    def read(self, entity: Any) -> None:
        """Read one entity; one with a date or time that is none is told in `faults`."""
        if entity.is_deleted:
            return
        try:
            if entity.HasField("trip_update"):
                self.updates.append(self._update(entity.id, entity.trip_update))
            if entity.HasField("vehicle"):
                self.vehicles.append(self._vehicle(entity.id, entity.vehicle))
            if entity.HasField("alert"):
                self.alerts.append(self._read_alert(entity.id, entity.alert))
            if entity.HasField("trip_modifications"):
                self.modifications.append(_modification(entity.id, entity.trip_modifications))
            if entity.HasField("shape"):
                self.shapes.append((entity.shape.shape_id, entity.shape.encoded_polyline))
            if entity.HasField("stop"):
                self.stops.append(_new_stop(entity.stop))
        except ValueError as error:
            self.faults.append(f"entity '{entity.id}': {error}")

    def _trip(self, trip: Any) -> TripRef:
        is_modified = trip.HasField("modified_trip")
        own = trip.modified_trip if is_modified else trip
        return TripRef(
            own.affected_trip_id if is_modified else own.trip_id,
            trip.route_id,
            _day(own.start_date),
            _clock(own.start_time),
            self._trip_relation(trip.schedule_relationship),
            trip.direction_id if trip.HasField("direction_id") else None,
            is_modified,
        )

    def _update(self, entity: str, update: Any) -> TripUpdate:
        trip, copy, headsign = self._trip(update.trip), None, ""
        if update.HasField("trip_properties"):
            wanted = update.trip_properties
            headsign = wanted.trip_headsign
            copy = trip._replace(
                trip_id=wanted.trip_id,
                start_date=_day(wanted.start_date) or trip.start_date,
                start_time=_clock(wanted.start_time),
            )
        return TripUpdate(
            entity,
            trip,
            update.timestamp or self.timestamp,
            update.delay if update.HasField("delay") else None,
            tuple(self._call(call) for call in update.stop_time_update),
            copy,
            headsign,
        )

    def _call(self, call: Any) -> Call:
        arrival, departure = call.arrival, call.departure
        more = call.stop_time_properties
        return Call(
            call.stop_sequence if call.HasField("stop_sequence") else None,
            call.stop_id,
            arrival.time or None,
            arrival.delay if arrival.HasField("delay") else None,
            departure.time or None,
            departure.delay if departure.HasField("delay") else None,
            call.schedule_relationship,
            more.assigned_stop_id,
            more.pickup_type if more.HasField("pickup_type") else None,
            more.drop_off_type if more.HasField("drop_off_type") else None,
            self._told(call, "departure_occupancy_status"),
        )

    def _told(self, some: Any, field: str = "occupancy_status") -> str:
        """Name of an occupancy; empty where none is told."""
        code = getattr(some, field)
        is_told = some.HasField(field) and code != _NO_OCCUPANCY
        return str(self._occupancy(code)) if is_told else ""

    def _vehicle(self, entity: str, seen: Any) -> VehiclePosition:
        has = seen.HasField
        place = seen.position if has("position") else None
        return VehiclePosition(
            entity,
            self._trip(seen.trip),
            seen.vehicle.id,
            seen.timestamp or self.timestamp,
            place.longitude if place else None,
            place.latitude if place else None,
            place.bearing if place and place.HasField("bearing") else None,
            place.speed if place and place.HasField("speed") else None,
            seen.current_stop_sequence if has("current_stop_sequence") else None,
            seen.stop_id,
            self._status(seen.current_status),
            self._told(seen),
            seen.occupancy_percentage if has("occupancy_percentage") else None,
            tuple(
                self._carriage(car)
                for car in sorted(seen.multi_carriage_details, key=_place_in_train)
            ),
        )

    def _carriage(self, car: Any) -> Carriage:
        percent = car.occupancy_percentage if car.HasField("occupancy_percentage") else -1
        return Carriage(
            car.id,
            car.label,
            self._told(car),
            percent if percent >= 0 else None,
        )

    def _read_alert(self, entity: str, alert: Any) -> Alert:
        return Alert(
            entity,
            tuple((span.start or None, span.end or None) for span in alert.active_period),
            tuple(
                Informed(
                    told.agency_id,
                    told.route_id,
                    told.stop_id,
                    told.route_type if told.HasField("route_type") else None,
                    self._trip(told.trip) if told.HasField("trip") else None,
                    told.direction_id if told.HasField("direction_id") else None,
                )
                for told in alert.informed_entity
            ),
            self._alert.Cause.Name(alert.cause),
            self._alert.Effect.Name(alert.effect),
            self._alert.SeverityLevel.Name(alert.severity_level),
            *(_texts(texts) for texts in (alert.header_text, alert.description_text, alert.url)),
        )


def _texts(texts: Any) -> dict[str, str]:
    return {text.language: text.text for text in texts.translation}


def _new_stop(stop: Any) -> NewStop:
    if not (stop.stop_id and stop.HasField("stop_lat") and stop.HasField("stop_lon")):
        msg = f"stop '{stop.stop_id}' has no id or no place"
        raise ValueError(msg)
    if not (abs(stop.stop_lat) <= 90 and abs(stop.stop_lon) <= 180):
        msg = f"stop '{stop.stop_id}' lies at {stop.stop_lat},{stop.stop_lon}, which is no place"
        raise ValueError(msg)
    return NewStop(
        stop.stop_id,
        _texts(stop.stop_name),
        stop.stop_lat,
        stop.stop_lon,
        stop.zone_id,
        next(iter(_texts(stop.platform_code).values()), ""),
        stop.parent_station,
        stop.wheelchair_boarding,
    )


def _place_in_train(car: Any) -> int:
    return int(car.carriage_sequence)


def _modification(entity: str, told: Any) -> Modification:
    days = [_day(text) for text in told.service_dates]
    starts = [_clock(text) for text in told.start_times]
    return Modification(
        entity,
        tuple((trip, some.shape_id) for some in told.selected_trips for trip in some.trip_ids),
        tuple(start for start in starts if start is not None),
        tuple(day for day in days if day is not None),
        tuple(_detour(part) for part in told.modifications),
    )


def _detour(told: Any) -> Detour:
    end = told.end_stop_selector if told.HasField("end_stop_selector") else None
    return Detour(
        _stop_ref(told.start_stop_selector),
        None if end is None else _stop_ref(end),
        tuple((stop.travel_time_to_stop, stop.stop_id) for stop in told.replacement_stops),
        told.propagated_modification_delay,
    )


def _stop_ref(told: Any) -> StopRef:
    return StopRef(told.stop_sequence if told.HasField("stop_sequence") else None, told.stop_id)


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{8}", text):
        msg = f"start_date '{text}' is no date YYYYMMDD"
        raise ValueError(msg)
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _clock(text: str) -> int | None:
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    if found is None:
        msg = f"start_time '{text}' is no time HH:MM:SS"
        raise ValueError(msg)
    hours, minutes, seconds = (int(part) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
