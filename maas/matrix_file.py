"""Places in, matrices out: CSV files, and Parquet by polars."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from maas.errors import QueryError
from routing.layout import UNREACHED
from routing.road_answers import Matrix


class PlaceList(NamedTuple):
    """Places of a file."""

    id: list[str]
    lonlat: list[tuple[float, float]]
    weight: list[float]  # how much is there; 1 where the file has no such column


def read_places(path: Path) -> PlaceList:
    """Read a CSV file with columns lat, lon and, if wanted, id and weight.

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
    found = PlaceList([], [], [])
    for number, row in enumerate(rows, start=2):
        lat, lon = (_degrees(path, number, row, name, most) for name, most in _FIELDS)
        found.id.append(row.get("id") or str(number - 1))
        found.lonlat.append((lon, lat))
        found.weight.append(_weight(path, number, row))
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


def _weight(path: Path, number: int, row: dict[str, str]) -> float:
    text = row.get("weight") or "1"
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < np.inf:
        msg = f"{path}: row {number}: weight: '{text}' is no number of 0 or more"
        raise QueryError(msg)
    return value


def check_ending(path: Path, *others: str) -> None:
    """Refuse, before any work is done, a name that says no form of table.

    Raises
    ------
    QueryError
        If it ends in something else than .csv, .parquet and the others.
    """
    known = (".csv", ".parquet", *others)
    if path.suffix not in known:
        msg = f"{path}: a table is written as {' or '.join(known)}"
        raise QueryError(msg)


def write_columns(path: Path, columns: Mapping[str, Any]) -> None:
    """Write columns of equal length, as Parquet or CSV by the file's name.

    Raises
    ------
    QueryError
        If the name ends in something else.
    """
    import polars

    table = polars.DataFrame(dict(columns))
    check_ending(path)
    if path.suffix == ".csv":
        table.write_csv(path)
    else:
        table.write_parquet(path)


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

    is_far = polars.Series((matrix.duration == UNREACHED).ravel())
    columns = {
        "from": polars.Series(list(sources)).gather(
            np.repeat(np.arange(len(sources)), len(targets))
        ),
        "to": polars.Series(list(targets)).gather(np.tile(np.arange(len(targets)), len(sources))),
        "duration_s": polars.Series(matrix.duration.ravel()).set(is_far, None),
        "distance_m": polars.Series(matrix.distance.ravel()).set(is_far, None),
    }
    write_columns(path, columns)
