"""Taxis and demand-responsive zones: where and when they come, and what they charge."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from maas.region_file import Booking, DemandZone
from maas.region_fleets import Meter, TaxiFleet
from maas.region_parts import Area, clock_seconds
from routing.geo import beeline_m
from routing.kernels.door_ways import Fleets
from routing.kernels.nearest_stops import bases_near
from routing.layout import BoolArray, Float64Array

DAY = 86_400
_DEGREE_M = 111_000.0  # a degree of latitude is longer
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def meter_fare(meter: Meter, driven_m: int, boarding: int) -> int:
    """Return what a taxi meter shows after a ride.

    The base fare covers the base distance; each begun step beyond adds a step fare. At night a
    Japanese meter does not raise the fares but shortens both distances by the night factor.

    Parameters
    ----------
    driven_m
        Distance with the passenger.
    boarding
        Wall-clock time of boarding in seconds after midnight; may pass a day.
    """
    factor = meter.night_factor if is_night(meter, boarding) else 1.0
    beyond = driven_m * factor - meter.base_distance_m
    steps = max(0, -int(-beyond // meter.step_distance_m))
    return meter.base_fare + meter.pickup_fee + steps * meter.step_fare


def is_night(meter: Meter, clock: int) -> bool:
    """Whether the night tariff holds at a wall-clock time."""
    start, end = _span(meter.night_from, meter.night_to)
    start, end, now = start % DAY, end % DAY, clock % DAY
    return start <= now < end if start <= end else now >= start or now < end


def is_within_hours(hours: tuple[str, str], clock: int) -> bool:
    """Whether a wall-clock time lies in opening hours, which may pass midnight."""
    start, end = _span(*hours)
    now = clock % DAY
    return start <= now < end or start <= now + DAY < end


@lru_cache(maxsize=1024)
def _span(opens: str, closes: str) -> tuple[int, int]:
    """Seconds that two HH:MM texts name; the same few texts are asked for again and again."""
    return clock_seconds(opens), clock_seconds(closes)


class Bases(NamedTuple):
    """Where the fleets of a region stand; each picks passengers up within its radius."""

    lat: Float64Array  # (n_fleets,) degrees
    lon: Float64Array  # (n_fleets,) degrees
    radius_m: Float64Array  # (n_fleets,)

    @classmethod
    def of(cls, fleets: Sequence[TaxiFleet]) -> "Bases":
        """Return the bases of fleets."""
        rows = [(fleet.base.lat, fleet.base.lon, fleet.radius_m) for fleet in fleets]
        return cls(*np.array(rows, np.float64).reshape(-1, 3).T.copy())

    def near(self, lat: float, lon: float, beyond_m: float = 0) -> list[int]:
        """Fleets within whose radius a place lies, or so little beyond."""
        near = np.empty(self.lat.size, np.int32)
        n_near = bases_near(*self, float(lat), float(lon), float(beyond_m), near)
        found: list[int] = near[:n_near].tolist()
        return found

    def cover(self, lat: Float64Array, lon: Float64Array) -> BoolArray:
        """Which places, (n_places,), lie within each radius: (n_fleets, n_places)."""
        metres = beeline_m(lon, lat, self.lon[:, None], self.lat[:, None])
        return metres <= self.radius_m[:, None]


def charges(fleets: Sequence[TaxiFleet], covers: BoolArray) -> Fleets:
    """Return what fleets charge by day, and the stops, (n_fleets, n_stops), where they take up."""
    meters = [fleet.meter for fleet in fleets]
    return Fleets(
        np.array([fleet.pickup_wait for fleet in fleets], np.int32),
        np.array([fleet.seats for fleet in fleets], np.int32),
        np.array([meter.base_fare + meter.pickup_fee for meter in meters], np.int64),
        np.array([meter.base_distance_m for meter in meters], np.int32),
        np.array([meter.step_fare for meter in meters], np.int64),
        np.array([meter.step_distance_m for meter in meters], np.int32),
        covers,
    )


def runs_on(zone: DemandZone, day: date, holidays: Iterable[date]) -> bool:
    """Whether a zone is served on a date; a holiday counts as no weekday."""
    if zone.dates is not None:
        return day in zone.dates
    kind = "holiday" if day in frozenset(holidays) else _WEEKDAYS[day.weekday()]
    return kind in zone.days


def is_open(zone: DemandZone, clock: int) -> bool:
    """Whether a zone is served at a wall-clock time."""
    return any(is_within_hours(hours, clock) for hours in zone.windows or (zone.hours,))


def until_open(zone: DemandZone, moment: datetime) -> int:
    """Return the seconds from a local time until a zone is served again, at most a day later."""
    now = moment.hour * 3600 + moment.minute * 60 + moment.second
    starts = (clock_seconds(opens) for opens, _ in zone.windows or (zone.hours,))
    return min((start - now) % DAY for start in starts)


def book_by(booking: Booking, boarding: datetime) -> datetime:
    """Return until when a ride at a local time has to be booked."""
    if booking.kind == "same_day":
        return boarding - timedelta(seconds=booking.notice)
    if booking.kind == "days_before":
        last = datetime.combine(boarding.date(), time(), boarding.tzinfo)
        last -= timedelta(days=booking.last_day)
        return last + timedelta(seconds=clock_seconds(booking.last_time))
    return boarding


def covers(area: Area, lat: float, lon: float) -> bool:
    """Whether a place lies in an area, as `inside` tells it."""
    south, north, west, east = area.frame
    is_in, is_near_rings = False, south <= lat <= north and west <= lon <= east
    if not (is_near_rings or area.points):
        return False
    for ring in area.rings if is_near_rings else ():
        for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (lat_a > lat) != (lat_b > lat):
                is_in ^= lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
    near = [point for point in area.points if abs(point[0] - lat) * _DEGREE_M <= area.radius_m]
    if is_in or not near:
        return is_in
    at_lat, at_lon = np.array(near).T
    metres = beeline_m(np.array([lon]), np.array([lat]), at_lon, at_lat)
    return bool((metres <= area.radius_m).any())


def inside(area: Area, lat: Float64Array, lon: Float64Array) -> BoolArray:
    """Which places lie in an area: by the even-odd rule in its rings, or near its points."""
    found = np.zeros(lat.size, np.bool_)
    for ring in area.rings:
        corners = np.array(ring)
        for (lat_a, lon_a), (lat_b, lon_b) in zip(corners, np.roll(corners, -1, 0), strict=True):
            if lat_a != lat_b:
                between = (lat_a > lat) != (lat_b > lat)
                crossing = lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
                found ^= between & (lon < crossing)
    if area.points:
        at_lat, at_lon = np.array(area.points).T
        for k in range(at_lat.size):
            metres = beeline_m(lon, lat, at_lon[k : k + 1], at_lat[k : k + 1])
            found |= metres <= area.radius_m
    return found
