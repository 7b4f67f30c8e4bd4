"""Isochrones: what is reached in time, as polygons of GeoJSON.

Times are painted along the roads onto a grid, handed on to the land beside them at the speed of
walking, and cut by contourpy (this is its only importer).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from routing.kernels import isochrone as kernels
from routing.layout import NONE, Float64Array, Int64Array, frozen
from routing.road_layout import MS, Ends, Pins
from routing.road_search import ProfileSearch

WALK_KMH = 4.5  # from the road to the land beside it
_CELLS_ACROSS = 200  # of the longer side of a grid
_SMALLEST_CELL_M = 20.0
_MARGIN_CELLS = 2
_M_PER_DEGREE = float(np.pi / 180 * 6_371_008.8)


class Brush(NamedTuple):
    """How the land beside roads is painted."""

    cell_m: float | None = None  # of the grid; by the size of the area where it is not given
    off_road_m: float = 250.0  # at most, on foot from the nearest road


def features(
    search: ProfileSearch,
    pins: Pins,
    limits_s: Sequence[int],
    *,
    is_back: bool = False,
    brush: Brush | None = None,
) -> list[dict[str, Any]]:
    """Return one GeoJSON feature for each limit, in the order given.

    Parameters
    ----------
    pins
        Where ways start, or end if `is_back`; the nearest one in time counts.
    """
    canvas = _painted(search, pins, search.ends(pins), max(limits_s), is_back, brush or Brush())
    return [_feature(search, canvas, limit) for limit in limits_s]


def features_from(
    search: ProfileSearch,
    pins: Pins,
    left_s: Int64Array,
    *,
    brush: Brush | None = None,
) -> list[dict[str, Any]]:
    """Return one GeoJSON feature: what is reached from pins within the seconds left at each."""
    is_pinned = pins.segment != NONE
    if not is_pinned.any():
        return []
    limit = int(left_s[is_pinned].max())
    ends = search.ends(pins)
    late = np.maximum(limit - left_s, 0) * 1000 * MS
    ends = ends._replace(off_road=frozen(ends.off_road + late, np.int64))
    canvas = _painted(search, pins, ends, limit, False, brush or Brush())
    return [_feature(search, canvas, limit)]


def _feature(search: ProfileSearch, canvas: kernels.Canvas, limit: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"limit_s": int(limit), "profile": search.traits.name},
        "geometry": {"type": "MultiPolygon", "coordinates": list(_polygons(canvas, limit))},
    }


def _painted(
    search: ProfileSearch,
    pins: Pins,
    ends: Ends,
    limit_s: int,
    is_back: bool,
    brush: Brush,
) -> kernels.Canvas:
    limit_ms = limit_s * 1000
    reach = search.reach(ends, limit_s, is_back=is_back)
    points, segments, arcs = search.points, search.roads.segments, search.roads.arcs
    lon, lat = (column[pins.segment != NONE] for column in (pins.lon, pins.lat))
    box = np.array([lon.min(), lat.min(), lon.max(), lat.max()])
    kernels.frame_of(points, segments, arcs, pins, reach, limit_ms, box)
    canvas = _canvas(box, brush)
    kernels.paint_roads(points, segments, reach, limit_ms, canvas)
    kernels.paint_ends(points, segments, arcs, pins, ends, is_back, limit_ms, canvas)
    kernels.spread(canvas, float(limit_ms), brush.off_road_m)
    unreached = limit_ms + float(canvas.metres.max()) * canvas.ms_per_m
    np.minimum(canvas.ms, unreached, out=canvas.ms)
    return canvas


def _canvas(box: Float64Array, brush: Brush) -> kernels.Canvas:
    """Return an empty grid that holds a box and the land beside its roads."""
    west, south, east, north = box
    shrink = float(np.cos(np.radians((south + north) / 2)))
    across = max((east - west) * shrink, north - south) * _M_PER_DEGREE
    cell = brush.cell_m or max(_SMALLEST_CELL_M, across / _CELLS_ACROSS)
    width, height = cell / (_M_PER_DEGREE * shrink), cell / _M_PER_DEGREE
    margin = _MARGIN_CELLS + int(np.ceil(brush.off_road_m / cell))
    n_columns = int((east - west) / width) + 2 + 2 * margin
    n_rows = int((north - south) / height) + 2 + 2 * margin
    frame = np.array([west - margin * width, south - margin * height, width, height])
    far = np.full((n_rows, n_columns), np.inf)
    return kernels.Canvas(
        frame,
        far,
        np.zeros((n_rows, n_columns)),
        np.array([cell, cell], np.float64),
        3600 / WALK_KMH,
    )


def _polygons(canvas: kernels.Canvas, limit_s: int) -> Iterator[list[list[list[float]]]]:
    """Rings of each polygon within a limit: the outer one, then its holes."""
    import contourpy

    generator = contourpy.contour_generator(
        z=canvas.ms, fill_type=contourpy.FillType.OuterOffset, name="serial"
    )
    scale, origin = canvas.frame[2:], canvas.frame[:2]
    found = generator.filled(-1.0, limit_s * 1000.0)
    for corners, offsets in zip(*found, strict=True):
        places = np.round(origin + corners * scale, 6)
        yield [places[first:end].tolist() for first, end in pairwise(offsets)]
