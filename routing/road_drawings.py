"""Ways between pairs of places as maps show them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from routing.road_layout import FAR, Grid
from routing.road_search import ProfileSearch, split
from routing.road_shape import Street, StreetNames
from routing.way_search import Coordinate

Pair = tuple[float, float, float, float]  # lon and lat of both places


class RoadDrawing(NamedTuple):
    """The quickest way between two places."""

    duration: int  # s
    distance_m: int
    polyline: str  # encoded, of precision 6
    ends: tuple[Coordinate, Coordinate]  # first and last point
    streets: tuple[Street, ...] = ()  # in order, as far as the way is on roads
    off_road_m: tuple[int, int] = (0, 0)  # between the road and both places


def drawings(
    search: ProfileSearch, grid: Grid, names: StreetNames, pairs: Sequence[Pair]
) -> Iterator[RoadDrawing | None]:
    """Draw the quickest ways between pairs of places; None where there is none."""
    sheet = search.sheet(grid, np.array(pairs, np.float64), names.of_way)
    bytes_, firsts = sheet.first_byte.tolist(), sheet.first_street.tolist()
    text = sheet.text[: bytes_[-1]].tobytes().decode("ascii")
    name, metres = sheet.name[: firsts[-1]].tolist(), sheet.metres[: firsts[-1]].tolist()
    streets = [Street(names[one], length) for one, length in zip(name, metres, strict=True)]
    columns = sheet.cost.tolist(), sheet.tip.tolist(), sheet.off_road_m.tolist()
    rows = zip(*columns, pairwise(bytes_), pairwise(firsts), strict=True)
    for cost, (lon_a, lat_a, lon_b, lat_b), (begin_m, end_m), of_text, of_streets in rows:
        if cost >= FAR:
            yield None
            continue
        yield RoadDrawing(
            *split(cost),
            text[slice(*of_text)],
            ((lon_a, lat_a), (lon_b, lat_b)),
            tuple(streets[slice(*of_streets)]),
            (begin_m, end_m),
        )
