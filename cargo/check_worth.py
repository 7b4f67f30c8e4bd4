"""Checks the choice of lines against its bound, and what room is said to be worth.

Shadow prices cannot be verified without the solver: their sign and form are, and that segments
and report state the same ones.
"""

from collections.abc import Iterator

from cargo.check_facts import Facts, Violation, amounts
from cargo.model import LineChoiceReport, LoadPlan, Manifest, ScarceSegment

MOST_SCARCE = 40  # segments that a report lists
Hop = tuple[str, str, int, str, int | None]  # run, rule, position


def check_worth(plan: LoadPlan, facts: Facts) -> Iterator[Violation]:
    """Violations of the report on lines and of the worth of room on segments."""
    if plan.lines is not None:
        yield from _check_report(plan.lines)
        yield from _check_box(plan)
        for row in plan.lines.scarce:
            yield from _check_scarce(row, facts)
    yield from _check_segments(plan)


def _check_report(report: LineChoiceReport) -> Iterator[Violation]:
    """The bound lies below every choice, and the gap is what lies between."""
    cost, bound = report.cost.smallest, report.bound.smallest
    for name, money in (
        ("cost", cost),
        ("first_come_first_served", report.first_come_first_served.smallest),
    ):
        if money < bound - 1.0:
            yield Violation("bound", f"lines: {name} {money:g} lies below the bound {bound:g}")
    if bound < 1.0:  # rounded away
        return
    gap = 100 * (cost - bound) / bound
    rounding = 100 * 0.5 * (cost + bound) / bound**2 + 0.001
    if report.gap_percent < 0 or abs(report.gap_percent - gap) > rounding:
        text = f"lines: {cost:g} is {gap:.3f} % above {bound:g}, not {report.gap_percent:g} %"
        yield Violation("bound", text)


def _check_box(plan: LoadPlan) -> Iterator[Violation]:
    """The mean box is that of the batch."""
    rooms = [amounts(row.request) for row in plan.shipments]
    pieces = max(1, sum(room[2] for room in rooms))
    found = {
        name: sum(room[at] for room in rooms) / pieces for at, name in enumerate(("kg", "litres"))
    }
    stated = {} if plan.lines is None else plan.lines.box
    if stated.keys() != found.keys() or any(
        abs(stated[name] - found[name]) > 0.006 for name in found
    ):
        yield Violation("bound", f"lines: the mean box has {found}, not {stated}")


def _check_scarce(row: ScarceSegment, facts: Facts) -> Iterator[Violation]:
    trip = facts.trip((row.trip_id, row.service_date, row.start_time))
    where = f"lines: scarce room on trip {row.trip_id}"
    at = row.from_.position
    if trip is None or at is None or not 0 <= at < len(trip.stop_ids) or row.rule not in trip.rules:
        yield Violation("worth", f"{where}: there is no such segment")
        return
    if (row.line, row.line_name, row.mode) != (trip.line_id, trip.line_name, trip.mode):
        yield Violation("worth", f"{where}: it is of line '{trip.line_name}'")
    if facts.seconds(row.departure) != trip.departure[at]:
        yield Violation("worth", f"{where}: it does not leave at {row.departure}")


def _hop(row: Manifest | ScarceSegment, position: int | None) -> Hop:
    return row.trip_id, row.service_date, row.start_time, row.rule, position


def _check_segments(plan: LoadPlan) -> Iterator[Violation]:
    """What a segment says one more box is worth there is what the report says."""
    scarce = () if plan.lines is None else plan.lines.scarce
    worths = {_hop(row, row.from_.position): row.one_more_box.smallest for row in scarce}
    ranked = [row.one_more_box.smallest for row in scarce]
    if (
        len(worths) < len(scarce)
        or ranked != sorted(ranked, reverse=True)
        or min(ranked, default=1) < 1
    ):
        yield Violation("worth", "lines: scarce segments are not those worth most, each once")
    rest = ranked[-1] if len(ranked) >= MOST_SCARCE else 0.0  # others are worth that at most
    for sheet in plan.trips:
        for segment in sheet.segments:
            if segment.one_more_box is None:
                continue
            worth, hop = segment.one_more_box.smallest, _hop(sheet, segment.position)
            least, most = (worths[hop],) * 2 if hop in worths else (0.0, rest)
            if not least <= worth <= most:
                where = f"manifest of trip {sheet.trip_id} after position {segment.position}"
                yield Violation("worth", f"{where}: one more box is worth {worth:g} of {most:g}")
