"""Taxis, vans and demand-responsive zones of the towns; all invented."""

from typing import Any

from maas.synthetic.catalogue import document
from maas.synthetic.geometry import Place, offset, rounded
from maas.synthetic.towns import Town, towns

_BAY = {"kg": 100, "litres": 450, "pieces": 12}
_BOX = {"kg": 350, "litres": 2000, "pieces": 40, "temperatures": ["ambient", "cool"]}
_VAN_BAY = {
    "kg": 800,
    "litres": 5000,
    "pieces": 120,
    "temperatures": ["ambient", "cool", "frozen"],
}


def _point(at: Place) -> dict[str, float]:
    at = rounded(at)
    return {"lat": at.lat, "lon": at.lon}


def _taxi(town: Town) -> dict[str, Any]:
    is_city = town.people >= 100_000 or town.grid == "sapporo"
    fleet: dict[str, Any] = {
        "id": f"taxi-{town.id}",
        "name": f"{town.name.ja}タクシー（架空）",
        "name_en": f"{town.name.en} Taxi (fictional)",
        "base": _point(town.at),
        "radius_m": 12_000 if is_city else 18_000,
        "vehicles": max(2, min(40, town.people // 5_000)),
        "hours": ["00:00", "28:00"] if is_city else ["06:30", "24:00"],
        "pickup_wait": 300 if is_city else 480,
        "meter": dict(document("fleets")["meters"]["city" if is_city else "town"]),
    }
    if is_city:
        fleet["wheelchair"] = True
    if town.name.ja in document("fleets")["box_taxis"]:
        fleet["bay"] = dict(_BOX)
    elif town.name.ja not in document("fleets")["no_bay"]:
        fleet["bay"] = dict(_BAY)
    return fleet


def taxis() -> list[dict[str, Any]]:
    """One fleet a town."""
    return [_taxi(towns()[name]) for name in document("fleets")["taxis"]]


def vans() -> list[dict[str, Any]]:
    """Delivery vans at depots some blocks from the centre of towns."""
    return [
        {
            "id": f"van-{towns()[name].id}",
            "name": f"{name}配送センター（架空）",
            "base": _point(offset(towns()[name].at, 520.0, -260.0)),
            "vehicles": count,
            "hours": ["07:30", "20:30"],
            "bay": dict(_VAN_BAY),
        }
        for name, count in document("fleets")["vans"].items()
    ]


def _box(centre: Place, east_m: float, north_m: float) -> list[list[float]]:
    corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    places = (rounded(offset(centre, x * east_m, y * north_m)) for x, y in corners)
    return [[place.lat, place.lon] for place in places]


def demand_zones() -> list[dict[str, Any]]:
    """Shared rides on demand in thinly settled places."""
    return [
        {
            "id": f"drt-{towns()[spec['town']].id}",
            "name": f"{spec['town']}デマンド交通（架空）",
            "name_en": f"{spec['en']} (fictional)",
            "polygon": _box(towns()[spec["town"]].at, *spec["reach"]),
            "hours": list(spec["hours"]),
            "days": list(spec["days"]),
            "fare": spec["fare"],
            "vehicles": 2,
        }
        for spec in document("fleets")["demand_zones"]
    ]
