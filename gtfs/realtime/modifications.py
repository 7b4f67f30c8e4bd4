"""Detours of trips (GTFS-Realtime TripModifications): other stops for a part, and a delay after it.

Modifications apply to the timetable, as if the feed itself had been written so; delays of the day
come on top of them. The trip keeps its id; its stops are numbered anew, from 1.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from gtfs.realtime.messages import Detour, StopRef
from gtfs.realtime.new_trips import Ride
from routing.layout import NONE


class _Call(NamedTuple):
    """A stop of the modified trip."""

    stop: int
    arrival: int
    departure: int
    pickup: int
    drop_off: int


def detoured(
    ride: Ride, detours: Sequence[Detour], stop_of_id: dict[str, int], lose: Callable[[str], None]
) -> Ride | str:
    """Return a ride after its detours, or why there is none.

    Parameters
    ----------
    lose
        Called with the id of each new stop that the timetable does not have; it is left out.
    """
    calls: list[_Call] = []
    late = done = 0
    for detour in detours:
        first = _position(ride, done, detour.start, stop_of_id)
        last = first - 1 if detour.end is None else _position(ride, first, detour.end, stop_of_id)
        if first == NONE or (last == NONE and detour.end is not None):
            return "unknown_stop"
        calls += _planned(ride, done, first, late)
        since = int(ride.arrival[max(first - 1, 0)]) + late
        for seconds, stop_id in detour.stops:
            if stop_id in stop_of_id:
                at = since + seconds
                calls.append(_Call(stop_of_id[stop_id], at, at, 0, 0))
            else:
                lose(stop_id)
        late, done = late + detour.delay, last + 1
    calls += _planned(ride, done, ride.stop.size, late)
    return _ride(calls) if len(calls) > 1 else "too_few_stops"


def _planned(ride: Ride, first: int, end: int, late: int) -> list[_Call]:
    """Stops of the timetable, `late` seconds later."""
    return [
        _Call(
            int(ride.stop[k]),
            int(ride.arrival[k]) + late,
            int(ride.departure[k]) + late,
            int(ride.pickup[k]),
            int(ride.drop_off[k]),
        )
        for k in range(first, end)
    ]


def _position(ride: Ride, start: int, ref: StopRef, stop_of_id: dict[str, int]) -> int:
    """Index, from `start` on, of the stop that is meant; `NONE` if there is none."""
    if start == NONE:
        return NONE
    stop = stop_of_id.get(ref.stop_id, NONE)
    for k in range(start, ride.stop.size):
        is_numbered = ref.sequence is None or ride.sequence[k] == ref.sequence
        is_named = not ref.stop_id or ride.stop[k] == stop
        if is_numbered and is_named and (ref.stop_id or ref.sequence is not None):
            return k
    return NONE


def _ride(calls: Sequence[_Call]) -> Ride:
    """Stop times of calls; time never runs backwards."""
    table = np.array(calls, np.int64)
    times = np.maximum.accumulate(table[:, 1:3].ravel()).astype(np.int32)
    return Ride(
        table[:, 0].astype(np.int32),
        times[::2],
        times[1::2],
        np.arange(1, len(calls) + 1, dtype=np.int32),
        table[:, 3].astype(np.uint8),
        table[:, 4].astype(np.uint8),
    )
