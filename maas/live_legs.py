"""What realtime feeds add to a scheduled leg of the document of `POST /v1/journeys`."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gtfs.realtime.messages import Alert, VehiclePosition

if TYPE_CHECKING:
    from maas.itinerary import Asked, Leg, Ridden

Document = dict[str, Any]


def live_facts(asked: "Asked", leg: "Leg", ridden: "Ridden") -> Document:
    """Planned times and delay, how full the vehicle is, and alerts, of a leg that rides a trip.

    A trip that is not in the timetable has no planned times. `realtime` says whether a feed told
    anything about the trip; without it, the delay is unknown and left out.
    """
    day, time, live = asked.day, asked.clock.text, asked.live
    if live.news is None:
        return {
            "realtime": False,
            "is_planned": True,
            "scheduled_departure": time(leg.departure),
            "scheduled_arrival": time(leg.arrival),
        }
    update = live.update_of(ridden.day_trip)
    is_planned = update is None or update.trip == update.runs_as
    document: Document = {"realtime": update is not None, "is_planned": is_planned}
    if is_planned:
        leaves, comes = day.planned_ends(*ridden[:3])
        document |= {"scheduled_departure": time(leaves), "scheduled_arrival": time(comes)}
    if update is not None:
        document["trip_status"] = update.update.trip.relationship.lower()
    if update is not None and is_planned:
        arrival, departure = day.times(ridden.day_trip)
        document["departure_delay_s"] = int(departure[ridden.board]) - leaves
        document["arrival_delay_s"] = int(arrival[ridden.alight]) - comes
    document |= _seen(live.vehicle_on(ridden.day_trip), asked.clock.zone)
    if full := live.expected_on(ridden.day_trip, ridden.board, ridden.alight):
        document["occupancy_expected"] = full.lower()
    alerts = live.alerts_on(ridden.day_trip, ridden.board, ridden.alight)
    if alerts:
        document["alerts"] = [_alert(alert) for alert in alerts]
    return document


def planned_calls(asked: "Asked", ridden: "Ridden") -> list[Document]:
    """Planned times of the stops of a leg; none where no feed told other ones."""
    live = asked.live
    update = live.update_of(ridden.day_trip)
    if update is None or update.trip != update.runs_as:
        return []
    time: Callable[[int], str] = asked.clock.text
    arrival, departure = asked.day.planned_times(ridden.day_trip)
    return [
        {"scheduled_arrival": time(int(comes)), "scheduled_departure": time(int(leaves))}
        for comes, leaves in zip(
            arrival[ridden.board : ridden.alight + 1],
            departure[ridden.board : ridden.alight + 1],
            strict=True,
        )
    ]


def _seen(vehicle: VehiclePosition | None, zone: Any) -> Document:
    if vehicle is None:
        return {}
    observed = datetime.fromtimestamp(vehicle.timestamp, UTC).astimezone(zone).isoformat()
    document: Document = {}
    if vehicle.lat is not None and vehicle.lon is not None:
        document["vehicle"] = {
            "id": vehicle.vehicle_id,
            "lat": round(vehicle.lat, 6),
            "lon": round(vehicle.lon, 6),
            "observed": observed,
        }
    if vehicle.occupancy or vehicle.occupancy_percent is not None or vehicle.carriages:
        document["occupancy"] = {
            "status": vehicle.occupancy.lower() or None,
            "percent": vehicle.occupancy_percent,
            "observed": observed,
        }
    if vehicle.carriages:
        document["occupancy"]["carriages"] = [
            {"label": car.label, "status": car.occupancy.lower() or None, "percent": car.percent}
            for car in vehicle.carriages
        ]
    return document


def _alert(alert: Alert) -> Document:
    """An alert in all languages that it is told in; "" is a text without a language."""
    return {
        "id": alert.entity,
        "cause": alert.cause.lower(),
        "effect": alert.effect.lower(),
        "severity": alert.severity.lower(),
        "header": alert.header,
        "description": alert.description,
        "url": alert.url,
    }


def live_notices(asked: "Asked") -> Iterator[tuple[str, str, str]]:
    """Code and sentences in two languages about news that is missing or too old."""
    live = asked.live
    if live.news is None:
        return
    today = asked.clock.moment(live.news.at - asked.clock.base_epoch).date()
    if abs((asked.day.date - today).days) > 1:
        return
    for feed_id in live.news.silent:
        yield (
            "realtime_unavailable",
            f"a realtime source of feed {feed_id} does not answer; its trips may be as planned",
            f"{feed_id} のリアルタイム情報を取得できないため、時刻表どおりの時刻を含みます",
        )
    for feed_id, report in live.reports.items():
        if stale := report.unmatched.get("stale", 0):
            yield (
                "realtime_stale",
                f"{stale} realtime updates of feed {feed_id} are too old and are not used",
                f"{feed_id} のリアルタイム情報のうち {stale} 件は古いため使用していません",
            )
