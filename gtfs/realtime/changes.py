"""Updates of trips → stop times of the changed trips, by one call of a kernel."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from gtfs.realtime.messages import Call, TripUpdate
from gtfs.timetable import Timetable
from routing.kernels import timetable_delays as kernels
from routing.kernels.timetable_patterns import Times
from routing.layout import NONE, Int32Array, first_of, frozen


class Change(NamedTuple):
    """A trip whose stop times are written anew."""

    trip: int  # row of the timetable's trips
    service_day: int  # relative to the date of the day
    retime: int  # s to add to the timetable before the update
    base: int  # Unix time that its times count from
    update: TripUpdate | None  # none leaves its times as they are


def changed_rows(
    timetable: Timetable, changes: Sequence[Change], stop_of_id: dict[str, int]
) -> tuple[Times, Int32Array, int]:
    """Write the stop times of all changed trips.

    Returns
    -------
    rows
        Stop times; those of change `k` are `first_row[k]:first_row[k + 1]`.
    first_row
        Shape (n_changes + 1,).
    lost_calls
        How many stop time updates fit no stop of their trip.
    """
    trip = np.array([change.trip for change in changes], np.int64)
    first = timetable.trips.first_stop_time
    source, length = first[trip], first[trip + 1] - first[trip]
    first_row = first_of(np.repeat(np.arange(trip.size), length), trip.size)
    calls, first_call = _calls(changes, stop_of_id)
    n_rows = int(first_row[-1])
    stop, arrival, departure = (np.empty(n_rows, np.int32) for _ in range(3))
    pickup, drop_off = (np.empty(n_rows, np.uint8) for _ in range(2))
    rows = Times(stop, arrival, departure, pickup, drop_off)
    table = timetable.stop_times
    lost = kernels.apply_calls(
        Times(table.stop, table.arrival, table.departure, table.pickup, table.drop_off),
        table.sequence,
        kernels.Changes(
            first_row,
            frozen(source),
            frozen([change.retime for change in changes]),
            frozen([_delay(change.update) for change in changes]),
            first_call,
        ),
        calls,
        rows,
        np.empty(n_rows, np.int32),
    )
    for column in rows:
        column.flags.writeable = False
    return rows, first_row, int(lost)


def _delay(update: TripUpdate | None) -> int:
    """Delay of the whole trip; one beside stop time updates says where the vehicle is now."""
    if update is None or update.delay is None or update.calls:
        return kernels.UNTOLD
    return max(-kernels.FARTHEST, min(update.delay, kernels.FARTHEST))


def _calls(
    changes: Sequence[Change], stop_of_id: dict[str, int]
) -> tuple[kernels.Calls, Int32Array]:
    """Put the stop time updates of all changes behind one another."""
    told = [change.update.calls if change.update else () for change in changes]
    rows = [
        _numbers(call, change.base, stop_of_id)
        for change, calls in zip(changes, told, strict=True)
        for call in calls
    ]
    table = np.array(rows, np.int64).reshape(-1, len(kernels.Calls._fields))
    dtypes = (np.int64, np.int32, np.int32, *(np.int64,) * 4, np.uint8, np.int32, np.int32)
    columns = (frozen(table[:, k], dtype) for k, dtype in enumerate(dtypes))
    first_call = frozen(list(accumulate((len(calls) for calls in told), initial=0)))
    return kernels.Calls(*columns), first_call


def _numbers(call: Call, base: int, stop_of_id: dict[str, int]) -> tuple[int, ...]:
    """One row of `kernels.Calls`."""
    untold = kernels.UNTOLD
    return (
        NONE if call.sequence is None else call.sequence,
        stop_of_id.get(call.stop_id, NONE),
        stop_of_id.get(call.platform_id, NONE) if call.platform_id else NONE,
        untold if call.arrival is None else call.arrival - base,
        untold if call.arrival_delay is None else call.arrival_delay,
        untold if call.departure is None else call.departure - base,
        untold if call.departure_delay is None else call.departure_delay,
        call.relationship,
        NONE if call.pickup is None else call.pickup,
        NONE if call.drop_off is None else call.drop_off,
    )
