"""What a feed says of a ride beyond stops and times: whom to ask, until when, how rough it is."""

from typing import TYPE_CHECKING, Any

from gtfs.calls import Call, call_at
from maas.flex_zones import booking_of
from maas.taxi import book_by
from routing.layout import NONE

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.itinerary import Ridden
    from maas.local_clock import LocalClock

_ASKED = {2: "phone", 3: "driver"}  # pickup_type and drop_off_type


def ride_conditions(day: "Day", clock: "LocalClock", ridden: "Ridden") -> dict[str, Any]:
    """Return what is special about a ride; for most rides nothing is.

    `boarding` and `alighting` are whom to ask ("phone" the operator, or the "driver"), `booking`
    and `call_by` how and until when, `is_approximate` times that are not kept exactly, `headway_s`
    how often a trip comes that keeps its distance to the one before in place of times.
    """
    timetable, trip = day.timetable, int(day.trip[ridden.day_trip])
    rows = [_row(day, ridden.day_trip, position) for position in (ridden.board, ridden.alight)]
    up, down = (call_at(timetable, row) for row in rows)
    times = timetable.stop_times
    document: dict[str, Any] = {}
    if asked := _ASKED.get(int(times.pickup[rows[0]])):
        document["boarding"] = asked
    if asked := _ASKED.get(int(times.drop_off[rows[1]])):
        document["alighting"] = asked
    document |= _booking(day, clock, ridden, _rule(up, down))
    if any(call is not None and call.is_approximate for call in (up, down)):
        document["is_approximate"] = True
    headway = int(timetable.trips.headway[trip])
    if headway != NONE:
        document |= {"is_approximate": True, "headway_s": headway}
    return document


def sign_of(day: "Day", ridden: "Ridden") -> int:
    """Row of the headsign that holds where a ride is boarded; `NONE` for that of the trip."""
    call = call_at(day.timetable, _row(day, ridden.day_trip, ridden.board))
    return NONE if call is None else call.headsign


def _row(day: "Day", day_trip: int, position: int) -> int:
    """Stop time of a call of a day trip."""
    first = day.timetable.trips.first_stop_time[day.trip[day_trip]]
    return int(first) + day.position_in_trip(day_trip, position)


def _rule(up: Call | None, down: Call | None) -> int:
    """Booking rule of getting on, else of getting off."""
    rules = [NONE if up is None else up.pickup_rule, NONE if down is None else down.drop_off_rule]
    return next((rule for rule in rules if rule != NONE), NONE)


def _booking(day: "Day", clock: "LocalClock", ridden: "Ridden", rule: int) -> dict[str, Any]:
    if rule == NONE:
        return {}
    booking = booking_of(day.timetable.booking, rule)
    leaves = int(day.times(ridden.day_trip)[1][ridden.board])
    by = clock.seconds(book_by(booking, clock.moment(leaves)))
    return {
        "call_by": clock.text(min(by, leaves)),
        "booking": {"message": booking.message, "phone": booking.phone, "url": booking.url},
    }
