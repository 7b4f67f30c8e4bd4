"""Car parks at stations in the country, for going on by train; all invented."""

from typing import Any

from maas.synthetic.catalogue import document
from maas.synthetic.geometry import offset, rounded
from maas.synthetic.stations import Station, stations

_EAST_M, _NORTH_M = 45.0, -30.0  # of the station


def _car_park(station: Station, spaces: int, price: int) -> dict[str, Any]:
    at = rounded(offset(station.at, _EAST_M, _NORTH_M))
    return {
        "id": f"park-{station.id}",
        "name": f"{station.name.ja}駅駐車場（架空）",
        "name_en": f"{station.name.en} Station car park (fictional)",
        "at": {"lat": at.lat, "lon": at.lon},
        "spaces": spaces,
        "price": price,
    }


def car_parks() -> list[dict[str, Any]]:
    """One at each station of the table."""
    rail = stations("rail")
    return [_car_park(rail[name], *row) for name, row in document("renting")["car_parks"].items()]
