"""Seeded batches of parcels on real and shipped timetables, with bays as tight as asked.

Doors lie around hubs that are drawn by how many trips call there; most parcels come from or go to
the busiest one. What the ends cost is a beeline drive; a parcel that does not ride costs a drive
from door to door. All of it is synthetic but the timetable.
"""

import copy
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from cargo.event_graph import event_graph
from cargo.event_layout import Consignments
from cargo.network import Network, Room, carriers_of
from cargo.relaxation import LineProblem
from maas.freight_network import FreightDay
from maas.region import Region
from maas.region_cargo import Bay, CargoRule, Hub
from maas.region_parts import Point
from routing.geo import distance_m
from routing.layout import NONE, UNREACHED, first_of, frozen

HUBS = 80
SEED = 1
APART_M = 1500  # between hubs, at least
NEAR = 3  # hubs that a door may use
DETOUR, KMH = 1.3, 40.0
PER_KM = 105.0  # currency; a van's distance and its driver's time
STOP = 250.0  # currency; a stop of a van
TO_DEPOT = 0.7  # share of parcels that start at the busiest hub
LEAST_KM = 10.0  # from hub to hub
SPREAD = 0.012  # degrees, of doors around a hub


@dataclass(frozen=True)
class Batch:
    """A problem and what it was made of."""

    parcels: int
    bays: int
    pieces: int  # that each holds
    problem: LineProblem


def with_many_hubs(region: Region, bay: Bay) -> Region:
    """The region with the busiest stops as hubs and a bay on every line (an assumption)."""
    table = region.timetable
    calls = Counter(table.stop_times.stop.tolist())
    by_name: dict[str, list[int]] = {}
    for stop in calls:
        by_name.setdefault(table.stops.name[stop], []).append(stop)
    places: dict[str, tuple[float, float]] = {}
    for name in sorted(by_name, key=lambda name: (-sum(calls[s] for s in by_name[name]), name)):
        lat, lon = table.stops.lat[by_name[name]].mean(), table.stops.lon[by_name[name]].mean()
        here = float(lat), float(lon)
        if all(distance_m(*here, *other) > APART_M for other in places.values()):
            places[name] = here
    hubs = tuple(
        Hub(
            id=f"h{at}", name=name, hours=("05:00", "23:00"), handling=120, storage_pieces=10_000,
            stops=tuple(table.stops.id[stop] for stop in by_name[name]),
            at=Point(lat=here[0], lon=here[1]),
        )
        for at, (name, here) in enumerate(list(places.items())[:HUBS])
    )  # fmt: skip
    rule = CargoRule(
        id="all-lines", lines=tuple(table.lines.id), bay=bay, handling=0, price_per_piece=150
    )
    made = copy.copy(region)
    made.file = region.file.model_copy(update={"hubs": hubs, "cargo": (rule,)})
    return made


def network_of(region: Region, on: date) -> Network:
    """Hubs and bays of a day."""
    day = FreightDay(region, on)
    return Network(day.hubs, day.trips, ())


def batch(network: Network, parcels: int, bays: int, pieces: int, towns: int = HUBS) -> Batch:
    """Draw a batch between the busiest hubs, so many of them.

    So many trips, drawn in a fixed order, have a bay for so many pieces.
    """
    bay = Room(12 * pieces, 50 * pieces, pieces)
    order = random.Random(SEED).sample(range(len(network.trips)), len(network.trips))
    trips = [
        replace(network.trips[at], bay=bay, room=(bay,) * len(network.trips[at].room))
        for at in sorted(order[:bays])
    ]
    carriers = carriers_of(network.hubs, trips)
    handling = frozen([hub.handling for hub in network.hubs])
    room = np.stack([carriers.kg, carriers.litres, carriers.pieces], axis=1)
    problem = LineProblem(
        event_graph(carriers, handling),
        _drawn(Network(network.hubs, tuple(trips), ()), parcels, towns, random.Random(SEED)),
        frozen(carriers.price_per_piece[carriers.bay_of_call], np.float64),
        frozen(room),
        frozen(np.zeros((len(room), 0))),
        len(network.hubs),
    )
    return Batch(parcels, len(trips), pieces, problem)


def _drawn(network: Network, parcels: int, towns: int, draw: random.Random) -> Consignments:
    """Draw doors, windows and sizes."""
    calls = Counter(call.hub for trip in network.trips for call in trip.calls)
    busiest = sorted(calls, key=lambda hub: (-calls[hub], hub))[:towns]
    hubs = tuple(sorted(busiest))
    weights = tuple(calls[hub] for hub in hubs)
    depot = max(calls, key=lambda hub: calls[hub])
    starts: list[tuple[int, int, int, float]] = []  # parcel, hub, time, cost
    goals: list[tuple[int, int, int, float]] = []
    amounts, refusals = [], []
    for parcel in range(parcels):
        one, other = draw.choices(hubs, weights, k=2)
        if draw.random() < TO_DEPOT:
            one = depot
        while _km(_at(network, one), _at(network, other)) < LEAST_KM:
            some = draw.choices(hubs, k=1 if draw.random() < 0.5 else 6)  # half of them go not far
            other = min(some, key=lambda hub: _beyond(_km(_at(network, one), _at(network, hub))))
        pickup, delivery = _door(network, one, draw), _door(network, other, draw)
        ready = draw.randrange(6 * 3600, 13 * 3600, 300)
        due = ready + draw.randrange(3 * 3600, 8 * 3600, 300)
        pieces = draw.randint(1, 4)
        amounts.append((5 * pieces + draw.randint(0, 9), 20 * pieces, pieces))
        refusals.append(1000 * (2 * STOP + PER_KM * _km(pickup, delivery)))
        starts += [
            (parcel, hub, ready + seconds, cost) for hub, seconds, cost in _near(network, pickup)
        ]
        goals += [
            (parcel, hub, due - seconds, cost) for hub, seconds, cost in _near(network, delivery)
        ]
    return Consignments(
        amount=frozen(amounts),
        takes=frozen(np.ones((parcels, len(network.kinds))), np.uint8),
        max_rides=frozen(np.full(parcels, 2)),
        refusal=frozen(refusals, np.float64),
        first_start=first_of([row[0] for row in starts], parcels),
        start_hub=frozen([row[1] for row in starts]),
        start_time=frozen([row[2] for row in starts]),
        start_cost=frozen([row[3] for row in starts], np.float64),
        first_goal=first_of([row[0] for row in goals], parcels),
        goal_hub=frozen([row[1] for row in goals]),
        goal_time=frozen([row[2] for row in goals]),
        goal_cost=frozen([row[3] for row in goals], np.float64),
        goods=frozen(np.full(parcels, NONE)),
        apart=frozen(np.zeros((0, 0)), np.uint8),
        most=frozen(np.full(parcels, UNREACHED)),
        start_lead=frozen(np.zeros(len(starts))),
        goal_lead=frozen(np.zeros(len(goals))),
    )


def _beyond(km: float) -> float:
    """A distance that counts for nothing when it is too short."""
    return km if km >= LEAST_KM else 1e9


def _at(network: Network, hub: int) -> tuple[float, float]:
    return network.hubs[hub].lat, network.hubs[hub].lon


def _door(network: Network, hub: int, draw: random.Random) -> tuple[float, float]:
    lat, lon = _at(network, hub)
    return lat + draw.gauss(0, SPREAD), lon + draw.gauss(0, SPREAD)


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    return DETOUR * distance_m(*one, *other) / 1000


def _near(network: Network, door: tuple[float, float]) -> list[tuple[int, int, float]]:
    """Hub, drive in s and cost of the nearest hubs."""
    ways = sorted((_km(door, _at(network, at)), at) for at in range(len(network.hubs)))
    return [
        (at, round(3600 * km / KMH) + 300, 1000 * (STOP + PER_KM * km)) for km, at in ways[:NEAR]
    ]
