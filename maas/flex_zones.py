"""Demand-responsive services of GTFS-Flex feeds → zones of the region.

Services of one line that differ only in their hours become one zone with several windows. Fares are
not known, and seats and vehicles are not in the feeds: a booking rule decides, not our count.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from gtfs.booking_rules import DAYS_BEFORE, REAL_TIME, SAME_DAY
from gtfs.tables import BookingTable
from gtfs.timetable import Timetable
from maas.region_file import Booking, DemandZone
from maas.region_parts import Area
from routing.layout import NONE

_KINDS = {REAL_TIME: "any_time", SAME_DAY: "same_day", DAYS_BEFORE: "days_before"}
_WAIT = 1200  # s, estimated: a vehicle that may be called at any time
_WAIT_BOOKED = 0  # s: one that was booked comes at the booked time
_NEAR_STOP_M = 150
_KEY = (
    "line",
    "service",
    "from_zone",
    "from_stop",
    "to_zone",
    "to_stop",
    "pickup_rule",
    "drop_off_rule",
    "factor",
    "offset",
)


def flex_zones(timetable: Timetable) -> list[DemandZone]:
    """Return the zones of all feeds, in the order of their services."""
    flex = timetable.flex
    windows: defaultdict[tuple[float, ...], set[tuple[int, int]]] = defaultdict(set)
    keys = zip(*(getattr(flex, name).tolist() for name in _KEY), strict=True)
    for row, key in enumerate(keys):
        windows[key].add((int(flex.start[row]), int(flex.end[row])))
    zones = []
    for number, (key, spans) in enumerate(windows.items()):
        zones.append(_zone(timetable, number, key, sorted(spans)))
    return [zone for zone in zones if zone.dates]


def _zone(
    timetable: Timetable, number: int, key: tuple[float, ...], spans: list[tuple[int, int]]
) -> DemandZone:
    line, service, from_zone, from_stop, to_zone, to_stop, up, down = (int(n) for n in key[:8])
    lines = timetable.lines
    start, goal = (_area(timetable, *end) for end in ((from_zone, from_stop), (to_zone, to_stop)))
    rule = down if up == NONE else up
    booking = None if rule == NONE else booking_of(timetable.booking, rule)
    clocks = [(_clock(first), _clock(max(last, first + 60))) for first, last in spans]
    days = np.flatnonzero(timetable.services.runs[service]).tolist()
    return DemandZone(
        id=f"{lines.id[line]}/{number}",
        name=lines.long_name[line] or lines.short_name[line],
        name_en=lines.name_en[line],
        area=start,
        to_area=None if start == goal else goal,
        hours=(clocks[0][0], clocks[-1][1]),
        windows=tuple(clocks),
        dates=tuple(timetable.first_date + timedelta(days=day) for day in days),
        wait=_WAIT if booking is None or booking.kind == "any_time" else _WAIT_BOOKED,
        detour=key[8],
        offset=int(key[9]),
        fare=None,
        booking=booking,
        line=lines.id[line],
    )


def _area(timetable: Timetable, zone: int, stop: int) -> Area:
    """Rings of a zone, or the surroundings of its stops or of a single one."""
    zones, rings = timetable.zones, timetable.rings
    if zone == NONE:
        return Area(points=tuple(_points(timetable, [stop])), radius_m=_NEAR_STOP_M)
    first, end = zones.first_ring[zone : zone + 2].tolist()
    corners = []
    for ring in range(first, end):
        span = slice(*rings.first_point[ring : ring + 2].tolist())
        lat, lon = np.round(rings.lat[span], 6), np.round(rings.lon[span], 6)
        corners.append(tuple(zip(lat.tolist(), lon.tolist(), strict=True)))
    members = timetable.zone_stops.stop[slice(*zones.first_stop[zone : zone + 2].tolist())]
    points = tuple(_points(timetable, members.tolist()))
    return Area(rings=tuple(corners), points=points, radius_m=_NEAR_STOP_M)


def _points(timetable: Timetable, stops: list[int]) -> Iterator[tuple[float, float]]:
    """Places of stops that have one."""
    for stop in stops:
        lat, lon = float(timetable.stops.lat[stop]), float(timetable.stops.lon[stop])
        if not np.isnan(lat):
            yield round(lat, 6), round(lon, 6)


def booking_of(rules: BookingTable, rule: int) -> Booking:
    """Return a booking rule of a feed as planning has it."""
    last_time = int(rules.last_time[rule])
    return Booking.model_validate(
        {
            "kind": _KINDS[int(rules.kind[rule])],
            "notice": max(0, int(rules.notice_min[rule])),
            "last_day": max(0, int(rules.last_day[rule])),
            "last_time": "24:00" if last_time == NONE else _clock(last_time),
            "message": rules.pickup_message[rule] or rules.message[rule],
            "phone": rules.phone[rule],
            "url": rules.booking_url[rule] or rules.info_url[rule],
        }
    )


def _clock(seconds: int) -> str:
    return f"{min(seconds // 3600, 99):02}:{seconds // 60 % 60:02}"
