"""A plan after chains were planned anew, and how it differs from the one before."""

from collections.abc import Iterator
from typing import Any

from cargo.documents import (
    Document,
    Style,
    chain_document,
    manifests,
    route_sheets,
)
from cargo.figures import kpis
from cargo.party_documents import party_rows
from cargo.reason import CANCELLED
from cargo.replan import Replanned
from cargo.way_back import told_beside
from routing.layout import NONE

NOTICE = (
    "Planned anew at {at}: trips changed, separate operation and its figures are those of before.",
    "{at} に便の変更を受けて再計画しました。個別輸送の計画と数値は変更前のものです。",
)


def changed_plan(
    before: Document, found: Replanned, style: Style, changes: list[Document], at: str
) -> Document:
    """The plan before with the chains, sheets and figures of the day as it goes on."""
    operation = found.operation
    notices = [text for text in before["notices"] if not _is_notice(text)]
    return {
        **before,
        "notices": [*(text.format(at=at) for text in NOTICE), *notices],
        "changes": changes,
        "shipments": [
            _shipment(row, found, style, number) for number, row in enumerate(before["shipments"])
        ],
        "passengers": _passengers(before, found, style),
        "vehicles": route_sheets(operation, style),
        "trips": manifests(operation, style, None),
        "lines": None,  # the bound was that of another timetable
        "kpis": {**before["kpis"], "mixed": kpis(operation, style)},
    }


def _is_notice(text: str) -> bool:
    return any(
        text.startswith(head) and text.endswith(tail)
        for head, tail in (one.split("{at}") for one in NOTICE)
    )


def _shipment(before: Document, found: Replanned, style: Style, at: int) -> Document:
    row: Document = {"id": before["id"], "status": before["status"], "chain": []}
    operation, problem = found.operation, found.operation.problem
    if operation.assignment.option[at] != NONE:
        row["chain"] = chain_document(operation, style, at)
    if at in found.reasons:
        row |= {"status": "rejected", "reason": found.reasons[at]}
    elif before.get("reason") is not None:
        row["reason"] = before["reason"]
    if row["status"] == "planned":
        row |= told_beside(row["chain"], problem.network, style, problem.shipments[at].document)
    return {**row, "request": before["request"]}


def _passengers(before: Document, found: Replanned, style: Style) -> list[Document]:
    """Parties as they are driven now; those that were refused stay so."""
    operation = found.operation

    rows = party_rows(operation, style.time, CANCELLED)
    return [
        old if row["status"] == "refused" else row
        for old, row in zip(before.get("passengers", ()), rows, strict=True)
    ]


def differences(before: Document, after: Document, affected: frozenset[int]) -> Document:
    """What a new plan changes: chains, times at doors, what is left behind, cost."""
    pairs = zip(before["shipments"], after["shipments"], strict=True)
    rows = [
        {
            "id": new["id"],
            "before": _told(old),
            "after": _told(new),
            **({"reason": new["reason"]} if new["status"] == "rejected" else {}),
        }
        for at, (old, new) in enumerate(pairs)
        if at in affected or _told(old) != _told(new)
    ]
    parties = [
        {"id": new["id"], **{name: [old[name], new[name]] for name in ("pickup", "arrival")}}
        for old, new in zip(before.get("passengers", ()), after["passengers"], strict=True)
        if old["status"] == "carried" and _times(old) != _times(new)
    ]
    names = ("planned", "cost", "co2_g", "vehicle_km", "driver_hours")
    figures = {name: [plan["kpis"]["mixed"][name] for plan in (before, after)] for name in names}
    return {"shipments": rows, "passengers": parties, "figures": figures}


def _times(row: Document) -> tuple[Any, ...]:
    return row["vehicle"], row["pickup"], row["arrival"]


def _told(row: Document) -> Document:
    """What one has to know of a chain: who carries it, and when it comes."""
    if row["status"] == "rejected":
        return {"status": "rejected", "at": _last_place(row["chain"])}
    return {"status": "planned", "by": list(_carriers(row["chain"])), "arrival": _end(row["chain"])}


def _carriers(chain: list[Document]) -> Iterator[str]:
    for step in chain:
        if step["kind"] == "road":
            yield step["vehicle"]
        elif step["kind"] == "trip":
            yield f"{step['trip_id']} {step['departure'][11:16]}"


def _end(chain: list[Document]) -> str:
    last: str = chain[-1]["until"] if chain[-1]["kind"] == "hold" else chain[-1]["arrival"]
    return last


def _last_place(chain: list[Document]) -> str | None:
    """Hub where goods are stuck; None where they are at their door."""
    found: str | None = chain[-1]["hub"] if chain else None
    return found
