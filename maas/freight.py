"""Parcels of a region: one quote, a day's load plan, and the check of a plan.

`quote` and `plan_loads` return documents (`cargo.model.LoadPlan`); the command line and the API
share them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cargo.answers import plan_document, quote_document
from cargo.check import Violation, check
from cargo.documents import Style
from cargo.effort import Effort
from cargo.errors import DocumentError
from cargo.model import LoadPlan, read_passengers, read_plan, read_shipment, read_shipments
from cargo.moments import seconds_of
from cargo.passengers import timed_party
from cargo.pdp.solve import ENGINES
from cargo.problem import DAY_END, make_problem, timed
from cargo.reason import TOO_LATE_FOR_RETURN
from cargo.shipment import Shipment
from cargo.way_back import check_hubs, way_back
from maas.errors import QueryError
from maas.freight_facts import facts_of
from maas.freight_network import FreightDay, freight_day
from maas.ledger import Ledger
from routing.layout import UNREACHED

if TYPE_CHECKING:
    from cargo.problem import Problem
    from maas.region import Region

Document = dict[str, Any]
EMPTY = Ledger()
ASSUMED_EMPTY = "No ledger was given: nothing is assumed to be booked yet."
BEELINE = "Driving times are estimates along straight lines: this region has no road map."
TAXIS_SHARED = (
    "At most half of the taxis of a fleet, and of the buses of a demand zone, carry parcels at "
    "once; passengers come first."
)


def _never() -> bool:
    """Go on to the end."""
    return False


def _unheard(stage: str, share: float) -> None:
    """Tell nobody."""


def quote(region: "Region", shipment: Document, ledger: Ledger | None = None) -> Document:
    """Return the Pareto set of chains for one shipment, and why other ways are none.

    Parameters
    ----------
    shipment
        As in a shipments document; `date` beside its fields names the day, else that of `ready`
        if it has one, else today. A return of it is quoted from the first arrival on.

    Raises
    ------
    DocumentError, QueryError, DateOutsideError, ImpossibleShipmentError
        If the input is wrong, or nothing could ever carry the shipment.
    """
    fields = dict(shipment)
    fields.setdefault("id", "quote")
    on = _date_of(fields.pop("date", None), fields.get("ready"), region)
    asked = read_shipment(fields, "shipment")
    day, style = _day_and_style(region, on)
    network = day.network(EMPTY if ledger is None else ledger)
    if asked.follows is not None:
        msg = f"shipment: a quote of one shipment cannot follow '{asked.follows}'; leave it out"
        raise DocumentError(msg)

    def answer(row: Shipment, ready: int = 0) -> Document:
        one = timed(row, day.base_epoch, style.zone, "shipment", region.file.class_hours)
        if ready >= one.due:
            return {"options": [], "reasons": [TOO_LATE_FOR_RETURN]}
        one = replace(one, ready=max(ready, one.ready))
        problem = make_problem(network, [one], day.driver)
        _check_on_map(problem)
        return {"goods": one.room._asdict(), **quote_document(problem, style)}

    check_hubs(network, [asked], "shipment")
    there, *back = asked.with_return()
    found = {"date": on.isoformat(), **answer(there), "notices": _notices(region, day, ledger)}
    if agreed := way_back(network, style, asked):
        found["if_undelivered"] = agreed
    for row in back if found["options"] else ():
        came = min(option["arrival"] for option in found["options"])
        ready = seconds_of(came, day.base_epoch, style.zone)
        found["returns"] = {"after": came, **answer(row, ready)}
    return found


def plan_loads(  # noqa: PLR0913  (a keyword for each choice of the caller)
    region: "Region",
    shipments: Document,
    *,
    passengers: Document | None = None,
    ledger: Ledger | None = None,
    date: date | None = None,
    seed: int = 0,
    seconds: float = 20.0,
    iterations: int | None = None,
    engine: str = "own",
    is_cancelled: Callable[[], bool] = _never,
    on_progress: Callable[[str, float], None] = _unheard,
    sources: tuple[str, str] = ("shipments", "passengers"),
) -> Document:
    """Return the load plan of a day's batch.

    Parameters
    ----------
    shipments
        A shipments document (`maas schema shipments`).
    passengers
        A passengers document (`maas schema passengers`): parties who go by the same taxis.
    date
        Overrides the date of the document; today when neither says.
    seconds
        CPU time for each of the two ways of operation.
    iterations
        Ends the work instead of CPU time, so that the same seed gives the same plan to the byte.
    engine
        That plans rounds: `own`, or `ortools`, which says in a notice what it does not do.
    is_cancelled
        Asked often; planning ends with what it has when it says so.
    on_progress
        Told the stage and the share of the work that is done.
    sources
        What faults call the two documents: their files.

    Raises
    ------
    DocumentError, DateOutsideError, TooManyShipmentsError
        If the input is wrong.
    """
    batch = read_shipments(shipments, sources[0])
    on = date or batch.date or _today(region)
    day, style = _day_and_style(region, on)
    network = day.network(EMPTY if ledger is None else ledger)
    hours = region.file.class_hours
    rows = [timed(row, day.base_epoch, style.zone, sources[0], hours) for row in batch.with_returns]
    check_hubs(network, batch.shipments, sources[0])
    riders = read_passengers({"passengers": []} if passengers is None else passengers, sources[1])
    parties = [
        timed_party(row, day.base_epoch, style.zone, DAY_END, sources[1])
        for row in riders.passengers
    ]
    problem = make_problem(network, rows, day.driver, parties)
    head = {
        "region": region.file.name,
        "region_version": region.version,
        "date": on.isoformat(),
        "timezone": region.file.timezone,
        "synthetic": region.file.synthetic or batch.synthetic or riders.synthetic,
        "ledger_version": 0 if ledger is None else ledger.version,
    }
    if engine not in ENGINES:
        raise DocumentError(f"engine '{engine}': choose {' or '.join(ENGINES)}")
    effort = Effort(
        seconds=seconds,
        seed=seed,
        is_cancelled=is_cancelled,
        on_progress=on_progress,
        engine=engine,
    )
    if iterations is not None:
        effort = effort.by_iterations(iterations)
    return plan_document(problem, style, effort, head, _notices(region, day, ledger))


def check_plan(
    region: "Region", plan: Document, ledger: Ledger | None = None, source: str = "plan"
) -> list[Violation]:
    """Return every hard rule that a load plan breaks, and every figure that is wrong.

    Faults of the document itself name `source`.

    Raises
    ------
    DocumentError
        If the document is no load plan.
    """
    document: LoadPlan = read_plan(plan, source)
    if document.region_version != region.version:
        return [
            Violation(
                "region",
                f"the plan was made on version {document.region_version} of the region, this is "
                f"{region.version}; plan again",
            )
        ]
    return check(document, facts_of(region, document.date, EMPTY if ledger is None else ledger))


def _day_and_style(region: "Region", on: date) -> tuple[FreightDay, Style]:
    day = freight_day(region, on)
    return day, Style(day.base_epoch, ZoneInfo(region.file.timezone), region.file.currency)


def _notices(region: "Region", day: FreightDay, ledger: Ledger | None) -> list[str]:
    """What a reader must know: synthetic data, estimates, assumptions."""
    found = [notice for notice in (region.file.notice, region.file.notice_ja) if notice]
    if ledger is None:
        found.append(ASSUMED_EMPTY)
    if region.roads.is_beeline:
        found.append(BEELINE)
    if any(fleet.kind == "taxi" or fleet.picks_up for fleet in day.fleets):
        found.append(TAXIS_SHARED)
    return [*found, *day.notices]


def _today(region: "Region") -> date:
    return datetime.now(ZoneInfo(region.file.timezone)).date()


def _date_of(asked: Any, ready: Any, region: "Region") -> date:
    """Date that a quote is for."""
    if isinstance(asked, date):
        return asked
    text = asked if asked is not None else ready
    if isinstance(text, str) and len(text) >= 10:
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            msg = f"shipment: date '{text}' is not a date; write it as 2026-12-01"
            raise DocumentError(msg) from error
    if asked is not None:
        msg = f"shipment: date '{asked}' is not a date; write it as 2026-12-01"
        raise DocumentError(msg)
    return _today(region)


def _check_on_map(problem: "Problem") -> None:
    """Refuse doors that no road comes near to.

    Raises
    ------
    QueryError
        Naming the door.
    """
    is_way = problem.roads.duration < UNREACHED
    for name, spot in (("pickup", problem.pickup_spot[0]), ("delivery", problem.delivery_spot[0])):
        n_ways = is_way[:, spot].sum() + is_way[:, :, spot].sum() - 2 * is_way[:, spot, spot].sum()
        if is_way.shape[1] > 1 and n_ways == 0:
            place = problem.roads.spots[spot]
            msg = (
                f"{name} at {place.lat:.5f},{place.lon:.5f} lies off the region's road map; name "
                "a place inside it"
            )
            raise QueryError(msg)
