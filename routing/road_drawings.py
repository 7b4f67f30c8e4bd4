"""Ways between pairs of places as maps show them."""

from collections.abc import Iterator, Sequence
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
    bytes_, streets = sheet.first_byte.tolist(), sheet.first_street.tolist()
    text = sheet.text[: bytes_[-1]].tobytes().decode("ascii")
    metres = (sheet.cm[: streets[-1]] + 50) // 100
    rows = list(zip(sheet.name[: streets[-1]].tolist(), metres.tolist(), strict=True))
    off_road_m = ((sheet.off_road_cm + 50) // 100).tolist()
    costs, tips = sheet.cost.tolist(), sheet.tip.tolist()
    for way, cost in enumerate(costs):
        if cost >= FAR:
            yield None
            continue
        begin_lon, begin_lat, end_lon, end_lat = tips[way]
        begin_m, end_m = off_road_m[way]
        yield RoadDrawing(
            *split(cost),
            text[bytes_[way] : bytes_[way + 1]],
            ((begin_lon, begin_lat), (end_lon, end_lat)),
            tuple(
                [
                    Street(names[name], distance_m)
                    for name, distance_m in rows[streets[way] : streets[way + 1]]
                    if distance_m > 0
                ]
            ),
            (begin_m, end_m),
        )
