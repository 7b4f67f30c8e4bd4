"""Checks lines and hubs: room on every segment, manifests, storage."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product

from cargo.check_facts import Amounts, Facts, TripKey, Violation, amounts
from cargo.model import HoldStep, LoadPlan, Manifest, TripStep
from cargo.rules import KG_WITHOUT_PERMIT

UNITS = ("kg", "litres", "pieces")
Loads = dict[tuple[TripKey, str], dict[int, Amounts]]  # run and rule → position → load


def check_lines(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations between shipments that share trips and hubs."""
    loads = _loads(plan)
    yield from _check_room(loads, facts)
    yield from _check_law(loads, facts)
    yield from _check_apart(plan, facts)
    yield from _check_manifests(plan, loads, facts)
    yield from _check_storage(plan, facts)


def _steps(plan: LoadPlan) -> Iterator[tuple[str, Amounts, TripStep]]:
    for row in plan.shipments:
        for step in row.chain:
            if isinstance(step, TripStep):
                yield row.id, amounts(row.request), step


def _key(row: TripStep | Manifest) -> TripKey:
    return row.trip_id, row.service_date, row.start_time


def _loads(plan: LoadPlan) -> Loads:
    """Sum of the goods on every segment of every run."""
    found: Loads = defaultdict(lambda: defaultdict(lambda: (0, 0, 0)))
    for _, amount, step in _steps(plan):
        segments = found[_key(step), step.rule]
        for at in range(step.from_.position or 0, step.to.position or 0):
            segments[at] = _sum(segments[at], amount)
    return found


def _sum(one: Amounts, other: Amounts) -> Amounts:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _check_room(loads: Loads, facts: Facts) -> Iterator[Violation]:
    for (key, rule_id), segments in loads.items():
        room = facts.rules[rule_id].room
        for at, load in segments.items():
            total, seats = _sum(load, facts.used(key, at)), facts.seat_room(key, rule_id, at)
            for unit, asked, has, most in zip(UNITS, total, room, seats or room, strict=True):
                if has >= asked > most:
                    where = f"trip {key[0]} of {key[1]} after position {at}"
                    yield Violation("seats", f"{where}: {asked} {unit} on free seats for {most}")
                if asked > has:
                    where = f"trip {key[0]} of {key[1]} after position {at}"
                    yield Violation("room", f"{where}: {asked} {unit} in a bay of {has}")


def _check_apart(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Goods that must be kept apart share no bay on any segment."""
    aboard: dict[tuple[TripKey, str, int], list[str]] = defaultdict(list)
    for row in plan.shipments:
        for step in row.chain:
            if isinstance(step, TripStep):
                for at in range(step.from_.position or 0, step.to.position or 0):
                    aboard[_key(step), step.rule, at].append(row.request.goods)
    for (key, _, at), names in aboard.items():
        booked = sorted(facts.booked(key, at))
        for one, other in [*combinations(sorted(names), 2), *product(sorted(names), booked)]:
            if frozenset({one, other}) in facts.apart:
                where = f"trip {key[0]} of {key[1]} after position {at}"
                yield Violation("goods", f"{where}: {one} and {other} share a bay")


def _check_law(loads: Loads, facts: Facts) -> Iterator[Violation]:
    """Without a permit a vehicle carries at most 350 kg, whatever the rules add up to."""
    weight: dict[tuple[TripKey, int], int] = defaultdict(int)
    for (key, rule_id), segments in loads.items():
        if not facts.rules[rule_id].permit:
            for at, load in segments.items():
                weight[key, at] += load[0]
    for (key, at), kg in weight.items():
        if kg > KG_WITHOUT_PERMIT:
            yield Violation("law", f"trip {key[0]} after position {at}: {kg} kg without permit")


def _check_manifests(plan: LoadPlan, loads: Loads, facts: Facts) -> Iterator[Violation]:
    """Manifests say what chains say."""
    wanted: dict[tuple[TripKey, str], set[tuple[int, str, str]]] = defaultdict(set)
    for name, _, step in _steps(plan):
        wanted[_key(step), step.rule] |= {
            (step.from_.position or 0, "load", name),
            (step.to.position or 0, "unload", name),
        }
    seen = set()
    for sheet in plan.trips:
        run = (_key(sheet), sheet.rule)
        where = f"manifest of trip {sheet.trip_id}"
        if run in seen:
            yield Violation("manifest", f"{where} stands twice")
        seen.add(run)
        rows = [
            (stop.at.position or 0, kind, name)
            for stop in sheet.stops
            for kind, names in (("load", stop.load), ("unload", stop.unload))
            for name in names
        ]
        if len(rows) != len(set(rows)) or set(rows) != wanted.get(run, set()):
            yield Violation("manifest", f"{where} differs from the chains")
        yield from _check_segments(where, sheet, loads.get(run, {}))
        yield from _check_named(where, sheet, facts, plan.ledger_version)
    for key, _ in wanted.keys() - seen:
        yield Violation("manifest", f"trip {key[0]} carries parcels but has no manifest")


def _check_segments(where: str, sheet: Manifest, load: dict[int, Amounts]) -> Iterator[Violation]:
    covered: set[int] = set()
    for row in sheet.segments:
        positions = range(row.position, row.to_position)
        covered |= set(positions)
        if any(load.get(at) != (row.kg, row.litres, row.pieces) for at in positions):
            yield Violation("manifest", f"{where}: load after position {row.position} is wrong")
    if covered != set(load):
        yield Violation("manifest", f"{where}: segments do not cover the rides")


def _check_named(
    where: str, sheet: Manifest, facts: Facts, ledger_version: int
) -> Iterator[Violation]:
    """Line and room of a trip are those of the region, what the ledger has taken left out."""
    trip = facts.trip(_key(sheet))
    if trip is None or sheet.rule not in trip.rules:
        yield Violation("manifest", f"{where}: no such trip takes parcels by '{sheet.rule}'")
        return
    if (sheet.line, sheet.line_name, sheet.mode) != (trip.line_id, trip.line_name, trip.mode):
        yield Violation("name", f"{where} is not of '{sheet.line_name}' but '{trip.line_name}'")
    for row in sheet.segments:
        least, most = room_between(sheet, row.position, row.to_position, facts, ledger_version)
        stated = row.room_kg, row.room_litres, row.room_pieces
        for unit, low, room, high in zip(UNITS, least, stated, most, strict=True):
            if not low <= room <= high:
                text = f"{where}: room after position {row.position} is {high} {unit}, not {room}"
                yield Violation("manifest", text)


def room_between(
    run: Manifest, first: int, end: int, facts: Facts, ledger_version: int
) -> tuple[Amounts, Amounts]:
    """Least and most room on a run from one position to another, on a ledger of some version.

    They differ in weight where several rules share what a vehicle may carry without a permit, and
    in everything where the facts know another ledger.
    """
    key, rule, trip = _key(run), facts.rules[run.rule], facts.trip(_key(run))
    others = () if trip is None else [facts.rules[name] for name in trip.rules - {run.rule}]
    most, shares = list(rule.room), not rule.permit and any(not one.permit for one in others)
    if not rule.permit:
        most[0] = min(most[0], KG_WITHOUT_PERMIT)
    used, is_known = [0, 0, 0], ledger_version == facts.ledger_version
    for at in range(first, end):
        seats = facts.seat_room(key, run.rule, at)
        most = [min(pair) for pair in zip(most, seats or most, strict=True)]
        if is_known:
            used = [max(pair) for pair in zip(used, facts.used(key, at), strict=True)]
    left = [max(0, room - taken) for room, taken in zip(most, used, strict=True)]
    high = left[0], left[1], left[2]
    return (0 if shares else left[0], left[1], left[2]) if is_known else (0, 0, 0), high


def _check_storage(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    events: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in plan.shipments:
        for step in row.chain:
            if isinstance(step, HoldStep):
                pieces = row.request.pieces
                events[step.hub].append((facts.seconds(step.from_), pieces))
                events[step.hub].append((facts.seconds(step.until), -pieces))
    for hub_id, changes in events.items():
        held = most = 0
        for _, change in sorted(changes):
            held += change
            most = max(most, held)
        if most > facts.hubs[hub_id].storage_pieces:
            yield Violation("storage", f"hub '{hub_id}' holds {most} pieces at once")
