"""Facts for the checker from a world made in a test, without a region."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from cargo.answers import plan_document
from cargo.check_facts import (
    Amounts,
    Facts,
    FleetFacts,
    HubFacts,
    Place,
    RuleFacts,
    TripFacts,
    TripKey,
)
from cargo.documents import Style
from cargo.effort import Effort
from cargo.moments import base_epoch_of
from cargo.network import LineTrip, Network, Room, Where
from cargo.problem import Problem
from tests.cargo.worlds import DAY, StraightDriver

ZONE = ZoneInfo("Asia/Tokyo")
STYLE = Style(base_epoch_of(DAY, ZONE), ZONE, "JPY")


def plan_of(problem: Problem, effort: Effort) -> dict[str, Any]:
    """Plan a world and put head and notices on top."""
    head = {
        "region": "test", "region_version": "1", "date": DAY.isoformat(), "timezone": "Asia/Tokyo",
        "synthetic": True, "ledger_version": 0,
    }  # fmt: skip
    return plan_document(problem, STYLE, effort, head, [])


def facts_of(network: Network, used: dict[tuple[TripKey, int], Amounts] | None = None) -> Facts:
    trips = {(t.trip_id, t.service_date.isoformat(), t.start_time): t for t in network.trips}
    taken = used or {}

    def trip(key: TripKey) -> TripFacts | None:
        return None if key not in trips else _trip(trips[key], network)

    def drive(kind: str, places: Sequence[Place]) -> tuple[list[list[int]], list[list[int]]]:
        lat, lon = ([place[axis] for place in places] for axis in (0, 1))
        seconds, metres = StraightDriver().table(lat, lon, kind)
        np.fill_diagonal(seconds, 0)
        return seconds.tolist(), metres.tolist()

    return Facts(
        base_epoch=STYLE.base_epoch,
        timezone="Asia/Tokyo",
        currency="JPY",
        is_synthetic=True,
        ledger_version=0,
        hubs={
            hub.id: HubFacts(
                (hub.lat, hub.lon), frozenset({f"f:s{at}"}), hub.opens, hub.closes, hub.handling,
                hub.storage_pieces, hub.staff,
            )
            for at, hub in enumerate(network.hubs)
        },
        rules={
            t.rule_id: RuleFacts(
                None, _amounts(t.bay), t.temperatures, t.departs, t.handling, t.price_per_piece,
                permit=True, refuses=t.refuses, largest_box=t.largest_box,
                attended=t.is_attended,
                max_value=t.max_value,
                licensed=frozenset(call.stop_id for call in t.calls if call.is_licensed),
            )
            for t in network.trips
        },
        fleets={
            f.id: FleetFacts(
                f.kind, f.profile, (f.lat, f.lon), f.begins_at, f.ends_at, f.vehicles,
                f.opens, f.closes, _amounts(f.bay),
                f.temperatures, f.radius_m, f.per_km, f.per_hour, f.fixed, f.co2_g_per_km,
                f.refuses, f.largest_box, f.skills, f.seats,
                f.wheelchairs, f.breaks, f.spans, f.max_value,
                _test_of(f.picks_up), _test_of(f.sets_down),
            )
            for f in network.fleets
        },
        trip=trip,
        used=lambda key, at: taken.get((key, at), (0, 0, 0)),
        drive=drive,
        apart=network.apart,
    )  # fmt: skip


def _test_of(where: Where | None) -> Callable[[Place], bool]:
    """Whether a place lies where a fleet may stop."""
    if where is None:
        return lambda _: True
    return lambda place: bool(where(np.array([place[0]]), np.array([place[1]]))[0])


def _amounts(room: Room) -> Amounts:
    return room.kg, room.litres, room.pieces


def _trip(trip: LineTrip, network: Network) -> TripFacts:
    """Every stop of these worlds is at a hub; hops are as long as the trip says."""
    lat, lon = [0.0], [0.0]
    for metres in trip.hop_m:
        lat.append(lat[-1] + metres / (6_371_008.8 * np.pi / 180))
        lon.append(0.0)
    return TripFacts(
        trip.line_id, trip.line_name, trip.mode, tuple(call.stop_id for call in trip.calls),
        tuple(call.arrival for call in trip.calls), tuple(call.departure for call in trip.calls),
        tuple(lat), tuple(lon), frozenset({trip.rule_id}),
    )  # fmt: skip


def shifted(text: str, seconds: int) -> str:
    """An RFC 3339 time some seconds later."""
    return (dt.datetime.fromisoformat(text) + dt.timedelta(seconds=seconds)).isoformat()
