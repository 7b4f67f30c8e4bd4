"""Checks load factors: kg km carried over kg km that there was room for."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from cargo.check_facts import Facts, TripFacts, Violation, amounts, length_of, place_of
from cargo.check_line_loads import check_load_by_line
from cargo.check_lines import room_between
from cargo.model import LoadPlan, Manifest, RouteSheet

ROUNDING = 2e-4  # factors have four decimals; lengths are rounded to metres


def check_load_factors(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of the load factors of both ways of operation."""
    kg = {row.id: amounts(row.request)[0] for row in plan.shipments}
    for name, kpis, sheets in (
        ("mixed", plan.kpis.mixed, plan.vehicles),
        ("separate", plan.kpis.separate, plan.separate.vehicles),
    ):
        by_road = _on_roads(sheets, kg, facts)
        yield from _check(f"{name}: vehicle_load_factor", kpis.vehicle_load_factor, *by_road)
    mixed, separate = plan.kpis.mixed, plan.kpis.separate
    yield from _check("mixed: line_load_factor", mixed.line_load_factor, *_on_lines(plan, facts))
    yield from _check("separate: line_load_factor", separate.line_load_factor, 0.0, 0.0, 0.0)
    yield from check_load_by_line(plan, facts)


def _check(
    name: str, stated: float | None, carried: float, least: float, most: float
) -> Iterator[Violation]:
    """A factor lies between those of the most and of the least room that there was."""
    if most <= 0:
        if stated is not None:
            yield Violation("kpis", f"{name}: nothing is driven, but {stated:g} is stated")
        return
    low, high = carried / most, carried / least if least > 0 else 1.0
    if stated is None or not low - ROUNDING <= stated <= high + ROUNDING:
        yield Violation("kpis", f"{name}: is {low:.4f} to {high:.4f}, not {stated}")


def _on_roads(
    sheets: Sequence[RouteSheet], kg: dict[str, int], facts: Facts
) -> tuple[float, float, float]:
    """Kg m carried, and that there was room for (twice)."""
    carried = free = 0
    for sheet in sheets:
        if sheet.fleet not in facts.fleets:
            continue  # said already
        fleet = facts.fleets[sheet.fleet]
        _, metres = facts.drive(fleet.profile, [place_of(visit.at) for visit in sheet.visits])
        load, room = 0, fleet.room[0]
        for at, visit in enumerate(sheet.visits[:-1]):
            load += sum(kg.get(name, 0) for name in visit.load)
            load -= sum(kg.get(name, 0) for name in visit.unload)
            carried += load * metres[at][at + 1]
            free += room * metres[at][at + 1]
    return carried, free, free


def _on_lines(plan: LoadPlan, facts: Facts) -> tuple[float, float, float]:
    """Kg m carried, and that there was room for at least and at most.

    A trip that is cut where its way is blocked has room on its own part of it only: at least from
    its first to its last stop in the manifest.
    """
    carried = least = most = 0.0
    for sheet in plan.trips:
        trip = facts.trip((sheet.trip_id, sheet.service_date, sheet.start_time))
        if trip is None or sheet.rule not in trip.rules or not sheet.stops:
            continue  # said already
        used = [stop.at.position or 0 for stop in sheet.stops]
        for one, other in pairwise(_calls(sheet, trip, facts)):
            length = length_of(trip, one, other)
            low, high = room_between(sheet, one, other, facts, plan.ledger_version)
            most += high[0] * length
            if min(used) <= one < max(used):
                least += low[0] * length
        for row in sheet.segments:
            carried += row.kg * length_of(trip, row.position, row.to_position)
    return carried, least, most


def _calls(sheet: Manifest, trip: TripFacts, facts: Facts) -> list[int]:
    """Positions of a trip at hubs where its rule loads."""
    hubs = frozenset[str]().union(*(hub.stops for hub in facts.hubs.values()))
    stops = facts.rules[sheet.rule].stops
    allowed = hubs if stops is None else hubs & stops
    return [at for at, stop in enumerate(trip.stop_ids) if stop in allowed]
