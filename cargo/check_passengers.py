"""Checks parties of passengers: limits of wait and ride, seats, and parcels beside them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import fmean

from cargo.check_facts import DAY_END, Facts, Violation, away_m, place_of
from cargo.kpi_documents import PassengerKpis
from cargo.model import (
    LoadPlan,
    PlannedParty,
    RouteSheet,
    Visit,
)
from cargo.party import PassengerParty
from cargo.rules import BOARDING, GOODS_ONLY, RIDE_EXTRA, RIDE_FACTOR


def check_passengers(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of parties in both ways of operation."""
    asked = {row.id: row.request for row in plan.passengers}
    if len(asked) < len(plan.passengers):
        yield Violation("party", "a party stands twice in the plan")
    if {row.id: row.request for row in plan.separate.passengers} != asked:
        yield Violation("party", "separate operation carries other parties")
        return
    for name, rows, sheets, kpis in (
        ("mixed", plan.passengers, plan.vehicles, plan.kpis.mixed.passengers),
        ("separate", plan.separate.passengers, plan.separate.vehicles,
         plan.kpis.separate.passengers),
    ):  # fmt: skip
        for row in rows:
            yield from _check_party(row, {sheet.id: sheet for sheet in sheets}, facts)
        yield from _check_names(rows, sheets)
        for sheet in sheets:
            yield from _check_sheet(sheet, asked, facts)
        yield from _check_kpis(name, rows, sheets, kpis)


def _check_party(
    row: PlannedParty, sheets: dict[str, RouteSheet], facts: Facts
) -> Iterator[Violation]:
    """Where and when a party gets in and out."""
    if row.id != row.request.id:
        yield Violation("party", f"party '{row.id}' holds the request of '{row.request.id}'")
    if row.status == "refused":
        if row.vehicle is not None or row.reason is None:
            yield Violation("party", f"{row.id}: refused, but carried or without a reason")
        return
    sheet = sheets.get(row.vehicle or "")
    if sheet is None or row.pickup is None or row.departure is None or row.arrival is None:
        yield Violation("party", f"{row.id}: carried, but by no vehicle or at no time")
        return
    into = [at for at, visit in enumerate(sheet.visits) if row.id in visit.board]
    out = [at for at, visit in enumerate(sheet.visits) if row.id in visit.alight]
    if len(into) != 1 or len(out) != 1 or into[0] >= out[0]:
        yield Violation("party", f"{row.id}: does not get in and then out of '{sheet.id}'")
        return
    ends = sheet.visits[into[0]], sheet.visits[out[0]]
    for visit, place in zip(ends, (row.request.origin, row.request.destination), strict=True):
        if away_m(place_of(visit.at), (place.lat, place.lon)) > 1.0:
            yield Violation("place", f"{row.id}: '{visit.at.name}' is not where it gets in or out")
    yield from _check_times(row, ends, facts)


def _check_times(row: PlannedParty, ends: tuple[Visit, Visit], facts: Facts) -> Iterator[Violation]:
    request = row.request
    pickup, departure, arrival = (
        facts.seconds(text or "") for text in (row.pickup, row.departure, row.arrival)
    )
    one, other = ends
    if departure != facts.seconds(one.departure) or pickup + BOARDING != departure:
        yield Violation("party", f"{row.id}: leaves at another time than its vehicle")
    if not facts.seconds(other.arrival) <= arrival <= facts.seconds(other.departure) - BOARDING:
        yield Violation("party", f"{row.id}: is there at another time than its vehicle")
    earliest = facts.clock(request.earliest, 0)
    if pickup < earliest:
        yield Violation("ready", f"{row.id}: picked up before {request.earliest}")
    if pickup > earliest + request.max_wait:
        yield Violation("wait", f"{row.id}: waits longer than {request.max_wait} s")
    if arrival > facts.clock(request.latest, DAY_END):
        yield Violation("due", f"{row.id}: there after {request.latest}")
    if arrival - departure > most_ride(request, facts):
        yield Violation("ride", f"{row.id}: rides longer than it may")
    if (row.wait_s, row.ride_s) != (pickup - earliest, arrival - departure):
        yield Violation("figures", f"{row.id}: wait or ride is stated wrongly")


def most_ride(request: PassengerParty, facts: Facts) -> int:
    """Longest ride of a party, s."""
    if request.max_ride is not None:
        return request.max_ride
    ends = [(place.lat, place.lon) for place in (request.origin, request.destination)]
    seconds, _ = facts.drive("taxi", ends)
    return round(RIDE_FACTOR * seconds[0][1]) + RIDE_EXTRA


def _check_names(rows: Sequence[PlannedParty], sheets: Sequence[RouteSheet]) -> Iterator[Violation]:
    """Nobody else rides, and nobody twice."""
    carried = Counter(row.id for row in rows if row.status == "carried")
    for word in ("board", "alight"):
        found = Counter(
            name for sheet in sheets for visit in sheet.visits for name in getattr(visit, word)
        )
        if found != carried:
            yield Violation("party", f"sheets let other parties {word} than are carried")


def _check_sheet(
    sheet: RouteSheet, asked: dict[str, PassengerParty], facts: Facts
) -> Iterator[Violation]:
    """Seats, wheelchair places, and parcels that are handled while somebody is on board."""
    fleet = facts.fleets.get(sheet.fleet)
    aboard: set[str] = set()
    for visit in sheet.visits:
        aboard -= set(visit.alight)
        if (visit.load or visit.unload) and (aboard or visit.board or visit.alight):
            text = f"{sheet.id}: parcels at '{visit.at.name}' while passengers are on board"
            yield Violation("parted", text)
        aboard |= set(visit.board)
        riders = [asked[name] for name in aboard if name in asked]
        if riders and (fleet is None or sheet.kind in GOODS_ONLY):
            yield Violation(
                "party", f"{sheet.id}: carries goods alone, but has passengers on board"
            )
            return
        if fleet is not None and sum(one.people for one in riders) > fleet.seats:
            yield Violation("seats", f"{sheet.id}: too few seats after '{visit.at.name}'")
        if fleet is not None and sum(one.wheelchairs for one in riders) > fleet.wheelchairs:
            text = f"{sheet.id}: too few wheelchair places after '{visit.at.name}'"
            yield Violation("wheelchairs", text)


def _check_kpis(
    name: str, rows: Sequence[PlannedParty], sheets: Sequence[RouteSheet],
    kpis: PassengerKpis | None,
) -> Iterator[Violation]:  # fmt: skip
    if kpis is None:
        if rows:
            yield Violation("kpis", f"{name}: no figures of passengers")
        return
    carried = [row for row in rows if row.status == "carried"]
    waits, rides = ([getattr(row, key) or 0 for row in carried] for key in ("wait_s", "ride_s"))
    used: dict[str, bool] = defaultdict(bool)
    for sheet in sheets:
        if any(visit.board for visit in sheet.visits):
            used[sheet.vehicle] |= any(visit.load for visit in sheet.visits)
    found = PassengerKpis(
        parties=len(rows),
        carried=len(carried),
        people_carried=sum(row.request.people for row in carried),
        mean_wait_s=round(fmean(waits), 1) if waits else None,
        longest_wait_s=max(waits, default=None),
        mean_ride_s=round(fmean(rides), 1) if rides else None,
        taxis=len(used),
        shared_taxis=sum(used.values()),
    )
    if found != kpis:
        yield Violation("kpis", f"{name}: figures of passengers are {found}, not {kpis}")
