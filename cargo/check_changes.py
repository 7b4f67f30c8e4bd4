"""The facts of a day whose trips are late or cancelled, as a plan says that it was told."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from cargo.change_documents import TripChange
from cargo.check_facts import Facts, TripFacts, TripKey, Violation
from cargo.model import LoadPlan


def with_changes(plan: LoadPlan, facts: Facts) -> Facts:
    """Facts in which the trips of a plan run as it was told."""
    if not plan.changes:
        return facts

    def trip(key: TripKey) -> TripFacts | None:
        found = facts.trip(key)
        for change in plan.changes:
            if found is not None and change.run == key:
                found = _changed(found, change, facts.seconds(change.told))
        return found

    return replace(facts, trip=trip)


def check_changes(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Changes are of trips that the timetable has, and say what they have to."""
    for change in plan.changes:
        where = f"change of trip {change.trip_id} of {change.service_date}"
        if facts.trip(change.run) is None:
            yield Violation("change", f"{where}: it does not run")
        if (change.type == "trip_delayed") != (change.delay_s is not None and change.delay_s > 0):
            yield Violation("change", f"{where}: a delay has seconds, a cancellation none")


def _changed(trip: TripFacts, change: TripChange, told: int) -> TripFacts | None:
    if change.delay_s is not None:
        return replace(
            trip,
            arrival=tuple(_late(time, change.delay_s, told) for time in trip.arrival),
            departure=tuple(_late(time, change.delay_s, told) for time in trip.departure),
        )
    n = 1 + len(list(takewhile(lambda time: time < told, trip.departure[:-1])))
    if n < 2:
        return None
    return replace(
        trip, stop_ids=trip.stop_ids[:n], arrival=trip.arrival[:n], departure=trip.departure[:n],
        lat=trip.lat[:n], lon=trip.lon[:n],
    )  # fmt: skip


def _late(time: int, delay: int, told: int) -> int:
    return time + delay if time >= told else time
