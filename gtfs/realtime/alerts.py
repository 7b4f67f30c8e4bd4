"""Which alerts concern a ride."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from gtfs.modes import mode_of
from gtfs.realtime.messages import Alert, Informed


class Ridden(NamedTuple):
    """What an alert may name of a ride; ids are those of the feed."""

    trip_id: str
    line_id: str
    agency_id: str
    mode: int  # index into MODES
    stop_ids: frozenset[str]  # where one gets on and off, and their stations
    service_date: str  # YYYYMMDD
    start_time: int  # s
    direction: int  # direction_id, `NO_DIRECTION` where the feed says none


class Alerts:
    """The alerts of one feed, by the narrowest thing that each names."""

    def __init__(self, alerts: Iterable[Alert]) -> None:
        self._by_key: defaultdict[tuple[str, str], list[tuple[Alert, Informed]]] = defaultdict(list)
        for alert in alerts:
            for informed in alert.informed:
                if (key := _key(informed)) is not None:
                    self._by_key[key].append((alert, informed))

    def on(self, ride: Ridden, since: int, until: int) -> list[Alert]:
        """Return the alerts that concern a ride and hold at some time of it (Unix times)."""
        found: dict[int, Alert] = {}
        for alert, informed in self._candidates(ride):
            if _concerns(informed, ride) and alert.is_active(since, until):
                found[id(alert)] = alert
        return list(found.values())

    def _candidates(self, ride: Ridden) -> Iterator[tuple[Alert, Informed]]:
        stops = (("stop", stop_id) for stop_id in ride.stop_ids)
        keys = [("trip", ride.trip_id), ("line", ride.line_id), *stops, ("", "")]
        for key in keys:
            yield from self._by_key.get(key, ())


def _key(informed: Informed) -> tuple[str, str] | None:
    """Under what an alert is kept; none for one that names nothing that we know."""
    trip = informed.trip
    if trip is not None and trip.trip_id:
        return "trip", trip.trip_id
    line_id = informed.line_id or (trip.line_id if trip is not None else "")
    if line_id:
        return "line", line_id
    if informed.stop_id:
        return "stop", informed.stop_id
    if informed.agency_id or informed.route_type is not None or _direction(informed) is not None:
        return "", ""
    return None


def _concerns(informed: Informed, ride: Ridden) -> bool:
    """Whether all that is named holds for the ride."""
    agency = not (informed.agency_id and ride.agency_id) or informed.agency_id == ride.agency_id
    line = informed.line_id in {"", ride.line_id}
    stop = not informed.stop_id or informed.stop_id in ride.stop_ids
    way = _direction(informed) in {None, ride.direction}
    return (
        agency and line and stop and way and _is_mode(informed, ride) and _is_trip(informed, ride)
    )


def _direction(informed: Informed) -> int | None:
    """Direction that is named beside the line, or with it in the description of a trip."""
    if informed.direction is None and informed.trip is not None:
        return informed.trip.direction
    return informed.direction


def _is_mode(informed: Informed, ride: Ridden) -> bool:
    if informed.route_type is None:
        return True
    mode, _ = mode_of(np.array([informed.route_type], np.int32))
    return int(mode[0]) == ride.mode


def _is_trip(informed: Informed, ride: Ridden) -> bool:
    trip = informed.trip
    if trip is None:
        return True
    return (
        trip.trip_id in {"", ride.trip_id}
        and trip.line_id in {"", ride.line_id}
        and (trip.start_date is None or f"{trip.start_date:%Y%m%d}" == ride.service_date)
        and trip.start_time in {None, ride.start_time}
    )
