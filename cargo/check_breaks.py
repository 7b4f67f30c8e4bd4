"""Checks that each driver has the breaks of its fleet, in a round or beside its rounds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cargo.check_facts import Facts, Violation, place_of, standing
from cargo.model import LoadPlan, RouteSheet

Span = tuple[int, int]


def check_breaks(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of breaks in both ways of operation."""
    for sheets in (plan.vehicles, plan.separate.vehicles):
        by_vehicle: dict[str, list[RouteSheet]] = defaultdict(list)
        for sheet in sheets:
            if sheet.fleet in facts.fleets and len(sheet.visits) > 1:
                by_vehicle[sheet.vehicle].append(sheet)
                yield from _check_taken(sheet, facts)
        for vehicle, rows in by_vehicle.items():
            yield from _check_vehicle(vehicle, rows, facts)


def _taken(sheet: RouteSheet, facts: Facts) -> list[Span]:
    return [(facts.seconds(one.from_), facts.seconds(one.until)) for one in sheet.breaks]


def _check_taken(sheet: RouteSheet, facts: Facts) -> Iterator[Violation]:
    """What is told as a break leaves time enough to drive and to serve."""
    places = [place_of(visit.at) for visit in sheet.visits]
    drive = facts.drive(facts.fleets[sheet.fleet].profile, places)[0]
    spare: list[tuple[Span, int]] = []  # stretch, and what of it is not needed
    for at, (one, other) in enumerate(pairwise(sheet.visits)):
        gap = facts.seconds(one.departure), facts.seconds(other.arrival)
        stay = facts.seconds(other.arrival), facts.seconds(other.departure)
        spare.append((gap, gap[1] - gap[0] - drive[at][at + 1]))
        spare.append((stay, stay[1] - stay[0] - standing(other, facts)))
    breaks = _taken(sheet, facts)
    for span, most in spare:
        inside = [end - begin for begin, end in breaks if span[0] <= begin and end <= span[1]]
        if sum(inside) > max(0, most):
            text = f"{sheet.id}: {sum(inside)} s of break where {max(0, most)} s are to spare"
            yield Violation("break", text)
    for begin, end in breaks:
        if begin >= end or not any(a <= begin and end <= b for (a, b), _ in spare):
            yield Violation("break", f"{sheet.id}: a break from {begin} s to {end} s while at work")
    if any(one[1] > other[0] for one, other in pairwise(sorted(breaks))):
        yield Violation("break", f"{sheet.id}: two breaks at once")


def _check_vehicle(vehicle: str, sheets: Sequence[RouteSheet], facts: Facts) -> Iterator[Violation]:
    """Each break of the fleet is held within its window, or the driver is off for so long then."""
    rounds = sorted(
        (facts.seconds(sheet.visits[0].departure), facts.seconds(sheet.visits[-1].arrival))
        for sheet in sheets
    )
    held = [span for sheet in sheets for span in _taken(sheet, facts)]
    for opens, closes, length in facts.fleets[sheets[0].fleet].breaks:
        edges = [opens, *(edge for span in rounds for edge in span), closes]
        off = list(zip(edges[::2], edges[1::2], strict=True))
        free = [(max(opens, begin), min(closes, end)) for begin, end in [*off, *held]]
        if not any(end - begin >= length for begin, end in free):
            yield Violation("break", f"{vehicle}: no break of {length} s from {opens} to {closes}")
