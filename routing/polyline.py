"""Geometry as text: encoded polylines of precision 6 (the public form of all paths)."""

import numpy as np
import numpy.typing as npt

from routing.errors import InvalidTableError
from routing.kernels import polyline as kernels
from routing.layout import Float64Array

_DIGITS = 6


def encode(lon: npt.ArrayLike, lat: npt.ArrayLike) -> str:
    """Encode points, degrees, with six decimals."""
    lons, lats = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if lons.shape != lats.shape:
        msg = f"lon {lons.shape} and lat {lats.shape} must be lists of the same length"
        raise InvalidTableError(msg)
    text = np.empty(kernels.MOST_BYTES * lons.size, np.uint8)
    return text[: kernels.encode(lons, lats, text)].tobytes().decode("ascii")


def decode(text: str, digits: int = _DIGITS) -> tuple[Float64Array, Float64Array]:
    """Return lon and lat, degrees, of an encoded polyline.

    Parameters
    ----------
    digits
        Decimals of its degrees; other software writes five.

    Raises
    ------
    InvalidTableError
        If the text is no polyline.
    """
    characters = np.frombuffer(text.encode("utf-8"), np.uint8).copy()
    values = np.empty(characters.size, np.int64)
    n_values = kernels.decode(characters, values)
    if n_values < 0:
        msg = f"'{text[:40]}' is no encoded polyline; give one of precision {digits}"
        raise InvalidTableError(msg)
    points = values[:n_values].reshape(-1, 2) / 10.0**digits
    return np.ascontiguousarray(points[:, 1]), np.ascontiguousarray(points[:, 0])
