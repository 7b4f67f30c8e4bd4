"""Whether so many stops lie so near each other that the walks between them fill the memory."""

from typing import TYPE_CHECKING

import numpy as np

from gtfs.errors import TooManyPairsError

if TYPE_CHECKING:
    from gtfs.tables import StopTable

_MOST_PAIRS = 30_000_000  # about two GB while they are made; New York has 0.4 million in 500 m
_METRES_PER_DEGREE = 111_000.0


def check_crowding(stops: "StopTable", limit_m: int) -> None:
    """Refuse stops that lie in one square with too many others.

    Parameters
    ----------
    limit_m
        Longest walk between stops, m; the side of a square.

    Raises
    ------
    TooManyPairsError
        If more than thirty million pairs lie in squares together.
    """
    placed = np.flatnonzero(~np.isnan(stops.lat))
    if placed.size**2 <= _MOST_PAIRS:
        return
    side = max(limit_m, 1) / _METRES_PER_DEGREE
    row = np.floor(stops.lat[placed] / side)
    column = np.floor(stops.lon[placed] * np.cos(np.radians(row * side)) / side)
    _, first, counts = np.unique(
        np.stack([row, column]), axis=1, return_index=True, return_counts=True
    )
    pairs = int((counts.astype(np.int64) ** 2).sum())
    if pairs > _MOST_PAIRS:
        fullest = int(np.argmax(counts))
        stop = stops.id[int(placed[first[fullest]])]
        what = f"stops.txt: {counts[fullest]:,} stops within {limit_m} m of stop '{stop}'"
        remedy = "give each stop its own place, or lower walking.transfer_limit_m"
        raise TooManyPairsError(what, pairs, _MOST_PAIRS, remedy)
