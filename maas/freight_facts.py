"""What the checker of load plans needs of a region, read without the planner's tables."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cargo.check_facts import (
    Amounts,
    Facts,
    FleetFacts,
    HubFacts,
    Place,
    RuleFacts,
    TripFacts,
    TripKey,
)
from cargo.rules import TAXI_SHARE
from gtfs.clock import base_instant
from gtfs.modes import MODES
from maas.ledger import Ledger, SegmentKey
from maas.region_cargo import NO_BAY, Bay
from maas.region_file import DemandZone
from maas.region_fleets import TaxiFleet
from maas.region_parts import Area, clock_seconds
from maas.taxi import covers, inside

if TYPE_CHECKING:
    from maas.region import Region

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def facts_of(region: "Region", on: date, ledger: Ledger) -> Facts:
    """Collect the facts of one date."""
    region.check_date(on)
    base_epoch = base_instant(on, region.file.timezone)
    roads = region.roads_on(on)

    def trip(key: TripKey) -> TripFacts | None:
        return _trip(region, key, base_epoch)

    def used(key: TripKey, position: int) -> Amounts:
        amount = ledger.on(SegmentKey(key[0], date.fromisoformat(key[1]), key[2], position))
        return amount.kg, amount.litres, amount.pieces

    def booked(key: TripKey, position: int) -> frozenset[str]:
        return ledger.goods_on(SegmentKey(key[0], date.fromisoformat(key[1]), key[2], position))

    @cache  # several rules ask for the same round
    def table(name: str, places: tuple[Place, ...]) -> tuple[list[list[int]], list[list[int]]]:
        profile = name if name in roads.profiles else "car"
        lat, lon = ([place[axis] for place in places] for axis in (0, 1))
        pins = roads.pin(np.array(lon), np.array(lat), profile)
        seconds, metres = roads.many_to_many(pins, pins, profile)
        return seconds.tolist(), metres.tolist()

    def drive(name: str, places: Sequence[Place]) -> tuple[list[list[int]], list[list[int]]]:
        return table(name, tuple(places))

    return Facts(
        base_epoch, region.file.timezone, region.file.currency, region.file.synthetic,
        ledger.version, _hubs(region), _rules(region), _fleets(region, on), trip, used, drive,
        region.file.goods_apart,
        lambda key, rule, at: _seat_room(region, key, rule, at, base_epoch),
        region.file.class_hours, booked,
    )  # fmt: skip


def _platforms(region: "Region", stop_ids: Sequence[str]) -> frozenset[str]:
    """Ids of stops and of the platforms of stations among them."""
    stops = region.timetable.stops
    found = set(stop_ids)
    for stop, parent in enumerate(stops.parent.tolist()):
        if parent >= 0 and stops.id[parent] in stop_ids:
            found.add(stops.id[stop])
    return frozenset(found)


def _within(region: "Region", area: Area) -> frozenset[str]:
    """Ids of the stops that lie in an area."""
    stops = region.timetable.stops
    found = inside(area, np.asarray(stops.lat), np.asarray(stops.lon))
    return frozenset(stops.id[stop] for stop in np.flatnonzero(found).tolist())


def _room(bay: Bay) -> Amounts:
    return bay.kg, bay.litres, bay.pieces


def _span(hours: tuple[str, str]) -> tuple[int, int]:
    return clock_seconds(hours[0]), clock_seconds(hours[1])


def _hubs(region: "Region") -> dict[str, HubFacts]:
    return {
        hub.id: HubFacts(
            (hub.at.lat, hub.at.lon),
            _platforms(region, hub.stops),
            *_span(hub.hours),
            hub.handling,
            hub.storage_pieces,
            None if hub.staff is None else _span(hub.staff),
        )
        for hub in region.file.hubs
    }


def _rules(region: "Region") -> dict[str, RuleFacts]:
    return {
        rule.id: RuleFacts(
            _platforms(region, rule.stops) if rule.stops else None,
            _room(rule.bay),
            rule.bay.temperatures,
            _span(rule.departs),
            rule.handling,
            rule.price_per_piece,
            rule.permit,
            rule.bay.refuses,
            rule.bay.largest_box_cm,
            rule.attended,
            None if rule.area is None else _within(region, rule.area),
            rule.bay.max_value,
        )
        for rule in region.file.cargo
    }


def _fleets(region: "Region", on: date) -> dict[str, FleetFacts]:
    """Fleets that may be out on a date; those of zones as the zones are served."""
    found = {}
    for fleet in region.file.carriers:
        bay, begin, end = fleet.bay or NO_BAY, fleet.begins_at, fleet.ends_at
        facts = FleetFacts(
            fleet.kind, fleet.road_profile, (fleet.base.lat, fleet.base.lon),
            (begin.lat, begin.lon), (end.lat, end.lon), fleet.vehicles, *_span(fleet.hours),
            _room(bay), bay.temperatures, None, fleet.costs.per_km, fleet.costs.per_hour,
            fleet.costs.fixed, fleet.co2_g_per_km, bay.refuses, bay.largest_box_cm, fleet.skills,
            fleet.seats, fleet.wheelchair_places,
            tuple((*one.window, one.length) for one in fleet.breaks), max_value=bay.max_value,
        )  # fmt: skip
        if isinstance(fleet, TaxiFleet):
            half = max(1, int(fleet.vehicles * TAXI_SHARE))
            facts = replace(facts, radius_m=float(fleet.radius_m), vehicles=half)
        elif (zone := region.file.zone_of(fleet)) is not None:
            facts = _in_zone(facts, zone, on, region.file.holidays)
        found[fleet.id] = facts
    return found


def _kind_of_day(on: date, holidays: Sequence[date]) -> str:
    return "holiday" if on in holidays else _DAYS[on.weekday()]


def _in_zone(fleet: FleetFacts, zone: DemandZone, on: date, holidays: Sequence[date]) -> FleetFacts:
    """What a zone's area, days and hours leave of a fleet."""
    kind = _kind_of_day(on, holidays)
    runs = on in zone.dates if zone.dates is not None else kind in zone.days
    served = sorted(_span(window) for window in zone.windows or (zone.hours,))
    spans: list[tuple[int, int]] = []
    for opens, closes in served if runs else ():
        if spans and opens <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(closes, spans[-1][1])
        else:
            spans.append((opens, closes))
    inner = [(max(a, fleet.opens), min(b, fleet.closes)) for a, b in spans]
    return replace(
        fleet,
        vehicles=max(1, int(fleet.vehicles * TAXI_SHARE)),
        spans=tuple((a, b) for a, b in inner if a < b) or ((0, 0),),
        picks_up=lambda place: covers(zone.picks_up, *place),
        sets_down=lambda place: covers(zone.sets_down, *place),
    )


def _seat_room(
    region: "Region", key: TripKey, rule_id: str, at: int, base_epoch: int
) -> Amounts | None:
    """Room of the seats that are free after a position of a run; None where none are counted."""
    rule = next(rule for rule in region.file.cargo if rule.id == rule_id)
    trip, each = _trip(region, key, base_epoch), rule.free_seats
    if each is None or trip is None:
        return None
    line = region.timetable.lines.id.index(trip.line_id)
    seats, on = int(region.seats_of_line[line]), date.fromisoformat(key[1])
    kind = _kind_of_day(on, region.file.holidays)
    most = -1
    for forecast in region.file.forecasts:
        first, last = _span(forecast.departs)
        is_meant = trip.line_id in forecast.lines and kind in forecast.days
        is_meant = is_meant and (not forecast.trips or key[0] in forecast.trips)
        is_meant = is_meant and first <= trip.departure[at] <= last
        if forecast.stops:
            is_meant = is_meant and trip.stop_ids[at] in _platforms(region, forecast.stops)
        most = max(most, forecast.passengers if is_meant else -1)
    free = max(0, seats - (seats if most < 0 else most) - each.kept)
    return free * each.kg, free * each.litres, free * each.pieces


def _trip(region: "Region", key: TripKey, base_epoch: int) -> TripFacts | None:
    """One run of a trip, if it runs that day."""
    trip_id, service_date, start_time = key
    row = region.trip_of_run.get((trip_id, start_time))
    on = date.fromisoformat(service_date)
    table = region.timetable
    if row is None or not table.first_date <= on <= table.last_date:
        return None
    day = (on - table.first_date) // timedelta(days=1)
    if not table.services.runs[table.trips.service[row], day]:
        return None
    line = int(table.trips.line[row])
    zone = table.feeds[int(table.lines.feed[line])].timezone
    shift = base_instant(on, zone) - base_epoch
    span = slice(*(int(edge) for edge in table.trips.first_stop_time[row : row + 2]))
    stops = table.stop_times.stop[span].tolist()
    return TripFacts(
        line_id=table.lines.id[line],
        line_name=_line_name(region, line),
        mode=MODES[int(table.lines.mode[line])],
        stop_ids=tuple(table.stops.id[stop] for stop in stops),
        arrival=tuple((table.stop_times.arrival[span] + shift).tolist()),
        departure=tuple((table.stop_times.departure[span] + shift).tolist()),
        lat=tuple(float(table.stops.lat[stop]) for stop in stops),
        lon=tuple(float(table.stops.lon[stop]) for stop in stops),
        rules=frozenset(_rules_of(region, trip_id, table.lines.id[line], on)),
    )


def _line_name(region: "Region", line: int) -> str:
    lines = region.timetable.lines
    names = (names[line] for names in (lines.short_name, lines.long_name, lines.id))
    return next(name for name in names if name)


def _rules_of(region: "Region", trip_id: str, line_id: str, on: date) -> list[str]:
    """Cargo rules that take parcels on a run."""
    kind = _kind_of_day(on, region.file.holidays)
    return [
        rule.id
        for rule in region.file.cargo
        if line_id in rule.lines and kind in rule.days and (not rule.trips or trip_id in rule.trips)
    ]
