"""The two answers of the package as documents: a quote and a load plan."""

import time
from collections.abc import Sequence
from importlib.metadata import version

from cargo.batch import BatchPlan, plan_batch
from cargo.company import booked_company, without_hops
from cargo.documents import (
    Document,
    Style,
    carriers_left,
    chain_document,
    manifests,
    offer_document,
    route_sheets,
)
from cargo.effort import Effort
from cargo.figures import kpis
from cargo.layout import Carriers
from cargo.line_worth import box_worths, line_report
from cargo.ortools_loads import NOTICE as ORTOOLS_NOTICE
from cargo.party_documents import party_rows
from cargo.possible import check_possible
from cargo.problem import Problem
from cargo.quote import SHIPMENT, Quotes, in_time, pareto
from cargo.reason import CANCELLED, not_delivered
from cargo.reasons import only, why_rejected
from cargo.reasons_company import if_aboard, planned_company
from cargo.reasons_rules import why_not_rules
from cargo.returns import leaders
from cargo.rules import OBJECTIVE
from cargo.schedule import Operation
from cargo.storage import if_stored
from cargo.way_back import told_beside

ENGINES = ("numba", "ortools")
CUT_SHORT = (
    "Planning was cut short after {spent:.1f} s of CPU time, this is the best plan by then; plan "
    "again for a better one.",
    "計画は CPU 時間 {spent:.1f} 秒で中断されました。その時点で最良の計画です。"
    "もう一度計画すれば改善します。",
)
NO_VANS = "This region has no vans or trucks: separate operation takes no parcels."
VERSION = 2  # of the load plan's form


def quote_document(problem: Problem, style: Style) -> Document:
    """Offers for the one shipment of a problem, and why other ways are none.

    Raises
    ------
    ImpossibleShipmentError
        If nothing in the region could ever carry it.
    """
    check_possible(problem.network, problem.shipments[SHIPMENT])
    network = problem.network
    company = booked_company(network, problem.shipments[SHIPMENT].document.goods)
    quotes = Quotes(problem, without_hops(network.carriers, company))
    offers = pareto(in_time(problem, quotes.offers()))
    reasons = why_not_rules(problem, quotes, offers)
    if not offers:
        reasons = [why_rejected(quotes.on(network.carriers), company), *reasons]
    return {
        "options": [offer_document(problem, style, offer) for offer in offers],
        "reasons": reasons,
    }


def plan_document(
    problem: Problem, style: Style, effort: Effort, head: Document, notices: Sequence[str]
) -> Document:
    """A load plan; `head` names region, date and ledger."""
    begun = time.process_time()
    plan = plan_batch(problem, effort)
    spent = time.process_time() - begun
    worths = box_worths(problem, plan.lines)
    has_vans = any(fleet.is_for_goods for fleet in problem.network.fleets)
    extra = () if has_vans else (NO_VANS,)
    is_early = effort.is_cancelled()
    by_ortools = ORTOOLS_NOTICE if effort.engine == "ortools" else ()
    early = tuple(text.format(spent=spent) for text in CUT_SHORT) if is_early else ()
    return {
        "version": VERSION,
        **head,
        "currency": style.currency,
        "seed": effort.seed,
        "seconds": effort.seconds if effort.is_by_clock else 0.0,
        "iterations": effort.iterations,
        "engine": effort.engine,
        "engines": {name: version(name) for name in ENGINES},
        "objective": list(OBJECTIVE),
        "notices": [*early, *notices, *extra, *by_ortools],
        "shipments": _shipments(problem, plan.mixed, style, is_early=is_early),
        "passengers": _passengers(plan.mixed, style, is_early=is_early),
        "vehicles": route_sheets(plan.mixed, style),
        "trips": manifests(plan.mixed, style, worths),
        "lines": line_report(problem, style, plan.lines, worths),
        "separate": _separate(plan, style, is_early=is_early),
        "kpis": {"mixed": kpis(plan.mixed, style), "separate": kpis(plan.separate, style)},
    }


def _passengers(operation: Operation, style: Style, *, is_early: bool) -> list[Document]:
    return party_rows(operation, style.time, CANCELLED if is_early else None)


def _shipments(
    problem: Problem, operation: Operation, style: Style, *, is_early: bool
) -> list[Document]:
    """One row a shipment; `problem` has the windows as they were asked for."""
    carriers = carriers_left(operation)
    served, leader = dict(operation.chosen()), leaders(problem)
    rows: list[Document] = []
    for at, shipment in enumerate(problem.shipments):
        row: Document = {"id": shipment.document.id}
        if at in served:
            row |= {"status": "planned", "chain": chain_document(operation, style, at)}
            row |= told_beside(row["chain"], problem.network, style, shipment.document)
        elif is_early:
            row |= {"status": "rejected", "chain": [], "reason": CANCELLED}
        elif at in leader and leader[at] not in served:
            why = not_delivered(problem.shipments[leader[at]].document.id)
            row |= {"status": "rejected", "chain": [], "reason": why}
        else:
            asked = operation.problem if at in leader else problem
            row |= {
                "status": "rejected",
                "chain": [],
                "reason": _why(operation, asked, at, carriers),
            }
        rows.append({**row, "request": shipment.document.model_dump(exclude_none=True)})
    return rows


def _why(operation: Operation, problem: Problem, shipment: int, carriers: Carriers) -> Document:
    """Why a shipment is not in a plan that leaves some room."""
    company = planned_company(operation, shipment)
    quotes = Quotes(only(problem, shipment), carriers)
    why = why_rejected(quotes, company)
    if why["code"] != "vehicles_busy":
        return why
    offers = in_time(quotes.problem, quotes.on(without_hops(carriers, company)).offers())
    return (
        if_aboard(operation, shipment, offers, why) or if_stored(operation, shipment, offers) or why
    )


def _separate(plan: BatchPlan, style: Style, *, is_early: bool) -> Document:
    served = dict(plan.separate.chosen())
    ids = [shipment.document.id for shipment in plan.separate.problem.shipments]
    return {
        "planned": [name for at, name in enumerate(ids) if at in served],
        "rejected": [name for at, name in enumerate(ids) if at not in served],
        "vehicles": route_sheets(plan.separate, style),
        "passengers": _passengers(plan.separate, style, is_early=is_early),
    }
