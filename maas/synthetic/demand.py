"""Seeded demand of one day: trips and parcels between people, by a gravity model.

The chance of a pair is people x people x distance decay, after the gravity model of trip
distribution (Ortuzar and Willumsen: Modelling Transport, 4th ed., 5.3). Nothing here is observed.
"""

import csv
import math
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from maas.synthetic.geometry import Place, distance_m
from maas.synthetic.services import day_kind

_DECAY_KM = {"trip": 18.0, "parcel": 70.0}  # distance at which interest has fallen to a third
_FAR_SHARE = {"trip": 0.12, "parcel": 0.45}  # drawn without decay: visits, mail order
_NEAREST_M = 800.0
_HOURS = {  # share of wanted departures by hour, from 6 o'clock
    "weekday": (5, 14, 13, 8, 7, 6, 6, 6, 6, 7, 8, 9, 6, 3, 2),
    "other": (1, 3, 6, 11, 13, 11, 9, 10, 9, 9, 8, 5, 4, 2, 1),
}
_FIRST_HOUR = 6


class Cell(NamedTuple):
    """A row of the population table."""

    at: Place
    people: int
    name: str


class TripWish(NamedTuple):
    """A party that wants to travel."""

    id: str
    origin: Place
    destination: Place
    depart: int  # s after the base instant
    party: int


class ParcelWish(NamedTuple):
    """Goods that someone wants to send."""

    id: str
    pickup: Place
    pickup_name: str
    delivery: Place
    delivery_name: str
    kg: float
    litres: float
    pieces: int
    temperature: str
    ready: int  # s after the base instant
    due: int
    priority: int


class Demand(NamedTuple):
    """All wishes of a day."""

    date: date
    trips: tuple[TripWish, ...]
    parcels: tuple[ParcelWish, ...]


def read_population(path: Path) -> list[Cell]:
    """Read a population table as `region.yaml` names it."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Cell(Place(float(row["lat"]), float(row["lon"])), int(row["people"]), row["name"])
            for row in csv.DictReader(file)
        ]


class _Gravity:
    """Draws pairs of cells."""

    def __init__(self, cells: Sequence[Cell], draw: random.Random) -> None:
        self._cells = cells
        self._draw = draw
        self._people = [cell.people for cell in cells]

    def pair(self, kind: str) -> tuple[Cell, Cell]:
        """Origin by people; destination by people and nearness, by rejection."""
        origin = self._draw.choices(self._cells, self._people)[0]
        is_far = self._draw.random() < _FAR_SHARE[kind]
        for other in self._draw.choices(self._cells, self._people, k=400):
            km = distance_m(origin.at, other.at) / 1000
            keep = 1.0 if is_far else math.exp(-km / _DECAY_KM[kind])
            if km * 1000 >= _NEAREST_M and self._draw.random() < keep:
                return origin, other
        return origin, max(self._cells, key=lambda cell: (cell.at != origin.at, cell.people))

    def somewhere(self, cell: Cell) -> Place:
        """A door in a cell."""
        return Place(
            round(cell.at.lat + self._draw.uniform(-0.0015, 0.0015), 5),
            round(cell.at.lon + self._draw.uniform(-0.002, 0.002), 5),
        )


def _trip(number: int, gravity: _Gravity, draw: random.Random, hours: Sequence[int]) -> TripWish:
    origin, destination = gravity.pair("trip")
    hour = draw.choices(range(_FIRST_HOUR, _FIRST_HOUR + len(hours)), hours)[0]
    return TripWish(
        f"trip-{number:05d}",
        gravity.somewhere(origin),
        gravity.somewhere(destination),
        hour * 3600 + draw.randrange(0, 60) * 60,
        draw.choices((1, 2, 3, 4), (78, 15, 4, 3))[0],
    )


def _parcel(number: int, gravity: _Gravity, draw: random.Random) -> ParcelWish:
    origin, destination = gravity.pair("parcel")
    kg = round(min(60.0, max(0.5, draw.lognormvariate(1.4, 0.9))), 1)
    pieces = 1 if kg < 15 else draw.choice((1, 2, 3))
    ready = draw.choice((8, 8, 9, 9, 10, 11, 12, 13)) * 3600 + draw.choice((0, 30)) * 60
    hours = 5 + distance_m(origin.at, destination.at) / 35_000
    due = min(21 * 3600, ready + int(hours * 2) * 1800 + 3600)
    return ParcelWish(
        f"parcel-{number:04d}",
        gravity.somewhere(origin),
        origin.name,
        gravity.somewhere(destination),
        destination.name,
        kg,
        round(kg * draw.uniform(2.5, 6.0), 1),
        pieces,
        draw.choices(("ambient", "cool", "frozen"), (86, 12, 2))[0],
        ready,
        due,
        draw.choices((0, 1, 5, 9), (55, 30, 12, 3))[0],
    )


def draw_demand(population_csv: Path, day: date, n_trips: int, n_parcels: int, seed: int) -> Demand:
    """Draw a day's trips and parcels.

    The same arguments give the same demand; trips and parcels are drawn apart, so that more of one
    leaves the other as it is.
    """
    cells = read_population(population_csv)
    hours = _HOURS["weekday" if day_kind(day) == "weekday" else "other"]
    draws = [random.Random(f"{seed}-{day}-{kind}") for kind in ("trips", "parcels")]
    gravities = [_Gravity(cells, draw) for draw in draws]
    return Demand(
        day,
        tuple(_trip(number, gravities[0], draws[0], hours) for number in range(1, n_trips + 1)),
        tuple(_parcel(number, gravities[1], draws[1]) for number in range(1, n_parcels + 1)),
    )
