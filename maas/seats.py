"""Seats that are left on a ride."""

from typing import TYPE_CHECKING

from maas.ledger import Ledger, SegmentKey

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.itinerary import Ridden
    from maas.region import Region


def seats_left(region: "Region", day: "Day", ridden: "Ridden", ledger: Ledger | None) -> int:
    """Return the seats that are free on all segments of a ride; never below zero."""
    trips = day.timetable.trips
    trip = day.trip.item(ridden.day_trip)
    seats = region.seats_of_line.item(trips.line.item(trip))
    if ledger is None or not ledger.used:
        return seats
    trip_id, start_time = trips.id[trip], trips.start_time.item(trip)
    service_date = day.service_date(ridden.day_trip)
    first = day.position_in_trip(ridden.day_trip, ridden.board)
    keys = (
        SegmentKey(trip_id, service_date, start_time, position)
        for position in range(first, first + ridden.alight - ridden.board)
    )
    return max(0, seats - max(ledger.on(key).seats for key in keys))
