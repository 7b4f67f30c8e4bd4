"""What a feed says of a ride beyond stops and times: whom to ask, until when, how rough it is."""

from typing import TYPE_CHECKING, Any, NamedTuple

from gtfs.calls import Call, call_at
from maas.flex_zones import booking_of
from maas.taxi import book_by
from routing.layout import NONE

if TYPE_CHECKING:
    from gtfs.day import Day
    from gtfs.timetable import Timetable
    from maas.itinerary import Ridden
    from maas.local_clock import LocalClock

_ASKED = {2: "phone", 3: "driver"}  # pickup_type and drop_off_type


class Ends(NamedTuple):
    """The calls where a ride is boarded and left."""

    row_up: int  # stop time
    row_down: int
    up: Call | None
    down: Call | None


def may_be_special(timetable: "Timetable") -> bool:
    """Whether feeds say anything of any ride beyond stops and times; of most timetables none do."""
    times = timetable.stop_times
    return bool(
        timetable.calls.stop_time.size
        or max(times.pickup.max(initial=0), times.drop_off.max(initial=0)) >= min(_ASKED)
        or (timetable.trips.headway != NONE).any()
    )


def ends_of(day: "Day", ridden: "Ridden") -> Ends:
    """Return both ends of a ride as the timetable has them."""
    first = day.timetable.trips.first_stop_time.item(day.trip.item(ridden.day_trip))
    up = first + day.position_in_trip(ridden.day_trip, ridden.board)
    down = up + ridden.alight - ridden.board
    return Ends(up, down, call_at(day.timetable, up), call_at(day.timetable, down))


def ride_conditions(
    day: "Day", clock: "LocalClock", ridden: "Ridden", ends: Ends
) -> dict[str, Any]:
    """Return what is special about a ride; for most rides nothing is.

    `boarding` and `alighting` are whom to ask ("phone" the operator, or the "driver"), `booking`
    and `call_by` how and until when, `is_approximate` times that are not kept exactly, `headway_s`
    how often a trip comes that keeps its distance to the one before in place of times.
    """
    timetable, trip = day.timetable, day.trip.item(ridden.day_trip)
    up, down = ends.up, ends.down
    times = timetable.stop_times
    document: dict[str, Any] = {}
    if asked := _ASKED.get(times.pickup.item(ends.row_up)):
        document["boarding"] = asked
    if asked := _ASKED.get(times.drop_off.item(ends.row_down)):
        document["alighting"] = asked
    if (rule := _rule(up, down)) != NONE:
        document |= _booking(day, clock, ridden, rule)
    if (up is not None and up.is_approximate) or (down is not None and down.is_approximate):
        document["is_approximate"] = True
    headway = timetable.trips.headway.item(trip)
    if headway != NONE:
        document |= {"is_approximate": True, "headway_s": headway}
    return document


def _rule(up: Call | None, down: Call | None) -> int:
    """Booking rule of getting on, else of getting off."""
    if up is not None and up.pickup_rule != NONE:
        return up.pickup_rule
    return NONE if down is None else down.drop_off_rule


def _booking(day: "Day", clock: "LocalClock", ridden: "Ridden", rule: int) -> dict[str, Any]:
    booking = booking_of(day.timetable.booking, rule)
    leaves = int(day.times(ridden.day_trip)[1][ridden.board])
    by = clock.seconds(book_by(booking, clock.moment(leaves)))
    return {
        "call_by": clock.text(min(by, leaves)),
        "booking": {"message": booking.message, "phone": booking.phone, "url": booking.url},
    }
