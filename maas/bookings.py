"""What an offered itinerary or chain takes of which trip segments.

Nothing here knows how bookings are kept. Every ride is looked up anew in the region that is asked,
so an offer that was made on another version of it either still holds as it was or is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cargo.company import kept_from
from maas.errors import MaasError
from maas.ledger import Amount, SegmentKey

if TYPE_CHECKING:
    from maas.region import Region

_NOT_ALLOWED = 1  # GTFS pickup_type and drop_off_type

Document = Mapping[str, Any]


class OutdatedError(MaasError, LookupError):
    """A trip of an offer does not run as the offer says."""

    def __init__(self, trip_id: str, service_date: str, problem: str) -> None:
        super().__init__(
            f"trip {trip_id} of {service_date} {problem}; the timetable has changed: ask again"
        )


class Claim(NamedTuple):
    """What a booking takes of one segment, and all that the segment has."""

    key: SegmentKey
    amount: Amount
    capacity: Amount
    goods: str = ""  # class of the goods
    apart: frozenset[str] = frozenset()  # classes that must not be there


class _Ride(NamedTuple):
    """A part of one run of a trip, found in the region."""

    trip: int  # row
    service_date: date
    board: int  # position
    alight: int  # position


def journey_claims(region: "Region", legs: Iterable[Document], party: int) -> list[Claim]:
    """Return the seats that `party` people take on the scheduled legs of an itinerary.

    Parameters
    ----------
    region
        Where the trips are looked up.
    legs
        Legs as `POST /v1/journeys` answers them; those without `trip_id` need no seat.
    party
        Number of people.

    Raises
    ------
    OutdatedError
        If a trip does not run that day, or not with these stops and times.
    """
    claims: list[Claim] = []
    for leg in legs:
        if "trip_id" in leg:
            ride = _passenger_ride(region, leg)
            seats = int(region.seats_of_line[region.timetable.trips.line[ride.trip]])
            claims += _claims(region, ride, Amount(seats=party), Amount(seats=seats))
    return claims


def chain_claims(
    region: "Region", chain: Iterable[Document], goods: Amount, kind: str = ""
) -> list[Claim]:
    """Return the cargo space that `goods` take on the scheduled steps of a chain.

    Parameters
    ----------
    region
        Where the trips and their bays are looked up.
    chain
        Steps as `POST /v1/shipments/quote` answers them; only those of kind `trip` take space.
    goods
        kg, litres and pieces.
    kind
        Class of the goods; it keeps others away that the region keeps apart from it.

    Raises
    ------
    OutdatedError
        If a trip does not run that day as the chain says, or takes no goods any more.
    """
    claims: list[Claim] = []
    apart = kept_from(kind, region.file.goods_apart)
    for step in chain:
        if step["kind"] == "trip":
            service_date = _checked_date(region, step)
            room = _bay(region, step, service_date)
            first, end = step["from"]["position"], step["to"]["position"]
            for position in range(first, end):
                key = SegmentKey(step["trip_id"], service_date, step["start_time"], position)
                claims.append(Claim(key, goods, room, kind, apart))
    return claims


def _claims(region: "Region", ride: _Ride, amount: Amount, capacity: Amount) -> Iterator[Claim]:
    trips = region.timetable.trips
    trip_id, start_time = trips.id[ride.trip], int(trips.start_time[ride.trip])
    for position in range(ride.board, ride.alight):
        key = SegmentKey(trip_id, ride.service_date, start_time, position)
        yield Claim(key, amount, capacity)


def _passenger_ride(region: "Region", leg: Document) -> _Ride:
    """Find the run of a leg by its trip id, stops and times."""
    stop_times, first = region.timetable.stop_times, region.timetable.trips.first_stop_time
    service_date = _checked_date(region, leg)
    for trip in _running(region, leg, service_date):
        for board, alight in _positions(region, trip, leg, service_date):
            at = int(first[trip])
            if (
                stop_times.pickup[at + board] != _NOT_ALLOWED
                and stop_times.drop_off[at + alight] != _NOT_ALLOWED
            ):
                return _Ride(trip, service_date, board, alight)
    raise _outdated(leg, "has no such ride")


def _bay(region: "Region", step: Document, service_date: date) -> Amount:
    """Room of the bay of a step's trip and rule, if it still calls as offered.

    What is used does not say of which rule: where several rules give a trip bays, all that it
    carries counts against each of them, here as in quotes. So no bay is ever overfull.
    """
    from maas.freight_network import freight_day

    day = freight_day(region, service_date)
    run = (step["trip_id"], service_date, step["start_time"], step["rule"])
    for trip in day.trips:
        if (trip.trip_id, trip.service_date, trip.start_time, trip.rule_id) == run:
            calls = {(call.position, call.stop_id): call for call in trip.calls}
            break
    else:
        raise _outdated(step, "does not run, or takes no goods any more")
    load, unload = (
        calls.get((step[end]["position"], step[end]["stop_id"])) for end in ("from", "to")
    )
    if (
        load is None
        or unload is None
        or load.departure + day.base_epoch != _instant(step["departure"])
        or unload.arrival + day.base_epoch != _instant(step["arrival"])
    ):
        raise _outdated(step, "has no such ride")
    return Amount(0, *trip.bay)


def _checked_date(region: "Region", ride: Document) -> date:
    service_date = date.fromisoformat(ride["service_date"])
    first, last = region.timetable.first_date, region.timetable.last_date
    if not first <= service_date <= last:
        raise _outdated(ride, "is outside the timetable")
    return service_date


def _running(region: "Region", ride: Document, service_date: date) -> Iterator[int]:
    """Rows of the trip's runs on the date; a trip without frequencies has one."""
    runs = _runs_of_trip(region).get(ride["trip_id"], [])
    timetable = region.timetable
    day = (service_date - timetable.first_date).days
    running = [trip for trip in runs if timetable.services.runs[timetable.trips.service[trip], day]]
    if not running:
        raise _outdated(ride, "does not run" if runs else "does not exist")
    yield from running


@lru_cache(maxsize=2)
def _runs_of_trip(region: "Region") -> dict[str, list[int]]:
    """Rows of each trip id: several where a trip repeats by frequency."""
    runs: dict[str, list[int]] = {}
    for trip, trip_id in enumerate(region.timetable.trips.id):
        runs.setdefault(trip_id, []).append(trip)
    return runs


def _positions(
    region: "Region", trip: int, ride: Document, service_date: date
) -> Iterator[tuple[int, int]]:
    """Pairs of positions where a run calls at both stops at the times of the ride."""
    timetable = region.timetable
    first = timetable.trips.first_stop_time
    span = slice(int(first[trip]), int(first[trip + 1]))
    base = _base_instant(region, trip, service_date)
    leaves = timetable.stop_times.departure[span] + base
    arrives = timetable.stop_times.arrival[span] + base
    stops = timetable.stop_times.stop[span]
    from_stop = region.stop_of_id.get(ride["from"]["stop_id"])
    to_stop = region.stop_of_id.get(ride["to"]["stop_id"])
    departure, arrival = _instant(ride["departure"]), _instant(ride["arrival"])
    boards = ((stops == from_stop) & (leaves == departure)).nonzero()[0].tolist()
    alights = ((stops == to_stop) & (arrives == arrival)).nonzero()[0].tolist()
    return ((board, alight) for board in boards for alight in alights if board < alight)


def _base_instant(region: "Region", trip: int, service_date: date) -> int:
    """Unix time that the times of a trip count from."""
    from gtfs.clock import base_instant

    timetable = region.timetable
    feed = int(timetable.lines.feed[int(timetable.trips.line[trip])])
    return base_instant(service_date, timetable.feeds[feed].timezone)


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _outdated(ride: Document, problem: str) -> OutdatedError:
    return OutdatedError(ride["trip_id"], ride["service_date"], problem)
