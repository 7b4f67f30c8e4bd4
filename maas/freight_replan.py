"""A load plan of a region, planned anew when scheduled trips are late or cancelled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cargo.batch import rounds_of
from cargo.change_documents import Run, TripChange, TripEvent, TripEvents
from cargo.documents import Style
from cargo.errors import DocumentError
from cargo.model import LoadPlan, checked, read_plan
from cargo.moments import clock_of, seconds_of
from cargo.network import Network
from cargo.plan_reading import read_day
from cargo.replan import Replanner
from cargo.replan_document import changed_plan, differences
from cargo.trip_changes import RunTimes, changed_trips
from gtfs.clock import base_instant
from maas.freight_dispatch import problem_of, refuse_other_region, second_of
from maas.freight_network import FreightDay, freight_day
from maas.ledger import Ledger

if TYPE_CHECKING:
    from maas.region import Region

Document = dict[str, Any]


def replan_loads(
    region: "Region", plan: Document, events: Document, ledger: Ledger | None = None, *,
    improve: float = 0.0, sources: tuple[str, str] = ("plan", "events"),
) -> tuple[Document, Document]:  # fmt: skip
    """Return the plan after events of scheduled trips, and how it differs from the one before.

    Parameters
    ----------
    plan
        A load plan, which was carried out until now.
    events
        `now` and what is heard of trips (`maas schema trip-events`).
    ledger
        What is booked by others; that of the plan.
    improve
        CPU s to improve all rounds in the end, which moves drives of other shipments, too.

    Raises
    ------
    DocumentError
        If the plan is none of this region's, or an event is of a trip that does not run.
    """
    document = read_plan(plan, sources[0])
    refuse_other_region(region, document, sources[0])
    told = checked(TripEvents, events, sources[1])
    day = freight_day(region, document.date)
    now = second_of(told.now, document, day)
    if any(now < seconds_of(one.told, day.base_epoch, _zone(document)) for one in document.changes):
        msg = f"{sources[1]}: now: {told.now} is before the last change of the plan; give a later"
        raise DocumentError(f"{msg} time")
    changes = [*document.changes, *_changes(region, document, told, day, now, sources[1])]
    base = day.network(Ledger() if ledger is None else ledger)
    networks = [_network(region, document, base, some, day) for some in (document.changes, changes)]
    problem = problem_of(region, document, day, networks[0], sources[0])
    old = read_day(document, problem, rounds_of(problem), day.base_epoch, now)
    found = Replanner(old, replace(problem, network=networks[1]), now).run(improve)
    style = Style(day.base_epoch, _zone(document), region.file.currency)
    rows = [one.model_dump(mode="json", exclude_none=True) for one in changes]
    after = changed_plan(plan, found, style, rows, style.time(now))
    return after, differences(plan, after, found.affected)


def _zone(plan: LoadPlan) -> ZoneInfo:
    return ZoneInfo(plan.timezone)


def _changes(
    region: "Region", plan: LoadPlan, told: TripEvents, day: FreightDay, now: int, source: str
) -> list[TripChange]:
    """Events with the run that each one means."""
    at = clock_of(now, day.base_epoch, _zone(plan))
    rows = []
    for number, event in enumerate(told.events):
        trip_id, service_date, start_time = _run(region, plan, event, f"{source}: events.{number}")
        rows.append(
            TripChange(
                type=event.type, trip_id=trip_id, service_date=service_date,
                start_time=start_time, told=at, delay_s=getattr(event, "delay_s", None),
            )
        )  # fmt: skip
    return rows


def _run(region: "Region", plan: LoadPlan, event: TripEvent, where: str) -> Run:
    """The run that an event means.

    Raises
    ------
    DocumentError
        If there is none, or more than one.
    """
    on = plan.date.isoformat() if event.service_date is None else event.service_date
    runs = [
        (event.trip_id, on, start)
        for name, start in region.trip_of_run
        if name == event.trip_id and event.start_time in {None, start}
    ]
    runs = [run for run in runs if _planned_times(region, plan, run) is not None]
    if not runs:
        msg = f"{where}: trip_id: no trip '{event.trip_id}' runs on {on}; name one that does"
        raise DocumentError(msg)
    if len(runs) > 1:
        starts = ", ".join(str(run[2]) for run in runs[:5])
        msg = f"{where}: trip '{event.trip_id}' runs more than once; give start_time: {starts}"
        raise DocumentError(msg)
    return runs[0]


def _planned_times(region: "Region", plan: LoadPlan, run: Run) -> RunTimes | None:
    """Times of a run by the timetable, s after the base instant of the plan; None if it rests."""
    table, on = region.timetable, date.fromisoformat(run[1])
    row = region.trip_of_run.get((run[0], run[2]))
    if row is None or not table.first_date <= on <= table.last_date:
        return None
    if not table.services.runs[table.trips.service[row], (on - table.first_date) // timedelta(1)]:
        return None
    zone = table.feeds[int(table.lines.feed[int(table.trips.line[row])])].timezone
    shift = base_instant(on, zone) - base_instant(plan.date, plan.timezone)
    span = slice(*(int(edge) for edge in table.trips.first_stop_time[row : row + 2]))
    times = table.stop_times
    return RunTimes(
        tuple((times.arrival[span] + shift).tolist()),
        tuple((times.departure[span] + shift).tolist()),
    )


def _network(
    region: "Region", plan: LoadPlan, base: Network, changes: Sequence[TripChange], day: FreightDay
) -> Network:
    """What goods can use when trips are changed."""
    times: dict[Run, RunTimes] = {}
    for one in changes:
        found = times.get(one.run) or _planned_times(region, plan, one.run)
        if found is None:
            msg = f"plan: changes: trip '{one.trip_id}' does not run on {one.service_date}"
            raise DocumentError(f"{msg}; see what `maas cargo check` says of the plan")
        told = seconds_of(one.told, day.base_epoch, _zone(plan))
        times[one.run] = found.changed(told, one.delay_s)
    if not times:
        return base
    return Network(base.hubs, tuple(changed_trips(base.trips, times)), base.fleets, base.apart)
