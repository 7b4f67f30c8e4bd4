"""shapes.txt → polylines with the distance along them."""

from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.columns import UNREADABLE, Column, without_blank
from gtfs.read import Feed
from routing.geo import along_m
from routing.layout import Float64Array, Int32Array, first_of

FILE = "shapes.txt"
_REQUIRED = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")


class Shapes(NamedTuple):
    """Polylines of one feed."""

    ids: pl.Series
    first_point: Int32Array  # (n_shapes + 1,)
    lon: Float64Array
    lat: Float64Array
    distance_m: Float64Array


def _distance_m(first_point: Int32Array, lon: Float64Array, lat: Float64Array) -> Float64Array:
    """Metres along each shape."""
    if lon.size == 0:
        return np.zeros(0)
    total = along_m(lon, lat)
    start = np.minimum(first_point[:-1], lon.size - 1)
    along: Float64Array = total - np.repeat(total[start], np.diff(first_point))
    return along


def read_shapes(feed: Feed) -> Shapes:
    """Read the shapes of a feed."""
    table = without_blank(feed, FILE, feed.table(FILE, _REQUIRED), "shape_id")
    lat = Column(feed, FILE, table, "shape_pt_lat")
    lats, lons = (
        lat.decimals(-90, 90),
        Column(feed, FILE, table, "shape_pt_lon").decimals(-180, 180),
    )
    blank = np.isnan(lats) | np.isnan(lons)
    lat.warn(blank, "shape_point_without_place", "no coordinates; the point is left out")
    numbers = Column(feed, FILE, table, "shape_pt_sequence")
    sequence = numbers.needed_integers("the point is left out")
    ids = table["shape_id"].unique(maintain_order=True)
    shape = Column(feed, FILE, table, "shape_id").indices(ids)
    order = np.lexsort((sequence, shape))
    order = order[~blank[order] & (sequence[order] != UNREADABLE)]
    first = first_of(shape[order], len(ids))
    lon_, lat_ = lons[order], lats[order]
    return Shapes(ids, first, lon_, lat_, _distance_m(first, lon_, lat_))
