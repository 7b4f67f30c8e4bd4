"""What may be asked of roads: places, limits, vehicles and areas that make sense."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.errors import RoadQuestionError
from routing.layout import Float64Array, Int64Array, frozen
from routing.profiles import Vehicle

_CIRCUMSTANCES = ("at", "vehicle", "avoid", "season")
_LONGEST_S = 1_000_000  # of an isochrone, eleven days


def check_circumstances(when: Mapping[str, Any]) -> None:
    """Refuse circumstances that no road can be under; `avoid` is checked by `areas`.

    Raises
    ------
    RoadQuestionError
        Naming the first one that is wrong, its value and what would be right.
    """
    for name in when:
        if name not in _CIRCUMSTANCES:
            msg = f"'{name}' is no circumstance; there are {', '.join(_CIRCUMSTANCES)}"
            raise RoadQuestionError(msg)
    moment, vehicle, season = when.get("at"), when.get("vehicle"), when.get("season")
    if moment is not None and not isinstance(moment, date):
        msg = f"at: {moment!r} is no moment; give a datetime.date or datetime.datetime"
        raise RoadQuestionError(msg)
    if vehicle is not None:
        _check_vehicle(vehicle)
    if isinstance(season, float) and not math.isfinite(season):
        msg = f"season: {season} is no factor on the speed; give a number above 0 or a name"
        raise RoadQuestionError(msg)


def _check_vehicle(vehicle: Vehicle) -> None:
    for name, value in vehicle._asdict().items():
        if name == "hazmat" or value is None:
            continue
        if not isinstance(value, int | float) or not 0 < value < math.inf:
            msg = f"vehicle: {name} {value!r} is no size; give a number above 0"
            raise RoadQuestionError(msg)


def areas(avoid: Sequence[npt.ArrayLike] | None) -> tuple[Float64Array, ...]:
    """Return polygons to avoid as arrays of corners; they may cross themselves.

    Raises
    ------
    RoadQuestionError
        If one has fewer than three corners, or a corner is no place on Earth.
    """
    return tuple(_area(row, polygon) for row, polygon in enumerate(() if avoid is None else avoid))


def _area(row: int, polygon: npt.ArrayLike) -> Float64Array:
    corners = _numbers(f"avoid: polygon {row}", polygon)
    if corners.ndim != 2 or corners.shape[0] < 3 or corners.shape[1] != 2:
        msg = (
            f"avoid: polygon {row} of shape {corners.shape} is no area; give a list of polygons, "
            "each of at least three corners (lon, lat)"
        )
        raise RoadQuestionError(msg)
    off = np.flatnonzero(~((np.abs(corners) <= (180, 90)).all(axis=1)))
    if off.size:
        lon, lat = corners[off[0]]
        msg = f"avoid: polygon {row}: lon {lon}, lat {lat} is no place on Earth; longitude first"
        raise RoadQuestionError(msg)
    return frozen(corners, np.float64)


def lonlat(name: str, places: Sequence[Any]) -> Float64Array:
    """Return places as an array (n, 2).

    Raises
    ------
    RoadQuestionError
        If they are not pairs of numbers.
    """
    pairs = _numbers(name, places)
    if pairs.size == 0:
        return np.empty((0, 2))
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        msg = f"{name}: an array of shape {pairs.shape} holds no places; give pairs (lon, lat)"
        raise RoadQuestionError(msg)
    return pairs


def pair(name: str, place: Any) -> tuple[float, float]:
    """Return one place.

    Raises
    ------
    RoadQuestionError
        If it is no pair of numbers.
    """
    try:
        lon, lat = place
        return float(lon), float(lat)
    except (TypeError, ValueError) as error:
        msg = f"{name}: {place!r} is no place; give a pair (lon, lat) of degrees"
        raise RoadQuestionError(msg) from error


def limits(seconds: npt.ArrayLike, n: int | None = None) -> Int64Array:
    """Return limits of isochrones, whole s.

    Parameters
    ----------
    n
        How many there have to be; any number but none unless given.

    Raises
    ------
    RoadQuestionError
        If one is no time, or they are not as many as they should be.
    """
    found = _numbers("limits", seconds)
    if found.ndim != 1 or (found.size == 0 if n is None else found.size != n):
        wanted = "at least one" if n is None else f"{n}"
        msg = f"limits: {found.size} of them, and {wanted} are needed, in seconds"
        raise RoadQuestionError(msg)
    wrong = found[~((found >= 0) & (found <= _LONGEST_S))]
    if wrong.size:
        msg = f"limits: {wrong[0]} s is not between 0 and {_LONGEST_S:,}"
        raise RoadQuestionError(msg)
    return found.astype(np.int64)


def _numbers(name: str, values: npt.ArrayLike) -> Float64Array:
    try:
        return np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{name}: {str(values)[:60]} are not numbers"
        raise RoadQuestionError(msg) from error
