"""One query of each kind before the service is ready: kernels are compiled, files are in memory."""

import logging
import time
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from api.pool import Pool
from cargo.errors import ImpossibleShipmentError
from maas.collector import look_rarely
from maas.freight import plan_loads, quote
from maas.ledger import Ledger
from maas.planner import Planner, read_query
from maas.region import Region

logger = logging.getLogger(__name__)


class _Sample(NamedTuple):
    """A trip that runs near today, from end to end."""

    on: date
    departure: int  # s
    origin: tuple[float, float]  # lat, lon
    destination: tuple[float, float]


def warm_up(region: Region, planners: Pool[Planner]) -> None:
    """Run one query of each kind."""
    started = time.perf_counter()
    sample = _sample(region)
    with planners.lend() as planner:
        for arrive_by in (False, True):
            planner.plan(read_query(_journey(sample, arrive_by=arrive_by)), Ledger())
    if shipment := _shipment(region):
        try:
            quote(region, {**shipment, "date": sample.on.isoformat()}, Ledger())
            batch = {"date": sample.on.isoformat(), "shipments": [shipment]}
            plan_loads(region, batch, ledger=Ledger(), seconds=0.05)
        except ImpossibleShipmentError as error:
            logger.info("event=no_freight reason=%s", error)
    look_rarely()
    logger.info("event=ready seconds=%.1f", time.perf_counter() - started)


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
