"""Shared bikes as GBFS tells of them: stations with bikes and docks, bikes that stand anywhere.

Versions 2 and 3 of the General Bikeshare Feed Specification are read: `station_information`,
`station_status`, `free_bike_status` or `vehicle_status`, `vehicle_types`, `system_pricing_plans`,
`geofencing_zones`.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gtfs.money import digits_of
from maas.errors import RegionFileError
from maas.fetch import ask
from maas.geofences import NAME as GEOFENCING
from maas.geofences import Geofences, read_geofences
from routing.layout import BoolArray

_log = logging.getLogger(__name__)
_BICYCLES = frozenset({"bicycle", "cargo_bicycle"})
_FILES = (
    "station_information",
    "station_status",
    "free_bike_status",
    "vehicle_status",
    "vehicle_types",
    "system_pricing_plans",
    "system_information",
    GEOFENCING,
)
_TIMEOUT = 10.0  # s
_MAX_BYTES = 50_000_000
MANY = 1_000  # docks where a station has no count of them

Documents = Mapping[str, Any]


class Step(NamedTuple):
    """What riding costs more from a time on."""

    start: int  # min
    rate: int  # minor units
    interval: int  # min; 0: once
    end: int | None = None  # min


@dataclass(frozen=True)
class Plan:
    """What a ride costs, in minor units."""

    unlock: int
    per_minute: tuple[Step, ...] = ()
    per_km: tuple[Step, ...] = ()

    def price(self, seconds: int, metres: int) -> int:
        """Price of one ride."""
        minutes, km = -(-seconds // 60), -(-metres // 1000)
        return self.unlock + _sum(self.per_minute, minutes) + _sum(self.per_km, km)


def _sum(steps: tuple[Step, ...], units: int) -> int:
    """Rates of all intervals that have begun."""
    total = 0
    for step in steps:
        ridden = min(units, step.end if step.end is not None else units) - step.start
        if ridden > 0:
            total += step.rate * (1 if step.interval == 0 else -(-ridden // step.interval))
    return total


class Spot(NamedTuple):
    """A station, or a bike that stands alone."""

    id: str
    name: str
    lat: float
    lon: float
    bikes: int  # that can be taken
    docks: int  # where one can be left
    is_station: bool
    is_renting: bool = True
    is_returning: bool = True
    range_m: int | None = None  # how far the battery of a lone bike reaches
    name_en: str = ""


@dataclass(frozen=True)
class Snapshot:
    """What a feed said at a moment."""

    moment: int  # Unix time
    spots: tuple[Spot, ...]
    plan: Plan | None = None  # None where the price is not known
    ttl: int = field(default=60)  # s
    fences: Geofences = field(default_factory=Geofences)

    @cached_property
    def at(self) -> tuple[tuple[float, float], ...]:
        """Where the spots are, (lat, lon)."""
        return tuple((spot.lat, spot.lon) for spot in self.spots)

    @cached_property
    def is_station(self) -> BoolArray:
        """Which spots are stations, (n_spots,)."""
        return np.array([spot.is_station for spot in self.spots], np.bool_)


def collect(place: str) -> dict[str, Any]:
    """Return the documents of a feed by name; `place` is a URL or a path of `gbfs.json`.

    Files of a path lie beside it, whatever URLs it names.

    Raises
    ------
    RegionFileError, AskError
        If the feed cannot be read.
    """
    is_url = "://" in place
    start = _document(place)
    found: dict[str, Any] = {}
    for name, url in _feeds(start, place):
        if name in _FILES and name not in found:
            beside = Path(place).parent / f"{name}.json"
            if is_url or beside.is_file():
                found[name] = _document(url if is_url else str(beside))
    return found


def _document(place: str) -> Any:
    try:
        if "://" in place:
            content = ask(place, None, timeout=_TIMEOUT, max_bytes=_MAX_BYTES).content or b""
        else:
            content = Path(place).read_bytes()
        return json.loads(content)
    except (OSError, ValueError) as error:
        msg = f"{place}: cannot be read as GBFS ({error}); name a `gbfs.json` by path or URL"
        raise RegionFileError(msg) from error


def _feeds(start: Any, place: str) -> Iterator[tuple[str, str]]:
    """Names and URLs that a `gbfs.json` lists, of its first language."""
    data = start.get("data") if isinstance(start, dict) else None
    if isinstance(data, dict) and "feeds" not in data and data:
        data = next(iter(data.values()))
    if not isinstance(data, dict) or not isinstance(data.get("feeds"), list):
        msg = f"{place}: data.feeds: is missing; name the feed's `gbfs.json`"
        raise RegionFileError(msg)
    for feed in data["feeds"]:
        yield str(feed.get("name", "")), str(feed.get("url", ""))


def snapshot(documents: Documents, currency: str) -> Snapshot:
    """Read the documents of a feed.

    Raises
    ------
    RegionFileError
        Naming the file and the field that is wrong.
    """
    kinds = {
        row["vehicle_type_id"]: row
        for row in _rows(documents, "vehicle_types", "vehicle_types")
        if row.get("form_factor") in _BICYCLES
    }
    only = set(kinds) if "vehicle_types" in documents else None
    spots = (*_stations(documents, only), *_lone(documents, only))
    status = [
        document
        for name, document in documents.items()
        if name in {"station_status", "free_bike_status", "vehicle_status"}
    ]
    moments = [_unix(document.get("last_updated", 0)) for document in status]
    ttl = max([int(document.get("ttl", 0)) for document in status], default=0)
    plan, fences = _plan(documents, kinds, currency), read_geofences(documents, only)
    return Snapshot(max(moments, default=0), spots, plan, ttl, fences)


def _rows(documents: Documents, name: str, key: str) -> list[dict[str, Any]]:
    data = documents.get(name, {}).get("data", {})
    rows = data.get(key, [])
    if not isinstance(rows, list):
        msg = f"GBFS {name}.json: data.{key}: must be a list"
        raise RegionFileError(msg)
    return rows


def _stations(documents: Documents, only: set[str] | None) -> Iterator[Spot]:
    """Stations that are installed, each once."""
    status: dict[str, dict[str, Any]] = {}
    for row in _rows(documents, "station_status", "stations"):
        status.setdefault(str(row.get("station_id")), row)
    seen: set[str] = set()
    for number, row in enumerate(_rows(documents, "station_information", "stations")):
        station_id = str(row.get("station_id"))
        now = status.get(station_id, {})
        if station_id in seen or not now.get("is_installed", True):
            continue
        if not row.get("station_id") or row.get("lat") is None or row.get("lon") is None:
            _log.warning("GBFS station_information.json: row %d has no id or no place", number)
            continue  # nobody can be sent there
        seen.add(station_id)
        lat, lon = _place(row, "station_information", number)
        yield Spot(
            station_id,
            _text(row.get("name")),
            lat,
            lon,
            _bikes(now, only),
            int(now.get("num_docks_available", MANY)),
            is_station=True,
            is_renting=bool(now.get("is_renting", True)),
            is_returning=bool(now.get("is_returning", True)),
            name_en=_text(row.get("name"), "en"),
        )


def _bikes(status: Mapping[str, Any], only: set[str] | None) -> int:
    """Bicycles of a station that can be taken."""
    kinds = status.get("vehicle_types_available")
    if only is not None and isinstance(kinds, list):
        return sum(int(k.get("count", 0)) for k in kinds if k.get("vehicle_type_id") in only)
    return int(status.get("num_bikes_available", status.get("num_vehicles_available", 0)))


def _lone(documents: Documents, only: set[str] | None) -> Iterator[Spot]:
    """Bikes that stand at no station and can be taken."""
    rows = [("vehicle_status", row) for row in _rows(documents, "vehicle_status", "vehicles")]
    rows += [("free_bike_status", row) for row in _rows(documents, "free_bike_status", "bikes")]
    for number, (name, row) in enumerate(rows):
        if row.get("is_disabled") or row.get("is_reserved") or row.get("station_id"):
            continue
        if only is not None and row.get("vehicle_type_id") not in only:
            continue
        lat, lon = _place(row, name, number)
        reach = row.get("current_range_meters")
        range_m = None if reach is None else int(reach)
        bike_id = str(row.get("vehicle_id", row.get("bike_id", "")))
        yield Spot(bike_id, "", lat, lon, 1, 0, is_station=False, range_m=range_m)


def _place(row: Mapping[str, Any], name: str, number: int) -> tuple[float, float]:
    try:
        lat, lon = float(row["lat"]), float(row["lon"])
    except (KeyError, TypeError, ValueError) as error:
        msg = f"GBFS {name}.json: row {number}: needs `lat` and `lon` as numbers"
        raise RegionFileError(msg) from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        msg = f"GBFS {name}.json: row {number}: {lat},{lon} is no place on earth"
        raise RegionFileError(msg)
    return lat, lon


def _text(name: Any, language: str | None = None) -> str:
    """A name of version 2, or one of version 3: in a language if it is told in it, or the first."""
    if not isinstance(name, list):
        return str(name or "")
    told = [(str(row.get("language", "")), str(row.get("text", ""))) for row in name]
    of_language = (text for tag, text in told if tag.partition("-")[0] == language)
    return next(of_language, told[0][1] if told else "")


def _unix(moment: Any) -> int:
    """Return a POSIX time (version 2) or RFC 3339 (version 3) as Unix time."""
    try:
        return int(moment)
    except (TypeError, ValueError):
        return int(datetime.fromisoformat(str(moment)).timestamp())


def _plan(documents: Documents, kinds: Mapping[str, Any], currency: str) -> Plan | None:
    """Plan of those who only ride once: the default one of the bicycles, where it is told."""
    wanted = {str(kind.get("default_pricing_plan_id")) for kind in kinds.values()}
    for row in _rows(documents, "system_pricing_plans", "plans"):
        if str(row.get("plan_id")) in wanted and row.get("currency") == currency:
            unlock = _minor(row.get("price", 0), currency)
            minutes = _steps(row.get("per_min_pricing"), currency)
            return Plan(unlock, minutes, _steps(row.get("per_km_pricing"), currency))
    return None


def _steps(rows: Any, currency: str) -> tuple[Step, ...]:
    return tuple(
        Step(
            int(row.get("start", 0)),
            _minor(row.get("rate", 0), currency),
            int(row.get("interval", 0)),
            None if row.get("end") is None else int(row["end"]),
        )
        for row in rows or ()
    )


def _minor(amount: Any, currency: str) -> int:
    return round(Decimal(str(amount)).scaleb(digits_of(currency)))
