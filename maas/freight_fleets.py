"""Region file and date → the vehicles that can carry parcels, in the hours of the date."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise

from cargo.network import Fleet, Room, TimeOff
from cargo.rules import TAXI_SHARE
from maas.region_cargo import NO_BAY, Bay
from maas.region_file import DemandZone, RegionFile
from maas.region_fleets import TaxiFleet, Vehicles
from maas.region_parts import Point, clock_seconds
from maas.taxi import inside, runs_on

Span = tuple[int, int]  # from and until, s
AMPLE = 900  # s; no vehicle stands longer at a place before its driver can have a break


def fleets_of(file: RegionFile, on: date) -> Iterator[Fleet]:
    """All vehicles, with or without a bay; those of a zone have no shift where it is not served."""
    for fleet in file.carriers:
        zone, found = file.zone_of(fleet), _fleet(fleet)
        if zone is None:
            yield found
        else:
            yield _of_zone(found, zone, is_served=runs_on(zone, on, file.holidays))


def _fleet(fleet: Vehicles) -> Fleet:
    bay = fleet.bay if fleet.bay is not None and fleet.bay.pieces and fleet.bay.kg else NO_BAY
    is_taxi = isinstance(fleet, TaxiFleet)
    return Fleet(
        fleet.id, fleet.name or fleet.name_en or fleet.id, fleet.kind, fleet.road_profile,
        fleet.base.lat, fleet.base.lon, _shared(fleet.vehicles) if is_taxi else fleet.vehicles,
        *span_of(fleet.hours), room_of(bay), bay.temperatures,
        fleet.radius_m if isinstance(fleet, TaxiFleet) else None, fleet.costs.per_km,
        fleet.costs.per_hour, fleet.costs.fixed, fleet.co2_g_per_km, fleet.seats,
        fleet.wheelchair_places, refuses=bay.refuses, largest_box=bay.largest_box_cm,
        max_value=bay.max_value,
        skills=fleet.skills,
        breaks=tuple(TimeOff(*one.window, one.length) for one in fleet.breaks),
        start=_place(fleet.start), end=_place(fleet.end),
    )  # fmt: skip


def _place(point: Point | None) -> tuple[float, float] | None:
    return None if point is None else (point.lat, point.lon)


def _shared(vehicles: int) -> int:
    """How many vehicles may carry parcels at once where passengers call them."""
    return max(1, int(vehicles * TAXI_SHARE))


def _of_zone(fleet: Fleet, zone: DemandZone, *, is_served: bool) -> Fleet:
    """A bus in the area and the hours of a zone; between its windows it stands still."""
    spans = list(_spans(zone, fleet))
    if not spans or not is_served:
        return replace(fleet, closes=fleet.opens)
    gaps = (TimeOff(one[1], other[0], other[0] - one[1]) for one, other in pairwise(spans))
    kept = (found for off in fleet.breaks if (found := _still_needed(off, spans)) is not None)
    return replace(
        fleet,
        vehicles=_shared(fleet.vehicles),
        opens=spans[0][0],
        closes=spans[-1][1],
        breaks=tuple(sorted([*gaps, *kept])),
        picks_up=partial(inside, zone.picks_up),
        sets_down=partial(inside, zone.sets_down),
    )


def _spans(zone: DemandZone, fleet: Fleet) -> Iterator[Span]:
    """When a zone is served while a fleet is at work; windows that touch are one."""
    begin = end = -1
    for window in sorted(map(span_of, zone.windows or (zone.hours,))):
        opens, closes = max(window[0], fleet.opens), min(window[1], fleet.closes)
        if opens >= closes:
            continue
        if opens > end:
            if begin < end:
                yield begin, end
            begin = opens
        end = max(end, closes)
    if begin < end:
        yield begin, end


def _still_needed(off: TimeOff, spans: Sequence[Span]) -> TimeOff | None:
    """A break beside the times at which a zone is not served; None where one of them is as long.

    Where no single span has ample room for it, it begins with its window.
    """
    inner = [(max(off.opens, a), min(off.closes, b)) for a, b in spans]
    inner = [(a, b) for a, b in inner if a < b]
    edges = [off.opens, *(edge for span in inner for edge in span), off.closes]
    if any(b - a >= off.length for a, b in zip(edges[::2], edges[1::2], strict=True)):
        return None
    if any(b - a >= off.length + AMPLE for a, b in inner):
        return off
    return TimeOff(off.opens, off.opens + off.length, off.length)


def span_of(hours: tuple[str, str]) -> Span:
    """Seconds of two clock times."""
    return clock_seconds(hours[0]), clock_seconds(hours[1])


def room_of(bay: Bay) -> Room:
    """Room of a bay."""
    return Room(bay.kg, bay.litres, bay.pieces)
