"""Parties of passengers in a load plan: what becomes of each, and their figures."""

from collections.abc import Callable
from statistics import fmean
from typing import Any

from cargo.documents import Document, sheet_id
from cargo.party_reasons import why_refused
from cargo.rules import BOARDING
from cargo.schedule import Operation, RoadTimes


def party_rows(
    operation: Operation,
    time: Callable[[int], str],
    cancelled: Document | None,
) -> list[Document]:
    """One row a party.

    Parameters
    ----------
    time
        How seconds are written.
    cancelled
        Reason that stands for all others, where planning was ended early.
    """
    carried = _times(operation)
    rows = []
    for at, party in enumerate(operation.problem.parties):
        row: Document = {"id": party.document.id, "status": "refused"}
        if at in carried:
            found = carried[at]
            row |= {
                "status": "carried",
                "vehicle": sheet_id(operation.problem, operation.driven[found.round].row),
                "pickup": time(found.departure - BOARDING),
                "departure": time(found.departure),
                "arrival": time(found.arrival),
                "wait_s": found.departure - BOARDING - party.ready,
                "ride_s": found.arrival - found.departure,
            }
        else:
            row["reason"] = cancelled or why_refused(operation.problem, at)
        request = party.document.model_dump(by_alias=True, exclude_none=True)
        rows.append({**row, "request": request})
    return rows


def passenger_kpis(operation: Operation) -> Document:
    """Figures of the parties of one way of operation."""
    problem, times = operation.problem, _times(operation)
    waits = [found.departure - BOARDING - problem.parties[at].ready for at, found in times.items()]
    rides = [found.arrival - found.departure for found in times.values()]
    n, jobs = len(problem.shipments), operation.catalogue.jobs
    taxis = {found.round for found in times.values()}
    shared = [
        at
        for at in taxis
        if any(jobs[job].demand < n for stay in operation.driven[at].stays for job in stay.load)
    ]

    def vehicles(rounds: Any) -> int:
        rows = (operation.driven[at].row for at in rounds)
        return len({(row.fleet, row.vehicle) for row in rows})

    return {
        "parties": len(problem.parties),
        "carried": len(times),
        "people_carried": sum(problem.parties[at].document.people for at in times),
        "mean_wait_s": round(fmean(waits), 1) if waits else None,
        "longest_wait_s": max(waits, default=None),
        "mean_ride_s": round(fmean(rides), 1) if rides else None,
        "taxis": vehicles(taxis),
        "shared_taxis": vehicles(shared),
    }


def _times(operation: Operation) -> dict[int, RoadTimes]:
    """When each party that is carried leaves and arrives."""
    return {at: operation.times[option.first_job] for at, option in operation.carried()}
