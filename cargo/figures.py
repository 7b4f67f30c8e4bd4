"""Figures of one way of operation, as a document."""

from cargo.documents import Document, Style, rides_by_bay
from cargo.line_loads import line_load_factor, load_by_line
from cargo.options import Option
from cargo.party_documents import passenger_kpis
from cargo.returns import leaders
from cargo.schedule import Operation
from cargo.worth import co2_g, line_co2_g, line_cost, road_cost
from routing.layout import NONE


def kpis(operation: Operation, style: Style) -> Document:
    """Figures of one way of operation."""
    problem, driven = operation.problem, operation.driven
    by_road, by_line = road_cost(operation), line_cost(operation)
    served = {at: option for at, option in operation.chosen() if at not in operation.stuck}
    left: dict[str, int] = {}
    for at, shipment in enumerate(problem.shipments):
        level = str(shipment.document.priority)
        left[level] = left.get(level, 0) + (at not in served)
    modes = {at: _modes(operation, option) for at, option in served.items()}
    names = sorted({mode for used in modes.values() for mode in used})
    pieces = [shipment.room.pieces for shipment in problem.shipments]
    return {
        "shipments": len(problem.shipments),
        "planned": len(served),
        "rejected": len(problem.shipments) - len(served),
        "unserved_by_priority": dict(sorted(left.items(), reverse=True)),
        "vehicle_km": round(sum(row.distance_m for row in driven) / 1000, 3),
        "driver_hours": round(sum(row.duration for row in driven) / 3600, 3),
        "cost": style.money(by_road + by_line),
        "road_cost": style.money(by_road),
        "line_cost": style.money(by_line),
        "co2_g": round(co2_g(operation)),
        "co2_g_by_kind": _co2_g_by_kind(operation),
        "vehicles": len({(row.row.fleet, row.row.vehicle) for row in driven}),
        "rounds": len(driven),
        "parcels_by_mode": {
            name: sum(pieces[at] for at, used in modes.items() if name in used) for name in names
        },
        "shipments_by_mode": {name: sum(name in used for used in modes.values()) for name in names},
        "trips_used": len(rides_by_bay(operation)),
        "line_load_factor": line_load_factor(operation),
        "vehicle_load_factor": _vehicle_load_factor(operation),
        "load_by_line": list(load_by_line(operation)),
        **({"passengers": passenger_kpis(operation)} if problem.parties else {}),
        **({"following": _following(operation)} if leaders(problem) else {}),
    }


def _co2_g_by_kind(operation: Operation) -> Document:
    """CO2 of each kind of vehicle, and of goods on lines."""
    found: dict[str, float] = {}
    for row in operation.driven:
        kind = operation.problem.network.fleets[row.row.fleet].kind
        found[kind] = found.get(kind, 0.0) + row.co2_g
    if any(option.rides for _, option in operation.chosen()):
        found["lines"] = line_co2_g(operation)
    return {kind: round(g) for kind, g in sorted(found.items())}


def _following(operation: Operation) -> Document:
    """Figures of shipments that follow others."""
    served = {at for at, _ in operation.chosen()} - operation.stuck
    leader = leaders(operation.problem)
    pieces = [operation.problem.shipments[at].room.pieces for at in leader if at in served]
    return {"shipments": len(leader), "planned": len(pieces), "pieces": sum(pieces)}


def _modes(operation: Operation, option: Option) -> set[str]:
    """Modes that a chain rides."""
    problem = operation.problem
    lines = {problem.network.trips[ride.bay].mode for ride in option.rides}
    jobs = {option.first_job, option.last_job} - {NONE}
    rows = (operation.driven[operation.times[job].round].row for job in jobs)
    return lines | {problem.network.fleets[row.fleet].mode for row in rows}


def _vehicle_load_factor(operation: Operation) -> float | None:
    fleets = operation.problem.network.fleets
    free = sum(fleets[row.row.fleet].bay.kg * row.distance_m for row in operation.driven)
    carried = sum(row.kg_m for row in operation.driven)
    return round(carried / free, 4) if free else None
