"""GTFS-Realtime messages as plain tuples.

Missing numbers are `None`, missing texts are empty. Unix times are in seconds.
"""

import datetime as dt
from typing import NamedTuple

from gtfs.errors import GtfsError


class RealtimeError(GtfsError, ValueError):
    """Bytes are no GTFS-Realtime message."""

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(
            f"{source}: no GTFS-Realtime message ({problem}); "
            "name a protobuf feed of version 1 or 2, not its JSON or an error page"
        )


class TripRef(NamedTuple):
    """Which trip an entity is about, in the words of the feed."""

    trip_id: str
    line_id: str
    start_date: dt.date | None
    start_time: int | None  # s after the base instant of the service date
    relationship: str  # SCHEDULED, ADDED, CANCELED, ...
    direction: int | None = None  # direction_id
    is_modified: bool = False  # the trip after its detours is meant, not that of the feed


class Call(NamedTuple):
    """A stop time update."""

    sequence: int | None
    stop_id: str
    arrival: int | None  # Unix time
    arrival_delay: int | None  # s
    departure: int | None  # Unix time
    departure_delay: int | None  # s
    relationship: int  # SCHEDULED, SKIPPED, NO_DATA, UNSCHEDULED
    platform_id: str  # another stop that is served in place of `stop_id`
    pickup: int | None = None  # GTFS pickup_type that holds in place of the timetable's
    drop_off: int | None = None
    occupancy: str = ""  # how full it will leave; as of vehicles


SCHEDULED, SKIPPED, NO_DATA, UNSCHEDULED = range(4)  # of calls


class TripUpdate(NamedTuple):
    """What happens to one trip."""

    entity: str
    trip: TripRef
    timestamp: int  # Unix time of the observation
    delay: int | None  # s, of the whole trip
    calls: tuple[Call, ...]
    copy: TripRef | None  # the trip that a DUPLICATED one makes
    headsign: str


class Carriage(NamedTuple):
    """How full one car of a train is."""

    id: str
    label: str
    occupancy: str  # as of the whole vehicle; empty if not told
    percent: int | None


class VehiclePosition(NamedTuple):
    """Where a vehicle is and how full."""

    entity: str
    trip: TripRef
    vehicle_id: str
    timestamp: int
    lon: float | None
    lat: float | None
    bearing: float | None
    speed: float | None  # m/s
    sequence: int | None  # of the current stop
    stop_id: str
    status: str  # INCOMING_AT, STOPPED_AT, IN_TRANSIT_TO
    occupancy: str  # MANY_SEATS_AVAILABLE, FULL, ...; empty if not told
    occupancy_percent: int | None
    carriages: tuple[Carriage, ...] = ()  # from the front of the train


class Informed(NamedTuple):
    """What an alert is about; all that is given must hold."""

    agency_id: str
    line_id: str
    stop_id: str
    route_type: int | None
    trip: TripRef | None
    direction: int | None  # direction_id


class Alert(NamedTuple):
    """A notice to passengers."""

    entity: str
    active: tuple[tuple[int | None, int | None], ...]  # Unix times; none = always
    informed: tuple[Informed, ...]
    cause: str
    effect: str
    severity: str
    header: dict[str, str]  # text by language, "" where none is named
    description: dict[str, str]
    url: dict[str, str]

    def is_active(self, since: int, until: int) -> bool:
        """Whether the alert holds at some time of a span of Unix times, ends included."""
        return not self.active or any(
            (start is None or start <= until) and (end is None or since < end)
            for start, end in self.active
        )


class StopRef(NamedTuple):
    """One stop of a trip, by its number, its id or both."""

    sequence: int | None
    stop_id: str


class Detour(NamedTuple):
    """Stops that replace those from `start` to `end`, both included."""

    start: StopRef
    end: StopRef | None  # none: the new stops come before `start`, which stays
    stops: tuple[tuple[int, str], ...]  # s after the arrival at the stop before `start`, stop_id
    delay: int  # s, of all that follows


class Modification(NamedTuple):
    """Detours of some trips on some dates."""

    entity: str
    trips: tuple[tuple[str, str], ...]  # trip_id, shape_id or empty
    start_times: tuple[int, ...]  # s; of trips that repeat, none = all runs
    dates: tuple[dt.date, ...]
    detours: tuple[Detour, ...]


class NewStop(NamedTuple):
    """A stop that the feed does not have, such as one of a detour."""

    stop_id: str
    name: dict[str, str]  # text by language, "" where none is named
    lat: float
    lon: float
    zone: str
    platform: str
    parent_id: str
    wheelchair: int  # as in stops.txt


class Message(NamedTuple):
    """One message of a feed."""

    timestamp: int  # Unix time; 0 where the feed tells none
    updates: tuple[TripUpdate, ...]
    vehicles: tuple[VehiclePosition, ...]
    alerts: tuple[Alert, ...]
    faults: tuple[str, ...]  # entities whose date or time cannot be read
    modifications: tuple[Modification, ...] = ()
    shapes: tuple[tuple[str, str], ...] = ()  # shape_id, polyline of precision 5
    stops: tuple[NewStop, ...] = ()
