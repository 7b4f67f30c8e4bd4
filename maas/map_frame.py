"""The part of the world that a region covers, and places that lie outside it."""

from typing import TYPE_CHECKING

from maas.errors import QueryError
from routing.geo import distance_m

if TYPE_CHECKING:
    from maas.places import Place
    from maas.region import Region

_LEAST_REACH_M = 20_000.0


def check_on_map(region: "Region", place: "Place", field: str) -> None:
    """Refuse places from where no stop can be reached by any means.

    Parameters
    ----------
    field
        Names the place in the message, such as `query: from`.

    Raises
    ------
    QueryError
        If the place lies off the map of the region.
    """
    south, north, west, east = region.frame
    if south <= place.lat <= north and west <= place.lon <= east:
        return
    nearest = min(max(place.lat, south), north), min(max(place.lon, west), east)
    file = region.file
    reach = max(2 * file.walking.limit_m, file.taxi_limit_m, _LEAST_REACH_M)
    if not distance_m(place.lat, place.lon, *nearest) <= reach:
        msg = (
            f"{field}: {place.lat:.5f},{place.lon:.5f} lies off the map of "
            f"{file.name}, whose stops lie between {south:.3f},{west:.3f} and "
            f"{north:.3f},{east:.3f} (lat,lon); name a place there"
        )
        raise QueryError(msg)
