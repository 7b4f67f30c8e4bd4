"""Checks KPIs against chains and sheets, and that mixed operation is not worse than separate."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from cargo.check_facts import Facts, Violation, amounts, away_m
from cargo.kpi_documents import Kpis
from cargo.model import LoadPlan, PlannedShipment, RouteSheet, TripStep
from cargo.rules import CO2_G_PER_TONNE_KM, CO2_G_PER_TONNE_KM_ELSE


def check_figures(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of the figures of both ways of operation."""
    served = [row for row in plan.shipments if row.status == "planned"]
    yield from _check(plan, "mixed", plan.kpis.mixed, plan.vehicles, served, facts)
    names = set(plan.separate.planned)
    by_van = [row.model_copy(update={"chain": ()}) for row in plan.shipments if row.id in names]
    yield from _check(plan, "separate", plan.kpis.separate, plan.separate.vehicles, by_van, facts)
    is_worse = _objective(plan.kpis.mixed) > _objective(plan.kpis.separate)
    if is_worse and not plan.changes:  # which separate operation, made before, knows nothing of
        yield Violation("objective", "mixed operation is worse than separate operation")


def _objective(kpis: Kpis) -> tuple[float, ...]:
    """Parties left behind; unserved by priority, the highest first; cost; CO2."""
    levels = sorted(kpis.unserved_by_priority, key=int, reverse=True)
    unserved = (float(kpis.unserved_by_priority[level]) for level in levels)
    riders = kpis.passengers
    waiting = 0.0 if riders is None else float(riders.parties - riders.carried)
    return (waiting, *unserved, round(kpis.cost.smallest), float(kpis.co2_g))


def _check(
    plan: LoadPlan,
    name: str,
    kpis: Kpis,
    sheets: Sequence[RouteSheet],
    served: Sequence[PlannedShipment],
    facts: Facts,
) -> Iterator[Violation]:
    moved = plan.shipments if name == "mixed" else ()  # those that got stuck were paid for, too
    rides = [(row, step) for row in moved for step in row.chain if isinstance(step, TripStep)]
    line_cost = sum(
        facts.rules[step.rule].price_per_piece * row.request.pieces for row, step in rides
    )
    line_co2 = sum(_line_co2_g(row, step, facts) for row, step in rides)
    road_cost = sum(sheet.cost.smallest for sheet in sheets)
    slack = 1.0 + len(sheets)  # each sheet's cost is rounded
    ids = {row.id for row in served}
    left: dict[str, int] = defaultdict(int)
    for row in plan.shipments:
        left[str(row.request.priority)] += row.id not in ids
    wanted = {
        "shipments": (kpis.shipments, len(plan.shipments), 0),
        "planned": (kpis.planned, len(served), 0),
        "rejected": (kpis.rejected, len(plan.shipments) - len(served), 0),
        "vehicle_km": (kpis.vehicle_km, sum(sheet.distance_m for sheet in sheets) / 1000, 0.01),
        "driver_hours": (kpis.driver_hours, sum(s.duration_s for s in sheets) / 3600, 0.01),
        "line_cost": (kpis.line_cost.smallest, line_cost, 1.0),
        "road_cost": (kpis.road_cost.smallest, road_cost, slack),
        "cost": (kpis.cost.smallest, road_cost + line_cost, slack),
        "co2_g": (kpis.co2_g, sum(sheet.co2_g for sheet in sheets) + line_co2, slack),
        "vehicles": (kpis.vehicles, len({sheet.vehicle for sheet in sheets}), 0),
        "rounds": (kpis.rounds, len(sheets), 0),
        "trips_used": (
            kpis.trips_used,
            len({(s.trip_id, s.service_date, s.start_time, s.rule) for _, s in rides}),
            0,
        ),
    }
    for key, (stated, found, tolerance) in wanted.items():
        if abs(stated - found) > tolerance:
            yield Violation("kpis", f"{name}: {key} is {found:g}, not {stated:g}")
    by_kind = {"lines": line_co2} if rides else {}
    for sheet in sheets:
        by_kind[sheet.kind] = by_kind.get(sheet.kind, 0.0) + sheet.co2_g
    told = kpis.co2_g_by_kind
    if told.keys() != by_kind.keys() or any(
        abs(told[kind] - g) > slack for kind, g in by_kind.items()
    ):
        yield Violation("kpis", f"{name}: CO2 by kind is {by_kind}, not {told}")
    if kpis.unserved_by_priority != dict(left):
        yield Violation("kpis", f"{name}: unserved by priority is {dict(left)}")
    yield from _check_following(name, plan, kpis, ids)
    if name == "mixed":
        yield from _check_modes(kpis, served)


def _check_following(name: str, plan: LoadPlan, kpis: Kpis, ids: set[str]) -> Iterator[Violation]:
    """Figures of shipments that follow others."""
    rows = [row for row in plan.shipments if row.request.follows is not None]
    pieces = [row.request.pieces for row in rows if row.id in ids]
    found = (len(rows), len(pieces), sum(pieces))
    told = kpis.following
    stated = (0, 0, 0) if told is None else (told.shipments, told.planned, told.pieces)
    if stated != found:
        yield Violation("kpis", f"{name}: {found} shipments follow, are planned, have pieces")


def _line_co2_g(row: PlannedShipment, step: TripStep, facts: Facts) -> float:
    """CO2 that a shipment adds to a trip."""
    trip = facts.trip((step.trip_id, step.service_date, step.start_time))
    if trip is None:
        return 0.0
    places = list(zip(trip.lat, trip.lon, strict=True))
    span = range(step.from_.position or 0, step.to.position or 0)
    km = sum(away_m(places[at], places[at + 1]) for at in span) / 1000
    factor = CO2_G_PER_TONNE_KM.get(trip.mode, CO2_G_PER_TONNE_KM_ELSE)
    return factor * km * amounts(row.request)[0] / 1000


def _check_modes(kpis: Kpis, served: Sequence[PlannedShipment]) -> Iterator[Violation]:
    pieces: dict[str, int] = defaultdict(int)
    shipments: dict[str, int] = defaultdict(int)
    for row in served:
        for mode in {step.mode for step in row.chain if step.kind != "hold"}:
            pieces[mode] += row.request.pieces
            shipments[mode] += 1
    if kpis.parcels_by_mode != dict(pieces) or kpis.shipments_by_mode != dict(shipments):
        yield Violation("kpis", "mixed: parcels by mode differ from the chains")
