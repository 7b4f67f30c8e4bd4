"""Who travels and what is sent on a day: drawn from the region's population, or read from files."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo.json_text import parse_json
from maas.region_parts import clock_seconds
from maas.scenario.errors import ScenarioFileError
from maas.scenario.file import ScenarioFile

if TYPE_CHECKING:
    from maas.region import Region
    from maas.synthetic.demand import ParcelWish

COLUMNS = ("id", "from_lat", "from_lon", "to_lat", "to_lon", "depart")


@dataclass(frozen=True)
class Traveller:
    """A wish to travel."""

    id: str
    origin: tuple[float, float]  # lat, lon
    destination: tuple[float, float]
    departure: int  # Unix time of the wanted departure
    party: int = 1


@dataclass(frozen=True)
class Demand:
    """A day's travellers, by wanted departure, and its shipments document."""

    travellers: tuple[Traveller, ...]
    shipments: Mapping[str, Any]


def make_demand(scenario: ScenarioFile, folder: Path, region: "Region") -> Demand:
    """Draw or read the demand; paths are relative to `folder`.

    Raises
    ------
    ScenarioFileError
        If a file cannot be read, or there is no population to draw from.
    """
    midnight = region.day(scenario.date).base_epoch
    people, goods = scenario.passengers, scenario.parcels
    drawn = _drawn(scenario, region, midnight)
    travellers = (
        drawn.travellers if people.file is None else read_travellers(folder / people.file, midnight)
    )
    shipments = (
        drawn.shipments
        if goods.file is None
        else read_shipments(folder / goods.file, scenario.date)
    )
    ordered = sorted(travellers, key=lambda traveller: (traveller.departure, traveller.id))
    return Demand(tuple(ordered), shipments)


def read_travellers(path: Path, midnight: int) -> tuple[Traveller, ...]:
    """Read a CSV file with the columns of `COLUMNS`, and `party` where it is not one.

    Raises
    ------
    ScenarioFileError
        Naming file, row, column, value and what would be right.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                msg = f"{path}: column '{missing[0]}' is missing; needed: {', '.join(COLUMNS)}"
                raise ScenarioFileError(msg)
            return tuple(
                _traveller(row, midnight, f"{path}: row {number}")
                for number, row in enumerate(reader, 2)
            )
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read: {error}"
        raise ScenarioFileError(msg) from error


def _traveller(row: Mapping[str, str], midnight: int, where: str) -> Traveller:
    return Traveller(
        row["id"],
        (_degrees(row, "from_lat", 90, where), _degrees(row, "from_lon", 180, where)),
        (_degrees(row, "to_lat", 90, where), _degrees(row, "to_lon", 180, where)),
        midnight + _clock(row["depart"], where),
        _party(row.get("party") or "1", where),
    )


def _degrees(row: Mapping[str, str], column: str, limit: int, where: str) -> float:
    text = row[column]
    try:
        value = float(text)
    except (TypeError, ValueError):
        value = limit + 1.0
    if not -limit <= value <= limit:
        msg = f"{where}: {column}: '{text}' is no number from -{limit} to {limit}"
        raise ScenarioFileError(msg)
    return value


def _clock(text: str, where: str) -> int:
    hours, colon, minutes = (text or "").partition(":")
    if not (colon and hours.isdigit() and minutes.isdigit() and int(minutes) < 60):
        msg = f"{where}: depart: '{text}' is no time; write HH:MM such as 08:30"
        raise ScenarioFileError(msg)
    return clock_seconds(f"{hours}:{minutes}")


def _party(text: str, where: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 9):
        msg = f"{where}: party: '{text}' is no number of people from 1 to 9"
        raise ScenarioFileError(msg)
    return int(text)


def read_shipments(path: Path, on: date) -> dict[str, Any]:
    """Read a shipments document for the date; `cargo` checks what it says.

    Raises
    ------
    ScenarioFileError
        If it is missing or no JSON object.
    """
    try:
        document = parse_json(path.read_bytes())
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as JSON: {error}"
        raise ScenarioFileError(msg) from error
    if not isinstance(document, dict):
        msg = f"{path}: expected a shipments document (maas schema shipments)"
        raise ScenarioFileError(msg)
    return {**document, "date": on.isoformat()}


def _drawn(scenario: ScenarioFile, region: "Region", midnight: int) -> Demand:
    """Draw from the population as many as are asked for."""
    n_trips, n_parcels = scenario.passengers.count or 0, scenario.parcels.count or 0
    if not (n_trips or n_parcels):
        return Demand((), {"date": scenario.date.isoformat(), "shipments": []})
    population = region.folder / "population.csv"
    if not population.is_file():
        msg = (
            f"{region.file.name} names no population to draw from; name `passengers.file` and "
            "`parcels.file`, or give the region a `population` table"
        )
        raise ScenarioFileError(msg)
    from maas.synthetic.demand import draw_demand

    drawn = draw_demand(population, scenario.date, n_trips, n_parcels, scenario.seed)
    travellers = tuple(
        Traveller(
            wish.id,
            (wish.origin.lat, wish.origin.lon),
            (wish.destination.lat, wish.destination.lon),
            midnight + wish.depart,
            wish.party,
        )
        for wish in drawn.trips
    )
    return Demand(
        travellers,
        {
            "date": scenario.date.isoformat(),
            "synthetic": True,
            "shipments": [_shipment(wish) for wish in drawn.parcels],
        },
    )


def _shipment(wish: "ParcelWish") -> dict[str, Any]:
    """A drawn parcel as a row of a shipments document."""
    return {
        "id": wish.id,
        "pickup": {**wish.pickup._asdict(), "name": wish.pickup_name},
        "delivery": {**wish.delivery._asdict(), "name": wish.delivery_name},
        "kg": wish.kg,
        "litres": wish.litres,
        "pieces": wish.pieces,
        "temperature": wish.temperature,
        "ready": _hh_mm(wish.ready),
        "due": _hh_mm(wish.due),
        "priority": wish.priority,
    }


def _hh_mm(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
