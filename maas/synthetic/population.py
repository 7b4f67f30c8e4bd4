"""Populations by cells of about 500 m within the built-up area of towns."""

import csv
import io
import math

from maas.synthetic.geometry import Place, distance_m, rounded
from maas.synthetic.grid import Cross, Grid
from maas.synthetic.roads import Island
from maas.synthetic.towns import Town

_BLOCK = 4  # crossings on a side of a cell


def _cells(grid: Grid, town: Town) -> dict[Cross, tuple[Place, float]]:
    """Centre and weight of the cells of a town; people live denser near the centre."""
    members: dict[Cross, list[Place]] = {}
    for column, row in grid.node_of:
        at = grid.place((column, row))
        nearest = min(grid.towns, key=lambda other: distance_m(at, other.at) / other.reach_m)
        if nearest is town and distance_m(at, town.at) <= town.reach_m:
            members.setdefault((column // _BLOCK, row // _BLOCK), []).append(at)
    cells = {}
    for cell, places in members.items():
        lat = sum(place.lat for place in places) / len(places)
        lon = sum(place.lon for place in places) / len(places)
        centre = Place(lat, lon)
        weight = len(places) * math.exp(-1.3 * distance_m(centre, town.at) / town.reach_m)
        cells[cell] = rounded(centre), weight
    return cells


def population_table(island: Island) -> str:
    """CSV of lat, lon, people, name; the people of a town add up to its population."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("lat", "lon", "people", "name"))
    for grid in island.grids.values():
        for town in grid.towns:
            cells = _cells(grid, town)
            total = sum(weight for _, weight in cells.values())
            left, weights = town.people, total
            for _, (centre, weight) in sorted(cells.items()):
                people = round(left * weight / weights)
                left, weights = left - people, weights - weight
                if people > 0:
                    writer.writerow(
                        (f"{centre.lat:.5f}", f"{centre.lon:.5f}", people, town.name.ja)
                    )
    return out.getvalue()
