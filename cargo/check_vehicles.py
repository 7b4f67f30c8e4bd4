"""Checks route sheets: driving times, shifts, loads, areas, and that chains ride on them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from cargo.check_facts import (
    DAY_END,
    Amounts,
    Facts,
    FleetFacts,
    Violation,
    amounts,
    away_m,
    is_too_large,
    place_of,
    standing,
)
from cargo.model import LoadPlan, Point, RoadStep, RouteSheet, Visit
from cargo.rules import DOOR_SERVICE, GOODS_ONLY, mode_of
from cargo.shipment import Shipment


@dataclass(frozen=True)
class Carried:
    """One ride of a shipment: where and when it is loaded and handed over."""

    request: Shipment
    tail: Point
    head: Point
    departure: int
    arrival: int
    mode: str | None = None  # that a chain names; None: it is no chain


def check_sheets(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of vehicles in both ways of operation."""
    yield from _check_fleet(plan.vehicles, _rides_of_chains(plan, facts), facts)
    yield from _check_separate(plan, facts)


def _rides_of_chains(plan: LoadPlan, facts: Facts) -> dict[str, list[Carried]]:
    """Rides on each sheet that chains speak of."""
    found: dict[str, list[Carried]] = defaultdict(list)
    for row in plan.shipments:
        for step in row.chain:
            if isinstance(step, RoadStep):
                times = facts.seconds(step.departure), facts.seconds(step.arrival)
                found[step.vehicle].append(
                    Carried(row.request, step.from_, step.to, *times, step.mode)
                )
    return found


def _check_fleet(
    sheets: Sequence[RouteSheet], rides: dict[str, list[Carried]], facts: Facts
) -> Iterator[Violation]:
    by_vehicle: dict[str, list[RouteSheet]] = defaultdict(list)
    known = {sheet.id for sheet in sheets}
    for name in sorted(rides.keys() - known):
        yield Violation("sheet", f"chains ride on '{name}', which has no route sheet")
    if len(known) < len(sheets):
        yield Violation("sheet", "a route sheet stands twice")
    for sheet in sheets:
        fleet = facts.fleets.get(sheet.fleet)
        if fleet is None or fleet.kind != sheet.kind:
            yield Violation("fleet", f"{sheet.id}: there is no {sheet.kind} fleet '{sheet.fleet}'")
            continue
        if any(ride.mode not in {None, mode_of(fleet.kind)} for ride in rides.get(sheet.id, ())):
            yield Violation("ride", f"{sheet.id}: is no {mode_of(fleet.kind)} to its chains")
        yield from _check_name(sheet, fleet)
        yield from _check_sheet(sheet, fleet, rides.get(sheet.id, []), facts)
        by_vehicle[sheet.vehicle].append(sheet)
    yield from _check_numbers(by_vehicle, facts)


def _check_numbers(by_vehicle: dict[str, list[RouteSheet]], facts: Facts) -> Iterator[Violation]:
    """Vehicles exist, and are in one place at a time."""
    used: dict[str, set[str]] = defaultdict(set)
    for vehicle, sheets in by_vehicle.items():
        used[sheets[0].fleet].add(vehicle)
        if any(sheet.fleet != sheets[0].fleet for sheet in sheets):
            yield Violation("fleet", f"vehicle '{vehicle}' belongs to two fleets")
        spans = sorted(
            (facts.seconds(sheet.visits[0].departure), facts.seconds(sheet.visits[-1].arrival))
            for sheet in sheets
            if sheet.visits
        )
        if any(one[1] > other[0] for one, other in pairwise(spans)):
            yield Violation("overlap", f"vehicle '{vehicle}' drives two rounds at once")
        fleet = facts.fleets[sheets[0].fleet]
        if len(sheets) > 1 and away_m(fleet.start, fleet.end) > 1.0:
            yield Violation("base", f"vehicle '{vehicle}' sets out again where it did not end")
    for fleet_id, vehicles in used.items():
        if len(vehicles) > facts.fleets[fleet_id].vehicles:
            has = facts.fleets[fleet_id].vehicles
            yield Violation("fleet", f"fleet '{fleet_id}' drives {len(vehicles)} of {has} vehicles")


def _check_sheet(
    sheet: RouteSheet, fleet: FleetFacts, rides: Sequence[Carried], facts: Facts
) -> Iterator[Violation]:
    visits = sheet.visits
    if len(visits) < 3:
        yield Violation("sheet", f"{sheet.id}: goes nowhere")
        return
    for visit, place in ((visits[0], fleet.start), (visits[-1], fleet.end)):
        if away_m(place_of(visit.at), place) > 1.0 or _does_something(visit):
            text = f"{sheet.id}: does not begin and end empty where its fleet does"
            yield Violation("base", text)
    start, end = facts.seconds(visits[0].departure), facts.seconds(visits[-1].arrival)
    spans = fleet.spans or ((fleet.opens, fleet.closes),)
    if not any(opens <= start and end <= closes for opens, closes in spans):
        yield Violation("shift", f"{sheet.id}: drives outside its shift")
    yield from _check_driving(sheet, facts)
    yield from _check_area(sheet, fleet)
    yield from _check_loads(sheet, fleet, {ride.request.id: ride.request for ride in rides}, facts)
    yield from _check_rides(sheet, rides, facts)


def _check_name(sheet: RouteSheet, fleet: FleetFacts) -> Iterator[Violation]:
    """Fleet, number of the vehicle within it, and round make its name."""
    names = {f"{sheet.fleet}/{number}" for number in range(1, fleet.vehicles + 1)}
    if sheet.vehicle not in names or sheet.id != f"{sheet.vehicle}/{sheet.round}":
        text = f"{sheet.id}: is not round {sheet.round} of '{sheet.vehicle}', one of {len(names)}"
        yield Violation("fleet", text)


def _does_something(visit: Visit) -> bool:
    """Whether anything or anybody is taken on or set down."""
    return bool(visit.load or visit.unload or visit.board or visit.alight)


def _has_goods(sheet: RouteSheet) -> bool:
    return any(visit.load or visit.unload for visit in sheet.visits)


def _check_driving(sheet: RouteSheet, facts: Facts) -> Iterator[Violation]:
    """Times between visits, time to serve, and the figures of the sheet."""
    fleet = facts.fleets[sheet.fleet]
    places = [place_of(visit.at) for visit in sheet.visits]
    seconds, metres = facts.drive(fleet.profile, places)
    driven = 0
    for at, (one, other) in enumerate(pairwise(sheet.visits)):
        driven += metres[at][at + 1]
        gap = facts.seconds(other.arrival) - facts.seconds(one.departure)
        if gap < seconds[at][at + 1]:
            text = f"{sheet.id}: '{one.at.name}' to '{other.at.name}' in {gap} s"
            yield Violation("driving", f"{text}, takes {seconds[at][at + 1]} s")
    for visit in sheet.visits[1:-1]:
        stay = facts.seconds(visit.departure) - facts.seconds(visit.arrival)
        if stay < standing(visit, facts):
            yield Violation("service", f"{sheet.id}: stays {stay} s at '{visit.at.name}'")
    duration = facts.seconds(sheet.visits[-1].arrival) - facts.seconds(sheet.visits[0].departure)
    cost = fleet.fixed + fleet.per_km * driven / 1000 + fleet.per_hour * duration / 3600
    if sheet.distance_m != driven or sheet.duration_s != duration:
        yield Violation("figures", f"{sheet.id}: drives {driven} m in {duration} s")
    if abs(sheet.cost.smallest - cost) > 1.0:
        yield Violation("figures", f"{sheet.id}: costs {cost:.2f}, not {sheet.cost.amount}")
    if abs(sheet.co2_g - fleet.co2_g_per_km * driven / 1000) > 1.0:
        yield Violation("figures", f"{sheet.id}: CO2 {sheet.co2_g} g is wrong")


def _check_area(sheet: RouteSheet, fleet: FleetFacts) -> Iterator[Violation]:
    for visit in sheet.visits[1:-1]:
        place = place_of(visit.at)
        off = away_m(place, fleet.base)
        if fleet.radius_m is not None and off > fleet.radius_m + 1:
            yield Violation("area", f"{sheet.id}: '{visit.at.name}' is {off:.0f} m from its base")
        if (visit.load or visit.board) and not fleet.picks_up(place):
            yield Violation("area", f"{sheet.id}: takes on at '{visit.at.name}', outside its zone")
        if (visit.unload or visit.alight) and not fleet.sets_down(place):
            yield Violation("area", f"{sheet.id}: sets down at '{visit.at.name}', outside its zone")


def _check_loads(
    sheet: RouteSheet, fleet: FleetFacts, requests: dict[str, Shipment], facts: Facts
) -> Iterator[Violation]:
    """Goods come on before they go off, fit, and are all gone at the end."""
    aboard: dict[str, int] = defaultdict(int)
    load: Amounts = (0, 0, 0)
    for visit in sheet.visits:
        for names, sign in ((visit.unload, -1), (visit.load, 1)):
            for name in names:
                if name not in requests:
                    yield Violation("sheet", f"{sheet.id}: no chain puts '{name}' on it")
                    continue
                aboard[name] += sign
                goods = amounts(requests[name])
                load = (
                    load[0] + sign * goods[0],
                    load[1] + sign * goods[1],
                    load[2] + sign * goods[2],
                )
                if aboard[name] < 0:
                    yield Violation("sheet", f"{sheet.id}: unloads '{name}' before it is loaded")
        yield from _check_apart(
            sheet, visit, [requests[name].goods for name, n in aboard.items() if n > 0], facts
        )
        if any(has > room for has, room in zip(load, fleet.room, strict=True)):
            yield Violation("vehicle_room", f"{sheet.id}: overloaded after '{visit.at.name}'")
    if any(aboard.values()):
        yield Violation("sheet", f"{sheet.id}: comes back with parcels")
    for name, request in requests.items():
        yield from _check_terms(f"{sheet.id}: '{name}'", request, fleet)


def _check_terms(where: str, request: Shipment, fleet: FleetFacts) -> Iterator[Violation]:
    """The bay takes goods of this kind; a driver watches over them."""
    if request.temperature not in fleet.temperatures:
        yield Violation("temperature", f"{where} is {request.temperature}, which it cannot carry")
    if request.goods in fleet.refuses:
        yield Violation("goods", f"{where}: it takes no {request.goods}")
    if missing := set(request.skills) - fleet.skills:
        yield Violation("skill", f"{where}: it lacks {', '.join(sorted(missing))}")
    if is_too_large(request.box_cm, fleet.largest_box):
        yield Violation("box", f"{where}: the box does not go in")
    if fleet.max_value is not None and request.value > fleet.max_value:
        yield Violation("value", f"{where}: it takes goods worth {fleet.max_value:.12g} at most")


def _check_apart(
    sheet: RouteSheet, visit: Visit, names: Sequence[str], facts: Facts
) -> Iterator[Violation]:
    """Goods that must be kept apart are not on board together after a visit."""
    for one, other in combinations(sorted(names), 2):
        if frozenset({one, other}) in facts.apart:
            yield Violation("goods", f"{sheet.id}: {one} and {other} after '{visit.at.name}'")


def _check_rides(sheet: RouteSheet, rides: Sequence[Carried], facts: Facts) -> Iterator[Violation]:
    """Each ride is loaded at one visit and unloaded at a later one, at the times it says."""
    expected = len(rides)
    if sum(len(visit.load) for visit in sheet.visits) != expected:
        yield Violation("sheet", f"{sheet.id}: carries other shipments than chains say")
    for ride in rides:
        name = ride.request.id
        found = any(
            name in one.load and name in other.unload and _matches(one, other, ride, facts)
            for at, one in enumerate(sheet.visits)
            for other in sheet.visits[at + 1 :]
        )
        if not found:
            yield Violation("ride", f"{sheet.id}: no visits match the ride of '{name}'")


def _matches(one: Visit, other: Visit, ride: Carried, facts: Facts) -> bool:
    handed = facts.seconds(other.arrival), facts.seconds(other.departure) - standing(other, facts)
    return (
        away_m(place_of(one.at), place_of(ride.tail)) < 1.0
        and away_m(place_of(other.at), place_of(ride.head)) < 1.0
        and (one.at.hub, other.at.hub) == (ride.tail.hub, ride.head.hub)
        and facts.seconds(one.departure) == ride.departure
        and handed[0] <= ride.arrival <= handed[1]
    )


def _check_separate(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """The comparison is a real plan too: vans and trucks from door to door within the windows."""
    requests = {row.id: row.request for row in plan.shipments}
    planned, rejected = plan.separate.planned, plan.separate.rejected
    if sorted((*planned, *rejected)) != sorted(requests):
        yield Violation("separate", "separate operation treats other shipments")
        return
    if any(sheet.kind not in GOODS_ONLY and _has_goods(sheet) for sheet in plan.separate.vehicles):
        yield Violation("separate", "separate operation puts parcels beside passengers")
    rides: dict[str, list[Carried]] = defaultdict(list)
    for sheet in plan.separate.vehicles:
        for name in {name for visit in sheet.visits for name in visit.load} & requests.keys():
            ride = _door_to_door(sheet, requests[name], facts)
            if ride is None:
                yield Violation(
                    "separate", f"{sheet.id}: '{name}' is not taken to its door in time"
                )
            else:
                rides[sheet.id].append(ride)
    carried = sorted(ride.request.id for found in rides.values() for ride in found)
    if carried != sorted(planned):
        yield Violation("separate", "separate sheets carry other shipments than are planned")
    yield from _check_fleet(plan.separate.vehicles, rides, facts)


def _door_to_door(sheet: RouteSheet, request: Shipment, facts: Facts) -> Carried | None:
    """The ride of a shipment on a sheet, if it keeps its window."""
    ready, due = facts.clock(request.ready, 0), facts.clock(request.due, DAY_END)
    for at, one in enumerate(sheet.visits):
        for other in sheet.visits[at + 1 :]:
            if request.id in one.load and request.id in other.unload:
                departure, arrival = facts.seconds(one.departure), facts.seconds(other.arrival)
                if (
                    departure - DOOR_SERVICE >= ready
                    and arrival <= due
                    and _lasts(request, arrival - departure, facts)
                ):
                    ends = (request.pickup, request.delivery)
                    tail, head = (Point(name=p.name, lat=p.lat, lon=p.lon) for p in ends)
                    return Carried(request, tail, head, departure, arrival)
    return None


def _lasts(request: Shipment, seconds: int, facts: Facts) -> bool:
    """Whether goods may be on the way for so long."""
    limits = (request.max_hours, facts.class_hours.get(request.temperature))
    return all(most is None or seconds <= 3600 * most for most in limits)
