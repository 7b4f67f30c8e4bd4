"""Checks chains: continuity, windows, trips that run, hub hours and handling times."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from cargo.check_facts import (
    DAY_END,
    Facts,
    RuleFacts,
    TripFacts,
    Violation,
    away_m,
    is_too_large,
    place_of,
)
from cargo.model import HoldStep, LoadPlan, PlannedShipment, Point, RoadStep, Step, TripStep
from cargo.rules import DOOR_SERVICE, HAND_IN_M
from cargo.shipment import Shipment


def check_chains(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of single chains."""
    for name, count in Counter(row.id for row in plan.shipments).items():
        if count > 1:
            yield Violation("once", f"shipment '{name}' stands {count} times in the plan")
    for row in plan.shipments:
        if row.id != row.request.id:
            yield Violation("once", f"shipment '{row.id}' holds the request of '{row.request.id}'")
        if row.status == "rejected":
            if row.reason is not None and row.chain and plan.changes:
                yield from _check_chain(row, facts, stuck=True)
            elif row.chain or row.reason is None:
                yield Violation("reason", f"{row.id}: rejected, but with a chain or without reason")
        elif not row.chain:
            yield Violation("chain", f"{row.id}: planned without a chain")
        else:
            yield from _check_chain(row, facts, may_return=bool(plan.changes))


def _check_chain(
    row: PlannedShipment, facts: Facts, *, stuck: bool = False, may_return: bool = False
) -> Iterator[Violation]:
    """A chain; a stuck one has got no further, one of a changed day may go on by road at once."""
    yield from _check_order(row, stuck=stuck, may_return=may_return)
    yield from _check_joints(row, facts)
    yield from _check_ends(row, facts, stuck=stuck)
    trips = [step for step in row.chain if isinstance(step, TripStep)]
    if len(trips) > row.request.max_trips:
        yield Violation(
            "max_trips", f"{row.id}: {len(trips)} trips, {row.request.max_trips} allowed"
        )
    for step in trips:
        yield from _check_trip(row, step, facts)
    for step in trips:
        yield from _check_staff(row.id, step, facts)
    for before, hold, after in zip(
        (None, *row.chain), row.chain, (*row.chain[1:], None), strict=False
    ):
        if isinstance(hold, HoldStep):
            yield from _check_hold(row, before, hold, after, facts)


def _check_order(row: PlannedShipment, *, stuck: bool, may_return: bool) -> Iterator[Violation]:
    """A hold stands on both sides of every trip; a road ride alone goes from door to door."""
    kinds = [step.kind for step in row.chain]
    if kinds == ["road"] and not stuck:
        return
    inner = kinds[kinds[0] == "road" : len(kinds) - (kinds[-1] == "road" and not stuck)]
    wanted = ["hold" if at % 2 == 0 else "trip" for at in range(len(inner))]
    least = 1 if stuck or (may_return and kinds[-1] == "road") else 3
    if inner != wanted or len(inner) < least or inner[-1] != "hold":
        yield Violation("chain", f"{row.id}: steps {' → '.join(kinds)} are no chain")


def _ends(step: Step) -> tuple[Point, Point, str, str]:
    """From, to, begin, end of a step."""
    if isinstance(step, HoldStep):
        return step.at, step.at, step.from_, step.until
    return step.from_, step.to, step.departure, step.arrival


def _check_joints(row: PlannedShipment, facts: Facts) -> Iterator[Violation]:
    for step in row.chain:
        _, _, begin, end = _ends(step)
        if facts.seconds(begin) > facts.seconds(end):
            yield Violation("time", f"{row.id}: {step.kind} ends {end} before it begins {begin}")
    for one, other in pairwise(row.chain):
        _, here, _, end = _ends(one)
        there, _, begin, _ = _ends(other)
        if facts.seconds(end) != facts.seconds(begin):
            yield Violation("custody", f"{row.id}: nobody holds it from {end} to {begin}")
        if here.hub is None or here.hub != there.hub:
            yield Violation("custody", f"{row.id}: handed over at '{here.name}' and '{there.name}'")


def _check_ends(row: PlannedShipment, facts: Facts, *, stuck: bool) -> Iterator[Violation]:
    """Windows at the doors, and whether the chain reaches them."""
    request = row.request
    start, _, begin, _ = _ends(row.chain[0])
    _, goal, _, end = _ends(row.chain[-1])
    by_road = isinstance(row.chain[0], RoadStep), isinstance(row.chain[-1], RoadStep)
    for point, door, is_road, name in (
        (start, request.pickup, by_road[0], "pickup"),
        (goal, request.delivery, by_road[1], "delivery"),
    )[: 1 if stuck else 2]:
        off = away_m(place_of(point), (door.lat, door.lon))
        if off > (1.0 if is_road else HAND_IN_M):
            yield Violation("place", f"{row.id}: chain is {off:.0f} m off the {name} door")
    ready = facts.clock(request.ready, 0) + (DOOR_SERVICE if by_road[0] else 0)
    if facts.seconds(begin) < ready:
        yield Violation("ready", f"{row.id}: leaves {begin}, ready {request.ready}")
    if stuck:
        return
    if facts.seconds(end) > facts.clock(request.due, DAY_END):
        yield Violation("due", f"{row.id}: arrives {end}, due {request.due}")
    hours = (facts.seconds(end) - facts.seconds(begin)) / 3600
    for most in (request.max_hours, facts.class_hours.get(request.temperature)):
        if most is not None and hours > most + 1e-9:
            yield Violation("hours", f"{row.id}: {hours:.2f} hours on the way, {most:g} allowed")


def _check_trip(row: PlannedShipment, step: TripStep, facts: Facts) -> Iterator[Violation]:
    trip = facts.trip((step.trip_id, step.service_date, step.start_time))
    where = f"{row.id}: trip {step.trip_id} of {step.service_date}"
    if trip is None:
        yield Violation("trip", f"{where} does not run")
        return
    if step.rule not in trip.rules or step.line != trip.line_id or step.mode != trip.mode:
        yield Violation("rule", f"{where}: rule '{step.rule}' takes no parcels on it")
        return
    if step.line_name != trip.line_name:
        yield Violation("name", f"{where} is of line '{trip.line_name}', not '{step.line_name}'")
    rule = facts.rules[step.rule]
    yield from _check_terms(where, row.request, rule)
    board, alight = step.from_.position, step.to.position
    if board is None or alight is None or not 0 <= board < alight < len(trip.stop_ids):
        yield Violation("position", f"{where}: from position {board} to {alight}")
        return
    if facts.seconds(step.departure) != trip.departure[board]:
        yield Violation("timetable", f"{where} does not leave at {step.departure}")
    if facts.seconds(step.arrival) != trip.arrival[alight]:
        yield Violation("timetable", f"{where} does not arrive at {step.arrival}")
    if not rule.departs[0] <= trip.departure[board] <= rule.departs[1]:
        yield Violation("departs", f"{where} leaves outside the hours of rule '{step.rule}'")
    for point, at in ((step.from_, board), (step.to, alight)):
        yield from _check_call(f"{where} at '{point.name}'", point, at, trip, step.rule, facts)


def _check_terms(where: str, request: Shipment, rule: RuleFacts) -> Iterator[Violation]:
    """The bay takes goods of this kind."""
    if request.temperature not in rule.temperatures:
        yield Violation("temperature", f"{where} carries no {request.temperature} goods")
    if request.goods in rule.refuses:
        yield Violation("goods", f"{where} takes no {request.goods}")
    if request.accompanied and not rule.attended:
        yield Violation("attended", f"{where}: nobody watches over goods there")
    if is_too_large(request.box_cm, rule.largest_box):
        yield Violation("box", f"{where}: its box is larger than the bay's")
    if rule.max_value is not None and request.value > rule.max_value:
        yield Violation("value", f"{where} takes goods worth {rule.max_value:.12g} at most")


def _check_call(
    where: str, point: Point, at: int, trip: TripFacts, rule_id: str, facts: Facts
) -> Iterator[Violation]:
    """Stop, hub, and time to load."""
    rule, hub = facts.rules[rule_id], facts.hubs.get(point.hub or "")
    if hub is None or point.stop_id != trip.stop_ids[at] or point.stop_id not in hub.stops:
        yield Violation("stop", f"{where}: {point.stop_id} is no stop of hub {point.hub} there")
        return
    if rule.stops is not None and point.stop_id not in rule.stops:
        yield Violation("stop", f"{where}: rule '{rule_id}' does not load there")
    if rule.licensed is not None and point.stop_id not in rule.licensed:
        yield Violation("licence", f"{where}: rule '{rule_id}' has no licence there")
    is_end = at in {0, len(trip.stop_ids) - 1}
    if not is_end and trip.departure[at] - trip.arrival[at] < rule.handling:
        yield Violation("dwell", f"{where}: stops too briefly for {rule.handling} s of handling")


def _check_staff(name: str, step: TripStep, facts: Facts) -> Iterator[Violation]:
    """Somebody is at both hubs while the trip is served, and before it to bring the goods."""
    rule = facts.rules.get(step.rule)
    load, unload = (facts.hubs.get(point.hub or "") for point in (step.from_, step.to))
    if rule is None or load is None or unload is None:
        return  # said already
    left, came = facts.seconds(step.departure), facts.seconds(step.arrival)
    for hub, begin, end in (
        (load, left - rule.handling - load.handling, left),
        (unload, came, came + rule.handling),
    ):
        if hub.staff is not None and not hub.staff[0] <= begin <= end <= hub.staff[1]:
            yield Violation("staff", f"{name}: nobody is there to serve {step.trip_id}")


def _loading(step: Step | None, facts: Facts) -> int:
    """Time to load or unload at a stop; an unknown rule is reported elsewhere."""
    rule = facts.rules.get(step.rule) if isinstance(step, TripStep) else None
    return 0 if rule is None else rule.handling


def _check_hold(
    row: PlannedShipment, before: Step | None, hold: HoldStep, after: Step | None, facts: Facts
) -> Iterator[Violation]:
    """Hub hours and handling; what comes before and after decides how long they take."""
    where, hub = f"{row.id} at hub '{hold.hub}'", facts.hubs.get(hold.hub)
    if hub is None or hold.at.hub != hold.hub:
        yield Violation("hub", f"{where}: there is no such hub")
        return
    came, left = facts.seconds(hold.from_), facts.seconds(hold.until)
    first, last = came, left  # the hub is busy with it from `first` to `last`
    handled = came + _loading(before, facts) + _loading(after, facts)
    handled += hub.handling if after is not None else 0
    if handled > left:
        yield Violation("handling", f"{where}: {left - came} s do not suffice for handling")
    if first < hub.opens or last > hub.closes:
        yield Violation("hub_hours", f"{where}: {hold.from_} to {hold.until} is outside its hours")
