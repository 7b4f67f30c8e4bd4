"""Scheduled trips that run otherwise than the timetable says: what it does to their bays.

What is told at a time changes calls from then on. A delayed trip is late at each of them. A
cancelled one leaves from none of them: one that is under way ends at the next stop that it reaches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cargo.change_documents import Run
from cargo.network import LineTrip


@dataclass(frozen=True)
class RunTimes:
    """Stop times of a run by position; those that it does not reach are cut off."""

    arrival: tuple[int, ...]
    departure: tuple[int, ...]

    def changed(self, told: int, delay: int | None) -> "RunTimes":
        """The times after a delay, or after a cancellation where there is none."""
        if delay is None:
            runs = next((at for at, time in enumerate(self.departure) if time >= told), None)
            end = len(self.departure) if runs is None else runs + 1
            return RunTimes(self.arrival[:end], self.departure[:end])
        late = [
            tuple(time + delay if time >= told else time for time in times)
            for times in (self.arrival, self.departure)
        ]
        return RunTimes(late[0], late[1])


def run_of(row: Any) -> Run:
    """Which run of a trip a row, a bay or a step speaks of."""
    on = row.service_date
    return row.trip_id, on if isinstance(on, str) else on.isoformat(), row.start_time


def changed_trips(trips: Sequence[LineTrip], times: Mapping[Run, RunTimes]) -> Iterator[LineTrip]:
    """Bays at the changed times; one that no longer calls at two hubs is gone."""
    for trip in trips:
        found = times.get(run_of(trip))
        if found is None:
            yield trip
            continue
        n = len(found.arrival)
        calls = tuple(
            replace(
                call,
                arrival=found.arrival[call.position],
                departure=found.departure[call.position],
                is_end=call.is_end or call.position == n - 1,
            )
            for call in trip.calls
            if call.position < n
        )
        hops = len(calls) - 1
        if hops >= 1:
            offered = None if trip.offered is None else trip.offered[:hops]
            yield replace(
                trip,
                calls=calls,
                room=trip.room[:hops],
                hop_m=trip.hop_m[:hops],
                offered=offered,
                booked=trip.booked[:hops],
            )
