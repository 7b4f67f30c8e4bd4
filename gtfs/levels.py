"""levels.txt and pathways.txt → floors of stations, and the ways between their nodes.

A pathway without a traversal time gets an estimate: its length at the speed of its kind, else its
stairs, else the floors it passes, else the straight line between its ends.
"""

import numpy as np
import polars as pl

from gtfs.columns import Column, first_of_each, without_blank
from gtfs.read import Feed
from routing.geo import beeline_m
from routing.layout import NONE, BoolArray, Float64Array, Int32Array

LEVELS = "levels.txt"
PATHWAYS = "pathways.txt"
WALKWAY, STAIRS, MOVING, ESCALATOR, ELEVATOR, FARE_GATE, EXIT_GATE = range(1, 8)
_COLUMNS = (
    "pathway_id",
    "from_stop_id",
    "to_stop_id",
    "pathway_mode",
    "is_bidirectional",
    "length",
    "traversal_time",
    "stair_count",
    "max_slope",
    "min_width",
    "signposted_as",
    "reversed_signposted_as",
)
_SPEED = np.array([1.25, 1.25, 0.7, 1.7, 0.6, 1.25, 1.25, 1.25])  # m/s by pathway_mode
_STEP_S = 0.6  # s for a step of stairs
_FLOOR_S = np.array([20, 20, 20, 20, 20, 10, 20, 20])  # s for a floor by pathway_mode
_FIXED_S = np.array([0, 0, 0, 0, 0, 45, 5, 3])  # s: waiting for a lift, passing a gate
_WHEELCHAIR_SLOPE = 0.083  # steepest ramp
_WHEELCHAIR_WIDTH_M = 0.9


def read_levels(feed: Feed) -> pl.DataFrame:
    """Read the floors of stations."""
    table = feed.table(LEVELS, (), ("level_id", "level_index", "level_name"))
    table = first_of_each(feed, LEVELS, without_blank(feed, LEVELS, table, "level_id"), "level_id")
    return pl.DataFrame(
        {
            "id": table["level_id"],
            "name": table["level_name"],
            "number": Column(feed, LEVELS, table, "level_index").decimals(-1e6, 1e6),
        }
    )


def read_pathways(feed: Feed, stops: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Read the ways inside stations, one row for each direction."""
    table = feed.table(PATHWAYS, (), _COLUMNS)
    ends, known = [], np.ones(table.height, np.bool_)
    for name in ("from_stop_id", "to_stop_id"):
        cells = Column(feed, PATHWAYS, table, name)
        ends.append(cells.indices(stops["id"]))
        cells.warn(ends[-1] == NONE, "unknown_stop", "no such stop; the pathway is left out")
        known &= ends[-1] != NONE
    kinds = Column(feed, PATHWAYS, table, "pathway_mode")
    kind = kinds.codes(EXIT_GATE, "unknown_pathway_mode")
    both = Column(feed, PATHWAYS, table, "is_bidirectional").codes(1, "unknown_direction") == 1
    frame = pl.DataFrame(
        {
            "id": table["pathway_id"],
            "tail": ends[0],
            "head": ends[1],
            "kind": kind.astype(np.uint8),
            "duration": _durations(feed, table, kind, _ends(stops, levels, ends[0], ends[1])),
            "wheelchair": _wheelchair(feed, table, kind).astype(np.uint8),
            "sign": table["signposted_as"],
            "back_sign": table["reversed_signposted_as"],
        }
    )
    there, back = frame.filter(pl.Series(known)), frame.filter(pl.Series(known & both))
    turned = back.rename({"tail": "head", "head": "tail", "sign": "back_sign", "back_sign": "sign"})
    return pl.concat([there, turned.select(frame.columns)]).drop("back_sign")


def _ends(
    stops: pl.DataFrame, levels: pl.DataFrame, tail: Int32Array, head: Int32Array
) -> tuple[Float64Array, Float64Array]:
    """Straight line and floors between the ends of pathways; NaN where unknown."""
    lon, lat = (np.append(stops[name].to_numpy(), np.nan) for name in ("lon", "lat"))
    metres = beeline_m(lon[tail], lat[tail], lon[head], lat[head])
    numbers = np.append(levels["number"].to_numpy(), np.nan)  # the last one stands for NONE
    floor = np.append(numbers[stops["level"].to_numpy()], np.nan)
    return metres, np.abs(floor[tail] - floor[head])


def _durations(
    feed: Feed, table: pl.DataFrame, kind: Int32Array, ends: tuple[Float64Array, Float64Array]
) -> Int32Array:
    """Seconds that each pathway takes."""
    cells = {
        name: np.abs(Column(feed, PATHWAYS, table, name).decimals(-1e6, 1e6))
        for name in ("traversal_time", "length", "stair_count")
    }
    metres, floors = ends
    fixed = _FIXED_S[kind]
    by_line = np.where(kind >= ELEVATOR, 0.0, np.nan_to_num(metres) / _SPEED[kind])
    seconds = np.select(
        [
            ~np.isnan(cells["traversal_time"]),
            ~np.isnan(cells["length"]),
            ~np.isnan(cells["stair_count"]),
            floors > 0,
        ],
        [
            cells["traversal_time"],
            cells["length"] / _SPEED[kind] + fixed,
            cells["stair_count"] * _STEP_S + fixed,
            floors * _FLOOR_S[kind] + fixed,
        ],
        by_line + fixed,
    )
    rounded: Int32Array = np.ceil(seconds).astype(np.int32)
    return rounded


def _wheelchair(feed: Feed, table: pl.DataFrame, kind: Int32Array) -> BoolArray:
    """Which pathways a wheelchair can take: no stairs, no escalator, not too steep or narrow."""
    slope = np.abs(Column(feed, PATHWAYS, table, "max_slope").decimals(-10, 10))
    width = Column(feed, PATHWAYS, table, "min_width").decimals(0, 1e6)
    stairs = np.abs(Column(feed, PATHWAYS, table, "stair_count").decimals(-1e6, 1e6))
    passable: BoolArray = (kind != STAIRS) & (kind != ESCALATOR) & ~(stairs > 0)
    return passable & ~(slope > _WHEELCHAIR_SLOPE) & ~(width < _WHEELCHAIR_WIDTH_M)
