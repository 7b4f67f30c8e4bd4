"""What the checker of load plans needs of a region, read without the planner's tables."""

from collections.abc import Sequence
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
from maas.region_file import Costs
from maas.region_parts import Area, Crewed, clock_seconds
from maas.taxi import inside

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
    def table(kind: str, places: tuple[Place, ...]) -> tuple[list[list[int]], list[list[int]]]:
        profile = kind if kind in roads.profiles else "car"
        lat, lon = ([place[axis] for place in places] for axis in (0, 1))
        pins = roads.pin(np.array(lon), np.array(lat), profile)
        seconds, metres = roads.many_to_many(pins, pins, profile)
        return seconds.tolist(), metres.tolist()

    def drive(kind: str, places: Sequence[Place]) -> tuple[list[list[int]], list[list[int]]]:
        return table(kind, tuple(places))

    return Facts(
        base_epoch, region.file.timezone, region.file.currency, region.file.synthetic,
        ledger.version, _hubs(region), _rules(region), _fleets(region), trip, used, drive,
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
        )
        for rule in region.file.cargo
    }


def _breaks(fleet: Crewed) -> tuple[tuple[int, int, int], ...]:
    return tuple(
        (clock_seconds(one.from_), clock_seconds(one.until), one.length) for one in fleet.breaks
    )


def _fleets(region: "Region") -> dict[str, FleetFacts]:
    def rates(costs: Costs) -> tuple[float, float, float]:
        return costs.per_km, costs.per_hour, costs.fixed

    found = {
        van.id: FleetFacts(
            "van", (van.base.lat, van.base.lon), van.vehicles, *_span(van.hours), _room(van.bay),
            van.bay.temperatures, None, *rates(van.costs), van.co2_g_per_km, van.bay.refuses,
            van.bay.largest_box_cm, van.skills, breaks=_breaks(van),
        )
        for van in region.file.vans
    }  # fmt: skip
    for taxi in region.file.taxis:
        bay = taxi.bay or NO_BAY
        found[taxi.id] = FleetFacts(
            "taxi", (taxi.base.lat, taxi.base.lon), max(1, int(taxi.vehicles * TAXI_SHARE)),
            *_span(taxi.hours), _room(bay), bay.temperatures, float(taxi.radius_m),
            *rates(taxi.costs), taxi.co2_g_per_km, bay.refuses, bay.largest_box_cm, taxi.skills,
            taxi.seats, taxi.wheelchair_places, _breaks(taxi),
        )  # fmt: skip
    return found


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
    kind = "holiday" if on in region.file.holidays else _DAYS[on.weekday()]
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
    kind = "holiday" if on in region.file.holidays else _DAYS[on.weekday()]
    return [
        rule.id
        for rule in region.file.cargo
        if line_id in rule.lines and kind in rule.days and (not rule.trips or trip_id in rule.trips)
    ]
