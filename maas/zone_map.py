"""Which demand zones a place may lie in, found without a look at each of them."""

from collections.abc import Sequence
from math import floor, inf
from typing import NamedTuple

import numpy as np

from maas.kept import Kept
from maas.region_file import DemandZone
from maas.region_parts import Area
from routing.geo import beeline_m

_CELLS = 64  # in a degree; a power of two, so that rounding moves no place into another cell
_ACROSS_M = 2_500.0  # no cell's diagonal is longer


class _Cell(NamedTuple):
    """A cell of the map by its edges, degrees."""

    south: float
    north: float
    west: float
    east: float

    def meets(self, area: Area) -> bool:
        """Whether some place of the cell may lie in an area."""
        south, north, west, east = area.frame
        if south <= self.north and self.south <= north and west <= self.east and self.west <= east:
            return True
        lat, lon = np.array(area.points, np.float64).reshape(-1, 2).T
        metres = beeline_m(np.array([self.west]), np.array([self.south]), lon, lat)
        return bool(metres.min(initial=inf) <= area.radius_m + _ACROSS_M)


class ZoneMap:
    """The zones of a region by the cells of a map; safe to share between threads."""

    def __init__(self, zones: Sequence[DemandZone]) -> None:
        self._zones = zones
        self._near = Kept(self, ZoneMap._meeting)  # by cell

    def near(self, lat: float, lon: float) -> tuple[int, ...]:
        """Numbers, rising, of the zones that a place may lie in: it lies in no other."""
        return self._near[floor(lat * _CELLS), floor(lon * _CELLS)]

    def _meeting(self, at: tuple[int, int]) -> tuple[int, ...]:
        """List the zones that pick up or set down in a cell."""
        south, west = at[0] / _CELLS, at[1] / _CELLS
        cell = _Cell(south, south + 1 / _CELLS, west, west + 1 / _CELLS)
        return tuple(
            i
            for i, zone in enumerate(self._zones)
            if cell.meets(zone.picks_up) or cell.meets(zone.sets_down)
        )
