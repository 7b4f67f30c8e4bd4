"""Trips that are not in the timetable: added, replaced and doubled ones get rows of their own."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gtfs.realtime.messages import SKIPPED, Call
from gtfs.tables import ServiceTable, ShapeTable, StopTimeTable, TripTable, longer, readonly
from gtfs.timetable import Timetable
from gtfs.trips import NO_DIRECTION
from routing.geo import along_m
from routing.kernels import timetable_times as kernels
from routing.layout import NONE, Float64Array, Int32Array, UInt8Array

_BLANK = -1
_PERMISSIONS = ("pickup", "drop_off")
Points = tuple[Float64Array, Float64Array]  # lon, lat, degrees


class Ride(NamedTuple):
    """Stop times of one new trip; times count from the base instant of its service date."""

    stop: Int32Array
    arrival: Int32Array
    departure: Int32Array
    sequence: Int32Array
    pickup: UInt8Array
    drop_off: UInt8Array


class NewTrip(NamedTuple):
    """A row to be added to the timetable."""

    trip_id: str  # feed:trip_id
    line: int
    template: int  # trip whose names and line it has, or NONE
    shape: int  # NONE for straight lines; from the number of all shapes on, one of the added ones
    headsign: str
    ride: Ride


def ride_of(calls: Sequence[Call], stop_of_id: dict[str, int], base: int) -> Ride | str:
    """Make stop times of a trip that is told by its calls alone, or say what is wrong with it."""
    served = [call for call in calls if call.relationship != SKIPPED]
    stops = [stop_of_id.get(call.platform_id or call.stop_id, NONE) for call in served]
    if NONE in stops:
        return "unknown_stop"
    if len(served) < 2:
        return "too_few_stops"
    arrival = np.array([_since(base, call.arrival) for call in served], np.int32)
    departure = np.array([_since(base, call.departure) for call in served], np.int32)
    n = len(served)
    verdict = np.zeros(1, np.uint8)
    kernels.fill_times(np.array([0, n], np.int32), np.full(n, np.nan), arrival, departure, verdict)
    if verdict[0] == kernels.OPEN_END:
        return "without_times"
    both = np.maximum.accumulate(np.stack([arrival, departure], axis=1).ravel()).astype(np.int32)
    pickup, drop_off = ([getattr(call, name) or 0 for call in served] for name in _PERMISSIONS)
    sequence = [k if call.sequence is None else call.sequence for k, call in enumerate(served)]
    return Ride(
        np.array(stops, np.int32),
        both[::2],
        both[1::2],
        np.array(sequence, np.int32),
        np.array(pickup, np.uint8),
        np.array(drop_off, np.uint8),
    )


def _since(base: int, time: int | None) -> int:
    """Seconds after `base`; blank where unknown, or before it or a week after it."""
    if time is None or not 0 <= time - base < 7 * 86_400:
        return _BLANK
    return time - base


def shape_of(timetable: Timetable, trip: int) -> int:
    """Shape of a trip; `NONE` where there is none, and for no trip."""
    return NONE if trip == NONE else int(timetable.trips.shape[trip])


def shifted_ride(timetable: Timetable, trip: int, shift: int) -> Ride:
    """Stop times of a trip, later by `shift` seconds."""
    first, end = timetable.trips.first_stop_time[trip : trip + 2]
    times = timetable.stop_times
    return Ride(
        times.stop[first:end],
        times.arrival[first:end] + np.int32(shift),
        times.departure[first:end] + np.int32(shift),
        times.sequence[first:end],
        times.pickup[first:end],
        times.drop_off[first:end],
    )


def extended(
    timetable: Timetable, trips: Sequence[NewTrip], shapes: Sequence[Points] = ()
) -> Timetable:
    """Return the timetable with `trips` after all others; by its calendar they never run.

    Parameters
    ----------
    shapes
        Lines that only these trips follow.
    """
    if not trips:
        return timetable
    runs = timetable.services.runs
    never = np.zeros((1, runs.shape[1]), np.uint8)
    return dataclasses.replace(
        timetable,
        trips=_trips(timetable, trips, service=runs.shape[0]),
        stop_times=_stop_times(timetable.stop_times, trips),
        services=ServiceTable(readonly(np.concatenate([runs, never]), np.uint8)),
        shapes=_shapes(timetable.shapes, shapes) if shapes else timetable.shapes,
    )


def _headsign(timetable: Timetable, trip: NewTrip) -> str:
    """Headsign of the update, else of the template, else the name of the last stop."""
    if trip.headsign or trip.template == NONE:
        return trip.headsign or timetable.stops.name[int(trip.ride.stop[-1])]
    return timetable.trips.headsign[trip.template]


def _trips(timetable: Timetable, trips: Sequence[NewTrip], service: int) -> TripTable:
    old = timetable.trips
    templates = [trip.template for trip in trips]
    english = [
        old.headsign_en[template] if template != NONE and not trip.headsign else ""
        for trip, template in zip(trips, templates, strict=True)
    ]
    names = [old.short_name[template] if template != NONE else "" for template in templates]
    n = len(trips)
    ends = old.first_stop_time[-1] + np.cumsum([trip.ride.stop.size for trip in trips])
    return TripTable(
        old.id.plus(trip.trip_id for trip in trips),
        old.headsign.plus(_headsign(timetable, trip) for trip in trips),
        old.headsign_en.plus(english),
        old.short_name.plus(names),
        longer(old.line, [trip.line for trip in trips]),
        longer(old.service, [service] * n),
        longer(old.shape, [trip.shape for trip in trips]),
        longer(old.block, [NONE] * n),
        longer(old.start_time, [int(trip.ride.departure[0]) for trip in trips]),
        longer(old.first_stop_time, ends),
        wheelchair=_flags(old.wheelchair, templates),
        bikes=_flags(old.bikes, templates),
        cars=_flags(old.cars, templates),
        direction=_flags(old.direction, templates, NO_DIRECTION),
        headway=longer(old.headway, [NONE] * n),
    )


def _flags(old: npt.NDArray[Any], templates: Sequence[int], unknown: int = 0) -> npt.NDArray[Any]:
    """Column that new trips take over from their templates; unknown without one."""
    return longer(old, [int(old[row]) if row != NONE else unknown for row in templates])


def _stop_times(old: StopTimeTable, trips: Sequence[NewTrip]) -> StopTimeTable:
    return StopTimeTable(
        *(
            longer(getattr(old, name), np.concatenate([getattr(t.ride, name) for t in trips]))
            for name in StopTimeTable._fields
        )
    )


def _shapes(old: ShapeTable, more: Sequence[Points]) -> ShapeTable:
    ends = int(old.first_point[-1]) + np.cumsum([lon.size for lon, _ in more])
    along = [along_m(lon, lat) for lon, lat in more]
    return ShapeTable(
        longer(old.first_point, ends),
        longer(old.lon, np.concatenate([lon for lon, _ in more])),
        longer(old.lat, np.concatenate([lat for _, lat in more])),
        longer(old.distance_m, np.concatenate(along)),
    )
