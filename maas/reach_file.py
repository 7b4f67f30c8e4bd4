"""Tables of reach: what each origin reaches, and travel times, as CSV, Parquet or GeoJSON."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import orjson

from maas.matrix_file import PlaceList, write_columns
from routing.layout import UNREACHED, Float64Array
from routing.travel_times import TravelTimes


def write_access(path: Path, origins: PlaceList, reached: Mapping[str, Float64Array]) -> None:
    """Write a row, or a GeoJSON point, for each origin.

    Raises
    ------
    QueryError
        If the file's name ends in something else than .csv, .parquet or .geojson.
    """
    if path.suffix == ".geojson":
        path.write_bytes(orjson.dumps(_points(origins, reached)) + b"\n")
        return
    columns = {
        "id": origins.id,
        "lat": [lat for _, lat in origins.lonlat],
        "lon": [lon for lon, _ in origins.lonlat],
    }
    write_columns(path, columns | {name: values.tolist() for name, values in reached.items()})


def _points(origins: PlaceList, reached: Mapping[str, Float64Array]) -> dict[str, object]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": origins.id[i],
                "properties": {name: float(values[i]) for name, values in reached.items()},
                "geometry": {"type": "Point", "coordinates": origins.lonlat[i]},
            }
            for i in range(len(origins.id))
        ],
    }


def write_times(path: Path, origins: PlaceList, targets: PlaceList, found: TravelTimes) -> None:
    """Write a row for each pair with a way, and its travel times in seconds by percentile.

    Raises
    ------
    QueryError
        If the file's name ends in something else than .csv or .parquet.
    """
    origin, target = np.nonzero((found.duration < UNREACHED).any(axis=0))
    columns: dict[str, list[object]] = {
        "from": [origins.id[i] for i in origin.tolist()],
        "to": [targets.id[i] for i in target.tolist()],
    }
    for percentile, duration in zip(found.percentiles, found.duration, strict=True):
        taken = duration[origin, target].tolist()
        columns[f"p{percentile}_s"] = [s if s < UNREACHED else None for s in taken]
    write_columns(path, columns)
