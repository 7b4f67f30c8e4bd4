"""Checks that what follows a delivery comes after it, and that returns are what was asked for."""

from collections.abc import Iterator

from cargo.check_facts import DAY_END, Facts, Violation, amounts, away_m
from cargo.model import LoadPlan, PlannedShipment, RoadStep, RouteSheet
from cargo.rules import DOOR_SERVICE
from cargo.shipment import Returns, Shipment


def check_order(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of the order of shipments in both ways of operation."""
    rows = {row.id: row for row in plan.shipments}
    yield from _check_returns(rows, facts)
    for row in plan.shipments:
        first = row.request.follows
        if first is None:
            continue
        if first not in rows:
            yield Violation("order", f"{row.id} follows '{first}', which is not in the plan")
            continue
        if row.status == "planned":
            yield from _check_chains(row, rows[first], facts)
        if row.id in plan.separate.planned:
            yield from _check_sheets(row.id, first, plan.separate.vehicles, facts)


def _check_chains(
    row: PlannedShipment, first: PlannedShipment, facts: Facts
) -> Iterator[Violation]:
    if first.status != "planned":
        yield Violation("order", f"{row.id} goes although '{first.id}' is not delivered")
        return
    begin, end = row.chain[0], first.chain[-1]
    left = facts.seconds(begin.from_ if begin.kind == "hold" else begin.departure)
    came = facts.seconds(end.until if end.kind == "hold" else end.arrival)
    service = DOOR_SERVICE if isinstance(begin, RoadStep) else 0
    if left - service < came:
        yield Violation("order", f"{row.id} leaves before '{first.id}' is delivered")


def _check_sheets(
    name: str, first: str, sheets: tuple[RouteSheet, ...], facts: Facts
) -> Iterator[Violation]:
    """The same where vans go from door to door."""
    visits = [visit for sheet in sheets for visit in sheet.visits]
    came = [facts.seconds(visit.arrival) for visit in visits if first in visit.unload]
    left = [facts.seconds(visit.departure) for visit in visits if name in visit.load]
    if not came:
        yield Violation("order", f"separate: {name} goes although '{first}' is not delivered")
    elif left and min(left) - DOOR_SERVICE < max(came):
        yield Violation("order", f"separate: {name} leaves before '{first}' is delivered")


def _check_returns(rows: dict[str, PlannedShipment], facts: Facts) -> Iterator[Violation]:
    """Each return that was asked for stands in the plan as it was asked for."""
    for row in rows.values():
        asked, back = row.request.returns, rows.get(row.request.return_id)
        if asked is None:
            if back is not None and back.request.follows == row.id:
                yield Violation("order", f"{back.id}: '{row.id}' asks for no return")
            continue
        if back is None or back.request.follows != row.id:
            yield Violation("order", f"{row.id}: its return is not in the plan")
            continue
        goal, found = asked.to or row.request.pickup, back.request
        same = _terms(found) == _terms(asked)
        same = same and amounts(found) == amounts(asked)
        same = same and facts.clock(found.due, DAY_END) == facts.clock(asked.by, DAY_END)
        ends = ((found.pickup, row.request.delivery), (found.delivery, goal))
        off = max(away_m((one.lat, one.lon), (two.lat, two.lon)) for one, two in ends)
        if not same or off > 1.0:
            yield Violation("order", f"{back.id}: it is not the return that '{row.id}' asks for")


def _terms(goods: Shipment | Returns) -> tuple[object, ...]:
    return goods.temperature, goods.goods, goods.box_cm, goods.value, goods.priority
