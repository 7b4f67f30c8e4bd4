"""Shared bikes: a system with ports in Sapporo, one with bikes that stand anywhere in Asahikawa.

Each is a folder of GBFS 3 documents (https://gbfs.org), as they were at one moment in season.
"""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from maas.synthetic.catalogue import document
from maas.synthetic.feed import Feed
from maas.synthetic.geometry import Place, distance_m, offset, rounded
from maas.synthetic.names import Name
from maas.synthetic.roads import Island
from maas.synthetic.stations import stations

SEEN = datetime.fromisoformat("2026-11-04T08:00:00+09:00")  # a Wednesday
_VERSION = "3.0"
_TTL = 86_400  # s: a made-up moment does not change
_NOTICE = "SYNTHETIC DATA / 合成データ, made by this project; no such bikes exist"
_PORT = Name("ポート", "ぽーと", "port")
_KERB_M = 18.0  # a port stands so far north and east of the stop that it is named after
_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))

Documents = dict[str, dict[str, Any]]


class _Port(NamedTuple):
    id: str
    name: Name
    at: Place


def bike_shares() -> list[dict[str, Any]]:
    """Bike shares as `region.yaml` names them."""
    return [
        {
            "id": spec["id"],
            "name": spec["ja"],
            "name_en": spec["en"],
            "gbfs": f"bikes/{spec['folder']}/gbfs.json",
            "season": dict(spec["season"]),
            "limit_m": 6000,
        }
        for spec in document("renting")["bike_shares"]
    ]


def write_bike_shares(folder: Path, island: Island, feeds: Sequence[Feed], seed: int) -> None:
    """Write the documents of all systems into `folder`, a folder each."""
    for spec in document("renting")["bike_shares"]:
        draw = random.Random(f"{seed}-{spec['id']}")
        own = _ports(spec, feeds, draw) if "ports" in spec else _lone_bikes(spec, island, draw)
        rows = _of_all(spec) | own
        rows = {"gbfs": {"feeds": list(_feeds(spec, rows))}} | rows
        (folder / spec["folder"]).mkdir(parents=True, exist_ok=True)
        for name, data in rows.items():
            whole = {
                "last_updated": SEEN.isoformat(),
                "ttl": _TTL,
                "version": _VERSION,
                "_notice": _NOTICE,
                "data": data,
            }
            text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
            path = folder / spec["folder"] / f"{name}.json"
            path.write_text(text.replace("},{", "},\n{") + "\n", encoding="utf-8", newline="\n")


def _feeds(spec: dict[str, Any], names: Documents) -> Iterator[dict[str, str]]:
    for name in names:
        yield {"name": name, "url": f"https://{spec['folder']}.example/gbfs/3/{name}.json"}


def _told(ja: str, en: str) -> list[dict[str, str]]:
    return [{"text": ja, "language": "ja"}, {"text": en, "language": "en"}]


def _of_all(spec: dict[str, Any]) -> Documents:
    """Documents that every system has."""
    kind = spec["vehicle_type"] | {"default_pricing_plan_id": spec["plan"]["plan_id"]}
    plan = spec["plan"] | {
        "name": _told(spec["plan_ja"], spec["plan_en"]),
        "description": _told(spec["plan_ja"], spec["plan_en"]),
        "currency": "JPY",
        "is_taxable": False,
    }
    system = {
        "system_id": spec["id"],
        "languages": ["ja", "en"],
        "name": _told(spec["ja"], spec["en"]),
        "opening_hours": "24/7",
        "feed_contact_email": f"nobody@{spec['folder']}.example",
        "timezone": "Asia/Tokyo",
    }
    return {
        "system_information": system,
        "vehicle_types": {"vehicle_types": [kind]},
        "system_pricing_plans": {"plans": [plan]},
    }


def _centre(text: str) -> Place:
    network, name = text.split(":")
    return stations(network)[name].at


def _ports(spec: dict[str, Any], feeds: Sequence[Feed], draw: random.Random) -> Documents:
    """Ports beside stops, with bikes and docks; some are empty, some are full."""
    fewest, most = spec["ports"]["docks"]
    kind = spec["vehicle_type"]["vehicle_type_id"]
    stands, status = [], []
    for port in _places_of_ports(spec, feeds, draw):
        capacity = draw.randrange(fewest, most + 1, 2)
        bikes = draw.choice((0, capacity, *range(1, capacity)))
        stands.append(
            {
                "station_id": port.id,
                "name": _told(port.name.ja, port.name.en),
                "lat": port.at.lat,
                "lon": port.at.lon,
                "capacity": capacity,
            }
        )
        status.append(
            {
                "station_id": port.id,
                "num_vehicles_available": bikes,
                "vehicle_types_available": [{"vehicle_type_id": kind, "count": bikes}],
                "num_docks_available": capacity - bikes,
                "is_installed": True,
                "is_renting": True,
                "is_returning": True,
                "last_reported": SEEN.isoformat(),
            }
        )
    return {"station_information": {"stations": stands}, "station_status": {"stations": status}}


def _places_of_ports(
    spec: dict[str, Any], feeds: Sequence[Feed], draw: random.Random
) -> Iterator[_Port]:
    """Beside stops around the centre, some way apart; stations and subway come first."""
    centre, wanted = _centre(spec["centre"]), spec["ports"]
    chosen: list[Place] = []
    for feed in feeds:
        near = [
            stop
            for stop in feed.used_stops()
            if not stop.parent and distance_m(stop.at, centre) <= spec["reach_m"]
        ]
        for stop in draw.sample(near, len(near)):
            if len(chosen) == wanted["count"]:
                return
            at = rounded(offset(stop.at, _KERB_M, _KERB_M))
            if all(distance_m(at, other) >= wanted["apart_m"] for other in chosen):
                chosen.append(at)
                yield _Port(f"p{len(chosen):02d}", stop.name.joined(_PORT), at)


def _lone_bikes(spec: dict[str, Any], island: Island, draw: random.Random) -> Documents:
    """Bikes at street corners, each with what is left in its battery, and where they may stand."""
    centre, lone = _centre(spec["centre"]), spec["lone"]
    nodes = (node for grid in island.grids.values() for node in grid.node_of.values())
    corners = [
        at
        for node in sorted(nodes)
        if distance_m(at := island.road_map.nodes[node], centre) <= spec["reach_m"]
    ]
    kind = spec["vehicle_type"]["vehicle_type_id"]
    least, most = lone["range_m"]
    bikes = [
        {
            "vehicle_id": f"a{number:03d}",
            "lat": at.lat,
            "lon": at.lon,
            "vehicle_type_id": kind,
            "current_range_meters": draw.randrange(least, most, 500),
            "is_reserved": draw.random() < 0.05,
            "is_disabled": draw.random() < 0.05,
            "last_reported": SEEN.isoformat(),
        }
        for number, at in enumerate(draw.sample(corners, lone["count"]), start=1)
    ]
    return {"vehicle_status": {"vehicles": bikes}, "geofencing_zones": _zones(spec)}


def _zones(spec: dict[str, Any]) -> dict[str, Any]:
    """Bikes stay in the town, but for a place where none may be left; the first zone counts."""
    closed = spec["no_parking"]
    around = [
        (_centre(closed["at"]), closed["radius_m"], False),
        (_centre(spec["centre"]), spec["reach_m"] + 500, True),
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"rules": [_rule(is_allowed=is_allowed)]},
            "geometry": {"type": "MultiPolygon", "coordinates": [[_square(centre, half_m)]]},
        }
        for centre, half_m, is_allowed in around
    ]
    return {
        "geofencing_zones": {"type": "FeatureCollection", "features": features},
        "global_rules": [_rule(is_allowed=False)],
    }


def _rule(*, is_allowed: bool) -> dict[str, bool]:
    return {
        "ride_start_allowed": is_allowed,
        "ride_end_allowed": is_allowed,
        "ride_through_allowed": True,
    }


def _square(centre: Place, half_m: float) -> list[list[float]]:
    places = (rounded(offset(centre, x * half_m, y * half_m)) for x, y in _CORNERS)
    return [[at.lon, at.lat] for at in places]
