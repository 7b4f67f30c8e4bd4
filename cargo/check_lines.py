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
    yield from _check_manifests(plan, loads)
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


def _check_manifests(plan: LoadPlan, loads: Loads) -> Iterator[Violation]:
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
