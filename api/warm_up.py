"""One query of each kind before the service is ready: kernels are compiled, files are in memory."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from datetime import time as clock_time
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from api.pool import Pool
from cargo.errors import ImpossibleShipmentError
from maas.analysis import Analysis, ReachFrom
from maas.errors import MaasError
from maas.freight import plan_loads, quote
from maas.ledger import Ledger
from maas.memory import prepare_memory
from maas.place_input import PlaceInput, place_of
from maas.planner import Planner, read_query
from maas.region import Region
from maas.road_questions import (
    IsochroneQuestion,
    MatrixQuestion,
    RouteQuestion,
    answer_isochrone,
    answer_matrix,
    answer_route,
)
from routing.errors import RoutingError

logger = logging.getLogger(__name__)


class _Sample(NamedTuple):
    """A trip that runs near today, from end to end."""

    on: date
    departure: int  # s
    origin: tuple[float, float]  # lat, lon
    destination: tuple[float, float]


def warm_up(region: Region, planners: Pool[Planner], has_ended: threading.Event) -> None:
    """Run one query of each kind, until the service ends."""
    started = time.perf_counter()
    for step in _steps(region, planners, _sample(region)):
        if has_ended.is_set():
            return
        step()
    prepare_memory()
    logger.info("event=ready seconds=%.1f", time.perf_counter() - started)


def _steps(
    region: Region, planners: Pool[Planner], sample: _Sample
) -> Iterator[Callable[[], object]]:
    """Queries of all kinds, the quickest way to be of use first."""
    for arrive_by in (False, True):
        yield partial(_plan, planners, _journey(sample, arrive_by=arrive_by))
    if not region.roads.is_beeline:
        yield from _on_roads(region, sample)
    if shipment := _shipment(region):
        yield partial(_load, region, sample, shipment)


def _plan(planners: Pool[Planner], journey: dict[str, Any]) -> None:
    with planners.lend() as planner:
        planner.plan(read_query(journey), Ledger())


def _on_roads(region: Region, sample: _Sample) -> Iterator[Callable[[], object]]:
    """Questions to the roads, with the circumstances that have kernels of their own, and reach."""
    begin, end = (PlaceInput(lat=lat, lon=lon) for lat, lon in (sample.origin, sample.destination))
    now = {"profile": "car", "at": datetime.combine(sample.on, clock_time(8))}
    route: dict[str, Any] = {"from": begin, "to": end, "alternatives": 1}
    for when in ({}, now):
        yield partial(_ask, answer_route, region, RouteQuestion(**route, **when))
    yield partial(_ask, answer_matrix, region, MatrixQuestion(sources=[begin, end]))
    yield partial(_ask, answer_isochrone, region, IsochroneQuestion(**{"from": begin}))
    reach = ReachFrom(**{"from": begin, "at": now["at"], "window_s": 120, "limits_s": [600]})
    yield partial(_ask, _reach, region, reach)


def _reach(region: Region, question: ReachFrom) -> dict[str, Any]:
    place = place_of(region, question.origin, "warm-up")
    return Analysis(region).isochrone(place, question)


def _ask(answer: Callable[[Region, Any], object], region: Region, question: Any) -> None:
    """Answer a question; a stop may lie off the roads."""
    try:
        answer(region, question)
    except (RoutingError, MaasError) as error:
        logger.info("event=not_warmed reason=%s", error)


def _load(region: Region, sample: _Sample, shipment: dict[str, Any]) -> None:
    """Quote and plan a shipment."""
    try:
        quote(region, {**shipment, "date": sample.on.isoformat()}, Ledger())
        batch = {"date": sample.on.isoformat(), "shipments": [shipment]}
        plan_loads(region, batch, ledger=Ledger(), seconds=0.05)
    except ImpossibleShipmentError as error:
        logger.info("event=no_freight reason=%s", error)


def _sample(region: Region) -> _Sample:
    """Choose a trip of the busiest stop, and the day nearest to today on which it runs."""
    timetable = region.timetable
    first, stops = timetable.trips.first_stop_time, timetable.stop_times.stop
    busiest = int(np.bincount(stops).argmax())
    row = int((stops == busiest).nonzero()[0][0])
    trip = int(np.searchsorted(first, row, side="right")) - 1
    runs = timetable.services.runs[timetable.trips.service[trip]].nonzero()[0]
    today = (datetime.now(ZoneInfo(timetable.zone)).date() - timetable.first_date).days
    day = int(runs[np.abs(runs - today).argmin()]) if runs.size else 0
    begin, end = int(first[trip]), int(first[trip + 1]) - 1
    return _Sample(
        date.fromordinal(timetable.first_date.toordinal() + day),
        int(timetable.stop_times.departure[begin]),
        _place(region, int(stops[begin])),
        _place(region, int(stops[end])),
    )


def _place(region: Region, stop: int) -> tuple[float, float]:
    stops = region.timetable.stops
    return float(stops.lat[stop]), float(stops.lon[stop])


def _journey(sample: _Sample, *, arrive_by: bool) -> dict[str, Any]:
    minutes = sample.departure // 60 % 1440
    ends = {"from": sample.origin, "to": sample.destination}
    return {
        **{name: {"lat": lat, "lon": lon} for name, (lat, lon) in ends.items()},
        "at": f"{sample.on}T{minutes // 60:02}:{minutes % 60:02}",
        "arrive_by": arrive_by,
    }


def _shipment(region: Region) -> dict[str, Any] | None:
    """Return the least parcel between two hubs; none where there are no two."""
    if len(region.file.hubs) < 2:
        return None
    pickup, delivery = (hub.at.model_dump() for hub in region.file.hubs[:2])
    return {"id": "warm-up", "pickup": pickup, "delivery": delivery, "kg": 1.0}
