"""Towns of the island, read from `tables/towns.csv`.

Places are those of stations or rounded map facts; populations are rounded to what the census of
2020 gives, and stand for the order of size only.
"""

import math
from functools import cache
from typing import NamedTuple

from maas.synthetic.catalogue import rows
from maas.synthetic.geometry import Place
from maas.synthetic.names import Name, named, slug
from maas.synthetic.stations import stations


class Cut(NamedTuple):
    """No streets farther than `reach_m` from the centre in a direction (sea or mountain)."""

    bearing: float
    reach_m: float


class Town(NamedTuple):
    """A town, or a district with streets of its own."""

    id: str
    name: Name
    kind: str  # 市 町 村, or 区 for a district
    people: int
    at: Place
    grid: str  # towns of one grid share its street lines
    turn: float | None  # bearing of the grid's "north", for the first town of the grid
    rural_m: float
    cuts: tuple[Cut, ...]

    @property
    def reach_m(self) -> float:
        """How far the built-up streets go: about the square root of the population."""
        return min(4200.0, max(450.0, 250.0 * math.sqrt(self.people / 1000)))


def _place(text: str) -> Place:
    if ":" in text:
        network, name = text.split(":")
        return stations(network)[name].at
    lat, lon = text.split()
    return Place(float(lat), float(lon))


def _cuts(text: str) -> tuple[Cut, ...]:
    pairs = [part.split(":") for part in text.split(";") if part]
    return tuple(Cut(float(bearing), float(km) * 1000) for bearing, km in pairs)


@cache
def towns() -> dict[str, Town]:
    """All towns by Japanese name."""
    found: dict[str, Town] = {}
    for row in rows("towns"):
        name = named(row["name"], row["kana"], row["english"])
        first = row["turn"] != ""
        found[row["name"]] = Town(
            row["grid"] if first else slug(name.en),
            name,
            row["kind"],
            int(row["people"]),
            _place(row["at"]),
            row["grid"],
            float(row["turn"]) if first else None,
            float(row["rural_km"]) * 1000,
            _cuts(row["cuts"]),
        )
    return found
