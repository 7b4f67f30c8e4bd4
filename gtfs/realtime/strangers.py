"""Vehicles and alerts that name what the timetable does not have, by reason."""

from collections.abc import Iterator

from gtfs.realtime.draft import Report
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import Informed, Message, TripRef

_NAMELESS = ("alert_without_selector", "an alert")


def count_strangers(message: Message, matcher: Matcher, report: Report) -> None:
    """Count, in `report`, the vehicles and alerts of a message that can stand on no leg.

    An alert does so if none of its selectors can; added trips are known by the message itself.
    """
    added = {update.trip.trip_id for update in message.updates}
    added |= {update.copy.trip_id for update in message.updates if update.copy is not None}
    for vehicle in message.vehicles:
        for reason, what in _of_trip(vehicle.trip, matcher, added):
            report.miss(reason, f"entity '{vehicle.entity}', {what}")
    for alert in message.alerts:
        found = [next(_of_selector(told, matcher, added), None) for told in alert.informed]
        missed = [one for one in found if one is not None]
        if len(missed) == len(found):
            reason, what = missed[0] if missed else _NAMELESS
            report.miss(reason, f"entity '{alert.entity}', {what}")


def _of_trip(trip: TripRef, matcher: Matcher, added: set[str]) -> Iterator[tuple[str, str]]:
    """Yield why a trip is unknown, if it is."""
    if trip.trip_id:
        if trip.trip_id not in matcher.runs_of_id and trip.trip_id not in added:
            yield "unknown_trip", f"trip '{trip.trip_id}'"
    elif trip.line_id:
        if trip.line_id not in matcher.line_of_id:
            yield "unknown_line", f"line '{trip.line_id}'"
    else:
        yield "trip_not_named", "a vehicle"


def _of_selector(told: Informed, matcher: Matcher, added: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what a selector names that is unknown."""
    if told.trip is not None and (told.trip.trip_id or told.trip.line_id):
        yield from _of_trip(told.trip, matcher, added)
    if told.line_id and told.line_id not in matcher.line_of_id:
        yield "unknown_line", f"line '{told.line_id}'"
    if told.stop_id and told.stop_id not in matcher.stop_of_id:
        yield "unknown_stop", f"stop '{told.stop_id}'"
    if told.agency_id and not {"", told.agency_id} & matcher.agencies:
        yield "unknown_agency", f"agency '{told.agency_id}'"
    if not any(told[:3]) and told.trip is None and (told.route_type, told.direction) == (None,) * 2:
        yield _NAMELESS
