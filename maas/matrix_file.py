"""Places in, matrices out: CSV files, and Parquet by polars."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from maas.errors import QueryError
from routing.layout import UNREACHED
from routing.road_answers import Matrix

COLUMNS = ("from", "to", "duration_s", "distance_m")


class PlaceList(NamedTuple):
    """Places of a file."""

    id: list[str]
    lonlat: list[tuple[float, float]]


def read_places(path: Path) -> PlaceList:
    """Read a CSV file with columns lat, lon and, if wanted, id.

    Raises
    ------
    QueryError
        If it cannot be read, lacks a column or a row is no place; names file, row, field and value.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: cannot be read ({error})"
        raise QueryError(msg) from error
    found = PlaceList([], [])
    for number, row in enumerate(rows, start=2):
        lat, lon = (_degrees(path, number, row, name, most) for name, most in _FIELDS)
        found.id.append(row.get("id") or str(number - 1))
        found.lonlat.append((lon, lat))
    if not found.id:
        msg = f"{path}: no places; give a header `id,lat,lon` and a row for each"
        raise QueryError(msg)
    return found


_FIELDS = (("lat", 90.0), ("lon", 180.0))


def _degrees(path: Path, number: int, row: dict[str, str], name: str, most: float) -> float:
    text = row.get(name)
    if text is None:
        msg = f"{path}: row {number}: no column '{name}'; give a header `id,lat,lon`"
        raise QueryError(msg)
    try:
        value = float(text)
    except ValueError:
        value = np.inf
    if not abs(value) <= most:
        msg = f"{path}: row {number}: {name}: '{text}' is not between {-most:.0f} and {most:.0f}"
        raise QueryError(msg)
    return value


def write_matrix(
    path: Path, sources: Sequence[str], targets: Sequence[str], matrix: Matrix
) -> None:
    """Write one row for each cell, as Parquet or CSV by the file's name; no way is an empty cell.

    Raises
    ------
    QueryError
        If the name ends in something else.
    """
    import polars

    if path.suffix not in {".csv", ".parquet"}:
        msg = f"{path}: a matrix is written as .csv or .parquet"
        raise QueryError(msg)
    is_far = (matrix.duration == UNREACHED).ravel()
    columns = {
        "from": polars.Series(list(sources)).gather(
            np.repeat(np.arange(len(sources)), len(targets))
        ),
        "to": polars.Series(list(targets)).gather(np.tile(np.arange(len(targets)), len(sources))),
        "duration_s": polars.Series(matrix.duration.ravel()),
        "distance_m": polars.Series(matrix.distance.ravel()),
    }
    table = polars.DataFrame(columns).with_columns(
        polars.when(polars.Series(is_far)).then(None).otherwise(polars.col(name)).alias(name)
        for name in COLUMNS[2:]
    )
    if path.suffix == ".csv":
        table.write_csv(path)
    else:
        table.write_parquet(path)
