"""locations.geojson, location_groups.txt → zones of demand-responsive service.

A zone is a set of rings (a place inside an odd number of them is inside), or a group of stops. Old
files list the stops of a group in location_groups.txt itself.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from gtfs.columns import Column, positions_in, without_blank
from gtfs.read import Feed
from routing.layout import NONE, Float64Array, Int32Array, first_of, frozen

PLACES = "locations.geojson"
GROUPS = "location_groups.txt"
GROUP_STOPS = "location_group_stops.txt"
_MOST_BYTES = 64 << 20  # of the file of polygons
_KINDS = {"Polygon", "MultiPolygon"}


class Zones(NamedTuple):
    """Zones of one feed, those of polygons first."""

    ids: pl.Series
    names: pl.Series
    first_ring: Int32Array  # (n_zones + 1,)
    first_point: Int32Array  # (n_rings + 1,)
    lon: Float64Array
    lat: Float64Array
    first_stop: Int32Array  # (n_zones + 1,)
    stop: Int32Array  # stops of the groups


class _Polygons(NamedTuple):
    """What is in the file of polygons."""

    ids: list[str]
    names: list[str]
    rings: list[list[Float64Array]]  # of every zone, each (n_points, 2)


def has_zones(feed: Feed) -> bool:
    """Whether a feed may have demand-responsive services."""
    return feed.has(PLACES) or feed.has(GROUPS) or feed.has(GROUP_STOPS)


def read_zones(feed: Feed, stop_ids: pl.Series) -> Zones:
    """Read the zones of a feed."""
    polygons, groups = _read_polygons(feed), _read_groups(feed, stop_ids)
    named = groups.group_by("id", maintain_order=True).agg(pl.col("name").max())
    named = named.filter(~pl.col("id").is_in(polygons.ids))
    ids = pl.concat([pl.Series("id", polygons.ids, dtype=pl.String), named["id"]])
    names = pl.concat([pl.Series("name", polygons.names, dtype=pl.String), named["name"]])
    rings = [*polygons.rings, *([] for _ in range(named.height))]
    points = [ring for of_zone in rings for ring in of_zone]
    flat = np.concatenate(points) if points else np.zeros((0, 2))
    members = groups.filter(pl.col("stop") != NONE)
    owner = positions_in(members["id"], ids)
    order = np.argsort(owner, kind="stable")
    return Zones(
        ids,
        names,
        _ends([len(of_zone) for of_zone in rings]),
        _ends([len(ring) for ring in points]),
        flat[:, 0].copy(),
        flat[:, 1].copy(),
        first_of(owner[order], len(ids)),
        frozen(members["stop"].to_numpy()[order]),
    )


def _ends(counts: list[int]) -> Int32Array:
    """CSR offsets of so many members each."""
    return frozen(np.concatenate([[0], np.cumsum(counts)]))


def _features(feed: Feed) -> list[Any]:
    """Features of the file of polygons; none, with a notice, if it is no such collection."""
    raw = feed.content(PLACES)
    problem = f"larger than {_MOST_BYTES >> 20} MB" if len(raw) > _MOST_BYTES else ""
    try:
        features = [] if problem else json.loads(raw)["features"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        features, problem = [], f"no collection of features ({error})"
    if problem or not isinstance(features, list):
        feed.notices.add("no_geojson", PLACES, f"{problem or 'no list of features'}; left out")
        return []
    return features


def _read_polygons(feed: Feed) -> _Polygons:
    """Read the zones that are polygons; what is none is counted."""
    found = _Polygons([], [], [])
    bad = 0
    for feature in _features(feed) if feed.has(PLACES) else ():
        try:
            zone_id, rings = str(feature["id"]), list(_rings(feature["geometry"]))
            name = (feature.get("properties") or {}).get("stop_name") or ""
        except (ValueError, TypeError, KeyError, AttributeError):
            bad += 1
            continue
        if zone_id in found.ids or not rings:
            bad += 1
            continue
        found.ids.append(zone_id)
        found.names.append(str(name))
        found.rings.append(rings)
    if bad:
        message = "a feature is no polygon with an id of its own; left out"
        feed.notices.add("bad_zone", PLACES, message, count=bad)
    return found


def _rings(geometry: dict[str, Any]) -> Iterator[Float64Array]:
    """Rings of a polygon or of several; raises if there is something else."""
    if geometry["type"] not in _KINDS:
        msg = f"a {geometry['type']} is no area"
        raise ValueError(msg)
    polygons = geometry["coordinates"]
    for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
        for ring in polygon:
            points = np.array([point[:2] for point in ring], np.float64).reshape(-1, 2)
            inside = (np.abs(points) <= [180, 90]).all()
            if len(points) < 3 or not inside:
                msg = "a ring has three points or more, on the globe"
                raise ValueError(msg)
            yield points


def _read_groups(feed: Feed, stop_ids: pl.Series) -> pl.DataFrame:
    """Rows (id, name, stop) of groups of stops; `NONE` for a row without a stop."""
    table = feed.table(GROUPS, (), ("location_group_id", "location_group_name", "location_id"))
    table = without_blank(feed, GROUPS, table, "location_group_id")
    members = feed.table(GROUP_STOPS, (), ("location_group_id", "stop_id"))
    members = without_blank(feed, GROUP_STOPS, members, "location_group_id")
    parts = []
    for file, rows, column, name in (
        (GROUPS, table, "location_id", "location_group_name"),
        (GROUP_STOPS, members, "stop_id", ""),
    ):
        cells = Column(feed, file, rows, column)
        stop = cells.indices(stop_ids)
        lost = (stop == NONE) & (cells.texts != "").to_numpy()
        cells.warn(lost, "unknown_stop", "no such stop; it is left out of its group")
        names = rows[name] if name else rows[column].str.head(0)
        parts.append(
            pl.DataFrame(
                {"id": rows["location_group_id"], "name": names.alias("name"), "stop": stop}
            )
        )
    return pl.concat(parts)
