"""Running vehicles of a region, begun from a load plan."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cargo.batch import rounds_of
from cargo.errors import DocumentError
from cargo.model import LoadPlan, read_plan
from cargo.moments import is_time, seconds_of
from cargo.online_begin import begin
from cargo.online_state import DayState, Place
from cargo.passengers import timed_party
from cargo.plan_reading import read_day
from cargo.problem import DAY_END, Problem, make_problem, timed
from cargo.roads import Spot, road_tables
from cargo.rules import DOOR_SERVICE
from cargo.way_back import check_hubs
from maas.freight_network import FreightDay, freight_day
from maas.ledger import Ledger
from routing.layout import NONE

if TYPE_CHECKING:
    from cargo.network import Network
    from maas.region import Region

Document = dict[str, Any]


def begin_dispatch(
    region: "Region", plan: Document, at: str, *,
    places: Sequence[Place] = (), horizon: int = 0, seed: int = 0, source: str = "plan",
) -> DayState:  # fmt: skip
    """Return the running vehicles of a load plan as they are at a time of its day.

    Parameters
    ----------
    at
        HH:MM on the plan's day, or RFC 3339.
    places
        Doors that later requests may need, numbered after those of the plan.
    horizon
        Seconds ahead that visits are committed.

    Raises
    ------
    DocumentError
        If the plan is none of this region's, or the time is none of its day.
    """
    document = read_plan(plan, source)
    refuse_other_region(region, document, source)
    day = freight_day(region, document.date)
    problem = problem_of(region, document, day, day.network(Ledger()), source)
    spots = [Spot(one.lat, one.lon, one.name, DOOR_SERVICE, NONE) for one in places]
    planned = read_day(document, problem, rounds_of(problem), day.base_epoch)
    if spots:
        planned = replace(planned, problem=_with_places(planned.problem, day, spots))
    return begin(planned, second_of(at, document, day), horizon=horizon, seed=seed)


def refuse_other_region(region: "Region", plan: LoadPlan, source: str) -> None:
    """Refuse a plan that was made on another region, or another version of it.

    Raises
    ------
    DocumentError
        Naming both.
    """
    if plan.region_version != region.version:
        msg = (
            f"{source}: the plan was made on version {plan.region_version} of the region, this is "
            f"{region.version}; plan again"
        )
        raise DocumentError(msg)


def second_of(at: str, plan: LoadPlan, day: FreightDay) -> int:
    """Seconds of a time of a plan's day.

    Raises
    ------
    DocumentError
        If it is no time, or lies outside the day.
    """
    if not is_time(at):
        msg = f"at: '{at}' is not a time; write 09:30 or 2026-12-01T09:30:00+09:00"
        raise DocumentError(msg)
    now = seconds_of(at, day.base_epoch, ZoneInfo(plan.timezone))
    if not 0 <= now <= DAY_END:
        msg = f"at: '{at}' lies outside {plan.date}, the day of the plan; name a time of that day"
        raise DocumentError(msg)
    return now


def problem_of(
    region: "Region", plan: LoadPlan, day: FreightDay, network: "Network", source: str
) -> Problem:
    """The problem that a plan is of: its shipments and parties, in its order.

    Raises
    ------
    DocumentError
        If windows are empty, or goods would go back to a hub that is not there.
    """
    check_hubs(network, (row.request for row in plan.shipments), source)
    zone, hours = ZoneInfo(plan.timezone), region.file.class_hours
    shipments = [timed(row.request, day.base_epoch, zone, source, hours) for row in plan.shipments]
    parties = [
        timed_party(row.request, day.base_epoch, zone, DAY_END, source) for row in plan.passengers
    ]
    return make_problem(network, shipments, day.driver, parties)


def _with_places(problem: Problem, day: FreightDay, spots: Sequence[Spot]) -> Problem:
    """The same problem on a map with more places."""
    roads = road_tables([*problem.roads.spots, *spots], day.driver, problem.roads.profiles)
    places = [(spot.lat, spot.lon) for spot in roads.spots]
    return replace(problem, roads=roads, reach=problem.network.fleet_tables.reach(places))
