"""Small freight worlds of our own: towns on a line or a plane, trips, taxis and vans."""

import math
import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from cargo.network import Call, Fleet, Hub, LineTrip, Network, Room
from cargo.party import PassengerParty
from cargo.passengers import TimedParty
from cargo.problem import DAY_END, Problem, TimedShipment, make_problem
from cargo.shipment import Shipment
from cargo.transit import seconds_allowed
from routing.geo import distance_m
from routing.layout import Int32Array

DAY = date(2026, 12, 1)
H = 3600
AMBIENT = ("ambient",)


class StraightDriver:
    """Beeline times a detour factor."""

    def __init__(self, speed_kmh: float = 36.0, detour: float = 1.3) -> None:
        self._speed, self._detour = speed_kmh, detour

    def table(
        self, lat: Sequence[float], lon: Sequence[float], profile: str
    ) -> tuple[Int32Array, Int32Array]:
        places = list(zip(lat, lon, strict=True))
        metres = np.array(
            [
                [math.ceil(self._detour * distance_m(*one, *other)) for other in places]
                for one in places
            ],
            np.int32,
        ).reshape(len(places), len(places))
        seconds = np.ceil(metres / (self._speed / 3.6)).astype(np.int32)
        return seconds, metres


def hub(at: int, lat: float, lon: float, **changes: Any) -> Hub:
    fields: dict[str, Any] = {
        "id": f"h{at}", "name": f"Hub {at}", "lat": lat, "lon": lon, "opens": 7 * H,
        "closes": 21 * H, "handling": 180, "storage_pieces": 200,
    }  # fmt: skip
    return Hub(**{**fields, **changes})


def trip(
    name: str, calls: Sequence[tuple[int, int, int]], mode: str = "bus", **changes: Any
) -> LineTrip:
    """A trip that calls at (hub, arrival, departure)."""
    room = changes.pop("room", Room(100, 500, 10))
    last = len(calls) - 1
    fields: dict[str, Any] = {
        "trip_id": f"f:{name}", "service_date": DAY, "start_time": calls[0][2],
        "line_id": f"f:line-{mode}", "line_name": f"Line {mode}", "mode": mode,
        "rule_id": f"rule-{mode}", "temperatures": AMBIENT, "bay": room, "handling": 60,
        "departs": (0, 30 * H), "price_per_piece": 150.0,
        "calls": tuple(
            Call(at_hub, f"f:s{at_hub}", f"Stop {at_hub}", at, arrival, departure, at in {0, last})
            for at, (at_hub, arrival, departure) in enumerate(calls)
        ),
        "room": (room,) * last, "hop_m": (40_000,) * last,
    }  # fmt: skip
    return LineTrip(**{**fields, **changes})


def fleet(name: str, kind: str, lat: float, lon: float, **changes: Any) -> Fleet:
    fields: dict[str, Any] = {
        "id": name, "name": name, "kind": kind, "profile": kind, "lat": lat, "lon": lon,
        "vehicles": 2,
        "opens": 6 * H, "closes": 23 * H, "bay": Room(100, 400, 8), "temperatures": AMBIENT,
        "radius_m": 15_000, "per_km": 60.0, "per_hour": 2200.0, "fixed": 0.0, "co2_g_per_km": 150,
        "seats": 4,
    }  # fmt: skip
    if kind == "van":
        fields.update(
            opens=8 * H, closes=20 * H, bay=Room(1000, 5000, 120), radius_m=None, per_km=45.0,
            per_hour=2400.0, fixed=3000.0, co2_g_per_km=250, seats=0,
        )  # fmt: skip
    return Fleet(**{**fields, **changes})


def parcel(
    name: str, pickup: tuple[float, float], delivery: tuple[float, float],
    ready: int = 8 * H, due: int = 20 * H, **changes: Any,
) -> TimedShipment:  # fmt: skip
    fields: dict[str, Any] = {
        "id": name, "pickup": {"lat": pickup[0], "lon": pickup[1], "name": f"from {name}"},
        "delivery": {"lat": delivery[0], "lon": delivery[1], "name": f"to {name}"},
        "kg": 5, "litres": 20, "pieces": 1, "ready": clock(ready), "due": clock(due),
    }  # fmt: skip
    document = Shipment.model_validate({**fields, **changes})
    room = Room(math.ceil(document.kg), math.ceil(document.litres), document.pieces)
    most = seconds_allowed(document.max_hours)
    return TimedShipment(document, ready, due, room, most)


def party(
    name: str, origin: tuple[float, float], destination: tuple[float, float], earliest: int,
    **changes: Any,
) -> TimedParty:  # fmt: skip
    fields: dict[str, Any] = {
        "id": name, "from": {"lat": origin[0], "lon": origin[1], "name": f"from {name}"},
        "to": {"lat": destination[0], "lon": destination[1], "name": f"to {name}"},
        "earliest": clock(earliest),
    }  # fmt: skip
    document = PassengerParty.model_validate({**fields, **changes})
    due = DAY_END if document.latest is None else 3600 * int(document.latest[:2])
    return TimedParty(document, earliest, due)


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def two_towns(shipments: Sequence[TimedShipment], **changes: Any) -> Problem:
    """Town A at lon 143.0 and town B 100 km east; three buses a day each way, taxis and a van.

    A ──08:30, 11:30, 16:00──▶ B (90 min)      B ──08:00, 12:00, 15:00──▶ A
    """
    a, b = (43.0, 143.0), (43.0, 144.23)
    trips = [
        trip(f"ab{at}", [(0, t, t), (1, t + 5400, t + 5400)])
        for at, t in enumerate((8 * H + 1800, 11 * H + 1800, 16 * H))
    ] + [
        trip(f"ba{at}", [(1, t, t), (0, t + 5400, t + 5400)])
        for at, t in enumerate((8 * H, 12 * H, 15 * H))
    ]
    network = Network(
        changes.get("hubs", (hub(0, *a), hub(1, *b))),
        changes.get("trips", tuple(trips)),
        changes.get(
            "fleets",
            (fleet("ta", "taxi", *a), fleet("tb", "taxi", *b), fleet("va", "van", *a)),
        ),
    )
    return make_problem(network, shipments, StraightDriver(), changes.get("parties", ()))


def random_parcels(n: int, seed: int, spread: float = 0.05) -> list[TimedShipment]:
    """Parcels from one town to the other or within one."""
    rng = random.Random(seed)
    towns = [(43.0, 143.0), (43.0, 144.23)]
    found = []
    for at in range(n):
        one, other = rng.choice(towns), rng.choice(towns)
        doors = [
            (lat + rng.uniform(-spread, spread), lon + rng.uniform(-spread, spread))
            for lat, lon in (one, other)
        ]
        ready = rng.randrange(7 * H, 13 * H, 600)
        found.append(
            parcel(
                f"p{at}", doors[0], doors[1], ready, ready + rng.randrange(3 * H, 8 * H, 600),
                kg=rng.randint(1, 20), pieces=rng.randint(1, 3), priority=rng.choice((0, 0, 0, 5)),
            )
        )  # fmt: skip
    return found
