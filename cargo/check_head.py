"""Checks what a plan says of its region and of itself: zone, currency, objective, reasons."""

from collections.abc import Iterator

from pydantic import BaseModel

from cargo.check_facts import Facts, Violation
from cargo.model import LoadPlan, PlannedParty, PlannedShipment
from cargo.money import Money
from cargo.rules import OBJECTIVE

Row = PlannedShipment | PlannedParty


def check_head(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of the head, of amounts of money and of reasons."""
    for name, stated, found in (
        ("timezone", plan.timezone, facts.timezone),
        ("currency", plan.currency, facts.currency),
        ("objective", plan.objective, OBJECTIVE),
    ):
        if stated != found:
            yield Violation("head", f"{name} is {found}, not {stated}")
    if facts.is_synthetic and not plan.synthetic:
        yield Violation("head", "the region is synthetic, but the plan says that it is not")
    if others := {money.currency for money in _amounts(plan)} - {facts.currency}:
        text = f"amounts are in {facts.currency}, not in {', '.join(sorted(others))}"
        yield Violation("head", text)
    rows: list[Row] = [*plan.shipments, *plan.passengers, *plan.separate.passengers]
    for row in rows:
        yield from _check_reason(row)


def _amounts(part: object) -> Iterator[Money]:
    """All amounts of money in a part of a plan."""
    if isinstance(part, Money):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _amounts(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from _amounts(one)


def _check_reason(row: Row) -> Iterator[Violation]:
    """Who goes has no reason to stay, and a reason says something."""
    reason = row.reason
    if reason is None:
        return
    if row.status in {"planned", "carried"}:
        yield Violation("reason", f"{row.id}: {row.status}, but with a reason against it")
    for name in ("code", "message", "message_ja"):
        if not getattr(reason, name).strip():
            yield Violation("reason", f"{row.id}: the {name} of its reason is empty")
