"""Checks that a plan tells what shipments agreed for the case that nobody takes them."""

from collections.abc import Iterator

from cargo.check_facts import Facts, Violation, away_m, place_of
from cargo.model import HoldStep, LoadPlan, PlannedShipment, RoadStep, TripStep


def check_ways_back(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of what is agreed."""
    for row in plan.shipments:
        asked, told = row.request.if_undelivered, row.if_undelivered
        if row.status != "planned" or asked is None:
            if told is not None:
                yield Violation("undelivered", f"{row.id}: nothing was to be agreed")
        elif told is None:
            yield Violation("undelivered", f"{row.id}: does not tell where it goes undelivered")
        else:
            yield from _check_agreed(row, facts)


def _check_agreed(row: PlannedShipment, facts: Facts) -> Iterator[Violation]:
    asked, told = row.request.if_undelivered, row.if_undelivered
    assert asked is not None
    assert told is not None
    door = asked.to or row.request.pickup
    place = (door.lat, door.lon)
    if asked.hub is not None:
        if asked.hub not in facts.hubs:
            yield Violation("undelivered", f"{row.id}: there is no hub '{asked.hub}'")
            return
        place = facts.hubs[asked.hub].place
    if told.to.hub != asked.hub or away_m(place_of(told.to), place) > 1.0:
        yield Violation("undelivered", f"{row.id}: goes to '{told.to.name}' against its request")
    wanted = None if asked.by is None else facts.clock(asked.by, 0)
    if wanted != (None if told.by is None else facts.seconds(told.by)):
        yield Violation("undelivered", f"{row.id}: by {told.by}, asked for by {asked.by}")
    last = row.chain[-1]
    holder = last.hub if isinstance(last, HoldStep) else _carrier(last)
    if told.held_by != holder:
        text = f"{row.id}: is held by '{holder}' at the end, not by '{told.held_by}'"
        yield Violation("undelivered", text)


def _carrier(step: RoadStep | TripStep) -> str:
    return step.vehicle if isinstance(step, RoadStep) else step.trip_id
