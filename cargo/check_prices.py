"""Checks that no shipment with a price limit costs more than that at the margin.

What counts is what its lines are paid and what its rounds would save without it: the drive and
service of stops that nobody else needs, or the whole round where it is alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cargo.check_facts import Facts, Violation, place_of, standing
from cargo.model import LoadPlan, RouteSheet, TripStep, Visit

ROUNDING = 1.0  # of the currency's smallest unit


def check_prices(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of price limits in both ways of operation."""
    limits = {row.id: row.request.max_price for row in plan.shipments}
    lines = {
        row.id: sum(
            facts.rules[step.rule].price_per_piece * row.request.pieces
            for step in row.chain
            if isinstance(step, TripStep)
        )
        for row in plan.shipments
        if row.status == "planned"
    }
    yield from _check("mixed", limits, lines, plan.vehicles, facts)
    by_van = dict.fromkeys(plan.separate.planned, 0.0)
    yield from _check("separate", limits, by_van, plan.separate.vehicles, facts)


def _check(
    name: str, limits: dict[str, float | None], lines: dict[str, float],
    sheets: Sequence[RouteSheet], facts: Facts,
) -> Iterator[Violation]:  # fmt: skip
    cost = defaultdict(float, lines)
    for sheet in sheets:
        here = {one for visit in sheet.visits for one in (*visit.load, *visit.unload)}
        for shipment in here:
            if limits.get(shipment) is not None:
                cost[shipment] += _without(sheet, shipment, facts)
    for shipment, limit in limits.items():
        if limit is not None and shipment in lines and cost[shipment] > limit + ROUNDING:
            text = f"{shipment}: costs {cost[shipment]:.0f} in {name} operation, {limit:g} allowed"
            yield Violation("price", text)


def _without(sheet: RouteSheet, shipment: str, facts: Facts) -> float:
    """What a sheet would save without a shipment."""
    begin, *stops, end = sheet.visits
    left = [
        stop for stop in stops if {*stop.load, *stop.unload, *stop.board, *stop.alight} - {shipment}
    ]
    saved = _cost(sheet, [begin, *stops, end], facts) - _cost(sheet, [begin, *left, end], facts)
    return saved if left else saved + facts.fleets[sheet.fleet].fixed


def _cost(sheet: RouteSheet, visits: Sequence[Visit], facts: Facts) -> float:
    fleet = facts.fleets[sheet.fleet]
    seconds, metres = facts.drive(fleet.profile, [place_of(visit.at) for visit in visits])
    hops = list(pairwise(range(len(visits))))
    driven = sum(metres[one][other] for one, other in hops)
    spent = sum(seconds[one][other] for one, other in hops)
    spent += sum(standing(visit, facts) for visit in visits[1:-1])
    return fleet.per_km * driven / 1000 + fleet.per_hour * spent / 3600
